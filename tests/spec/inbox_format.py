"""Deliveries as partners write them: columns, the row rules a made-up row can break, and the CSV files of section 2.

Belongs here: the form of an inbox. Not here: what happens in one (`random_inbox`).
"""

from __future__ import annotations

import calendar
import csv
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Deliveries = dict[tuple[str, str], dict[str, list[Row]]]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EARLIEST = date(2000, 1, 1)
PARTNERS = ("veilig_thuis", "politie", "openbaar_ministerie", "raad_voor_de_kinderbescherming", "reclassering")
# Some of the 26: vt_regio -> arrondissement.
REGIONS = {
    "groningen": "noord_nederland",
    "drenthe": "noord_nederland",
    "noord_en_oost_gelderland": "oost_nederland",
    "utrecht": "midden_nederland",
    "amsterdam_amstelland": "amsterdam",
    "haaglanden": "den_haag",
    "hollands_midden": "den_haag",
    "zuid_limburg": "limburg",
}

SECOND = timedelta(seconds=1)

COLUMNS = {
    "meldingen": "melding_id gezin vt_regio ontvangen_op melder politie_registratie_id aard_geweld onveiligheid"
    " veiligheidsbeoordeling_op besluit dienst_afgerond_op overdracht_op terugkoppeling_op betrokkenheid_beeindigd_op",
    "actieoverleggen": "overleg_id gezin vt_regio aangemeld_op gehouden_op wijze aanwezig_veilig_thuis"
    " aanwezig_politie aanwezig_openbaar_ministerie aanwezig_reclassering aanwezig_raad_voor_de_kinderbescherming"
    " casusregie",
    "incidenten": "registratie_id gezin vt_regio gemeld_op soort hg_label ernst acuut vt_betrokken_op sash_niveau"
    " aanhouding_op aangifte zorgmelding_op",
    "zsm_zaken": "zaak_id gezin vt_regio registratie_id instroom_op hg_label_instroom hg_vastgesteld"
    " vt_geraadpleegd_op beslissing_op beslissing gedragsaanwijzing",
    "onderzoeken": "onderzoek_id gezin vt_regio verzoek_op spoed gestart_op afgerond_op besluit",
    "trajecten": "traject_id gezin vt_regio soort aangemeld_op gestart_op beeindigd_op",
    "inzet": "inzet_id gezin vt_regio verbeteractiviteit soort_inzet functie wijze begonnen_op geeindigd_op uren",
    "regio_status": "status_id regio verbeteractiviteit peildatum status toelichting",
    "tarieven": "tarief_id partner functie geldig_vanaf uurtarief",
    "praktijklocaties": "locatie_id vt_regio vanaf tot",
    "opleidingen": "opleiding_id naam regio datum uitvoeringen deelnemers status",
    "resultaten": "resultaat_id verbeteractiviteit titel status opgeleverd_op vindplaats",
}
# (column, the column it may not be before)
ORDER = {
    "meldingen": (
        ("veiligheidsbeoordeling_op", "ontvangen_op"),
        ("overdracht_op", "ontvangen_op"),
        ("terugkoppeling_op", "ontvangen_op"),
        ("betrokkenheid_beeindigd_op", "ontvangen_op"),
        ("dienst_afgerond_op", "veiligheidsbeoordeling_op"),
    ),
    "actieoverleggen": (("gehouden_op", "aangemeld_op"),),
    "zsm_zaken": (("beslissing_op", "instroom_op"),),
    "onderzoeken": (("gestart_op", "verzoek_op"), ("afgerond_op", "gestart_op")),
    "trajecten": (("gestart_op", "aangemeld_op"), ("beeindigd_op", "gestart_op")),
    "inzet": (("geeindigd_op", "begonnen_op"),),
    "praktijklocaties": (("tot", "vanaf"),),
}
# The date that makes a record exist, per feed of a partner.
ORIGIN = {
    "meldingen": "ontvangen_op",
    "actieoverleggen": "aangemeld_op",
    "incidenten": "gemeld_op",
    "zsm_zaken": "instroom_op",
    "onderzoeken": "verzoek_op",
    "trajecten": "aangemeld_op",
    "inzet": "begonnen_op",
}
OWNER = {
    "meldingen": "veilig_thuis",
    "actieoverleggen": "veilig_thuis",
    "incidenten": "politie",
    "zsm_zaken": "openbaar_ministerie",
    "onderzoeken": "raad_voor_de_kinderbescherming",
    "trajecten": "reclassering",
}
PARTNER_FEEDS = (*((partner, feed) for feed, partner in OWNER.items()), *((partner, "inzet") for partner in PARTNERS))
ALTERNATE_KEYS = {
    "regio_status": ("regio", "verbeteractiviteit", "peildatum"),
    "tarieven": ("partner", "functie", "geldig_vanaf"),
}


def amsterdam_date(value: date) -> date:
    """The Amsterdam date of a moment; a date is its own."""
    return value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value


def month_end(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def month_range(first: str, count: int) -> list[str]:
    """`count` months from `first` on."""
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, start + count)]


def may_lie_ahead(feed: str, row: Row, column: str) -> bool:
    """Whether a date is a plan, which may lie after the delivered month."""
    if feed == "tarieven" or feed == "praktijklocaties":
        return True
    return row.get("status") == "gepland" and (feed, column) in (
        ("opleidingen", "datum"),
        ("regio_status", "peildatum"),
    )


def broken_rules(feed: str, row: Row, month: str) -> list[str]:
    """The row rules of section 2 that a row breaks and a generator could break: order, dates, uren, level of region."""
    broken = []
    for column, value in row.items():
        if isinstance(value, date):
            if amsterdam_date(value) > month_end(month) and not may_lie_ahead(feed, row, column):
                broken.append(f"{column} after the month")
            if amsterdam_date(value) < EARLIEST:
                broken.append(f"{column} before 2000")
    for column, earlier in ORDER.get(feed, ()):
        a, b = row[column], row[earlier]
        if a is not None and b is not None:
            if not (isinstance(a, datetime) and isinstance(b, datetime)):
                a, b = amsterdam_date(a), amsterdam_date(b)
            if a < b:
                broken.append(f"{column} before {earlier}")
    if (
        feed == "inzet"
        and not 0 < row["uren"] <= Decimal(most_hundredths(row["begonnen_op"], row["geeindigd_op"])) / 100
    ):
        broken.append("uren")
    if feed == "regio_status" and (row["verbeteractiviteit"] == "hg_vt_zsm") != (row["regio"] in REGIONS.values()):
        broken.append("regio of the wrong level")
    return broken


def most_hundredths(begin: datetime, end: datetime | None) -> int:
    """The most hundredths of hours that an interval can hold: its length rounded up; 744 hours where it is open."""
    return 74400 if end is None else min(-((begin - end) // SECOND // 36), 9_999_999)


def key_of(feed: str, row: Row) -> str:
    """The id of a record."""
    return str(row[COLUMNS[feed].split()[0]])


def clashes(feed: str, row: Row, others: list[Row]) -> bool:
    """Whether a row shares a key with another row of its delivery; the second key counts rows not withdrawn."""
    if any(key_of(feed, other) == key_of(feed, row) for other in others):
        return True
    columns = ALTERNATE_KEYS.get(feed)
    if columns is None or row["vervallen"]:
        return False
    return any(all(other[c] == row[c] for c in columns) for other in others if not other["vervallen"])


def write_inbox(deliveries: Deliveries, to: Path) -> None:
    """Write `<to>/<partner>/<feed>/<YYYY-MM>.csv`, or an empty `.leeg` for a delivered month without rows."""
    for (partner, feed), by_month in deliveries.items():
        folder = to / partner / feed
        folder.mkdir(parents=True, exist_ok=True)
        columns = [*COLUMNS[feed].split(), "vervallen"]
        for month, rows in by_month.items():
            if not rows:
                (folder / f"{month}.leeg").touch()
                continue
            with (folder / f"{month}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n" if month[-1] in "02468" else "\r\n")
                writer.writerow(columns)
                writer.writerows([_text(row[column]) for column in columns] for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        zone = (AMSTERDAM, UTC, timezone(timedelta(hours=5, minutes=30)))[moment.second % 2 + moment.day % 2]
        text = moment.astimezone(zone).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") and moment.minute % 2 else text
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
