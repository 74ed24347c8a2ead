"""A figure through time, with its margin, its norm and the status of every point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import dates, figures, queries, texts, theme
from dashboards.charts import axes

# More bands, or more bars beside each other, cover one another.
BAND_SERIES, BAR_SERIES = 2, 3
FEW_PERIODS = 4
# Of the horizon: over how much height the signs of several series beyond it are spread.
BEYOND_SPREAD = 0.08
AMOUNTS = ("uren", "euro")
# A margin that can be drawn has both its limits; one of a single side is told in words.
LIMITED = pl.col("ondergrens").is_not_null() & pl.col("bovengrens").is_not_null()


def trend(
    cells: pl.DataFrame,
    unit: str,
    *,
    norm: Mapping[str, Any] | None = None,
    reference: pl.DataFrame | None = None,
    reference_name: str = "",
) -> go.Figure:
    """One line per ``label``.

    ``cells`` (and ``reference``, a single series drawn thin behind it): periode, label, waarde, ondergrens, bovengrens,
    status, and where a quantile was not reached boven. A figure that isn't final has an open marker and a broken line;
    where there is no figure the line stops, and a sign in a strip under the axis says why; one beyond the horizon has
    its sign at the top. ``norm``: value and source. The axis of amounts, and of figures that have no margin, begins at
    0: nothing else there tells the reader that a step is small."""
    figure = go.Figure(layout={"template": theme.template()})
    periods = cells["periode"].unique().sort().to_list()
    labels = cells["label"].unique(maintain_order=True).to_list()
    margins = margin_kind(cells)
    behind = reference if reference is not None else cells.clear()
    everything = pl.concat([cells, behind], how="diagonal")
    values = _extent(everything, norm)
    axis = axes.value_axis([0.0, *values] if unit in AMOUNTS or not _has_margin(cells) else values, unit)
    if behind.height:
        figure.add_traces(lines(behind, theme.MUTED, 1.5, reference_name))
    for i, label in enumerate(labels):
        series = cells.filter(pl.col("label") == label).sort("periode")
        style = i % len(theme.SERIES)
        colour = theme.SERIES[style]
        if margins == "band":
            figure.add_trace(_band(series, colour))
        figure.add_traces(lines(series, colour, 2.5))
        figure.add_trace(_markers(series, unit, label, style, margins, legend=len(labels) > 1 or behind.height > 0))
    axis = draw_gaps(figure, cells, axis, unit, many=len(labels) > 1)
    figure.add_traces(status_legend(cells))
    if norm:
        draw_norm(figure, norm, unit)
    figure.update_layout(
        height=430, hovermode="closest", hoverdistance=30, xaxis=axes.period_axis(periods), yaxis=axis, margin={"t": 36}
    )
    return figure


def mini_trend(cells: pl.DataFrame, *, norm: Mapping[str, Any] | None = None) -> go.Figure:
    """The bare line of one series, for beside a number; signs at the top where a quantile was not reached. ``cells``:
    periode, waarde, status, and there boven; ``norm``: drawn as a broken line without words."""
    series = cells.sort("periode")
    figure = go.Figure(layout={"template": theme.template()})
    figure.add_traces(lines(series, theme.BLUE, 2))
    final = series.filter((pl.col("status") == "definitief") & pl.col("waarde").is_not_null()).tail(1)
    figure.add_trace(
        go.Scatter(
            x=final["periode"].to_list(),
            y=final["waarde"].to_list(),
            mode="markers",
            marker={"size": 9, "color": theme.BLUE},
            cliponaxis=False,
        )
    )
    top = series["waarde"].max()
    full = max(top if isinstance(top, float) else 1.0, norm["value"] if norm else 0.0) * 1.15
    if norm:
        across = {"xref": "paper", "x0": 0, "x1": 1, "y0": norm["value"], "y1": norm["value"]}
        figure.add_shape(type="line", line={"color": theme.ALERT, "width": 1.5, "dash": "longdash"}, **across)
    if horizon := _horizon(series):
        full = 1.2 * horizon
        above = series.filter(pl.col("boven").is_not_null())
        figure.add_trace(_signs(above["periode"].to_list(), 1.05 * horizon, "niet_bereikt", size=8, colour=theme.BLUE))
    figure.update_layout(
        height=64,
        margin={"l": 0, "r": 6, "t": 4, "b": 0},
        showlegend=False,
        xaxis={
            "visible": False,
            "type": "category",
            "categoryarray": series["periode"].to_list(),
            "range": [-0.5, series.height - 0.5],
        },
        yaxis={"visible": False, "range": [0, full]},
    )
    return figure


def _has_margin(cells: pl.DataFrame) -> bool:
    return cells.filter(LIMITED).height > 0


def margin_kind(cells: pl.DataFrame) -> str:
    """How the margins of these series are drawn: ``band`` around the line, ``bars`` at the points, or ``none``."""
    if not _has_margin(cells):
        return "none"
    series, periods = cells["label"].n_unique(), cells["periode"].n_unique()
    if series <= BAND_SERIES and periods > FEW_PERIODS:
        return "band"
    return "bars" if series <= BAR_SERIES and periods <= FEW_PERIODS else "none"


def describe(row: Mapping[str, Any], unit: str) -> str:
    """A cell in words: value, margin and status; without a value only why there is none."""
    word = texts.get(f"status.{row['status']}.word")
    text = figures.figure(row, unit)
    if not text:
        return str(word)
    if limits := figures.margin(row, unit):
        text += f" ({limits})"
    return text if row["status"] == "definitief" else f"{text}, {word}"


def margin_note(cells: pl.DataFrame) -> str:
    """Which of the texts ``indicator.margins`` tells how the margins of this trend are to be seen; empty
    where no figure is shown."""
    if not cells.filter(queries.HAS_FIGURE).height:
        return ""
    if not cells.filter(pl.col("ondergrens").is_not_null() | pl.col("bovengrens").is_not_null()).height:
        return "absent"
    if not _has_margin(cells):
        return "table"
    kind = margin_kind(cells)
    series = cells.partition_by("label", maintain_order=True)
    if kind == "band" and not any(_band_runs(one.sort("periode")) for one in series):
        return "bars"
    return kind


def _horizon(cells: pl.DataFrame) -> float | None:
    """The horizon that a figure lies beyond; None where all were reached."""
    found = cells["boven"].max() if "boven" in cells.columns else None
    return found if isinstance(found, float) else None


def _extent(cells: pl.DataFrame, norm: Mapping[str, Any] | None) -> list[float]:
    names = [name for name in ("waarde", "ondergrens", "bovengrens", "boven") if name in cells.columns]
    values = [v for name in names for v in cells[name].drop_nulls()]
    return [*values, norm["value"]] if norm else values


def reach(row: Mapping[str, Any], limit: str) -> float:
    """How far a limit lies from the value; 0 where there are no two limits."""
    return 0.0 if row["ondergrens"] is None or row["bovengrens"] is None else abs(float(row[limit] - row["waarde"]))


def _runs(series: pl.DataFrame) -> list[list[dict[str, Any]]]:
    """Stretches of neighbouring periods that have a value."""
    runs: list[list[dict[str, Any]]] = [[]]
    for row in series.iter_rows(named=True):
        if row["waarde"] is None:
            runs.append([])
        else:
            runs[-1].append(row)
    return [run for run in runs if run]


def lines(series: pl.DataFrame, colour: str, width: float, name: str = "") -> list[go.Scatter]:
    """Two traces: between final figures, and (broken and thinner) to or from a figure that isn't final."""
    final: list[tuple[Any, Any]] = []
    open_ended: list[tuple[Any, Any]] = []
    for run in _runs(series):
        for a, b in pairwise(run):
            both_final = a["status"] == b["status"] == "definitief"
            (final if both_final else open_ended).extend(
                [(a["periode"], a["waarde"]), (b["periode"], b["waarde"]), (None, None)]
            )
    return [
        go.Scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            mode="lines",
            line={"color": colour, "width": thick, "dash": kind},
            name=name,
            showlegend=bool(name and points) and (kind == "solid" or not final),
            hoverinfo="skip",
        )
        for points, kind, thick in ((final, "solid", width), (open_ended, "dot", width * 0.7))
    ]


def _band_runs(series: pl.DataFrame) -> list[list[dict[str, Any]]]:
    """Stretches of two neighbouring periods or more that have both limits."""
    limited = series.with_columns(waarde=pl.when(LIMITED).then("waarde"))
    return [run for run in _runs(limited) if len(run) > 1]


def _band(series: pl.DataFrame, colour: str) -> go.Scatter:
    x: list[Any] = []
    y: list[Any] = []
    for rows in _band_runs(series):
        if x:
            x.append(None)
            y.append(None)
        x += [r["periode"] for r in rows] + [r["periode"] for r in reversed(rows)]
        y += [r["bovengrens"] for r in rows] + [r["ondergrens"] for r in reversed(rows)]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=theme.transparent(colour, 0.14),
        hoverinfo="skip",
        showlegend=False,
    )


def _markers(series: pl.DataFrame, unit: str, label: str, style: int, margins: str, *, legend: bool) -> go.Scatter:
    """``margins``: band, bars or none; a figure without neighbours can't have a band and gets bars instead."""
    shown = series.filter(pl.col("waarde").is_not_null())
    colour, shape = theme.SERIES[style], theme.SERIES_SYMBOLS[style]
    rows = shown.to_dicts()
    banded = {row["periode"] for run in _band_runs(series) for row in run}
    bars = [margins == "bars" or (margins == "band" and r["periode"] not in banded) for r in rows]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [reach(r, "bovengrens") if wanted else 0 for r, wanted in zip(rows, bars, strict=True)],
        "arrayminus": [reach(r, "ondergrens") if wanted else 0 for r, wanted in zip(rows, bars, strict=True)],
        "color": colour,
        "thickness": 1.5,
        "width": 0,
        "visible": any(r["ondergrens"] is not None and wanted for r, wanted in zip(rows, bars, strict=True)),
    }
    name = f"<br>{label}" if legend else ""
    absent = [None] if series.filter(queries.HAS_FIGURE).height else []
    return go.Scatter(
        x=shown["periode"].to_list() or absent,
        y=shown["waarde"].to_list() or absent,
        error_y=error,
        mode="markers",
        marker={
            "size": 8,
            "color": colour,
            "symbol": [f"{shape}{theme.OPEN_MARKERS[r['status']]}" for r in rows],
            "line": {"width": 2, "color": colour},
        },
        name=label,
        showlegend=legend,
        customdata=[f"<b>{dates.period(r['periode'])}</b>{name}<br>{describe(r, unit)}" for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def draw_gaps(figure: go.Figure, cells: pl.DataFrame, axis: dict[str, Any], unit: str, *, many: bool) -> dict[str, Any]:
    """Signs where there is no value: at the top, in the colour of its series, what lies beyond the horizon; the rest in
    a strip under the values. Gives the axis with room for them."""
    low = axis["range"][0]
    if horizon := _horizon(cells):
        axis, place = axes.with_beyond(axis, horizon)
        labels = cells["label"].unique(maintain_order=True).to_list()
        step = BEYOND_SPREAD * (horizon - low) / len(labels)
        for i, label in enumerate(labels):
            found = cells.filter((pl.col("label") == label) & pl.col("boven").is_not_null()).to_dicts()
            colour = theme.SERIES[i % len(theme.SERIES)]
            signs = _gap(found, place - i * step, "niet_bereikt", unit, colour=colour, many=many)
            figure.add_trace(signs.update(showlegend=False))
        figure.add_trace(_signs([None], place, "niet_bereikt"))
    hidden = cells.filter(~queries.HAS_FIGURE)
    if hidden.height:
        axis, strip = axes.with_strip(axis)
        across = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
        figure.add_shape(type="rect", y0=axis["range"][0], y1=low, fillcolor=theme.SAND, line={"width": 0}, **across)
        figure.add_shape(type="line", y0=low, y1=low, line={"width": 1, "color": theme.LINE}, **across)
        for status in hidden["status"].unique().sort():
            found = hidden.filter(pl.col("status") == status).to_dicts()
            figure.add_trace(_gap(found, strip, status, unit, many=many))
    return axis


def _gap(
    rows: Sequence[Mapping[str, Any]], place: float, status: str, unit: str, *, colour: str = theme.MUTED, many: bool
) -> go.Scatter:
    """The signs of one reason, at one place on the value axis, each with its words."""
    said = [
        f"<b>{dates.period(r['periode'])}</b><br>{r['label'] + ': ' if many else ''}{describe(r, unit)}" for r in rows
    ]
    return _signs([r["periode"] for r in rows], place, status, said=said, colour=colour)


def _signs(
    periods: Sequence[str | None],
    place: float,
    status: str,
    *,
    said: Sequence[str] = (),
    size: int = 9,
    colour: str = theme.MUTED,
) -> go.Scatter:
    """The sign of one reason at these periods; ``said``: what each says when pointed at."""
    return go.Scatter(
        x=list(periods),
        y=[place] * len(periods),
        mode="markers",
        marker={
            "symbol": theme.GAP_SYMBOLS[status],
            "size": size,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        cliponaxis=False,
        name=texts.get(f"status.{status}.word"),
        customdata=list(said),
        hovertemplate="%{customdata}<extra></extra>" if said else None,
    )


def status_legend(cells: pl.DataFrame) -> list[go.Scatter]:
    """Legend entries for the open markers that occur."""
    found = set(cells.filter(pl.col("waarde").is_not_null())["status"])
    symbols = {status: f"circle{opened}" for status, opened in theme.OPEN_MARKERS.items() if opened}
    return [
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"symbol": symbol, "size": 9, "color": theme.MUTED, "line": {"width": 2, "color": theme.MUTED}},
            name=texts.get(f"status.{status}.word"),
        )
        for status, symbol in symbols.items()
        if status in found
    ]


def draw_norm(figure: go.Figure, norm: Mapping[str, Any], unit: str) -> None:
    """A line across at the norm's value, with a short word at the right; its source belongs in the text beside it."""
    figure.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=norm["value"],
        y1=norm["value"],
        line={"color": theme.ALERT, "width": 1.5, "dash": "longdash"},
    )
    figure.add_annotation(
        xref="paper",
        x=1,
        y=norm["value"],
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        text=figures.norm_text("short", norm, unit),
        font={"size": 12, "color": theme.ALERT},
    )


def occurring(cells: pl.DataFrame) -> Sequence[str]:
    """The statuses among these cells, in the order in which they are explained."""
    found = set(cells["status"])
    return [status for status in texts.get("status") if status in found]
