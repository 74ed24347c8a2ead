"""At the door: pseudonyms under the key of the home; a verdict and a figure are the same under any key."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from small_inbox import INZET_HEADER, drop, in_ledger, inzet, take

from data_contracts import door
from data_contracts.loader import contracts
from pipelines import compute, deliver, inbox, keys, pseudonyms
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.pseudonyms import Entered
from pipelines.synthesis import synthesize

from small_inbox import NOW, TODAY  # isort: skip

pytestmark = pytest.mark.usefixtures("without_suite")
FEED = "politie/inzet"
KEYS = Keys(b"1" * 32)
ONE, OTHER = "a" * 26, "b" * 26
ROW = ",utrecht,regulier,regulier,agent,fysiek,2024-01-02T10:00:00Z,2024-01-02T11:00:00Z,1.00,false\n"


def entered(folder: Path, text: str, *erased: str, kept: bool = False) -> Entered:
    path = folder / "bytes"
    path.write_text(text)
    contract = contracts()[FEED]
    read = door.read(path, "csv", contract, folder)
    return pseudonyms.enter(read, contract, KEYS, frozenset(KEYS.marks(erased)), folder, kept=kept)


def rows(found: Entered) -> list[tuple[int, int, str | None, str | None]]:
    assert found.door.table
    table = pq.read_table(found.door.table)
    assert table.num_rows == found.door.rows_in
    return list(zip(*(table.column(name).to_pylist() for name in ("rij", "regel", "inzet_id", "gezin")), strict=True))


def test_pseudonyms_are_those_of_the_lake_and_what_is_none_stays(tmp_path: Path) -> None:
    text = INZET_HEADER + f"1,{ONE}{ROW}2,{ONE[1:]}{ROW}3,{OTHER}{ROW}4,{ROW}5,{ONE.upper()}{ROW}6,{ONE}{ROW}"
    one, other = KEYS.pseudonyms([ONE, OTHER])
    found = [one, ONE[1:], other, None, ONE.upper(), one]
    got = entered(tmp_path, text)
    assert rows(got) == [(i, i + 1, str(i), gezin) for i, gezin in enumerate(found, start=1)]
    assert got.erased == 0


def test_a_feed_without_persons_is_left_alone(tmp_path: Path) -> None:
    read = door.DoorResult(None, None, 3, tmp_path / "tabel")
    contract = contracts()["landelijk_netwerk/opleidingen"]
    assert pseudonyms.enter(read, contract, KEYS, (), tmp_path) == Entered(read, 0)


@pytest.mark.parametrize(
    "row",
    [
        f"2,{OTHER}{ROW}",
        f"{OTHER},{ONE}{ROW}",
        f"VT-{OTHER},{ONE}{ROW}",
        f"vt{OTHER},{ONE}{ROW}",
        f"2,{OTHER.upper()}{ROW}",
        f"2,{OTHER},te,veel,{ROW}",
        f"{OTHER}\n",
    ],
)
def test_a_row_that_names_an_erased_gezin_goes_no_further(tmp_path: Path, row: str) -> None:
    found = entered(tmp_path, f"{INZET_HEADER}1,{ONE}{ROW}{row}3,{ONE}{ROW}", OTHER)
    assert found.erased == 1
    assert [(rij, regel, record) for rij, regel, record, _ in rows(found)] == [(1, 2, "1"), (2, 4, "3")]


def test_a_file_of_erased_gezinnen_alone_is_not_refused_as_empty(tmp_path: Path) -> None:
    found = entered(tmp_path, f"{INZET_HEADER}1,{OTHER}{ROW}", OTHER)
    assert found == Entered(door.DoorResult(None, None, 0, None), 1, frozenset({OTHER}))


def test_the_trace_of_an_erased_row_counts_in_kept_bytes_alone(tmp_path: Path) -> None:
    text = f"{INZET_HEADER},gewist,,,,,,,,,\n2,gewist{ROW}"
    assert entered(tmp_path, text).erased == 0
    found = entered(tmp_path, text, kept=True)
    assert (found.erased, [row[2] for row in rows(found)]) == (1, ["2"])


def test_the_lake_never_bears_what_partners_write(home: Home) -> None:
    drop(home, f"{FEED}/2024-01.csv", inzet(*map(str, range(9))) + f"9,{ONE},nergens{ROW[8:]}")
    take(home)
    (d,) = in_ledger(home)
    assert d.accepted_path and d.quarantine_path and (d.rows_accepted, d.rows_quarantined) == (9, 1)
    assert set(pl.read_parquet(home.root / d.accepted_path)["gezin"]) == {*lake_name(ONE)}


def lake_name(gezin: str) -> list[str]:
    return Keys(keys.place().read_bytes()).pseudonyms([gezin])


def test_verdicts_and_figures_are_the_same_under_any_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where ties are broken, and in what order floats are added: the bytes of every table."""
    synthesize(tmp_path / "inbox", "2020-01", "2020-04", 0.004, 1)
    found = inbox.scan(tmp_path / "inbox", TODAY).files
    told, made = [], []
    for name in "01":
        path = tmp_path / f"sleutel-{name}"
        path.write_bytes(hashlib.sha256(name.encode()).digest())
        path.chmod(0o600)
        monkeypatch.setenv(keys.VARIABLE, str(path))
        home = Home.open(tmp_path / f"huis-{name}", create=True)
        outcomes = deliver.deliver(home, found, NOW)
        told.append([(o.file, o.verdict, o.findings, without_digests(o)) for o in outcomes])
        made.append(compute.compute(home))
    assert told[0] == told[1]
    assert made[0].record["files"] == made[1].record["files"]
    assert len(made[0].read("indicator_values")) > 5_000


def without_digests(outcome: deliver.Outcome) -> object:
    assert outcome.delivery
    return replace(outcome.delivery, accepted_sha256=None, quarantine_sha256=None, archived_sha256=None)
