"""The start page: where the country stands, in one screen. Four figures, a map, what is new, what they cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import audience, changes, dates, figures, queries, sentences, texts
from dashboards.audience import Audience
from dashboards.charts.trend import mini_trend
from dashboards.pages import kaart, parts
from dashboards.queries import Publication
from indicators.geography import LAND

stop = kaart.stop


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    months = publication.months
    with st.container(key="start-head"):
        _head(publication, months)
    with st.container(key="start"):
        with st.container(key="start-facts"):
            _tiles(publication, site)
            with st.container(key="start-notes"):
                parts.html(_cannot_say())
                _changed(publication)
        if months:
            with st.container(key="start-map"):
                kaart.show(publication)


def _head(publication: Publication, months: list[str]) -> None:
    if months:
        now = publication.status_map("actieoverleg", months[-1])
        status = publication.status_of("actieoverleg_dekking", months[-1], "maand")
        parts.title(sentences.headline(now, months[-1], status), escape(sentences.rest(now)))
    else:
        parts.title(texts.get("overzicht.title"), escape(texts.get("overzicht.no_map")))


def _tiles(publication: Publication, site: Mapping[str, st.Page]) -> None:
    shown = [entry for entry in texts.get("headline") if entry["indicator"] in publication.definitions]
    if not shown:
        return
    parts.html(f'<h2 class="heard">{escape(texts.get("overzicht.tiles"))}</h2>')
    with st.container(key="tiles"):
        for entry in shown:
            with st.container(key=f"tile-{entry['indicator']}"):
                _tile(publication, site, entry)
    parts.html(f'<p class="note hint">{escape(texts.get("overzicht.tiles_note"))}</p>')


def _tile(publication: Publication, site: Mapping[str, st.Page], entry: Mapping[str, str]) -> None:
    definition = publication.definitions[entry["indicator"]]
    unit = figures.shown_unit(definition)
    series = publication.plain.filter(
        (pl.col("indicator") == entry["indicator"])
        & (pl.col("regio") == LAND)
        & (pl.col("periode_soort") == "kwartaal")
        & (pl.col("categorie") == entry["categorie"])
    )
    cell = queries.headline_cell(series)
    parts.html(_tile_value(entry, cell, unit))
    newest = queries.newest_figure(series)
    if newest:
        seen = series.filter(pl.col("periode") <= newest["periode"])
        ends = seen["periode"].sort()
        alternative = texts.say(
            "overzicht.spark_alt", title=definition["title"], first=dates.period(ends[0]), last=dates.period(ends[-1])
        )
        figure = mini_trend(seen, norm=definition["norm"])
        parts.spark(figure, alternative, f"spark-{entry['indicator']}")
    parts.html(_tile_text(entry, cell, series, definition))
    parts.onward(site["indicator"], definition["title"], indicator=entry["indicator"])


def _tile_value(entry: Mapping[str, str], cell: Mapping[str, Any] | None, unit: str) -> str:
    value = f'<p class="tile-value">{escape(figures.figure(cell, unit))}</p>' if cell else ""
    return f'<h3 class="tile-theme">{escape(entry["theme"])}</h3>{value}'


def _tile_text(
    entry: Mapping[str, str], cell: Mapping[str, Any] | None, series: pl.DataFrame, definition: Mapping[str, Any]
) -> str:
    if cell is None:
        return f'<p class="tile-text">{escape(texts.get("overzicht.tile_none"))}</p>'
    unit = figures.shown_unit(definition)
    lines = [dates.period(cell["periode"])]
    if cell["status"] != "definitief":
        lines[0] += f" · {texts.get('status')[cell['status']]['word']}"
        lines.append(texts.get("overzicht.tile_not_final"))
    if limits := figures.margin(cell, unit):
        lines[0] += f" · {texts.say('overzicht.tile_margin', interval=limits)}"
    if definition["norm"]:
        lines[0] += f" · {figures.norm_text('short', definition['norm'], definition['unit']).lower()}"
    trend = sentences.year_on_year(series, cell, definition, unit)
    return (
        f'<p class="tile-text">{escape(entry["text"])}</p>'
        f'<p class="tile-trend">{escape(trend)}</p>'
        f'<p class="tile-meta">{"<br>".join(escape(line) for line in lines)}</p>'
    )


@st.cache_resource(max_entries=50, show_spinner=False)
def _compared(
    home: str, number: str, whom: Audience | None, _publication: Publication
) -> tuple[str, changes.Changes] | None:
    """Two publications are immutable, so what differs is worked out once for all sessions of an audience."""
    before = audience.before(_publication)
    if before is None:
        return None
    told = [(entry["indicator"], entry["categorie"]) for entry in texts.get("headline")]
    return before[0], changes.compare(before[1], _publication.tables, told)


def _changed(publication: Publication) -> None:
    """What is new since the publication before."""
    try:
        found = _compared(str(publication.folder), publication.number, publication.audience, publication)
    except queries.DamagedPublication:
        parts.html(_note(texts.get("changes.title"), [texts.get("changes.damaged")]))
        return
    if found is None:
        parts.html(_note(texts.get("changes.title"), [texts.get("changes.first")]))
        return
    before, compared = found
    themes = {entry["indicator"]: entry["theme"] for entry in texts.get("headline")}
    units = {i: figures.shown_unit(d) for i, d in publication.definitions.items()}
    lines = sentences.news(compared, publication.region_names, themes, units)
    counted = sentences.changed(compared, before)
    content = _note(texts.get("changes.title"), lines or counted)
    more = sentences.moves(compared, publication.definitions, publication.region_names)
    counts = sentences.changes_by_indicator(compared, publication.definitions)
    if counts:
        content += parts.details(
            texts.get("changes.more"),
            (_list(counted) if lines else "")
            + (f"<p>{escape(texts.get('changes.moves'))}</p>{_list(more)}" if more else "")
            + f"<p>{escape(texts.get('changes.counts'))}</p>{_list(counts)}",
        )
    parts.html(content)


def _cannot_say() -> str:
    return _note(texts.get("cannot_say.title"), texts.get("cannot_say.lines"))


def _note(title: str, lines: list[str]) -> str:
    return f"<h3>{escape(title)}</h3>{_list(lines)}"


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
