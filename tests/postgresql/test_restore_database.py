"""The scripts of docs/runbook with a ledger in PostgreSQL: home and database come back together."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import own_server
import pytest
from own_server import PASSWORD, USER, Server
from small_inbox import LOCATIES, drop, files, in_ledger, inzet, locaties, take

from pipelines import audit, verify
from pipelines.home import Home

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook"


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The name of a new, empty database."""
    server.execute("create database teruggezet")
    yield "teruggezet"
    server.execute("drop database teruggezet with (force)")


def script(server: Server, name: str, *arguments: str | Path) -> int:
    programs = own_server.programs()
    reach = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": USER, "PGPASSWORD": PASSWORD}
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    command = [str(RUNBOOK / name), *map(str, arguments)]
    return subprocess.run(command, env={**os.environ, **reach, **path}, timeout=60).returncode


def test_home_and_ledger_come_back(
    home: Home,
    server: Server,
    database: str,
    empty: str,
    tmp_path: Path,
    without_suite: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties(*(f"plek-{i}" for i in range(40)), broken=1))
    drop(home, "politie/inzet/2024-01.csv", inzet("inzet-1", "inzet-2"))
    take(home)
    audit.append(home, audit.Entry("iemand", "gegevensbeheerder", audit.SEEN, "regio"), audit.key_of(home))
    known, before = in_ledger(home), files(home)
    assert script(server, "backup.sh", home.root, tmp_path / "reserve", database) == 0
    drop(home, "politie/inzet/2024-02.csv", inzet("inzet-3"))
    take(home)
    shutil.rmtree(home.root)

    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", server.url(empty))
    assert script(server, "restore.sh", tmp_path / "reserve", home.root, empty) == 0
    assert in_ledger(home) == known and files(home) == before
    assert verify.check(home).damaged == []
    drop(home, "politie/inzet/2024-02.csv", inzet("inzet-3"))
    assert "accepted" in {outcome.verdict for outcome in take(home)}
    assert len(in_ledger(home)) == len(known) + 1
