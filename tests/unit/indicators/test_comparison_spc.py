from __future__ import annotations

import doctest
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.comparison import spc
from indicators.comparison.spc import NEAR, OUTSIDE, SHIFT, TREND, Control, Signal, control

# Mean 10, moving ranges all 2: limits 10 -+ 5.32, two thirds at 10 -+ 3.5467.
CALM = [9.0, 11.0] * 8


def signals(values: list[float | None], kind: str) -> list[tuple[tuple[int, ...], bool]]:
    return [(s.places, s.up) for s in control(values).signals if s.kind == kind]


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(spc).failed == 0


def test_a_published_example() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2: ten flow rates; it uses 3 / 1.128 for 2.66."""
    rates = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    mean, moving_range, screened = spc.mean_and_range(rates)
    assert mean == pytest.approx(50.81) and moving_range == pytest.approx(1.8778, abs=1e-4) and screened == 0
    assert mean + 3 / 1.128 * moving_range == pytest.approx(55.8041, abs=1e-4)
    assert mean - spc.LIMIT_FACTOR * moving_range == pytest.approx(45.8159, abs=1e-3)


def test_limits_by_hand() -> None:
    (segment,) = control(CALM).segments
    assert (segment.first, segment.stop, segment.months, segment.screened) == (0, 16, tuple(range(16)), 0)
    assert segment.mean == 10 and segment.moving_range == 2
    assert (segment.lower, segment.upper) == (pytest.approx(4.68), pytest.approx(15.32))


def test_a_jump_is_screened_out_once() -> None:
    """Thirteen ranges of 2 and, around 40, two of 31 and 29: mean (26 + 60) / 15 = 5.73, 3.267 times that 18.7."""
    values = [*CALM[:7], 40.0, *CALM[8:]]
    mean, moving_range, screened = spc.mean_and_range(values)
    assert (moving_range, screened) == (2.0, 2)
    assert mean == pytest.approx((160 - 11 + 40) / 16)
    # Ranges 1 (ten times), 2 and 8, of mean 1.67: 8 is above 5.44 and goes, and the other eleven give the mean.
    assert spc.mean_and_range([0, 1] * 5 + [0, 2, 10]) == (pytest.approx(17 / 13), pytest.approx(12 / 11), 1)


@pytest.mark.parametrize(("jump", "screened"), [(1.0, 0), (3.95, 0), (3.96, 1), (5.0, 1)])
def test_a_range_is_screened_out_above_3267_times_the_mean_range(jump: float, screened: int) -> None:
    """Of thirteen ranges of 1 and one of r, r is above 3.267 (13 + r) / 14 from r = 42.471 / 10.733 = 3.957 on."""
    assert spc.mean_and_range([0.0, 1.0] * 7 + [1.0 + jump])[2] == screened


def test_too_few_months_have_no_limits() -> None:
    assert control(CALM[:11]) == Control((), ())
    assert len(control(CALM[:12]).segments) == 1
    assert control([]) == Control((), ())


def test_months_that_are_all_alone_have_no_limits() -> None:
    alone: list[float | None] = [value for pair in CALM for value in (pair, None)]
    assert control(alone) == Control((), ())
    with pytest.raises(ValueError, match="no moving range"):
        spc.mean_and_range(alone)
    five_pairs = [9.0, 11.0, None] * 5 + [9.0, None, 9.0]
    assert control(five_pairs) == Control((), ())
    assert len(control([*five_pairs, 11.0]).segments) == 1


def test_a_point_outside_the_limits() -> None:
    values = [*CALM, 40.0, *CALM]
    assert signals(values, OUTSIDE) == [((16,), True)]
    assert signals([-v for v in values], OUTSIDE) == [((16,), False)]


def test_neighbours_outside_a_limit_are_one_signal() -> None:
    assert found([4, 4, 0, 4, -4, None, -4], OUTSIDE) == [
        ((0, 1), True),
        ((3,), True),
        ((4,), False),
        ((6,), False),
    ]


def test_a_point_on_the_limit_is_not_outside() -> None:
    (segment,) = control(CALM).segments
    reach = segment.upper - segment.mean
    on_limit = spc.Segment(0, 1, 10.0, 10 - reach, 10 + reach, 2.0, (0,), 0)
    assert spc._signals([10 + reach], on_limit) == []
    assert spc._signals([10 + reach * 1.001], on_limit) == [Signal(OUTSIDE, (0,), True)]


SEGMENT = spc.Segment(0, 20, 0.0, -3.0, 3.0, 1.0, tuple(range(20)), 0)


def found(values: list[float | None], kind: str) -> list[tuple[tuple[int, ...], bool]]:
    """Signals of one kind against mean 0 and limits -3 and 3, two thirds at 2."""
    return [(s.places, s.up) for s in spc._signals(values, SEGMENT) if s.kind == kind]


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([2.1, 0, 2.1], [((0, 2), True)]),
        ([2.1, 2.1, 0], [((0, 1), True)]),
        ([-2.1, 0, -2.1], [((0, 2), False)]),
        ([2.1, 0, 0, 2.1], []),
        ([2.1, 0, -2.1], []),
        ([2.0, 0, 2.0], []),
        ([2.1, None, 2.1], []),
        ([2.1, 0, 4, 0, 0, 2.5, 2.5], [((0, 2), True), ((5, 6), True)]),
    ],
)
def test_two_of_three_near_a_limit(values: list[float | None], places: list[tuple[tuple[int, ...], bool]]) -> None:
    assert found(values, NEAR) == places


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1] * 6, []),
        ([1] * 7, [(tuple(range(7)), True)]),
        ([0, *[-1] * 9, 0], [(tuple(range(1, 10)), False)]),
        ([1] * 3 + [0] + [1] * 6, []),
        ([1] * 3 + [None] + [1] * 6, []),
    ],
)
def test_seven_on_one_side_of_the_mean(values: list[float | None], places: list[tuple[tuple[int, ...], bool]]) -> None:
    assert found(values, SHIFT) == places


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([-0.3, -0.2, -0.1, 0, 0.1, 0.2], []),
        ([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3], [(tuple(range(7)), True)]),
        ([0.5, 0.4, 0.3, 0.2, 0.1, 0, -0.1, -0.2, 0.5], [(tuple(range(8)), False)]),
        ([-0.3, -0.2, -0.1, 0, 0, 0.1, 0.2, 0.3], []),
        ([-0.3, -0.2, -0.1, None, 0, 0.1, 0.2, 0.3], []),
    ],
)
def test_seven_rising_or_falling(values: list[float | None], places: list[tuple[tuple[int, ...], bool]]) -> None:
    assert found(values, TREND) == places


def test_what_arithmetic_leaves_of_an_equality_is_no_difference() -> None:
    """The tolerance goes with the largest of the mean and the values: 1e-9 of 1, or of a million."""
    almost = [1e-10] * 7
    assert found([*almost, -1.0], SHIFT) == [] and found([1e-8] * 7 + [-1.0], SHIFT) != []
    large = spc.Segment(0, 20, 1e6, 1e6 - 3, 1e6 + 3, 1.0, tuple(range(20)), 0)
    assert spc._signals([1e6 + 1e-4] * 7, large) == [] and spc._signals([1e6 + 1e-2] * 7, large) != []


def test_of_nothing_but_zeros_nothing_is_outside_near_on_a_side_or_rising() -> None:
    assert control([0.0] * 12).signals == ()


def test_a_hidden_month_breaks_a_run() -> None:
    shifted: list[float | None] = [*CALM, *(v + 4 for v in CALM)]
    whole = signals(shifted, SHIFT)
    broken = signals([*shifted[:19], None, *shifted[20:]], SHIFT)
    assert whole == [(tuple(range(16)), False), (tuple(range(16, 32)), True)]
    assert broken == [(tuple(range(16)), False), (tuple(range(20, 32)), True)]


def test_rebasing_judges_each_part_by_itself() -> None:
    shifted = [*CALM, *(v + 4 for v in CALM)]
    rebased = control(shifted, rebase_at=16)
    assert [(s.first, s.stop, s.mean) for s in rebased.segments] == [(0, 16, 10.0), (16, 32, 14.0)]
    assert rebased.signals == () and rebased.rebase_at == 16
    assert control(shifted).signals


def test_a_part_that_is_too_short_is_not_judged() -> None:
    rebased = control([*CALM, 100.0, 100.0], rebase_at=16)
    assert [(s.first, s.stop) for s in rebased.segments] == [(0, 16)] and rebased.signals == ()


@pytest.mark.parametrize("place", [0, 15])
def test_rebasing_at_the_first_or_the_last_month_is_allowed(place: int) -> None:
    found = control(CALM, rebase_at=place)
    assert [(s.first, s.stop) for s in found.segments] == [(0, place or 16)] and found.rebase_at == place


@pytest.mark.parametrize("place", [-1, 16])
def test_rebasing_outside_the_series_is_refused(place: int) -> None:
    with pytest.raises(ValueError, match="must be a place among the 16 months"):
        control(CALM, rebase_at=place)


def test_limits_are_cut_off_where_no_value_can_lie_and_no_signal_moves() -> None:
    free, bounded = control(CALM), control(CALM, floor=6.0, ceiling=12.0)
    assert (bounded.segments[0].lower, bounded.segments[0].upper) == (6.0, 12.0)
    assert free.signals == bounded.signals


def test_signals_come_in_order_of_time() -> None:
    shifted = [*CALM, *(v + 4 for v in CALM)]
    found = control([*shifted, 40.0, 41.0]).signals
    order = [(s.places[0], (OUTSIDE, NEAR, SHIFT, TREND).index(s.kind)) for s in found]
    assert order == sorted(order) and len({place for place, _ in order}) < len(order)


@given(st.floats(0.001, 1e6), st.integers(12, 60))
def test_a_constant_series_gives_no_signal(value: float, months: int) -> None:
    found = control([value] * months)
    assert found.signals == () and found.segments[0].mean == pytest.approx(value)


@given(st.integers(0, 10_000))
def test_a_series_that_shifts_gives_a_signal(seed: int) -> None:
    rng = random.Random(seed)
    values = [rng.gauss(0.4, 0.02) for _ in range(18)] + [rng.gauss(0.6, 0.02) for _ in range(18)]
    kinds = {s.kind for s in control(values).signals}
    assert SHIFT in kinds


@given(st.lists(st.floats(0, 1), min_size=12, max_size=40))
def test_a_mirrored_series_has_mirrored_signals(values: list[float]) -> None:
    one, two = control(values), control([-v for v in values])
    assert {(s.kind, s.places, s.up) for s in one.signals} == {(s.kind, s.places, not s.up) for s in two.signals}
