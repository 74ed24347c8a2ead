"""What partners owe: contracts, ledger and today -> a state per feed and month, and a reminder in words.

Pure. The landelijk netwerk delivers when there is something to say, so its feeds have no due day and do not stand here.
Not here: how punctual a partner was (``quality``), what a missing month does to a figure (``indicators``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, get_args

from data_contracts.model import Contract
from indicators import calendar, dutch, explanation
from indicators.model import PARTNER_FEEDS
from pipelines.ledger import Delivery

State = Literal["te laat", "ontbreekt", "geweigerd", "verwacht", "geleverd"]
# What asks for attention comes first.
STATES: tuple[State, ...] = get_args(State)
MISSING: frozenset[State] = frozenset({"te laat", "ontbreekt"})
OWED: frozenset[State] = MISSING | {"geweigerd"}
WITHOUT_DUE_DAY = "Het landelijk netwerk levert als er iets te melden is; die leveringen hebben geen leverdag."


@dataclass(frozen=True)
class Expected:
    """One month of one feed. ``due``: the last day on which its delivery is in time."""

    partner: str
    feed: str
    month: str
    state: State
    due: date

    @property
    def name(self) -> str:
        """The feed's name, ``<partner>/<feed>``."""
        return f"{self.partner}/{self.feed}"


@dataclass(frozen=True)
class Span:
    """Months of one feed that follow each other in one state, in order."""

    months: tuple[Expected, ...]

    @property
    def first(self) -> Expected:
        return self.months[0]

    @property
    def state(self) -> State:
        return self.first.state

    def __str__(self) -> str:
        """``september 2024``, or ``juli 2024 t/m september 2024 (3 maanden)``."""
        begin, end = (dutch.period(e.month) for e in (self.first, self.months[-1]))
        return begin if len(self.months) == 1 else f"{begin} t/m {end} ({len(self.months)} maanden)"


def due_day(contract: Contract, month: str) -> date:
    """The last day on which a month's delivery is in time: working day ``delivery_day`` of the next month."""
    return calendar.nth_werkdag_after(calendar.month_end(month), contract.delivery_day)


def day_of(known: Mapping[str, Contract], delivered: Iterable[Delivery], today: date) -> date:
    """In a country whose partners deliver nothing any more: the day after the last delivered month was due, at most
    today."""
    last = max((d.month for d in delivered), default=None)
    if last is None:
        return today
    return min(today, max(due_day(contract, last) for contract in known.values()) + timedelta(days=1))


def expected(contracts: Mapping[str, Contract], deliveries: Sequence[Delivery], today: date) -> list[Expected]:
    """The state of every partner feed, in the order of the contracts, and month that has ended or was delivered.

    ``deliveries``: the whole ledger, refused ones included. ``today``: the Amsterdam date. A feed counts from the first
    month it delivered; one that never did, from the first month of any partner feed. verwacht: not due yet; te laat:
    past its due day; ontbreekt: past the due day of a later month as well; geweigerd: delivered, but nothing is in
    force; geleverd: something is. Before the first delivery of any partner nothing is expected.
    """
    verdicts: dict[str, dict[str, set[str]]] = {name: {} for name in PARTNER_FEEDS}
    for d in deliveries:
        if d.name in verdicts:
            verdicts[d.name].setdefault(d.month, set()).add(d.verdict)
    begun = min((month for months in verdicts.values() for month in months), default=None)
    if begun is None:
        return []
    ended = calendar.add_months(calendar.month_of(today), -1)
    return [
        Expected(
            contract.partner,
            contract.feed,
            month,
            _state(contract, month, verdicts[name].get(month, set()), today),
            due_day(contract, month),
        )
        for name, contract in contracts.items()
        if name in verdicts
        for month in _months(verdicts[name], begun, ended)
    ]


def _months(delivered: Iterable[str], begun: str, ended: str) -> list[str]:
    return calendar.months_between(min(delivered, default=begun), max(ended, *delivered, ended))


def _state(contract: Contract, month: str, verdicts: set[str], today: date) -> State:
    if "accepted" in verdicts:
        return "geleverd"
    if verdicts:
        return "geweigerd"
    if today <= due_day(contract, month):
        return "verwacht"
    return "ontbreekt" if today > due_day(contract, calendar.add_months(month, 1)) else "te laat"


def spans(found: Iterable[Expected]) -> list[Span]:
    """Months of a feed that follow each other in one state, taken together; what asks for attention first."""
    together = [Span(tuple(months)) for _, months in groupby(found, key=lambda e: (e.name, e.state))]
    return sorted(together, key=lambda span: STATES.index(span.state))


def reminder(partner: str, contracts: Mapping[str, Contract], found: Iterable[Expected]) -> str:
    """A friendly message to a partner about what it owes; empty when it owes nothing. Dates and feeds only."""
    owed = [e for e in found if e.partner == partner and e.state in OWED]
    if not owed:
        return ""
    lines = [
        f"- {contracts[span.first.name].title}: {span}; {_since(span)}."
        for _, months in groupby(owed, key=lambda e: (e.name, e.state in MISSING))
        for span in [Span(tuple(months))]
    ]
    # Of a refused month the check says why; that of a missing one only helps once there is a file.
    latest = max(owed, key=lambda e: (e.state == "geweigerd", e.month))
    return "\n".join(
        [
            f"Herinnering aan: {explanation.partner(partner)}",
            "",
            "Beste collega,",
            "",
            "Voor de indicatoren van Veiligheid voorop missen wij nog gegevens van u:",
            *lines,
            "",
            "Controleer uw bestand voordat u het levert. Er wordt dan niets bewaard:",
            f"    veiligheid check BESTAND --partner {partner} --feed {latest.feed} --month {latest.month}",
            f"Zet het daarna in de inbox als {latest.name}/{latest.month}.csv of .parquet.",
            f"Is er over een maand niets te melden? Zet dan een leeg bestand neer: {latest.name}/{latest.month}.leeg.",
            "",
            f"Lukt het niet, of hebt u een vraag? Mail naar {contracts[latest.name].contact}.",
            "Hebt u intussen geleverd? Dan hoeft u niets te doen.",
        ]
    )


def monthly_run(contracts: Mapping[str, Contract], today: date) -> date:
    """The first morning from ``today`` on that comes after the last delivery day of a month."""
    month = calendar.add_months(calendar.month_of(today), -2)
    while (morning := _last_due_day(contracts, month) + timedelta(days=1)) < today:
        month = calendar.add_months(month, 1)
    return morning


def days_of_monthly_run(contracts: Mapping[str, Contract]) -> list[int]:
    """The days of a month on which ``monthly_run`` can fall, whatever the month, weekday and feast days."""
    latest = max(contracts.values(), key=lambda contract: contract.delivery_day)
    century = calendar.months_between("2000-01", "2099-12")
    return sorted({(due_day(latest, month) + timedelta(days=1)).day for month in century})


def _last_due_day(contracts: Mapping[str, Contract], month: str) -> date:
    return max(due_day(contract, month) for contract in contracts.values())


def _since(span: Span) -> str:
    due = dutch.day(span.first.due)
    if span.state == "geweigerd":
        return "geleverd, maar geweigerd; de controle hieronder zegt waarom"
    return f"de {'eerste' if len(span.months) > 1 else 'levering'} had er uiterlijk op {due} moeten zijn"
