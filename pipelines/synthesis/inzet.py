"""What the work costs in hours: the inzet of all five partners.

Belongs here: from zaken and what partners did in them to intervals of effort with hours. Not here: what an hour costs
(reference).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.synthesis import parameters as p
from pipelines.synthesis.activities import use
from pipelines.synthesis.clock import DAY, HOUR, NEVER, Bools, Clock, Floats, Ints
from pipelines.synthesis.draw import chance, late, pick
from pipelines.synthesis.names import Numbers
from pipelines.synthesis.records import Records, code, hundredths, moment, records, text
from pipelines.synthesis.straf import Incidenten, Trajecten, ZsmZaken
from pipelines.synthesis.world import Zaken
from pipelines.synthesis.zorg import KINDERMISHANDELING, REGIO_CODES, Onderzoeken, Overleggen

PARTNERS = tuple(p.FUNCTIES)
ACTIVITEITEN = tuple(p.P_EXTRA)
SAMEN_OP, ACTIEOVERLEG, HG_VT_ZSM, STRAFBARE_KM, REGULIER = range(5)
SOORTEN = ("regulier", "extra")
TELEFOON = p.WIJZEN.index("telefoon")
PREFIX = {
    "veilig_thuis": "VI",
    "politie": "PI",
    "openbaar_ministerie": "OI",
    "raad_voor_de_kinderbescherming": "KI",
    "reclassering": "RI",
}
QUARTER = HOUR // 4


@dataclass(frozen=True)
class Work:
    """Effort of one partner and one kind: ``zaak``, ``begin``, ``end`` (moments), ``uren`` (hundredths),
    ``activiteit`` (place in ACTIVITEITEN), ``wijze`` (place in parameters.WIJZEN)."""

    zaak: Ints
    begin: Ints
    end: Ints
    uren: Ints
    activiteit: Ints
    wijze: Ints

    def keep(self, which: Bools) -> Work:
        return Work(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Facts:
    """All that happened in one month's zaken and that takes work."""

    zaken: Zaken
    incidenten: Incidenten
    overleggen: Overleggen
    zsm: ZsmZaken
    onderzoeken: Onderzoeken
    trajecten: Trajecten


def inzet(
    rng: np.random.Generator, clock: Clock, facts: Facts, gezin: pl.Series, numbers: Numbers
) -> Iterator[Records]:
    """The records of every partner's feed `inzet`, one partner after the other."""
    for partner in PARTNERS:
        parts = [*_regular(rng, clock, facts, partner), *_joint(rng, facts, partner)]
        work = Work(*(np.concatenate([getattr(w, name) for w in parts]) for name in Work.__dataclass_fields__))
        yield _records(rng, clock, facts.zaken, partner, work.keep(work.begin < clock.ends[-1]), gezin, numbers)


def _regular(rng: np.random.Generator, clock: Clock, facts: Facts, partner: str) -> Iterator[Work]:
    """The partner's own work on the case: a first contact where its part begins, and more in the weeks after."""
    zaken = facts.zaken
    zaak, anchor = _anchors(facts, partner)
    intensity = rng.gamma(p.INZET_GAMMA_SHAPE, 1 / p.INZET_GAMMA_SHAPE, len(zaak))
    count = rng.poisson(p.INZET_MEAN[partner] * intensity)
    follow, since = np.repeat(zaak, count), np.repeat(anchor, count)
    spread = np.where(zaken.actieoverleg[follow], p.INZET_SPREAD_DAYS[True], p.INZET_SPREAD_DAYS[False])
    later = clock.day(since) + (rng.exponential(1.0, len(follow)) * spread).astype(np.int64)
    if partner == "politie":
        first = anchor + rng.integers(60, HOUR, len(anchor))
        begin = np.maximum(clock.moment(later, rng.integers(8 * HOUR, 22 * HOUR, len(follow))), since + HOUR)
    else:
        first = clock.office(rng, clock.to_werkdag(clock.day(anchor)), anchor)
        begin = clock.office(rng, clock.to_werkdag(later), since)
    zaak, begin = np.concatenate([zaak, follow]), np.concatenate([first, begin])
    size = len(zaak)
    stretch = chance(rng, p.P_STRETCH[partner], size)
    stretch[: len(first)] = False
    end, uren = _length(rng, begin, stretch)
    km = (zaken.begin.aard[zaak] == KINDERMISHANDELING) & (
        use("strafbare_km", zaken.maand)[zaken.begin.regio[zaak]] > 0
    )
    activiteit = np.where(km & chance(rng, p.P_STRAFBARE_KM, size), STRAFBARE_KM, REGULIER)
    yield Work(zaak, begin, end, uren, activiteit, _wijze(rng, zaken.maand, size))


def _anchors(facts: Facts, partner: str) -> tuple[Ints, Ints]:
    """(zaak, moment) at which the partner's own part of each of its cases begins."""
    signalen = facts.zaken.signalen
    if partner == "veilig_thuis":
        return _first(signalen.zaak[signalen.melding], signalen.melding_op[signalen.melding])
    if partner == "politie":
        return _first(signalen.zaak[signalen.incident], signalen.moment[signalen.incident])
    if partner == "openbaar_ministerie":
        return facts.zsm.zaak, facts.zsm.instroom
    if partner == "raad_voor_de_kinderbescherming":
        return facts.onderzoeken.zaak, facts.onderzoeken.verzoek
    return facts.trajecten.zaak, facts.trajecten.aangemeld


def _first(zaak: Ints, moments: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((moments, zaak))
    unique, place = np.unique(zaak[order], return_index=True)
    return unique, moments[order][place]


def _joint(rng: np.random.Generator, facts: Facts, partner: str) -> Iterator[Work]:
    """Work done together: at Actieoverleggen, at incidents (Samen op in acuut), and on HG cases at ZSM."""
    overleg = facts.overleggen
    held = (overleg.gehouden < NEVER) & overleg.aanwezig[partner]
    yield _contact(rng, facts, overleg.zaak[held], overleg.gehouden[held], ACTIEOVERLEG, p.OVERLEG_MINUTES)
    if partner in ("veilig_thuis", "politie"):
        zaak, joined = facts.zaken.signalen.zaak, facts.incidenten.vt_betrokken
        yield _contact(rng, facts, zaak[joined < NEVER], joined[joined < NEVER], SAMEN_OP, p.SAMEN_OP_MINUTES)
    if partner in ("veilig_thuis", "openbaar_ministerie"):
        asked = facts.zsm.geraadpleegd < NEVER
        yield _contact(rng, facts, facts.zsm.zaak[asked], facts.zsm.geraadpleegd[asked], HG_VT_ZSM, p.ZSM_MINUTES)


def _contact(
    rng: np.random.Generator, facts: Facts, zaak: Ints, begin: Ints, activiteit: int, minutes: tuple[int, int]
) -> Work:
    size = len(zaak)
    seconds = rng.integers(minutes[0], minutes[1] + 1, size) * 60
    wijze = np.full(size, TELEFOON) if activiteit == HG_VT_ZSM else _wijze(rng, facts.zaken.maand, size)
    return Work(zaak, begin, begin + seconds, _whole(seconds), np.full(size, activiteit), wijze)


def _length(rng: np.random.Generator, begin: Ints, stretch: Bools) -> tuple[Ints, Ints]:
    """(end, hundredths of hours): a contact of quarters of an hour, or a period of days with a few hours of work in
    it."""
    size = len(begin)
    quarters = np.clip(np.exp(rng.normal(p.CONTACT_LOG_QUARTERS, p.CONTACT_LOG_SD, size)), 1, 40).astype(np.int64)
    days = np.minimum(1 + rng.exponential(p.STRETCH_MEAN_DAYS, size), p.STRETCH_MAX_DAYS)
    hours = np.minimum(np.exp(rng.normal(p.STRETCH_LOG_HOURS, p.STRETCH_LOG_SD, size)), p.STRETCH_MAX_HOURS)
    seconds = np.where(stretch, (days * DAY).astype(np.int64) // QUARTER * QUARTER, quarters * QUARTER)
    return begin + seconds, np.where(stretch, np.maximum(_hundredths(hours), 25), _whole(seconds))


def _hundredths(hours: Floats) -> Ints:
    return (hours * 100).astype(np.int64)


def _whole(seconds: Ints) -> Ints:
    """The length itself as hundredths of hours, rounded down and at least one."""
    return np.maximum(seconds * 100 // HOUR, 1)


def _wijze(rng: np.random.Generator, maand: str, size: int) -> Ints:
    return pick(rng, p.WIJZE_NA_COVID if maand >= p.WIJZE_COVID else p.WIJZE_VOOR_COVID, size)


def _records(
    rng: np.random.Generator, clock: Clock, zaken: Zaken, partner: str, work: Work, gezin: pl.Series, numbers: Numbers
) -> Records:
    size = len(work.zaak)
    functies = (*p.FUNCTIES[partner], p.FUNCTIE_ZONDER_TARIEF)
    regio = zaken.begin.regio[work.zaak]
    functie = pick(rng, list(p.FUNCTIES[partner].values()), size)
    functie = np.where(_without_tarief(rng, clock, partner, regio, work.begin), len(functies) - 1, functie)
    extra = chance(rng, np.array(list(p.P_EXTRA.values()))[work.activiteit], size)
    right = gezin.gather(work.zaak)
    wrong = chance(rng, p.P_GEZIN_GEWIJZIGD, size)
    corrected = np.where(wrong, work.begin + rng.integers(20 * DAY, 60 * DAY, size), work.begin)
    return records(
        f"{partner}/inzet",
        {
            "inzet_id": text(numbers.next(PREFIX[partner], zaken.maand, size)),
            "gezin": text(
                right, corrected, right.gather(np.where(wrong, np.arange(size) - 1, np.arange(size)) % max(size, 1))
            ),
            "vt_regio": code(regio, REGIO_CODES),
            "verbeteractiviteit": code(work.activiteit, ACTIVITEITEN),
            "soort_inzet": code(extra.astype(np.int64), SOORTEN),
            "functie": code(functie, functies),
            "wijze": code(work.wijze, p.WIJZEN),
            "begonnen_op": moment(work.begin),
            "geeindigd_op": moment(work.end),
            "uren": hundredths(work.uren, work.end, _so_far(clock, work)),
        },
        work.begin,
        late(rng, size),
    )


def _so_far(clock: Clock, work: Work) -> Ints:
    """Hours at the end of the month in which the work began, while it is still going on."""
    month = np.clip(clock.month(work.begin), 0, len(clock.ends) - 1)
    share = (clock.ends[month] - work.begin) / (work.end - work.begin)
    return np.maximum((work.uren * np.clip(share, 0, 1)).astype(np.int64), 1)


def _without_tarief(rng: np.random.Generator, clock: Clock, partner: str, regio: Ints, begin: Ints) -> Bools:
    where, code_, months, share = p.ZONDER_TARIEF
    if partner != where:
        return np.zeros(len(regio), dtype=bool)
    numbers = [clock.months.index(month) for month in months if month in clock.months]
    inside = np.isin(clock.month(begin), numbers) & (regio == REGIO_CODES.index(code_))
    return inside & chance(rng, share, len(regio))
