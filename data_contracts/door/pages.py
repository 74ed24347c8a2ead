"""The page headers of a Parquet file, read before anything is decoded.

A footer can promise little and the pages unfold into gigabytes; a page header says how many values its page holds and
how large it is unpacked, and the decoder reserves memory by it. So every header is read here first and held against the
footer. Delta encoded text states its number of values once more, inside the page.
Formats: parquet-format, `parquet.thrift` and `Encodings.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa

from data_contracts.door.coltypes import BYTE_ARRAY, FileColumn
from data_contracts.door.footer import BadParquet, Chunk
from data_contracts.door.thrift import BOOL_KIND, I32_KIND, Reader, struct_of

HEADER_BYTES = 16 << 20
_FIRST_READ = 4096

DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2 = 0, 2, 3
PLAIN_DICTIONARY, RLE, DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY, RLE_DICTIONARY = 2, 3, 6, 7, 8
DICTIONARY_ENCODINGS = frozenset({PLAIN_DICTIONARY, RLE_DICTIONARY})
DELTA_TEXT = frozenset({DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY})
_UNCOMPRESSED = 0
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}

_HEADER = {
    1: I32_KIND,
    2: I32_KIND,
    3: I32_KIND,
    5: struct_of({1: I32_KIND, 2: I32_KIND, 3: I32_KIND}),
    7: struct_of({1: I32_KIND, 2: I32_KIND}),
    8: struct_of({1: I32_KIND, 4: I32_KIND, 5: I32_KIND, 6: I32_KIND, 7: BOOL_KIND}),
}
# Per page type: the field of its own header, and in there number of values and encoding.
_OWN_HEADER = {DATA_PAGE: (5, 1, 2), DICTIONARY_PAGE: (7, 1, 2), DATA_PAGE_V2: (8, 1, 4)}


@dataclass(frozen=True)
class Page:
    """``size``: bytes unpacked; ``packed``: bytes in the file; ``body``: where in the file they start.

    ``levels_bytes``: unpacked bytes in front of the values of a page of version 2.
    """

    kind: int
    encoding: int
    values: int
    size: int
    packed: int
    body: int
    levels_bytes: int
    is_compressed: bool


def read_pages(file: BinaryIO, chunk: Chunk, column: FileColumn, largest: int) -> Iterator[Page]:
    """The pages of one chunk, in order. Raises `BadParquet` or `BadThrift` where they contradict the footer.

    ``largest``: bytes a page may have after unpacking, before what is inside it is looked at.
    """
    seen, place, first = 0, chunk.start, True
    while seen < chunk.values:
        page = _read_page(file, place, chunk)
        place = page.body + page.packed
        if page.kind == DICTIONARY_PAGE:
            least = 4 if column.physical == BYTE_ARRAY else 1
            if not first or page.values * least > page.size:
                raise BadParquet("dictionary")
        else:
            seen += page.values
        first = False
        if page.size <= largest and page.encoding in DELTA_TEXT:
            _check_delta_lengths(file, page, chunk, column)
        yield page
    if seen != chunk.values:
        raise BadParquet("number of values")


def _read_page(file: BinaryIO, place: int, chunk: Chunk) -> Page:
    length = _FIRST_READ
    while True:
        file.seek(place)
        data = file.read(min(length, chunk.end - place))
        reader = Reader(data)
        try:
            return _page(reader.struct(_HEADER), place + reader.place, chunk)
        except IndexError:
            if len(data) < length or length >= HEADER_BYTES:
                raise BadParquet("page header") from None
            length *= 16


def _page(fields: Mapping[int, Any], body: int, chunk: Chunk) -> Page:
    kind, size, packed = (_needed(fields, field) for field in (1, 2, 3))
    if kind not in _OWN_HEADER:
        raise BadParquet("page type")
    own, values_field, encoding_field = _OWN_HEADER[kind]
    inner = _needed(fields, own)
    values, encoding = _needed(inner, values_field), _needed(inner, encoding_field)
    levels, is_compressed = 0, True
    if kind == DATA_PAGE and encoding in DELTA_TEXT and _needed(inner, 3) != RLE:
        raise BadParquet("definition levels")
    if kind == DATA_PAGE_V2:
        levels = _needed(inner, 5) + _needed(inner, 6)
        is_compressed = inner.get(7, True)
    if min(size, packed, values, levels) < 0 or body + packed > chunk.end or levels > min(size, packed):
        raise BadParquet("page size")
    if kind != DICTIONARY_PAGE and values > chunk.values:
        raise BadParquet("number of values")
    return Page(kind, encoding, values, size, packed, body, levels, is_compressed)


def _needed(fields: Mapping[int, Any], field: int) -> Any:
    if field not in fields:
        raise BadParquet("page header")
    return fields[field]


def _check_delta_lengths(file: BinaryIO, page: Page, chunk: Chunk, column: FileColumn) -> None:
    """The lengths inside a page of delta encoded text may not be more in number than the page's values."""
    file.seek(page.body)
    data = file.read(page.packed)
    if page.kind == DATA_PAGE_V2:
        text = data[page.levels_bytes :]
        if page.is_compressed:
            text = _unpack(text, chunk.codec, page.size - page.levels_bytes)
    else:
        text = _unpack(data, chunk.codec, page.size)
        if column.optional:
            text = text[4 + int.from_bytes(text[:4], "little") :]
    if not text:
        return
    reader = Reader(text)
    try:
        if page.encoding == DELTA_BYTE_ARRAY:
            _skip_delta_run(reader, page.values)
        _delta_header(reader, page.values)
    except IndexError as error:
        raise BadParquet("delta encoding") from error


def _unpack(data: bytes, codec: int, size: int) -> bytes:
    if codec == _UNCOMPRESSED or size == 0:
        return data
    if codec not in _CODECS:
        raise BadParquet("compression")
    return bytes(pa.Codec(_CODECS[codec]).decompress(data, decompressed_size=size, asbytes=True))


def _delta_header(reader: Reader, values: int) -> tuple[int, int, int]:
    """Values per block, miniblocks per block and number of values of a DELTA_BINARY_PACKED run."""
    block, miniblocks, count = reader.varint(), reader.varint(), reader.varint()
    reader.zigzag()
    if count > values or not 0 < miniblocks <= block or block % 128 or block // miniblocks % 32:
        raise BadParquet("delta encoding")
    return block, miniblocks, count


def _skip_delta_run(reader: Reader, values: int) -> None:
    """Moves past a DELTA_BINARY_PACKED run, by the widths of its miniblocks."""
    block, miniblocks, count = _delta_header(reader, values)
    per_miniblock = block // miniblocks
    left = count - 1
    while left > 0:
        reader.zigzag()
        for width in reader.take(miniblocks):
            if left <= 0:
                break
            reader.take(width * per_miniblock // 8)
            left -= per_miniblock
