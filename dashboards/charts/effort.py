"""Effort and costs: how an amount is made up, and how much of the work is done at the start of a case.

Every bar has its label above it, so that long names cost no width; its figure stands beside it. A bar is a filled
shape, which can have a pattern, and not a column, which would need room for its label at its left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import dates, figures, queries, texts, theme
from dashboards.charts import axes, trend

ROW_HEIGHT, HALF_BAR, PANEL_HEIGHT = 54, 0.21, 150
# Of the longest bar: room at its right for its figure.
ROOM_FOR_FIGURE = 0.45
# Of the height of a panel: what its figures take; and of these, what the highest value is below the top.
PANEL_PART, PANEL_AIR = 0.6, 0.25
# Work in the first days of the days that are counted: what verschuiving_eerste_14_dagen measures.
FIRST_DAYS, ALL_DAYS = 14, 90


def bars(cells: pl.DataFrame, unit: str) -> go.Figure:
    """A bar for each cell, from top to bottom. ``cells``: label, waarde, ondergrens, bovengrens, status.

    A figure that isn't final has a pattern and its sign; one that isn't there has its sign and the reason in words."""
    rows = cells.to_dicts()
    longest = max((row["waarde"] for row in rows if row["waarde"] is not None), default=0.0) or 1.0
    figure = _base(len(rows), longest * (1 + ROOM_FOR_FIGURE))
    for i, row in enumerate(rows):
        _add_row(figure, i, row, unit)
    return figure


def shift(cells: pl.DataFrame, even: str, unit: str = figures.WHOLE_SHARE) -> go.Figure:
    """How much of the work is begun in the first days: for each cell a bar of all work with that part dark; above them
    the first days as a part of all days, so that one sees what an even spread would be. ``cells``: as for ``bars``,
    values between 0 and 1; ``even``: what the bar of days is called."""
    rows = cells.to_dicts()
    figure = _base(len(rows) + 1, 1.0)
    days = FIRST_DAYS / ALL_DAYS
    figure.add_shape(
        type="line", x0=days, x1=days, y0=0, y1=len(rows) + HALF_BAR, layer="below", line={"color": theme.OCHRE}
    )  # fmt: skip
    figure.add_trace(_bar(1.0, 0, theme.SAND))
    figure.add_trace(_bar(days, 0, theme.OCHRE))
    _add_words(figure, 0, even, days, figures.amount(days, unit))
    for i, row in enumerate(rows, start=1):
        figure.add_trace(_bar(1.0, i, theme.BLUE_SOFT))
        _add_row(figure, i, row, unit)
        figure.add_shape(
            type="line", x0=days, x1=days, y0=i - HALF_BAR, y1=i + HALF_BAR, line={"color": theme.SURFACE, "width": 2}
        )  # fmt: skip
    return figure


def beside(panels: Sequence[tuple[str, str, str, pl.DataFrame]]) -> go.Figure:
    """Figures above each other over the same periods, each in a panel of its own from zero.

    ``panels``: title, a remark, unit and one series (periode, label, waarde, status, and boven where a quantile was not
    reached). All panels share one axis, on which each value is a part of the height of its panel."""
    figure = go.Figure(layout={"template": theme.template()})
    periods = sorted({period for *_, cells in panels for period in cells["periode"]})
    zeros = [float(len(panels) - 1 - i) for i in range(len(panels))]
    for zero, (title, remark, unit, cells) in zip(zeros, panels, strict=True):
        series = cells.sort("periode")
        highest = max(series["waarde"].drop_nulls().to_list(), default=1.0) or 1.0
        part = PANEL_PART * (1 - PANEL_AIR) / highest
        placed = series.with_columns(waarde=zero + part * pl.col("waarde"))
        figure.add_traces(trend.lines(placed, theme.BLUE, 2.5))
        figure.add_trace(_points(series, zero, part, unit))
        shown = series.filter(pl.col("waarde").is_not_null())
        for row in pl.concat([shown.head(1), shown.tail(1)]).unique("periode", maintain_order=True).to_dicts():
            text = figures.amount(row["waarde"], unit)
            # By its number: plotly takes the name of a year for one.
            place = periods.index(row["periode"])
            figure.add_annotation(_text(text, place, zero + part * row["waarde"], xanchor="center", yshift=6))
        for status in sorted(set(series.filter(~queries.HAS_FIGURE)["status"])):
            figure.add_trace(_absent(series.filter(pl.col("status") == status), zero, status))
        figure.add_annotation(_text(f"<b>{title}</b>", 0, zero + 0.77, xref="paper", xshift=-36))
        if remark:
            figure.add_annotation(
                _text(remark, 0, zero + 0.63, xref="paper", xshift=-36) | {"font": {"size": 13, "color": theme.MUTED}}
            )
    figure.update_layout(
        height=PANEL_HEIGHT * len(panels) + 40,
        showlegend=False,
        hovermode="closest",
        margin={"t": 4, "l": 40, "r": 40},
        xaxis=axes.period_axis(periods),
        yaxis={
            "range": [-0.12, len(panels)],
            "tickvals": zeros,
            "ticktext": [figures.amount(0, unit) for _, _, unit, _ in panels],
        },
    )
    return figure


def _points(series: pl.DataFrame, zero: float, part: float, unit: str) -> go.Scatter:
    """The figures of one panel."""
    shown = series.filter(pl.col("waarde").is_not_null()).to_dicts()
    return go.Scatter(
        x=[row["periode"] for row in shown],
        y=[zero + part * row["waarde"] for row in shown],
        mode="markers",
        cliponaxis=False,
        marker={
            "size": 8,
            "color": theme.BLUE,
            "symbol": [f"circle{theme.OPEN_MARKERS[row['status']]}" for row in shown],
            "line": {"width": 2, "color": theme.BLUE},
        },
        customdata=[f"<b>{dates.period(row['periode'])}</b><br>{trend.describe(row, unit)}" for row in shown],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _absent(series: pl.DataFrame, zero: float, status: str) -> go.Scatter:
    """The signs of one reason why there is no figure, at the foot of a panel."""
    said = [f"<b>{dates.period(p)}</b><br>{texts.get(f'status.{status}.word')}" for p in series["periode"]]
    return go.Scatter(
        x=series["periode"].to_list(),
        y=[zero] * series.height,
        mode="markers",
        marker={
            "symbol": theme.GAP_SYMBOLS[status],
            "size": 9,
            "color": theme.MUTED,
            "line": {"width": 2, "color": theme.MUTED},
        },
        cliponaxis=False,
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _base(rows: int, width: float) -> go.Figure:
    figure = go.Figure(layout={"template": theme.template()})
    figure.update_layout(
        height=ROW_HEIGHT * rows + 16,
        showlegend=False,
        xaxis={"range": [0, width], "visible": False},
        yaxis={"range": [rows - 0.5, -0.65], "visible": False},
        margin={"l": 2, "r": 2, "t": 4, "b": 4},
    )
    return figure


def _add_row(figure: go.Figure, place: int, row: Mapping[str, Any], unit: str) -> None:
    value = row["waarde"]
    if value is not None:
        figure.add_trace(_bar(value, place, theme.BLUE, theme.BAR_PATTERNS[row["status"]]))
    _add_words(figure, place, row["label"], value or 0.0, _said(row, unit))


def _add_words(figure: go.Figure, place: int, label: str, value: float, said: str) -> None:
    figure.add_annotation(_text(label, 0, place - HALF_BAR, yshift=3, bgcolor=theme.PAPER))
    figure.add_annotation(_text(said, value, place, yanchor="middle", xshift=4))


def _bar(value: float, place: int, colour: str, shape: str = "") -> go.Scatter:
    """From 0 to the value; ``shape``: of its pattern."""
    top, bottom = place - HALF_BAR, place + HALF_BAR
    pattern = {"shape": shape, "fgcolor": theme.SURFACE, "bgcolor": colour, "size": 7, "solidity": 0.25}
    return go.Scatter(
        x=[0, value, value, 0, 0],
        y=[top, top, bottom, bottom, top],
        mode="lines",
        line={"width": 1, "color": colour},
        fill="toself",
        fillcolor=colour,
        fillpattern=pattern if shape else None,
        hoverinfo="skip",
    )


def _said(row: Mapping[str, Any], unit: str) -> str:
    status = texts.get("status")[row["status"]]
    if row["waarde"] is None:
        return f"{status['sign']} {status['word']}"
    mark = "" if row["status"] == "definitief" else f" {status['sign']}"
    return f"<b>{figures.figure(row, unit)}</b>{mark}"


def _text(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """A text that begins at its place and stands above it."""
    anchored = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return anchored | {"x": x, "y": y, "text": text, "font": {"size": 14, "color": theme.INK}} | more
