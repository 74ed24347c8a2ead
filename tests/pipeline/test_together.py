"""Two processes at once, a home that may not be written, and the whole road of deliveries with the real suite."""

from __future__ import annotations

import fcntl
import json
import os

import pytest
from conftest import Start
from small_inbox import LOCATIES, assert_tidy, drop, files, in_ledger, locaties

from pipelines import home as home_module
from pipelines.home import Home

WITHOUT_SUITE = "from data_contracts import rows; rows.check_against_suite = lambda *_: None"


def test_two_at_once_give_each_delivery_once(home: Home, start: Start) -> None:
    for month in range(1, 7):
        drop(home, f"{LOCATIES}/2024-0{month}.csv", locaties(f"id-{month}"))
    both = [start("deliver", before=WITHOUT_SUITE) for _ in range(2)]
    shown = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], shown
    assert sorted("geen enkele nieuw" in out for out, _ in shown) == [False, True]
    assert [(d.month, d.number) for d in in_ledger(home)] == [(f"2024-0{month}", 1) for month in range(1, 7)]
    assert_tidy(home)


def test_who_holds_the_home_is_said(home: Home, start: Start) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    with (home.root / home_module.LOCK).open("w+") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        held.write("4242")
        held.flush()
        process = start("deliver", before="from pipelines import home; home.WAIT_SECONDS = 0.2")
        out, error = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert error == "Een ander proces (nummer 4242) werkt al in deze map met gegevens. Probeer het straks opnieuw.\n"
    assert files(home) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who may not write")
def test_a_home_that_may_only_be_read(home: Home, start: Start) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    for folder in (home.root, *home.root.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith(str(home.root.parents[2])):
            folder.chmod(0o755)
    # Everything is imported first: Python itself may lie where the other user may not look.
    become = "import pipelines.deliver, sqlalchemy.dialects.sqlite, sqlite3, os; os.seteuid(65534)"
    process = start("deliver", before=become)
    out, error = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert error == (
        f"In de map met gegevens '{home.root}' kan niet worden geschreven: geen toestemming. Controleer de rechten.\n"
    )
    process = start("deliveries", "--json", before=become)
    out, error = process.communicate()
    assert (process.returncode, json.loads(out), error) == (0, [], "")


def test_with_the_real_suite(home: Home, start: Start) -> None:
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("a", "b", broken=2))
    process = start("deliver")
    out, error = process.communicate()
    assert (process.returncode, error) == (2, "")
    assert f"Geweigerd: {LOCATIES} 2024-02\n    te_veel_quarantaine: " in out
    assert [(d.verdict, d.rows_accepted, d.rows_quarantined) for d in in_ledger(home)] == [
        ("accepted", 4, 1),
        ("refused", 0, 4),
    ]
    assert_tidy(home)
