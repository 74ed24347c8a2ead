"""The start page: where the country stands, in four figures and a map through time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import figures, queries, sentences, tables, texts
from dashboards.charts.progress import progress
from dashboards.charts.status_map import status_map
from dashboards.charts.trend import mini_trend
from dashboards.pages import address, parts
from dashboards.queries import Publication
from indicators import dutch
from indicators.geography import LAND

SECONDS_PER_MONTH = 0.9
PLAYING = "map:playing"


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    months = publication.months
    if not months:
        parts.title(texts.get("overzicht.title"), escape(texts.get("overzicht.no_map")))
        _tiles(publication, site)
        return
    now = publication.status_map("actieoverleg", months[-1])
    status = publication.status_of("actieoverleg_dekking", months[-1], "maand")
    parts.title(sentences.headline(now, months[-1], status), escape(sentences.rest(now)))
    _tiles(publication, site)
    parts.section(texts.get("overzicht.map_title"))
    if st.session_state.get(PLAYING):
        parts.fragment(_map, run_every=SECONDS_PER_MONTH)(publication)
    else:
        parts.fragment(_map)(publication)


def stop() -> None:
    """Ends the playing of the map, for when another page is shown."""
    st.session_state.pop(PLAYING, None)


def _tiles(publication: Publication, site: Mapping[str, st.Page]) -> None:
    shown = [entry for entry in texts.get("headline") if entry["indicator"] in publication.definitions]
    if not shown:
        return
    parts.section(texts.get("overzicht.tiles"), texts.get("overzicht.tiles_note"))
    with st.container(key="tiles"):
        for entry in shown:
            with st.container(key=f"tile-{entry['indicator']}"):
                _tile(publication, site, entry)


def _tile(publication: Publication, site: Mapping[str, st.Page], entry: Mapping[str, str]) -> None:
    definition = publication.definitions[entry["indicator"]]
    cells = publication.cells(
        indicator=entry["indicator"],
        regio=LAND,
        periode_soort="kwartaal",
        dimensie=entry["dimensie"],
        categorie=entry["categorie"],
    )
    cell = queries.headline_cell(cells)
    parts.html(_tile_text(entry, cell, cells, figures.shown_unit(definition)))
    newest = queries.newest_figure(cells)
    if newest:
        cells = cells.filter(pl.col("periode") <= newest["periode"])
        ends = cells["periode"].sort()
        alternative = texts.say(
            "overzicht.spark_alt", title=definition["title"], first=dutch.period(ends[0]), last=dutch.period(ends[-1])
        )
        parts.static_chart(mini_trend(cells), alternative, f"spark-{entry['indicator']}")
    parts.onward(site["indicator"], definition["title"], indicator=entry["indicator"])


def _tile_text(entry: Mapping[str, str], cell: Mapping[str, Any] | None, cells: pl.DataFrame, unit: str) -> str:
    head = f'<h3 class="tile-theme">{escape(entry["theme"])}</h3>'
    if cell is None:
        return f'{head}<p class="tile-text">{escape(texts.get("overzicht.tile_none"))}</p>'
    lines = [dutch.period(cell["periode"])]
    if cell["status"] != "definitief":
        lines[0] += f" · {texts.get('status')[cell['status']]['word']}"
        lines.append(texts.get("overzicht.tile_not_final"))
    if limits := figures.margin(cell, unit):
        lines.append(texts.say("overzicht.tile_margin", interval=limits))
    year, _, quarter = cell["periode"].partition("-")
    before = cells.filter((pl.col("periode") == f"{int(year) - 1}-{quarter}") & queries.HAS_FIGURE)
    if before.height:
        ago = figures.figure(before.row(0, named=True), unit)
        lines.append(texts.say("overzicht.tile_year_ago", value=ago))
    return (
        f'{head}<p class="tile-value">{escape(figures.figure(cell, unit))}</p>'
        f'<p class="tile-text">{escape(entry["text"])}</p>'
        f'<p class="tile-meta">{"<br>".join(escape(line) for line in lines)}</p>'
    )


def _map(publication: Publication) -> None:
    """Runs by itself: a step of the slider draws the map again and nothing else."""
    months, activities = publication.months, list(queries.ACTIVITIES)
    address.begin()
    _advance(months)
    address.before("activiteit", activities, activities[0])
    address.before("maand", months, months[-1])
    with st.container(key="map-controls"):
        st.segmented_control(
            texts.get("overzicht.activity"),
            activities,
            format_func=lambda code: texts.get("activities")[code],
            key="activiteit",
            required=True,
            wrap=True,
        )
        activity = address.after("activiteit")
        label = texts.say("overzicht.month", first=dutch.period(months[0]), last=dutch.period(months[-1]))
        with st.container(key="map-slider", horizontal=True, vertical_alignment="bottom", wrap=False):
            st.select_slider(label, months, format_func=dutch.period, key="maand")
            month = address.after("maand")
            _play_button(months)
        parts.html(f'<p class="note hint">{escape(texts.get("overzicht.map_keys"))}</p>')
    if not st.session_state.get(PLAYING):
        address.write()
    regions = publication.status_map(activity, month)
    parts.html(
        f'<p class="map-sentence" aria-live="polite">{escape(sentences.map_sentence(regions, activity, month))}</p>'
    )
    labels = texts.get("activity_status")
    with st.container(key="map-and-table"):
        with st.container(key="map", height="stretch"):
            figure = status_map(regions, publication.outlines, labels)
            parts.chart(figure, sentences.map_alternative(regions, activity, month), "map-chart", fill=True)
        with st.container(key="map-table"):
            parts.html(
                tables.table(
                    texts.say(
                        "overzicht.table_caption", activity=texts.get("activities")[activity], month=dutch.period(month)
                    ),
                    [texts.get(f"overzicht.column_{name}") for name in ("region", "status", "since")],
                    tables.status_rows(regions, months[0]),
                )
            )
    _progress(publication, activity, month, sentences.region_word(regions))


def _play_button(months: list[str]) -> None:
    playing = st.session_state.get(PLAYING, False)
    text, icon = ("pause", ":material/pause:") if playing else ("play", ":material/play_arrow:")
    if st.button(texts.get(f"overzicht.{text}"), icon=icon, key="play"):
        st.session_state[PLAYING] = not playing
        if not playing and st.session_state["maand"] == months[-1]:
            st.session_state["map:restart"] = True
        st.rerun()


def _advance(months: list[str]) -> None:
    """One month further while playing; stops at the last."""
    if not st.session_state.get(PLAYING):
        return
    now = st.session_state.get("maand", months[0])
    if st.session_state.pop("map:restart", False):
        st.session_state["maand"] = months[0]
    elif now in months[:-1]:
        st.session_state["maand"] = months[months.index(now) + 1]
    if st.session_state["maand"] == months[-1]:
        st.session_state[PLAYING] = False
        st.rerun()


def _progress(publication: Publication, activity: str, month: str, regions: str) -> None:
    months, labels = publication.months, texts.get("activity_status")
    counts = publication.status_counts(activity)
    parts.html(f"<h3>{escape(texts.get('overzicht.progress_title'))}</h3>")
    figure = progress(counts, labels, months, month, texts.get("overzicht.progress_axis"))
    parts.chart(figure, sentences.progress_alternative(counts, activity, months, regions), "progress-chart")
    found = {(row["maand"], row["status"]): row["aantal"] for row in counts.iter_rows(named=True)}
    rows = [[escape(dutch.period(m)), *(str(found.get((m, s), 0)) for s in labels)] for m in months]
    parts.folded(
        texts.get("overzicht.progress_table"),
        tables.table(
            texts.say("overzicht.progress_caption", activity=texts.get("activities")[activity], regions=regions),
            [texts.get("overzicht.column_month"), *labels.values()],
            rows,
            numeric=range(1, len(labels) + 1),
        ),
    )
