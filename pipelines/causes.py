"""From the cube of one set of inputs to that of another, a change of inputs at a time: which cells change, and why.

Not here: how cells are compared (``difference.py``), where inputs come from (``preview.py``, ``publication.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from indicators import calendar
from indicators.model import definitions
from pipelines import compute, difference, publication, recompute
from pipelines.compute import Progress
from pipelines.difference import Step
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.publication import Publication
from pipelines.version import code_version

Deliveries = Mapping[str, Sequence[Delivery]]
CubeOf = Callable[[Deliveries, date], pl.DataFrame]


@dataclass(frozen=True)
class Side:
    """What a cube is made of. ``cube``: as it was published; None: as the code of now makes it."""

    peildatum: date
    deliveries: Deliveries
    versions: Mapping[str, Any]
    cube: pl.DataFrame | None = None


def of_publication(home: Home, published: Publication) -> Side:
    """A publication as a side. Raises UserError when the ledger does not know its deliveries any more."""
    manifest = published.manifest
    return Side(
        date.fromisoformat(manifest["peildatum"]),
        publication.deliveries(home, manifest),
        {name: manifest[name] for name in versions_now()},
        publication.cube_of(home, published.number),
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
        return changes(
            old,
            new,
            known,
            lambda deliveries, peildatum: recompute.everything(home, deliveries, peildatum, progress).cube,
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
    of now; it is called once for the same inputs.
    """
    made = _Made(cube_of)
    steps = list(_steps(old, new, in_force, made))
    first = old.cube if old.cube is not None else made(old.deliveries, old.peildatum)
    return difference.changes(first, steps)


def _steps(old: Side, new: Side, in_force: Sequence[Delivery], made: _Made) -> Iterator[Step]:
    now = versions_now()
    if old.cube is not None and old.versions != now:
        yield Step(_by_code(old.versions, now), made(old.deliveries, old.peildatum))
    elif old.cube is not None:
        made.is_known(old.deliveries, old.peildatum, old.cube)
    here, there = _by_month(old.deliveries), _by_month(new.deliveries)
    judged_again = {key: there.get(key, d) if _same_bytes(d, there.get(key)) else d for key, d in here.items()}
    corrected = {key: there.get(key, d) for key, d in here.items()}
    month = calendar.month_of(old.peildatum)
    for cause, deliveries, peildatum in (
        (difference.CONTRACT, _by_feed(judged_again, old.deliveries), old.peildatum),
        (difference.CORRECTED, _by_feed(corrected, old.deliveries), old.peildatum),
        (difference.LATE, compute.known(in_force, month), old.peildatum),
        (
            difference.NEW_MONTH if new.peildatum >= old.peildatum else difference.EARLIER,
            new.deliveries,
            new.peildatum,
        ),
    ):
        yield Step(pl.lit(cause), made(deliveries, peildatum))
    if new.cube is not None and new.versions != now:
        yield Step(_by_code(new.versions, now), new.cube)


class _Made:
    """Cubes by the code of now; the same deliveries at the same peildatum are computed once."""

    def __init__(self, cube_of: CubeOf) -> None:
        self._cube_of = cube_of
        self._cubes: dict[object, pl.DataFrame] = {}

    def __call__(self, deliveries: Deliveries, peildatum: date) -> pl.DataFrame:
        key = _key(deliveries, peildatum)
        if key not in self._cubes:
            self._cubes[key] = self._cube_of(deliveries, peildatum)
        return self._cubes[key]

    def is_known(self, deliveries: Deliveries, peildatum: date, cube: pl.DataFrame) -> None:
        """What these inputs give is known already: the code of now made it."""
        self._cubes[_key(deliveries, peildatum)] = cube


def _key(deliveries: Deliveries, peildatum: date) -> object:
    return peildatum, frozenset((d.name, d.month, d.accepted_sha256) for mine in deliveries.values() for d in mine)


def _by_month(deliveries: Deliveries) -> dict[tuple[str, str], Delivery]:
    return {(d.name, d.month): d for mine in deliveries.values() for d in mine}


def _by_feed(by_month: Mapping[tuple[str, str], Delivery], like: Deliveries) -> dict[str, list[Delivery]]:
    return {feed: [by_month[d.name, d.month] for d in mine] for feed, mine in like.items()}


def _same_bytes(one: Delivery, other: Delivery | None) -> bool:
    return other is not None and (one.sha256, one.extension) == (other.sha256, other.extension)


def _by_code(one: Mapping[str, Any], other: Mapping[str, Any]) -> pl.Expr:
    """The cause of a cell that changes while deliveries and peildatum stay: its definition where that differs."""
    names = {*one["indicators"], *other["indicators"]}
    changed = [name for name in names if one["indicators"].get(name) != other["indicators"].get(name)]
    definition = pl.col("indicator").is_in(changed)
    return pl.when(definition).then(pl.lit(difference.DEFINITION)).otherwise(pl.lit(difference.CODE))
