"""Columns of identifiers are refused, ordinary ones are not: a small part of ``python -m tests.bench.identifiers``."""

from __future__ import annotations

import pytest
from bench.identifiers import IDENTIFYING, ORDINARY, identified, simulate

# Ten digits that begin with a single 0 are what a telephone number is: the one make that is always mistaken.
TELEPHONE_LIKE = "tien cijfers met een nul ervoor"


@pytest.mark.parametrize("name", sorted(set(ORDINARY) - {TELEPHONE_LIKE}))
def test_an_ordinary_column_is_not_mistaken(name: str) -> None:
    assert simulate(ORDINARY[name], size=60, columns=15)["any"] == 0


def test_what_is_known_to_be_mistaken() -> None:
    assert simulate(ORDINARY[TELEPHONE_LIKE], size=60, columns=3)["telefoon"] == 3


@pytest.mark.parametrize("name", sorted(set(IDENTIFYING) - {"BSN in een op de vijf cellen"}))
def test_a_column_of_identifiers_is_seen(name: str) -> None:
    kind = {"BSN": "bsn", "IBAN": "iban", "e-mailadres": "email", "postcode": "postcode", "telefoonnummer": "telefoon"}
    assert simulate(IDENTIFYING[name], size=150, columns=5)[kind.get(name.split()[0], "geboortedatum")] == 5


def test_inhabitants_of_postcodes_that_look_like_years() -> None:
    streets = ["2011AB", "2012CD", "2013EF", "2014GH", "2015JK"]
    assert identified([[f"{street}-{number}" for street in streets for number in (1, 2)]])["postcode"] == 1


def test_numbers_of_a_year_that_look_like_postcodes() -> None:
    codes = ["2019-OM", "2020-OM", "2021-VT"]
    assert identified([[f"{code}-{number}" for code in codes for number in range(1, 9)]])["any"] == 0
    assert (
        identified([[f"2021-OM-{number}" for number in range(1, 5)] + [f"1234AB{n}" for n in range(1, 5)]])["any"] == 1
    )
    assert identified([[f"2022-OM-{number}" for number in range(1, 9)]])["postcode"] == 1


def test_five_births_among_twelve_numbers() -> None:
    born = ["1950-03-01", "1961-07-12", "19720924", "1983-11-30", "2004-05-05"]
    others = [f"VT-{number}" for number in range(7)]
    assert identified([born + others])["geboortedatum"] == 1
    assert identified([born + others + ["VT-8"]])["any"] == 0
    assert identified([born[:4] + others])["any"] == 0


def test_births_that_are_called_so_need_not_lie_far_apart() -> None:
    assert identified([[f"geb_2021-03-{day:02d}" for day in range(1, 8)]])["geboortedatum"] == 1


def test_numbers_by_day_of_2020_are_no_births() -> None:
    numbers = [f"R{day:02d}0220{number:02d}" for day in range(1, 29) for number in range(1, 21)]
    assert identified([numbers])["any"] == 0


def test_no_break_spaces_hide_no_column() -> None:
    assert identified([[f"06\u00a01234\u2009567{n}" for n in range(6)]])["telefoon"] == 1
