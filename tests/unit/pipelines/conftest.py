"""What the tests of the road share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures"))

from data_contracts import rows
from pipelines.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data home with an inbox."""
    (tmp_path / "huis" / "inbox").mkdir(parents=True)
    return Home.open(tmp_path / "huis")


@pytest.fixture
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the comparison with Great Expectations, which takes seconds to load; tests/pipeline has it."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
