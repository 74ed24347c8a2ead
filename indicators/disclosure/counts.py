"""What is printed of cells that are counts or sums: pure functions from exact arrays to printed ones."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.rule import Rule, clean, two_digits
from indicators.estimators import Floats, wilson


class Printed(NamedTuple):
    """The figures of a row, of equal shape. NaN: not given; a cell is hidden when its n is NaN, and then all are."""

    n: Floats
    teller: Floats
    noemer: Floats
    waarde: Floats
    ondergrens: Floats
    bovengrens: Floats

    def where(self, shown: NDArray[np.bool_]) -> Printed:
        """The same, hidden whole where not ``shown``."""
        return Printed(*(np.where(shown, figure, np.nan) for figure in self))


def proportion(n: Floats, teller: Floats, noemer: Floats, rule: Rule) -> Printed:
    """Shown when n, teller, noemer and noemer - teller all reach the threshold; share and limits from what is printed.

    The printed teller never exceeds the printed noemer, because both are the same rising function of the exact ones.
    """
    shown = np.minimum.reduce([n, teller, noemer, noemer - teller]) >= rule.threshold
    top: NDArray[Any] = rule.printed(teller)
    bottom: NDArray[Any] = rule.printed(noemer)
    estimate = wilson(top, bottom)
    return Printed(rule.printed(n), top, bottom, *estimate).where(shown)


def ratio(
    n: Floats,
    sum_y: Floats,
    sum_x: Floats,
    parties: Floats,
    largest: Floats,
    rule: Rule,
    *,
    x_is_one: bool,
    share: bool,
) -> Printed:
    """Sums are the printed n times the mean in two significant digits; the value follows from those; no limits.

    ``parties``: units, or different gezinnen behind them, known to have had part in y; below the threshold the cell is
    hidden, since a sum of nothing, or of one family, would tell how many there were. ``largest``: the part of y that is
    one contributor's; above the rule's the sum would tell of that one. ``x_is_one``: the noemer is the
    printed n. ``share``: the value is at most 1.
    """
    shown = (np.minimum(n, parties) >= rule.threshold) & (largest <= rule.dominance)
    size = rule.printed(n)
    mean_y = two_digits(sum_y / n)
    mean_x = np.ones_like(mean_y) if x_is_one else two_digits(sum_x / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = mean_y / mean_x
    value = np.minimum(value, 1.0) if share else value
    nothing = np.full_like(value, np.nan)
    return Printed(size, clean(size * mean_y), clean(size * mean_x), value, nothing, nothing).where(shown)


def total(n: Floats, sum_y: Floats, families: Floats, largest: Floats, rule: Rule) -> Printed:
    """A sum: the printed n times the mean in two significant digits; neither noemer nor limits.

    ``families``: different gezinnen behind the rows; ten rows of one gezin are that gezin's.
    ``largest``: as of a ratio.
    """
    size = rule.printed(n)
    value = clean(size * two_digits(sum_y / n))
    nothing = np.full_like(value, np.nan)
    shown = (np.minimum(n, families) >= rule.threshold) & (largest <= rule.dominance)
    return Printed(size, value, nothing, value, nothing, nothing).where(shown)
