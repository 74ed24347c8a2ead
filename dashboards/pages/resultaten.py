"""The digital overview: what the landelijk netwerk delivered, and the training there is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import downloads, overview, tables, texts
from dashboards.overview import EVERYTHING
from dashboards.pages import address, parts
from dashboards.queries import Publication

# Of training so many rows are in view; the rest is behind a line.
SHOWN = 15


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    address.begin()
    results, training = publication.tables["resultaten"], publication.tables["opleidingen"]
    parts.title(texts.get("resultaten.title"), escape(_lead(results, training)))
    _results(publication, results)
    _training(publication, training)
    address.write()


def _lead(results: pl.DataFrame, training: pl.DataFrame) -> str:
    done = results.filter(pl.col("status") == "opgeleverd").height
    planned = training.filter(pl.col("status") == "gepland").height
    return texts.say("resultaten.lead", done=done, total=results.height, training=training.height, planned=planned)


def _results(publication: Publication, results: pl.DataFrame) -> None:
    parts.section(texts.get("resultaten.results"))
    with st.container(key="results-controls"):
        chosen = _select("activiteit", {EVERYTHING: texts.get("resultaten.everything"), **overview.activities(results)})
    found = overview.chosen_results(results, chosen)
    heads = [texts.get(f"resultaten.columns.{name}") for name in ("title", "activity", "status", "day", "place")]
    caption = texts.get("resultaten.results_caption")
    parts.html(tables.table(caption, heads, overview.result_rows(found), stacked=True))
    _files(publication, found, caption, "resultaten")


def _training(publication: Publication, training: pl.DataFrame) -> None:
    parts.section(texts.get("resultaten.training"))
    there = set(training["regio"])
    regions = {r.code: r.naam for r in publication.regions if r.code in there}
    statuses = texts.get("resultaten.statuses")
    states = {
        code: statuses[code]["word"].capitalize() for code in training["status"].unique().sort() if code in statuses
    }
    with st.container(key="training-controls"):
        region = _select("regio", {EVERYTHING: texts.get("resultaten.every_region"), **regions})
        state = _select("stand", {EVERYTHING: texts.get("resultaten.every_status"), **states})
    found = overview.chosen_training(training, region, state)
    if found.is_empty():
        parts.html(f"<p>{escape(texts.get('resultaten.no_training'))}</p>")
        return
    heads = [
        texts.get(f"resultaten.columns.{name}") for name in ("name", "region", "date", "status", "times", "people")
    ]
    rows, caption = overview.training_rows(found, publication.region_names), texts.get("resultaten.training_caption")
    for kept, summary in ((rows[:SHOWN], ""), (rows[SHOWN:], texts.say("resultaten.older", count=len(rows) - SHOWN))):
        table = tables.table(caption, heads, kept, numeric=(4, 5), stacked=True)
        if kept:
            parts.html(parts.details(summary, table) if summary else table)
    _files(publication, found, caption, "opleidingen")


def _files(publication: Publication, found: pl.DataFrame, caption: str, name: str) -> None:
    contents = partial(downloads.computed, found, publication, caption, texts.get(f"downloads.{name}"))
    parts.downloads(publication, contents, name, name)


def _select(key: str, labels: Mapping[str, str]) -> str:
    parts.select(key, list(labels), labels, texts.get(f"resultaten.choose_{key}"), EVERYTHING)
    return address.after(key)
