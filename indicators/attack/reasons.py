"""Why a count is known: the printed cells behind a bound that ``bounds.propagate`` found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indicators.attack.bounds import Known
from indicators.attack.finding import Cell
from indicators.attack.tables import MANY, Block, Bound, Place, Side

Leaves = frozenset[Bound]


class Reasons:
    """Traces bounds back, step by step, to what is printed."""

    def __init__(self, block: Block, known: Known) -> None:
        self._block, self._known = block, known
        self._leaves: dict[Bound, Leaves] = {}
        self._of: list[dict[int, list[int]]] = [{}, {}, {}]
        for axis, sums in enumerate(block.sums):
            for number, (parent, children) in enumerate(sums):
                for place in (parent, *map(int, children)):
                    self._of[axis].setdefault(place, []).append(number)

    def because(self, bounds: Iterable[Bound]) -> tuple[frozenset[Cell], ...] | None:
        """For each printed bound behind these: the cells that say it and can be hidden. None when only what can't be
        taken back any more is behind them: then the newest publication tells nothing."""
        said = frozenset[Bound]().union(*(self._trace(bound) for bound in bounds))
        cells = {self._block.cells(bound) for bound in said} - {frozenset()}
        if not cells and any(self._block.is_told(bound) for bound in said):
            return None
        return tuple(sorted(cells, key=sorted))

    def _trace(self, bound: Bound) -> Leaves:
        """Depth first, without recursion: a chain of sums can be longer than Python's stack."""
        waiting = [bound]
        while waiting:
            current = waiting[-1]
            if current in self._leaves:
                waiting.pop()
                continue
            support = self._support(current)
            missing = [b for b in support if b not in self._leaves]
            if missing:
                waiting.extend(missing)
                continue
            said = frozenset({current}) if not support and self._says(current) else frozenset()
            self._leaves[current] = said.union(*(self._leaves[b] for b in support))
            waiting.pop()
        return self._leaves[bound]

    def _says(self, bound: Bound) -> bool:
        """Whether a bound that needs no support says anything."""
        place, side = bound
        return bool(self._known.low[place] > 0 if side == "low" else self._known.high[place] < MANY)

    def _since(self, bound: Bound) -> int:
        since = self._known.low_since if bound[1] == "low" else self._known.high_since
        return int(since[bound[0]])

    def _value(self, bound: Bound) -> int:
        return int((self._known.low if bound[1] == "low" else self._known.high)[bound[0]])

    def _support(self, bound: Bound) -> list[Bound]:
        """Older bounds that give this one in one sum: nothing when it is as printed."""
        since, value = self._since(bound), self._value(bound)
        if since == 0:
            return []
        best: list[Bound] | None = None
        for support in self._sums(bound):
            if all(self._since(b) < since for b in support) and self._gives(bound, support, value):
                best = support if best is None or len(support) < len(best) else best
        if best is None:
            raise RuntimeError(f"no sum gives the bound {bound}")
        return best

    def _gives(self, bound: Bound, support: list[Bound], value: int) -> bool:
        """Whether the sum that ``support`` was made from gives ``value``: its first bound is the whole, if any is."""
        side = bound[1]
        same = sum(self._value(b) for b in support if b[1] == side)
        other = sum(self._value(b) for b in support if b[1] != side)
        found = same - other
        return found >= value if side == "low" else found <= value

    def _sums(self, bound: Bound) -> Iterator[list[Bound]]:
        """Of every sum with this count: the bounds that would bound it. As the whole: the same side of all parts; as a
        part: the same side of the whole, and the other side of all other parts."""
        place, side = bound
        opposite: Side = "high" if side == "low" else "low"
        for axis, of in enumerate(self._of):
            for number in of.get(place[axis], ()):
                parent, children = self._block.sums[axis][number]

                def at(i: int, axis: int = axis) -> Place:
                    moved = list(place)
                    moved[axis] = i
                    return (moved[0], moved[1], moved[2])

                if parent == place[axis]:
                    yield [(at(int(c)), side) for c in children]
                else:
                    yield [(at(parent), side), *((at(int(c)), opposite) for c in children if c != place[axis])]
