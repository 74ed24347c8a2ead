"""A chart is saved as the screen has it, as SVG and as PNG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from page_names import addresses
from playwright.sync_api import Locator, Page, expect
from test_walk import ADDRESSES
from visiting import Visit

TEXT = "{http://www.w3.org/2000/svg}text"
# A line of a text each.
DRAWN = """chart => [...chart.querySelectorAll(".main-svg text")].filter(text => text.checkVisibility())
  .flatMap(text => text.querySelector("tspan.line") ? [...text.querySelectorAll("tspan.line")] : [text])
  .map(text => text.textContent.trim()).filter(text => text)"""
CHART, PICTURE = '[data-testid="stPlotlyChart"]', '[class*="st-key-picture-"]'


def saved(page: Page, picture: Locator, form: str) -> bytes:
    with page.expect_download() as download:
        picture.get_by_role("button", name=f"Als {form}").click()
    assert download.value.suggested_filename.endswith(f".{form.lower()}")
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("address", sorted({*ADDRESSES, *addresses()}))
def test_a_picture_has_the_words_of_the_chart_on_the_screen(wide: Visit, address: str) -> None:
    wide.open(address)
    pictures = wide.page.locator(PICTURE)
    # Every chart but the small lines beside a figure.
    charts = wide.page.locator(CHART).and_(wide.page.locator(":not([class*='st-key-spark-'] *)"))
    expect(pictures).to_have_count(charts.count())
    for picture in pictures.all():
        chart = wide.page.locator(CHART).and_(picture.locator("xpath=preceding::*[@data-testid='stPlotlyChart'][1]"))
        picture.locator("summary").click()
        root = ET.fromstring(saved(wide.page, picture, "SVG"))
        said = ["".join(text.itertext()).strip() for text in root.iter(TEXT)]
        assert sorted(said) == sorted(chart.evaluate(DRAWN))
        assert root[0].text == chart.get_attribute("aria-label")
    if pictures.count():
        assert saved(wide.page, pictures.first, "PNG").startswith(b"\x89PNG")
    wide.check()
