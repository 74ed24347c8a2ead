"""The steward's desk on a home that went the whole road: what it gives is what the ledger and the files hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from data_contracts.loader import contracts
from indicators import calendar
from pipelines import publication
from pipelines.desk import DELIVERY_SCHEMA, Desk, UserError
from pipelines.home import Home
from pipelines.ledger import Ledger

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(delivered: Home) -> Desk:
    return Desk.at(delivered.root)


def test_deliveries_and_findings_are_those_of_the_ledger(desk: Desk, delivered: Home) -> None:
    with Ledger.open(delivered) as ledger:
        known, found, in_force = ledger.all(), ledger.findings(), ledger.in_force()
    given = desk.deliveries()
    assert given.schema == DELIVERY_SCHEMA and given.height == len(known)
    assert given["geldt"].sum() == len(in_force)
    assert given.filter(pl.col("rijen") != pl.col("geaccepteerd") + pl.col("quarantaine")).is_empty()
    assert desk.findings().height == sum(map(len, found.values())) > 0
    months = [d.month for d in known]
    assert desk.months(date(2030, 1, 1)) == calendar.months_between(min(months), max(months))


def test_rows_in_quarantine_are_as_many_as_the_ledger_says(desk: Desk) -> None:
    broken = desk.deliveries().filter(pl.col("quarantaine") > 0).row(0, named=True)
    feed = f"{broken['partner']}/{broken['feed']}"
    rows = desk.quarantined(feed, broken["maand"], broken["nummer"])
    assert rows.height == broken["quarantaine"]
    assert rows.columns == ["regel", "redenen", *(c.name for c in contracts()[feed].columns)]
    assert rows["redenen"].list.len().min() > 0
    whole = desk.deliveries().filter(quarantaine=0).row(0, named=True)
    assert desk.quarantined(f"{whole['partner']}/{whole['feed']}", whole["maand"], 1).is_empty()
    with pytest.raises(UserError, match="Levering 9 van politie/inzet over 2020-01 staat niet in het register"):
        desk.quarantined("politie/inzet", "2020-01", 9)


def test_a_fictitious_country_owes_nothing_after_its_last_delivery(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    owed = desk.owed(NOW)
    last = desk.months(NOW.date())[-1]
    assert calendar.month_of(owed.day) == calendar.add_months(last, 1)
    assert set(owed.months["staat"]) == {"geleverd"} and owed.reminders == {}
    # The same deliveries of a country that is real.
    monkeypatch.setattr(Home, "is_fictitious", property(lambda _: False))
    owed = desk.owed(NOW)
    assert owed.day == NOW.date()
    assert set(owed.months.filter(pl.col("maand") > last)["staat"]) == {"ontbreekt", "te laat", "verwacht"}
    assert "ontbreekt" in owed.months["staat"].to_list()
    assert owed.reminders.keys() == {name.split("/")[0] for name in contracts() if "landelijk" not in name}
    assert "Beste collega" in owed.reminders["politie"]


def test_a_figure_is_explained(desk: Desk, delivered: Home) -> None:
    row = publication.cube_of(delivered, "0001").filter(indicator="hg_herkend_bij_instroom").row(0, named=True)
    cell = {name: row[name] for name in ("indicator", "regio", "periode", "dimensie", "categorie")}
    assert desk.explain("0001", cell).is_equal
    with pytest.raises(UserError, match="heeft dit cijfer niet"):
        desk.explain("0001", {**cell, "regio": "atlantis"})


def test_a_home_without_anything(empty_home: Home) -> None:
    desk = Desk.at(empty_home.root)
    assert desk.deliveries().is_empty() and desk.findings().is_empty() and desk.months(date(2030, 1, 1)) == []
    assert desk.owed(NOW).months.is_empty()
    assert list(desk.backfills()) == [] and desk.previews() == [] and desk.publications() == []
    empty_home.inbox.rmdir()
    assert desk.months(date(2030, 1, 1)) == []
    with pytest.raises(UserError, match="nog geen enkele"):
        desk.preview("0001")
    with pytest.raises(UserError, match="bestaat niet"):
        Desk.at(empty_home.root / "niets")
