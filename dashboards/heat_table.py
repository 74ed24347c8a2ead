"""A table of months whose cells are shaded: picture and table in one, so that a screen reader walks through it.

What a shade means is always also said by a sign or a number in the cell. Not here: which figures are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from dashboards import dates


@dataclass(frozen=True)
class Cell:
    """``sign``: what is seen; ``words``: what is read aloud and shown when pointed at; ``shade``: a class of the style
    sheet; ``level``: 0 to 3, how high the bar at the foot of the cell is."""

    sign: str
    words: str
    shade: str
    level: int = 0


EMPTY = '<td class="heat-none"></td>'


@dataclass(frozen=True)
class Row:
    """``head``: what the row is; ``cells`` by month; ``group``: the heading above a group's first row, or empty."""

    head: str
    cells: Mapping[str, Cell]
    group: str = ""


def heat_table(caption: str, corner: str, months: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows against ``months``, years above them; starts at the newest months where not all fit."""
    years = "".join(
        f'<th scope="colgroup" colspan="{len(list(group))}" class="heat-year"><span>{year}</span></th>'
        for year, group in groupby(months, key=lambda month: month[:4])
    )
    names = "".join(
        f'<th scope="col"{_year_start(month)}><span aria-hidden="true">{int(month[5:])}</span>'
        f'<span class="heard">{escape(dates.period(month))}</span></th>'
        for month in months
    )
    body = "".join(_group(row.group, len(months)) + _row(row, months) for row in rows)
    return (
        f'<div class="heat-scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table class="heat">'
        f"<caption><span>{escape(caption)}</span></caption>"
        f'<thead><tr><th rowspan="2" scope="col">{escape(corner)}</th>{years}</tr>'
        f"<tr>{names}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def legend(entries: Sequence[tuple[Cell, str]]) -> str:
    """What the cells mean, as an HTML list."""
    return (
        '<ul class="heat-legend">'
        + "".join(f'<li><span class="{_classes(c)}" aria-hidden="true">{escape(c.sign)}</span>{escape(text)}</li>'
                  for c, text in entries)
        + "</ul>"
    )  # fmt: skip


def _group(name: str, width: int) -> str:
    if not name:
        return ""
    return f'<tr class="heat-group"><th scope="rowgroup">{escape(name)}</th><td colspan="{width}"></td></tr>'


def _row(row: Row, months: Sequence[str]) -> str:
    cells = "".join(_cell(row.cells[month]) if month in row.cells else EMPTY for month in months)
    return f'<tr><th scope="row">{escape(row.head)}</th>{cells}</tr>'


def _cell(cell: Cell) -> str:
    return (
        f'<td class="{_classes(cell)}" title="{escape(cell.words)}"><span aria-hidden="true">{escape(cell.sign)}</span>'
        f'<span class="heard">{escape(cell.words)}</span></td>'
    )


def _classes(cell: Cell) -> str:
    return f"heat-cell {cell.shade}" + (f" heat-bar-{cell.level}" if cell.level else "")


def _year_start(month: str) -> str:
    return ' class="heat-january"' if month.endswith("-01") else ""
