"""A kill, an error, a signal and a full disk in the middle: consistent at once, and finished by the next run.

A few of each; ``test_crash_at_length.py`` has them at every moment.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import Stage, assert_consistent, finish
from small_inbox import LOCATIES, assert_tidy, drop, in_ledger, locaties, take
from trials import calls, filled, interrupted, remount, tried

from data_contracts import rows
from pipelines import journal, storage
from pipelines.home import Home

PUBLISH, CORRECT, PUBLISH_AGAIN = 2, 3, 4


@pytest.mark.parametrize("how", ["kill before", "kill after"])
def test_trouble_at_a_commit(fork_server: ForkServer, stages: list[Stage], tmp_path: Path, how: str) -> None:
    # The last to record a delivery.
    last = nth(calls(fork_server, stages[CORRECT], tmp_path / "calls"), "commit")[-1]
    tried(fork_server, stages[CORRECT], last, how, tmp_path / "huis")


def test_a_publication_that_was_finished_gets_its_pointer(
    fork_server: ForkServer, stages: list[Stage], tmp_path: Path
) -> None:
    for stage, number in ((stages[PUBLISH], "0001"), (stages[PUBLISH_AGAIN], "0002")):
        (renamed,) = nth(calls(fork_server, stage, tmp_path / "calls"), "replace", f".bezig-{number}")
        tried(fork_server, stage, renamed, "kill after", tmp_path / "huis")


def test_a_disk_that_fails_is_told(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    log, first = nth(calls(fork_server, stages[PUBLISH], tmp_path / "calls"), "fsync")[:2]
    said = {
        log: f"Het logboek in '{tmp_path / 'huis' / 'audit'}' is niet te gebruiken: de schijf geeft een fout.\n",
        first: "Lezen of schrijven lukt niet: de schijf geeft een fout.\n",
    }
    for call, error in said.items():
        ended = tried(fork_server, stages[PUBLISH], call, "EIO", tmp_path / "huis")
        assert (ended.status, ended.out) == (2, "")
        assert ended.error == error


def nth(names: list[str], name: str, end: str = "") -> list[int]:
    """The numbers of the calls of this name, on a file whose name ends so."""
    return [number for number, call in enumerate(names, start=1) if call.startswith(name) and call.endswith(end)]


def test_a_signal_in_the_middle(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    # On a machine that has become less busy since the step was timed, a third of that time may be past its end.
    moments = [stages[CORRECT].seconds / part for part in (3, 6, 12)]
    assert any(interrupted(fork_server, stages[CORRECT], signal.SIGTERM, m, tmp_path / "huis") for m in moments)


def test_a_disk_that_is_nearly_full(fork_server: ForkServer, stages: list[Stage], disk: Path) -> None:
    assert filled(fork_server, stages[PUBLISH], disk, 100_000)


def test_a_disk_that_may_only_be_read(fork_server: ForkServer, stages: list[Stage], disk: Path) -> None:
    home = stages[PUBLISH_AGAIN].copy(disk / "huis")
    remount(disk, "ro")
    in_home = f"In de map met gegevens '{home.root}' kan niet worden geschreven: de schijf is alleen te lezen. "
    in_log = f"Het logboek in '{home.audit}' is niet te gebruiken: de schijf is alleen te lezen.\n"
    said = {"deliver": f"{in_home}Controleer de rechten.\n", "compute": in_log, "publish": in_log}
    for command, error in said.items():
        ended = fork_server.run(home, command)
        assert (ended.status, ended.out, ended.error) == (2, "", error), ended
    ended = fork_server.run(home, "deliveries", "--json")
    assert (ended.status, ended.error) == (0, ""), ended
    assert_consistent(Home.open(home.root))
    remount(disk, "rw")
    finish(fork_server, stages[PUBLISH_AGAIN], home)


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
