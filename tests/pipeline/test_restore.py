"""The scripts of docs/runbook: a home that is gone comes back whole, with its figures, its rows and its log."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from interrupted import content
from journey import Stage
from small_inbox import files

from data_contracts import rows
from pipelines import audit, compute, verify
from pipelines.home import Home

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook"
UNTIL = "2024-02"


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


@pytest.fixture
def home(stages: list[Stage], tmp_path: Path) -> Home:
    """Deliveries with a quarantine and a refusal, results, a publication, and a log."""
    home = stages[4].copy(tmp_path / "huis")
    compute.compute(home, UNTIL)
    for page in ("overzicht", "regio"):
        audit.append(home, audit.Entry("iemand", "gegevensbeheerder", audit.SEEN, page), audit.key_of(home))
    return home


def script(name: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [str(RUNBOOK / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_home_that_is_lost_comes_back(home: Home, tmp_path: Path) -> None:
    before, rows_before, lines = files(home), content(home), audit.lines(home)
    kept = tmp_path / "reserve"
    assert script("backup.sh", home.root, kept).returncode == 0
    assert {path.name: path.stat().st_mode & 0o077 for path in kept.iterdir()} == {"home.tar": 0, "SHA256SUMS": 0}
    shutil.rmtree(home.root)

    assert script("restore.sh", kept, home.root).returncode == 0
    assert files(home) == before and content(home) == rows_before
    assert verify.check(home).damaged == []
    assert compute.compute(home, UNTIL).unchanged
    (home.results / compute.MANIFEST).unlink()
    compute.compute(home, UNTIL)
    results = {name: digest for name, digest in before.items() if name.startswith("results/")}
    assert {name: digest for name, digest in files(home).items() if name.startswith("results/")} == results
    assert (
        audit.append(home, audit.Entry("iemand", "gegevensbeheerder", audit.SEEN, "regio"), audit.key_of(home))
        == len(lines) + 1
    )
    assert audit.lines(home)[:-1] == lines


def test_a_backup_waits_for_who_writes(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAIT_SECONDS", "0")
    with home.writing():
        assert script("backup.sh", home.root, tmp_path / "reserve").returncode != 0
    assert not (tmp_path / "reserve" / "home.tar").exists()


def test_nothing_is_put_back_over_a_home_or_from_a_damaged_backup(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "reserve"
    assert script("backup.sh", home.root, kept).returncode == 0
    before = files(home)
    assert script("restore.sh", kept, home.root).returncode == 2
    assert files(home) == before
    with (kept / "home.tar").open("r+b") as handle:
        handle.seek(2000)
        handle.write(b"x")
    assert script("restore.sh", kept, tmp_path / "ander").returncode != 0
    assert not (tmp_path / "ander").exists()
