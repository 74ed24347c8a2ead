"""A country of a few regions and months, made for the attack, and what its publication tells by plain enumeration.

The enumeration shares nothing with the attack: it tries whole numbers, one count after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from indicators.attack import Published
from indicators.disclosure.rule import Rule
from indicators.estimators import wilson

TOTAL = ("totaal", "totaal")
Key = tuple[str, str, str, str, str]
# (indicator, regio, periode, dimensie, categorie, count)
Place = tuple[str, str, str, str, str, str]
EMPTY = pl.DataFrame(schema={"indicator": pl.String})


@dataclass(frozen=True)
class Indicator:
    """``dimensions``: name -> categories. ``kind``: ``proportion`` and ``survival`` have a teller, others only n."""

    id: str
    kind: str = "sum"
    dimensions: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def splits(self) -> list[tuple[str, str]]:
        return [TOTAL, *((d, c) for d, codes in self.dimensions.items() for c in codes)]

    @property
    def counts(self) -> tuple[str, ...]:
        return ("n", "teller", "rest") if self.kind in ("proportion", "survival") else ("n",)


@dataclass(frozen=True)
class Country:
    """``arrondissementen``: code -> its vt_regio's. ``months``: of one year. ``loose``: indicators whose categories do
    not simply add up."""

    arrondissementen: Mapping[str, Sequence[str]]
    months: Sequence[str]
    indicators: Sequence[Indicator]
    width: int = 5
    coarser: Mapping[tuple[str, str], int] = field(default_factory=dict)
    peildatum: date = date(2024, 12, 31)
    loose: frozenset[str] = frozenset()

    @cached_property
    def vt_regios(self) -> list[str]:
        return [vt for codes in self.arrondissementen.values() for vt in codes]

    @cached_property
    def regions(self) -> dict[str, tuple[str, ...]]:
        """Every region with the vt_regio's in it."""
        return {
            **{vt: (vt,) for vt in self.vt_regios},
            **{code: tuple(codes) for code, codes in self.arrondissementen.items()},
            "nederland": tuple(self.vt_regios),
        }

    @cached_property
    def periods(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {m: (m,) for m in self.months}
        for month in self.months:
            for longer in (f"{month[:4]}-K{(int(month[5:]) + 2) // 3}", month[:4]):
                found[longer] = (*found.get(longer, ()), month)
        return found

    def rule(self, indicator: str, dimensie: str) -> Rule:
        return Rule(width=self.coarser.get((indicator, dimensie), self.width))

    def exact(self, base: Mapping[Place, int]) -> dict[Place, int]:
        """Every count, from n and teller of every category (in vt_regio's and months)."""
        full = dict(base)
        for place, n in base.items():
            if place[-1] == "teller":
                whole = (*place[:-1], "n")
                full[*place[:-1], "rest"] = base[whole] - n
        found: dict[Place, int] = {}
        for indicator in self.indicators:
            for split in indicator.splits:
                for count in indicator.counts:
                    for regio, vts in self.regions.items():
                        for periode, months in self.periods.items():
                            found[indicator.id, regio, periode, *split, count] = sum(
                                full[indicator.id, vt, m, *split, count] for vt in vts for m in months
                            )
        return found

    def shown(self, exact: Mapping[Place, int]) -> set[Key]:
        """The cells that the rule shows: all of their counts reach the threshold."""
        small = {place[:-1] for place, n in exact.items() if n < Rule().threshold}
        return {place[:-1] for place in exact} - small

    def published(self, exact: Mapping[Place, int], shown: set[Key]) -> Published:
        rows = []
        for key in sorted({place[:-1] for place in exact}):
            n, teller = (self._printed(exact, key, count, key in shown) for count in ("n", "teller"))
            rows.append((*key, n, teller, "definitief" if key in shown else "afgeschermd"))
        names = ("indicator", "regio", "periode", "dimensie", "categorie")
        schema = {**dict.fromkeys(names, pl.String), "n": pl.Int64, "teller": pl.Float64, "status": pl.String}
        definitions = [
            {
                "id": i.id,
                "kind": i.kind,
                "dimensions": [{"name": d, "categories": dict.fromkeys(c)} for d, c in i.dimensions.items()],
            }
            for i in self.indicators
        ]
        of = {vt: code for code, vts in self.arrondissementen.items() for vt in vts}
        regions = [
            {"code": "nederland", "niveau": "land", "arrondissement": ""},
            *({"code": c, "niveau": "arrondissement", "arrondissement": c} for c in self.arrondissementen),
            *({"code": vt, "niveau": "vt_regio", "arrondissement": of[vt]} for vt in self.vt_regios),
        ]
        protection = {
            "rule": {"threshold": 10, "width": self.width},
            "coarser": [{"indicator": i, "dimensie": d, "width": w} for (i, d), w in self.coarser.items()],
        }
        cube = self._with_figures(pl.DataFrame(rows, schema=schema, orient="row"))
        return Published(cube, EMPTY, definitions, regions, protection, self.peildatum)

    def _with_figures(self, cube: pl.DataFrame) -> pl.DataFrame:
        """What goes with printed counts: shares and their limits, or sums of 1 a unit."""
        share = pl.col("indicator").is_in([i.id for i in self.indicators if "teller" in i.counts])
        total = pl.col("indicator").is_in([i.id for i in self.indicators if i.kind == "sum"])
        found = wilson(cube["teller"].to_numpy(), cube["n"].to_numpy())
        value, lower, upper = (pl.Series(figure).fill_nan(None) for figure in found)
        teller = pl.when(share).then("teller").otherwise("n").cast(pl.Float64)
        return cube.with_columns(
            versie=pl.lit("1.0"),
            eenheid=pl.when(share).then(pl.lit("aandeel")).otherwise(pl.lit("euro")),
            teller=teller,
            noemer=pl.when(~total).then("n").cast(pl.Float64),
            waarde=pl.when(share).then(value).when(total).then(teller).otherwise(teller / pl.col("n")),
            ondergrens=pl.when(share).then(lower),
            bovengrens=pl.when(share).then(upper),
        )

    def _printed(self, exact: Mapping[Place, int], key: Key, count: str, shown: bool) -> float | None:
        place = (*key, count)
        if not shown or place not in exact:
            return None
        return float(self.rule(key[0], key[3]).printed(pl.Series([exact[place]]).to_numpy())[0])

    def bounds(self, exact: Mapping[Place, int], shown: set[Key], most: int) -> dict[Place, tuple[int, int]]:
        """What the publication says of each count by itself; ``most``: more than any count."""
        found = {}
        for place, count in exact.items():
            width = self.rule(place[0], place[3]).width
            start = 10 + (count - 10) // width * width
            if place[:-1] not in shown:
                found[place] = (0, most)
            elif place[-1] == "rest":
                found[place] = (10, most)
            else:
                found[place] = (start, start + width - 1)
        return found

    def sums(self) -> Iterator[tuple[Place, tuple[Place, ...]]]:
        """Every count that others add up to, straight from the counts of months and vt_regio's or categories."""
        for i in self.indicators:
            for regio, vts in self.regions.items():
                for periode, months in self.periods.items():
                    base = [(vt, m) for vt in vts for m in months]
                    for split in i.splits:
                        for count in i.counts:
                            if base != [(regio, periode)]:
                                yield (
                                    (i.id, regio, periode, *split, count),
                                    tuple((i.id, vt, m, *split, count) for vt, m in base),
                                )
            for vt in self.vt_regios:
                for month in self.months:
                    if "teller" in i.counts:
                        for split in i.splits:
                            yield (
                                (i.id, vt, month, *split, "n"),
                                ((i.id, vt, month, *split, "teller"), (i.id, vt, month, *split, "rest")),
                            )
                    for name, codes in i.dimensions.items() if i.id not in self.loose else ():
                        for count in i.counts:
                            yield (
                                (i.id, vt, month, *TOTAL, count),
                                tuple((i.id, vt, month, name, code, count) for code in codes),
                            )


Sum = tuple[Place, tuple[Place, ...]]


def fits(bounds: Mapping[Place, tuple[int, int]], sums: Sequence[Sum], place: Place, value: int) -> bool:
    """Whether whole numbers exist within the bounds, with all sums right and ``value`` in its place."""
    of: dict[Place, list[Sum]] = {}
    for found in sums:
        for member in (found[0], *found[1]):
            of.setdefault(member, []).append(found)
    start = _settled({**bounds, place: (value, value)}, [place], of)
    return start is not None and _search(start, of)


def _search(bounds: dict[Place, tuple[int, int]], of: Mapping[Place, list[Sum]]) -> bool:
    free = [p for p, (low, high) in bounds.items() if low < high]
    if not free:
        return True
    place = min(free, key=lambda p: bounds[p][1] - bounds[p][0])
    low, high = bounds[place]
    for value in range(low, high + 1):
        settled = _settled({**bounds, place: (value, value)}, [place], of)
        if settled is not None and _search(settled, of):
            return True
    return False


def _settled(
    bounds: dict[Place, tuple[int, int]], changed: list[Place], of: Mapping[Place, list[Sum]]
) -> dict[Place, tuple[int, int]] | None:
    """What is left of the bounds when every sum must hold; None when one can't."""
    while changed:
        for whole, parts in of.get(changed.pop(), ()):
            for member, narrow in _narrowed(bounds, whole, parts):
                if narrow[0] > narrow[1]:
                    return None
                if narrow != bounds[member]:
                    bounds[member] = narrow
                    changed.append(member)
    return bounds


def _narrowed(
    bounds: Mapping[Place, tuple[int, int]], whole: Place, parts: tuple[Place, ...]
) -> Iterator[tuple[Place, tuple[int, int]]]:
    low, high = sum(bounds[p][0] for p in parts), sum(bounds[p][1] for p in parts)
    yield whole, (max(bounds[whole][0], low), min(bounds[whole][1], high))
    for part in parts:
        mine = bounds[part]
        others_low = sum(bounds[p][0] for p in parts if p != part)
        others_high = sum(bounds[p][1] for p in parts if p != part)
        yield part, (max(mine[0], bounds[whole][0] - others_high), min(mine[1], bounds[whole][1] - others_low))


def leaks(
    country: Country,
    exact: Mapping[Place, int],
    shown: set[Key],
    extra: Sequence[Sum] = (),
    bound: Callable[[dict[Place, tuple[int, int]]], None] = lambda _: None,
) -> set[Place]:
    """By enumeration: hidden counts that may be below 10 and have three values or fewer."""
    most = 2 * max(exact.values()) + 20
    bounds = country.bounds(exact, shown, most)
    bound(bounds)
    sums = [*country.sums(), *extra]
    found = set()
    for place in exact:
        if place[:-1] in shown:
            continue
        values = []
        for value in range(most + 1):
            if fits(bounds, sums, place, value):
                values.append(value)
                if len(values) > 3:
                    break
        if len(values) <= 3 and values[0] < 10:
            found.add(place)
    return found
