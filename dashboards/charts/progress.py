"""How many regions have each status, month by month: one column per month, always as high as there are regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from dashboards import dates, theme
from dashboards.charts import axes


def progress(
    counts: pl.DataFrame, labels: Mapping[str, str], months: Sequence[str], shown: str, axis: str
) -> go.Figure:
    """``counts``: maand, status, aantal; ``labels``: status -> Dutch word, from the bottom up; ``shown``: the month of
    the map, marked with a pointer; ``axis``: title of the vertical axis."""
    figure = go.Figure(layout={"template": theme.template()})
    found = {(row["maand"], row["status"]): row["aantal"] for row in counts.iter_rows(named=True)}
    for status, label in labels.items():
        look = theme.ACTIVITY_FILLS[status]
        numbers = [found.get((month, status), 0) for month in months]
        figure.add_trace(
            go.Bar(
                x=list(months),
                y=numbers,
                name=label,
                marker={
                    "color": look["fill"],
                    "pattern": {"shape": look["pattern"], "fgcolor": look["ink"], "size": 6, "solidity": 0.25},
                    "line": {"width": 0},
                },
                customdata=[dates.period(month) for month in months],
                hovertemplate=f"<b>%{{customdata}}</b><br>{label}: %{{y}}<extra></extra>",
            )
        )
    total = max((sum(found.get((month, s), 0) for s in labels) for month in months), default=0)
    figure.update_layout(
        barmode="stack",
        bargap=0.12,
        height=260,
        xaxis=axes.period_axis(months),
        yaxis={"range": [0, total * 1.12], "dtick": 5 if total < 20 else 10, "title": {"text": axis}},
        legend={"traceorder": "normal"},
        annotations=[
            {"x": shown, "y": total, "text": "▼", "showarrow": False, "yanchor": "bottom", "font": {"color": theme.INK}}
        ],
    )
    return figure
