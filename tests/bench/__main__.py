"""``make bench``: CPU seconds, wall seconds and peak memory of each step, each in a process of its own.

python -m tests.bench                 3 years at scale 0.05: synthesize, run, run again
python -m tests.bench --national      10 years at scale 1: synthesize, deliver, compute, publish
python -m tests.bench --door          one file of 10 million rows delivered, files of 1 million rows checked
python -m tests.bench --load          the dashboard: one user, then 30 at once (with --home DIR: what is there)
python -m tests.bench --home DIR      compute and publish again over deliveries that are there already
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data_contracts.loader import contracts
from tests.bench import big_delivery, load
from tests.bench.load import free_port

VEILIGHEID = Path(sys.executable).with_name("veiligheid")
DELIVERED_ROWS, CHECKED_ROWS = 10_000_000, 1_000_000


def measure(title: str, *arguments: str) -> None:
    """Run one command and print what it cost."""
    began = time.monotonic()
    process = subprocess.Popen([VEILIGHEID, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    cpu = usage.ru_utime + usage.ru_stime
    code = os.waitstatus_to_exitcode(status)
    print(f"{title:<44}{wall:8.1f} s wall{cpu:8.1f} s CPU{usage.ru_maxrss / 2**20:7.2f} GiB   exit {code}", flush=True)
    if code not in (0, 1):
        raise SystemExit(f"{title} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--national", action="store_true")
    parser.add_argument("--door", action="store_true")
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if asked.load and asked.home:
        raise SystemExit(0 if load.measure(asked.home, free_port()) else "slower than is asked")
    if asked.home:
        _again(asked.home)
        return
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as apart:
        os.environ["VEILIGHEID_KEY_FILE"] = str(Path(apart) / "sleutel")
        if asked.door:
            _door(Path(name))
            return
        home = Path(name) / "home"
        home.mkdir()
        place = ("--home", str(home))
        if asked.national:
            reach = ("--from", "2015-12", "--until", "2025-12", "--scale", "1")
            measure("synthesize, 10 years, scale 1", "synthesize", "--to", str(home / "inbox"), *reach)
            measure("deliver", *place, "deliver")
            _again(home)
        else:
            reach = ("--from", "2018-12", "--until", "2021-12", "--scale", "0.05")
            measure("synthesize, 3 years, scale 0.05", "synthesize", "--to", str(home / "inbox"), *reach)
            measure("run", *place, "run")
            if asked.load:
                raise SystemExit(0 if load.measure(home, free_port()) else "slower than is asked")
            measure("run again, nothing to do", *place, "run")


def _door(folder: Path) -> None:
    """A delivery as big as its contract allows, and what a partner with a big file waits for."""
    month, home = "2024-01", folder / "home"
    big = home / "inbox" / "politie" / "inzet" / f"{month}.csv"
    big.parent.mkdir(parents=True)
    big_delivery.write(big, contracts()["politie/inzet"], month, DELIVERED_ROWS, wrong=0.01)
    measure("deliver politie/inzet, 10 M rows", "--home", str(home), "deliver")
    shutil.rmtree(home)
    for feed, wrong in (("politie/inzet", 0.0), ("politie/inzet", 0.15), ("veilig_thuis/meldingen", 0.15)):
        file = folder / "levering.csv"
        big_delivery.write(file, contracts()[feed], month, CHECKED_ROWS, wrong)
        partner, name = feed.split("/")
        asked = ("--partner", partner, "--feed", name, "--month", month, "--report", str(folder / "report"))
        measure(f"check {feed}, 1 M rows, {wrong:.0%} wrong", "check", str(file), *asked)


def _again(home: Path) -> None:
    (home / "results" / "computation.json").unlink(missing_ok=True)
    measure("compute", "--home", str(home), "compute")
    measure("publish", "--home", str(home), "publish")
    measure("publish again, nothing to do", "--home", str(home), "publish")


if __name__ == "__main__":
    main()
