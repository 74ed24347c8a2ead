"""Prints that can't all be true at once, as when some are older than others: how little wider they must be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indicators.attack.tables import MANY, Block, Sum

Floats = NDArray[np.float64]
# Fewer steps end further away: bounds are then read wider than they need be, and less is found.
STEPS, QUICK_STEPS = 1000, 60
# Nearer to a bound than this is on it.
CLOSE = 1e-3


def reconciled(block: Block, steps: int = STEPS) -> Block:
    """The same block, with bounds that contradict each other widened to a point where all adds up.

    Douglas-Rachford: from one point to the next, reflected in what adds up and in the bounds, halfway back. It ends
    within the bounds where that can be, and else about as near to them as can be.
    """
    projections = [_projection(n, sums) for n, sums in zip(block.low.shape, block.sums, strict=True)]
    low = np.where(block.low <= -MANY, -np.inf, block.low.astype(float))
    high = np.where(block.high >= MANY, np.inf, block.high.astype(float))
    state = np.where(np.isfinite(low), low, 0.0)
    point = _nearest(state, projections)
    for _ in range(steps):
        state = state + np.clip(2 * point - state, low, high) - point
        point = _nearest(state, projections)
    return replace(
        block,
        low=np.minimum(block.low, np.floor(point + CLOSE).astype(np.int64)),
        high=np.maximum(block.high, np.ceil(point - CLOSE).astype(np.int64)),
    )


def _nearest(point: Floats, projections: Sequence[Floats]) -> Floats:
    """The nearest counts that add up along every axis."""
    tables, regions, periods = projections
    across = (tables @ point.reshape(len(tables), -1)).reshape(point.shape) @ periods
    return np.asarray((across.transpose(0, 2, 1) @ regions).transpose(0, 2, 1))


def _projection(n: int, sums: Sequence[Sum]) -> Floats:
    rows = np.zeros((len(sums), n))
    for row, (parent, children) in zip(rows, sums, strict=True):
        row[parent] = -1
        row[children] = 1
    return np.asarray(np.eye(n) - np.linalg.pinv(rows) @ rows)
