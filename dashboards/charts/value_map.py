"""Any figure as a map: regions filled by class, from light to dark, with a hatch where a figure is not final or absent.

The classes hold for every period of the map together, so that a colour means the same at every step of the slider.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import figures, texts, theme
from dashboards.charts import axes
from dashboards.charts.status_map import Outline, map_layout, region
from dashboards.charts.trend import describe

# Of all figures, what lies outside these parts goes along with the first and the last class.
LOW, HIGH = 0.05, 0.95
ABOUT = 3
# How the status of a figure is drawn over its class, and what stands where there is none.
OVER = {"definitief": "", "voorlopig": ".", "onvolledig": "/"}
ABSENT = {"afgeschermd": "x", "niet_rijp": "-", "niet_bereikt": "+"}


def class_limits(values: pl.Series, unit: str) -> list[float]:
    """Round limits between classes, lowest first; none where all values are alike or there are none.

    >>> class_limits(pl.Series([0.1, 0.2, 0.3, 0.4, 0.5]), "aandeel")
    [0.2, 0.3, 0.4]
    """
    known = values.drop_nulls()
    low, high = known.quantile(LOW, "linear"), known.quantile(HIGH, "linear")
    if low is None or high is None or low == high:
        return []
    return axes.round_steps(low, high, ABOUT, whole=unit == "dagen")[1:-1]


def class_label(place: int, limits: Sequence[float], unit: str) -> str:
    """The class in words, by its limits."""
    if not limits:
        return str(texts.get("map.all"))
    step = min((b - a for a, b in pairwise(limits)), default=limits[0] or 1.0)
    shown = [axes.tick_label(limit, unit, step) for limit in limits]
    if unit not in (*figures.SHARES, "euro"):
        shown = [f"{text} {unit}" for text in shown]
    if place == 0:
        return texts.say("map.below", value=shown[0])
    if place == len(limits):
        return texts.say("map.from", value=shown[-1])
    return texts.say("map.between", low=shown[place - 1], high=shown[place])


def value_map(
    cells: pl.DataFrame,
    outlines: Mapping[str, Outline],
    limits: Sequence[float],
    unit: str,
    elsewhere: Mapping[str, str] | None = None,
) -> go.Figure:
    """``cells``: regio, naam, waarde, ondergrens, bovengrens, status, one a region; ``outlines``: by code; ``limits``:
    see ``class_limits``. A colour is a class, a pattern over it a status; where there is no figure there is no colour
    and the pattern says why. ``elsewhere``: names by code of regions that the reader has no figures of."""
    figure = go.Figure(layout=map_layout())
    for code, name in (elsewhere or {}).items():
        figure.add_trace(region(outlines[code], name, f"<b>{name}</b>", _look(theme.GRID, "", theme.MUTED)))
    rows = cells.to_dicts()
    colours = theme.scale(len(limits) + 1)
    for place, colour in enumerate(colours):
        count = sum(r["waarde"] is not None and bisect_right(limits, r["waarde"]) == place for r in rows)
        _legend(figure, f"{class_label(place, limits, unit)} ({count})", _look(colour, "", theme.INK))
    for status, pattern in (OVER | ABSENT).items():
        count = sum(r["status"] == status for r in rows)
        if pattern and count:
            word = texts.get(f"status.{status}.word")
            _legend(figure, f"{word} ({count})", _look(theme.SURFACE, pattern, theme.MUTED))
    for row in rows:
        if row["waarde"] is None:
            look = _look(theme.SURFACE, ABSENT[row["status"]], theme.MUTED)
        else:
            place = bisect_right(limits, row["waarde"])
            ink = theme.INK if 2 * place < len(colours) else theme.SURFACE
            look = _look(colours[place], OVER[row["status"]], ink)
        text = f"<b>{row['naam']}</b><br>{describe(row, unit)}"
        figure.add_trace(region(outlines[row["regio"]], row["naam"], text, look))
    return figure


def _look(colour: str, pattern: str, ink: str) -> dict[str, Any]:
    return {"fill": colour, "pattern": pattern, "ink": ink}


def _legend(figure: go.Figure, name: str, look: Mapping[str, Any]) -> None:
    figure.add_trace(region((), name, "", look).update(x=[None], y=[None], hoverinfo="skip", showlegend=True))
