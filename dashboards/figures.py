"""How published figures are worded: no more digits than they have, beyond a horizon in words, a margin of one side.

Belongs here: a figure, a margin or a norm -> Dutch. Not here: sentences about them (``sentences.py``). The unit that
pages and charts hand on is ``shown_unit`` of the definition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dashboards import texts
from indicators import dutch

# A share of two sums, which a publication carries in two digits each: read in whole percents.
WHOLE_SHARE = "aandeel_heel"
SHARES = ("aandeel", WHOLE_SHARE)
# Units that only averages and totals have: published in two digits.
TWO_DIGITS = ("uren", "euro")
MILLION = 1_000_000
# How the source of a norm tells that nobody but this project set its value.


def shown_unit(definition: Mapping[str, Any]) -> str:
    """The unit of a definition as it is shown: its own, but whole percents for a share of two sums."""
    whole = definition["kind"] == "ratio" and definition["unit"] == "aandeel"
    return WHOLE_SHARE if whole else str(definition["unit"])


def two_digits(value: float) -> float:
    """
    >>> two_digits(1924910.0), two_digits(0.0527), two_digits(0.0)
    (1900000.0, 0.053, 0.0)
    """
    return float(f"{value:.1e}")


def amount(value: float, unit: str) -> str:
    """A value with its unit, in the digits that a publication has.

    >>> [amount(1924910, "euro"), amount(55.2, "euro"), amount(13.0, "uren"), amount(0.0667, WHOLE_SHARE)]
    ['€\\xa01,9\\xa0mln', '€\\xa055', '13\\xa0uur', '7%']
    """
    if unit == WHOLE_SHARE:
        return texts.get("figures.under_one") if 0 < value < 0.005 else f"{dutch.number(value * 100)}%"
    if unit == "euro":
        return f"€{dutch.NBSP}{_short(value, unit)}"
    if unit == "uren":
        return texts.say("figures.hours", value=_short(value, unit)).replace(" ", dutch.NBSP)
    if unit == "dagen":
        return _days(dutch.number(value), value)
    return dutch.amount(value, unit)


def _days(text: str, value: float) -> str:
    one = "one" if round(value) == 1 else "many"
    return texts.say(f"figures.days.{one}", value=text).replace(" ", dutch.NBSP)


def _short(value: float, unit: str) -> str:
    """An amount or hours in two digits, without the unit; cents always as two decimals."""
    rounded = two_digits(value)
    if abs(rounded) >= MILLION:
        return f"{_short(rounded / MILLION, '')}{dutch.NBSP}{texts.get('axis.million')}"
    decimals = max(0, 1 - math.floor(math.log10(abs(rounded)))) if rounded else 0
    return dutch.number(rounded, 2 if unit == "euro" and decimals == 1 else decimals)


def figure(row: Mapping[str, Any], unit: str) -> str:
    """The figure of a cell; beyond the horizon where it was not reached ("meer dan 90 dagen"), else empty."""
    if row["waarde"] is not None:
        return amount(row["waarde"], unit)
    above = row.get("boven")
    return "" if above is None else texts.say("figures.above", value=amount(above, unit))


def spoken(row: Mapping[str, Any], unit: str) -> str:
    """``figure`` for in a sentence, that says of a rounded amount that it is one."""
    text = figure(row, unit)
    return texts.say("figures.about", value=text) if text and unit in TWO_DIGITS else text


def margin(row: Mapping[str, Any], unit: str) -> str:
    """The limits of a cell in words: "15 tot 55 dagen", "25 dagen of meer", "25 dagen of minder"; empty without any."""
    low, high = row["ondergrens"], row["bovengrens"]
    if low is not None and high is not None:
        first = dutch.number(low) if unit == "dagen" else amount(low, unit)
        return texts.say("figures.between", low=first, high=amount(high, unit))
    if low is not None:
        return texts.say("figures.at_least", value=amount(low, unit))
    return "" if high is None else texts.say("figures.at_most", value=amount(high, unit))


def rows_in_words(rows: float) -> str:
    """
    >>> rows_in_words(1)
    '1 rij'
    """
    return texts.say(f"datakwaliteit.rows.{'one' if rows == 1 else 'many'}", count=dutch.number(rows))


def norm_value(norm: Mapping[str, Any], unit: str) -> str:
    return dutch.norm(norm["value"], unit) if unit in ("aandeel", "dagen") else amount(norm["value"], unit)


def norm_text(form: str, norm: Mapping[str, Any], unit: str) -> str:
    """The norm in one of the forms of ``texts``."""
    return texts.say(f"norms.{form}", value=norm_value(norm, unit), source=norm["source"].strip().rstrip("."))
