"""What Dagster's web interface starts, without its servers: schedule, sensors, a range of months, trying again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from small_inbox import drop

from data_contracts.loader import contracts
from indicators.calendar import AMSTERDAM, months_between
from indicators.model import PARTNER_FEEDS
from pipelines import deliver, expected
from pipelines import home as home_module
from pipelines.dagster_shell import assets, freshness, instance, orders, processes, requests, run, sensors
from pipelines.dagster_shell.definitions import build
from pipelines.dagster_shell.road import JOB
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home

INZET = "politie/inzet"
LOCATIES = contracts()["landelijk_netwerk/praktijklocaties"]


@pytest.fixture
def definitions(home: Home) -> dg.RepositoryDefinition:
    return build(str(home.root)).get_repository_def()


@pytest.fixture
def dagster() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def test_nothing_starts_by_itself_until_the_steward_turns_it_on(definitions: dg.RepositoryDefinition) -> None:
    assert [s.name for s in definitions.schedule_defs] == ["maandelijks"]
    assert {s.name for s in definitions.sensor_defs} == {"inbox", "op_tijd"}
    assert {s.default_status.value for s in (*definitions.schedule_defs, *definitions.sensor_defs)} == {"STOPPED"}
    assert all(s.description for s in (*definitions.schedule_defs, *definitions.sensor_defs))


def _resources(definitions: dg.RepositoryDefinition) -> dict[str, object]:
    return {"data": definitions.get_top_level_resources()["data"]}


def evaluate(definitions: dg.RepositoryDefinition, day: date) -> dg.RunRequest | str:
    """The one request of the schedule on that day, or why there is none."""
    moment = datetime(day.year, day.month, day.day, 6, 30, tzinfo=AMSTERDAM)
    found = definitions.get_schedule_def("maandelijks").evaluate_tick(
        dg.build_schedule_context(scheduled_execution_time=moment, resources=_resources(definitions))
    )
    return found.run_requests[0] if found.run_requests else str(found.skip_message)


def test_the_schedule_asks_for_the_whole_road_the_morning_after_the_last_due_day(
    home: Home, definitions: dg.RepositoryDefinition
) -> None:
    drop(home, f"{INZET}/2024-01.csv")
    drop(home, "reclassering/trajecten/2024-03.csv")
    asked = evaluate(definitions, date(2024, 5, 16))
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_key == "2024-05"
    assert assets.RETAIN in asked.tags
    assert (asked.tags[requests.RANGE_START], asked.tags[requests.RANGE_END]) == ("2024-01", "2024-03")
    keys = set(asked.asset_selection or [])
    assert {dg.AssetKey(["politie", "inzet"]), dg.AssetKey(["reclassering", "trajecten"])} <= keys
    assert dg.AssetKey(["publicatie"]) in keys and assets.QUALITY in keys
    assert dg.AssetKey(["veilig_thuis", "meldingen"]) not in keys
    # Left out, Dagster's own interface would start the run without any check, which these assets do not allow.
    known = definitions.asset_graph.asset_check_keys
    assert set(asked.asset_check_keys or []) == {key for key in known if key.asset_key in keys}


def test_on_other_days_and_without_files_the_schedule_says_why_it_does_nothing(
    home: Home, definitions: dg.RepositoryDefinition
) -> None:
    assert "leeg" in str(evaluate(definitions, date(2024, 5, 16)))
    drop(home, f"{INZET}/2024-01.csv")
    said = str(evaluate(definitions, date(2024, 5, 17)))
    assert said.replace("\u00a0", " ") == (
        "Vandaag niet. De volgende keer is 15 juni 2024, de ochtend na de laatste leverdag."
    )


def look(
    definitions: dg.RepositoryDefinition, name: str, cursor: str | None, dagster: dg.DagsterInstance | None = None
) -> dg.SensorResult:
    found = definitions.get_sensor_def(name).evaluate_tick(
        dg.build_sensor_context(
            instance=dagster,
            cursor=cursor,
            repository_def=definitions,
            sensor_name=name,
            resources=_resources(definitions),
        )
    )
    return dg.SensorResult(
        run_requests=found.run_requests or None, skip_reason=found.skip_message, cursor=found.cursor,
        asset_events=found.asset_events,
    )  # fmt: skip


def reason(found: dg.SensorResult) -> str:
    assert found.skip_reason is not None and not found.run_requests
    return str(found.skip_reason.skip_message)


def test_the_inbox_sensor_asks_for_the_feeds_concerned_once_they_lie_still(
    home: Home, definitions: dg.RepositoryDefinition
) -> None:
    drop(home, f"{INZET}/2024-01.csv", "a")
    drop(home, "politie/incidenten/2024-01.csv", "a")
    first = look(definitions, "inbox", None)
    assert "Net neergezet of nog in beweging: politie/incidenten/2024-01.csv en politie/inzet/2024-01.csv." in reason(
        first
    )
    second = look(definitions, "inbox", first.cursor)
    assert len(second.run_requests or []) == 1
    drop(home, f"{INZET}/2024-03.csv", "a")
    drop(home, f"{INZET}/2024-02.csv", "a")
    third = look(definitions, "inbox", second.cursor)
    (asked,) = look(definitions, "inbox", third.cursor).run_requests or []
    assert (asked.tags[requests.RANGE_START], asked.tags[requests.RANGE_END]) == ("2024-02", "2024-03")
    assert dg.AssetKey(["politie", "incidenten"]) not in (asked.asset_selection or [])
    # A tick whose cursor was lost asks the same again; Dagster knows it by its key.
    assert [r.run_key for r in look(definitions, "inbox", third.cursor).run_requests or []] == [asked.run_key]


def test_the_inbox_sensor_names_what_is_no_delivery(home: Home, definitions: dg.RepositoryDefinition) -> None:
    drop(home, "vreemd/inzet/2024-01.csv")
    assert reason(look(definitions, "inbox", None)) == (
        "Niets nieuws in de inbox. Geen levering: 'vreemd' deze partner kennen wij niet."
    )


def test_the_freshness_sensor_warns_once_a_day_and_after_a_run_and_never_by_a_failed_run(
    home: Home, definitions: dg.RepositoryDefinition, dagster: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = expected.Expected("politie", "inzet", "2024-04", "te laat", date(2024, 5, 15))
    monkeypatch.setattr(expected, "expected", lambda *_: [late])
    found = look(definitions, "op_tijd", None, dagster)
    assert reason(found) == "Er mist iets van: politie/inzet."
    checks = {"/".join(e.asset_key.path): e for e in found.asset_events}
    assert set(checks) == set(PARTNER_FEEDS)
    assert {name for name, e in checks.items() if not e.passed} == {INZET}
    told = checks[INZET]
    assert told.severity == dg.AssetCheckSeverity.WARN
    assert told.metadata["te laat"].value == "april 2024"
    assert "veiligheid check" in str(told.metadata["herinnering"].value)
    # Nothing new; a run looked after a feed; another day.
    nothing = "Er is niets veranderd sinds de vorige keer."
    assert reason(look(definitions, "op_tijd", found.cursor, dagster)) == nothing
    dagster.report_runless_asset_event(dg.AssetMaterialization(["politie", "incidenten"]))
    found = look(definitions, "op_tijd", found.cursor, dagster)
    assert len(found.asset_events) == len(PARTNER_FEEDS)
    monkeypatch.setattr(sensors, "_today", lambda: date(2024, 5, 16))
    assert len(look(definitions, "op_tijd", found.cursor, dagster).asset_events) == len(PARTNER_FEEDS)


def test_all_that_can_be_late_has_a_check_that_dagster_knows(definitions: dg.RepositoryDefinition) -> None:
    known = {"/".join(k.asset_key.path) for k in definitions.asset_graph.asset_check_keys if k.name == freshness.CHECK}
    assert known == set(PARTNER_FEEDS)


def test_dagster_takes_all_feeds_together_because_they_share_months_and_policy(
    definitions: dg.RepositoryDefinition,
) -> None:
    graph = definitions.asset_graph
    feeds = [graph.get(assets.feed_key(c)) for c in contracts().values()]
    assert {(f.partitions_def, f.backfill_policy) for f in feeds} == {(assets.MONTHS, dg.BackfillPolicy.single_run())}


def test_a_range_of_months_is_one_run_which_looks_after_every_one(home: Home, dagster: dg.DagsterInstance) -> None:
    done = materialize(home, dagster, "2019-01", "2020-12")
    assert done.success
    (only,) = dagster.get_runs()
    assert only.tags[processes.TAG] == processes.this()
    made = dagster.get_materialized_partitions(assets.feed_key(LOCATIES))
    assert made == set(months_between("2019-01", "2020-12"))


def materialize(home: Home, dagster: dg.DagsterInstance, first: str, last: str) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [assets.feed_asset(LOCATIES)],
        instance=dagster,
        resources={"data": assets.HomeResource(root=str(home.root), retries=2), "voortgang": lambda *_: None,
                   "genomen": []},
        tags={requests.RANGE_START: first, requests.RANGE_END: last},
        run_config=run.QUIET,
        raise_on_error=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("trouble", "times", "success", "tries"),
    [
        (TemporaryError("bezet"), 2, True, 3),
        (TemporaryError("bezet"), 3, False, 3),
        (BlockingIOError(11, "later"), 1, True, 2),
        (UserError("stuk"), 1, False, 1),
        (OSError(28, "vol"), 1, False, 1),
        (ValueError("fout van ons"), 1, False, 1),
    ],
)
def test_only_what_may_pass_is_tried_again(
    home: Home,
    dagster: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception,
    times: int,
    success: bool,
    tries: int,
) -> None:
    met: list[int] = []

    def troubled(*_: object, **__: object) -> list[deliver.Outcome]:
        met.append(1)
        if len(met) <= times:
            raise trouble
        return []

    monkeypatch.setattr(assets, "FIRST_WAIT_SECONDS", 0)
    monkeypatch.setattr(deliver, "deliver", troubled)
    assert materialize(home, dagster, "2020-01", "2020-02").success is success
    assert len(met) == tries


def test_each_wait_is_twice_the_one_before(home: Home) -> None:
    waits = []
    for number in range(assets.RETRIES):
        with pytest.raises(dg.RetryRequested) as met, assets.trying(assets.HomeResource(root=str(home.root)), number):
            raise TemporaryError("bezet")
        assert met.value.max_retries == assets.RETRIES
        waits.append(met.value.seconds_to_wait)
    assert waits == [30, 60, 120, 240]


def test_what_a_steward_orders_is_tried_again_only_where_that_may_help(home: Home) -> None:
    data = assets.HomeResource(root=str(home.root))
    with pytest.raises(dg.RetryRequested), orders._told(data, 0):
        raise TemporaryError("bezet")
    with pytest.raises(dg.Failure, match="stuk") as met, orders._told(data, 0):
        raise UserError("stuk")
    assert not met.value.allow_retries


def test_a_home_that_another_process_holds_is_tried_again(
    home: Home, dagster: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "FIRST_WAIT_SECONDS", 0)
    monkeypatch.setattr(home_module, "WAIT_SECONDS", 0.0)
    holding = (
        "import sys; from pipelines.home import Home\n"
        "with Home.open(sys.argv[1]).writing(): print('vast', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "vast\n"
        drop(home, "landelijk_netwerk/praktijklocaties/2020-01.leeg")
        failed = materialize(home, dagster, "2020-01", "2020-01")
        holder.communicate("")
    (failure,) = [e for e in failed.all_events if e.is_step_failure]
    assert run._reason(failure).startswith("Mislukt: Een ander proces")
    assert len([e for e in failed.all_events if e.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY]) == 2


def started(dagster: dg.DagsterInstance, number: int, **tags: str) -> dg.DagsterRun:
    named = dg.DagsterRun(
        job_name=JOB, run_id=f"{number:08d}-0000-4000-8000-000000000000", status=dg.DagsterRunStatus.STARTED, tags=tags
    )
    return dagster.add_run(named)


def test_a_command_that_was_killed_leaves_no_run_that_seems_to_go_on(dagster: dg.DagsterInstance) -> None:
    killed, other = started(dagster, 1, **assets.OWN), started(dagster, 2)
    run._settle(dagster)
    states = {r.run_id: r.status for r in dagster.get_runs()}
    assert states == {killed.run_id: dg.DagsterRunStatus.FAILURE, other.run_id: dg.DagsterRunStatus.STARTED}


def test_monitoring_sees_that_the_process_of_a_run_is_gone(dagster: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        machine, _, _ = processes.this().split(" ")
        there = f"{machine} {process.pid} {processes._started(process.pid)}"
        launcher = processes.Launcher()
        alive = launcher.check_run_worker_health(started(dagster, 1, **{processes.TAG: there}))
        process.kill()
    gone = launcher.check_run_worker_health(started(dagster, 2, **{processes.TAG: there}))
    assert (alive.status, gone.status) == (WorkerStatus.RUNNING, WorkerStatus.FAILED)
    # The same number, given to another process later; and one of another machine, which can't be known.
    assert processes.is_gone(f"{machine} {os.getpid()} 1")
    assert not processes.is_gone(f"elders {os.getpid()} 1")
    assert launcher.check_run_worker_health(started(dagster, 3)).status == WorkerStatus.RUNNING


def test_the_settings_let_one_run_write_at_a_time_and_watch_it(home: Home) -> None:
    with dg.DagsterInstance.from_config(str(instance.prepare(home))) as dagster:
        assert dagster.run_monitoring_enabled and isinstance(dagster.run_launcher, processes.Launcher)
        assert dagster.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
        assert dagster.telemetry_enabled is False
    assert Path(home.dagster / "dagster.yaml").is_file()
