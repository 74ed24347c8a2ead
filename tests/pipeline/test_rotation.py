"""Another key: every figure and every row is what it was, the old key opens nothing, and nothing is ever in between."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from fork_server import ForkServer
from interrupted import assert_tidy_names, content, killed_anywhere
from journey import Stage, incidenten
from small_inbox import drop, files, in_ledger, keys_of, received, take

from data_contracts import rows
from pipelines import cli, compute, erasure, keys, lake, rotation, sealing, storage, verify
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.ledger import Ledger

UNTIL = "2024-02"
GEZINNEN = [f"{'b' * 25}{letter}" for letter in "abcdefgh"]


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


@pytest.fixture
def home(stages: list[Stage], tmp_path: Path) -> Home:
    """Deliveries with a quarantine and a refusal, results and a publication."""
    home = stages[4].copy(tmp_path / "huis")
    compute.compute(home, UNTIL)
    return home


def original(mine: Keys) -> dict[str, str]:
    """What partners call the gezinnen of the lake."""
    return dict(zip(mine.pseudonyms(GEZINNEN), GEZINNEN, strict=True))


def test_every_row_and_figure_stays(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, figures, old = content(home, original), files(home), keys_of(home)
    to = tmp_path / "nieuw"
    assert rotation.rotate(home, to) == rotation.Rotated(made=True)
    monkeypatch.setenv(keys.VARIABLE, str(to))
    assert content(home, original) == before
    assert verify.check(home).damaged == []
    assert_tidy_names(home)
    assert compute.compute(home, UNTIL).unchanged
    (home.results / compute.MANIFEST).unlink()
    compute.compute(home, UNTIL)
    now = files(home)
    assert {k: v for k, v in now.items() if k.startswith("results/")} == {
        k: v for k, v in figures.items() if k.startswith("results/")
    }
    assert not {v for k, v in now.items() if "quarantine" in k or k.startswith("archive/")} & {*figures.values()}
    assert not {*old.pseudonyms(GEZINNEN)} & {*keys_of(home).pseudonyms(GEZINNEN)}


def test_the_old_key_opens_nothing(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, file = keys_of(home), keys.place()
    rotation.rotate(home, tmp_path / "nieuw")
    for d in in_ledger(home):
        for path, key in ((d.archived_path, old.archive), (d.quarantine_path, old.quarantine)):
            if path:
                with pytest.raises(storage.DamagedFile):
                    sealing.unsealed(home.root / path, key, d.sha256)
        if d.accepted_path and "gezin" in (frame := pl.read_parquet(lake.accepted_file(home, d))).columns:
            assert not {*frame["gezin"]} & {*old.pseudonyms(GEZINNEN)}
    drop(home, "politie/incidenten/2024-03.csv", incidenten("2024-03", 4))
    with pytest.raises(UserError, match="is niet die van deze map"):
        take(home)
    assert keys.place() == file


def test_what_comes_later_is_of_the_same_gezinnen(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two rotations, with one gezin erased in between; it stays out, and redeliveries are recognised."""
    first = original(keys_of(home))
    erasure.erase(home, GEZINNEN[0])
    for name in ("een", "twee"):
        rotation.rotate(home, tmp_path / name)
        monkeypatch.setenv(keys.VARIABLE, str(tmp_path / name))
    assert {*original(keys_of(home))}.isdisjoint(first)
    drop(home, "politie/incidenten/2024-03.csv", incidenten("2024-03", 9))
    outcomes = take(home)
    assert [o.verdict for o in outcomes if o.file.month == "2024-01"] == ["unchanged"] * 3
    (d,) = (d for d in in_ledger(home) if d.month == "2024-03")
    assert (d.rows_in, d.rows_accepted, d.rows_erased) == (9, 7, 2)
    names = pl.read_parquet(lake.accepted_file(home, d))["gezin"].replace(original(keys_of(home)))
    assert {*names} == {*GEZINNEN[1:]}
    assert GEZINNEN[0] not in received(home, d).decode()
    earlier = next(d for d in in_ledger(home) if d.month == "2024-01" and "incidenten" in d.name)
    assert {*pl.read_parquet(lake.accepted_file(home, earlier))["gezin"]} >= {*keys_of(home).pseudonyms(GEZINNEN[1:])}


def test_a_key_that_the_home_has_already_changes_nothing(home: Home) -> None:
    before = files(home)
    assert rotation.rotate(home, keys.place()).unchanged
    assert files(home) == before


def test_without_the_old_key_or_with_an_unsafe_new_one_nothing_changes(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(home)
    unsafe = tmp_path / "open"
    unsafe.write_bytes(b"1" * 32)
    unsafe.chmod(0o644)
    with pytest.raises(UserError, match="voor anderen te lezen"):
        rotation.rotate(home, unsafe)
    with pytest.raises(UserError, match="ligt in de map met gegevens"):
        rotation.rotate(home, home.root / "sleutel")
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "weg"))
    with pytest.raises(UserError, match="is er niet"):
        rotation.rotate(home, tmp_path / "nieuw")
    assert files(home) == before


def test_the_command(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "nieuw"
    assert cli.run(["rotate-key", "--new-key", str(to), "--home", str(home.root)]) == 0
    assert f"VEILIGHEID_KEY_FILE={to}" in capsys.readouterr().out
    assert cli.run(["rotate-key", "--new-key", str(to), "--home", str(home.root)]) == 0
    assert "niets te doen" in capsys.readouterr().out


def test_a_kill_leaves_the_one_key_or_the_other(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    assert _kills(fork_server, stages, tmp_path, 4) == 4


@pytest.mark.slow
def test_kills_at_length(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    assert _kills(fork_server, stages, tmp_path, 80) == 80


def _kills(server: ForkServer, stages: list[Stage], folder: Path, trials: int) -> int:
    home = stages[4].copy(folder / "begin")
    to = folder / "nieuw"
    to.touch(mode=0o600)
    to.write_bytes(b"n" * 32)
    whole, old = content(home, original), keys_of(home)

    def of_one_key(now: Home) -> bool:
        with Ledger.open(now) as ledger:
            known = ledger.key()
        assert known and not verify.check(now).damaged
        with pytest.MonkeyPatch.context() as patched:
            if known.identity != old.identity:
                patched.setenv(keys.VARIABLE, str(to))
            return content(now, original) == whole

    command = ("rotate-key", "--new-key", str(to))
    return killed_anywhere(server, home.root, folder, command, random.Random(3), trials, of_one_key, to)
