"""Prints that can't all be true at once, as when some are older than others: how little wider they must be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indicators.attack.tables import MANY, Block, Sum

Floats = NDArray[np.float64]
STEPS = 60
# A figure stands until ten records have changed: what contradicts the others is true to within nine
# (docs/decisions/0061). Read any nearer, it would seem to pin all that it is a sum of.
STANDS = 9
# What is off by less fits. In turn: as few prints as will do are read wider, and where a total is off by
# a little it may be spread over all its parts.
CLOSE = (0.5, 0.1, 0.01, 0.001)


def reconciled(block: Block, close: float) -> Block:
    """The same block, with bounds that contradict each other widened to a point where all adds up, and STANDS past it:
    those that are off by more than ``close``.

    Douglas-Rachford: from one point to the next, reflected in what adds up and in the bounds, halfway back. It ends
    within the bounds where that can be, and else about as near to them as can be.
    """
    projections = [_projection(n, sums) for n, sums in zip(block.low.shape, block.sums, strict=True)]
    low = np.where(block.low <= -MANY, -np.inf, block.low.astype(float))
    high = np.where(block.high >= MANY, np.inf, block.high.astype(float))
    state = np.where(np.isfinite(low), low, 0.0)
    point = _nearest(state, projections)
    for _ in range(STEPS):
        state = state + np.clip(2 * point - state, low, high) - point
        point = _nearest(state, projections)
    least, most = np.floor(point + close).astype(np.int64), np.ceil(point - close).astype(np.int64)
    return replace(
        block,
        low=np.where(least < block.low, least - STANDS, block.low),
        high=np.where(most > block.high, most + STANDS, block.high),
    )


def _nearest(point: Floats, projections: Sequence[Floats]) -> Floats:
    """The nearest counts that add up along every axis."""
    tables, regions, periods = projections
    across = (tables @ point.reshape(len(tables), -1)).reshape(point.shape) @ periods
    return np.asarray((across.transpose(0, 2, 1) @ regions).transpose(0, 2, 1))


def _projection(n: int, sums: Sequence[Sum]) -> Floats:
    return _projected(n, tuple((parent, tuple(children.tolist())) for parent, children in sums))


@lru_cache
def _projected(n: int, sums: tuple[tuple[int, tuple[int, ...]], ...]) -> Floats:
    rows = np.zeros((len(sums), n))
    for row, (parent, children) in zip(rows, sums, strict=True):
        row[parent] = -1
        row[list(children)] = 1
    return np.asarray(np.eye(n) - np.linalg.pinv(rows) @ rows)
