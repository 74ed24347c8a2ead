"""What the rows say of data quality, held against a slow plain count over small nasty inboxes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import product
import pytest
from oracle.cases import world
from oracle.records import KEY, PARTNER_FEEDS, Deliveries, current, default_peildatum
from oracle.words import PARTNERS, amsterdam_date
from random_inbox import random_inbox

from data_contracts.loader import contracts
from indicators.calendar import month_of
from indicators.model import definitions
from pipelines.quality import KEYS, SCHEMA

SEEDS = (0, 1, 2, 3, 4, 5, 6, 15)
Key = tuple[str, str, str, str, str]
Count = dict[Key, tuple[float, float]]
# Required columns that can say that their value is not known.
UNKNOWN_POSSIBLE = {"melder", "aard_geweld", "onveiligheid"}
# No figure of quality depends on an indicator; one is computed, because a computation asks for one.
ONE_INDICATOR = {"casusregie_belegd": definitions()["casusregie_belegd"]}


class Tally:
    def __init__(self) -> None:
        self.hits: Counter[Key] = Counter()
        self.all: Counter[Key] = Counter()

    def add(self, partner: str, feed: str, moment: date, maat: str, part: str, hit: bool, by: Any = 1) -> None:
        key = (partner, feed, month_of(amsterdam_date(moment)), maat, part)
        self.hits[key] += by if hit else 0
        self.all[key] += by

    def counts(self) -> Count:
        return {key: (float(self.hits[key]), float(self.all[key])) for key in self.all}


def counted(deliveries: Deliveries, month: str) -> Count:
    """Every figure but those of the ledger, record by record."""
    tally = Tally()
    starts = {name: g.zaken[0].start for name, g in _families(deliveries, month).items() if g.zaken}
    known = {(r["registratie_id"], r["gezin"]) for r in current(deliveries, "politie", "incidenten", month)}
    for partner, feed in PARTNER_FEEDS:
        for row in current(deliveries, partner, feed, month):
            for column in _facts(feed, row):
                before = row["gezin"] not in starts or row[column] < starts[row["gezin"]]
                tally.add(partner, feed, row[column], "voor_eerste_zaak", column, before)
    for partner, feed, column, link, origin in (
        ("veilig_thuis", "meldingen", "politie_registratie_id", "melding_incident", "ontvangen_op"),
        ("openbaar_ministerie", "zsm_zaken", "registratie_id", "zaak_incident", "instroom_op"),
    ):
        for row in current(deliveries, partner, feed, month):
            if row[column] is not None:
                tally.add(partner, feed, row[origin], "koppeling", link, (row[column], row["gezin"]) in known)
    there = world(deliveries, month)
    for partner in PARTNERS:
        for row in current(deliveries, partner, "inzet", month):
            without = there.uurtarief({**row, "partner": partner}) is None
            tally.add(partner, "inzet", row["begonnen_op"], "zonder_tarief", "rijen", without)
            tally.add(partner, "inzet", row["begonnen_op"], "zonder_tarief", "uren", without, Decimal(row["uren"]))
    return tally.counts() | _filled(deliveries, month)


def _families(deliveries: Deliveries, month: str) -> dict[str, Any]:
    found = {}
    for gezin in world(deliveries, month).gezinnen:
        rows = (*gezin.meldingen, *gezin.incidenten, *gezin.overleggen, *gezin.zsm_zaken, *gezin.onderzoeken)
        for row in (*rows, *gezin.trajecten, *gezin.inzet):
            found[row["gezin"]] = gezin
    return found


def _facts(feed: str, row: dict[str, Any]) -> list[str]:
    columns = {
        "meldingen": ["ontvangen_op"],
        "actieoverleggen": ["gehouden_op"],
        "incidenten": ["gemeld_op", *(["vt_betrokken_op"] if row.get("hg_label") else [])],
        "zsm_zaken": ["instroom_op", "vt_geraadpleegd_op"],
        "onderzoeken": ["verzoek_op"],
        "trajecten": ["aangemeld_op"],
        "inzet": ["begonnen_op"],
    }
    return [column for column in columns[feed] if row[column] is not None]


def _filled(deliveries: Deliveries, month: str) -> Count:
    """Of every delivery its own rows, whatever became of the records later."""
    out: Count = {}
    for (partner, feed), by_month in deliveries.items():
        optional = {c.name for c in contracts()[f"{partner}/{feed}"].columns if not c.required}
        for m, rows in by_month.items():
            kept = [row for row in rows if not row["vervallen"]]
            if m > month or not kept:
                continue
            for column in (optional | UNKNOWN_POSSIBLE) & set(kept[0]):
                filled = [row for row in kept if row[column] not in (None, "onbekend")]
                out[partner, feed, m, "gevuld", column] = (float(len(filled)), float(len(kept)))
    return out


def measured(deliveries: Deliveries, month: str, folder: Path) -> Count:
    folder.mkdir()
    found = product.compute(deliveries, month, folder, chosen=ONE_INDICATOR).quality
    assert dict(found.schema) == SCHEMA
    assert found.select(KEYS).is_duplicated().sum() == 0
    return {
        (partner, feed, month, maat, part): (teller, noemer)
        for partner, feed, month, maat, part, teller, noemer, _ in found.rows()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_the_plain_count(seed: int, tmp_path: Path) -> None:
    deliveries = random_inbox(seed)
    month = default_peildatum(deliveries)
    assert measured(deliveries, month, tmp_path / "rijen") == counted(deliveries, month)


def test_the_inboxes_show_every_measure_both_ways() -> None:
    """Otherwise the comparison would prove little."""
    some: set[tuple[str, str]] = set()
    none: set[tuple[str, str]] = set()
    for seed in SEEDS:
        deliveries = random_inbox(seed)
        for (_, _, _, maat, part), (teller, noemer) in counted(deliveries, default_peildatum(deliveries)).items():
            (some if teller else none).add((maat, part))
            if teller < noemer:
                none.add((maat, part))
    asked = {("koppeling", "melding_incident"), ("koppeling", "zaak_incident"), ("zonder_tarief", "rijen")}
    asked |= {("zonder_tarief", "uren"), ("gevuld", "aard_geweld"), ("gevuld", "besluit")}
    asked |= {("voor_eerste_zaak", c) for c in ("gemeld_op", "instroom_op", "verzoek_op", "begonnen_op", "gehouden_op")}
    assert asked <= some & none
    assert set(KEY) >= {feed for _, feed in PARTNER_FEEDS}


def test_a_withdrawn_row_and_a_later_delivery_change_what_they_should(tmp_path: Path) -> None:
    deliveries = random_inbox(3)
    month = default_peildatum(deliveries)
    before = measured(deliveries, month, tmp_path / "voor")
    rows = deliveries["politie", "incidenten"]
    gone = {m: [{**row, "vervallen": True} for row in kept] for m, kept in rows.items()}
    after = measured({**deliveries, ("politie", "incidenten"): gone}, month, tmp_path / "na")
    links = [key for key in before if key[3] == "koppeling"]
    assert any(before[key][0] for key in links) and not any(after[key][0] for key in links)
    assert [key for key in after if key[1] == "incidenten"] == []
