"""What the command line shows: Dutch sentences, tables and a progress bar on anything that takes its time."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from data_contracts.model import Finding
    from pipelines.deliver import Outcome
    from pipelines.inbox import Stray
    from pipelines.ledger import Delivery

MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)
QUIET_SECONDS = 2.0
SHOWN = 20
QUALITY = {
    "inzet_buiten_zaak": "inzetregels liggen voor de eerste zaak van het gezin en tellen bij geen zaak mee",
    "inzet_zonder_tarief": "inzetregels hebben geen tarief en tellen in de kosten niet mee",
    "actieoverleggen_buiten_zaak": "Actieoverleggen liggen voor de eerste zaak van het gezin",
    "zsm_zaken_buiten_zaak": "ZSM-zaken liggen voor de eerste zaak van het gezin",
}


def say(text: str) -> None:
    print(text, flush=True)


def fail(text: str) -> int:
    """One line on standard error; exit status 2."""
    print(" ".join(text.split()), file=sys.stderr, flush=True)
    return 2


def number(value: int) -> str:
    """12345 as ``12.345``."""
    return f"{value:,}".replace(",", ".")


def day(value: date | str) -> str:
    """2021-12-31 as ``31 december 2021``."""
    d = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{d.day} {MONTHS[d.month - 1]} {d.year}"


class Bar:
    """A progress bar that appears only after two seconds, on a terminal, on standard error."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._began = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def step(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` steps; now at ``what``."""
        self.fraction(what, done / total if total else 1.0)

    def fraction(self, what: str, share: float) -> None:
        """``share``: 0 to 1."""
        if not sys.stderr.isatty() or time.monotonic() - self._began < QUIET_SECONDS:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._title, total=1.0)
            self._bar.start()
        if self._task is not None:
            self._bar.update(self._task, completed=share, description=f"{self._title}: {what}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def progress(title: str) -> Iterator[Bar]:
    bar = Bar(title)
    try:
        yield bar
    finally:
        bar.close()


def strays(found: Sequence[Stray]) -> None:
    """Everything in the inbox that is no delivery, by place."""
    for stray in found[:SHOWN]:
        say(f"Overgeslagen: {stray.place} {stray.reason}.")
    if len(found) > SHOWN:
        say(f"Overgeslagen: nog {number(len(found) - SHOWN)} andere namen.")


def outcomes(found: Sequence[Outcome]) -> None:
    """What became of the deliveries: the troubled ones by name, the rest as counts."""
    failed: dict[tuple[str, str], list[str]] = {}
    for o in found:
        place = f"{o.file.name} {o.file.month}"
        if o.verdict == "error":
            failed.setdefault((o.file.name, o.message), []).append(o.file.month)
        elif o.delivery is not None and o.delivery.verdict == "refused":
            again = " (al eerder, het bestand is niet veranderd)" if o.verdict == "unchanged" else ""
            say(f"Geweigerd: {place}{again}")
            for f in o.findings:
                if f.level == "levering":
                    say(f"    {f.code}: {f.message}")
    for (name, message), months in failed.items():
        which = months[0] if len(months) == 1 else f"{months[0]} tot en met {months[-1]} ({number(len(months))} maanden)"
        say(f"Mislukt: {name} {which}: {message}")
    counted = Counter(o.verdict for o in found)
    accepted = [o.delivery for o in found if o.verdict == "accepted" and o.delivery]
    quarantined = sum(d.rows_quarantined for d in accepted)
    warnings = sum(f.level == "waarschuwing" for o in found for f in o.findings)
    if counted["unchanged"] == len(found):
        say(f"Leveringen: {number(len(found))} in de inbox, geen enkele nieuw of veranderd.")
        return
    say(
        f"Leveringen: {number(counted['accepted'])} aanvaard, {number(counted['refused'])} geweigerd, "
        f"{number(counted['unchanged'])} onveranderd"
        + (f", {number(counted['error'])} mislukt" if counted["error"] else "")
        + f". Rijen: {number(sum(d.rows_in for d in accepted))} aanvaard of in quarantaine, waarvan "
        f"{number(quarantined)} in quarantaine. Waarschuwingen: {number(warnings)}."
    )
    if quarantined:
        say("Bekijk welke regels geschonden zijn met: veiligheid deliveries")


def quality(counts: Mapping[str, int]) -> None:
    for name, text in QUALITY.items():
        if counts.get(name):
            say(f"    {number(counts[name])} {text}.")


def ledger(known: Sequence[Delivery], findings: Mapping[int, Sequence[Finding]]) -> None:
    """The ledger as a table, with the findings of each delivery."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (
        ("Levering", "left"),
        ("Maand", "left"),
        ("Nr", "right"),
        ("Oordeel", "left"),
        ("Rijen", "right"),
        ("Aanvaard", "right"),
        ("Quarantaine", "right"),
        ("Bevindingen", "left"),
    ):
        table.add_column(title, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for d in known:
        found = findings.get(d.id or 0, [])
        table.add_row(
            d.name,
            d.month,
            str(d.number),
            {"accepted": "aanvaard", "refused": "geweigerd"}[d.verdict],
            number(d.rows_in),
            number(d.rows_accepted),
            number(d.rows_quarantined),
            ", ".join(f"{f.code} ({number(f.rows)})" if f.rows else f.code for f in found),
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)
