"""Small Dutch wording that several texts of this package share."""

from __future__ import annotations

from datetime import date


def thousands(count: int) -> str:
    """A number as Dutch readers write it: ``12.345``."""
    return f"{count:,}".replace(",", ".")


def number_of(count: int, one: str, many: str) -> str:
    """A count with its noun: ``1 record``, ``12.345 records``."""
    return f"{thousands(count)} {one if count == 1 else many}"


def dutch_date(day: date) -> str:
    """A date as Dutch readers write it, such as 1-1-2000."""
    return f"{day.day}-{day.month}-{day.year}"
