"""The stewards' page about deliveries: a calendar, one month of one feed with its findings and rows, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

import polars as pl
import streamlit as st

from dashboards import dates, desk, quality_sentences, tables, texts
from dashboards import deliveries as rows
from dashboards.data_quality import Feed
from dashboards.deliveries import ACCEPTED, BARS, QUARANTINE, REFUSED, SIGNS
from dashboards.heat_table import Cell, heat_table, legend
from dashboards.pages import address, parts, present
from dashboards.queries import Publication
from indicators import dutch, explanation

FEED, MONTH, NUMBER = "levering", "maand", "nummer"
LEDGER_FEED, LEDGER_YEAR, LEDGER_VERDICT = "register", "jaar", "oordeel"
ALL = "alle"
# More rows than this are not put on a screen.
SHOWN = 30


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    try:
        with desk.opened(publication) as opened:
            known, findings, owed = opened.deliveries(), opened.findings(), opened.owed(datetime.now(UTC))
    except desk.DeskError as error:
        parts.title(texts.get("leveringen.title"), escape(str(error)))
        return
    address.begin()
    feeds = desk.feeds()
    found = rows.states(known, owed.months)
    parts.title(texts.get("leveringen.title"), escape(texts.get("leveringen.lead")))
    if known.is_empty():
        parts.html(f"<p>{escape(texts.get('leveringen.none'))}</p>")
        return
    said = rows.standing_out(found, feeds) or [texts.get("leveringen.all_there")]
    parts.html("".join(f"<p>{escape(line)}</p>" for line in said))
    _calendar(publication, found, feeds)
    _reminders(owed.reminders, owed.day)
    _month(publication, known, findings, found, feeds)
    _ledger(known, feeds)
    address.write()


def _calendar(publication: Publication, found: pl.DataFrame, feeds: Mapping[str, Feed]) -> None:
    parts.section(texts.get("leveringen.calendar_title"), texts.get("leveringen.calendar_note"))
    words = texts.get("leveringen.legend")
    entries = [(Cell(sign, "", f"heat-{state}"), words[state]) for state, sign in SIGNS.items()]
    bars = texts.get("datakwaliteit.legend.bars")
    entries += [(Cell("", "", f"heat-{QUARANTINE}", level + 1), bars[level]) for level in range(len(BARS))]
    caption, corner = texts.get("leveringen.calendar_caption"), texts.get("datakwaliteit.column_feed")
    parts.html(legend(entries) + heat_table(caption, corner, rows.months(found), rows.calendar_rows(found, feeds)))
    if publication.manifest.get("fictief"):
        parts.html(f'<p class="note">{escape(texts.get("leveringen.made_up"))}</p>')


def _reminders(reminders: Mapping[str, str], day: datetime) -> None:
    if not reminders:
        return
    parts.section(
        texts.get("leveringen.reminders_title"), texts.say("leveringen.reminders_note", day=dates.day(day))
    )  # fmt: skip
    for partner, text in reminders.items():
        summary = texts.say("leveringen.reminder", partner=explanation.partner(partner))
        parts.folded(summary, f'<pre class="copy">{escape(text)}</pre>')


def _month(
    publication: Publication, known: pl.DataFrame, findings: pl.DataFrame, found: pl.DataFrame,
    feeds: Mapping[str, Feed],
) -> None:  # fmt: skip
    parts.section(texts.get("leveringen.month_title"))
    names = {name: quality_sentences.name(feed) for name, feed in feeds.items() if name in found["naam"]}
    with st.container(key="controls"):
        _select(FEED, names, "leveringen.choose_feed")
        feed = feeds[address.after(FEED)]
        mine = found.filter(naam=feed.name)
        months = mine["maand"].sort(descending=True).to_list()
        _select(MONTH, {month: dates.period(month) for month in months}, "leveringen.choose_month")
        month = address.after(MONTH)
    (state,) = mine.filter(maand=month).iter_rows(named=True)
    name, period = quality_sentences.name(feed), dates.period(month)
    said = rows.words(state)
    parts.html(f"<h3>{escape(name)}, {escape(period)}</h3><p>{escape(said[:1].upper() + said[1:])}.</p>")
    taken = rows.of_month(known, feed.name, month)
    if taken.is_empty():
        return
    caption = texts.say("leveringen.deliveries_caption", feed=name, month=period)
    headers = list(texts.get("leveringen.columns").values())
    parts.html(tables.table(caption, headers, rows.delivery_rows(taken), numeric=range(3, 6), stacked=True))
    _findings(rows.of_month(findings, feed.name, month), name, period)
    _quarantine(publication, taken, feed, month)


def _findings(found: pl.DataFrame, name: str, period: str) -> None:
    parts.html(f"<h3>{escape(texts.get('leveringen.findings_title'))}</h3>")
    if found.is_empty():
        parts.html(f"<p>{escape(texts.get('leveringen.no_findings'))}</p>")
        return
    caption = texts.say("leveringen.findings_caption", feed=name, month=period)
    headers = list(texts.get("leveringen.finding_columns").values())
    parts.html(tables.table(caption, headers, rows.finding_rows(found), numeric=[3], stacked=True))


def _quarantine(publication: Publication, taken: pl.DataFrame, feed: Feed, month: str) -> None:
    kept = taken.filter((pl.col("quarantaine") > 0) & (pl.col("oordeel") == ACCEPTED))
    if kept.is_empty():
        return
    parts.html(f"<h3>{escape(texts.get('leveringen.quarantine_title'))}</h3>")
    numbers = [str(number) for number in kept["nummer"]]
    number = numbers[0]
    if len(numbers) > 1:
        with st.container(key="quarantine-controls"):
            _select(NUMBER, {n: n for n in numbers}, "leveringen.choose_number")
            number = address.after(NUMBER)
    try:
        present.note_once(desk.QUARANTINE, f"{feed.name} {month}, nummer {number}")
        with desk.opened(publication) as opened:
            found = opened.quarantined(feed.name, month, int(number))
    except desk.DeskError as error:
        parts.html(f"<p>{escape(str(error))}</p>")
        return
    said = texts.say("leveringen.quarantine_note", count=dutch.number(found.height))
    if found.height > SHOWN:
        said += " " + texts.say("leveringen.first_rows", count=SHOWN)
    headers = [texts.get("leveringen.line"), texts.get("leveringen.reasons"), *found.columns[2:]]
    caption = texts.say("leveringen.quarantine_caption", number=number)
    parts.html(f'<p class="note">{escape(said)}</p>')
    table = tables.table(caption, headers, rows.quarantine_rows(found.head(SHOWN), feed), numeric=[0])
    parts.folded(texts.get("leveringen.show_rows"), table)
    file = f"quarantaine_{feed.partner}_{feed.feed}_{month}_{number}.csv"
    parts.download(rows.to_csv(found), file, "download-quarantine", "leveringen.download_rows")


def _ledger(known: pl.DataFrame, feeds: Mapping[str, Feed]) -> None:
    parts.section(texts.get("leveringen.ledger_title"), texts.get("leveringen.ledger_note"))
    everything = texts.get("leveringen.everything")
    years = sorted({month[:4] for month in known["maand"]}, reverse=True)
    with st.container(key="ledger-controls"):
        _select(LEDGER_FEED, {ALL: everything[FEED], **_names(known, feeds)}, "leveringen.choose_feed")
        _select(LEDGER_YEAR, {ALL: everything[LEDGER_YEAR], **{year: year for year in years}}, "leveringen.choose_year")
        _select(LEDGER_VERDICT, texts.get("leveringen.ledger_verdicts"), "leveringen.choose_verdict")
    feed, year, verdict = (address.after(key) for key in (LEDGER_FEED, LEDGER_YEAR, LEDGER_VERDICT))
    found = known
    if feed != ALL:
        partner, _, name = feed.partition("/")
        found = found.filter(partner=partner, feed=name)
    if year != ALL:
        found = found.filter(pl.col("maand").str.starts_with(year))
    if verdict != ALL:
        found = found.filter(_of_verdict()[verdict])
    found = found.sort("ontvangen", "partner", "feed", "maand", "nummer", descending=True)
    said = texts.say("leveringen.ledger_count", count=dutch.number(found.height), whole=dutch.number(known.height))
    if found.height > SHOWN:
        said += " " + texts.say("leveringen.newest_rows", count=SHOWN)
    columns = [*texts.get("leveringen.ledger_columns").values(), *texts.get("leveringen.columns").values()]
    parts.html(
        f'<p class="note" aria-live="polite">{escape(said)}</p>'
        + tables.table(
            texts.get("leveringen.ledger_caption"), columns, rows.ledger_rows(found.head(SHOWN), feeds),
            numeric=range(5, 8),
            stacked=True,
        )
    )  # fmt: skip
    parts.download(rows.to_csv(found), "register_van_leveringen.csv", "download-ledger", "leveringen.download_ledger")


def _of_verdict() -> dict[str, pl.Expr]:
    accepted = pl.col("oordeel") == ACCEPTED
    return {
        "geldt": pl.col("geldt"),
        "vervangen": accepted & ~pl.col("geldt"),
        QUARANTINE: pl.col("quarantaine") > 0,
        REFUSED: ~accepted,
    }


def _names(known: pl.DataFrame, feeds: Mapping[str, Feed]) -> dict[str, str]:
    there = set(known.select(pl.concat_str("partner", "feed", separator="/")).to_series())
    return {name: quality_sentences.name(feed) for name, feed in feeds.items() if name in there}


def _select(key: str, labels: Mapping[str, str], text: str) -> None:
    """A choice of the keys of ``labels``; the first by default."""
    parts.select(key, list(labels), labels, texts.get(text))
