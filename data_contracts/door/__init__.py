"""The door: the bytes of one delivered file -> a text table, or why the file is unreadable.

The only code that opens a partner's file. Belongs here: everything about the form of a file (encoding, quoting, size,
what kind of file it is). Not here: what a cell may hold; that is judged on the text table, the same for both forms.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal

from data_contracts.door import refusals
from data_contracts.door.csv_reader import read_csv
from data_contracts.door.parquet_reader import read_parquet
from data_contracts.door.refusals import Refused
from data_contracts.door.settings import DEFAULT, Settings
from data_contracts.door.source import opened
from data_contracts.model import UNREADABLE_CODE, Contract, DoorResult, Finding

__all__ = ["Extension", "read"]

Extension = Literal["csv", "parquet", "leeg"]


def read(
    path: Path, extension: Extension, contract: Contract, scratch: Path, settings: Settings = DEFAULT
) -> DoorResult:
    """The file as text table in the folder ``scratch``, or a finding that says in Dutch why there is none.

    ``extension``: what the name says the file is. The table's columns are those of `docs/architecture.md`; the caller
    removes it. Raises OSError where the file cannot be opened or read, InternalError where two counts differ.
    """
    try:
        with opened(path) as (file, size):
            return _read(file, size, extension, contract, scratch, settings)
    except Refused as refused:
        return DoorResult(Finding(UNREADABLE_CODE, "levering", 0, refused.message), None, 0, None)


def _read(
    file: BinaryIO, size: int, extension: Extension, contract: Contract, scratch: Path, settings: Settings
) -> DoorResult:
    if extension == "leeg":
        if size:
            raise refusals.not_empty()
        return DoorResult(None, None, 0, None)
    if not size:
        raise refusals.empty()
    if size > contract.limits.max_bytes:
        raise refusals.too_big(contract.limits.max_bytes)
    if extension == "csv":
        return read_csv(file, contract.columns, contract.limits, scratch, settings)
    return read_parquet(file, size, contract.columns, contract.limits, scratch, settings)
