from __future__ import annotations

import doctest
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from sample_publication import DIVISION

from dashboards import texts, theme
from dashboards.charts import axes
from dashboards.charts.comparison import comparison
from dashboards.charts.progress import progress
from dashboards.charts.status_map import drawn, status_map
from dashboards.charts.trend import margin_kind, margin_note, mini_trend, trend
from dashboards.queries import Publication
from indicators.geography.outlines import outlines

LABELS = texts.get("activity_status")
SCHEMA = {
    "periode": pl.String,
    "label": pl.String,
    "waarde": pl.Float64,
    "ondergrens": pl.Float64,
    "bovengrens": pl.Float64,
    "status": pl.String,
}


def cells(*rows: tuple[str, float | None, str], label: str = "Twente") -> pl.DataFrame:
    """Cells of one series: (period, value, status); the margin is 0.1 either way."""
    return pl.DataFrame(
        [
            (p, label, v, None if v is None else v - 0.1, None if v is None else v + 0.1, status)
            for p, v, status in rows
        ],
        schema=SCHEMA,
        orient="row",
    )


YEARS = cells(
    ("2016", 0.4, "definitief"),
    ("2017", 0.5, "definitief"),
    ("2018", None, "afgeschermd"),
    ("2019", 0.6, "definitief"),
    ("2020", None, "niet_rijp"),
    ("2021", 0.7, "onvolledig"),
    ("2022", 0.8, "voorlopig"),
)


def traces(figure: go.Figure, **wanted: Any) -> list[Any]:
    return [t for t in figure.data if all(t[name] == value for name, value in wanted.items())]


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(axes).failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "step", "text"),
    [
        (0.125, "aandeel", 0.025, "12,5%"),
        (0.0, "euro", 5e6, "€ 0"),
        (2.5e6, "euro", 2.5e6, "€ 2,5 mln"),
        (1500, "euro", 500, "€ 1.500"),
        (40, "dagen", 10, "40"),
    ],
)
def test_tick_labels(value: float, unit: str, step: float, text: str) -> None:
    assert axes.tick_label(value, unit, step).replace("\u00a0", " ") == text


def test_a_value_axis_starts_at_zero_unless_all_is_far_from_it() -> None:
    assert axes.value_axis([0.2, 0.9], "aandeel")["range"][0] == 0
    assert axes.value_axis([0.5, 0.6], "aandeel")["range"][0] > 0


def test_a_share_axis_has_no_tick_above_all() -> None:
    assert max(axes.value_axis([0.3, 0.999], "aandeel")["tickvals"]) == 1.0


def test_days_go_in_whole_steps() -> None:
    for high in (1.0, 2.0, 7.0, 12.0, 60.0):
        steps = axes.value_axis([high], "dagen")["tickvals"]
        assert all(step == round(step) for step in steps) and len(steps) >= 2


def test_a_first_quarter_alone_in_its_year_leaves_the_room_to_the_next() -> None:
    quarters = ["2018-K4", *(f"{year}-K{quarter}" for year in (2019, 2020) for quarter in (1, 2, 3, 4))]
    assert axes.period_axis(quarters)["ticktext"][:3] == ["K4", "K1<br>2019", "K2"]
    assert axes.period_axis(quarters[:4])["ticktext"][:2] == ["K4<br>2018", "K1<br>2019"]


def test_the_year_stands_once_under_its_quarters() -> None:
    axis = axes.period_axis([f"{year}-K{quarter}" for year in (2020, 2021) for quarter in (1, 2, 3, 4)])
    assert list(axis["ticktext"]) == ["K1<br>2020", "K2", "K3", "K4", "K1<br>2021", "K2", "K3", "K4"]


def test_the_map_draws_every_region_once_and_names_every_status() -> None:
    regions = DIVISION.vt_regios
    statuses = ["actief"] * 24 + ["gepland", "afweging"]
    frame = pl.DataFrame({"regio": [r.code for r in regions], "naam": [r.naam for r in regions], "status": statuses})
    figure = status_map(frame, outlines(DIVISION), LABELS)
    assert [t.name for t in traces(figure, showlegend=True)] == [
        "Actief (24)",
        "Gepland (1)",
        "In afweging (1)",
        "Geen (0)",
    ]
    drawn = traces(figure, showlegend=False)
    assert sorted(t.name for t in drawn) == sorted(r.naam for r in regions)
    last = next(t for t in drawn if t.name == "Zuid-Limburg")
    assert "In afweging" in last.text


def test_a_status_on_the_map_is_told_by_pattern_too() -> None:
    looks = {status: (look["fill"], look["pattern"]) for status, look in theme.ACTIVITY_FILLS.items()}
    assert set(looks) == set(LABELS)
    assert len(set(looks.values())) == 4
    assert looks["gepland"][1] and looks["afweging"][1] and looks["gepland"][1] != looks["afweging"][1]


def test_the_map_asks_nothing_from_elsewhere() -> None:
    frame = pl.DataFrame({"regio": ["twente"], "naam": ["Twente"], "status": ["actief"]})
    figure = status_map(frame, outlines(DIVISION), LABELS)
    assert {t.type for t in figure.data} == {"scatter"}
    assert figure.layout.geo.to_plotly_json() == {} and figure.layout.map.to_plotly_json() == {}


def test_rings_are_kept_apart() -> None:
    ring = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.0]]
    x, y = drawn([ring, ring])
    assert x[4] is None and y[4] is None and len(x) == 9
    assert y[0] == 52.0 and x[0] == pytest.approx(5 * 0.6129, abs=1e-3)


def test_progress_columns_are_the_counts(publication: Publication) -> None:
    counts = publication.status_counts("actieoverleg")
    figure = progress(counts, LABELS, publication.months, "2020-12", "aantal")
    totals = [sum(bar.y[i] for bar in figure.data) for i in range(len(publication.months))]
    assert totals == [26] * 36
    assert figure.layout.annotations[0].x == "2020-12"


def test_a_line_never_crosses_a_hidden_figure() -> None:
    figure = trend(YEARS, "aandeel")
    pairs = [
        (t.x[i], t.x[i + 1]) for t in figure.data if t.mode == "lines" and t.fill is None for i in range(0, len(t.x), 3)
    ]
    assert sorted(pairs) == [("2016", "2017"), ("2021", "2022")]


def test_a_figure_that_is_not_final_has_an_open_marker_and_a_broken_line() -> None:
    figure = trend(YEARS, "aandeel")
    markers = next(t for t in figure.data if t.customdata is not None and "2016" in t.x)
    assert dict(zip(markers.x, markers.marker.symbol, strict=True)) == {
        "2016": "circle",
        "2017": "circle",
        "2019": "circle",
        "2021": "circle-open-dot",
        "2022": "circle-open",
    }
    broken = next(t for t in figure.data if t.mode == "lines" and t.line.dash == "dot")
    assert broken.x[:2] == ("2021", "2022")
    legend = {t.name for t in figure.data if t.showlegend is None or t.showlegend}
    assert {"voorlopig", "onvolledig"} <= legend


def test_a_hidden_figure_has_a_sign_on_the_axis_and_its_reason_in_words() -> None:
    figure = trend(YEARS, "aandeel")
    (hidden,) = traces(figure, name="afgeschermd")
    lowest = min(figure.layout.yaxis.tickvals)
    assert hidden.x == ("2018",) and figure.layout.yaxis.range[0] < hidden.y[0] < lowest
    strip = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert (strip.y0, strip.y1) == (figure.layout.yaxis.range[0], lowest)
    assert "afgeschermd" in hidden.customdata[0]
    (unripe,) = traces(figure, name="nog niet te bepalen")
    assert unripe.x == ("2020",) and unripe.marker.symbol != hidden.marker.symbol


def test_the_band_stops_at_a_gap_and_a_lone_figure_gets_a_bar() -> None:
    figure = trend(YEARS, "aandeel")
    band = next(t for t in figure.data if t.fill == "toself")
    assert "2018" not in band.x and "2020" not in band.x and None in band.x
    markers = next(t for t in figure.data if t.customdata is not None and "2016" in t.x)
    reach = dict(zip(markers.x, markers.error_y.array, strict=True))
    assert reach["2019"] == pytest.approx(0.1) and reach["2016"] == 0


def test_margins_are_drawn_only_where_they_can_be_told_apart() -> None:
    many = pl.concat([YEARS.with_columns(label=pl.lit(str(i))) for i in range(5)])
    assert margin_kind(YEARS) == "band"
    assert margin_kind(YEARS.head(3)) == "bars"
    assert margin_kind(many) == "none"
    assert margin_kind(YEARS.with_columns(ondergrens=pl.lit(None, pl.Float64))) == "none"


def test_the_norm_is_a_line_with_a_word() -> None:
    figure = trend(YEARS, "aandeel", norm={"value": 0.9, "source": "Handelingsprotocol"})
    assert 0.9 in {shape.y0 for shape in figure.layout.shapes}
    assert figure.layout.annotations[0].text == "Norm 90%"


def test_a_norm_is_named_at_its_line() -> None:
    figure = trend(YEARS, "aandeel", norm={"value": 0.9, "source": "Afspraak."})
    assert figure.layout.annotations[0].text == "Norm 90%"


DAYS = cells(("2019", None, "niet_bereikt"), ("2020", None, "niet_bereikt"), ("2021", 20.0, "definitief")).with_columns(
    boven=pl.when(pl.col("status") == "niet_bereikt").then(90.0)
)


def test_a_quantile_beyond_the_horizon_stands_at_the_top_and_never_at_zero() -> None:
    figure = trend(DAYS, "dagen")
    (missed,) = traces(figure, name="niet bereikt", showlegend=False)
    axis = figure.layout.yaxis
    assert missed.x == ("2019", "2020") and min(missed.y) > 90 and missed.marker.symbol == "triangle-up-open"
    assert axis.range[1] > max(missed.y) and axis.ticktext[-1] == "> 90" and "meer dan 90" in missed.customdata[0]
    assert axis.range[0] == 0


def test_series_beyond_the_horizon_are_told_apart() -> None:
    both = pl.concat([DAYS, DAYS.with_columns(label=pl.lit("p90"))])
    first, second = traces(trend(both, "dagen"), name="niet bereikt", showlegend=False)
    assert first.marker.color != second.marker.color and first.y[0] > second.y[0] > 90


def test_the_mini_trend_shows_what_lies_beyond_the_horizon() -> None:
    figure = mini_trend(DAYS)
    (missed,) = [t for t in figure.data if t.marker.symbol == "triangle-up-open"]
    assert missed.x == ("2019", "2020") and 90 < missed.y[0] < figure.layout.yaxis.range[1]


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({}, "band"),
        ({"ondergrens": None, "bovengrens": None}, "absent"),
        ({"bovengrens": None}, "table"),
        ({"waarde": None, "status": "afgeschermd"}, ""),
    ],
)
def test_the_note_on_margins_is_about_what_is_drawn(changed: dict[str, Any], note: str) -> None:
    frame = YEARS.with_columns(pl.lit(value, YEARS.schema[name]).alias(name) for name, value in changed.items())
    assert margin_note(frame) == note


def test_lone_margins_are_bars_and_so_the_note_says() -> None:
    lone = cells(
        *((str(y), 0.5 if y % 2 else None, "definitief" if y % 2 else "afgeschermd") for y in range(2015, 2023))
    )
    assert margin_note(lone) == "bars"
    assert not next(t for t in trend(lone, "aandeel").data if t.fill == "toself").x


def test_a_margin_of_one_side_is_never_drawn_as_if_it_had_two() -> None:
    figure = trend(YEARS.head(3).with_columns(bovengrens=pl.lit(None, pl.Float64)), "aandeel")
    markers = next(t for t in figure.data if t.customdata is not None and "2016" in t.x)
    assert set(markers.error_y.array) | set(markers.error_y.arrayminus) == {0}


def test_series_are_told_apart_by_their_markers() -> None:
    both = pl.concat([cells(("2020", 0.4, "definitief"), label=name) for name in ("A", "B")])
    figure = trend(both, "aandeel")
    named = [t for t in figure.data if t.name in ("A", "B")]
    assert len({t.marker.symbol for t in named}) == 2 and all(t.showlegend for t in named)


def test_the_reference_is_named_in_the_legend() -> None:
    figure = trend(YEARS, "aandeel", reference=YEARS.with_columns(label=pl.lit("x")), reference_name="Nederland")
    assert len(traces(figure, name="Nederland", showlegend=True)) == 1


def test_a_reference_that_is_nowhere_final_is_named_all_the_same() -> None:
    open_ended = cells(("2021", 0.5, "voorlopig"), ("2022", 0.6, "voorlopig"), label="x")
    figure = trend(YEARS, "aandeel", reference=open_ended, reference_name="Nederland")
    (named,) = traces(figure, name="Nederland", showlegend=True)
    assert named.line.dash == "dot"


def test_a_trend_without_any_figure_still_says_why() -> None:
    figure = trend(cells(("2020", None, "afgeschermd"), ("2021", None, "afgeschermd")), "aandeel")
    assert traces(figure, name="afgeschermd")[0].x == ("2020", "2021")


def test_the_mini_trend_marks_the_newest_final_figure() -> None:
    assert mini_trend(YEARS).data[-1].x == ("2019",)


ROWS = pl.DataFrame(
    {
        "regio": ["groningen", "twente", "zeeland"],
        "naam": ["Groningen", "Twente", "Zeeland"],
        "waarde": [0.6, None, 0.4],
        "ondergrens": [0.5, None, 0.3],
        "bovengrens": [0.7, None, 0.5],
        "status": ["definitief", "afgeschermd", "voorlopig"],
    }
)


def test_regions_keep_their_order_and_are_never_ranked() -> None:
    figure = comparison(ROWS, "aandeel", highlight="zeeland")
    assert list(figure.layout.yaxis.categoryarray) == ["Groningen", "Twente", "Zeeland"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.layout.yaxis.ticktext[2] == "<b>Zeeland</b>"


def test_a_hidden_region_says_so_and_has_no_dot() -> None:
    figure = comparison(ROWS, "aandeel")
    (dots,) = figure.data
    assert dots.y == ("Groningen", "Zeeland")
    assert list(dots.marker.symbol) == ["circle", "circle-open"]
    assert {a.y: a.text for a in figure.layout.annotations} == {"Twente": "✕ afgeschermd"}


def test_the_country_and_the_norm_are_lines_with_words() -> None:
    country = {"waarde": 0.5, "ondergrens": 0.48, "bovengrens": 0.52, "status": "definitief"}
    figure = comparison(ROWS, "aandeel", country=country, norm={"value": 0.9, "source": "x"})
    assert {s.x0 for s in figure.layout.shapes} == {0.48, 0.5, 0.9}
    assert {"Nederland 50,0%", "Norm 90%"} <= {a.text for a in figure.layout.annotations}


def test_counts_stand_with_the_names_where_there_is_no_margin() -> None:
    figure = comparison(ROWS.with_columns(n=pl.Series([1232, None, 42])), "aandeel", counts=True)
    assert list(figure.layout.yaxis.ticktext) == ["Groningen (1.232)", "Twente", "Zeeland (42)"]


def test_a_region_beyond_the_horizon_says_so_at_the_far_end() -> None:
    rows = ROWS.with_columns(
        waarde=pl.lit(None, pl.Float64),
        status=pl.lit("niet_bereikt"),
        boven=pl.lit(90.0),
        ondergrens=None,
        bovengrens=None,
    )
    figure = comparison(rows, "dagen")
    said = figure.layout.annotations[0]
    assert said.text.replace("\u00a0", " ") == "△ meer dan 90 dagen" and said.x == figure.layout.xaxis.range[1] > 90


def test_a_hidden_country_draws_no_line() -> None:
    country = {"waarde": None, "ondergrens": None, "bovengrens": None, "status": "afgeschermd"}
    assert not comparison(ROWS, "aandeel", country=country).layout.shapes
