"""The page "Wat als": what goes with a target for every region, in hours and euros; arithmetic, no prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import dates, downloads, figures, queries, tables, texts, what_if
from dashboards.charts.what_if import in_words, ranges
from dashboards.pages import address, parts
from dashboards.queries import Publication
from dashboards.what_if import Answer, Partner, Place, Range, Step
from indicators import dutch
from indicators.geography import LAND

REACH, HOURS, COSTS, EXTRA = "actieoverleg_bereik", "inzet_uren_per_zaak", "kosten_per_zaak", "aandeel_extra_inzet"
NEEDED = (REACH, HOURS, COSTS, EXTRA)
SCENARIOS = ("bereik", "video")
DEFAULT_TARGETS = {"bereik": "60", "video": "30"}
TARGETS = [str(percent) for percent in range(0, 101, 5)]
LEVELS = ("arrondissement", "vt_regio")
YEAR = "jaar"
NOT_FINAL = ("voorlopig", "onvolledig")


@dataclass(frozen=True)
class Inputs:
    """All that the sum needs. ``each_known``: from how many arrondissementen the range of ``each`` comes;
    ``statuses``: of the country's hours and costs that aren't final."""

    places: Sequence[Place]
    each: Range | None
    each_known: int
    partners: Sequence[Partner]
    whole: Range | None
    statuses: Sequence[str]


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    if not set(NEEDED) <= publication.definitions.keys():
        parts.title(texts.get("verkenning.title"), escape(texts.get("verkenning.absent")))
        return
    address.begin()
    head = st.container(key="what-if-head")
    with st.container(key="controls"):
        scenario, year, level, target = _controls(publication)
    # Before all the drawing, for whoever is quick with a next control.
    address.write()
    found = inputs(publication, scenario, year, level)
    with head:
        _head(publication, scenario, year, target)
    if found.each is None:
        parts.html(f"<p>{escape(texts.say('verkenning.no_each', period=year))}</p>")
    else:
        answer = what_if.answer(found.places, target, found.each, found.partners, found.whole)
        _answer(publication, scenario, year, level, found, answer)
        _partners(publication, scenario, year, level, target, answer)
        _regions(publication, scenario, year, level, target, answer)
        _how(publication, scenario, found)
    parts.section(texts.get("verkenning.cannot_title"))
    parts.html("".join(f"<p>{escape(line)}</p>" for line in texts.get("verkenning.cannot")[scenario]))
    with st.container(key="effort-onward-back"):
        parts.onward(site["inzet"], texts.get("verkenning.onward"))


def _controls(publication: Publication) -> tuple[str, str, str, float]:
    parts.segments("scenario", SCENARIOS, texts.get("verkenning.scenarios"), texts.get("verkenning.scenario"))
    scenario = address.after("scenario")
    address.before("doel", TARGETS, DEFAULT_TARGETS[scenario])
    st.select_slider(texts.get("verkenning.target"), TARGETS, format_func=lambda v: f"{v}%", key="doel")
    target = int(address.after("doel")) / 100
    years = publication.periods(HOURS, YEAR)
    series = publication.cells(indicator=HOURS, regio=LAND, periode_soort=YEAR, dimensie=queries.TOTAL)
    cell = queries.headline_cell(series)
    names = {year: year for year in years}
    parts.select("moment", years[::-1], names, texts.get("verkenning.year"), cell["periode"] if cell else years[-1])
    year = address.after("moment")
    named = {level: texts.get("levels")[level] for level in LEVELS}
    hidden = [place.units is None for place in inputs(publication, scenario, year, "vt_regio").places]
    default = "arrondissement" if 2 * sum(hidden) > len(hidden) else "vt_regio"
    parts.segments("niveau", LEVELS, named, texts.get("verkenning.level"), default)
    return scenario, year, address.after("niveau"), target


def inputs(publication: Publication, scenario: str, year: str, level: str) -> Inputs:
    """The published cells behind the sum. ``level``: of the regions that reach the target."""
    width = (publication.protection_rule or {}).get("width", 1)

    def cells(indicator: str, level: str, dimension: str) -> pl.DataFrame:
        return publication.cells(
            indicator=indicator, regio_niveau=level, periode_soort=YEAR, periode=year, dimensie=dimension
        )

    def with_total(indicator: str) -> pl.DataFrame:
        return pl.concat([cells(indicator, "land", "partner"), cells(indicator, "land", queries.TOTAL)])

    codes = next(d["categories"] for d in publication.definitions[HOURS]["dimensions"] if d["name"] == "partner")
    used = [with_total(code) for code in (HOURS, EXTRA, COSTS)]
    who = what_if.partners(*used, width, list(codes))
    found = {status for cells in used for status in cells["status"]}
    statuses = [status for status in NOT_FINAL if status in found]
    if scenario == "video":
        (country,) = what_if.places_of_video(cells(HOURS, "land", "wijze"), width) or [Place(LAND, None, None, "")]
        places = what_if.places_of_video(cells(HOURS, level, "wijze"), width)
        return Inputs(places, what_if.ONE, 0, who, country.units, statuses)
    (country,) = what_if.places_of_reach(cells(REACH, "land", queries.TOTAL), width) or [Place(LAND, None, None, "")]
    each, known = _hours_for_each(
        pl.concat([cells(HOURS, name, "verbeteractiviteit") for name in ("land", "arrondissement")]),
        pl.concat([cells(HOURS, name, "met_actieoverleg") for name in ("land", "arrondissement")]),
        width,
    )
    places = what_if.places_of_reach(cells(REACH, level, queries.TOTAL), width)
    return Inputs(places, each, known, who, country.units, statuses)


def _hours_for_each(activity: pl.DataFrame, overleg: pl.DataFrame, width: int) -> tuple[Range | None, int]:
    """Of the country, with the lowest and the highest of the arrondissementen as its limits; and how many of these."""
    found = what_if.hours_for_each(
        activity.filter(pl.col("categorie") == what_if.ACTIVITY),
        overleg.filter(pl.col("categorie") == what_if.WITH_OVERLEG),
        width,
    )
    if LAND not in found:
        return None, 0
    return what_if.hull(list(found.values()), found[LAND].middle), len(found) - 1


def _head(publication: Publication, scenario: str, year: str, target: float) -> None:
    question = _question(publication, scenario, target)
    parts.html(f'<p class="eyebrow">{escape(texts.get("verkenning.title"))}</p><h1>{escape(question)}</h1>')
    parts.html(f'<p class="sum-only">{escape(texts.say("verkenning.warning", period=year))}</p>')


def _percent(share: float) -> str:
    return f"{dutch.number(share * 100)}%"


def _cases(found: Range) -> str:
    low, high = (dutch.number(figures.two_digits(value)) for value in (found.low, found.high))
    return low if low == high else texts.say("verkenning.range", low=low, high=high)


def _answer(publication: Publication, scenario: str, year: str, level: str, inputs: Inputs, found: Answer) -> None:
    words = {"hours": in_words(found.hours, "uren"), "euros": in_words(found.euros, "euro"), "period": year}
    text = texts.say(f"verkenning.answers.{scenario}", cases=_cases(found.units), **words)
    if _is_own(publication):
        # The hours are everybody's, the euros are not.
        own = in_words(found.partners[0].hours, "uren")
        text += " " + texts.say(f"verkenning.own_euros.{scenario}", own=own, **words)
    else:
        text += " " + texts.say(f"verkenning.in_euros.{scenario}", **words)
    known = [s for s in found.steps if s.extra is not None]
    if known and all(s.reached for s in known):
        text = texts.get("verkenning.nothing")
    if not known:
        text = texts.get("verkenning.none_known")
    covered = "" if found.covered is None else _percent(found.covered)
    said = texts.say(
        f"verkenning.covered{'' if covered else '_unknown'}", count=len(known), total=len(found.steps),
        regions=texts.get("region_words")[level], share=covered, what=texts.get("verkenning.units")[scenario],
    )  # fmt: skip
    with st.container(key="answer"):
        st.markdown(text)
    lines = [said, *_remarks(publication, found)]
    for status in inputs.statuses:
        lines.append(texts.say("verkenning.country_not_final", period=year, status=texts.get(f"status.{status}.word")))
    parts.html("".join(f"<p>{escape(line)}</p>" for line in lines))


def _remarks(publication: Publication, found: Answer) -> list[str]:
    """What was left out and why, and which figures aren't final."""
    names = publication.region_names
    out = []
    hidden = [names[s.place.code] for s in found.steps if s.extra is None]
    if hidden:
        out.append(texts.say("verkenning.left_out", names=dates.listing(hidden)))
    for status in NOT_FINAL:
        used = [names[s.place.code] for s in found.steps if s.extra is not None and s.place.status == status]
        if used:
            word = texts.get(f"status.{status}.word")
            out.append(texts.say("verkenning.not_final", status=word, names=dates.listing(used)))
    if short := [names[s.place.code] for s in found.steps if s.short]:
        out.append(texts.say("verkenning.short", names=dates.listing(short)))
    who = _partner_names(publication)
    if absent := [who[s.code] for s in found.partners if s.hours is None]:
        out.append(texts.say("verkenning.no_hours", names=dates.listing(absent)))
    if absent := [who[s.code] for s in found.partners if s.hours is not None and s.euros is None]:
        out.append(texts.say("verkenning.no_euros", names=dates.listing(absent)))
    return out


def _is_own(publication: Publication) -> bool:
    """Whether of the partners only the reader's own is there."""
    return publication.audience is not None and bool(publication.audience.partner)


def _partner_names(publication: Publication) -> dict[str, str]:
    dimensions = publication.definitions[HOURS]["dimensions"]
    return dict(next(d["categories"] for d in dimensions if d["name"] == "partner"))


def _partners(publication: Publication, scenario: str, year: str, level: str, target: float, found: Answer) -> None:
    who = _partner_names(publication)
    parts.section(texts.get("verkenning.partners_title"), texts.get("verkenning.partners_note"))
    caption = texts.say("verkenning.partners_caption", question=_question(publication, scenario, target), period=year)
    with st.container(key="effort-splits"):
        for name, unit in (("hours", "uren"), ("euros", "euro")):
            rows = [(who[s.code], getattr(s, name)) for s in found.partners]
            with st.container(key=f"what-if-{name}"):
                heading = texts.get(f"verkenning.{name}")
                parts.html(f"<h3>{escape(heading)}</h3>")
                said = "; ".join(f"{label}: {in_words(r, unit)}" for label, r in rows)
                words = texts.say("verkenning.alt", heading=heading, caption=caption, said=said)
                parts.static_chart(ranges(rows, unit), words, f"what-if-{name}-chart")
    body = [
        [escape(who[s.code]), escape(in_words(s.hours, "uren")), escape(in_words(s.euros, "euro"))]
        for s in found.partners
    ]
    if not _is_own(publication):
        everyone = [texts.get("verkenning.together"), in_words(found.hours, "uren"), in_words(found.euros, "euro")]
        body.append([escape(cell) for cell in everyone])
    heads = [texts.get(f"verkenning.heads.{name}") for name in ("partner", "hours", "euros")]
    parts.folded(texts.get("indicator.trend_table"), tables.table(caption, heads, body, numeric=[1, 2]))
    frame = pl.DataFrame(
        [{"partner": s.code, **_limits("uren", s.hours), **_limits("euro", s.euros)} for s in found.partners],
        schema={"partner": pl.String, **_limit_types("uren"), **_limit_types("euro")},
    )
    name = f"wat_als_{scenario}_{_percent(target)[:-1]}_{level}_{year}"
    _download(publication, frame, scenario, year, caption, name, "partners")


def _question(publication: Publication, scenario: str, target: float) -> str:
    return texts.say(f"verkenning.questions.{scenario}", target=_percent(target), where=_where(publication))


def _where(publication: Publication) -> str:
    """Whose regions reach the target: whoever sees one region only works it out for that one."""
    own = next((r for r in publication.regions if publication.audience and r.code == publication.audience.region), None)
    if own is None:
        return str(texts.get("verkenning.where.country"))
    return texts.say(f"verkenning.where.{own.niveau}", region=own.naam)


def _limits(name: str, found: Range | None) -> dict[str, float | None]:
    low, middle, high = (found.low, found.middle, found.high) if found else (None, None, None)
    return {f"{name}_laag": low, f"{name}_midden": middle, f"{name}_hoog": high}


def _limit_types(name: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys((f"{name}_laag", f"{name}_midden", f"{name}_hoog"), pl.Float64)


def _download(
    publication: Publication, frame: pl.DataFrame, scenario: str, year: str, caption: str, name: str, key: str
) -> None:
    assumptions = texts.get("verkenning.assumptions")
    notes = [texts.say("verkenning.warning", period=year), *assumptions[scenario], *assumptions["both"]]
    contents = partial(downloads.computed, frame, publication, caption, texts.get("verkenning.columns"), notes)
    parts.downloads(publication, contents, name, f"what-if-{key}")


def _regions(publication: Publication, scenario: str, year: str, level: str, target: float, found: Answer) -> None:
    parts.section(texts.get("verkenning.regions_title"), texts.get("verkenning.regions_notes")[scenario])
    caption = texts.say("verkenning.regions_caption", question=_question(publication, scenario, target), period=year)
    heads = [texts.get(f"verkenning.heads.{name}") for name in ("region", f"now_{scenario}", f"extra_{scenario}")]
    heads += [texts.get("verkenning.heads.outcome"), texts.get("indicator.column_status")]
    body = [_region_row(publication, scenario, s) for s in found.steps]
    parts.html(tables.table(caption, heads, body, numeric=[1, 2], stacked=True))
    frame = pl.DataFrame(
        [
            {
                "regio": s.place.code,
                **_limits("aandeel", s.place.share),
                **_limits("erbij", s.extra),
                "status": s.place.status,
            }
            for s in found.steps
        ],
        schema={"regio": pl.String, "status": pl.String, **_limit_types("aandeel"), **_limit_types("erbij")},
    )
    name = f"wat_als_{scenario}_{_percent(target)[:-1]}_{level}_{year}_per_regio"
    _download(publication, frame, scenario, year, caption, name, "regions")


def _region_row(publication: Publication, scenario: str, s: Step) -> list[str]:
    name = escape(publication.region_names[s.place.code])
    if s.extra is None or s.place.share is None:
        return [name, "", "", escape(texts.get("verkenning.outcomes.left_out")), tables.sign(s.place.status)]
    row: dict[str, Any] = {"ondergrens": s.place.share.low, "bovengrens": s.place.share.high}
    unit = "aandeel" if scenario == "bereik" else figures.WHOLE_SHARE
    now = f"{figures.amount(s.place.share.middle, unit)} ({figures.margin(row, unit)})"
    extra = _cases(s.extra) if scenario == "bereik" else in_words(s.extra, "uren")
    outcome = "reached" if s.reached else "short" if s.short else "to_target"
    return [
        name,
        escape(now),
        escape(extra),
        escape(texts.get(f"verkenning.outcomes.{outcome}")),
        tables.sign(s.place.status),
    ]


def _how(publication: Publication, scenario: str, found: Inputs) -> None:
    parts.section(texts.get("verkenning.how_title"))
    each = found.each or what_if.NOTHING
    lines = [
        line.format(
            each=figures.amount(each.middle, "uren"), each_range=in_words(each, "uren"), each_known=found.each_known
        )
        for line in texts.get("verkenning.how")[scenario]
    ]
    parts.html("<ol>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ol>")
    parts.html(f"<h3>{escape(texts.get('verkenning.assumptions_title'))}</h3>")
    assumptions = texts.get("verkenning.assumptions")
    parts.html(
        "<ul>"
        + "".join(f"<li>{escape(line)}</li>" for line in [*assumptions[scenario], *assumptions["both"]])
        + "</ul>"
    )
    who = _partner_names(publication)
    body = [
        [
            escape(who[p.code]),
            escape(_parts(p.part)),
            escape(texts.get("verkenning.not_computed") if p.rate is None else in_words(p.rate, "euro")),
        ]
        for p in found.partners
    ]
    heads = [texts.get(f"verkenning.heads.{name}") for name in ("partner", "part", "rate")]
    parts.html(tables.table(texts.get("verkenning.used_caption"), heads, body, numeric=[1, 2]))


def _parts(part: Range | None) -> str:
    if part is None:
        return str(texts.get("verkenning.not_computed"))
    low, high = (figures.amount(value, figures.WHOLE_SHARE) for value in (part.low, part.high))
    return low if low == high else texts.say("verkenning.range", low=low, high=high)
