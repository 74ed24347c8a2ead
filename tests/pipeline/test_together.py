"""Two processes at once, and a home that may not be written."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import Stage, assert_consistent, contents
from own_process import start
from small_inbox import LOCATIES, assert_tidy, drop, files, in_ledger, locaties

from pipelines import home as home_module
from pipelines.home import Home

WITHOUT_SUITE = """
from data_contracts import rows
from pipelines import home
rows.check_against_suite = lambda *_: None
home.WAIT_SECONDS = 60.0
"""
# Everything is imported first: Python itself may lie where the other user may not look.
BECOME_NOBODY = """
import os, pipelines.cli, pipelines.deliver, sqlite3, sqlalchemy.dialects.sqlite
from data_contracts.loader import contracts
contracts()
os.seteuid(65534)
"""


def test_two_at_once_give_each_delivery_once(empty_home: Home) -> None:
    for month in range(1, 7):
        drop(empty_home, f"{LOCATIES}/2024-0{month}.csv", locaties(f"id-{month}"))
    both = [start(empty_home, "deliver", before=WITHOUT_SUITE) for _ in range(2)]
    shown = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], shown
    assert sorted("geen enkele nieuw" in out for out, _ in shown) == [False, True]
    assert [(d.month, d.number) for d in in_ledger(empty_home)] == [(f"2024-0{month}", 1) for month in range(1, 7)]
    assert_tidy(empty_home)


def test_who_holds_the_home_is_said(empty_home: Home) -> None:
    drop(empty_home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    with (empty_home.root / home_module.LOCK).open("w+") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        held.write("4242")
        held.flush()
        process = start(empty_home, "deliver", before="from pipelines import home; home.WAIT_SECONDS = 0.2")
        out, error = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert error == "Een ander proces (nummer 4242) werkt al in deze map met gegevens. Probeer het straks opnieuw.\n"
    assert files(empty_home) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who may not write")
def test_a_home_that_may_only_be_read() -> None:
    # Not below pytest's own folders: another user may not even look there.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "inbox").mkdir()
        home = Home.open(name)
        drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
        process = start(home, "deliver", before=BECOME_NOBODY)
        out, error = process.communicate()
        assert (process.returncode, out) == (2, "")
        said = f"In de map met gegevens '{home.root}' kan niet worden geschreven: geen toestemming."
        assert error == f"{said} Controleer de rechten.\n"
        process = start(home, "deliveries", "--json", before=BECOME_NOBODY)
        out, error = process.communicate()
        assert (process.returncode, out, error) == (0, "[]\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("later", [0.0, 0.2, 0.5])
def test_deliver_while_publish(fork_server: ForkServer, stages: list[Stage], tmp_path: Path, later: float) -> None:
    home = stages[-1].copy(tmp_path / "huis")
    with ForkServer() as other, ThreadPoolExecutor() as pool:
        publishing = pool.submit(fork_server.run, home, *stages[-1].step.command)
        time.sleep(later)
        delivering = other.run(home, "deliver")
        published = publishing.result()
    for ended in (published, delivering):
        assert ended.status == 0 or "werkt al in deze map" in ended.error or "al eerder" in ended.out, ended
    assert_consistent(home, published.out, delivering.out)
    fork_server.run(home, *stages[-1].step.command)
    assert contents(home) == stages[-1].after
