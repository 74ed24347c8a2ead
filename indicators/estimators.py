"""From sufficient statistics to a value and its 95% interval: one pure function per kind of indicator.

Arrays in, arrays out; NaN means "not given". No function here knows an indicator, a region or a file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Z = 1.959963984540054
TOLERANCE = 1e-12


class Estimate(NamedTuple):
    """A value with its limits; all of the same shape."""

    value: Floats
    lower: Floats
    upper: Floats


def wilson(teller: Counts, n: Counts) -> Estimate:
    """Proportion teller / n with the score interval without continuity correction.

    Source: Wilson (1927), J Am Stat Assoc 22:209; method 3 of Newcombe (1998), Stat Med 17:857.
    """
    x, size = np.asarray(teller, float), np.asarray(n, float)
    p = x / size
    centre = x + Z**2 / 2
    spread = Z * np.sqrt(x * (size - x) / size + Z**2 / 4)
    scale = size + Z**2
    # At 0 and n one limit is the value itself; arithmetic would leave it a rounding error away.
    lower = np.where(x == 0, 0.0, (centre - spread) / scale)
    upper = np.where(x == size, 1.0, (centre + spread) / scale)
    return Estimate(p, lower, upper)


def ratio(
    n: Sequence[int],
    sum_x: Sequence[int],
    sum_y: Sequence[int],
    sum_xx: Sequence[int],
    sum_xy: Sequence[int],
    sum_yy: Sequence[int],
    *,
    share: bool,
    scale: float = 1.0,
) -> Estimate:
    """R = sum y / sum x, times ``scale``, with R +- z sqrt(n/(n-1) sum (y - R x)^2) / sum x; no interval for n = 1.

    The sums are Python integers and stay exact until the one division, since the residual sum of squares is a small
    difference of large numbers. ``share``: limits are kept within 0 and 1, else above 0.
    Source: linearisation (Taylor) of a ratio estimator, Cochran (1977), Sampling Techniques, section 6.3.
    """
    value, lower, upper = (np.full(len(n), math.nan) for _ in range(3))
    for i, (size, x, y, xx, xy, yy) in enumerate(zip(n, sum_x, sum_y, sum_xx, sum_xy, sum_yy, strict=True)):
        if x == 0:
            continue
        r = y / x
        value[i] = r * scale
        if size > 1:
            residual = yy * x * x - 2 * x * y * xy + y * y * xx
            half = Z * math.sqrt((size * residual) / ((size - 1) * x**4))
            lower[i] = max(0.0, r - half) * scale
            upper[i] = (min(1.0, r + half) if share else r + half) * scale
    return Estimate(value, lower, upper)


class Survival(NamedTuple):
    """Kaplan-Meier by whole day along the last axis: S just after day t, and Greenwood's sum up to it."""

    s: Floats
    greenwood: Floats


def at_risk(n: Counts, left: Counts) -> Counts:
    """Units under observation at the start of each day: n less all that left on earlier days.

    ``n``: [...]; ``left``: [..., days], events and censorings of each day together.
    """
    gone = np.cumsum(left, axis=-1)
    return n[..., None] - gone + left


def kaplan_meier(n: Counts, events: Counts, censored: Counts) -> Survival:
    """S(t) and sum d / (r (r - d)), events before censorings of the same day.

    ``n``: [...] units; ``events``, ``censored``: [..., days] counts on day 0, 1, ...
    Where nobody is at risk any more S keeps its last value.
    Source: Kaplan & Meier (1958); variance: Greenwood (1926), as in Kalbfleisch & Prentice (2002), section 1.4.
    """
    risk = at_risk(n, events + censored)
    with np.errstate(divide="ignore", invalid="ignore"):
        s: Floats = np.cumprod(np.where(risk > 0, (risk - events) / risk, 1.0), axis=-1, dtype=np.float64)
        terms = np.where(events > 0, events / (risk.astype(float) * (risk - events)), 0.0)
    return Survival(s, np.cumsum(terms, axis=-1))


def log_log_limits(survival: Survival) -> tuple[Floats, Floats]:
    """Lower and upper limit S^exp(+-z se / ln S); NaN where S is 0 or 1.

    Source: Kalbfleisch & Prentice (2002), equation 1.20; se^2 is Greenwood's sum.
    """
    s = survival.s
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = Z * np.sqrt(survival.greenwood) / np.log(s)
        one, other = s ** np.exp(shift), s ** np.exp(-shift)
    # At 0 both are NaN already, at 1 a power of 1 is 1 whatever the exponent.
    inside = s < 1
    lower = np.where(inside, np.minimum(one, other), math.nan)
    upper = np.where(inside, np.maximum(one, other), math.nan)
    return lower, upper


def survival_at_end(n: Counts, events: Counts, censored: Counts, *, complement: bool) -> Estimate:
    """S, or with ``complement`` 1 - S, after the last day of the arrays, with its log-log interval."""
    curve = kaplan_meier(n, events, censored)
    end = Survival(curve.s[..., -1], curve.greenwood[..., -1])
    lower, upper = log_log_limits(end)
    if complement:
        return Estimate(1 - end.s, 1 - upper, 1 - lower)
    return Estimate(end.s, lower, upper)


def quantile(n: Counts, events: Counts, censored: Counts, level: float) -> Estimate:
    """First day on which S <= level; limits: the first days on which S's lower and upper limit do. NaN: not reached.

    Source: Brookmeyer & Crowley (1982), with log-log limits.
    """
    curve = kaplan_meier(n, events, censored)
    lower, upper = log_log_limits(curve)
    return Estimate(_first_day(curve.s, level), _first_day(lower, level), _first_day(upper, level))


def _first_day(curve: Floats, level: float) -> Floats:
    with np.errstate(invalid="ignore"):
        reached = curve <= level + TOLERANCE
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1).astype(float), math.nan)


def aalen_johansen(n: Counts, events: Counts, competing: Counts, censored: Counts) -> Estimate:
    """F after the last day: the probability of an event of this kind, other kinds competing, with its log-log interval.

    ``n``: [...]; the others [..., days]. NaN limits where F is 0 or 1. Variance: sum (F - F(t))^2 d/(r(r-d)) +
    sum S(t-)^2 dk (r - dk) / r^3 - 2 sum (F - F(t)) S(t-) dk / r^2, with 0/0 = 0.
    Source: Aalen & Johansen (1978); variance by the delta method, Marubini & Valsecchi (1995), section 10.2;
    interval F^exp(+-z sqrt(var) / (F |ln F|)), ibidem.
    """
    every = events + competing
    risk = at_risk(n, every + censored).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        # NaN once nobody is at risk: nothing happens there, so it is used nowhere.
        s = np.cumprod((risk - every) / risk, axis=-1)
        before = np.concatenate([np.ones_like(s[..., :1]), s[..., :-1]], axis=-1)
        f = np.cumsum(np.where(risk > 0, before * events / risk, 0.0), axis=-1)
        end = f[..., -1]
        rest = end[..., None] - f
        first = np.where(risk > every, rest**2 * every / (risk * (risk - every)), 0.0)
        second = np.where(events > 0, before**2 * events * (risk - events) / risk**3, 0.0)
        third = np.where(events > 0, rest * before * events / risk**2, 0.0)
        variance = np.maximum(first.sum(-1) + second.sum(-1) - 2 * third.sum(-1), 0.0)
        shift = Z * np.sqrt(variance) / (end * np.abs(np.log(end)))
        one, other = end ** np.exp(shift), end ** np.exp(-shift)
    # At 0 both are NaN already; a sum that should be 1 may lie a rounding error beside it.
    inside = end < 1 - TOLERANCE
    lower = np.where(inside, np.minimum(one, other), math.nan)
    upper = np.where(inside, np.maximum(one, other), math.nan)
    return Estimate(end, lower, upper)
