"""Survival from printed counts: what is kept of a curve, what follows from it, and how far it is from Kaplan-Meier."""

from __future__ import annotations

import doctest
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indicators import estimators
from indicators.disclosure import curves
from indicators.disclosure.curves import Followed, LifeTable
from indicators.disclosure.rule import Rule

RULE = Rule()
GRID = curves.grid_days(548, RULE.curve_steps)
DAYS = len(GRID)


def rows(*days: tuple[int, int, int, int]) -> pl.DataFrame:
    """(dag, events, competing, censored) of one cell."""
    columns = ["dag", "events", "competing", "censored"]
    return pl.DataFrame(list(days), schema=columns, orient="row").with_columns(cel=pl.lit(0, dtype=pl.UInt32))


def follow(n: int, *days: tuple[int, int, int, int]) -> Followed:
    return curves.follow(np.array([n]), rows(*days), GRID)


def survival(table: LifeTable) -> estimators.Estimate:
    return estimators.survival_at_end(table.n, table.events, table.censored, complement=False)


def test_the_grid_has_steps_of_five_days_in_ninety_and_of_a_month_in_eighteen_months() -> None:
    assert set(np.diff(curves.grid_days(90, 18))) == {5}
    assert GRID[0] == 0
    assert GRID[-1] == 548
    assert set(np.diff(GRID)) == {30, 31}


def test_an_event_on_a_grid_day_counts_that_day_and_a_censoring_the_next() -> None:
    found = follow(50, (30, 1, 2, 3), (31, 0, 0, 4))
    assert found.events[0, :3].tolist() == [0, 1, 1]
    assert found.every[0, :3].tolist() == [0, 3, 3]
    assert found.censored[0, :3].tolist() == [0, 0, 7]


@pytest.mark.parametrize(("n", "events"), [(100, 10), (104, 47), (100, 90), (2500, 1300)])
def test_without_censoring_the_value_is_what_the_printed_counts_of_the_row_say(n: int, events: int) -> None:
    days = [(40 + 500 * i // events, 1, 0, 0) for i in range(events)]
    table = curves.life_table(follow(n, *days), GRID, RULE)
    printed_n, printed_events = RULE.printed(np.array([n, events]))
    assert survival(table).value[0] == pytest.approx(1 - printed_events / printed_n, abs=1e-12)


def test_without_censoring_a_kind_of_event_has_its_printed_share() -> None:
    days = [(40 + 5 * i, 1, 2, 0) for i in range(40)]
    n, events, competing, censored = curves.life_table(follow(200, *days), GRID, RULE)
    found = estimators.aalen_johansen(n, events, competing, censored)
    assert found.value[0] == pytest.approx(42 / 202, abs=1e-12)


def test_events_fewer_than_ten_are_never_a_step_of_their_own() -> None:
    """One event a month: five to ten of them make one step, and the rest of the curve another."""
    found = follow(300, *[(15 + 30 * i, 1, 0, 0) for i in range(18)])
    levels = curves._levels(found.events, np.array([DAYS - 1]), RULE)
    assert np.flatnonzero(curves._kept_days(levels, np.array([DAYS - 1]), RULE)).tolist() == [DAYS - 1]


def test_a_month_with_many_events_is_a_step_of_its_own() -> None:
    found = follow(3000, *[(15 + 30 * i, 40, 0, 0) for i in range(18)])
    levels = curves._levels(found.events, np.array([DAYS - 1]), RULE)
    assert curves._kept_days(levels, np.array([DAYS - 1]), RULE)[0, 1:].all()


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(curves).failed == 0


def test_every_cell_has_its_own_days() -> None:
    cells = pl.DataFrame({"cel": [0, 1, 1, 2], "dag": [0, 30, 548, 549], "events": [1, 2, 3, 4], "competing": 0,
                          "censored": 5})  # fmt: skip
    found = curves.follow(np.array([50, 60, 70]), cells, GRID)
    assert found.n.tolist() == [50, 60, 70]
    assert found.events[:, [0, 1, -1]].tolist() == [[1, 1, 1], [0, 2, 5], [0, 0, 0]]
    assert found.censored[:, [0, 1, 2, -1]].tolist() == [[0, 5, 5, 5], [0, 0, 5, 5], [0, 0, 0, 0]]


# Counts as they are, so that a class is one count; a gap of ten is certain.
EXACT = Rule(width=1)
# The least rule there is: every count above 0 is printed.
BARE = Rule(threshold=1, width=1, curve_minimum=2)


def table(*lines: list[float]) -> estimators.Floats:
    return np.array(lines, dtype=float)


def test_a_curve_ends_on_the_first_day_with_fewer_than_ten_at_risk() -> None:
    running = np.array([[0, 10, 12, 12], [0, 1, 2, 3]]), np.array([[0, 10, 10, 11], [0, 0, 20, 30]])
    assert curves._last_day(Followed(np.array([30, 31]), running[0], running[0], running[1]), RULE).tolist() == [2, 2]
    nobody = np.zeros((2, 4), dtype=np.int64)
    assert curves._last_day(Followed(np.array([30, 9]), nobody, nobody, nobody), RULE).tolist() == [3, 0]


def test_levels_are_printed_counts_and_from_the_end_on_those_of_the_horizon() -> None:
    counts = np.array([[3, 10, 14, 40, 41], [0, 9, 10, 15, 61]])
    assert curves._levels(counts, np.array([2, 4]), RULE).tolist() == [[0, 12, 42, 42, 42], [0, 0, 12, 17, 62]]


@pytest.mark.parametrize(
    ("rule", "levels", "end", "kept"),
    [
        (EXACT, [0, 10, 19, 20, 30, 39, 40], 6, [1, 3, 4, 6]),
        (EXACT, [0, 10, 31, 40], 3, [1, 3]),
        (EXACT, [0, 10, 30, 30, 30], 2, [1, 2]),
        (RULE, [0, 12, 12, 22, 27, 47, 62], 6, [1, 4, 5, 6]),
        (RULE, [0, 0, 0], 1, [1]),
        (BARE, [0, 1, 2, 3], 3, [1, 2, 3]),
    ],
)
def test_a_kept_day_has_ten_events_on_either_side(rule: Rule, levels: list[float], end: int, kept: list[int]) -> None:
    found = curves._kept_days(table(levels), np.array([end]), rule)
    assert np.flatnonzero(found[0]).tolist() == kept


def test_between_kept_days_events_are_placed_by_weight_within_the_threshold_of_a_side() -> None:
    """Two cells. Of the first, days 2 and 6 are kept: 10 by day 2, then 30 more by day 6."""
    levels = table([0, 0, 10, 13, 20, 30, 40], [0, 0, 10, 13, 20, 30, 40], [0, 10, 10, 10, 10, 10, 10])
    kept = np.zeros((3, 7), dtype=bool)
    kept[:2, [2, 6]] = kept[2, 1] = True
    even = [1, 1, 2, 1, 1, 1, 1]
    weights = table(even, [3, 0, 1, 3, 1, 1, 1], even)
    assert curves._place(levels, kept, weights, EXACT).tolist() == [
        # 17.5; then 25, which lies too far from the 40 of which at most ten are left; then 32.5.
        [2.5, 5, 10, 17.5, 30, 32.5, 40],
        # 25 would be more than ten above the kept 10.
        [7.5, 7.5, 10, 20, 30, 35, 40],
        [5, 10, 10, 10, 10, 10, 10],
    ]


def test_a_printed_count_that_is_not_kept_lies_near_the_next_kept_day() -> None:
    placed = curves._place(table([0, 12, 22]), np.array([[False, False, True]]), table([1, 1, 8]), RULE)
    assert placed.tolist() == [[2.2, 12, 22]]
    late = curves._place(table([0, 0, 22]), np.array([[False, False, True]]), table([4, 4, 2]), RULE)
    assert late[0] == pytest.approx([8.8, 10, 22])
    bare = curves._place(table([0, 1, 3]), np.array([[False, False, True]]), table([1, 1, 8]), BARE)
    assert bare[0] == pytest.approx([0.3, 2, 3])


@pytest.mark.parametrize(
    ("rule", "levels", "end", "carried"),
    [
        (RULE, [0, 12, 22, 27, 37, 52], 4, [0, 12, 12, 27, 27, 27]),
        (RULE, [0, 12, 22, 27, 37, 52], 3, [0, 12, 12, 27, 27, 27]),
        (RULE, [0, 12, 22, 27, 37, 52], 5, [0, 12, 12, 27, 27, 52]),
        (EXACT, [0, 10, 19, 20, 29], 4, [0, 10, 10, 20, 20]),
        (BARE, [0, 1, 2, 2], 3, [0, 1, 2, 2]),
        (RULE, [0, 0, 12], 1, [0, 0, 0]),
    ],
)
def test_censorings_are_carried_on_until_clearly_more(
    rule: Rule, levels: list[float], end: int, carried: list[float]
) -> None:
    assert curves._carried(table(levels), np.array([end]), rule).tolist() == [carried]


def test_at_risk_is_read_in_the_middle_of_a_step_and_never_below_half_the_threshold() -> None:
    found = curves._at_risk(np.array([100.0]), table([10, 20, 90, 100]), table([0, 10, 10, 10]), RULE)
    assert found.tolist() == [[95, 80, 35, 5]]


def test_a_step_is_two_halves() -> None:
    assert curves._steps(table([2, 5, 5])).tolist() == [[2, 3, 0]]
    assert curves._halves(table([1, 2], [3, 4]), table([5, 6], [7, 8])).tolist() == [[1, 5, 2, 6], [3, 7, 4, 8]]


def test_events_between_kept_days_go_by_length_of_step_and_by_those_at_risk() -> None:
    """Eighteen events in all, none of them a step of its own; half of a thousand units are lost on day 300."""
    days = [(20 + 28 * i, 1, 0, 0) for i in range(18)]
    placed = curves.life_table(follow(1000, *days, (300, 0, 0, 500)), GRID, RULE)
    events = placed.events[0, 1::2]
    assert events[0] / events[1] == pytest.approx(1 / 30, rel=0.01)
    per_day = events[1:] / np.diff(GRID)
    assert per_day[-1] / per_day[0] == pytest.approx((1002 - 502 - 17) / 1002, rel=0.01)
    # Other kinds of event there were none, so the two ways of placing them agree.
    assert np.abs(placed.competing).max() < 1e-9
    assert placed.events.sum() == pytest.approx(17) and placed.censored.sum() == 502
    assert (placed.events[0, ::2] == 0).all()
    assert (placed.censored[0, ::2] == placed.censored[0, 1::2]).all()


def test_printed_censorings_leave_room_for_the_printed_events() -> None:
    """Of 100 (printed 102) 60 are lost (62), then 40 have an event (42): 102 - 42 - 5 is the most that can be lost."""
    found = curves.life_table(follow(100, (300, 0, 0, 60), (400, 40, 0, 0)), GRID, RULE)
    assert found.censored.sum() == 55 and (found.censored >= 0).all()
    assert found.events.sum() == pytest.approx(42)
    # In classes of 20 all of 109 (99) but the 99 (99) with an event are nobody.
    wide = Rule(width=20)
    none = curves.life_table(follow(109, (100, 0, 0, 10), (400, 99, 0, 0)), GRID, wide)
    assert none.censored.sum() == 0


class World(NamedTuple):
    n: int
    events: estimators.Counts
    censored: estimators.Counts

    @property
    def followed(self) -> Followed:
        running = np.cumsum(self.events)[None], np.cumsum(self.censored)[None]
        return Followed(np.array([self.n]), running[0], running[0], running[1])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A cell that may be shown: at least 10 events and at least 10 without one."""
    steps = hnp.arrays(np.int64, DAYS, elements=st.integers(0, draw(st.sampled_from([3, 12, 60]))))
    events, censored = draw(steps), draw(steps)
    left = draw(st.integers(0, 150))
    n = int(events.sum() + censored.sum()) + left
    assume(events.sum() >= 10 and n - events.sum() >= 10 and n >= 100)
    return World(n, events, censored)


RULES = st.sampled_from([Rule(), Rule(width=10)])


@settings(deadline=None)
@given(worlds(), RULES)
def test_a_life_table_is_sound(world: World, rule: Rule) -> None:
    table = curves.life_table(world.followed, GRID, rule)
    assert table.events.sum() == pytest.approx(rule.printed(np.array([world.events.sum()]))[0])
    assert (table.events >= -1e-9).all()
    assert (table.censored >= -1e-9).all()
    risk = estimators.at_risk(table.n, table.events + table.censored)
    assert (risk - table.events >= rule.threshold / 2 - 1e-9).all()
    estimate = survival(table)
    assert 0 < estimate.lower[0] <= estimate.value[0] <= estimate.upper[0] < 1


@settings(deadline=None)
@given(worlds(), RULES)
def test_every_step_that_is_kept_has_at_least_ten_events(world: World, rule: Rule) -> None:
    followed = world.followed
    end = curves._last_day(followed, rule)
    kept = np.flatnonzero(curves._kept_days(curves._levels(followed.every, end, rule), end, rule)[0])
    running = followed.every[0].copy()
    running[end[0] :] = running[-1]
    assert (np.diff(running[kept], prepend=0) >= rule.threshold).all()


@settings(deadline=None, max_examples=150)
@given(worlds(), RULES, st.integers(0, 2**32))
def test_nothing_moves_while_running_counts_stay_in_their_classes(world: World, rule: Rule, seed: int) -> None:
    followed, rng = world.followed, np.random.default_rng(seed)

    def elsewhere_in_class(running: estimators.Counts) -> estimators.Counts:
        start = np.where(
            running < rule.threshold, 0, rule.threshold + (running - rule.threshold) // rule.width * rule.width
        )
        size = np.where(running < rule.threshold, rule.threshold, rule.width)
        return np.maximum.accumulate(start + np.floor(rng.random(running.shape) * size).astype(np.int64), axis=-1)

    events = elsewhere_in_class(followed.events)
    other = Followed(elsewhere_in_class(followed.n), events, events, elsewhere_in_class(followed.censored))
    # Whether those at risk are in the hidden class is a printed fact too.
    assume(np.array_equal(curves._last_day(followed, rule), curves._last_day(other, rule)))
    first, second = curves.life_table(followed, GRID, rule), curves.life_table(other, GRID, rule)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_curve_ends_where_those_at_risk_are_hidden() -> None:
    """One month's zaken, all followed for about a year: nobody is left for the last six months."""
    world = follow(500, *[(40 + 10 * i, 4, 0, 0) for i in range(30)], *[(352 + i, 0, 0, 19) for i in range(20)])
    assert curves._last_day(world, RULE)[0] == np.searchsorted(GRID, 371)
    table = curves.life_table(world, GRID, RULE)
    last = 2 * (np.searchsorted(GRID, 371) + 1)
    assert np.abs(table.events[0, last:]).max() < 1e-9
    assert survival(table).value[0] == pytest.approx(1 - 120 / 500, abs=0.03)


def simulate(rng: np.random.Generator, n: int, cells: int) -> tuple[estimators.Floats, Followed, estimators.Floats]:
    """Cells with a falling hazard from day 28 on and heavy censoring: exact S, what is printed of it, its error."""
    followed, exact, errors = [], [], []
    for _ in range(cells):
        size = int(n * rng.uniform(1, 1.2))
        event = 28 + np.floor(2200 * rng.exponential(size=size) ** (1 / 0.7)).astype(int)
        until = rng.integers(0, 700, size)
        happened, day = event <= until, np.minimum(event, until)
        sums = [np.bincount(day[flag], minlength=2000)[None, :549] for flag in (happened, ~happened)]
        curve = estimators.kaplan_meier(np.array([size]), sums[0], sums[1])
        exact.append(curve.s[0, -1])
        errors.append(curve.s[0, -1] * np.sqrt(curve.greenwood[0, -1]))
        days = pl.DataFrame(
            {"cel": np.zeros(549, np.int64), "dag": np.arange(549), "events": sums[0][0], "competing": 0}
        ).with_columns(censored=pl.Series(sums[1][0]))
        followed.append(curves.follow(np.array([size]), days, GRID))
    together = Followed(*(np.concatenate(parts) for parts in zip(*followed, strict=True)))
    return np.array(exact), together, np.array(errors)


@pytest.mark.parametrize(("n", "cells"), [(150, 200), (1000, 100), (20000, 10)])
def test_under_heavy_censoring_the_mean_error_stays_far_below_the_sampling_error(n: int, cells: int) -> None:
    exact, followed, errors = simulate(np.random.default_rng(7), n, cells)
    enough = (followed.events[:, -1] >= 10) & (followed.n - followed.every[:, -1] >= 10)
    table = curves.life_table(Followed(*(part[enough] for part in followed)), GRID, RULE)
    difference = survival(table).value - exact[enough]
    assert enough.sum() >= cells * 0.9
    assert abs(difference.mean()) < 0.25 * errors[enough].mean()
    assert np.abs(difference).mean() < 0.8 * errors[enough].mean()


def test_the_median_is_the_first_grid_day_on_which_the_printed_curve_has_fallen_enough() -> None:
    grid = curves.grid_days(90, RULE.curve_steps)
    days = rows(*[(day, 30, 0, 0) for day in range(20)])
    n, events, _, censored = curves.life_table(curves.follow(np.array([1000]), days, grid), grid, RULE)
    found = estimators.quantile(n, events, censored, 0.5)
    # The exact median is day 16: 17 x 30 of 1000.
    assert grid[int(found.value[0]) // 2] == 20
