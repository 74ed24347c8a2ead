"""The page about effort and costs: how much, by whom, for what, and how far it moved forward in a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, effort_sentences, figures, queries, sentences, tables, texts
from dashboards.charts import effort
from dashboards.charts import trend as trends
from dashboards.pages import address, parts
from dashboards.queries import Publication, Split
from dashboards.reports.selection import Choice as Report
from indicators import explanation
from indicators.geography import LAND

HOURS, COSTS, TOTAL_COSTS = "inzet_uren_per_zaak", "kosten_per_zaak", "kosten_totaal"
EXTRA, SHIFT = "aandeel_extra_inzet", "verschuiving_eerste_14_dagen"
FACTS = (HOURS, COSTS, TOTAL_COSTS, EXTRA, SHIFT)
MEASURES = {"uren": HOURS, "euro": COSTS, "totaal": TOTAL_COSTS}
SPLITS = ("partner", "verbeteractiviteit", "soort_inzet", "wijze", "met_actieoverleg")
# Next to what the shift goes with: on time, together, repetition, and the hours themselves.
BESIDE = (SHIFT, "veiligheidsbeoordeling_binnen_5_werkdagen", "overlapgraad", "herhaling_18_maanden", HOURS)
PERIODS_SHOWN = 8
# Of whom there is a sheet: of the chosen region, or of a partner in the whole country.
WHOSE, REGION = "blad", "gebied"


@dataclass(frozen=True)
class Choice:
    """What the controls say. ``measure``: an indicator; ``split``: how it is shown through time; ``whose``: of whom
    there is a report on paper, a partner or REGION."""

    region: str
    region_name: str
    kind: str
    period: str
    measure: str
    split: str
    whose: str


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    known = [code for code in FACTS if code in publication.definitions]
    if HOURS not in known:
        parts.title(texts.get("inzet.title"), escape(texts.get("inzet.absent")))
        return
    address.begin()
    head = st.container(key="effort-head")
    with st.container(key="controls"):
        choice = _controls(publication, known)
    address.write()
    with head:
        _head(publication, choice, known)
    _facts(publication, choice, known)
    _made_up_of(publication, choice)
    _through_time(publication, choice)
    if SHIFT in known:
        _shift(publication, choice)
    _beside(publication, choice)
    _sheet(publication, choice)
    with st.container(key="effort-onward"):
        parts.onward(site["verkenning"], texts.get("inzet.onward"))


def _sheets(publication: Publication) -> list[str]:
    """The region, and every partner that there is a report of, among those that may be seen."""
    seen = next(s.labels for s in publication.splits(HOURS, texts.get("splits")) if s.dimension == "partner")
    return [REGION, *(code for code in texts.get("report.tiles.partner") if code in seen)]


def _sheet(publication: Publication, choice: Choice) -> None:
    """The report on paper."""
    parts.section(texts.get("sheets.title"), texts.get("sheets.note"))
    labels = {code: explanation.partner(code) for code in _sheets(publication)} | {REGION: choice.region_name}
    with st.container(key="sheet-controls"):
        parts.select(WHOSE, list(labels), labels, texts.get("sheets.whose"))
    address.after(WHOSE)
    report = Report(region=choice.region) if choice.whose == REGION else Report(partner=choice.whose)
    parts.sheets(publication, report, report.partner or report.region)


def _controls(publication: Publication, known: Sequence[str]) -> Choice:
    regions = {r.code: parts.region_label(r) for r in publication.regions_with_figures}
    parts.select("regio", list(regions), regions, texts.get("indicator.region"), LAND)
    region = address.after("regio")
    parts.segments(
        "periode", queries.PERIOD_KINDS, texts.get("period_kinds"), texts.get("indicator.period"), "jaar"
    )  # fmt: skip
    kind = address.after("periode")
    periods = _periods(publication, kind)
    cell = queries.headline_cell(_total(publication, HOURS, LAND, kind))
    newest = [*reversed(periods)]
    names = {period: dates.period(period) for period in periods}
    whole = publication.whole(periods)
    # Of years the newest whole one, as on the sheet, also where it is not final yet.
    default = whole[-1] if kind == "jaar" and whole else cell["periode"] if cell else newest[0]
    parts.select("moment", newest, names, texts.get("indicator.moment")[kind], default)
    period = address.after("moment")
    measures = {code: label for code, label in texts.get("inzet.measures").items() if MEASURES[code] in known}
    parts.segments("maat", list(measures), measures, texts.get("inzet.measure"), "uren")
    measure = MEASURES[address.after("maat")]
    # Two controls stand lower on the page. They are known already, so the address is written before all the drawing.
    splits = [split.dimension for split in publication.splits(measure, texts.get("splits"))]
    address.before("uitsplitsing", splits, queries.TOTAL)
    address.before(WHOSE, _sheets(publication), REGION)
    name = publication.region_names[region]
    return Choice(region, name, kind, period, measure, address.after("uitsplitsing"), address.after(WHOSE))


def _periods(publication: Publication, kind: str) -> list[str]:
    """The periods of a kind that can be chosen, oldest first."""
    cells = publication.cells(indicator=HOURS, regio=LAND, periode_soort=kind)
    return publication.begun(cells)["periode"].unique().sort().to_list()


def _total(publication: Publication, indicator: str, region: str, kind: str) -> pl.DataFrame:
    """The undivided series of one region."""
    split = publication.splits(indicator, texts.get("splits"))[0]
    cells = publication.cells(indicator=indicator, regio=region, periode_soort=kind, dimensie=split.dimension)
    first = next(iter(split.labels))
    return publication.begun(queries.split_cells(cells, split).filter(pl.col("categorie") == first))


def _cell(publication: Publication, choice: Choice, indicator: str) -> dict[str, Any] | None:
    found = _total(publication, indicator, choice.region, choice.kind).filter(pl.col("periode") == choice.period)
    return found.row(0, named=True) if found.height else None


def _unit(publication: Publication, indicator: str) -> str:
    return figures.shown_unit(publication.definitions[indicator])


def _head(publication: Publication, choice: Choice, known: Sequence[str]) -> None:
    parts.html(
        f'<p class="eyebrow">{escape(texts.get("inzet.title"))}</p><h1>{escape(texts.get("inzet.question"))}</h1>'
    )
    cells = {code: _cell(publication, choice, code) for code in known}
    with st.container(key="answer"):
        st.markdown(effort_sentences.answer(cells, choice.region_name, choice.period))
    parts.html(f'<p class="note">{escape(texts.get("inzet.recorded"))}</p>')


def _facts(publication: Publication, choice: Choice, known: Sequence[str]) -> None:
    """The five figures of the chosen region and period, each with its status and what it was before."""
    out = []
    for code in known:
        series = _total(publication, code, choice.region, choice.kind)
        cell = _cell(publication, choice, code)
        unit = _unit(publication, code)
        before = series.filter((pl.col("periode") < choice.period) & queries.HAS_FIGURE).sort("periode").tail(1)
        earlier = before.row(0, named=True) if before.height else None
        out.append(effort_sentences.fact(publication.definitions[code]["title"], cell, earlier, unit))
    parts.html(f'<ul class="fact-tiles">{"".join(out)}</ul>')


def _made_up_of(publication: Publication, choice: Choice) -> None:
    definition = publication.definitions[choice.measure]
    unit = _unit(publication, choice.measure)
    where = {"region": choice.region_name, "period": dates.period(choice.period)}
    parts.section(texts.say("inzet.made_of_title", title=definition["title"], **where), texts.get("inzet.made_of_note"))
    named = {split.dimension: split for split in publication.splits(choice.measure, texts.get("splits"))}
    here = publication.cells(
        indicator=choice.measure, regio=choice.region, periode_soort=choice.kind, periode=choice.period
    )
    everything = []
    with st.container(key="effort-splits"):
        for dimension in SPLITS:
            if dimension not in named:
                continue
            cells = queries.split_cells(here, named[dimension])
            everything.append(cells)
            with st.container(key=f"effort-{dimension}"):
                _split(cells, named[dimension], definition["title"], unit, where)
    absent = [title for name, title in texts.get("inzet.split_names").items() if name in SPLITS and name not in named]
    if absent:
        not_split = texts.say("inzet.not_split", title=definition["title"], names=dates.listing(absent))
        parts.html(f'<p class="note">{escape(not_split)}</p>')
    _marks(everything)
    title = texts.say("inzet.made_of_title", title=definition["title"], **where)
    contents = partial(downloads.published, pl.concat(everything), publication, title)
    parts.downloads(publication, contents, f"{choice.measure}_{choice.region}_{choice.period}", "effort")


def _split(cells: pl.DataFrame, split: Split, title: str, unit: str, where: Mapping[str, str]) -> None:
    parts.html(f"<h3>{escape(texts.get('inzet.split_names')[split.dimension])}</h3>")
    caption = texts.say("inzet.split_caption", title=title, split=split.title.lower(), **where)
    alternative = effort_sentences.made_of(cells, caption, unit)
    parts.static_chart(effort.bars(cells, unit), alternative, f"bars-{split.dimension}")
    if note := texts.get("inzet.split_notes").get(split.dimension):
        parts.html(f'<p class="note">{escape(note)}</p>')
    rows = tables.figure_rows(cells, ["label"], unit)
    parts.folded(texts.get("indicator.trend_table"), tables.figure_table(caption, [split.title], rows))


def _through_time(publication: Publication, choice: Choice) -> None:
    definition, unit = publication.definitions[choice.measure], _unit(publication, choice.measure)
    parts.section(texts.say("inzet.time_title", title=definition["title"], region=choice.region_name))
    splits = {split.dimension: split for split in publication.splits(choice.measure, texts.get("splits"))}
    with st.container(key="effort-controls"):
        st.selectbox(
            texts.get("indicator.split"), list(splits), format_func=lambda name: splits[name].title, key="uitsplitsing"
        )
    split = splits[choice.split]
    cells = queries.split_cells(
        publication.cells(indicator=choice.measure, regio=choice.region, periode_soort=choice.kind), split
    )
    kind = texts.get("indicator.kinds_one")[choice.kind]
    words = sentences.trend_alternative(cells, definition["title"], choice.region_name, kind, unit)
    parts.chart(trends.trend(cells, unit), words, "effort-trend")
    note = trends.margin_note(cells)
    notes = [texts.get(f"indicator.margins.{note}") if note else "", sentences.unseen(cells)]
    parts.html(f'<p class="note">{escape(" ".join(filter(None, notes)))}</p>')
    caption = texts.say("indicator.trend_caption", title=definition["title"], region=choice.region_name, kind=kind)
    rows = tables.figure_rows(cells.sort("periode", maintain_order=True), ["periode", "label"], unit)
    names = [texts.get("indicator.column_period"), texts.get("indicator.column_category")]
    parts.folded(texts.get("indicator.trend_table"), tables.figure_table(caption, names, rows))
    contents = partial(downloads.published, cells.sort("periode", maintain_order=True), publication, caption)
    file = f"{choice.measure}_{choice.region}_{choice.kind}_{split.dimension}"
    parts.downloads(publication, contents, file, "effort-time")


def _shift(publication: Publication, choice: Choice) -> None:
    """The shift forward: through the periods up to the chosen one, and by partner in that one."""
    unit = _unit(publication, SHIFT)
    series = _total(publication, SHIFT, choice.region, choice.kind).sort("periode")
    series = series.filter(pl.col("periode") <= choice.period).tail(PERIODS_SHOWN)
    through = series.with_columns(label=pl.col("periode").map_elements(dates.period, return_dtype=pl.String))
    split = next(s for s in publication.splits(SHIFT, texts.get("splits")) if s.dimension == "partner")
    here = publication.cells(indicator=SHIFT, regio=choice.region, periode_soort=choice.kind, periode=choice.period)
    partners = queries.split_cells(here, split)
    parts.section(texts.say("inzet.shift_title", region=choice.region_name), texts.get("inzet.shift_note"))
    parts.html(f'<p class="shift-said">{escape(effort_sentences.shifted(series, unit))}</p>')
    with st.container(key="effort-shift"):
        for name, cells in (("time", through), ("partner", partners)):
            with st.container(key=f"effort-shift-{name}"):
                title = texts.say(f"inzet.shift_{name}", period=dates.period(choice.period))
                parts.html(f"<h3>{escape(title)}</h3>")
                caption = f"{publication.definitions[SHIFT]['title']}, {choice.region_name}. {title}"
                words = effort_sentences.made_of(cells, caption, unit)
                parts.static_chart(effort.shift(cells, texts.get("inzet.shift_even")), words, f"shift-{name}")
                first = texts.get("indicator.column_period" if name == "time" else "inzet.column_partner")
                table = tables.figure_table(caption, [first], tables.figure_rows(cells, ["label"], unit))
                parts.folded(texts.get("indicator.trend_table"), table)
    _marks([through, partners])
    title = publication.definitions[SHIFT]["title"]
    contents = partial(downloads.published, pl.concat([series, partners]), publication, title)
    parts.downloads(publication, contents, f"{SHIFT}_{choice.region}_{choice.period}", "shift")


def _beside(publication: Publication, choice: Choice) -> None:
    """What the shift goes with, in one region through time; nothing is said about causes."""
    codes = [code for code in BESIDE if code in publication.definitions]
    series = {code: _total(publication, code, choice.region, choice.kind).sort("periode") for code in codes}
    series = {code: cells for code, cells in series.items() if cells.height}
    parts.section(texts.say("inzet.beside_title", region=choice.region_name), texts.get("inzet.beside_note"))
    titles = {code: str(publication.definitions[code]["title"]) for code in series}
    better = {code: effort_sentences.better(publication.definitions[code]) for code in series}
    panels = [(titles[code], better[code], _unit(publication, code), cells) for code, cells in series.items()]
    kind = texts.get("indicator.kinds_one")[choice.kind]
    words = " ".join(
        sentences.trend_alternative(cells, titles[code], choice.region_name, kind, _unit(publication, code))
        for code, cells in series.items()
    )
    parts.chart(effort.beside(panels), words, "beside")
    _marks(list(series.values()))
    rows, names = [], [texts.get("inzet.column_figure"), texts.get("indicator.column_period")]
    for code, cells in series.items():
        named = cells.with_columns(label=pl.lit(titles[code]))
        rows += tables.figure_rows(named, ["label", "periode"], _unit(publication, code))
    caption = texts.say("inzet.beside_title", region=choice.region_name)
    parts.folded(texts.get("indicator.trend_table"), tables.figure_table(caption, names, rows))
    contents = partial(downloads.published, pl.concat(list(series.values())), publication, caption)
    parts.downloads(publication, contents, f"naast_elkaar_{choice.region}_{choice.kind}", "beside")


def _marks(shown: Sequence[pl.DataFrame]) -> None:
    """What the signs in these pictures mean, unless every figure is final."""
    statuses = trends.occurring(pl.concat([cells.select("status") for cells in shown]))
    if statuses != ["definitief"]:
        parts.html(parts.marks_line(statuses))
