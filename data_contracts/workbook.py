"""A verdict as an Excel workbook for the partner: what was found, how to mend it, and in which records.

Belongs here: sheets and layout. Not here: wording (`report`), judging (`verdict`). No value of a cell of the delivery
is ever repeated; every text is written as text, so that nothing can start a formula. Rows are written once and in
order, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from data_contracts import report
from data_contracts.describe import form
from data_contracts.model import Column, Contract, Verdict
from data_contracts.wording import thousands

# Excel holds ten times as many, but nobody mends that by hand, and writing them takes minutes. The JSON holds them all.
MOST_RECORDS = 100_000
LEVELS = {"levering": "hele levering", "rij": "in quarantaine", "waarschuwing": "waarschuwing"}
STATUSES = {"evaluated": "beoordeeld", "failed": "niet in orde", "not_applicable": "niet te beoordelen"}
# Background and text per outcome; the words say the same, for who sees no colours.
COLOURS = {
    "refused": ("#F8D7DA", "#7A1020"),
    "quarantined": ("#FFF0C2", "#5F4300"),
    "clean": ("#D9F0DD", "#11502A"),
}
LINE_HEIGHT = 15.0
VALUE_WIDTH = 100
# Under every row of a table, so that the eye keeps to its line.
UNDERLINE = {"bottom": 1, "bottom_color": "#D0D7DE", "valign": "top"}
HEADING = {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
    "default_format_properties": {"font_name": "Calibri", "font_size": 11},
}


class _Book:
    """The workbook with the formats that its sheets share."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.heading = self.format(**HEADING)
        self.wrap = self.format(text_wrap=True, valign="top")
        self.bold = self.format(bold=True, valign="top")
        self._text = self.format(text_wrap=True, **UNDERLINE)
        self._number = self.format(num_format="#,##0", align="center", **UNDERLINE)

    def format(self, **properties: object) -> Format:
        return self._book.add_format(properties)

    def sheet(self, name: str) -> Worksheet:
        """A sheet that prints on whole pages, on its side."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPagina &P van &N")
        return sheet

    def table(
        self, name: str, titles: Sequence[tuple[str, int]], rows: Iterable[Sequence[str | int]], below: str = ""
    ) -> None:
        """A sheet that is a table: a filter, and headings that stay in sight. ``titles``: heading and width."""
        sheet = self.sheet(name)
        sheet.set_row(0, 2 * LINE_HEIGHT)
        for column, (title, width) in enumerate(titles):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, self.heading)
        place = 0
        for place, cells in enumerate(rows, start=1):
            sheet.set_row(place, _height([(cell, titles[column][1]) for column, cell in enumerate(cells)]))
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(place, column, cell, self._number)
                elif not cell:
                    sheet.write_blank(place, column, None, self._text)
                else:
                    sheet.write_string(place, column, cell, self._text)
        if below:
            sheet.write_string(place + 1, 0, below, self.bold)
        sheet.autofilter(0, 0, place, len(titles) - 1)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)


def _height(cells: Iterable[tuple[str | int, int]]) -> float:
    """The height of a row, from its texts and the widths of their columns: not every program fits it to the text."""
    lines = (sum(-(-len(line) // width) or 1 for line in str(text).split("\n")) for text, width in cells)
    return LINE_HEIGHT * max(lines)


def write(verdict: Verdict, contract: Contract, path: Path, place: report.Place = "regel") -> None:
    """Writes the report as xlsx: summary, findings, the records concerned, every column and rule of the contract."""
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as workbook:
        workbook.set_properties({"title": f"Controle van {contract.name}, {verdict.month}"})
        book = _Book(workbook)
        _summary(book, verdict, contract)
        _findings(book, verdict, contract)
        _records(book, verdict, contract, place)
        _columns(book, contract)
        _rules(book, verdict, contract)


def _summary(book: _Book, verdict: Verdict, contract: Contract) -> None:
    sheet = book.sheet("Samenvatting")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, VALUE_WIDTH)
    rows = _Lines(sheet)
    rows.text("Controle van uw levering", book.format(bold=True, font_size=18), 26)
    rows.text(f"{contract.title} ({contract.name}), maand {verdict.month}", book.format(font_size=12))
    rows.skip()
    background, colour = COLOURS[report.outcome(verdict)]
    band = {"bold": True, "font_size": 13, "bg_color": background, "font_color": colour}
    band |= {"text_wrap": True, "valign": "vcenter"}
    rows.pair("Oordeel", report.headline(verdict), book.format(**band), book.format(**band), 36)
    rows.skip()
    for name, count in (
        ("Records geleverd", verdict.rows_in),
        ("Geaccepteerd", verdict.rows_accepted),
        ("Geweigerd" if verdict.verdict == "refused" else "In quarantaine", verdict.rows_quarantined),
    ):
        rows.pair(name, count, book.bold, book.format(num_format="#,##0", align="left"))
    rows.skip()
    rows.text("Wat u kunt doen", book.format(bold=True, font_size=13), 22)
    for number, step in enumerate(_steps(verdict, contract), start=1):
        rows.pair(f"Stap {number}", step, book.bold, book.wrap)
    rows.skip()
    rows.text("Wat er in dit verslag staat", book.format(bold=True, font_size=13), 22)
    for name, meaning in _contents(verdict):
        rows.pair(name, meaning, book.bold, book.wrap)
    if missing := report.unjudged(verdict):
        rows.pair(
            "Nog niet beoordeeld", f"{', '.join(missing)}: dat kan pas naast eerdere leveringen.", book.bold, book.wrap
        )
    rows.skip()
    rows.pair("Contract", f"{contract.name}, versie {contract.version}", book.bold, book.wrap)
    rows.pair("Vragen", f"Mail {contract.contact}.", book.bold, book.wrap)


def _steps(verdict: Verdict, contract: Contract) -> list[str]:
    """The steps of the report; where there is something to mend, the first names the sheet that shows how."""
    first, *later = report.steps(verdict, contract)
    if report.outcome(verdict) == "clean":
        return [first, *later]
    return [f"{first} Alle kolommen en codes van het contract staan op het blad Kolommen.", *later]


class _Lines:
    """Writes a sheet of names and values from the top down."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet, self._next = sheet, 0

    def skip(self) -> None:
        self._next += 1

    def text(self, text: str, style: Format, height: float = LINE_HEIGHT) -> None:
        self._sheet.set_row(self._next, height)
        self._sheet.write_string(self._next, 0, text, style)
        self._next += 1

    def pair(self, name: str, value: str | int, name_style: Format, style: Format, height: float = LINE_HEIGHT) -> None:
        self._sheet.set_row(self._next, max(height, _height([(value, VALUE_WIDTH)])))
        self._sheet.write_string(self._next, 0, name, name_style)
        if isinstance(value, int):
            self._sheet.write_number(self._next, 1, value, style)
        else:
            self._sheet.write_string(self._next, 1, value, style)
        self._next += 1


def _contents(verdict: Verdict) -> Iterator[tuple[str, str]]:
    per_record = "Per record: de plaats in uw bestand, het nummer van het record en wat er is."
    yield "Bevindingen", "Per regel van het contract: hoeveel records, wat er is en wat u kunt doen."
    yield "Records", f"{per_record} {_left_out(verdict)}".strip()
    yield "Kolommen", "Per kolom van het contract: hoe u haar vult, en alle codes met hun betekenis."
    yield "Alle regels", "Alle regels van het contract, ook die waaraan uw bestand voldoet."
    yield "Privacy", "Dit verslag herhaalt geen waarden uit uw bestand, behalve nummers van records."


def _left_out(verdict: Verdict) -> str:
    """What the sheet of records leaves out; empty when it names them all."""
    count = report.count_records(verdict)
    if count <= MOST_RECORDS:
        return ""
    return (
        f"Dit blad noemt de eerste {thousands(MOST_RECORDS)} van {thousands(count)} records. In het JSON-bestand naast"
        " dit bestand staan ze allemaal."
    )


def _findings(book: _Book, verdict: Verdict, contract: Contract) -> None:
    titles = [
        ("Regel van het contract", 30),
        ("Soort", 16),
        ("Records", 10),
        ("Wat er is", 55),
        ("Wat u kunt doen", 55),
    ]
    found = report.ordered(verdict)
    book.table(
        "Bevindingen",
        titles,
        ((f.code, LEVELS[f.level], f.rows, f.message, report.remedy(f, contract)) for f in found),
    )


def _records(book: _Book, verdict: Verdict, contract: Contract, place: report.Place) -> None:
    rules = {rule.code: rule for rule in contract.rules}
    titles = [
        (f"{place.capitalize()} in het bestand", 12),
        (f"Record ({contract.key})", 28),
        ("Soort", 16),
        ("Aantal fouten", 10),
        ("Wat er is", 66),
        ("Regels van het contract", 34),
    ]
    cells = (
        (
            record.line,
            record.id or report.NO_ID,
            LEVELS[rules[record.codes[0]].level],
            len(record.codes),
            "\n".join(rules[code].message for code in record.codes),
            "\n".join(record.codes),
        )
        for record in report.records(verdict, MOST_RECORDS)
    )
    book.table("Records", titles, cells, below=_left_out(verdict))


def _columns(book: _Book, contract: Contract) -> None:
    """A row for each column, and below it one for each of its codes: a cell can't show a list of any length."""
    titles = [("Plaats", 10), ("Kolom", 24), ("Verplicht", 12), ("Vorm", 62), ("Code", 24), ("Betekenis", 62)]
    cells = (row for place, column in enumerate(contract.columns, start=1) for row in _column(place, column))
    book.table("Kolommen", titles, cells)


def _column(place: int, column: Column) -> Iterator[Sequence[str | int]]:
    yield place, column.name, "ja" if column.required else "nee", form(column), "", column.description
    for code in column.values:
        yield place, column.name, "", "", code, column.labels[code]


def _rules(book: _Book, verdict: Verdict, contract: Contract) -> None:
    titles = [("Regel van het contract", 36), ("Soort", 16), ("Beoordeeld", 20), ("Records", 10), ("Betekenis", 84)]
    cells = (
        (e.code, LEVELS[e.level], STATUSES[e.status], e.rows, contract.rule(e.code).message)
        for e in verdict.evaluations
    )
    book.table("Alle regels", titles, cells)
