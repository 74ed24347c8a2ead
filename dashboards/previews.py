"""Previews and backfills as rows of tables: what would be read again, which figures change, who approved it.

Frames and records of the desk -> HTML cells. Not here: making a preview, or carrying one out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import polars as pl

from dashboards import dates, deliveries, figures, quality_sentences, queries, tables, texts
from dashboards.data_quality import Feed
from dashboards.queries import Publication
from indicators import dutch

if TYPE_CHECKING:
    from dashboards.desk import Backfill

HIDDEN = "afgeschermd"
# What a cell says of itself only where its figure stays and this changes.
PARTS = ("margin", "count")


def request(asked: Mapping[str, Any], feeds: Mapping[str, Feed]) -> str:
    """Months and feeds of a backfill in words. ``asked``: first, last, feeds."""
    first, last = dates.period(asked["first"]), dates.period(asked["last"])
    months = first if first == last else texts.say("verwerkingen.months", first=first, last=last)
    if set(asked["feeds"]) >= feeds.keys():
        which = texts.get("backfill.all_feeds")
    else:
        which = dates.listing([quality_sentences.name(feeds[name]) for name in asked["feeds"]])
    return texts.say("backfill.request", months=months, feeds=which)


def read_rows(reads: Sequence[Mapping[str, Any]], feeds: Mapping[str, Feed]) -> list[list[str]]:
    """HTML cells: feed, month, why, what is found, rows, rows in quarantine."""
    words = texts.get("backfill.verdicts")
    return [
        [
            escape(quality_sentences.name(feeds[read["feed"]])),
            escape(dates.period(read["month"])),
            escape(texts.get("backfill.why")[read["why"]]),
            escape(read["message"] or words[read["verdict"]]),
            dutch.number(read["rows_in"]),
            dutch.number(read["rows_quarantined"]),
        ]
        for read in reads
    ]


def causes(changes: pl.DataFrame) -> dict[str, int]:
    """How many cells change by each cause, most first; a cell may have several."""
    counted = Counter(cause for listed in changes["oorzaken"].to_list() for cause in listed or ())
    return dict(counted.most_common())


def filtered(changes: pl.DataFrame, **chosen: str) -> pl.DataFrame:
    """Those of an ``indicator``, a ``regio`` or an ``oorzaak``; empty: of all."""
    for name, value in chosen.items():
        if value:
            matches = pl.col("oorzaken").list.contains(value) if name == "oorzaak" else pl.col(name) == value
            changes = changes.filter(matches)
    return changes


def change_rows(changes: pl.DataFrame, publication: Publication) -> list[list[str]]:
    """HTML cells: indicator (with a link to the figure), region, period, split, from, to, causes."""
    labels: dict[str, dict[tuple[str, str], str]] = {}
    rows = []
    for row in changes.iter_rows(named=True):
        definition = publication.definitions.get(row["indicator"])
        if definition and row["indicator"] not in labels:
            labels[row["indicator"]] = _labels(publication, row["indicator"])
        label = labels.get(row["indicator"], {}).get((row["dimensie"], row["categorie"]), row["categorie"])
        title = escape(definition["title"] if definition else row["indicator"])
        before, after = was_and_becomes(row, figures.shown_unit(definition) if definition else "aandeel")
        rows.append(
            [
                f'<a href="{escape(figure_address(row))}" target="_self">{title}</a>' if definition else title,
                escape(region(publication, row["regio"], row["regio_niveau"])),
                escape(dates.period(row["periode"])),
                escape(label),
                escape(before),
                escape(after),
                escape(", ".join(row["oorzaken"] or ())),
            ]
        )
    return rows


def region(publication: Publication, code: str, level: str) -> str:
    """The name of a region, with what it is where that is no country; a region of another division by its code."""
    name = publication.region_names.get(code, code)
    short = texts.get("level_short").get(level)
    return texts.say("region_label", name=name, level=short) if short else name


def figure_address(row: Mapping[str, Any]) -> str:
    """Where a figure stands on the page of its indicator, with where it comes from."""
    asked = {"indicator": row["indicator"], "regio": row["regio"], "periode": row["periode_soort"]}
    dimension, category = row["dimensie"], row["categorie"]
    if dimension not in (queries.TOTAL, queries.QUANTILE):
        asked["uitsplitsing"] = dimension
        category, _, quantile = category.partition(":")
        if quantile:
            asked["kwantiel"] = quantile
    return "/indicator?" + urlencode({**asked, "cijfer": row["periode"], "cijfer_categorie": category})


def _labels(publication: Publication, indicator: str) -> dict[tuple[str, str], str]:
    """(dimension, category) -> words, of everything an indicator is split by."""
    words, quantiles = {}, texts.get("quantiles")
    for split in publication.splits(indicator, texts.get("splits")):
        for code, label in split.labels.items():
            words[split.dimension, code] = label
            for quantile, name in quantiles.items():
                words[split.dimension, f"{code}:{quantile}"] = f"{label}, {name}"
    return words


def was_and_becomes(row: Mapping[str, Any], unit: str) -> tuple[str, str]:
    """A changed cell before and after, in words: the figure; its status where that changes; and where the figure stays
    what else is not the same."""
    told = [_told(row, when, unit) for when in ("was", "wordt")]
    same = told[0]["figure"] == told[1]["figure"]
    parts = [name for name in ("figure", *PARTS) if name == "figure" or (same and told[0][name] != told[1][name])]
    if told[0]["status"] != told[1]["status"]:
        parts.append("status")
    if same and len(parts) == 1:
        return told[0]["figure"], texts.get("backfill.smaller_than_shown")
    before, after = (", ".join(filter(None, [words[name] for name in parts])) for words in told)
    return before, after


def _told(row: Mapping[str, Any], when: str, unit: str) -> dict[str, str]:
    """The parts of a cell in words; without a status where there is no cell."""
    cell = {name: row[f"{name}_{when}"] for name in ("n", "waarde", "ondergrens", "bovengrens", "status")}
    if cell["status"] is None:
        return {"figure": texts.get("backfill.no_cell"), "status": "", "margin": "", "count": ""}
    status = texts.get("status")[cell["status"]]["word"]
    margin = figures.margin(cell, unit)
    return {
        "figure": figures.figure(cell, unit) or ("" if cell["status"] == HIDDEN else texts.get("backfill.no_value")),
        "margin": texts.say("backfill.margin", margin=margin) if margin else "",
        "count": "" if cell["n"] is None else texts.say("backfill.count", count=dutch.number(cell["n"])),
        "status": status,
    }


def backfill_rows(found: Sequence[Backfill], feeds: Mapping[str, Feed]) -> list[list[str]]:
    """HTML cells: when, who, what, preview, status, outcome, publication before and after."""
    rows = []
    for one in found:
        entry = texts.get("backfill.statuses")[one.status]
        publications = [number for number in (one.publication_before, one.publication_after) if number]
        rows.append(
            [
                escape(deliveries.moment(one.approved_at)),
                escape(one.approved_by),
                escape(request({"first": one.first, "last": one.last, "feeds": one.feeds}, feeds)),
                escape(one.preview or texts.get("backfill.without_preview")),
                deliveries.marked(entry["sign"], entry["word"]),
                escape(one.outcome or ""),
                escape(" → ".join(dict.fromkeys(publications))),
            ]
        )
    return rows


def table(path: str, caption: str, rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    """A table whose headers stand under ``path`` in the texts; each row a block of its own on a small screen."""
    return tables.table(caption, list(texts.get(path).values()), rows, numeric=numeric, stacked=True)
