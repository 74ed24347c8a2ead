"""By which rule a count is printed, in classes, or hidden, and how an amount is rounded."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.disclosure import rule as module
from indicators.disclosure.rule import Rule, clean, two_digits

RULE = Rule()
RULES = st.sampled_from([Rule(), Rule(width=10), Rule(width=1), Rule(threshold=20)])


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_rule_of_the_specification() -> None:
    assert Rule() == Rule(threshold=10, width=5, curve_minimum=100, curve_steps=18)
    assert RULE.certain_gap == 14


def test_the_least_that_protects_anything() -> None:
    assert Rule(threshold=1, width=1, curve_minimum=2, curve_steps=1).certain_gap == 1


@pytest.mark.parametrize(
    ("count", "width", "printed"),
    [(10, 5, 12), (14, 5, 12), (15, 5, 17), (104, 5, 102), (10, 10, 14), (19, 10, 14), (20, 10, 24), (11, 1, 11)],
)
def test_a_count_is_printed_as_the_middle_of_its_class(count: int, width: int, printed: int) -> None:
    assert Rule(width=width).printed(np.array([count]))[0] == printed


@pytest.mark.parametrize("count", range(10))
def test_zero_to_nine_are_one_hidden_class(count: int) -> None:
    assert math.isnan(RULE.printed(np.array([count]))[0])


@pytest.mark.parametrize(
    "wrong", [{"threshold": 0}, {"width": 0}, {"curve_steps": 0}, {"curve_minimum": 19}, {"threshold": 51}]
)
def test_a_rule_that_protects_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        Rule(**wrong)


@settings(deadline=None)
@given(RULES, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_certain_gap_between_printed_counts_means_the_threshold_between_exact_ones(
    rule: Rule, a: int, b: int
) -> None:
    low, high = np.nan_to_num(rule.printed(np.array([min(a, b), max(a, b)])))
    if low and high - low >= rule.certain_gap:
        assert abs(a - b) >= rule.threshold


@pytest.mark.parametrize(
    ("amount", "printed"),
    [(0.0, 0.0), (0.125, 0.13), (10.4, 10.0), (10.5, 11.0), (996.0, 1000.0), (0.0123, 0.012), (123456.0, 120000.0)],
)
def test_means_have_two_significant_digits(amount: float, printed: float) -> None:
    assert two_digits(np.array([amount]))[0] == printed


def test_a_printed_sum_has_no_binary_dust() -> None:
    assert 12 * 0.3 != 3.6
    assert clean(np.array([12 * 0.3]))[0] == 3.6
    assert clean(np.array([0.123456789012345]))[0] == 0.123456789012
