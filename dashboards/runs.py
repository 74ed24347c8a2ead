"""Runs of Dagster in Dutch: what it was, how it stands, how long it took. Runs -> rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from dashboards import dates, deliveries, texts
from dashboards.dagster_api import BACKFILL, PREVIEW, Run
from indicators.calendar import AMSTERDAM

# What a steward orders.
ORDERS = (PREVIEW, BACKFILL)


def job(run: Run) -> str:
    return str(texts.get("verwerkingen.jobs").get(run.job, texts.get("verwerkingen.other_job")))


def status(run: Run) -> str:
    """Sign and word, as HTML."""
    entry = texts.get("verwerkingen.statuses")[run.status]
    return deliveries.marked(entry["sign"], entry["word"])


def months(run: Run) -> str:
    if run.months is None:
        return ""
    first, last = run.months
    if first == last:
        return dates.period(first)
    return texts.say("verwerkingen.months", first=dates.period(first), last=dates.period(last))


def moment(value: datetime) -> str:
    return dates.moment(value.astimezone(AMSTERDAM))


def duration(seconds: float | None) -> str:
    """
    >>> [duration(s) for s in (None, 0.4, 62.0, 3725.0)]
    ['', '1 s', '1 min 2 s', '1 uur 2 min']
    """
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} uur {whole % 3600 // 60} min"


def rows(runs: Sequence[Run], now: datetime) -> list[list[str]]:
    """HTML cells: what, status, begin, duration, months, by what it was started."""
    return [
        [
            escape(job(run)),
            status(run),
            escape(moment(run.started or run.created)),
            duration(run.seconds(now)),
            escape(months(run)),
            escape(texts.get("verwerkingen.started_by")[run.started_by]),
        ]
        for run in runs
    ]
