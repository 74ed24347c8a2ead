"""An error, or a kill, at every single write, fsync, rename, unlink, mkdir and commit of the road."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from fork_server import Ended, ForkServer
from journey import Stage, assert_consistent, finish, kept

ERRORS = ("ENOSPC", "EIO", "EROFS")
SAID = {
    "ENOSPC": "de schijf is vol",
    "EIO": "de schijf geeft een fout",
    "EROFS": "is alleen te lezen",
}


def calls(server: ForkServer, stage: Stage, folder: Path) -> list[str]:
    """Every counted call of a step, in order: what it does, and to which file."""
    home = stage.copy(folder)
    log = folder.with_name(f"{folder.name}-log")
    ended = server.run(home, *stage.step.command, fault={"nth": 0, "how": "", "log": str(log)})
    assert ended.status == stage.step.status, ended
    shutil.rmtree(folder)
    names = log.read_text().splitlines()
    log.unlink()
    return names


def tried(server: ForkServer, stage: Stage, nth: int, how: str, folder: Path) -> Ended:
    """One home, with trouble at one call; consistent then, and as it should be after the next run."""
    home = stage.copy(folder)
    ended = server.run(home, *stage.step.command, fault={"nth": nth, "how": how})
    if how.startswith("kill"):
        assert ended.status == -signal.SIGKILL, ended
    else:
        assert_told(ended, stage, how)
    assert_consistent(home, ended.out)
    kept(stage.before, home)
    finish(server, stage, home)
    shutil.rmtree(folder)
    return ended


def assert_told(ended: Ended, stage: Stage, how: str) -> None:
    """Exit 2 with the reason in Dutch, unless what failed was only tidying up."""
    shown = ended.out + ended.error
    assert "Traceback" not in shown and "Errno" not in shown, ended
    assert ended.status in (2, stage.step.status), ended
    if ended.status != stage.step.status or ended.error:
        assert SAID.get(how, "schijf") in shown, ended


def troubles(names: list[str]) -> Iterator[tuple[int, str]]:
    """At each call one of the errors in turn, a kill before and one after it; a commit may also fail once done."""
    for nth, name in enumerate(names, start=1):
        yield nth, ERRORS[nth % len(ERRORS)]
        yield nth, "kill before"
        yield nth, "kill after"
        if name.startswith("commit"):
            yield nth, "error after"


def test_a_publication_that_was_finished_gets_its_pointer(
    fork_server: ForkServer, stages: list[Stage], tmp_path: Path
) -> None:
    stage = stages[2]
    names = calls(fork_server, stage, tmp_path / "calls")
    (renamed,) = [
        nth for nth, name in enumerate(names, 1) if name.startswith("replace") and name.endswith(".bezig-0001")
    ]
    tried(fork_server, stage, renamed, "kill after", tmp_path / "huis")


def test_a_disk_that_fails_is_told(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    stage = stages[2]
    ended = tried(fork_server, stage, 4, "EIO", tmp_path / "huis")
    assert ended.status == 2 and "Lezen of schrijven lukt niet: de schijf geeft een fout" in ended.error


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_trouble_at_every_call(fork_server: ForkServer, stages: list[Stage], tmp_path: Path, number: int) -> None:
    stage = stages[number]
    failed = []
    for nth, how in troubles(calls(fork_server, stage, tmp_path / "calls")):
        try:
            tried(fork_server, stage, nth, how, tmp_path / "huis")
        except AssertionError as error:
            failed.append(f"{nth} {how}: {error}")
    assert not failed, "\n".join(failed)
