"""Dates of birth: which cells are dates, and which columns of dates only births explain. All dates are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from data_contracts import births
from data_contracts.births import Dates

BORN = Dates(count=40, years_apart=10, days_of_the_year=3)


def evaluate(expression: str, texts: Sequence[str]) -> list:
    with duckdb.connect() as con:
        query = f"select {expression} from (select unnest($1::varchar[]) as x)"
        return [value for (value,) in con.execute(query, [list(texts)]).fetchall()]


DATES = [
    *("1985-03-12", "1985-3-12", "1985/03/12", "19850312", "1985_03_12"),
    *("12-03-1985", "12-3-1985", "12/3/1985", "12.03.1985", "12 03 1985", "12031985"),
    *("12 maart 1985", "12 mrt. 1985", "12-MRT-1985", "12 mrt 1985"),
    *(
        "1985-03-12T00:00:00Z",
        "1985-03-12 00:00",
        "12-03-1985 00:00:00",
        "1985-03-12T01:00+01:00",
    ),
    *("19850312-jan", "19850312_7", "19850312jan", "1985-03-12-7", "G19850312", "kind_12-03-1985-a"),
]
MONTH_NAMES = [
    *("1 januari 1990", "1 feb 1990", "1 maart 1990", "1 april 1990", "1 mei 1990", "1 jun. 1990", "1 juli 1990"),
    *("1 aug 1990", "1 september 1990", "1 sept 1990", "1 okt 1990", "1 november 1990", "1 dec 1990"),
]
NO_DATES = [
    "1985-02-30",
    "1985-13-01",
    "31041985",
    "20241301",
    "1785-03-12",
    "12-03-85",
    "1985",
    "198503121",
    "12 mit 1985",
    "19850312-jansenius",
    "7-19850312",
    "VT-198503121",
    "R-12031985",
    "12031985-a",
]


def test_the_forms_of_a_date() -> None:
    assert evaluate(births.date_in("x"), DATES) == [date(1985, 3, 12)] * len(DATES)
    months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12]
    assert evaluate(births.date_in("x"), MONTH_NAMES) == [date(1990, month, 1) for month in months]
    assert evaluate(births.date_in("x"), NO_DATES) == [None] * len(NO_DATES)


def test_who_can_be_alive() -> None:
    end = "date '2021-12-31'"
    days = ["1916-12-30", "1916-12-31", "2021-12-31", "2022-01-01"]
    assert evaluate(births.plausible("x::date", end), days) == [False, True, True, False]


def test_a_column_of_births() -> None:
    assert births.only_births_explain(100, BORN, 0.4, 5)
    assert births.only_births_explain(5, replace(BORN, count=5), 0.4, 5)


@pytest.mark.parametrize(
    ("filled", "dates"),
    [
        (101, BORN),
        (4, replace(BORN, count=4)),
        (100, replace(BORN, years_apart=9.9)),
        (100, replace(BORN, days_of_the_year=2)),
        (0, births.NO_DATES),
    ],
)
def test_other_columns(filled: int, dates: Dates) -> None:
    assert not births.only_births_explain(filled, dates, 0.4, 5)
