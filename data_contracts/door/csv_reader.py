"""CSV -> text table, in pieces cut where a record ends.

The structure of the text is judged by `records`; pyarrow only takes apart records of which the number of cells is
already known to be right, and its count of rows is held against ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from data_contracts.door import header, refusals
from data_contracts.door.records import Fault, Positions, Records, split
from data_contracts.door.settings import Settings
from data_contracts.door.source import BOM, check_csv_head, read_head
from data_contracts.door.texttable import TextTable, text_table
from data_contracts.model import HEADER_CODE, Column, DoorResult, Finding, InternalError, Limits

_CELL = re.compile(rb'(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))')


def read_csv(
    file: BinaryIO, columns: Sequence[Column], limits: Limits, scratch: Path, settings: Settings
) -> DoorResult:
    """The file as text table. Raises `Refused` where it is unreadable, InternalError where two counts differ."""
    head = read_head(file)
    check_csv_head(head)
    offset = len(BOM) if head.startswith(BOM) else 0
    file.seek(offset)
    with ExitStack() as stack:
        reading = _Reading(columns, limits, scratch, settings, stack, offset)
        rest, final = b"", False
        while not final:
            block = file.read(settings.chunk_bytes)
            final = not block
            rest = reading.take(rest + block, final)
        return reading.result()


class _Reading:
    """One file while it is read: how far we are, and where its rows go."""

    def __init__(
        self,
        columns: Sequence[Column],
        limits: Limits,
        scratch: Path,
        settings: Settings,
        stack: ExitStack,
        offset: int,
    ) -> None:
        self._columns = columns
        self._names = [column.name for column in columns]
        self._limits = limits
        self._scratch = scratch
        self._settings = settings
        self._stack = stack
        self._offset = offset
        self._lines = 0
        self._rows = 0
        self._empty = _EmptyLines(first_line=0, count=0)
        self._header_seen = False
        self._mismatch: str | None = None
        self._table: TextTable | None = None

    def take(self, data: bytes, final: bool) -> bytes:
        """Works through the whole records of ``data``; returns what is left for the next piece."""
        if self._offset + len(data) > self._limits.max_bytes:
            raise refusals.too_big(self._limits.max_bytes)
        found = split(data, final, self._settings)
        if isinstance(found, Fault):
            raise self._refusal(data, found)
        first = 0
        if not self._header_seen and (len(found) or final):
            line = data[: int(found.ends[0])] if len(found) else b""
            self._open(line)
            first = 1
        self._take_rows(data, found, first)
        self._lines += found.consumed_newlines
        self._offset += found.consumed
        return data[found.consumed :]

    def result(self) -> DoorResult:
        """What the door made of the file, once everything has been taken."""
        if self._mismatch is not None:
            return DoorResult(None, Finding(HEADER_CODE, "levering", self._rows, self._mismatch), self._rows, None)
        if self._table is None or self._table.rows != self._rows:
            raise InternalError(f"text table and count of records differ: {self._rows} records")
        return DoorResult(None, None, self._rows, self._table.path)

    def _open(self, line: bytes) -> None:
        self._header_seen = True
        self._mismatch = header.mismatch(split_cells(line), self._names, ordered=True)
        if self._mismatch is None:
            self._table = self._stack.enter_context(text_table(self._scratch, self._columns))

    def _take_rows(self, data: bytes, found: Records, first: int) -> None:
        """Empty lines wait until a record follows them: at the end of the file they are none."""
        filled = np.flatnonzero(found.ends[first:] > found.starts[first:])
        last = first + int(filled[-1]) + 1 if len(filled) else first
        if last > first:
            self._count(self._empty.count + last - first)
            for lines in self._empty.slices(self._settings.slice_rows):
                self._append_empty(lines)
            for start in range(first, last, self._settings.slice_rows):
                self._append(data, found, slice(start, min(start + self._settings.slice_rows, last)))
            self._empty = _EmptyLines(first_line=0, count=0)
        waiting = len(found) - last
        if waiting > 0:
            line = self._empty.first_line if self._empty.count else self._lines + int(found.newlines[last]) + 1
            self._empty = _EmptyLines(line, self._empty.count + waiting)

    def _count(self, rows: int) -> None:
        self._rows += rows
        if self._rows > self._limits.max_rows:
            raise refusals.too_many_rows(self._limits.max_rows)

    def _append_empty(self, lines: npt.NDArray[np.int64]) -> None:
        if self._table is not None:
            n = len(lines)
            empty = pa.repeat(pa.scalar("", pa.string()), n)
            self._table.append([pa.nulls(n, pa.string())] * len(self._names), lines, np.zeros(n, dtype=np.bool_), empty)

    def _append(self, data: bytes, found: Records, part: slice) -> None:
        if self._table is None:
            return
        regel = found.newlines[part] + (self._lines + 1)
        good = found.fields[part] == len(self._names)
        starts, nexts = found.starts[part], found.nexts[part]
        if good.all():
            whole = data[int(starts[0]) : int(nexts[-1])]
            self._table.append(parse(whole, self._names, len(good)), regel)
            return
        records = _without(data, starts, nexts, good, b"," * (len(self._names) - 1) + b"\n")
        ruw = _raw(data, starts, found.ends[part], good)
        self._table.append(parse(records, self._names, len(good)), regel, good, ruw)

    def _refusal(self, data: bytes, fault: Fault) -> refusals.Refused:
        def line(offset: int) -> int:
            return self._lines + data.count(b"\n", 0, offset) + 1

        return refusals.csv_fault(
            fault.reason,
            line=line(fault.offset),
            byte=self._offset + fault.offset + 1,
            record=line(fault.record_start),
            cell_bytes=self._settings.cell_bytes,
            line_bytes=self._settings.line_bytes,
            record_bytes=self._settings.record_bytes,
        )


@dataclass(frozen=True)
class _EmptyLines:
    """Empty lines of which it is not yet known whether a record follows: ``count`` of them from ``first_line`` on."""

    first_line: int
    count: int

    def slices(self, size: int) -> list[npt.NDArray[np.int64]]:
        """Their line numbers, at most ``size`` at a time."""
        last = self.first_line + self.count
        return [np.arange(line, min(line + size, last)) for line in range(self.first_line, last, size)]


def split_cells(line: bytes) -> list[str]:
    """The cells of one well-formed record."""
    return [
        (plain if plain or not quoted else quoted.replace(b'""', b'"')).decode("utf-8")
        for quoted, plain in _CELL.findall(line)
    ]


def parse(records: bytes, names: Sequence[str], n: int) -> list[pa.ChunkedArray]:
    """The cells of ``n`` records that each have as many cells as ``names``, per column; null for an empty cell."""
    # pyarrow drops a byte order mark at the start of what it reads; here it belongs to a cell.
    text = BOM + records if records.startswith(BOM) else records
    table = pa_csv.read_csv(
        pa.BufferReader(text),
        read_options=pa_csv.ReadOptions(column_names=list(names), block_size=len(text) + 1, use_threads=False),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    if table.num_rows != n:
        raise InternalError(f"pyarrow counts {table.num_rows} records where {n} were found")
    return list(table.columns)


def _without(data: bytes, starts: Positions, nexts: Positions, good: npt.NDArray[np.bool_], blank: bytes) -> bytes:
    """The records as they stand in ``data``, with the text ``blank`` in the place of each that is not good."""
    bad = np.flatnonzero(~good)
    since = [int(starts[0]), *nexts[bad].tolist()]
    until = [*starts[bad].tolist(), int(nexts[-1])]
    return blank.join(data[start:end] for start, end in zip(since, until, strict=True))


def _raw(data: bytes, starts: Positions, ends: Positions, good: npt.NDArray[np.bool_]) -> pa.Array:
    """The text of the records that are not good, without line end; null for the others."""
    bad = np.flatnonzero(~good)
    texts = [data[start:end] for start, end in zip(starts[bad].tolist(), ends[bad].tolist(), strict=True)]
    return pa.array(texts, pa.string()).take(pa.array(np.cumsum(~good) - 1, mask=good))
