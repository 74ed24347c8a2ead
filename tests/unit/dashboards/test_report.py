"""The administrators' report: what is picked, what is said, and what stands on the sheet of paper."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typst

from dashboards import figures, texts
from dashboards.queries import Publication
from dashboards.reports import contents, paper, selection
from dashboards.reports.selection import Choice, select
from indicators import dutch
from indicators.geography import LAND

ON_TIME = "veiligheidsbeoordeling_binnen_5_werkdagen"
LONG = "Zuid-Hollandse Eilanden en Noord- en Midden-Kennemerland"
CHOICES = (Choice(), Choice("zeeland_west_brabant"), Choice(partner="raad_voor_de_kinderbescherming"))


def poppler(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        missing = f"{tool} is not installed: no PDF was read. Debian: apt-get install poppler-utils"
        if os.environ.get("VEILIGHEID_REQUIRE_POPPLER") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return found


def read(tool: str, *arguments: str, pdf: bytes, folder: Path) -> str:
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([poppler(tool), *arguments, str(path), "-"][: None if tool == "pdftotext" else -1],
                          capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode().replace("\u00a0", " ")


def made(publication: Publication, choice: Choice) -> bytes:
    return paper.to_pdf(contents.contents(select(publication, choice)), 0)


def hidden(publication: Publication) -> Publication:
    """The same publication with every figure hidden."""
    empty = [pl.lit(None, pl.Int64).alias("n")] + [
        pl.lit(None, pl.Float64).alias(name) for name in ("teller", "noemer", "waarde", "ondergrens", "bovengrens")
    ]
    values = publication.tables["indicator_values"].with_columns(
        *empty, status=pl.lit("afgeschermd").cast(publication.tables["indicator_values"]["status"].dtype)
    )
    return replace(publication, tables={**publication.tables, "indicator_values": values})


def renamed(publication: Publication) -> Publication:
    """The same publication with the longest name for every region."""
    regions = tuple(
        region._replace(naam=region.naam if region.code == LAND else LONG) for region in publication.regions
    )
    return replace(publication, regions=regions)


Cube = dict[tuple[str, ...], dict[str, Any]]
TOTALS = ("totaal", "totaal")


@pytest.fixture(scope="module")
def cube(publication: Publication) -> Cube:
    """The published rows of the regions looked at, found without the code of the report."""
    keys = ("indicator", "regio", "periode", "dimensie", "categorie")
    values = publication.tables["indicator_values"].filter(
        pl.col("regio").is_in([LAND, "twente", "zeeland", "limburg"]) & (pl.col("periode_soort") != "maand")
    )
    return {tuple(row[key] for key in keys): row for row in values.iter_rows(named=True)}


@pytest.fixture(scope="module")
def sheet(publication: Publication) -> Callable[[Choice], bytes]:
    """The sheet of a choice, made once."""
    return cache(lambda choice: made(publication, choice))


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("choice", CHOICES)
def test_a_report_is_one_tagged_page_of_vectors_in_our_own_letters(
    publication: Publication, sheet: Callable[[Choice], bytes], choice: Choice, tmp_path: Path
) -> None:
    pdf, folder = sheet(choice), tmp_path
    told = read("pdfinfo", pdf=pdf, folder=folder)
    assert re.search(r"Pages: +1\n", told) and re.search(r"Tagged: +yes", told) and "(A4)" in told
    assert f"Title:           {contents.contents(select(publication, choice)).document}" in told
    assert b"/Lang" in pdf and b"pdfuaid" in pdf
    assert len(read("pdfimages", "-list", pdf=pdf, folder=folder).splitlines()) == 2
    letters = {line.split()[0].partition("+")[2] for line in read("pdffonts", pdf=pdf, folder=folder).splitlines()[2:]}
    assert letters <= {"SourceSans3-Regular", "SourceSans3-Semibold", "NotoSansSymbols2-Regular"}


@pytest.mark.parametrize("choice", [Choice("noord_en_oost_gelderland"), *CHOICES[1:]])
@pytest.mark.parametrize("change", [hidden, lambda publication: publication])
def test_it_stays_one_page_with_the_longest_names_and_with_nothing_to_show(
    publication: Publication, choice: Choice, change: Any
) -> None:
    assert made(change(renamed(publication)), choice)


def test_contents_that_need_a_second_page_are_refused(publication: Publication) -> None:
    found = contents.contents(select(publication, Choice()))
    with pytest.raises(typst.TypstError, match="meer dan één blad"):
        paper.to_pdf(replace(found, limits=found.limits * 8), 0)


def test_a_picture_without_words_is_refused(publication: Publication) -> None:
    found = contents.contents(select(publication, Choice()))
    assert found.map is not None
    with pytest.raises(typst.TypstError, match="alt"):
        paper.to_pdf(replace(found, map=replace(found.map, alt=None)), 0)


def test_the_same_publication_gives_the_same_sheet(publication: Publication, sheet: Callable[[Choice], bytes]) -> None:
    assert made(publication, Choice("twente")) == sheet(Choice("twente"))


def rows_of(text: str) -> dict[str, list[str]]:
    """The table of effort, as printed: the name of a row -> its cells."""
    found: dict[str, list[str]] = {}
    for line in text.partition(texts.get("report.effort.title"))[2].splitlines():
        name, *cells = re.split(r"  +", line.strip())
        if len(cells) >= 3:
            found.setdefault(name, cells)
    return found


def wanted(cube: Cube, region: str, period: str, split: tuple[str, str] = TOTALS) -> list[str]:
    """The cells of a row of the table as they must be printed."""
    out = []
    for indicator, name, unit in (
        ("inzet_uren_per_zaak", "waarde", "uren"),
        ("kosten_per_zaak", "waarde", "euro"),
        ("aandeel_extra_inzet", "noemer", "uren"),
        ("kosten_totaal", "waarde", "euro"),
        ("aandeel_extra_inzet", "waarde", figures.WHOLE_SHARE),
        ("verschuiving_eerste_14_dagen", "waarde", figures.WHOLE_SHARE),
    ):
        row = cube.get((indicator, region, period, *split))
        if row is None:
            continue
        sign = {"definitief": "", "voorlopig": " ○", "onvolledig": " ◎"}.get(row["status"], "")
        shown = "✕ afgeschermd" if row[name] is None else figures.amount(row[name], unit) + sign
        out.append(plain(shown))
    return out


@pytest.mark.parametrize("region", [LAND, "twente", "limburg"])
def test_every_figure_of_the_table_is_the_publications(
    publication: Publication, cube: Cube, sheet: Callable[[Choice], bytes], region: str, tmp_path: Path
) -> None:
    found = rows_of(read("pdftotext", "-layout", pdf=sheet(Choice(region)), folder=tmp_path))
    for year in ("2019", "2020", "2021"):
        assert found[year] == wanted(cube, region, year)
    dimensions = {d["name"]: d["categories"] for d in publication.definitions["kosten_totaal"]["dimensions"]}
    for dimension, labels in dimensions.items():
        for category, label in labels.items():
            assert found[label] == wanted(cube, region, "2021", (dimension, category))
    if region != LAND:
        assert found["Heel Nederland, 2021"] == wanted(cube, LAND, "2021")


def test_a_partner_stands_beside_the_others_in_the_country(
    cube: Cube, sheet: Callable[[Choice], bytes], tmp_path: Path
) -> None:
    text = read("pdftotext", "-layout", pdf=sheet(Choice(partner="politie")), folder=tmp_path)
    found, police = rows_of(text), ("partner", "politie")
    assert found["2020"] == wanted(cube, LAND, "2020", police)
    assert found["Politie"] == wanted(cube, LAND, "2021", police)
    assert found["Alle partners"] == wanted(cube, LAND, "2021")
    assert "alle partners samen" in text


@pytest.mark.parametrize("region", ["twente", "zeeland", "limburg"])
def test_every_tile_has_its_margin_its_norm_and_the_country(
    publication: Publication, cube: Cube, sheet: Callable[[Choice], bytes], region: str, tmp_path: Path
) -> None:
    text = plain(read("pdftotext", pdf=sheet(Choice(region)), folder=tmp_path))
    for tile in select(publication, Choice(region)).tiles:
        assert tile.cell
        own, country = (cube[tile.entry["indicator"], r, tile.cell["periode"], *TOTALS] for r in (region, LAND))
        assert figures.amount(own["waarde"], "aandeel") in text
        assert f"Nederland {figures.amount(country['waarde'], 'aandeel')}" in text
        assert plain(f"Marge {figures.margin(own, 'aandeel')}") in text
        assert dutch.period(own["periode"]) in text
    norm = publication.definitions[ON_TIME]["norm"]["value"]
    assert f"Norm {norm:.0%}" in text


def test_the_sheet_says_what_it_cannot_say(
    publication: Publication, sheet: Callable[[Choice], bytes], tmp_path: Path
) -> None:
    text = plain(read("pdftotext", pdf=sheet(Choice("twente")), folder=tmp_path))
    for said in (
        *("slechts deels te herleiden", "bewijzen niet", "eigen uitwerking", "Verzonnen cijfers", "Voorlopig (○)"),
        *("Publicatie 0003", "31 december 2021", "CC BY 4.0", "Op één A4"),
    ):
        assert said in text
    real = replace(publication, manifest={**publication.manifest, "fictief": False})
    assert contents.contents(select(real, Choice())).fictitious == ""


def test_what_is_hidden_is_counted_and_never_shown(publication: Publication, tmp_path: Path) -> None:
    found = select(hidden(publication), Choice("twente"))
    count = len(found.shown)
    text = plain(read("pdftotext", pdf=made(hidden(publication), Choice("twente")), folder=tmp_path))
    assert f"{count} cijfers zijn afgeschermd" in text
    assert Counter(re.findall("✕ afgeschermd", text))["✕ afgeschermd"] >= count
    above_the_charts = text.partition("Kosten per zaak, per jaar")[0]
    assert "%" not in above_the_charts and "€" not in above_the_charts
    assert "Over 2021 is geen cijfer over uren en kosten te tonen" in text


def series(*rows: tuple[str, float | None, str]) -> pl.DataFrame:
    schema = {"periode": pl.String, "waarde": pl.Float64, "status": pl.String, "n": pl.Int64}
    found = [(period, value, status, 100) for period, value, status in rows]
    return pl.DataFrame(found, schema=schema, orient="row").with_columns(boven=pl.lit(None, pl.Float64))


QUARTERS = series(("2020-K1", 0.5, "definitief"), ("2021-K1", None, "afgeschermd"), ("2021-K4", 0.6, "voorlopig"))


@pytest.mark.parametrize(
    ("years", "kind", "period"),
    [
        (series(("2019", 0.5, "definitief")), "kwartaal", "2020-K1"),
        (series(("2020", 0.5, "definitief"), ("2021", 0.5, "voorlopig")), "jaar", "2020"),
        (series(("2021", None, "afgeschermd")), "kwartaal", "2020-K1"),
    ],
)
def test_a_tile_shows_the_newest_final_figure(years: pl.DataFrame, kind: str, period: str) -> None:
    found, newest = selection._best({"kwartaal": QUARTERS, "jaar": years})
    assert newest is not None
    assert (found, newest["periode"]) == (kind, period)


def test_without_a_final_figure_the_newest_there_is() -> None:
    provisional = series(("2021", 0.5, "voorlopig"))
    assert selection._best({"kwartaal": QUARTERS.tail(1), "jaar": provisional})[0] == "kwartaal"
    assert selection._best({"kwartaal": QUARTERS.slice(1, 1), "jaar": provisional})[0] == "jaar"
    assert selection._best({"kwartaal": QUARTERS.slice(1, 1), "jaar": provisional.clear()}) == ("jaar", None)


@pytest.mark.parametrize(("first", "peildatum", "years"), [
    ("2018-12", "2021-12-31", ["2019", "2020", "2021"]),
    ("2019-02", "2021-11-30", ["2020"]),
    ("2021-02", "2021-11-30", ["2021"]),
])  # fmt: skip
def test_years_that_were_not_delivered_whole_are_left_out(
    publication: Publication, first: str, peildatum: str, years: list[str]
) -> None:
    manifest = {**publication.manifest, "first_month": first, "peildatum": peildatum}
    assert selection._years(replace(publication, manifest=manifest)) == years


def test_figures_that_share_a_status_say_it_once() -> None:
    final, open_ended = ({"status": status, "waarde": 13.0} for status in ("definitief", "voorlopig"))
    hours, euros = selection.Shown(open_ended, "uren"), selection.Shown(open_ended, "euro")
    assert [plain(text) for text in contents.spoken(hours, euros)] == ["ongeveer 13 uur", "ongeveer € 13 (voorlopig)"]
    both = contents.spoken(selection.Shown(final, "uren"), euros)
    assert [plain(text) for text in both] == ["ongeveer 13 uur", "ongeveer € 13 (voorlopig)"]
    assert contents.spoken(hours, selection.Shown({"status": "afgeschermd", "waarde": None}, "euro")) == []


def test_a_region_that_differs_more_than_chance_says_so(publication: Publication) -> None:
    entry, country = texts.get("report.tiles.region")[0], selection._Cells(publication, LAND)
    by_verdict = {}
    for region in publication.regions:
        if region.niveau == "vt_regio":
            own = selection._Cells(publication, region.code)
            tile = selection._tile(publication, entry, region, own, country)
            by_verdict[selection.says_something(tile.verdict)] = region.code
    said = {
        differs: contents.contents(select(publication, Choice(code))).figures[0].notes[-1]
        for differs, code in by_verdict.items()
    }
    assert re.search(r"^Nederland [\d,]+%: (duidelijk|mogelijk) ", said[True])
    assert re.search(r"^Nederland [\d,]+%$", said[False])


def test_each_verbeteractiviteit_is_told_for_the_regions_it_is_about(publication: Publication) -> None:
    country = dict(contents.contents(select(publication, Choice())).activities)
    assert re.fullmatch(r"actief in \d+ van de 10 arrondissementen", country["HG door VT & ZSM"])
    assert re.fullmatch(r"actief in \d+ van de 26 regio's", country["Actieoverleg"])
    of_one = contents.contents(select(publication, Choice("twente"))).activities
    assert all(re.match(r"(actief|gepland|in afweging|geen) sinds ", said) for _, said in of_one)
    arrondissement = dict(contents.contents(select(publication, Choice("oost_nederland"))).activities)
    assert "van de 5 regio's" in arrondissement["Actieoverleg"]
    assert " sinds " in arrondissement["HG door VT & ZSM"]


def test_the_map_marks_the_region(publication: Publication) -> None:
    country, region = (contents.contents(select(publication, Choice(code))).map for code in (LAND, "twente"))
    assert country and region
    assert region.svg.count("<path") == country.svg.count("<path") + 2
    assert "Twente heeft een dikke rand" in region.alt and "rand" not in country.alt


def test_a_publication_without_statuses_has_no_map(publication: Publication) -> None:
    tables = {**publication.tables, "regio_status": publication.tables["regio_status"].clear()}
    found = contents.contents(select(replace(publication, tables=tables), Choice()))
    assert found.map is None and found.map_none and not found.activities
    assert paper.to_pdf(found, 0)


def test_an_indicator_that_a_publication_lacks_is_said_to_be_absent(publication: Publication) -> None:
    found = contents.contents(select(publication, Choice(partner="openbaar_ministerie")))
    assert found.figures[0].reason == texts.get("report.tile.absent") and not found.figures[0].value


def test_the_four_figures_of_every_partner_are_complete() -> None:
    entries = texts.get("report.tiles.partner")
    assert set(entries) == set(texts.get("partners")) - {"landelijk_netwerk"} == set(texts.get("report.articles"))
    for tiles in (*entries.values(), texts.get("report.tiles.region")):
        assert len(tiles) == 4
        assert all(
            t.keys() == {"theme", "indicator", "dimensie", "categorie", "text"} and all(t.values()) for t in tiles
        )
