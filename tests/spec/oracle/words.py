"""Specification section 1: regions, werkdagen, Amsterdam days, months."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = timedelta(hours=24)

PARTNERS = ("veilig_thuis", "politie", "openbaar_ministerie", "raad_voor_de_kinderbescherming", "reclassering")
ZORG = ("veilig_thuis", "raad_voor_de_kinderbescherming")
STRAF = ("politie", "openbaar_ministerie", "reclassering")
LAND = "nederland"

_DIVISION = {
    "Noord-Nederland": ("Groningen", "Friesland", "Drenthe"),
    "Oost-Nederland": (
        "IJsselland",
        "Twente",
        "Noord- en Oost-Gelderland",
        "Gelderland-Midden",
        "Gelderland-Zuid",
    ),
    "Midden-Nederland": ("Utrecht", "Gooi en Vechtstreek", "Flevoland"),
    "Noord-Holland": ("Noord-Holland Noord", "Zaanstreek-Waterland", "Kennemerland"),
    "Amsterdam": ("Amsterdam-Amstelland",),
    "Den Haag": ("Haaglanden", "Hollands Midden"),
    "Rotterdam": ("Rotterdam-Rijnmond", "Zuid-Holland Zuid"),
    "Zeeland-West-Brabant": ("Zeeland", "West-Brabant", "Midden-Brabant"),
    "Oost-Brabant": ("Brabant Noordoost", "Brabant Zuidoost"),
    "Limburg": ("Noord- en Midden-Limburg", "Zuid-Limburg"),
}


def region_code(name: str) -> str:
    """The name in lower case, every run of other characters than a-z one underscore."""
    return re.sub("[^a-z]+", "_", name.lower())


ARRONDISSEMENT_OF = {region_code(vt): region_code(arr) for arr, regions in _DIVISION.items() for vt in regions}
VT_REGIOS = tuple(ARRONDISSEMENT_OF)
ARRONDISSEMENTEN = tuple(region_code(arr) for arr in _DIVISION)


def utc(moment: datetime) -> datetime:
    """The moment in UTC; a naive one already is UTC. Differences between moments in UTC are true durations."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def amsterdam_date(moment: datetime) -> date:
    """The calendar date in Europe/Amsterdam."""
    return moment.astimezone(AMSTERDAM).date()


def midnight_after(day: date) -> datetime:
    """The end of an Amsterdam day, in UTC."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=AMSTERDAM).astimezone(UTC)


def easter(year: int) -> date:
    """Easter Sunday (Knuth, The Art of Computer Programming 1, section 1.3.2, exercise 14)."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped_leap_years = 3 * century // 4 - 12
    moon_correction = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped_leap_years - 10
    epact = (11 * golden + 20 + moon_correction - skipped_leap_years) % 30
    if (epact == 25 and golden > 11) or epact == 24:
        epact += 1
    full_moon = 44 - epact
    if full_moon < 21:
        full_moon += 30
    march_day = full_moon + 7 - (sunday + full_moon) % 7
    return date(year, 3, 1) + timedelta(days=march_day - 1)


@cache
def feestdagen(year: int) -> frozenset[date]:
    """The days of the Algemene termijnenwet that are no werkdag."""
    if year < 2014:
        koningsdag = date(year, 4, 30)
    elif date(year, 4, 27).isoweekday() == 7:
        koningsdag = date(year, 4, 26)
    else:
        koningsdag = date(year, 4, 27)
    good_friday, easter_monday, ascension, whit_monday = (easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50))
    fixed = (date(year, 1, 1), koningsdag, date(year, 5, 5), date(year, 12, 25), date(year, 12, 26))
    return frozenset((*fixed, good_friday, easter_monday, ascension, whit_monday))


def is_werkdag(day: date) -> bool:
    """Monday-Friday and no feestdag."""
    return day.isoweekday() <= 5 and day not in feestdagen(day.year)


@cache
def fifth_werkdag_after(day: date) -> date:
    """The 5th werkdag after `day`; the day itself is day 0, werkdag or not."""
    werkdagen = 0
    while werkdagen < 5:
        day += timedelta(days=1)
        werkdagen += is_werkdag(day)
    return day


def dagdeel(moment: datetime) -> str:
    """weekend_of_feestdag, kantooruren, avond or nacht, in Amsterdam time."""
    local = moment.astimezone(AMSTERDAM)
    if not is_werkdag(local.date()):
        return "weekend_of_feestdag"
    if 8 <= local.hour <= 17:
        return "kantooruren"
    if 18 <= local.hour <= 22:
        return "avond"
    return "nacht"


def month_of(day: date) -> str:
    """`2024-03`."""
    return f"{day.year:04d}-{day.month:02d}"


def month_plus(month: str, n: int) -> str:
    """The month n months later (earlier where n < 0)."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + n
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """Every month from first to last, both included; empty when last is before first."""
    months = []
    while first <= last:
        months.append(first)
        first = month_plus(first, 1)
    return months


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def periods_of(day: date) -> tuple[tuple[str, str], ...]:
    """(periode_soort, periode) of the month, quarter and year of a day."""
    quarter = (day.month - 1) // 3 + 1
    return ("maand", month_of(day)), ("kwartaal", f"{day.year:04d}-K{quarter}"), ("jaar", f"{day.year:04d}")


def months_of_period(soort: str, periode: str) -> tuple[str, str]:
    """The first and the last month of a period."""
    if soort == "maand":
        return periode, periode
    if soort == "kwartaal":
        first = f"{periode[:4]}-{int(periode[6]) * 3 - 2:02d}"
        return first, month_plus(first, 2)
    return f"{periode}-01", f"{periode}-12"
