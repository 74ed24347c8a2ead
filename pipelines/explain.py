"""Where a published figure comes from, and whether it comes out again.

The deliveries that the publication names are read once more, the indicator is computed and protected anew by the code
of now, and the cell is held against the printed one. A figure that stands since an earlier publication is made of the
deliveries that that one names. Not here: what a figure means (``indicators.explanation``), how it
is told (``telling``). Exact figures and sums are for stewards only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicators.model import Definition, definitions
from pipelines import erasure, lineage, publication, recompute
from pipelines.difference import FIGURES
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.publication import Publication
from pipelines.recompute import Recomputed
from pipelines.version import code_version

# More choices than this are not listed one by one.
LISTED = 40
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Cell:
    """Which figure: as the columns of ``indicator_values`` say it."""

    indicator: str
    regio: str
    periode: str
    dimensie: str = "totaal"
    categorie: str = "totaal"

    def of(self, table: pl.DataFrame) -> Mapping[str, Any] | None:
        """Its row in a table with those columns, if it is there."""
        return next(table.filter(**vars(self)).iter_rows(named=True), None)


@dataclass(frozen=True)
class Version:
    """By what a figure was made, then and now. ``what``: in Dutch."""

    what: str
    then: str
    now: str


# Not by another version, but by fewer rows.
ERASED = Version("de verzameling gezinnen", "nog heel", "zonder gezinnen die daarna zijn gewist")


@dataclass(frozen=True)
class Since:
    """The publication that first said what is said of a cell. ``hidden``: why nothing is shown, one of
    ``earlier.BY_*``, else None; ``for_good``: it stays hidden in every later publication."""

    publication: str
    peildatum: str
    hidden: str | None
    for_good: bool


@dataclass(frozen=True)
class Explanation:
    """``printed``: the cell as published; ``again``: as it comes out now, protected; ``exact``: unprotected, None where
    it has no unit; ``statistics``: the sums behind it; ``definition``: of now; ``deliveries``: what is read for it, as
    the manifest names them. Of a figure that stands all these are of the publication in ``since``; ``exact_now`` is
    what it would have been, and None for any other."""

    publication: str
    peildatum: str
    since: Since
    printed: Mapping[str, Any]
    again: Mapping[str, Any]
    exact: Mapping[str, Any] | None
    exact_now: Mapping[str, Any] | None
    statistics: Mapping[str, Any] | None
    definition: Definition
    deliveries: Sequence[Mapping[str, Any]]
    versions: Sequence[Version]

    @property
    def is_equal(self) -> bool:
        return all(self.printed[name] == self.again[name] for name in FIGURES)

    @property
    def stands(self) -> bool:
        """Whether it is a figure of an earlier publication."""
        return self.since.hidden is None and self.since.publication != self.publication


def explain(home: Home, number: str, cell: Cell, progress: Progress = lambda *_: None) -> Explanation:
    """Everything behind one cell of publication ``number``.

    Raises UserError when there is no such publication, indicator or cell, or a delivery that it names is gone from the
    ledger, and storage.DamagedFile when a file is not what was written.
    """
    published = publication.of_number(home, number)
    definition = definitions().get(cell.indicator)
    if definition is None or cell.indicator not in published.manifest["indicators"]:
        raise UserError(f"De indicator '{cell.indicator}' kennen wij niet. Kies uit: {', '.join(definitions())}.")
    cube = publication.cube_of(home, number)
    printed = cell.of(cube)
    if printed is None:
        raise UserError(f"Publicatie {number} heeft dit cijfer niet. {_choices(cube, cell)}")
    since = _since(home, published, cell)
    one = {definition.id: definition}
    computed = recompute.published(home, published.manifest, one, progress)
    again = _cell_of(computed, cell)
    if since.hidden is not None or since.publication == number:
        return _explanation(home, published, published, since, cell, printed, again, definition, computed, None)
    origin = publication.of_number(home, since.publication)
    then = recompute.published(home, origin.manifest, one, progress)
    figures = {name: value for name, value in _cell_of(then, cell).items() if name in FIGURES and name != "status"}
    now = cell.of(computed.exact["indicator_values"])
    return _explanation(home, published, origin, since, cell, printed, {**again, **figures}, definition, then, now)


def _since(home: Home, published: Publication, cell: Cell) -> Since:
    """Of regional coverage, and of a publication from before this was kept, everything is its own."""
    kept = cell.of(publication.said_after(home, published.number).cells)
    if kept is None:
        return Since(published.number, published.manifest["peildatum"], None, for_good=False)
    origin = publication.of_number(home, kept["sinds"])
    return Since(origin.number, origin.manifest["peildatum"], kept["waarom"], for_good=kept["voorgoed"])


def _cell_of(computed: Recomputed, cell: Cell) -> Mapping[str, Any]:
    again = cell.of(computed.cube)
    if again is None:
        raise UserError("De code van nu maakt dit cijfer niet meer: de uitsplitsing is veranderd.")
    return again


def _explanation(
    home: Home,
    published: Publication,
    origin: Publication,
    since: Since,
    cell: Cell,
    printed: Mapping[str, Any],
    again: Mapping[str, Any],
    definition: Definition,
    computed: Recomputed,
    exact_now: Mapping[str, Any] | None,
) -> Explanation:
    """``origin``: the publication whose deliveries gave the figure; ``computed``: from those."""
    manifest = origin.manifest
    # What it is computed from, and what must have been delivered for it to be complete.
    read = lineage.feeds_behind(definition.id) | {*definition.feeds, *_feeds_of(definition, cell.dimensie)}
    return Explanation(
        published.number,
        published.manifest["peildatum"],
        since,
        printed,
        again,
        cell.of(computed.exact["indicator_values"]),
        exact_now,
        cell.of(computed.exact["statistics"]),
        definition,
        [d for d in manifest["deliveries"] if f"{d['partner']}/{d['feed']}" in read],
        [
            Version("definitie", manifest["indicators"][definition.id], definition.version),
            Version("code", manifest["code_version"], code_version()),
            *([ERASED] if erasure.happened_since(manifest, publication.deliveries(home, manifest)) else []),
        ],
    )


def _feeds_of(definition: Definition, dimensie: str) -> set[str]:
    return {feed for d in definition.dimensions if d.name == dimensie for feed in d.feeds}


def _choices(cube: pl.DataFrame, cell: Cell) -> str:
    """The first part of the question that has no answer, and what there is to choose from."""
    left = cube
    for name, value in vars(cell).items():
        found = left.filter(pl.col(name) == value)
        if found.is_empty():
            options = sorted(left[name].unique().to_list())
            listed = len(options) <= LISTED
            shown = ", ".join(options) if listed else f"van {options[0]} tot en met {options[-1]}"
            return f"Bij {name} kan '{value}' niet; wel: {shown}."
        left = found
    return ""
