"""Contents on paper: one sheet of A4 as PDF/UA-1, through typst. Places, and says nothing of its own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import typst

from dashboards import fonts, theme
from dashboards.reports.contents import Contents

TEMPLATE = Path(__file__).with_name("sheet.typ")
STANDARD: Literal["ua-1"] = "ua-1"
COLOURS = {
    "ink": theme.INK,
    "muted": theme.MUTED,
    "line": theme.LINE,
    "blue": theme.BLUE,
    "sand": theme.SAND,
    "ochre": theme.OCHRE_SOFT,
}


def to_pdf(contents: Contents, created: int) -> bytes:
    """The sheet as a PDF, the same bytes for the same contents. ``created``: seconds since 1970, for its properties.

    Raises typst.TypstError when the contents don't fit on one page or break a rule of PDF/UA-1."""
    given = {"contents": asdict(contents), "colours": COLOURS, "fonts": [fonts.FAMILY, fonts.SIGNS]}
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"given": json.dumps(given)},
        timestamp=created,
    )
