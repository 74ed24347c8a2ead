"""The ledger of every test here is in a real PostgreSQL; where there is none the tests say so loudly."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "pipelines"))

import own_server
from own_server import Server

from data_contracts import rows
from pipelines.home import Home

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = own_server.programs()
    if programs is None:
        missing = "PostgreSQL is not installed: the ledger was not tried on it. Debian: tests/postgresql/setup.sh"
        if os.environ.get("VEILIGHEID_REQUIRE_POSTGRESQL") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    with own_server.running(programs) as running:
        yield running


@pytest.fixture(autouse=True)
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database for one test, which every ledger of that test is in; its name."""
    name = f"register_{next(_numbers)}"
    server.execute(f"create database {name}")
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", server.url(name))
    yield name
    server.execute(f"drop database {name} with (force)")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data home with an inbox."""
    (tmp_path / "huis" / "inbox").mkdir(parents=True)
    return Home.open(tmp_path / "huis")


@pytest.fixture
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the comparison with Great Expectations, which takes seconds to load."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
