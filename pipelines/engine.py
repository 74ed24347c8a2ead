"""The DuckDB session in which everything is computed: in memory, bounded, without a time zone of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from data_contracts import session

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
