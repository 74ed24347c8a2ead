"""The ledger in a real PostgreSQL: what holds in SQLite holds there, and what only a server brings."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from interrupted import content
from old_home import make_old
from own_server import PASSWORD, USER, Server
from small_inbox import LOCATIES, LOG, NOW, assert_tidy, drop, files, in_ledger, inzet, locaties, take
from test_ledger import (
    ONE,
    REFUSED,
    test_a_backfill_is_recorded_before_it_begins_and_when_it_ends,
    test_a_copy_holds_every_delivery_and_all_that_belongs_to_it,
    test_a_delivery_comes_back_as_it_was_recorded,
    test_a_number_is_given_once,
    test_all_or_nothing,
    test_in_force_is_the_latest_accepted_of_a_month,
    test_numbers_sort_as_numbers,
    test_what_can_not_be_true_is_not_recorded,
)

from pipelines import cli, erasure, keys, ledger, publication, rotation
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.synthesis import synthesize

# The tests of SQLite, here with every ledger in PostgreSQL.
__all__ = [
    "test_a_backfill_is_recorded_before_it_begins_and_when_it_ends",
    "test_a_copy_holds_every_delivery_and_all_that_belongs_to_it",
    "test_a_delivery_comes_back_as_it_was_recorded",
    "test_a_number_is_given_once",
    "test_all_or_nothing",
    "test_in_force_is_the_latest_accepted_of_a_month",
    "test_numbers_sort_as_numbers",
    "test_what_can_not_be_true_is_not_recorded",
]


def test_the_road_gives_the_same_bytes_as_with_sqlite(
    home: Home, tmp_path: Path, without_suite: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthesize(home.inbox, "2020-04", "2020-05", 0.002, 1)
    other = Home(tmp_path / "ander")
    shutil.copytree(home.root, other.root)
    known = []
    for place in (home, other):
        take(place)
        publication.publish(place, NOW)
        with Ledger.open(place) as opened:
            findings = opened.findings()
            known.append([(replace(d, id=None), findings.get(d.id or 0), opened.evaluations(d)) for d in opened.all()])
        monkeypatch.delenv("VEILIGHEID_LEDGER_URL", raising=False)
    assert known[0] == known[1] and len(known[0]) > 20
    on_postgresql, on_sqlite = files(home), files(other)
    del on_sqlite["ledger.sqlite"]
    assert on_postgresql == on_sqlite and any(name.startswith("publications/0001/") for name in on_sqlite)


def test_the_order_is_ours_whatever_the_locale(home: Home) -> None:
    with Ledger.open(home, create=True) as opened:
        for partner, feed in (("veilig", "a"), ("veilig_thuis", "A"), ("veilig-x", "b"), ("Veilig", "B")):
            opened.record(replace(ONE, partner=partner, feed=feed), [], [])
        names = [d.name for d in opened.all()]
    assert names == sorted(names, key=lambda name: name.split("/"))


def test_reading_makes_no_tables(home: Home, server: Server, database: str) -> None:
    with Ledger.open(home) as opened:
        assert opened.all() == []
    assert sa.inspect(sa.create_engine(server.url(database))).get_table_names() == []


def test_one_writes_at_a_time_also_from_another_machine(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ledger, "LOCK_SECONDS", 1)
    other = Home.open(tmp_path / "andere machine", create=True)
    drop(other, f"{LOCATIES}/2024-01.csv", locaties("a"))
    with Ledger.open(home, create=True) as opened:
        opened.record(ONE, [], [])
        assert cli.run(["deliver", "--home", str(other.root)]) == 2
        said = capsys.readouterr().err
        assert "een andere computer schrijft al in dit register" in said and said.count("\n") == 1
        assert len(in_ledger(other)) == 1
    assert set(files(other)) == {LOG}
    with Ledger.open(other, create=True) as opened:
        opened.record(replace(ONE, number=2), [], [])


def test_who_lost_the_connection_writes_nothing_more(home: Home, server: Server, database: str) -> None:
    with Ledger.open(home, create=True) as opened:
        opened.record(ONE, [], [])
        server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
        # The lock went with the connection: another machine may be writing by now.
        for _ in range(2):
            with pytest.raises(UserError, match="register van leveringen"):
                opened.record(replace(REFUSED, number=2), [], [])
    assert [d.number for d in in_ledger(home)] == [1]


def test_a_delivery_that_can_not_be_recorded_leaves_nothing(
    home: Home, server: Server, database: str, without_suite: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Ledger.record

    def cut_off(*arguments: Any) -> Any:
        server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
        return record(*arguments)

    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    monkeypatch.setattr(Ledger, "record", cut_off)
    (outcome,) = take(home)
    assert outcome.verdict == "error" and "register van leveringen" in outcome.message
    monkeypatch.undo()
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", server.url(database))
    assert_tidy(home)
    assert in_ledger(home) == []


@pytest.mark.parametrize("command", [["deliveries"], ["deliver"], ["run"], ["compute"]])
@pytest.mark.parametrize("wrong", ["password", "host", "database", "unescaped", "no number"])
def test_a_password_is_never_shown(
    home: Home,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    command: list[str],
    wrong: str,
) -> None:
    addresses = {
        "password": server.url("postgres", password="zeergeheim"),
        "host": server.url("postgres", password="zeergeheim", host="127.0.0.1", port=1),
        "database": server.url("bestaat_niet"),
        "unescaped": f"postgresql://{USER}:zeer@geheim/oord@127.0.0.1:{server.port}/postgres",
        "no number": f"postgresql://{USER}:zeer@geheim:oord@127.0.0.1/postgres",
    }
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", addresses[wrong])
    monkeypatch.setenv("VEILIGHEID_DEBUG", "1")
    assert cli.run([*command, "--home", str(home.root)]) == 2
    shown = "".join(capfd.readouterr()) + caplog.text
    assert "Het register van leveringen is niet te openen." in shown
    for secret in (PASSWORD, "geheim", "heim", "oord"):
        assert secret not in shown


def test_what_is_kept_can_change(
    home: Home, without_suite: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another layout, an erasure and another key, each in one transaction."""
    drop(home, "politie/inzet/2024-01.csv", inzet("a", "b", gezin="c" * 26))
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    take(home)
    before = content(home)
    (tmp_path / "werk").mkdir()
    make_old(home, tmp_path / "werk")
    with Ledger.open(home) as opened:
        assert opened.version == 1 and len(opened.all()) == 2
    drop(home, "politie/inzet/2024-02.csv", inzet("d", gezin="d" * 26))
    take(home)
    assert before.items() <= content(home).items()
    assert erasure.erase(home, "c" * 26).rows == 2
    rotation.rotate(home, tmp_path / "nieuw")
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "nieuw"))
    assert [(d.rows_in, d.rows_accepted, d.rows_erased) for d in in_ledger(home)] == [(5, 4, 0), (2, 0, 2), (1, 1, 0)]
    assert_tidy(home)
    drop(home, "politie/inzet/2024-03.csv", inzet("e", gezin="c" * 26))
    take(home)
    assert in_ledger(home)[-1].rows_erased == 1
