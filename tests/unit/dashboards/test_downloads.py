"""Every file holds exactly the cells it was given, says what they mean, and never changes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from dashboards import downloads, queries, texts
from dashboards.downloads import Contents
from dashboards.queries import Publication, Split

FIGURES = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")


@pytest.fixture(scope="module")
def cells(publication: Publication) -> pl.DataFrame:
    """The quarters of Zeeland: hidden, incomplete, provisional and final ones."""
    found = publication.cells(indicator="kosten_per_zaak", regio="zeeland", periode_soort="maand")
    partners = {d["name"]: d["categories"] for d in publication.definitions["kosten_per_zaak"]["dimensions"]}["partner"]
    out = queries.split_cells(found, Split("partner", "Partner", partners))
    assert {"afgeschermd", "onvolledig", "voorlopig", "definitief"} <= {*out["status"], "afgeschermd"}
    hidden = pl.int_range(pl.len()) % 3 == 1
    return out.with_columns(
        pl.when(hidden).then(pl.lit("afgeschermd")).otherwise("status").alias("status"),
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in FIGURES),
    )


@pytest.fixture(scope="module")
def contents(cells: pl.DataFrame, publication: Publication) -> Contents:
    return downloads.published(cells, publication, "Kosten")


def zipped(content: bytes, encoding: str, delimiter: str) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: list(
                csv.DictReader(io.StringIO(archive.read(name).decode(encoding), newline=""), delimiter=delimiter)
            )
            for name in archive.namelist()
        }


def figures_of(row: Mapping[str, Any]) -> list[float | None]:
    return [None if row[name] in (None, "") else float(str(row[name]).replace(",", ".")) for name in FIGURES]


def test_every_file_holds_the_published_figures_in_the_order_of_the_screen(
    cells: pl.DataFrame, contents: Contents
) -> None:
    expected = [figures_of(row) for row in cells.to_dicts()]
    assert any(value is not None for row in expected for value in row) and [None] * 6 in expected
    raw = zipped(downloads.to_csv(contents), "utf-8", ",")["cijfers.csv"]
    dutch = zipped(downloads.to_dutch_csv(contents), "utf-8-sig", ";")["cijfers.csv"]
    parquet = pl.read_parquet(io.BytesIO(downloads.to_parquet(contents))).to_dicts()
    sheet = openpyxl.load_workbook(io.BytesIO(downloads.to_excel(contents)))["Cijfers"]
    head, *body = sheet.iter_rows(values_only=True)
    excel = [dict(zip(head, row, strict=True)) for row in body]
    for rows in (raw, parquet):
        assert [figures_of(row) for row in rows] == expected
    # Excel keeps 16 digits of a number, a Dutch text 12.
    for rows, precision in ((excel, 1e-15), (dutch, 1e-11)):
        for found, row in zip((figures_of(row) for row in rows), expected, strict=True):
            assert found == [None if v is None else pytest.approx(v, rel=precision) for v in row]
    for rows in (raw, dutch, parquet, excel):
        assert [row["periode"] for row in rows] == cells["periode"].to_list()
        assert {row["regio_naam"] for row in rows} == {"Zeeland"}


def test_statuses_are_codes_for_programs_and_words_for_people(contents: Contents) -> None:
    raw = zipped(downloads.to_csv(contents), "utf-8", ",")["cijfers.csv"]
    dutch = zipped(downloads.to_dutch_csv(contents), "utf-8-sig", ";")["cijfers.csv"]
    words = {code: entry["word"] for code, entry in texts.get("status").items()}
    assert [words[row["status"]] for row in raw] == [row["status"] for row in dutch]


def test_figures_in_words_are_those_of_the_screen(contents: Contents) -> None:
    row = contents.frame.filter(pl.col("waarde").is_not_null()).row(0, named=True)
    assert row["cijfer_in_woorden"].startswith("€\xa0") and " tot " in row["marge_in_woorden"]
    assert contents.frame.filter(status="afgeschermd")["cijfer_in_woorden"].null_count() > 0


def test_the_dictionary_explains_every_column_unit_and_status(contents: Contents) -> None:
    meanings = {(kind, name) for kind, name, meaning in contents.dictionary if meaning.strip()}
    assert {("kolom", name) for name in contents.frame.columns} <= meanings
    assert {("eenheid", "euro"), ("indicator", "kosten_per_zaak"), ("over", "Verzonnen")} <= meanings
    assert {("status", status) for status in contents.frame["status"]} <= meanings
    rows = [tuple(row.values()) for row in zipped(downloads.to_csv(contents), "utf-8", ",")["woordenboek.csv"]]
    assert rows == list(contents.dictionary)
    sheet = openpyxl.load_workbook(io.BytesIO(downloads.to_excel(contents)))["Woordenboek"]
    assert list(sheet.iter_rows(min_row=2, values_only=True)) == list(contents.dictionary)
    metadata = pq.read_schema(io.BytesIO(downloads.to_parquet(contents))).metadata
    assert metadata[b"kolom: waarde"].decode() == texts.get("downloads.columns.waarde")


@pytest.mark.parametrize("form", downloads.FORMATS)
def test_the_same_cells_give_the_same_bytes(form: str, cells: pl.DataFrame, publication: Publication) -> None:
    _, _, write = downloads.FORMATS[form]
    first, second = (write(downloads.published(cells, publication, "Kosten")) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_no_text_starts_a_formula(text: str, publication: Publication) -> None:
    made = downloads.computed(pl.DataFrame({"naam": [text]}), publication, "x", {"naam": "Een naam."})
    for content, encoding, delimiter in (
        (downloads.to_csv(made), "utf-8", ","),
        (downloads.to_dutch_csv(made), "utf-8-sig", ";"),
    ):
        assert zipped(content, encoding, delimiter)["cijfers.csv"] == [{"naam": f"'{text}"}]
    sheet = openpyxl.load_workbook(io.BytesIO(downloads.to_excel(made)))["Cijfers"]
    assert sheet["A2"].data_type == "s" and sheet["A2"].value.endswith(text.strip())


def test_a_comparison_goes_along(cells: pl.DataFrame, publication: Publication) -> None:
    said = cells.head(2).with_columns(vergelijking=pl.Series(["duidelijk hoger", None]))
    frame = downloads.published(said, publication, "x").frame
    assert frame["naast_nederland"].to_list() == ["duidelijk hoger", None]
    assert "naast_nederland" not in downloads.published(cells, publication, "x").frame.columns
    assert ("kolom", "naast_nederland") in {
        (k, n) for k, n, _ in downloads.published(said, publication, "x").dictionary
    }


def test_a_computed_column_without_a_meaning_is_refused(publication: Publication) -> None:
    with pytest.raises(KeyError, match="uren"):
        downloads.computed(pl.DataFrame({"uren": [1.0]}), publication, "x", {})


def test_notes_stand_in_the_dictionary_of_what_was_computed(publication: Publication) -> None:
    made = downloads.computed(
        pl.DataFrame({"uren": [1.0]}), publication, "x", {"uren": "Uren."}, ["Geen voorspelling."]
    )
    assert ("let op", "x", "Geen voorspelling.") in made.dictionary
