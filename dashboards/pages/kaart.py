"""The map through time: the status of a verbeteractiviteit, or any figure, with a slider that plays.

Runs by itself: a step of the slider draws the map again and nothing else of the page.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, queries, sentences, tables, texts
from dashboards.charts import value_map
from dashboards.charts.progress import progress
from dashboards.charts.status_map import status_map
from dashboards.pages import address, parts
from dashboards.queries import Publication

SECONDS_PER_STEP = 0.9
PLAYING = "map:playing"
RESTART = "map:restart"
# A total depends on the size of a region, and coverage is itself a count of regions: neither is a map.
NO_MAP = ("sum", "coverage")
LEVELS = ("vt_regio", "arrondissement")
KINDS = ("kwartaal", "jaar")


def show(publication: Publication) -> None:
    if st.session_state.get(PLAYING):
        parts.fragment(_map, run_every=SECONDS_PER_STEP)(publication)
    else:
        parts.fragment(_map)(publication)


def stop() -> None:
    """Ends the playing of the map, for when another page is shown."""
    st.session_state.pop(PLAYING, None)


def _map(publication: Publication) -> None:
    address.begin()
    activities = texts.get("activities")
    mapped = {i: str(d["title"]) for i, d in publication.definitions.items() if d["kind"] not in NO_MAP}
    labels = {a: texts.say("map.status_of", activity=activities[a]) for a in queries.ACTIVITIES}
    labels |= dict(sorted(mapped.items(), key=lambda entry: entry[1].casefold()))
    parts.html(f'<h2 class="heard">{escape(texts.get("map.heading"))}</h2>')
    with st.container(key="map-controls"):
        parts.select("kaart", list(labels), labels, texts.get("map.choose"))
        chosen = address.after("kaart")
        if chosen in activities:
            _statuses(publication, chosen)
        else:
            _figures(publication, chosen)


def _statuses(publication: Publication, activity: str) -> None:
    months = publication.months
    month = _slider("maand", months, months[-1], "overzicht.month")
    _written()
    regions = publication.status_map(activity, month)
    _said(sentences.map_sentence(regions, activity, month))
    with st.container(key="map"):
        figure = status_map(regions, publication.outlines, texts.get("activity_status"))
        parts.chart(figure, sentences.map_alternative(regions, activity, month), "map-chart", fill=True)
    caption = texts.say(
        "overzicht.table_caption", activity=texts.get("activities")[activity], month=dates.period(month)
    )
    heads = [texts.get(f"overzicht.column_{name}") for name in ("region", "status", "since")]
    rows = tables.status_rows(regions, months[0])
    parts.folded(texts.get("map.table"), tables.table(caption, heads, rows))
    contents = partial(downloads.computed, regions, publication, caption, texts.get("downloads.kaart"))
    parts.downloads(publication, contents, f"kaart_{activity}_{month}", "map")
    _progress(publication, activity, month, sentences.region_word(regions))


def _figures(publication: Publication, indicator: str) -> None:
    definition = publication.definitions[indicator]
    unit = figures.shown_unit(definition)
    with st.container(key="map-figure-controls"):
        levels = [level for level in LEVELS if level in publication.levels(indicator)]
        level = _segments("kaart_niveau", levels, texts.get("levels"), "map.level")
        kind = _segments("kaart_per", list(KINDS), texts.get("period_kinds"), "indicator.period")
    split = publication.splits(indicator, texts.get("splits"))[0]
    category = next(iter(split.labels))
    of_kind = publication.plain.filter(
        (pl.col("indicator") == indicator) & (pl.col("periode_soort") == kind) & (pl.col("categorie") == category)
    )
    country = of_kind.filter(pl.col("regio_niveau") == "land")
    every = of_kind.filter(pl.col("regio_niveau") == level)
    periods = every["periode"].unique().sort().to_list()
    newest = queries.headline_cell(country)
    period = _slider(f"kaart_{kind}", periods, newest["periode"] if newest else periods[-1], "map.period")
    _written()
    cells = every.filter(pl.col("periode") == period).with_columns(
        naam=pl.col("regio").replace_strict(publication.region_names)
    )
    at = country.filter(pl.col("periode") == period)
    national = at.row(0, named=True) if at.height else None
    _said(sentences.figures_on_map(cells, str(definition["title"]), period, level, national, unit))
    elsewhere = publication.names_elsewhere(level)
    if elsewhere:
        parts.html(f'<p class="note">{escape(texts.get("map.elsewhere"))}</p>')
    limits = value_map.class_limits(every["waarde"], unit)
    with st.container(key="map-figure"):
        figure = value_map.value_map(cells, publication.outlines, limits, unit, elsewhere)
        words = sentences.figure_map_alternative(cells, str(definition["title"]), period, limits, unit)
        parts.chart(figure, words, "map-chart", fill=True)
    parts.html(f'<p class="note">{escape(_reading(definition))}</p>')
    everything = pl.concat([at.with_columns(naam=pl.lit(texts.get("levels.land"))), cells], how="diagonal")
    caption = texts.say("indicator.compare_caption", title=definition["title"], period=dates.period(period))
    rows = tables.figure_rows(everything, ["naam"], unit)
    parts.folded(texts.get("map.table"), tables.figure_table(caption, [texts.get("indicator.column_region")], rows))
    named = everything.with_columns(label=pl.lit(next(iter(split.labels.values()))))
    contents = partial(downloads.published, named, publication, caption)
    parts.downloads(publication, contents, f"kaart_{indicator}_{level}_{period}", "map")


def _reading(definition: dict[str, Any]) -> str:
    lines = [texts.get("map.reading"), texts.get(f"polarity.{definition['polarity']}")]
    if definition["norm"]:
        lines.append(figures.norm_text("note", definition["norm"], definition["unit"]))
    return " ".join(lines)


def _said(sentence: str) -> None:
    parts.html(f'<p class="map-sentence" aria-live="polite">{escape(sentence)}</p>')


def _segments(key: str, options: list[str], labels: dict[str, str], text: str) -> str:
    address.before(key, options, options[0])
    st.segmented_control(texts.get(text), options, format_func=lambda code: labels[code], key=key, required=True)
    return address.after(key)


def _slider(key: str, steps: list[str], default: str, label: str) -> str:
    """The slider over these periods with the button that plays them; gives the period that is shown."""
    _advance(key, steps)
    address.before(key, steps, default)
    if len(steps) == 1:
        return address.after(key)
    with st.container(key="map-slider", horizontal=True, vertical_alignment="bottom", wrap=False):
        text = texts.say(label, first=dates.period(steps[0]), last=dates.period(steps[-1]))
        st.select_slider(text, steps, format_func=dates.period, key=key, help=texts.get("overzicht.map_keys"))
        shown = address.after(key)
        _play_button(shown == steps[-1])
    return shown


def _written() -> None:
    """The address stays as it is while the map plays: a step of it is no step back."""
    if not st.session_state.get(PLAYING):
        address.write()


def _play_button(at_the_end: bool) -> None:
    playing = st.session_state.get(PLAYING, False)
    text, icon = ("pause", ":material/pause:") if playing else ("play", ":material/play_arrow:")
    if st.button(texts.get(f"overzicht.{text}"), icon=icon, key="play"):
        st.session_state[PLAYING] = not playing
        if not playing and at_the_end:
            st.session_state[RESTART] = True
        st.rerun()


def _advance(key: str, steps: list[str]) -> None:
    """One step further while playing; stops at the last."""
    if not st.session_state.get(PLAYING):
        return
    now = st.session_state.get(key, steps[0])
    if st.session_state.pop(RESTART, False):
        st.session_state[key] = steps[0]
    elif now in steps[:-1]:
        st.session_state[key] = steps[steps.index(now) + 1]
    if st.session_state.get(key, steps[-1]) == steps[-1]:
        st.session_state[PLAYING] = False
        st.rerun()


def _progress(publication: Publication, activity: str, month: str, regions: str) -> None:
    months, labels = publication.months, texts.get("activity_status")
    counts = publication.status_counts(activity)
    parts.html(f"<h3>{escape(texts.get('overzicht.progress_title'))}</h3>")
    figure = progress(counts, labels, months, month, texts.get("overzicht.progress_axis"))
    parts.chart(figure, sentences.progress_alternative(counts, activity, months, regions), "progress-chart")
    found = {(row["maand"], row["status"]): row["aantal"] for row in counts.iter_rows(named=True)}
    rows = [[escape(dates.period(m)), *(str(found.get((m, s), 0)) for s in labels)] for m in months]
    parts.folded(
        texts.get("overzicht.progress_table"),
        tables.table(
            texts.say("overzicht.progress_caption", activity=texts.get("activities")[activity], regions=regions),
            [texts.get("overzicht.column_month"), *labels.values()],
            rows,
            numeric=range(1, len(labels) + 1),
        ),
    )
