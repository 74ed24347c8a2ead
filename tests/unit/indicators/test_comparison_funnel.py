from __future__ import annotations

import doctest
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.comparison import funnel
from indicators.comparison.funnel import Funnel

N = [100.0, 144.0, 196.0, 256.0, 400.0]


def limits(found: Funnel | None, n: float, z: float = funnel.Z_95) -> tuple[float, float]:
    assert found is not None
    lower, upper = found.limits(np.array([n]), z)
    return float(lower[0]), float(upper[0])


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(funnel).failed == 0


def test_levels_are_those_of_the_paper() -> None:
    def two_sided(z: float) -> float:
        return math.erf(z / math.sqrt(2))

    assert two_sided(funnel.Z_95) == pytest.approx(0.95, abs=1e-12)
    assert two_sided(funnel.Z_998) == pytest.approx(0.998, abs=1e-12)


def test_limits_without_overdispersion_are_those_of_the_arcsine() -> None:
    """Every region at the country's value. By hand: asin(sqrt(0.5)) = pi/4, s = 1/(2 sqrt(100)) = 0.05."""
    found = funnel.proportions(N, [0.5] * 5, 0.5)
    assert found is not None and (found.phi, found.tau2) == (0.0, 0.0)
    lower, upper = limits(found, 100)
    assert (
        lower
        == pytest.approx(math.sin(math.pi / 4 - 1.959964 * 0.05) ** 2, abs=1e-6)
        == pytest.approx(0.40262, abs=1e-5)
    )
    assert upper == pytest.approx(0.59738, abs=1e-5)
    lower, upper = limits(found, 100, funnel.Z_998)
    assert (lower, upper) == (pytest.approx(0.34793, abs=1e-5), pytest.approx(0.65207, abs=1e-5))


@pytest.mark.parametrize(
    ("width", "target", "variance"), [(1, 0.2, 0), (5, 0.5, 2.5), (5, 0.2, 5.125), (5, 0.8, 5.125)]
)
def test_what_printing_in_classes_adds_by_hand(width: int, target: float, variance: float) -> None:
    """(25 - 1) / 12 x (1 + 0.8^2) / (4 x 0.2 x 0.8) = 2 x 1.64 / 0.64 = 5.125."""
    found = funnel.proportions(N, [target] * 5, target, width=width)
    assert found is not None and found.rounding_variance == pytest.approx(variance)
    assert (found.unit_variance, found.ceiling, found.arcsine, found.regions) == (0.25, 1, True, 5)
    assert found.standard_error(np.array([10.0]))[0] ** 2 == pytest.approx(0.025 + variance / 100)


def test_the_variance_of_one_case_of_a_ratio_is_the_median_by_hand() -> None:
    """Standard errors 0.3, 0.4, 0.1, 0.25 and 0.2 of 100, 25, 400, 16 and 225 cases: 9, 4, 4, 1 and 9 of one case."""
    n, errors = [100.0, 25.0, 400.0, 16.0, 225.0], np.array([0.3, 0.4, 0.1, 0.25, 0.2])
    value = np.array([2.0, 3.0, 2.5, 1.0, 2.5])
    lower, upper = value - errors * funnel.Z_95, value + errors * funnel.Z_95
    found = funnel.ratios(n, value.tolist(), lower.tolist(), upper.tolist(), 2.5, share=False)
    assert found is not None and (found.rounding_variance, found.arcsine, found.ceiling) == (0, False, math.inf)
    assert found.unit_variance == pytest.approx(4) and found.standard_error(np.array([64.0]))[0] == pytest.approx(0.25)
    # z = -2.5, 1.25, 0, -3, 0; winsorised the lowest is -2.5 and the highest 0.
    assert found.phi == pytest.approx((6.25 + 0 + 0 + 6.25 + 0) / 5)


@pytest.mark.parametrize(("count", "each"), [(5, 1), (14, 1), (16, 2), (26, 3)])
def test_a_tenth_on_either_side_takes_the_score_next_to_it(count: int, each: int) -> None:
    found = funnel.winsorised(np.arange(count, dtype=float)[::-1])
    assert found.tolist() == np.clip(np.arange(count)[::-1], each, count - 1 - each).tolist()


def test_overdispersion_by_hand() -> None:
    """Five regions of 100 at distances -0.3, -0.2, 0, 0.2 and 0.5 on the arcsine scale; s = 0.05.

    So z = -6, -4, 0, 4, 10. Winsorised: -4, -4, 0, 4, 4. phi = (16 + 16 + 0 + 16 + 16) / 5 = 12.8. w = 400 each:
    tau^2 = (5 x 12.8 - 4) / (2000 - 5 x 160000 / 2000) = 60 / 1600 = 0.0375.
    """
    distances = [-0.3, -0.2, 0.0, 0.2, 0.5]
    found = funnel.proportions([100.0] * 5, [math.sin(math.pi / 4 + d) ** 2 for d in distances], 0.5)
    assert found is not None
    assert found.phi == pytest.approx(12.8) and found.tau2 == pytest.approx(0.0375) and found.regions == 5
    half = funnel.Z_95 * math.sqrt(0.0025 + 0.0375)
    assert limits(found, 100)[1] == pytest.approx(math.sin(math.pi / 4 + half) ** 2)


def test_overdispersion_as_another_program_writes_it() -> None:
    """Ten units of the R package FunnelPlotR's own trial; its formulas written out, winsorising by our ranks."""
    numerator = np.array([12, 30, 26, 50, 42, 71, 4, 29, 48, 36.0])
    denominator = np.array([82, 98, 100, 125, 162, 151, 12, 100, 82, 99.0])
    target = numerator.sum() / denominator.sum()
    s = 1 / (2 * np.sqrt(denominator))
    z = (np.arcsin(np.sqrt(numerator / denominator)) - np.arcsin(np.sqrt(target))) / s
    ranked = np.sort(z)
    phi = np.mean(np.clip(z, ranked[1], ranked[8]) ** 2)
    tau2 = max(0, (10 * phi - 9) / (np.sum(1 / s**2) - np.sum(1 / s**4) / np.sum(1 / s**2)))
    found = funnel.proportions(denominator.tolist(), (numerator / denominator).tolist(), float(target))
    assert found is not None
    assert found.phi == pytest.approx(phi) and found.tau2 == pytest.approx(tau2) and tau2 > 0


def test_ratios_by_hand() -> None:
    """Margins of 2 z / sqrt(n) each: the variance of one case is 1, so s = 0.1 at n = 100."""
    lower = [3 - funnel.Z_95 / math.sqrt(n) for n in N]
    upper = [3 + funnel.Z_95 / math.sqrt(n) for n in N]
    found = funnel.ratios(N, [3.0] * 5, lower, upper, 3.0, share=False)
    assert limits(found, 100) == (pytest.approx(3 - 0.1959964, abs=1e-6), pytest.approx(3 + 0.1959964, abs=1e-6))


def test_ratios_stay_where_a_value_can_lie() -> None:
    lower, upper = [0.0] * 5, [1.0] * 5
    assert limits(funnel.ratios(N, [0.5] * 5, lower, upper, 0.5, share=True), 1) == (0.0, 1.0)
    assert limits(funnel.ratios(N, [0.5] * 5, lower, upper, 0.5, share=False), 1)[1] > 1


@pytest.mark.parametrize("count", [0, 4])
def test_few_regions_have_no_limits(count: int) -> None:
    n = N[:count]
    assert funnel.proportions(n, [0.5] * count, 0.5) is None
    assert funnel.ratios(n, [2.0] * count, [1.0] * count, [3.0] * count, 2.0, share=False) is None
    assert funnel.proportions(N, [0.5] * 5, 0.5) is not None


def test_without_a_margin_or_a_country_between_0_and_1_there_are_no_limits() -> None:
    assert funnel.ratios(N, [2.0] * 5, [1.0] * 4 + [math.nan], [3.0] * 5, 2.0, share=False) is None
    assert funnel.ratios(N, [2.0] * 5, [2.0] * 5, [2.0] * 5, 2.0, share=False) is None
    assert funnel.proportions(N, [0.5] * 5, 0.0) is None and funnel.proportions(N, [0.5] * 5, 1.0) is None


def test_one_region_far_off_hardly_widens_the_limits() -> None:
    """That is what winsorising is for: a region can't hide itself."""
    usual = [0.48, 0.49, 0.50, 0.51, 0.52] * 4
    n = [400.0] * 20
    calm = funnel.proportions(n, usual, 0.5)
    shaken = funnel.proportions(n, [*usual[:-1], 0.95], 0.5)
    assert limits(calm, 400) == limits(shaken, 400) and limits(shaken, 400, funnel.Z_998)[1] < 0.95


def test_limits_of_large_regions_stay_apart_when_regions_differ() -> None:
    """Additive, not multiplicative: tau does not shrink with n."""
    spread = funnel.proportions([1000.0] * 10, [0.3, 0.35, 0.4, 0.45, 0.5, 0.5, 0.55, 0.6, 0.65, 0.7], 0.5)
    lower, upper = limits(spread, 10**9)
    assert lower < 0.35 and upper > 0.65


def share_outside(width: int, told: int) -> float:
    """Of regions alike (p = 0.4, n of 40 to 90), the part outside the 95% limits. Counts in classes of ``width``."""
    rng = np.random.default_rng(20)
    outside = total = 0
    for _ in range(400):
        n = rng.integers(40, 90, 26)
        y = rng.binomial(n, 0.4)
        n, y = (10 + width * np.floor((k - 10) / width) + (width - 1) // 2 for k in (n, y))
        found = funnel.proportions(n.tolist(), (y / n).tolist(), 0.4, width=told)
        assert found is not None
        lower, upper = found.limits(n, funnel.Z_95)
        outside += int(np.sum((y / n < lower) | (y / n > upper)))
        total += 26
    return outside / total


def test_one_in_twenty_of_regions_that_are_alike_lies_outside() -> None:
    assert share_outside(1, 1) == pytest.approx(0.05, abs=0.01)
    assert share_outside(5, 5) == pytest.approx(0.05, abs=0.01)


def test_rounding_that_is_not_told_makes_false_alarms() -> None:
    assert share_outside(5, 1) > share_outside(5, 5) + 0.01


REGION = st.tuples(st.integers(20, 2000), st.floats(0.01, 0.99))


@given(st.lists(REGION, min_size=5, max_size=30), st.floats(0.05, 0.95), st.randoms())
def test_the_order_of_regions_changes_nothing(regions: list[tuple[int, float]], target: float, random: Random) -> None:
    other = list(regions)
    random.shuffle(other)
    one, two = (funnel.proportions([n for n, _ in r], [p for _, p in r], target) for r in (regions, other))
    assert one is not None and two is not None
    assert one.phi == pytest.approx(two.phi) and one.tau2 == pytest.approx(two.tau2, abs=1e-15)


@given(st.lists(REGION, min_size=5, max_size=30), st.floats(0.05, 0.95))
def test_limits_lie_around_the_country_and_close_in_with_n(regions: list[tuple[int, float]], target: float) -> None:
    found = funnel.proportions([n for n, _ in regions], [p for _, p in regions], target, width=5)
    assert found is not None
    n = np.array([20.0, 100.0, 1000.0])
    (low, high), (far_low, far_high) = (found.limits(n, z) for z in (funnel.Z_95, funnel.Z_998))
    assert (far_low <= low).all() and (low <= target + 1e-12).all()
    assert (target - 1e-12 <= high).all() and (high <= far_high).all()
    assert (np.diff(high) <= 0).all() and (np.diff(low) >= 0).all()
    assert (far_low >= 0).all() and (far_high <= 1).all()


@given(st.lists(REGION, min_size=5, max_size=30), st.floats(0.05, 0.95))
def test_counting_the_opposite_mirrors_the_limits(regions: list[tuple[int, float]], target: float) -> None:
    n = [size for size, _ in regions]
    found = funnel.proportions(n, [p for _, p in regions], target, width=5)
    mirror = funnel.proportions(n, [1 - p for _, p in regions], 1 - target, width=5)
    low, high = limits(found, 50)
    assert limits(mirror, 50) == (pytest.approx(1 - high, abs=1e-9), pytest.approx(1 - low, abs=1e-9))
