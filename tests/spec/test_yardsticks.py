"""The yardsticks of ``make bench`` give the figures of the product: on small nasty inboxes, to the last unit.

So a ratio between them compares work that is the same. Figures of pandas are floating point: equal within 1e-9.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import product
import pytest
from bench import history, in_pandas, in_polars, in_product
from bench.comparison import differences, values_apart
from bench.in_product import Clock
from bench.measures import MEASURES
from bench.report import Goal, goals
from random_inbox import random_inbox

SEEDS = (1, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_give_the_same_figures(seed: int, tmp_path: Path) -> None:
    inputs = product.inputs(random_inbox(seed, gezinnen=12), None, tmp_path)
    units = 0
    for measure in MEASURES.values():
        sums, values = in_product.run(inputs, measure, tmp_path, Clock())
        assert differences(sums, in_polars.figures(inputs, measure.indicators)) == []
        units += sums["n"].sum()
        if set(measure.indicators) <= set(in_pandas.FIGURES):
            assert values_apart(values, pl.from_pandas(in_pandas.figures(inputs, measure.indicators))) < 1e-9
    assert units > 0, "an inbox without any figure proves nothing"


def test_a_difference_is_noticed(tmp_path: Path) -> None:
    inputs = product.inputs(random_inbox(1, gezinnen=12), None, tmp_path)
    sums, _ = in_product.run(inputs, MEASURES["survival"], tmp_path, Clock())
    assert differences(sums, sums) == []
    assert differences(sums, sums.with_columns(pl.col("events") + 1)) != []
    assert differences(sums, sums.head(-1)) != []


def test_a_larger_country_counts_exactly_so_many_times(tmp_path: Path) -> None:
    """Other gezinnen, other record numbers, the same links between records."""
    inputs = product.inputs(random_inbox(3, gezinnen=12), None, tmp_path)
    larger = history.tenfold(inputs, tmp_path / "larger", copies=3)
    history.save(larger, tmp_path / "larger.json")
    for measure in (MEASURES["survival"], MEASURES["partners"]):
        once, _ = in_product.run(inputs, measure, tmp_path, Clock())
        thrice, _ = in_product.run(history.load(tmp_path / "larger.json"), measure, tmp_path, Clock())
        assert once["n"].sum() > 0
        assert differences(thrice, once.with_columns(pl.selectors.integer().exclude("dag") * 3)) == []


def test_a_goal_is_met_or_not() -> None:
    assert Goal("x", at_most=3, measured=3.0).is_met
    assert not Goal("x", at_most=3, measured=3.01).is_met
    assert not Goal("x", at_most=3, measured=None, why="out of memory").is_met
    shown = goals([Goal("x", 3, 2.0), Goal("y", 1, None, "out of memory")])
    assert [row[2:] for row in shown.rows] == [("2.00", "met"), ("out of memory", "NOT MET")]
    assert "| x | at most 3 | 2.00 | met |" in shown.as_markdown()
    assert "out of memory  NOT MET" in shown.as_text()
