"""The workbook says what the text report says, names every record, and nothing in it can start a formula."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from text_tables import BROKEN, Row, good_row, good_rows, pending

from data_contracts import report, rows, verdict, workbook
from data_contracts.describe import form
from data_contracts.loader import contracts
from data_contracts.model import Evaluation, Finding, History, Verdict

CONTRACT = contracts()["landelijk_netwerk/praktijklocaties"]
CODE = "vt_regio_waarde"


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


def judge(given: list[Row], folder: Path) -> Verdict:
    (found,) = verdict.judge(CONTRACT, [pending(CONTRACT, given, folder)], History(), folder, list_records=True)
    return found


def opened(found: Verdict, folder: Path) -> Workbook:
    workbook.write(found, CONTRACT, folder / "verslag.xlsx")
    return load_workbook(folder / "verslag.xlsx")


def below_heading(book: Workbook, name: str) -> list[tuple]:
    return list(book[name].iter_rows(min_row=2, values_only=True))


def made_up(message: str) -> Verdict:
    return Verdict(
        month="2024-01",
        verdict="accepted",
        rows_in=10,
        rows_accepted=9,
        rows_quarantined=1,
        findings=(Finding(CODE, "rij", 1, message),),
        evaluations=tuple(Evaluation(r.code, r.level, "evaluated", int(r.code == CODE)) for r in CONTRACT.rules),
        accepted=None,
        quarantine=None,
    )


def with_faults() -> list[Row]:
    """Twelve records, of which two are wrong; one of those under an id that is a BSN, with two faults."""
    wrong = {"vt_regio": "atlantis"}
    twice = {**good_row(CONTRACT, 21), **wrong, "vanaf": "gisteren", "locatie_id": "123456782"}
    return [*good_rows(CONTRACT, 5), {**good_row(CONTRACT, 20), **wrong}, twice, *good_rows(CONTRACT, 5, 30)]


def test_the_summary_says_verdict_counts_and_what_to_do_first(tmp_path: Path) -> None:
    book = opened(judge(with_faults(), tmp_path), tmp_path)
    assert book.sheetnames == ["Samenvatting", "Bevindingen", "Records", "Kolommen", "Alle regels"]
    sheet = book["Samenvatting"]
    summary = {name: value for name, value in sheet.iter_rows(max_col=2, values_only=True) if name}
    assert summary["Oordeel"] == "Geaccepteerd, met 2 records in quarantaine."
    assert (summary["Records geleverd"], summary["Geaccepteerd"], summary["In quarantaine"]) == (12, 10, 2)
    assert summary["Stap 1"].startswith("De fout die het vaakst voorkomt: vt_regio_waarde (2 records). Gebruik")
    assert summary["Stap 1"].endswith("Alle kolommen en codes van het contract staan op het blad Kolommen.")
    (verdict_cell,) = [cell for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "Oordeel"]
    assert verdict_cell.fill.fgColor.rgb == "FF" + workbook.COLOURS["quarantined"][0][1:]


def test_the_findings_name_count_message_and_remedy(tmp_path: Path) -> None:
    found = below_heading(opened(made_up("1 record: onbekende regio"), tmp_path), "Bevindingen")
    assert found == [(CODE, "in quarantaine", 1, "1 record: onbekende regio", CONTRACT.rule(CODE).remedy)]


def test_every_record_stands_there_once_with_all_that_is_wrong(tmp_path: Path) -> None:
    book = opened(judge(with_faults(), tmp_path), tmp_path)
    region, form = CONTRACT.rule("vt_regio_waarde"), CONTRACT.rule("vanaf_vorm")
    assert below_heading(book, "Records") == [
        (7, "R-20", "in quarantaine", 1, region.message, region.code),
        (8, report.NO_ID, "in quarantaine", 2, f"{region.message}\n{form.message}", f"{region.code}\n{form.code}"),
    ]
    assert (book["Records"].auto_filter.ref, book["Records"].freeze_panes) == ("A1:F3", "A2")


def test_a_refused_delivery_names_its_records_too(tmp_path: Path) -> None:
    found = judge([*good_rows(CONTRACT, 2), BROKEN], tmp_path)
    assert found.verdict == "refused"
    assert [row[:2] for row in below_heading(opened(found, tmp_path), "Records")] == [(4, report.NO_ID)]


def test_ids_of_a_column_of_identifiers_are_not_shown(tmp_path: Path) -> None:
    births = [f"19{year}-03-1{year % 7}" for year in range(40, 60)]
    given = [{**good_row(CONTRACT, i), "locatie_id": born, "tot": "x"} for i, born in enumerate([*births, "R-1"])]
    found = judge(given, tmp_path)
    assert "identificerende_kolom" in [finding.code for finding in found.findings]
    assert {row[1] for row in below_heading(opened(found, tmp_path), "Records")} == {report.NO_ID}
    assert {example.record for examples in found.examples.values() for example in examples} == {None}


def test_more_records_than_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_RECORDS", 1)
    book = opened(judge(with_faults(), tmp_path), tmp_path)
    first, note = below_heading(book, "Records")
    assert first[0] == 7
    assert note[0].startswith("Dit blad noemt de eerste 1 van 2 records. In het JSON-bestand")
    assert any(note[0] in str(text) for _, text in book["Samenvatting"].iter_rows(max_col=2, values_only=True))


def test_every_rule_stands_there(tmp_path: Path) -> None:
    assert len(below_heading(opened(made_up("x"), tmp_path), "Alle regels")) == len(CONTRACT.rules)


def test_every_column_and_every_code_stands_there(tmp_path: Path) -> None:
    found = below_heading(opened(made_up("x"), tmp_path), "Kolommen")
    of_columns = [row for row in found if row[4] is None]
    assert [row[:3] for row in of_columns] == [
        (place, column.name, "ja" if column.required else "nee")
        for place, column in enumerate(CONTRACT.columns, start=1)
    ]
    assert [row[5] for row in of_columns] == [column.description for column in CONTRACT.columns]
    signs = "hoofdletters A-Z, kleine letters a-z, cijfers 0-9, _ en -"
    assert of_columns[0][3] == f"1 tot en met 64 tekens: {signs}. Bijvoorbeeld: {CONTRACT.columns[0].example}."
    region = CONTRACT.column("vt_regio")
    assert [row for row in found if row[4]] == [
        (2, "vt_regio", None, None, code, region.labels[code]) for code in region.values
    ]


@pytest.mark.parametrize("name", list(contracts()))
def test_no_form_shows_a_pattern(name: str) -> None:
    texts = [form(column) for column in contracts()[name].columns]
    assert not any(sign in text for text in texts for sign in "^[]{}$\\")
    assert all(not text[0].islower() and text.endswith(".") for text in texts)


def test_a_clean_delivery_is_sent_to_no_sheet(tmp_path: Path) -> None:
    book = opened(judge(good_rows(CONTRACT, 3), tmp_path), tmp_path)
    summary = dict(book["Samenvatting"].iter_rows(max_col=2, values_only=True))
    assert summary["Stap 1"] == "U kunt het bestand zo leveren."


def test_places_in_parquet_are_records(tmp_path: Path) -> None:
    workbook.write(made_up("x"), CONTRACT, tmp_path / "verslag.xlsx", "record")
    assert load_workbook(tmp_path / "verslag.xlsx")["Records"]["A1"].value == "Record in het bestand"


def test_nothing_starts_a_formula_or_a_link(tmp_path: Path) -> None:
    book = opened(made_up('=HYPERLINK("http://voorbeeld.example")'), tmp_path)
    assert book["Bevindingen"]["D2"].data_type == "s"
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types == {"s", "n"}
    with zipfile.ZipFile(tmp_path / "verslag.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
