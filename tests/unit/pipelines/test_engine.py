"""Which engine computes: DuckDB unless another is asked for, and what is said when that one is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pipelines
from pipelines import engine
from pipelines.errors import UserError


def test_duckdb_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engine.VARIABLE, raising=False)
    assert engine.chosen() is engine.connect
    assert engine.chosen("duckdb") is engine.connect


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engine.VARIABLE, "spark")
    assert engine.chosen("duckdb") is engine.connect


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"--engine: 'abacus' is geen rekenmotor\. Kies duckdb of spark"):
        engine.chosen("abacus")
    monkeypatch.setenv(engine.VARIABLE, "abacus")
    with pytest.raises(UserError, match="VEILIGHEID_ENGINE: 'abacus'"):
        engine.chosen()


@pytest.mark.parametrize("package", ["pyspark", "sqlglot"])
def test_spark_without_its_packages_names_them_and_the_remedy(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("spark", "translation"):
        monkeypatch.delitem(sys.modules, f"pipelines.{name}", raising=False)
        monkeypatch.delattr(pipelines, name, raising=False)
    # A name that is there without a module is one that can't be imported.
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=r"make spark-install.*--engine duckdb"):
        engine.chosen("spark")


def test_computing_by_duckdb_loads_nothing_of_spark() -> None:
    code = (
        "import sys; from pipelines import compute, engine; engine.chosen();"
        "print({'pyspark', 'py4j', 'sqlglot', 'pipelines.spark'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
