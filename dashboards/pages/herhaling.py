"""Repetition, and what else is followed through time, as curves: with and without Actieoverleg and by other splits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, queries, sentences, tables, texts
from dashboards.charts import curves as charts
from dashboards.charts.trend import occurring
from dashboards.pages import address, parts
from dashboards.queries import Publication, Split
from indicators.geography import LAND

KINDS = ("jaar", "kwartaal")
FIRST_SPLIT = "met_actieoverleg"


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    address.begin()
    followed = {i: d for i, d in publication.definitions.items() if d["kind"] == "survival"}
    if not followed or publication.tables["curves"].is_empty():
        parts.title(texts.get("pages.herhaling"), escape(texts.get("curves.absent")))
        address.write()
        return
    head = st.container(key="curves-head")
    with st.container(key="curves-controls"):
        definition, region, kind, period, split = _controls(publication, followed)
    address.write()
    name = publication.region_names[region]
    cells = queries.split_cells(
        publication.cells(indicator=definition["id"], regio=region, periode_soort=kind, periode=period), split
    )
    with head:
        parts.html(
            f'<p class="eyebrow">{escape(texts.get("pages.herhaling"))}</p>'
            f"<h1{texts.dutch_mark()}>{escape(definition['question'])}</h1>"
        )
        said = sentences.followed_up(cells, name, period, figures.shown_unit(definition))
        parts.html(f'<p class="lead">{escape(said)}</p>')
    with st.container(key="curves-body"):
        with st.container(key="curves-picture"):
            _curves(publication, definition, cells, split, name)
            _files(publication, definition, cells, split)
        _caveats(definition, split)
    parts.onward(
        site["indicator"],
        texts.get("curves.through_time"),
        indicator=str(definition["id"]),
        regio=region,
        uitsplitsing=split.dimension,
        periode=kind,
    )


def _controls(
    publication: Publication, followed: Mapping[str, Mapping[str, Any]]
) -> tuple[Mapping[str, Any], str, str, str, Split]:
    titles = {i: str(d["title"]) for i, d in followed.items()}
    drawn = publication.tables["curves"]
    indicator = _select("indicator", titles, "herhaling_18_maanden" if "herhaling_18_maanden" in titles else "")
    splits = {s.dimension: s for s in publication.splits(indicator, texts.get("splits"))}
    chosen = _select(
        "uitsplitsing", {d: s.title for d, s in splits.items()}, FIRST_SPLIT if FIRST_SPLIT in splits else ""
    )
    mine = drawn.filter(pl.col("indicator") == indicator)
    there = set(mine["regio"])
    region = _select("regio", {r.code: r.naam for r in publication.regions if r.code in there} or {LAND: ""}, LAND)
    kinds = texts.get("period_kinds")
    kind = _select("periode", {k: kinds[k] for k in KINDS})
    periods = mine.filter((pl.col("regio") == region) & (pl.col("periode_soort") == kind))["periode"].unique().sort()
    options = {p: dates.period(p) for p in reversed(periods.to_list())} or {"-": texts.get("curves.no_period")}
    cells = publication.cells(indicator=indicator, regio=region, periode_soort=kind)
    period = _select(f"vanuit_{kind}", options, _newest(cells, splits[chosen], list(options)))
    return followed[indicator], region, kind, period, splits[chosen]


def _newest(cells: pl.DataFrame, split: Split, periods: list[str]) -> str:
    """The newest period in which every category has a figure, a final one where there is such a period; else the newest
    whose total is final, else the newest with a curve. ``cells``: of one indicator, region and kind of period."""
    shown = queries.split_cells(cells, split).filter(pl.col("waarde").is_not_null())
    whole = (
        shown.group_by("periode")
        .agg(every=pl.len() == len(split.labels), final=(pl.col("status") == "definitief").all())
        .filter("every")
        .sort("final", "periode", descending=True)["periode"]
    )
    total = queries.headline_cell(cells.filter(pl.col("dimensie") == queries.TOTAL))
    wanted = [*whole, *([total["periode"]] if total else [])]
    return next((period for period in wanted if period in periods), periods[0])


def _select(key: str, labels: Mapping[str, str], default: str = "") -> str:
    parts.select(key, list(labels), labels, texts.get(f"curves.controls.{key}"), default)
    return address.after(key)


def _curves(
    publication: Publication, definition: Mapping[str, Any], cells: pl.DataFrame, split: Split, region: str
) -> None:
    unit = figures.shown_unit(definition)
    if cells.is_empty():
        return
    first = cells.row(0, named=True)
    drawn = publication.curves(
        indicator=first["indicator"], regio=first["regio"], periode=first["periode"], dimensie=split.dimension
    )
    title, period = str(definition["title"]), dates.period(first["periode"])
    parts.section(texts.say("curves.title", region=region, period=period))
    statuses = [status for status in occurring(cells) if status != "definitief"]
    if drawn.is_empty():
        parts.html(f"<p>{escape(texts.get('curves.hidden'))}</p>")
    else:
        figure = charts.curves(drawn, unit, split.labels)
        words = sentences.curves_alternative(drawn, split.labels, title, region, period, unit)
        parts.chart(figure, words, "curves-chart")
        parts.html(_at_risk(publication, drawn, split))
        note = "curves.band" if drawn["categorie"].n_unique() <= charts.BAND_SERIES else "curves.no_band"
        parts.html(f'<p class="note">{escape(texts.get(note))}</p>')
    if statuses:
        parts.html(parts.marks_line(statuses))
    caption = texts.say("curves.ends", title=title, region=region, period=period)
    rows = tables.figure_rows(cells, ["label"], unit)
    parts.html(tables.figure_table(caption, [texts.get("indicator.column_category")], rows))
    if drawn.height:
        parts.folded(texts.get("curves.table"), _twin(publication, drawn, split, title, region, period, unit))


def _files(publication: Publication, definition: Mapping[str, Any], cells: pl.DataFrame, split: Split) -> None:
    """The figures at the end, and the curves."""
    if cells.is_empty():
        return
    first = cells.row(0, named=True)
    title = str(definition["title"])
    name = f"{first['indicator']}_{first['regio']}_{first['periode']}_{split.dimension}"
    parts.downloads(publication, partial(downloads.published, cells, publication, title), name, "curves-ends")
    drawn = publication.curves(
        indicator=first["indicator"], regio=first["regio"], periode=first["periode"], dimensie=split.dimension
    )
    if drawn.height:
        contents = partial(downloads.computed, drawn, publication, title, texts.get("downloads.curves"))
        parts.downloads(publication, contents, f"krommen_{name}", "curves", "downloads.title_curves")


def _threshold(publication: Publication) -> int:
    return int((publication.protection_rule or {}).get("threshold", 10))


def _at_risk(publication: Publication, drawn: pl.DataFrame, split: Split) -> str:
    """How many are still followed on the marked days, right under the picture."""
    days = drawn["dag"].unique().sort().to_list()
    marked = charts.marked_days(days)
    first = texts.get(f"curves.followed_{charts.time_unit(days[-1])}")
    heads = [first, *(charts.day_number(day, days[-1]) for day in marked)]
    rows = []
    for category, word in split.labels.items():
        found = {row["dag"]: row for row in drawn.filter(pl.col("categorie") == category).iter_rows(named=True)}
        if found:
            rows.append([escape(word), *(charts.followed(found[day], _threshold(publication)) for day in marked)])
    return tables.table(texts.get("curves.followed_caption"), heads, rows, numeric=range(1, len(heads)))


def _twin(
    publication: Publication, drawn: pl.DataFrame, split: Split, title: str, region: str, period: str, unit: str
) -> str:
    horizon = drawn["dag"].max()
    rows = [
        [
            escape(split.labels[row["categorie"]]),
            str(row["dag"]),
            escape(figures.amount(row["waarde"], unit)),
            escape(figures.margin(row, unit)),
            charts.followed(row, _threshold(publication)),
        ]
        for category in split.labels
        for row in drawn.filter(pl.col("categorie") == category).iter_rows(named=True)
    ]
    heads = [texts.get(f"curves.columns.{name}") for name in ("category", "day", "value", "margin", "followed")]
    caption = texts.say("curves.caption", title=title, region=region, period=period, days=horizon)
    return tables.table(caption, heads, rows, numeric=range(1, 5))


def _caveats(definition: Mapping[str, Any], split: Split) -> None:
    lines = list(texts.get("curves.caveats"))
    if split.dimension in texts.get("curves.caveats_of"):
        lines = [*texts.get("curves.caveats_of")[split.dimension], *lines]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    more = "".join(f"<li>{escape(line)}</li>" for line in definition["caveats"])
    parts.html(
        f'<div class="beware"><h3>{escape(texts.get("indicator.caveats"))}</h3><ul>{items}</ul>'
        f"{parts.details(texts.get('curves.all_caveats'), f'<ul>{more}</ul>')}</div>"
    )
