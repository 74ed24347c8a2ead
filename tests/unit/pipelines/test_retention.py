"""What is past the term of its contract is removed, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from small_inbox import LOCATIES, TODAY, assert_tidy, drop, files, in_ledger, locaties

from data_contracts.loader import contracts
from data_contracts.model import Retention
from pipelines import cli, deliver, inbox, retention
from pipelines.desk import Desk
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.retention import Retained

pytestmark = pytest.mark.usefixtures("without_suite")


@pytest.fixture(autouse=True)
def terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(contracts(), LOCATIES, replace(contracts()[LOCATIES], retention=Retention(3, 1)))


def take_at(home: Home, day: str) -> None:
    deliver.deliver(
        home, inbox.scan(home.inbox, TODAY).files, datetime.fromisoformat(f"{day}T22:30:00").replace(tzinfo=UTC)
    )


def kept(home: Home) -> list[tuple[str, bool, bool]]:
    return [(d.month, d.archived, d.quarantine_path is not None) for d in in_ledger(home)]


@pytest.fixture
def two(home: Home) -> Home:
    """A delivery of 31 January (after midnight in Amsterdam: 1 February) and one of a month later."""
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a", "b", "c", "d", broken=1))
    take_at(home, "2024-01-31")
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("a", "b", "c", "e", broken=1))
    take_at(home, "2024-03-01")
    return home


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 2, 29), [("2024-01", True, True), ("2024-02", True, True)]),
        (date(2024, 3, 1), [("2024-01", True, False), ("2024-02", True, True)]),
        (date(2024, 4, 30), [("2024-01", True, False), ("2024-02", True, False)]),
        (date(2024, 5, 1), [("2024-01", False, False), ("2024-02", True, False)]),
        (date(2030, 1, 1), [("2024-01", False, False), ("2024-02", False, False)]),
    ],
)
def test_each_is_kept_for_its_own_term(two: Home, today: date, expected: list[tuple[str, bool, bool]]) -> None:
    before = in_ledger(two)
    done = retention.enforce(two, today)
    assert kept(two) == expected
    counts = (sum(not archived for _, archived, _ in expected), sum(not there for *_, there in expected))
    assert done == Retained(today, *counts)
    assert_tidy(two)
    for old, new in zip(before, in_ledger(two), strict=True):
        assert (old.accepted_path, old.accepted_sha256, old.rows_in) == (
            new.accepted_path,
            new.accepted_sha256,
            new.rows_in,
        )
    assert retention.enforce(two, today) == Retained(today, 0, 0)


def test_the_same_bytes_are_still_recognised(two: Home) -> None:
    retention.enforce(two, date(2030, 1, 1))
    before = files(two)
    take_at(two, "2024-06-01")
    assert files(two) == before


def test_bytes_that_came_again_are_kept_as_long_as_the_later_one(two: Home) -> None:
    drop(two, f"{LOCATIES}/2024-02.csv", locaties("a", "b", "c", "d", broken=1))
    take_at(two, "2024-06-01")
    retention.enforce(two, date(2024, 7, 1))
    assert kept(two) == [("2024-01", False, False), ("2024-02", False, False), ("2024-02", True, True)]
    assert_tidy(two)


def test_rows_that_are_gone_are_not_shown_as_none(two: Home) -> None:
    retention.enforce(two, date(2030, 1, 1))
    with pytest.raises(UserError, match="na de bewaartermijn verwijderd"):
        Desk(two).quarantined(LOCATIES, "2024-01", 1)


def test_a_fictitious_country_is_as_old_as_its_last_month(two: Home) -> None:
    two.inbox.with_name("inbox-waarheid.json").write_text("{}")
    assert retention.enforce(two, date(2030, 1, 1)).day < date(2024, 4, 1)


def test_the_command(two: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["retain", "--home", str(two.root)]) == 0
    assert "Verwijderd omdat de bewaartermijn op" in capsys.readouterr().out
    assert cli.run(["retain", "--home", str(two.root)]) == 0
    assert "niets te verwijderen" in capsys.readouterr().out
