"""Regions beside each other: a dot and its margin for each, in the order of the region list, never ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import figures, texts, theme
from dashboards.charts import axes, trend
from indicators import dutch

ROW_HEIGHT = 27


def comparison(
    cells: pl.DataFrame,
    unit: str,
    *,
    country: Mapping[str, Any] | None = None,
    norm: Mapping[str, Any] | None = None,
    highlight: str = "",
    counts: bool = False,
) -> go.Figure:
    """``cells``: regio, naam, waarde, ondergrens, bovengrens, status, in the order from top to bottom; ``country``: the
    same cell of the whole country, drawn as a line with its margin; ``highlight``: code of the region that stands out.
    A region without a figure has a sign at the left and the reason in words, one beyond the horizon at the right.
    ``counts``: with each name how many units stand behind it."""
    figure = go.Figure(layout={"template": theme.template()})
    rows = cells.to_dicts()
    valued = [r for r in rows if r["waarde"] is not None]
    country = country if country and country["waarde"] is not None else None
    limits = [*valued, country] if country else valued
    extent = [r[name] for r in limits for name in ("waarde", "ondergrens", "bovengrens") if r[name] is not None]
    extent += [r["boven"] for r in rows if r.get("boven") is not None]
    axis = axes.value_axis([*extent, norm["value"]] if norm else extent, unit, zero_below=0.25, about=4)
    if country:
        _draw_country(figure, country, unit)
    if norm:
        _vertical(figure, norm["value"], theme.ALERT, "longdash")
        _below(
            figure,
            norm["value"],
            figures.norm_text("short", norm, unit),
            theme.ALERT,
            row=2,
            anchor="right" if norm["value"] > axis["tickvals"][-2] else "center",
        )
    figure.add_trace(_dots(valued, unit, highlight))
    names = [r["naam"] for r in rows]
    figure.update_layout(
        height=ROW_HEIGHT * len(rows) + 100,
        showlegend=False,
        hovermode="closest",
        xaxis={**axis, "side": "top", "showgrid": True, "gridcolor": theme.GRID, "showline": False},
        yaxis={
            "type": "category",
            "categoryarray": names,
            "categoryorder": "array",
            "range": [len(names) - 0.4, -0.6],
            "tickvals": names,
            "ticktext": [_name(r, highlight, counts=counts) for r in rows],
            "tickfont": {"size": 13, "color": theme.INK},
            "title": None,
        },
        margin={"t": 40, "b": 44},
        annotations=[
            *figure.layout.annotations,
            *(_reason(r, axis["range"], unit) for r in rows if r["waarde"] is None),
        ],
    )
    return figure


def _name(row: Mapping[str, Any], highlight: str, *, counts: bool) -> str:
    name = str(row["naam"])
    if counts and row["n"] is not None:
        name = texts.say("indicator.compare_name", name=name, count=dutch.number(row["n"]))
    return f"<b>{name}</b>" if row["regio"] == highlight else name


def _dots(rows: list[dict[str, Any]], unit: str, highlight: str) -> go.Scatter:
    colours = [theme.SERIES[1] if r["regio"] == highlight else theme.BLUE for r in rows]
    return go.Scatter(
        x=[r["waarde"] for r in rows],
        y=[r["naam"] for r in rows],
        mode="markers",
        marker={
            "size": 9,
            "color": colours,
            "symbol": [f"circle{theme.OPEN_MARKERS[r['status']]}" for r in rows],
            "line": {"width": 2, "color": colours},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [trend.reach(r, "bovengrens") for r in rows],
            "arrayminus": [trend.reach(r, "ondergrens") for r in rows],
            "color": theme.MARGIN,
            "thickness": 2.5,
            "width": 0,
        },
        customdata=[f"<b>{r['naam']}</b><br>{trend.describe(r, unit)}" for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _reason(row: Mapping[str, Any], span: Sequence[float], unit: str) -> dict[str, Any]:
    status, beyond = texts.get("status")[row["status"]], figures.figure(row, unit)
    return {
        "x": span[1] if beyond else span[0],
        "y": row["naam"],
        "text": f"{status['sign']} {beyond or status['word']}",
        "showarrow": False,
        "xanchor": "right" if beyond else "left",
        "xshift": -4 if beyond else 4,
        "bgcolor": theme.PAPER,
        "font": {"size": 12, "color": theme.MUTED},
    }


def _draw_country(figure: go.Figure, country: Mapping[str, Any], unit: str) -> None:
    if country["ondergrens"] is not None and country["bovengrens"] is not None:
        figure.add_shape(
            type="rect",
            yref="paper",
            y0=0,
            y1=1,
            x0=country["ondergrens"],
            x1=country["bovengrens"],
            fillcolor=theme.MUTED,
            opacity=0.18,
            line={"width": 0},
            layer="below",
        )
    _vertical(figure, country["waarde"], theme.MUTED, "solid")
    _below(
        figure,
        country["waarde"],
        f"{texts.get('levels.land')} {figures.amount(country['waarde'], unit)}",
        theme.INK,
        row=1,
    )


def _below(figure: go.Figure, x: float, text: str, colour: str, row: int, anchor: str = "center") -> None:
    figure.add_annotation(
        x=x,
        xanchor=anchor,
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-18 * (row - 1),
        showarrow=False,
        text=text,
        font={"size": 13, "color": colour},
    )


def _vertical(figure: go.Figure, value: float, colour: str, dash: str) -> None:
    figure.add_shape(
        type="line",
        yref="paper",
        y0=0,
        y1=1,
        x0=value,
        x1=value,
        line={"color": colour, "width": 1.5, "dash": dash},
        layer="below",
    )
