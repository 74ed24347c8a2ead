"""The rooms of docs/architecture.md look downward only, and each heavy library stays in its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "data_contracts": {"data_contracts"},
    "indicators": {"indicators", "data_contracts"},
    "dashboards": {"dashboards", "indicators", "data_contracts"},
    "pipelines": {"pipelines", "indicators", "data_contracts"},
}
# The command line starts the dashboard's server as a process of its own, and asks for a report: it may know the modules
# made for that, nothing else.
# The steward's pages reach pipelines through one facade that only reads.
ALLOWED = {("pipelines/cli.py", "dashboards"), ("dashboards/desk.py", "pipelines")}
FACADE = {"pipelines.desk"}
COMMANDS = {"dashboards.serve", "dashboards.reports.command"}
LIBRARIES = {
    "dagster": ("pipelines/dagster_shell/",),
    "streamlit": ("dashboards/app.py", "dashboards/pages/"),
    "great_expectations": ("data_contracts/gx_adapter.py",),
    "pyspark": ("pipelines/spark.py",),
    "sqlglot": ("pipelines/spark.py", "pipelines/translation.py"),
}
FILES = [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py"))]


def _modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _names(path: Path, room: str) -> set[str]:
    """Every module or name that is imported from a room, with the whole path to it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == room}


def _imports(path: Path) -> set[str]:
    return {name.split(".")[0] for name in _modules(path)}


def test_the_attack_and_the_protection_share_no_code() -> None:
    """The attack must not inherit a mistake of what it attacks; it may know nothing but what is published."""
    attack = ROOT / "indicators" / "attack"
    for path in sorted(attack.rglob("*.py")):
        own = {name for name in _modules(path) if name.split(".")[0] in ROOMS}
        assert all(name.startswith("indicators.attack") for name in own), f"{path.name} imports {own}"
    for path in sorted((ROOT / "indicators" / "disclosure").rglob("*.py")):
        assert not any(name.startswith("indicators.attack") for name in _modules(path)), path.name


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_stay_in_their_rooms(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    room = name.split("/")[0]
    imported = _imports(path)
    foreign = {r for r in imported & set(ROOMS) if r not in ROOMS[room] and (name, r) not in ALLOWED}
    assert not foreign, f"{name} imports {foreign}"
    if (name, "dashboards") in ALLOWED:
        assert _names(path, "dashboards") <= COMMANDS, f"{name} knows more than the commands of dashboards"
    if room == "dashboards":
        assert {m for m in _modules(path) if m.startswith("pipelines")} <= FACADE, f"{name} goes round the facade"
    for library, homes in LIBRARIES.items():
        if library in imported:
            assert name.startswith(homes), f"{name} imports {library}, which belongs in {homes}"
