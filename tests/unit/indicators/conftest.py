"""For tests of statistics and values: a connection in which indicator ``proef`` reads the table ``invoer``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from made import DIVISION

from indicators import model, statistics

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures"))


@pytest.fixture
def con(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "proef.sql").write_text("select * from invoer", encoding="utf-8")
    monkeypatch.setattr(model, "FOLDER", tmp_path)
    with duckdb.connect(config={"threads": 1}) as connection:
        statistics.prepare(connection, DIVISION)
        yield connection
