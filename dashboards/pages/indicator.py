"""The page of one indicator: its figure in words, through time, and region beside region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, queries, sentences, tables, texts
from dashboards.charts import trend as trends
from dashboards.charts.comparison import comparison
from dashboards.charts.funnel import funnel
from dashboards.pages import address, control, origin, parts
from dashboards.queries import Publication, Split
from indicators.comparison.verdict import OF_KIND, Comparison
from indicators.geography import LAND

# Shown where no other is asked for: what the overview begins with.
FIRST = "veiligheidsbeoordeling_binnen_5_werkdagen"


@dataclass(frozen=True)
class Choice:
    """What the controls say."""

    definition: Mapping[str, Any]
    region: str
    region_name: str
    kind: str
    split: Split
    quantile: str | None

    @property
    def id(self) -> str:
        return str(self.definition["id"])

    @property
    def unit(self) -> str:
        """The unit as it is shown; see ``figures.shown_unit``."""
        return figures.shown_unit(self.definition)


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    address.begin()
    head = st.container(key="indicator-head")
    with st.container(key="controls"):
        choice = _controls(publication)
    cells = _series(publication, choice, choice.region)
    with head:
        _head(publication, choice, site)
    _trend(publication, choice, cells)
    _control(choice, cells)
    _comparison(publication, choice)
    origin.show(publication, choice.definition, cells, choice.unit)
    address.write()


def _controls(publication: Publication) -> Choice:
    definitions = publication.definitions
    titles = {i: str(d["title"]) for i, d in definitions.items()}
    first = FIRST if FIRST in titles else ""
    _select("indicator", sorted(titles, key=lambda i: titles[i].casefold()), titles, "choose", first)
    definition = definitions[address.after("indicator")]
    levels = publication.levels(definition["id"]) or ["land"]
    regions = {r.code: parts.region_label(r) for r in publication.regions_with_figures if r.niveau in levels}
    _select("regio", list(regions), regions, "region", LAND)
    region = address.after("regio")
    splits = {split.dimension: split for split in publication.splits(definition["id"], texts.get("splits"))}
    _select("uitsplitsing", list(splits), {d: s.title for d, s in splits.items()}, "split")
    split = splits[address.after("uitsplitsing")]
    quantile = None
    if definition["kind"] == "quantiles" and split.dimension != queries.QUANTILE:
        names = texts.get("quantiles")
        _segments("kwantiel", list(names), names, "quantile")
        quantile = address.after("kwantiel")
    _segments("periode", list(queries.PERIOD_KINDS), texts.get("period_kinds"), "period", "kwartaal")
    return Choice(definition, region, publication.region_names[region], address.after("periode"), split, quantile)


def _select(key: str, options: list[str], labels: Mapping[str, str], text: str, default: str = "") -> None:
    parts.select(key, options, labels, texts.get(f"indicator.{text}"), default)


def _segments(key: str, options: list[str], labels: Mapping[str, str], text: str, default: str = "") -> None:
    parts.segments(key, options, labels, texts.get(f"indicator.{text}"), default)


def _series(publication: Publication, choice: Choice, region: str) -> pl.DataFrame:
    cells = publication.cells(indicator=choice.id, regio=region, periode_soort=choice.kind)
    return queries.split_cells(cells, choice.split, choice.quantile)


def _first(cells: pl.DataFrame) -> pl.DataFrame:
    """The first series, which the sentence is about."""
    return cells.filter(pl.col("label") == cells["label"].first()) if cells.height else cells


def _head(publication: Publication, choice: Choice, site: Mapping[str, st.Page]) -> None:
    definition = choice.definition
    mark = texts.dutch_mark()
    parts.html(
        f'<p class="eyebrow"{mark}>{escape(definition["title"])}</p><h1{mark}>{escape(definition["question"])}</h1>'
    )
    plain = publication.splits(choice.id, texts.get("splits"))[0]
    series = _first(_series(publication, replace(choice, split=plain, quantile=None), choice.region))
    cell = queries.headline_cell(series) or (series.sort("periode").row(-1, named=True) if series.height else None)
    country = None
    if cell and choice.region != LAND:
        national = _series(publication, replace(choice, split=plain, quantile=None), LAND)
        found = _first(national).filter(pl.col("periode") == cell["periode"])
        country = found.row(0, named=True) if found.height else None
    text = sentences.answer(series, cell, choice.region_name, choice.unit, country)
    if definition["norm"]:
        text += " " + figures.norm_text("sentence", definition["norm"], definition["unit"])
    if len(plain.labels) > 1:
        text = texts.say("indicator.answer_about", label=next(iter(plain.labels.values())), answer=text)
    with st.container(key="answer"):
        st.markdown(text)
    if advice := _advice(publication, choice):
        parts.html(f'<p class="note advice">{escape(advice)}</p>')
    with st.expander(texts.get("indicator.meaning")):
        parts.html(_meaning(definition))
        parts.onward(site["uitleg"], texts.get("indicator.more"), indicator=choice.id)


def _advice(publication: Publication, choice: Choice) -> str:
    """Where most of what was chosen is hidden: where there is more to see. Empty where that isn't so."""
    if not queries.mostly_hidden(_series(publication, choice, choice.region)):
        return ""
    kinds = texts.get("period_kinds")
    advice = ""
    if choice.region != LAND:
        advice = texts.get("indicator.advice_region")
    elif choice.split.dimension not in (queries.TOTAL, queries.QUANTILE):
        advice = texts.get("indicator.advice_split")
    for kind in reversed(queries.PERIOD_KINDS[queries.PERIOD_KINDS.index(choice.kind) + 1 :]):
        if not queries.mostly_hidden(_series(publication, replace(choice, kind=kind), choice.region)):
            advice = texts.say("indicator.advice_period", kind=kinds[kind])
    kind = texts.get("indicator.kinds_one")[choice.kind]
    return texts.say("indicator.mostly_hidden", kind=kind, advice=advice).strip()


def _norm_note(definition: Mapping[str, Any]) -> str:
    """The norm that is drawn, with its source; empty where there is none."""
    if not definition["norm"]:
        return ""
    return figures.norm_text("note", definition["norm"], definition["unit"])


def _meaning(definition: Mapping[str, Any]) -> str:
    norm = _norm_note(definition) or texts.get("indicator.no_norm")
    facts = [texts.get(f"polarity.{definition['polarity']}"), norm]
    facts.append(texts.say("indicator.version", version=definition["version"]))
    caveats = "".join(f"<li>{escape(text)}</li>" for text in definition["caveats"])
    return (
        f"<p{texts.dutch_mark()}>{escape(definition['explanation'])}</p><p>{escape(' '.join(facts))}</p>"
        f"<h3>{escape(texts.get('indicator.caveats'))}</h3><ul{texts.dutch_mark()}>{caveats}</ul>"
    )


def _trend(publication: Publication, choice: Choice, cells: pl.DataFrame) -> None:
    region, title = choice.region_name, choice.definition["title"]
    kind = texts.get("indicator.kinds_one")[choice.kind]
    parts.section(texts.say("indicator.trend_title", region=region))
    if not cells.height:
        parts.html(f"<p>{escape(texts.say('indicator.answer_none', region=region))}</p>")
        return
    single = cells["label"].n_unique() == 1
    reference = _series(publication, choice, LAND) if single and choice.region != LAND else None
    figure = trends.trend(
        cells if not single else cells.with_columns(label=pl.lit(region)),
        choice.unit,
        norm=choice.definition["norm"],
        reference=None if choice.unit == "euro" and choice.definition["kind"] == "sum" else reference,
        reference_name=texts.get("indicator.trend_country"),
    )
    parts.chart(figure, sentences.trend_alternative(cells, title, region, kind, choice.unit), "trend-chart")
    hint = texts.get("indicator.control_hint") if _has_control(choice) and choice.kind != "maand" else ""
    kind_of_note = trends.margin_note(cells)
    notes = [texts.get(f"indicator.margins.{kind_of_note}") if kind_of_note else "", sentences.unseen(cells)]
    if days := choice.definition.get("horizon_days"):
        notes.append(texts.say("indicator.horizon", days=days))
    notes.append(_norm_note(choice.definition))
    parts.html(f'<p class="note">{escape(" ".join(filter(None, [*notes, hint])))}</p>')
    first = ["periode"] if single else ["periode", "label"]
    names = [texts.get("indicator.column_period"), *([] if single else [texts.get("indicator.column_category")])]
    caption = texts.say("indicator.trend_caption", title=title, region=region, kind=kind)
    rows = tables.figure_rows(cells.sort("periode", maintain_order=True), first, choice.unit)
    _twin(caption, names, rows)
    contents = partial(downloads.published, cells, publication, caption)
    parts.downloads(publication, contents, f"{choice.id}_{choice.region}_{choice.kind}", "trend")
    parts.html(f"<h3>{escape(texts.get('indicator.marks_title'))}</h3>" + parts.marks(trends.occurring(cells)))


def _has_control(choice: Choice) -> bool:
    """Whether this choice has one series of a figure that can go up and down."""
    return choice.definition["kind"] != "coverage" and choice.split.dimension in (queries.TOTAL, queries.QUANTILE)


def _control(choice: Choice, cells: pl.DataFrame) -> None:
    """The control chart of the region's months."""
    series = _first(cells).sort("periode")
    if not _has_control(choice) or choice.kind != "maand" or not series["waarde"].drop_nulls().len():
        return
    control.show(series, choice.definition, choice.region_name, choice.unit)


def _twin(caption: str, first: list[str], rows: list[list[str]], verdicts: Sequence[str] = ()) -> None:
    parts.folded(texts.get("indicator.trend_table"), tables.figure_table(caption, first, rows, verdicts))


def _comparison(publication: Publication, choice: Choice) -> None:
    levels = [level for level in publication.levels(choice.id) if level != "land"]
    if not levels and choice.definition["kind"] != "coverage":
        return
    if not levels:
        parts.html(f'<p class="note">{escape(texts.get("indicator.compare_land_only"))}</p>')
        return
    heading = st.container(key="compare-head")
    with st.container(key="compare-controls"):
        level, period, category = _comparison_controls(publication, choice, levels)
    cells = _column(publication, choice, level, period, category)
    country = _column(publication, choice, "land", period, category)
    national = country.row(0, named=True) if country.height else None
    title = choice.definition["title"]
    split = cells.row(0, named=True) if cells.height else {"dimensie": choice.split.dimension, "categorie": category}
    found = publication.compared(choice.definition, level, period, split["dimensie"], split["categorie"])
    with heading:
        note = "compare_note" if _with_margins(cells) else "compare_note_absent"
        if choice.definition["kind"] == "sum":
            note = "compare_sum"
        parts.section(
            texts.say("indicator.compare_title", levels=texts.get("levels")[level]), texts.get(f"indicator.{note}")
        )
    if not cells.filter(queries.HAS_FIGURE).height:
        parts.html(f"<p>{escape(texts.get('indicator.compare_none'))}</p>")
    elif choice.definition["kind"] != "sum":
        _dots(choice, cells, national, period)
        if found.reason != OF_KIND:
            cells = _funnel(choice, cells, found, level, period)
    everything = pl.concat([country.with_columns(naam=pl.lit(texts.get("levels.land"))), cells], how="diagonal")
    caption = texts.say("indicator.compare_caption", title=title, period=dates.period(period))
    said = ["" if word is None else word for word in everything["vergelijking"]] if found.funnel else []
    rows = tables.figure_rows(everything, ["naam"], choice.unit)
    _twin(caption, [texts.get("indicator.column_region")], rows, said)
    contents = partial(downloads.published, everything, publication, caption)
    parts.downloads(publication, contents, f"{choice.id}_{level}_{period}", "compare")


def _with_margins(cells: pl.DataFrame) -> bool:
    """Whether any of these cells has a limit, or none has a figure so that nothing is known of it."""
    limited = pl.col("ondergrens").is_not_null() | pl.col("bovengrens").is_not_null()
    return bool(cells.filter(limited).height or not cells.filter(queries.HAS_FIGURE).height)


def _funnel(choice: Choice, cells: pl.DataFrame, found: Comparison, level: str, period: str) -> pl.DataFrame:
    """The funnel plot and what it says; gives the cells with a column ``vergelijking`` where regions are compared."""
    summary = sentences.compared(found, dict(zip(cells["regio"], cells["naam"], strict=True)), level)
    if found.funnel is None:
        parts.html(f'<p class="note">{escape(summary)}</p>')
        return cells
    cells = cells.with_columns(
        vergelijking=pl.Series([sentences.verdict(v) for v in found.verdicts], dtype=pl.String),
        oordeel=pl.Series([v.certainty or v.verdict for v in found.verdicts], dtype=pl.String),
    )
    parts.html(f"<h3>{escape(texts.get('indicator.more_than_chance'))}</h3><p>{escape(summary)}</p>")
    figure = funnel(cells, found.funnel, choice.unit, norm=choice.definition["norm"], highlight=choice.region)
    words = sentences.funnel_alternative(found.funnel, summary, choice.definition["title"], period, choice.unit)
    parts.chart(figure, words, "funnel-chart")
    notes = [texts.get("funnel.note"), texts.get("funnel.spread") if found.funnel.tau2 else ""]
    parts.html(f'<p class="note">{escape(" ".join([*notes, _norm_note(choice.definition)]))}</p>')
    return cells.drop("oordeel")


def _dots(choice: Choice, cells: pl.DataFrame, national: Mapping[str, Any] | None, period: str) -> None:
    figure = comparison(
        cells,
        choice.unit,
        country=national,
        norm=choice.definition["norm"],
        highlight=choice.region,
        counts=not _with_margins(cells),
    )
    alternative = sentences.comparison_alternative(cells, choice.definition["title"], period, national, choice.unit)
    parts.chart(figure, alternative, "compare-chart")
    statuses = trends.occurring(cells)
    if statuses != ["definitief"]:
        parts.html(parts.marks_line(statuses))


def _comparison_controls(publication: Publication, choice: Choice, levels: list[str]) -> tuple[str, str, str]:
    _segments("niveau", levels, texts.get("levels"), "level", "vt_regio")
    level = address.after("niveau")
    periods = publication.periods(choice.id, choice.kind)
    cell = queries.headline_cell(_first(_series(publication, choice, LAND)))
    address.before("moment", periods, cell["periode"] if cell else periods[-1])
    st.selectbox(
        texts.get("indicator.moment")[choice.kind],
        list(reversed(periods)),
        format_func=dates.period,
        key="moment",
        filter_mode="contains",
    )
    period = address.after("moment")
    labels = choice.split.labels
    category = next(iter(labels))
    if len(labels) > 1:
        _select("categorie", list(labels), labels, "category")
        category = address.after("categorie")
    return level, period, category


def _column(publication: Publication, choice: Choice, level: str, period: str, category: str) -> pl.DataFrame:
    cells = publication.cells(indicator=choice.id, regio_niveau=level, periode_soort=choice.kind, periode=period)
    one = queries.split_cells(cells, choice.split, choice.quantile).filter(
        pl.col("label") == choice.split.labels[category]
    )
    return one.with_columns(naam=pl.col("regio").replace_strict(publication.region_names))
