"""The rule by which a count is printed or hidden, and how an amount is rounded. NaN means hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.estimators import Floats
from indicators.families import DOMINANCE_FROM


@dataclass(frozen=True)
class Rule:
    """How a publication is protected.

    ``threshold``: counts below it are one hidden class, zero included; ``width``: of every other class, in units;
    ``curve_minimum``: units from which survival and quantiles are printed; ``curve_steps``: steps up to the horizon;
    ``dominance``: the part of a sum above which one contributor hides it, not less than half, since smaller parts are
    not looked for; ``restated``: records by which a cell must have moved before something else is said of it.
    Raises ValueError when the numbers can't protect anything.
    """

    threshold: int = 10
    width: int = 5
    curve_minimum: int = 100
    curve_steps: int = 18
    dominance: float = DOMINANCE_FROM
    restated: int = 10

    def __post_init__(self) -> None:
        if min(self.threshold, self.width, self.curve_steps, self.restated) < 1:
            raise ValueError("threshold, width, curve_steps and restated must each be at least 1")
        if not DOMINANCE_FROM <= self.dominance < 1:
            raise ValueError(f"dominance must be at least {DOMINANCE_FROM} and below 1, is {self.dominance}")
        if self.curve_minimum < 2 * self.threshold:
            raise ValueError(f"curve_minimum must be at least twice the threshold, is {self.curve_minimum}")

    @property
    def certain_gap(self) -> int:
        """Printed difference of two counts from which the exact difference is at least the threshold."""
        return self.threshold + self.width - 1

    def printed(self, counts: NDArray[np.number]) -> Floats:
        """The middle of each count's class, for an even width the lower of the two; NaN below the threshold.

        >>> Rule().printed(np.array([9, 10, 14, 15])).tolist()
        [nan, 12.0, 12.0, 17.0]
        >>> Rule(width=10).printed(np.array([10, 19, 20])).tolist()
        [14.0, 14.0, 24.0]
        """
        exact = np.asarray(counts, float)
        start = self.threshold + self.width * np.floor((exact - self.threshold) / self.width)
        return np.where(exact >= self.threshold, start + (self.width - 1) // 2, np.nan)


def two_digits(amounts: Floats) -> Floats:
    """Amounts in two significant digits, halves away from zero; NaN stays NaN.

    >>> two_digits(np.array([0.0, 0.125, 10.4, 996.0])).tolist()
    [0.0, 0.13, 10.0, 1000.0]
    """
    return pl.Series(amounts).round_sig_figs(2).to_numpy()


def clean(amounts: Floats) -> Floats:
    """Products of a count and a two-digit mean without the dust of binary fractions (12 significant digits)."""
    return pl.Series(amounts).round_sig_figs(12).to_numpy()
