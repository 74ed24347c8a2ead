"""The workbook says what the text report says, and nothing in it can start a formula."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from data_contracts.loader import contracts
from data_contracts.model import Evaluation, Finding, Verdict
from data_contracts.workbook import as_workbook

CONTRACT = contracts()["landelijk_netwerk/praktijklocaties"]
CODE = "vt_regio_waarde"


def judged(message: str) -> Verdict:
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


def test_the_workbook_names_counts_rules_remedies_and_lines() -> None:
    book = load_workbook(io.BytesIO(as_workbook(judged("1 record: onbekende regio"), CONTRACT, [(7, [CODE])])))
    assert book.sheetnames == ["Samenvatting", "Bevindingen", "Records in quarantaine", "Alle regels"]
    summary = dict(book["Samenvatting"].iter_rows(values_only=True))
    assert (summary["Records geleverd"], summary["Geaccepteerd"], summary["In quarantaine"]) == (10, 9, 1)
    found = list(book["Bevindingen"].iter_rows(min_row=2, values_only=True))
    assert found == [(CODE, "record in quarantaine", 1, "1 record: onbekende regio", CONTRACT.rule(CODE).remedy)]
    assert list(book["Records in quarantaine"].iter_rows(min_row=2, values_only=True)) == [(7, CODE)]
    assert len(list(book["Alle regels"].iter_rows(min_row=2))) == len(CONTRACT.rules)


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    book = load_workbook(io.BytesIO(as_workbook(judged("=1+1"), CONTRACT, [])))
    cell = book["Bevindingen"]["D2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
