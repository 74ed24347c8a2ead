"""The tables behind a report as an Excel workbook: the same cells, with their status in words.

Belongs here: sheets and layout. Every text is written as text, so that nothing can start a formula; the same selection
gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from dashboards import dates, figures, texts
from dashboards.reports import contents
from dashboards.reports.selection import EFFORT, Selection

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "default_format_properties": {"font_name": "Calibri", "font_size": 11},
}
HEADING = {"bold": True, "bg_color": "#154273", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
BODY = {"bottom": 1, "bottom_color": "#D9D3C6", "valign": "top"}
NUMBER_FORMATS = {
    "aandeel": "0.0%",
    figures.WHOLE_SHARE: "0%",
    "dagen": "#,##0",
    "uren": "#,##0.###",
    "euro": "€ #,##0.##",
    "aantal": "#,##0",
}
WIDTHS = {"indicator": 44, "region": 28, "group": 38, "row": 34, "period": 18, "category": 26, "count": 12}
WIDTH = 16
A4 = 9
Cell = str | tuple[float, str] | None


def to_xlsx(found: Selection, created: datetime) -> bytes:
    """The tables of a report as xlsx. ``created``: when the publication was made, for the properties of the file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as workbook:
        name = contents.document(found)
        workbook.set_properties(
            {"title": name, "author": texts.get("site.name"), "created": created.replace(tzinfo=None)}
        )
        book = _Book(workbook)
        _about(workbook, book, found)
        book.table(
            "tiles", ("indicator", "region", "period", "category", "count", *VALUES, "unit", "status"), _tiles(found)
        )
        book.table("effort", ("group", "row", "indicator", "period", "value", "unit", "status"), _effort(found))
        book.table(
            "trends", ("indicator", "region", "period", "category", "count", *VALUES, "unit", "status"), _trends(found)
        )
        book.table("status", ("activity", "region", "status", "since"), _activities(found))
    return out.getvalue()


VALUES = ("value", "low", "high")


class _Book:
    """The workbook with the formats that its sheets share."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._heading = book.add_format(HEADING)
        self._text = book.add_format({"text_wrap": True, **BODY})
        self._numbers: dict[str, Format] = {
            unit: book.add_format({"num_format": form, "align": "right", **BODY})
            for unit, form in NUMBER_FORMATS.items()
        }

    def table(self, sheet_name: str, names: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
        """A sheet that is a table: headings that stay in sight, and a filter. A number comes with its unit."""
        sheet = self._book.add_worksheet(texts.get("report.sheets")[sheet_name])
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, name in enumerate(names):
            sheet.set_column(column, column, WIDTHS.get(name, WIDTH))
            sheet.write_string(0, column, texts.get("report.workbook.headers")[name], self._heading)
        place = 0
        for place, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if cell is None or cell == "":
                    sheet.write_blank(place, column, None, self._text)
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell, self._text)
                else:
                    sheet.write_number(place, column, cell[0], self._numbers[cell[1]])
        sheet.autofilter(0, 0, place, len(names) - 1)
        sheet.freeze_panes(1, 0)


def _about(workbook: Workbook, book: _Book, found: Selection) -> None:
    sheet = workbook.add_worksheet(texts.get("report.sheets.about"))
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 96)
    bold, wrap = workbook.add_format({"bold": True, "valign": "top"}), workbook.add_format({"text_wrap": True})
    title = workbook.add_format({"bold": True, "font_size": 16, "font_color": "#154273"})
    sheet.write_string(0, 0, contents.document(found), title)
    for place, (name, text) in enumerate(_explanation(found), start=2):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, text, wrap)


def _explanation(found: Selection) -> Iterator[tuple[str, str]]:
    words, publication = texts.get("report.workbook.about"), found.publication
    yield words["edition"], publication.number
    yield words["peildatum"], dates.day(publication.peildatum)
    if publication.manifest.get("fictief"):
        yield words["fictitious"], texts.get("site.fictitious")
    for name, text in texts.get("report.workbook.what").items():
        yield texts.get("report.sheets")[name], text
    for i, text in enumerate(contents.limits(found)):
        yield "" if i else words["limits"], text
    for entry in texts.get("status").values():
        yield entry["word"], entry["meaning"]


def _figures(row: Mapping[str, Any], title: str, region: str, category: str, unit: str) -> list[Cell]:
    """A published cell as a row; what is hidden has its status and nothing else."""
    limits: list[Cell] = [None if row[n] is None else (row[n], unit) for n in ("waarde", "ondergrens", "bovengrens")]
    count: Cell = None if row["n"] is None else (row["n"], "aantal")
    return [title, region, dates.period(row["periode"]), category, count, *limits, _unit(unit), _status(row["status"])]


def _unit(unit: str) -> str:
    return str(texts.get("report.workbook.units")[unit])


def _status(status: str) -> str:
    return str(texts.get("status")[status]["word"])


def _tiles(found: Selection) -> Iterator[list[Cell]]:
    names = found.publication.region_names
    for tile in found.tiles:
        if not tile.definition:
            continue
        beside = [] if found.country else [tile.country_series]
        for series in (tile.series, *beside):
            for row in series.iter_rows(named=True):
                category = "" if tile.entry["dimensie"] == "totaal" else contents.sentence(contents.partner_name(found))
                yield _figures(row, tile.definition["title"], names[row["regio"]], category, tile.unit)


def _effort(found: Selection) -> Iterator[list[Cell]]:
    columns = texts.get("report.effort.columns")
    for group in found.groups:
        for row in group.rows:
            for name, shown in zip(EFFORT, row.shown, strict=True):
                if shown.cell is None:
                    continue
                value: Cell = None if shown.value is None else (shown.value, shown.unit)
                period = dates.period(shown.cell["periode"])
                head = [contents.group_title(found, group), row.name, columns[name], period]
                yield [*head, value, _unit(shown.unit), _status(shown.status)]


def _trends(found: Selection) -> Iterator[list[Cell]]:
    names = found.publication.region_names
    for one in found.trends:
        title = found.publication.definitions[one.indicator]["title"]
        for row in one.cells.iter_rows(named=True):
            category = row["label"] if found.choice.partner else ""
            yield _figures(row, title, names[row["regio"]], category, one.unit)
        for row in one.reference.iter_rows(named=True):
            category = texts.get("report.trends.all_partners") if found.choice.partner else ""
            yield _figures(row, title, names[row["regio"]], category, one.unit)


def _activities(found: Selection) -> Iterator[list[Cell]]:
    for activity, regions in found.activities.items():
        for row in regions.iter_rows(named=True):
            label = texts.get("activity_status")[row["status"]]
            yield [texts.get("activities")[activity], row["naam"], label, dates.period(row["sinds"])]
