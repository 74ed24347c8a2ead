"""Estimators against published values and against lifelines."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.datasets import load_larynx, load_leukemia, load_lung, load_rossi, load_waltons

from indicators import estimators
from indicators.estimators import Z


@pytest.mark.parametrize(
    ("teller", "n", "lower", "upper"),
    # Newcombe (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_published_limits(teller: int, n: int, lower: float, upper: float) -> None:
    found = estimators.wilson(np.array([teller]), np.array([n]))
    assert found.value[0] == teller / n
    assert found.lower[0] == pytest.approx(lower, abs=5e-5)
    assert found.upper[0] == pytest.approx(upper, abs=5e-5)


def test_wilson_touches_0_and_1_exactly() -> None:
    found = estimators.wilson(np.array([0, 7]), np.array([7, 7]))
    assert found.lower[0] == 0.0 and found.upper[1] == 1.0


units = st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**7)), min_size=2, max_size=30)


@given(units)
def test_ratio_equals_the_formula_in_exact_fractions(pairs: list[tuple[int, int]]) -> None:
    n, x, y = len(pairs), sum(p[0] for p in pairs), sum(p[1] for p in pairs)
    r = Fraction(y, x)
    residual = sum((b - r * a) ** 2 for a, b in pairs)
    half = Z * math.sqrt(Fraction(n, n - 1) * residual) / x
    products = [sum(a * a for a, _ in pairs), sum(a * b for a, b in pairs), sum(b * b for _, b in pairs)]
    found = estimators.ratio([n], [x], [y], *[[p] for p in products], share=False)
    assert found.value[0] == pytest.approx(float(r), rel=1e-14)
    assert found.lower[0] == pytest.approx(max(0.0, float(r) - half), rel=1e-12, abs=1e-15)
    assert found.upper[0] == pytest.approx(float(r) + half, rel=1e-12)


def test_ratio_of_one_unit_has_no_interval_and_a_share_stays_within_0_and_1() -> None:
    one = estimators.ratio([1], [10], [4], [100], [40], [16], share=True)
    assert one.value[0] == 0.4 and math.isnan(one.lower[0]) and math.isnan(one.upper[0])
    two = estimators.ratio([2], [20], [19], [200], [190], [181], share=True)
    assert two.upper[0] == 1.0


def test_limits_of_a_ratio_scale_with_it_and_without_any_x_there_is_none() -> None:
    sums = [[3, 2, 5], [1, 0, 10], [2, 0, 40], [1, 0, 30], [2, 0, 90], [4, 0, 400]]
    one, scaled = (estimators.ratio(*sums, share=False, scale=scale) for scale in (1.0, 0.01))
    assert one.value[[0, 2]].tolist() == [2, 4] and one.lower[2] > 0
    for plain, small in zip(one, scaled, strict=True):
        assert math.isnan(plain[1]) and math.isnan(small[1])
        assert small[[0, 2]] == pytest.approx(plain[[0, 2]] * 0.01)


def _by_day(durations: np.ndarray, observed: np.ndarray, horizon: int) -> tuple[np.ndarray, ...]:
    events = np.bincount(durations[observed], minlength=horizon + 2)
    censored = np.bincount(durations[~observed], minlength=horizon + 2)
    return np.array(len(durations)), events[: horizon + 1], censored[: horizon + 1]


def _whole(data, durations: str, observed: str) -> tuple[np.ndarray, np.ndarray]:
    return np.floor(data[durations].to_numpy()).astype(int), data[observed].to_numpy().astype(bool)


DATA = {
    "waltons": lambda: _whole(load_waltons(), "T", "E"),
    "rossi": lambda: _whole(load_rossi(), "week", "arrest"),
    "leukemia": lambda: _whole(load_leukemia(), "t", "status"),
    "lung": lambda: _whole(load_lung(), "time", "status"),
    "larynx": lambda: _whole(load_larynx(), "time", "death"),
}


@pytest.mark.parametrize("name", DATA)
def test_kaplan_meier_equals_lifelines_on_real_data(name: str) -> None:
    durations, observed = DATA[name]()
    _compare_with_lifelines(durations, observed, int(durations.max()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=60))
def test_kaplan_meier_equals_lifelines_with_ties_and_heavy_censoring(rows: list[tuple[int, bool]]) -> None:
    _compare_with_lifelines(np.array([t for t, _ in rows]), np.array([e for _, e in rows]), 12)


def _compare_with_lifelines(durations: np.ndarray, observed: np.ndarray, horizon: int) -> None:
    n, events, censored = _by_day(durations, observed, horizon)
    curve = estimators.kaplan_meier(n, events, censored)
    lower, upper = estimators.log_log_limits(curve)
    reference = KaplanMeierFitter().fit(durations, observed, timeline=range(horizon + 1), alpha=math.erfc(Z / 2**0.5))
    assert curve.s == pytest.approx(reference.survival_function_.to_numpy()[:, 0], abs=1e-12)
    limits = reference.confidence_interval_.to_numpy()
    inside = (curve.s > 0) & (curve.s < 1)
    assert lower[inside] == pytest.approx(limits[inside, 0], abs=1e-12)
    assert upper[inside] == pytest.approx(limits[inside, 1], abs=1e-12)
    assert np.isnan(lower[~inside]).all()
    if np.isclose(curve.s, 0.5, rtol=0, atol=1e-9).any():
        return  # our tolerance decides there; lifelines' rounding does
    median = estimators.quantile(n, events, censored, 0.5).value
    assert (float(median) if not math.isnan(median) else math.inf) == reference.median_survival_time_


def _plain_aalen_johansen(rows: list[tuple[int, int]], horizon: int) -> tuple[Fraction, float]:
    """F of kind 1 and its variance, written out unit by unit. ``rows``: (day, 0 censored | 1 | 2)."""
    s, f, path = Fraction(1), Fraction(0), []
    for day in range(horizon + 1):
        risk = sum(t >= day for t, _ in rows)
        mine, every = (sum(t == day and k in kinds for t, k in rows) for kinds in ({1}, {1, 2}))
        if risk:
            before = s
            f += s * Fraction(mine, risk)
            s *= Fraction(risk - every, risk)
            path.append((before, f, risk, mine, every))
    variance = Fraction(0)
    for before, at, r, mine, every in path:
        variance += (f - at) ** 2 * Fraction(every, r * (r - every)) if r > every else 0
        variance += before**2 * Fraction(mine * (r - mine), r**3) - 2 * (f - at) * before * Fraction(mine, r**2)
    return f, float(variance)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=40))
def test_aalen_johansen_equals_the_formula_written_out(rows: list[tuple[int, int]]) -> None:
    counts = [np.bincount([t for t, k in rows if k == kind], minlength=9) for kind in (1, 2, 0)]
    found = estimators.aalen_johansen(np.array(len(rows)), *counts)
    f, variance = _plain_aalen_johansen(rows, 8)
    assert float(found.value) == pytest.approx(float(f), abs=1e-12)
    if 0 < f < 1:
        p = float(f)
        shift = Z * math.sqrt(max(variance, 0)) / (p * abs(math.log(p)))
        assert float(found.lower) == pytest.approx(p ** math.exp(shift), abs=1e-9)
        assert float(found.upper) == pytest.approx(p ** math.exp(-shift), abs=1e-9)
    else:
        assert math.isnan(found.lower) and math.isnan(found.upper)


def test_aalen_johansen_equals_lifelines_without_ties() -> None:
    rng = np.random.default_rng(1)
    durations = rng.permutation(np.arange(1, 301))
    kinds = rng.integers(0, 3, 300)
    counts = [np.bincount(durations[kinds == k], minlength=302)[:201] for k in (1, 2, 0)]
    found = estimators.aalen_johansen(np.array(300), *counts)
    reference = AalenJohansenFitter(calculate_variance=True).fit(durations, kinds, event_of_interest=1)
    assert float(found.value) == pytest.approx(reference.cumulative_density_.loc[:200].iloc[-1, 0], abs=1e-12)


def test_the_complement_of_survival_has_the_limits_mirrored() -> None:
    n, events, censored = np.array(20), np.array([0, 3, 1, 2]), np.array([1, 0, 4, 0])
    plain, mirrored = (estimators.survival_at_end(n, events, censored, complement=c) for c in (False, True))
    assert plain.lower < plain.value < plain.upper
    s, variance = 16 / 19 * 15 / 16 * 9 / 11, 3 / (19 * 16) + 1 / (16 * 15) + 2 / (11 * 9)
    shift = Z * math.sqrt(variance) / math.log(s)
    expected = [s, s ** math.exp(-shift), s ** math.exp(shift)]
    assert [float(part) for part in plain] == pytest.approx(expected)
    assert [float(part) for part in mirrored] == [1 - plain.value, 1 - plain.upper, 1 - plain.lower]


def test_after_nobody_is_left_the_curve_keeps_its_last_value() -> None:
    """Two of four have an event on day 1, the others are lost on day 2; then the last of three has one on day 2."""
    days = np.array([[0, 2, 0, 0, 0], [0, 1, 2, 0, 0]])
    curve = estimators.kaplan_meier(np.array([4, 3]), days, np.array([[0, 0, 2, 0, 0], [0] * 5]))
    assert curve.s.tolist() == [[1, 0.5, 0.5, 0.5, 0.5], [1, pytest.approx(2 / 3), 0, 0, 0]]
    lower, upper = estimators.log_log_limits(curve)
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [[True, *[False] * 4], [True, False, *[True] * 3]]
    found = estimators.aalen_johansen(np.array([3]), days[1:], np.zeros_like(days[1:]), np.zeros_like(days[1:]))
    assert found.value.tolist() == [1] and np.isnan([found.lower, found.upper]).all()


@pytest.mark.parametrize(("s", "day"), [(0.5, 1), (0.5 + 1e-12, 1), (0.5 + 3e-12, math.nan), (0.49, 1)])
def test_a_level_is_reached_when_s_equals_it(s: float, day: float) -> None:
    assert estimators._first_day(np.array([1.0, s, s]), 0.5) == pytest.approx(day, nan_ok=True)


def test_without_any_event_nothing_is_claimed() -> None:
    none = np.zeros(5, dtype=np.int64)
    found = estimators.survival_at_end(np.array(3), none, none, complement=True)
    assert float(found.value) == 0.0 and math.isnan(found.lower) and math.isnan(found.upper)
    assert math.isnan(estimators.quantile(np.array(3), none, none, 0.5).value)
