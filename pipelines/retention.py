"""What is kept no longer: received files and rows in quarantine, once the term of their contract has passed.

Counted from the day of receipt (Amsterdam). Accepted rows stay: every figure is made of them. What was said of a
delivery stays too, so that the same bytes are still recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators import calendar
from pipelines import expected, migration
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.rewriting import Renewal


@dataclass(frozen=True)
class Retained:
    """How many deliveries lost what was kept of them. ``day``: up to which was counted."""

    day: date
    received: int
    quarantine: int


def enforce(home: Home, today: date) -> Retained:
    """Remove what is past its term. ``today``: the Amsterdam date; in a fictitious country, whose partners deliver
    nothing any more, the day after the last month that they delivered was due.

    Raises UserError when another process is writing.
    """
    with home.writing(), Ledger.open(home, create=True) as ledger:
        migration.up_to_date(home, ledger)
        known = ledger.all()
        day = expected.day_of(contracts(), known, today) if home.is_fictitious else today
        received = [d for d in known if d.archived_path and _is_past(d, contracts(), "received", day)]
        quarantine = [d for d in known if d.quarantine_path and _is_past(d, contracts(), "quarantine", day)]
        with home.scratch() as scratch:
            renewal = Renewal(home, scratch)
            for d in received:
                renewal.drop([d], "archived")
            for d in quarantine:
                renewal.drop([d], "quarantine")
            if received or quarantine:
                renewal.carry_out(ledger)
    return Retained(day, len(received), len(quarantine))


def _is_past(d: Delivery, known: Mapping[str, Contract], what: str, day: date) -> bool:
    """Whether the term has passed: on the same day of the month, so many months later, or the first day after it."""
    if d.name not in known:
        return False
    came = datetime.fromisoformat(d.received_at).astimezone(calendar.AMSTERDAM).date()
    months = (day.year - came.year) * 12 + day.month - came.month - (day.day < came.day)
    return months >= getattr(known[d.name].retention, what)
