"""Sentences about figures: headlines, answers, and the text that stands for a picture. Pure: frame -> Dutch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from dashboards import dutch, texts


def headline(regions: pl.DataFrame, month: str) -> str:
    """How many regions work with Actieoverleg. ``regions``: see ``Publication.status_map``."""
    count = regions.filter(pl.col("status") == "actief").height
    form = "overzicht.headline"
    if count == regions.height:
        form = "overzicht.headline_all"
    elif count == 1:
        form = "overzicht.headline_one"
    return texts.say(form, month=dutch.period(month), count=count, total=regions.height)


def rest(regions: pl.DataFrame) -> str:
    """What the regions that aren't active do: by name up to four of them, else how many."""
    sentences = []
    for status, verb in texts.get("activity_status_sentence").items():
        names = regions.filter(pl.col("status") == status)["naam"].to_list()
        if not names:
            continue
        count = texts.say("overzicht.rest_count", count=len(names), regions=region_word(regions))
        who = dutch.listing(names) if len(names) <= 4 else count
        sentences.append(texts.say("overzicht.rest", names=who, verb=verb["one" if len(names) == 1 else "many"]))
    return " ".join(sentences) or str(texts.get("overzicht.all_active"))


def map_sentence(regions: pl.DataFrame, activity: str, month: str) -> str:
    return texts.say(
        "overzicht.map_sentence",
        month=dutch.period(month).capitalize(),
        count=regions.filter(pl.col("status") == "actief").height,
        total=regions.height,
        regions=region_word(regions),
        activity=texts.get(f"activities.{activity}"),
    )


def map_alternative(regions: pl.DataFrame, activity: str, month: str) -> str:
    """The map in words, for who can't see it."""
    labels = texts.get("activity_status")
    counts = [f"{label}: {regions.filter(pl.col('status') == status).height}" for status, label in labels.items()]
    return texts.say(
        "overzicht.map_alt",
        activity=texts.get(f"activities.{activity}"),
        month=dutch.period(month),
        counts=", ".join(counts),
    )


def progress_alternative(counts: pl.DataFrame, activity: str, months: list[str], regions: str) -> str:
    active = {row["maand"]: row["aantal"] for row in counts.filter(pl.col("status") == "actief").iter_rows(named=True)}
    return texts.say(
        "overzicht.progress_alt",
        activity=texts.get(f"activities.{activity}"),
        regions=regions,
        first=dutch.period(months[0]),
        last=dutch.period(months[-1]),
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
    period, word = dutch.period(cell["periode"]), texts.get("status")[cell["status"]]["word"]
    if cell["waarde"] is None:
        return texts.say("indicator.answer_hidden", region=region, period=period, status=word)
    margin = ""
    if cell["ondergrens"] is not None and cell["bovengrens"] is not None:
        limits = dutch.interval(cell["ondergrens"], cell["bovengrens"], unit)
        margin = texts.say("indicator.answer_margin", interval=limits)
    value = dutch.amount(cell["waarde"], unit)
    sentences = [texts.say("indicator.answer", region=region, period=period, value=value, margin=margin)]
    if cell["status"] != "definitief":
        sentences.append(texts.say("indicator.answer_status", status=word))
    if country is not None and country["waarde"] is not None:
        sentences.append(texts.say("indicator.answer_country", value=dutch.amount(country["waarde"], unit)))
    newest = series.filter(pl.col("waarde").is_not_null()).sort("periode").row(-1, named=True)
    if newest["periode"] != cell["periode"]:
        later = dutch.period(newest["periode"])
        word = texts.get("status")[newest["status"]]["word"]
        value = dutch.amount(newest["waarde"], unit)
        sentences.append(texts.say("indicator.answer_newest", period=later, value=value, status=word))
    return " ".join(sentences)


def unseen(cells: pl.DataFrame) -> str:
    """Which of the series have no figure at all; empty when each has one."""
    shown = set(cells.filter(pl.col("waarde").is_not_null())["label"])
    names = [label for label in cells["label"].unique(maintain_order=True) if label not in shown]
    return texts.say("indicator.unseen", names="; ".join(names)) if names and shown else ""


def trend_alternative(cells: pl.DataFrame, title: str, region: str, kind: str, unit: str) -> str:
    """The trend in words: its first and last figure (of the first series) and how many periods have none."""
    periods = cells["periode"].unique().sort().to_list()
    first_label = cells["label"].first()
    valued = cells.filter(pl.col("waarde").is_not_null() & (pl.col("label") == first_label)).sort("periode").to_dicts()
    gaps = cells.filter(pl.col("waarde").is_null()).height
    ends = ""
    if valued:
        ends = texts.say(
            "indicator.trend_ends",
            start=dutch.amount(valued[0]["waarde"], unit),
            first=dutch.period(valued[0]["periode"]),
            end=dutch.amount(valued[-1]["waarde"], unit),
            last=dutch.period(valued[-1]["periode"]),
        )
    return texts.say(
        "indicator.trend_alt",
        title=title,
        region=region,
        kind=kind,
        first=dutch.period(periods[0]),
        last=dutch.period(periods[-1]),
        ends=ends,
        gaps=texts.say("indicator.trend_gaps", count=gaps) if gaps else "",
    ).strip()


def comparison_alternative(
    cells: pl.DataFrame, title: str, period: str, country: Mapping[str, Any] | None, unit: str
) -> str:
    shown = cells.filter(pl.col("waarde").is_not_null()).height
    known = country is not None and country["waarde"] is not None
    return texts.say(
        "indicator.compare_alt",
        title=title,
        period=dutch.period(period),
        shown=shown,
        total=cells.height,
        country=dutch.amount(country["waarde"], unit) if country and known else texts.get("status.afgeschermd.word"),
    )


def region_word(regions: pl.DataFrame) -> str:
    """What the regions of this map are called, in the plural."""
    return str(texts.get("region_words")[level(regions)])


def level(regions: pl.DataFrame) -> Literal["arrondissement", "vt_regio"]:
    """The level of the regions on this map; it has one."""
    return "arrondissement" if regions["regio_niveau"].first() == "arrondissement" else "vt_regio"
