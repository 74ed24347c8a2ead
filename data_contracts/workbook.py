"""A verdict as an Excel workbook for the partner: what was found, how to mend it, and on which lines.

Belongs here: sheets and layout. Not here: wording (`report`), judging (`verdict`). No value of a cell of the delivery
is ever repeated; every text is written as text, so that nothing can start a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data_contracts.model import Contract, Verdict
from data_contracts.report import TITLES, headline, remedy

# Excel holds 1,048,576 rows a sheet.
MOST_ROWS = 1_000_000
LEVELS = {"levering": "hele levering", "rij": "record in quarantaine", "waarschuwing": "waarschuwing"}
STATUSES = {"evaluated": "beoordeeld", "failed": "niet in orde", "not_applicable": "niet van toepassing"}


def as_workbook(verdict: Verdict, contract: Contract, rejected: Sequence[tuple[int, Sequence[str]]]) -> bytes:
    """The report as xlsx. ``rejected``: (line in the file, codes of the broken rules) of each record in quarantine."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"Controle van {contract.name}, {verdict.month}"})
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        _summary(book.add_worksheet("Samenvatting"), verdict, contract, bold, wrap)
        _findings(book.add_worksheet("Bevindingen"), verdict, contract, bold, wrap)
        _rejected(book.add_worksheet("Records in quarantaine"), rejected, bold)
        _rules(book.add_worksheet("Alle regels"), verdict, contract, bold, wrap)
    return buffer.getvalue()


def _heading(sheet: Worksheet, titles: Sequence[tuple[str, int]], bold: Format) -> None:
    for column, (title, width) in enumerate(titles):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    sheet.freeze_panes(1, 0)


def _summary(sheet: Worksheet, verdict: Verdict, contract: Contract, bold: Format, wrap: Format) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    lines: list[tuple[str, str | int]] = [
        ("Levering", f"{contract.title} ({contract.name})"),
        ("Maand", verdict.month),
        ("Oordeel", headline(verdict)),
        ("Records geleverd", verdict.rows_in),
        ("Geaccepteerd", verdict.rows_accepted),
        ("In quarantaine", verdict.rows_quarantined),
        ("Contract", f"versie {contract.version}"),
        ("Vragen", contract.contact),
    ]
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name, bold)
        if isinstance(value, int):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, value, wrap)


def _findings(sheet: Worksheet, verdict: Verdict, contract: Contract, bold: Format, wrap: Format) -> None:
    titles = [("Regel", 38), ("Soort", 22), ("Records", 10), ("Wat er is", 70), ("Wat u kunt doen", 70)]
    _heading(sheet, titles, bold)
    ordered = [f for level in TITLES for f in verdict.findings if f.level == level]
    for row, finding in enumerate(ordered, start=1):
        sheet.write_string(row, 0, finding.code, wrap)
        sheet.write_string(row, 1, LEVELS[finding.level], wrap)
        sheet.write_number(row, 2, finding.rows, wrap)
        sheet.write_string(row, 3, finding.message, wrap)
        sheet.write_string(row, 4, remedy(finding, contract), wrap)


def _rejected(sheet: Worksheet, rejected: Sequence[tuple[int, Sequence[str]]], bold: Format) -> None:
    _heading(sheet, [("Regel in het bestand", 22), ("Geschonden regels", 100)], bold)
    for row, (line, codes) in enumerate(rejected[:MOST_ROWS], start=1):
        sheet.write_number(row, 0, line)
        sheet.write_string(row, 1, ", ".join(codes))


def _rules(sheet: Worksheet, verdict: Verdict, contract: Contract, bold: Format, wrap: Format) -> None:
    _heading(sheet, [("Regel", 45), ("Soort", 22), ("Beoordeeld", 20), ("Records", 10), ("Betekenis", 90)], bold)
    for row, evaluation in enumerate(verdict.evaluations, start=1):
        sheet.write_string(row, 0, evaluation.code, wrap)
        sheet.write_string(row, 1, LEVELS[evaluation.level], wrap)
        sheet.write_string(row, 2, STATUSES[evaluation.status], wrap)
        sheet.write_number(row, 3, evaluation.rows, wrap)
        sheet.write_string(row, 4, contract.rule(evaluation.code).message, wrap)
