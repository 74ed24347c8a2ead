"""Dagster asked over HTTP: a small server answers as Dagster 1.13 did (tests/fixtures/dagster_answers.json)."""

from __future__ import annotations

import copy
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboards import dagster_api
from dashboards.dagster_api import ADDRESS_VARIABLE, BACKFILL, DEFAULT_ADDRESS, PREVIEW, STEPS, Dagster, DagsterError
from pipelines.dagster_shell import orders

ANSWERS = json.loads(Path(__file__).parents[2].joinpath("fixtures", "dagster_answers.json").read_text(encoding="utf-8"))


@dataclass
class Server:
    """Answers a question by what it asks for; ``asked`` keeps what it was sent."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    wait: threading.Event = field(default_factory=threading.Event)

    def answer(self, question: dict[str, Any]) -> bytes:
        self.asked.append(question)
        query = question["query"]
        for name in ("launchRun", "terminateRun", "runOrError", "runsOrError", "repositoriesOrError"):
            if f"{name}(" in query or f"{name} {{" in query:
                found = self.answers[name]
                found = found(question["variables"]) if callable(found) else found
                return found if isinstance(found, bytes) else json.dumps({"data": found}).encode()
        raise AssertionError(query)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server()
    here = json.loads(json.dumps(ANSWERS).replace('\\"HOME\\"', json.dumps(json.dumps(str(tmp_path)))[1:-1]))
    found.answers = {
        "runsOrError": here["runs"],
        "repositoriesOrError": here["runs"],
        "runOrError": here["preview"],
        "launchRun": here["launched"],
        "terminateRun": here["stopped"],
    }
    found.wait.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            found.wait.wait(5)
            answer = found.answer(json.loads(content))
            # Who waits no longer has hung up.
            with suppress(BrokenPipeError):
                self.send_response(found.status)
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=[0.02], daemon=True).start()
        found.address = f"http://127.0.0.1:{http.server_port}"
        yield found
        http.shutdown()


@pytest.fixture
def dagster(server: Server, tmp_path: Path) -> Dagster:
    return Dagster.of(tmp_path, {ADDRESS_VARIABLE: f"{server.address}/"})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_jobs_and_steps_are_called_as_dagster_knows_them() -> None:
    assert [job.name for job in orders.jobs()] == list(STEPS)
    assert [node for job in orders.jobs() for node in job.graph.node_dict] == list(STEPS.values())
    assert _range_tags() == dagster_api.RANGE


def _range_tags() -> tuple[str, str]:
    from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

    return ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG


def test_only_this_machine_is_asked_unless_an_address_was_set(tmp_path: Path) -> None:
    assert Dagster.of(tmp_path, {}).address == DEFAULT_ADDRESS == "http://127.0.0.1:3000"
    assert Dagster.of(tmp_path, {ADDRESS_VARIABLE: ""}).address == DEFAULT_ADDRESS
    with pytest.raises(DagsterError, match="'file:///etc' is geen webadres"):
        Dagster.of(tmp_path, {ADDRESS_VARIABLE: "file:///etc"}).runs()


def test_recent_runs(dagster: Dagster) -> None:
    newest, road, again, *_ = dagster.runs()
    assert (newest.job, newest.status, newest.is_busy) == (PREVIEW, "SUCCESS", False)
    assert (newest.months, newest.config["feeds"]) == (("2021-12", "2021-12"), ["politie/inzet"])
    assert (road.job, road.months, road.started_by) == ("de_weg", ("2020-02", "2021-11"), "hand")
    assert (again.job, again.config["by"], again.config["preview"]) == (BACKFILL, "Jet de Vries", "0002")
    assert newest.seconds(datetime(2100, 1, 1, tzinfo=UTC)) == pytest.approx(1.457, abs=0.001)


def test_a_run_that_has_not_begun_and_one_that_was_started_by_itself(server: Server, dagster: Dagster) -> None:
    found = copy.deepcopy(server.answers["runsOrError"])
    one, two, *_ = found["runsOrError"]["results"]
    one |= {"status": "QUEUED", "startTime": None, "endTime": None, "runConfig": None}
    two |= {"status": "STARTED", "endTime": None, "tags": [{"key": "dagster/schedule_name", "value": "maandelijks"}]}
    server.answers["runsOrError"] = found
    waiting, busy, *_ = dagster.runs()
    now = datetime.fromtimestamp(two["startTime"] + 60, UTC)
    assert waiting.is_busy and waiting.seconds(now) is None and waiting.months is None
    assert busy.is_busy and busy.seconds(now) == 60.0 and busy.started_by == "schedule"
    two["tags"] = [{"key": "dagster/sensor_name", "value": "inbox"}]
    assert dagster.runs()[1].started_by == "sensor"


def test_a_run_is_followed_to_its_preview(dagster: Dagster) -> None:
    found = dagster.follow("x")
    assert (found.run.status, found.made, found.reason) == ("SUCCESS", "0003", "")
    assert found.lines == ["politie/inzet 2021-12 (0 van 1)"]


def test_a_log_in_pages_is_read_to_its_end(server: Server, dagster: Dagster) -> None:
    pages = [copy.deepcopy(ANSWERS["backfill"]) for _ in range(2)]
    logs = [page["runOrError"]["eventConnection"] for page in pages]
    logs[0] |= {"hasMore": True, "cursor": "verder"}
    logs[1]["events"] = [{"__typename": "ExecutionStepStartEvent", "stepKey": "veilig_thuis__meldingen"}]
    server.answers["runOrError"] = lambda variables: pages[variables["after"] == "verder"]
    lines = dagster.follow("x").lines
    assert lines[0] == "politie/incidenten 2020-02 (0 van 22)" and lines[-1] == "Stap: veilig_thuis/meldingen"
    assert [question["variables"]["after"] for question in server.asked] == [None, "verder"]


def test_why_a_run_failed_is_told_as_it_was_meant_for_users(server: Server, dagster: Dagster) -> None:
    server.answers["runOrError"] = ANSWERS["failed"]
    reason = "Een ander proces (nummer 1234) werkt al in deze map met gegevens. Probeer het straks opnieuw."
    assert dagster.follow("x").reason == reason
    strange = copy.deepcopy(ANSWERS["failed"])
    for event in strange["runOrError"]["eventConnection"]["events"]:
        if "error" in event:
            event["error"] = {"className": "KeyError", "message": "KeyError: 'x'", "errorChain": []}
    server.answers["runOrError"] = strange
    assert dagster.follow("x").reason == "De oorzaak is onbekend. In Dagster staan de details."
    server.answers["runOrError"] = ANSWERS["canceled"]
    assert (dagster.follow("x").run.status, dagster.follow("x").reason) == ("CANCELED", "")


def test_orders_are_sent_with_what_was_chosen(server: Server, dagster: Dagster) -> None:
    assert dagster.preview("2020-01", "2020-03", ["politie/inzet"]) == "913cd3d5-f892-45d4-bcf9-9b6b60230d85"
    dagster.backfill("2020-01", "2020-03", [], "0007", "Jet")
    sent = [question["variables"]["params"] for question in server.asked if "params" in question["variables"]]
    place = {"repositoryLocationName": "pipelines.dagster_shell.definitions", "repositoryName": "__repository__"}
    months = {"first": "2020-01", "last": "2020-03"}
    assert sent == [
        {
            "selector": {**place, "jobName": PREVIEW},
            "runConfigData": {"ops": {STEPS[PREVIEW]: {"config": {**months, "feeds": ["politie/inzet"]}}}},
        },
        {
            "selector": {**place, "jobName": BACKFILL},
            "runConfigData": {
                "ops": {STEPS[BACKFILL]: {"config": {**months, "feeds": [], "preview": "0007", "by": "Jet"}}}
            },
        },
    ]


def test_a_run_is_stopped(server: Server, dagster: Dagster) -> None:
    dagster.stop("x")
    assert server.asked[-1]["variables"] == {"id": "x"}
    server.answers["terminateRun"] = ANSWERS["no_stop"]
    with pytest.raises(DagsterError, match="deed niet wat er werd gevraagd: Pipeline run zz could not be found"):
        dagster.stop("zz")


def test_what_dagster_refuses_is_told(server: Server, dagster: Dagster) -> None:
    server.answers["launchRun"], server.answers["runOrError"] = ANSWERS["invalid"], ANSWERS["not_found"]
    with pytest.raises(DagsterError, match="Invalid scalar at path"):
        dagster.preview("2020-01", "2020-03", [])
    with pytest.raises(DagsterError, match="could not be found"):
        dagster.follow("zz")


def test_dagster_on_another_home_or_without_our_jobs_is_not_used(server: Server, tmp_path: Path) -> None:
    other = Dagster(server.address, tmp_path / "ander")
    for ask in (other.runs, lambda: other.preview("2020-01", "2020-01", [])):
        with pytest.raises(DagsterError, match="werkt met een andere map met gegevens"):
            ask()
    assert not any("launchRun" in question["query"] for question in server.asked)
    (node,) = server.answers["runsOrError"]["repositoriesOrError"]["nodes"]
    node["jobs"] = [{"name": "iets_anders"}]
    with pytest.raises(DagsterError, match="kent onze taken niet"):
        Dagster(server.address, tmp_path).runs()


def test_whatever_goes_wrong_on_the_way_is_one_sentence(
    server: Server, dagster: Dagster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(ask: Callable[[], object]) -> str:
        with pytest.raises(DagsterError) as told:
            ask()
        return str(told.value)

    nowhere = Dagster(f"http://127.0.0.1:{free_port()}", tmp_path)
    assert says(nowhere.runs) == f"Dagster is niet te bereiken op {nowhere.address}."
    for answer in (b"<html>hallo</html>", b"[]", b"{}"):
        server.answers["runsOrError"] = answer
        assert says(dagster.runs) == f"Op {server.address} antwoordt iets anders dan Dagster."
    server.status, server.answers["runsOrError"] = 400, json.dumps(ANSWERS["unknown_field"]).encode()
    assert says(dagster.runs) == ("Dagster begreep de vraag niet: Cannot query field 'nonsense' on type 'Query'.")
    monkeypatch.setattr(dagster_api, "READ_SECONDS", 0.2)
    server.wait.clear()
    assert says(dagster.runs) == f"Dagster is niet te bereiken op {server.address}."
    server.wait.set()


def test_no_proxy_comes_in_between(dagster: Dagster, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert dagster.runs()
