"""Statistical process control of one region's months: an XmR chart and the signals in it.

Wheeler (1993), Understanding Variation: limits are the mean -+ 2.66 times the mean moving range (2.66 = 3 / 1.128); a
moving range above 3.267 times their mean is not of the same process. Signals as in NHS England's Making Data Count.

What was decided here:
- A month without a figure that may be compared breaks everything: no moving range and no run goes over it.
- Moving ranges are screened once, and the mean taken again without those above.
- Limits want at least 12 months with a figure, and 6 moving ranges among them.
- From a declared month on everything begins again (rebasing): mean, limits and runs. Either part wants its 12 months.
- Neighbouring months outside the same limit are one signal.
- A value on the mean is on no side, and equal values neither rise nor fall: either ends a run.
- Seven rising or falling are seven values, six steps.
- Limits are cut off where no value can lie. Signals are judged before that, so it moves none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
MIN_MONTHS = 12
MIN_RANGES = 6
RUN = 7
# Relative to the size of the values: what arithmetic in binary fractions may leave of an equality.
TOLERANCE = 1e-9

OUTSIDE, NEAR, SHIFT, TREND = "outside", "near", "shift", "trend"


@dataclass(frozen=True)
class Segment:
    """The process between two rebasings: places ``first`` up to and without ``stop`` in the series.

    ``mean``, ``lower``, ``upper``: in the unit of the values; ``moving_range``: the mean of those kept; ``months``:
    the places with a figure; ``screened``: how many moving ranges were left out.
    """

    first: int
    stop: int
    mean: float
    lower: float
    upper: float
    moving_range: float
    months: tuple[int, ...]
    screened: int


@dataclass(frozen=True)
class Signal:
    """Something more than chance: ``kind``, the places it is made of, and whether it is up or down."""

    kind: str
    places: tuple[int, ...]
    up: bool


@dataclass(frozen=True)
class Control:
    """The segments that have limits, the signals in order of their first month, then of kind, and ``rebase_at``."""

    segments: tuple[Segment, ...]
    signals: tuple[Signal, ...]
    rebase_at: int | None = None


def control(
    values: Sequence[float | None], *, rebase_at: int | None = None, floor: float = -math.inf, ceiling: float = math.inf
) -> Control:
    """The control chart of successive months; None: no figure that may be compared.

    ``rebase_at``: place of the first month that is judged anew; ``floor``, ``ceiling``: the values there can be.
    Raises ValueError when ``rebase_at`` is no place in the series.
    """
    if rebase_at is not None and not 0 <= rebase_at < len(values):
        raise ValueError(f"rebase_at is {rebase_at}, must be a place among the {len(values)} months")
    cuts = sorted({0, rebase_at or 0, len(values)})
    found = [(s, _signals(values, s)) for first, stop in pairwise(cuts) if (s := _segment(values, first, stop))]
    signals = [signal for _, of_segment in found for signal in of_segment]
    order = (OUTSIDE, NEAR, SHIFT, TREND)
    signals.sort(key=lambda s: (s.places[0], order.index(s.kind)))
    return Control(tuple(_cut_off(s, floor, ceiling) for s, _ in found), tuple(signals), rebase_at)


def mean_and_range(values: Sequence[float | None]) -> tuple[float, float, int]:
    """Mean of the values, mean moving range after screening, and how many moving ranges were screened out.

    Raises ValueError when no two neighbours have a value.
    """
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if not ranges:
        raise ValueError("there is no moving range: no two successive values")
    highest = SCREEN_FACTOR * _mean(ranges)
    kept = [r for r in ranges if r <= highest]
    return _mean([v for v in values if v is not None]), _mean(kept), len(ranges) - len(kept)


def _segment(values: Sequence[float | None], first: int, stop: int) -> Segment | None:
    part = values[first:stop]
    months = tuple(first + i for i, v in enumerate(part) if v is not None)
    if len(months) < MIN_MONTHS or sum(b - a == 1 for a, b in pairwise(months)) < MIN_RANGES:
        return None
    mean, moving_range, screened = mean_and_range(part)
    reach = LIMIT_FACTOR * moving_range
    return Segment(first, stop, mean, mean - reach, mean + reach, moving_range, months, screened)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _cut_off(segment: Segment, floor: float, ceiling: float) -> Segment:
    return replace(segment, lower=max(segment.lower, floor), upper=min(segment.upper, ceiling))


def _signals(values: Sequence[float | None], segment: Segment) -> list[Signal]:
    out: list[Signal] = []
    reach = segment.upper - segment.mean
    for place, stretch in _stretches(values, segment):
        slack = TOLERANCE * max(abs(v) for v in (segment.mean, *stretch))
        for up in (True, False):
            above = [v - segment.mean if up else segment.mean - v for v in stretch]
            far = [v > reach + slack for v in above]
            near = [v > reach * 2 / 3 + slack for v in above]
            on_side = [v > slack for v in above]
            steps = [b - a > slack for a, b in pairwise(above)]
            # A run of steps from a up to b has the values a to b: one more than steps.
            found = [
                *((OUTSIDE, tuple(range(a, b))) for a, b in _runs(far)),
                *((NEAR, places) for places in _two_of_three(near)),
                *((SHIFT, tuple(range(a, b))) for a, b in _runs(on_side) if b - a >= RUN),
                *((TREND, tuple(range(a, b + 1))) for a, b in _runs(steps) if b + 1 - a >= RUN),
            ]
            out += [Signal(kind, tuple(place + i for i in places), up) for kind, places in found]
    return out


def _stretches(values: Sequence[float | None], segment: Segment) -> Iterator[tuple[int, list[float]]]:
    """Neighbouring months with a figure: the place of the first, and their values."""
    part = values[segment.first : segment.stop]
    for a, b in _runs([value is not None for value in part]):
        yield segment.first + a, [value for value in part[a:b] if value is not None]


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Where flags are true without interruption: start and one past the end.

    >>> _runs([True, True, False, True])
    [(0, 2), (3, 4)]
    """
    edges = [0, *(i for i in range(1, len(flags)) if flags[i] != flags[i - 1]), len(flags)]
    return [(a, b) for a, b in pairwise(edges) if a < b and flags[a]]


def _two_of_three(flags: Sequence[bool]) -> list[tuple[int, ...]]:
    """Places of the true flags of which at least two lie within three; those that hang together in one tuple.

    >>> _two_of_three([True, False, True, True, False, False, True])
    [(0, 2, 3)]
    """
    true = [i for i, flag in enumerate(flags) if flag]
    groups: list[list[int]] = [[]]
    for i in true:
        if groups[-1] and i - groups[-1][-1] > 2:
            groups.append([])
        groups[-1].append(i)
    return [tuple(group) for group in groups if len(group) >= 2]
