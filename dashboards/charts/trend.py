"""A figure through time, with its margin, its norm and the status of every point."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import texts, theme
from dashboards.charts import axes
from indicators import dutch

# More bands, or more bars beside each other, cover one another.
BAND_SERIES, BAR_SERIES = 2, 3
FEW_PERIODS = 4


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
    status. A figure that isn't final has an open marker and a broken line; where there is no figure the line stops, and
    a sign on the axis says why. ``norm``: value and source."""
    figure = go.Figure(layout={"template": theme.template()})
    periods = cells["periode"].unique().sort().to_list()
    labels = cells["label"].unique(maintain_order=True).to_list()
    margins = margin_kind(cells)
    behind = reference if reference is not None else cells.clear()
    axis = axes.value_axis(_extent(pl.concat([cells, behind], how="diagonal"), norm), unit)
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
    figure.add_traces(gaps(cells, axis["range"][0], many=len(labels) > 1))
    figure.add_traces(status_legend(cells))
    if norm:
        draw_norm(figure, norm, unit)
    figure.update_layout(
        height=430, hovermode="closest", hoverdistance=30, xaxis=axes.period_axis(periods), yaxis=axis, margin={"t": 36}
    )
    return figure


def mini_trend(cells: pl.DataFrame) -> go.Figure:
    """The bare line of one series, for beside a number. ``cells``: periode, waarde, status."""
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
        )
    )
    top = series["waarde"].max()
    figure.update_layout(
        height=64,
        margin={"l": 0, "r": 0, "t": 4, "b": 0},
        showlegend=False,
        xaxis={
            "visible": False,
            "type": "category",
            "categoryarray": series["periode"].to_list(),
            "range": [-0.5, series.height - 0.5],
        },
        yaxis={"visible": False, "range": [0, (top if isinstance(top, float) else 1.0) * 1.15]},
    )
    return figure


def margin_kind(cells: pl.DataFrame) -> str:
    """How the margins of these series are drawn: ``band`` around the line, ``bars`` at the points, or ``none``."""
    if not cells["ondergrens"].drop_nulls().len():
        return "none"
    series, periods = cells["label"].n_unique(), cells["periode"].n_unique()
    if series <= BAND_SERIES and periods > FEW_PERIODS:
        return "band"
    return "bars" if series <= BAR_SERIES and periods <= FEW_PERIODS else "none"


def describe(row: Mapping[str, Any], unit: str) -> str:
    """A cell in words: value, margin and status; without a value only why there is none."""
    word = texts.get(f"status.{row['status']}.word")
    if row["waarde"] is None:
        return str(word)
    text = dutch.amount(row["waarde"], unit)
    if row["ondergrens"] is not None and row["bovengrens"] is not None:
        text += f" ({dutch.interval(row['ondergrens'], row['bovengrens'], unit)})"
    return text if row["status"] == "definitief" else f"{text}, {word}"


def _extent(cells: pl.DataFrame, norm: Mapping[str, Any] | None) -> list[float]:
    values = [v for name in ("waarde", "ondergrens", "bovengrens") for v in cells[name].drop_nulls()]
    return [*values, norm["value"]] if norm else values


def reach(row: Mapping[str, Any], limit: str) -> float:
    """How far a limit lies from the value; 0 where there is no limit."""
    return 0.0 if row[limit] is None else abs(float(row[limit] - row["waarde"]))


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


def _band(series: pl.DataFrame, colour: str) -> go.Scatter:
    x: list[Any] = []
    y: list[Any] = []
    for run in _runs(series):
        rows = [r for r in run if r["ondergrens"] is not None and r["bovengrens"] is not None]
        if not rows:
            continue
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
        fillcolor=_transparent(colour, 0.14),
        hoverinfo="skip",
        showlegend=False,
    )


def _markers(series: pl.DataFrame, unit: str, label: str, style: int, margins: str, *, legend: bool) -> go.Scatter:
    """``margins``: band, bars or none; a figure without neighbours can't have a band and gets bars instead."""
    shown = series.filter(pl.col("waarde").is_not_null())
    colour, shape = theme.SERIES[style], theme.SERIES_SYMBOLS[style]
    rows = shown.to_dicts()
    alone = {run[0]["periode"] for run in _runs(series) if len(run) == 1}
    bars = [margins == "bars" or (margins == "band" and r["periode"] in alone) for r in rows]
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
    return go.Scatter(
        x=shown["periode"].to_list(),
        y=shown["waarde"].to_list(),
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
        customdata=[f"<b>{dutch.period(r['periode'])}</b>{name}<br>{describe(r, unit)}" for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def gaps(cells: pl.DataFrame, base: float, *, many: bool) -> list[go.Scatter]:
    """Signs on the axis where there is no figure, one trace per reason."""
    empty = cells.filter(pl.col("waarde").is_null())
    traces = []
    for status in empty["status"].unique().sort():
        rows = empty.filter(pl.col("status") == status).to_dicts()
        word = texts.get(f"status.{status}.word")
        traces.append(
            go.Scatter(
                x=[r["periode"] for r in rows],
                y=[base] * len(rows),
                mode="markers",
                marker={
                    "symbol": theme.GAP_SYMBOLS[status],
                    "size": 9,
                    "color": theme.MUTED,
                    "line": {"width": 2, "color": theme.MUTED},
                },
                cliponaxis=False,
                name=word,
                customdata=[
                    f"<b>{dutch.period(r['periode'])}</b><br>{r['label'] + ': ' if many else ''}{word}" for r in rows
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return traces


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


def draw_norm(figure: go.Figure, norm: Mapping[str, Any], unit: str, *, source: bool = True) -> None:
    """A line across at the norm's value, with its source in words; without ``source`` a short word, at the right."""
    value = dutch.norm(norm["value"], unit)
    text = texts.say("indicator.norm_line", value=value, source=norm["source"])
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
        x=0 if source else 1,
        y=norm["value"],
        xanchor="left" if source else "right",
        yanchor="top" if source else "bottom",
        align="left",
        showarrow=False,
        text="<br>".join(textwrap.wrap(text, 48)) if source else texts.say("indicator.norm_short", value=value),
        font={"size": 12, "color": theme.ALERT},
    )


def _transparent(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def occurring(cells: pl.DataFrame) -> Sequence[str]:
    """The statuses among these cells, in the order in which they are explained."""
    found = set(cells["status"])
    return [status for status in texts.get("status") if status in found]
