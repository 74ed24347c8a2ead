"""Spark is an extra and wants Java; where either is missing these tests say so loudly."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

for folder in ("fixtures", "spec"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))


@pytest.fixture(scope="session", autouse=True)
def master() -> None:
    """Two processors of this machine."""
    missing = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
    java = Path(os.environ.get("JAVA_HOME", ""), "bin/java") if os.environ.get("JAVA_HOME") else shutil.which("java")
    if java is None or not Path(java).exists():
        missing.append("Java 17")
    if missing:
        reason = f"{' and '.join(missing)} not installed: nothing was computed on Spark. Remedy: make spark-install"
        if os.environ.get("VEILIGHEID_REQUIRE_SPARK") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    os.environ["VEILIGHEID_SPARK_MASTER"] = "local[2]"
    # Most of the time goes into compiling what runs once.
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1"
