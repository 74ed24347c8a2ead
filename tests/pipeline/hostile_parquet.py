"""Parquet files that a hostile partner would send: types, shapes, and few bytes that unfold into too much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pyarrow as pa
from hostile import good_row, good_rows, parquet_bytes, table, with_column
from hostile_files import UNREADABLE, File, accepted, refused
from hostile_rows import LOCATIE, ONE, OPLEIDING, RESULTAAT, STATUS, TARIEF

Change = Callable[[pa.Table], pa.Table]


def _typed(
    name: str, feed: str, change: Change, expected: tuple[str, int, int, int], code: str | None = None, rows: int = 10
) -> File:
    if code is None and expected == UNREADABLE:
        code = "onleesbaar"
    source = [good_row(feed, n) for n in range(rows)]
    return File(name, feed, parquet_bytes(change(table(feed, source))), expected, code, "parquet")


def _cast(column: str, kind: pa.DataType) -> Change:
    return lambda t: with_column(t, column, t[column].cast(kind))


def _column(column: str, values: pa.Array) -> Change:
    return lambda t: with_column(t, column, values)


def _values(column: str, kind: pa.DataType, first: object) -> Change:
    """The first value replaced, in a column of ``kind``; moments and days as the numbers that Parquet keeps."""

    def change(t: pa.Table) -> pa.Table:
        values = t[column].combine_chunks()
        if pa.types.is_temporal(kind):
            values = values.cast(kind).view(pa.int32() if kind == pa.date32() else pa.int64())
            changed = pa.array([first, *values.to_pylist()[1:]], values.type).view(kind)
        else:
            changed = pa.array([first, *values.to_pylist()[1:]], kind)
        return with_column(t, column, changed)

    return change


def parquet_types() -> Iterator[File]:
    ten, bad_one = accepted(10), accepted(10, 1)
    strings = {
        "large_string": pa.large_string(), "string_view": pa.string_view(), "dictionary": pa.dictionary(pa.int32(),
        pa.string()),
        "large dictionary": pa.dictionary(pa.int8(), pa.large_string()),
    }  # fmt: skip
    for name, kind in strings.items():
        for column in ("locatie_id", "vt_regio"):
            yield _typed(f"{column} as {name}", LOCATIE, _cast(column, kind), ten)
    for name, kind in {"binary": pa.binary(), "large_binary": pa.large_binary()}.items():
        yield _typed(f"id as {name}", LOCATIE, _cast("locatie_id", kind), UNREADABLE)
    yield _typed("id as fixed bytes", LOCATIE,
                 lambda t: with_column(t, "locatie_id", t["locatie_id"].cast(pa.binary()).cast(pa.binary(8))),
                 UNREADABLE)  # fmt: skip
    yield _typed("id as integer", LOCATIE, _column("locatie_id", pa.array(range(10))), UNREADABLE)
    for kind in (pa.timestamp("s", "UTC"), pa.timestamp("ms", "UTC"), pa.timestamp("us", "Europe/Amsterdam"),
                 pa.timestamp("ns", "+01:00")):  # fmt: skip
        yield _typed(f"moment as {kind}", ONE, _cast("begonnen_op", kind), ten)
    for kind in (pa.timestamp("us"), pa.timestamp("ms"), pa.timestamp("ns"), pa.date32(), pa.int64()):
        yield _typed(f"moment as {kind}", ONE, _cast("begonnen_op", kind), UNREADABLE)
    text = pa.array(["2000-06-01T10:00:00Z"] * 10)
    yield _typed("moment as text", ONE, _column("begonnen_op", text), UNREADABLE)
    old = table(ONE, good_rows(ONE, 10))
    yield File("moment as int96", ONE, parquet_bytes(old, use_deprecated_int96_timestamps=True), UNREADABLE,
    "onleesbaar",
               "parquet")  # fmt: skip
    second = 959853600  # 2000-06-01 10:00 UTC
    micro, nano = pa.timestamp("us", "UTC"), pa.timestamp("ns", "UTC")
    yield _typed("half a second", ONE, _values("geeindigd_op", micro, second * 10**6 + 500000), bad_one,
                 "geeindigd_op_vorm")  # fmt: skip
    yield _typed("one nanosecond", ONE, _values("geeindigd_op", nano, second * 10**9 + 1), bad_one, "geeindigd_op_vorm")
    for moment in (2**63 - 1, -(2**63), -62135596800 * 10**6 - 1, 253402300800 * 10**6):
        yield _typed(f"moment {moment}", ONE, _values("geeindigd_op", micro, moment), bad_one)
    for kind in (pa.timestamp("us", "UTC"), pa.string(), pa.int32()):
        yield _typed(f"date as {kind}", LOCATIE, _cast("vanaf", kind), UNREADABLE)
    for days in (2**31 - 1, -(2**31), 2932897, -719163):
        yield _typed(f"date {days}", LOCATIE, _values("vanaf", pa.date32(), days), bad_one)
    for kind in (pa.float64(), pa.float32(), pa.decimal128(7, 3), pa.decimal128(20, 10), pa.int64(), pa.string()):
        numbers = pa.array([Decimal(1)] * 10, pa.decimal128(1, 0)).cast(kind)
        yield _typed(f"uren as {kind}", ONE, _column("uren", numbers), UNREADABLE)
    for kind in (pa.decimal128(7, 2), pa.decimal128(5, 1), pa.decimal128(3, 0), pa.decimal128(38, 2),
    pa.decimal256(50, 2),
                 pa.decimal64(7, 2), pa.decimal32(7, 2)):  # fmt: skip
        numbers = pa.array([Decimal(1)] * 10, pa.decimal128(3, 0)).cast(kind)
        yield _typed(f"uren as {kind}", ONE, _column("uren", numbers), ten)
    wide = pa.decimal128(12, 2)
    for value, kept in (("99999.99", True), ("100000.00", False), ("-1.00", False), ("0.00", False)):
        numbers = pa.array([Decimal(value)] + [Decimal(1)] * 9, wide)
        yield _typed(f"uurtarief {value}", TARIEF, _column("uurtarief", numbers), ten if kept else bad_one)
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()):
        yield _typed(f"integer as {kind}", OPLEIDING, _cast("deelnemers", kind), ten)
    for kind in (pa.float64(), pa.decimal128(5, 0), pa.string(), pa.bool_()):
        numbers = pa.array([1] * 10, pa.int8()).cast(kind)
        yield _typed(f"integer as {kind}", OPLEIDING, _column("deelnemers", numbers), UNREADABLE)
    for value in (-1, 10**9, 2**63 - 1, -(2**63)):
        yield _typed(
            f"integer {value}", OPLEIDING, _values("uitvoeringen", pa.int64(), value), bad_one, "uitvoeringen_vorm"
        )
    yield _typed("integer 2**64-1", OPLEIDING, _values("uitvoeringen", pa.uint64(), 2**64 - 1), bad_one)
    for kind in (pa.string(), pa.int8()):
        yield _typed(f"boolean as {kind}", LOCATIE, _cast("vervallen", kind), UNREADABLE)


def parquet_shapes() -> Iterator[File]:
    def nested(t: pa.Table, kind: str) -> pa.Table:
        values = t["locatie_id"].to_pylist()
        made = {
            "list": pa.array([[v] for v in values]),
            "struct": pa.array([{"a": v} for v in values]),
            "map": pa.array([[(v, v)] for v in values], pa.map_(pa.string(), pa.string())),
        }[kind]
        return with_column(t, "locatie_id", made)

    ten = accepted(10)
    for kind in ("list", "struct", "map"):
        yield _typed(f"nested {kind}", LOCATIE, lambda t, k=kind: nested(t, k), UNREADABLE)
    yield _typed("nested extra column", LOCATIE, lambda t: t.append_column("x", pa.array([[1]] * 10)), UNREADABLE)
    yield _typed("other order", LOCATIE, lambda t: t.select(t.column_names[::-1]), ten)
    yield _typed("extra column", LOCATIE, lambda t: t.append_column("kanarie", t["tot"]), refused(10), "kopregel")
    yield _typed("missing column", LOCATIE, lambda t: t.drop_columns(["tot"]), refused(10), "kopregel")
    yield _typed("column twice", LOCATIE, lambda t: t.append_column("tot", t["tot"]), refused(10), "kopregel")
    yield _typed("capital", LOCATIE, lambda t: t.rename_columns([*t.column_names[:-1], "Vervallen"]), refused(10),
                 "kopregel")  # fmt: skip
    yield _typed("capital beside", LOCATIE, lambda t: t.append_column("TOT", t["tot"]), refused(10), "kopregel")
    yield _typed("no rows", LOCATIE, lambda t: t.slice(0, 0), refused(0), "leeg")
    yield _typed(
        "wrong header, no rows", LOCATIE, lambda t: t.slice(0, 0).drop_columns(["tot"]), refused(0), "kopregel"
    )
    yield _typed("empty string is missing", STATUS, _values("toelichting", pa.string(), ""), ten)
    yield _typed("empty id is missing", LOCATIE, _values("locatie_id", pa.string(), ""), accepted(10, 1),
                 "locatie_id_verplicht")  # fmt: skip
    yield _typed("null in a required column", LOCATIE, _values("vt_regio", pa.string(), None), accepted(10, 1),
                 "vt_regio_verplicht")  # fmt: skip
    yield _typed("white space id", LOCATIE, _values("locatie_id", pa.string(), " "), accepted(10, 1))
    yield _typed("text is kept", STATUS, _values("toelichting", pa.string(), 'a"b,c\nd\r\ne\u202e'), ten)
    for name, value in {"nul": "a\0b", "ctrl-z": "a\x1ab", "bare cr": "a\rb"}.items():
        yield _typed(f"{name} in a text", STATUS, _values("toelichting", pa.string(), value), UNREADABLE)
    offsets = b"".join(place.to_bytes(4, "little") for place in (0, *range(2, 12)))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"\xc3\x28abcdefghi")]
    broken = pa.Array.from_buffers(pa.string(), 10, buffers)
    yield _typed("text that is no UTF-8", STATUS, _column("toelichting", broken), UNREADABLE)
    for codec in ("snappy", "gzip", "zstd", "brotli", "lz4", "none"):
        content = parquet_bytes(table(LOCATIE, good_rows(LOCATIE, 10)), compression=codec)
        yield File(f"compressed with {codec}", LOCATIE, content, ten, None, "parquet")
    pages = {"row_group_size": 3, "data_page_version": "2.0", "use_dictionary": False}
    yield File("small row groups", LOCATIE, parquet_bytes(table(LOCATIE, good_rows(LOCATIE, 10)), **pages), ten, None,
               "parquet")  # fmt: skip
    marked = table(LOCATIE, good_rows(LOCATIE, 10)).replace_schema_metadata({"pandas": "{}", "kanarie": "x" * 5000})
    yield File("with metadata", LOCATIE, parquet_bytes(marked), ten, None, "parquet")
    mixed = table(LOCATIE, [good_row(LOCATIE, n, **({"vt_regio": "kanarie"} if n < 3 else {})) for n in range(10)])
    yield File("3 of 10 bad", LOCATIE, parquet_bytes(mixed), refused(10), "te_veel_quarantaine", "parquet")


def bombs() -> Iterator[File]:
    """Few bytes that unfold into far more than the contract allows."""
    row = table(LOCATIE, good_rows(LOCATIE, 1))
    unfolded = pa.table({name: pa.repeat(row[name][0], 3_000_000) for name in row.column_names})
    content = parquet_bytes(unfolded, compression="zstd")
    assert len(content) < 100_000
    yield File("3 million equal rows", LOCATIE, content, UNREADABLE, "onleesbaar", "parquet")
    text = table(RESULTAAT, good_rows(RESULTAAT, 1))
    titles = pa.repeat(pa.scalar("x" * 60000), 3000)
    wide = pa.table({name: titles if name == "titel" else pa.repeat(text[name][0], 3000) for name in text.column_names})
    content = parquet_bytes(wide, compression="zstd", use_dictionary=False)
    assert len(content) < 1_000_000
    yield File("180 MB of one letter", RESULTAAT, content, UNREADABLE, "onleesbaar", "parquet")


def parquet_files() -> list[File]:
    return [*parquet_types(), *parquet_shapes(), *bombs()]
