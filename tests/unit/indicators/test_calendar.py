"""Werkdagen, months and E."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from indicators import calendar


@pytest.mark.parametrize(
    ("year", "sunday"), [(1818, (3, 22)), (1943, (4, 25)), (2000, (4, 23)), (2019, (4, 21)), (2024, (3, 31))]
)
def test_easter(year: int, sunday: tuple[int, int]) -> None:
    assert calendar.easter_sunday(year) == date(year, *sunday)


@pytest.mark.parametrize(
    "day",
    [
        date(2013, 4, 30),  # Koninginnedag
        date(2014, 4, 26),  # the 27th was a Sunday
        date(2021, 4, 27),
        date(2021, 4, 2),  # Goede Vrijdag
        date(2021, 4, 5),
        date(2021, 5, 5),
        date(2021, 5, 13),
        date(2021, 5, 24),
        date(2021, 1, 1),
        date(2023, 12, 26),
    ],
)
def test_feestdagen_are_no_werkdag(day: date) -> None:
    assert not calendar.is_werkdag(day)


def test_receipt_is_day_0() -> None:
    # Wednesday 31 March 2021; Goede Vrijdag and Paasmaandag do not count: 1, 6, 7, 8, 9 April.
    assert calendar.nth_werkdag_after(date(2021, 3, 31), 5) == date(2021, 4, 9)
    # Received on a Saturday: Monday is the first.
    assert calendar.nth_werkdag_after(date(2021, 6, 5), 5) == date(2021, 6, 11)


def test_months() -> None:
    assert calendar.add_months("2021-12", 1) == "2022-01"
    assert calendar.add_months("2021-01", -1) == "2020-12"
    assert calendar.months_between("2021-11", "2022-02") == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert calendar.month_end("2024-02") == date(2024, 2, 29)
    assert calendar.quarter_of("2021-12") == "2021-K4"
    with pytest.raises(ValueError, match="JJJJ-MM"):
        calendar.parse_month("2021-13")


def test_e_is_the_amsterdam_midnight_after_the_peildatum() -> None:
    assert calendar.observation_end(date(2021, 12, 31)) == datetime(2021, 12, 31, 23)
    assert calendar.observation_end(date(2021, 6, 30)) == datetime(2021, 6, 30, 22)
