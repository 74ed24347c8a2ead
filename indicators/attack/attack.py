"""From publications to findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from indicators.attack import programs
from indicators.attack.bounds import Known, Place, crowded, propagate
from indicators.attack.figures import strange
from indicators.attack.finding import FEW, SMALL, Cell, Finding
from indicators.attack.published import Published
from indicators.attack.reasons import Bound, Reasons
from indicators.attack.reconcile import QUICK_STEPS, STEPS, reconciled
from indicators.attack.tables import MANY, Block, Mask, blocks

# How often prints that contradict each other are read wider; what still does after that is left aside.
ROUNDS = 3
# Several sums together narrow little more than the narrowest chain of single ones: what that leaves more candidates
# than this is not asked of linear programs (docs/decisions/0060).
NEAR = 5
# Nor, in a large block, where fewer sums than this come close to its bound; of a block with at most so many counts
# everything is asked, and of the whole block.
CROWD = 4
SMALL_BLOCK = 1000


def attack(
    publications: Sequence[Published],
    where: Collection[tuple[str, str]] | None = None,
    *,
    quick: bool = False,
    near: int = NEAR,
) -> list[Finding]:
    """What can be worked out of ``publications`` (oldest first) together.

    Of the newest: its counts, given what earlier ones show of cells that it hides, and whether its figures follow from
    printed counts. Of an earlier one: its counts, given what the newest shows of cells that it hid; without such cells
    it is as safe as it was when it was released.
    ``where``: (year, indicator); only these, and all that is tied to them. ``quick``: only what chains of single sums
    tell; without it, also what several sums tell together, of counts that these chains leave ``near`` candidates or
    fewer.
    """
    *earlier, newest = publications
    attacked = blocks(newest, where, newest.recalled(earlier))
    for publication in earlier:
        shown_now = publication.recalled([newest])
        changed = set(shown_now.select("year", "indicator").unique().rows())
        again = changed if where is None else changed & set(where)
        if again:
            attacked += blocks(publication, again, shown_now, mendable=True)
    found = [finding for block in attacked for finding in attack_block(block, quick=quick, near=near)]
    return found if quick else [*strange(newest), *found]


def attack_block(block: Block, *, quick: bool = False, near: int = NEAR) -> list[Finding]:
    """What everything printed in a block, taken together, tells of its hidden counts."""
    known = propagate(block)
    for _ in range(ROUNDS):
        if not known.contradicted:
            break
        block = reconciled(block, QUICK_STEPS if quick else STEPS)
        known = propagate(block)
    reasons = Reasons(block, known)
    findings = [
        _finding(block, place, int(known.low[place]), int(known.high[place]), reasons.because(_both(place)))
        for place in _places(_left(block, known, 1, FEW))
    ]
    if quick:
        return findings
    whole = near >= MANY or block.low.size <= SMALL_BLOCK
    worth = whole | (known.low > 0) | (crowded(block, known) >= CROWD)
    for place, answer in programs.ask(block, known, _places(_left(block, known, FEW + 1, near) & worth), whole=whole):
        findings.append(_finding(block, place, answer.low, answer.high, reasons.because(answer.binding)))
    return findings


def _left(block: Block, known: Known, least: int, most: int) -> Mask:
    """Counts that may be small, with so many candidates."""
    candidates = known.high - known.low + 1
    return np.asarray(block.hidden & (known.low < SMALL) & (candidates >= least) & (candidates <= most))


def _places(mask: Mask) -> list[Place]:
    return [(t, r, p) for t, r, p in np.argwhere(mask).tolist()]


def _both(place: Place) -> tuple[Bound, Bound]:
    return (place, "low"), (place, "high")


def _finding(block: Block, place: Place, low: int, high: int, because: tuple[frozenset[Cell], ...]) -> Finding:
    table, region, period = place
    line = block.prints[table][0]
    return Finding(
        line.indicator, block.regions[region], block.periods[period], line.dimensie, line.categorie, line.count,
        low, high, because,
    )  # fmt: skip
