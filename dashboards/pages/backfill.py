"""The stewards' page to take months again: ask for a preview, look at what changes, approve, see what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from dashboards import dates, deliveries, desk, previews, quality_sentences, queries, runs, texts
from dashboards.dagster_api import FAILED, Dagster, DagsterError, Run
from dashboards.data_quality import Feed
from dashboards.pages import address, parts, present
from dashboards.pages import runs as pages_runs
from dashboards.queries import Publication
from indicators import dutch
from indicators.calendar import AMSTERDAM

if TYPE_CHECKING:
    from dashboards.desk import Backfill, Preview

FIRST, LAST, FEEDS, PREVIEW = "van", "tot", "leveringen", "voorvertoning"
INDICATOR, REGION, CAUSE = "indicator", "regio", "oorzaak"
ALL = "alle"
DONE = "done"
# More rows than this are not put on a screen.
SHOWN = 30


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    parts.title(texts.get("backfill.title"), escape(texts.get("backfill.lead")))
    feeds = desk.feeds()
    try:
        with desk.opened(publication) as opened:
            months = opened.months(datetime.now(AMSTERDAM).date())
            made, done = opened.previews(), opened.backfills()
    except desk.DeskError as error:
        parts.html(f'<p class="trouble">{escape(str(error))}</p>')
        return
    if not months:
        parts.html(f"<p>{escape(texts.get('leveringen.none'))}</p>")
        return
    asked = pages_runs.dagster(publication)
    try:
        orders, trouble = [run for run in asked.runs() if run.job in runs.ORDERS], ""
    except DagsterError as error:
        orders, trouble = [], str(error)
    address.begin()
    _ask(publication, asked, months, feeds, trouble, orders)
    if made:
        _preview(publication, asked, made, done, feeds, not trouble and not any(run.is_busy for run in orders))
    _earlier(done, feeds)
    address.write()


def _ask(
    publication: Publication, asked: Dagster, months: Sequence[str], feeds: Mapping[str, Feed], trouble: str,
    orders: Sequence[Run],
) -> None:  # fmt: skip
    parts.section(texts.get("backfill.ask_title"), texts.get("backfill.ask_note"))
    with st.container(key="backfill-controls"):
        newest_first = {month: dates.period(month) for month in reversed(months)}
        for key in (FIRST, LAST):
            address.before(key, months, months[-1])
            st.selectbox(
                texts.get(f"backfill.{key}"), list(newest_first), format_func=lambda m: newest_first[m], key=key,
                filter_mode="contains",
            )  # fmt: skip
    first, last = address.after(FIRST), address.after(LAST)
    address.before_several(FEEDS, list(feeds))
    st.pills(
        texts.get("backfill.leveringen"), list(feeds), selection_mode="multi", key=FEEDS, wrap=True,
        format_func=lambda name: quality_sentences.name(feeds[name]),
    )  # fmt: skip
    chosen = address.after_several(FEEDS)
    busy = [run for run in orders if run.is_busy]
    if first > last:
        parts.html(f'<p class="trouble">{escape(texts.get("backfill.wrong_order"))}</p>')
    elif trouble:
        pages_runs.unreachable(publication, trouble)
        commands = "\n".join(desk.backfill_commands(desk.home_of(publication), first, last, chosen))
        parts.html(f'<p>{escape(texts.get("backfill.by_command"))}</p><pre class="copy">{escape(commands)}</pre>')
    elif busy:
        pages_runs.follow(asked, busy)
    else:
        if st.button(texts.get("backfill.make"), type="primary", key="make-preview"):
            on = f"voorvertoning van {first} tot en met {last}: {' '.join(chosen) or ALL}"
            _order(lambda: asked.preview(first, last, chosen), desk.STARTED, on)
        _failure(asked, orders)


def _failure(asked: Dagster, orders: Sequence[Run]) -> None:
    """Why the latest order failed, if it did."""
    if not orders or orders[0].status != FAILED:
        return
    try:
        reason = asked.follow(orders[0].id).reason or texts.get("dagster.unexplained")
    except DagsterError as error:
        reason = str(error)
    said = texts.say("backfill.failed", job=runs.job(orders[0]), moment=runs.moment(orders[0].created), reason=reason)
    parts.html(f'<p class="trouble">{escape(said)}</p>')


def _order(start: Callable[[], str], what: str, on: str) -> None:
    """Ask Dagster for a run, once that is on record, and draw the page anew with it."""
    try:
        present.note(what, on)
        start()
    except (DagsterError, desk.DeskError) as error:
        parts.html(f'<p class="trouble">{escape(str(error))}</p>')
        return
    st.rerun()


def _preview(
    publication: Publication, asked: Dagster, made: Sequence[str], done: Sequence[Backfill],
    feeds: Mapping[str, Feed], may_order: bool,
) -> None:  # fmt: skip
    parts.section(texts.get("backfill.preview_title"))
    numbers = list(reversed(made))
    with st.container(key="preview-controls"):
        address.before(PREVIEW, numbers, numbers[0])
        st.selectbox(texts.get("backfill.choose_preview"), numbers, key=PREVIEW, filter_mode="contains")
        number = address.after(PREVIEW)
    try:
        with desk.opened(publication) as opened:
            preview = opened.preview(number)
    except desk.DeskError as error:
        parts.html(f'<p class="trouble">{escape(str(error))}</p>')
        return
    record, changes = preview.record, preview.changes
    what = previews.request(record["request"], feeds)
    said = [texts.say("backfill.made", what=what, moment=deliveries.moment(record["made_at"]))]
    said.append(texts.say(f"backfill.reads.{_form(len(record['reads']))}", count=dutch.number(len(record["reads"]))))
    if record["publication"] is None:
        said.append(texts.get("backfill.no_publication"))
    else:
        count = dutch.number(changes.height)
        said.append(texts.say(f"backfill.changes.{_form(changes.height)}", count=count, number=record["publication"]))
    parts.html(f"<p>{escape(' '.join(said))}</p>")
    outcomes = [one for one in done if one.preview == number]
    if outcomes:
        _outcome(outcomes[0])
    _reads(record["reads"], feeds)
    if changes.height:
        _changes(publication, changes, number)
    if any(one.status == DONE for one in outcomes) or not (record["reads"] or changes.height):
        return
    # What was cut off goes on, whatever it had done already.
    if record["publication"] != _newest(publication) and outcomes[:1] != list(done[:1]):
        parts.html(f'<p class="trouble">{escape(texts.get("backfill.out_of_date"))}</p>')
    elif may_order:
        _approve(asked, preview)


def _newest(publication: Publication) -> str | None:
    try:
        return queries.current_number(desk.home_of(publication))
    except queries.DamagedPublication:
        return None


def _form(count: int) -> str:
    return {0: "none", 1: "one"}.get(count, "many")


def _reads(reads: Sequence[Mapping[str, object]], feeds: Mapping[str, Feed]) -> None:
    if reads:
        caption = texts.get("backfill.reads_caption")
        if len(reads) > SHOWN:
            caption += " " + texts.say("leveringen.first_rows", count=SHOWN)
        table = previews.table("backfill.read_columns", caption, previews.read_rows(reads[:SHOWN], feeds), [4, 5])
        parts.folded(texts.get("backfill.reads_title"), table)


def _changes(publication: Publication, changes: pl.DataFrame, number: str) -> None:
    counts = previews.causes(changes)
    words = texts.get("backfill.causes")
    lines = (f"<li><strong>{escape(dutch.number(n))}</strong> {escape(words[c])}</li>" for c, n in counts.items())
    parts.html(f"<h3>{escape(texts.get('backfill.changes_title'))}</h3><ul>{''.join(lines)}</ul>")
    titles = {i: str(publication.definitions[i]["title"]) if i in publication.definitions else i
              for i in changes["indicator"].unique().sort()}  # fmt: skip
    regions = {
        code: previews.region(publication, code, level)
        for code, level in changes.select("regio", "regio_niveau").unique().sort("regio").iter_rows()
    }
    with st.container(key="change-controls"):
        _filter(INDICATOR, dict(sorted(titles.items(), key=lambda item: item[1].casefold())))
        _filter(REGION, dict(sorted(regions.items(), key=lambda item: item[1].casefold())))
        _filter(CAUSE, {cause: words[cause] for cause in counts})
    chosen = {key: address.after(key) for key in (INDICATOR, REGION, CAUSE)}
    found = previews.filtered(changes, **{key: "" if value == ALL else value for key, value in chosen.items()})
    said = texts.say("backfill.shown", count=dutch.number(found.height), whole=dutch.number(changes.height))
    if found.height > SHOWN:
        said += " " + texts.say("leveringen.first_rows", count=SHOWN)
    caption = texts.say("backfill.changes_caption", number=number)
    parts.html(
        f'<p class="note" aria-live="polite">{escape(said)}</p>'
        + previews.table("backfill.change_columns", caption, previews.change_rows(found.head(SHOWN), publication))
    )
    file = f"voorvertoning_{number}.csv"
    parts.download(deliveries.to_csv(found), file, "download-changes", "backfill.download")


def _filter(key: str, labels: Mapping[str, str]) -> None:
    named = {ALL: texts.get("backfill.everything")[key], **labels}
    address.before(key, list(named), ALL)
    st.selectbox(
        texts.get(f"backfill.{key}"), list(named), format_func=lambda code: named[code], key=key,
        filter_mode="contains",
    )  # fmt: skip


def _outcome(one: Backfill) -> None:
    """What became of a preview that was approved."""
    status = texts.get("backfill.statuses")[one.status]["word"]
    said = texts.say("backfill.approved", by=one.approved_by, moment=deliveries.moment(one.approved_at), status=status)
    if one.outcome:
        said += " " + texts.say("backfill.outcome", outcome=one.outcome)
    parts.html(f'<p class="outcome">{escape(said)}</p>')


def _approve(asked: Dagster, preview: Preview) -> None:
    parts.html(f"<h3>{escape(texts.get('backfill.approve_title'))}</h3>")
    with st.form("approve", enter_to_submit=False):
        by = present.visitor().who or st.text_input(texts.get("backfill.name"), key="approve-by", max_chars=80)
        agreed = st.checkbox(texts.get("backfill.agree"), key="approve-agreed")
        submitted = st.form_submit_button(texts.get("backfill.carry_out"), type="primary")
    if submitted and not (agreed and by and by.strip()):
        parts.html(f'<p class="trouble">{escape(texts.get("backfill.not_yet"))}</p>')
    elif submitted:
        request = preview.record["request"]
        feeds = [] if set(request["feeds"]) >= desk.feeds().keys() else request["feeds"]
        _order(
            lambda: asked.backfill(request["first"], request["last"], feeds, preview.number, by.strip()),
            desk.APPROVED,
            f"voorvertoning {preview.number}",
        )


def _earlier(done: Sequence[Backfill], feeds: Mapping[str, Feed]) -> None:
    parts.section(texts.get("backfill.earlier_title"))
    if not done:
        parts.html(f"<p>{escape(texts.get('backfill.never'))}</p>")
        return
    rows = previews.backfill_rows(done, feeds)
    parts.html(previews.table("backfill.backfill_columns", texts.get("backfill.earlier_caption"), rows))
