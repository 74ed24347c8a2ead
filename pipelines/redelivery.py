"""What a file is next to the deliveries before it: something new, or a verdict that stands already.

Pure. The rules of the specification, section 2 ("Redelivery", "Two files for the same month").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data_contracts.model import Finding
from pipelines.inbox import InboxFile
from pipelines.ledger import Delivery

DOUBLE = "dubbel_bestand"
SAME = "zelfde_bestand_andere_partner"


def seen(
    earlier: Sequence[Delivery],
    file: InboxFile,
    sha256: str,
    contract_digest: str,
    was_double: Callable[[Delivery], bool],
    again: bool = False,
) -> Delivery | None:
    """The delivery that says all there is to say about these bytes, or None where they must be judged.

    ``earlier``: the deliveries of this feed and month, in order of number. Bytes equal to the delivery in force: that
    one. Equal to the last refused one, under the same contract and for the same reason from outside: that one. Equal to
    an older one: None. ``again``: what is in force under another contract than that of now must be judged again.

    Of two files for one month each is compared with all that were refused as such since the delivery in force, so that
    a second look adds nothing. The extension belongs to the bytes: it decides how they are read.
    """

    def same(d: Delivery) -> bool:
        return (d.sha256, d.extension) == (sha256, file.extension)

    def still_refused(d: Delivery) -> bool:
        return same(d) and d.contract_digest == contract_digest and was_double(d) == file.double

    in_force = next((d for d in reversed(earlier) if d.verdict == "accepted"), None)
    if in_force and same(in_force) and not file.double:
        return None if again and in_force.contract_digest != contract_digest else in_force
    refused = [d for d in earlier if in_force is None or d.number > in_force.number]
    candidates = refused if file.double else refused[-1:]
    return next((d for d in reversed(candidates) if still_refused(d)), None)


def double(rows: int) -> Finding:
    """The month has more than one file: which one counts is the partner's to say."""
    return Finding(
        DOUBLE,
        "levering",
        rows,
        "Voor deze maand staan er meer bestanden klaar (.csv, .parquet of .leeg). Laat het goede staan en haal de "
        "andere weg.",
    )


def same_as(partners: Sequence[str], rows: int) -> Finding:
    """Another partner delivered exactly these bytes."""
    return Finding(
        SAME,
        "waarschuwing",
        rows,
        f"Precies dit bestand is ook geleverd door {', '.join(partners)}. Controleer of het van u is.",
    )
