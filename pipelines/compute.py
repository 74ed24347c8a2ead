"""From the ledger to ``<home>/results``: the exact tables at a peildatum, kept with what they were computed from.

``computation.json`` is written last and names every table with its digest: only what it names counts. Computing again
from the same deliveries, definitions and code does nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from indicators import calendar, geography
from indicators.model import PARTNER_FEEDS, definitions
from pipelines import engine, knowledge, lake, migration, quality, storage, tables
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.version import code_version

MANIFEST = "computation.json"
RECOMPUTE = "bereken opnieuw met: veiligheid compute"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Computation:
    """``unchanged``: nothing had to be done. ``record``: the contents of computation.json."""

    folder: Path
    record: Mapping[str, Any]
    unchanged: bool

    @property
    def peildatum(self) -> date:
        return date.fromisoformat(self.record["peildatum"])

    @property
    def fingerprint(self) -> str:
        return str(self.record["fingerprint"])

    def read(self, name: str) -> pl.DataFrame:
        """A table of the results, its digest verified. Raises storage.DamagedFile."""
        return pl.read_parquet(io.BytesIO(self._bytes(name)))

    def scan(self, name: str) -> pl.LazyFrame:
        """The same, for a table that need not be in memory as a whole."""
        file = f"{name}.parquet"
        return pl.scan_parquet(storage.verified(self.folder / file, self.record["files"][file], RECOMPUTE))

    def _bytes(self, name: str) -> bytes:
        file = f"{name}.parquet"
        return storage.read_verified(self.folder / file, self.record["files"][file], RECOMPUTE)


def compute(
    home: Home, until: str | None = None, progress: Progress = lambda *_: None, engine_name: str | None = None
) -> Computation:
    """The exact tables at the end of month ``until`` (None: the latest month that all partners delivered).

    ``engine_name``: as for ``engine.chosen``; it changes no figure. Raises UserError when there is no such month,
    ``until`` lies before every delivery, or the engine is not there.
    """
    connect = engine.chosen(engine_name)
    with home.writing():
        migration.at_first_write(home, progress)
        deliveries, record = _asked(home, until)
        if found := _done_already(home, record):
            return found
        files = accepted_files(home, deliveries)
        with home.scratch() as scratch:
            peildatum = date.fromisoformat(record["peildatum"])
            inputs = tables.Inputs(peildatum, geography.division(peildatum), files)
            result = tables.compute(inputs, definitions(), scratch, progress, connect)
        return _keep(home, result, record)


def current(home: Home, until: str | None = None) -> Computation | None:
    """The stored computation, when it is whole and what ``compute`` would give now; else None. Computes nothing."""
    return _done_already(home, _asked(home, until)[1])


def _asked(home: Home, until: str | None) -> tuple[dict[str, list[Delivery]], dict[str, Any]]:
    with Ledger.open(home) as ledger:
        in_force = ledger.in_force()
    month = until or default_month(in_force)
    deliveries = known(in_force, month)
    return deliveries, basis(deliveries, month)


def _done_already(home: Home, record: Mapping[str, Any]) -> Computation | None:
    try:
        found = stored(home)
    except storage.DamagedFile:
        # Computed again: the results hold nothing that the lake does not.
        return None
    return found if found and found.fingerprint == record["fingerprint"] and _whole(found) else None


def stored(home: Home) -> Computation | None:
    """The last computation, if any. Raises storage.DamagedFile when its record is damaged."""
    path = home.results / MANIFEST
    if not (path.exists() or path.with_suffix(storage.VOUCHER).exists()):
        return None
    return Computation(home.results, json.loads(storage.read_vouched(path, RECOMPUTE)), unchanged=True)


def _whole(found: Computation) -> bool:
    return all(storage.matches(found.folder / name, digest) for name, digest in found.record["files"].items())


def accepted_files(home: Home, deliveries: Mapping[str, Sequence[Delivery]]) -> dict[str, list[tuple[str, Path]]]:
    """(month, accepted rows) of the deliveries of every feed, digests verified. Raises storage.DamagedFile."""
    return {feed: [(d.month, lake.accepted_file(home, d)) for d in mine] for feed, mine in deliveries.items()}


def default_month(in_force: Sequence[Delivery]) -> str:
    """The latest month that all partners delivered. Raises UserError when there is none."""
    delivered: dict[str, set[str]] = {feed: set() for feed in PARTNER_FEEDS}
    for d in in_force:
        delivered.setdefault(f"{d.partner}/{d.feed}", set()).add(d.month)
    month = knowledge.default_month(delivered)
    if month is None:
        missing = [feed for feed in PARTNER_FEEDS if not delivered[feed]]
        raise UserError(
            "Er is nog geen maand waarvan alle elf partnerleveringen zijn geaccepteerd"
            + (f"; nog niets van {', '.join(missing)}" if missing else "")
            + ". Lever eerst, of kies zelf een maand met: veiligheid publish --until JJJJ-MM."
        )
    return month


def known(in_force: Sequence[Delivery], month: str) -> dict[str, list[Delivery]]:
    """The deliveries known at ``month``, by feed and in order of month. Raises UserError when partners have none."""
    by_feed: dict[str, dict[str, Delivery]] = {}
    for d in in_force:
        by_feed.setdefault(f"{d.partner}/{d.feed}", {})[d.month] = d
    found = {
        feed: [delivery for _, delivery in knowledge.known_at(feed, by_feed.get(feed, {}), month)]
        for feed in contracts()
    }
    if not any(found[feed] for feed in PARTNER_FEEDS):
        raise UserError(
            f"Van {month} of eerder is nog niets geaccepteerd. Bekijk de leveringen met: veiligheid deliveries."
        )
    return found


def basis(deliveries: Mapping[str, Sequence[Delivery]], month: str) -> dict[str, Any]:
    """Everything that determines the figures, with its fingerprint."""
    found: dict[str, Any] = {
        "peildatum": calendar.month_end(month).isoformat(),
        "code_version": code_version(),
        "indicators": {d.id: d.version for d in definitions().values()},
        "contracts": {name: {"version": c.version, "digest": c.digest} for name, c in contracts().items()},
        "deliveries": [
            {
                "partner": d.partner,
                "feed": d.feed,
                "month": d.month,
                "number": d.number,
                "sha256": d.sha256,
                "rows_accepted": d.rows_accepted,
                "contract": d.contract_digest,
            }
            for feed in sorted(deliveries)
            for d in deliveries[feed]
        ],
    }
    canonical = json.dumps(found, sort_keys=True, ensure_ascii=False).encode()
    return {**found, "fingerprint": hashlib.sha256(canonical).hexdigest()}


def _keep(home: Home, result: tables.Tables, record: dict[str, Any]) -> Computation:
    storage.make_folder(home.results)
    digests = {}
    for name, frame in {**result.named, "data_quality": quality.table(result.quality)}.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        digests[f"{name}.parquet"] = storage.write(home.results / f"{name}.parquet", buffer.getvalue())
    full = {**record, "entities": dict(result.entities), "quality": quality.left_out(result.quality), "files": digests}
    storage.write_vouched(home.results / MANIFEST, storage.json_bytes(full))
    return Computation(home.results, full, unchanged=False)
