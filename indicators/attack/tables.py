"""The counts of a publication as intervals: one table of regions x periods for every line, and what ties them.

Years are apart, since no sum crosses one, and so are groups of indicators without a constraint between them.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.attack import registry
from indicators.attack.finding import Cell
from indicators.attack.published import COVERAGE, Published
from indicators.attack.registry import COUNTS, TOTAL, Constraint, Line

Bounds = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Larger than any count, small enough that sums of it stay whole.
MANY = 10**9
WITH_TELLER = ("proportion", "survival", "quantiles")
QUANTILES = ("mediaan", "p90")
# What a printed status can be when nothing of the period is missing, not even a rate.
COMPLETE = ("voorlopig", "definitief")
PLACES = "praktijklocatie"
H = TypeVar("H", bound=Hashable)
# A count: (table, region, period).
Place = tuple[int, int, int]
Side = Literal["low", "high"]
# What is known of a count from one side.
Bound = tuple[Place, Side]


class Sum(NamedTuple):
    """Along one axis of a block: the places that add up to another."""

    parent: int
    children: NDArray[np.intp]


@dataclass(frozen=True)
class Print:
    """A line of the cube that prints a table, and the cells in which it is ``shown``.

    ``hideable``: cells that can be hidden still, of the newest publication. ``low``, ``high``: where a bound is said
    that hiding them does not take back.
    """

    indicator: str
    dimensie: str
    categorie: str
    count: str
    shown: Mask
    hideable: Mask
    low: Mask
    high: Mask


@dataclass(frozen=True)
class Block:
    """Everything of one year and one group of indicators: counts [tables, regions, periods], and which add up.

    ``sums``: per axis, every sum there is. What is only part of something comes with a table of its own for what is
    left: that is a count as well, and adds up over regions and periods like any other.
    ``low``, ``high``: what is printed of each count. ``prints``: per table, the lines of the cube that print it (of
    what is left: none). ``given``: counts that no person's privacy hangs on (a category that can't occur in a region).
    """

    year: str
    indicators: tuple[str, ...]
    regions: tuple[str, ...]
    periods: tuple[str, ...]
    sums: tuple[tuple[Sum, ...], tuple[Sum, ...], tuple[Sum, ...]]
    low: Bounds
    high: Bounds
    prints: tuple[tuple[Print, ...], ...]
    given: Mask

    @cached_property
    def printed(self) -> Mask:
        """[tables, regions, periods] whether any line prints the count."""
        found = np.zeros(self.low.shape, dtype=bool)
        for table, lines in enumerate(self.prints):
            for line in lines:
                found[table] |= line.shown
        return found

    @cached_property
    def hidden(self) -> Mask:
        """[tables, regions, periods] whether it is a count that lines of the cube hide, and that persons hang on."""
        lines = np.array([bool(lines) for lines in self.prints])
        return lines[:, None, None] & ~self.printed & ~self.given

    def is_told(self, bound: Bound) -> bool:
        """Whether a bound is said by what can't be taken back."""
        (table, region, period), side = bound
        return any(getattr(p, side)[region, period] for p in self.prints[table])

    def cells(self, bound: Bound) -> frozenset[Cell]:
        """The cells of the cube that say a bound: without all of them nothing does. None where it is told anyhow."""
        if self.is_told(bound):
            return frozenset()
        table, region, period = bound[0]
        return frozenset(
            Cell(p.indicator, self.regions[region], self.periods[period], p.dimensie, p.categorie)
            for p in self.prints[table]
            if p.hideable[region, period]
        )


@dataclass(frozen=True)
class _Lines:
    """Of one indicator: each line and the (dimensie, categorie) of the cube that print it."""

    indicator: str
    kind: str
    dimensions: Mapping[str, tuple[str, ...]]

    def printed_as(self, dimensie: str, categorie: str) -> list[tuple[str, str]]:
        if self.kind != "quantiles":
            return [(dimensie, categorie)]
        if dimensie == TOTAL:
            return [("kwantiel", q) for q in QUANTILES]
        return [(dimensie, f"{categorie}:{q}") for q in QUANTILES]

    def lines(self) -> Iterator[Line]:
        counts = COUNTS if self.kind in WITH_TELLER else ("n",)
        for dimensie, codes in {TOTAL: (TOTAL,), **self.dimensions}.items():
            for code in codes:
                for count in counts:
                    yield Line(self.indicator, dimensie, code, count)


def blocks(
    published: Published,
    where: Collection[tuple[str, str]] | None = None,
    recalled: pl.DataFrame | None = None,
    *,
    newer: bool = False,
) -> list[Block]:
    """Blocks of a publication by year and indicators: those with one of ``where`` (year, indicator), or all.

    ``recalled``: what another publication shows (``Published.recalled``, ``belied``), taken for true as far as it fits
    where this one hides it. ``newer``: that other one is the newest, and can still be changed.
    """
    lines = {
        d["id"]: _Lines(d["id"], d["kind"], {x["name"]: tuple(x["categories"]) for x in d["dimensions"]})
        for d in published.definitions
        if d["kind"] != COVERAGE
    }
    known = registry.constraints(
        {name: found.dimensions for name, found in lines.items()},
        frozenset(name for name, found in lines.items() if found.kind in WITH_TELLER),
    )
    rows = published.rows
    if where is not None:
        rows = rows.filter(pl.col("year").is_in([year for year, _ in where]))
    if recalled is None:
        recalled = rows.clear().with_columns(least=pl.lit(value=True), most=pl.lit(value=True))
    found = []
    for (year,), of_year in sorted(rows.partition_by("year", as_dict=True).items()):
        own = _by_line(of_year)
        others = _by_line(recalled.filter(pl.col("year") == year))
        for group in _groups(list(lines), known):
            if where is not None and not any((str(year), indicator) in where for indicator in group):
                continue
            tied = [c for c in known if c.whole.indicator in group]
            mine = of_year.filter(pl.col("indicator").is_in(group))
            found.append(_block(published, str(year), mine, own, others, newer, [lines[i] for i in group], tied))
    return found


class _Shown(NamedTuple):
    """The cells of a line that are shown: ``counts`` by name, n and teller, and how wide their classes are.

    ``least``, ``most``: whether a class says how low and how high a count may be; a cell of the publication itself says
    both."""

    regions: list[str]
    periods: list[str]
    counts: Mapping[str, NDArray[np.int64]]
    width: NDArray[np.int64]
    least: Mask
    most: Mask


_NONE = np.empty(0, dtype=np.int64)
_NOTHING = _Shown([], [], dict.fromkeys(("n", "teller"), _NONE), _NONE, _NONE.astype(bool), _NONE.astype(bool))
_ByLine = Mapping[tuple[object, ...], _Shown]


def _by_line(rows: pl.DataFrame) -> _ByLine:
    if "least" not in rows.columns:
        rows = rows.with_columns(least=pl.lit(value=True), most=pl.lit(value=True))
    shown = rows.filter(pl.col("n").is_not_null())
    return {
        key: _Shown(
            found["regio"].to_list(),
            found["periode"].to_list(),
            {name: found[name].to_numpy().astype(np.int64) for name in ("n", "teller")},
            found["width"].to_numpy(),
            found["least"].to_numpy(),
            found["most"].to_numpy(),
        )
        for key, found in shown.partition_by("indicator", "dimensie", "categorie", as_dict=True).items()
    }


def _groups(indicators: Sequence[str], constraints: Sequence[Constraint]) -> list[tuple[str, ...]]:
    pairs = [(c.whole.indicator, part.indicator) for c in constraints for part in c.parts]
    root = _roots(indicators, pairs)
    together: dict[str, list[str]] = {}
    for indicator in indicators:
        together.setdefault(root[indicator], []).append(indicator)
    return sorted(tuple(sorted(group)) for group in together.values())


def _roots(things: Iterable[H], pairs: Iterable[tuple[H, H]]) -> dict[H, H]:
    """One thing for each set of things that pairs connect."""
    root = {thing: thing for thing in things}

    def of(thing: H) -> H:
        while root[thing] != thing:
            root[thing] = root[root[thing]]
            thing = root[thing]
        return thing

    for one, other in pairs:
        root[of(other)] = of(one)
    return {thing: of(thing) for thing in root}


@dataclass(frozen=True)
class _Axes:
    """The regions and periods of a block, each with its sums and place."""

    regions: tuple[str, ...]
    periods: tuple[str, ...]
    region_sums: tuple[Sum, ...]
    period_sums: tuple[Sum, ...]

    def ended_before(self, day: date) -> Mask:
        """[periods] whether the whole period ended before the day."""
        return np.array([_end(period) < day for period in self.periods])


def _axes(published: Published, periods: Sequence[str]) -> _Axes:
    codes = tuple(r["code"] for r in published.regions)
    level = {r["code"]: r["niveau"] for r in published.regions}
    of = {r["code"]: r["arrondissement"] for r in published.regions}

    def below(code: str) -> list[int]:
        if level[code] == "land":
            return [i for i, c in enumerate(codes) if level[c] == "arrondissement"]
        return [i for i, c in enumerate(codes) if level[c] == "vt_regio" and of[c] == code]

    region_sums = [Sum(i, np.array(below(c), dtype=np.intp)) for i, c in enumerate(codes) if level[c] != "vt_regio"]
    period_sums = [
        Sum(i, np.array([j for j, part in enumerate(periods) if _within(part, whole)], dtype=np.intp))
        for i, whole in enumerate(periods)
        if len(whole) == 4 or "K" in whole
    ]
    # Parts before the sums that are made of them.
    return _Axes(
        codes,
        tuple(periods),
        tuple(sorted(region_sums, key=lambda s: level[codes[s.parent]])),
        tuple(sorted(period_sums, key=lambda s: len(periods[s.parent]), reverse=True)),
    )


def _within(period: str, whole: str) -> bool:
    """Whether a period is one of the months of a quarter, or one of the quarters of a year."""
    if len(whole) == 4:
        return "K" in period
    return "K" not in period and len(period) == 7 and (int(period[5:]) + 2) // 3 == int(whole[6:])


def _end(period: str) -> date:
    year = int(period[:4])
    month = 12 if len(period) == 4 else 3 * int(period[6:]) if "K" in period else int(period[5:])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _block(
    published: Published,
    year: str,
    of_year: pl.DataFrame,
    by_line: _ByLine,
    others: _ByLine,
    newer: bool,
    lines: Sequence[_Lines],
    known: Sequence[Constraint],
) -> Block:
    every = [line for found in lines for line in found.lines()]
    axes = _axes(published, sorted(of_year["periode"].unique()))
    masks = {c: _masks(c, axes, published, of_year) for c in known}
    root = _roots(every, [(c.whole, c.parts[0]) for c in known if len(c.parts) == 1 and _same(*masks[c])])
    tables = _Tables(sorted(set(root.values())), axes)
    place = {line: tables.place(root[line]) for line in every}
    for found in lines:
        for line in found.lines():
            for dimensie, categorie in found.printed_as(line.dimensie, line.categorie):
                key = (line.indicator, dimensie, categorie)
                shown, least, most = _intervals(by_line.get(key, _NOTHING), axes, line.count, published.threshold)
                tables.narrow(place[line], least, most)
                there, low, high = _intervals(others.get(key, _NOTHING), axes, line.count, published.threshold)
                tables.narrow(place[line], np.where(shown, 0, low), np.where(shown, MANY, high))
                told = (shown, shown) if newer else (there & (low >= least), there & (high <= most))
                tables.prints[place[line]].append(Print(*key, line.count, shown, there if newer else shown, *told))
            if line.dimensie == PLACES and published.places is not None:
                tables.empty(place[line], _without_place(published.places, axes, published.regions, line.categorie))
    for c in known:
        whole, parts = place[c.whole], [place[p] for p in c.parts]
        if parts != [whole]:
            tables.tie(whole, parts, *masks[c])
    return tables.block(year, tuple(found.indicator for found in lines))


def _same(at_most: Mask, at_least: Mask) -> bool:
    return bool(at_most.all() and at_least.all())


class _Tables:
    """A block in the making: tables come and are narrowed, tied and frozen."""

    def __init__(self, lines: Sequence[Line], axes: _Axes) -> None:
        self._place = {line: i for i, line in enumerate(lines)}
        self._axes = axes
        shape = (len(axes.regions), len(axes.periods))
        self._low = [np.zeros(shape, dtype=np.int64) for _ in lines]
        self._high = [np.full(shape, MANY, dtype=np.int64) for _ in lines]
        self._given = [np.zeros(shape, dtype=bool) for _ in lines]
        self.prints: list[list[Print]] = [[] for _ in lines]
        self._sums: list[Sum] = []

    def place(self, line: Line) -> int:
        return self._place[line]

    def narrow(self, table: int, least: Bounds, most: Bounds) -> None:
        """Takes over bounds, where they do not contradict what is there."""
        low, high = np.maximum(self._low[table], least), np.minimum(self._high[table], most)
        fits = low <= high
        self._low[table][fits], self._high[table][fits] = low[fits], high[fits]

    def empty(self, table: int, places: Mask) -> None:
        """Counts that are 0 by what else is published; so are the sums of nothing else."""
        for axis, sums in ((0, self._axes.region_sums), (1, self._axes.period_sums)):
            for parent, children in sums:
                whole = np.take(places, children, axis).all(axis)
                places[(slice(None),) * axis + (parent,)] |= whole
        self._given[table] |= places
        self.narrow(table, np.zeros_like(self._low[table]), np.where(places, 0, MANY))

    def tie(self, whole: int, parts: list[int], at_most: Mask, at_least: Mask) -> None:
        """The sum of the parts is at most, and at least, the whole in the periods of each."""
        if _same(at_most, at_least):
            self._sums.append(Sum(whole, np.array(parts, dtype=np.intp)))
        elif at_most.any():
            left = self._add(np.where(at_most, 0, -MANY), np.where(at_least, 0, MANY))
            self._sums.append(Sum(whole, np.array([*parts, left], dtype=np.intp)))
        else:
            together = self._add(np.zeros_like(at_least, dtype=np.int64), np.full(at_least.shape, MANY))
            double = self._add(np.where(at_least, 0, -MANY), np.full(at_least.shape, MANY))
            self._sums.append(Sum(together, np.array(parts, dtype=np.intp)))
            self._sums.append(Sum(together, np.array([whole, double], dtype=np.intp)))

    def _add(self, low: Bounds, high: Bounds) -> int:
        """A table that nobody prints, with bounds by period."""
        shape = (len(self._axes.regions), len(self._axes.periods))
        self._low.append(np.broadcast_to(low, shape).copy())
        self._high.append(np.broadcast_to(high, shape).copy())
        self._given.append(np.zeros(shape, dtype=bool))
        self.prints.append([])
        return len(self._low) - 1

    def block(self, year: str, indicators: tuple[str, ...]) -> Block:
        axes = self._axes
        sums = (tuple(self._sums), axes.region_sums, axes.period_sums)
        low, high, given = np.stack(self._low), np.stack(self._high), np.stack(self._given)
        return Block(
            year, indicators, axes.regions, axes.periods, sums, low, high, tuple(map(tuple, self.prints)), given
        )


def _masks(c: Constraint, axes: _Axes, published: Published, of_year: pl.DataFrame) -> tuple[Mask, Mask]:
    """[periods] where the parts are at most, and at least, the whole."""

    def after(days: int | None) -> Mask:
        if days is None:
            return np.zeros(len(axes.periods), dtype=bool)
        # A day more than said: a period that ended on the peildatum less the days counts.
        return (
            axes.ended_before(published.peildatum - timedelta(days=days - 1))
            if days
            else np.ones(len(axes.periods), dtype=bool)
        )

    at_most, at_least = after(c.at_most), after(c.at_least)
    if c.complete is not None:
        said = of_year.filter((pl.col("indicator") == c.complete) & pl.col("n").is_not_null())
        # A row without a rate is told of the total, also where it leaves a category without any.
        mine = said.filter(pl.col("dimensie") == TOTAL)
        full = set(mine.filter(pl.col("status").is_in(COMPLETE))["periode"])
        at_least = np.array([period in full for period in axes.periods])
    return at_most, at_least & at_most if c.at_least is not None and c.at_most is not None else at_least


def _intervals(cells: _Shown, axes: _Axes, count: str, threshold: int) -> tuple[Mask, Bounds, Bounds]:
    """[regions, periods] what the cells of one line of a cube say of a count: whether it is shown, and its class."""
    shape = (len(axes.regions), len(axes.periods))
    shown, low, high = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64), np.full(shape, MANY)
    region_at = {code: i for i, code in enumerate(axes.regions)}
    period_at = {code: i for i, code in enumerate(axes.periods)}
    at = (
        np.array([region_at[code] for code in cells.regions], dtype=np.intp),
        np.array([period_at[code] for code in cells.periods], dtype=np.intp),
    )
    shown[at] = True
    if count == "rest":
        # Not printed, but a cell is shown only when it reaches the threshold too.
        low[at] = np.where(cells.least, threshold, 0)
        return shown, low, high
    start = cells.counts[count] - (cells.width - 1) // 2
    low[at] = np.where(cells.least, start, 0)
    high[at] = np.where(cells.most, start + cells.width - 1, MANY)
    return shown, low, high


def _without_place(places: pl.DataFrame, axes: _Axes, regions: Sequence[Mapping[str, object]], categorie: str) -> Mask:
    """[regions, periods] where the category cannot occur: no practice location that period, or one all of it."""
    first = np.array([_start(period) for period in axes.periods], dtype="datetime64[D]")
    last = np.array([_end(period) for period in axes.periods], dtype="datetime64[D]")
    at = np.zeros((len(axes.regions), len(axes.periods)), dtype=bool)
    for i, code in enumerate(axes.regions):
        if regions[i]["niveau"] != "vt_regio":
            continue
        mine = places.filter(pl.col("regio") == code).select("vanaf", pl.col("tot").fill_null(date.max))
        vanaf, tot = mine.to_numpy().astype("datetime64[D]").T[..., None]
        some = ((vanaf <= last) & (tot >= first)).any(0)
        whole = ((vanaf <= first) & (tot >= last)).any(0)
        at[i] = {"ja": ~some, "nee": whole}[categorie]
    return at


def _start(period: str) -> date:
    end = _end(period)
    months = 12 if len(period) == 4 else 3 if "K" in period else 1
    return date(end.year, end.month - months + 1, 1)
