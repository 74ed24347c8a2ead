"""Tables: the twin of every picture, as HTML that a screen reader can walk through.

Belongs here: frame -> rows, markup. Not here: files (``downloads.py``), which cells are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from dashboards import dates, figures, texts
from indicators import dutch
from indicators.explanation import Records

# What makes a published cell one of a kind.
KEYS = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")


def table(
    caption: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[int] = (),
    stacked: bool = False,
) -> str:
    """An HTML table; the first cell of a row is its header. Cells are HTML already (see ``sign`` and ``html.escape``);
    ``numeric``: the columns that are aligned right; ``stacked``: on a small screen each row is a block of its own."""

    def classed(i: int) -> str:
        return ' class="num"' if i in numeric else ""

    def named(i: int) -> str:
        return f'{classed(i)} data-name="{escape(headers[i])}"' if stacked else classed(i)

    head = "".join(f'<th scope="col"{classed(i)}>{escape(text)}</th>' for i, text in enumerate(headers))
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{named(i)}>{cell}</th>' if i == 0 else f"<td{named(i)}>{cell}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table-scroll" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f'<table class="figures{" stacked" if stacked else ""}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def sign(status: str) -> str:
    """The mark and the word of a figure's status, as HTML."""
    entry = texts.get("status")[status]
    return f'<span class="sign" aria-hidden="true">{entry["sign"]}</span> {escape(entry["word"])}'


def swatch(status: str) -> str:
    """The pattern and the word of a region's status on the map, as HTML."""
    label = texts.get("activity_status")[status]
    return f'<span class="swatch swatch-{escape(status)}" aria-hidden="true"></span>{escape(label)}'


def status_rows(regions: pl.DataFrame, first_month: str) -> list[list[str]]:
    """Rows region, status, since for the table beside the map; see ``Publication.status_map`` for the columns."""
    since = texts.get("overzicht.since_start")
    return [
        [
            escape(row["naam"]),
            swatch(row["status"]),
            escape(
                since.format(month=dates.period_short(first_month))
                if row["sinds"] == first_month
                else dates.period_short(row["sinds"])
            ),
        ]
        for row in regions.iter_rows(named=True)
    ]


def figure_rows(cells: pl.DataFrame, first: Sequence[str], unit: str) -> list[list[str]]:
    """Rows for a table of figures: the columns named in ``first`` (``periode`` is spelled out), value, status, margin
    and count. What is hidden has the sign and the word, and nothing else."""
    out = []
    for row in cells.iter_rows(named=True):
        heads = [escape(dates.period(row[name]) if name == "periode" else row[name]) for name in first]
        value, margin = escape(figures.figure(row, unit)), escape(figures.margin(row, unit))
        count = "" if row["n"] is None else dutch.number(row["n"])
        out.append([*heads, value, _keyed(row, sign(row["status"])), margin, count])
    return out


def _keyed(row: Mapping[str, Any], content: str) -> str:
    """``content`` with the key of the published cell that the row is, so that a screen can be held against the
    publication; as it is where the row is no published cell."""
    if not row.keys() >= set(KEYS):
        return content
    return f'<data value="{escape("|".join(row[name] for name in KEYS))}">{content}</data>'


def figure_table(
    caption: str, first: Sequence[str], rows: Sequence[Sequence[str]], verdicts: Sequence[str] = ()
) -> str:
    """The table of ``figure_rows``; ``first``: headers of its first columns; ``verdicts``: a column in words, next to
    the value so that a narrow screen shows it."""
    place = len(first) + 1
    names = ["value", "status", "margin", "count"]
    if verdicts:
        names.insert(1, "verdict")
        rows = [[*row[:place], escape(word), *row[place:]] for row, word in zip(rows, verdicts, strict=True)]
    numeric = [len(first) + i for i, name in enumerate(names) if name in ("value", "margin", "count")]
    headers = [*first, *(texts.get(f"indicator.column_{name}") for name in names)]
    return table(caption, headers, rows, numeric=numeric)


def records(found: Records) -> str:
    """The given records of a worked example as a table; each a block of its own on a small screen."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in found.names)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-name="{escape(name)}">{escape(cell)}</td>' for name, cell in zip(found.names, row, strict=True)
        )
        + "</tr>"
        for row in found.rows
    )
    return (
        f'<div class="table-scroll" role="region" aria-label="{escape(found.caption)}" tabindex="0">'
        f'<table class="figures records"><caption>{escape(found.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
