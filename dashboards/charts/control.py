"""The control chart: one region's months, their mean and limits, and the months that are more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import dates, texts, theme
from dashboards.charts import axes, trend
from indicators.comparison.spc import Control, Segment, Signal

HEIGHT = 380


def control_chart(
    cells: pl.DataFrame, found: Control, unit: str, *, norm: Mapping[str, Any] | None = None
) -> go.Figure:
    """``cells``: every month in order: periode, label, waarde, ondergrens, bovengrens, status; places in ``found``
    count these rows. A month that is part of a signal has that signal's shape; one that is not final an open marker."""
    figure = go.Figure(layout={"template": theme.template()})
    periods, rows = cells["periode"].to_list(), cells.to_dicts()
    values = [v for row in rows for v in (row["waarde"], row.get("boven")) if v is not None]
    limits = [edge for s in found.segments for edge in (s.lower, s.upper)]
    axis = axes.value_axis([*values, *limits, *([norm["value"]] if norm else [])], unit)
    for i, segment in enumerate(found.segments):
        figure.add_traces(_limits(segment, periods, legend=i == 0))
    figure.add_traces(trend.lines(cells, theme.BLUE, 1.5))
    signals = signal_by_place(found)
    plain = [row for i, row in enumerate(rows) if i not in signals and row["waarde"] is not None]
    figure.add_trace(_points(plain, unit, "", ["circle"] * len(plain)))
    for kind, symbols in theme.SIGNAL_SYMBOLS.items():
        part = {i: signal for i, signal in signals.items() if signal.kind == kind}
        if part:
            figure.add_trace(
                _points([rows[i] for i in part], unit, kind, [symbols[signal.up] for signal in part.values()])
            )
    axis = trend.draw_gaps(figure, cells, axis, unit, many=False)
    figure.add_traces(trend.status_legend(cells))
    if norm:
        trend.draw_norm(figure, norm, unit)
    figure.update_layout(
        height=HEIGHT,
        hovermode="closest",
        hoverdistance=30,
        xaxis=axes.period_axis(periods),
        yaxis=axis,
        margin={"t": 36},
    )
    return figure


def signal_by_place(found: Control) -> dict[int, Signal]:
    """The signal that each month is drawn as: the first in ``theme.SIGNAL_SYMBOLS`` where it is part of several."""
    out: dict[int, Signal] = {}
    for kind in theme.SIGNAL_SYMBOLS:
        for signal in found.signals:
            if signal.kind == kind:
                out |= {place: signal for place in signal.places if place not in out}
    return dict(sorted(out.items()))


def _limits(segment: Segment, periods: Sequence[str], *, legend: bool) -> list[go.Scatter]:
    return [
        go.Scatter(
            x=[periods[segment.first], periods[segment.stop - 1]],
            y=[y, y],
            mode="lines",
            line={"color": colour, "width": 1.6, "dash": dash},
            name=texts.get(f"control.{name}"),
            showlegend=legend and named,
            hoverinfo="skip",
        )
        for y, colour, dash, name, named in (
            (segment.mean, theme.INK, "solid", "mean", True),
            (segment.upper, theme.MARGIN, "dash", "limits", True),
            (segment.lower, theme.MARGIN, "dash", "limits", False),
        )
    ]


def _points(rows: Sequence[Mapping[str, Any]], unit: str, kind: str, symbols: Sequence[str]) -> go.Scatter:
    """``kind``: of the signal, empty for months that are part of none; ``symbols``: one a row."""
    colour = theme.SIGNAL if kind else theme.BLUE
    word = texts.get(f"control.kinds.{kind}") if kind else ""
    return go.Scatter(
        x=[row["periode"] for row in rows],
        y=[row["waarde"] for row in rows],
        mode="markers",
        marker={
            "size": 11 if kind else 7,
            "color": colour,
            "symbol": [f"{symbol}{theme.OPEN_MARKERS[r['status']]}" for r, symbol in zip(rows, symbols, strict=True)],
            "line": {"width": 1.5, "color": colour},
        },
        name=word,
        showlegend=bool(kind),
        customdata=[
            f"<b>{dates.period(row['periode'])}</b><br>{trend.describe(row, unit)}{'<br>' if kind else ''}{word}"
            for row in rows
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
