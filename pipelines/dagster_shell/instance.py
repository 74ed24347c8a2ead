"""Where Dagster keeps its runs, and the command that opens its web interface: on this machine only, no telemetry.

Runs, events and schedules are in SQLite under the home, or in PostgreSQL where VEILIGHEID_DAGSTER_STORAGE_URL names a
database: then every machine that sees the home shares them. The settings name the variable, never what it holds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from pipelines import storage
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home

STORAGE_VARIABLE = "VEILIGHEID_DAGSTER_STORAGE_URL"
POSTGRESQL, DRIVER = "postgresql", "postgresql+psycopg2"
CONNECT_SECONDS = "10"
NOT_TOLD = f"De geschiedenis van Dagster staat in PostgreSQL, en {STORAGE_VARIABLE} zegt niet waar."

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
IN_POSTGRESQL = """\
storage:
  custom:
    module: pipelines.dagster_shell.history
    class: Storage
"""
MODULE = "pipelines.dagster_shell.definitions"


def prepare(home: Home) -> Path:
    """Dagster's own folder under the home, with its settings.

    Raises UserError where its history is in PostgreSQL and this process isn't told where, and where that can't be
    reached (a TemporaryError) or is no PostgreSQL.
    """
    settings, url = home.dagster / "dagster.yaml", address()
    known = settings.read_text(encoding="utf-8") if settings.exists() else ""
    if url:
        _require_reachable(url)
    elif IN_POSTGRESQL in known:
        # Half of the history in one place and half in another would show as runs that never were.
        raise UserError(f"{NOT_TOLD} Zet die; of verwijder '{settings}' om met een lege geschiedenis verder te gaan.")
    wanted = SETTINGS + (IN_POSTGRESQL if url else "")
    if known != wanted:
        storage.write(settings, wanted.encode())
    return home.dagster


def address() -> str | None:
    """The database of the variable, with the driver that Dagster needs; None where none is named.

    Raises UserError when that is no address of a PostgreSQL.
    """
    named = os.environ.get(STORAGE_VARIABLE)
    if not named:
        return None
    try:
        url = make_url(named)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != POSTGRESQL:
        raise UserError(
            f"{STORAGE_VARIABLE} is geen adres van een database van PostgreSQL. "
            "Zo hoort het: postgresql://NAAM:WACHTWOORD@COMPUTER/DATABASE."
        )
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": CONNECT_SECONDS})
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def _require_reachable(url: str) -> None:
    """Raises TemporaryError when a database can't be opened; what it says of that may quote a password, and stays
    unsaid."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect():
            return
    except sa.exc.SQLAlchemyError:
        raise TemporaryError(
            f"De database van Dagster is niet te bereiken. Controleer {STORAGE_VARIABLE} en de database die daar staat."
        ) from None


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
