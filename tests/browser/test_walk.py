"""A walk through every page in a real browser, wide and narrow: nothing broken, nothing asked from elsewhere."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect
from visiting import Visit, visiting

# Each address, and how many charts stand on its page.
ADDRESSES = {
    "/": 6,
    "/?kaart=hg_vt_zsm&maand=2020-03": 6,
    "/?kaart=herhaling_18_maanden&kaart_niveau=arrondissement&kaart_per=jaar&kaart_jaar=2019": 5,
    "/?kaart=tijd_tot_eerste_afstemming": 5,
    "/regio": 2,
    "/regio?regio=oost_nederland&periode=kwartaal&indicator=actieoverleg_bereik": 2,
    "/regio?regio=zeeland&indicator=kosten_totaal": 1,
    "/herhaling": 1,
    "/herhaling?uitsplitsing=aard_geweld&periode=kwartaal&regio=oost_nederland": 1,
    "/praktijk": 2,
    "/praktijk?indicator=actieoverleg_bereik&periode=jaar": 2,
    "/resultaten": 0,
    "/indicator": 3,
    "/indicator?indicator=veiligheidsbeoordeling_binnen_5_werkdagen&regio=twente&uitsplitsing=onveiligheid": 3,
    "/indicator?indicator=tijd_tot_eerste_afstemming&uitsplitsing=aard_geweld&kwantiel=p90&regio=oost_nederland": 2,
    "/indicator?indicator=herhaling_18_maanden&regio=zeeland&periode=maand": 4,
    "/indicator?indicator=actieoverleg_dekking&uitsplitsing=status&periode=jaar": 1,
    "/indicator?indicator=kosten_totaal&periode=jaar&uitsplitsing=partner": 1,
    "/datakwaliteit": 2,
    "/datakwaliteit?levering=politie/inzet": 3,
    "/datakwaliteit?levering=landelijk_netwerk/tarieven": 0,
    "/leveringen": 0,
    "/runs": 0,
    "/backfill": 0,
    "/uitleg": 0,
    "/uitleg?indicator=overlapgraad": 0,
}


def test_every_page_is_whole(visit: Visit) -> None:
    for address, charts in ADDRESSES.items():
        visit.open(address)
        expect(
            visit.page.locator(".js-plotly-plot .main-svg").first.or_(visit.page.locator("h1")).first
        ).to_be_visible()
        expect(visit.page.locator('[data-testid="stPlotlyChart"] .plot-container')).to_have_count(charts)
        visit.check()


def test_every_picture_has_words_and_the_main_ones_a_table(wide: Visit) -> None:
    wide.open("/indicator?indicator=actieoverleg_bereik&regio=zeeland&periode=maand&herstart=2020-07")
    expect(wide.page).to_have_url(re.compile("herstart=2020-07"))
    charts = wide.page.locator('[data-testid="stPlotlyChart"]')
    expect(charts).to_have_count(4)
    assert all(len(label or "") > 40 for label in charts.evaluate_all("all => all.map(e => e.ariaLabel)"))
    folded = wide.page.locator("details.folded", has=wide.page.locator("table"))
    expect(folded).to_have_count(2)
    folded.first.locator("summary").click()
    rows = folded.first.locator("tbody tr")
    assert rows.count() == 36
    hidden = rows.filter(has_text="afgeschermd")
    assert hidden.count() > 0
    assert not re.search(r"\d", hidden.first.locator("td").all_inner_texts()[0])
    folded.last.locator("summary").click()
    verdicts = [row.split("\t")[2] for row in folded.last.locator("tbody tr").all_inner_texts()[1:]]
    assert len(verdicts) == 26
    words = ("zoals te verwachten", "duidelijk ", "mogelijk ", "niet te vergelijken: ")
    assert all(verdict.startswith(words) for verdict in verdicts)
    wide.check()


def test_the_slider_works_with_the_keyboard_alone(visit: Visit) -> None:
    visit.open("/")
    sentence = visit.page.locator(".map-sentence")
    slider = visit.page.get_by_role("slider")
    slider.focus()
    for key, month in (("ArrowLeft", "november 2021"), ("Home", "januari 2019"), ("ArrowRight", "februari 2019")):
        visit.page.keyboard.press(key)
        expect(sentence).to_contain_text(month.capitalize())
        expect(slider).to_have_attribute("aria-valuetext", month)
        expect(visit.page.locator(".st-key-start-map caption").first).to_contain_text(month)
    expect(visit.page).to_have_url(re.compile("maand=2019-02"))
    visit.check()


def test_an_address_can_be_shared_and_gone_back_to(wide: Visit) -> None:
    wide.open("/?maand=2019-06&kaart=strafbare_km")
    expect(wide.page.locator(".map-sentence")).to_contain_text("Juni 2019")
    wide.page.locator(".st-key-kaart").get_by_role("combobox").click()
    wide.page.get_by_role("option", name="Status van Samen op in acuut").click()
    expect(wide.page.locator(".map-sentence")).to_contain_text("Samen op in acuut")
    expect(wide.page).to_have_url(re.compile("kaart=samen_op_in_acuut"))
    wide.page.go_back()
    expect(wide.page.locator(".map-sentence")).to_contain_text("Strafbare kindermishandeling")
    wide.check()


def test_one_choice_is_one_step_back(wide: Visit) -> None:
    wide.open("/indicator")
    expect(wide.page.locator(".st-key-compare-controls")).to_be_visible()
    assert urlsplit(wide.page.url).query == "", "defaults stand in the address"
    before = wide.page.evaluate("history.length")
    answer = wide.page.locator(".st-key-answer")
    asked = answer.inner_text()
    for word, query in (("Jaar", "periode=jaar"), ("Maand", "periode=maand")):
        wide.page.locator(".st-key-periode").get_by_text(word, exact=True).click()
        expect(wide.page).to_have_url(re.compile(f"indicator\\?{query}$"))
        wide.settle()
    assert wide.page.evaluate("history.length") == before + 2
    wide.page.go_back()
    expect(wide.page).to_have_url(re.compile(r"periode=jaar$"))
    wide.page.go_back()
    expect(wide.page).to_have_url(re.compile(r"/indicator$"))
    expect(answer).to_have_text(asked)
    expect(wide.page.locator(".st-key-periode button[aria-checked=true], .st-key-periode [kind$=Active]")).to_have_text(
        "Kwartaal"
    )
    wide.check()


def test_a_page_forgets_what_another_page_chose(wide: Visit) -> None:
    wide.open("/?maand=2019-06")
    wide.page.locator(".st-key-site-nav").get_by_role("link", name="Indicatoren").click()
    expect(wide.page.locator(".st-key-answer")).to_be_visible()
    wide.settle()
    assert "maand" not in wide.page.url
    wide.check()


def test_the_map_stops_when_another_page_is_opened(wide: Visit) -> None:
    wide.open("/?maand=2019-06")
    wide.page.get_by_role("button", name="Speel af").click()
    expect(wide.page.get_by_role("button", name="Stop")).to_be_visible()
    for name, there in (("Uitleg", "details.definition >> nth=0"), ("Overzicht", ".map-sentence")):
        wide.page.locator(".st-key-site-nav").get_by_role("link", name=name).click()
        expect(wide.page.locator(there)).to_be_visible()
        wide.settle()
    expect(wide.page.get_by_role("button", name="Speel af")).to_be_visible()
    wide.check()


def test_the_link_that_skips_to_the_content_is_dutch(wide: Visit) -> None:
    wide.open("/uitleg")
    expect(wide.page.get_by_test_id("stSkipToContent")).to_have_text("Naar de inhoud")


def test_nonsense_in_an_address_gives_the_first_choice(wide: Visit) -> None:
    wide.open("/indicator?indicator=<script>&regio=atlantis&periode=eeuw&uitsplitsing=x&moment=1")
    expect(wide.page.locator(".st-key-answer")).to_contain_text("Nederland")
    wide.check()


def test_the_map_plays_and_stops_by_itself(wide: Visit) -> None:
    wide.open("/?maand=2021-10")
    wide.page.get_by_role("button", name="Speel af").click()
    expect(wide.page.locator(".map-sentence")).to_contain_text("December 2021")
    expect(wide.page.get_by_role("button", name="Speel af")).to_be_visible()
    wide.check()


def test_any_figure_is_a_map_through_time(wide: Visit) -> None:
    wide.open("/?kaart=veiligheidsbeoordeling_binnen_5_werkdagen")
    sentence = wide.page.locator(".map-sentence")
    expect(sentence).to_contain_text("3e kwartaal 2021")
    wide.page.get_by_role("slider").focus()
    wide.page.keyboard.press("ArrowLeft")
    expect(sentence).to_contain_text("2e kwartaal 2021")
    expect(wide.page).to_have_url(re.compile("kaart_kwartaal=2021-K2"))
    expect(wide.page.locator(".st-key-start-map tbody tr")).to_have_count(27)
    wide.check()


def test_the_first_screen_tells_who_has_no_actieoverleg_and_what_figures_cannot_say(wide: Visit) -> None:
    wide.open("/")
    for text in ("Zeeland weegt het nog af.", "Beter dan een jaar eerder", "Wat deze cijfers niet zeggen"):
        box = wide.page.get_by_text(text).first.bounding_box()
        assert box and box["y"] + box["height"] < 900, text
    expect(wide.page.locator(".st-key-start-notes")).to_contain_text("Dit is de eerste publicatie")


def test_from_a_tile_to_its_indicator_and_on_to_the_explanation(wide: Visit) -> None:
    wide.open("/")
    wide.page.get_by_role("link", name="Bereik van het Actieoverleg").click()
    expect(wide.page.locator(".eyebrow")).to_have_text("Bereik van het Actieoverleg")
    wide.page.get_by_text("Wat betekent dit cijfer?").click()
    wide.page.get_by_role("link", name="Lees de volledige uitleg").click()
    expect(wide.page.locator("#actieoverleg_bereik")).to_have_attribute("open", "")
    wide.check()


def test_the_download_is_what_the_screen_shows(wide: Visit) -> None:
    wide.open("/indicator?indicator=actieoverleg_bereik&regio=zeeland&periode=maand")
    wide.page.locator(".st-key-files-trend").locator("summary").click()
    with wide.page.expect_download() as download:
        wide.page.get_by_role("button", name="CSV voor een Nederlands rekenblad").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        content = archive.read("cijfers.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert download.value.suggested_filename == "publicatie_0003_actieoverleg_bereik_zeeland_maand.nederlands.zip"
    table = wide.page.locator("details.folded tbody").first.locator("tr")
    assert len(rows) == table.count() == 36
    hidden = [row for row in rows if row["status"] == "afgeschermd"]
    assert len(hidden) == table.filter(has_text="afgeschermd").count() > 0
    assert {row["waarde"] for row in hidden} == {""}


def test_data_quality_can_be_read_without_colour_and_chosen_by_keyboard(visit: Visit) -> None:
    visit.open("/datakwaliteit")
    page = visit.page
    expect(page.locator("h1")).to_have_text("1 van de 2 leveringen over december 2021 kwamen op tijd")
    overview = page.locator("table.heat").first
    row = overview.locator("tr", has=page.locator("th[scope=row]", has_text="Inzet"))
    expect(row.locator("td")).to_have_count(36)
    expect(row.locator("td").nth(8)).to_contain_text("✕")
    expect(row.locator("td").nth(8)).to_contain_text("september 2019: ontbreekt")
    expect(row.locator("td").last).to_contain_text("december 2021: te laat, 1.002 rijen, 0,3% afgekeurd")
    if page.viewport_size == {"width": 390, "height": 844}:
        shown = page.evaluate("e => e.getBoundingClientRect().right", row.locator("td").last.element_handle())
        assert shown <= 390, "the newest month is out of sight"
    folded = page.locator("details.folded", has=page.locator("table"))
    expect(folded).to_have_count(3)
    page.get_by_role("combobox").focus()
    page.keyboard.type("politie")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="Inzet (politie)")).to_be_visible()
    expect(page).to_have_url(re.compile("levering=politie%2Finzet|levering=politie/inzet"))
    charts = page.locator('[data-testid="stPlotlyChart"]')
    expect(charts).to_have_count(3)
    assert all(len(label or "") > 40 for label in charts.evaluate_all("all => all.map(e => e.ariaLabel)"))
    visit.settle()
    visit.check()


def test_an_empty_home_says_what_to_do(contexts: dict[str, BrowserContext], empty_site: str) -> None:
    for context in contexts.values():
        for found in visiting(context, empty_site):
            for address in ("/", "/indicator"):
                found.open(address)
                expect(found.page.locator("h1")).to_have_text("Er is nog geen publicatie")
                expect(found.page.locator("body")).to_contain_text("make demo")
                found.check()


def test_the_walk_notices_what_it_must_notice(wide: Visit) -> None:
    wide.page.set_content('<script>console.error("mis"); null.x</script><img src="http://elders.invalid/x.png">')
    seen = " ".join(wide.wrong)
    assert "console: mis" in seen and "script: " in seen and "asked from elsewhere: http://elders.invalid" in seen
    with pytest.raises(AssertionError):
        wide.check()
