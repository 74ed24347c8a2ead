"""What the door makes of a delivered file: the rules of form, each with a file that breaks it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from door_files import HEADER, KINDS, MIB, ROW, contract, read, refusal, rows

from data_contracts import door
from data_contracts.door.settings import Settings

CELLS = list(KINDS)
SECRET = "Jansen"


def with_text(text: bytes) -> bytes:
    return HEADER + b"M-1,2024-03-01T10:00:00Z,1.50," + text + b"\n"


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, HEADER + ROW)
    return out.getvalue()


def parquet() -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}), out)
    return out.getvalue().to_pybytes()


FINE = {
    "plain": HEADER + ROW,
    "no newline at the end": HEADER + ROW[:-1],
    "byte order mark": b"\xef\xbb\xbf" + HEADER + ROW,
    "CRLF": (HEADER + ROW).replace(b"\n", b"\r\n"),
    "LF and CRLF mixed": HEADER + ROW.replace(b"\n", b"\r\n"),
    "everything quoted": b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in (HEADER + ROW).split()),
    "empty lines at the end": HEADER + ROW + b"\n\r\n\n",
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE.keys())
def test_fine_forms_give_the_same_table(tmp_path: Path, content: bytes) -> None:
    result = read(tmp_path, content)
    assert rows(result) == [(1, 2, True, None, "M-1", "2024-03-01T10:00:00Z", "1.50", "tekst")]


def test_the_table_has_the_agreed_columns_and_types(tmp_path: Path) -> None:
    result = read(tmp_path, HEADER)
    assert result.table is not None and result.rows_in == 0
    schema = pq.read_schema(result.table)
    assert schema.names == ["rij", "regel", "velden_ok", "ruw", *CELLS]
    assert schema.types == [pa.int64(), pa.int64(), pa.bool_(), pa.string(), *[pa.string()] * 4]


UNREADABLE = {
    "zero bytes": (b"", "leeg"),
    "not UTF-8": (with_text("Jansen, café".encode("latin-1")), "UTF-8"),
    "surrogate in UTF-8": (with_text(b"Jansen\xed\xa0\x80"), "UTF-8"),
    "UTF-8 cut off at the end": (HEADER + ROW + b"Jansen\xc3", "UTF-8"),
    "UTF-16 with byte order mark": ((HEADER + ROW).decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without byte order mark": ((HEADER + ROW).decode().encode("utf-16-le"), "UTF-16"),
    "UTF-32": ((HEADER + ROW).decode().encode("utf-32-be"), "UTF-16"),
    "NUL": (with_text(b"Jansen\x00"), "NUL"),
    "NUL in quotes": (with_text(b'"Jansen\x00"'), "NUL"),
    "Ctrl-Z": (HEADER + ROW + b"\x1a", "Ctrl-Z"),
    "bare CR": ((HEADER + ROW).replace(b"\n", b"\r"), "CR"),
    "bare CR in quotes": (with_text(b'"Jansen\rJansen"'), "CR"),
    "bare CR at the end": (HEADER + ROW[:-1] + b"\r", "CR"),
    "CR CR LF": (HEADER + ROW[:-1] + b"\r\r\n", "CR"),
    "quote in a cell without quotes": (with_text(b'de "Jansen" zaak'), "aanhalingstekens"),
    "text after a closing quote": (with_text(b'"Jansen" zaak'), "aanhalingstekens"),
    "space after a closing quote": (with_text(b'"Jansen" '), "aanhalingstekens"),
    "quote not closed": (with_text(b'"Jansen'), "aanhalingstekens"),
    "quote not closed in the header": (b'"' + HEADER + ROW, "aanhalingstekens"),
    "cell one byte too long": (with_text(b"x" * 65537), "cel langer dan 65.536"),
    "cell too long in bytes, not in characters": (with_text("é".encode() * 32769), "cel langer dan 65.536"),
    "quoted cell one byte too long": (with_text(b'"' + b'""' * 65537 + b'"'), "cel langer dan 65.536"),
    "line too long": (HEADER + b"x," * (MIB // 2) + b"x\n", "regel langer dan 1.048.576"),
    "record too long": (HEADER + (b'"' + b"x" * 60000 + b'\n",') * 150, "record langer dan 8.388.608"),
    "gzip": (gzip.compress(HEADER + ROW), "gzip"),
    "bzip2": (bz2.compress(HEADER + ROW), "bzip2"),
    "xz": (lzma.compress(HEADER + ROW), "xz"),
    "zip": (zipped("2024-03.csv"), "zip"),
    "Excel": (zipped("[Content_Types].xml"), "Excel"),
    "Parquet": (parquet(), "Parquet"),
    "too many bytes": (HEADER + ROW * (MIB + MIB // 4), "groter dan het contract toestaat"),
    "too many rows": (HEADER + ROW * 1001, "meer records dan het contract toestaat: hooguit 1.000"),
}


@pytest.mark.parametrize(("content", "word"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_files_are_refused_with_reason_and_remedy(tmp_path: Path, content: bytes, word: str) -> None:
    message = refusal(read(tmp_path, content), tmp_path)
    assert word in message and SECRET not in message
    assert message.endswith(".") and message.count(". ") >= 1


def test_the_place_is_line_and_byte_of_the_file(tmp_path: Path) -> None:
    message = refusal(read(tmp_path, b"\xef\xbb\xbf" + HEADER + ROW + b'M-2,,,"a\nb"x\n'), tmp_path)
    byte = 3 + len(HEADER + ROW) + len(b'M-2,,,"a\nb"') + 1
    assert message.startswith(f"Op regel 4 (byte {byte} van het bestand)")
    assert "het record dat begint op regel 3" in message


ON_THE_EDGE = {
    "longest cell": b"x" * 65536,
    "longest quoted cell": b'"' + b'""' * 65536 + b'"',
}


@pytest.mark.parametrize("text", ON_THE_EDGE.values(), ids=ON_THE_EDGE.keys())
def test_the_longest_cell_is_fine(tmp_path: Path, text: bytes) -> None:
    ((found,),) = rows(read(tmp_path, with_text(text)), ["toelichting"])
    assert found == (text[1:-1].replace(b'""', b'"') if text.startswith(b'"') else text).decode()


def test_a_line_of_one_mebibyte_is_fine_and_a_row_of_too_many_fields(tmp_path: Path) -> None:
    line = b"," * MIB
    result = read(tmp_path, HEADER + line + b"\r\n" + ROW)
    assert rows(result, ["regel", "velden_ok", "ruw"]) == [(2, False, line.decode()), (3, True, None)]


def test_text_is_kept_byte_for_byte(tmp_path: Path) -> None:
    texts = [
        "a,b",
        "a\nb",
        "a\r\nb",
        'zei "ja"',
        " spatie ",
        "\ufeffbom",
        "\u200b",
        "NULL",
        "N/A",
        "0x1F",
        "'",
        "\t",
        "é🙂",
    ]
    content = HEADER + b"".join(f'M,,,"{text.replace(chr(34), chr(34) * 2)}"\n'.encode() for text in texts)
    assert [found for (found,) in rows(read(tmp_path, content), ["toelichting"])] == texts


def test_an_empty_cell_is_missing_also_in_quotes(tmp_path: Path) -> None:
    assert rows(read(tmp_path, HEADER + b',"",,\n'), CELLS) == [(None, None, None, None)]


def test_a_cell_that_starts_with_a_byte_order_mark_keeps_it_wherever_the_file_is_cut(tmp_path: Path) -> None:
    content = HEADER + "\ufeffM,,,\n".encode() * 3
    result = read(tmp_path, content, settings=Settings(chunk_bytes=11, slice_rows=1))
    assert rows(result, ["melding_id"]) == [("\ufeffM",)] * 3


def test_rows_with_a_wrong_number_of_fields_are_kept_whole(tmp_path: Path) -> None:
    content = HEADER + b'M-1,,\n"M-2\nx",,,"t",extra\r\n\nM-3,,,goed\n'
    assert rows(read(tmp_path, content)) == [
        (1, 2, False, "M-1,,", None, None, None, None),
        (2, 3, False, '"M-2\nx",,,"t",extra', None, None, None, None),
        (3, 5, False, "", None, None, None, None),
        (4, 6, True, None, "M-3", None, None, "goed"),
    ]


def test_an_empty_line_is_a_row_in_a_contract_of_one_column_too(tmp_path: Path) -> None:
    result = read(tmp_path, b"melding_id\nM-1\n\nM-2\n", agreed=contract({"melding_id": "id"}))
    assert rows(result, ["velden_ok", "melding_id"]) == [(True, "M-1"), (False, None), (True, "M-2")]


HEADERS = {
    "missing": (b"melding_id,ontvangen_op,uren\n", "Ontbreekt: toelichting."),
    "unknown": (HEADER[:-1] + b",Jansen\n", "Niet in het contract: de naam van kolom 5."),
    "misplaced": (b"ontvangen_op,melding_id,uren,toelichting\n", "Niet op de juiste plaats: ontvangen_op, melding_id."),
    "double": (HEADER[:-1] + b",uren\n", "meer dan eens: uren."),
    "other case": (HEADER.upper(), "Ontbreekt: melding_id"),
    "spaces": (HEADER.replace(b",", b", "), "Niet in het contract: de naam van kolom 2, 3, 4."),
    "semicolons": (HEADER.replace(b",", b";"), "gescheiden door een puntkomma; gebruik een komma"),
    "tabs": (HEADER.replace(b",", b"\t"), "gescheiden door een tab; gebruik een komma"),
    "no header": (b"Jansen,2024-03-01T10:00:00Z,1.50,Jansen\n", "de naam van kolom 1, 2, 3, 4."),
    "capitals": (HEADER.upper(), "De namen kloppen op hoofdletters, spaties of onzichtbare tekens na. Zet op regel 1"),
    "spaces around": (HEADER.replace(b",", b" , "), "De namen kloppen op hoofdletters, spaties of"),
    "invisible signs": (HEADER.replace(b",", "\u200b,\u00a0".encode()), "De namen kloppen op hoofdletters, spaties of"),
    "two byte order marks": (b"\xef\xbb\xbf" * 2 + HEADER, "De namen kloppen op hoofdletters, spaties of"),
    "sep of Excel": (b"sep=,\n", "Regel 1 begint met sep=; haal deze regel weg. Zet op regel 1"),
    "sep of Excel with a semicolon": (b"SEP=;\n", "Regel 1 begint met sep=; haal deze regel weg. Zet op regel 1"),
    "a comma too many": (HEADER[:-1] + b",\n", "5. Aan het einde van regel 1 staat een komma te veel. Zet op regel 1"),
    "three commas and capitals": (
        HEADER[:-1].upper() + b",,,\n",
        "Aan het einde van regel 1 staan 3 komma's te veel. De namen kloppen op hoofdletters",
    ),
    "a record": (b"Jansen,2024-03-01T10:00:00Z,1.50,Jansen\n", "Regel 1 lijkt al een record: de kopregel ontbreekt."),
    "empty first line": (b"\n" + HEADER, "Ontbreekt: melding_id"),
    "very many unknown": (b"Jansen," * 20 + b"\n", "en nog 11 kolommen"),
}


@pytest.mark.parametrize(("head", "word"), HEADERS.values(), ids=HEADERS.keys())
def test_another_header_is_refused_and_the_records_are_counted(tmp_path: Path, head: bytes, word: str) -> None:
    result = read(tmp_path, head + ROW + b"te,weinig\n" + ROW + b"\n")
    assert result.unreadable is None and result.table is None and result.header is not None
    extra = 1 if head.startswith(b"\n") else 0
    assert result.rows_in == result.header.rows == 3 + extra
    assert (result.header.code, result.header.level) == ("kopregel", "levering")
    assert word in result.header.message and SECRET not in result.header.message
    assert result.header.message.endswith(" precies: melding_id,ontvangen_op,uren,toelichting.")
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize(
    "head",
    [
        b"Jansen,x\n",
        HEADER.replace(b"uren", b"Jansen"),
        HEADER.replace(b"uren,", b""),
        HEADER.replace(b"uren,toelichting", b"toelichting,uren"),
    ],
)
def test_a_header_that_gives_no_clue_gets_no_hint(tmp_path: Path, head: bytes) -> None:
    result = read(tmp_path, head + ROW)
    assert result.header is not None
    assert not any(word in result.header.message for word in ("lijk", "te veel", "kloppen", "begint"))


def test_a_file_of_empty_lines_has_no_header(tmp_path: Path) -> None:
    result = read(tmp_path, b"\n\n\n")
    assert result.header is not None and result.rows_in == 0


def test_what_is_unreadable_comes_before_a_wrong_header(tmp_path: Path) -> None:
    assert "NUL" in refusal(read(tmp_path, b"verkeerd\n" + ROW + b"\x00\n"), tmp_path)


def test_leeg_must_be_empty(tmp_path: Path) -> None:
    result = read(tmp_path, b"", "leeg")
    assert (result.unreadable, result.header, result.rows_in, result.table) == (None, None, 0, None)
    assert "moet leeg zijn" in refusal(read(tmp_path, b"\n", "leeg"), tmp_path)


def test_links_folders_and_pipes_are_not_opened(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "doel.csv").write_bytes(HEADER + ROW)
    (tmp_path / "link.csv").symlink_to(tmp_path / "doel.csv")
    (tmp_path / "map.csv").mkdir()
    os.mkfifo(tmp_path / "pijp.csv")
    for name in ("link.csv", "map.csv", "pijp.csv"):
        result = door.read(tmp_path / name, "csv", contract(), scratch)
        assert "geen gewoon bestand" in refusal(result, tmp_path)


def test_a_file_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        door.read(tmp_path / "weg.csv", "csv", contract(), tmp_path)


@pytest.mark.parametrize("name", ["*.csv", "[1].csv", "s3:x.csv", "a'; drop.csv", "-.csv"])
def test_a_strange_name_reaches_no_engine(tmp_path: Path, name: str) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / name).write_bytes(HEADER + ROW)
    result = door.read(tmp_path / name, "csv", contract(), tmp_path / "scratch")
    assert result.rows_in == 1 and result.table is not None
    assert result.table.parent == tmp_path / "scratch" and name not in result.table.name


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    content = HEADER + ROW * 50 + b"te,weinig\n\n" + ROW * 50
    first, second = read(tmp_path, content), read(tmp_path, content)
    assert first.table is not None and second.table is not None and first.table != second.table
    assert first.table.read_bytes() == second.table.read_bytes()


def test_many_pieces_give_the_same_rows_as_one(tmp_path: Path) -> None:
    content = HEADER + b"".join(b'M-%d,,%d.50,"a\nb"\n' % (i, i) + b"kort\n\n" * (i % 3 == 0) for i in range(200))
    whole = rows(read(tmp_path, content))
    pieces = rows(read(tmp_path, content, settings=Settings(chunk_bytes=300, slice_rows=7)))
    assert whole == pieces and len(whole) == 200 + 2 * 67
