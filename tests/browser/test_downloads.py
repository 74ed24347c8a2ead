"""Every file that a page gives holds what is published and what the page shows: CSV, Excel, Parquet and the A4."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import sample_publication
from playwright.sync_api import Locator, Page
from test_figures import said_of
from visiting import Visit

from dashboards import downloads, figures, queries, tables, texts
from dashboards.queries import Publication
from dashboards.reports.contents import contents
from dashboards.reports.selection import EFFORT, Choice, select

PAGES = (
    "/indicator?indicator=actieoverleg_bereik&regio=zeeland",
    "/indicator?indicator=herhaling_18_maanden&uitsplitsing=soort&periode=jaar",
    "/regio?regio=twente",
    "/inzet",
    "/herhaling",
    "/praktijk",
    "/?kaart=actieoverleg_bereik",
)
FILES = '[class*="st-key-files-"]'
CELL = ("indicator", "regio", "periode", "dimensie", "categorie")
PUBLISHED = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "status")
CURVE = (*CELL, "dag")
DRAWN = ("waarde", "ondergrens", "bovengrens", "onder_risico")
SHOWN = '[...document.querySelectorAll("table.figures data[value]")].map(cell => cell.value)'
A_FIGURE = re.compile(r"€\s[\d.,]+(?:\smln)?|\d[\d.,]*(?:%|\s(?:dagen|dag|uur)\b)")


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The one that is served; it is made the same every time."""
    home = tmp_path_factory.mktemp("publication")
    sample_publication.write(home)
    return queries.open_publication(home, queries.current_number(home))


def saved(page: Page, button: Locator) -> tuple[str, bytes]:
    with page.expect_download() as download:
        # By keyboard: a chart that is drawn in the meantime moves the button from under a pointer.
        button.press("Enter")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def from_csv(content: bytes) -> list[dict[str, str]]:
    text = zipfile.ZipFile(io.BytesIO(content)).read("cijfers.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def from_dutch_csv(content: bytes) -> list[dict[str, str]]:
    """With the decimal point and the codes of the publication."""
    text = zipfile.ZipFile(io.BytesIO(content)).read("cijfers.csv").decode("utf-8-sig")
    codes = {entry["word"]: code for code, entry in texts.get("status").items()}
    figure = {*PUBLISHED, *DRAWN} - {"status"}
    return [
        {name: value.replace(",", ".") if name in figure else codes.get(value, value) for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    ]


def from_excel(content: bytes) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def from_parquet(content: bytes) -> list[dict[str, Any]]:
    return pl.read_parquet(io.BytesIO(content)).to_dicts()


READ: Mapping[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "excel": from_excel,
    "dutch_csv": from_dutch_csv,
    "csv": from_csv,
    "parquet": from_parquet,
}


def same(found: object, published: object) -> bool:
    if found in (None, "") or published is None:
        return found in (None, "") and published is None
    if isinstance(published, str):
        return found == published
    # A spreadsheet keeps 15 digits.
    return float(str(found)) == pytest.approx(float(str(published)), rel=1e-11, abs=1e-12)


def differences(rows: list[dict[str, Any]], published: pl.DataFrame, key: tuple[str, ...]) -> list[str]:
    """Which figures of a file are not those of the publication."""
    figures_of = PUBLISHED if key is CELL else DRAWN
    known = {tuple(str(row[name]) for name in key): row for row in published.iter_rows(named=True)}
    wrong = []
    for row in rows:
        place = tuple(str(row[name]) for name in key)
        if place not in known:
            wrong.append(f"{place} is no published cell")
            continue
        wrong += [
            f"{place} {name}: {row[name]!r}, published {known[place][name]!r}"
            for name in figures_of
            if not same(row[name], known[place][name])
        ]
    return wrong


@pytest.mark.parametrize("address", PAGES)
def test_files_hold_what_is_published_and_shown(wide: Visit, publication: Publication, address: str) -> None:
    wide.open(address)
    offers = wide.page.locator(FILES)
    assert offers.count() > 0
    shown = {tuple(key.split("|")) for key in wide.page.evaluate(SHOWN)}
    told: set[tuple[str, ...]] = set()
    for offer in offers.all():
        offer.locator("summary").click()
        # All files of an offer are written from the same contents, so one of each further offer will do.
        for form, read in (READ if not told else {"excel": from_excel}).items():
            button = offer.get_by_role("button", name=texts.get("downloads.formats")[form], exact=True)
            name, content = saved(wide.page, button)
            assert name.endswith(f".{downloads.FORMATS[form][0]}")
            rows = read(content)
            assert rows
            key = CURVE if "dag" in rows[0] else CELL
            table = "curves" if key is CURVE else "indicator_values"
            assert differences(rows, publication.tables[table], key) == []
            told |= {tuple(str(row[part]) for part in tables.KEYS) for row in rows if key is CELL}
    # Whatever stands in a table of the page is in one of its files.
    assert shown <= told
    wide.check()


def test_a_file_that_is_not_what_was_published_is_noticed(wide: Visit, publication: Publication) -> None:
    wide.open(PAGES[0])
    offer = wide.page.locator(FILES).first
    offer.locator("summary").click()
    _, content = saved(wide.page, offer.get_by_role("button", name="Parquet"))
    cube = publication.tables["indicator_values"]
    changed = cube.with_columns(n=pl.col("n") + 5)
    assert differences(from_parquet(content), changed, CELL)


@pytest.mark.parametrize(
    ("address", "region"), [("/regio?regio=twente", "twente"), ("/inzet?blad=politie", "nederland")]
)
def test_the_sheet_of_a_page_says_what_is_published(
    wide: Visit, publication: Publication, address: str, region: str, tmp_path: Path
) -> None:
    wide.open(address)
    if "regio" in address:
        wide.page.locator("summary", has_text=texts.get("sheets.title")).click()
    name, content = saved(wide.page, wide.page.get_by_role("button", name=texts.get("sheets.pdf")))
    assert name.endswith(".pdf") and content.startswith(b"%PDF")
    (tmp_path / "sheet.pdf").write_bytes(content)
    tool = shutil.which("pdftotext")
    assert tool, "pdftotext is not installed: the figures of the sheet were not compared. Debian: poppler-utils"
    told = subprocess.run([tool, tmp_path / "sheet.pdf", "-"], check=True, capture_output=True, text=True).stdout
    published = set()
    for indicator, definition in publication.definitions.items():
        for where in {region, "nederland", "oost_nederland"}:
            published |= said_of(publication.cells(indicator=indicator, regio=where), figures.shown_unit(definition))
        if definition["norm"]:
            published |= set(A_FIGURE.findall(figures.norm_value(definition["norm"], definition["unit"])))
    for indicator, figure, unit in EFFORT.values():
        cells = publication.cells(indicator=indicator).filter(pl.col("regio").is_in({region, "nederland"}))
        published |= {" ".join(figures.amount(value, unit).split()) for value in cells[figure].drop_nulls()}
    found = {" ".join(figure.split()) for figure in A_FIGURE.findall(told)}
    assert len(found) > 10
    # Along the axes stand round values.
    choice = Choice(partner="politie") if "blad" in address else Choice(region=region)
    drawn = contents(select(publication, choice)).charts
    axes = {" ".join(text.split()) for chart in drawn for text in re.findall(r">([^<>]+)<", chart.svg)}
    assert found <= published | axes | {"95%"}, sorted(found - published - axes)
    _, workbook = saved(wide.page, wide.page.get_by_role("button", name=texts.get("sheets.xlsx")))
    assert len(openpyxl.load_workbook(io.BytesIO(workbook)).worksheets) == 5
