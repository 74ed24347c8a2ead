"""The DuckDB session in which everything is computed: in memory, bounded, without a time zone of its own.

Or another engine, when that is asked for: see ``chosen``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from data_contracts import session
from indicators.session import Session
from pipelines.errors import UserError

VARIABLE = "VEILIGHEID_ENGINE"
# Where Spark runs, as its master URL; by default on this machine.
MASTER_VARIABLE = "VEILIGHEID_SPARK_MASTER"
DUCKDB, SPARK = "duckdb", "spark"
Connect = Callable[[Path, Iterable[Path]], AbstractContextManager[Session]]

MACROS = (
    "create macro amsterdam_datum(tijd) as cast(timezone('Europe/Amsterdam', timezone('UTC', tijd)) as date)",
    "create macro amsterdam_uur(tijd) as hour(timezone('Europe/Amsterdam', timezone('UTC', tijd)))",
    "create macro maand_van(dag) as strftime(dag, '%Y-%m')",
    "create macro seconden(van, tot) as date_diff('second', van, tot)",
    "create macro hele_dagen(van, tot) as date_diff('second', van, tot) // 86400",
)


def connect(
    scratch: Path, files: Iterable[Path] = (), memory: str = "2500MiB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that knows our macros, spills to ``scratch`` (a folder) and can read these ``files``.

    ``memory`` is DuckDB's own limit, such as ``3GiB``; ``threads`` defaults to the machine's. Everything else is
    out of reach (``data_contracts.session.connect``).
    """
    con = session.connect(
        scratch,
        files,
        {
            "memory_limit": memory,
            "temp_directory": str(scratch),
            "preserve_insertion_order": "false",
            **({"threads": str(threads)} if threads else {}),
        },
    )
    for macro in MACROS:
        con.execute(macro)
    return con


def chosen(name: str | None = None) -> Connect:
    """What opens a session: of the engine ``name``, else of the one that VEILIGHEID_ENGINE names, else DuckDB.

    It is called with a scratch folder and the files to be read. Raises UserError for an engine that is not known, or
    not installed.
    """
    wanted = name or os.environ.get(VARIABLE) or DUCKDB
    if wanted == DUCKDB:
        return connect
    if wanted == SPARK:
        # Only then: its libraries are an extra, and slow to load.
        from pipelines import spark

        return spark.connect
    place = "--engine" if name else VARIABLE
    raise UserError(f"{place}: '{wanted}' is geen rekenmotor. Kies {DUCKDB} of {SPARK}.")
