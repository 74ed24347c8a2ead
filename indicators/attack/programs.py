"""Third attack: what several sums tell together, by linear programs over the block or the part of it around a count.

Bounds of a part hold in the whole, since leaving sums out only widens; so a part that pins a count decides, and only
what stays wide there is asked of everything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from highspy.highs import _Highs
from numpy.typing import NDArray

from indicators.attack.bounds import Known
from indicators.attack.finding import FEW, SMALL
from indicators.attack.tables import MANY, Block, Bound, Place, Sum

# Of the arithmetic of the solver, on counts.
TOLERANCE = 1e-5
# What binds has a price.
PRICE = 1e-7
# How many sums away a table may be to count as around another.
STEPS = 1
Floats = NDArray[np.float64]
# Places of the three axes.
Part = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, order=True)
class Answer:
    """``low`` to ``high``: whole numbers that fit. ``binding``: bounds of counts that hold it there."""

    low: int
    high: int
    binding: tuple[Bound, ...]

    @property
    def tells(self) -> bool:
        return self.low < SMALL and self.high - self.low < FEW


def ask(block: Block, known: Known, places: Sequence[Place], *, whole: bool) -> list[tuple[Place, Answer]]:
    """The counts among ``places`` that the sums around them pin together; ``whole``: or any sums of the block."""
    found, left = _asked(block, known, places, _around)
    if whole and left:
        further, _ = _asked(block, known, left, _everything)
        found += further
    return sorted(found)


def _asked(
    block: Block, known: Known, places: Sequence[Place], part_of: Callable[[Block, Place], Part]
) -> tuple[list[tuple[Place, Answer]], list[Place]]:
    """What is pinned, with its answer, and what is not. Counts with the same surroundings share a program, which
    starts anew from the last corner."""
    together: dict[Part, list[Place]] = {}
    for place in places:
        together.setdefault(part_of(block, place), []).append(place)
    found, left = [], []
    for part, asked in together.items():
        program = _Program(block, known, part)
        program.spread(asked)
        for place in asked:
            answer = program.ask(place)
            if answer is not None and answer.tells:
                found.append((place, answer))
            else:
                left.append(place)
    return found, left


def _everything(block: Block, _: Place) -> Part:
    tables, regions, periods = (tuple(range(n)) for n in block.low.shape)
    return tables, regions, periods


def _around(block: Block, place: Place) -> Part:
    """The tables that sums connect to a count's in STEPS; regions and periods of every sum it is in."""
    tables = {place[0]}
    for _ in range(STEPS):
        tables = tables.union(*(_members(s) for s in block.sums[0] if tables & _members(s)))
    regions, periods = (_sums_above(block.sums[axis], place[axis]) for axis in (1, 2))
    return tuple(sorted(tables)), regions, periods


def _members(found: Sum) -> frozenset[int]:
    return frozenset([found.parent, *found.children.tolist()])


def _sums_above(sums: Sequence[Sum], place: int) -> tuple[int, ...]:
    """Every sum that a place is in, or is, and the sums that these are in, with all their parts."""
    found = {place}
    rising = {place}
    while rising:
        rising = {s.parent for s in sums if rising & set(s.children.tolist())}
        found |= rising
    for parent, children in sums:
        if parent in found:
            found = found | set(children.tolist())
    return tuple(sorted(found))


class _Program:
    """The counts of some regions and periods of a block, with every sum that lies among them."""

    def __init__(self, block: Block, known: Known, part: Part) -> None:
        self._part = part
        kept = np.ix_(*part)
        low, high = known.low[kept], known.high[kept]
        self._shape = low.shape
        places = np.arange(low.size).reshape(low.shape)
        groups = [(axis, _kept(block.sums[axis], part[axis])) for axis in range(3)]
        columns, starts, signs = [], [0], []
        for axis, sums in groups:
            for parent, children in sums:
                whole = np.take(places, parent, axis).reshape(-1, 1)
                parts = np.moveaxis(np.take(places, children, axis), axis, -1).reshape(-1, len(children))
                members = np.concatenate([whole, parts], axis=1)
                columns.append(members.ravel())
                signs.append(np.tile([-1.0, *np.ones(len(children))], len(members)))
                starts.extend(starts[-1] + members.shape[1] * np.arange(1, len(members) + 1))
        self._solver = _solver()
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = low.size, len(starts) - 1
        program.col_cost_ = np.zeros(low.size)
        program.col_lower_ = np.where(low <= -MANY, -highspy.kHighsInf, low).ravel().astype(float)
        program.col_upper_ = np.where(high >= MANY, highspy.kHighsInf, high).ravel().astype(float)
        program.row_lower_ = program.row_upper_ = np.zeros(len(starts) - 1)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.array(starts)
        program.a_matrix_.index_ = np.concatenate(columns)
        program.a_matrix_.value_ = np.concatenate(signs)
        self._solver.passModel(program)
        self._low, self._high = low.ravel(), high.ravel()
        # Over all corners seen.
        self._least, self._most = np.full(low.size, np.inf), np.full(low.size, -np.inf)

    def spread(self, places: Sequence[Place]) -> None:
        """Goes to corners where many of the places are low, and where those of one region and period are high: what
        differs enough there need not be asked."""
        self._visit([self._column(place) for place in places], 1.0)
        together: dict[tuple[int, int], list[int]] = {}
        for place in places:
            together.setdefault(place[1:], []).append(self._column(place))
        for columns in together.values():
            self._visit([column for column in columns if not self._is_wide(column)], -1.0)

    def _visit(self, columns: Sequence[int], sense: float) -> None:
        if columns:
            self._aim(columns, sense)
            self._run()
            self._aim(columns, 0.0)

    def ask(self, place: Place) -> Answer | None:
        """Of one count; None when corners that were seen already prove it wide."""
        column = self._column(place)
        if self._is_wide(column):
            return None
        self._aim([column], -1.0)
        most, above = self._run(), self._prices()
        wide = self._is_wide(column)
        self._aim([column], 1.0)
        least, below = (None, []) if wide else (self._run(), self._prices())
        self._aim([column], 0.0)
        if wide:
            return None
        low = int(self._low[column]) if least is None else math.ceil(least[column] - TOLERANCE)
        high = int(self._high[column]) if most is None else math.floor(most[column] + TOLERANCE)
        return Answer(low, high, (*below, *above))

    def _column(self, place: Place) -> int:
        at = tuple(kept.index(i) for kept, i in zip(self._part, place, strict=True))
        return int(np.ravel_multi_index(at, self._shape))

    def _is_wide(self, column: int) -> bool:
        return bool(np.floor(self._most[column] + TOLERANCE) - np.ceil(self._least[column] - TOLERANCE) >= FEW)

    def _aim(self, columns: Sequence[int], sense: float) -> None:
        for column in columns:
            self._solver.changeColCost(column, sense)

    def _run(self) -> Floats | None:
        """The corner that is aimed at; None where none fits, as when prints contradict each other.

        Raises RuntimeError when the solver does not answer: silence must not pass for safety.
        """
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear program was not solved: {status}")
        corner = np.array(self._solver.getSolution().col_value)
        self._least, self._most = np.minimum(self._least, corner), np.maximum(self._most, corner)
        return corner

    def _prices(self) -> list[Bound]:
        """The bounds that hold the last corner where it is."""
        prices = np.array(self._solver.getSolution().col_dual)
        binding: list[Bound] = []
        for column in np.flatnonzero(np.abs(prices) > PRICE):
            where = zip(self._part, np.unravel_index(column, self._shape), strict=True)
            table, region, period = (kept[int(i)] for kept, i in where)
            binding.append(((table, region, period), "low" if prices[column] > 0 else "high"))
        return binding


def _kept(sums: Sequence[Sum], places: tuple[int, ...]) -> list[Sum]:
    """The sums of which all is kept, by their new places."""
    at = {place: i for i, place in enumerate(places)}
    return [
        Sum(at[parent], np.array([at[c] for c in children.tolist()], dtype=np.intp))
        for parent, children in sums
        if parent in at and all(c in at for c in children.tolist())
    ]


def _solver() -> _Highs:
    # The class around this one prints a banner when it is made.
    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    # As many as the process began with: HiGHS answers nothing when that differs between two solvers.
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("solver", "simplex")
    # Aims change and bounds do not: from one corner on to the next.
    solver.setOptionValue("simplex_strategy", 4)
    return solver
