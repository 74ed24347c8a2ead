"""Sentences about figures: headlines, answers, and the text that stands for a picture. Pure: frame -> Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards import dates, figures, queries, texts
from dashboards.changes import Changes
from indicators import dutch
from indicators.comparison.difference import differs
from indicators.comparison.funnel import MIN_REGIONS, Funnel
from indicators.comparison.spc import OUTSIDE, Control
from indicators.comparison.verdict import (
    AS_EXPECTED,
    BETTER,
    CLEARLY,
    HIGHER,
    LOWER,
    NOT_COMPARED,
    POSSIBLY,
    WORSE,
    Comparison,
    Verdict,
)

# Regions that are told by name beside a map.
NAMED = 5


def headline(regions: pl.DataFrame, month: str, status: str = "definitief") -> str:
    """How many regions work with Actieoverleg. ``regions``: see ``Publication.status_map``; ``status``: of the figure
    that counts them."""
    count = regions.filter(pl.col("status") == "actief").height
    form = "overzicht.headline"
    if count == regions.height:
        form = "overzicht.headline_all"
    elif count == 1:
        form = "overzicht.headline_one"
    text = texts.say(form, month=dates.period(month), count=count, total=regions.height)
    if status == "definitief":
        return text
    return texts.say("overzicht.provisional", headline=text, status=texts.get("status")[status]["word"])


def rest(regions: pl.DataFrame) -> str:
    """What the regions that aren't active do, each by name."""
    sentences = []
    for status, verb in texts.get("activity_status_sentence").items():
        names = regions.filter(pl.col("status") == status)["naam"].to_list()
        if not names:
            continue
        sentences.append(
            texts.say("overzicht.rest", names=dates.listing(names), verb=verb["one" if len(names) == 1 else "many"])
        )
    return " ".join(sentences) or str(texts.get("overzicht.all_active"))


def map_sentence(regions: pl.DataFrame, activity: str, month: str) -> str:
    """How many regions on the map are active; where they are few or nearly all, the others by name."""
    absent = regions.filter(pl.col("status") != "actief")["naam"].to_list()
    named = ""
    if 0 < len(absent) <= NAMED:
        named = " " + texts.say("overzicht.map_absent", names=dates.listing(absent))
    active = texts.say(
        "overzicht.map_sentence",
        month=dates.period(month).capitalize(),
        count=regions.height - len(absent),
        total=regions.height,
        regions=region_word(regions),
        activity=texts.get(f"activities.{activity}"),
    )
    return active + named


def map_alternative(regions: pl.DataFrame, activity: str, month: str) -> str:
    """The map in words, for who can't see it."""
    labels = texts.get("activity_status")
    counts = [f"{label}: {regions.filter(pl.col('status') == status).height}" for status, label in labels.items()]
    return texts.say(
        "overzicht.map_alt",
        activity=texts.get(f"activities.{activity}"),
        month=dates.period(month),
        counts=", ".join(counts),
    )


def figures_on_map(
    cells: pl.DataFrame, title: str, period: str, level: str, country: Mapping[str, Any] | None, unit: str
) -> str:
    """The map of a figure in a sentence: how many regions have one, from where to where, and the country's."""
    shown = cells.filter(pl.col("waarde").is_not_null()).sort("waarde")
    words = texts.get("region_words")[level]
    head = texts.say("map.head", title=title, period=dates.period(period))
    if not shown.height:
        return f"{head} {texts.say('map.nobody', regions=words)}"
    if cells.height == 1:
        (row,) = cells.iter_rows(named=True)
        out = texts.say("map.one", region=row["naam"], value=figures.spoken(row, unit))
        national = figures.spoken(country, unit) if country else ""
        return f"{head} {out}" + (f" {texts.say('map.country', value=national)}" if national else "")
    out = texts.say(
        "map.sentence",
        count=shown.height,
        total=cells.height,
        regions=words,
        low=figures.amount(shown["waarde"][0], unit),
        high=figures.amount(shown["waarde"][-1], unit),
    )
    national = figures.spoken(country, unit) if country else ""
    return f"{head} {out}" + (f" {texts.say('map.country', value=national)}" if national else "")


def figure_map_alternative(cells: pl.DataFrame, title: str, period: str, limits: Sequence[float], unit: str) -> str:
    """The map of a figure in words, for who can't see it."""
    absent = cells.filter(pl.col("waarde").is_null()).height
    return texts.say(
        "map.alt",
        title=title,
        period=dates.period(period),
        classes=len(limits) + 1,
        shown=cells.height - absent,
        absent=absent,
    )


def year_on_year(series: pl.DataFrame, cell: Mapping[str, Any], definition: Mapping[str, Any], unit: str) -> str:
    """A figure beside the same quarter a year before, and whether that is more than chance. Empty where there is
    nothing to put beside it. ``series``: the quarters of one series."""
    year, _, quarter = cell["periode"].partition("-")
    ago = series.filter((pl.col("periode") == f"{int(year) - 1}-{quarter}") & pl.col("waarde").is_not_null())
    if not ago.height or cell["waarde"] is None:
        return ""
    before = ago.row(0, named=True)
    value = figures.figure(before, unit)
    if any(row[name] is None for row in (cell, before) for name in ("ondergrens", "bovengrens")):
        return texts.say("year_on_year.no_margin", value=value)
    if not differs(cell, before):
        return texts.say("year_on_year.chance", value=value)
    up = cell["waarde"] > before["waarde"]
    better = {"neutral": None, "higher_is_better": up, "lower_is_better": not up}[definition["polarity"]]
    form = {None: "higher" if up else "lower", True: "better", False: "worse"}[better]
    return texts.say(f"year_on_year.{form}", value=value)


def news(found: Changes, names: Mapping[str, str], titles: Mapping[str, str], units: Mapping[str, str]) -> list[str]:
    """What is new for who follows the country: regions whose status changed, by name, and the figures of the overview.

    ``titles``, ``units``: of those figures, by indicator."""
    out = []
    if found.older:
        out.append(texts.get("changes.older"))
    activities, words = texts.get("activities"), texts.get("activity_status")
    for (activity, status), rows in found.statuses.group_by("verbeteractiviteit", "status", maintain_order=True):
        regions = dates.listing([names.get(code, code) for code in rows["regio"]])
        out.append(
            texts.say("changes.status_now", activity=activities[activity], status=words[status].lower(), names=regions)
        )
    for row in found.headlines.iter_rows(named=True):
        unit = units[row["indicator"]]
        out.append(
            texts.say(
                "changes.headline",
                title=titles[row["indicator"]],
                was=figures.amount(row["waarde_was"], unit),
                period_was=dates.period(row["periode_was"]),
                now=figures.amount(row["waarde"], unit),
                period=dates.period(row["periode"]),
            )
        )
    return out


def changed(found: Changes, before: str) -> list[str]:
    """How many figures are new or other since publication ``before``, in sentences."""
    if found.nothing:
        return [texts.say("changes.nothing", number=before)]
    out = [
        texts.say(f"changes.{name}", count=dutch.number(found.total(name)), number=before)
        for name in ("nieuw", "anders", "status", "weg")
        if found.total(name)
    ]
    form = "changes.large_none" if not found.large else "changes.large_one" if found.large == 1 else "changes.large"
    return [*out, texts.say(form, count=dutch.number(found.large))]


def moves(found: Changes, definitions: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """The largest moves, each in a line."""
    out = []
    for row in found.moves.iter_rows(named=True):
        definition = definitions.get(row["indicator"])
        unit = figures.shown_unit(definition) if definition else "aandeel"
        out.append(
            texts.say(
                "changes.move",
                title=definition["title"] if definition else row["indicator"],
                region=names.get(row["regio"], row["regio"]),
                period=dates.period(row["periode"]),
                was=figures.amount(row["waarde_was"], unit),
                now=figures.amount(row["waarde"], unit),
                split="" if row["dimensie"] in (queries.TOTAL, queries.QUANTILE) else f" ({row['categorie']})",
            )
        )
    return out


def changes_by_indicator(found: Changes, definitions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """How many figures of each indicator changed, each in a line."""
    out = []
    for row in found.counts.iter_rows(named=True):
        title = definitions[row["indicator"]]["title"] if row["indicator"] in definitions else row["indicator"]
        words = [
            texts.say(f"changes.short.{name}", count=dutch.number(row[name]))
            for name in ("nieuw", "anders", "status", "weg")
            if row[name]
        ]
        out.append(texts.say("changes.of_indicator", title=title, words=", ".join(words)))
    return out


def followed_up(cells: pl.DataFrame, region: str, period: str, unit: str) -> str:
    """The figures at the end of the follow-up, by category, and whether two of them differ by more than chance."""
    shown = cells.filter(pl.col("waarde").is_not_null()).to_dicts()
    if not shown:
        return texts.say("curves.said_none", region=region, period=dates.period(period))
    parts = [
        texts.say("curves.said_part", label=row["label"], value=figures.amount(row["waarde"], unit)) for row in shown
    ]
    out = texts.say("curves.said", region=region, period=dates.period(period), parts="; ".join(parts))
    hidden = [row["label"] for row in cells.filter(pl.col("waarde").is_null()).to_dicts()]
    if hidden:
        out += " " + texts.say("curves.said_hidden", names="; ".join(hidden))
    if len(shown) == 2 and cells.height == 2 and all(row["ondergrens"] is not None for row in shown):
        out += " " + texts.get("curves.apart" if differs(*shown) else "curves.chance")
    return out


def curves_alternative(
    drawn: pl.DataFrame, labels: Mapping[str, str], title: str, region: str, period: str, unit: str
) -> str:
    """The curves in words: where each ends."""
    last = drawn.filter(pl.col("dag") == pl.col("dag").max())
    ends = [
        f"{labels[row['categorie']]}: {figures.amount(row['waarde'], unit)}"
        for row in last.iter_rows(named=True)
        if row["categorie"] in labels
    ]
    return texts.say(
        "curves.alt", title=title, region=region, period=period, days=drawn["dag"].max(), ends="; ".join(ends)
    )


def activities_of(publication: queries.Publication, region: queries.Region) -> str:
    """The status of each verbeteractiviteit in a region, at the end of the last month; empty where none is known."""
    if not publication.months:
        return ""
    month = publication.months[-1]
    # One of them is an arrondissement's, so it is told of its regions too.
    here = pl.col("regio").is_in([region.code, region.arrondissement])
    found = {
        row["verbeteractiviteit"]: row["status"]
        for row in publication.tables["regio_status"].filter(here, maand=month).iter_rows(named=True)
    }
    words = texts.get("activity_status")
    said = [
        f"{texts.get('activities')[activity]}: {words[found[activity]].lower()}"
        for activity in queries.ACTIVITIES
        if activity in found
    ]
    return texts.say("regio.activities", month=dates.period(month), statuses="; ".join(said)) if said else ""


def side_by_side(newest: Mapping[str, Mapping[str, Any] | None], unit: str) -> str:
    """The newest figure of each category beside the others. ``newest``: category in words -> cell."""
    said = [
        texts.say(
            "praktijk.figure",
            label=label,
            value=figures.spoken(cell, unit),
            margin=texts.say("indicator.answer_margin", interval=limits)
            if (limits := figures.margin(cell, unit))
            else "",
            period=dates.period(cell["periode"]),
        )
        for label, cell in newest.items()
        if cell and figures.spoken(cell, unit)
    ]
    return "; ".join(said) + "." if said else str(texts.get("praktijk.no_figure"))


def progress_alternative(counts: pl.DataFrame, activity: str, months: list[str], regions: str) -> str:
    active = {row["maand"]: row["aantal"] for row in counts.filter(pl.col("status") == "actief").iter_rows(named=True)}
    return texts.say(
        "overzicht.progress_alt",
        activity=texts.get(f"activities.{activity}"),
        regions=regions,
        first=dates.period(months[0]),
        last=dates.period(months[-1]),
        start=active.get(months[0], 0),
        end=active.get(months[-1], 0),
    )


def answer(
    series: pl.DataFrame,
    cell: Mapping[str, Any] | None,
    region: str,
    unit: str,
    country: Mapping[str, Any] | None = None,
) -> str:
    """The figure in sentences (Markdown): with its margin and status, the country's beside it, and the newest of the
    series where that is another one. ``series``: the cells through time; ``cell``: the one it is about."""
    if cell is None:
        return texts.say("indicator.answer_none", region=region)
    period, word = dates.period(cell["periode"]), texts.get("status")[cell["status"]]["word"]
    value = figures.spoken(cell, unit)
    if not value:
        return texts.say("indicator.answer_hidden", region=region, period=period, status=word)
    limits = figures.margin(cell, unit)
    margin = texts.say("indicator.answer_margin", interval=limits) if limits else ""
    sentences = [texts.say("indicator.answer", region=region, period=period, value=value, margin=margin)]
    if cell["waarde"] is None:
        sentences.append(texts.get("indicator.answer_not_reached"))
    elif cell["status"] != "definitief":
        sentences.append(texts.say("indicator.answer_status", status=word))
    if country is not None and (national := figures.spoken(country, unit)):
        sentences.append(texts.say("indicator.answer_country", value=national))
    newest = queries.newest_figure(series)
    if newest and newest["periode"] > cell["periode"]:
        later = dates.period(newest["periode"])
        word = texts.get("status")[newest["status"]]["word"]
        value = figures.spoken(newest, unit)
        sentences.append(texts.say("indicator.answer_newest", period=later, value=value, status=word))
    return " ".join(sentences)


def unseen(cells: pl.DataFrame) -> str:
    """Which of the series have no figure at all; empty when each has one."""
    shown = set(cells.filter(queries.HAS_FIGURE)["label"])
    names = [label for label in cells["label"].unique(maintain_order=True) if label not in shown]
    return texts.say("indicator.unseen", names="; ".join(names)) if names and shown else ""


def trend_alternative(cells: pl.DataFrame, title: str, region: str, kind: str, unit: str) -> str:
    """The trend in words: its first and last figure (of the first series) and how many periods have none."""
    periods = cells["periode"].unique().sort().to_list()
    first_label = cells["label"].first()
    valued = cells.filter(queries.HAS_FIGURE & (pl.col("label") == first_label)).sort("periode").to_dicts()
    gaps = cells.filter(~queries.HAS_FIGURE).height
    ends = ""
    if valued:
        ends = texts.say(
            "indicator.trend_ends",
            start=figures.spoken(valued[0], unit),
            first=dates.period(valued[0]["periode"]),
            end=figures.spoken(valued[-1], unit),
            last=dates.period(valued[-1]["periode"]),
        )
    return texts.say(
        "indicator.trend_alt",
        title=title,
        region=region,
        kind=kind,
        first=dates.period(periods[0]),
        last=dates.period(periods[-1]),
        ends=ends,
        gaps=texts.say("indicator.trend_gaps", count=gaps) if gaps else "",
    ).strip()


def comparison_alternative(
    cells: pl.DataFrame, title: str, period: str, country: Mapping[str, Any] | None, unit: str
) -> str:
    shown = cells.filter(queries.HAS_FIGURE).height
    national = figures.spoken(country, unit) if country else ""
    return texts.say(
        "indicator.compare_alt",
        title=title,
        period=dates.period(period),
        shown=shown,
        total=cells.height,
        country=national or texts.get("status.afgeschermd.word"),
    )


def verdict(found: Verdict) -> str:
    """A region beside the country in a few words."""
    if found.verdict == NOT_COMPARED:
        return texts.say("funnel.verdict.not_compared", reason=texts.get(f"funnel.reasons.{found.reason}"))
    entry = texts.get(f"funnel.verdict.{found.verdict}")
    return str(entry[found.certainty] if found.certainty else entry)


def compared(found: Comparison, names: Mapping[str, str], level: str) -> str:
    """What the funnel plot says, in sentences; where there is none, why. ``names``: of the regions by code."""
    words = texts.get("region_words")[level]
    if found.funnel is None:
        return texts.say(f"funnel.none.{found.reason}", minimum=MIN_REGIONS, regions=words)
    out = []
    for certainty in (CLEARLY, POSSIBLY):
        for code in (BETTER, WORSE, HIGHER, LOWER):
            who = [names[v.regio] for v in found.verdicts if (v.verdict, v.certainty) == (code, certainty)]
            if who:
                word = texts.get(f"funnel.verdict.{code}.{certainty}")
                out.append(texts.say(f"funnel.{certainty}", names=dates.listing(who), word=word))
    usual = sum(v.verdict == AS_EXPECTED for v in found.verdicts)
    if not out:
        out.append(texts.say("funnel.nobody", regions=words))
    elif usual:
        one = texts.say("funnel.others_one", region=texts.get("one_other_region")[level])
        many = texts.say("funnel.others_many", count=usual, regions=words)
        out.append(texts.say("funnel.others", who=one if usual == 1 else many))
    left = sum(v.verdict == NOT_COMPARED for v in found.verdicts)
    if left:
        out.append(texts.say("funnel.not_compared", count=left, total=f"{len(found.verdicts)} {words}"))
    return " ".join(out)


def funnel_alternative(found: Funnel, summary: str, title: str, period: str, unit: str) -> str:
    """The funnel plot in words."""
    country = figures.amount(found.target, unit)
    return texts.say("funnel.alt", title=title, period=dates.period(period), country=country, summary=summary)


def signals(found: Control, months: Sequence[str]) -> list[str]:
    """Each signal of a control chart in a sentence; ``months``: the periods that its places count."""
    out = []
    for signal in found.signals:
        spelled = [dates.period(months[place]) for place in signal.places]
        kind = "outside_run" if signal.kind == OUTSIDE and len(spelled) > 1 else signal.kind
        form = texts.get(f"control.sentences.{kind}")["up" if signal.up else "down"]
        sentence = form.format(
            first=spelled[0],
            last=spelled[-1],
            count=len(spelled),
            span=signal.places[-1] - signal.places[0] + 1,
        )
        out.append(sentence[:1].upper() + sentence[1:])
    return out


def control_limits(found: Control, months: Sequence[str], unit: str) -> str:
    """The mean and the limits in sentences: of all months, or of each part where the calculation began again."""
    rebase = found.rebase_at
    form = "control.limits_sentence" if rebase is None else "control.limits_part"
    out = []
    for segment in found.segments:
        sentence = texts.say(
            form,
            first=dates.period(months[segment.first]),
            last=dates.period(months[segment.stop - 1]),
            mean=figures.amount(segment.mean, unit),
            lower=figures.amount(segment.lower, unit),
            upper=figures.amount(segment.upper, unit),
        )
        out.append(sentence[:1].upper() + sentence[1:])
    if rebase and not any(segment.first < rebase for segment in found.segments):
        out.insert(0, texts.say("control.too_few_before", month=dates.period(months[rebase])))
    if rebase is not None and not any(segment.first >= rebase for segment in found.segments):
        out.append(texts.say("control.too_few_after", month=dates.period(months[rebase])))
    return " ".join(out)


def control_calm(found: Control, months: Sequence[str]) -> str:
    """That nothing changed between the first and the last month that were judged."""
    first, last = found.segments[0].months[0], found.segments[-1].months[-1]
    return texts.say("control.calm", first=dates.period(months[first]), last=dates.period(months[last]))


def control_alternative(found: Control, months: Sequence[str], title: str, region: str, unit: str) -> str:
    """The control chart in words."""
    said = " ".join(signals(found, months)) or control_calm(found, months)
    return texts.say(
        "control.alt",
        title=title,
        region=region,
        first=dates.period(months[0]),
        last=dates.period(months[-1]),
        limits=control_limits(found, months, unit),
        signals=said,
    )


def region_word(regions: pl.DataFrame) -> str:
    """What the regions of this map are called, in the plural."""
    level = "arrondissement" if regions["regio_niveau"].first() == "arrondissement" else "vt_regio"
    return str(texts.get("region_words")[level])
