"""A DuckDB of our own for one judgement: in memory, bounded, spilling to a scratch folder.

Belongs here: settings and how paths reach SQL. Not here: any query about a feed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY_LIMIT = "640MiB"
# DuckDB's working memory grows with its threads; more of them would not fit in the limit.
MOST_THREADS = 4
ROW_GROUP_SIZE = 122_880
KEPT = f"format parquet, compression zstd, row_group_size {ROW_GROUP_SIZE}"
# For files that are gone within the minute: quick to write and read, and no long search for repeated values.
PASSING = f"format parquet, compression lz4_raw, row_group_size {ROW_GROUP_SIZE}, dictionary_size_limit 1000"


@contextmanager
def session(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed afterwards. ``scratch``: an existing folder in which DuckDB may spill."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": str(min(MOST_THREADS, os.cpu_count() or 1)),
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A column of which statistics show that it has no nulls is written as one that may have none: the bytes of
            # a delivery's rows would depend on the deliveries judged with it.
            "disabled_optimizers": "statistics_propagation",
        }
    )
    try:
        connection.execute("set global TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def parquet(path: Path) -> str:
    """SQL: the relation in one Parquet file. The path is read literally, not as a pattern."""
    escaped = glob.escape(str(path)).replace("'", "''")
    return f"read_parquet('{escaped}', hive_partitioning = false)"


def union(selects: Sequence[str]) -> str:
    """SQL: the rows of all selects, in their order."""
    return " union all ".join(selects)


def copy_to(connection: duckdb.DuckDBPyConnection, query: str, path: Path, form: str = KEPT) -> int:
    """Writes a query's rows as Parquet, the same rows always as the same bytes; returns how many.

    ``form``: `KEPT` or `PASSING`.
    """
    target = str(path).replace("'", "''")
    (count,) = connection.execute(f"copy ({query}) to '{target}' ({form})").fetchall()[0]
    return int(count)
