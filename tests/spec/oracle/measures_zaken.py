"""Specification section 4: the indicators whose units are zaken.

Each is a generator of contributions: one zaak's payload to one dimension and categorie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from .cases import World, Zaak
from .contributions import Bijdrage, cost, hundredths, split
from .estimates import Duur, Paar
from .records import Row
from .words import DAY, PARTNERS, STRAF, ZORG, amsterdam_date, fifth_werkdag_after

VERBETERACTIVITEITEN = ("samen_op_in_acuut", "actieoverleg", "hg_vt_zsm", "strafbare_km", "regulier")
SOORTEN_INZET = ("regulier", "extra")
WIJZEN = ("fysiek", "video", "telefoon")
CODES = {
    "partner": PARTNERS,
    "verbeteractiviteit": VERBETERACTIVITEITEN,
    "soort_inzet": SOORTEN_INZET,
    "wijze": WIJZEN,
}


# Proportions.


def spreekuur_binnen_14_dagen(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        arrests = [row["aanhouding_op"] for row in zaak.hg_incidenten() if row["aanhouding_op"] is not None]
        if arrests and world.ripe(min(arrests), 14):
            first = amsterdam_date(min(arrests))
            held = any(
                row["soort"] == "spreekuur_hg"
                and row["gestart_op"] is not None
                and first <= row["gestart_op"] <= first + timedelta(days=14)
                for row in zaak.gezin.trajecten
            )
            yield from split(zaak.regio, zaak.date, held)


def partners_binnen_5_werkdagen(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        deadline = fifth_werkdag_after(zaak.date)
        if deadline <= world.peildatum:
            partners = {partner for moment, partner in zaak.contacts() if amsterdam_date(moment) <= deadline}
            yield Bijdrage(zaak.regio, zaak.date, "totaal", "totaal", len(partners) >= 2)
            yield Bijdrage(zaak.regio, zaak.date, "minimum", "2", len(partners) >= 2)
            yield Bijdrage(zaak.regio, zaak.date, "minimum", "3", len(partners) >= 3)


def in_beeld_voor_acuut(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        yield from split(zaak.regio, zaak.date, not zaak.first.ernstig)


def actieoverleg_bereik(world: World) -> Iterator[Bijdrage]:
    for zaak in world.samenloop_zaken():
        yield from split(
            zaak.regio,
            zaak.date,
            zaak.met_actieoverleg(),
            aard_geweld=zaak.aard_geweld(),
            praktijklocatie=world.praktijklocatie(zaak),
        )


def overleg_strafbare_km_binnen_5_werkdagen(world: World) -> Iterator[Bijdrage]:
    for zaak in world.samenloop_zaken():
        deadline = fifth_werkdag_after(zaak.date)
        if zaak.aard_geweld() == "kindermishandeling" and deadline <= world.peildatum:
            in_time = any(amsterdam_date(moment) <= deadline for moment in zaak.joint_moments())
            yield from split(zaak.regio, zaak.date, in_time)


# Time to an event.


def tijd_tot_eerste_afstemming(world: World) -> Iterator[Bijdrage]:
    for zaak in world.samenloop_zaken():
        start, stop = zaak.window(90)
        before_stop = [moment for moment in zaak.joint_moments() if moment < stop]
        ripe = world.ripe(start, 90)
        if before_stop:
            unit = Duur((before_stop[0] - start) // DAY, "afstemming", ripe, open=False)
        else:
            unit = Duur((stop - start) // DAY, None, ripe, open=not ripe and zaak.next is None)
        for which in ("mediaan", "p90"):
            yield Bijdrage(zaak.regio, zaak.date, "kwantiel", which, unit)
            yield Bijdrage(zaak.regio, zaak.date, "aard_geweld", f"{zaak.aard_geweld()}:{which}", unit)


def _until_e(world: World, zaak: Zaak, event: datetime | None, horizon: int, kind: str = "event") -> Duur:
    """Whole days from start to the event, or to E where there is none."""
    ripe = world.ripe(zaak.start, horizon)
    if event is None:
        return Duur((world.end - zaak.start) // DAY, None, ripe, open=not ripe)
    return Duur((event - zaak.start) // DAY, kind, ripe, open=False)


def _kind_of_repetition(zaak: Zaak, following: Zaak) -> str:
    """vervolgmelding when a melding from before the next start was not ended by the date of that start."""
    running = any(
        row["ontvangen_op"] < following.start
        and (row["betrokkenheid_beeindigd_op"] is None or row["betrokkenheid_beeindigd_op"] > following.date)
        for row in zaak.gezin.meldingen
    )
    return "vervolgmelding" if running else "hermelding"


def herhaling_18_maanden(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        if zaak.next is None:
            unit = _until_e(world, zaak, None, 548)
        else:
            unit = _until_e(world, zaak, zaak.next.start, 548, _kind_of_repetition(zaak, zaak.next))
        yield from split(
            zaak.regio,
            zaak.date,
            unit,
            met_actieoverleg=world.met_actieoverleg(zaak),
            praktijklocatie=world.praktijklocatie(zaak),
            aard_geweld=zaak.aard_geweld(),
        )
        for kind in ("vervolgmelding", "hermelding"):
            yield Bijdrage(zaak.regio, zaak.date, "soort", kind, unit)


def ernstige_herhaling_18_maanden(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        later = [other.start for other in zaak.gezin.zaken if other.start > zaak.start and other.first.ernstig]
        unit = _until_e(world, zaak, min(later, default=None), 548)
        yield from split(zaak.regio, zaak.date, unit, met_actieoverleg=world.met_actieoverleg(zaak))


def acute_onveiligheid_gestopt_90_dagen(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        if zaak.first.acuut:
            after = zaak.start + timedelta(hours=72)
            again = [signaal.time for signaal in zaak.gezin.signalen if signaal.acuut and signaal.time > after]
            unit = _until_e(world, zaak, min(again, default=None), 90)
            yield from split(zaak.regio, zaak.date, unit)


# Hours, money and seconds.


def verschuiving_eerste_14_dagen(world: World) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        if not world.ripe(zaak.start, 90):
            continue
        rows = zaak.inzet_begun(*zaak.window(90))
        parts = [("totaal", "totaal", rows)]
        for dimensie in ("partner", "soort_inzet"):
            parts += [(dimensie, code, [row for row in rows if row[dimensie] == code]) for code in CODES[dimensie]]
        for dimensie, categorie, part in parts:
            early = [row for row in part if row["begonnen_op"] < zaak.start + 14 * DAY]
            if part:
                unit = Paar(x=sum(map(hundredths, part)), y=sum(map(hundredths, early)))
                yield Bijdrage(zaak.regio, zaak.date, dimensie, categorie, unit)


def _per_zaak(world: World, amount: Callable[[Row], int | None], split_y: tuple[str, ...]) -> Iterator[Bijdrage]:
    """x = 1 for every zaak ripe at 90 days, y = the amounts of its inzet; a split of y keeps every zaak."""
    for zaak in world.zaken():
        if not world.ripe(zaak.start, 90):
            continue
        rows = zaak.inzet_begun(*zaak.window(90))

        def unit(part: list[Row]) -> Paar:
            amounts = [amount(row) for row in part]
            return Paar(1, sum(a for a in amounts if a is not None), zonder_tarief=None in amounts)

        yield from split(zaak.regio, zaak.date, unit(rows), met_actieoverleg=world.met_actieoverleg(zaak))
        for dimensie in split_y:
            for code in CODES[dimensie]:
                part = [row for row in rows if row[dimensie] == code]
                yield Bijdrage(zaak.regio, zaak.date, dimensie, code, unit(part))


def inzet_uren_per_zaak(world: World) -> Iterator[Bijdrage]:
    return _per_zaak(world, hundredths, ("partner", "verbeteractiviteit", "soort_inzet", "wijze"))


def kosten_per_zaak(world: World) -> Iterator[Bijdrage]:
    return _per_zaak(world, lambda row: cost(world, row), ("partner", "verbeteractiviteit", "soort_inzet"))


def _seconds(zaak: Zaak, world: World) -> list[tuple[int, set[str]]]:
    """(seconds, partners active) for every stretch of [start, min(start + 90 d, end)) with an active partner."""
    start, stop = zaak.window(90)
    clipped = []
    for row in zaak.gezin.inzet:
        begin = max(row["begonnen_op"], start)
        end = min(row["geeindigd_op"] or world.end, stop)
        if begin < end:
            clipped.append((begin, end, row["partner"]))
    moments = sorted({moment for begin, end, _ in clipped for moment in (begin, end)})
    stretches = []
    for left, right in pairwise(moments):
        active = {partner for begin, end, partner in clipped if begin <= left and right <= end}
        if active:
            stretches.append(((right - left) // timedelta(seconds=1), active))
    return stretches


def _overlap(world: World, together: Callable[[set[str]], bool]) -> Iterator[Bijdrage]:
    for zaak in world.zaken():
        if world.ripe(zaak.start, 90):
            stretches = _seconds(zaak, world)
            if stretches:
                x = sum(seconds for seconds, _ in stretches)
                y = sum(seconds for seconds, active in stretches if together(active))
                yield from split(zaak.regio, zaak.date, Paar(x, y))


def overlapgraad(world: World) -> Iterator[Bijdrage]:
    return _overlap(world, lambda active: len(active) >= 2)


def zorg_straf_overlap(world: World) -> Iterator[Bijdrage]:
    return _overlap(world, lambda active: bool(active & set(ZORG)) and bool(active & set(STRAF)))
