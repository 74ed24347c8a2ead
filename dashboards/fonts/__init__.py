"""The letters of pictures and paper: the font files with their licences, and how wide a text is in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent
# Source Sans has no ✕ and no ◎, which mark figures that are hidden or incomplete.
FAMILY, SIGNS = "Source Sans 3", "Noto Sans Symbols2"
BOLD_WEIGHT = 600
FILES = {False: "SourceSans3-Regular.ttf", True: "SourceSans3-Semibold.ttf"}
# Large enough that rounding to whole pixels of a letter says nothing.
MEASURED_SIZE = 1000


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / FILES[bold]), MEASURED_SIZE, layout_engine=ImageFont.Layout.BASIC)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is, in the unit of ``size``.

    >>> round(width("26 regio's", 10), 1) < round(width("26 regio's", 10, bold=True), 1)
    True
    """
    return _font(bold).getlength(text) * size / MEASURED_SIZE
