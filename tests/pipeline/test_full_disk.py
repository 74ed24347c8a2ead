"""A disk that is really full, at every size from nothing to enough, and one that may only be read."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import Stage, assert_consistent, finish, kept

from pipelines.home import Home

FULL = "de schijf is vol"
STEP_BYTES = 8192
ROOM_BYTES = 64 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "schijf"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk can't be mounted here: needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def leave(disk: Path, free: int) -> None:
    """Fill the disk up to ``free`` bytes."""
    state = os.statvfs(disk)
    with (disk / "vulling").open("wb") as filling:
        os.posix_fallocate(filling.fileno(), 0, state.f_bavail * state.f_frsize - free)


def filled(server: ForkServer, stage: Stage, disk: Path, free: int) -> bool:
    """One step with ``free`` bytes left: whether that was too little. Afterwards there is room, and it is finished."""
    home = stage.copy(disk / "huis")
    leave(disk, free)
    ended = server.run(home, *stage.step.command)
    shown = ended.out + ended.error
    assert "Traceback" not in shown and "Errno" not in shown, ended
    too_little = FULL in shown
    assert ended.status == (2 if too_little else stage.step.status), ended
    (disk / "vulling").unlink()
    assert_consistent(home, ended.out)
    kept(stage.before, home)
    finish(server, stage, home)
    shutil.rmtree(home.root)
    return too_little


def test_a_disk_that_is_nearly_full(fork_server: ForkServer, stages: list[Stage], disk: Path) -> None:
    assert filled(fork_server, stages[0], disk, STEP_BYTES)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_a_disk_of_every_size(fork_server: ForkServer, stages: list[Stage], disk: Path, number: int) -> None:
    free = 0
    while filled(fork_server, stages[number], disk, free):
        # Each size a quarter more: a delivery needs tens of kilobytes, a publication megabytes.
        free += free // 4 + STEP_BYTES
    print(f"{stages[number].step.name}: enough with {free} bytes")
    assert free > STEP_BYTES


def test_a_disk_that_may_only_be_read(fork_server: ForkServer, stages: list[Stage], disk: Path) -> None:
    home = stages[-1].copy(disk / "huis")
    remount(disk, "ro")
    for command in (("deliver",), ("compute",), ("publish",)):
        ended = fork_server.run(home, *command)
        assert (ended.status, ended.out) == (2, ""), ended
        assert ended.error == (
            f"In de map met gegevens '{home.root}' kan niet worden geschreven: de schijf is alleen te lezen. "
            "Controleer de rechten.\n"
        )
    ended = fork_server.run(home, "deliveries", "--json")
    assert (ended.status, ended.error) == (0, ""), ended
    assert_consistent(Home.open(home.root))
    remount(disk, "rw")
    finish(fork_server, stages[-1], home)
