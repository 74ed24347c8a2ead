"""What the ledger says of deliveries, as rows and cells: frames of the desk -> tables. No Streamlit, no pipelines.

Not here: opening the ledger (``desk``), what stands out in what was delivered (``quality_sentences``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import polars as pl

from dashboards import dates, quality_sentences, texts
from dashboards.data_quality import Feed
from dashboards.heat_table import Cell, Row
from indicators import calendar, dutch
from indicators.calendar import AMSTERDAM

DELIVERED, CORRECTED, QUARANTINE, REFUSED = "geleverd", "verbeterd", "quarantaine", "geweigerd"
LATE, MISSING, AWAITED = "te_laat", "ontbreekt", "verwacht"
SIGNS = {
    DELIVERED: "✓",
    CORRECTED: "2",
    QUARANTINE: "✓",
    REFUSED: "⊘",
    LATE: "!",
    MISSING: "✕",
    AWAITED: "…",
}
# Of a month that nothing came for: the words of pipelines.expected.
NOT_DELIVERED = {"te laat": LATE, "ontbreekt": MISSING, "verwacht": AWAITED}
# Above which share of rows in quarantine a cell has a bar of that height.
BARS = (0.0, 0.01, 0.05)
ACCEPTED = "geaccepteerd"
DIGEST_SHOWN = 12
KEYS = ["partner", "feed", "maand"]


def states(deliveries: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    """A row for every feed and month that was delivered or should have been: naam, maand, staat (of ``SIGNS``), nummer
    (of the delivery that counts; empty without one), laatste (the latest number), rijen, quarantaine, uiterlijk.

    Frames as the desk gives them. A month whose latest delivery was refused is refused, also where an earlier one
    counts.
    """
    last = deliveries.group_by(KEYS).agg(laatste=pl.col("nummer").last(), oordeel=pl.col("oordeel").last())
    counts = deliveries.filter("geldt").select(*KEYS, "nummer", "rijen", "quarantaine")
    found = last.join(counts, on=KEYS, how="left").join(owed, on=KEYS, how="full", coalesce=True)
    state = (
        pl.when(pl.col("laatste").is_null())
        .then(pl.col("staat").replace_strict(NOT_DELIVERED, default=None))
        .when(pl.col("oordeel") != ACCEPTED)
        .then(pl.lit(REFUSED))
        .when(pl.col("quarantaine") > 0)
        .then(pl.lit(QUARANTINE))
        .when(pl.col("nummer") > 1)
        .then(pl.lit(CORRECTED))
        .otherwise(pl.lit(DELIVERED))
    )
    return found.select(
        pl.concat_str("partner", "feed", separator="/").alias("naam"), "maand", state.alias("staat"),
        "nummer", "laatste", "rijen", "quarantaine", "uiterlijk",
    ).sort("naam", "maand")  # fmt: skip


def months(found: pl.DataFrame) -> list[str]:
    """From the first to the last month of ``states``."""
    if found.is_empty():
        return []
    return calendar.months_between(found["maand"].min(), found["maand"].max())


def words(row: Mapping[str, Any]) -> str:
    """A row of ``states`` in words."""
    said = [texts.get("leveringen.states")[row["staat"]]]
    if row["staat"] in NOT_DELIVERED.values():
        return texts.say("leveringen.due", state=said[0], day=dates.day(row["uiterlijk"]))
    if row["staat"] == REFUSED:
        if row["nummer"] is not None:
            said.append(texts.say("leveringen.counts_still", number=row["nummer"]))
        return ", ".join(said)
    if row["staat"] == QUARANTINE:
        said = [texts.get("leveringen.states")[CORRECTED if row["nummer"] > 1 else DELIVERED]]
    if row["nummer"] > 1:
        said.append(texts.say("leveringen.number", number=row["nummer"]))
    said.append(texts.say(f"datakwaliteit.rows.{'one' if row['rijen'] == 1 else 'many'}",
                          count=dutch.number(row["rijen"])))  # fmt: skip
    if row["quarantaine"]:
        said.append(texts.say("leveringen.quarantined", count=dutch.number(row["quarantaine"])))
    return ", ".join(said)


def calendar_rows(found: pl.DataFrame, feeds: Mapping[str, Feed]) -> list[Row]:
    """A row of cells for each feed that has any, under the name of its partner."""
    cells: dict[str, dict[str, Cell]] = {}
    for row in found.iter_rows(named=True):
        cells.setdefault(row["naam"], {})[row["maand"]] = _cell(row)
    rows, partner = [], ""
    for name, feed in feeds.items():
        if name in cells:
            heading = feed.partner_name if feed.partner != partner else ""
            rows.append(Row(feed.title, cells[name], heading[:1].upper() + heading[1:]))
            partner = feed.partner
    return rows


def _cell(row: Mapping[str, Any]) -> Cell:
    state, number = row["staat"], row["nummer"] or 0
    sign = str(number) if state in (CORRECTED, QUARANTINE) and number > 1 else SIGNS[state]
    share = row["quarantaine"] / row["rijen"] if state == QUARANTINE else 0.0
    return Cell(sign, f"{dates.period(row['maand'])}: {words(row)}", f"heat-{state}", sum(share > bar for bar in BARS))


def standing_out(found: pl.DataFrame, feeds: Mapping[str, Feed]) -> list[str]:
    """A sentence for each state that asks for something: which feeds, how many months."""
    said = []
    for state in (MISSING, LATE, REFUSED):
        mine = found.filter(staat=state)
        per_feed = [
            texts.say("leveringen.feed_months", feed=quality_sentences.name(feeds[name]), months=_listed(rows["maand"]))
            for (name,), rows in mine.group_by("naam", maintain_order=True)
        ]
        if per_feed:
            said.append(texts.say(f"leveringen.standing_out.{state}", feeds="; ".join(per_feed)))
    return said


def _listed(found: pl.Series) -> str:
    """Months: one by one up to three, else how many and which."""
    if found.len() > 3:
        first, last = (dates.period(month) for month in (found.min(), found.max()))
        return texts.say("leveringen.many_months", count=found.len(), first=first, last=last)
    return dates.listing([dates.period(month) for month in found])


def of_month(deliveries: pl.DataFrame, feed: str, month: str) -> pl.DataFrame:
    """The deliveries of one feed (``<partner>/<feed>``) and month, or its findings; the latest first."""
    partner, _, name = feed.partition("/")
    return deliveries.filter(partner=partner, feed=name, maand=month).sort("nummer", descending=True)


def delivery_rows(found: pl.DataFrame) -> list[list[str]]:
    """HTML cells: number, moment, verdict and whether it counts, rows, accepted, quarantine, digest."""
    return [
        [
            str(row["nummer"]),
            _unbroken(moment(row["ontvangen"])),
            verdict(row),
            *(dutch.number(row[name]) for name in ("rijen", "geaccepteerd", "quarantaine")),
            digest(row["sha256"]),
        ]
        for row in found.iter_rows(named=True)
    ]


def ledger_rows(found: pl.DataFrame, feeds: Mapping[str, Feed]) -> list[list[str]]:
    """HTML cells: feed, month, then as ``delivery_rows``."""
    heads = [
        [
            escape(quality_sentences.name(feeds[f"{row['partner']}/{row['feed']}"])),
            _unbroken(dates.period_short(row["maand"])),
        ]
        for row in found.iter_rows(named=True)
    ]
    return [[*head, *row] for head, row in zip(heads, delivery_rows(found), strict=True)]


def verdict(row: Mapping[str, Any]) -> str:
    """Sign and words of a delivery: refused, or accepted and counting or replaced."""
    state = REFUSED if row["oordeel"] != ACCEPTED else "geldt" if row["geldt"] else "vervangen"
    sign = {REFUSED: SIGNS[REFUSED], "geldt": SIGNS[DELIVERED], "vervangen": "↷"}[state]
    return marked(sign, texts.get("leveringen.verdicts")[state])


def marked(sign: str, word: str) -> str:
    """A sign and what it means, on one line, as HTML."""
    return f'<span class="whole"><span class="sign" aria-hidden="true">{sign}</span> {escape(word)}</span>'


def _unbroken(text: str) -> str:
    """As HTML, on one line."""
    return f'<span class="whole">{escape(text)}</span>'


def digest(sha256: str) -> str:
    """The first characters of a digest, and all of it when pointed at."""
    return f'<code title="{escape(sha256)}">{escape(sha256[:DIGEST_SHOWN])}</code>'


def moment(text: str) -> str:
    """An ISO moment as Amsterdam reads it."""
    return dates.moment(datetime.fromisoformat(text).astimezone(AMSTERDAM))


def finding_rows(found: pl.DataFrame) -> list[list[str]]:
    """HTML cells: number of the delivery, level, message, rows concerned."""
    levels = texts.get("leveringen.levels")
    return [
        [str(row["nummer"]), _unbroken(levels[row["niveau"]]), escape(row["bevinding"]), dutch.number(row["rijen"])]
        for row in found.iter_rows(named=True)
    ]


def quarantine_rows(found: pl.DataFrame, feed: Feed) -> list[list[str]]:
    """HTML cells: line, the broken rules in words, then the columns."""
    columns = found.columns[2:]
    return [
        [
            str(row["regel"]),
            _reasons([feed.rules.get(code, code) for code in row["redenen"]]),
            *(_unbroken(row[name] or "") for name in columns),
        ]
        for row in found.iter_rows(named=True)
    ]


def _reasons(broken: Sequence[str]) -> str:
    return f'<span class="reasons">{"<br>".join(map(escape, broken))}</span>'


def to_csv(found: pl.DataFrame) -> bytes:
    """A frame for a Dutch spreadsheet: UTF-8 with a byte order mark, semicolons, decimal comma, lists with commas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(found.columns)
    writer.writerows([_plain(value) for value in row] for row in found.iter_rows())
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return f"{value:.12g}".replace(".", ",")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)
