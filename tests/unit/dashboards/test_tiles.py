from __future__ import annotations

import polars as pl

from dashboards import queries, texts
from dashboards.pages import overzicht

ENTRY = {"theme": "Vroeg", "text": "tot zorg en straf afstemmen"}
SCHEMA = {
    "periode": pl.String,
    "waarde": pl.Float64,
    "boven": pl.Float64,
    "ondergrens": pl.Float64,
    "bovengrens": pl.Float64,
    "n": pl.Int64,
    "status": pl.String,
}


def tile(*rows: tuple[object, ...], **changed: object) -> str:
    cells = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    cell = queries.headline_cell(cells)
    definition = {"kind": "quantiles", "unit": "dagen", "polarity": "lower_is_better", "norm": None, **changed}
    html = overzicht._tile_value(ENTRY, cell, "dagen") + overzicht._tile_text(ENTRY, cell, cells, definition)
    return html.replace("\u00a0", " ")


def test_a_tile_tells_the_figure_its_margin_and_whether_it_moved() -> None:
    ago = ("2020-K2", 30.0, None, 28.0, 34.0, 400, "definitief")
    html = tile(ago, ("2021-K2", 20.0, None, 15.0, 25.0, 400, "definitief"))
    assert ">20 dagen<" in html and "marge 15 tot 25 dagen" in html
    assert "✓ Beter dan een jaar eerder (30 dagen), meer dan toeval" in html
    assert "kan toeval zijn" in tile(ago, ("2021-K2", 29.0, None, 26.0, 33.0, 400, "definitief"))
    assert "(zonder marge)" in tile(ago, ("2021-K2", 20.0, None, 15.0, None, 400, "definitief"))
    worse = tile(ago, ("2021-K2", 20.0, None, 15.0, 25.0, 400, "definitief"), polarity="higher_is_better")
    assert "✗ Slechter dan" in worse
    neither = tile(ago, ("2021-K2", 20.0, None, 15.0, 25.0, 400, "definitief"), polarity="neutral")
    assert "▼ Lager dan" in neither


def test_a_tile_has_its_norm() -> None:
    html = tile(("2021-K2", 20.0, None, 15.0, 25.0, 400, "definitief"), norm={"value": 5, "source": "wet"})
    assert "norm 5 dagen" in html


def test_a_tile_without_a_final_figure_says_so() -> None:
    html = tile(("2020-K2", None, 90.0, None, None, 400, "niet_bereikt"))
    assert ">meer dan 90 dagen<" in html and texts.get("overzicht.tile_not_final") in html


def test_a_tile_without_any_figure_says_so() -> None:
    html = tile(("2020-K2", None, None, None, None, None, "afgeschermd"))
    assert texts.get("overzicht.tile_none") in html and "tile-value" not in html
