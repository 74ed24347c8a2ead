"""Parquet -> text table, in batches whose size is known to be bounded before they are decoded.

First the footer (`footer`), then every page header (`plan`), and only then pyarrow, which unfolds no more than the
headers that were read allow. The size of text is counted before it is unfolded from a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.door import header, refusals, render
from data_contracts.door.coltypes import check_types
from data_contracts.door.footer import BadParquet, blaming_file, check_size, read_footer, rewritten
from data_contracts.door.plan import RowGroup, plan
from data_contracts.door.refusals import Reason
from data_contracts.door.settings import Settings
from data_contracts.door.source import check_parquet_head, read_head
from data_contracts.door.texttable import TextTable, text_table
from data_contracts.model import HEADER_CODE, Column, DoorResult, Finding, InternalError, Limits

_FORBIDDEN = (
    (b"\x00", r"\x00", Reason.CONTROL, "een NUL-teken"),
    (b"\x1a", r"\x1a", Reason.CONTROL, "een Ctrl-Z"),
    (b"\r", r"\r([^\n]|$)", Reason.BARE_CR, "een CR zonder LF erachter"),
)


def read_parquet(
    file: BinaryIO, size: int, columns: Sequence[Column], limits: Limits, scratch: Path, settings: Settings
) -> DoorResult:
    """The file as text table. Raises `Refused` where it is unreadable, InternalError where two counts differ."""
    check_parquet_head(read_head(file))
    footer = read_footer(file, size, settings)
    check_size(footer, limits)
    groups = plan(file, footer, limits, settings)
    check_types(footer.columns, columns)
    rows = footer.rows
    names = [column.name for column in columns]
    mismatch = header.mismatch(footer.names, names, ordered=False)
    if mismatch is not None:
        return DoorResult(None, Finding(HEADER_CODE, "levering", rows, mismatch), rows, None)
    with text_table(scratch, columns) as table, blaming_file("de inhoud is niet uit te pakken"):
        metadata = rewritten(footer)
        budget = limits.max_uncompressed_bytes
        for index, group in enumerate(groups):
            for batch in _decode(file, metadata, index, group, names, settings):
                texts = [name for name in names if render.is_text(batch.schema.field(name).type)]
                sizes = _text_bytes(batch, texts, table.rows, settings.cell_bytes)
                budget -= int(sizes.sum())
                if budget < 0:
                    raise refusals.too_big(limits.max_uncompressed_bytes, unpacked=True)
                _append(table, batch, sizes, names, texts, settings.batch_bytes)
        if table.rows != rows:
            raise InternalError(f"text table and footer differ: {table.rows} and {rows} records")
    return DoorResult(None, None, rows, table.path)


def _decode(
    file: BinaryIO, metadata: pq.FileMetaData, index: int, group: RowGroup, names: list[str], settings: Settings
) -> Iterator[pa.RecordBatch]:
    """The rows of one row group. Raises what `blaming_file` knows where they are not as promised."""
    source = pq.ParquetFile(
        file,
        metadata=metadata,
        read_dictionary=group.dictionaries,
        pre_buffer=False,
        buffer_size=1 << 20,
        page_checksum_verification=True,
    )
    seen = 0
    waiting: list[pa.RecordBatch] = []
    for batch in source.iter_batches(group.batch_rows, row_groups=[index], columns=names, use_threads=False):
        seen += batch.num_rows
        waiting.append(batch)
        is_full = len(waiting) * group.batch_rows >= settings.batch_rows
        if is_full or sum(one.nbytes for one in waiting) >= settings.batch_bytes:
            yield pa.concat_batches(waiting) if len(waiting) > 1 else batch
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)
    if seen != group.rows:
        raise BadParquet("number of rows")


def _text_bytes(batch: pa.RecordBatch, texts: Sequence[str], rows_before: int, limit: int) -> npt.NDArray[np.int64]:
    """Bytes of text per row, the columns together; a dictionary is measured without unfolding it.

    Raises `Refused` for a cell of more than ``limit`` bytes.
    """
    total = np.zeros(batch.num_rows, dtype=np.int64)
    for name in texts:
        column = batch.column(name)
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
        else:
            lengths = pc.binary_length(column)
        sizes = lengths.cast(pa.int64()).fill_null(0).to_numpy()
        long = np.flatnonzero(sizes > limit)
        if len(long):
            what = f"een tekst langer dan {refusals.number(limit)} bytes"
            raise refusals.parquet_cell(Reason.LONG_CELL, name, rows_before + int(long[0]) + 1, what)
        total += sizes
    return total


def _append(
    table: TextTable,
    batch: pa.RecordBatch,
    sizes: npt.NDArray[np.int64],
    names: Sequence[str],
    texts: Sequence[str],
    part_bytes: int,
) -> None:
    """Adds a batch to the table, in parts of about ``part_bytes`` of text at most."""
    total = np.cumsum(sizes)
    start = 0
    while start < batch.num_rows:
        before = int(total[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(total, before + part_bytes, side="right")))
        part = batch.slice(start, end - start)
        rendered = {name: render.text(part.column(name)) for name in names}
        for name in texts:
            _check_text(rendered[name], name, table.rows)
        table.append([rendered[name] for name in names])
        start = end


def _check_text(column: pa.Array, name: str, rows_before: int) -> None:
    """Raises `Refused` for text that would make a CSV file unreadable too: not UTF-8, NUL, Ctrl-Z or a bare CR."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:
        row = next(place for place, value in enumerate(column.cast(pa.binary())) if not _is_utf8(value.as_py()))
        raise refusals.parquet_cell(Reason.NOT_UTF8, name, rows_before + row + 1, "tekst die geen UTF-8 is") from error
    data = column.buffers()[2]
    content = data.to_pybytes() if data is not None else b""
    for sign, pattern, reason, what in _FORBIDDEN:
        if sign in content:
            row = pc.index(pc.match_substring_regex(column, pattern), True).as_py()
            if row >= 0:
                raise refusals.parquet_cell(reason, name, rows_before + row + 1, what)


def _is_utf8(value: bytes | None) -> bool:
    try:
        (value or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
