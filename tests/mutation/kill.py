"""A worker: changes one file of its own copy of the tree at a time, and finds out whether a test notices.

SQL and definitions are tried in this process: the worked example, and every cell against the slow oracle on the edge
inbox; what these do not notice goes to the test of its folder, then to the first inboxes of ``make oracle``. Every
Python module goes to the tests that compute figures, in a forked process; before any definition, because from then on
this process has the project loaded too.

Belongs here: running. Not here: what is changed (``mutants``), the score (``__main__``).
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

# Of the processor, not of the clock: other work on the machine must not kill a mutant. All tests take some 100.
CPU_SECONDS = 900
# A random inbox by its seed (None: the edge inbox), and a peildatum (None: the default rule).
Case = tuple[int | None, str | None]
RANDOM: tuple[Case, ...] = tuple((seed, None) for seed in range(40))
# So that a forked test run finds them; nothing of the project, which changes.
LOADED_ONCE = ("duckdb", "hypothesis", "lifelines", "numpy", "polars", "pyarrow", "pytest")
KILLED, SURVIVED, DOES_NOT_RUN = "killed", "survived", "does not run"
# What pins definitions and entities besides the figures; all that compute figures.
OF_FOLDER = {
    "indicators/definitions": "tests/unit/indicators/test_model.py",
    "indicators/dimensions": "tests/unit/indicators/test_model.py",
    "pipelines/entities": "tests/spec/test_entities.py",
}
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
LAST = ["tests/unit/indicators", "tests/spec", "tests/unit/dashboards"]


def by_tests(tree: Path, path: str, right: str) -> tuple[str, str]:
    """Run the tests of a changed definition or relation, or of a module: its own, then all that compute figures.

    ``right``: the file as it should be. Raises RuntimeError when tests fail on that too: then they tell nothing.
    """
    own = tree / own_tests(path)
    rounds = ([[str(own)]] if own.exists() else []) + [LAST]
    run_tests = _in_a_fork
    if Path(path).suffix != ".py":
        rounds = [[test] for folder, test in OF_FOLDER.items() if path.startswith(folder)]
        run_tests = _in_a_process
    for chosen in rounds:
        code = run_tests(tree, chosen)
        if code != 0:
            (tree / path).write_text(right, encoding="utf-8")
            _must_pass(run_tests, tree, tuple(chosen))
            return KILLED, "too slow" if code < 0 else " ".join(Path(c).name for c in chosen)
    return SURVIVED, ""


@cache
def _must_pass(run_tests: Callable[[Path, list[str]], int], tree: Path, chosen: tuple[str, ...]) -> None:
    if run_tests(tree, list(chosen)) != 0:
        raise RuntimeError(f"{', '.join(chosen)}: fail on what was not changed")


def _in_a_process(tree: Path, chosen: list[str]) -> int:
    """The exit code of pytest. No fork: this process has computed figures, whose threads a fork would lack."""
    command = [sys.executable, "-m", "pytest", *OPTIONS, *chosen]
    return subprocess.run(command, cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def own_tests(path: str) -> str:
    """The file with the tests of a module: of ``indicators/disclosure/rule.py`` it is ``test_disclosure_rule.py``.

    >>> own_tests("indicators/geography/__init__.py")
    'tests/unit/indicators/test_geography.py'
    """
    parts = [part for part in Path(path).with_suffix("").parts[1:] if part != "__init__"]
    return f"tests/unit/indicators/{'_'.join(['test', *parts])}.py"


def _in_a_fork(tree: Path, chosen: list[str]) -> int:
    """The exit code of pytest; negative when the system ended it, after CPU_SECONDS."""
    child = os.fork()
    if child == 0:
        os.chdir(tree)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        import pytest
        from hypothesis import Phase, settings

        # Whether a test fails is all that is asked: not of which smallest example, nor with which values.
        found_is_enough = [Phase.explicit, Phase.generate]
        # Nor how long it took on a busy machine.
        settings.register_profile("mutation", phases=found_is_enough, database=None, derandomize=True, deadline=None)
        os._exit(int(pytest.main([*OPTIONS, "--assert=plain", "--hypothesis-profile=mutation", *chosen])))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


class Definitions:
    """The checks of SQL and definitions, in this process."""

    def __init__(self) -> None:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "spec"))
        from edge_inbox import PEILDATA

        from indicators.model import definitions

        self.edges: list[Case] = [(None, month) for month in PEILDATA]

        self.versions = {d.id: d.version for d in definitions().values()}
        self.folder = tempfile.TemporaryDirectory(prefix="mutation-")
        self.scratch = Path(self.folder.name)
        self.expected: dict[Case, dict[str, list[dict[str, Any]]]] = {}
        self.inputs: dict[Case, Any] = {}
        self.built: dict[Case, tuple[Any, Any]] = {}

    def check(self, path: str, cases: Sequence[Case] = ()) -> tuple[str, str]:
        """Whether the changed file is noticed on these inboxes (none: the edge inbox, and the worked example).

        Every cache of definitions is emptied first.
        """
        import duckdb
        from example_runner import ExampleError

        from indicators import model

        model.definitions.cache_clear()
        model.dimensions.cache_clear()
        try:
            known = model.definitions()
        except (model.DefinitionError, KeyError, TypeError) as error:
            return DOES_NOT_RUN, type(error).__name__
        own = Path(path).stem
        # The indicators that read a relation are the first to show that it is wrong.
        chosen = (
            [known[own]] if own in known else sorted(known.values(), key=lambda d: own not in d.sql_path.read_text())
        )
        try:
            for by in self._noticed(chosen, cases or self.edges, path.startswith("pipelines/entities")):
                return KILLED, by
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            return DOES_NOT_RUN, type(error).__name__
        except (duckdb.Error, ExampleError, ArithmeticError, LookupError, ValueError, TypeError) as error:
            return KILLED, type(error).__name__
        return SURVIVED, ""

    def _noticed(self, chosen: list[Any], cases: Sequence[Case], entities_changed: bool) -> Iterator[str]:
        from example_runner import differences, run
        from oracle.comparison import compare

        from indicators import values

        for case in cases:
            con, deliveries, division = self._entities(case, anew=entities_changed)
            for definition in chosen:
                got = values.compute(con, definition, deliveries, division).values
                if compare(got, self._expected(case)[definition.id]):
                    yield "edge inbox" if case[0] is None else f"oracle, inbox {case[0]}"
            if entities_changed:
                con.close()
        for definition in chosen if cases is self.edges else ():
            with tempfile.TemporaryDirectory() as folder:
                if differences(definition.example["expected"], run(definition, Path(folder))):
                    yield "worked example"

    def _expected(self, case: Case) -> dict[str, list[dict[str, Any]]]:
        """The oracle's rows by indicator."""
        from oracle.table import indicator_values

        if case not in self.expected:
            rows: dict[str, list[dict[str, Any]]] = {indicator: [] for indicator in self.versions}
            for row in indicator_values(_inbox(case[0]), case[1], versies=self.versions):
                rows[row["indicator"]].append(row)
            self.expected[case] = rows
        return self.expected[case]

    def _entities(self, case: Case, anew: bool) -> tuple[Any, Any, Any]:
        """A connection with the entities of a case, its deliveries and its division; kept unless made ``anew``."""
        import product

        from data_contracts.loader import contracts
        from indicators import geography, statistics, values
        from pipelines import engine, entities

        if anew or case not in self.built:
            if case not in self.inputs:
                folder = Path(tempfile.mkdtemp(dir=self.scratch))
                self.inputs[case] = product.inputs(_inbox(case[0]), case[1], folder)
            inputs = self.inputs[case]
            con = engine.connect(self.scratch, threads=1)
            division = geography.division(inputs.peildatum)
            observation = entities.Observation(inputs.peildatum, inputs.first_month, division)
            entities.build(con, observation, contracts(), inputs.files)
            statistics.prepare(con, division)
            built = con, values.Deliveries(inputs.peildatum, inputs.delivered), division
            if anew:
                return built
            self.built[case] = built
        return self.built[case]


def _inbox(seed: int | None) -> Any:
    from edge_inbox import edge_inbox
    from random_inbox import random_inbox

    return edge_inbox() if seed is None else random_inbox(seed)


def main() -> None:
    """Read mutants as lines of JSON (path, text), write outcomes (result, by) in the same order. cwd: the copy."""
    tree = Path.cwd()
    sys.dont_write_bytecode = True
    checks: list[Definitions] = []
    for line in sys.stdin:
        mutant = json.loads(line)
        target = tree / mutant["path"]
        right = target.read_text(encoding="utf-8")
        target.write_text(mutant["text"], encoding="utf-8")
        try:
            result, by = _outcome(tree, mutant["path"], right, checks)
        finally:
            target.write_text(right, encoding="utf-8")
        print(json.dumps({"result": result, "by": by}), flush=True)


def _outcome(tree: Path, path: str, right: str, checks: list[Definitions]) -> tuple[str, str]:
    """The first check that notices, cheapest first. ``checks``: the ones of this process, made when needed."""
    if path.endswith(".py"):
        if checks:
            raise RuntimeError(f"{path} comes after a definition: its change would not be loaded")
        return by_tests(tree, path, right)
    if not checks:
        checks.append(Definitions())
    # A changed relation is made anew for every inbox, so that it is tried on some only.
    random = RANDOM[:8] if path.startswith("pipelines/entities") else RANDOM
    for check in (
        lambda: checks[0].check(path),
        lambda: by_tests(tree, path, right),
        lambda: checks[0].check(path, random),
    ):
        result, by = check()
        if result != SURVIVED:
            break
    return result, by


if __name__ == "__main__":
    for name in LOADED_ONCE:
        importlib.import_module(name)
    main()
