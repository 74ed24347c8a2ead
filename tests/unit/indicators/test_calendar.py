"""Werkdagen, months and E."""

from __future__ import annotations

import doctest
from datetime import date, datetime, timedelta

import pytest
from dateutil.easter import easter

from indicators import calendar


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(calendar).failed == 0


@pytest.mark.parametrize(
    ("year", "sunday"), [(1818, (3, 22)), (1943, (4, 25)), (2000, (4, 23)), (2019, (4, 21)), (2024, (3, 31))]
)
def test_easter(year: int, sunday: tuple[int, int]) -> None:
    assert calendar.easter_sunday(year) == date(year, *sunday)


def test_easter_of_every_year_is_that_of_another_program() -> None:
    assert [calendar.easter_sunday(year) for year in range(1583, 4100)] == [easter(y) for y in range(1583, 4100)]


@pytest.mark.parametrize(
    ("year", "day"),
    [(2012, (4, 30)), (2013, (4, 30)), (2014, (4, 26)), (2015, (4, 27)), (2020, (4, 27)), (2025, (4, 26))],
)
def test_koningsdag_is_moved_from_a_sunday_and_was_koninginnedag_before_2014(year: int, day: tuple[int, int]) -> None:
    assert calendar.koningsdag(year) == date(year, *day)


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
        date(2023, 12, 25),
        date(2023, 12, 26),
    ],
)
def test_feestdagen_are_no_werkdag(day: date) -> None:
    assert not calendar.is_werkdag(day)


def test_a_year_without_its_feestdagen_has_monday_to_friday_only() -> None:
    days = [date(2021, 1, 1) + timedelta(days=i) for i in range(365)]
    # Both Kerstdagen of 2021 lie in a weekend.
    free = [day for day in days if day.weekday() < 5 and not calendar.is_werkdag(day)]
    assert free == [
        date(2021, 1, 1), date(2021, 4, 2), date(2021, 4, 5), date(2021, 4, 27), date(2021, 5, 5), date(2021, 5, 13),
        date(2021, 5, 24),
    ]  # fmt: skip
    assert not any(calendar.is_werkdag(day) for day in days if day.weekday() >= 5)


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
    assert calendar.months_between("2021-05", "2021-05") == ["2021-05"]
    assert calendar.months_between("2021-06", "2021-05") == []
    assert calendar.add_months("2021-05", 19) == "2022-12" and calendar.add_months("0999-12", 1) == "1000-01"
    assert calendar.month_end("2021-12") == date(2021, 12, 31)
    assert calendar.month_of(date(2021, 3, 31)) == "2021-03"
    for wrong in ("2021-13", "2021-00", "2021-3", "2021-03-01"):
        with pytest.raises(ValueError, match="JJJJ-MM"):
            calendar.parse_month(wrong)


@pytest.mark.parametrize(
    ("month", "quarter"),
    [("2021-01", "K1"), ("2021-03", "K1"), ("2021-04", "K2"), ("2021-06", "K2"), ("2021-07", "K3"), ("2021-12", "K4")],
)
def test_quarters(month: str, quarter: str) -> None:
    assert calendar.quarter_of(month) == f"2021-{quarter}"


@pytest.mark.parametrize(
    ("soort", "periode", "first", "last", "count"),
    [
        ("maand", "2021-02", "2021-02", "2021-02", 1),
        ("kwartaal", "2021-K1", "2021-01", "2021-03", 3),
        ("kwartaal", "2021-K4", "2021-10", "2021-12", 3),
        ("jaar", "2021", "2021-01", "2021-12", 12),
    ],
)
def test_a_period_has_its_months(soort: str, periode: str, first: str, last: str, count: int) -> None:
    assert calendar.months_of(soort, periode) == (first, last)
    assert calendar.months_in(soort, periode) == calendar.months_between(first, last)
    assert len(calendar.months_in(soort, periode)) == count


def test_e_is_the_amsterdam_midnight_after_the_peildatum() -> None:
    assert calendar.observation_end(date(2021, 12, 31)) == datetime(2021, 12, 31, 23)
    assert calendar.observation_end(date(2021, 6, 30)) == datetime(2021, 6, 30, 22)
