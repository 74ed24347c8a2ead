"""The funnel plot: every region by its number of cases, between the limits of what chance explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from dashboards import figures, texts, theme
from dashboards.charts import axes, trend
from indicators import dutch
from indicators.comparison import funnel as limits
from indicators.comparison.funnel import Funnel

HEIGHT = 480
CURVE_POINTS = 120
# Of a point and of a letter, as parts of the picture on a narrow telephone, where names have least room.
POINT_WIDTH, POINT_HEIGHT, LETTER_WIDTH = 0.024, 0.024, 0.022
# Where a name may stand, the best place first.
PLACES: tuple[dict[str, Any], ...] = (
    {"xanchor": "left", "yanchor": "middle", "xshift": 9},
    {"xanchor": "right", "yanchor": "middle", "xshift": -9},
    {"xanchor": "center", "yanchor": "bottom", "yshift": 7},
    {"xanchor": "center", "yanchor": "top", "yshift": -7},
    {"xanchor": "left", "yanchor": "bottom", "xshift": 5, "yshift": 3},
    {"xanchor": "right", "yanchor": "bottom", "xshift": -5, "yshift": 3},
    {"xanchor": "left", "yanchor": "top", "xshift": 5, "yshift": -3},
    {"xanchor": "right", "yanchor": "top", "xshift": -5, "yshift": -3},
)
NAMED = ("clearly", "possibly")
Box = tuple[float, float, float, float]


def funnel(
    cells: pl.DataFrame,
    found: Funnel,
    unit: str,
    *,
    norm: Mapping[str, Any] | None = None,
    highlight: str = "",
) -> go.Figure:
    """``cells``: regio, naam, n, waarde, ondergrens, bovengrens, status, oordeel (a key of ``theme.COMPARED``) and
    vergelijking (the same in words); ``found``: the limits; ``highlight``: code of the region that is named anyway.
    Regions without a figure are not drawn."""
    figure = go.Figure(layout={"template": theme.template()})
    rows = [row for row in cells.iter_rows(named=True) if row["waarde"] is not None]
    x_axis = _count_axis([row["n"] for row in rows])
    y_values = [row["waarde"] for row in rows] + _ends(found, min(row["n"] for row in rows))
    y_axis = axes.value_axis([*y_values, norm["value"]] if norm else y_values, unit, zero_below=0.25)
    figure.add_traces(_lines(found, x_axis["range"], unit))
    if norm:
        trend.draw_norm(figure, norm, unit)
    figure.add_trace(_ring([row for row in rows if row["regio"] == highlight]))
    for look in theme.COMPARED:
        figure.add_trace(_points([row for row in rows if row["oordeel"] == look], look, unit))
    figure.update_layout(
        height=HEIGHT,
        hovermode="closest",
        xaxis={**x_axis, "title": {"text": texts.get("funnel.axis")}},
        yaxis=y_axis,
        margin={"t": 36},
        annotations=[
            *figure.layout.annotations,
            *_names(rows, highlight, x_axis["range"], y_axis["range"]),
        ],
    )
    return figure


def _count_axis(counts: Sequence[float]) -> dict[str, Any]:
    """Up to a little above the largest region, from zero: limits get wide where there are few cases."""
    top = max(counts) * 1.08
    steps = [step for step in axes.round_steps(0, top, whole=True) if step <= top]
    return {"range": [0, top], "tickvals": steps, "ticktext": [dutch.number(step) for step in steps]}


def _ends(found: Funnel, smallest: float) -> list[float]:
    """The outer limits at the smallest region, which the value axis must hold."""
    lower, upper = found.limits(np.array([float(smallest)]), limits.Z_998)
    return [float(lower[0]), float(upper[0])]


def _lines(found: Funnel, span: Sequence[float], unit: str) -> list[go.Scatter]:
    # Closer together where there are few cases, as that is where the lines bend.
    n = span[1] * np.linspace(0.02, 1, CURVE_POINTS) ** 2
    country = f"{texts.get('levels.land')} {figures.amount(found.target, unit)}"
    out = [_line(np.array(span), np.full(2, found.target), theme.INK, "solid", country, legend=True)]
    for z, dash, name in ((limits.Z_95, "dash", "inner"), (limits.Z_998, "solid", "outer")):
        for i, edge in enumerate(found.limits(n, z)):
            out.append(_line(n, edge, theme.MARGIN, dash, texts.get(f"funnel.{name}"), legend=i == 0))
    return out


def _line(x: Any, y: Any, colour: str, dash: str, name: str, *, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=x.tolist(),
        y=y.tolist(),
        mode="lines",
        line={"color": colour, "width": 1.6, "dash": dash},
        name=name,
        showlegend=legend,
        hoverinfo="skip",
    )


def _points(rows: Sequence[Mapping[str, Any]], look: str, unit: str) -> go.Scatter:
    count = texts.get("indicator.column_count").lower()
    return go.Scatter(
        x=[row["n"] for row in rows],
        y=[row["waarde"] for row in rows],
        mode="markers",
        marker={**theme.COMPARED[look], "line": {"width": 1.5, "color": theme.COMPARED[look]["color"]}},
        name=texts.get(f"funnel.looks.{look}"),
        showlegend=bool(rows),
        customdata=[
            f"<b>{row['naam']}</b><br>{trend.describe(row, unit)}<br>{count} {dutch.number(row['n'])}"
            f"<br>{row['vergelijking']}"
            for row in rows
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _ring(rows: Sequence[Mapping[str, Any]]) -> go.Scatter:
    """Around the highlighted region, if it has a figure."""
    return go.Scatter(
        x=[row["n"] for row in rows],
        y=[row["waarde"] for row in rows],
        mode="markers",
        marker={"symbol": "circle-open", "size": 19, "color": theme.INK, "line": {"width": 1.5}},
        hoverinfo="skip",
        showlegend=False,
    )


def _names(
    rows: Sequence[Mapping[str, Any]], highlight: str, x_range: Sequence[float], y_range: Sequence[float]
) -> list[dict[str, Any]]:
    """Names of the regions that differ and of the highlighted one, each where it covers the fewest points and names."""
    points = [
        (row["n"] / x_range[1], (row["waarde"] - y_range[0]) / (y_range[1] - y_range[0]), row["regio"]) for row in rows
    ]
    taken = [(x - POINT_WIDTH, x + POINT_WIDTH, y - POINT_HEIGHT, y + POINT_HEIGHT) for x, y, _ in points]
    named = {row["regio"]: row["naam"] for row in rows if row["regio"] == highlight or row["oordeel"] in NAMED}
    out = []
    for x, y, regio in points:
        if regio not in named:
            continue
        width = len(named[regio]) * LETTER_WIDTH
        found = min(PLACES, key=lambda place: _cost(_box(x, y, width, place), taken))
        taken.append(_box(x, y, width, found))
        out.append(
            {
                "x": x * x_range[1],
                "y": y_range[0] + y * (y_range[1] - y_range[0]),
                "text": f"<b>{named[regio]}</b>" if regio == highlight else named[regio],
                "showarrow": False,
                **found,
                "font": {"size": 13, "color": theme.INK},
            }
        )
    return out


def _box(x: float, y: float, width: float, place: Mapping[str, Any]) -> Box:
    """Left, right, bottom and top of a name beside a point, in parts of the picture."""
    left = {"left": x + POINT_WIDTH, "right": x - POINT_WIDTH - width, "center": x - width / 2}[place["xanchor"]]
    bottom = {"middle": y - POINT_HEIGHT, "bottom": y + POINT_HEIGHT, "top": y - 3 * POINT_HEIGHT}[place["yanchor"]]
    return left, left + width, bottom, bottom + 2 * POINT_HEIGHT


def _cost(box: Box, taken: Sequence[Box]) -> int:
    """How many boxes it covers; being cut off by an edge is worse than any."""
    left, right, bottom, top = box
    covered = sum(left < b and right > a and bottom < d and top > c for a, b, c, d in taken)
    return covered + (100 if left < 0 or right > 1 or bottom < 0 or top > 1 else 0)
