"""``make mutation``: breaks what defines a figure, one small change at a time, and counts what no test notices.

python -m tests.mutation [--only TEXT] [--every N] [--workers N] [--list]

``--only``: files whose path holds TEXT; ``--every``: one mutant of N. Survivors that change no figure stand in
``survivors.yaml`` with the reason; any other is printed. Exit 1 below 95% of the mutants that run, or on a survivor
without a reason.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

import yaml

from tests.mutation import mutants
from tests.mutation.kill import DOES_NOT_RUN, KILLED, SURVIVED
from tests.mutation.mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).with_name("survivors.yaml")
WHERE = (
    "indicators/sql/*.sql",
    "pipelines/entities/*.sql",
    "indicators/definitions/*.yaml",
    "indicators/dimensions.yaml",
    "indicators/**/*.py",
)
COPIED = ("data_contracts", "indicators", "pipelines", "dashboards", "tests", "docs")
ENOUGH = 0.95


def all_mutants(only: str, every: int) -> list[Mutant]:
    paths = sorted({p.relative_to(ROOT).as_posix() for pattern in WHERE for p in ROOT.glob(pattern)})
    found = [m for path in paths if only in path for m in mutants.of_file(ROOT, path)]
    # Python modules first: see ``kill``.
    return sorted(found, key=lambda m: not m.path.endswith(".py"))[::every]


def run(chosen: list[Mutant], workers: int) -> list[tuple[Mutant, str, str]]:
    """(mutant, result, by what) of each, in order."""
    todo: queue.Queue[int] = queue.Queue()
    for number in range(len(chosen)):
        todo.put(number)
    outcomes: dict[int, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        threads = [
            threading.Thread(target=_work, args=(Path(scratch) / str(i), chosen, todo, outcomes))
            for i in range(workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if len(outcomes) < len(chosen):
        raise SystemExit(f"{len(chosen) - len(outcomes)} of {len(chosen)} were not tried: the run ended early")
    return [(mutant, *outcomes[number]) for number, mutant in enumerate(chosen)]


def _work(tree: Path, chosen: list[Mutant], todo: queue.Queue[int], outcomes: dict[int, tuple[str, str]]) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.mutation.kill"],
        cwd=tree,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        if worker.stdin is None or worker.stdout is None:
            raise RuntimeError("the worker has no pipes")
        while True:
            try:
                number = todo.get_nowait()
            except queue.Empty:
                break
            mutant = chosen[number]
            worker.stdin.write(json.dumps({"path": mutant.path, "text": mutant.text}) + "\n")
            worker.stdin.flush()
            told = worker.stdout.readline()
            if not told:
                raise RuntimeError("the worker ended early; what it says stands above")
            outcome = json.loads(told)
            outcomes[number] = (outcome["result"], outcome["by"])
            if outcome["result"] == SURVIVED:
                print(f"survived  {mutant.name}", flush=True)
            elif len(outcomes) % 100 == 0:
                print(f"{len(outcomes)} of {len(chosen)}", flush=True)


def known_survivors() -> dict[str, str]:
    """``path: change: line`` -> why no test can or need notice it."""
    return yaml.safe_load(SURVIVORS.read_text(encoding="utf-8")) or {}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.mutation")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--every", type=int, default=1)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--list", action="store_true")
    options = arguments.parse_args()
    chosen = all_mutants(options.only, options.every)
    if options.list:
        for mutant in chosen:
            print(mutant.name)
        return 0
    outcomes = run(chosen, options.workers)
    results = Counter(result for _, result, _ in outcomes)
    by = Counter(by.split(",")[0] for _, result, by in outcomes if result == KILLED)
    reasons = known_survivors()
    unexplained = [
        m for m, result, _ in outcomes if result == SURVIVED and f"{m.path}: {m.change}: {m.line}" not in reasons
    ]
    ran = len(outcomes) - results[DOES_NOT_RUN]
    print(f"{len(outcomes)} mutants, {results[DOES_NOT_RUN]} of them do not run")
    print(f"of {ran} that run: {results[KILLED]} killed, {results[SURVIVED]} survived")
    print("killed by: " + ", ".join(f"{name} {count}" for name, count in by.most_common()))
    for mutant in unexplained:
        print(f"no test notices, and no reason is given: {mutant.name}")
    return 0 if not unexplained and results[KILLED] >= ENOUGH * ran else 1


if __name__ == "__main__":
    sys.exit(main())
