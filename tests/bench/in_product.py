"""The product itself on the same files, one part after another, with what each cost."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import polars as pl

from data_contracts.loader import contracts
from indicators import statistics, values
from indicators.model import Definition, definitions
from pipelines import engine, entities, lineage
from pipelines.tables import Inputs

from .measures import Measure

# Where ``indicators/statistics.py`` keeps the sums at base grain of the indicator that it is busy with.
BASE = "basis"


def cpu_seconds() -> float:
    """Of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass
class Clock:
    """CPU and wall seconds between calls of ``mark``, by name."""

    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.skip()

    def skip(self) -> None:
        """What was done since the last mark counts for nothing."""
        self._last = (cpu_seconds(), time.monotonic())

    def mark(self, name: str) -> None:
        now = (cpu_seconds(), time.monotonic())
        self.cpu[name] = self.cpu.get(name, 0.0) + now[0] - self._last[0]
        self.wall[name] = self.wall.get(name, 0.0) + now[1] - self._last[1]
        self._last = now


def needed(indicators: Iterable[str]) -> tuple[list[str], set[str]]:
    """The relations (in the order in which they are made) and the feeds that these indicators' figures come from."""
    between = lineage.relations()
    found: set[str] = set()
    waiting = {name for indicator in indicators for name in lineage.indicators()[indicator]}
    while waiting - found:
        found |= waiting
        waiting = {name for relation in waiting for name in between.get(relation, ())}
    feeds = {feed for indicator in indicators for feed in lineage.feeds_behind(indicator)}
    return [name for name, _ in entities.RELATIONS if name in found], feeds


class Watched:
    """A connection that marks ``own`` when the table of sums of an indicator has been made."""

    def __init__(self, con: duckdb.DuckDBPyConnection, clock: Clock) -> None:
        self._con, self._clock = con, clock

    def execute(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        done = self._con.execute(query, *parameters)
        if f"table {BASE} as" in query:
            self._clock.mark("own")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def run(inputs: Inputs, measure: Measure, scratch: Path, clock: Clock) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sums at base grain, and values, of the measure's indicators.

    Marks: ``entities`` (made once for all indicators), ``own`` (their own relations and statements, up to the sums),
    ``estimation`` (roll-up, values, statuses).
    """
    relations, feeds = needed(measure.indicators)
    files = {feed: inputs.files.get(feed, ()) for feed in feeds}
    shared = [(name, form) for name, form in entities.RELATIONS if name in relations and name not in measure.own]
    own = [(name, form) for name, form in entities.RELATIONS if name in relations and name in measure.own]
    deliveries = values.Deliveries(inputs.peildatum, inputs.delivered)
    sums, computed = [], []
    with engine.connect(scratch, [path for mine in files.values() for _, path in mine]) as opened:
        con = Watched(opened, clock)
        with mock.patch.object(entities, "RELATIONS", shared):
            observation = entities.Observation(inputs.peildatum, inputs.first_month, inputs.division)
            entities.build(con, observation, contracts(), files)
        statistics.prepare(con, inputs.division)
        clock.mark("entities")
        for name, form in own:
            con.execute(f'create {form} "{name}" as {(entities.FOLDER / f"{name}.sql").read_text(encoding="utf-8")}')
        for definition in (definitions()[name] for name in measure.indicators):
            computed.append(values.compute(con, definition, deliveries, inputs.division).values)
            clock.mark("estimation")
            sums.append(_named(con, definition))
            clock.skip()
    return pl.concat(sums, how="diagonal"), pl.concat(computed)


def _named(con: Watched, definition: Definition) -> pl.DataFrame:
    """The sums of a statement, as the yardsticks give them: products of base grain fit in an integer."""
    found = statistics.to_polars(con.sql(f"from {BASE}"))
    return found.with_columns(pl.col(pl.Decimal).cast(pl.Int64), indicator=pl.lit(definition.id))
