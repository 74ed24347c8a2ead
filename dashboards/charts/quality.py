"""Charts of data quality: rows per month beside what is usual, and one share through time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import dates, figures, texts, theme
from dashboards.charts import axes
from indicators import dutch

VOLUME_HEIGHT, SHARE_HEIGHT = 300, 220


def volume(cells: pl.DataFrame) -> go.Figure:
    """``cells``: every month in order: maand, waarde, laag, hoog. A month outside what is usual has another shape."""
    months, rows = cells["maand"].to_list(), cells.to_dicts()
    figure = go.Figure(layout={"template": theme.template()})
    figure.add_traces(_band(cells))
    figure.add_trace(
        go.Scatter(x=months, y=cells["waarde"].to_list(), mode="lines", line={"color": theme.BLUE, "width": 2},
                   showlegend=False, hoverinfo="skip")
    )  # fmt: skip
    usual = [row for row in rows if row["waarde"] is not None and not outside(row)]
    figure.add_trace(_points(usual, "circle", theme.BLUE, ""))
    unusual = [row for row in rows if outside(row)]
    if unusual:
        figure.add_trace(_points(unusual, "diamond", theme.SIGNAL, texts.get("datakwaliteit.volume.outside")))
    values = [v for row in rows for v in (row["waarde"], row["laag"], row["hoog"]) if v is not None]
    return _finish(figure, months, axes.value_axis(values, "aantal", zero_below=1.0), VOLUME_HEIGHT)


def outside(row: dict[str, Any]) -> bool:
    """Whether a month has fewer or more rows than is usual."""
    if row["waarde"] is None or row["laag"] is None:
        return False
    return not row["laag"] <= row["waarde"] <= row["hoog"]


def share(cells: pl.DataFrame, months: Sequence[str]) -> go.Figure:
    """One share through time. ``cells``: maand, teller, noemer, waarde; a month without any is a gap."""
    found = {row["maand"]: row for row in cells.iter_rows(named=True)}
    values = [found[m]["waarde"] if m in found else None for m in months]
    figure = go.Figure(layout={"template": theme.template()})
    figure.add_trace(
        go.Scatter(
            x=list(months),
            y=values,
            mode="lines+markers",
            line={"color": theme.BLUE, "width": 2},
            marker={"size": 6, "color": theme.BLUE},
            showlegend=False,
            customdata=[hover(found[m]) if m in found else "" for m in months],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    shown = [value for value in values if value is not None]
    return _finish(figure, months, axes.value_axis(shown, "aandeel", about=4), SHARE_HEIGHT)


def hover(row: dict[str, Any]) -> str:
    """A share with its counts, for who points at it."""
    counts = texts.say(
        "datakwaliteit.of", part=dutch.number(row["teller"]), whole=dutch.number(row["noemer"])
    )  # fmt: skip
    value = "" if row["waarde"] is None else dutch.number(row["waarde"] * 100, 1) + "%"
    return f"<b>{dates.period(row['maand'])}</b><br>{value} ({counts})"


def _band(cells: pl.DataFrame) -> list[go.Scatter]:
    known = cells.filter(pl.col("laag").is_not_null())
    if known.is_empty():
        return []
    edge: dict[str, Any] = {"mode": "lines", "line": {"color": theme.MARGIN, "width": 1, "dash": "dot"},
                            "hoverinfo": "skip"}  # fmt: skip
    months = known["maand"].to_list()
    return [
        go.Scatter(x=months, y=known["laag"].to_list(), showlegend=False, **edge),
        go.Scatter(x=months, y=known["hoog"].to_list(), name=texts.get("datakwaliteit.volume.usual"), fill="tonexty",
                   fillcolor="rgba(201, 216, 232, .5)", **edge),
    ]  # fmt: skip


def _points(rows: Sequence[dict[str, Any]], symbol: str, colour: str, name: str) -> go.Scatter:
    return go.Scatter(
        x=[row["maand"] for row in rows],
        y=[row["waarde"] for row in rows],
        mode="markers",
        marker={"size": 11 if name else 6, "color": colour, "symbol": symbol},
        name=name,
        showlegend=bool(name),
        customdata=[_volume_words(row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _volume_words(row: dict[str, Any]) -> str:
    words = [f"<b>{dates.period(row['maand'])}</b>", figures.rows_in_words(row["waarde"])]
    if row["laag"] is not None:
        words.append(texts.say("datakwaliteit.usual", low=dutch.number(row["laag"]), high=dutch.number(row["hoog"])))
    return "<br>".join(words)


def _finish(figure: go.Figure, months: Sequence[str], axis: dict[str, Any], height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        hovermode="closest",
        hoverdistance=30,
        xaxis=axes.period_axis(months),
        yaxis=axis,
        margin={"t": 28},
    )
    return figure
