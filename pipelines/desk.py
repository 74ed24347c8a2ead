"""The steward's desk: all that dashboards may know of a home beyond its publications.

The one module of pipelines that dashboards may import (docs/decisions/0043-stewards-desk.md). It gives frames and plain
values; what may be shown to whom is decided by who calls it. Work is started through Dagster, not here. It writes one
thing: lines of the audit log.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from indicators.calendar import AMSTERDAM
from pipelines import audit, expected, explain, inbox, keys, lake, preview, publication
from pipelines.errors import UserError as UserError
from pipelines.explain import Cell
from pipelines.explain import Explanation as Explanation
from pipelines.home import Home
from pipelines.ledger import VERSION, Delivery, Ledger
from pipelines.ledger import Backfill as Backfill
from pipelines.preview import Preview as Preview

DELIVERY_SCHEMA = {
    **dict.fromkeys(("partner", "feed", "maand"), pl.String),
    "nummer": pl.Int64,
    "oordeel": pl.String,
    **dict.fromkeys(("rijen", "geaccepteerd", "quarantaine"), pl.Int64),
    **dict.fromkeys(("ontvangen", "sha256"), pl.String),
    "geldt": pl.Boolean,
}
FINDING_SCHEMA = {
    **dict.fromkeys(("partner", "feed", "maand"), pl.String),
    "nummer": pl.Int64,
    **dict.fromkeys(("code", "niveau"), pl.String),
    "rijen": pl.Int64,
    "bevinding": pl.String,
}
EXPECTED_SCHEMA = {**dict.fromkeys(("partner", "feed", "maand", "staat"), pl.String), "uiterlijk": pl.Date}


@dataclass(frozen=True)
class Owed:
    """What partners owe on ``day``. ``months``: EXPECTED_SCHEMA, staat as in ``expected.STATES``; ``reminders``: for a
    partner that owes anything the text to send."""

    day: date
    months: pl.DataFrame
    reminders: Mapping[str, str]


@dataclass(frozen=True)
class Desk:
    """Raises UserError wherever the ledger can't be read or what is asked is not there."""

    home: Home

    @classmethod
    def at(cls, root: str | Path) -> Desk:
        return cls(Home.open(root))

    def deliveries(self) -> pl.DataFrame:
        """Every delivery: DELIVERY_SCHEMA, by partner, feed, month and number. ``geldt``: whether it is in force."""
        with Ledger.open(self.home) as ledger:
            known, in_force = ledger.all(), {d.id for d in ledger.in_force()}
        return pl.DataFrame([_row(d, d.id in in_force) for d in known], schema=DELIVERY_SCHEMA, orient="row")

    def findings(self) -> pl.DataFrame:
        """Every finding of every delivery: FINDING_SCHEMA, in the order of the deliveries."""
        with Ledger.open(self.home) as ledger:
            known, found = ledger.all(), ledger.findings()
        return pl.DataFrame(
            [
                (d.partner, d.feed, d.month, d.number, f.code, f.level, f.rows, f.message)
                for d in known
                for f in found.get(d.id or 0, ())
            ],
            schema=FINDING_SCHEMA,
            orient="row",
        )

    def owed(self, now: datetime) -> Owed:
        """Of the partners, every month that has ended or was delivered.

        In a fictitious country, whose partners deliver nothing any more, on the day after the last month that they
        delivered was due.
        """
        with Ledger.open(self.home) as ledger:
            known = ledger.all()
        day = now.astimezone(AMSTERDAM).date()
        if self.home.is_fictitious:
            day = expected.day_of(contracts(), known, day)
        found = expected.expected(contracts(), known, day)
        texts = {e.partner: expected.reminder(e.partner, contracts(), found) for e in found}
        rows = [(e.partner, e.feed, e.month, e.state, e.due) for e in found]
        months = pl.DataFrame(rows, schema=EXPECTED_SCHEMA, orient="row")
        return Owed(day, months, {partner: text for partner, text in texts.items() if text})

    def months(self, today: date) -> list[str]:
        """Every month that something was delivered of, or lies in the inbox, in order: what can be taken again."""
        with Ledger.open(self.home) as ledger:
            known = {d.month for d in ledger.all()}
        lying = inbox.scan(self.home.inbox, today).files if self.home.inbox.is_dir() else ()
        return sorted(known | {f.month for f in lying})

    def quarantined(self, feed: str, month: str, number: int) -> pl.DataFrame:
        """The rows of a delivery in quarantine: ``regel`` (line), ``redenen`` (codes), then the columns as text.

        Personal data: for stewards alone. Empty for a delivery that has none. Raises storage.DamagedFile.
        """
        with Ledger.open(self.home) as ledger:
            found = next((d for d in ledger.all() if (d.name, d.month, d.number) == (feed, month, number)), None)
            version, key = ledger.version, ledger.key()
        if found is None:
            raise UserError(f"Levering {number} van {feed} over {month} staat niet in het register.")
        columns = ["regel", "redenen", *(c.name for c in contracts()[feed].columns)]
        if found.quarantine_path is None and found.verdict == "accepted" and found.rows_quarantined:
            raise UserError(f"De afgekeurde rijen van levering {number} zijn na de bewaartermijn verwijderd.")
        if found.quarantine_path is None:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        if version != VERSION or key is None:
            raise UserError(
                "Deze map met gegevens heeft nog de indeling van een oudere versie. Breng haar bij met: veiligheid "
                "compute."
            )
        content = lake.quarantine(self.home, found, keys.known_as(self.home, key))
        return pl.read_parquet(io.BytesIO(content or b"")).select(columns)

    def backfills(self) -> Sequence[Backfill]:
        """Every backfill with who approved it and what came of it, the latest first."""
        with Ledger.open(self.home) as ledger:
            return ledger.backfills()

    def previews(self) -> list[str]:
        """The numbers of the previews there are, in order."""
        return preview.numbers(self.home)

    def preview(self, number: str) -> Preview:
        """Raises storage.DamagedFile."""
        return preview.read(self.home, number)

    def explain(self, number: str, cell: Mapping[str, Any]) -> Explanation:
        """A cell of publication ``number`` (indicator, regio, periode, dimensie, categorie), computed again.

        Holds exact figures: for stewards alone. Takes seconds, and the write lock of the home. Raises
        storage.DamagedFile.
        """
        return explain.explain(self.home, number, Cell(**cell))

    def note(self, who: str, role: str, what: str, on: str = "") -> None:
        """Add a line to the audit log (``audit.Entry``), before what it tells of is shown or done. Raises UserError."""
        audit.append(self.home, audit.Entry(who, role, what, on), audit.key_of(self.home))

    def publications(self) -> list[str]:
        """The numbers of the publications there are, in order."""
        return publication.numbers(self.home)


def _row(d: Delivery, in_force: bool) -> tuple[object, ...]:
    verdict = {"accepted": "geaccepteerd", "refused": "geweigerd"}[d.verdict]
    counts = (d.rows_in, d.rows_accepted, d.rows_quarantined)
    return (d.partner, d.feed, d.month, d.number, verdict, *counts, d.received_at, d.sha256, in_force)
