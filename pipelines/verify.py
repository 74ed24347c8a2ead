"""Is everything that is kept still what was written? Looks at every byte, also of what no figure is made of.

The rest of the road checks what it reads, when it reads it. Received bytes, quarantined rows and deliveries that were
replaced may be read by nothing for years; here their damage shows while there still is a backup. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import audit, compute, lake, preview, printed, publication, storage
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger

FORGOTTEN = (
    "In het register van leveringen ontbreken leveringen waarvan wel cijfers zijn gemaakt. Zet het register terug uit "
    "een reservekopie en lever tot dan niets aan."
)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checked:
    """``files``: how many were looked at. ``damaged``: in Dutch, each with its remedy."""

    files: int
    damaged: list[str]


def check(home: Home, progress: Progress = lambda *_: None) -> Checked:
    """Look at every file of archive, lake, results, publications and what was said in them.

    Raises UserError when the ledger can't be read.
    """
    damaged: list[str] = []
    files = list(_named(home, damaged))
    for done, (path, digest, remedy) in enumerate(files):
        progress(path.name, done, len(files))
        if not storage.matches(path, digest):
            damaged.append(str(storage.damaged(path, remedy)))
    # The current publication is looked at twice: as a publication, and as what the pointer names.
    return Checked(len(files), [*dict.fromkeys(damaged), *_audit_log(home)])


def _audit_log(home: Home) -> list[str]:
    """What is wrong with the audit log; the key of the home is asked for where there is a log."""
    try:
        return audit.check(home, audit.key_of(home) if home.audit.is_dir() else None)
    except UserError as error:
        return [str(error)]


def _named(home: Home, damaged: list[str]) -> Iterator[tuple[Path, str, str]]:
    """(path, digest, remedy) of every file that another one, or the ledger, names. What a record of names shows to be
    damaged or gone goes to ``damaged``."""
    with Ledger.open(home) as ledger:
        deliveries = ledger.all()
    known = {path: digest for d in deliveries for path, digest in lake.files(d).items()}
    yield from ((home.root / path, digest, storage.REDELIVER) for path, digest in known.items())
    records: list[Mapping[str, Any]] = []
    try:
        if last := compute.stored(home):
            records.append(last.record)
            yield from (
                (home.results / name, digest, compute.RECOMPUTE) for name, digest in last.record["files"].items()
            )
    except storage.DamagedFile as damage:
        damaged.append(str(damage))
    current = None
    try:
        current = publication.pointed_at(home)
    except storage.DamagedFile as damage:
        damaged.append(str(damage))
    numbers = publication.numbers(home)
    for number in numbers:
        # One that is not the current one is never made again.
        remedy = publication.REPUBLISH if number in (current, numbers[-1]) else ""
        try:
            manifest = publication.read_manifest(home, number, remedy)
        except storage.DamagedFile as damage:
            damaged.append(str(damage))
        else:
            records.append(manifest)
            folder = home.publications / number
            yield from ((folder / name, digest, remedy) for name, digest in manifest["files"].items())
            if "printed" in manifest:
                yield printed.path(home, number), manifest["printed"], ""
    damaged += _unvouched(home, numbers)
    for number in preview.numbers(home):
        try:
            preview.read(home, number)
        except storage.DamagedFile as damage:
            damaged.append(str(damage))
    damaged += _gone(home, numbers)
    if _forgotten(deliveries, records):
        damaged.append(FORGOTTEN)


def _unvouched(home: Home, numbers: Sequence[str]) -> Iterator[str]:
    """What was said up to a publication, where the file and the digest beside it differ."""
    for number in numbers:
        file = printed.path(home, number)
        if file.exists() or file.with_suffix(storage.VOUCHER).exists():
            try:
                storage.read_vouched(file, "")
            except storage.DamagedFile as damage:
                yield str(damage)


def _gone(home: Home, numbers: Sequence[str]) -> Iterator[str]:
    """Publications are numbered without gaps, and never removed."""
    there = {int(number) for number in numbers}
    for number in range(1, publication.last_number(home) + 1):
        if number not in there:
            yield str(storage.damaged(home.publications / f"{number:04d}", ""))


def _forgotten(deliveries: Sequence[Delivery], records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether figures were made from deliveries of which the ledger knows nothing."""
    known = {(d.partner, d.feed, d.month, d.number, d.sha256) for d in deliveries}
    return any(
        (d["partner"], d["feed"], d["month"], d["number"], d["sha256"]) not in known
        for record in records
        for d in record["deliveries"]
    )
