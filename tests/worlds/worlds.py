"""A fictitious country of six regions, sparse or dense, that publishes six times while partners correct what they sent.

The rows are those of the fictitious country of the demonstration; the exact tables come of them by the project's own
entities, statistics and roll-up. Door, verdict and files of a home are left out, so that hundreds can be made.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest

from data_contracts.loader import contracts
from indicators import calendar, geography
from indicators.attack import Published
from indicators.disclosure import Protected, earlier
from indicators.disclosure.protect import DEFAULT
from indicators.disclosure.repair import Key
from indicators.explanation import published
from indicators.gate import gate
from indicators.geography import Division
from indicators.model import definitions
from pipelines import printed, publication, tables
from pipelines.printed import Said
from pipelines.synthesis import parameters, synthesize

# The first delivered month, the peildatum's of the last publication, and how many there are: one for each month.
FIRST, LAST, PUBLICATIONS = "2019-07", "2021-01", 6
# Two arrondissementen of three and two regions, and one that is a region by itself.
ARRONDISSEMENTEN = ("noord_nederland", "limburg", "amsterdam")
# Zaken a month in the six regions at scale 1, as the fictitious country has them on average.
ZAKEN_AT_FULL_SCALE = 500.0
# Deliveries that are corrected before every publication, and the part of their rows that comes or goes.
CORRECTED = 6
PARTS = (0.02, 0.1, 0.4)
TYPES = {
    "timestamp": pl.Datetime("us"),
    "date": pl.Date,
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "decimal": pl.Decimal(7, 2),
}
Deliveries = dict[str, dict[str, pl.DataFrame]]


def division() -> Division:
    whole = geography.division(calendar.month_end(LAST))
    mine = [r for r in whole.regions if r.niveau != "land" and r.arrondissement in ARRONDISSEMENTEN]
    land = [r for r in whole.regions if r.niveau == "land"]
    return Division((*land, *mine), whole.vanaf)


@dataclass(frozen=True)
class Step:
    """One publication. ``fresh``: what the rule alone would show of it; ``published``: what was published; ``counted``:
    ``earlier.Now.cells``; ``anew``: whether it is the definitive one of its year; ``repaired``: what the gate hid."""

    fresh: Protected
    published: Published
    counted: pl.DataFrame
    anew: bool
    repaired: frozenset[Key]


@dataclass(frozen=True)
class World:
    """``mean``: zaken per region and month, roughly. ``gated``: whether a publication goes through the gate."""

    seed: int
    mean: float
    folder: Path
    gated: bool
    first: str = FIRST
    last: str = LAST
    publications: int = PUBLICATIONS

    @cached_property
    def division(self) -> Division:
        return division()

    def steps(self) -> Iterator[Step]:
        """The publications, oldest first."""
        sent = self._deliveries()
        in_force = sent
        rng = random.Random(self.seed)
        before, so_far = printed.nothing(), []
        months = calendar.months_between(self.first, self.last)
        for number, month in enumerate(months[-self.publications :], start=1):
            if number > 1:
                in_force = _corrected(in_force, sent, month, rng)
            step, before = self._publish(in_force, month, before, so_far, f"{number:04d}")
            so_far.append(step.published)
            yield step

    def _deliveries(self) -> Deliveries:
        """Accepted rows of every feed and month, of the regions of this country."""
        inbox = self.folder / "inbox"
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(parameters, "BROKEN_SHARE", dict.fromkeys(parameters.BROKEN_SHARE, 0.0))
            synthesize(inbox, self.first, self.last, self.mean / ZAKEN_AT_FULL_SCALE, self.seed, form="parquet")
        regions = [r.code for r in self.division.vt_regios]
        return {
            name: {path.stem: _accepted(name, path, regions) for path in sorted((inbox / name).iterdir())}
            for name in contracts()
        }

    def _publish(
        self, deliveries: Deliveries, month: str, before: Said, so_far: list[Published], number: str
    ) -> tuple[Step, Said]:
        peildatum = calendar.month_end(month)
        exact = tables.compute(
            tables.Inputs(peildatum, self.division, self._files(deliveries, month)), definitions(), self.folder
        ).named
        made = publication.protected(exact, exact["survival"], peildatum, self.division, before)
        about = {
            "definitions": [published(d) for d in definitions().values()],
            "regions": [
                {"code": r.code, "niveau": r.niveau, "arrondissement": r.arrondissement} for r in self.division.regions
            ],
            "protection": publication.PROTECTION,
            "peildatum": peildatum,
            "places": exact["praktijklocaties"],
        }
        leaving, repaired = made.protected, frozenset[Key]()
        if self.gated:
            gated = gate(leaving, lambda now: Published(now.cube, now.curves, **about), so_far)
            leaving, repaired = gated.protected, gated.repaired
        said = earlier.said(leaving, made.fresh, made.now, before.cells, number, DEFAULT)
        step = Step(made.fresh, Published(*leaving, **about), made.now.cells, made.now.anew, repaired)
        return step, Said(number, peildatum, said)

    def _files(self, deliveries: Deliveries, month: str) -> Mapping[str, list[tuple[str, Path]]]:
        found: dict[str, list[tuple[str, Path]]] = {}
        for name, months in deliveries.items():
            found[name] = []
            for delivered, rows in months.items():
                if delivered <= month:
                    path = self.folder / f"{name.replace('/', '-')}-{delivered}.parquet"
                    rows.write_parquet(path)
                    found[name].append((delivered, path))
        return found


def _accepted(name: str, path: Path, regions: list[str]) -> pl.DataFrame:
    types = {c.name: TYPES.get(c.kind, pl.String) for c in contracts()[name].columns}
    if path.suffix == ".leeg":
        return pl.DataFrame(schema={"rij": pl.UInt32, **types})
    rows = pl.read_parquet(path)
    moments = [c.name for c in contracts()[name].columns if c.kind == "timestamp"]
    rows = rows.with_columns(pl.col(moments).dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    if "vt_regio" in rows.columns:
        rows = rows.filter(pl.col("vt_regio").is_in(regions))
    if name == "landelijk_netwerk/regio_status":
        rows = rows.filter(pl.col("regio").is_in([*regions, *ARRONDISSEMENTEN]))
    return rows.select(pl.col(c).cast(form) for c, form in types.items()).with_row_index("rij", offset=1)


def _corrected(deliveries: Deliveries, sent: Deliveries, month: str, rng: random.Random) -> Deliveries:
    """The same with some earlier deliveries replaced, by all but a part of what was ``sent`` first: rows go, or come
    back."""
    found = {name: dict(months) for name, months in deliveries.items()}
    of_persons = [name for name in found if not name.startswith("landelijk_netwerk/")]
    for _ in range(CORRECTED):
        name = rng.choice(of_persons)
        delivered = rng.choice([m for m in found[name] if m < month])
        rows, part = sent[name][delivered], rng.choice(PARTS)
        keep = [rng.random() >= part for _ in range(rows.height)]
        found[name][delivered] = rows.filter(pl.Series(keep, dtype=pl.Boolean))
    return found
