"""Helpers: deliveries as text tables, made from the examples in the contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import verdict
from data_contracts.model import Contract, DoorResult, History, Pending, Verdict

MONTH = "2021-12"
Row = Mapping[str, str | None]
BROKEN = {"velden_ok": "nee"}


def good_row(contract: Contract, number: int) -> dict[str, str | None]:
    """A row that breaks no rule: the contract's examples under an id of its own."""
    row: dict[str, str | None] = {column.name: column.example for column in contract.columns}
    for names in contract.alternate_keys:
        for name in names:
            column = contract.column(name)
            if column.kind == "id":
                row[name] = f"{column.example}-{number}"
            elif column.kind == "date":
                row[name] = f"20{number // 336 % 22:02d}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
    return {**row, contract.key: f"R-{number}"}


def good_rows(contract: Contract, count: int, first: int = 0) -> list[dict[str, str | None]]:
    return [good_row(contract, first + i) for i in range(count)]


def text_table(contract: Contract, rows: Sequence[Row], path: Path) -> Path:
    """The table that the door would make. A row with ``velden_ok`` is one with a wrong number of fields."""
    broken = ["velden_ok" in row for row in rows]
    columns = {
        "rij": pa.array(range(1, len(rows) + 1), pa.int64()),
        "regel": pa.array(range(2, len(rows) + 2), pa.int64()),
        "velden_ok": pa.array([not wrong for wrong in broken], pa.bool_()),
        "ruw": pa.array(["een,twee" if wrong else None for wrong in broken], pa.string()),
    }
    for name in contract.column_names:
        columns[name] = pa.array([None if "velden_ok" in row else row[name] for row in rows], pa.string())
    pq.write_table(pa.table(columns), path)
    return path


def pending(contract: Contract, rows: Sequence[Row], folder: Path, month: str = MONTH) -> Pending:
    table = text_table(contract, rows, folder / f"{contract.partner}-{contract.feed}-{month}-{len(rows)}.parquet")
    return Pending(month, DoorResult(None, None, len(rows), table))


def judge(contract: Contract, rows: Sequence[Row], folder: Path, history: History | None = None) -> Verdict:
    (found,) = verdict.judge(contract, [pending(contract, rows, folder)], history or History(), folder)
    return found


def reasons(found: Verdict) -> dict[int, set[str]]:
    """The broken rules per row number, from the quarantine file."""
    assert found.quarantine is not None
    table = pq.read_table(found.quarantine)
    return {row: set(codes) for row, codes in zip(table["rij"].to_pylist(), table["redenen"].to_pylist(), strict=True)}


def codes(found: Verdict) -> list[str]:
    return [finding.code for finding in found.findings]
