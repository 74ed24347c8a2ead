"""The pages of the landelijk netwerk in a real browser: a region, curves, praktijklocaties and the digital overview."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from visiting import Visit


def choose(visit: Visit, key: str, option: str) -> None:
    """Picks an option of a list by keyboard alone."""
    box = visit.page.locator(f".st-key-{key}").get_by_role("combobox")
    box.focus()
    box.fill(option)
    visit.page.keyboard.press("Enter")


def test_a_region_stands_beside_its_arrondissement_and_the_country(wide: Visit) -> None:
    wide.open("/regio?regio=twente")
    expect(wide.page.locator("h1")).to_have_text("Twente")
    expect(wide.page.locator(".lead")).to_contain_text("In arrondissement Oost-Nederland.")
    row = wide.page.locator("tr", has_text="Veiligheidsbeoordeling").first
    expect(row.locator("strong")).to_have_count(3)
    expect(row).to_contain_text("In Twente kreeg")
    assert row.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    row.get_by_role("link").click()
    expect(wide.page.locator("h1")).to_contain_text("beoordeelt Veilig Thuis de veiligheid binnen 5 werkdagen")
    # What stands at its default, as this indicator does, goes from the address.
    expect(wide.page).to_have_url(re.compile(r"/indicator\?regio=twente"))
    expect(wide.page.locator(".st-key-answer")).to_contain_text("Twente")
    wide.check()


def test_another_region_is_a_step_that_can_be_gone_back(wide: Visit) -> None:
    wide.open("/regio?regio=twente")
    choose(wide, "regio", "Zeeland (VT-regio)")
    expect(wide.page.locator("h1")).to_have_text("Zeeland")
    expect(wide.page).to_have_url(re.compile("regio=zeeland$"))
    wide.page.go_back()
    expect(wide.page.locator("h1")).to_have_text("Twente")
    wide.check()


def test_curves_have_numbers_at_risk_a_table_and_caveats_in_view(wide: Visit) -> None:
    wide.open("/herhaling")
    expect(wide.page.locator(".beware")).to_contain_text("bewijst niet dat een Actieoverleg werkt")
    box = wide.page.locator(".beware li").first.bounding_box()
    assert box and box["y"] + box["height"] < 900
    at_risk = wide.page.locator("table", has_text="Nog gevolgd na").first
    expect(at_risk.locator("tbody tr")).to_have_count(2)
    expect(at_risk.locator("thead th")).to_have_count(8)
    folded = wide.page.locator("details.folded", has_text="De krommen in een tabel")
    folded.locator("summary").click()
    expect(folded.locator("tbody tr")).to_have_count(2 * 19)
    choose(wide, "uitsplitsing", "Soort herhaling")
    expect(wide.page).to_have_url(re.compile("uitsplitsing=soort"))
    expect(folded.locator("tbody tr").first).to_contain_text("Vervolgmelding")
    wide.check()


def test_results_are_filtered_and_the_filter_stands_in_the_address(wide: Visit) -> None:
    wide.open("/resultaten")
    results = wide.page.locator("table", has_text="Waar te vinden").locator("tbody tr")
    everything = results.count()
    assert everything > 2
    link = wide.page.get_by_role("link", name="https://voorbeeld.nl/handreiking")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    assert wide.page.locator('a[href^="javascript"]').count() == 0
    choose(wide, "activiteit", "Visie")
    expect(results).to_have_count(1)
    expect(wide.page).to_have_url(re.compile("activiteit=visie"))
    choose(wide, "stand", "Gepland")
    expect(wide.page).to_have_url(re.compile("stand=gepland"))
    wide.check()


def test_praktijklocaties_stand_beside_the_rest(wide: Visit) -> None:
    wide.open("/praktijk")
    expect(wide.page.locator("h1")).to_have_text("Praktijklocaties")
    expect(wide.page.locator(".st-key-praktijk-places tbody tr")).to_have_count(2)
    expect(wide.page.locator(".st-key-praktijk-figures")).to_contain_text("Geen praktijklocatie:")
    wide.check()
