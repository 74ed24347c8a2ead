"""Spark gives what DuckDB gives: every statistic of all indicators, and all that is made of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import product
import pytest
from edge_inbox import edge_inbox
from polars.testing import assert_frame_equal

from data_contracts import rows
from indicators.model import definitions
from pipelines import cli, compute, engine, tables
from pipelines.home import Home
from pipelines.synthesis import synthesize

PEILDATUM = "2021-04"
FIRST, LAST = "2018-12", "2021-12"
SCALE = 0.1


def assert_equal(spark: pl.DataFrame, duckdb: pl.DataFrame) -> None:
    """Counts and sums equal, floats within 1e-12, rows in the same order."""
    assert_frame_equal(spark, duckdb, check_exact=False, rel_tol=1e-12, abs_tol=1e-12)


def computed(frame: pl.DataFrame) -> set[str]:
    return set(frame["indicator"].unique())


def test_the_inbox_of_every_bound(tmp_path: Path) -> None:
    """Rows just before, on and just after each bound of the specification, changes of the clock included."""
    folder = tmp_path / "een map [1] met 'leestekens'"
    folder.mkdir()
    inputs = product.inputs(edge_inbox(), PEILDATUM, folder)
    expected = tables.compute(inputs, definitions(), folder)
    found = tables.compute(inputs, definitions(), folder, connect=engine.chosen("spark"))
    assert computed(expected.named["statistics"]) == set(definitions())
    assert found.named.keys() == expected.named.keys()
    for name, frame in expected.named.items():
        assert_equal(found.named[name], frame)
    assert found.entities == expected.entities
    in_order = expected.quality.columns
    assert_equal(found.quality.sort(in_order), expected.quality.sort(in_order))


@pytest.mark.slow
def test_a_tenth_of_a_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user does it: the same files in ``results``, byte for byte."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    home = Home.open(tmp_path / "huis", create=True)
    synthesize(home.inbox, FIRST, LAST, SCALE, 1)
    assert cli.run(["deliver", "--home", str(home.root)]) in (0, 1)
    expected = compute.compute(home)
    names = [Path(file).stem for file in expected.record["files"]]
    frames = {name: expected.read(name) for name in names}
    assert computed(frames["statistics"]) == set(definitions())
    shutil.rmtree(home.results)
    assert cli.run(["compute", "--home", str(home.root), "--engine", "spark"]) == 0
    found = compute.stored(home)
    assert found is not None
    for name in names:
        assert_equal(found.read(name), frames[name])
    assert found.record == expected.record
    assert not list((home.root / ".scratch").iterdir())
