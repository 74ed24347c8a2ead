"""Whether two printed figures differ by more than chance, from what is printed alone."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot


def differs(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether the 95% interval of the difference of two independent figures leaves out zero.

    ``one``, ``other``: waarde, ondergrens and bovengrens of 95%, in one unit. The interval of the difference is made of
    the two intervals themselves (Newcombe 1998, Statistics in Medicine 17:873, method 10; for any estimator Zou and
    Donner 2008, Statistics in Medicine 27:1693). Two intervals that just touch differ by far more than chance, so
    looking whether they overlap would call most real changes chance.
    """
    high, low = (one, other) if one["waarde"] >= other["waarde"] else (other, one)
    reach = hypot(high["waarde"] - high["ondergrens"], low["bovengrens"] - low["waarde"])
    return high["waarde"] - low["waarde"] > reach
