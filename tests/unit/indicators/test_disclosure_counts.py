"""How counts and sums are printed: hidden cells, and figures that follow from printed ones only."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import estimators
from indicators.disclosure import counts
from indicators.disclosure.counts import Printed
from indicators.disclosure.rule import Rule

RULE = Rule()
WIDTHS = st.sampled_from([Rule(), Rule(width=10), Rule(width=1), Rule(threshold=20)])


def floats(*numbers: float) -> estimators.Floats:
    return np.array(numbers, dtype=float)


def alike(a: Printed, b: Printed) -> bool:
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(
    ("n", "teller", "noemer"),
    [(9, 9, 30), (30, 9, 30), (30, 0, 30), (30, 21, 30), (30, 30, 30), (30, 10, 9), (9, 10, 30)],
)
def test_a_proportion_is_hidden_whole_by_any_small_count(n: int, teller: int, noemer: int) -> None:
    found = counts.proportion(floats(n), floats(teller), floats(noemer), RULE)
    assert all(math.isnan(figure[0]) for figure in found)


def test_a_proportion_with_ten_on_either_side_is_shown() -> None:
    found = counts.proportion(floats(20), floats(10), floats(20), RULE)
    assert (found.n[0], found.teller[0], found.noemer[0]) == (22, 12, 22)


@settings(deadline=None)
@given(WIDTHS, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=30))
def test_share_and_limits_are_functions_of_the_printed_row(rule: Rule, cells: list[tuple[int, int]]) -> None:
    teller, noemer = floats(*(min(c) for c in cells)), floats(*(max(c) for c in cells))
    found = counts.proportion(noemer, teller, noemer, rule)
    shown = ~np.isnan(found.n)
    again = estimators.wilson(found.teller, found.noemer)
    assert np.array_equal(found.waarde[shown], (found.teller / found.noemer)[shown])
    assert np.array_equal(found.ondergrens[shown], again.lower[shown])
    assert np.array_equal(found.bovengrens[shown], again.upper[shown])
    assert (found.teller[shown] <= found.noemer[shown]).all()
    assert np.array_equal(found.n, found.noemer, equal_nan=True)


@settings(deadline=None)
@given(WIDTHS, st.integers(20, 5000), st.data())
def test_a_proportion_does_not_move_while_its_counts_stay_in_their_classes(
    rule: Rule, noemer: int, data: st.DataObject
) -> None:
    teller = data.draw(st.integers(rule.threshold, noemer))

    def same_class(count: int) -> int:
        start = rule.threshold + (count - rule.threshold) // rule.width * rule.width
        return data.draw(st.integers(start, start + rule.width - 1))

    first = counts.proportion(floats(noemer), floats(teller), floats(noemer), rule)
    moved, top = same_class(noemer), same_class(teller)
    second = counts.proportion(floats(moved), floats(top), floats(moved), rule)
    # noemer - teller is a count of its own; it may be hidden in one of the two.
    if not math.isnan(first.n[0]) and not math.isnan(second.n[0]):
        assert alike(first, second)


def per_zaak(n: int, sum_y: float, parties: float = 10.0, largest: float = 0.0) -> Printed:
    given = (floats(n), floats(sum_y), floats(n), floats(parties), floats(largest))
    return counts.ratio(*given, RULE, x_is_one=True, share=False)


def test_an_amount_per_zaak_is_printed_n_times_the_rounded_mean() -> None:
    found = per_zaak(23, 23 * 4.567)
    assert (found.n[0], found.noemer[0], found.waarde[0]) == (22, 22, 4.6)
    assert found.teller[0] == 101.2
    assert math.isnan(found.ondergrens[0])
    assert math.isnan(found.bovengrens[0])


@pytest.mark.parametrize(("n", "parties"), [(9, 9.0), (30, 9.99), (30, 0.0), (30, math.nan)])
def test_a_ratio_of_few_units_or_few_contributors_is_hidden_whole(n: int, parties: float) -> None:
    assert all(math.isnan(figure[0]) for figure in per_zaak(n, 100.0, parties))


def test_a_share_of_hours_follows_from_two_rounded_sums() -> None:
    found = counts.ratio(floats(12), floats(40), floats(100), floats(12), floats(0), RULE, x_is_one=False, share=True)
    assert (found.teller[0], found.noemer[0]) == (39.6, 99.6)
    assert found.waarde[0] == pytest.approx(found.teller[0] / found.noemer[0])


def test_a_share_is_never_above_one() -> None:
    found = counts.ratio(
        floats(12), floats(12.6), floats(12.5), floats(12), floats(0), RULE, x_is_one=False, share=True
    )
    assert found.teller[0] > found.noemer[0]
    assert found.waarde[0] == 1.0


def test_a_total_has_neither_noemer_nor_limits_and_is_hidden_below_ten() -> None:
    found = counts.total(floats(9, 27), floats(900.0, 2750.0), floats(9, 27), floats(0, 0), RULE)
    assert np.isnan(found.waarde[0])
    assert (found.n[1], found.teller[1], found.waarde[1]) == (27, 2700, 2700)
    assert np.isnan([found.noemer[1], found.ondergrens[1], found.bovengrens[1]]).all()


def test_many_rows_of_few_gezinnen_are_those_of_the_few() -> None:
    found = counts.total(floats(12, 12), floats(1200.0, 1200.0), floats(9, 10), floats(0, 0), RULE)
    assert np.isnan(found.n[0]) and found.waarde[1] == 1200


@pytest.mark.parametrize(("largest", "shown"), [(0.5, True), (0.501, False), (1.0, False)])
def test_a_sum_that_is_mostly_one_contributors_is_hidden_whole(largest: float, shown: bool) -> None:
    total = counts.total(floats(30), floats(900.0), floats(30), floats(largest), RULE)
    assert np.isnan(total.n[0]) == np.isnan(per_zaak(30, 900.0, largest=largest).n[0]) == (not shown)


@pytest.mark.parametrize("part", [0.49, 1.0])
def test_a_part_that_is_not_looked_for_can_not_be_the_limit(part: float) -> None:
    with pytest.raises(ValueError, match="dominance"):
        Rule(dominance=part)
