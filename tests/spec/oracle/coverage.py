"""Specification section 4: regional coverage, whose units are regions."""

from __future__ import annotations

from datetime import date

from .cases import World
from .records import first_delivered_month
from .words import ARRONDISSEMENTEN, VT_REGIOS, last_day, months_between, months_of_period, periods_of

STATUSSEN = ("geen", "afweging", "gepland", "actief")
DEKKING = {
    "actieoverleg_dekking": ("actieoverleg", VT_REGIOS),
    "hg_vt_zsm_dekking": ("hg_vt_zsm", ARRONDISSEMENTEN),
}


def regio_status(world: World, verbeteractiviteit: str, regio: str, day: date) -> str:
    """The status of a region at the end of a day: the latest by its peildatum; ties: greatest id; none: geen."""
    known = [
        row
        for row in world.regio_status
        if (row["verbeteractiviteit"], row["regio"]) == (verbeteractiviteit, regio) and row["peildatum"] <= day
    ]
    latest = max(known, key=lambda row: (row["peildatum"], row["status_id"].encode()), default=None)
    return "geen" if latest is None else str(latest["status"])


def dekking_periods(world: World) -> list[tuple[str, str]]:
    """Every period that contains a month from the first delivered month of any partner feed to the peildatum."""
    first = first_delivered_month(world.deliveries, world.month)
    months = [] if first is None else months_between(first, world.month)
    return list(dict.fromkeys(period for month in months for period in periods_of(last_day(month))))


def statuses_at_end(world: World, indicator: str, soort: str, periode: str) -> list[str]:
    """The status of every region of a coverage indicator at the end of a period, or at E if that is earlier."""
    verbeteractiviteit, regions = DEKKING[indicator]
    day = min(last_day(months_of_period(soort, periode)[1]), world.peildatum)
    return [regio_status(world, verbeteractiviteit, regio, day) for regio in regions]
