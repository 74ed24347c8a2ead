"""Records of made-up gezinnen, and how they become the deliveries of an inbox.

Belongs here: the values of columns that do not matter, regions and months that keep gezinnen apart, when what is
delivered. Not here: what happens in a gezin (`edges_of_zaken`, `edges_of_indicators`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from inbox_format import (
    AMSTERDAM,
    COLUMNS,
    ORIGIN,
    OWNER,
    PARTNER_FEEDS,
    PARTNERS,
    Deliveries,
    Row,
    amsterdam_date,
    month_end,
    month_range,
)
from oracle.words import VT_REGIOS

MONTHS = month_range("2019-09", 28)
# 90 days before the end of 2021-04 lie in the fourth month back, so that there only the age of a zaak makes a figure
# voorlopig; at the end of 2021-12 most zaken have been followed for 548 days.
PEILDATA = ("2021-04", "2021-12")
# One month that each feed never delivered.
MISSING = {
    ("openbaar_ministerie", "zsm_zaken"): "2020-03",
    ("raad_voor_de_kinderbescherming", "onderzoeken"): "2020-04",
    ("reclassering", "trajecten"): "2020-05",
    ("veilig_thuis", "actieoverleggen"): "2020-06",
    ("politie", "inzet"): "2020-09",
    ("veilig_thuis", "meldingen"): "2021-05",
    ("politie", "incidenten"): "2021-06",
}
S, H, D = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
AROUND = (-S, 0 * S, S)

DEFAULTS: dict[str, Row] = {
    "meldingen": {"melder": "burger", "aard_geweld": "ex_partnergeweld", "onveiligheid": "geen"},
    "actieoverleggen": {f"aanwezig_{partner}": False for partner in PARTNERS},
    "incidenten": {"soort": "mishandeling", "hg_label": True, "ernst": "licht", "acuut": False, "aangifte": False},
    "zsm_zaken": {"hg_label_instroom": False, "hg_vastgesteld": True, "gedragsaanwijzing": False},
    "onderzoeken": {"spoed": False},
    "trajecten": {"soort": "toezicht"},
    "inzet": {"verbeteractiviteit": "regulier", "soort_inzet": "regulier", "functie": "medewerker", "wijze": "fysiek"},
}


def local(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The moment of an Amsterdam clock, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=AMSTERDAM).astimezone(UTC)


def end_of(month: str) -> datetime:
    """E of a peildatum: the midnight after it."""
    return local(month_end(month) + D)


class Gezin:
    """One gezin and its region; every method adds a record, with defaults for what does not matter."""

    def __init__(self, inbox: Inbox, code: str, regio: str) -> None:
        self.inbox, self.code, self.regio = inbox, code, regio

    def melding(self, at: datetime, **columns: Any) -> str:
        return self._add("meldingen", at, columns)

    def incident(self, at: datetime, **columns: Any) -> str:
        return self._add("incidenten", at, columns)

    def zsm(self, at: datetime, **columns: Any) -> str:
        return self._add("zsm_zaken", at, columns)

    def onderzoek(self, at: datetime, **columns: Any) -> str:
        return self._add("onderzoeken", at, columns)

    def traject(self, at: datetime, **columns: Any) -> str:
        return self._add("trajecten", at, columns)

    def overleg(self, held: datetime | None, *present: str, **columns: Any) -> str:
        """An Actieoverleg, registered when it was held unless ``aangemeld_op`` says otherwise."""
        flags = {f"aanwezig_{partner}": True for partner in present}
        return self._add("actieoverleggen", columns.pop("aangemeld_op", held), {"gehouden_op": held} | flags | columns)

    def inzet(self, partner: str, begin: datetime, length: timedelta | None = H, **columns: Any) -> str:
        """Effort of ``length`` (None: still going on), of one hour unless ``uren`` says otherwise."""
        row = {"geeindigd_op": None if length is None else begin + length, "uren": Decimal("1.00")} | columns
        return self._add("inzet", begin, row, partner)

    def _add(self, feed: str, at: datetime, columns: Row, partner: str | None = None) -> str:
        row = {"gezin": self.code, "vt_regio": self.regio, ORIGIN[feed]: at} | DEFAULTS[feed] | columns
        return self.inbox.add(partner or OWNER[feed], feed, row)


class Inbox:
    """Records in the making, and which regions and months are taken."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str, Row]] = []
        self.reference: list[tuple[str, str, Row]] = []
        self.gezinnen = 0
        self.places = 0

    def gezin(self) -> Gezin:
        """A new gezin, in the next region."""
        self.gezinnen += 1
        number, letters = self.gezinnen, ""
        while number:
            number, place = divmod(number, 26)
            letters += chr(ord("a") + place)
        return Gezin(self, letters.ljust(26, "2"), VT_REGIOS[self.gezinnen % len(VT_REGIOS)])

    def place(self) -> tuple[Gezin, datetime]:
        """A new gezin and a morning; 15 months x 26 regions, so that few share a cell."""
        self.places += 1
        month = MONTHS[4 + self.places // len(VT_REGIOS) % 15]
        return self.gezin(), local(date(int(month[:4]), int(month[5:]), 9), 10)

    def zaak(self, **columns: Any) -> tuple[Gezin, datetime]:
        """A ``place`` whose zaak is opened by a melding."""
        gezin, start = self.place()
        gezin.melding(start, **columns)
        return gezin, start

    def add(self, partner: str, feed: str, row: Row) -> str:
        """Keep a record, with the next id unless it has one; returns the id."""
        names = COLUMNS[feed].split()
        row = {names[0]: f"{feed}-{len(self.records)}"} | row
        self.records.append((partner, feed, {name: row.get(name) for name in names}))
        return str(row[names[0]])

    def refer(self, feed: str, month: str, **columns: Any) -> None:
        """A row of a feed of the landelijk netwerk, in the delivery of ``month``."""
        names = COLUMNS[feed].split()
        row = {names[0]: f"{feed}-{len(self.reference)}", "vervallen": False} | columns
        self.reference.append((feed, month, {name: row.get(name) for name in [*names, "vervallen"]}))

    def deliveries(self) -> Deliveries:
        """Every record when it came to exist, and again in every month in which more of it is known."""
        inbox: Deliveries = {
            feed: {month: [] for month in MONTHS if month != MISSING.get(feed)} for feed in PARTNER_FEEDS
        }
        for partner, feed, record in self.records:
            by_month = inbox[partner, feed]
            known: Row = {}
            for month in by_month:
                row = as_known(feed, record, month)
                if month_end(month) >= amsterdam_date(record[ORIGIN[feed]]) and row != known:
                    known = row
                    by_month[month].append(row | {"vervallen": False})
        for feed, month, row in self.reference:
            inbox.setdefault(("landelijk_netwerk", feed), {}).setdefault(month, []).append(row)
        return inbox


def as_known(feed: str, record: Row, month: str) -> Row:
    """The record at the end of a month: what lies later is not there yet."""
    end = month_end(month)
    return {
        name: None if isinstance(value, date) and amsterdam_date(value) > end and name != ORIGIN[feed] else value
        for name, value in record.items()
    }
