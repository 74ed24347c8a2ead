"""A small fictitious country that went the whole road, once for all tests, and copies of it to change."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

from fork_server import ForkServer
from journey import Stage, undisturbed

from pipelines import cli
from pipelines.home import Home
from pipelines.synthesis import synthesize

FIRST, LAST = "2019-12", "2020-06"
SCALE = 0.02
ROOM_BYTES = 64 << 20


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Deliveries of ``FIRST``..``LAST``, computed and published by ``veiligheid run``; not to be changed."""
    home = Home.open(tmp_path_factory.mktemp("land") / "huis", create=True)
    synthesize(home.inbox, FIRST, LAST, SCALE, 1)
    assert cli.run(["run", "--home", str(home.root)]) in (0, 1)
    return home


@pytest.fixture
def home(delivered: Home, tmp_path: Path) -> Home:
    """A copy of ``delivered``, to change."""
    shutil.copytree(delivered.root, tmp_path / "huis")
    return Home.open(tmp_path / "huis")


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    """A data home with an empty inbox."""
    (tmp_path / "leeg" / "inbox").mkdir(parents=True)
    return Home.open(tmp_path / "leeg")


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Runs commands as processes of their own that start at once."""
    with ForkServer() as server:
        yield server


@pytest.fixture(scope="session")
def stages(fork_server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> list[Stage]:
    """A short road in steps, each as it goes without trouble."""
    return undisturbed(fork_server, tmp_path_factory.mktemp("weg"))


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own."""
    # Not below pytest's own folders: those of earlier runs are removed by whoever comes next.
    with tempfile.TemporaryDirectory() as name:
        options = ["-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", name]
        if subprocess.run(["mount", *options], capture_output=True).returncode:
            pytest.skip("a small disk can't be mounted here: needs root")
        yield Path(name)
        subprocess.run(["umount", "--lazy", name], check=True)
