"""A real PostgreSQL of our own: Debian's program, a cluster in a temporary folder, on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

PROGRAMS = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
USER = "beheer"
# What an address can't hold as it is, so that it has to be written with percent signs.
PASSWORD = "ge@heim/w:oord%"
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    port: int

    def url(self, database: str, **other: Any) -> str:
        """The address of a database, password included. ``other``: what differs, such as ``password``."""
        known = {"username": USER, "password": PASSWORD, "host": "127.0.0.1", "port": self.port, "database": database}
        return sa.URL.create("postgresql", **(known | other)).render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(statement))


def programs() -> Path | None:
    """Where PostgreSQL's own programs are: the newest version; None where it is not installed."""
    return max(PROGRAMS.glob("*/bin"), key=lambda p: int(p.parent.name), default=None)


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server with an empty cluster, gone afterwards. Raises RuntimeError when it does not start."""
    # PostgreSQL refuses to run as root.
    account: dict[str, Any] = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="veiligheid-postgresql-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if account:
            for path in (folder, folder / "password"):
                shutil.chown(path, ACCOUNT, ACCOUNT)
        _make(programs, folder, account)
        port = _free_port()
        process = _start(programs, folder, port, account)
        try:
            _wait(process, port, folder)
            yield Server(port)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder)


def _make(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    """A cluster whose locale orders text otherwise than by code, as in a Dutch organisation."""
    subprocess.run(
        [
            *(programs / "initdb", "--pgdata", folder / "data", "--no-sync"),
            *("--username", USER, "--pwfile", folder / "password", "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "nl-NL"),
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **account,
    )


def _start(programs: Path, folder: Path, port: int, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": "", "fsync": "off"}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *(programs / "postgres", "-D", folder / "data"),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            stdout=log,
            stderr=log,
            cwd=folder,
            **account,
        )


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            Server(port).execute("select 1")
            return
        except sa.exc.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
