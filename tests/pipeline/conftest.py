"""What the tests of the road as a whole share: they run it as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

from pipelines.home import Home

MAIN = "from pipelines.cli import main; main()"
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data home with an inbox, where another user may look too."""
    (tmp_path / "huis" / "inbox").mkdir(parents=True)
    return Home.open(tmp_path / "huis")


@pytest.fixture
def start(home: Home) -> Start:
    """Starts ``veiligheid --home <home> ARGUMENTS`` after ``before`` (Python that prepares the process)."""

    def started(*arguments: str, before: str = "") -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", f"{before}\n{MAIN}", "--home", str(home.root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "VEILIGHEID_DEBUG": "0"},
        )

    return started
