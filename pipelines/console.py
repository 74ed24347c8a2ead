"""What the command line shows: Dutch sentences, tables and a progress bar on anything that takes its time."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines import stopping

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from data_contracts.model import Finding
    from pipelines.deliver import Outcome
    from pipelines.erasure import Erased
    from pipelines.expected import Span
    from pipelines.inbox import Stray
    from pipelines.ledger import Delivery
    from pipelines.retention import Retained

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
QUIET_SECONDS = 2.0
WORDS = {
    "accepted": "geaccepteerd",
    "refused": "geweigerd",
    "unchanged": "niet veranderd",
    "error": "mislukt",
}
# How many deliveries of one kind are named one by one.
SHOWN = 20
PROBLEMS = "veiligheid deliveries --problems"
CHECK = "veiligheid check BESTAND --partner PARTNER --feed LEVERING --month JJJJ-MM --report MAP"
QUALITY = {
    "inzet_buiten_zaak": "Inzetregels voor de eerste zaak van het gezin, die bij geen zaak meetellen",
    "inzet_zonder_tarief": "Inzetregels zonder tarief, die in de kosten niet meetellen",
    "actieoverleggen_buiten_zaak": "Actieoverleggen voor de eerste zaak van het gezin",
    "zsm_zaken_buiten_zaak": "ZSM-zaken voor de eerste zaak van het gezin",
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
    """A progress bar that appears after two seconds, on a terminal, on standard error."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._share: float | None = None
        self._what = ""
        self._guard = threading.Lock()
        self._open = True
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._timer = threading.Timer(QUIET_SECONDS, self._appear)
        self._timer.daemon = True
        if sys.stderr.isatty():
            self._timer.start()

    def step(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` steps; now at ``what``."""
        self.fraction(what, done / total if total else 1.0)

    def fraction(self, what: str, share: float) -> None:
        """``share``: 0 to 1. Raises KeyboardInterrupt when we have been asked to stop."""
        stopping.check()
        with self._guard:
            self._what, self._share = what, share
            self._draw()

    def close(self) -> None:
        self._timer.cancel()
        with self._guard:
            self._open = False
            if self._bar is not None:
                self._bar.stop()

    def _appear(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        with self._guard:
            if self._open:
                self._bar = Progress(console=Console(stderr=True), transient=True)
                self._task = self._bar.add_task(self._title, total=None)
                self._bar.start()
                self._draw()

    def _draw(self) -> None:
        if self._bar is None or self._task is None:
            return
        words = f"{self._title}: {self._what}" if self._what else self._title
        # Without a share known yet the bar only moves, to show that work goes on.
        total = None if self._share is None else 1.0
        self._bar.update(self._task, total=total, completed=self._share or 0.0, description=words)


@contextmanager
def progress(title: str) -> Iterator[Bar]:
    bar = Bar(title)
    try:
        yield bar
    finally:
        bar.close()


def erased(done: Erased) -> Iterator[str]:
    """What became of an erasure, without a pseudonym."""
    if done.rows:
        places = _counted(done.deliveries, "levering", "leveringen")
        yield f"Gewist: {_counted(done.rows, 'rij', 'rijen')} uit {places}."
    else:
        yield "Van dit gezin was niets bewaard."
    yield (
        f"Doorzocht: {_counted(done.searched, 'bestand', 'bestanden')}; van dit gezin staan er nog 0 bytes in. "
        "Het blijft er ook buiten als een oude levering opnieuw komt."
    )
    if done.recomputed:
        yield "De uitkomsten zijn opnieuw berekend. Een publicatie zonder dit gezin maakt u met: veiligheid publish."
    if done.inbox:
        yield (
            f"Let op: in de inbox staat het nog in {_counted(len(done.inbox), 'bestand', 'bestanden')}. Wat daar ligt "
            "is van de partners en veranderen wij niet; haal het weg of vraag de partner om een ander bestand:"
        )
        yield from (f"- {path}" for path in done.inbox)


def retained(done: Retained) -> Iterator[str]:
    """What was kept too long, and is gone."""
    if not (done.received or done.quarantine):
        yield f"Er is niets te verwijderen: op {day(done.day)} is alles nog binnen de bewaartermijn."
        return
    received = _counted(done.received, "ontvangen bestand", "ontvangen bestanden")
    yield (
        f"Verwijderd omdat de bewaartermijn op {day(done.day)} voorbij was: {received}, en de afgekeurde rijen van "
        f"{_counted(done.quarantine, 'levering', 'leveringen')}."
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def confirmed(question: str) -> bool:
    """Whether whoever is at the terminal says yes; no answer is no."""
    print(f"{question} [j/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("j", "ja")


def strays(found: Sequence[Stray]) -> None:
    """Everything that is no delivery, by place."""
    for stray in found:
        say(f"Overgeslagen: '{stray.place}': {stray.reason}.")


def outcomes(found: Sequence[Outcome]) -> None:
    """What became of the deliveries: the troubled ones by name, the rest as counts."""
    failed: dict[tuple[str, str], list[str]] = {}
    for o in found:
        if o.verdict == "error":
            failed.setdefault((o.file.name, o.message), []).append(o.file.month)
    _refused([o for o in found if o.delivery is not None and o.delivery.verdict == "refused"])
    for (name, message), months in failed.items():
        say(f"Mislukt: {name} {', '.join(months)}: {message}.")
    accepted = [o for o in found if o.verdict == "accepted" and o.delivery]
    _quarantined(accepted)
    if found and all(o.verdict == "unchanged" for o in found):
        say(f"Leveringen: {number(len(found))} bekeken, geen enkele nieuw of veranderd.")
    elif found:
        counted: Counter[str] = Counter(o.verdict for o in found)
        say(f"Leveringen: {', '.join(f'{number(counted[v])} {word}' for v, word in WORDS.items() if counted[v])}.")
    if accepted:
        _accepted(accepted)


def _refused(found: Sequence[Outcome]) -> None:
    """Each refused delivery with what is wrong and what helps."""
    if not found:
        return
    from data_contracts.loader import contracts
    from data_contracts.report import remedy

    for o in found[:SHOWN]:
        again = " (al eerder; het bestand is niet veranderd)" if o.verdict == "unchanged" else ""
        say(f"Geweigerd: {o.file.name} {o.file.month}{again}")
        for f in o.findings:
            if f.level == "levering":
                say(f"    {f.code}: {f.message} {remedy(f, contracts()[o.file.name])}".rstrip())
    _and_more(len(found) - SHOWN, "geweigerd")


def _quarantined(found: Sequence[Outcome]) -> None:
    """A line for each delivery with rows in quarantine, those with the most rows first."""
    counted = [(o.delivery.rows_quarantined, o) for o in found if o.delivery and o.delivery.rows_quarantined]
    counted.sort(key=lambda pair: -pair[0])
    for rows, o in counted[:SHOWN]:
        often = max((f for f in o.findings if f.level == "rij"), key=lambda f: f.rows)
        count = f"{number(rows)} {'rij' if rows == 1 else 'rijen'}"
        say(f"In quarantaine: {o.file.name} {o.file.month}: {count}, het vaakst: {often.message}")
    _and_more(len(counted) - SHOWN, "met rijen in quarantaine")
    if counted:
        say(f"Welke records? {CHECK}")


def _and_more(count: int, what: str) -> None:
    if count > 0:
        say(f"    en nog {number(count)} {'levering' if count == 1 else 'leveringen'} {what}: {PROBLEMS}")


def _accepted(found: Sequence[Outcome]) -> None:
    deliveries = [o.delivery for o in found if o.delivery]
    quarantined = sum(d.rows_quarantined for d in deliveries)
    warnings = sum(f.level == "waarschuwing" for o in found for f in o.findings)
    say(
        f"Rijen daarvan: {number(sum(d.rows_in for d in deliveries))}, waarvan "
        f"{number(sum(d.rows_accepted for d in deliveries))} geaccepteerd en {number(quarantined)} in quarantaine. "
        f"Waarschuwingen: {number(warnings)}."
    )
    if quarantined or warnings:
        say(f"Alle bevindingen staan in het register: {PROBLEMS}")


def quality(counts: Mapping[str, int]) -> None:
    for name, text in QUALITY.items():
        if counts.get(name):
            say(f"    {text}: {number(counts[name])}.")


def ledger(known: Sequence[Delivery], findings: Mapping[int, Sequence[Finding]], messages: bool = False) -> None:
    """The ledger by feed: a line a delivery, and below it a line for each finding, with its message if asked."""
    for name, deliveries in groupby(known, key=lambda d: d.name):
        say(f"{name}\n    {'maand':<9}{'nr':>3}  {'oordeel':<13}{'rijen':>11}{'geaccepteerd':>14}{'quarantaine':>13}")
        for d in deliveries:
            counts = f"{number(d.rows_in):>11}{number(d.rows_accepted):>14}{number(d.rows_quarantined):>13}"
            say(f"    {d.month:<9}{d.number:>3}  {WORDS[d.verdict]:<13}{counts}")
            for f in findings.get(d.id or 0, ()):
                say(f"        {f.code}{_told(f, messages)}")
    refused = sum(d.verdict == "refused" for d in known)
    say(
        f"{number(len(known))} leveringen, {number(refused)} geweigerd; {number(sum(d.rows_in for d in known))} rijen, "
        f"waarvan {number(sum(d.rows_quarantined for d in known))} in quarantaine of geweigerd."
    )


def expected(found: Sequence[Span], today: date) -> None:
    """What partners owe, by partner: what asks for attention first, and how many months are there."""
    say(f"Stand op {day(today)}")
    for partner, spans in groupby(sorted(found, key=lambda span: span.first.partner), key=lambda s: s.first.partner):
        say(partner)
        for span in spans:
            until = "" if span.state == "geleverd" else f"  leverdag {day(span.first.due)}"
            say(f"    {span.state:<10}{span.first.feed:<16}{span!s:<45}{until}".rstrip())


def _told(finding: Finding, message: bool) -> str:
    if message:
        return f": {finding.message}"
    return f": {number(finding.rows)} {'rij' if finding.rows == 1 else 'rijen'}" if finding.rows else ""
