"""``veiligheid run`` and ``backfill``: the road as one Dagster run in this process, over only what changed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import dagster as dg

from pipelines import backfill, compute, console, deliver, migration, preview, publication, stopping
from pipelines.backfill import Request
from pipelines.dagster_shell import assets, instance, requests
from pipelines.dagster_shell.road import JOB, build
from pipelines.deliver import Outcome, Progress
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.inbox import Inbox, InboxFile
from pipelines.ledger import DONE, FAILED, STOPPED
from pipelines.publication import Publication

NOTHING = "Er was niets te doen: alles is verwerkt en gepubliceerd."
# Errors whose message is meant for a user.
TOLD = {"UserError", "TemporaryError", "DamagedFile", "ProtectionError"}
INTERRUPTS = {"KeyboardInterrupt", "DagsterExecutionInterruptedError"}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Done:
    """What a run did: one outcome a file, Dutch lines to print, and whether a step failed."""

    outcomes: Sequence[Outcome]
    lines: Sequence[str]
    failed: bool = False


def run(home: Home, found: Inbox, progress: Progress = lambda *_: None) -> Done:
    """Deliver what is new, compute, publish. Raises UserError where nothing at all can be done."""
    with home.writing():
        migration.at_first_write(home, progress)
        return _road(home, found.files, progress)


def run_backfill(
    home: Home,
    request: Request,
    found: Inbox,
    by: str,
    approved: str | None = None,
    progress: Progress = lambda *_: None,
) -> Done:
    """Take the months of the request again, compute, publish; who ordered it and what came of it is recorded.

    ``approved``: the number of the preview that was looked at. Raises UserError when that one is of another request or
    out of date.
    """
    with home.writing():
        migration.at_first_write(home, progress)
        foreseen = None if approved is None else preview.read(home, approved)
        if foreseen and foreseen.request != request:
            raise UserError(f"Voorvertoning {approved} is van een andere vraag: {foreseen.request.words}.")
        if foreseen and not backfill.cut_off(home, request, approved):
            preview.require_current(home, foreseen, found)
        begun = backfill.begin(home, request, approved, by, datetime.now(UTC))
        before = foreseen.record["publication"] if foreseen else begun.publication_before
        try:
            done = _road(home, backfill.files(home, request, found), progress, again=True)
        except BaseException as error:
            # An interrupt is no Exception, whoever raises it.
            stopped = stopping.asked() or not isinstance(error, Exception)
            backfill.end(home, begun, STOPPED if stopped else FAILED, "niet afgemaakt", datetime.now(UTC))
            raise
        gone = backfill.gone(home, request, found)
        done = replace(
            done, outcomes=[*done.outcomes, *(Outcome(f, "error", None, message=backfill.GONE) for f in gone)]
        )
        outcome = "mislukt" if done.failed else preview.outcome(home, before, foreseen)
        if failed := sum(o.verdict == "error" for o in done.outcomes):
            outcome = f"{outcome}; {failed} {'levering' if failed == 1 else 'leveringen'} niet verwerkt"
        whole = not done.failed and not failed
        backfill.end(home, begun, DONE if whole else FAILED, outcome, datetime.now(UTC))
    return replace(
        done, lines=[*done.lines, *([f"Ten opzichte van publicatie {before}: {outcome}."] if before else [])]
    )


def _road(home: Home, files: Sequence[InboxFile], progress: Progress, *, again: bool = False) -> Done:
    """``again``: what was judged under another contract than that of now is judged again."""
    seen, new = deliver.sort_seen(home, files, again)
    published, damage = publication.standing(home)
    if not new and _up_to_date(home, published):
        return Done(seen, [NOTHING])
    taken: list[Outcome] = []
    result = _execute(home, new, progress, taken, {assets.AGAIN: "ja"} if again else {})
    # Dagster makes a failed step of an interrupt: whoever asked us to stop wants no explanation of that.
    stopping.check()
    failure = next((e for e in result.all_events if e.is_step_failure), None)
    if failure is not None and _is_interrupt(failure):
        raise KeyboardInterrupt
    done = {o.file for o in taken}
    lost = [Outcome(f, "error", None, message="niet verwerkt; zie de run in Dagster") for f in new if f not in done]
    outcomes = [*seen, *(o for o in taken if o.file in set(new)), *lost]
    if failure is not None:
        return Done(outcomes, [_reason(failure)], failed=True)
    made = publication.current(home)
    lines = [f"Let op: {damage}"] if damage else []
    if made:
        lines.append(f"Publicatie {made.number} per {console.day(made.manifest['peildatum'])} staat klaar.")
    return Done(outcomes, lines)


def _up_to_date(home: Home, published: Publication | None) -> bool:
    last = compute.current(home)
    return last is not None and published is not None and published.manifest["fingerprint"] == last.fingerprint


def _execute(
    home: Home, new: Sequence[InboxFile], progress: Progress, taken: list[Outcome], tags: Mapping[str, str]
) -> dg.ExecuteInProcessResult:
    """The run; ``taken`` receives the outcome of every file that it takes."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    with dg.DagsterInstance.from_config(str(instance.prepare(home))) as dagster:
        _settle(dagster)
        return (
            # Who waits at a terminal is told at once, and decides.
            build(str(home.root), progress, taken, retries=0)
            .resolve_job_def(JOB)
            .execute_in_process(
                instance=dagster,
                asset_selection=requests.selection(new),
                tags={**tags, **requests.months(new), **assets.OWN},
                run_config=QUIET,
                raise_on_error=False,
            )
        )


def _settle(dagster: dg.DagsterInstance) -> None:
    """Runs of this kind that Dagster takes for running were killed: the lock of the home is ours."""
    for run in dagster.get_runs(dg.RunsFilter(tags=assets.OWN, statuses=[dg.DagsterRunStatus.STARTED])):
        dagster.report_run_failed(run, "Het proces van deze run is gestopt voordat hij klaar was.")


def _is_interrupt(failure: dg.DagsterEvent) -> bool:
    error = failure.step_failure_data.error
    while error is not None and error.cls_name not in INTERRUPTS:
        error = error.cause
    return error is not None


def _reason(failure: dg.DagsterEvent) -> str:
    error = failure.step_failure_data.error
    while error is not None and error.cls_name not in TOLD and error.cause is not None:
        error = error.cause
    if error is not None and error.cls_name in TOLD:
        return "Mislukt: " + error.message.split(": ", 1)[-1].strip()
    name = error.cls_name if error is not None else "onbekend"
    return f"Mislukt in stap '{failure.step_key}' ({name}). De details staan in Dagster: veiligheid dagster."
