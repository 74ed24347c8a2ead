"""From the cube of one set of inputs to that of another, a change of inputs at a time: which cells change, and why.

Not here: how cells are compared (``difference.py``), where inputs come from (``preview.py``, ``publication.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from indicators import calendar, geography
from indicators.geography import Division
from indicators.model import definitions
from pipelines import compute, difference, erasure, publication, recompute
from pipelines.compute import Progress
from pipelines.difference import Step
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.publication import Publication
from pipelines.version import code_version

Deliveries = Mapping[str, Sequence[Delivery]]
CubeOf = Callable[[Deliveries, date, Division], pl.DataFrame]
# (regio_niveau, arrondissement) by code.
Regions = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Published:
    number: str
    versions: Mapping[str, Any]
    regions: Regions
    cube: pl.DataFrame
    # Whether rows behind it were erased after it.
    erased: bool = False


@dataclass(frozen=True)
class Side:
    """What a cube is made of.

    ``after``: the number of the publication before it, None when it is the first; ``published``: its number, by which
    versions, by which regions, and the cube itself; None: as the code of now makes it.
    """

    peildatum: date
    deliveries: Deliveries
    after: str | None
    published: Published | None = None

    @property
    def division(self) -> Division:
        """The regions by which the code of now would count."""
        return geography.division(self.peildatum)


def of_publication(home: Home, published: Publication) -> Side:
    """A publication as a side. Raises UserError when the ledger does not know its deliveries any more."""
    manifest = published.manifest
    deliveries = publication.deliveries(home, manifest)
    return Side(
        date.fromisoformat(manifest["peildatum"]),
        deliveries,
        publication.based_on(manifest),
        Published(
            published.number,
            {name: manifest[name] for name in versions_now()},
            publication.regions_of(home, published.number),
            publication.cube_of(home, published.number),
            erasure.happened_since(manifest, deliveries),
        ),
    )


def between_publications(home: Home, one: str, other: str, progress: Progress = lambda *_: None) -> pl.DataFrame:
    """Every cell that two publications give differently, with its causes.

    Raises UserError when one is not there or rests on deliveries that are gone, and storage.DamagedFile.
    """
    old, new = (of_publication(home, publication.of_number(home, number)) for number in (one, other))
    with home.writing(), Ledger.open(home) as ledger:
        in_force = ledger.in_force()
        # What was in force for the newer one, whatever was corrected after it.
        then = {(d.name, d.month): d for mine in new.deliveries.values() for d in mine}
        known = [then.get((d.name, d.month), d) for d in in_force]
        before = publication.said_after(home, new.after)
        return changes(
            old,
            new,
            known,
            lambda deliveries, peildatum, division: (
                recompute.everything(home, deliveries, peildatum, division, before, progress).cube
            ),
        )


def versions_now() -> dict[str, Any]:
    """What of a manifest says by which definitions and code a cube is made, as it would be now."""
    return {
        "indicators": {d.id: d.version for d in definitions().values()},
        "code_version": code_version(),
        "protection": publication.PROTECTION,
    }


def changes(old: Side, new: Side, in_force: Sequence[Delivery], cube_of: CubeOf) -> pl.DataFrame:
    """Every cell that differs between the two, as ``difference.changes``.

    ``in_force``: the deliveries in force on the side of ``new``, of all months. ``cube_of`` computes a cube by the code
    of now, as it would be published where ``new`` is; it is called once for the same inputs.
    """
    made = _Made(cube_of)
    first = old.published.cube if old.published else made(old.deliveries, old.peildatum, old.division)
    return difference.changes(first, list(_steps(old, new, in_force, made)))


def _steps(old: Side, new: Side, in_force: Sequence[Delivery], made: _Made) -> Iterator[Step]:
    if new.published and new.published.versions == versions_now() and not new.published.erased:
        made.is_known(new.deliveries, new.peildatum, new.division, new.published.cube)
    if old.published and old.published.versions != versions_now():
        yield Step(_by_code(old), made(old.deliveries, old.peildatum, old.division))
    elif old.published and old.published.erased:
        yield Step(pl.lit(difference.ERASED), made(old.deliveries, old.peildatum, old.division))
    elif old.published and old.published.number != new.after:
        # What was said in between stands, or stays hidden.
        yield Step(pl.lit(difference.BETWEEN), made(old.deliveries, old.peildatum, old.division))
    elif old.published:
        made.is_known(old.deliveries, old.peildatum, old.division, old.published.cube)
    here, there = _by_month(old.deliveries), _by_month(new.deliveries)
    judged_again = {key: there.get(key, d) if _same_bytes(d, there.get(key)) else d for key, d in here.items()}
    corrected = {key: there.get(key, d) for key, d in here.items()}
    later = new.peildatum >= old.peildatum
    for cause, deliveries, peildatum in (
        (difference.DIVISION, old.deliveries, old.peildatum),
        (difference.CONTRACT, _by_feed(judged_again, old.deliveries), old.peildatum),
        (difference.CORRECTED, _by_feed(corrected, old.deliveries), old.peildatum),
        (difference.LATE, compute.known(in_force, calendar.month_of(old.peildatum)), old.peildatum),
        (difference.NEW_MONTH if later else difference.EARLIER, new.deliveries, new.peildatum),
    ):
        yield Step(pl.lit(cause), made(deliveries, peildatum, new.division))
    if new.published and new.published.versions != versions_now():
        yield Step(_by_code(new), new.published.cube)
    elif new.published and new.published.erased:
        yield Step(pl.lit(difference.ERASED), new.published.cube)


class _Made:
    """Cubes by the code of now; the same deliveries at the same peildatum are computed once."""

    def __init__(self, cube_of: CubeOf) -> None:
        self._cube_of = cube_of
        self._cubes: dict[object, pl.DataFrame] = {}

    def __call__(self, deliveries: Deliveries, peildatum: date, division: Division) -> pl.DataFrame:
        inputs = key(deliveries, peildatum, division)
        if inputs not in self._cubes:
            self._cubes[inputs] = self._cube_of(deliveries, peildatum, division)
        return self._cubes[inputs]

    def is_known(self, deliveries: Deliveries, peildatum: date, division: Division, cube: pl.DataFrame) -> None:
        """What these inputs give is known already: the code of now made it."""
        self._cubes[key(deliveries, peildatum, division)] = cube


def key(deliveries: Deliveries, peildatum: date, division: Division) -> object:
    """The same for the same inputs."""
    files = frozenset((d.name, d.month, d.accepted_sha256) for mine in deliveries.values() for d in mine)
    return peildatum, division.vanaf, files


def _by_month(deliveries: Deliveries) -> dict[tuple[str, str], Delivery]:
    return {(d.name, d.month): d for mine in deliveries.values() for d in mine}


def _by_feed(by_month: Mapping[tuple[str, str], Delivery], like: Deliveries) -> dict[str, list[Delivery]]:
    return {feed: [by_month[d.name, d.month] for d in mine] for feed, mine in like.items()}


def _same_bytes(one: Delivery, other: Delivery | None) -> bool:
    return other is not None and (one.sha256, one.extension) == (other.sha256, other.extension)


def _by_code(side: Side) -> pl.Expr:
    """The cause of a cell of a publication that the code of now makes otherwise: its definition where that has another
    version, the list of regions where that has its region, or the number of regions, otherwise, and else the code."""
    if side.published is None:
        raise ValueError("only what was published can differ from what the code of now makes")
    then, now = side.published.versions["indicators"], versions_now()["indicators"]
    changed = [name for name in {*then, *now} if then.get(name) != now.get(name)]
    moved = _moved(side.published.regions, {r.code: (r.niveau, r.arrondissement) for r in side.division.regions})
    counting_regions = [name for name, definition in definitions().items() if definition.kind == "coverage" and moved]
    division = pl.col("regio").is_in(moved) | pl.col("indicator").is_in(counting_regions)
    return (
        pl.when(pl.col("indicator").is_in(changed))
        .then(pl.lit(difference.DEFINITION))
        .when(division)
        .then(pl.lit(difference.DIVISION))
        .otherwise(pl.lit(difference.CODE))
    )


def _moved(one: Regions, other: Regions) -> list[str]:
    """Regions that only one of two lists has, or that lie elsewhere, and the arrondissementen they lie in."""
    codes = {code for code in {*one, *other} if one.get(code) != other.get(code)}
    return sorted(codes | {regions[code][1] for regions in (one, other) for code in codes if code in regions})
