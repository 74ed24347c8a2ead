"""Dagster's runs, events and schedules in a real PostgreSQL: what one process did, another one reads there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest
import sqlalchemy as sa
from own_process import start
from own_server import PASSWORD, USER, Server
from small_inbox import LOCATIES, drop, locaties

from pipelines import cli
from pipelines.dagster_shell import instance
from pipelines.dagster_shell.instance import STORAGE_VARIABLE
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home
from pipelines.synthesis import synthesize

WITHOUT_SUITE = "from data_contracts import rows; rows.check_against_suite = lambda *_: None"
READ = """
import json, sys
import dagster as dg
from pipelines.dagster_shell import instance
from pipelines.home import Home

with dg.DagsterInstance.from_config(str(instance.prepare(Home.open(sys.argv[1])))) as there:
    runs = {run.run_id: run.status.value for run in there.get_runs()}
    (one,) = runs
    logs = there.all_logs(one, dg.DagsterEventType.ASSET_MATERIALIZATION)
    made = [e.dagster_event.asset_key.to_user_string() for e in logs]
    print(json.dumps({"runs": runs, "made": made}))
"""


@pytest.fixture
def history(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database, in which Dagster keeps its history."""
    server.execute("create database geschiedenis")
    monkeypatch.setenv(STORAGE_VARIABLE, server.url("geschiedenis"))
    yield server.url("geschiedenis")
    server.execute("drop database geschiedenis with (force)")


def test_a_run_of_one_process_is_read_by_another(home: Home, history: str) -> None:
    synthesize(home.inbox, "2020-04", "2020-05", 0.002, 1)
    ended = start(home, "run", before=WITHOUT_SUITE)
    shown = ended.communicate()
    assert ended.returncode in (0, 1) and "Publicatie 0001" in shown[0], shown

    other = subprocess.run([sys.executable, "-c", READ, str(home.root)], capture_output=True, text=True, check=True)
    found = json.loads(other.stdout)
    assert [*found["runs"].values()] == ["SUCCESS"] and "publicatie" in found["made"]
    with sa.create_engine(history).connect() as connection:
        assert dict(connection.execute(sa.text("select run_id, status from runs")).all()) == found["runs"]
        assert connection.execute(sa.text("select count(*) from event_logs")).scalar_one() > len(found["made"])
    kept = [path for path in home.dagster.rglob("*") if path.is_file()]
    assert not [path for path in kept if path.suffix == ".db"]
    assert all(b"w%3Aoord" not in path.read_bytes() and PASSWORD.encode() not in path.read_bytes() for path in kept)


def test_the_history_is_never_split(home: Home, history: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.from_config(str(instance.prepare(home))) as there:
        assert there.run_monitoring_enabled and type(there.run_storage).__name__ == "PostgresRunStorage"
    settings = home.dagster / "dagster.yaml"
    before = settings.read_bytes()
    monkeypatch.delenv(STORAGE_VARIABLE)
    with pytest.raises(UserError, match="staat in PostgreSQL"):
        instance.prepare(home)
    assert settings.read_bytes() == before
    settings.unlink()
    with dg.DagsterInstance.from_config(str(instance.prepare(home))) as there:
        assert type(there.run_storage).__name__ == "SqliteRunStorage"


@pytest.mark.parametrize("wrong", ["password", "host", "database", "unescaped", "no number", "other", "nonsense"])
def test_a_wrong_address_is_told_without_its_password(
    home: Home,
    server: Server,
    history: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    wrong: str,
) -> None:
    addresses = {
        "password": server.url("geschiedenis", password="zeergeheim"),
        "host": server.url("geschiedenis", password="zeergeheim", host="127.0.0.1", port=1),
        "database": server.url("bestaat_niet"),
        "unescaped": f"postgresql://{USER}:zeer@geheim/oord@127.0.0.1:{server.port}/postgres",
        "no number": f"postgresql://{USER}:zeer@geheim:oord@127.0.0.1/postgres",
        "other": "sqlite:///geheim.db",
        "nonsense": "zeer geheim",
    }
    monkeypatch.setenv(STORAGE_VARIABLE, addresses[wrong])
    kind = TemporaryError if wrong in ("password", "host", "database", "unescaped") else UserError
    with pytest.raises(kind, match=STORAGE_VARIABLE):
        instance.prepare(home)
    assert not home.dagster.exists()
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    assert cli.run(["dagster", "--home", str(home.root)]) == 2
    said = "".join([*capfd.readouterr(), caplog.text])
    assert STORAGE_VARIABLE in said and said.count("\n") == 1
    assert "geheim" not in said and PASSWORD not in said
