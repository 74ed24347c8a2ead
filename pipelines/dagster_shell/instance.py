"""Where Dagster keeps its runs, and the command that opens its web interface: on this machine only, no telemetry."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pipelines import storage
from pipelines.home import Home

SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_launcher:
  module: pipelines.dagster_shell.processes
  class: Launcher
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  start_timeout_seconds: 300
retention:
  sensor:
    purge_after_days:
      skipped: 1
"""
MODULE = "pipelines.dagster_shell.definitions"


def prepare(home: Home) -> Path:
    """Dagster's own folder under the home, with its settings."""
    settings = home.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != SETTINGS:
        storage.write(settings, SETTINGS.encode())
    return home.dagster


def command(home: Home, port: int) -> list[str]:
    """Web interface and daemon over the home, on 127.0.0.1:``port``."""
    prepare(home)
    return [sys.executable, "-m", "dagster", "dev", "--module-name", MODULE, "--host", "127.0.0.1", "--port", str(port)]


def environment(home: Home) -> Mapping[str, str]:
    return {
        **os.environ,
        "DAGSTER_HOME": str(home.dagster),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "VEILIGHEID_HOME": str(home.root),
    }
