"""No command brings a heavy library that it does not use: modules are counted, time is not.

Commands run one after another in one process, the lightest first, so that what each may bring adds up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipelines.cli import app

HEAVY = frozenset(
    (
        *("authlib", "cryptography", "dagster", "duckdb", "great_expectations", "highspy", "numpy", "pandas", "PIL"),
        *("plotly", "polars", "pyarrow", "rich", "sqlalchemy", "streamlit", "typst", "xlsxwriter", "yaml"),
    )
)
# Command line -> which of HEAVY it may bring at most, on a home in which nothing was delivered yet.
STEPS: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("--help",), frozenset()),
    (("no-such-command",), frozenset()),
    (("deliveries",), frozenset({"sqlalchemy"})),
    (("expected",), frozenset({"yaml"})),
    (("retain",), frozenset({"cryptography", "numpy", "pyarrow"})),
    (("check", "FILE", "--partner", "politie", "--feed", "incidenten", "--month", "2021-01"), frozenset({"duckdb"})),
    (("deliver",), frozenset()),
    (("compute",), frozenset({"polars"})),
    (("publish",), frozenset({"highspy"})),
    (("verify",), frozenset()),
    (("run",), frozenset({"dagster"})),
)
PROGRAM = """
import contextlib, io, json, sys
from pipelines import cli
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        cli.run(arguments)
    print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def _brought(home: Path, *commands: tuple[str, ...]) -> list[set[str]]:
    """The libraries that are there after each command."""
    asked = json.dumps([["--home", str(home), *command] for command in commands])
    done = subprocess.run([sys.executable, "-c", PROGRAM, asked], capture_output=True, text=True, check=True)
    return [set(json.loads(line)) for line in done.stdout.splitlines()]


def test_commands_bring_only_what_they_use(tmp_path: Path) -> None:
    file = tmp_path / "2021-01.csv"
    file.write_text("registratie_id\n", encoding="utf-8")
    commands = [tuple(str(file) if word == "FILE" else word for word in command) for command, _ in STEPS]
    allowed: frozenset[str] = frozenset()
    for (command, more), found in zip(STEPS, _brought(tmp_path, *commands), strict=True):
        allowed |= more
        assert found & HEAVY <= allowed, f"veiligheid {' '.join(command)} brings {sorted((found & HEAVY) - allowed)}"


def test_help_of_every_command_brings_nothing(tmp_path: Path) -> None:
    commands = [(info.name or info.callback.__name__, "--help") for info in app.registered_commands if info.callback]
    assert len(commands) > 15
    for command, found in zip(commands, _brought(tmp_path, *commands), strict=True):
        assert not found & HEAVY, f"veiligheid {' '.join(command)} brings {sorted(found & HEAVY)}"


def test_a_heavy_library_is_seen(tmp_path: Path) -> None:
    (found,) = _brought(tmp_path, ("deliveries",))
    assert "sqlalchemy" in found & HEAVY
