"""Specification section 5: the exact table `indicator_values`, one row per cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .cases import World, world
from .coverage import DEKKING, STATUSSEN, dekking_periods, statuses_at_end
from .estimates import Cijfer
from .measures import INDICATOREN, Indicator
from .records import FEEDS, Deliveries, default_peildatum
from .words import ARRONDISSEMENT_OF, LAND, month_plus, months_between, months_of_period, periods_of

KEY_COLUMNS = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")
COLUMNS = (
    *("indicator", "versie", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"),
    *("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "eenheid", "status", "peildatum"),
)


def indicator_values(
    deliveries: Deliveries, peildatum: str | None = None, versies: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The complete table at the end of month `peildatum` (None: the default rule), ordered by its key.

    `versies`: indicator -> definition version, for the column `versie`; without it the column is left out.
    Raises ValueError when no peildatum is given and no month is complete.
    """
    here = world(deliveries, peildatum or default_peildatum(deliveries))
    rows = [row for indicator in INDICATOREN for row in _rows(here, indicator)]
    rows += [row for indicator in DEKKING for row in _dekking_rows(here, indicator)]
    if versies is not None:
        rows = [row | {"versie": versies[row["indicator"]]} for row in rows]
    rows.sort(key=lambda row: tuple(row[column] for column in KEY_COLUMNS))
    return [{column: row[column] for column in COLUMNS if column in row} for row in rows]


def _rows(here: World, indicator: Indicator) -> Iterator[dict[str, Any]]:
    cells: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for bijdrage in indicator.contributions(here):
        regions = (
            ("vt_regio", bijdrage.regio),
            ("arrondissement", ARRONDISSEMENT_OF[bijdrage.regio]),
            ("land", LAND),
        )
        for niveau, regio in regions:
            for soort, periode in periods_of(bijdrage.day):
                cells[niveau, regio, soort, periode, bijdrage.dimensie, bijdrage.categorie].append(bijdrage.unit)

    complete: dict[tuple[str, str, bool], bool] = {}
    for (niveau, regio, soort, periode, dimensie, categorie), units in cells.items():
        cijfer = indicator.estimator(dimensie)(units, categorie)
        if cijfer.n == 0:
            continue
        also_overleggen = dimensie == "met_actieoverleg"
        key = (soort, periode, also_overleggen)
        if key not in complete:
            complete[key] = is_complete(here, indicator, *key)
        keys = (indicator.id, niveau, regio, soort, periode, dimensie, categorie)
        yield _row(here, keys, cijfer, indicator.eenheid, complete[key])


def _dekking_rows(here: World, indicator: str) -> Iterator[dict[str, Any]]:
    for soort, periode in dekking_periods(here):
        statuses = statuses_at_end(here, indicator, soort, periode)
        cells = [("totaal", "totaal", statuses.count("actief"))]
        cells += [("status", status, statuses.count(status)) for status in STATUSSEN]
        for dimensie, categorie, teller in cells:
            n = len(statuses)
            keys = (indicator, "land", LAND, soort, periode, dimensie, categorie)
            yield _row(here, keys, Cijfer(n, teller, n, teller / n), "aandeel", True)


def is_complete(here: World, indicator: Indicator, soort: str, periode: str, also_overleggen: bool) -> bool:
    """Whether every required feed has a delivery for every month that the period's figure rests on."""
    first, last = months_of_period(soort, periode)
    if indicator.zaak_based:
        first = month_plus(first, -1)
    months = months_between(first, min(month_plus(last, indicator.h), here.month))
    letters = indicator.feeds + ("a" if also_overleggen else "")
    required = [feed for letter in letters for feed in FEEDS[letter]]
    return all(month in here.deliveries.get(feed, ()) for feed in required for month in months)


def status(here: World, cijfer: Cijfer, soort: str, periode: str, complete: bool) -> str:
    """The first status that applies."""
    if cijfer.oordeel is not None:
        return cijfer.oordeel
    if not complete or cijfer.zonder_tarief:
        return "onvolledig"
    if months_of_period(soort, periode)[1] >= month_plus(here.month, -2) or cijfer.open:
        return "voorlopig"
    return "definitief"


def _row(here: World, keys: Sequence[str], cijfer: Cijfer, eenheid: str, complete: bool) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(KEY_COLUMNS, keys, strict=True))
    return row | {
        "n": cijfer.n,
        "teller": cijfer.teller,
        "noemer": cijfer.noemer,
        "waarde": cijfer.waarde,
        "ondergrens": cijfer.limits[0],
        "bovengrens": cijfer.limits[1],
        "eenheid": eenheid,
        "status": status(here, cijfer, row["periode_soort"], row["periode"], complete),
        "peildatum": here.peildatum,
    }
