"""The panel that tells where a figure comes from, of the publication alone; for stewards it is computed once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from dashboards import dates, desk, figures, queries, tables, texts
from dashboards.pages import address, parts, present
from dashboards.queries import Publication
from indicators import dutch, explanation

if TYPE_CHECKING:
    from dashboards.desk import Explanation

PERIOD, CATEGORY = "cijfer", "cijfer_categorie"
CELL = ("indicator", "regio", "periode", "dimensie", "categorie")


def show(publication: Publication, definition: Mapping[str, Any], cells: pl.DataFrame, unit: str) -> None:
    """``cells``: the series of one region, with a column ``label``; the reader picks one of them."""
    if cells.is_empty():
        return
    with st.expander(texts.get("origin.title"), expanded=PERIOD in st.query_params):
        cell = _cell(cells)
        row = cells.filter(**cell).row(0, named=True)
        parts.html(_figure(row, publication.region_names[row["regio"]], unit) + _facts(publication, definition))
        named = deliveries_behind(publication, definition, row["dimensie"])
        parts.html(_deliveries(named) + _digests(named))
        asked = {name: row[name] for name in CELL}
        parts.fragment(_again)(publication, asked, unit)


def _cell(cells: pl.DataFrame) -> dict[str, str]:
    """Which of the cells: period and category."""
    periods = cells["periode"].unique().sort(descending=True).to_list()
    labels = dict(zip(cells["categorie"], cells["label"], strict=True))
    first = queries.headline_cell(cells.filter(categorie=next(iter(labels))))
    with st.container(key="origin-controls"):
        _select(PERIOD, {period: dates.period(period) for period in periods}, first["periode"] if first else periods[0])
        if len(labels) > 1:
            _select(CATEGORY, labels, next(iter(labels)))
    category = address.after(CATEGORY) if len(labels) > 1 else next(iter(labels))
    return {"periode": address.after(PERIOD), "categorie": category}


def _select(key: str, labels: Mapping[str, str], default: str) -> None:
    parts.select(key, list(labels), labels, texts.get(f"origin.{key}"), default)


def _figure(row: Mapping[str, Any], region: str, unit: str) -> str:
    label = f"{row['label']}, " if row["dimensie"] != queries.TOTAL else ""
    where = f"{label}{region}, {dates.period(row['periode'])}"
    figure, margin = figures.figure(row, unit), figures.margin(row, unit)
    told = f"<strong>{escape(figure)}</strong>, " if figure else ""
    limits = f" ({escape(texts.say('origin.margin', margin=margin))})" if margin else ""
    return f"<p>{escape(where)}: {told}{tables.sign(row['status'])}{limits}</p>"


def _facts(publication: Publication, definition: Mapping[str, Any]) -> str:
    manifest, labels = publication.manifest, texts.get("origin.facts")
    facts = {
        "publication": publication.number,
        "peildatum": dates.day(publication.peildatum),
        "definition": texts.say("origin.definition", title=definition["title"], version=definition["version"]),
        "division": manifest["regio_indeling"]["naam"],
        "code_version": manifest["code_version"],
    }
    rows = (f"<div><dt>{escape(labels[name])}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts.items())
    return f'<dl class="facts">{"".join(rows)}</dl>'


def deliveries_behind(
    publication: Publication, definition: Mapping[str, Any], dimension: str
) -> list[Mapping[str, Any]]:
    """The deliveries of the manifest that a figure rests on, by feed and month."""
    feeds = {*definition["feeds_behind"]}
    feeds |= {feed for d in definition["dimensions"] if d["name"] == dimension for feed in d["feeds"]}
    return [d for d in publication.manifest["deliveries"] if f"{d['partner']}/{d['feed']}" in feeds]


def _by_feed(named: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    ordered = sorted(named, key=lambda d: (d["partner"], d["feed"], d["month"]))
    return [(name, list(rows)) for name, rows in groupby(ordered, key=lambda d: f"{d['partner']}/{d['feed']}")]


def _name(feed: str) -> str:
    words = explanation.feed(feed)
    return words[:1].upper() + words[1:]


def _deliveries(named: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for name, mine in _by_feed(named):
        first, last = mine[0]["month"], mine[-1]["month"]
        months = dates.period(first)
        if last != first:
            months = texts.say("verwerkingen.months", first=months, last=dates.period(last))
        rows.append([escape(_name(name)), escape(months), dutch.number(len(mine))])
    headers = list(texts.get("origin.columns").values())
    return tables.table(texts.get("origin.deliveries"), headers, rows, numeric=[2])


def _digests(named: Sequence[Mapping[str, Any]]) -> str:
    content = "".join(
        f"<h4>{escape(_name(name))}</h4><ul class=\"digests\">"
        + "".join(
            f"<li>{escape(texts.say('origin.digest', month=dates.period(d['month']), number=d['number']))} "
            f"<code>{escape(d['sha256'])}</code></li>"
            for d in mine
        )
        + "</ul>"
        for name, mine in _by_feed(named)
    )  # fmt: skip
    return parts.details(texts.get("origin.digests"), f"<p>{escape(texts.get('origin.digests_note'))}</p>{content}")


def _again(publication: Publication, cell: dict[str, str], unit: str) -> None:
    """Computed once more, by whoever may see exact figures; and the command that does the same."""
    parts.html(f"<h3>{escape(texts.get('origin.again_title'))}</h3>")
    if not desk.is_open(publication):
        parts.html(f"<p>{escape(texts.get('origin.for_stewards'))}</p>")
        return
    if st.button(texts.get("origin.again"), key="explain", icon=":material/calculate:"):
        try:
            present.note(desk.EXPLAINED, f"publicatie {publication.number}: {' '.join(cell.values())}")
            with st.spinner(texts.get("origin.busy")), desk.opened(publication) as opened:
                found = opened.explain(publication.number, cell)
        except desk.DeskError as error:
            parts.html(f'<p class="trouble">{escape(str(error))}</p>')
        else:
            parts.html(_outcome(found, unit))
    command = desk.explain_command(desk.home_of(publication), publication.number, cell)
    parts.html(f'<p class="note">{escape(texts.get("origin.command"))}</p><pre class="copy">{escape(command)}</pre>')


def _outcome(found: Explanation, unit: str) -> str:
    """The same or not, and why not; the figure as published, again, and exactly."""
    if found.is_equal:
        said = texts.get("origin.equal")
    else:
        changed = [version.what for version in found.versions if version.then != version.now]
        said = texts.say("origin.changed", what=dates.listing(changed)) if changed else texts.get("origin.different")
    told = {"printed": found.printed, "again": found.again}
    if found.exact is not None:
        told["exact"] = found.exact
    rows = []
    for name, row in told.items():
        rows += tables.figure_rows(pl.DataFrame([{**row, "naam": texts.get("origin.rows")[name]}]), ["naam"], unit)
    table = tables.figure_table(texts.get("origin.caption"), [texts.get("origin.which")], rows)
    return f'<p class="outcome">{escape(said)}</p>{table}<p class="note">{escape(texts.get("origin.exact_note"))}</p>'
