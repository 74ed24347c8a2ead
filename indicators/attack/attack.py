"""From publications to findings."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from indicators.attack import programs
from indicators.attack.bounds import Known, crowded, propagate
from indicators.attack.figures import strange
from indicators.attack.finding import FEW, SMALL, Cell, Finding
from indicators.attack.published import Past, Published
from indicators.attack.reasons import Reasons
from indicators.attack.reconcile import CLOSE, reconciled
from indicators.attack.tables import MANY, Block, Bound, Mask, Place, blocks

# Several sums together narrow little more than the narrowest chain of single ones: what that leaves more candidates
# than this is not asked of linear programs (docs/decisions/0060).
NEAR = 5
# Nor, in a large block, where fewer sums than this come close to its bound; of a block with at most so many counts
# everything is asked, and of the whole block.
CROWD = 4
SMALL_BLOCK = 1000


def attack(
    newest: Published,
    past: Past | None = None,
    where: Collection[tuple[str, str]] | None = None,
    *,
    quick: bool = False,
    near: int = NEAR,
) -> list[Finding]:
    """What ``newest`` tells that was not told before.

    Its counts, given what was shown before of cells that it hides, and whether its figures follow from printed counts;
    and the counts of the publication before it, given what ``newest`` shows of cells that it hid. What is told without
    ``newest`` is no finding: it was judged when that was released, and nothing can be taken back.
    ``where``: (year, indicator); only these, and all that is tied to them. ``quick``: only what chains of single sums
    tell; without it, also what several sums tell together, of counts that these chains leave ``near`` candidates or
    fewer.
    """
    if past is not None and past.previous.codes != newest.codes:
        past = None
    attacked = blocks(newest, where, newest.recalled(past) if past else None)
    if past is not None:
        shown_now = past.previous.belied(newest)
        changed = set(shown_now.select("year", "indicator").unique().rows())
        again = changed if where is None else changed & set(where)
        if again:
            attacked += blocks(past.previous, again, shown_now, newer=True)
    found = [finding for block in attacked for finding in attack_block(block, quick=quick, near=near)]
    return found if quick else [*strange(newest), *found]


def attack_block(block: Block, *, quick: bool = False, near: int = NEAR) -> list[Finding]:
    """What everything printed in a block, taken together, tells of its hidden counts."""
    known = propagate(block)
    for close in CLOSE:
        if not known.contradicted:
            break
        block = reconciled(block, close)
        known = propagate(block)
    reasons = Reasons(block, known)
    findings = [
        _finding(block, place, int(known.low[place]), int(known.high[place]), reasons.because(_both(place)))
        for place in _places(_left(block, known, 1, FEW))
    ]
    if not quick:
        whole = near >= MANY or block.low.size <= SMALL_BLOCK
        worth = whole | (known.low > 0) | (crowded(block, known) >= CROWD)
        asked = _places(_left(block, known, FEW + 1, near) & worth)
        findings += [
            _finding(block, place, answer.low, answer.high, reasons.because(answer.binding))
            for place, answer in programs.ask(block, known, asked, whole=whole)
        ]
    return [finding for finding in findings if finding is not None]


def _left(block: Block, known: Known, least: int, most: int) -> Mask:
    """Counts that may be small, with so many candidates."""
    candidates = known.high - known.low + 1
    return np.asarray(block.hidden & (known.low < SMALL) & (candidates >= least) & (candidates <= most))


def _places(mask: Mask) -> list[Place]:
    return [(t, r, p) for t, r, p in np.argwhere(mask).tolist()]


def _both(place: Place) -> tuple[Bound, Bound]:
    return (place, "low"), (place, "high")


def _finding(
    block: Block, place: Place, low: int, high: int, because: tuple[frozenset[Cell], ...] | None
) -> Finding | None:
    if because is None:
        return None
    table, region, period = place
    line = block.prints[table][0]
    return Finding(
        line.indicator, block.regions[region], block.periods[period], line.dimensie, line.categorie, line.count,
        low, high, because,
    )  # fmt: skip
