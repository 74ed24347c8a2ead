"""Every DuckDB of the product is opened in one place, and reaches no more than it was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data_contracts import session
from data_contracts.session import copy_to, parquet
from pipelines import engine

ROOT = Path(__file__).parents[3]
ROOMS = ("data_contracts", "indicators", "pipelines", "dashboards")
# Ways to a connection: the function itself, and the module, which has a connection of its own.
OPENERS = {"connect", "default_connection", "sql", "execute", "query", "read_parquet", "read_csv", "from_parquet"}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A folder to work in, a file to read elsewhere (with a name that is a pattern), and its neighbour."""
    scratch, lake = tmp_path / "werk 'x' [1]", tmp_path / "meer [2] *"
    scratch.mkdir()
    lake.mkdir()
    given, other = lake / "a.parquet", lake / "b.parquet"
    with duckdb.connect() as con:
        for path in (given, other):
            copy_to(con, "select 1 as n", path)
    return scratch, given, other


@pytest.fixture(params=["session", "engine"])
def connection(request: pytest.FixtureRequest, places: tuple[Path, Path, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    scratch, given, _ = places
    if request.param == "session":
        with session.session(scratch, [given]) as con:
            yield con
    else:
        with engine.connect(scratch, [given]) as con:
            yield con


def test_what_was_given_can_be_read_and_written(
    connection: duckdb.DuckDBPyConnection, places: tuple[Path, Path, Path]
) -> None:
    scratch, given, _ = places
    copy_to(connection, f"select n + 1 as n from {parquet(given)}", scratch / "uit.parquet")
    assert connection.execute(f"select n from {parquet(scratch / 'uit.parquet')}").fetchall() == [(2,)]
    assert connection.execute("select n from read_parquet($files)", {"files": [str(given)]}).fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from {other}",
        "copy (select 1 as n) to '{folder}/c.parquet' (format parquet)",
        "copy (select 1 as n) to '{scratch}/../c.parquet' (format parquet)",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select * from read_parquet('http://127.0.0.1:9/a.parquet')",
        "select * from read_parquet('s3://a/b.parquet')",
        "attach '{folder}/d.duckdb' as d",
        "export database '{folder}/e'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "set memory_limit = '1TB'",
        "set autoinstall_known_extensions = true",
        "set lock_configuration = false",
        "reset enable_external_access",
    ],
)
def test_nothing_else_can(
    connection: duckdb.DuckDBPyConnection, places: tuple[Path, Path, Path], statement: str
) -> None:
    scratch, _, other = places
    names = {"other": parquet(other), "folder": other.parent, "scratch": str(scratch).replace("'", "''")}
    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
        connection.execute(statement.format(**names))
    assert {path.name for path in other.parent.iterdir()} == {"a.parquet", "b.parquet"}


def test_a_cursor_is_shut_off_too(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.PermissionException):
        connection.cursor().execute("select * from read_text('/etc/passwd')")


def test_memory_is_bounded(connection: duckdb.DuckDBPyConnection) -> None:
    (limit,) = connection.execute("select current_setting('memory_limit')").fetchall()[0]
    assert limit in {"640.0 MiB", "2.4 GiB"}


def _opened_in(source: str) -> set[str]:
    """Attributes of the module duckdb by which a connection is reached, and such names imported from it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "duckdb":
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module == "duckdb":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            # Under another name it would be missed here.
            found |= {"connect" for alias in node.names if alias.name == "duckdb" and alias.asname}
    return found & OPENERS


def test_connections_are_opened_in_one_place() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    opening = {path.relative_to(ROOT).as_posix() for path in files if _opened_in(path.read_text(encoding="utf-8"))}
    assert opening == {"data_contracts/session.py"}


@pytest.mark.parametrize(
    "source",
    ["duckdb.connect()", "duckdb.sql('select 1')", "import duckdb as d", "from duckdb import connect"],
)
def test_another_place_would_be_noticed(source: str) -> None:
    assert _opened_in(source)
