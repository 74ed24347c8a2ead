"""The bare scan: DuckDB reads the columns that an indicator needs and adds them up in the simplest way there is.

No engine gives the figures for less, since they can't be known without reading these.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts.loader import contracts
from pipelines import engine
from pipelines.tables import Inputs

from .measures import Columns

# Every value is looked at once. A largest value would not do: of some columns the file's own statistics tell it.
READ = {
    "timestamp": "sum(epoch_us({0}))",
    "date": "sum(epoch_us({0}))",
    "boolean": "count(*) filter ({0})",
    "integer": "sum({0})",
    "decimal": "sum({0})",
}
READ_TEXT = "sum(strlen({0}))"


def scan(inputs: Inputs, columns: Columns, scratch: Path) -> int:
    """The number of rows read."""
    files = {feed: [path for _, path in inputs.files.get(feed, ())] for feed in columns}
    rows = 0
    with engine.connect(scratch, [path for mine in files.values() for path in mine]) as con:
        for feed, names in columns.items():
            if files[feed]:
                rows += _read(con, feed, names, files[feed])
    return rows


def _read(con: duckdb.DuckDBPyConnection, feed: str, names: tuple[str, ...], files: list[Path]) -> int:
    kinds = {c.name: c.kind for c in contracts()[feed].columns}
    sums = ", ".join(READ.get(kinds[name], READ_TEXT).format(f'"{name}"') for name in names)
    found = con.execute(
        f"select count(*), {sums} from read_parquet($files, hive_partitioning = false)",
        {"files": [str(path) for path in files]},
    ).fetchone()
    return int(found[0]) if found else 0
