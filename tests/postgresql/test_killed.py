"""Killed around a commit in PostgreSQL: its lock is let go, the home is consistent, and the next run finishes the work.

Every other moment is in tests/pipeline, where the ledger is in SQLite.
"""

from __future__ import annotations

import signal

import pytest
from own_process import start
from small_inbox import LOCATIES, assert_tidy, drop, in_ledger, inzet, locaties, work

from pipelines import cli, storage
from pipelines.home import SCRATCH, Home

KILL = """
import os, signal
from data_contracts import rows
from pipelines import journal, storage
from pipelines.home import Home
from pipelines.ledger import Ledger
rows.check_against_suite = lambda *_: None

def killed_at(owner, name, nth, after):
    real, calls = getattr(owner, name), []
    def call(*arguments, **options):
        calls.append(1)
        if len(calls) == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **options)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, call)
"""
POINTS = {
    "after the bytes, before the rows": "killed_at(storage, 'move_in', 1, True)",
    "before the ledger": "killed_at(Ledger, 'record', 1, False)",
    "after the first of two in the ledger": "killed_at(Ledger, 'record', 1, True)",
    "after the ledger, before the list is cleared": "killed_at(journal, 'clear', 2, False)",
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_killed_and_run_again(home: Home, without_suite: None, point: str) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("e"))
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    process = start(home, "deliver", before=KILL + point)
    shown = process.communicate()
    assert process.returncode == -signal.SIGKILL, shown
    assert (home.root / SCRATCH).exists()
    for d in in_ledger(home):
        assert d.accepted_path and d.accepted_sha256
        assert storage.matches(home.root / d.accepted_path, d.accepted_sha256)

    assert cli.run(["--home", str(home.root), "deliver"]) in (0, 1)
    assert [(d.name, d.month, d.number, d.verdict) for d in in_ledger(home)] == [
        (LOCATIES, "2024-01", 1, "accepted"),
        (LOCATIES, "2024-02", 1, "accepted"),
        ("politie/inzet", "2024-01", 1, "accepted"),
    ]
    assert_tidy(home)
    before = work(home)
    assert cli.run(["--home", str(home.root), "deliver"]) == 0
    assert work(home) == before
