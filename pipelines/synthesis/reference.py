"""What the landelijk netwerk delivers: status of regions, tarieven, praktijklocaties, opleidingen and resultaten. No
persons.

Belongs here: these five feeds, from the tables in parameters; nothing in them is drawn. Not here: how the activities
spread (activities), and what they do in cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from indicators.calendar import add_months, month_of, parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis import regional_parameters as rp
from pipelines.synthesis.activities import ACTIVITEITEN, steps

Row = dict[str, Any]
Event = tuple[str, Row]
Months = dict[int, pl.DataFrame]

MONEY = pl.Decimal(7, 2)
SCHEMAS: Mapping[str, dict[str, Any]] = {
    "regio_status": {
        "status_id": pl.String,
        "regio": pl.String,
        "verbeteractiviteit": pl.String,
        "peildatum": pl.Date,
        "status": pl.String,
        "toelichting": pl.String,
    },
    "tarieven": {
        "tarief_id": pl.String,
        "partner": pl.String,
        "functie": pl.String,
        "geldig_vanaf": pl.Date,
        "uurtarief": MONEY,
    },
    "praktijklocaties": {"locatie_id": pl.String, "vt_regio": pl.String, "vanaf": pl.Date, "tot": pl.Date},
    "opleidingen": {
        "opleiding_id": pl.String,
        "naam": pl.String,
        "regio": pl.String,
        "datum": pl.Date,
        "uitvoeringen": pl.Int64,
        "deelnemers": pl.Int64,
        "status": pl.String,
    },
    "resultaten": {
        "resultaat_id": pl.String,
        "verbeteractiviteit": pl.String,
        "titel": pl.String,
        "status": pl.String,
        "opgeleverd_op": pl.Date,
        "vindplaats": pl.String,
    },
}
ONCE = ("tarieven", "praktijklocaties")
"""Delivered in the first month only; the others every month, with an empty `.leeg` where nothing changed."""
TOELICHTING = {
    "afweging": "De regio weegt af of en hoe zij hiermee begint.",
    "gepland": "De start is gepland, de partners maken werkafspraken.",
    "actief": None,
}


def reference_feeds(months: list[str]) -> dict[str, Months]:
    """Per feed of the landelijk netwerk the rows of every month of the window (by number), `vervallen` last."""
    events = {
        "regio_status": _regio_status(),
        "tarieven": _tarieven(months),
        "praktijklocaties": _praktijklocaties(months),
        "opleidingen": _opleidingen(int(months[-1][:4])),
        "resultaten": _resultaten(),
    }
    return {feed: _by_month(SCHEMAS[feed], found, months) for feed, found in events.items()}


def _by_month(schema: dict[str, Any], events: Iterable[Event], months: list[str]) -> Months:
    """Events by month; of everything before the window the first month has the latest state."""
    key = next(iter(schema))
    rows: dict[int, dict[str, Row]] = {}
    for month, row in sorted(events, key=lambda event: event[0]):
        if month <= months[-1]:
            number = months.index(month) if month in months else 0
            rows.setdefault(number, {})[row[key]] = row
    whole = schema | {"vervallen": pl.Boolean}
    return {
        number: pl.DataFrame([{"vervallen": False} | row for row in found.values()], schema=whole, orient="row")
        for number, found in rows.items()
    }


def _first_day(month: str) -> date:
    return date(*parse_month(month), 1)


def _regio_status() -> Iterable[Event]:
    for activiteit in ACTIVITEITEN:
        for month, regio, status in steps(activiteit):
            yield (
                month,
                {
                    "status_id": f"RS-{activiteit}-{regio}-{month}",
                    "regio": regio,
                    "verbeteractiviteit": activiteit,
                    "peildatum": _first_day(month),
                    "status": status,
                    "toelichting": TOELICHTING[status],
                },
            )


def tarief(functie: str, year: int) -> float:
    """Euros per hour in a year."""
    return round(p.TARIEVEN_2019[functie] * (1 + p.TARIEF_GROWTH) ** (year - 2019), 2)


def _tarieven(months: list[str]) -> Iterable[Event]:
    for year in range(int(months[0][:4]) - 1, int(months[-1][:4]) + 1):
        for partner, functies in p.FUNCTIES.items():
            for functie in functies:
                yield (
                    months[0],
                    {
                        "tarief_id": f"TR-{partner}-{functie}-{year}",
                        "partner": partner,
                        "functie": functie,
                        "geldig_vanaf": date(year, 1, 1),
                        "uurtarief": tarief(functie, year),
                    },
                )


def _praktijklocaties(months: list[str]) -> Iterable[Event]:
    for regio in rp.REGIOS:
        if regio.praktijklocatie is not None:
            vanaf, tot = regio.praktijklocatie
            yield (
                months[0],
                {
                    "locatie_id": f"PR-{regio.code}",
                    "vt_regio": regio.code,
                    "vanaf": date.fromisoformat(vanaf),
                    "tot": date.fromisoformat(tot) if tot else None,
                },
            )


def _opleidingen(last_year: int) -> Iterable[Event]:
    """Trainings spread over the working weeks of each year; planned in December before, given or cancelled in their
    month."""
    regios = [regio.code for regio in rp.DIVISION.arrondissementen]
    for year in range(min(rp.OPLEIDINGEN), last_year + 2):
        count = rp.OPLEIDINGEN.get(year, rp.OPLEIDINGEN[max(rp.OPLEIDINGEN)])
        for n in range(count):
            datum = _tuesday(date(year, 2, 1) + timedelta(days=n * 290 // count))
            row = {
                "opleiding_id": f"OP-{year}-{n + 1:03d}",
                "naam": "Training Veiligheid voorop",
                "regio": regios[n % len(regios)],
                "datum": datum,
                "uitvoeringen": 1,
                "deelnemers": 0,
                "status": "gepland",
            }
            yield f"{year - 1}-12", row
            cancelled = (
                year > min(rp.OPLEIDINGEN) and n % rp.OPLEIDING_CANCELLED_EVERY == rp.OPLEIDING_CANCELLED_EVERY - 1
            )
            given = {"status": "gegeven", "deelnemers": 10 + n * 7 % 9}
            yield month_of(datum), row | ({"vervallen": True} if cancelled else given)


def _tuesday(day: date) -> date:
    return day + timedelta(days=(1 - day.weekday()) % 7)


def _resultaten() -> Iterable[Event]:
    for number, (onderwerp, titel, begin, opgeleverd, vindplaats) in enumerate(rp.RESULTATEN, start=1):
        row = {
            "resultaat_id": f"RE-{number:03d}",
            "verbeteractiviteit": onderwerp,
            "titel": titel,
            "status": "gepland",
            "opgeleverd_op": None,
            "vindplaats": None,
        }
        yield add_months(begin, -6), row
        yield begin, row | {"status": "in_ontwikkeling"}
        if opgeleverd:
            day = date.fromisoformat(opgeleverd)
            yield month_of(day), row | {"status": "opgeleverd", "opgeleverd_op": day, "vindplaats": vindplaats}
