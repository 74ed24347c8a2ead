"""The pages for those who decide, in a real browser: effort and costs, and what-if."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Page, expect
from visiting import Visit

FORMATS = {
    "Excel": "xlsx",
    "CSV voor een Nederlands rekenblad": "nederlands.zip",
    "CSV voor programma's": "csv.zip",
    "Parquet": "parquet",
}


def labelled(page: Page) -> None:
    """Every picture has a text of its own."""
    charts = page.locator('[data-testid="stPlotlyChart"]')
    said = charts.evaluate_all("all => all.map(e => e.ariaLabel)")
    assert all(len(text or "") > 40 for text in said), said


@pytest.mark.parametrize(
    ("address", "charts"),
    {
        "/inzet": 9,
        "/inzet?regio=zeeland&periode=maand&maat=euro&uitsplitsing=partner": 8,
        "/inzet?regio=oost_nederland&periode=kwartaal&maat=totaal": 7,
        "/verkenning": 2,
        "/verkenning?scenario=video&doel=100&niveau=arrondissement": 2,
    }.items(),
)
def test_every_page_opens_with_its_pictures(visit: Visit, address: str, charts: int) -> None:
    visit.open(address)
    expect(visit.page.locator('[data-testid="stPlotlyChart"]')).to_have_count(charts)
    labelled(visit.page)
    visit.settle()
    visit.check()


def test_effort_is_chosen_by_keyboard_and_the_address_keeps_it(wide: Visit) -> None:
    wide.open("/inzet")
    page = wide.page
    page.get_by_role("combobox", name="Regio").focus()
    page.keyboard.type("twente")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-answer")).to_contain_text("Twente, 2021.")
    page.get_by_role("radio", name="Kosten per zaak").focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"regio=twente&maat=euro"))
    expect(page.locator("h2").first).to_contain_text("Kosten per zaak: waar gaat het naartoe? Twente, 2021")
    expect(page.locator("body")).to_contain_text("bestaat er geen uitsplitsing naar: Fysiek, video of telefoon")
    page.reload()
    wide.settle()
    expect(page.locator(".st-key-answer")).to_contain_text("Twente, 2021.")
    expect(page.locator("body")).to_contain_text("bewijst dat niet dat het een door het ander komt")
    wide.check()


def test_what_is_not_final_and_not_there_is_said_in_words(wide: Visit) -> None:
    wide.open("/inzet?regio=zeeland&moment=2020")
    expect(wide.page.locator(".st-key-answer")).to_contain_text("(onvolledig)")
    expect(wide.page.locator(".marks-line").first).to_contain_text("onvolledig")
    wide.check()


def test_every_file_equals_the_table_on_the_screen(wide: Visit) -> None:
    wide.open("/inzet?regio=flevoland&periode=maand&uitsplitsing=met_actieoverleg")
    page = wide.page
    table = page.locator("details.folded", has=page.locator("caption", has_text="Uren per zaak in Flevoland"))
    rows = [row.strip() for row in table.locator("tbody tr td:nth-child(3)").all_text_contents()]
    page.locator(".st-key-files-effort-time").locator("summary").focus()
    page.keyboard.press("Enter")
    for name, extension in FORMATS.items():
        page.keyboard.press("Tab")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename.endswith(f"_flevoland_maand_met_actieoverleg.{extension}")
        path = Path(download.value.path())
        assert [text or "" for text in figures(path, extension)] == rows, name
    wide.check()


def figures(path: Path, extension: str) -> list[str | None]:
    """The column that has a figure as the screen has it."""
    if extension == "parquet":
        return pl.read_parquet(path)["cijfer_in_woorden"].to_list()
    if extension == "xlsx":
        content = io.BytesIO(path.read_bytes())
        head, *body = openpyxl.load_workbook(content)["Cijfers"].iter_rows(values_only=True)
        return [row[head.index("cijfer_in_woorden")] for row in body]
    dutch = extension.startswith("nederlands")
    with zipfile.ZipFile(path) as archive:
        text = archive.read("cijfers.csv").decode("utf-8-sig" if dutch else "utf-8")
    return [row["cijfer_in_woorden"] for row in csv.DictReader(io.StringIO(text), delimiter=";" if dutch else ",")]


def test_a_what_if_is_no_prediction_and_says_what_it_leaves_out(visit: Visit) -> None:
    visit.open("/verkenning?doel=70&moment=2021")
    page = visit.page
    expect(page.locator("h1")).to_have_text(
        "Wat als in elke regio 70% van de zaken met zorg en straf een Actieoverleg krijgt?"
    )
    expect(page.locator(".sum-only")).to_contain_text("Dit is een rekensom, geen voorspelling.")
    expect(page.locator(".st-key-answer")).to_contain_text("zaken met Actieoverleg meer bij")
    expect(page.locator("body")).to_contain_text("De som gaat over 26 van de 26 regio's.")
    expect(page.locator("body")).to_contain_text(
        "Zaken erbij in een regio = zaken met zorg en straf × (doel − bereik nu)"
    )
    expect(page.locator("body")).to_contain_text("slechts deels te herleiden")
    table = page.locator("table.stacked", has=page.locator("caption", has_text="Per regio"))
    expect(table.locator("tbody tr")).to_have_count(26)
    visit.check()


def test_no_change_asked_is_no_change(wide: Visit) -> None:
    wide.open("/verkenning?doel=0")
    expect(wide.page.locator(".st-key-answer")).to_have_text(
        "Elke regio met een cijfer is al zo ver. In deze som verandert er niets."
    )
    table = wide.page.locator("table.stacked", has=wide.page.locator("caption", has_text="Per regio"))
    expect(table.locator("tr", has_text="al zo ver, blijft gelijk")).to_have_count(26)
    wide.check()


def test_the_target_is_set_by_keyboard(wide: Visit) -> None:
    wide.open("/verkenning")
    before = wide.page.locator(".st-key-answer").inner_text()
    wide.page.get_by_role("slider").focus()
    wide.page.keyboard.press("ArrowRight")
    expect(wide.page).to_have_url(re.compile("doel=65"))
    expect(wide.page.locator(".st-key-answer")).not_to_have_text(before)
    wide.page.get_by_role("radio", name="Meer video").focus()
    wide.page.keyboard.press("Space")
    expect(wide.page.locator("h1")).to_contain_text("per video")
    wide.check()


def test_english_is_chosen_at_the_foot_of_a_page_and_goes_along(wide: Visit) -> None:
    wide.open("/inzet?regio=twente")
    page = wide.page
    page.get_by_role("link", name="Read this in English").click()
    expect(page.locator("h1")).to_have_text("How much work is it, who does it, and when?")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page).to_have_url(re.compile(r"inzet\?.*regio=twente"))
    expect(page.locator("body")).to_contain_text("are published in Dutch, and stay in Dutch here")
    expect(page.locator(".st-key-answer")).to_contain_text("about 15 hours")
    page.get_by_text("Costs a case", exact=True).click()
    expect(page).to_have_url(re.compile(r"lang=en&regio=twente&maat=euro"))
    page.locator(".st-key-files-effort-time").locator("summary").click()
    with page.expect_download() as download:
        page.locator(".st-key-files-effort-time").get_by_role("button", name="Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.sheetnames == ["Figures", "Dictionary"]
    for name, heading in (("What if", "What if in every region"), ("Overview", "regions worked with Actieoverleg")):
        page.locator(".st-key-site-nav").get_by_role("link", name=name).click()
        expect(page.locator("h1")).to_contain_text(heading)
        expect(page).to_have_url(re.compile("lang=en"))
    page.get_by_role("link", name="Lees dit in het Nederlands").click()
    expect(page.locator("h1")).to_contain_text("regio's met Actieoverleg")
    wide.check()


def test_the_map_moves_in_english_too(wide: Visit) -> None:
    wide.open("/?lang=en")
    page = wide.page
    expect(page.locator(".map-sentence")).to_contain_text("is active")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("lang=en.*maand="))
    expect(page.locator(".map-sentence")).to_contain_text("of the 26 regions Actieoverleg is active")


def test_every_page_opens_in_english(wide: Visit) -> None:
    for address in (
        "",
        "indicator",
        "inzet",
        "verkenning",
        "uitleg",
        "leveringen",
        "runs",
        "backfill",
        "datakwaliteit",
    ):
        wide.open(f"/{address}?lang=en")
        assert wide.page.evaluate("document.documentElement.lang") == "en" and wide.wrong == [], address
        assert wide.page.locator('[data-testid="stException"]').count() == 0, address
        expect(wide.page.get_by_role("link", name="Lees dit in het Nederlands")).to_be_visible()
