"""First attack: every sum narrows each of its counts by what is known of the others, until nothing moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.attack.tables import Block, Bounds

LEEWAY = 2


@dataclass
class Known:
    """Bounds of every count of a block, and in which step each came to be what it is (0: printed).

    ``contradicted``: prints can't all be true at once, as when some are older than others.
    """

    low: Bounds
    high: Bounds
    low_since: NDArray[np.int32]
    high_since: NDArray[np.int32]
    step: int = 0
    contradicted: bool = False

    def narrow(self, at: tuple[Any, ...], low: Bounds, high: Bounds) -> bool:
        """Takes over tighter bounds; what contradicts what is known already is left aside. Whether any was taken."""
        old_low, old_high = self.low[at], self.high[at]
        fits = np.maximum(old_low, low) <= np.minimum(old_high, high)
        self.contradicted |= not fits.all()
        up, down = fits & (low > old_low), fits & (high < old_high)
        changed = bool(up.any() or down.any())
        if changed:
            self.low[at], self.high[at] = np.where(up, low, old_low), np.where(down, high, old_high)
            self.low_since[at] = np.where(up, self.step, self.low_since[at])
            self.high_since[at] = np.where(down, self.step, self.high_since[at])
        return changed


def propagate(block: Block) -> Known:
    """The bounds that follow from one sum at a time, however long the chain. Whole numbers throughout."""
    known = Known(
        block.low.copy(), block.high.copy(), np.zeros(block.low.shape, np.int32), np.zeros(block.low.shape, np.int32)
    )
    moving = True
    while moving:
        moving = False
        for axis, sums in enumerate(block.sums):
            for parent, children in sums:
                moving |= _sum(known, axis, parent, children)
    return known


def _sum(known: Known, axis: int, parent: int, children: NDArray[np.intp]) -> bool:
    """One place along the axis is the sum of others."""
    known.step += 1
    everything: tuple[Any, ...] = (slice(None),) * axis
    part, whole = (*everything, children), (*everything, [parent])
    low, high = known.low[part], known.high[part]
    low_sum, high_sum = low.sum(axis, keepdims=True), high.sum(axis, keepdims=True)
    changed = known.narrow(whole, low_sum, high_sum)
    others_low, others_high = low_sum - low, high_sum - high
    return changed | known.narrow(part, known.low[whole] - others_high, known.high[whole] - others_low)


def crowded(block: Block, known: Known) -> NDArray[np.int64]:
    """For every count, how many single sums come within LEEWAY of the least upper bound there is: where there are many,
    they may together give a lower one."""
    found = np.zeros(block.low.shape, dtype=np.int64)
    for axis, sums in enumerate(block.sums):
        for parent, children in sums:
            everything: tuple[Any, ...] = (slice(None),) * axis
            part, whole = (*everything, children), (*everything, [parent])
            low, high = known.low[part], known.high[part]
            found[whole] += high.sum(axis, keepdims=True) <= known.high[whole] + LEEWAY
            others = low.sum(axis, keepdims=True) - low
            found[part] += known.high[whole] - others <= high + LEEWAY
    return found
