"""How everything looks: one palette, one plotly template, one set of Streamlit theme options, one style sheet.

Colours are told apart by people who are colour-blind and in grey print; what a colour means is always also said by a
shape, a pattern or a word.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import plotly.graph_objects as go

INK = "#14263b"
MUTED = "#546171"
PAPER = "#faf8f4"
SURFACE = "#ffffff"
SAND = "#f1ede4"
LINE = "#d9d3c6"
GRID = "#e9e4d9"
MARGIN = "#7f9ab8"
BLUE = "#154273"
BLUE_SOFT = "#c9d8e8"
OCHRE = "#8f5a00"
OCHRE_SOFT = "#f6e3bd"
ALERT = "#a1341f"

# Wong (2011), Points of view: Color blindness, Nature Methods 8:441; the yellow left out, it is too light on white.
SERIES = ("#154273", "#d55e00", "#009e73", "#7a3e8e", "#56b4e9", "#b8860b", "#4d4d4d")
# A series is told from another by its marker as well; broken lines are kept for figures that aren't final.
SERIES_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "star")

SANS = '"Source Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# Of a verbeteractiviteit in a region: fill, pattern and colour of the pattern; from light to dark as the work advances.
ACTIVITY_FILLS = {
    "actief": {"fill": BLUE, "pattern": "", "ink": BLUE},
    "gepland": {"fill": "#a9c6e3", "pattern": "/", "ink": BLUE},
    "afweging": {"fill": OCHRE_SOFT, "pattern": ".", "ink": OCHRE},
    "geen": {"fill": "#ddd5c4", "pattern": "", "ink": MUTED},
}

# Classes of a figure on a map, from low to high: light yellow to dark blue with an even fall of lightness, as cividis
# has (Nunez, Anderton & Renslow 2018, PLoS ONE 13:e0199239): the colour-blind see the order, and so does grey print.
CLASSES = ("#f7e7a6", "#d9c98a", "#b3a97f", "#8b8c82", "#617184", "#37557f", "#0b2f63")


def scale(count: int) -> list[str]:
    """``count`` of the colours of CLASSES, spread over all of them."""
    if count == 1:
        return [CLASSES[len(CLASSES) // 2]]
    return [CLASSES[round(i * (len(CLASSES) - 1) / (count - 1))] for i in range(count)]


# What is added to a marker to tell the status of a figure that is there.
OPEN_MARKERS = {"definitief": "", "voorlopig": "-open", "onvolledig": "-open-dot"}

# What is added to a bar to tell the same.
BAR_PATTERNS = {"definitief": "", "voorlopig": "/", "onvolledig": "."}

# The marker that stands where there is no figure, by the reason.
GAP_SYMBOLS = {
    "niet_rijp": "line-ew-open",
    "niet_bereikt": "triangle-up-open",
    "afgeschermd": "x-thin-open",
}


# A region in a funnel plot: told by shape, size and colour.
COMPARED = {
    "as_expected": {"symbol": "circle", "size": 9, "color": BLUE},
    "possibly": {"symbol": "square", "size": 10, "color": OCHRE},
    "clearly": {"symbol": "diamond", "size": 13, "color": SERIES[1]},
    "not_compared": {"symbol": "circle-open", "size": 8, "color": MUTED},
}

# A month in a control chart that is part of a signal, in order of precedence: the shape of one down and of one up.
SIGNAL_SYMBOLS = {
    "outside": ("diamond", "diamond"),
    "near": ("square", "square"),
    "shift": ("triangle-down", "triangle-up"),
    "trend": ("star-triangle-down", "star-triangle-up"),
}
SIGNAL = SERIES[1]


def transparent(colour: str, opacity: float) -> str:
    """A colour of the palette as rgba."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


@cache
def template() -> go.layout.Template:
    """The plotly template of every chart: Dutch separators, quiet axes, no background of its own."""
    axis = {
        "gridcolor": GRID,
        "linecolor": LINE,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 13, "color": MUTED},
        "title": {"font": {"size": 13, "color": MUTED}},
        "automargin": True,
        "fixedrange": True,
    }
    layout = go.Layout(
        font={"family": SANS, "size": 14, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=",.",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={**axis, "showgrid": False, "showline": True},
        yaxis=axis,
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 13},
            "itemclick": False,
            "itemdoubleclick": False,
        },
        hoverlabel={"bgcolor": SURFACE, "bordercolor": LINE, "font": {"family": SANS, "size": 14, "color": INK}},
        dragmode=False,
        colorway=SERIES,
    )
    return go.layout.Template(layout=layout)


CHART_CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "doubleClick": False}

STREAMLIT_OPTIONS = {
    "theme.base": "light",
    "theme.primaryColor": BLUE,
    "theme.backgroundColor": PAPER,
    "theme.secondaryBackgroundColor": SURFACE,
    "theme.textColor": INK,
    "theme.linkColor": BLUE,
    "theme.borderColor": LINE,
    "theme.baseRadius": "6px",
    "theme.showWidgetBorder": "true",
    "theme.baseFontSize": "16",
}


def style_sheet() -> str:
    """style.css, with the palette as custom properties before it."""
    colours = {
        "ink": INK,
        "muted": MUTED,
        "paper": PAPER,
        "surface": SURFACE,
        "sand": SAND,
        "line": LINE,
        "blue": BLUE,
        "blue-soft": BLUE_SOFT,
        "ochre": OCHRE,
        "ochre-soft": OCHRE_SOFT,
        "alert": ALERT,
    }
    properties = "".join(f"--{name}:{value};" for name, value in colours.items())
    return f":root{{{properties}}}\n{(Path(__file__).parent / 'style.css').read_text(encoding='utf-8')}"
