"""Days, moments, periods and lists of names, in the language of who reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dashboards import texts
from indicators.dutch import NBSP


def day(value: date) -> str:
    """A day with its month in words."""
    return f"{value.day}{NBSP}{texts.get('dates.months')[value.month - 1]}{NBSP}{value.year}"


def moment(value: datetime) -> str:
    """A time as it was written, in its own offset."""
    return texts.say("dates.moment", day=day(value.date()), hour=value.hour, minute=f"{value.minute:02d}")


def period(code: str) -> str:
    """A month, quarter or year: ``2021-03``, ``2021-K1``, ``2021``."""
    return _period(code, "")


def period_short(code: str) -> str:
    """The same for an axis."""
    return _period(code, "_short")


def _period(code: str, form: str) -> str:
    year, _, part = code.partition("-")
    if not part:
        return year
    if part.startswith("K"):
        return texts.say(f"dates.quarter{form}", number=part[1:], year=year)
    return f"{texts.get(f'dates.months{form}')[int(part) - 1]} {year}"


def listing(items: Sequence[str]) -> str:
    """Items in one phrase."""
    if len(items) < 2:
        return "".join(items)
    return texts.say("dates.and", first=", ".join(items[:-1]), last=items[-1])
