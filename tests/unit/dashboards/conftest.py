"""The sample publication, written once for all tests of the dashboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures"))

import sample_publication

from dashboards import queries


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    sample_publication.write(home)
    return home


@pytest.fixture(scope="session")
def publication(sample_home: Path) -> queries.Publication:
    return queries.open_publication(sample_home, "0003")
