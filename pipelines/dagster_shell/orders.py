"""What a steward orders: a preview of a backfill, and the backfill itself; each a job that takes months and feeds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from indicators.calendar import AMSTERDAM
from pipelines import inbox, preview
from pipelines.backfill import Request
from pipelines.dagster_shell.assets import HomeResource, trying
from pipelines.dagster_shell.run import run_backfill
from pipelines.deliver import Progress
from pipelines.errors import UserError

PREVIEW, BACKFILL = "voorvertoning", "maanden_opnieuw"
# How often the log of a run says where it is.
SAY_SECONDS = 2.0


class Asked(dg.Config):
    """Months ``first``..``last`` (JJJJ-MM) of ``feeds`` (PARTNER/LEVERING); none: of all."""

    first: str
    last: str
    feeds: list[str] = Field(default_factory=list)


class Approved(Asked):
    """``preview``: the number of the preview that was approved; ``by``: by whom."""

    preview: str = ""
    by: str


@dg.op(name=f"{PREVIEW}_maken", description="Wat een backfill zou veranderen; er verandert niets")
def preview_op(context: dg.OpExecutionContext, config: Asked, data: HomeResource) -> None:
    with _told(data, context.retry_number):
        request = Request.of(config.first, config.last, config.feeds)
        found = inbox.scan(data.home.inbox, datetime.now(AMSTERDAM).date())
        made = preview.make(data.home, request, found, datetime.now(UTC), _said(context))
    context.add_output_metadata({"voorvertoning": made.number, "cijfers": made.changes.height})


@dg.op(name=f"{BACKFILL}_doen", description="Maanden opnieuw: leveringen, berekening en publicatie")
def backfill_op(context: dg.OpExecutionContext, config: Approved, data: HomeResource) -> None:
    with _told(data, context.retry_number):
        request = Request.of(config.first, config.last, config.feeds)
        found = inbox.scan(data.home.inbox, datetime.now(AMSTERDAM).date())
        done = run_backfill(data.home, request, found, config.by, config.preview or None, _said(context))
    for line in done.lines:
        context.log.info(line)
    if done.failed:
        raise dg.Failure(" ".join(done.lines), allow_retries=False)


def jobs() -> list[dg.JobDefinition]:
    return [_job(PREVIEW, preview_op), _job(BACKFILL, backfill_op)]


def _job(name: str, op: dg.OpDefinition) -> dg.JobDefinition:
    graph = dg.GraphDefinition(name=name, description=op.description, node_defs=[op])
    return graph.to_job(executor_def=dg.in_process_executor)


def _said(context: dg.OpExecutionContext) -> Progress:
    """Progress as lines in the log of the run."""
    last = 0.0

    def say(what: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SAY_SECONDS:
            last = time.monotonic()
            context.log.info(f"{what} ({done} van {total})")

    return say


@contextmanager
def _told(data: HomeResource, retry_number: int) -> Iterator[None]:
    """What a user can mend is told in one sentence; what may pass by itself is tried again later."""
    try:
        with trying(data, retry_number):
            yield
    except UserError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
