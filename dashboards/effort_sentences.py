"""Sentences about effort and costs. Pure: cells -> Dutch."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from dashboards import dates, figures, queries, tables, texts
from dashboards.charts.effort import ALL_DAYS, FIRST_DAYS

HOURS, COSTS, TOTAL_COSTS = "inzet_uren_per_zaak", "kosten_per_zaak", "kosten_totaal"
Cell = Mapping[str, Any]


def answer(cells: Mapping[str, Cell | None], region: str, period: str) -> str:
    """Hours and euros of a case, and the total, in sentences (Markdown); of what isn't there, why."""
    where = texts.say("inzet.where", region=region, period=dates.period(period))
    said = []
    for code, unit in ((HOURS, "uren"), (COSTS, "euro"), (TOTAL_COSTS, "euro")):
        if code not in cells:
            continue
        cell = cells[code]
        if cell is None or cell["waarde"] is None:
            status = "afgeschermd" if cell is None else cell["status"]
            said.append(texts.say(f"inzet.answer_absent.{code}", status=texts.get(f"status.{status}.word")))
            continue
        value = figures.spoken(cell, unit)
        word = texts.get(f"status.{cell['status']}.word")
        mark = "" if cell["status"] == "definitief" else f" ({word})"
        said.append(texts.say(f"inzet.answer.{code}", value=value) + mark + ".")
    return f"{where} {' '.join(said)}"


def fact(title: str, cell: Cell | None, earlier: Cell | None, unit: str) -> str:
    """One figure as an item of a list, in HTML: title, figure, status, and the figure before it."""
    shown = figures.figure(cell, unit) if cell else ""
    status = cell["status"] if cell else "afgeschermd"
    value = escape(shown) if shown else tables.sign(status)
    lines = [] if status == "definitief" or not shown else [tables.sign(status)]
    if earlier:
        before = dates.period(earlier["periode"])
        lines.append(escape(texts.say("inzet.earlier", period=before, value=figures.figure(earlier, unit))))
    size = "tile-value" if shown else "tile-absent"
    return (
        f'<li><p class="tile-theme">{escape(title)}</p><p class="{size}">{value}</p>'
        f'<p class="tile-meta">{"<br>".join(lines)}</p></li>'
    )


def made_of(cells: pl.DataFrame, caption: str, unit: str) -> str:
    """What a picture of bars shows, bar by bar."""
    said = [f"{row['label']}: {_value(row, unit)}" for row in cells.iter_rows(named=True)]
    return texts.say("inzet.alt", caption=caption, said="; ".join(said))


def shifted(series: pl.DataFrame, unit: str) -> str:
    """How much of the work began early in the last period that has a figure and a year before, or else in the first
    that has one, and what an even spread would be. ``series``: in order of period."""
    shown = series.filter(queries.HAS_FIGURE).to_dicts()
    if not shown:
        return str(texts.get("inzet.shift_none"))
    last = shown[-1]
    said = [texts.say("inzet.shift_now", period=_when(last), value=figures.figure(last, unit))]
    if len(shown) > 1:
        year, dash, part = last["periode"].partition("-")
        before = next((row for row in shown if row["periode"] == f"{int(year) - 1}{dash}{part}"), shown[0])
        said.append(texts.say("inzet.shift_then", period=_when(before), value=figures.figure(before, unit)))
    even = figures.amount(FIRST_DAYS / ALL_DAYS, unit)
    said.append(texts.say("inzet.shift_if_even", days=FIRST_DAYS, all_days=ALL_DAYS, value=even))
    return " ".join(said)


def better(definition: Mapping[str, Any]) -> str:
    """Which way is better; empty where neither is."""
    return "" if definition["polarity"] == "neutral" else str(texts.get(f"polarity.{definition['polarity']}"))


def _when(row: Cell) -> str:
    """The period of a figure, with its status where it isn't final."""
    period = dates.period(row["periode"])
    word = texts.get(f"status.{row['status']}.word")
    return period if row["status"] == "definitief" else f"{period}, {word}"


def _value(row: Cell, unit: str) -> str:
    """A figure with its status where it isn't final; without a figure why there is none."""
    word = texts.get(f"status.{row['status']}.word")
    value = figures.figure(row, unit)
    if not value:
        return str(word)
    return value if row["status"] == "definitief" else f"{value} ({word})"
