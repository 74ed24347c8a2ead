"""The map of any figure, curves, the small line in a table and the map of praktijklocaties."""

from __future__ import annotations

import base64
import doctest
import re
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from sample_publication import DIVISION

from dashboards import theme
from dashboards.charts import curves as curve_charts
from dashboards.charts import value_map
from dashboards.charts.curves import curves, followed
from dashboards.charts.place_map import place_map
from dashboards.charts.spark import spark
from dashboards.charts.trend import mini_trend
from indicators.geography.outlines import outlines

OUTLINES = outlines(DIVISION)
NAMES = {r.code: r.naam for r in DIVISION.regions}


def on_map(**regions: tuple[float | None, str]) -> pl.DataFrame:
    rows = [(code, NAMES[code], value, None, None, None, status) for code, (value, status) in regions.items()]
    names = ["regio", "naam", "waarde", "ondergrens", "bovengrens", "boven", "status"]
    schema = {name: pl.Float64 if name in names[2:6] else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def trace(figure: go.Figure, name: str) -> Any:
    return next(t for t in figure.data if t.name == name and not t.showlegend)


@pytest.mark.parametrize("module", [value_map, curve_charts])
def test_examples_in_the_docstrings_hold(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.failed == 0 and found.attempted


def test_a_class_has_its_colour_and_its_limits_in_words() -> None:
    cells = on_map(twente=(0.15, "definitief"), zeeland=(0.3, "definitief"), utrecht=(0.55, "definitief"))
    figure = value_map.value_map(cells, OUTLINES, [0.2, 0.4], "aandeel")
    colours = theme.scale(3)
    for name, colour in zip(("Twente", "Zeeland", "Utrecht"), colours, strict=True):
        assert trace(figure, name).fillcolor == colour
        assert trace(figure, name).fillpattern.shape is None
    legend = [t.name for t in figure.data if t.showlegend]
    assert legend == ["minder dan 20% (1)", "20% tot 40% (1)", "40% of meer (1)"]


def test_a_limit_belongs_to_the_class_above_it() -> None:
    figure = value_map.value_map(on_map(twente=(0.2, "definitief")), OUTLINES, [0.2], "aandeel")
    assert trace(figure, "Twente").fillcolor == theme.scale(2)[1]


@pytest.mark.parametrize("status", ["voorlopig", "onvolledig"])
def test_a_figure_that_is_not_final_has_a_pattern_over_its_colour_and_a_word(status: str) -> None:
    figure = value_map.value_map(on_map(twente=(0.5, status)), OUTLINES, [0.2], "aandeel")
    found = trace(figure, "Twente")
    assert found.fillcolor == theme.scale(2)[1] and found.fillpattern.shape == value_map.OVER[status]
    assert f"{status} (1)" in [t.name for t in figure.data if t.showlegend]


def test_where_there_is_no_figure_there_is_no_colour_but_a_pattern_and_a_word() -> None:
    cells = on_map(twente=(None, "afgeschermd"), zeeland=(None, "niet_rijp"), utrecht=(0.3, "definitief"))
    figure = value_map.value_map(cells, OUTLINES, [], "aandeel")
    shapes = {name: trace(figure, name).fillpattern.shape for name in ("Twente", "Zeeland")}
    assert shapes["Twente"] != shapes["Zeeland"] and all(shapes.values())
    assert trace(figure, "Twente").fillcolor == theme.SURFACE
    assert "afgeschermd" in trace(figure, "Twente").text and not re.search(r"\d", trace(figure, "Twente").text)


def test_every_status_has_a_look_and_the_colours_fall_in_lightness() -> None:
    assert {*value_map.OVER, *value_map.ABSENT} == {
        "definitief", "voorlopig", "onvolledig", "niet_rijp", "niet_bereikt", "afgeschermd",
    }  # fmt: skip

    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    falls = [lightness(colour) for colour in theme.CLASSES]
    assert falls == sorted(falls, reverse=True)
    assert all(a - b > 20 for a, b in pairwise(falls))
    assert all(len(set(theme.scale(count))) == count for count in range(1, len(theme.CLASSES) + 1))


def test_no_series_of_values_has_more_classes_than_there_are_colours() -> None:
    for width in (0.01, 0.03, 0.07, 0.11, 0.26, 0.4, 0.77):
        values = pl.Series([0.1 + width * i / 40 for i in range(41)])
        assert len(value_map.class_limits(values, "aandeel")) < len(theme.CLASSES)
    assert value_map.class_limits(pl.Series([0.4, 0.4]), "aandeel") == []
    assert value_map.class_limits(pl.Series([None], dtype=pl.Float64), "aandeel") == []


def curve(category: str, end: float, at_risk: int | None = 402) -> pl.DataFrame:
    days = [548 * i // 18 for i in range(19)]
    return pl.DataFrame(
        {
            "categorie": [category] * 19,
            "dag": days,
            "waarde": [end * day / 548 for day in days],
            "ondergrens": [None, *(end * day / 548 - 0.01 for day in days[1:])],
            "bovengrens": [None, *(end * day / 548 + 0.01 for day in days[1:])],
            "onder_risico": [at_risk] * 19,
        }
    )


def test_a_curve_has_its_line_band_and_own_marker() -> None:
    figure = curves(pl.concat([curve("ja", 0.2), curve("nee", 0.3)]), "aandeel", {"ja": "Met", "nee": "Zonder"})
    named = [t for t in figure.data if t.showlegend is not False and t.name]
    assert [t.name for t in named] == ["Met", "Zonder"]
    assert len({t.marker.symbol for t in named}) == 2
    assert sum(t.fill == "toself" for t in figure.data) == 2
    assert figure.layout.xaxis.ticktext == tuple(str(3 * i) for i in range(7))
    assert figure.layout.xaxis.title.text.startswith("maanden na")
    assert max(figure.data[1].y) == pytest.approx(0.2)


def test_bands_of_many_curves_are_not_drawn_over_each_other() -> None:
    three = pl.concat([curve(name, 0.2) for name in "abc"])
    figure = curves(three, "aandeel", {"a": "A", "b": "B", "c": "C"})
    assert not [t for t in figure.data if t.fill == "toself"]


def test_a_category_without_a_curve_leaves_the_look_of_the_others() -> None:
    labels = {"ja": "Met", "nee": "Zonder"}
    alone = curves(curve("nee", 0.3), "aandeel", labels)
    assert alone.data[-1].marker.symbol == theme.SERIES_SYMBOLS[1]


def test_few_who_are_followed_are_told_in_words() -> None:
    assert followed({"onder_risico": None}, 10) == "minder dan 10"
    assert followed({"onder_risico": 1202}, 10) == "1.202"


def svg(*values: float | None, status: str = "definitief") -> str:
    frame = pl.DataFrame(
        {"periode": [str(2018 + i) for i in range(len(values))], "waarde": values, "status": [status] * len(values)},
        schema={"periode": pl.String, "waarde": pl.Float64, "status": pl.String},
    )
    found = re.search(r"base64,([^\"]+)", spark(frame))
    return base64.b64decode(found[1]).decode() if found else ""


def test_a_small_line_stops_where_a_figure_is_missing() -> None:
    assert svg(0.1, 0.2, 0.3).count("<polyline") == 1
    broken = svg(0.1, 0.2, None, 0.3, 0.4)
    assert broken.count("<polyline") == 2 and broken.count("<circle") == 4
    assert svg(None, None) == "" and "<polyline" not in svg(0.1)
    assert 'fill="#ffffff"' in svg(0.1, 0.2, status="voorlopig")


def test_praktijklocaties_are_told_by_pattern_and_count() -> None:
    words = {"nu": "Nu", "was": "Was", "niet": "Geen"}
    figure = place_map({"twente": "nu", "zeeland": "was", "utrecht": "niet"}, OUTLINES, NAMES, words)
    assert [t.name for t in figure.data if t.showlegend] == ["Nu (1)", "Was (1)", "Geen (1)"]
    assert trace(figure, "Zeeland").fillpattern.shape


def test_the_norm_is_drawn_in_the_small_line_of_a_tile() -> None:
    cells = pl.DataFrame(
        {"periode": ["2020", "2021"], "waarde": [0.4, 0.5], "status": ["definitief"] * 2, "boven": [None, None]},
        schema_overrides={"boven": pl.Float64},
    )
    figure = mini_trend(cells, norm={"value": 0.9})
    assert figure.layout.shapes[0].y0 == 0.9 and figure.layout.yaxis.range[1] > 0.9
    assert not mini_trend(cells).layout.shapes
