"""The latent country: gezinnen, their zaken and signalen, Actieoverleggen, and when the next zaak comes.

Belongs here: everything that decides which zaken exist and when the next one of a gezin starts, with the exact chance
of that start within 18 months. Not here: what partners write down about a zaak, and how imperfectly they deliver it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from indicators.calendar import parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis import regional_parameters as rp
from pipelines.synthesis.activities import use
from pipelines.synthesis.clock import DAY, HOUR, NEVER, Bools, Clock, Floats, Ints
from pipelines.synthesis.draw import chance, either, maybe, pick, stream, waiting

ONVEILIG_ACUUT = [code in ("acuut", "acuut_en_structureel") for code in p.ONVEILIGHEID]


@dataclass(frozen=True)
class Begin:
    """What is settled about zaken before they start; arrays of one length. ``aanleg``: the gezin's hazard
    multiplier."""

    gezin: Ints
    aanleg: Floats
    regio: Ints
    aard: Ints
    soort: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.gezin)

    def take(self, index: Ints | Bools) -> Begin:
        return Begin(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    @staticmethod
    def concat(parts: list[Begin]) -> Begin:
        return Begin(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Begin)})


@dataclass(frozen=True)
class Signalen:
    """Signalen of one month's zaken, per zaak in order of time; the first of every zaak stand at its zaak's number.

    ``zaak``: number within the month; ``soort``: place in parameters.SIGNAAL_SOORTEN; ``aanhouding_op``,
    ``zorgmelding_op``, ``melding_op``: NEVER where there is none; ``acuut``: the incident's own; ``onveiligheid``:
    the melding's.
    """

    zaak: Ints
    soort: Ints
    moment: Ints
    acuut: Bools
    ernstig: Bools
    aangifte: Bools
    aanhouding_op: Ints
    zorgmelding_op: Ints
    melding_op: Ints
    onveiligheid: Ints

    @property
    def incident(self) -> Bools:
        return (self.soort == p.MET_MELDING) | (self.soort == p.ALLEEN_INCIDENT)

    @property
    def melding(self) -> Bools:
        return self.soort != p.ALLEEN_INCIDENT


@dataclass(frozen=True)
class Zaken:
    """The zaken that start in one month, and what becomes of them.

    ``overleg_aangemeld``, ``overleg_gehouden``: the Actieoverleg, NEVER where there is none or it was not held;
    ``actieoverleg``: held within 28 days of the start; ``laatste``: no signaal or melding of the zaak is later;
    ``volgende``: start of the gezin's next zaak; ``volgende_soort``: the kind of its first signaal; ``kans``: the
    exact chance that this lies within 18 months; ``kans_zonder``: the same, had there been no Actieoverleg.
    """

    maand: str
    begin: Begin
    signalen: Signalen
    overleg_aangemeld: Ints
    overleg_gehouden: Ints
    actieoverleg: Bools
    laatste: Ints
    volgende: Ints
    volgende_soort: Ints
    kans: Floats
    kans_zonder: Floats

    def __len__(self) -> int:
        return len(self.begin)


def zaken_by_month(clock: Clock, scale: float, seed: int) -> Iterator[Zaken]:
    """The zaken of every month from the start of the burn-in to the end of the window."""
    months = [*clock.burn_in, *clock.months]
    planned: dict[int, list[Begin]] = {}
    surplus = np.zeros(len(rp.REGIOS), dtype=np.int64)
    gezinnen = 0
    for month in months:
        rng = stream(seed, "wereld", month)
        number = clock.month(np.array([clock.bounds(month)[0]]))[0]
        again = planned.pop(int(number), [])
        wanted = rng.poisson(_expected(clock, month) * scale) + surplus
        repeats = sum((np.bincount(part.regio, minlength=len(rp.REGIOS)) for part in again), np.zeros_like(surplus))
        # Where more gezinnen come back than the month asks for, later months have fewer new ones: the sum stays right.
        surplus = np.minimum(wanted - repeats, 0)
        new = _new_gezinnen(rng, clock, month, np.maximum(wanted - repeats, 0), gezinnen)
        gezinnen += len(new)
        zaken = _unfold(rng, clock, month, Begin.concat([*again, new]))
        yield zaken
        _plan(rng, clock, zaken, planned)


def _expected(clock: Clock, month: str) -> Floats:
    """Zaken per region that start in the month, at scale 1."""
    soort = np.arange(len(p.SIGNAAL_MIX), dtype=np.int64)
    start, end = (np.full(len(soort), moment) for moment in clock.bounds(month))
    days = float(np.array(p.SIGNAAL_MIX) @ (clock.level(soort, end) - clock.level(soort, start)))
    return np.array([regio.meldingen for regio in rp.REGIOS]) * p.zaken_per_year(parse_month(month)[0]) * days / 365.25


def _new_gezinnen(rng: np.random.Generator, clock: Clock, month: str, per_regio: Ints, first: int) -> Begin:
    size = int(per_regio.sum())
    soort = pick(rng, p.SIGNAAL_MIX, size)
    start, end = (np.full(size, moment) for moment in clock.bounds(month))
    low, high = clock.level(soort, start), clock.level(soort, end)
    return Begin(
        gezin=first + np.arange(size, dtype=np.int64),
        aanleg=rng.gamma(p.GEZIN_GAMMA_SHAPE, 1 / p.GEZIN_GAMMA_SHAPE, size),
        regio=np.repeat(np.arange(len(per_regio), dtype=np.int64), per_regio),
        aard=pick(rng, list(p.AARD_GEWELD.values()), size),
        soort=soort,
        start=np.clip(clock.reached(soort, low + (high - low) * rng.random(size)), start, end - 1),
    )


def _signalen(rng: np.random.Generator, clock: Clock, month: str, begin: Begin) -> Signalen:
    zaak, soort, moment = [np.arange(len(begin), dtype=np.int64)], [begin.soort], [begin.start]
    for _ in range(p.MAX_EXTRA):
        more = chance(rng, p.P_NOG_EEN_SIGNAAL, len(zaak[-1]))
        zaak.append(zaak[-1][more])
        soort.append(pick(rng, p.SIGNAAL_MIX, len(zaak[-1])))
        low, high = p.EXTRA_DAYS
        day = clock.day(moment[-1][more]) + rng.integers(low, high + 1, len(zaak[-1]))
        hour = np.where(
            soort[-1] == p.MELDING_ANDER,
            pick(rng, p.hours(p.HOURS_MELDING), len(day)),
            pick(rng, p.hours(p.HOURS_INCIDENT), len(day)),
        )
        moment.append(clock.moment(day, hour * HOUR + rng.integers(0, HOUR, len(day))))
    return _described(rng, parse_month(month)[0], np.concatenate(zaak), np.concatenate(soort), np.concatenate(moment))


def _described(rng: np.random.Generator, year: int, zaak: Ints, soort: Ints, moment: Ints) -> Signalen:
    size = len(zaak)
    incident = (soort == p.MET_MELDING) | (soort == p.ALLEEN_INCIDENT)
    acuut = incident & chance(rng, p.P_INCIDENT_ACUUT, size)
    ernstig = incident & chance(rng, either(acuut, p.P_INCIDENT_ERNSTIG), size)
    aanhouding = incident & chance(rng, either(ernstig, p.P_AANHOUDING), size)
    aangifte = incident & chance(rng, either(ernstig, p.P_AANGIFTE), size)
    op_tijd = chance(rng, p.by_year(p.P_ZORGMELDING_BINNEN_24_UUR, year), size)
    delay = np.where(
        op_tijd, rng.integers(HOUR // 2, DAY, size), DAY + waiting(rng, p.ZORGMELDING_LATE_MEAN_DAYS, size)
    )
    delay = np.minimum(delay, p.ZORGMELDING_MAX_DAYS * DAY)
    gezonden = (soort == p.MET_MELDING) | (incident & chance(rng, p.P_ZORGMELDING_ZONDER_MELDING, size))
    zorgmelding = maybe(gezonden, moment + delay)
    ontvangen = np.where(soort == p.MET_MELDING, zorgmelding + rng.integers(60, 2 * HOUR, size), moment)
    return Signalen(
        zaak=zaak,
        soort=soort,
        moment=moment,
        acuut=acuut,
        ernstig=ernstig,
        aangifte=aangifte,
        aanhouding_op=maybe(aanhouding, moment + rng.integers(HOUR // 4, p.AANHOUDING_MAX_HOURS * HOUR, size)),
        zorgmelding_op=zorgmelding,
        melding_op=maybe(soort != p.ALLEEN_INCIDENT, ontvangen),
        onveiligheid=pick(rng, list(p.ONVEILIGHEID.values()), size),
    )


def _overleg(
    rng: np.random.Generator, clock: Clock, month: str, begin: Begin, samenloop: Bools, ernstig: Bools
) -> tuple[Ints, Ints]:
    """When the zaak is put forward for an Actieoverleg and when that is held; NEVER where it is not."""
    size = len(begin)
    share = np.where(samenloop, either(ernstig, p.P_ACTIEOVERLEG_SAMENLOOP), p.P_ACTIEOVERLEG_OVERIG)
    chosen = chance(rng, share * use("actieoverleg", month)[begin.regio], size)
    earliest = begin.start + HOUR
    idea = clock.to_werkdag(clock.day(earliest + waiting(rng, p.OVERLEG_AANMELDEN_MEAN_DAYS, size)))
    aangemeld = clock.office(rng, idea, earliest)
    wait = 1 + rng.poisson(p.OVERLEG_WACHTEN_WERKDAGEN, size)
    wait += np.where(chance(rng, p.P_OVERLEG_LAAT, size), rng.integers(10, 30, size), 0)
    gehouden = clock.office(rng, clock.werkdag_after(clock.day(aangemeld), wait))
    held = chosen & ~chance(rng, p.P_OVERLEG_NIET_GEHOUDEN, size)
    return maybe(chosen, aangemeld), maybe(held, gehouden)


def _unfold(rng: np.random.Generator, clock: Clock, month: str, begin: Begin) -> Zaken:
    size = len(begin)
    signalen = _signalen(rng, clock, month, begin)
    acuut_gemeld = signalen.melding & np.array(ONVEILIG_ACUUT)[signalen.onveiligheid]
    eerste_ernstig = (signalen.acuut | signalen.ernstig | acuut_gemeld)[:size]
    aangemeld, gehouden = _overleg(rng, clock, month, begin, _samenloop(signalen, begin), eerste_ernstig)
    actieoverleg = gehouden < begin.start + p.ZAAK_GAP_DAYS * DAY
    laatste = np.zeros(size, dtype=np.int64)
    np.maximum.at(
        laatste, signalen.zaak, np.maximum(signalen.moment, np.where(signalen.melding, signalen.melding_op, 0))
    )
    laatste += p.DUBBEL_MAX_SECONDS
    soort = pick(rng, p.SIGNAAL_MIX, size)
    free = clock.level(soort, laatste + p.ZAAK_GAP_DAYS * DAY)
    span = clock.level(soort, begin.start + (p.HERHALING_DAYS + 1) * DAY) - free
    hazard = begin.aanleg * np.array([regio.herhaling for regio in rp.REGIOS])[begin.regio]
    hazard = hazard * np.where(eerste_ernstig, p.HAZARD_ERNSTIG, 1.0)
    with_effect = hazard * np.where(actieoverleg, p.HAZARD_ACTIEOVERLEG, 1.0)
    wait = 365 * (rng.exponential(1.0, size) / (with_effect * p.HERHALING_SCALE)) ** (1 / p.HERHALING_SHAPE)
    volgende = np.maximum(clock.reached(soort, free + wait), laatste + p.ZAAK_GAP_DAYS * DAY)
    volgende = maybe(~chance(rng, p.P_LAATSTE_ZAAK, size), volgende)
    return Zaken(
        maand=month,
        begin=begin,
        signalen=signalen,
        overleg_aangemeld=maybe(aangemeld < volgende, aangemeld),
        overleg_gehouden=maybe(gehouden < volgende, gehouden),
        actieoverleg=actieoverleg,
        laatste=laatste,
        volgende=volgende,
        volgende_soort=soort,
        kans=_kans(with_effect, span),
        kans_zonder=_kans(hazard, span),
    )


def _samenloop(signalen: Signalen, begin: Begin) -> Bools:
    """Zaken with a melding and an incident with aangifte or arrest, both within 28 days of the start."""
    until = begin.start[signalen.zaak] + p.ZAAK_GAP_DAYS * DAY
    zorg = signalen.melding & (signalen.melding_op < until)
    straf = signalen.incident & (signalen.moment < until) & (signalen.aangifte | (signalen.aanhouding_op < NEVER))
    size = len(begin)
    return (np.bincount(signalen.zaak[zorg], minlength=size) > 0) & (
        np.bincount(signalen.zaak[straf], minlength=size) > 0
    )


def _kans(hazard: Floats, span_days: Floats) -> Floats:
    """Chance of a next zaak within ``span_days`` days of intensity: not the last one, and Weibull."""
    cumulative = hazard * p.HERHALING_SCALE * (np.maximum(span_days, 0.0) / 365) ** p.HERHALING_SHAPE
    return -(1 - p.P_LAATSTE_ZAAK) * np.expm1(-cumulative)


def _plan(rng: np.random.Generator, clock: Clock, zaken: Zaken, planned: dict[int, list[Begin]]) -> None:
    """Puts the next zaken that start inside the window in ``planned``, by the number of their month."""
    again = zaken.volgende < clock.ends[-1]
    begin = zaken.begin.take(again)
    size = len(begin)
    moved = pick(rng, [regio.meldingen for regio in rp.REGIOS], size)
    changed = pick(rng, list(p.AARD_GEWELD.values()), size)
    begin = Begin(
        gezin=begin.gezin,
        aanleg=begin.aanleg,
        regio=np.where(chance(rng, p.P_VERHUIZING, size), moved, begin.regio),
        aard=np.where(chance(rng, p.P_ZELFDE_AARD, size), begin.aard, changed),
        soort=zaken.volgende_soort[again],
        start=zaken.volgende[again],
    )
    month = clock.month(begin.start)
    for number in np.unique(month):
        planned.setdefault(int(number), []).append(begin.take(month == number))
