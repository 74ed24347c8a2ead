"""Does anything of a gezin stand in a file? Looks at the bytes, and at what they hold once they are opened.

A pseudonym in Parquet or in a database need not stand in the bytes as it is written: such files are read cell by cell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import storage

PARQUET, SQLITE = b"PAR1", b"SQLite format 3\x00"
BATCH_ROWS = 131_072


def holds(path: Path, names: Collection[str]) -> bool:
    """Whether a file holds one of the names, in capitals too. Raises OSError, and pa.ArrowException or sqlite3.Error
    for a file that is not what it begins as."""
    with path.open("rb") as handle:
        head = handle.read(len(SQLITE))
    if _in_bytes(path, [name.encode() for name in names]):
        return True
    if head.startswith(PARQUET):
        return _in_parquet(path, names)
    return head == SQLITE and _in_database(path, names)


def _in_bytes(path: Path, names: Collection[bytes]) -> bool:
    overlap = max(len(name) for name in names) - 1
    before = b""
    with path.open("rb") as handle:
        while block := handle.read(storage.BLOCK):
            text = before + block.lower()
            if any(name in text for name in names):
                return True
            before = text[-overlap:]
    return False


def _in_parquet(path: Path, names: Collection[str]) -> bool:
    with pq.ParquetFile(path) as file:
        return any(_in_column(column, names) for batch in file.iter_batches(BATCH_ROWS) for column in batch.columns)


def _in_column(column: pa.Array, names: Collection[str]) -> bool:
    if pa.types.is_nested(column.type):
        return any(_in_column(part, names) for part in column.flatten()) if len(column) else False
    if pa.types.is_dictionary(column.type):
        return _in_column(column.dictionary, names)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    lowered = pc.utf8_lower(column)
    return any(pc.any(pc.match_substring(lowered, name)).as_py() for name in names)


def _in_database(path: Path, names: Collection[str]) -> bool:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return any(
            any(name in str(cell).lower() for cell in row for name in names)
            for table in tables
            for row in database.execute('select * from "{}"'.format(table.replace('"', '""')))
        )
