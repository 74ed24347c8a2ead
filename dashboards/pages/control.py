"""A region's months in a control chart, with what they say: for the page of an indicator and that of a region."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, figures, sentences, texts
from dashboards.charts.control import control_chart
from dashboards.pages import address, parts
from indicators.comparison import spc

NEVER = "niet"
SIGNALS_SHOWN = 5


def show(series: pl.DataFrame, definition: Mapping[str, Any], region: str, unit: str) -> None:
    """``series``: every month of one series in order; only final figures are judged."""
    months = series["periode"].to_list()
    final = series.with_columns(waarde=pl.when(pl.col("status") == "definitief").then("waarde"))["waarde"].to_list()
    ceiling = 1.0 if unit in figures.SHARES else float("inf")
    above = st.container(key="control-said")
    with st.container(key="control-controls"):
        labels = {NEVER: texts.get("control.rebase_never"), **{m: dates.period(m) for m in months[1:]}}
        parts.select("herstart", list(labels), labels, texts.get("indicator.rebase"), NEVER)
    rebase = address.after("herstart")
    found = spc.control(
        final, rebase_at=None if rebase == NEVER else months.index(rebase), floor=0.0, ceiling=ceiling
    )  # fmt: skip
    with above:
        heading = f"<h3>{escape(texts.say('control.title', region=region))}</h3>"
        parts.html(heading + _said(found, final, months, unit))
    if found.segments:
        norm = definition["norm"]
        figure = control_chart(series, found, unit, norm=norm)
        words = sentences.control_alternative(found, months, definition["title"], region, unit)
        parts.chart(figure, words, "control-chart")
        if norm:
            parts.html(f'<p class="note">{escape(figures.norm_text("note", norm, definition["unit"]))}</p>')


def _said(found: spc.Control, values: list[float | None], months: list[str], unit: str) -> str:
    """What the control chart says, as HTML; where it has no limits, why."""
    shown = [month for month, value in zip(months, values, strict=True) if value is not None]
    if not found.segments:
        few = texts.say("control.none", minimum=spc.MIN_MONTHS, count=len(shown))
        return f"<p>{escape(few if len(shown) < spc.MIN_MONTHS else texts.get('control.gaps'))}</p>"
    limits = f'<p class="note">{escape(sentences.control_limits(found, months, unit))}</p>'
    if not found.signals:
        return f"<p>{escape(sentences.control_calm(found, months))}</p>{limits}"
    lines = [f"<li>{escape(line)}</li>" for line in sentences.signals(found, months)]
    earlier, newest = lines[:-SIGNALS_SHOWN], lines[-SIGNALS_SHOWN:]
    said = f"<p>{escape(texts.get('control.changed'))}</p><ul>{''.join(newest)}</ul>"
    if earlier:
        said += parts.details(texts.say("control.earlier", count=len(earlier)), f"<ul>{''.join(earlier)}</ul>")
    return said + limits
