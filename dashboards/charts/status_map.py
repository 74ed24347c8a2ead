"""The map: outlines of regions, filled by status. Drawn as polygons, because plotly's own maps fetch from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import theme

# Longitudes are shortened by the cosine of the country's middle: true to shape within 3% everywhere in the country.
MIDDLE_LATITUDE = 52.2
BORDER = "#ffffff"
# A thousandth of a degree is a hundred metres: less than a pixel of the map, and a third less to send.
DECIMALS = 3
# Closed rings of (longitude, latitude) in degrees.
Outline = Sequence[Sequence[Sequence[float]]]


def status_map(
    regions: pl.DataFrame, outlines: Mapping[str, Outline], labels: Mapping[str, str], *, highlight: str = ""
) -> go.Figure:
    """``regions``: regio, naam, status; ``outlines``: of regions, by code; ``labels``: status -> Dutch word, in the
    order of the legend; ``highlight``: code of a region with a thick border. A region without a row is not drawn; a
    status is told by colour and by pattern."""
    figure = go.Figure(layout=map_layout())
    for status, label in labels.items():
        rows = regions.filter(pl.col("status") == status)
        figure.add_trace(_legend_entry(status, f"{label} ({rows.height})"))
        for row in rows.iter_rows(named=True):
            text = f"<b>{row['naam']}</b><br>{label}"
            figure.add_trace(region(outlines[row["regio"]], row["naam"], text, theme.ACTIVITY_FILLS[status]))
    if highlight:
        figure.add_traces(_rim(outlines[highlight]))
    return figure


def map_layout() -> dict[str, Any]:
    """Of every map: no axes, true to shape, the legend in the empty corner at sea."""
    hidden = {"visible": False, "fixedrange": True}
    return {
        "template": theme.template(),
        "height": 620,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
        "xaxis": hidden,
        "yaxis": {**hidden, "scaleanchor": "x", "scaleratio": 1},
        "legend": {"orientation": "v", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top"},
    }


def region(outline: Outline, name: str, text: str, look: Mapping[str, Any]) -> go.Scatter:
    """One region as a filled outline. ``text``: what it says when pointed at; ``look``: fill, pattern and ink."""
    x, y = drawn(outline)
    return go.Scatter(
        x=x, y=y, **_fill(look), name=name, text=text, hoverinfo="text", hoveron="fills", showlegend=False
    )


def drawn(outline: Outline) -> tuple[list[float | None], list[float | None]]:
    """The rings of an outline as x and y, with None between rings."""
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in outline:
        if x:
            x.append(None)
            y.append(None)
        x += [round(lon * math.cos(math.radians(MIDDLE_LATITUDE)), DECIMALS) for lon, _ in ring]
        y += [round(lat, DECIMALS) for _, lat in ring]
    return x, y


def _fill(look: Mapping[str, Any]) -> dict[str, Any]:
    pattern = {"shape": look["pattern"], "fgcolor": look["ink"], "bgcolor": look["fill"], "size": 7, "solidity": 0.25}
    return {
        "mode": "lines",
        "fill": "toself",
        "fillcolor": look["fill"],
        "fillpattern": pattern if look["pattern"] else None,
        "line": {"color": BORDER, "width": 1.2},
    }


def _rim(outline: Outline) -> list[go.Scatter]:
    """A dark border with a light one under it, to be seen on every fill."""
    x, y = drawn(outline)
    return [
        go.Scatter(x=x, y=y, mode="lines", line={"color": c, "width": w}, hoverinfo="skip", showlegend=False)
        for c, w in ((BORDER, 6), (theme.INK, 3))
    ]


def _legend_entry(status: str, name: str) -> go.Scatter:
    look = _fill(theme.ACTIVITY_FILLS[status])
    return go.Scatter(x=[None], y=[None], **look, name=name, hoverinfo="skip", showlegend=True)
