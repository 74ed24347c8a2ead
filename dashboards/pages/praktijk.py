"""Praktijklocaties: which regions are one, and their figures beside those of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, queries, sentences, tables, texts
from dashboards.charts import trend as trends
from dashboards.charts.place_map import place_map
from dashboards.pages import address, parts
from dashboards.queries import Publication
from indicators.geography import LAND

DIMENSION = "praktijklocatie"
KINDS = ("kwartaal", "jaar")


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    address.begin()
    places = publication.places()
    now = [code for code, found in places.items() if found == "nu"]
    words = {"count": len(now), "total": len(places), "day": dates.day(publication.peildatum)}
    parts.title(texts.get("pages.praktijk"), escape(texts.say("praktijk.lead", **words)))
    with st.container(key="praktijk-body"):
        with st.container(key="praktijk-figures"):
            _beside(publication, site)
        with st.container(key="praktijk-places"):
            _places(publication, places)
    address.write()


def _beside(publication: Publication, site: Mapping[str, st.Page]) -> None:
    split_by = {
        i: d for i, d in publication.definitions.items() if any(x["name"] == DIMENSION for x in d["dimensions"])
    }
    parts.section(texts.get("praktijk.beside"), texts.get("praktijk.beside_note"))
    if not split_by:
        parts.html(f"<p>{escape(texts.get('praktijk.none'))}</p>")
        return
    with st.container(key="praktijk-controls"):
        titles = {i: str(d["title"]) for i, d in split_by.items()}
        address.before("indicator", list(titles), next(iter(titles)))
        st.selectbox(texts.get("indicator.choose"), list(titles), format_func=lambda i: titles[i], key="indicator")
        definition = split_by[address.after("indicator")]
        address.before("periode", list(KINDS), KINDS[0])
        kinds = texts.get("period_kinds")
        st.segmented_control(
            texts.get("indicator.period"), list(KINDS), format_func=lambda k: kinds[k], key="periode", required=True
        )
        kind = address.after("periode")
    _trend(publication, definition, kind)
    query = {"indicator": str(definition["id"]), "uitsplitsing": DIMENSION, "periode": kind}
    parts.onward(site["indicator"], texts.get("praktijk.more"), **query)


def _trend(publication: Publication, definition: Mapping[str, Any], kind: str) -> None:
    unit, title = figures.shown_unit(definition), str(definition["title"])
    splits = publication.splits(definition["id"], texts.get("splits"))
    split = next(s for s in splits if s.dimension == DIMENSION)
    cells = queries.split_cells(
        publication.cells(indicator=definition["id"], regio=LAND, periode_soort=kind), split
    )  # fmt: skip
    newest = {label: queries.headline_cell(cells.filter(pl.col("label") == label)) for label in split.labels.values()}
    parts.html(f"<p><strong>{escape(sentences.side_by_side(newest, unit))}</strong></p>")
    word = texts.get("indicator.kinds_one")[kind]
    figure = trends.trend(cells, unit, norm=definition["norm"])
    words = sentences.trend_alternative(cells, title, texts.get("levels.land"), word, unit)
    parts.chart(figure, words, "praktijk-chart")
    if note := trends.margin_note(cells):
        parts.html(f'<p class="note">{escape(texts.get(f"indicator.margins.{note}"))}</p>')
    caption = texts.say("indicator.trend_caption", title=title, region=texts.get("levels.land"), kind=word)
    rows = tables.figure_rows(cells.sort("periode", maintain_order=True), ["periode", "label"], unit)
    names = [texts.get("indicator.column_period"), texts.get("indicator.column_category")]
    parts.folded(texts.get("indicator.trend_table"), tables.figure_table(caption, names, rows))
    contents = partial(downloads.published, cells.sort("periode", maintain_order=True), publication, caption)
    parts.downloads(publication, contents, f"{definition['id']}_{DIMENSION}_{kind}", "praktijk")


def _places(publication: Publication, places: Mapping[str, str]) -> None:
    parts.section(texts.get("praktijk.places"))
    words = texts.get("praktijk.kinds")
    names = publication.region_names
    now = [names[code] for code, found in places.items() if found == "nu"]
    alternative = texts.say("praktijk.alt", names=dates.listing(now) if now else texts.get("praktijk.nobody"))
    with st.container(key="map"):
        parts.chart(place_map(places, publication.outlines, names, words), alternative, "map-chart", fill=True)
    rows = []
    for row in publication.tables["praktijklocaties"].sort("vanaf", "regio").iter_rows(named=True):
        until = dates.day(row["tot"]) if row["tot"] else texts.get("praktijk.open")
        rows.append([escape(names.get(row["regio"], row["regio"])), escape(dates.day(row["vanaf"])), escape(until)])
    heads = [texts.get(f"praktijk.columns.{name}") for name in ("region", "since", "until")]
    parts.html(tables.table(texts.get("praktijk.caption"), heads, rows))
