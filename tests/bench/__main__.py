"""``make bench``: CPU seconds, wall seconds and peak memory of each step, each in a process of its own.

python -m tests.bench                 3 years at scale 0.05: synthesize, run, run again
python -m tests.bench --national      10 years at scale 1: synthesize, deliver, compute, publish
python -m tests.bench --home DIR      compute and publish again over deliveries that are there already
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VEILIGHEID = Path(sys.executable).with_name("veiligheid")


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
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if asked.home:
        _again(asked.home)
        return
    with tempfile.TemporaryDirectory() as name:
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
            measure("run again, nothing to do", *place, "run")


def _again(home: Path) -> None:
    (home / "results" / "computation.json").unlink(missing_ok=True)
    measure("compute", "--home", str(home), "compute")
    measure("publish", "--home", str(home), "publish")
    measure("publish again, nothing to do", "--home", str(home), "publish")


if __name__ == "__main__":
    main()
