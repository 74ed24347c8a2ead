"""The map: outlines of regions, filled by status. Drawn as polygons, because plotly's own maps fetch from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import theme

# Longitudes are shortened by the cosine of the country's middle: true to shape within 3% everywhere in the country.
MIDDLE_LATITUDE = 52.2
BORDER = "#ffffff"


def status_map(regions: pl.DataFrame, outlines: Mapping[str, Any], labels: Mapping[str, str]) -> go.Figure:
    """``regions``: regio, naam, status; ``outlines``: GeoJSON with property ``code``; ``labels``: status -> Dutch word,
    in the order of the legend. A region without a row is not drawn; a status is told by colour and by pattern."""
    shapes = {feature["properties"]["code"]: feature["geometry"] for feature in outlines["features"]}
    figure = go.Figure(layout={"template": theme.template()})
    for status, label in labels.items():
        rows = regions.filter(pl.col("status") == status)
        figure.add_trace(_legend_entry(status, f"{label} ({rows.height})"))
        for row in rows.iter_rows(named=True):
            x, y = outline(shapes[row["regio"]])
            figure.add_trace(
                go.Scatter(
                    x=x,
                    y=y,
                    **_fill(status),
                    name=row["naam"],
                    text=f"<b>{row['naam']}</b><br>{label}",
                    hoverinfo="text",
                    hoveron="fills",
                    showlegend=False,
                )
            )
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        height=620,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        hovermode="closest",
        xaxis=hidden,
        yaxis={**hidden, "scaleanchor": "x", "scaleratio": 1},
        legend={"orientation": "v", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top"},
    )
    return figure


def outline(geometry: Mapping[str, Any]) -> tuple[list[float | None], list[float | None]]:
    """The rings of a Polygon or MultiPolygon as x and y, with None between rings."""
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in _rings(geometry):
        if x:
            x.append(None)
            y.append(None)
        x += [round(lon * math.cos(math.radians(MIDDLE_LATITUDE)), 5) for lon, _ in ring]
        y += [round(lat, 5) for _, lat in ring]
    return x, y


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def _fill(status: str) -> dict[str, Any]:
    look = theme.ACTIVITY_FILLS[status]
    pattern = {"shape": look["pattern"], "fgcolor": look["ink"], "bgcolor": look["fill"], "size": 7, "solidity": 0.25}
    return {
        "mode": "lines",
        "fill": "toself",
        "fillcolor": look["fill"],
        "fillpattern": pattern if look["pattern"] else None,
        "line": {"color": BORDER, "width": 1.2},
    }


def _legend_entry(status: str, name: str) -> go.Scatter:
    return go.Scatter(x=[None], y=[None], **_fill(status), name=name, hoverinfo="skip", showlegend=True)
