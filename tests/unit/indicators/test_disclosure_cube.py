"""The complete cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from made import DIVISION

from indicators import calendar
from indicators.disclosure import cube
from indicators.values import ORDER

MONTHS = calendar.months_between("2023-11", "2024-02")
PERIODS = {"2023-11", "2023-12", "2024-01", "2024-02", "2023-K4", "2024-K1", "2023", "2024"}


@dataclass(frozen=True)
class Split:
    name: str
    categories: tuple[str, ...]
    competing: bool = False


@dataclass(frozen=True)
class Indicator:
    id: str = "proef"
    version: str = "1.0"
    kind: str = "proportion"
    unit: str = "aandeel"
    horizon_days: int | None = None
    complement: bool = False
    x_is_one: bool = False
    dimensions: Sequence[Split] = (Split("melder", ("politie", "overig")),)


def test_every_region_period_and_category_has_exactly_one_row() -> None:
    found = cube.cells(Indicator(), MONTHS, DIVISION)
    assert found.height == 37 * len(PERIODS) * 3
    assert not found.select(cube.CELL).is_duplicated().any()
    assert set(found["periode"]) == PERIODS
    assert found["regio"].n_unique() == 37
    assert set(found.select("dimensie", "categorie").unique().rows()) == {
        ("totaal", "totaal"),
        ("melder", "politie"),
        ("melder", "overig"),
    }


@pytest.mark.parametrize("kind", ["proportion", "quantiles", "coverage"])
def test_the_cube_has_the_order_of_the_table(kind: str) -> None:
    found = cube.cells(Indicator(kind=kind), MONTHS, DIVISION).select(ORDER)
    assert found.equals(found.sort(ORDER))


def test_a_period_counts_once_whatever_the_order_of_the_months() -> None:
    assert cube.cells(Indicator(), MONTHS[::-1], DIVISION).equals(cube.cells(Indicator(), MONTHS, DIVISION))


def test_quantiles_have_no_total_and_name_the_statistics_behind_them() -> None:
    found = cube.categories(Indicator(kind="quantiles"))
    assert [category[:2] for category in found] == [
        ("kwantiel", "mediaan"),
        ("kwantiel", "p90"),
        ("melder", "overig:mediaan"),
        ("melder", "overig:p90"),
        ("melder", "politie:mediaan"),
        ("melder", "politie:p90"),
    ]
    assert found[1] == ("kwantiel", "p90", "totaal", "totaal", 0.1, False)
    assert found[4] == ("melder", "politie:mediaan", "melder", "politie", 0.5, False)
    assert not any(category.competing for category in found)


def test_kinds_of_event_are_marked() -> None:
    split = Indicator(kind="survival", dimensions=(Split("soort", ("hermelding",), competing=True),))
    assert [(c.categorie, c.competing) for c in cube.categories(split)] == [("hermelding", True), ("totaal", False)]


def test_coverage_has_the_country_only() -> None:
    found = cube.cells(Indicator(kind="coverage"), MONTHS, DIVISION)
    assert set(found.select("regio_niveau", "regio").unique().rows()) == {("land", "nederland")}
