"""Helpers: Parquet files written by pyarrow, and files put together by hand whose headers do not tell the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.door.thrift import BINARY, I32, I64, LIST, STRUCT, Field, write_struct, write_varint, write_zigzag

PLAIN, DELTA_LENGTH, DELTA, DICTIONARY = 0, 6, 7, 8
DATA_PAGE, DICTIONARY_PAGE = 0, 2
INT64, BYTE_ARRAY = 2, 6
UTF8 = 0


def written(table: pa.Table, **options: Any) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(table, out, **options)
    return out.getvalue().to_pybytes()


def page(body: bytes, values: int, encoding: int, size: int | None = None, kind: int = DATA_PAGE) -> bytes:
    """A page of version 1; ``size`` is what it says about its unpacked size."""
    own: list[Field] = [(1, I32, values), (2, I32, encoding)]
    if kind == DATA_PAGE:
        own += [(3, I32, 3), (4, I32, 3)]
    header: list[Field] = [
        (1, I32, kind),
        (2, I32, len(body) if size is None else size),
        (3, I32, len(body)),
        (5 if kind == DATA_PAGE else 7, STRUCT, own),
    ]
    return write_struct(header) + body


def texts(count: int) -> bytes:
    return page(b"\x01\x00\x00\x00x" * count, count, PLAIN)


def numbers(count: int) -> bytes:
    return page(b"\x00" * 8 * count, count, PLAIN)


def one_text(text: bytes) -> bytes:
    """A dictionary page of one value."""
    return page(len(text).to_bytes(4, "little") + text, 1, PLAIN, kind=DICTIONARY_PAGE)


def all_the_first(values: int, said: int | None = None) -> bytes:
    """A page in which one run says ``values`` times: the first of the dictionary."""
    return page(b"\x00" + write_varint(values << 1), said or values, DICTIONARY)


def delta_run(first: int, count: int, said: int | None = None) -> bytes:
    """DELTA_BINARY_PACKED: ``first``, repeated ``count`` times; one block, so of a few bytes only."""
    block = 128 if (said or count) <= 129 else 1 << 31
    head = write_varint(block) + write_varint(1) + write_varint(said or count) + write_zigzag(first)
    return head + write_zigzag(0) + b"\x00"


def put_together(
    a: Sequence[bytes], b: Sequence[bytes], rows: int, codec: int = 0, extra: Sequence[Field] = ()
) -> bytes:
    """A file with a text column ``a`` and an integer column ``b``, both required, in one row group.

    ``extra``: further fields of both columns' ColumnMetaData.
    """
    out = b"PAR1"
    chunks = []
    for name, physical, pages in ((b"a", BYTE_ARRAY, a), (b"b", INT64, b)):
        start, size = len(out), sum(len(one) for one in pages)
        meta: list[Field] = [
            (1, I32, physical),
            (2, LIST, (I32, [PLAIN])),
            (3, LIST, (BINARY, [name])),
            (4, I32, codec),
            (5, I64, rows),
            (6, I64, size),
            (7, I64, size),
            (9, I64, start + (len(pages[0]) if len(pages) > 1 else 0)),
        ]
        if len(pages) > 1:
            meta.append((11, I64, start))
        meta += extra
        chunks.append([(2, I64, start), (3, STRUCT, meta)])
        out += b"".join(pages)
    schema: list[list[Field]] = [
        [(4, BINARY, b"schema"), (5, I32, 2)],
        [(1, I32, BYTE_ARRAY), (3, I32, 0), (4, BINARY, b"a"), (6, I32, UTF8)],
        [(1, I32, INT64), (3, I32, 0), (4, BINARY, b"b")],
    ]
    group = [(1, LIST, (STRUCT, chunks)), (2, I64, 1), (3, I64, rows)]
    fields = [(1, I32, 1), (2, LIST, (STRUCT, schema)), (3, I64, rows), (4, LIST, (STRUCT, [group]))]
    footer = write_struct(fields)
    return out + footer + len(footer).to_bytes(4, "little") + b"PAR1"
