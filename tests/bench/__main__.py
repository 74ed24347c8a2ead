"""``make bench``: CPU seconds, wall seconds and peak memory of each step, each in a process of its own.

python -m tests.bench                 10 national years: the road, each indicator, yardsticks, memory, goals
    [--years 10] [--scale 1] [--repeats 3] [--no-pandas] [--no-roads] [--ten] [--folder DIR] [--markdown FILE]
                                      --ten: ten times the country too; --folder: kept, and used again
python -m tests.bench --years 1 --scale 0.02 --repeats 1
                                      the same in a minute or two
python -m tests.bench --dagster       3 years at scale 0.05 through Dagster: synthesize, run, run again
python -m tests.bench --door          one file of 10 million rows delivered, files of 1 million rows checked
python -m tests.bench --load          the dashboard: one user, then 30 at once (with --home DIR: what is there)
python -m tests.bench --home DIR      compute and publish again over deliveries that are there already
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from pathlib import Path

from data_contracts.loader import contracts

from . import big_delivery, load, national
from .load import free_port
from .national import Plan
from .processes import VEILIGHEID, run

DELIVERED_ROWS, CHECKED_ROWS = 10_000_000, 1_000_000


def measure(title: str, *arguments: str) -> None:
    """Run one command and print what it cost."""
    cost = run(VEILIGHEID, *arguments)
    print(
        f"{title:<44}{cost.wall:8.1f} s wall{cost.cpu:8.1f} s CPU{cost.peak_gib:7.2f} GiB   exit {cost.exit_code}",
        flush=True,
    )
    if cost.exit_code not in (0, 1):
        raise SystemExit(f"{title} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pandas", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--roads", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--ten", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--dagster", action="store_true")
    parser.add_argument("--door", action="store_true")
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    if asked.load and asked.home:
        raise SystemExit(0 if load.measure(asked.home, free_port()) else "slower than is asked")
    if asked.home:
        _again(asked.home)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name, tempfile.TemporaryDirectory() as apart:
        folder = (asked.folder or Path(name)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        # With the home where that is kept: without its key it could not be used again.
        os.environ["VEILIGHEID_KEY_FILE"] = str((asked.folder.absolute() if asked.folder else Path(apart)) / "sleutel")
        if asked.door:
            _door(folder)
        elif asked.load or asked.dagster:
            _through_dagster(folder, asked.load)
        else:
            plan = Plan(asked.years, asked.scale, asked.repeats, asked.pandas, asked.ten, asked.roads)
            tables = national.measure(plan, folder)
            if asked.markdown:
                asked.markdown.write_text(national.as_markdown(tables), encoding="utf-8")


def _through_dagster(folder: Path, then_load: bool) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    home = folder / "home"
    home.mkdir()
    reach = ("--from", "2018-12", "--until", "2021-12", "--scale", "0.05")
    measure("synthesize, 3 years, scale 0.05", "synthesize", "--to", str(home / "inbox"), *reach)
    measure("run", "--home", str(home), "run")
    if then_load:
        raise SystemExit(0 if load.measure(home, free_port()) else "slower than is asked")
    measure("run again, nothing to do", "--home", str(home), "run")


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
