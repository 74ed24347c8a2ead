"""From inbox to ledger: what is kept, what a second delivery does, and what a failure leaves behind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from small_inbox import (
    HEADER,
    LOCATIES,
    NOW,
    TODAY,
    assert_tidy,
    drop,
    files,
    in_ledger,
    inzet,
    locaties,
    quarantined,
    received,
    take,
)

from data_contracts.loader import contracts
from data_contracts.model import Contract, InternalError, Pending, Verdict
from pipelines import deliver, inbox, redelivery
from pipelines.deliver import Outcome
from pipelines.home import Home
from pipelines.inbox import InboxFile
from pipelines.ledger import Delivery, Ledger

pytestmark = pytest.mark.usefixtures("without_suite")
FILE = f"{LOCATIES}/2024-01.csv"
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
# Numbers that pass the test of the citizen service number; nobody's.
NUMBERS = [
    str(number)
    for number in range(111222000, 111222100)
    if sum(int(digit) * weight for digit, weight in zip(str(number), WEIGHTS, strict=True)) % 11 == 0
]


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, int | None, int]]:
    return [(o.verdict, o.delivery.number if o.delivery else None, o.exit_code) for o in outcomes]


def codes(outcome: Outcome) -> list[str]:
    return [f.code for f in outcome.findings]


def test_a_clean_delivery_is_kept_whole(home: Home) -> None:
    path = drop(home, FILE, locaties("a", "b"))
    (outcome,) = take(home)
    (d,) = in_ledger(home)
    assert outcome.delivery == d
    assert told([outcome]) == [("accepted", 1, 0)]
    assert (d.rows_in, d.rows_accepted, d.rows_quarantined) == (2, 2, 0)
    assert d.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert d.archived_path == f"archive/{d.sha256[:2]}/{d.sha256}"
    assert received(home, d) == path.read_bytes()
    assert d.accepted_path == f"lake/{LOCATIES}/2024-01/1-{d.sha256[:12]}.accepted.parquet"
    assert pl.read_parquet(home.root / d.accepted_path)["locatie_id"].to_list() == ["a", "b"]
    assert d.received_at == "2024-06-15T08:30:00+00:00"
    assert (d.contract_version, d.contract_digest) == (contracts()[LOCATIES].version, contracts()[LOCATIES].digest)
    assert_tidy(home)


def test_a_fictitious_delivery_came_when_its_file_was_last_changed(home: Home) -> None:
    path = drop(home, FILE, locaties("a"))
    planted = NOW.replace(month=2)
    os.utime(path, (planted.timestamp(), planted.timestamp()))
    home.inbox.with_name("inbox-waarheid.json").touch()
    take(home)
    later = drop(home, f"{LOCATIES}/2024-02.csv", locaties("b"))
    os.utime(later, (NOW.timestamp() + 60, NOW.timestamp() + 60))
    take(home)
    assert [d.received_at for d in in_ledger(home)] == [planted.isoformat(), NOW.isoformat()]


def test_a_real_delivery_comes_when_it_is_taken_whatever_its_file_says(home: Home) -> None:
    os.utime(drop(home, FILE, locaties("a")), (0, 0))
    take(home)
    assert [d.received_at for d in in_ledger(home)] == [NOW.isoformat()]


def test_rows_in_quarantine_are_kept_too(home: Home) -> None:
    drop(home, FILE, locaties("a", "b", "c", "d", broken=1))
    (outcome,) = take(home)
    assert told([outcome]) == [("accepted", 1, 1)]
    (d,) = in_ledger(home)
    assert (d.rows_in, d.rows_accepted, d.rows_quarantined) == (5, 4, 1)
    assert quarantined(home, d)["locatie_id"].to_list() == ["kapot-0"]
    assert_tidy(home)


def test_an_empty_file_says_that_there_was_nothing(home: Home) -> None:
    drop(home, f"{LOCATIES}/2024-01.leeg")
    assert told(take(home)) == [("accepted", 1, 0)]
    (d,) = in_ledger(home)
    assert (d.rows_in, d.extension, d.verdict) == (0, "leeg", "accepted")
    assert_tidy(home)


def test_the_same_bytes_again_change_nothing_at_all(home: Home) -> None:
    drop(home, FILE, locaties("a"))
    drop(home, f"{LOCATIES}/2024-02.csv", HEADER)
    take(home)
    before = files(home)
    times = {p: p.stat().st_mtime_ns for p in home.root.rglob("*") if p.is_file() and p.name != ".lock"}
    assert told(take(home)) == [("unchanged", 1, 0), ("unchanged", 1, 2)]
    assert files(home) == before
    assert {p: p.stat().st_mtime_ns for p in times} == times


def test_another_delivery_replaces_and_an_older_one_is_new_again(home: Home) -> None:
    first, second = locaties("a"), locaties("a", "b")
    for content, number in ((first, 1), (second, 2), (first, 3)):
        drop(home, FILE, content)
        assert told(take(home)) == [("accepted", number, 0)]
    with Ledger.open(home) as ledger:
        assert [(d.number, d.rows_in) for d in ledger.in_force()] == [(3, 1)]
    assert_tidy(home)


def test_a_refused_one_leaves_the_earlier_in_force(home: Home) -> None:
    good, bad = locaties("a"), "locatie_id;vt_regio\n"
    drop(home, FILE, good)
    take(home)
    drop(home, FILE, bad)
    (refused,) = take(home)
    assert told([refused]) == [("refused", 2, 2)]
    assert codes(refused) == ["kopregel"]
    (again,) = take(home)
    assert told([again]) == [("unchanged", 2, 2)]
    assert again.findings == refused.findings
    with Ledger.open(home) as ledger:
        assert [d.number for d in ledger.in_force()] == [1]
    drop(home, FILE, good)
    assert told(take(home)) == [("unchanged", 1, 0)]
    assert len(in_ledger(home)) == 2
    assert_tidy(home)


def test_a_refusal_is_looked_at_again_under_another_contract(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, FILE, "onzin\n")
    take(home)
    monkeypatch.setattr(deliver, "contracts", lambda: with_contract(digest="f" * 64))
    assert told(take(home)) == [("refused", 2, 2)]
    assert told(take(home)) == [("unchanged", 2, 2)]


def with_contract(**changes: Any) -> dict[str, Contract]:
    return {**contracts(), LOCATIES: replace(contracts()[LOCATIES], **changes)}


def test_two_files_for_a_month_are_both_refused(home: Home) -> None:
    drop(home, FILE, locaties("a", "b"))
    drop(home, f"{LOCATIES}/2024-01.leeg")
    outcomes = take(home)
    assert told(outcomes) == [("refused", 1, 2), ("refused", 2, 2)]
    assert [codes(o) for o in outcomes] == [[redelivery.DOUBLE], [redelivery.DOUBLE]]
    assert [(d.rows_in, d.rows_accepted, d.rows_quarantined) for d in in_ledger(home)] == [(2, 0, 2), (0, 0, 0)]
    assert told(take(home)) == [("unchanged", 1, 2), ("unchanged", 2, 2)]
    (home.inbox / f"{LOCATIES}/2024-01.leeg").unlink()
    assert told(take(home)) == [("accepted", 3, 0)]
    assert_tidy(home)


def test_a_second_file_does_not_undo_what_is_in_force(home: Home) -> None:
    drop(home, FILE, locaties("a"))
    take(home)
    drop(home, f"{LOCATIES}/2024-01.parquet", "geen parquet")
    assert told(take(home)) == [("refused", 2, 2), ("refused", 3, 2)]
    with Ledger.open(home) as ledger:
        assert [d.number for d in ledger.in_force()] == [1]


def test_the_same_bytes_from_two_partners_are_a_warning(home: Home) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a", "b"))
    drop(home, "reclassering/inzet/2024-01.csv", inzet("a", "b"))
    drop(home, "reclassering/inzet/2024-02.leeg")
    drop(home, "politie/inzet/2024-02.leeg")
    outcomes = take(home)
    assert [o.exit_code for o in outcomes] == [0, 0, 0, 0]
    warned = {o.file.name: [f for f in o.findings if f.code == redelivery.SAME] for o in outcomes if o.findings}
    assert [(name, [f.rows for f in found]) for name, found in warned.items()] == [("reclassering/inzet", [2])]
    assert "politie" in warned["reclassering/inzet"][0].message


def test_bytes_with_a_column_of_identifiers_are_not_kept(home: Home) -> None:
    drop(home, FILE, locaties(*NUMBERS[:6]))
    (outcome,) = take(home)
    assert told([outcome]) == [("refused", 1, 2)]
    (d,) = in_ledger(home)
    assert (d.archived, d.rows_in, d.rows_quarantined) == (False, 6, 6)
    assert set(files(home)) == {"ledger.sqlite"}
    kept = (home.root / "ledger.sqlite").read_bytes()
    assert not any(number.encode() in kept for number in NUMBERS)
    assert told(take(home)) == [("unchanged", 1, 2)]


@pytest.mark.parametrize(
    "content", ["locatie_id,bsn\na,111222333\n", "geen\x00csv,111222333\n"], ids=["header", "bytes"]
)
def test_bytes_that_nobody_looked_through_are_not_kept(home: Home, content: str) -> None:
    drop(home, FILE, content)
    assert told(take(home)) == [("refused", 1, 2)]
    assert not in_ledger(home)[0].archived
    assert set(files(home)) == {"ledger.sqlite"}
    assert_tidy(home)
    assert told(take(home)) == [("unchanged", 1, 2)]


def test_a_file_beyond_the_limit_is_refused_and_not_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(contracts()[LOCATIES].limits, max_bytes=100)
    monkeypatch.setattr(deliver, "contracts", lambda: with_contract(limits=limits))
    path = drop(home, FILE, locaties(*(f"id{i}" for i in range(1000))))
    (outcome,) = take(home)
    assert codes(outcome) == ["onleesbaar"]
    (d,) = in_ledger(home)
    assert (d.archived, d.rows_in) == (False, 0)
    assert d.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told(take(home)) == [("unchanged", 1, 2)]
    assert_tidy(home)


def test_one_that_fails_does_not_stop_the_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in ("2024-01", "2024-02", "2024-03"):
        drop(home, f"{LOCATIES}/{month}.csv", locaties(f"id-{month}"))
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    judge = deliver.verdict.judge

    def fails(contract: Contract, pending: Sequence[Pending], *rest: Any) -> list[Verdict]:
        if any(p.month == "2024-02" for p in pending):
            raise InternalError("counts differ: id-2024-02")
        return judge(contract, pending, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(deliver.verdict, "judge", fails)
        outcomes = take(home)
    assert [o.verdict for o in outcomes] == ["accepted", "error", "accepted", "accepted"]
    failed = outcomes[1]
    assert (failed.exit_code, failed.delivery) == (2, None)
    assert failed.message == "het systeem kon deze levering niet verwerken (InternalError); er is niets van bewaard"
    assert_tidy(home)
    assert [o.verdict for o in take(home)] == ["unchanged", "accepted", "unchanged", "unchanged"]
    assert_tidy(home)


def test_a_ledger_that_fails_leaves_no_files(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, FILE, locaties("a"))
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("b"))
    record = Ledger.record

    def fails(ledger: Ledger, delivery: Delivery, *rest: Any) -> Delivery:
        if delivery.month == "2024-01":
            raise sa.exc.OperationalError("insert", {}, Exception("database is locked"))
        return record(ledger, delivery, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "record", fails)
        assert [o.verdict for o in take(home)] == ["error", "accepted"]
    assert_tidy(home)
    assert told(take(home)) == [("accepted", 1, 0), ("unchanged", 1, 0)]
    assert_tidy(home)


def test_bytes_shared_with_a_recorded_delivery_stay(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    take(home)
    drop(home, "reclassering/inzet/2024-01.csv", inzet("a"))

    def fails(*_: Any) -> Delivery:
        raise sa.exc.OperationalError("insert", {}, Exception("full"))

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "record", fails)
        assert [o.verdict for o in take(home)] == ["unchanged", "error"]
    assert_tidy(home)


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:-1] + b"x")])
def test_damaged_rows_come_back_by_delivering_again(home: Home, damage: Callable[[Path], None]) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    drop(home, "politie/inzet/2024-02.csv", inzet("b"))
    take(home)
    first = in_ledger(home)[0]
    assert first.accepted_path is not None
    damage(home.root / first.accepted_path)
    assert told(take(home)) == [("accepted", 2, 0), ("unchanged", 1, 0)]
    with Ledger.open(home) as ledger:
        assert [(d.month, d.number) for d in ledger.in_force()] == [("2024-01", 2), ("2024-02", 1)]
    assert told(take(home)) == [("unchanged", 2, 0), ("unchanged", 1, 0)]


def test_damaged_history_is_named(home: Home) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    take(home)
    (first,) = in_ledger(home)
    assert first.accepted_path is not None
    (home.root / first.accepted_path).unlink()
    new = drop(home, "politie/inzet/2024-02.csv", inzet("b"))
    (outcome,) = deliver.deliver(home, inbox.select([new], TODAY).files, NOW)
    assert outcome.verdict == "error"
    assert "2024-01/1-" in outcome.message and "lever de maand opnieuw" in outcome.message


def test_a_file_that_grows_while_it_is_read_waits(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(home, FILE, locaties("a"))
    fstat = os.fstat
    looked = []

    def growing(descriptor: int) -> os.stat_result:
        looked.append(descriptor)
        with path.open("a") as handle:
            handle.write("x")
        return fstat(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(deliver.os, "fstat", growing)
        (outcome,) = take(home)
    assert looked
    assert outcome.verdict == "error"
    assert "veranderde terwijl het werd gelezen" in outcome.message
    assert in_ledger(home) == []
    assert_tidy(home)


@pytest.mark.parametrize("kind", ["link", "pipe", "gone", "folder"])
def test_what_took_the_place_of_a_file_is_not_opened(home: Home, tmp_path: Path, kind: str) -> None:
    path = drop(home, FILE, locaties("a"))
    found = inbox.scan(home.inbox, TODAY).files
    path.unlink()
    if kind == "link":
        (tmp_path / "geheim.csv").write_text(locaties("geheim"))
        path.symlink_to(tmp_path / "geheim.csv")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    (outcome,) = deliver.deliver(home, found, NOW)
    assert (outcome.verdict, outcome.exit_code) == ("error", 2)
    assert in_ledger(home) == []


def test_incidenten_come_before_the_meldingen_that_refer_to_them() -> None:
    names = ("landelijk_netwerk/tarieven", "politie/incidenten", "veilig_thuis/meldingen")
    made = [InboxFile(Path(n), *n.split("/"), "2024-01", "csv") for n in names]
    assert [f.name for f in deliver.in_order(reversed(made))] == [names[1], names[0], names[2]]


def test_batches_are_bounded_and_history_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in range(1, 6):
        drop(home, f"{LOCATIES}/2024-0{month}.csv", locaties("a", "b"))
    judged: list[tuple[list[str], list[str]]] = []
    judge = deliver.verdict.judge

    def watched(contract: Contract, pending: Sequence[Pending], history: Any, scratch: Path) -> list[Verdict]:
        judged.append(([p.month for p in pending], sorted(history.volumes)))
        return judge(contract, pending, history, scratch)

    monkeypatch.setattr(deliver.verdict, "judge", watched)
    monkeypatch.setattr(deliver, "BATCH_ROWS", 4)
    assert [o.verdict for o in take(home)] == ["accepted"] * 5
    assert judged == [
        (["2024-01", "2024-02"], []),
        (["2024-03", "2024-04"], ["2024-01", "2024-02"]),
        (["2024-05"], ["2024-01", "2024-02", "2024-03", "2024-04"]),
    ]


def test_progress_ends_at_the_total(home: Home) -> None:
    drop(home, FILE, locaties("a"))
    drop(home, f"{LOCATIES}/2024-02.leeg")
    heard: list[tuple[str, int, int]] = []
    deliver.deliver(home, inbox.scan(home.inbox, TODAY).files, NOW, lambda *step: heard.append(step))
    assert heard[0] == (f"{LOCATIES} 2024-01", 0, 2)
    assert heard[-1] == ("klaar", 2, 2)
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)


def test_what_is_seen_already_is_known_without_judging(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, FILE, locaties("a"))
    take(home)
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("b"))
    before = files(home)
    monkeypatch.setattr(deliver.verdict, "judge", None)
    seen, new = deliver.sort_seen(home, inbox.scan(home.inbox, TODAY).files)
    assert [o.file.month for o in seen] == ["2024-01"]
    assert [f.month for f in new] == ["2024-02"]
    assert files(home) == before
