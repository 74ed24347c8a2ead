"""Numbers, amounts and dates as Dutch readers write them.

Belongs here: how a value looks in text. Not here: which value is shown, or what is said about it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
NBSP = "\u00a0"
DECIMALS = {"aandeel": 1, "dagen": 0, "uren": 1}


def number(value: float, decimals: int = 0) -> str:
    """A number with a point between thousands and a comma before decimals.

    >>> number(1234.54, 1)
    '1.234,5'
    """
    # Half up, as readers round, and of the number as it is written: 1.25 is 1,3.
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:,f}".translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def amount(value: float, unit: str) -> str:
    """A value with its unit: a share (0-1) as a percentage, days, hours or euros.

    >>> amount(0.5423, "aandeel")
    '54,2%'
    """
    if unit == "aandeel":
        return f"{number(value * 100, DECIMALS[unit])}%"
    if unit == "euro":
        return f"€{NBSP}{number(value, 0 if abs(value) >= 100 else 2)}"
    if unit == "dagen":
        return f"{number(value)}{NBSP}{'dag' if round(value) == 1 else 'dagen'}"
    if unit == "uren":
        return f"{number(value, DECIMALS[unit])}{NBSP}uur"
    raise ValueError(f"'{unit}' is geen eenheid; verwacht aandeel, dagen, uren of euro")


def norm(value: float, unit: str) -> str:
    """A norm: as an amount, but a round percentage without decimals.

    >>> norm(0.9, "aandeel")
    '90%'
    """
    return amount(value, unit).replace(",0%", "%")


def interval(low: float, high: float, unit: str) -> str:
    """Two limits, with a unit that is a word only once.

    >>> interval(0.51, 0.573, "aandeel")
    '51,0% tot 57,3%'
    """
    first = number(low, DECIMALS[unit]) if unit in ("dagen", "uren") else amount(low, unit)
    return f"{first} tot {amount(high, unit)}"


def day(value: date) -> str:
    """
    >>> day(date(2021, 3, 12)).split()
    ['12', 'maart', '2021']
    """
    return f"{value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def moment(value: datetime) -> str:
    """A time as it was written, in its own offset.

    >>> moment(datetime(2021, 3, 12, 9, 5)).split()
    ['12', 'maart', '2021,', '9.05', 'uur']
    """
    return f"{day(value.date())}, {value.hour}.{value.minute:02d}{NBSP}uur"


def period(code: str) -> str:
    """A month, quarter or year: ``2021-03``, ``2021-K1``, ``2021``.

    >>> period("2021-K1")
    '1e kwartaal 2021'
    """
    year, _, part = code.partition("-")
    if not part:
        return year
    if part.startswith("K"):
        return f"{part[1:]}e kwartaal {year}"
    return f"{MONTHS[int(part) - 1]} {year}"


def listing(items: list[str]) -> str:
    """Items in one phrase.

    >>> listing(["Zeeland", "Twente", "Drenthe"])
    'Zeeland, Twente en Drenthe'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} en {items[-1]}"
