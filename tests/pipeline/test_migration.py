"""A home of the layout of before becomes one of now at the first thing written in it, whatever cuts that off."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from fork_server import ForkServer
from interrupted import assert_tidy_names, content, killed_anywhere
from journey import Stage, incidenten
from old_home import make_old
from small_inbox import drop, in_ledger, keys_of, quarantined, received, take

from pipelines import audit, compute, keys, storage, verify
from pipelines.desk import Desk
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import VERSION, Ledger

FEED = "politie/incidenten"
COMPUTE = ("compute", "--until", "2024-02")
PLAIN = "b" * 25


@pytest.fixture
def old(stages: list[Stage], tmp_path: Path) -> tuple[Home, dict[str, object]]:
    """A home of layout 1 with deliveries, quarantine, a refusal and results; what it held in the layout of now."""
    home = stages[4].copy(tmp_path / "huis")
    compute.compute(home, "2024-02")
    before = content(home)
    (tmp_path / "werk").mkdir()
    make_old(home, tmp_path / "werk")
    return home, before


def holds_plain(home: Home) -> bool:
    folders = [home.archive, home.lake]
    return any(PLAIN.encode() in p.read_bytes() for f in folders for p in f.rglob("*") if p.is_file())


def version(home: Home) -> int:
    with Ledger.open(home) as ledger:
        return ledger.version


def test_it_is_still_read(old: tuple[Home, dict[str, object]]) -> None:
    home, before = old
    assert version(home) == 1 and holds_plain(home)
    assert verify.check(home).damaged == []
    assert len(in_ledger(home)) == sum(len(name.split()) == 3 for name in before)
    with pytest.raises(UserError, match="indeling van een oudere versie"):
        Desk(home).quarantined("landelijk_netwerk/praktijklocaties", "2024-01", 1)
    assert version(home) == 1


def test_the_first_thing_written_changes_it_and_no_figure(old: tuple[Home, dict[str, object]]) -> None:
    home, before = old
    figures = {path.name: storage.sha256(path) for path in home.results.glob("*.parquet")}
    shutil.rmtree(home.results)
    compute.compute(home, "2024-02")
    assert version(home) == VERSION
    assert content(home) == before
    assert {path.name: storage.sha256(path) for path in home.results.glob("*.parquet")} == figures
    assert not holds_plain(home)
    assert_tidy_names(home)
    assert verify.check(home).damaged == []
    (line,) = audit.lines(home)
    assert (line["who"], line["role"], line["what"]) == (audit.account(), audit.SYSTEM, audit.MIGRATED)
    assert line["on"] == "van 1 naar 2"


def test_what_can_not_be_recorded_is_not_changed(old: tuple[Home, dict[str, object]]) -> None:
    home, _ = old
    home.audit.write_text("geen map")
    with pytest.raises(audit.AuditError, match="logboek"):
        compute.compute(home, "2024-02")
    assert version(home) == 1 and holds_plain(home)


def test_a_delivery_changes_it_too(old: tuple[Home, dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    from data_contracts import rows

    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    home, before = old
    drop(home, f"{FEED}/2024-03.csv", incidenten("2024-03", 3))
    outcomes = take(home)
    assert [o.verdict for o in outcomes if o.verdict == "accepted"] == ["accepted"]
    assert before.items() <= content(home).items()


def test_a_damaged_file_stops_it_and_is_named(old: tuple[Home, dict[str, object]]) -> None:
    home, _ = old
    d = next(d for d in in_ledger(home) if d.quarantine_path)
    whole = (home.root / d.quarantine_path).read_bytes()
    (home.root / d.quarantine_path).write_bytes(whole[:-1])
    with pytest.raises(storage.DamagedFile, match=d.quarantine_path):
        compute.compute(home, "2024-02")
    assert version(home) == 1
    (home.root / d.quarantine_path).write_bytes(whole)
    compute.compute(home, "2024-02")
    assert version(home) == VERSION


def test_without_its_key_nothing_changes(
    old: tuple[Home, dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = old
    monkeypatch.setenv(keys.VARIABLE, str(home.root / "sleutel"))
    with pytest.raises(UserError, match="ligt in de map met gegevens"):
        compute.compute(home, "2024-02")
    assert version(home) == 1 and holds_plain(home)


def test_a_kill_leaves_the_one_or_the_other(
    fork_server: ForkServer, old: tuple[Home, dict[str, object]], tmp_path: Path
) -> None:
    home, _ = old
    shutil.rmtree(home.results)
    assert killed_anywhere(fork_server, home.root, tmp_path, COMPUTE, random.Random(1), 4, is_one_or_other) == 4


@pytest.mark.slow
def test_kills_at_length(fork_server: ForkServer, old: tuple[Home, dict[str, object]], tmp_path: Path) -> None:
    home, _ = old
    shutil.rmtree(home.results)
    assert killed_anywhere(fork_server, home.root, tmp_path, COMPUTE, random.Random(2), 80, is_one_or_other) == 80


def is_one_or_other(home: Home) -> bool:
    if verify.check(home).damaged:
        return False
    if version(home) == 1:
        return True
    return all(received(home, d) for d in in_ledger(home) if d.archived and d.rows_in) and bool(keys_of(home))


def test_what_was_in_quarantine_is_sealed(old: tuple[Home, dict[str, object]]) -> None:
    home, _ = old
    compute.compute(home, "2024-02")
    (d,) = (d for d in in_ledger(home) if d.rows_quarantined and d.quarantine_path)
    assert quarantined(home, d).height == d.rows_quarantined
