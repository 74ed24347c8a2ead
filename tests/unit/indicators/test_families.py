"""Distinct gezinnen of every level and period, against counting them one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import DIVISION

from indicators import calendar, families
from indicators.geography import Division

CATEGORIES = [("totaal", "totaal"), ("partner", "politie"), ("partner", "reclassering")]
PARENTS = {r.code: r.arrondissement for r in DIVISION.vt_regios}
rows = st.lists(
    st.tuples(
        st.sampled_from([r.code for r in DIVISION.vt_regios]),
        st.sampled_from(["2018-12", "2019-01", "2019-03", "2019-04", "2020-12"]),
        st.sampled_from(CATEGORIES[1:]),
        st.integers(0, 1),
        st.one_of(st.none(), st.integers(1, 5), st.just(2_000_000)),
    ),
    min_size=1,
    max_size=60,
)


def families_key() -> list[str]:
    return ["regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]


def gezinnen(units: list[tuple[str, int | None]], n: int) -> int | None:
    """Of Twente in 2023 in total, of which ``n`` units are said to have a gezin. ``units``: (maand, gezin_nr)."""
    split = [CATEGORIES[0], ("partner", "politie"), ("partner", "reclassering")]
    frame = pl.DataFrame(
        [("twente", month, d, c, 1, nr) for month, nr in units for d, c in split],
        schema={"vt_regio": pl.String, "maand": pl.String, "dimensie": pl.String, "categorie": pl.String,
                "n": pl.Int64, "gezin_nr": pl.Int64},
        orient="row",
    )  # fmt: skip
    cells = pl.DataFrame([("vt_regio", "twente", "jaar", "2023", *CATEGORIES[0], n)], orient="row",
                         schema={**dict.fromkeys(families_key(), pl.String), "n": pl.Int64})  # fmt: skip
    with duckdb.connect() as con:
        con.register("invoer", frame.to_arrow())
        return families.counted(con, "select * from invoer", cells, CATEGORIES, DIVISION)["gezinnen"].item()


def test_ten_times_the_most_rows_of_a_gezin_prove_that_there_are_ten() -> None:
    """Rows without a gezin, and rows of a unit in other dimensions, do not make a gezin larger."""
    alone = [("2023-01", nr) for nr in range(1, 10)] + [("2023-01", None)] * 5
    assert [gezinnen(alone, n) for n in (9, 10)] == [9, None]
    twice = [*alone, ("2023-12", 1)]
    assert [gezinnen(twice, n) for n in (10, 19, 20)] == [9, 9, None]


def test_where_no_row_has_a_gezin_there_is_none() -> None:
    assert gezinnen([("2023-01", None)] * 12, 0) == 0


@pytest.mark.parametrize(("count", "fits"), [(8, True), (9, False)])
def test_a_number_holds_eight_regions_of_an_arrondissement(count: int, fits: bool) -> None:
    (one,) = (r for r in DIVISION.vt_regios if r.code == "twente")
    parts = tuple(replace(one, code=f"r{i}") for i in range(count))
    division = Division((*DIVISION.arrondissementen, *parts), DIVISION.vanaf)
    if fits:
        numbers = families.region_numbers(division)
        assert {number >> families.REGIONS_BITS for number in numbers.values()} == {1}
        assert len(set(numbers.values())) == count
    else:
        with pytest.raises(ValueError, match="oost_nederland has more vt_regio's than a number can hold"):
            families.region_numbers(division)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_every_level_counts_each_gezin_once(given_rows: list) -> None:
    frame = pl.DataFrame(
        [(v, m, d, c, n, g) for v, m, split, n, g in given_rows for d, c in (CATEGORIES[0], split)],
        schema={"vt_regio": pl.String, "maand": pl.String, "dimensie": pl.String, "categorie": pl.String,
                "n": pl.Int64, "gezin_nr": pl.Int64},
        orient="row",
    )  # fmt: skip
    expected: dict[tuple, set[int]] = defaultdict(set)
    for vt_regio, month, split, n, gezin in given_rows:
        if gezin is None or not n:
            continue
        for niveau, regio in (("vt_regio", vt_regio), ("arrondissement", PARENTS[vt_regio]),
                              ("land", "nederland")):  # fmt: skip
            for soort, periode in (("maand", month), ("kwartaal", calendar.quarter_of(month)), ("jaar", month[:4])):
                for kind in (CATEGORIES[0], split):
                    expected[(niveau, regio, soort, periode, *kind)].add(gezin)
    cells = pl.DataFrame(
        [(*cell, n) for cell in expected for n in (1, 10**6)],
        schema={**dict.fromkeys(families_key(), pl.String), "n": pl.Int64},
        orient="row",
    )
    with duckdb.connect() as con:
        con.register("invoer", frame.to_arrow())
        few = families.counted(con, "select * from invoer", cells.filter(pl.col("n") == 1), CATEGORIES, DIVISION)
        many = families.counted(con, "select * from invoer", cells.filter(pl.col("n") > 1), CATEGORIES, DIVISION)
    assert {row[:6]: row[7] for row in few.rows()} == {cell: len(gezinnen) for cell, gezinnen in expected.items()}
    # So many rows cannot be of a few: not counted.
    assert many["gezinnen"].null_count() == len(many)


amounts = st.lists(
    st.tuples(
        st.sampled_from([r.code for r in DIVISION.vt_regios][:6]),
        st.sampled_from(["2018-12", "2019-01", "2019-03", "2020-12"]),
        st.sampled_from(CATEGORIES[1:]),
        st.integers(0, 1000),
        st.one_of(st.none(), st.integers(1, 4), st.just(2_000_000)),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(amounts)
def test_the_largest_part_of_every_level_is_found_where_it_is_more_than_half(given_rows: list) -> None:
    """What is nobody's counts as one gezin's."""
    frame = pl.DataFrame(
        [(v, m, d, c, 1, y, g) for v, m, split, y, g in given_rows for d, c in (CATEGORIES[0], split)],
        schema={"vt_regio": pl.String, "maand": pl.String, "dimensie": pl.String, "categorie": pl.String,
                "n": pl.Int64, "sum_y": pl.Int64, "van_gezin": pl.Int64},
        orient="row",
    )  # fmt: skip
    expected: dict[tuple, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    for vt_regio, month, split, y, gezin in given_rows:
        for niveau, regio in (("vt_regio", vt_regio), ("arrondissement", PARENTS[vt_regio]), ("land", "nederland")):
            for soort, periode in (("maand", month), ("kwartaal", calendar.quarter_of(month)), ("jaar", month[:4])):
                for kind in (CATEGORIES[0], split):
                    cell = (niveau, regio, soort, periode, *kind)
                    expected[cell][gezin] += y
    cells = pl.DataFrame(
        [(*cell, n, sum(parts.values())) for cell, parts in expected.items() for n in (9, 10)],
        schema={**dict.fromkeys((*families_key(), "n", "sum_y"), pl.Int64),
                **dict.fromkeys(families_key(), pl.String)},
        orient="row",
    )  # fmt: skip
    with duckdb.connect() as con:
        con.register("invoer", frame.to_arrow())
        few, enough = (
            families.largest(con, "select * from invoer", cells.filter(n=n), CATEGORIES, DIVISION) for n in (9, 10)
        )
    assert few["grootste"].null_count() == few.height
    for *cell, _, total, found in enough.rows():
        largest = max(expected[tuple(cell)].values())
        assert found in (largest, None)
        assert found is not None or 2 * largest <= total
