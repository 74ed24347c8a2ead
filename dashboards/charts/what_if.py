"""The answer of a what-if: for each partner a range, with the middle of it as a mark. No Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, texts, theme
from dashboards.what_if import Range
from indicators import dutch

ROW_HEIGHT = 74


def ranges(rows: Sequence[tuple[str, Range | None]], unit: str) -> go.Figure:
    """From top to bottom a label, its range in words, and under them a line from low to high with a mark at the middle.
    Without a range the words say that it can't be computed."""
    figure = go.Figure(layout={"template": theme.template()})
    highest = max((found.high for _, found in rows if found is not None), default=0.0) or 1.0
    shown = [(i, label, found) for i, (label, found) in enumerate(rows) if found is not None]
    for i, _, found in shown:
        figure.add_trace(
            go.Scatter(
                x=[found.low, found.high],
                y=[i, i],
                mode="lines",
                line={"color": theme.MARGIN, "width": 10},
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[found.middle for _, _, found in shown],
            y=[i for i, _, _ in shown],
            mode="markers",
            marker={"symbol": "diamond", "size": 12, "color": theme.BLUE},
            hoverinfo="skip",
        )
    )
    for i, (label, found) in enumerate(rows):
        figure.add_annotation(_text(label, i - 0.43))
        figure.add_annotation(_text(f"<b>{in_words(found, unit)}</b>", i - 0.14))
    figure.update_layout(
        height=ROW_HEIGHT * len(rows) + 30,
        showlegend=False,
        xaxis={
            "range": [0, highest * 1.04],
            "tickvals": [0, highest],
            "ticktext": [figures.amount(0, unit), figures.amount(highest, unit)],
            "ticklabeloverflow": "allow",
        },
        yaxis={"range": [len(rows) - 0.5, -0.75], "visible": False},
        margin={"l": 22, "r": 36, "t": 4, "b": 24},
    )
    return figure


def in_words(found: Range | None, unit: str) -> str:
    """From low to high, in two digits; once where these are the same."""
    if found is None:
        return str(texts.get("verkenning.not_computed"))
    low, high = figures.amount(found.low, unit), figures.amount(found.high, unit)
    if low == high:
        return low
    low = low.removesuffix(texts.say("figures.hours", value="").replace(" ", dutch.NBSP))
    return texts.say("verkenning.range", low=low, high=high)


def _text(text: str, y: float) -> dict[str, Any]:
    return {
        "x": 0, "y": y, "text": text, "showarrow": False, "xanchor": "left", "yanchor": "bottom",
        "font": {"size": 14, "color": theme.INK},
    }  # fmt: skip
