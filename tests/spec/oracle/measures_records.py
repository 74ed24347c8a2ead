"""Specification section 4: the indicators whose units are a partner's own records.

Each is a generator of contributions: one unit's payload to one dimension and categorie.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from .cases import World
from .contributions import Bijdrage, cost, hundredths, split
from .estimates import Paar
from .words import amsterdam_date, dagdeel, fifth_werkdag_after

# Units are meldingen.


def veiligheidsbeoordeling_binnen_5_werkdagen(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.meldingen:
            day = amsterdam_date(row["ontvangen_op"])
            deadline = fifth_werkdag_after(day)
            if deadline <= world.peildatum:
                done = row["veiligheidsbeoordeling_op"]
                yield from split(
                    row["vt_regio"],
                    day,
                    done is not None and amsterdam_date(done) <= deadline,
                    melder="politie" if row["melder"] == "politie" else "overig",
                    onveiligheid=row["onveiligheid"],
                )


def dienst_binnen_10_weken(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.meldingen:
            assessed = row["veiligheidsbeoordeling_op"]
            if row["besluit"] in ("onderzoek", "voorwaarden_en_vervolg") and assessed is not None:
                day = amsterdam_date(assessed)
                deadline = day + timedelta(days=70)
                if deadline <= world.peildatum:
                    done = row["dienst_afgerond_op"]
                    in_time = done is not None and done <= deadline
                    yield from split(row["vt_regio"], day, in_time, besluit=row["besluit"])


def terugkoppeling_na_overdracht(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.meldingen:
            day = row["overdracht_op"]
            if row["melder"] == "politie" and day is not None:
                deadline = day + timedelta(days=28)
                if deadline <= world.peildatum:
                    done = row["terugkoppeling_op"]
                    yield from split(row["vt_regio"], day, done is not None and done <= deadline)


# Units are zsm zaken.


def vt_geraadpleegd_voor_zsm_beslissing(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.zsm_zaken:
            if row["hg_vastgesteld"] and row["beslissing_op"] is not None:
                consulted = row["vt_geraadpleegd_op"]
                yield from split(
                    row["vt_regio"],
                    amsterdam_date(row["instroom_op"]),
                    consulted is not None and consulted <= row["beslissing_op"],
                    dagdeel=dagdeel(row["instroom_op"]),
                )


def hg_herkend_bij_instroom(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.zsm_zaken:
            if row["hg_vastgesteld"]:
                yield from split(row["vt_regio"], amsterdam_date(row["instroom_op"]), row["hg_label_instroom"])


def bekend_bij_vt(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.zsm_zaken:
            if row["hg_vastgesteld"]:
                known = any(melding["ontvangen_op"] < row["instroom_op"] for melding in gezin.meldingen)
                yield from split(row["vt_regio"], amsterdam_date(row["instroom_op"]), known)


# Units are Actieoverleggen.


def kernpartners_compleet(world: World) -> Iterator[Bijdrage]:
    kernpartners = ("veilig_thuis", "politie", "openbaar_ministerie", "reclassering")
    for gezin in world.gezinnen:
        for row in gezin.held():
            complete = all(row[f"aanwezig_{partner}"] for partner in kernpartners)
            day = amsterdam_date(row["gehouden_op"])
            yield from split(row["vt_regio"], day, complete, wijze=row["wijze"] or "onbekend")


def casusregie_belegd(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.held():
            yield from split(row["vt_regio"], amsterdam_date(row["gehouden_op"]), row["casusregie"] is not None)


# Units are incidents.


def _within_24_hours(world: World, field: str, only_acuut: bool) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.hg_incidenten():
            reported, done = row["gemeld_op"], row[field]
            if world.ripe(reported, 1) and (row["acuut"] or not only_acuut):
                in_time = done is not None and reported <= done <= reported + timedelta(hours=24)
                yield from split(row["vt_regio"], amsterdam_date(reported), in_time, dagdeel=dagdeel(reported))


def samen_op_in_acuut_24_uur(world: World) -> Iterator[Bijdrage]:
    return _within_24_hours(world, "vt_betrokken_op", only_acuut=True)


def zorgmelding_binnen_24_uur(world: World) -> Iterator[Bijdrage]:
    return _within_24_hours(world, "zorgmelding_op", only_acuut=False)


def sash_bij_belaging(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.hg_incidenten():
            if row["soort"] == "belaging":
                yield from split(row["vt_regio"], amsterdam_date(row["gemeld_op"]), row["sash_niveau"] is not None)


# Units are inzet rows, also outside any zaak.


def aandeel_extra_inzet(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.inzet:
            uren = hundredths(row)
            yield from split(
                row["vt_regio"],
                amsterdam_date(row["begonnen_op"]),
                Paar(uren, uren if row["soort_inzet"] == "extra" else 0),
                partner=row["partner"],
                verbeteractiviteit=row["verbeteractiviteit"],
            )


def kosten_totaal(world: World) -> Iterator[Bijdrage]:
    for gezin in world.gezinnen:
        for row in gezin.inzet:
            yield from split(
                row["vt_regio"],
                amsterdam_date(row["begonnen_op"]),
                cost(world, row),
                partner=row["partner"],
                verbeteractiviteit=row["verbeteractiviteit"],
                soort_inzet=row["soort_inzet"],
            )
