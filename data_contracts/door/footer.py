"""The footer of a Parquet file: its columns and row groups, checked, and written anew for pyarrow.

Not here: pages (`pages`, `plan`) and rows (`parquet_reader`). Format: parquet-format, `parquet.thrift`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.door import refusals
from data_contracts.door.coltypes import ELEMENT, FileColumn, described
from data_contracts.door.settings import Settings
from data_contracts.door.source import PARQUET, PARQUET_ENCRYPTED
from data_contracts.door.thrift import (
    ANY_STRUCT,
    BINARY,
    BINARY_KIND,
    I32,
    I32_KIND,
    I64,
    I64_KIND,
    LIST,
    STRUCT,
    BadThrift,
    Field,
    Reader,
    list_of,
    struct_of,
    write_struct,
)
from data_contracts.model import Limits

_CHUNK_META = struct_of({1: I32_KIND, 3: list_of(BINARY_KIND), 4: I32_KIND} | dict.fromkeys((5, 6, 7, 9, 11), I64_KIND))
_CHUNK = struct_of({1: BINARY_KIND, 3: _CHUNK_META, 8: ANY_STRUCT, 9: BINARY_KIND})
_GROUP = struct_of({1: list_of(_CHUNK), 3: I64_KIND})
_FOOTER = {2: list_of(struct_of(ELEMENT)), 3: I64_KIND, 4: list_of(_GROUP), 8: ANY_STRUCT}
_REPEATED = 2
_CODECS = range(8)
_ENCODINGS = (0, 3, 8)


class BadParquet(Exception):
    """Footer or pages are not what the format, or each other, say they are."""


@dataclass(frozen=True)
class Chunk:
    """One column of one row group: bytes ``start`` to ``end`` of the file, ``values`` values.

    ``codec``: number of the compression. ``data``: where the first data page starts, by the footer; ``dictionary``: the
    dictionary page, or None. ``unpacked``: bytes after decompression, by the footer.
    """

    start: int
    end: int
    values: int
    codec: int
    data: int
    dictionary: int | None
    unpacked: int


@dataclass(frozen=True)
class Group:
    rows: int
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True)
class Footer:
    """``groups``: those with rows; of the others it does not matter where their columns stand."""

    columns: tuple[FileColumn, ...]
    groups: tuple[Group, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def rows(self) -> int:
        return sum(group.rows for group in self.groups)


@contextmanager
def blaming_file(place: str) -> Iterator[None]:
    """What cannot be read in here is the file's fault: raises `Refused` as damaged, at ``place`` (Dutch).

    An OSError with a number comes from the operating system, and too little memory from the machine: both pass.
    """
    try:
        yield
    except (pa.ArrowException, BadParquet, BadThrift, OSError, UnicodeDecodeError) as error:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        raise refusals.damaged(place) from error


def read_footer(file: BinaryIO, size: int, settings: Settings) -> Footer:
    """The footer of a file of ``size`` bytes. Raises `Refused` where it is damaged, encrypted or describes nesting."""
    file.seek(max(size - 8, 0))
    tail = file.read(8)
    if tail.endswith(PARQUET_ENCRYPTED):
        raise refusals.encrypted()
    length = int.from_bytes(tail[:4], "little")
    if size < 12 or not tail.endswith(PARQUET) or length > size - 12:
        raise refusals.damaged("het einde van het bestand ontbreekt")
    if length > settings.footer_bytes:
        raise refusals.big_footer(settings.footer_bytes)
    file.seek(size - 8 - length)
    with blaming_file("de voettekst is niet te lezen"):
        try:
            values = Reader(file.read(length)).struct(_FOOTER)
        except IndexError as error:
            raise BadThrift("end") from error
        if 8 in values:
            raise refusals.encrypted()
        return _footer(values, size - 8 - length)


def _footer(values: dict[int, Any], end: int) -> Footer:
    elements, rows, groups = _needed(values, 2, 3, 4)
    if any(element.get(5) or element.get(3) == _REPEATED for element in elements[1:]):
        raise refusals.nested()
    columns = tuple(column for column in map(described, elements[1:]) if column is not None)
    if len(columns) + 1 != len(elements) or elements[0].get(5) != len(columns):
        raise BadParquet("schema")
    footer = Footer(columns, tuple(_group(group, columns, end) for group in groups if group.get(3) != 0))
    if footer.rows != rows:
        raise BadParquet("number of rows")
    return footer


def _needed(values: dict[int, Any], *fields: int) -> list[Any]:
    if any(field not in values for field in fields):
        raise BadParquet("missing field")
    return [values[field] for field in fields]


def _group(values: dict[int, Any], columns: Sequence[FileColumn], end: int) -> Group:
    chunks, rows = _needed(values, 1, 3)
    if len(chunks) != len(columns) or rows < 0:
        raise BadParquet("row group")
    return Group(rows, tuple(_chunk(c, column, rows, end) for c, column in zip(chunks, columns, strict=True)))


def _chunk(values: dict[int, Any], column: FileColumn, rows: int, footer_start: int) -> Chunk:
    if 8 in values or 9 in values:
        raise refusals.encrypted()
    (meta,) = _needed(values, 3)
    physical, path, codec, count, unpacked, packed, data = _needed(meta, 1, 3, 4, 5, 6, 7, 9)
    dictionary = meta.get(11) or None
    start = data if dictionary is None else min(data, dictionary)
    if 1 in values or physical != column.physical or path != [column.name.encode()] or codec not in _CODECS:
        raise BadParquet("column chunk")
    if count != rows or min(unpacked, packed) < 0 or start < len(PARQUET) or start + packed > footer_start:
        raise BadParquet("column chunk")
    return Chunk(start, start + packed, count, codec, data, dictionary, unpacked)


def check_size(footer: Footer, limits: Limits) -> None:
    """Raises `Refused` where the footer itself passes a limit of the contract."""
    if footer.rows > limits.max_rows:
        raise refusals.too_many_rows(limits.max_rows)
    if sum(chunk.unpacked for group in footer.groups for chunk in group.chunks) > limits.max_uncompressed_bytes:
        raise refusals.too_big(limits.max_uncompressed_bytes, unpacked=True)


def rewritten(footer: Footer) -> pq.FileMetaData:
    """The same columns and row groups in a footer of our own writing, for pyarrow; nothing else of the file in it."""
    root: list[Field] = [(4, BINARY, b"schema"), (5, I32, len(footer.columns))]
    elements = [root, *(column.element() for column in footer.columns)]
    groups = [_write_group(group, footer.columns) for group in footer.groups]
    fields = [(1, I32, 2), (2, LIST, (STRUCT, elements)), (3, I64, footer.rows), (4, LIST, (STRUCT, groups))]
    data = write_struct(fields)
    whole = PARQUET + data + len(data).to_bytes(4, "little") + PARQUET
    return pq.ParquetFile(pa.BufferReader(whole), pre_buffer=False).metadata


def _write_group(group: Group, columns: Sequence[FileColumn]) -> list[Field]:
    chunks: list[list[Field]] = []
    for chunk, column in zip(group.chunks, columns, strict=True):
        meta: list[Field] = [
            (1, I32, column.physical),
            (2, LIST, (I32, _ENCODINGS)),
            (3, LIST, (BINARY, [column.name.encode()])),
            (4, I32, chunk.codec),
            (5, I64, chunk.values),
            (6, I64, chunk.unpacked),
            (7, I64, chunk.end - chunk.start),
            (9, I64, chunk.data),
        ]
        if chunk.dictionary is not None:
            meta.append((11, I64, chunk.dictionary))
        chunks.append([(2, I64, chunk.start), (3, STRUCT, meta)])
    size = sum(chunk.unpacked for chunk in group.chunks)
    return [(1, LIST, (STRUCT, chunks)), (2, I64, size), (3, I64, group.rows)]
