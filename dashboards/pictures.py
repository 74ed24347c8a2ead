"""A chart as a file: SVG, and PNG made of that SVG. Drawn from the figure on the screen, with its words in it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import plotly.graph_objects as go
import typst

from dashboards import fonts, theme
from dashboards.charts.svg import to_svg

WIDTH, HEIGHT = 960, 740
# Twice the pixels of a screen, so that it prints well.
PIXELS_PER_INCH = 144
# The sheet is as large as the picture; a pixel of SVG is a point of paper.
SHEET = """#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: rgb("{paper}"))
#image("picture.svg", width: 100%, height: 100%, fit: "stretch")"""


def svg(figure: go.Figure, alternative: str) -> bytes:
    """The figure as SVG, as high as on the screen; ``alternative``: the sentence that stands for it.

    Raises Undrawable for what ``charts.svg`` doesn't know."""
    drawn = to_svg(figure, WIDTH, _height(figure))
    opening, rest = drawn.split(">", 1)
    return f'{opening} role="img"><title>{escape(alternative)}</title>{rest}'.encode()


def png(figure: go.Figure, alternative: str) -> bytes:
    """The same as PNG, on the paper of the pages."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "picture.svg").write_bytes(svg(figure, alternative))
        sheet = SHEET.format(width=WIDTH, height=_height(figure), paper=theme.PAPER)
        (folder / "sheet.typ").write_text(sheet, encoding="utf-8")
        return typst.compile(
            str(folder / "sheet.typ"),
            root=name,
            font_paths=[str(fonts.FOLDER)],
            ignore_system_fonts=True,
            format="png",
            ppi=PIXELS_PER_INCH,
        )


def _height(figure: go.Figure) -> float:
    return figure.layout.height or HEIGHT


FORMATS = {"svg": ("image/svg+xml", svg), "png": ("image/png", png)}
