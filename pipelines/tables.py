"""From files in the lake to every exact table: entities, statistics, indicator values, reference data, data quality.

A pure step: the same files, definitions and peildatum give the same frames. Not here: which files count
(``knowledge.py``), keeping the results (``compute.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from data_contracts.loader import contracts
from indicators import calendar, statistics, values
from indicators.geography import Division
from indicators.model import PARTNER_FEEDS, Definition
from indicators.session import Session
from indicators.statistics import to_polars
from pipelines import engine, entities, quality
from pipelines.engine import Connect

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Inputs:
    """``division``: the regions to count by. ``files``: per feed name the accepted files in force, as (month, path), of
    months up to the peildatum.

    Reference feeds delivered only later come with their earliest delivery.
    """

    peildatum: date
    division: Division
    files: Mapping[str, Sequence[tuple[str, Path]]]

    @property
    def delivered(self) -> dict[str, frozenset[str]]:
        """Months with an accepted delivery, per partner feed."""
        return {feed: frozenset(month for month, _ in self.files.get(feed, ())) for feed in PARTNER_FEEDS}

    @property
    def first_month(self) -> str:
        """The first delivered month of any partner feed; without any, the peildatum's own."""
        months = [month for found in self.delivered.values() for month in found]
        return min(months, default=calendar.month_of(self.peildatum))


@dataclass(frozen=True)
class Tables:
    """``named``: frames of ``results/`` by file stem; ``entities``: rows of a relation; ``quality``: what the
    rows say of data quality, as ``quality.of_rows``."""

    named: Mapping[str, pl.DataFrame]
    entities: Mapping[str, int]
    quality: pl.DataFrame


# Reference tables that go into a publication as they are: no persons in them.
REFERENCE_QUERIES = {
    "regio_status": "select maand, verbeteractiviteit, regio_niveau, regio, status from status_per_maand order by all",
    "praktijklocaties": "select vt_regio as regio, vanaf, tot from praktijklocaties order by all",
    "opleidingen": "select naam, regio, datum, uitvoeringen, deelnemers, status from opleidingen order by all",
    "resultaten": ("select verbeteractiviteit, titel, status, opgeleverd_op, vindplaats from resultaten order by all"),
}
COUNTED = ("signalen", "zaken", "inzet_met_tarief", "momenten")


def compute(
    inputs: Inputs,
    definitions: Mapping[str, Definition],
    scratch: Path,
    progress: Progress = lambda *_: None,
    connect: Connect = engine.connect,
) -> Tables:
    """Every table at the peildatum. ``progress`` hears (what, done, total); ``connect`` opens the engine, which spills
    to ``scratch``."""
    total = len(definitions) + 1
    files = [path for found in inputs.files.values() for _, path in found]
    with connect(scratch, files) as con:
        progress("zaken", 0, total)
        observation = entities.Observation(inputs.peildatum, inputs.first_month, inputs.division)
        entities.build(con, observation, contracts(), inputs.files)
        statistics.prepare(con, inputs.division)
        deliveries = values.Deliveries(inputs.peildatum, inputs.delivered)
        computed = []
        for done, definition in enumerate(definitions.values(), start=1):
            progress(definition.id, done, total)
            computed.append(values.compute(con, definition, deliveries, inputs.division))
        progress("klaar", total, total)
        return Tables(
            named={
                "indicator_values": pl.concat(c.values for c in computed),
                "statistics": pl.concat(c.statistics for c in computed),
                "survival": pl.concat(c.survival for c in computed),
                **{name: to_polars(con.sql(query)) for name, query in REFERENCE_QUERIES.items()},
            },
            entities={name: _count(con, f'select count(*) from "{name}"') for name in COUNTED},
            quality=quality.of_rows(con, contracts(), inputs.files, inputs.peildatum),
        )


def _count(con: Session, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
