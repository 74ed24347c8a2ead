"""The sums of worked examples, worked out exactly."""

from __future__ import annotations

import doctest

import pytest

from indicators import sums


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(sums).failed == 0


@pytest.mark.parametrize(
    ("written", "value"),
    [("12", 12), (12, 12), ("1,5", 1.5), ("0,1 + 0,2", 0.3), ("7 - 2 - 1", 4), ("1 - 2 / 3 × (1 - 1 / 2)", 2 / 3)],
)
def test_a_sum_has_its_value(written: str | int, value: float) -> None:
    assert sums.value_of(written) == value


@pytest.mark.parametrize(
    "written", ["", "2 +", "1 / 0", "2 ** 3", "7 % 2", "-1", "x", "True", "'2'", "abs(2)", "1 < 2"]
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(sums.SumError):
        sums.value_of(written)
