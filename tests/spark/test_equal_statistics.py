"""Spark gives what DuckDB gives: every statistic of all indicators, and all that is made of them, to the last digit."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import product
from edge_inbox import edge_inbox
from polars.testing import assert_frame_equal

from indicators.model import definitions
from pipelines import engine, tables

PEILDATUM = "2021-04"
FIRST, LAST = "2018-12", "2020-12"


def assert_equal(spark: pl.DataFrame, duckdb: pl.DataFrame, name: str) -> None:
    """Counts and sums equal, floats within 1e-12, rows in the same order."""
    assert_frame_equal(spark, duckdb, check_exact=False, rel_tol=1e-12, abs_tol=1e-12)


def test_the_inbox_of_every_bound(tmp_path: Path) -> None:
    """Rows just before, on and just after each bound of the specification, clock changes included."""
    folder = tmp_path / "een map [1] met 'leestekens'"
    folder.mkdir()
    inputs = product.inputs(edge_inbox(), PEILDATUM, folder)
    expected = tables.compute(inputs, definitions(), folder)
    found = tables.compute(inputs, definitions(), folder, connect=engine.chosen("spark"))
    assert expected.named["statistics"].select("indicator").unique().height >= 25
    for name, frame in expected.named.items():
        assert_equal(found.named[name], frame, name)
    assert found.entities == expected.entities
    assert_equal(found.quality.sort(pl.all()), expected.quality.sort(pl.all()), "quality")
