"""Funnel plots: how far a region of some size may lie from the country before it is more than chance.

The method of Spiegelhalter (2005), Funnel plots for comparing institutional performance, Stat Med 24:1185-1202, with
the additive model of Spiegelhalter (2005), Handling over-dispersion of performance indicators, Qual Saf Health Care
14:347-351. On a scale g (arcsine of the square root for shares, the value itself for ratios), for I regions:

    s_i = standard error of g(value_i) if the region were as the country is
    z_i = (g(value_i) - g(country)) / s_i, winsorised: of the lowest and the highest 10% each takes its neighbour's
    phi = sum z_i^2 / I,  w_i = 1 / s_i^2
    tau^2 = max(0, (I phi - (I - 1)) / (sum w_i - sum w_i^2 / sum w_i))
    limits = g^-1(g(country) -+ z sqrt(s^2 + tau^2))

Additive and not multiplicative (s^2 phi): regions differ in inhabitants and in how they register, which does not
shrink with the number of cases. So limits of large regions stay as wide as those differences are, and limits of small
ones grow little. Not here: what is said of a region (``verdict.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicators.estimators import Floats, Z

# The two-sided 95% and 99.8% of a normal distribution, as in Spiegelhalter (2005), section 2.
Z_95 = Z
Z_998 = 3.090232306167813
WINSORISED = 0.1
MIN_REGIONS = 5


@dataclass(frozen=True)
class Funnel:
    """Limits around the country's value, as a function of the number of cases n.

    ``target``: the country's value; ``arcsine``: the scale; ``unit_variance``: of one case on that scale, s^2 =
    unit_variance / n + rounding_variance / n^2; ``phi``, ``tau2``: overdispersion; ``regions``: how many it rests on;
    ``ceiling``: the largest value there can be.
    """

    target: float
    arcsine: bool
    unit_variance: float
    rounding_variance: float
    phi: float
    tau2: float
    regions: int
    ceiling: float

    def standard_error(self, n: Floats) -> Floats:
        """Of a region of n cases on the funnel's scale, by chance alone."""
        return _standard_error(np.asarray(n, float), self.unit_variance, self.rounding_variance)

    def limits(self, n: Floats, z: float) -> tuple[Floats, Floats]:
        """Lower and upper limit in the unit of the value, for each n."""
        half = z * np.sqrt(self.standard_error(n) ** 2 + self.tau2)
        if self.arcsine:
            middle = math.asin(math.sqrt(self.target))
            return (
                np.sin(np.maximum(middle - half, 0)) ** 2,
                np.sin(np.minimum(middle + half, math.pi / 2)) ** 2,
            )
        return np.maximum(self.target - half, 0.0), np.minimum(self.target + half, self.ceiling)


def proportions(n: Sequence[float], value: Sequence[float], target: float, *, width: int = 1) -> Funnel | None:
    """The funnel of shares; None for fewer than five regions or a country at 0 or 1.

    ``n``, ``value``: of the regions that may be compared; ``target``: the country's share; ``width``: of the classes in
    which counts are printed, 1 for exact ones. s^2 = 1 / (4 n) on the arcsine scale. Two counts printed as the middle
    of a class of w add ((w^2 - 1) / 12) (1 + p^2) / n^2 to the variance of their quotient, here with the larger of p
    and 1 - p, so that it does not matter which of the two was counted; the delta method divides that by 4 p (1 - p).
    """
    if len(n) < MIN_REGIONS or not 0 < target < 1:
        return None
    larger = max(target, 1 - target)
    rounding = (width**2 - 1) / 12 * (1 + larger**2) / (4 * target * (1 - target))
    scaled = np.arcsin(np.sqrt(np.asarray(value, float)))
    return _funnel(n, scaled - math.asin(math.sqrt(target)), target, True, 0.25, rounding, 1.0)


def ratios(
    n: Sequence[float], value: Sequence[float], lower: Sequence[float], upper: Sequence[float], target: float, *,
    share: bool,
) -> Funnel | None:  # fmt: skip
    """The funnel of ratios of sums; None for fewer than five regions, a limit that is not given (NaN) or no spread.

    The standard error that a printed 95% interval implies is (upper - lower) / (2 z). The variance of one case is the
    median over regions of n times its square: if all regions were alike it would be one figure, and a region's own
    spread goes up and down with its value. ``share``: no value lies above 1.
    """
    width = np.asarray(upper, float) - np.asarray(lower, float)
    if len(n) < MIN_REGIONS or not np.isfinite(width).all():
        return None
    unit_variance = float(np.median(np.asarray(n, float) * (width / (2 * Z_95)) ** 2))
    if unit_variance <= 0:
        return None
    distance = np.asarray(value, float) - target
    return _funnel(n, distance, target, False, unit_variance, 0.0, 1.0 if share else math.inf)


def winsorised(scores: Floats) -> Floats:
    """The lowest and the highest 10% (at least one each) set to the score next to them.

    >>> winsorised(np.array([9.0, -1.0, 0.0, 1.0, 2.0])).tolist()
    [2.0, 0.0, 0.0, 1.0, 2.0]
    """
    k = max(1, round(WINSORISED * len(scores)))
    ranked = np.sort(scores)
    return np.clip(scores, ranked[k], ranked[-k - 1])


def _standard_error(n: Floats, unit_variance: float, rounding_variance: float) -> Floats:
    error: Floats = np.sqrt(unit_variance / n + rounding_variance / n**2)
    return error


def _funnel(
    n: Sequence[float], distance: Floats, target: float, arcsine: bool, unit: float, rounding: float, ceiling: float
) -> Funnel:
    """``distance``: of each region from the country on the scale."""
    error = _standard_error(np.asarray(n, float), unit, rounding)
    count = len(distance)
    phi = float(np.sum(winsorised(distance / error) ** 2)) / count
    weight = 1 / error**2
    spread = np.sum(weight) - np.sum(weight**2) / np.sum(weight)
    tau2 = max(0.0, float((count * phi - (count - 1)) / spread))
    return Funnel(target, arcsine, unit, rounding, phi, tau2, count, ceiling)
