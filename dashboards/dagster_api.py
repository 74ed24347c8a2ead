"""Dagster over its GraphQL interface: which runs there are, start one, follow it, stop it.

The questions were put to Dagster 1.13; what it answered stands in the tests. Not here: how a run is told on a page.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from dashboards import texts

ADDRESS_VARIABLE = "VEILIGHEID_DAGSTER_URL"
# On this machine only, unless an address was set.
DEFAULT_ADDRESS = "http://127.0.0.1:3000"
READ_SECONDS, WRITE_SECONDS = 5.0, 20.0
# Jobs, and the one step of each that takes the months and feeds.
PREVIEW, BACKFILL = "voorvertoning", "maanden_opnieuw"
STEPS = {PREVIEW: "voorvertoning_maken", BACKFILL: "maanden_opnieuw_doen"}
# The resource that names the data home, and what the preview that was made is called.
HOME_RESOURCE, HOME_KEY, MADE = "data", "root", "voorvertoning"
BUSY = frozenset({"QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"})
FAILED = "FAILURE"
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
SCHEDULE, SENSOR = "dagster/schedule_name", "dagster/sensor_name"
# Errors whose message is a sentence for users.
TOLD = frozenset({"UserError", "TemporaryError", "DamagedFile", "ProtectionError", "Failure"})
# What Dagster makes of a step that was stopped.
INTERRUPTED = "DagsterExecutionInterruptedError"
LINES = 20

PLACE = """
repositoriesOrError { __typename ... on PythonError { message } ... on RepositoryConnection { nodes {
  name location { name } jobs { name } allTopLevelResourceDetails { name configuredValues { key value } } } } }
"""
RUN = "runId jobName status creationTime startTime endTime canTerminate tags { key value } runConfig"
RUNS = f"""query ($limit: Int!) {{ {PLACE}
runsOrError(limit: $limit) {{ __typename ... on PythonError {{ message }} ... on Runs {{ results {{ {RUN} }} }} }} }}
"""
FOLLOW = f"""query ($id: ID!, $after: String) {{ runOrError(runId: $id) {{ __typename
... on RunNotFoundError {{ message }} ... on PythonError {{ message }} ... on Run {{ {RUN}
  eventConnection(afterCursor: $after) {{ cursor hasMore events {{ __typename
    ... on LogMessageEvent {{ message }}
    ... on ExecutionStepStartEvent {{ stepKey }}
    ... on ExecutionStepOutputEvent {{ metadataEntries {{ label ... on TextMetadataEntry {{ text }} }} }}
    ... on ExecutionStepFailureEvent {{
      error {{ className message errorChain {{ error {{ className message }} }} }} }} }} }} }} }} }}
"""
LAUNCH = """mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
... on LaunchRunSuccess { run { runId } }
... on RunConfigValidationInvalid { errors { message } }
... on Error { message } } }
"""
STOP = """mutation ($id: String!) { terminateRun(runId: $id, terminatePolicy: SAFE_TERMINATE) { __typename
... on TerminateRunFailure { message } ... on Error { message } } }
"""


class DagsterError(Exception):
    """Dagster can't be asked, or does not do what was asked; in one Dutch sentence."""


@dataclass(frozen=True)
class Run:
    """One run. ``status``: as Dagster calls it. ``config``: what its step was given; empty where it takes nothing."""

    id: str
    job: str
    status: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    can_stop: bool
    tags: Mapping[str, str]
    config: Mapping[str, Any]

    @property
    def is_busy(self) -> bool:
        """Whether it waits, works or is being stopped."""
        return self.status in BUSY

    @property
    def months(self) -> tuple[str, str] | None:
        """The first and the last month that it is about, where it says so."""
        if {"first", "last"} <= self.config.keys():
            return self.config["first"], self.config["last"]
        first, last = (self.tags.get(tag) for tag in RANGE)
        return (first, last) if first and last else None

    @property
    def started_by(self) -> str:
        """``schedule``, ``sensor`` or ``hand``."""
        return "schedule" if SCHEDULE in self.tags else "sensor" if SENSOR in self.tags else "hand"

    def seconds(self, now: datetime) -> float | None:
        """How long it took, or takes so far; None while it has not begun."""
        return None if self.started is None else ((self.ended or now) - self.started).total_seconds()


@dataclass(frozen=True)
class Followed:
    """A run with the last lines of its log, why it failed (a Dutch sentence, or empty) and the preview it made."""

    run: Run
    lines: Sequence[str]
    reason: str
    made: str


@dataclass(frozen=True)
class Dagster:
    """Dagster at ``address``, as far as it works on ``home``. Every method raises DagsterError."""

    address: str
    home: Path

    @classmethod
    def of(cls, home: Path, variables: Mapping[str, str]) -> Dagster:
        return cls((variables.get(ADDRESS_VARIABLE) or DEFAULT_ADDRESS).rstrip("/"), home)

    def runs(self, limit: int = 30) -> list[Run]:
        """The latest runs, the newest first."""
        data = self._ask(RUNS, READ_SECONDS, limit=limit)
        self._place(data)
        return [_run(found) for found in _expect(data["runsOrError"], "Runs")["results"]]

    def follow(self, run: str) -> Followed:
        after, last, lines, reason, made = None, None, [], "", ""
        while last is None or last["hasMore"]:
            found = _expect(self._ask(FOLLOW, READ_SECONDS, id=run, after=after)["runOrError"], "Run")
            last = found["eventConnection"]
            after = last["cursor"]
            lines += _lines(last["events"])
            reason = next(_reasons(last["events"]), reason)
            made = next(_made(last["events"]), made)
        return Followed(_run(found), lines[-LINES:], reason, made)

    def preview(self, first: str, last: str, feeds: Sequence[str]) -> str:
        """Start a preview of these months and feeds (none: all); the id of the run."""
        return self._launch(PREVIEW, {"first": first, "last": last, "feeds": list(feeds)})

    def backfill(self, first: str, last: str, feeds: Sequence[str], preview: str, by: str) -> str:
        """Carry out a preview that ``by`` approved; the id of the run."""
        asked = {"first": first, "last": last, "feeds": list(feeds), "preview": preview, "by": by}
        return self._launch(BACKFILL, asked)

    def stop(self, run: str) -> None:
        """Ask a run to stop; it ends at the next point where it can."""
        _expect(self._ask(STOP, WRITE_SECONDS, id=run)["terminateRun"], "TerminateRunSuccess")

    def _launch(self, job: str, config: Mapping[str, Any]) -> str:
        location, repository = self._place(self._ask(f"{{ {PLACE} }}", READ_SECONDS))
        params = {
            "selector": {"repositoryLocationName": location, "repositoryName": repository, "jobName": job},
            "runConfigData": {"ops": {STEPS[job]: {"config": config}}},
        }
        answer = self._ask(LAUNCH, WRITE_SECONDS, params=params)["launchRun"]
        return str(_expect(answer, "LaunchRunSuccess")["run"]["runId"])

    def _place(self, data: Mapping[str, Any]) -> tuple[str, str]:
        """Location and name of the repository that has our jobs, once it is sure that it works on our home."""
        for node in _expect(data["repositoriesOrError"], "RepositoryConnection")["nodes"]:
            if STEPS.keys() <= {job["name"] for job in node["jobs"]}:
                if _home(node) != self.home.resolve():
                    raise DagsterError(texts.say("dagster.other_home", address=self.address))
                return node["location"]["name"], node["name"]
        raise DagsterError(texts.say("dagster.not_loaded", address=self.address))

    def _ask(self, query: str, seconds: float, **variables: Any) -> Mapping[str, Any]:
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise DagsterError(texts.say("dagster.no_address", address=self.address, variable=ADDRESS_VARIABLE))
        request = urllib.request.Request(
            f"{self.address}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        # Never through a proxy of the environment: that is for what lies outside.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=seconds) as answer:
                content = answer.read()
        except HTTPError as refusal:
            # What it does not understand, it says in the body.
            content = refusal.read()
        except (OSError, HTTPException) as error:
            raise DagsterError(texts.say("dagster.unreachable", address=self.address)) from error
        try:
            found = json.loads(content)
            data = found["data"]
        except (ValueError, KeyError, TypeError) as error:
            raise DagsterError(texts.say("dagster.something_else", address=self.address)) from error
        if found.get("errors") or data is None:
            messages = " ".join(str(error.get("message")) for error in found.get("errors", ()))
            raise DagsterError(texts.say("dagster.not_understood", message=messages))
        return data


def _expect(answer: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """An answer of the kind that was asked for; any other one tells what is wrong."""
    if answer["__typename"] == kind:
        return answer
    messages = [answer.get("message"), *(error["message"] for error in answer.get("errors") or ())]
    told = " ".join(" ".join(filter(None, messages)).split()) or answer["__typename"]
    raise DagsterError(texts.say("dagster.refused", message=told))


def _home(node: Mapping[str, Any]) -> Path | None:
    for resource in node["allTopLevelResourceDetails"]:
        for value in resource["configuredValues"]:
            if (resource["name"], value["key"]) == (HOME_RESOURCE, HOME_KEY):
                return Path(json.loads(value["value"])).resolve()
    return None


def _run(found: Mapping[str, Any]) -> Run:
    step = ((found["runConfig"] or {}).get("ops") or {}).get(STEPS.get(found["jobName"]), {})
    return Run(
        found["runId"],
        found["jobName"],
        found["status"],
        datetime.fromtimestamp(found["creationTime"], UTC),
        _moment(found["startTime"]),
        _moment(found["endTime"]),
        found["canTerminate"],
        {tag["key"]: tag["value"] for tag in found["tags"]},
        step.get("config", {}),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _lines(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        if event["__typename"] == "LogMessageEvent":
            yield event["message"]
        elif event["__typename"] == "ExecutionStepStartEvent" and event["stepKey"] not in STEPS.values():
            yield texts.say("dagster.step", step=event["stepKey"].replace("__", "/"))


def _reasons(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why steps failed: what was meant for users, from the deepest cause; else where to look. Nothing when stopped."""
    for event in events:
        error = event.get("error")
        if event["__typename"] == "ExecutionStepFailureEvent" and error and error["className"] != INTERRUPTED:
            chain = [error, *(link["error"] for link in error["errorChain"])]
            told = [cause["message"] for cause in chain if cause["className"] in TOLD]
            yield told[-1].split(": ", 1)[-1].strip() if told else texts.get("dagster.unexplained")


def _made(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        if event["__typename"] == "ExecutionStepOutputEvent":
            yield from (entry["text"] for entry in event["metadataEntries"] if entry["label"] == MADE)
