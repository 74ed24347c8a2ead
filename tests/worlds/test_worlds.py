"""Hundreds of fictitious countries, each publishing six times: nobody is given away, and what may be shown is shown.

With the gate every set of publications is attacked; without it what holds through time is checked cell by cell.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from worlds import Step, World

from indicators.attack import Past, attack
from indicators.disclosure import repair, status
from indicators.disclosure.earlier import COUNTS, FIGURES, KEY
from indicators.disclosure.protect import DEFAULT

WORLDS = 200
BATCHES = 20
# Zaken per region and month, from the sparsest to the densest world.
SPARSEST, DENSEST = 0.5, 30.0
# Of region-month cells with so many units, the rule of a single publication would show: how many are shown after all.
PROMISED, SHOWN = 20, 0.9
SAID = [*FIGURES]


def mean_of(seed: int) -> float:
    """Spread evenly over the orders of magnitude."""
    return SPARSEST * (DENSEST / SPARSEST) ** random.Random(f"wereld {seed}").random()


def assert_nothing_moves_by_little(steps: list[Step]) -> Counter[str]:
    """Cell by cell over all publications; how often what happened."""
    seen: Counter[str] = Counter()
    printed = (
        _beside(steps[0])
        .with_columns(vast=pl.col("n").is_null() & (pl.col("periode_status") == status.FINAL))
        .drop("periode_status")
    )
    for step in steps[1:]:
        now = _beside(step).join(printed, on=KEY, how="left", suffix="_was", maintain_order="left")
        known = pl.col("eenheden_was").is_not_null()
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_was")) for name in SAID)
        moved = pl.max_horizontal((pl.col(name) - pl.col(f"{name}_was")).abs() for name in COUNTS) >= DEFAULT.restated
        was_hidden, hidden = pl.col("n_was").is_null(), pl.col("n").is_null()
        told = now.with_columns(bekend=known, gelijk=same & known, bewogen=moved, dicht=hidden, was_dicht=was_hidden)
        assert told.filter(pl.col("bekend") & pl.col("vast") & ~pl.col("dicht")).is_empty()
        changed = told.filter(pl.col("bekend") & ~pl.col("gelijk"))
        if not step.anew:
            # The gate hides what it must, whether it moved or not.
            by_gate = pl.DataFrame(sorted(step.repaired), schema=dict.fromkeys(repair.KEY, pl.String), orient="row")
            assert changed.filter(~pl.col("bewogen")).join(by_gate, on=repair.KEY, how="anti").is_empty()
        assert changed.filter(pl.col("was_dicht") & ~pl.col("bewogen")).is_empty()
        seen["moved"] += changed.height
        seen["new"] += told.filter(~pl.col("bekend")).height
        exact = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_was") for name in COUNTS)
        seen["stood"] += told.filter(pl.col("gelijk") & ~pl.col("dicht") & exact).height
        seen["stayed hidden"] += told.filter(pl.col("vast") & (pl.col("eenheden") >= PROMISED)).height
        # What was last said, and on what.
        keep = pl.col("gelijk") & ~(pl.lit(step.anew) & ~pl.col("dicht"))
        printed = told.select(
            *KEY,
            *SAID,
            (
                pl.col("dicht") & (pl.col("vast").fill_null(value=False) | (pl.col("periode_status") == status.FINAL))
            ).alias("vast"),
            *(pl.when(keep).then(f"{name}_was").otherwise(name).alias(name) for name in COUNTS),
        )
    return seen


def _beside(step: Step) -> pl.DataFrame:
    return step.counted.join(step.published.cube.select(*KEY, *SAID), on=KEY, how="left", maintain_order="left")


def usefulness(steps: Iterable[Step]) -> Counter[str]:
    """Region-month cells with PROMISED units or more: ``large``, those the rule alone would show, and those shown."""
    seen: Counter[str] = Counter()
    for step in steps:
        large = step.fresh.cube.filter(regio_niveau="vt_regio", periode_soort="maand").join(
            step.counted.filter(pl.col("eenheden") >= PROMISED), on=KEY, how="semi"
        )
        allowed = large.filter(pl.col("n").is_not_null())
        shown = step.published.cube.filter(pl.col("n").is_not_null()).join(allowed, on=KEY, how="semi")
        seen += Counter({"large": large.height, "allowed": allowed.height, "shown": shown.height})
    return seen


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """A short series: before, in and after December."""
    return list(World(1, 20.0, tmp_path_factory.mktemp("wereld"), False, "2020-06", "2021-01", 3).steps())


def test_nothing_moves_by_little(few: list[Step]) -> None:
    assert [step.anew for step in few] == [False, True, False]
    seen = assert_nothing_moves_by_little(few)
    assert all(seen[name] for name in ("moved", "new", "stood", "stayed hidden")), seen
    useful = usefulness(few)
    assert useful["shown"] >= SHOWN * useful["allowed"] > 0, useful


@pytest.mark.parametrize("what", ["a figure", "a hidden cell"])
def test_a_move_by_little_is_noticed(few: list[Step], what: str) -> None:
    *before, one, other = few
    cube = other.published.cube
    both = _beside(one).join(_beside(other), on=KEY, suffix="_later")
    still = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_later") for name in COUNTS)
    hidden = pl.col("n").is_null() if what == "a hidden cell" else pl.col("n").is_not_null()
    victim = both.filter(still & hidden & (pl.col("eenheden") > 0)).select(KEY).head(1)
    at = pl.all_horizontal(pl.col(name) == victim[name].item() for name in KEY)
    moved = replace(other.published, cube=cube.with_columns(pl.when(at).then(77).otherwise("n").alias("n")))
    with pytest.raises(AssertionError):
        assert_nothing_moves_by_little([*before, one, replace(other, published=moved)])


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_nobody_is_given_away_in_any_world(
    tmp_path: Path, batch: int, record_property: Callable[[str, object], None]
) -> None:
    useful: Counter[str] = Counter()
    repaired = 0
    for seed in range(batch, WORLDS, BATCHES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        steps = list(World(seed, mean_of(seed), folder, gated=True).steps())
        # Each left the gate when nothing was found; the last once more, with the others read anew.
        *earlier, last = (step.published for step in steps)
        assert attack(last, Past.of(earlier)) == [], f"world {seed}"
        assert_nothing_moves_by_little(steps)
        useful += usefulness(steps)
        repaired += sum(len(step.repaired) for step in steps)
    for name, count in (useful + Counter(repaired=repaired)).items():
        record_property(name, count)
    assert useful["shown"] >= SHOWN * useful["allowed"]
