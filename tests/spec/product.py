"""The product's core on typed rows: accepted files as the verdict writes them, then every exact table.

The door and the verdict are left out, so that thousands of small inboxes can be computed; the road as a whole has its
own tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators import calendar, geography
from indicators.model import Definition, definitions
from pipelines import knowledge, tables

TYPES = {
    "timestamp": pl.Datetime("us"),
    "date": pl.Date,
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "decimal": pl.Decimal(7, 2),
}
Deliveries = Mapping[tuple[str, str], Mapping[str, list[dict[str, Any]]]]


def compute(
    deliveries: Deliveries, month: str | None, folder: Path, chosen: Mapping[str, Definition] | None = None
) -> tables.Tables:
    """Every table at the end of ``month`` (None: the default rule)."""
    return tables.compute(inputs(deliveries, month, folder), definitions() if chosen is None else chosen, folder)


def inputs(deliveries: Deliveries, month: str | None, folder: Path) -> tables.Inputs:
    """The files of a computation, written to ``folder``."""
    known = contracts()
    months = {f"{partner}/{feed}": by_month for (partner, feed), by_month in deliveries.items()}
    until = month or knowledge.default_month(months)
    if until is None:
        raise ValueError("no month is complete")
    files = {
        name: [(m, _accepted(folder, known[name], m, rows)) for m, rows in knowledge.known_at(name, by_month, until)]
        for name, by_month in months.items()
    }
    peildatum = calendar.month_end(until)
    return tables.Inputs(peildatum, geography.division(peildatum), files)


def _accepted(folder: Path, contract: Contract, month: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"{contract.partner}-{contract.feed}-{month}.parquet"
    schema = {c.name: TYPES.get(c.kind, pl.String) for c in contract.columns}
    data = [{name: _naive(row.get(name)) for name in schema} for row in rows]
    pl.DataFrame(data, schema=schema).with_row_index("rij", offset=1).write_parquet(path)
    return path


def _naive(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
