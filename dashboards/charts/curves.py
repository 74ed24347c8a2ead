"""Curves of follow-up: which part has happened (or still stands) by day, one line a category, with its margin."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboards import figures, texts, theme
from dashboards.charts import axes
from indicators import dutch

HEIGHT = 420
# More bands cover one another.
BAND_SERIES = 2
DAYS_A_MONTH = 365.25 / 12
# From this horizon on, time is told in months.
IN_MONTHS_FROM = 180


def marked_days(days: list[int]) -> list[int]:
    """Of the grid days, those that have a word on the axis and a place in the table of who is still followed: every
    third.

    >>> marked_days([0, 30, 60, 91, 121, 152, 182])
    [0, 91, 182]
    """
    return [day for i, day in enumerate(days) if i % 3 == 0]


def day_label(day: int, horizon: int) -> str:
    """
    >>> day_label(91, 548), day_label(15, 90)
    ('3 maanden', '15 dagen')
    """
    number, unit = day_number(day, horizon), time_unit(horizon)
    return texts.say(f"curves.{unit}_one" if number == "1" else f"curves.{unit}", count=number)


def day_number(day: int, horizon: int) -> str:
    """
    >>> day_number(91, 548), day_number(15, 90)
    ('3', '15')
    """
    return str(day if time_unit(horizon) == "days" else round(day / DAYS_A_MONTH))


def time_unit(horizon: int) -> str:
    """In what time is told: days or months."""
    return "days" if horizon < IN_MONTHS_FROM else "months"


def curves(cells: pl.DataFrame, unit: str, labels: Mapping[str, str]) -> go.Figure:
    """``cells``: categorie, dag, waarde, ondergrens, bovengrens, onder_risico, in order of day; ``labels``: category ->
    word, in order. A line has markers of its own shape on the marked days."""
    figure = go.Figure(layout={"template": theme.template()})
    days = cells["dag"].unique().sort().to_list()
    horizon, marked = days[-1], marked_days(days)
    found = [(category, word) for category, word in labels.items() if category in set(cells["categorie"])]
    for category, word in found:
        series = cells.filter(pl.col("categorie") == category)
        style = list(labels).index(category) % len(theme.SERIES)
        if len(found) <= BAND_SERIES:
            figure.add_trace(_band(series, theme.SERIES[style]))
        figure.add_traces(_line(series, unit, word, style, marked, horizon))
    extent = [v for name in ("waarde", "bovengrens") for v in cells[name].drop_nulls()]
    if len(found) > BAND_SERIES:
        extent = cells["waarde"].to_list()
    figure.update_layout(
        height=HEIGHT,
        hovermode="closest",
        hoverdistance=30,
        margin={"t": 36, "r": 20},
        xaxis={
            "range": [-0.02 * horizon, 1.02 * horizon],
            "tickvals": marked,
            "ticktext": [day_number(day, horizon) for day in marked],
            "tickangle": 0,
            "title": {"text": texts.get(f"curves.axis_{time_unit(horizon)}")},
        },
        yaxis=axes.value_axis(extent, unit),
    )
    return figure


def _band(series: pl.DataFrame, colour: str) -> go.Scatter:
    limited = series.drop_nulls(["ondergrens", "bovengrens"])
    days = limited["dag"].to_list()
    return go.Scatter(
        x=[*days, *reversed(days)],
        y=[*limited["bovengrens"], *reversed(limited["ondergrens"].to_list())],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=theme.transparent(colour, 0.14),
        hoverinfo="skip",
        showlegend=False,
    )


def _line(series: pl.DataFrame, unit: str, word: str, style: int, marked: list[int], horizon: int) -> list[go.Scatter]:
    colour = theme.SERIES[style]
    rows = series.to_dicts()
    shown = [row for row in rows if row["dag"] in marked]
    line = go.Scatter(
        x=[row["dag"] for row in rows],
        y=[row["waarde"] for row in rows],
        mode="lines",
        line={"color": colour, "width": 2.5},
        hoverinfo="skip",
        showlegend=False,
    )
    points = go.Scatter(
        x=[row["dag"] for row in shown],
        y=[row["waarde"] for row in shown],
        mode="markers",
        marker={"size": 9, "color": colour, "symbol": theme.SERIES_SYMBOLS[style]},
        name=word,
        customdata=[
            f"<b>{day_label(row['dag'], horizon)}</b><br>{word}<br>{figures.amount(row['waarde'], unit)}"
            for row in shown
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return [line, points]


def followed(row: Mapping[str, int | None], threshold: int) -> str:
    """How many are still followed, in words where they are few."""
    count = row["onder_risico"]
    return texts.say("curves.few", count=threshold) if count is None else dutch.number(count)
