"""Specification section 2: what is known at the peildatum, from accepted deliveries.

Deliveries: (partner, feed) -> month `YYYY-MM` -> rows, each a dict of the contract's columns: moments as aware
datetimes (or naive ones in UTC), dates, Decimals, integers, booleans, strings, None. A month without rows is a
delivered `.leeg`; a month that is absent was not delivered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .words import PARTNERS, utc

Row = dict[str, Any]
Deliveries = Mapping[tuple[str, str], Mapping[str, Sequence[Row]]]

NETWERK = "landelijk_netwerk"

KEY = {
    "meldingen": "melding_id",
    "actieoverleggen": "overleg_id",
    "incidenten": "registratie_id",
    "zsm_zaken": "zaak_id",
    "onderzoeken": "onderzoek_id",
    "trajecten": "traject_id",
    "inzet": "inzet_id",
    "regio_status": "status_id",
    "tarieven": "tarief_id",
    "praktijklocaties": "locatie_id",
    "opleidingen": "opleiding_id",
    "resultaten": "resultaat_id",
}

# The letters of section 4. u stands for five feeds.
FEEDS = {
    "m": (("veilig_thuis", "meldingen"),),
    "a": (("veilig_thuis", "actieoverleggen"),),
    "i": (("politie", "incidenten"),),
    "z": (("openbaar_ministerie", "zsm_zaken"),),
    "r": (("raad_voor_de_kinderbescherming", "onderzoeken"),),
    "c": (("reclassering", "trajecten"),),
    "u": tuple((partner, "inzet") for partner in PARTNERS),
}
PARTNER_FEEDS = tuple(feed for feeds in FEEDS.values() for feed in feeds)


def default_peildatum(deliveries: Deliveries) -> str:
    """The latest month for which all eleven partner feeds have a delivery. ValueError when there is none."""
    complete = set.intersection(*(set(deliveries.get(feed, ())) for feed in PARTNER_FEEDS))
    if not complete:
        raise ValueError("no month for which all eleven partner feeds have a delivery")
    return max(complete)


def first_delivered_month(deliveries: Deliveries, until: str) -> str | None:
    """The first month up to `until` with a delivery of any partner feed."""
    return min((month for feed in PARTNER_FEEDS for month in deliveries.get(feed, ()) if month <= until), default=None)


def current(deliveries: Deliveries, partner: str, feed: str, until: str) -> list[Row]:
    """The records of one feed that are known at the end of month `until` and not withdrawn, moments in UTC."""
    by_month = deliveries.get((partner, feed), {})
    months = sorted(month for month in by_month if month <= until)
    if not months and partner == NETWERK and by_month:
        months = [min(by_month)]
    latest = {row[KEY[feed]]: row for month in months for row in by_month[month]}
    return [_in_utc(row) for row in latest.values() if not row["vervallen"]]


def _in_utc(row: Row) -> Row:
    return {name: utc(value) if isinstance(value, datetime) else value for name, value in row.items()}
