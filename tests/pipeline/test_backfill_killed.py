"""A backfill killed at any moment, and run again: the outcome of an undisturbed one; readers see whole publications."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from own_process import start
from test_road import digests

from dashboards import queries
from pipelines.home import Home
from pipelines.ledger import Ledger

BEFORE = "from data_contracts import rows; rows.check_against_suite = lambda *_: None"
COMMAND = ("backfill", "--from", "2020-01", "--until", "2020-06")
LANES = ("archive/", "lake/", "results/")


class Reader:
    """Opens the current publication all the time, in a thread of its own; ``seen``: the numbers, in order."""

    def __init__(self, home: Home) -> None:
        self._root = home.root
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self.seen: list[str] = []
        self.trouble: list[BaseException] = []
        self.times = 0

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._stop.wait(0.1):
            try:
                number = queries.current_number(self._root)
                # Every file is read and held against its digest.
                queries.open_publication(self._root, number)
            except BaseException as error:
                self.trouble.append(error)
                return
            self.times += 1
            if self.seen[-1:] != [number]:
                self.seen.append(number)


def prepare(delivered: Home, to: Path) -> Home:
    """A home in which a backfill has work: two corrected months in one feed and one in another."""
    shutil.copytree(delivered.root, to)
    home = Home.open(to)
    for place in ("veilig_thuis/meldingen/2020-02", "veilig_thuis/meldingen/2020-04", "politie/incidenten/2020-03"):
        file = home.inbox / f"{place}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[: len(lines) * 2 // 3]), encoding="utf-8", newline="")
    return home


def outcome(home: Home) -> dict[str, object]:
    """All that a backfill makes, but for the moments at which."""
    manifest = json.loads((home.publications / "0002" / "manifest.json").read_bytes())
    kept = {name: digest for name, digest in digests(home).items() if name.startswith(LANES)}
    with Ledger.open(home) as ledger:
        known = [(d.name, d.month, d.number, d.sha256, d.rows_accepted) for d in ledger.all()]
    # What the ledger says of punctuality holds the moment of receipt.
    files = {name: digest for name, digest in manifest["files"].items() if not name.startswith("stewards/")}
    return {"kept": kept, "files": files, "fingerprint": manifest["fingerprint"], "deliveries": known}


def timed(home: Home, expected: set[int]) -> float:
    began = time.monotonic()
    process = start(home, *COMMAND, before=BEFORE)
    out, error = process.communicate()
    assert process.returncode in expected, (out, error)
    return time.monotonic() - began


def killed_until_done(delivered: Home, folder: Path, chance: random.Random, seconds: float, wanted: object) -> int:
    """How many kills landed before the backfill was done."""
    home = prepare(delivered, folder)
    kills = 0
    with Reader(home) as reader:
        for _ in range(chance.choice((1, 1, 2))):
            process = start(home, *COMMAND, before=BEFORE)
            try:
                process.communicate(timeout=chance.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
            kills += process.returncode == -signal.SIGKILL
        timed(home, {0, 1})
        # Time for a last look.
        time.sleep(0.5)
    assert reader.trouble == [] and reader.times > 0
    assert reader.seen == ["0001", "0002"]
    assert outcome(home) == wanted
    with Ledger.open(home) as ledger:
        done, *cut_off = ledger.backfills()
    assert done.status == "done" and {b.status for b in cut_off} <= {"stopped", "done"}
    shutil.rmtree(home.root)
    return kills


@pytest.mark.parametrize("times", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_killed_and_run_again(delivered: Home, tmp_path: Path, times: int) -> None:
    undisturbed = prepare(delivered, tmp_path / "ongestoord")
    seconds = timed(undisturbed, {0, 1})
    wanted = outcome(undisturbed)
    chance = random.Random(7)
    kills = [killed_until_done(delivered, tmp_path / str(n), chance, seconds, wanted) for n in range(times)]
    print(f"{sum(kills)} kills of backfills of {seconds:.1f} s")
    assert sum(kills) >= times / 2
