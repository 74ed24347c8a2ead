"""Figures as files: CSV, Parquet and Excel, each with a dictionary, and equal to the table on the screen.

Belongs here: frame + what its columns mean -> bytes. Not here: which cells are shown. The same input gives the same
bytes: no file carries the moment at which it was made. No text in a file can start a formula.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import xlsxwriter

from dashboards import dates, figures, texts
from dashboards.queries import Publication

# Of a published cell, as the publication has them; the names in words come after.
PUBLISHED = (
    "indicator", "versie", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie",
    "n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "eenheid", "status", "peildatum",
)  # fmt: skip
# A spreadsheet takes a text that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
EXCEL_FORMATS = {"aandeel": "0.0%", "uren": "#,##0.00", "euro": '"€" #,##0.00', "dagen": "0"}
UNIT_COLUMN, FIGURE_COLUMNS = "eenheid", ("waarde", "ondergrens", "bovengrens")
EXCEL_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "Calibri", "font_size": 11},
}
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Contents:
    """What goes into a file: the rows of a table in the order of the screen; ``dictionary``: (kind, name, meaning) of
    columns, units, statuses and whatever else the rows hold; ``made``: when what they come from was published."""

    title: str
    frame: pl.DataFrame
    dictionary: Sequence[Row]
    made: datetime


def published(cells: pl.DataFrame, publication: Publication, title: str) -> Contents:
    """Published cells, as they are. ``cells``: columns of the publication, ``label``, and maybe ``vergelijking``.

    Added: publicatie, the names of region and category in words, cijfer and marge as the screen has them."""
    shown = {i: figures.shown_unit(publication.definitions[i]) for i in cells["indicator"].unique()}
    said = [
        (figures.figure(row, shown[row["indicator"]]), figures.margin(row, shown[row["indicator"]]))
        for row in cells.iter_rows(named=True)
    ]
    compared = {"naast_nederland": pl.col("vergelijking")} if "vergelijking" in cells.columns else {}
    frame = cells.select(
        *PUBLISHED,
        publicatie=pl.lit(publication.number),
        regio_naam=pl.col("regio").replace_strict(publication.region_names, default=pl.col("regio")),
        categorie_naam=pl.col("label"),
        cijfer_in_woorden=pl.Series([value or None for value, _ in said], dtype=pl.String),
        marge_in_woorden=pl.Series([margin or None for _, margin in said], dtype=pl.String),
        **compared,
    )
    return Contents(title, frame, _dictionary(frame, publication), _made(publication))


def computed(
    frame: pl.DataFrame, publication: Publication, title: str, columns: Mapping[str, str], notes: Sequence[str] = ()
) -> Contents:
    """Figures computed from a publication. ``columns``: what each column means; all must be named. ``notes``: what who
    uses them must know."""
    rows = [*_about(publication), *(("let op", title, note) for note in notes)]
    rows += [("kolom", name, columns[name]) for name in frame.columns]
    return Contents(title, frame, rows, _made(publication))


def _made(publication: Publication) -> datetime:
    return datetime.fromisoformat(publication.manifest["created_at"]).replace(tzinfo=None)


def _about(publication: Publication) -> list[Row]:
    words = texts.get("downloads.about")
    facts = {
        "publicatie": publication.number,
        "peildatum": dates.day(publication.peildatum),
        "let_op": texts.get("own_measure"),
    }
    if publication.manifest.get("fictief"):
        facts["verzonnen"] = texts.get("site.fictitious")
    return [("over", words[name], fact) for name, fact in facts.items()]


def _dictionary(frame: pl.DataFrame, publication: Publication) -> list[Row]:
    columns, units = texts.get("downloads.columns"), texts.get("downloads.units")
    rows = [*_about(publication), *(("kolom", name, columns[name]) for name in frame.columns)]
    rows += [("eenheid", unit, units[unit]) for unit in frame["eenheid"].unique().sort()]
    rows += [
        ("status", status, entry["word"] + ": " + entry["meaning"])
        for status, entry in texts.get("status").items()
        if status in frame["status"]
    ]
    for indicator in frame["indicator"].unique(maintain_order=True):
        definition = publication.definitions[indicator]
        rows.append(("indicator", indicator, f"{definition['title']}. {definition['explanation']}"))
        rows += [("let op", indicator, caveat) for caveat in definition["caveats"]]
    return rows


def to_csv(contents: Contents) -> bytes:
    """A zip of ``cijfers.csv`` and ``woordenboek.csv`` for programs: UTF-8, commas, decimal point, RFC 4180."""
    return _csv_files(contents, _delimited(",", "utf-8", _raw))


def to_dutch_csv(contents: Contents) -> bytes:
    """The same for a Dutch spreadsheet: a byte order mark, semicolons, decimal comma, statuses in words."""
    return _csv_files(contents, _delimited(";", "utf-8-sig", _dutch))


def to_parquet(contents: Contents) -> bytes:
    """Parquet with the types of the frame; the dictionary is in its metadata, a key for each of its rows."""
    table = contents.frame.to_arrow()
    meanings = {f"{kind}: {name}": meaning for kind, name, meaning in contents.dictionary}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(meanings), out)
    return out.getvalue()


def to_excel(contents: Contents) -> bytes:
    """A workbook of two sheets: the figures, as numbers in the format of their unit, and the dictionary."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, EXCEL_OPTIONS) as book:
        book.set_properties({"title": contents.title, "created": contents.made})
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {unit: book.add_format({"num_format": code}) for unit, code in EXCEL_FORMATS.items()}
        formats["date"], wrapped = book.add_format({"num_format": "d-m-yyyy"}), book.add_format({"text_wrap": True})
        names = texts.get("downloads.sheets")
        _sheet(book, names["figures"], contents.frame.columns, contents.frame.to_dicts(), head, formats)
        sheet = _sheet(book, names["dictionary"], ("soort", "naam", "betekenis"), _words(contents), head, formats)
        sheet.set_column(2, 2, 110, wrapped)
    return out.getvalue()


FORMATS: Mapping[str, tuple[str, str, Callable[[Contents], bytes]]] = {
    "excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_excel),
    "dutch_csv": ("nederlands.zip", "application/zip", to_dutch_csv),
    "csv": ("csv.zip", "application/zip", to_csv),
    "parquet": ("parquet", "application/vnd.apache.parquet", to_parquet),
}


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("Twente")
    ("'=1+1", 'Twente')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _words(contents: Contents) -> list[dict[str, Any]]:
    return [{"soort": kind, "naam": name, "betekenis": meaning} for kind, name, meaning in contents.dictionary]


def _csv_files(contents: Contents, written: Callable[[Sequence[str], Sequence[Mapping[str, Any]]], bytes]) -> bytes:
    files = {
        "cijfers.csv": written(contents.frame.columns, contents.frame.to_dicts()),
        "woordenboek.csv": written(("soort", "naam", "betekenis"), _words(contents)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _delimited(
    delimiter: str, encoding: str, cell: Callable[[str, Any], str]
) -> Callable[[Sequence[str], Sequence[Mapping[str, Any]]], bytes]:
    def written(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([cell(name, row[name]) for name in columns] for row in rows)
        return out.getvalue().encode(encoding)

    return written


def _raw(_: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    return value.isoformat() if isinstance(value, date) else repr(value)


def _dutch(column: str, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.12g}".replace(".", ",")
    if column == "status" and value in (statuses := texts.get("status")):
        return str(statuses[value]["word"])
    return _raw(column, value)


def _sheet(
    book: xlsxwriter.Workbook,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    head: Any,
    formats: Mapping[str, Any],
) -> Any:
    sheet = book.add_worksheet(title)
    for j, name in enumerate(columns):
        sheet.write_string(0, j, name, head)
        longest = max((len(str(row[name])) for row in rows if row[name] is not None), default=0)
        sheet.set_column(j, j, min(40, max(len(name), longest) + 2))
    for i, row in enumerate(rows, start=1):
        for j, name in enumerate(columns):
            value = row[name]
            if isinstance(value, date):
                sheet.write_datetime(i, j, datetime(value.year, value.month, value.day), formats["date"])
            elif isinstance(value, (int, float)):
                unit = row.get(UNIT_COLUMN) if name in FIGURE_COLUMNS else None
                sheet.write_number(i, j, value, formats.get(unit))
            elif value is not None:
                sheet.write_string(i, j, str(value))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    return sheet
