"""The CSV reader against a plain walk over the bytes: same verdict, place and records, however the file is cut."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data_contracts.door.csv_reader import read_csv
from data_contracts.door.refusals import Reason, Refused
from data_contracts.door.settings import Settings
from data_contracts.door.source import is_utf_16_or_32
from data_contracts.model import Column, Limits

LF, CR, COMMA, QUOTE = b'\n\r,"'
COLUMNS = [Column("a", "id", True, "", ""), Column("b", "enum", False, "", "")]
NAMES = [column.name for column in COLUMNS]
LIMITS = Limits(max_bytes=1 << 20, max_rows=1000, max_uncompressed_bytes=1 << 20)
ORDER = list(Reason)


@dataclass
class Record:
    line: int
    raw: bytes
    cells: list[bytes]


@dataclass
class Fault(Exception):
    reason: Reason
    line: int
    byte: int


def walk(data: bytes, bounds: Settings) -> list[Record]:
    """Every record of the text, one byte at a time. Raises `Fault` at the first byte that breaks a rule."""
    try:
        data.decode("utf-8")
        bad_utf8 = -1
    except UnicodeDecodeError as error:
        bad_utf8 = error.start
    records: list[Record] = []
    cells: list[bytes] = []
    cell = bytearray()
    state = "start"
    line, line_start, record_start, record_line = 1, 0, 0, 1

    def fault(place: int, *reasons: Reason) -> None:
        if reasons:
            raise Fault(min(reasons, key=ORDER.index), line, place + 1)

    def end_record(end: int, following: int) -> None:
        nonlocal cells, cell, state, record_start, record_line
        raw = data[record_start:end]
        records.append(Record(record_line, raw, [*cells, bytes(cell)] if raw else []))
        cells, cell, state = [], bytearray(), "start"
        record_start, record_line = following, line

    for place, byte in enumerate(data):
        follower = data[place + 1] if place + 1 < len(data) else None
        ends_line = byte == LF or (byte == CR and follower == LF)
        ends_record = ends_line and state != "quoted"
        reasons = []
        if place == bad_utf8:
            reasons.append(Reason.NOT_UTF8)
        if byte in (0, 0x1A):
            reasons.append(Reason.CONTROL)
        if byte == CR and follower != LF:
            reasons.append(Reason.BARE_CR)
        if place - line_start >= bounds.line_bytes and not ends_line:
            reasons.append(Reason.LONG_LINE)
        if place - record_start >= bounds.record_bytes and not ends_record:
            reasons.append(Reason.LONG_RECORD)
        content = False
        if state == "quoted":
            state, content = ("closed", False) if byte == QUOTE else ("quoted", True)
        elif state == "closed":
            if byte == QUOTE:
                state, content = "quoted", True
            elif byte not in (COMMA, LF, CR):
                reasons.append(Reason.QUOTING)
        elif byte == QUOTE:
            if state == "plain":
                reasons.append(Reason.QUOTING)
            state = "quoted"
        elif byte != COMMA and not ends_line:
            state, content = "plain", True
        if content:
            cell.append(byte)
            if len(cell) > bounds.cell_bytes:
                reasons.append(Reason.LONG_CELL)
        fault(place, *reasons)
        if byte == COMMA and state != "quoted":
            cells.append(bytes(cell))
            cell, state = bytearray(), "start"
        if byte == LF:
            line, line_start = line + 1, place + 1
            if ends_record:
                end_record(place - (data[place - 1 : place] == b"\r"), place + 1)
    if state == "quoted":
        fault(len(data), Reason.QUOTING)
    if record_start < len(data):
        end_record(len(data), len(data))
    return records


def expected(data: bytes, bounds: Settings) -> object:
    """(reason, line, byte), or ("kop", rows), or the rows as (rij, regel, velden_ok, ruw, a, b)."""
    if is_utf_16_or_32(data):
        return Reason.NOT_UTF8
    bom = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    try:
        records = walk(data[bom:], bounds)
    except Fault as found:
        return found.reason, found.line, found.byte + bom
    while records and not records[-1].raw:
        records.pop()
    head, rows = (records[0], records[1:]) if records else (None, [])
    if head is None or [cell.decode() for cell in head.cells] != NAMES:
        return "kop", len(rows)
    out = []
    for rij, row in enumerate(rows, start=1):
        ok = len(row.cells) == len(NAMES)
        cells = [cell.decode() or None for cell in row.cells] if ok else [None] * len(NAMES)
        out.append((rij, row.line, ok, None if ok else row.raw.decode(), *cells))
    return out


def found(data: bytes, bounds: Settings, scratch: Path) -> object:
    try:
        result = read_csv(io.BytesIO(data), COLUMNS, LIMITS, scratch, bounds)
    except Refused as refused:
        place = re.search(r"regel (\d+) \(byte (\d+) ", refused.message)
        assert not list(scratch.iterdir())
        return (refused.reason, int(place[1]), int(place[2])) if place else refused.reason
    if result.header is not None:
        assert result.table is None and result.header.rows == result.rows_in
        return "kop", result.rows_in
    assert result.table is not None
    table = pq.read_table(result.table)
    assert table.column_names == ["rij", "regel", "velden_ok", "ruw", *NAMES]
    assert table.num_rows == result.rows_in
    result.table.unlink()
    return list(zip(*[column.to_pylist() for column in table.columns], strict=True))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


PIECES = [b"x", b"yy", b"zzzzz", b",", b",", b'"', b'""', b'"x"', b'"x,\n"', b"\n", b"\n", b"\r\n", "é".encode()]
BAD_PIECES = [
    *PIECES,
    b"\r",
    b"\xff",
    b"\xc3",
    b"\x00",
    b"\x1a",
    b"\xef\xbb\xbf",
    b'" ',
    b"x\ny\nz\n",
    b'"',
    b"\xed\xa0\x80",
]
cells = st.sampled_from(
    [b"", b"x", b'""', b'"x"', b'"a,b"', b'"a""b"', b'"l1\nl2"', b'"c\r\nd"', b"\xef\xbb\xbfz", b"12345678"]
)
records = st.lists(cells, min_size=1, max_size=3).map(b",".join)
endings = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n", b"\r\n\n"])
well_formed = st.lists(st.tuples(records, endings).map(b"".join), max_size=8).map(b"".join)
broken = st.lists(st.sampled_from(BAD_PIECES), max_size=14).map(b"".join)
plain = st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join)
heads = st.sampled_from([b"a,b\n", b"a,b\r\n", b'"a","b"\n', b"\xef\xbb\xbfa,b\n", b"b,a\n", b"", b"\n", b"a,b"])
files = st.tuples(heads, st.one_of(well_formed, plain, broken)).map(b"".join).filter(len)
bounds = st.builds(
    Settings,
    cell_bytes=st.integers(1, 12),
    line_bytes=st.integers(2, 24),
    record_bytes=st.integers(3, 40),
    chunk_bytes=st.integers(1, 40),
    slice_rows=st.integers(1, 4),
)
wide = st.builds(Settings, chunk_bytes=st.integers(1, 40), slice_rows=st.integers(1, 4))


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=files, bound=st.one_of(wide, bounds))
@example(data=b'a,b\n"', bound=Settings())
@example(data=b'a,b\n"x"y,z\n', bound=Settings(chunk_bytes=3))
@example(data=b"a,b\n\n\n\nx,y\n\n\n", bound=Settings(chunk_bytes=2, slice_rows=2))
def test_same_as_a_walk_over_the_bytes(scratch: Path, data: bytes, bound: Settings) -> None:
    assert found(data, bound, scratch) == expected(data, bound)
