"""Helpers: a small contract, files written for the occasion, and what the door made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from data_contracts import door
from data_contracts.door.settings import DEFAULT, Settings
from data_contracts.model import Column, Contract, DoorResult, Kind, Limits, Retention

KINDS: dict[str, Kind] = {"melding_id": "id", "ontvangen_op": "timestamp", "uren": "decimal", "toelichting": "text"}
HEADER = b"melding_id,ontvangen_op,uren,toelichting\n"
ROW = b"M-1,2024-03-01T10:00:00Z,1.50,tekst\n"
MIB = 1 << 20


def contract(
    kinds: dict[str, Kind] | None = None,
    max_bytes: int = 32 * MIB,
    max_rows: int = 1000,
    max_uncompressed_bytes: int = 64 * MIB,
) -> Contract:
    columns = tuple(Column(name, kind, True, "", "") for name, kind in (kinds or KINDS).items())
    return Contract(
        partner="veilig_thuis",
        feed="meldingen",
        version="1.0.0",
        digest="",
        title="",
        purpose="",
        usage="",
        limitations="",
        columns=columns,
        rules=(),
        key=columns[0].name,
        alternate_keys=(),
        limits=Limits(max_bytes, max_rows, max_uncompressed_bytes),
        delivery_day=10,
        retention=Retention(24, 12),
        contact="",
    )


def read(
    tmp_path: Path,
    content: bytes,
    extension: door.Extension = "csv",
    agreed: Contract | None = None,
    settings: Settings = DEFAULT,
) -> DoorResult:
    """The content as a delivered file, through the door; scratch is ``tmp_path / "scratch"``."""
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    path = tmp_path / f"2024-03.{extension}"
    path.write_bytes(content)
    return door.read(path, extension, agreed or contract(), scratch, settings)


def refusal(result: DoorResult, tmp_path: Path) -> str:
    """The message of an unreadable file; nothing of it is left in scratch."""
    assert result.unreadable is not None
    assert (result.unreadable.code, result.unreadable.level, result.unreadable.rows) == ("onleesbaar", "levering", 0)
    assert (result.header, result.rows_in, result.table) == (None, 0, None)
    assert not list((tmp_path / "scratch").iterdir())
    return result.unreadable.message


def rows(result: DoorResult, columns: Sequence[str] | None = None) -> list[tuple[Any, ...]]:
    """The rows of the text table, as tuples."""
    assert result.unreadable is None and result.header is None and result.table is not None
    table = pq.read_table(result.table, columns=columns)
    assert table.num_rows == result.rows_in
    return list(zip(*[column.to_pylist() for column in table.columns], strict=True))
