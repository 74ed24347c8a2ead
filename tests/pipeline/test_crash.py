"""Killed at any moment, the home stays consistent, and the next run finishes the work and leaves nothing behind."""

from __future__ import annotations

import signal

import pytest
from own_process import start
from small_inbox import LOCATIES, assert_tidy, drop, files, in_ledger, inzet, locaties, take

from data_contracts import rows
from pipelines import cli, journal, storage
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
    "after the ledger, before the list is cleared": "killed_at(journal, 'clear', 3, False)",
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_killed_and_run_again(empty_home: Home, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    drop(empty_home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    drop(empty_home, f"{LOCATIES}/2024-02.csv", locaties("e"))
    drop(empty_home, "politie/inzet/2024-01.csv", inzet("a"))
    process = start(empty_home, "deliver", before=KILL + point)
    shown = process.communicate()
    assert process.returncode == -signal.SIGKILL, shown
    assert (empty_home.root / SCRATCH).exists()
    for d in in_ledger(empty_home):
        assert d.accepted_path and d.accepted_sha256
        assert storage.matches(empty_home.root / d.accepted_path, d.accepted_sha256)

    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    assert cli.run(["--home", str(empty_home.root), "deliver"]) in (0, 1)
    assert [(d.name, d.month, d.number, d.verdict) for d in in_ledger(empty_home)] == [
        (LOCATIES, "2024-01", 1, "accepted"),
        (LOCATIES, "2024-02", 1, "accepted"),
        ("politie/inzet", "2024-01", 1, "accepted"),
    ]
    assert_tidy(empty_home)
    before = files(empty_home)
    assert cli.run(["--home", str(empty_home.root), "deliver"]) == 0
    assert files(empty_home) == before


def test_a_left_over_list_takes_nothing_that_is_in_the_ledger(
    empty_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    drop(empty_home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    take(empty_home)
    (d,) = in_ledger(empty_home)
    stray = empty_home.lake / LOCATIES / "2024-01" / "2-abc.accepted.parquet"
    stray.touch()
    other = empty_home.lake / LOCATIES / "2024-01" / "van-een-beheerder.txt"
    other.touch()
    listed = [stray.relative_to(empty_home.root).as_posix(), d.accepted_path, f"archive/{d.sha256[:2]}/{d.sha256}"]
    storage.write(empty_home.lake / journal.NAME, storage.json_bytes(listed))
    take(empty_home)
    assert not stray.exists()
    assert other.exists()
    other.unlink()
    assert_tidy(empty_home)
