"""Killed at any moment, the home stays consistent, and the next run finishes the work and leaves nothing behind."""

from __future__ import annotations

import signal

import pytest
from conftest import Start
from small_inbox import LOCATIES, assert_tidy, drop, files, in_ledger, inzet, locaties

from data_contracts import rows
from pipelines import journal, storage
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
    "before the list of what is coming": "killed_at(storage, 'write', 1, False)",
    "before the first file": "killed_at(storage, 'move_in', 1, False)",
    "after the bytes, before the rows": "killed_at(storage, 'move_in', 1, True)",
    "before the ledger": "killed_at(Ledger, 'record', 1, False)",
    "after the first of two in the ledger": "killed_at(Ledger, 'record', 1, True)",
    "between the rows of the second": "killed_at(storage, 'move_in', 5, True)",
    "after the ledger, before the list is cleared": "killed_at(journal, 'clear', 2, False)",
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_killed_and_run_again(home: Home, start: Start, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("e"))
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    process = start("deliver", before=KILL + point)
    shown = process.communicate()
    assert process.returncode == -signal.SIGKILL, shown
    assert (home.root / SCRATCH).exists()
    for d in in_ledger(home):
        assert d.accepted_path and d.accepted_sha256
        assert storage.matches(home.root / d.accepted_path, d.accepted_sha256)

    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    from pipelines import cli

    assert cli.run(["--home", str(home.root), "deliver"]) in (0, 1)
    assert [(d.name, d.month, d.number, d.verdict) for d in in_ledger(home)] == [
        (LOCATIES, "2024-01", 1, "accepted"),
        (LOCATIES, "2024-02", 1, "accepted"),
        ("politie/inzet", "2024-01", 1, "accepted"),
    ]
    assert_tidy(home)
    before = files(home)
    assert cli.run(["--home", str(home.root), "deliver"]) == 0
    assert files(home) == before


def test_the_list_of_a_crash_takes_nothing_that_is_in_the_ledger(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from small_inbox import take

    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    take(home)
    (d,) = in_ledger(home)
    stray = home.lake / LOCATIES / "2024-01" / "2-abc.accepted.parquet"
    stray.touch()
    other = home.lake / LOCATIES / "2024-01" / "van-een-beheerder.txt"
    other.touch()
    listed = [stray.relative_to(home.root).as_posix(), d.accepted_path, f"archive/{d.sha256[:2]}/{d.sha256}"]
    storage.write(home.lake / journal.NAME, storage.json_bytes(listed))
    take(home)
    assert not stray.exists()
    assert other.exists()
    other.unlink()
    assert_tidy(home)
