"""What is said where Spark can't start, and what is left when it has stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import engine
from pipelines.errors import UserError


def starts(folder: Path) -> None:
    with engine.chosen("spark")(folder, ()):
        pass


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"Java 17 nodig.*niet op deze computer.*openjdk-17-jre-headless"):
        starts(tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    with pytest.raises(UserError, match=r"niet in JAVA_HOME \('.*/java'\)"):
        starts(tmp_path)


def test_with_a_java_that_does_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    with pytest.raises(UserError, match=r"Spark start niet met '.*/bin/java'. Spark vraagt Java 17 of 21"):
        starts(tmp_path)
