"""The ledger keeps what was judged, whole, and refuses what can't be true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_contracts.model import Evaluation, Finding
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home
from pipelines.ledger import Backfill, Delivery, Ledger, backfills, deliveries, home_version, metadata

ONE = Delivery(
    partner="politie",
    feed="incidenten",
    month="2024-01",
    number=1,
    sha256="a" * 64,
    extension="csv",
    verdict="accepted",
    rows_in=10,
    rows_accepted=9,
    rows_quarantined=1,
    received_at="2024-02-01T08:00:00+00:00",
    contract_version="1.0.0",
    contract_digest="c" * 64,
    archived_path="archive/a",
    archived_sha256="f" * 64,
    accepted_path="lake/a",
    accepted_sha256="d" * 64,
    quarantine_path="lake/q",
    quarantine_sha256="e" * 64,
)
REFUSED = replace(
    ONE,
    verdict="refused",
    rows_accepted=0,
    rows_quarantined=10,
    accepted_path=None,
    accepted_sha256=None,
    quarantine_path=None,
    quarantine_sha256=None,
)
FINDING = Finding("datum_vroeg", "rij", 1, "1 rij: te vroeg.")


def test_a_delivery_comes_back_as_it_was_recorded(home: Home) -> None:
    evaluation = Evaluation("datum_vroeg", "rij", "evaluated", 1)
    with Ledger.open(home, create=True) as ledger:
        recorded = ledger.record(ONE, [FINDING], [evaluation])
    with Ledger.open(home) as ledger:
        assert ledger.all() == [recorded]
        assert replace(recorded, id=None) == ONE
        assert ledger.findings() == {recorded.id: [FINDING]}
        assert ledger.evaluations(recorded) == [evaluation]
        assert ledger.evaluations_by_delivery() == {recorded.id: [evaluation]}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ONE, rows_accepted=8),
        replace(ONE, verdict="misschien"),
        replace(ONE, accepted_path=None),
        replace(REFUSED, accepted_path="lake/a", accepted_sha256="d" * 64),
    ],
)
def test_what_can_not_be_true_is_not_recorded(home: Home, wrong: Delivery) -> None:
    with Ledger.open(home, create=True) as ledger:
        with pytest.raises(sa.exc.IntegrityError):
            ledger.record(wrong, [FINDING], [])
        assert ledger.all() == []
        assert ledger.findings() == {}


def test_a_number_is_given_once(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        ledger.record(ONE, [], [])
        with pytest.raises(sa.exc.IntegrityError):
            ledger.record(REFUSED, [], [])


def test_all_or_nothing(home: Home) -> None:
    broken = Finding("code", "rij", None, "zonder aantal")
    with Ledger.open(home, create=True) as ledger:
        with pytest.raises(sa.exc.IntegrityError):
            ledger.record(ONE, [FINDING, broken], [])
        assert ledger.all() == []
        assert ledger.findings() == {}


def test_in_force_is_the_latest_accepted_of_a_month(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        for delivery in (
            ONE,
            replace(ONE, number=2, rows_in=11, rows_accepted=10),
            replace(REFUSED, number=3),
            replace(ONE, month="2024-02"),
            replace(REFUSED, month="2024-03"),
        ):
            ledger.record(delivery, [], [])
        assert [(d.month, d.number) for d in ledger.in_force()] == [("2024-01", 2), ("2024-02", 1)]
        assert [(d.month, d.number) for d in ledger.in_force("2024-01")] == [("2024-01", 2)]
        assert ledger.delivered_months() == {"politie/incidenten": {"2024-01", "2024-02"}}
        assert ledger.delivered_months("2023-12") == {}
        last = ledger.last("politie/incidenten", "2024-01")
        assert last is not None and (last.number, last.verdict) == (3, "refused")
        assert ledger.last("politie/incidenten", "2024-04") is None


def test_numbers_sort_as_numbers(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        for number in (10, 9, 2):
            ledger.record(replace(ONE, number=number), [], [])
        assert [d.number for d in ledger.all()] == [2, 9, 10]


def test_reading_makes_no_ledger(home: Home) -> None:
    with Ledger.open(home) as ledger:
        assert ledger.all() == []
    assert not (home.root / "ledger.sqlite").exists()


def test_reading_changes_no_byte(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        ledger.record(ONE, [], [])
    path = home.root / "ledger.sqlite"
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with Ledger.open(home) as ledger:
        assert len(ledger.all()) == 1
    with Ledger.open(home, create=True):
        pass
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [p.name for p in home.root.iterdir() if p.name.startswith("ledger")] == ["ledger.sqlite"]


@pytest.mark.parametrize(
    "url",
    ["sqlite:////bestaat/niet/x.sqlite", "geenbank://x", "zomaar", "postgresql://naam:ge@heim:oord@host/register"],
)
def test_a_ledger_that_can_not_be_opened(home: Home, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", url)
    with pytest.raises(UserError, match="register van leveringen is niet te openen"):
        Ledger.open(home, create=True)


@pytest.mark.parametrize(("url", "passes"), [("postgresql://127.0.0.1:1/x", True), ("geenbank://x", False)])
def test_a_database_out_of_reach_may_be_back_later(
    home: Home, monkeypatch: pytest.MonkeyPatch, url: str, passes: bool
) -> None:
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", url)
    with pytest.raises(UserError) as met:
        Ledger.open(home)
    assert isinstance(met.value, TemporaryError) is passes


def test_a_ledger_is_made_whole_or_not_at_all(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(connection: sa.Connection) -> None:
        deliveries.create(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(metadata, "create_all", half)
        with pytest.raises(KeyboardInterrupt):
            Ledger.open(home, create=True)
    with Ledger.open(home) as ledger:
        assert ledger.all() == []
    with Ledger.open(home, create=True) as ledger:
        ledger.record(ONE, [], [])
        assert len(ledger.all()) == 1


def test_a_file_that_is_no_ledger(home: Home) -> None:
    Path(home.root / "ledger.sqlite").write_text("dit is geen database, maar wel lang genoeg om er een te lijken" * 20)
    with pytest.raises(UserError, match="register van leveringen is niet te openen"):
        Ledger.open(home)


def test_a_ledger_that_is_damaged_further_on(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        for number in range(1, 200):
            ledger.record(replace(ONE, number=number), [], [])
    path = home.root / "ledger.sqlite"
    whole = path.read_bytes()
    # What it opens with, its tables and its version, lies in the first pages.
    opened = len(whole) // 2
    path.write_bytes(whole[:opened] + b"\xff" * (len(whole) - opened))
    with Ledger.open(home) as ledger, pytest.raises(UserError, match="register van leveringen is niet te lezen"):
        ledger.all()


def test_nothing_in_it_is_of_one_database_only() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    written = "\n".join(str(CreateTable(t).compile(dialect=postgresql.dialect())) for t in metadata.sorted_tables)
    assert "CHECK (rows_in = rows_accepted + rows_quarantined)" in written


@pytest.mark.parametrize("name", ["x?y", "a%41", "b#c&d=e", "huis[1]", "met spatie"])
def test_every_home_has_a_ledger_of_its_own(tmp_path: Path, name: str) -> None:
    """A folder's name is no part of an address, where ? and % have a meaning."""
    home = Home.open(tmp_path / name, create=True)
    with Ledger.open(home, create=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "ledger.sqlite").is_file()


BACKFILL = Backfill(
    "2024-01",
    "2024-03",
    ("politie/incidenten", "politie/inzet"),
    approved_by="beheerder",
    approved_at="2024-05-01T08:00:00+00:00",
    preview="0002",
    publication_before="0007",
)


def test_a_backfill_is_recorded_before_it_begins_and_when_it_ends(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        begun = ledger.begin(BACKFILL)
        assert replace(begun, id=None) == BACKFILL
        ended = replace(begun, status="done", ended_at="2024-05-01T08:09:00+00:00", publication_after="0008")
        ledger.end(replace(ended, outcome="3 cijfers veranderd"))
    with Ledger.open(home) as ledger:
        assert ledger.backfills() == [replace(ended, outcome="3 cijfers veranderd")]


def test_one_that_was_cut_off_is_stopped_when_the_next_begins(home: Home) -> None:
    with Ledger.open(home, create=True) as ledger:
        ledger.begin(BACKFILL)
        ledger.begin(replace(BACKFILL, approved_at="2024-05-02T08:00:00+00:00"))
        last, first = ledger.backfills()
    assert (first.status, first.ended_at) == ("stopped", "2024-05-02T08:00:00+00:00")
    assert (last.status, last.ended_at) == ("running", None)


def test_a_ledger_of_before_there_were_backfills_gets_them(home: Home) -> None:
    engine = sa.create_engine(f"sqlite:///{home.ledger_file}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        backfills.drop(connection)
        home_version.drop(connection)
    engine.dispose()
    with Ledger.open(home) as ledger:
        assert ledger.backfills() == []
    with Ledger.open(home, create=True) as ledger:
        assert ledger.begin(BACKFILL).id == 1


def test_a_home_of_a_later_version_is_left_alone(home: Home) -> None:
    with Ledger.open(home, create=True):
        pass
    engine = sa.create_engine(f"sqlite:///{home.ledger_file}")
    with engine.begin() as connection:
        connection.execute(sa.update(home_version).values(version=99))
    engine.dispose()
    for create in (False, True):
        with pytest.raises(UserError, match=r"nieuwere versie van het systeem \(indeling 99"):
            Ledger.open(home, create=create)


def test_a_copy_holds_every_delivery_and_all_that_belongs_to_it(home: Home, tmp_path: Path) -> None:
    shadow = Home(tmp_path / "schaduw", is_shadow=True)
    shadow.root.mkdir()
    evaluation = Evaluation("datum_vroeg", "rij", "evaluated", 1)
    with Ledger.open(home, create=True) as ledger, Ledger.open(shadow, create=True) as copy:
        recorded = ledger.record(ONE, [FINDING], [evaluation])
        ledger.copy_to(copy)
        assert copy.all() == [recorded]
        assert copy.findings() == ledger.findings() and copy.evaluations(recorded) == [evaluation]
        assert copy.record(replace(ONE, number=2), [], []).id != recorded.id
        assert len(ledger.all()) == 1
