"""One region: all its figures beside its arrondissement and the country, by theme, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, regional, sentences, tables, texts
from dashboards.charts.funnel import funnel
from dashboards.charts.spark import spark
from dashboards.pages import address, control, parts
from dashboards.queries import Publication, Region
from dashboards.regional import Cell, Line
from dashboards.reports.selection import Choice
from indicators.comparison.verdict import OF_KIND

KINDS = ("jaar", "kwartaal")
COLUMNS = ("indicator", "region", "verdict", "arrondissement", "country", "trend")
NO_CONTROL = ("coverage",)


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    address.begin()
    regions = {r.code: r for r in publication.regions_with_figures if r.niveau != "land"}
    head = st.container(key="region-head")
    with st.container(key="controls"):
        labels = {r.code: f"{r.naam} ({texts.get('level_short')[r.niveau]})" for r in regions.values()}
        own = publication.audience.region if publication.audience else ""
        first = next(code for code, r in regions.items() if r.niveau == "vt_regio")
        region = regions[_select("regio", labels, own if own in regions else first)]
        if own:
            address.note("regio")
        kinds = texts.get("period_kinds")
        address.before("periode", list(KINDS), KINDS[0])
        st.segmented_control(
            texts.get("indicator.period"), list(KINDS), format_func=lambda k: kinds[k], key="periode", required=True
        )
        kind = address.after("periode")
    themes = regional.lines(publication, region, kind)
    with head:
        _head(publication, region, themes)
        with st.expander(texts.get("sheets.title"), icon=":material/print:"):
            parts.html(f'<p class="note">{escape(texts.get("sheets.note"))}</p>')
            parts.sheets(publication, Choice(region=region.code), region.code)
    for theme, lines in themes:
        table = _table(region, theme, lines, kind)
        parts.html(f'<h2>{escape(theme)}</h2><div class="region-table">{table}</div>')
    parts.html(f'<p class="note">{escape(texts.get("regio.note"))}</p>')
    statuses = {str(line.cell["status"]) for _, lines in themes for line in lines}
    parts.html(parts.marks_line([status for status in texts.get("status") if status in statuses]))
    caption = texts.say("regio.files", region=region.naam)
    contents = partial(downloads.published, regional.cells(publication, themes), publication, caption)
    parts.downloads(publication, contents, f"{region.code}_{kind}", "region")
    _one_indicator(publication, region, themes)
    address.write()


def _select(key: str, labels: Mapping[str, str], default: str) -> str:
    parts.select(key, list(labels), labels, texts.get(f"regio.choose_{key}"), default)
    return address.after(key)


def _head(publication: Publication, region: Region, themes: list[tuple[str, list[Line]]]) -> None:
    above = publication.region_names.get(region.arrondissement, "")
    lead = texts.say("regio.in_arrondissement", name=above) if region.niveau == "vt_regio" else ""
    activities = sentences.activities_of(publication, region)
    parts.title(region.naam, escape(" ".join(filter(None, [lead, activities]))))
    found = regional.standing_out(themes)
    items = "".join(f"<li>{escape(regional.sentence(line, region.naam))}</li>" for line in found)
    said = f"<p>{escape(texts.get('regio.stands_out'))}</p><ul>{items}</ul>" if found else ""
    if not found:
        nothing = "nothing_stands_out" if regional.is_compared(themes) else "nothing_compared"
        said = f"<p>{escape(texts.get(f'regio.{nothing}'))}</p>"
    said += f'<p class="note">{escape(texts.get("regio.judged"))}</p>'
    if hidden := regional.hidden(themes):
        said += f'<p class="note">{escape(texts.say("regio.no_figure", names="; ".join(hidden)))}</p>'
    parts.html(said)


def _table(region: Region, theme: str, lines: list[Line], kind: str) -> str:
    heads = [texts.get(f"regio.columns.{name}") for name in COLUMNS]
    heads[1] = region.naam
    shown = list(range(len(COLUMNS)))
    if region.niveau != "vt_regio":
        shown.remove(COLUMNS.index("arrondissement"))
    rows = []
    for line in lines:
        row = [
            _name(line, region, kind),
            _value(line.cell, line),
            _verdict(line),
            _value(line.arrondissement, line),
            _value(line.country, line),
            spark(line.series),
        ]
        rows.append([row[i] for i in shown])
    caption = texts.say("regio.caption", theme=theme, region=region.naam)
    return tables.table(caption, [heads[i] for i in shown], rows, stacked=True)


def _name(line: Line, region: Region, kind: str) -> str:
    query = urlencode(address.kept() | {"indicator": line.definition["id"], "regio": region.code, "periode": kind})
    sentence = regional.sentence(line, region.naam)
    return (
        f'<a href="./indicator?{escape(query)}" target="_self"{texts.dutch_mark()}>'
        f"{escape(line.definition['title'])}</a>"
        f'<span class="said">{escape(dates.period(line.cell["periode"]))}. {escape(sentence)}</span>'
    )


def _value(cell: Cell | None, line: Line) -> str:
    if cell is None:
        return f'<span class="note">{escape(texts.get("regio.not_there"))}</span>'
    value = figures.figure(cell, line.unit)
    if not value:
        return f'<span class="note">{tables.sign(cell["status"])}</span>'
    margin = figures.margin(cell, line.unit)
    status = "" if cell["status"] == "definitief" else f'<span class="said">{tables.sign(cell["status"])}</span>'
    limits = (
        f'<span class="said">{escape(texts.say("overzicht.tile_margin", interval=margin))}</span>' if margin else ""
    )
    return f'<strong class="whole">{escape(value)}</strong>{limits}{status}'


def _verdict(line: Line) -> str:
    # Where there is no figure, its own column says why.
    if line.verdict is None or not figures.figure(line.cell, line.unit):
        return ""
    sign = texts.get("regio.signs")[line.verdict.certainty or line.verdict.verdict]
    return f'<span class="sign" aria-hidden="true">{sign}</span> {escape(sentences.verdict(line.verdict))}'


def _one_indicator(publication: Publication, region: Region, themes: list[tuple[str, list[Line]]]) -> None:
    """One indicator of choice closer by: its months, and the region among the others."""
    by_id = {
        str(line.definition["id"]): line
        for _, lines in themes
        for line in lines
        if line.definition["kind"] not in NO_CONTROL
    }
    if not by_id:
        return
    parts.section(texts.get("regio.closer"), texts.get("regio.closer_note"))
    titles = {i: str(line.definition["title"]) for i, line in by_id.items()}
    every = publication.plain.filter((pl.col("regio") == region.code) & (pl.col("periode_soort") == "maand"))
    seen = set(every.filter(pl.col("waarde").is_not_null())["indicator"])
    with st.container(key="closer-controls"):
        indicator = _select("indicator", titles, next((i for i in titles if i in seen), next(iter(titles))))
    line = by_id[indicator]
    months = every.filter((pl.col("indicator") == indicator) & (pl.col("categorie") == line.cell["categorie"]))
    if months["waarde"].drop_nulls().is_empty():
        parts.html(f"<p>{escape(texts.say('regio.no_months', region=region.naam))}</p>")
    else:
        months = months.with_columns(label=pl.lit(region.naam)).sort("periode")
        control.show(months, line.definition, region.naam, line.unit)
    _funnel(publication, region, line)


def _funnel(publication: Publication, region: Region, line: Line) -> None:
    """The region among the others of its level, in the period of its line."""
    found = line.compared
    if found is None or found.reason == OF_KIND:
        return
    names, period = publication.region_names, str(line.cell["periode"])
    cells = line.beside.with_columns(naam=pl.col("regio").replace_strict(names))
    summary = sentences.compared(found, names, region.niveau)
    parts.html(f"<h3>{escape(texts.say('regio.funnel', period=dates.period(period)))}</h3><p>{escape(summary)}</p>")
    if found.funnel is None:
        return
    judged = cells.with_columns(
        vergelijking=pl.Series([sentences.verdict(v) for v in found.verdicts], dtype=pl.String),
        oordeel=pl.Series([v.certainty or v.verdict for v in found.verdicts], dtype=pl.String),
    )
    figure = funnel(judged, found.funnel, line.unit, norm=line.definition["norm"], highlight=region.code)
    title = str(line.definition["title"])
    parts.chart(figure, sentences.funnel_alternative(found.funnel, summary, title, period, line.unit), "funnel-chart")
    notes = [texts.get("funnel.note"), texts.get("funnel.spread") if found.funnel.tau2 else ""]
    parts.html(f'<p class="note">{escape(" ".join(filter(None, notes)))}</p>')
    caption = texts.say("indicator.compare_caption", title=title, period=dates.period(period))
    rows = tables.figure_rows(judged, ["naam"], line.unit)
    table = tables.figure_table(caption, [texts.get("indicator.column_region")], rows, judged["vergelijking"].to_list())
    parts.folded(texts.get("indicator.trend_table"), table)
    split = publication.splits(str(line.definition["id"]), texts.get("splits"))[0]
    named = judged.with_columns(label=pl.lit(next(iter(split.labels.values()))))
    contents = partial(downloads.published, named, publication, caption)
    parts.downloads(publication, contents, f"{line.definition['id']}_{region.niveau}_{period}", "funnel")
