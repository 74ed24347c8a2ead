"""Every chart as SVG: all of it is there, and where it should be; what can't be drawn is named."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import plotly.graph_objects as go
import pytest
import sample_charts
from fontTools.ttLib import TTFont

from dashboards import charts, fonts, texts, theme
from dashboards.charts import svg_parts
from dashboards.charts.svg import Undrawable, to_svg
from dashboards.queries import Publication

WIDTH, HEIGHT = 600, 400
SVG = "{http://www.w3.org/2000/svg}"
NAMES = (
    "trend",
    "trend: a region beside the country",
    "trend: series, some beyond the horizon",
    "trend: years, not final",
    "mini_trend",
    "mini_trend: beyond the horizon",
    "comparison",
    "comparison: counts",
    "funnel",
    "control_chart",
    "progress",
    "status_map",
    "value_map",
    "value_map: hidden, not ripe and not final",
    "place_map",
    "curves",
    "volume",
    "share",
    "bars",
    "shift",
    "beside",
    "ranges",
)


@pytest.fixture(scope="module")
def drawn(publication: Publication) -> dict[str, tuple[go.Figure, ET.Element]]:
    found = sample_charts.charts(publication)
    return {name: (figure, ET.fromstring(to_svg(figure, WIDTH, HEIGHT))) for name, figure in found.items()}


def test_the_examples_hold() -> None:
    assert doctest.testmod(svg_parts).failed == 0
    assert doctest.testmod(fonts).failed == 0


def test_every_chart_there_is_is_drawn_here(drawn: dict[str, Any]) -> None:
    assert tuple(drawn) == NAMES
    made = set()
    for module in pkgutil.iter_modules(charts.__path__):
        for name, function in inspect.getmembers(
            importlib.import_module(f"{charts.__name__}.{module.name}"), inspect.isfunction
        ):
            if inspect.signature(function).return_annotation == "go.Figure" and not name.startswith("_"):
                made.add(name)
    assert made == {name.partition(":")[0] for name in NAMES}


def words(figure: go.Figure) -> Counter[str]:
    """Every line of text that a figure says: labels of its axes, titles, annotations and legend."""
    said: list[str] = []
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        if axis.visible is not False:
            ticks = axis.ticktext or [str(v) for v in range(0, int(axis.range[1]) + 1, axis.dtick)]
            said += [*ticks, axis.title.text or ""]
    said += [annotation.text for annotation in figure.layout.annotations]
    if figure.layout.showlegend is not False and len(figure.data) > 1:
        said += [trace.name for trace in figure.data if trace.showlegend is not False]
    lines = [re.sub(r"</?b>", "", line) for text in said for line in text.split("<br>")]
    return Counter(line for line in lines if line)


@pytest.mark.parametrize("name", NAMES)
def test_all_words_of_a_figure_are_written(name: str, drawn: dict[str, tuple[go.Figure, ET.Element]]) -> None:
    figure, root = drawn[name]
    assert Counter("".join(text.itertext()) for text in root.iter(f"{SVG}text")) == words(figure)


def shown(trace: Any) -> list[tuple[Any, Any]]:
    return [(x, y) for x, y in zip(trace.x or (), trace.y or (), strict=True) if x is not None and y is not None]


def in_legend(figure: go.Figure) -> list[Any]:
    if figure.layout.showlegend is False or len(figure.data) == 1:
        return []
    return [trace for trace in figure.data if trace.showlegend is not False]


@pytest.mark.parametrize("name", NAMES)
def test_every_point_has_its_marker_and_every_column_its_bar(
    name: str, drawn: dict[str, tuple[go.Figure, ET.Element]]
) -> None:
    figure, root = drawn[name]
    traces = [t for t in figure.data if t.type == "scatter" and "markers" in t.mode]
    wanted = sum(len(shown(t)) for t in traces) + sum(
        "markers" in (t.mode or "") for t in in_legend(figure) if t in traces
    )
    markers = [p for p in root.iter(f"{SVG}path") if (p.get("transform") or "").startswith("translate")]
    assert len(markers) == wanted
    bars = [t for t in figure.data if t.type == "bar"]
    filled = [t for t in in_legend(figure) if t.type == "bar" or t.fill]
    rects = [r for g in [*root.findall(f"{SVG}g"), *root.findall(f"{SVG}g/{SVG}g")] for r in g.findall(f"{SVG}rect")]
    assert len(rects) == sum(bool(y) for t in bars for y in t.y) + len(filled)


def y_scale(figure: go.Figure, root: ET.Element) -> Any:
    """Value -> place on the paper, from where the first and the last label of the value axis stand."""
    axis, at = figure.layout.yaxis, {}
    for text in root.iter(f"{SVG}text"):
        at.setdefault("".join(text.itertext()), float(text.get("y") or 0) - svg_parts.BASELINE * axis_size(figure))
    (v0, t0), *_, (v1, t1) = zip(axis.tickvals, axis.ticktext, strict=True)
    return lambda value: at[t0] + (value - v0) / (v1 - v0) * (at[t1] - at[t0])


def axis_size(figure: go.Figure) -> float:
    return float(figure.layout.yaxis.tickfont.size or figure.layout.template.layout.yaxis.tickfont.size)


@pytest.mark.parametrize("name", ["trend", "trend: a region beside the country", "funnel", "control_chart"])
def test_markers_stand_at_their_values(name: str, drawn: dict[str, tuple[go.Figure, ET.Element]]) -> None:
    figure, root = drawn[name]
    at = y_scale(figure, root)
    wanted = Counter(
        round(at(y)) for t in figure.data if "markers" in t.mode for _, y in shown(t)
    )  # fmt: skip
    groups = [g for g in root.findall(f"{SVG}g") if g.get("clip-path")]
    places = [re.findall(r"[-\d.]+", p.get("transform") or "") for g in groups for p in g.iter(f"{SVG}path")]
    found = Counter(round(float(place[1])) for place in places if place)
    assert sum(found.values()) == sum(wanted.values())
    assert all(abs(a - b) <= 1 for a, b in zip(sorted(found.elements()), sorted(wanted.elements()), strict=True))


def test_a_line_is_broken_where_the_figure_is(drawn: dict[str, tuple[go.Figure, ET.Element]]) -> None:
    figure, root = drawn["trend"]
    solid = next(t for t in figure.data if t.mode == "lines" and t.line.dash == "solid" and t.line.width == 2.5)
    lines = [p for p in root.iter(f"{SVG}path") if p.get("stroke-width") == "2.5"]
    assert [p.get("d", "").count("M") for p in lines] == [len(shown(solid)) // 2]
    assert any(p.get("stroke-dasharray") for p in root.iter(f"{SVG}path"))


def test_every_region_of_the_map_is_a_shape_with_all_its_corners(
    drawn: dict[str, tuple[go.Figure, ET.Element]],
) -> None:
    figure, root = drawn["status_map"]
    wanted = [len(shown(t)) for t in figure.data if t.showlegend is False]
    areas = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == "none" and "clip" not in (p.get("id") or "")]
    areas = [p for p in areas if p.get("d", "").endswith("Z")]
    assert [len(re.findall(r",", p.get("d", ""))) for p in areas] == wanted
    assert len(root.findall(f".//{SVG}pattern")) == sum(bool(look["pattern"]) for look in theme.ACTIVITY_FILLS.values())


def test_every_hatch_of_a_map_is_another_pattern(drawn: dict[str, tuple[go.Figure, ET.Element]]) -> None:
    _, root = drawn["value_map: hidden, not ripe and not final"]
    marks = {
        (mark.tag, mark.get("d"))
        for found in root.findall(f".//{SVG}pattern")
        for mark in found
        if mark.tag != f"{SVG}rect"
    }
    assert len(marks) == 5


def test_every_pattern_and_cut_that_is_referred_to_is_there(drawn: dict[str, tuple[go.Figure, ET.Element]]) -> None:
    for _, root in drawn.values():
        told = ET.tostring(root, encoding="unicode")
        assert set(re.findall(r"url\(#(\w+)\)", told)) <= set(re.findall(r'id="(\w+)"', told))
        assert "nan" not in told.lower().replace("nand", "")


def test_the_same_figure_gives_the_same_bytes_and_another_other_names(publication: Publication) -> None:
    found = sample_charts.charts(publication)
    assert to_svg(found["progress"], 300, 200) == to_svg(found["progress"], 300, 200)
    names = [re.findall(r'clipPath id="(\w+)"', to_svg(found[name], 300, 200)) for name in ("trend", "progress")]
    assert names[0] != names[1]


def figure(*traces: Any, **layout: Any) -> go.Figure:
    axis = {"range": [0, 1], "tickvals": [0, 1], "ticktext": ["0", "1"]}
    return go.Figure(data=traces, layout={"template": theme.template(), "xaxis": axis, "yaxis": axis, **layout})


POINTS = {"x": [0.2, 0.8], "y": [0.2, 0.8]}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (figure(go.Pie(values=[1, 2])), "data[0].type: 'pie'"),
        (figure(go.Scatter(**POINTS, mode="text")), "data[0].mode: 'text'"),
        (figure(go.Scatter(**POINTS, mode="lines", line={"shape": "spline"})), "data[0].line: shape"),
        (figure(go.Scatter(**POINTS, mode="lines", line={"dash": "5px"})), "data[0].line.dash: '5px'"),
        (figure(go.Scatter(**POINTS, mode="lines", fill="tozeroy")), "data[0].fill: 'tozeroy'"),
        (figure(go.Scatter(**POINTS, mode="lines", opacity=0.5)), "data[0]: opacity"),
        (figure(go.Scatter(**POINTS, mode="lines", visible="legendonly")), "data: a trace that is not visible"),
        (figure(go.Scatter(**POINTS, mode="markers", marker={"symbol": "hexagram"})), "marker 'hexagram'"),
        (figure(go.Scatter(**POINTS, mode="markers", marker={"color": "red"})), "colour 'red'"),
        (figure(go.Scatter(**POINTS, mode="markers", marker={"size": [1, 2, 3]})), "3 times size for 2 markers"),
        (figure(go.Bar(**POINTS), barmode="group"), "layout.barmode: 'group'"),
        (figure(title={"text": "Titel"}), "layout: title"),
        (figure(xaxis={"range": [0, 1]}), "layout.xaxis: no tickvals and no dtick"),
        (figure(yaxis={"tickvals": [0], "ticktext": ["0"]}), "layout.yaxis: no range and no data"),
        (figure(yaxis2={"range": [0, 1]}), "layout: yaxis2"),
        (figure(annotations=[{"x": 0, "y": 0, "text": "a"}]), "annotations[0].showarrow: True"),
        (figure(annotations=[{"x": 0, "y": 0, "text": "<i>a</i>", "showarrow": False}]), "text with <i>"),
        (
            figure(annotations=[{"x": 0, "xref": "paper", "y": 0, "text": "a", "showarrow": False}]),
            "annotations[0].xanchor",
        ),
        (figure(shapes=[{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]), "shapes[0].type: 'circle'"),
        (figure(go.Scatter(x=["a"], y=[0.5], mode="lines")), "xaxis: 'a'"),
    ],
)
def test_what_is_not_known_is_named(asked: go.Figure, named: str) -> None:
    with pytest.raises(Undrawable, match=re.escape(named)):
        to_svg(asked, WIDTH, HEIGHT)


def test_a_trace_without_points_has_the_usual_marker_in_the_legend() -> None:
    empty = go.Scatter(x=[None], y=[None], mode="markers", marker={"symbol": [], "color": "#000000"}, name="leeg")
    told = to_svg(figure(empty, go.Scatter(**POINTS, mode="lines", showlegend=False)), WIDTH, HEIGHT)
    assert "leeg" in told and told.count("translate") == 2


def test_a_picture_too_small_for_its_labels_is_refused() -> None:
    with pytest.raises(Undrawable, match="no room in 20 by 20"):
        to_svg(figure(go.Scatter(**POINTS, mode="lines")), 20, 20)


def leaves(found: Any) -> list[str]:
    if isinstance(found, dict | list):
        return [leaf for value in (found.values() if isinstance(found, dict) else found) for leaf in leaves(value)]
    return [str(found)]


def test_the_letters_hold_every_sign_that_is_written() -> None:
    said = "".join(leaves({name: found for name, found in texts.words().items() if name != "methodology"}))
    files = ("SourceSans3-Regular.ttf", "NotoSansSymbols2-Signs.ttf")
    known = {code for name in files for code in TTFont(fonts.FOLDER / name).getBestCmap()}
    assert {sign for sign in said if ord(sign) not in known and not sign.isspace()} == set()


def test_a_legend_does_not_name_what_has_no_points() -> None:
    axis = {"range": [0, 3], "tickvals": [1, 2], "ticktext": ["1", "2"]}
    traces = [go.Scatter(x=[1, 2], y=[1, 2], mode="markers", name="wel"), go.Scatter(x=[], y=[], name="niet")]
    drawn = to_svg(go.Figure(traces, {"template": theme.template(), "xaxis": axis, "yaxis": axis}), WIDTH, HEIGHT)
    assert ">wel<" in drawn and ">niet<" not in drawn
