"""Parquet through the door: the same text table as CSV, and every way in which a file can be something else."""

from __future__ import annotations

import gzip
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from door_files import HEADER, ROW, contract, read, refusal, rows
from parquet_bytes import (
    DELTA,
    DELTA_LENGTH,
    DICTIONARY_PAGE,
    PLAIN,
    all_the_first,
    delta_run,
    numbers,
    one_text,
    page,
    put_together,
    texts,
    written,
)
from pyarrow.parquet.encryption import create_encryption_properties

from data_contracts.door.settings import DEFAULT, Settings
from data_contracts.door.thrift import I64, LIST, STRUCT, Field
from data_contracts.model import DoorResult, Kind

KINDS: dict[str, Kind] = {
    "nr": "id",
    "tekst": "text",
    "op": "timestamp",
    "dag": "date",
    "aantal": "integer",
    "uren": "decimal",
    "vervallen": "boolean",
}
AGREED = contract(KINDS)
UTC = pa.timestamp("ms", "UTC")
GOOD = pa.table(
    {
        "nr": ["N-1", "N-2", None],
        "tekst": ['a "b"\n,c', "", None],
        "op": pa.array([0, 1_709_287_200_500, None], UTC),
        "dag": pa.array([date(2024, 2, 29), date(1, 1, 1), None]),
        "aantal": pa.array([0, -12, None], pa.int64()),
        "uren": pa.array([Decimal("1.50"), Decimal("-0.05"), None], pa.decimal128(7, 2)),
        "vervallen": [True, False, None],
    }
)
RENDERED = [
    ("N-1", 'a "b"\n,c', "1970-01-01T00:00:00Z", "2024-02-29", "0", "1.50", "true"),
    ("N-2", None, "2024-03-01T10:00:00.5Z", "0001-01-01", "-12", "-0.05", "false"),
    (None,) * 7,
]


def through(tmp_path: Path, content: bytes, settings: Settings = DEFAULT) -> DoorResult:
    return read(tmp_path, content, "parquet", AGREED, settings)


def with_column(name: str, values: Any, kind: pa.DataType | None = None) -> pa.Table:
    place = GOOD.schema.get_field_index(name)
    return GOOD.set_column(place, name, pa.array(values, kind))


DELTA_TEXT = {"nr": "DELTA_BYTE_ARRAY", "tekst": "DELTA_LENGTH_BYTE_ARRAY"}
WAYS_TO_WRITE: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "plain": {"use_dictionary": False, "compression": "none"},
    "version 2 pages": {"data_page_version": "2.0", "compression": "zstd"},
    "gzip": {"compression": "gzip"},
    "brotli": {"compression": "brotli"},
    "lz4": {"compression": "lz4"},
    "row groups of one": {"row_group_size": 1},
    "no Arrow schema": {"store_schema": False},
    "old version": {"version": "1.0"},
    "decimals as integers": {"store_decimal_as_integer": True},
    "checksums and indexes": {"write_page_checksum": True, "write_page_index": True},
    "delta": {"use_dictionary": False, "column_encoding": DELTA_TEXT | {"aantal": "DELTA_BINARY_PACKED"}},
    "delta in version 2 pages": {"use_dictionary": False, "data_page_version": "2.0", "column_encoding": DELTA_TEXT},
}


@pytest.mark.parametrize("options", WAYS_TO_WRITE.values(), ids=WAYS_TO_WRITE.keys())
def test_every_way_to_write_the_same_rows_gives_the_same_text(tmp_path: Path, options: dict[str, Any]) -> None:
    assert rows(through(tmp_path, written(GOOD, **options)), list(KINDS)) == RENDERED


def test_the_columns_before_the_contracts_are_those_of_csv(tmp_path: Path) -> None:
    found = rows(through(tmp_path, written(GOOD)), ["rij", "regel", "velden_ok", "ruw"])
    assert found == [(n, n, True, None) for n in (1, 2, 3)]


def test_other_writers(tmp_path: Path) -> None:
    written_by_polars = tmp_path / "polars"
    pl.DataFrame(GOOD).write_parquet(written_by_polars)
    assert rows(through(tmp_path, written_by_polars.read_bytes()), list(KINDS)) == RENDERED
    written_by_duckdb = tmp_path / "duckdb"
    with duckdb.connect() as connection:
        connection.register("good", GOOD)
        connection.execute("copy good to ? (format parquet, parquet_version v2)", [str(written_by_duckdb)])
    assert rows(through(tmp_path, written_by_duckdb.read_bytes()), list(KINDS)) == RENDERED


TYPES = {
    "large text": ("tekst", ["x", None, "x"], pa.large_string()),
    "text view": ("tekst", ["x", None, "x"], pa.string_view()),
    "dictionary": ("tekst", ["x", None, "x"], pa.dictionary(pa.int8(), pa.string())),
    "dictionary of large text": ("tekst", ["x", None, "x"], pa.dictionary(pa.int32(), pa.large_string())),
    "seconds": ("op", [0, None, 1], pa.timestamp("s", "UTC")),
    "microseconds": ("op", [0, None, 1], pa.timestamp("us", "Europe/Amsterdam")),
    "nanoseconds": ("op", [0, None, 1], pa.timestamp("ns", "+02:00")),
    "8 bits": ("aantal", [0, None, -128], pa.int8()),
    "64 bits without sign": ("aantal", [0, None, 2**64 - 1], pa.uint64()),
    "decimal of scale 0": ("uren", [Decimal(7), None, Decimal(1)], pa.decimal128(38, 0)),
    "decimal of scale 1": ("uren", [Decimal("7.0"), None, Decimal(1)], pa.decimal64(5, 1)),
    "decimal of 256 bits": ("uren", [Decimal("7.00"), None, Decimal(1)], pa.decimal256(50, 2)),
}
TYPES_RENDERED = {
    "microseconds": ["1970-01-01T00:00:00Z", None, "1970-01-01T00:00:00.000001Z"],
    "nanoseconds": ["1970-01-01T00:00:00Z", None, "1970-01-01T00:00:00.000000001Z"],
    "seconds": ["1970-01-01T00:00:00Z", None, "1970-01-01T00:00:01Z"],
    "8 bits": ["0", None, "-128"],
    "64 bits without sign": ["0", None, "18446744073709551615"],
    "decimal of scale 0": ["7", None, "1"],
    "decimal of scale 1": ["7.0", None, "1.0"],
    "decimal of 256 bits": ["7.00", None, "1.00"],
}


@pytest.mark.parametrize("case", TYPES)
def test_types_that_fit(tmp_path: Path, case: str) -> None:
    name, values, kind = TYPES[case]
    result = through(tmp_path, written(with_column(name, values, kind)))
    assert [value for (value,) in rows(result, [name])] == TYPES_RENDERED.get(case, ["x", None, "x"])


def test_moments_and_dates_outside_the_calendar_get_a_form_that_the_format_rule_refuses(
    tmp_path: Path,
) -> None:
    table = with_column("op", [253_402_300_799, 253_402_300_800, -(2**53)], pa.timestamp("s", "UTC"))
    table = table.set_column(3, "dag", pa.array([2_932_896, 2_932_897, -(2**31)], pa.int32()).cast(pa.date32()))
    assert rows(through(tmp_path, written(table)), ["op", "dag"]) == [
        ("9999-12-31T23:59:59Z", "9999-12-31"),
        ("buiten jaar 0001-9999", "buiten jaar 0001-9999"),
        ("buiten jaar 0001-9999", "buiten jaar 0001-9999"),
    ]


WRONG_TYPES = {
    "no zone": ("op", pa.array([0] * 3, pa.timestamp("ms")), "timestamp zonder tijdzone. Schrijf deze kolom als"),
    "text for a moment": ("op", pa.array(["2024-03-01T10:00:00Z"] * 3), "tekst. Schrijf deze kolom als timestamp met"),
    "moment for a date": ("dag", pa.array([0] * 3, UTC), "timestamp met tijdzone. Schrijf deze kolom als date32"),
    "number for text": ("nr", pa.array([1] * 3), "geheel getal. Schrijf deze kolom als tekst"),
    "bytes for text": ("nr", pa.array([b"N"] * 3), "een type dat hier niet voorkomt. Schrijf deze kolom als tekst"),
    "float for a decimal": ("uren", pa.array([1.5] * 3), "drijvendekommagetal. Schrijf deze kolom als decimal"),
    "integer for a decimal": ("uren", pa.array([1] * 3), "geheel getal. Schrijf deze kolom als decimal"),
    "three decimals": (
        "uren",
        pa.array([Decimal(1)] * 3, pa.decimal128(7, 3)),
        "Schrijf deze kolom als decimal met 0, 1",
    ),
    "float for an integer": ("aantal", pa.array([1.0] * 3), "drijvendekommagetal. Schrijf deze kolom als geheel"),
    "number for a boolean": ("vervallen", pa.array([1] * 3), "geheel getal. Schrijf deze kolom als boolean"),
    "no type at all": ("tekst", pa.nulls(3), "de kolom is leeg en heeft geen type. Schrijf deze kolom als tekst"),
}


@pytest.mark.parametrize(("name", "values", "words"), WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_another_type_than_the_columns_is_unreadable(tmp_path: Path, name: str, values: pa.Array, words: str) -> None:
    table = GOOD.set_column(GOOD.schema.get_field_index(name), name, values)
    message = refusal(through(tmp_path, written(table)), tmp_path)
    assert message.startswith(f"Kolom {name} ") and words in message


def test_old_timestamps_of_96_bits_have_no_zone(tmp_path: Path) -> None:
    content = written(GOOD, use_deprecated_int96_timestamps=True)
    assert "timestamp zonder tijdzone" in refusal(through(tmp_path, content), tmp_path)


@pytest.mark.parametrize("values", [[["a"]] * 3, [{"a": 1}] * 3], ids=["list", "struct"])
def test_nested_is_unreadable(tmp_path: Path, values: list[Any]) -> None:
    assert "geneste kolom" in refusal(through(tmp_path, written(with_column("tekst", values))), tmp_path)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    table = GOOD.select(list(reversed(GOOD.column_names)))
    assert rows(through(tmp_path, written(table)), list(KINDS)) == RENDERED


HEADERS = {
    "missing": (GOOD.drop_columns(["uren"]), "Ontbreekt: uren."),
    "unknown": (GOOD.append_column("Jansen", pa.array([1] * 3)), "Niet in het contract: de naam van kolom 8."),
    "other case": (GOOD.rename_columns([name.upper() for name in KINDS]), "Ontbreekt: nr, tekst"),
    "capitals": (GOOD.rename_columns([name.upper() for name in KINDS]), "De namen kloppen op hoofdletters, spaties"),
    "index of pandas": (GOOD.append_column("__index_level_0__", pa.array([1] * 3)), "index van pandas; schrijf zonder"),
    "double": (GOOD.append_column("nr", pa.array(["x"] * 3)), "Staat er meer dan eens: nr."),
}


@pytest.mark.parametrize(("table", "words"), HEADERS.values(), ids=HEADERS.keys())
def test_other_columns_are_refused_and_the_records_counted(tmp_path: Path, table: pa.Table, words: str) -> None:
    result = through(tmp_path, written(table))
    assert result.unreadable is None and result.table is None and result.header is not None
    assert (result.rows_in, result.header.code, result.header.rows) == (3, "kopregel", 3)
    assert words in result.header.message and "Jansen" not in result.header.message


def test_no_rows(tmp_path: Path) -> None:
    assert rows(through(tmp_path, written(GOOD.slice(0, 0)))) == []


SIGNS = {
    "NUL": ("Jan\x00sen", "NUL"),
    "Ctrl-Z": ("Jansen\x1a", "Ctrl-Z"),
    "bare CR": ("Jansen\r", "CR"),
    "bare CR in the middle": ("Jan\rsen", "CR"),
}


@pytest.mark.parametrize(("text", "word"), SIGNS.values(), ids=SIGNS.keys())
def test_text_that_would_make_csv_unreadable_is_unreadable_here_too(tmp_path: Path, text: str, word: str) -> None:
    message = refusal(through(tmp_path, written(with_column("tekst", ["a\r\nb", text, "c"]))), tmp_path)
    assert message.startswith("In kolom tekst, record 2, ") and word in message and "Jan" not in message


def test_text_that_is_not_utf8_is_unreadable(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(
        3, pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 1, 2, 3))), pa.py_buffer(b"a\xffb")
    )
    message = refusal(through(tmp_path, written(GOOD.set_column(1, "tekst", broken))), tmp_path)
    assert "In kolom tekst, record 2, staat tekst die geen UTF-8 is" in message


@pytest.mark.parametrize("use_dictionary", [True, False])
def test_the_longest_cell_is_fine_and_one_byte_more_is_not(tmp_path: Path, use_dictionary: bool) -> None:
    fine = written(with_column("tekst", [None, "é" * 32768, None]), use_dictionary=use_dictionary)
    assert rows(through(tmp_path, fine), ["tekst"])[1] == ("é" * 32768,)
    (tmp_path / "scratch").joinpath(next((tmp_path / "scratch").iterdir())).unlink()
    long = written(with_column("tekst", [None, "x" * 65537, None]), use_dictionary=use_dictionary)
    assert "record 2, staat een tekst langer dan 65.536 bytes" in refusal(through(tmp_path, long), tmp_path)


def test_small_batches_give_the_same_rows(tmp_path: Path) -> None:
    table = pa.concat_tables([GOOD] * 20)
    content = written(table, row_group_size=25, dictionary_pagesize_limit=20, data_page_size=40)
    small = Settings(batch_rows=16, open_text_bytes=1, batch_bytes=50)
    assert rows(through(tmp_path, content, small), list(KINDS)) == RENDERED * 20


def test_the_same_content_gives_the_same_cells_in_both_forms(tmp_path: Path) -> None:
    moment = datetime.fromisoformat("2024-03-01T10:00:00+00:00")
    table = pa.table(
        {
            "melding_id": ["M-1"],
            "ontvangen_op": pa.array([moment], pa.timestamp("us", "Europe/Amsterdam")),
            "uren": pa.array([Decimal("1.50")], pa.decimal128(7, 2)),
            "toelichting": ["tekst"],
        }
    )
    columns = ["melding_id", "ontvangen_op", "uren", "toelichting"]
    from_parquet = rows(read(tmp_path, written(table), "parquet"), columns)
    assert from_parquet == rows(read(tmp_path, HEADER + ROW), columns)


WHOLE = written(GOOD)
NOT_PARQUET = {
    "CSV": (HEADER + ROW, "tekst of een ander soort bestand"),
    "gzip": (gzip.compress(WHOLE), "gzip"),
    "cut off": (WHOLE[:-20], "beschadigd of niet compleet"),
    "magic number only": (b"PAR1", "beschadigd of niet compleet"),
    "footer too long": (WHOLE[:-8] + b"\xff\xff\xff\x7fPAR1", "beschadigd of niet compleet"),
    "footer of zeros": (b"PAR1" + bytes(100) + (50).to_bytes(4, "little") + b"PAR1", "beschadigd of niet compleet"),
    "pages gone": (b"PAR1" + bytes(len(WHOLE[4:200])) + WHOLE[200:], "beschadigd of niet compleet"),
    "footer encrypted": (b"PARE" + WHOLE[4:-4] + b"PARE", "versleuteld"),
    "end encrypted": (WHOLE[:-4] + b"PARE", "versleuteld"),
    "zero bytes": (b"", "leeg (0 bytes)"),
}


@pytest.mark.parametrize(("content", "word"), NOT_PARQUET.values(), ids=NOT_PARQUET.keys())
def test_what_is_not_whole_parquet_is_unreadable(tmp_path: Path, content: bytes, word: str) -> None:
    assert word in refusal(through(tmp_path, content), tmp_path)


@pytest.mark.parametrize("plaintext_footer", [True, False])
def test_encrypted_is_unreadable(tmp_path: Path, plaintext_footer: bool) -> None:
    properties = create_encryption_properties(footer_key=b"0" * 16, plaintext_footer=plaintext_footer)
    message = refusal(through(tmp_path, written(GOOD, encryption_properties=properties)), tmp_path)
    assert "versleuteld" in message


def test_a_footer_that_ends_the_process_in_pyarrow_is_read_all_the_same(tmp_path: Path) -> None:
    # size_statistics with a histogram of two levels, where a required column has one.
    extra: Field = (16, STRUCT, [(3, LIST, (I64, [3, 0]))])
    content = put_together([texts(3)], [numbers(3)], 3, extra=[extra])
    assert rows(read(tmp_path, content, "parquet", AB), ["a", "b"]) == [("x", "0")] * 3


def test_a_wrong_checksum_is_damage(tmp_path: Path) -> None:
    content = bytearray(written(GOOD, write_page_checksum=True, write_statistics=False, compression="none"))
    content[content.index(b"N-2")] ^= 1
    assert "beschadigd" in refusal(through(tmp_path, bytes(content)), tmp_path)


def test_the_contracts_limits_hold_for_parquet(tmp_path: Path) -> None:
    many = written(pa.concat_tables([GOOD] * 334))
    assert "meer records dan het contract toestaat" in refusal(through(tmp_path, many), tmp_path)
    big = written(with_column("tekst", ["x" * 60000] * 3), use_dictionary=False)
    small = contract(KINDS, max_uncompressed_bytes=100_000)
    assert "uitgepakt groter" in refusal(read(tmp_path, big, "parquet", small), tmp_path)


AB = contract({"a": "text", "b": "integer"}, max_rows=1_000_000)
TWO_BILLION = delta_run(0, 3, said=2**31 - 1)
ZERO = page(bytes(8), 1, PLAIN, kind=DICTIONARY_PAGE)
LIES = {
    "200 million rows": put_together(
        [one_text(b"x"), all_the_first(200_000_000)], [ZERO, all_the_first(200_000_000)], 200_000_000
    ),
    "more values in a page than in the footer": put_together([one_text(b"x"), all_the_first(10**6)], [numbers(3)], 3),
    "fewer values in the pages than in the footer": put_together([texts(2)], [numbers(3)], 3),
    "fewer values than the page says": put_together([one_text(b"x"), all_the_first(2, said=3)], [numbers(3)], 3),
    "index outside the dictionary": put_together([one_text(b"x"), page(b"\x08\x06\x05", 3, 8)], [numbers(3)], 3),
    "dictionary of two billion": put_together(
        [page(b"\x01\x00\x00\x00x", 2**31 - 1, PLAIN, kind=DICTIONARY_PAGE), all_the_first(3)], [numbers(3)], 3
    ),
    "page of a gigabyte": put_together([page(gzip.compress(bytes(99)), 3, 0, size=1 << 30)], [numbers(3)], 3, codec=2),
    "page larger than it says": put_together([page(gzip.compress(bytes(99)), 3, 0, size=9)], [numbers(3)], 3, codec=2),
    "negative page": put_together([page(b"", 3, PLAIN, size=-5)], [numbers(3)], 3),
    "two billion lengths": put_together([page(TWO_BILLION, 3, DELTA_LENGTH)], [numbers(3)], 3),
    "two billion prefixes": put_together([page(TWO_BILLION + delta_run(0, 3), 3, DELTA)], [numbers(3)], 3),
    "a long text a million times": put_together(
        [one_text(b"x" * 60000), all_the_first(10**6)], [ZERO, all_the_first(10**6)], 10**6
    ),
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES.keys())
def test_files_that_unfold_or_lie_are_unreadable(tmp_path: Path, content: bytes) -> None:
    message = refusal(read(tmp_path, content, "parquet", AB), tmp_path)
    assert "beschadigd" in message or "contract toestaat" in message or "veilig te lezen" in message


def test_a_file_put_together_by_hand_is_readable_when_it_tells_the_truth(tmp_path: Path) -> None:
    plain = put_together([texts(3)], [numbers(3)], 3)
    assert rows(read(tmp_path, plain, "parquet", AB), ["a", "b"]) == [("x", "0")] * 3
    delta = put_together([page(delta_run(1, 3) + b"xyz", 3, DELTA_LENGTH)], [numbers(3)], 3)
    assert rows(read(tmp_path, delta, "parquet", AB), ["a", "b"]) == [("x", "0"), ("y", "0"), ("z", "0")]
    run = put_together([one_text(b"x"), all_the_first(10**5)], [ZERO, all_the_first(10**5)], 10**5)
    assert read(tmp_path, run, "parquet", AB).rows_in == 10**5


def test_too_many_pages_or_too_large_ones_are_not_opened(tmp_path: Path) -> None:
    message = refusal(through(tmp_path, written(GOOD, row_group_size=1), Settings(pages=20)), tmp_path)
    assert "meer dan 20 pagina's" in message
    assert "row group" in refusal(through(tmp_path, WHOLE, Settings(page_bytes=10)), tmp_path)
    assert "voettekst van meer dan 100 bytes" in refusal(through(tmp_path, WHOLE, Settings(footer_bytes=100)), tmp_path)


def test_damage_at_any_place_is_a_verdict_and_never_an_error(tmp_path: Path) -> None:
    choose = random.Random(7)
    table = pa.concat_tables([GOOD] * 3)
    seeds = [
        written(table, compression="none"),
        written(table, compression="none", **WAYS_TO_WRITE["delta"]),
        written(table, row_group_size=2, write_page_index=True),
    ]
    verdicts = set()
    for _ in range(150):
        content = bytearray(choose.choice(seeds))
        for _ in range(choose.choice([1, 1, 3])):
            content[choose.randrange(4, len(content))] = choose.choice([0, 1, 127, 128, 255, choose.randrange(256)])
        result = through(tmp_path, bytes(content))
        verdicts.add((result.unreadable is None, result.header is None))
        if result.table is not None:
            assert pq.read_metadata(result.table).num_rows == result.rows_in
            result.table.unlink()
    assert {(True, True), (False, True)} <= verdicts
