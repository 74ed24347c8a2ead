"""The praktijklocaties on the map: regions that are one, that were one, and the rest."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboards import theme
from dashboards.charts.status_map import Outline, map_layout, region

# From the palette of the status map, so that dark is where the work is done.
LOOKS = {
    "nu": theme.ACTIVITY_FILLS["actief"],
    "was": theme.ACTIVITY_FILLS["gepland"],
    "niet": theme.ACTIVITY_FILLS["geen"],
}


def place_map(
    places: Mapping[str, str], outlines: Mapping[str, Outline], names: Mapping[str, str], words: Mapping[str, str]
) -> go.Figure:
    """``places``: region -> nu, was or niet; ``words``: what these are called, in the order of the legend."""
    figure = go.Figure(layout=map_layout())
    for kind, word in words.items():
        codes = [code for code, found in places.items() if found == kind]
        figure.add_trace(
            region((), f"{word} ({len(codes)})", "", LOOKS[kind]).update(
                x=[None], y=[None], hoverinfo="skip", showlegend=True
            )
        )
        for code in codes:
            figure.add_trace(region(outlines[code], names[code], f"<b>{names[code]}</b><br>{word}", LOOKS[kind]))
    return figure
