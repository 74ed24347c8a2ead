"""Sums of every cell: by addition over regions and periods, exact, and by day for what is followed."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import numpy as np
import polars as pl
import pytest
from made import DIVISION, FOLLOWED, MELDER, SUMMED, TOTAL, definition, follow, put

from indicators import statistics
from indicators.model import Dimension
from indicators.statistics import KEY, DaySums, Grid

LEVELS = {"twente": "vt_regio", "ijsselland": "vt_regio", "utrecht": "vt_regio", "oost_nederland": "arrondissement",
          "midden_nederland": "arrondissement", "nederland": "land"}  # fmt: skip
SOORTEN = {4: "jaar", 7: "maand"}


def cells(regions: list[str], periods: list[str], split: tuple[str, str], *figures: int) -> dict[tuple, tuple]:
    """The same figures in every one of ``regions`` and ``periods``."""
    return {
        (LEVELS[r], r, "kwartaal" if "K" in p else SOORTEN[len(p)], p, *split): figures
        for r in regions
        for p in periods
    }


def by_cell(frame: pl.DataFrame, *names: str) -> dict[tuple, tuple]:
    assert not frame.select(KEY).is_duplicated().any()
    return {row[:6]: row[6:] for row in frame.select(*KEY, *names).rows()}


def test_counts_add_up_over_regions_and_periods(con: duckdb.DuckDBPyConnection) -> None:
    put(
        con, [*SUMMED, "n", "teller"],
        ("twente", "2023-12", *TOTAL, 3, 2),
        ("twente", "2024-01", *TOTAL, 4, 0),
        ("twente", "2024-01", *TOTAL, 1, 1),
        ("ijsselland", "2024-01", *TOTAL, 7, 4),
        ("utrecht", "2024-04", *TOTAL, 1, 1),
        ("twente", "2024-01", "melder", "politie", 2, 1),
        ("zeeland", "2024-02", *TOTAL, 0, 0),
    )  # fmt: skip
    old, new, spring = ["2023-12", "2023-K4", "2023"], ["2024-01", "2024-K1", "2024"], ["2024-04", "2024-K2", "2024"]
    expected = (
        cells(["twente", "oost_nederland", "nederland"], old, TOTAL, 3, 2)
        | cells(["twente"], new, TOTAL, 5, 1)
        | cells(["ijsselland"], new, TOTAL, 7, 4)
        | cells(["oost_nederland", "nederland"], new, TOTAL, 12, 5)
        | cells(["utrecht", "midden_nederland", "nederland"], spring, TOTAL, 1, 1)
        | cells(["nederland"], ["2024"], TOTAL, 13, 6)
        | cells(["twente", "oost_nederland", "nederland"], new, ("melder", "politie"), 2, 1)
    )
    found = statistics.cell_sums(con, definition("proportion", dimensions=(MELDER,)), DIVISION)
    assert by_cell(found, "n", "teller") == expected
    assert found.columns == [*KEY, "n", "teller"]
    assert found.equals(found.sort(KEY))


def test_a_query_may_read_its_categories(con: duckdb.DuckDBPyConnection) -> None:
    put(con, [*SUMMED, "n", "teller"], ("twente", "2024-01", *TOTAL, 1, 1))
    statistics.cell_sums(con, definition("proportion", dimensions=(MELDER,)), DIVISION)
    known = con.execute("select dimensie, categorie from categorieen").fetchall()
    assert known == [TOTAL, ("melder", "politie"), ("melder", "overig")]


def test_sums_of_products_stay_exact_beyond_64_bits(con: duckdb.DuckDBPyConnection) -> None:
    columns = [*SUMMED, "n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy"]
    one = ("twente", "2024-01", *TOTAL, 1, 10**9, 0, 9 * 10**18, 8 * 10**18, 7 * 10**18)
    put(con, columns, *[one] * 3, ("twente", "2024-01", *TOTAL, 1, 0, 5, 1, 1, 1))
    found = statistics.cell_sums(con, definition("ratio"), DIVISION).row(0, named=True)
    assert [found[name] for name in ("sum_xx", "sum_xy", "sum_yy")] == [
        Decimal(27 * 10**18 + 1), Decimal(24 * 10**18 + 1), Decimal(21 * 10**18 + 1),
    ]  # fmt: skip
    assert (found["n"], found["sum_x"], found["sum_y"]) == (4, 3 * 10**9, 5)
    # Who had part in y; a query that knows no rates has none missing.
    assert (found["bijdragers"], found["zonder_tarief"]) == (1, 0)
    assert "gezinnen" not in found


def test_rows_without_a_rate_are_counted_where_a_query_tells(con: duckdb.DuckDBPyConnection) -> None:
    columns = [*SUMMED, "n", "sum_y", "zonder_tarief"]
    put(con, columns, ("twente", "2024-01", *TOTAL, 1, 70, 0), ("twente", "2024-02", *TOTAL, 0, 0, 1),
        ("twente", "2024-01", *TOTAL, 0, 0, 1))  # fmt: skip
    found = statistics.cell_sums(con, definition("sum", "euro"), DIVISION)
    assert by_cell(found, "n", "sum_y", "zonder_tarief")["vt_regio", "twente", "jaar", "2024", *TOTAL] == (1, 70, 2)
    # Nothing but a row without a rate: no unit, so no cell.
    assert ("vt_regio", "twente", "maand", "2024-02", *TOTAL) not in by_cell(found, "n")


def test_different_gezinnen_are_counted_where_a_query_tells(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("twente", "2024-01", 1, 1), ("twente", "2024-02", 1, 1), ("ijsselland", "2024-02", 1, 1),
            ("ijsselland", "2024-02", 1, 2), ("twente", "2024-01", 1, None), ("twente", "2024-01", 0, 3)]  # fmt: skip
    put(con, [*SUMMED, "n", "sum_y", "gezin_nr"], *((r, m, *TOTAL, n, 5, nr) for r, m, n, nr in rows))
    found = statistics.cell_sums(con, definition("sum", "euro"), DIVISION)
    assert by_cell(found, "n", "gezinnen") == (
        cells(["twente"], ["2024-01"], TOTAL, 2, 1)
        | cells(["twente"], ["2024-02"], TOTAL, 1, 1)
        | cells(["twente"], ["2024-K1", "2024"], TOTAL, 3, 1)
        | cells(["ijsselland"], ["2024-02", "2024-K1", "2024"], TOTAL, 2, 2)
        | cells(["oost_nederland", "nederland"], ["2024-01"], TOTAL, 2, 1)
        | cells(["oost_nederland", "nederland"], ["2024-02"], TOTAL, 3, 2)
        | cells(["oost_nederland", "nederland"], ["2024-K1", "2024"], TOTAL, 5, 2)
    )
    assert found.columns == [*KEY, "n", "sum_y", "zonder_tarief", "gezinnen"]


def test_the_largest_part_of_one_gezin_is_kept_where_a_query_tells_whose_it_is(con: duckdb.DuckDBPyConnection) -> None:
    """In January one has 60 of 150 in two rows, which can't be more than half; in February 200 of 290; together 260."""
    first = [("2024-01", 30, 1), ("2024-01", 30, 1), *(("2024-01", 10, nr) for nr in range(2, 11))]
    second = [("2024-02", 200, 1), *(("2024-02", 10, nr) for nr in range(2, 11))]
    rows = [("twente", m, *TOTAL, 1, y, nr) for m, y, nr in (*first, *second)]
    put(con, [*SUMMED, "n", "sum_y", "van_gezin"], *rows)
    found = by_cell(statistics.cell_sums(con, definition("sum", "euro"), DIVISION), "grootste")
    assert {periode: found["vt_regio", "twente", soort, periode, *TOTAL] for soort, periode in (
        ("maand", "2024-01"), ("maand", "2024-02"), ("kwartaal", "2024-K1"))} == {
        "2024-01": (None,), "2024-02": (200,), "2024-K1": (260,),
    }  # fmt: skip


def test_a_state_is_not_added_over_months(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("2024-01", 1), ("2024-01", 0), ("2024-02", 1), ("2024-02", 1), ("2024-04", 0), ("2024-04", 1)]
    put(con, ["maand", "dimensie", "categorie", "n", "teller"], *((m, *TOTAL, 1, t) for m, t in rows))
    assert by_cell(statistics.cell_sums(con, definition("coverage"), DIVISION), "n", "teller") == (
        cells(["nederland"], ["2024-01", "2024-04", "2024-K2", "2024"], TOTAL, 2, 1)
        | cells(["nederland"], ["2024-02", "2024-K1"], TOTAL, 2, 2)
    )


def days(con: duckdb.DuckDBPyConnection, horizon: int = 5, **known: object) -> dict[tuple[str, str], DaySums]:
    _, found = statistics.day_sums(con, definition("survival", horizon_days=horizon, **known), DIVISION)
    return {(part.dimensie, part.categorie): part for part in found}


def test_events_and_censorings_stand_on_their_days_up_to_and_including_the_horizon(
    con: duckdb.DuckDBPyConnection,
) -> None:
    follow(
        con,
        (TOTAL, 0, True, False, True, False),
        (TOTAL, 2, False, True, True, False),
        (TOTAL, 4, False, False, False, True),
        (TOTAL, 4, False, False, False, True),
        (TOTAL, 5, True, False, True, False),
        (TOTAL, 6, True, False, True, False),
        (TOTAL, 7, False, False, True, False),
        (TOTAL, 700, True, False, True, False),
    )
    found = days(con)[TOTAL]
    for place in np.ndindex(37, 3):
        here = place[0] in (4, 27, 36)  # Twente, Oost-Nederland, country
        assert found.events[place].tolist() == ([1, 0, 0, 0, 0, 1] if here else [0] * 6)
        assert found.competing[place].tolist() == ([0, 0, 1, 0, 0, 0] if here else [0] * 6)
        assert found.censored[place].tolist() == ([0, 0, 0, 0, 2, 0] if here else [0] * 6)
        assert (found.n[place], found.rijp[place], found.open[place]) == ((8, 6, 2) if here else (0, 0, 0))
    assert found.events.shape == (37, 3, 6)


def test_regions_and_months_of_what_is_followed(con: duckdb.DuckDBPyConnection) -> None:
    of = [("twente", "2023-12"), ("utrecht", "2024-02"), ("utrecht", "2024-02"), ("ijsselland", "2024-02")]
    put(con, FOLLOWED, *((r, m, *TOTAL, 3, True, False, True, False) for r, m in of))
    grid, found = statistics.day_sums(con, definition("survival", horizon_days=5), DIVISION)
    (total,) = found
    counted = {
        (grid.regions[r], grid.periods[p]): int(total.events[r, p, 3]) for r, p in np.argwhere(total.n > 0).tolist()
    }
    old, new = ["2023-12", "2023-K4", "2023"], ["2024-02", "2024-K1", "2024"]
    expected = (
        cells(["twente", "oost_nederland", "nederland"], old, TOTAL, 1)
        | cells(["utrecht", "midden_nederland"], new, TOTAL, 2)
        | cells(["ijsselland", "oost_nederland"], new, TOTAL, 1)
        | cells(["nederland"], new, TOTAL, 3)
    )
    assert {(*region, *period, *TOTAL): (count,) for (region, period), count in counted.items()} == expected


def test_categories_come_one_at_a_time_in_order(con: duckdb.DuckDBPyConnection) -> None:
    codes = [f"c{i:02d}" for i in range(30)]
    many = Dimension("soort", "Soort", dict.fromkeys(codes, ""))
    follow(con, *((("soort", code), 1, True, False, True, False) for code in reversed(codes)))
    assert list(days(con, dimensions=(many,))) == [("soort", code) for code in codes]


def test_without_rows_there_is_nothing(con: duckdb.DuckDBPyConnection) -> None:
    follow(con, (TOTAL, 1, True, False, True, False))
    con.execute("delete from invoer")
    assert days(con) == {}


def test_what_is_followed_has_a_horizon(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match="proef has no horizon"):
        statistics.day_sums(con, definition("survival"), DIVISION)


@pytest.mark.parametrize("months", [["2024-05"], ["2024-01", "2024-02", "2024-03"], ["2023-11", "2024-01", "2024-04"]])
def test_every_cell_of_a_grid_is_the_sum_of_its_parts(months: list[str]) -> None:
    grid = Grid(DIVISION, months)
    base = np.random.default_rng(1).integers(0, 1000, (26, len(months), 2))
    found = grid.roll_up(base)
    assert found.shape == (37, len(grid.periods), 2) and len(grid.regions) == 37
    assert len(set(grid.regions)) == 37 and len(set(grid.periods)) == len(grid.periods)
    districts = {
        "vt_regio": lambda r: r.code,
        "arrondissement": lambda r: r.arrondissement,
        "land": lambda r: "nederland",
    }
    parts = DIVISION.vt_regios
    for i, (niveau, regio) in enumerate(grid.regions):
        of_region = [k for k, part in enumerate(parts) if districts[niveau](part) == regio]
        for j, period in enumerate(grid.periods):
            of_period = [k for k, month in enumerate(months) if period in statistics.periods_of(month)]
            assert (found[i, j] == base[np.ix_(of_region, of_period)].sum(axis=(0, 1))).all()


def test_a_month_has_three_periods() -> None:
    assert statistics.periods_of("2024-05") == [("maand", "2024-05"), ("kwartaal", "2024-K2"), ("jaar", "2024")]
