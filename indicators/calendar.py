"""Dutch calendar: werkdagen, periods and the Amsterdam day.

Belongs here: what day it is and which days count. Not here: any rule of an indicator.
Source of the free days: Algemene termijnenwet, as listed in the specification, section 1.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTH_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def easter_sunday(year: int) -> date:
    """First day of Easter in the Gregorian calendar (anonymous algorithm, Meeus 1991, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def koningsdag(year: int) -> date:
    """27 April, or 26 April when the 27th is a Sunday; before 2014 Koninginnedag on 30 April."""
    if year < 2014:
        return date(year, 4, 30)
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == 6 else day


@cache
def feestdagen(year: int) -> frozenset[date]:
    """The days of the Algemene termijnenwet that are not werkdagen, whatever their weekday."""
    easter = easter_sunday(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            koningsdag(year),
            date(year, 5, 5),
            easter + timedelta(days=39),
            easter + timedelta(days=50),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def is_werkdag(day: date) -> bool:
    """Monday to Friday and not one of the feestdagen."""
    return day.weekday() < 5 and day not in feestdagen(day.year)


def nth_werkdag_after(day: date, n: int) -> date:
    """The n-th werkdag after ``day`` (``day`` itself is day 0, whatever it is)."""
    while n > 0:
        day += timedelta(days=1)
        if is_werkdag(day):
            n -= 1
    return day


def parse_month(month: str) -> tuple[int, int]:
    """``2024-03`` as (2024, 3). Raises ValueError with the expected form."""
    found = MONTH_PATTERN.fullmatch(month)
    if not found:
        raise ValueError(f"'{month}' is geen maand; verwacht JJJJ-MM, bijvoorbeeld 2024-03")
    return int(found[1]), int(found[2])


def add_months(month: str, n: int) -> str:
    """The month n months after (or, when negative, before) ``month``."""
    year, number = parse_month(month)
    total = year * 12 + number - 1 + n
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """All months from first to last, both included; empty when last is earlier."""
    out = []
    while first <= last:
        out.append(first)
        first = add_months(first, 1)
    return out


def month_end(month: str) -> date:
    """Last day of the month: the peildatum that belongs to it."""
    year, number = parse_month(add_months(month, 1))
    return date(year, number, 1) - timedelta(days=1)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def observation_end(peildatum: date) -> datetime:
    """E: the Amsterdam midnight after the peildatum, as a naive UTC timestamp."""
    return midnight_utc(peildatum + timedelta(days=1))


def midnight_utc(day: date) -> datetime:
    """The moment at which ``day`` begins in Amsterdam, as a naive UTC timestamp."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC).replace(tzinfo=None)


def quarter_of(month: str) -> str:
    """``2024-05`` -> ``2024-K2``."""
    year, number = parse_month(month)
    return f"{year:04d}-K{(number + 2) // 3}"


def months_of(soort: str, periode: str) -> tuple[str, str]:
    """First and last month of a period.

    >>> months_of("kwartaal", "2024-K2")
    ('2024-04', '2024-06')
    """
    if soort == "maand":
        return periode, periode
    if soort == "jaar":
        return f"{periode}-01", f"{periode}-12"
    year, quarter = periode.split("-K")
    last = int(quarter) * 3
    return f"{year}-{last - 2:02d}", f"{year}-{last:02d}"


def months_in(soort: str, periode: str) -> list[str]:
    """Every month of a period."""
    return months_between(*months_of(soort, periode))
