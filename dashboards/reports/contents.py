"""A selection in words and pictures: everything that the printed report says, so that the template only places it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards import dates, figures, queries, sentences, texts
from dashboards.charts.status_map import status_map
from dashboards.charts.svg import to_svg
from dashboards.charts.trend import mini_trend, trend
from dashboards.reports.selection import EFFORT, MAP_ACTIVITY, Group, Selection, Shown, Tile, Trend, says_something
from indicators import dutch
from indicators.geography import LAND

ACTIVITY_LEVEL = {"hg_vt_zsm": "arrondissement"}
# Width and height in pixels of a chart; the template prints them so that letters of 14 pixels are 8 points high.
SPARK, CHART, MAP = (110, 34), (288, 212), (288, 226)


@dataclass(frozen=True)
class Picture:
    """``alt``: the picture in words, for who can't see it."""

    caption: str
    svg: str
    alt: str


@dataclass(frozen=True)
class Figure:
    """One of the four. ``value`` is empty where there is none, then ``reason`` says why; ``notes``: lines under it."""

    theme: str
    value: str
    reason: str
    text: str
    period: str
    notes: tuple[str, ...]
    spark: Picture | None
    # The first and the last period of the spark.
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Line:
    """A row of a table. ``strong``: it stands out."""

    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class Part:
    """Rows under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    caption: str
    headers: tuple[str, ...]
    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True)
class Contents:
    """A sheet from top to bottom. ``created``: seconds since 1970 at which the publication was made."""

    document: str
    brand: str
    title: str
    subtitle: str
    edition: str
    fictitious: str
    lead: str
    message: str
    figures: tuple[Figure, ...]
    effort_title: str
    effort: str
    table: Table
    charts: tuple[Picture, ...]
    map: Picture | None
    map_none: str
    activities_title: str
    activities: tuple[tuple[str, str], ...]
    limits_title: str
    limits: tuple[str, ...]
    more_title: str
    more: tuple[str, ...]


def contents(found: Selection) -> Contents:
    """The report in words and pictures."""
    publication = found.publication
    day = dates.day(publication.peildatum)
    name = _name(found)
    return Contents(
        document=document(found),
        brand=texts.get("site.name"),
        title=name,
        subtitle=texts.get("report.subtitle"),
        edition=texts.say("report.edition", number=publication.number, peildatum=day),
        fictitious=texts.get("report.fictitious") if publication.manifest.get("fictief") else "",
        lead=_lead(found, day),
        message=_message(found),
        figures=tuple(_figure(found, tile) for tile in found.tiles),
        effort_title=texts.get("report.effort.title"),
        effort=effort(found),
        table=_table(found, name),
        charts=tuple(_chart(found, one) for one in found.trends),
        map=_map(found) if found.month else None,
        map_none="" if found.month else texts.get("report.map.none"),
        activities_title=texts.get("report.map.caption"),
        activities=tuple((texts.get("activities")[a], _activity(found, a)) for a in found.activities),
        limits_title=texts.get("report.limits.title"),
        limits=limits(found),
        more_title=texts.get("report.more.title"),
        more=_more(found, day),
    )


def document(found: Selection) -> str:
    """The title of the file."""
    return texts.say("report.document", name=_name(found))


def _name(found: Selection) -> str:
    """The title of the sheet: whose it is."""
    if found.choice.partner:
        return sentence(partner_name(found))
    return texts.say(f"report.titles.{found.region.niveau}", name=found.region.naam)


def partner_name(found: Selection) -> str:
    """The partner as it is written within a sentence."""
    return str(texts.get("partners")[found.choice.partner])


def sentence(text: str) -> str:
    """With a capital."""
    return text[:1].upper() + text[1:]


def _place(found: Selection) -> str:
    return texts.say(f"report.places.{found.region.niveau}", name=found.region.naam)


def _lead(found: Selection, day: str) -> str:
    if found.choice.partner:
        return texts.say("report.lead.partner", partner=_with_article(found), peildatum=day)
    return texts.say("report.lead.region", place=_place(found), peildatum=day)


def _with_article(found: Selection) -> str:
    return texts.get("report.articles")[found.choice.partner]


def _message(found: Selection) -> str:
    """The most important figures in a sentence or two; those that can't be shown are left out."""
    parts = []
    tile = found.tiles[0]
    if not found.choice.partner and tile.cell and tile.definition:
        norm = tile.definition["norm"]
        said = texts.say("report.message.norm", value=figures.norm_value(norm, tile.unit)) if norm else ""
        form = "on_time" if said else "on_time_without"
        parts.append(
            texts.say(
                f"report.message.{form}",
                period=_in_period(tile.cell["periode"], tile.kind),
                place=_place(found),
                value=figures.spoken(tile.cell, tile.unit),
                norm=said,
            )
        )
    if per_case := spoken(_own(found, "hours_per_case"), _own(found, "euros_per_case")):
        form = "own_per_case" if found.choice.partner else "per_case"
        names = {"year": found.year, "hours": per_case[0], "euros": per_case[1], "place": _place(found)}
        partner = _with_article(found) if found.choice.partner else ""
        parts.append(texts.say(f"report.message.{form}", partner=partner, **names))
    return " ".join(parts)


def _in_period(period: str, kind: str) -> str:
    return texts.get("report.in_period")[kind].format(period=dates.period(period))


def _own(found: Selection, column: str, year: str = "") -> Shown:
    """The figure of a column of the table in ``year``, or in its newest."""
    row = next((row for row in found.groups[0].rows if row.name == (year or found.year)), None)
    return row.shown[list(EFFORT).index(column)] if row else Shown(None, "")


def _own_before(found: Selection, column: str) -> Shown:
    return _own(found, column, str(int(found.year) - 1))


def spoken(*shown: Shown) -> list[str]:
    """Figures for in one sentence, each with its status where it isn't final; where all have the same, it is said with
    the last. Nothing when one of them has no value."""
    out = []
    for i, one in enumerate(shown):
        if one.value is None:
            return []
        text = figures.spoken({**(one.cell or {}), "waarde": one.value}, one.unit)
        told_later = i + 1 < len(shown) and all(other.status == one.status for other in shown)
        if one.status != "definitief" and not told_later:
            text = texts.say("report.with_status", value=text, status=texts.get("status")[one.status]["word"])
        out.append(text)
    return out


def _figure(found: Selection, tile: Tile) -> Figure:
    entry, cell = tile.entry, tile.cell
    if tile.definition is None:
        return Figure(entry["theme"], "", texts.get("report.tile.absent"), entry["text"], "", (), None)
    if cell is None:
        newest = tile.series.row(-1, named=True) if tile.series.height else None
        status = texts.get("status")[newest["status"] if newest else "afgeschermd"]
        period = dates.period(newest["periode"]) if newest else ""
        reason = f"{status['sign']} {status['word']}"
        return Figure(entry["theme"], "", reason, entry["text"], period, tuple(_country_notes(found, tile)), None)
    status = texts.get("status")[cell["status"]]
    period = dates.period(cell["periode"])
    if cell["status"] != "definitief":
        period += f" {status['sign']} {status['word']}"
    value = figures.figure(cell, tile.unit)
    spark, ends = _spark(tile)
    period = sentence(period)
    return Figure(entry["theme"], value, "", entry["text"], period, tuple(_notes(found, tile)), spark, ends)


def _notes(found: Selection, tile: Tile) -> list[str]:
    """Margin, norm, the country and a year earlier."""
    cell, unit = tile.cell or {}, tile.unit
    limits = figures.margin(cell, unit)
    margin = texts.say("report.tile.margin", interval=limits) if limits else texts.get("report.tile.no_margin")
    norm = (tile.definition or {}).get("norm")
    both = []
    if norm:
        both.append(texts.say("report.tile.norm", value=figures.norm_value(norm, unit)))
    if tile.before:
        both.append(texts.say("report.tile.year_ago", value=figures.figure(tile.before, unit)))
    return [sentence(line) for line in (margin, ", ".join(both), *_country_notes(found, tile)) if line]


def _country_notes(found: Selection, tile: Tile) -> list[str]:
    """The country's figure over the same period, and how far the region's is from it."""
    if found.country or found.choice.partner:
        return []
    country = tile.country
    if tile.cell is None:
        same = tile.country_series.filter(periode=tile.series["periode"][-1]) if tile.series.height else tile.series
        country = same.row(0, named=True) if same.height else None
    if country is None:
        return []
    value = figures.figure(country, tile.unit)
    if not value:
        return [texts.say("report.tile.country_hidden", status=texts.get("status")[country["status"]]["word"])]
    said = texts.say("report.tile.country", value=value)
    if tile.verdict and says_something(tile.verdict):
        return [texts.say("report.tile.compared", country=said, verdict=sentences.verdict(tile.verdict))]
    return [said]


def _spark(tile: Tile) -> tuple[Picture | None, tuple[str, str]]:
    """The line of a tile, and its first and last period."""
    newest = queries.newest_figure(tile.series)
    if newest is None or tile.definition is None:
        return None, ("", "")
    cells = tile.series.filter(pl.col("periode") <= newest["periode"])
    if cells.filter(pl.col("waarde").is_not_null()).height < 2:
        return None, ("", "")
    first, last = cells["periode"][0], cells["periode"][-1]
    title = tile.definition["title"]
    alt = texts.say("report.tile.spark", title=title, first=dates.period(first), last=dates.period(last))
    picture = Picture("", to_svg(mini_trend(cells), *SPARK), alt)
    return picture, (dates.period_short(first), dates.period_short(last))


def effort(found: Selection) -> str:
    """Hours and costs in sentences; what can't be shown is left out."""
    parts = []
    if said := spoken(_own(found, "hours"), _own(found, "euros")):
        form, partner = ("own_total", _with_article(found)) if found.choice.partner else ("total", "")
        names = {"year": found.year, "hours": said[0], "euros": said[1], "place": _place(found)}
        parts.append(texts.say(f"report.effort.{form}", partner=partner, **names))
    if extra := spoken(_own(found, "extra")):
        parts.append(texts.say("report.effort.extra", value=extra[0]))
    if early := spoken(_own(found, "early")):
        ago = spoken(_own_before(found, "early"))
        before = texts.say("report.effort.early_before", value=ago[0]) if ago else ""
        parts.append(texts.say("report.effort.early", value=early[0], before=before))
    return " ".join(parts) or texts.say("report.effort.none", year=found.year)


def _table(found: Selection, name: str) -> Table:
    headers = (texts.get("report.effort.head"), *(texts.get("report.effort.columns")[c] for c in EFFORT))
    parts = tuple(
        Part(group_title(found, group), tuple(Line((r.name, *map(cell_text, r.shown)), r.own) for r in group.rows))
        for group in found.groups
    )
    met = {shown.status for group in found.groups for row in group.rows for shown in row.shown}
    marks = [
        f"{entry['sign']} {entry['word']}"
        for status, entry in texts.get("status").items()
        if status in met - {"definitief"}
    ]
    note = ". ".join(
        [", ".join(marks), texts.get("report.effort.blank")] if marks else [texts.get("report.effort.blank")]
    )
    return Table(texts.say("report.effort.caption", name=name), headers, parts, sentence(note))


def group_title(found: Selection, group: Group) -> str:
    partner = sentence(partner_name(found)) if found.choice.partner else ""
    return texts.get("report.effort.groups")[group.name].format(year=group.period, partner=partner)


def cell_text(shown: Shown) -> str:
    """A cell of the table: the figure, with the sign of its status; without one the sign and the word; empty where the
    publication has no such cell."""
    if shown.cell is None:
        return ""
    entry = texts.get("status")[shown.status]
    if shown.value is None:
        return f"{entry['sign']}{dutch.NBSP}{entry['word']}"
    text = figures.amount(shown.value, shown.unit)
    return text if shown.status == "definitief" else f"{text}{dutch.NBSP}{entry['sign']}"


def _chart(found: Selection, one: Trend) -> Picture:
    title = found.publication.definitions[one.indicator]["title"]
    kind = texts.get("indicator.kinds_one")[one.kind]
    caption = texts.say(f"report.trends.{one.indicator}", kind=kind)
    beside = texts.get("report.trends.all_partners" if found.choice.partner else "indicator.trend_country")
    reference = one.reference if one.reference.height else None
    figure = trend(one.cells, one.unit, reference=reference, reference_name=beside)
    alt = sentences.trend_alternative(one.cells, title, one.cells["label"][0], kind, one.unit)
    return Picture(caption, to_svg(figure, *CHART), alt)


def _map(found: Selection) -> Picture:
    regions, labels = found.activities[MAP_ACTIVITY], texts.get("activity_status")
    highlight = "" if found.region.code == LAND else found.region.code
    figure = status_map(regions, found.publication.outlines, labels, highlight=highlight)
    month = dates.period(found.month)
    counts = ", ".join(f"{label}: {regions.filter(status=status).height}" for status, label in labels.items())
    alt = texts.say("report.map.alt", month=month, counts=counts)
    if highlight:
        alt += texts.say("report.map.place", name=found.region.naam)
    return Picture(texts.say("report.map.title", month=month), to_svg(figure, *MAP), alt)


def _activity(found: Selection, activity: str) -> str:
    """How far a verbeteractiviteit is: in the region itself, or in how many regions within it."""
    regions, region = found.activities[activity], found.region
    within = {r.code for r in found.publication.regions if region.code in (LAND, r.code, r.arrondissement)}
    level = ACTIVITY_LEVEL.get(activity, "vt_regio")
    if region.niveau == "vt_regio" and level == "arrondissement":
        within = {region.arrondissement}
    rows = regions.filter(pl.col("regio").is_in(list(within)))
    if rows.height == 1:
        return _status_since(found, rows.row(0, named=True))
    active = rows.filter(status="actief").height
    return texts.say("report.map.count", count=active, total=rows.height, regions=texts.get("region_words")[level])


def _status_since(found: Selection, row: Mapping[str, Any]) -> str:
    form = "earlier" if row["sinds"] == found.publication.months[0] else "since"
    label = texts.get("activity_status")[row["status"]].lower()
    return texts.say(f"report.map.{form}", status=label, month=dates.period(row["sinds"]))


def limits(found: Selection) -> tuple[str, ...]:
    """What the figures of this report can't say."""
    met = Counter(shown.status for shown in found.shown)
    out = [texts.get("report.limits.cause"), texts.get("report.limits.own")]
    if not found.country and not found.choice.partner:
        out.append(texts.get("report.limits.compared"))
    if found.choice.partner:
        out.append(texts.get("report.limits.together"))
    if hidden := met["afgeschermd"]:
        out.append(texts.get("report.limits.hidden")["one" if hidden == 1 else "many"].format(count=hidden))
    out += [text for status, text in texts.get("report.limits.statuses").items() if met[status]]
    out += [texts.get("report.limits.amounts"), texts.get("report.limits.margin")]
    return tuple(out)


def _more(found: Selection, day: str) -> tuple[str, ...]:
    return (
        texts.get("report.more.dashboard"),
        texts.get("report.more.tables"),
        texts.say("report.more.cite", number=found.publication.number, peildatum=day),
        texts.get("site.map_source"),
    )
