"""What stands out in data quality, in plain Dutch. Not here: markup."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards import dates, figures, texts
from dashboards.charts.quality import outside
from dashboards.data_quality import ON_TIME, RECENT_MONTHS, TOTAL, DataQuality, Feed
from indicators import dutch

MONTHS_NAMED = 3
RULES_NAMED = 2


def percent(value: float) -> str:
    """A share with one decimal; what would round to nothing says so.

    >>> [percent(v) for v in (0.0, 0.0004, 0.0123, 0.5, 1.0)]
    ['0%', '<0,1%', '1,2%', '50%', '100%']
    """
    if 0 < value < 0.0005:
        return "<0,1%"
    text = dutch.number(value * 100, 1)
    return f"{text.removesuffix(',0')}%"


def name(feed: Feed) -> str:
    """A feed with its partner, where its title does not name it: "Inzet (politie)"."""
    if feed.partner_name in feed.title:
        return feed.title
    return texts.say("datakwaliteit.feed", title=feed.title, partner=feed.partner_name)


def headline(quality: DataQuality) -> str:
    """The newest month: how many of the deliveries that were due came in time."""
    counts = _counts(quality, [quality.last_month])
    due = counts["op_tijd"] + counts["te_laat"] + counts["ontbreekt"]
    month = dates.period(quality.last_month)
    if not due:
        return texts.say("datakwaliteit.headline_none", month=month)
    return texts.say("datakwaliteit.headline", month=month, count=counts["op_tijd"], due=due)


def standing_out(quality: DataQuality) -> str:
    """What stands out over all feeds: what is not in time now or never came, the last months together, and where most
    rows were broken."""
    found = quality.deliveries
    newest = found.filter(maand=quality.last_month)
    said = []
    for kind in ("te_laat", "ontbreekt"):
        names = [name(quality.feeds[n]) for n in quality.feeds if n in newest.filter(levering=kind)["naam"].to_list()]
        if names:
            said.append(texts.say(f"datakwaliteit.now.{kind}", names=dates.listing(names)))
    never = [name(feed) for feed in quality.feeds.values() if feed.name not in found["naam"]]
    if never and found.height:
        said.append(texts.say("datakwaliteit.not_yet", names=dates.listing(never)))
    months = quality.months[-RECENT_MONTHS:]
    counts = _counts(quality, months)
    due = counts["op_tijd"] + counts["te_laat"] + counts["ontbreekt"]
    if due:
        share = percent(counts["op_tijd"] / due)
        said.append(texts.say("datakwaliteit.recent_on_time", months=len(months), share=share))
    if counts["ontbreekt"]:
        said.append(texts.say("datakwaliteit.recent_missing", count=counts["ontbreekt"]))
    recent = found.filter(pl.col("maand").is_in(months) & pl.col("in_quarantaine").is_not_null())
    if recent.height:
        most = recent.sort("in_quarantaine", "naam", "maand").row(-1, named=True)
        if most["in_quarantaine"] > 0:
            feed, month = name(quality.feeds[most["naam"]]), dates.period(most["maand"])
            share = percent(most["in_quarantaine"])
            said.append(texts.say("datakwaliteit.most_quarantine", feed=feed, month=month, share=share))
    return " ".join(said)


def of_feed(quality: DataQuality, feed: Feed) -> list[str]:
    """What stands out in one feed, a sentence each."""
    return [
        *_punctuality(quality, feed),
        *_volume(quality, feed),
        *_quarantine(quality, feed),
        *_filled(quality, feed),
        *links(quality, feed),
    ]


def delivery_words(row: dict[str, object]) -> str:
    """One cell of the overview in words."""
    word = texts.get(f"datakwaliteit.on_time.{row['levering']}")
    if not row["rijen"]:
        return str(word) if row["levering"] == "ontbreekt" else f"{word}, {texts.get('datakwaliteit.no_rows')}"
    share = percent(float(str(row["in_quarantaine"])))
    rows = figures.rows_in_words(float(str(row["rijen"])))
    return f"{word}, {rows}, {texts.say('datakwaliteit.in_quarantine', share=share)}"


def link_title(feed: Feed, maat: str, part: str) -> str:
    """The heading of a link's chart."""
    key = part if maat == "koppeling" else maat
    column = feed.columns.get(part, part)
    return texts.say(
        f"datakwaliteit.links.titles.{key}", column=column, part=texts.get("datakwaliteit.parts").get(part)
    )


def volume_alternative(cells: pl.DataFrame, feed: Feed) -> str:
    """``cells``: as ``DataQuality.volume``, with at least one month delivered."""
    known = cells.filter(pl.col("waarde").is_not_null())
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return texts.say(
        "datakwaliteit.volume.alt",
        feed=name(feed),
        first=dates.period(first["maand"]),
        start=dutch.number(first["waarde"]),
        last=dates.period(last["maand"]),
        end=dutch.number(last["waarde"]),
        outside=sum(map(outside, known.to_dicts())),
    )


def share_alternative(cells: pl.DataFrame, title: str) -> str:
    known = cells.filter(pl.col("waarde").is_not_null())
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return texts.say(
        "datakwaliteit.links.alt",
        title=title,
        first=dates.period(first["maand"]),
        start=percent(first["waarde"]),
        last=dates.period(last["maand"]),
        end=percent(last["waarde"]),
    )


def _counts(quality: DataQuality, months: Sequence[str]) -> dict[str, int]:
    found = quality.deliveries.filter(pl.col("maand").is_in(months))["levering"].to_list()
    return {kind: found.count(kind) for kind in ON_TIME}


def _named_months(months: Sequence[str]) -> str:
    """The newest few months by name, and how many more."""
    named = [dates.period(month) for month in months[-MONTHS_NAMED:]]
    rest = len(months) - len(named)
    return dates.listing([*named, *([texts.say("datakwaliteit.more", count=rest)] if rest else [])])


def _punctuality(quality: DataQuality, feed: Feed) -> list[str]:
    found = quality.deliveries.filter(naam=feed.name)
    if found.is_empty():
        return [texts.get("datakwaliteit.never")]
    months = {kind: found.filter(levering=kind)["maand"].to_list() for kind in ON_TIME}
    due = len(months["op_tijd"]) + len(months["te_laat"]) + len(months["ontbreekt"])
    said = []
    if due:
        said.append(texts.say("datakwaliteit.in_time", count=len(months["op_tijd"]), due=due, day=feed.delivery_day))
    said += [
        texts.say(f"datakwaliteit.which.{kind}", months=_named_months(months[kind]))
        for kind in ON_TIME[1:]
        if months[kind]
    ]
    return [" ".join(said)]


def _volume(quality: DataQuality, feed: Feed) -> list[str]:
    unusual = [row for row in quality.volume(feed.name).tail(RECENT_MONTHS).to_dicts() if outside(row)]
    if not unusual:
        return []
    row = unusual[-1]
    words = "more" if row["waarde"] > row["hoog"] else "fewer"
    return [
        texts.say(
            f"datakwaliteit.volume.{words}",
            month=dates.period(row["maand"]),
            count=dutch.number(row["waarde"]),
            low=dutch.number(row["laag"]),
            high=dutch.number(row["hoog"]),
        )
    ]


def _quarantine(quality: DataQuality, feed: Feed) -> list[str]:
    broken, rows = quality.recent(feed.name, "in_quarantaine", TOTAL)
    if not rows:
        return []
    if not broken:
        return [texts.get("datakwaliteit.quarantine.none")]
    recent = quality.series(feed.name, "in_quarantaine", TOTAL).tail(RECENT_MONTHS).drop_nulls("waarde")
    worst = recent.sort("waarde", "maand").row(-1, named=True)
    counts = {rule: quality.recent(feed.name, "in_quarantaine", rule)[0]
              for rule in quality.broken_rules(feed.name, "in_quarantaine")}  # fmt: skip
    rules = sorted((rule for rule in counts if counts[rule]), key=lambda rule: -counts[rule])[:RULES_NAMED]
    return [
        texts.say(
            "datakwaliteit.quarantine.said",
            share=percent(broken / rows),
            month=dates.period(worst["maand"]),
            most=percent(worst["waarde"]),
            rules=" ".join(feed.rules.get(rule, rule) for rule in rules),
        )
    ]


def _filled(quality: DataQuality, feed: Feed) -> list[str]:
    return [
        texts.say(
            "datakwaliteit.filled.unusual",
            column=feed.columns.get(row["onderdeel"], row["onderdeel"]),
            month=dates.period(row["maand"]),
            value=percent(row["waarde"]),
            usual=percent(row["gewoon"]),
        )
        for row in quality.unusually_filled(feed.name)
    ]


def links(quality: DataQuality, feed: Feed) -> list[str]:
    """How the feed meets the others: one sentence a link."""
    said = []
    for maat, part in quality.links(feed.name):
        part_, whole = quality.recent(feed.name, maat, part)
        if not whole or part == "uren":
            continue
        key = part if maat == "koppeling" else maat
        form = "none" if not part_ and maat != "koppeling" else "some"
        said.append(
            texts.say(
                f"datakwaliteit.links.{form}.{key}",
                share=percent(part_ / whole),
                part=dutch.number(part_),
                whole=dutch.number(whole),
                column=feed.columns.get(part, part),
            )
        )
    return said
