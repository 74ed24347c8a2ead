from __future__ import annotations

import doctest
from datetime import date, datetime

import pytest

from indicators import dutch


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(dutch).failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.5, "aandeel", "50,0%"),
        (0.99951, "aandeel", "100,0%"),
        (0.0, "aandeel", "0,0%"),
        (1.0, "dagen", "1 dag"),
        (12.0, "dagen", "12 dagen"),
        (12.34, "uren", "12,3 uur"),
        (1234.5, "euro", "€ 1.235"),
        (1234567.0, "euro", "€ 1.234.567"),
        (72.5, "euro", "€ 72,50"),
        (99.98, "euro", "€ 99,98"),
        (100.0, "euro", "€ 100"),
        (-250.0, "euro", "€ −250"),
    ],
)
def test_amounts(value: float, unit: str, text: str) -> None:
    assert dutch.amount(value, unit).replace(dutch.NBSP, " ") == text


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="meter"):
        dutch.amount(1.0, "meter")


def test_numbers_have_points_and_commas() -> None:
    assert dutch.number(1234567.891, 2) == "1.234.567,89"
    assert dutch.number(-0.5, 1) == "−0,5"


def test_intervals_say_a_word_once() -> None:
    assert dutch.interval(4, 6, "dagen").replace(dutch.NBSP, " ") == "4 tot 6 dagen"
    assert dutch.interval(1.25, 2.75, "uren").replace(dutch.NBSP, " ") == "1,3 tot 2,8 uur"
    assert dutch.interval(690, 700, "euro").replace(dutch.NBSP, " ") == "€ 690 tot € 700"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("2021-03", "maart 2021"),
        ("2021-05", "mei 2021"),
        ("2021-12", "december 2021"),
        ("2021-K1", "1e kwartaal 2021"),
        ("2021", "2021"),
    ],
)
def test_periods(code: str, text: str) -> None:
    assert dutch.period(code) == text


def test_dates() -> None:
    assert dutch.day(date(2021, 3, 12)).replace(dutch.NBSP, " ") == "12 maart 2021"
    assert dutch.moment(datetime(2021, 3, 1, 14, 5)).replace(dutch.NBSP, " ") == "1 maart 2021, 14.05 uur"


def test_listing() -> None:
    assert dutch.listing([]) == ""
    assert dutch.listing(["Zeeland"]) == "Zeeland"
    assert dutch.listing(["Zeeland", "Twente"]) == "Zeeland en Twente"
