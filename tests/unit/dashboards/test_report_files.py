"""The tables behind the report as a workbook, and the command that asks for either."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook
from sample_publication import vouch

from dashboards.queries import Publication
from dashboards.reports import command, workbook
from dashboards.reports.command import ReportError
from dashboards.reports.selection import Choice, select
from indicators import dutch
from pipelines import cli

CREATED = datetime(2022, 1, 21, 9, 30, tzinfo=UTC)
SHEETS = ["Uitleg", "Vier cijfers", "Uren en kosten", "Verloop", "Verbeteractiviteiten"]


def book(publication: Publication, choice: Choice) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(select(publication, choice), CREATED)))


def approx(value: float | None) -> object:
    """A number as it comes out of a workbook, which keeps sixteen digits."""
    return None if value is None else pytest.approx(value, rel=1e-14)


def rows(found: Workbook, sheet: str) -> list[dict[str, object]]:
    heads, *lines = found[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, line, strict=True)) for line in lines]


@pytest.mark.parametrize("choice", [Choice(), Choice("twente"), Choice(partner="politie")])
def test_the_workbook_has_a_sheet_for_each_table(publication: Publication, choice: Choice) -> None:
    found = book(publication, choice)
    assert found.sheetnames == SHEETS
    assert all(len(rows(found, name)) > 1 for name in SHEETS[1:])
    told = [cell.value for row in found["Uitleg"].iter_rows() for cell in row if cell.value]
    assert "0003" in told and "31\u00a0december\u00a02021" in told and "Verzonnen cijfers" in " ".join(map(str, told))
    assert all(cell.data_type != "f" for sheet in found for row in sheet.iter_rows() for cell in row)


def test_the_figures_of_the_workbook_are_the_publications(publication: Publication) -> None:
    cube = publication.tables["indicator_values"]
    hidden = (pl.col("regio") == "twente") & (pl.col("periode") == "2020")
    figures = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
    cube = cube.with_columns(
        *(pl.when(~hidden).then(name).alias(name) for name in figures),
        status=pl.when(hidden).then(pl.lit("afgeschermd")).otherwise(pl.col("status").cast(pl.String)),
    )
    publication = replace(publication, tables={**publication.tables, "indicator_values": cube})
    names = {code: name for code, name in publication.region_names.items() if code in ("nederland", "twente")}
    titles = {d["title"]: indicator for indicator, d in publication.definitions.items()}
    values = cube.filter(
        pl.col("regio").is_in(list(names)) & (pl.col("dimensie") == "totaal") & (pl.col("periode_soort") != "maand")
    )
    known = {
        (row["indicator"], names[row["regio"]], dutch.period(row["periode"])): row
        for row in values.iter_rows(named=True)
    }
    found = rows(book(publication, Choice("twente")), "Vier cijfers")
    for row in found:
        own = known[titles[str(row["Cijfer"])], row["Regio"], row["Periode"]]
        shown = (row["Waarde"], row["Marge van"], row["Aantal dat meetelt"])
        assert shown == (approx(own["waarde"]), approx(own["ondergrens"]), own["n"])
        assert row["Status"]
    assert {row["Regio"] for row in found} == {"Twente", "Nederland"}
    absent = [row for row in found if row["Status"] == "afgeschermd"]
    assert absent and all(row[name] is None for row in absent for name in ("Waarde", "Marge van", "Aantal dat meetelt"))


def test_the_table_of_effort_is_that_of_the_sheet(publication: Publication) -> None:
    selection = select(publication, Choice("twente"))
    shown = [s for group in selection.groups for row in group.rows for s in row.shown if s.cell is not None]
    found = rows(book(publication, Choice("twente")), "Uren en kosten")
    assert [row["Waarde"] for row in found] == [approx(s.value) for s in shown]


def test_a_name_that_looks_like_a_formula_stays_text(publication: Publication) -> None:
    regions = tuple(r._replace(naam=f"=1+1 {r.naam}") for r in publication.regions)
    found = book(replace(publication, regions=regions), Choice("twente"))
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_the_same_publication_gives_the_same_workbook(publication: Publication) -> None:
    selection = select(publication, Choice("twente"))
    assert workbook.to_xlsx(selection, CREATED) == workbook.to_xlsx(selection, CREATED)


@pytest.mark.parametrize(
    ("organisation", "region", "to", "number", "said"),
    [
        (None, None, "a.pdf", None, "Noem --organisation of --region"),
        ("politie", "twente", "a.pdf", None, "Noem --organisation of --region"),
        (None, "twent", "a.pdf", None, "De regio 'twent' kent publicatie 0003 niet. Kies uit: nederland, "),
        ("ggd", None, "a.pdf", None, "De organisatie 'ggd' bestaat niet. Kies uit: veilig_thuis, politie"),
        (None, "twente", "a.doc", None, "eindigt niet op .pdf of .xlsx"),
        (None, "twente", "weg/a.pdf", None, "bestaat niet"),
        (None, "twente", "map.pdf", None, "is een map"),
        (None, "twente", "a.pdf", "0009", "Publicatie 0009 bestaat niet in"),
    ],
)
def test_what_can_not_be_made_is_said_in_one_line(
    sample_home: Path,
    tmp_path: Path,
    organisation: str | None,
    region: str | None,
    to: str,
    number: str | None,
    said: str,
) -> None:
    (tmp_path / "map.pdf").mkdir()
    with pytest.raises(ReportError) as raised:
        command.make(sample_home, organisation, region, tmp_path / to, number)
    assert said in str(raised.value) and "\n" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["map.pdf"]


def test_a_publication_that_is_not_whole_is_not_printed(sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    with (home / "publications" / "0003" / "regions.json").open("a") as handle:
        handle.write(" ")
    with pytest.raises(ReportError, match=r"Publicatie 0003 is beschadigd: het bestand regions\.json"):
        command.make(home, None, "twente", tmp_path / "a.pdf")
    vouch(home / "publications" / "0003")
    (home / "publications" / "current.json").write_text("{")
    with pytest.raises(ReportError, match=r"current\.json is beschadigd"):
        command.make(home, None, "twente", tmp_path / "a.pdf")
    with pytest.raises(ReportError, match="Er is nog geen publicatie"):
        command.make(tmp_path, None, "twente", tmp_path / "a.pdf")


def test_the_command_writes_the_sheet_and_the_tables(
    sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option, name, start in (("--region", "twente", b"%PDF"), ("--organisation", "politie", b"PK")):
        to = tmp_path / f"{name}.{'pdf' if start == b'%PDF' else 'xlsx'}"
        assert (
            cli.run(["--home", str(sample_home), "report", option, name, "--to", str(to), "--publication", "0003"]) == 0
        )
        assert to.read_bytes().startswith(start)
        assert str(to) in capsys.readouterr().out.replace("\n", "")
    assert cli.run(["--home", str(sample_home), "report", "--region", "twent", "--to", str(tmp_path / "b.pdf")]) == 2
    assert "Kies uit" in capsys.readouterr().err
