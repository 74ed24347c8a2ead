"""Which printed cells to hide so that a hidden one is wide again, and the hiding of them.

A cell that is hidden here looks like any other hidden cell. Not here: finding what leaks (the attack, of which this
room knows nothing but the shape of a finding).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import polars as pl

from indicators.disclosure import status
from indicators.disclosure.protect import Protected

KEY = ("indicator", "regio", "periode", "dimensie", "categorie")
FIGURES = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
# What hiding costs by level and period: figures of the country and of a year are read most, and lost last.
LEVEL = {"vt_regio": 1.0, "arrondissement": 4.0, "land": 25.0}
PERIOD = {"maand": 1.0, "kwartaal": 2.0, "jaar": 4.0}
TOTALS = ("totaal", "kwantiel")
TOTAL = 3.0
# A region's own month, from this printed count on, is what the publication promises to show.
PROMISED = 20
PROMISE = 10.0
Key = tuple[str, str, str, str, str]


class Leak(Protocol):
    """``because``: sets of printed cells; without one whole set the count may be wide again."""

    @property
    def because(self) -> Sequence[frozenset[Key]]: ...


class RepairError(ValueError):
    """A leak that nothing printed explains, so that hiding can't close it."""


def repair(cube: pl.DataFrame, leaks: Iterable[Leak]) -> set[Key]:
    """Cells to hide: of every leak at least one set, chosen so that as little as possible is lost.

    Greedy: time and again the set that closes most for what it costs.
    """
    because = [frozenset(leak.because) for leak in leaks]
    costs = _costs(cube, {cell for sets in because for cells in sets for cell in cells})
    # What only an earlier publication shows can't be taken back.
    open_leaks = [frozenset(cells for cells in sets if cells <= costs.keys()) for sets in because]
    if not all(open_leaks):
        raise RepairError("wat te klein is volgt niet uit gedrukte cellen")
    closes: dict[frozenset[Key], set[int]] = {}
    for leak, sets in enumerate(open_leaks):
        for cells in sets:
            closes.setdefault(cells, set()).add(leak)
    # The same order whatever came first, so that the same publication comes of the same figures.
    order = sorted(closes, key=sorted)
    hidden: set[Key] = set()
    while order:
        best = min(order, key=lambda c: sum(costs[x] for x in c - hidden) / len(closes[c]))
        hidden |= best
        closed = {leak for cells in order if cells <= hidden for leak in closes[cells]}
        for leak in closed:
            for cells in open_leaks[leak]:
                closes[cells].discard(leak)
        order = [cells for cells in order if closes[cells]]
    return hidden


def _costs(cube: pl.DataFrame, cells: Collection[Key]) -> Mapping[Key, float]:
    wanted = pl.DataFrame(sorted(cells), schema=dict.fromkeys(KEY, pl.String), orient="row")
    shown = cube.filter(pl.col("n").is_not_null()).join(wanted, on=KEY, how="semi")
    rows = shown.select(*KEY, "regio_niveau", "periode_soort", "n")
    return {
        (indicator, regio, periode, dimensie, categorie): _cost(dimensie, niveau, soort, n)
        for indicator, regio, periode, dimensie, categorie, niveau, soort, n in rows.rows()
    }


def _cost(dimensie: str, niveau: str, soort: str, n: int) -> float:
    total = dimensie in TOTALS
    promised = niveau == "vt_regio" and soort == "maand" and n >= PROMISED
    cost = LEVEL[niveau] * PERIOD[soort] * (TOTAL if total else 1.0) * (PROMISE if promised else 1.0)
    return cost * n**0.5


def hide(protected: Protected, cells: Collection[Key]) -> Protected:
    """The same with these cells hidden whole, their curves left out."""
    gone = pl.DataFrame(sorted(cells), schema=dict.fromkeys(KEY, pl.String), orient="row").with_columns(
        weg=pl.lit(value=True)
    )
    cube = protected.cube.join(gone, on=KEY, how="left", maintain_order="left")
    hidden = pl.col("weg").is_not_null()
    return Protected(
        cube.with_columns(
            *(pl.when(~hidden).then(name).alias(name) for name in FIGURES),
            status=pl.when(hidden).then(pl.lit(status.HIDDEN)).otherwise("status"),
        ).drop("weg"),
        protected.curves.join(gone, on=KEY, how="anti", maintain_order="left"),
    )
