"""The only way in which this product opens a DuckDB: in memory, bounded, shut off from all it need not reach.

Belongs here: settings and how paths reach SQL. Not here: any query about a feed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def connect(scratch: Path, files: Iterable[Path], config: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB in UTC that reaches the folder ``scratch`` and these ``files``, and nothing else.

    No network, no extensions, no other database; what was set here can't be set otherwise afterwards. ``config``: what
    differs between uses; sessions that spill name a ``temp_directory`` in ``scratch``.
    """
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", **config}
    )
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute(f"set allowed_directories = {_literals([scratch])}")
    connection.execute(f"set allowed_paths = {_literals(files)}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _literals(paths: Iterable[Path]) -> str:
    """SQL: a list of paths, as they are and as ``parquet`` writes them: each reading is checked in both forms."""
    forms = dict.fromkeys(form for path in paths for form in (str(path), glob.escape(str(path))))
    return "[" + ", ".join("'" + form.replace("'", "''") + "'" for form in forms) + "]"


@contextmanager
def session(scratch: Path, files: Iterable[Path] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one judgement, closed afterwards. ``scratch``: an existing folder, to spill and to write in;
    ``files``: what is read from elsewhere."""
    connection = connect(
        scratch,
        files,
        {
            "memory_limit": MEMORY_LIMIT,
            "threads": str(min(MOST_THREADS, os.cpu_count() or 1)),
            "temp_directory": str(scratch / "spill"),
            # A column of which statistics show that it has no nulls is written as one that may have none: the bytes of
            # a delivery's rows would depend on the deliveries judged with it.
            "disabled_optimizers": "statistics_propagation",
        },
    )
    try:
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
