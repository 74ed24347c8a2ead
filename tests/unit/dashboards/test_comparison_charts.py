"""The funnel plot and the control chart: what is drawn, what is told by shape, and what is left out."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboards import theme
from dashboards.charts.control import control_chart, signal_by_place
from dashboards.charts.funnel import funnel
from indicators.comparison import spc
from indicators.comparison.funnel import Funnel, proportions

NORM = {"value": 0.9, "source": "Handelingsprotocol"}
REGIONS = pl.DataFrame(
    [
        ("groningen", "Groningen", 100, 0.5, "definitief", "as_expected", "zoals te verwachten"),
        ("twente", "Twente", 400, 0.7, "definitief", "clearly", "duidelijk beter"),
        ("zeeland", "Zeeland", 200, 0.42, "definitief", "possibly", "mogelijk slechter"),
        ("drenthe", "Drenthe", 150, 0.6, "voorlopig", "not_compared", "niet te vergelijken: voorlopig"),
        ("utrecht", "Utrecht", None, None, "afgeschermd", "not_compared", "niet te vergelijken: afgeschermd"),
    ],
    schema=["regio", "naam", "n", "waarde", "status", "oordeel", "vergelijking"],
    orient="row",
).with_columns(ondergrens=pl.col("waarde") - 0.05, bovengrens=pl.col("waarde") + 0.05)


@pytest.fixture
def limits() -> Funnel:
    found = proportions([100, 150, 200, 300, 400], [0.5] * 5, 0.5)
    assert found is not None
    return found


def named(figure: go.Figure, name: str) -> Any:
    (trace,) = (t for t in figure.data if t.name == name and t.showlegend)
    return trace


def words(figure: go.Figure) -> set[str]:
    return {a.text for a in figure.layout.annotations}


def test_every_region_with_a_figure_is_a_point_at_its_count(limits: Funnel) -> None:
    figure = funnel(REGIONS, limits, "aandeel")
    points = {(x, y) for t in figure.data if t.mode == "markers" for x, y in zip(t.x, t.y, strict=True)}
    assert points == {(100, 0.5), (400, 0.7), (200, 0.42), (150, 0.6)}
    assert "duidelijk beter" in named(figure, "duidelijk anders").customdata[0]


def test_how_sure_is_told_by_shape_as_well_as_colour(limits: Funnel) -> None:
    figure = funnel(REGIONS, limits, "aandeel")
    shown = ("zoals te verwachten", "mogelijk anders", "duidelijk anders", "niet vergeleken")
    assert len({named(figure, name).marker.symbol for name in shown}) == 4
    assert len({look["symbol"] for look in theme.COMPARED.values()}) == len(theme.COMPARED)


def test_only_regions_that_differ_and_the_chosen_one_are_named(limits: Funnel) -> None:
    assert words(funnel(REGIONS, limits, "aandeel")) == {"Twente", "Zeeland"}
    assert words(funnel(REGIONS, limits, "aandeel", highlight="groningen")) == {"Twente", "Zeeland", "<b>Groningen</b>"}
    assert words(funnel(REGIONS, limits, "aandeel", highlight="utrecht")) == {"Twente", "Zeeland"}


def test_names_stay_within_the_picture_and_off_each_other(limits: Funnel) -> None:
    crowd = pl.concat([REGIONS.head(2).tail(1)] * 2).with_columns(
        regio=pl.Series(["twente", "ijsselland"]), naam=pl.Series(["Twente", "IJsselland"])
    )
    figure = funnel(pl.concat([REGIONS, crowd.tail(1)]), limits, "aandeel")
    at = {a.text: (a.xanchor, a.yanchor) for a in figure.layout.annotations}
    assert at["Twente"] != at["IJsselland"]
    assert at["Twente"][0] != "left" and at["IJsselland"][0] != "left"


def test_both_limits_and_the_country_are_drawn_and_named(limits: Funnel) -> None:
    figure = funnel(REGIONS, limits, "aandeel")
    assert set(named(figure, "Nederland 50,0%").y) == {0.5}
    inner, outer = named(figure, "grens 95%"), named(figure, "grens 99,8%")
    assert inner.line.dash != outer.line.dash
    assert len([t for t in figure.data if t.name in ("grens 95%", "grens 99,8%")]) == 4
    assert inner.x[-1] == pytest.approx(figure.layout.xaxis.range[1])
    lower, _ = limits.limits(pl.Series(inner.x).to_numpy(), 1.959963984540054)
    assert list(inner.y) == pytest.approx(lower.tolist())


def test_the_norm_is_a_line_in_both_pictures(limits: Funnel) -> None:
    figure = funnel(REGIONS, limits, "aandeel", norm=NORM)
    assert figure.layout.shapes[0].y0 == 0.9 and "Norm 90%" in words(figure)
    assert figure.layout.yaxis.range[1] >= 0.9
    figure = control_chart(months(CALM), spc.control(CALM), "aandeel", norm=NORM)
    assert figure.layout.shapes[0].y0 == 0.9 and "Norm 90%" in words(figure)


CALM: list[float | None] = [0.49, 0.51] * 8


def months(values: list[float | None], status: str = "definitief") -> pl.DataFrame:
    rows = [
        (f"{2019 + i // 12}-{i % 12 + 1:02d}", "Twente", v, None, None, status if v is not None else "afgeschermd")
        for i, v in enumerate(values)
    ]
    names = ["periode", "label", "waarde", "ondergrens", "bovengrens", "status"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def test_a_calm_series_has_limits_and_no_signal() -> None:
    figure = control_chart(months(CALM), spc.control(CALM), "aandeel")
    assert set(named(figure, "gemiddelde").y) == {0.5}
    assert named(figure, "gemiddelde").x == ("2019-01", "2020-04")
    assert named(figure, "grenzen").y[0] == pytest.approx(0.5532)
    assert not [t for t in figure.data if t.mode == "markers" and t.marker.color == theme.SIGNAL]


def test_signals_have_shapes_of_their_own_that_tell_the_direction() -> None:
    signals = (
        spc.Signal(spc.SHIFT, (0, 1), False),
        spc.Signal(spc.OUTSIDE, (2,), True),
        spc.Signal(spc.SHIFT, (3, 4), True),
    )
    figure = control_chart(months(CALM), spc.Control(spc.control(CALM).segments, signals), "aandeel")
    (outside,) = (t for t in figure.data if t.name == "buiten de grenzen")
    assert outside.x == ("2019-03",) and outside.marker.symbol == ("diamond",)
    (shift,) = (t for t in figure.data if t.name == "reeks boven of onder het gemiddelde")
    assert shift.x == ("2019-01", "2019-02", "2019-04", "2019-05")
    assert shift.marker.symbol == ("triangle-down", "triangle-down", "triangle-up", "triangle-up")
    assert "reeks" in shift.customdata[0]
    assert len({symbol for pair in theme.SIGNAL_SYMBOLS.values() for symbol in pair}) == 6


def test_a_month_of_several_signals_is_drawn_as_the_strongest() -> None:
    found = spc.Control((), (spc.Signal(spc.SHIFT, (0, 1), True), spc.Signal(spc.OUTSIDE, (1,), True)))
    assert {place: signal.kind for place, signal in signal_by_place(found).items()} == {0: "shift", 1: "outside"}


def test_a_hidden_month_breaks_the_line_and_has_its_sign() -> None:
    values: list[float | None] = [*CALM, None, 0.5]
    figure = control_chart(months(values), spc.control(values), "aandeel")
    (hidden,) = (t for t in figure.data if t.name == "afgeschermd")
    assert hidden.x == ("2020-05",)
    lines = [t for t in figure.data if t.mode == "lines" and t.name == ""]
    assert not any("2020-05" in t.x for t in lines)


def test_a_month_that_is_not_final_is_an_open_marker_and_no_signal() -> None:
    frame = pl.concat([months(CALM), months([None] * 16 + [0.9], "voorlopig").tail(1)])
    figure = control_chart(frame, spc.control([*CALM, None]), "aandeel")
    plain = next(t for t in figure.data if t.mode == "markers" and t.marker.color == theme.BLUE)
    assert plain.marker.symbol[-1] == "circle-open" and plain.x[-1] == "2020-05"


def test_each_part_of_a_rebased_series_has_its_own_limits() -> None:
    values: list[float | None] = [0.39, 0.41] * 6 + [0.59, 0.61] * 6
    figure = control_chart(months(values), spc.control(values, rebase_at=12), "aandeel")
    means = [t for t in figure.data if t.name == "gemiddelde"]
    assert [(t.x, t.y[0]) for t in means] == [
        (("2019-01", "2019-12"), pytest.approx(0.4)),
        (("2020-01", "2020-12"), pytest.approx(0.6)),
    ]
    assert [t.showlegend for t in means] == [True, False]
