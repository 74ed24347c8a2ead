"""Two figures beside each other, from their printed intervals."""

from __future__ import annotations

import numpy as np
import pytest

from indicators.comparison.difference import differs
from indicators.estimators import wilson

Z = 1.959963984540054


def share(events: float, n: float) -> dict[str, float]:
    found = wilson(np.array([events]), np.array([n]))
    return {name: float(part[0]) for name, part in zip(("waarde", "ondergrens", "bovengrens"), found, strict=True)}


def pooled(a: float, n: float, b: float, m: float) -> float:
    """The z of two proportions with a common share."""
    p = (a + b) / (n + m)
    return abs(a / n - b / m) / (p * (1 - p) * (1 / n + 1 / m)) ** 0.5


def test_newcombes_own_example() -> None:
    """56 of 70 and 48 of 80 (Newcombe 1998, table II): 0.0524 to 0.3339 by method 10, so more than chance."""
    one, other = share(56, 70), share(48, 80)
    assert one["waarde"] - other["waarde"] == pytest.approx(0.2)
    assert differs(one, other) and differs(other, one)
    low = 0.2 - np.hypot(one["waarde"] - one["ondergrens"], other["bovengrens"] - other["waarde"])
    assert low == pytest.approx(0.0524, abs=5e-5)


def test_margins_that_overlap_can_still_differ() -> None:
    one, other = share(665, 1000), share(710, 1000)
    assert one["bovengrens"] > other["ondergrens"] and differs(one, other)


def test_a_figure_does_not_differ_from_itself() -> None:
    assert not differs(share(30, 100), share(30, 100))


def test_it_agrees_with_the_test_of_two_proportions() -> None:
    random = np.random.default_rng(7)
    agreed = 0
    for _ in range(2_000):
        n, m = random.integers(50, 3_000, 2)
        a, b = random.binomial(n, random.uniform(0.1, 0.9)), 0
        b = random.binomial(m, np.clip(a / n + random.normal(0, 0.05), 0.02, 0.98))
        agreed += differs(share(a, n), share(b, m)) == (pooled(a, n, b, m) > Z)
    assert agreed > 1_960
