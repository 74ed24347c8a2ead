"""The status that is printed: of a period, not of a cell."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from made import definition

from indicators.disclosure import status
from indicators.model import Definition

PEILDATUM = date(2024, 12, 31)


def of_period(wanted: Definition, *statuses: str | None, periode: str = "2023-11") -> str:
    soort = "kwartaal" if "K" in periode else "maand" if "-" in periode else "jaar"
    cells = pl.DataFrame(
        {"periode_soort": soort, "periode": periode, "dimensie": "melder", "status": statuses},
        schema_overrides={"status": pl.String},
    )
    return str(status.of_periods(cells, wanted, PEILDATUM)["periode_status"].item())


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("definitief", None), "definitief"),
        (("definitief", "onvolledig"), "onvolledig"),
        (("definitief", "voorlopig"), "voorlopig"),
        (("voorlopig", "onvolledig"), "onvolledig"),
        (("niet_bereikt", "definitief"), "definitief"),
        (("niet_bereikt", "niet_rijp"), "voorlopig"),
        ((None,), "voorlopig"),
    ],
)
def test_a_status_belongs_to_the_period_not_to_a_cell(statuses: tuple[str | None, ...], expected: str) -> None:
    assert of_period(definition("proportion"), *statuses) == expected


@pytest.mark.parametrize(
    ("periode", "expected"),
    [
        ("2024-08", "definitief"),
        ("2024-09", "definitief"),
        ("2024-10", "voorlopig"),
        ("2024-K3", "definitief"),
        ("2024-K4", "voorlopig"),
        ("2023", "definitief"),
        ("2024", "voorlopig"),
    ],
)
def test_whether_a_unit_may_still_be_followed_is_read_from_the_calendar(periode: str, expected: str) -> None:
    """30 September + 90 days is 29 December; 31 October + 90 days lies after the peildatum."""
    assert of_period(definition("quantiles", horizon_days=90), "definitief", periode=periode) == expected


def test_the_last_day_counts_as_open_because_a_clock_change_may_carry_it_over() -> None:
    assert of_period(definition("survival", horizon_days=91), "definitief", periode="2024-09") == "definitief"
    assert of_period(definition("survival", horizon_days=92), "definitief", periode="2024-09") == "voorlopig"
