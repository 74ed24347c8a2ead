"""``veiligheid run``: the road as one Dagster run in this process, over only what changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from data_contracts.loader import contracts
from pipelines import compute, console, deliver, publication
from pipelines.dagster_shell import assets, instance
from pipelines.dagster_shell.definitions import JOB, build
from pipelines.deliver import Outcome, Progress
from pipelines.home import Home
from pipelines.inbox import Inbox, InboxFile
from pipelines.publication import Publication

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
# Errors whose message is meant for a user.
TOLD = {"UserError", "DamagedFile", "ProtectionError"}
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
        seen, new = deliver.sort_seen(home, found.files)
        published, damage = publication.standing(home)
        if not new and _up_to_date(home, published):
            return Done(seen, ["Er was niets te doen: alles is verwerkt en gepubliceerd."])
        taken: list[Outcome] = []
        result = _execute(home, new, progress, taken)
        done = {o.file for o in taken}
        lost = [Outcome(f, "error", None, message="niet verwerkt; zie de run in Dagster") for f in new if f not in done]
        outcomes = [*seen, *(o for o in taken if o.file in set(new)), *lost]
    failure = next((e for e in result.all_events if e.is_step_failure), None)
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
    home: Home, new: Sequence[InboxFile], progress: Progress, taken: list[Outcome]
) -> dg.ExecuteInProcessResult:
    """The run; ``taken`` receives the outcome of every file that it takes."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    months = sorted(f.month for f in new)
    feeds = {f.name for f in new}
    selection = [assets.feed_key(c) for name, c in contracts().items() if name in feeds]
    calculated = [key for made in (assets.calculation(), assets.publication_asset()) for key in made.keys]
    with dg.DagsterInstance.from_config(str(instance.prepare(home))) as dagster:
        return (
            build(str(home.root), progress, taken)
            .resolve_job_def(JOB)
            .execute_in_process(
                instance=dagster,
                asset_selection=[*selection, *calculated],
                tags={RANGE_START: months[0], RANGE_END: months[-1]} if months else {},
                run_config=QUIET,
                raise_on_error=False,
            )
        )


def _reason(failure: dg.DagsterEvent) -> str:
    error = failure.step_failure_data.error
    while error is not None and error.cls_name not in TOLD and error.cause is not None:
        error = error.cause
    if error is not None and error.cls_name in TOLD:
        return "Mislukt: " + error.message.split(": ", 1)[-1].strip()
    name = error.cls_name if error is not None else "onbekend"
    return f"Mislukt in stap '{failure.step_key}' ({name}). De details staan in Dagster: veiligheid dagster."
