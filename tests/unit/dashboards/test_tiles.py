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


def tile(*rows: tuple[object, ...]) -> str:
    cells = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    html = overzicht._tile_text(ENTRY, queries.headline_cell(cells), cells, "dagen")
    return html.replace("\u00a0", " ")


def test_a_tile_says_beyond_the_horizon_in_words() -> None:
    html = tile(
        ("2020-K2", None, 90.0, None, None, 400, "niet_bereikt"), ("2021-K2", 20.0, None, 15.0, None, 400, "definitief")
    )
    assert ">20 dagen<" in html and "marge 15 dagen of meer" in html and "een jaar eerder meer dan 90 dagen" in html
    assert texts.get("overzicht.tile_not_final") not in html


def test_a_tile_without_a_final_figure_says_so() -> None:
    html = tile(("2020-K2", None, 90.0, None, None, 400, "niet_bereikt"))
    assert ">meer dan 90 dagen<" in html and texts.get("overzicht.tile_not_final") in html


def test_a_tile_without_any_figure_says_so() -> None:
    html = tile(("2020-K2", None, None, None, None, None, "afgeschermd"))
    assert texts.get("overzicht.tile_none") in html and "tile-value" not in html
