"""Effort and costs: how an amount is made up, and how much of the work is done at the start of a case.

Every bar has its label above it, so that long names cost no width; its figure stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import figures, queries, texts, theme
from dashboards.charts import axes, trend
from indicators import dutch

ROW_HEIGHT, BAR_WIDTH, PANEL_HEIGHT = 54, 0.42, 150
# Of the longest bar: room at its right for its figure.
ROOM_FOR_FIGURE = 0.45
# Work in the first days of the days that are counted: what verschuiving_eerste_14_dagen measures.
FIRST_DAYS, ALL_DAYS = 14, 90


def bars(cells: pl.DataFrame, unit: str) -> go.Figure:
    """A bar for each cell, from top to bottom. ``cells``: label, waarde, ondergrens, bovengrens, status.

    A figure that isn't final has a pattern and its sign; one that isn't there has its sign and the reason in words."""
    rows = cells.to_dicts()
    longest = max((row["waarde"] for row in rows if row["waarde"] is not None), default=0.0) or 1.0
    figure = _base(len(rows), longest * (1 + ROOM_FOR_FIGURE))
    shown = [(i, row) for i, row in enumerate(rows) if row["waarde"] is not None]
    figure.add_trace(_bar([row["waarde"] for _, row in shown], [i for i, _ in shown], [r for _, r in shown], unit))
    for i, row in enumerate(rows):
        figure.add_annotation(_label(row["label"], i))
        figure.add_annotation(_beside(row["waarde"] or 0.0, i, _said(row, unit)))
    return figure


def shift(cells: pl.DataFrame, even: str, unit: str = figures.WHOLE_SHARE) -> go.Figure:
    """How much of the work is begun in the first days: for each cell a bar of all work with that part dark; above them
    the first days as a part of all days, so that one sees what an even spread would be. ``cells``: as for ``bars``,
    values between 0 and 1; ``even``: what the bar of days is called."""
    rows = cells.to_dicts()
    figure = _base(len(rows) + 1, 1.0)
    days = FIRST_DAYS / ALL_DAYS
    places = list(range(len(rows) + 1))
    figure.add_trace(
        go.Bar(
            x=[1.0] * len(places),
            y=places,
            orientation="h",
            width=BAR_WIDTH,
            marker={"color": [theme.SAND, *([theme.BLUE_SOFT] * len(rows))], "line": {"width": 1, "color": theme.LINE}},
            hoverinfo="skip",
        )
    )
    figure.add_trace(_bar([days], [0], [], unit, colour=theme.OCHRE))
    shown = [(i + 1, row) for i, row in enumerate(rows) if row["waarde"] is not None]
    figure.add_trace(_bar([row["waarde"] for _, row in shown], [i for i, _ in shown], [r for _, r in shown], unit))
    figure.add_annotation(_label(even, 0))
    figure.add_annotation(_beside(days, 0, figures.amount(days, unit)))
    for i, row in enumerate(rows, start=1):
        figure.add_annotation(_label(row["label"], i))
        figure.add_annotation(_beside(row["waarde"] or 0.0, i, _said(row, unit)))
    figure.add_shape(
        type="line", x0=days, x1=days, y0=0, y1=len(rows) + BAR_WIDTH / 2, layer="below", line={"color": theme.OCHRE}
    )  # fmt: skip
    for i in places[1:]:
        half = BAR_WIDTH / 2
        figure.add_shape(
            type="line", x0=days, x1=days, y0=i - half, y1=i + half, line={"color": theme.SURFACE, "width": 2}
        )  # fmt: skip
    return figure


def beside(panels: Sequence[tuple[str, str, pl.DataFrame]]) -> go.Figure:
    """Figures above each other over the same periods, each in a panel of its own from zero.

    ``panels``: title (as HTML), unit and one series (periode, label, waarde, status, and boven where a quantile was not
    reached).
    """
    figure = go.Figure(layout={"template": theme.template()})
    periods = sorted({period for _, _, cells in panels for period in cells["periode"]})
    height = 1 / len(panels) if panels else 1.0
    for i, (title, unit, cells) in enumerate(panels):
        name = f"y{i + 1}" if i else "y"
        top = 1 - i * height
        series = cells.sort("periode")
        known = series["waarde"].drop_nulls().to_list()
        full = max(known, default=1.0) * 1.25 or 1.0
        points = _points(series, unit)
        figure.add_traces([trace.update(yaxis=name) for trace in (*trend.lines(series, theme.BLUE, 2.5), points)])
        for status in sorted(set(series.filter(~queries.HAS_FIGURE)["status"])):
            figure.add_trace(_absent(series.filter(pl.col("status") == status), status).update(yaxis=name))
        figure.update_layout(
            {
                f"yaxis{i + 1 if i else ''}": {
                    "domain": [top - height * 0.94, top - height * 0.32],
                    "range": [-0.12 * full, full],
                    "tickvals": [0],
                    "ticktext": [figures.amount(0, unit)],
                    "anchor": "x",
                }
            }
        )
        figure.add_annotation(
            x=0, xref="paper", xshift=-36, y=top, yref="paper", xanchor="left", yanchor="top", showarrow=False,
            text=title, font={"size": 14, "color": theme.INK}, align="left",
        )  # fmt: skip
    axis = axes.period_axis(periods)
    figure.update_layout(
        height=PANEL_HEIGHT * len(panels) + 40, showlegend=False, hovermode="closest",
        margin={"t": 4, "l": 40, "r": 40},
        xaxis={**axis, "anchor": "free", "position": 0},
    )  # fmt: skip
    return figure


def _points(series: pl.DataFrame, unit: str) -> go.Scatter:
    """The figures of one panel; the first and the newest with their value beside them."""
    shown = series.filter(pl.col("waarde").is_not_null()).to_dicts()
    ends = {row["periode"] for row in (shown[:1] + shown[-1:])}
    return go.Scatter(
        x=[row["periode"] for row in shown],
        y=[row["waarde"] for row in shown],
        mode="markers+text",
        text=[figures.amount(row["waarde"], unit) if row["periode"] in ends else "" for row in shown],
        textposition="top center",
        textfont={"size": 13, "color": theme.INK},
        cliponaxis=False,
        marker={
            "size": 8,
            "color": theme.BLUE,
            "symbol": [f"circle{theme.OPEN_MARKERS[row['status']]}" for row in shown],
            "line": {"width": 2, "color": theme.BLUE},
        },
        customdata=[f"<b>{dutch.period(row['periode'])}</b><br>{trend.describe(row, unit)}" for row in shown],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _absent(series: pl.DataFrame, status: str) -> go.Scatter:
    said = [f"<b>{dutch.period(p)}</b><br>{texts.get(f'status.{status}.word')}" for p in series["periode"]]
    return go.Scatter(
        x=series["periode"].to_list(),
        y=[0.0] * series.height,
        mode="markers",
        marker={"symbol": theme.GAP_SYMBOLS[status], "size": 9, "color": theme.MUTED, "line": {"width": 2}},
        cliponaxis=False,
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _base(rows: int, width: float) -> go.Figure:
    figure = go.Figure(layout={"template": theme.template()})
    figure.update_layout(
        height=ROW_HEIGHT * rows + 16,
        barmode="overlay",
        showlegend=False,
        hovermode="closest",
        xaxis={"range": [0, width], "visible": False},
        yaxis={"range": [rows - 0.5, -0.65], "visible": False},
        margin={"l": 2, "r": 2, "t": 4, "b": 4},
    )
    return figure


def _bar(
    values: Sequence[float],
    places: Sequence[int],
    rows: Sequence[Mapping[str, Any]],
    unit: str,
    colour: str = theme.BLUE,
) -> go.Bar:
    return go.Bar(
        x=list(values),
        y=list(places),
        orientation="h",
        width=BAR_WIDTH,
        marker={
            "color": colour,
            "line": {"width": 1, "color": colour},
            "pattern": {
                "shape": [theme.BAR_PATTERNS[row["status"]] for row in rows],
                "fgcolor": theme.SURFACE,
                "bgcolor": colour,
                "size": 7,
                "solidity": 0.25,
            },
        },
        customdata=[f"<b>{row['label']}</b><br>{trend.describe(row, unit)}" for row in rows],
        hovertemplate="%{customdata}<extra></extra>" if rows else None,
        hoverinfo=None if rows else "skip",
    )


def _said(row: Mapping[str, Any], unit: str) -> str:
    status = texts.get("status")[row["status"]]
    if row["waarde"] is None:
        return f"{status['sign']} {status['word']}"
    mark = "" if row["status"] == "definitief" else f" {status['sign']}"
    return f"<b>{figures.figure(row, unit)}</b>{mark}"


def _label(text: str, place: int) -> dict[str, Any]:
    return {
        "x": 0, "y": place - BAR_WIDTH / 2, "text": text, "showarrow": False, "xanchor": "left", "yanchor": "bottom",
        "align": "left", "bgcolor": theme.PAPER, "borderpad": 0, "font": {"size": 14, "color": theme.INK},
    }  # fmt: skip


def _beside(x: float, place: int, text: str) -> dict[str, Any]:
    return {
        "x": x, "y": place, "text": text, "showarrow": False, "xanchor": "left", "yanchor": "middle", "xshift": 4,
        "font": {"size": 14, "color": theme.INK},
    }  # fmt: skip
