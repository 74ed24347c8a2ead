"""Distinct gezinnen of every level and period, against counting them one by one."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import calendar, families, geography

CATEGORIES = [("totaal", "totaal"), ("partner", "politie"), ("partner", "reclassering")]
rows = st.lists(
    st.tuples(
        st.sampled_from([r.code for r in geography.vt_regios()]),
        st.sampled_from(["2018-12", "2019-01", "2019-03", "2019-04", "2020-12"]),
        st.sampled_from(CATEGORIES[1:]),
        st.integers(0, 1),
        st.one_of(st.none(), st.integers(1, 5), st.just(2_000_000)),
    ),
    min_size=1,
    max_size=60,
)


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
        for niveau, regio in (("vt_regio", vt_regio), ("arrondissement", geography.regio(vt_regio).arrondissement),
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
        few = families.counted(con, "select * from invoer", cells.filter(pl.col("n") == 1), CATEGORIES)
        many = families.counted(con, "select * from invoer", cells.filter(pl.col("n") > 1), CATEGORIES)
    assert {row[:6]: row[7] for row in few.rows()} == {cell: len(gezinnen) for cell, gezinnen in expected.items()}
    # So many rows cannot be of a few: not counted.
    assert many["gezinnen"].null_count() == len(many)


def families_key() -> list[str]:
    return ["regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]
