"""A worker: changes one file of its own copy of the tree at a time, and finds out whether a test notices.

SQL and definitions are tried in this process, with the checks of two tests: the worked example, and every cell against
the slow oracle on the first inboxes of ``make oracle``. What these do not notice, and every Python module, goes to the
tests themselves, in a forked process that has the libraries loaded but nothing of the project.

Belongs here: running. Not here: what is changed (``mutants``), the score (``__main__``).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ORACLE_INBOXES = 40
# Of the processor, not of the clock: other work on the machine must not kill a mutant. All tests take some 100.
CPU_SECONDS = 900
KILLED, SURVIVED, DOES_NOT_RUN = "killed", "survived", "does not run"
# The tests of a module, cheapest first; then all that compute figures.
LAST = ["tests/unit/indicators", "tests/spec", "tests/unit/dashboards"]


def by_tests(tree: Path, path: str) -> tuple[str, str]:
    """Run the tests of a changed Python module (or of anything else: all that compute figures)."""
    own = tree / own_tests(path)
    rounds = ([[str(own)]] if own.exists() else []) + [LAST]
    for chosen in rounds:
        code = _in_a_fork(tree, chosen)
        if code != 0:
            return KILLED, "too slow" if code < 0 else " ".join(Path(c).name for c in chosen)
    return SURVIVED, ""


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
        options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=mutation"]
        options += ["-m", "not slow"]
        os._exit(int(pytest.main([*options, *chosen])))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


class Definitions:
    """The checks of SQL and definitions, in this process."""

    def __init__(self) -> None:
        sys.path.insert(0, str(Path("tests/spec").resolve()))
        from indicators.model import definitions

        self.versions = {d.id: d.version for d in definitions().values()}
        self.scratch = Path(tempfile.mkdtemp())
        self.expected: dict[int, list[dict[str, Any]]] = {}
        self.inputs: dict[int, Any] = {}
        self.built: dict[int, tuple[Any, Any]] = {}

    def check(self, path: str) -> tuple[str, str]:
        """Whether the changed file is noticed; every cache of definitions is emptied first."""
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
        chosen = [known[own]] if own in known else list(known.values())
        try:
            for by in self._noticed(chosen, path.startswith("pipelines/entities")):
                return KILLED, by
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            return DOES_NOT_RUN, type(error).__name__
        except (duckdb.Error, ExampleError, ArithmeticError, LookupError, ValueError, TypeError) as error:
            return KILLED, type(error).__name__
        return SURVIVED, ""

    def _noticed(self, chosen: list[Any], entities_changed: bool) -> Iterator[str]:
        from example_runner import differences, run
        from oracle.comparison import compare

        from indicators import values

        for seed in range(ORACLE_INBOXES):
            con, deliveries = self._entities(seed, anew=entities_changed)
            for definition in chosen:
                got = values.compute(con, definition, deliveries).values
                if compare(got, self._expected(seed), indicators={definition.id}):
                    yield f"oracle, inbox {seed}"
            if entities_changed:
                con.close()
        for definition in chosen:
            with tempfile.TemporaryDirectory() as folder:
                if differences(definition.example["expected"], run(definition, Path(folder))):
                    yield "worked example"

    def _expected(self, seed: int) -> list[dict[str, Any]]:
        from oracle.table import indicator_values
        from random_inbox import random_inbox

        if seed not in self.expected:
            self.expected[seed] = list(indicator_values(random_inbox(seed), versies=self.versions))
        return self.expected[seed]

    def _entities(self, seed: int, anew: bool) -> tuple[Any, Any]:
        """A connection with the entities of an inbox, and its deliveries; kept, unless they are made ``anew``."""
        import product
        from random_inbox import random_inbox

        from data_contracts.loader import contracts
        from indicators import statistics, values
        from pipelines import engine, entities

        if anew or seed not in self.built:
            if seed not in self.inputs:
                folder = self.scratch / str(seed)
                folder.mkdir()
                self.inputs[seed] = product.inputs(random_inbox(seed), None, folder)
            inputs = self.inputs[seed]
            con = engine.connect(self.scratch, threads=1)
            observation = entities.Observation(inputs.peildatum, inputs.first_month)
            entities.build(con, observation, contracts(), inputs.files)
            statistics.prepare(con)
            built = con, values.Deliveries(inputs.peildatum, inputs.delivered)
            if anew:
                return built
            self.built[seed] = built
        return self.built[seed]


def main() -> None:
    """Read mutants as lines of JSON (path, text), write outcomes (result, by) in the same order. cwd: the copy."""
    tree = Path.cwd()
    sys.dont_write_bytecode = True
    checks: Definitions | None = None
    for line in sys.stdin:
        mutant = json.loads(line)
        target = tree / mutant["path"]
        right = target.read_text(encoding="utf-8")
        target.write_text(mutant["text"], encoding="utf-8")
        try:
            if target.suffix == ".py":
                result, by = by_tests(tree, mutant["path"])
            else:
                checks = checks or Definitions()
                result, by = checks.check(mutant["path"])
        finally:
            target.write_text(right, encoding="utf-8")
        print(json.dumps({"result": result, "by": by}), flush=True)


if __name__ == "__main__":
    # Loaded once, so that a forked test run finds them; nothing of the project, which changes.
    import duckdb  # noqa: F401
    import hypothesis  # noqa: F401
    import lifelines  # noqa: F401
    import numpy  # noqa: F401
    import polars  # noqa: F401
    import pyarrow  # noqa: F401
    import pytest  # noqa: F401

    main()
