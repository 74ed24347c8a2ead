"""The rows that the findings of a verdict concern, all of them, for the report to the partner.

Belongs here: writing and reading that list. Not here: which rows break a rule (`rows`), its layout (`report`,
`workbook`). The list holds places, ids that may be shown and rule codes; never a value of a cell.

Relation in the session: ``gewaarschuwd`` (levering, rij, code), the accepted rows that a warning concerns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pyarrow import parquet

from data_contracts import rows
from data_contracts.casts import literal
from data_contracts.model import Contract
from data_contracts.rules import RELATION
from data_contracts.session import copy_to, union

WARNED = "gewaarschuwd"
AT_ONCE = 10_000


@dataclass(frozen=True)
class Record:
    """A row that rules concern. ``line``: where it starts in the file; ``id``: None where it may not be shown."""

    line: int
    id: str | None
    codes: tuple[str, ...]


def open_warnings(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes an empty ``gewaarschuwd``."""
    connection.execute(f"create temp table {WARNED} (levering bigint, rij bigint, code varchar)")


def note_warnings(connection: duckdb.DuckDBPyConnection, code: str, warned: str, numbers: Mapping[str, int]) -> None:
    """Adds rows to ``gewaarschuwd``. ``warned``: SQL giving maand, rij; ``numbers``: the table of each month."""
    tables = union([f"select {literal(month)} as maand, {number} as levering" for month, number in numbers.items()])
    query = f"with tabellen as ({tables}) select levering, rij, $1 from ({warned}) join tabellen using (maand)"
    connection.execute(f"insert into {WARNED} {query}", [code])


def write(
    connection: duckdb.DuckDBPyConnection, contract: Contract, number: int, hidden: Collection[int], path: Path
) -> int:
    """Writes the concerned rows of one table, by line; returns how many. ``hidden``: see `rows.record_id`."""
    query = (
        f"with redenen as (select rij, redenen from {rows.REJECTED} where levering = {number}"
        f" union all select rij, list(code order by code) from {WARNED} where levering = {number} group by rij)"
        f" select regel, {rows.record_id(contract, hidden)} as record, redenen"
        f" from {RELATION} join redenen using (rij) where levering = {number} order by rij"
    )
    return copy_to(connection, query, path)


def read(path: Path) -> Iterator[Record]:
    """The rows of such a list, a few at a time."""
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(AT_ONCE):
            for line, record, codes in zip(
                *(batch.column(name).to_pylist() for name in batch.schema.names), strict=True
            ):
                yield Record(line, record, tuple(codes))
