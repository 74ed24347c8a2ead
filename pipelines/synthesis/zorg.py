"""What the care side writes down: meldingen and Actieoverleggen of Veilig Thuis, onderzoeken of the RvdK.

Belongs here: from zaken to records of these three feeds, with every date that still lies ahead. Not here: which zaken
there are (world), and which of these dates a delivery shows (records).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicators.calendar import parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis import regional_parameters as rp
from pipelines.synthesis.clock import HOUR, NEVER, Bools, Clock, Floats, Ints
from pipelines.synthesis.draw import chance, late, maybe, pick, waiting, withdrawal
from pipelines.synthesis.names import Numbers
from pipelines.synthesis.records import MISSING, Records, code, day, flag, moment, records, text
from pipelines.synthesis.world import Zaken

REGIO_CODES = tuple(regio.code for regio in rp.REGIOS)
MELDERS = tuple(p.MELDERS)
AARD = tuple(p.AARD_GEWELD)
ONVEILIGHEID = tuple(p.ONVEILIGHEID)
BESLUITEN = tuple(p.BESLUITEN)
OVERDRACHT, VOORWAARDEN, ONDERZOEK, VERZOEK, EINDE = range(5)
KINDERMISHANDELING = AARD.index("kindermishandeling")


@dataclass(frozen=True)
class Meldingen:
    """Records of meldingen, and per melding that is not a double entry: region, by politie, and the planted chance of
    an assessment within 5 werkdagen."""

    data: Records
    regio: Ints
    politie: Bools
    kans_op_tijd: Floats


@dataclass(frozen=True)
class Overleggen:
    """Actieoverleggen: ``zaak``, moment held (NEVER where not) and per partner of parameters.AANWEZIG whether it was
    there."""

    data: Records
    zaak: Ints
    gehouden: Ints
    aanwezig: dict[str, Bools]


@dataclass(frozen=True)
class Onderzoeken:
    """Onderzoeken of the RvdK: ``zaak`` and the moment of the request."""

    data: Records
    zaak: Ints
    verzoek: Ints


def meldingen(
    rng: np.random.Generator, clock: Clock, zaken: Zaken, gezin: pl.Series, registraties: pl.Series, numbers: Numbers
) -> Meldingen:
    """One record per melding, and double entries. ``registraties``: per signaal the police's registration number, if
    it has one."""
    signalen = zaken.signalen
    all_meldingen = np.flatnonzero(signalen.melding)
    double = all_meldingen[chance(rng, p.P_DUBBEL, len(all_meldingen))]
    which = np.concatenate([all_meldingen, double])
    size, real = len(which), len(all_meldingen)
    is_double = np.arange(size) >= real
    zaak, soort = signalen.zaak[which], signalen.soort[which]
    regio = zaken.begin.regio[zaak]
    politie = soort != p.MELDING_ANDER
    ontvangen = signalen.melding_op[which] + np.where(is_double, rng.integers(60, p.DUBBEL_MAX_SECONDS, size), 0)
    kans = _kans_op_tijd(parse_month(zaken.maand)[0], regio, politie)
    beoordeling = maybe(~is_double, _beoordeling(rng, clock, ontvangen, kans))
    besluit = pick(rng, list(p.BESLUITEN.values()), size)
    assessed = clock.day(beoordeling)
    afgerond = _afgerond(rng, assessed, besluit)
    overdracht = maybe(besluit == OVERDRACHT, assessed + rng.integers(0, p.OVERDRACHT_MAX_DAYS + 1, size))
    aard = np.where(
        chance(rng, p.P_ANDERE_AARD_MELDING, size),
        pick(rng, list(p.AARD_GEWELD.values()), size),
        zaken.begin.aard[zaak],
    )
    wrong = chance(rng, p.P_CORRECTIE, size)
    corrected = np.where(wrong, ontvangen + waiting(rng, p.CORRECTIE_MEAN_DAYS, size), ontvangen)
    earlier = np.where(wrong, pick(rng, list(p.AARD_GEWELD.values()), size), aard)
    withdrawn, revived = withdrawal(rng, ontvangen, is_double, soort == p.MET_MELDING)
    data = records(
        "veilig_thuis/meldingen",
        {
            "melding_id": text(numbers.next("M", zaken.maand, size)),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(regio, REGIO_CODES),
            "ontvangen_op": moment(ontvangen),
            "melder": code(np.where(politie, 0, pick(rng, list(p.MELDERS.values()), size)), MELDERS),
            "politie_registratie_id": text(_registratie(rng, zaken.maand, registraties.gather(which), soort, numbers)),
            "aard_geweld": code(aard, AARD, corrected, earlier),
            "onveiligheid": code(
                signalen.onveiligheid[which], ONVEILIGHEID, beoordeling, ONVEILIGHEID.index("onbekend")
            ),
            "veiligheidsbeoordeling_op": moment(beoordeling),
            "besluit": code(besluit, BESLUITEN, beoordeling),
            "dienst_afgerond_op": day(afgerond),
            "overdracht_op": day(overdracht),
            "terugkoppeling_op": day(_terugkoppeling(rng, zaken.maand, maybe(politie, overdracht))),
            "betrokkenheid_beeindigd_op": day(_beeindigd(rng, assessed, besluit, overdracht, afgerond)),
        },
        ontvangen,
        late(rng, size),
        withdrawn,
        revived,
    )
    return Meldingen(data, regio[:real], politie[:real], kans[:real])


def _kans_op_tijd(year: int, regio: Ints, politie: Bools) -> Floats:
    """Chance of an assessment within 5 werkdagen: the year's level, moved by region and melder on the logit scale."""
    level = p.logit(p.by_year(p.P_BEOORDELING_OP_TIJD, year))
    region = np.array([r.op_tijd for r in rp.REGIOS])[regio]
    melder = np.where(politie, p.BEOORDELING_LOGIT_POLITIE, p.BEOORDELING_LOGIT_OVERIG)
    return 1 / (1 + np.exp(-(level + region + melder)))


def _beoordeling(rng: np.random.Generator, clock: Clock, ontvangen: Ints, kans: Floats) -> Ints:
    size = len(ontvangen)
    op_tijd = chance(rng, kans, size)
    soon = pick(rng, p.BEOORDELING_WERKDAGEN, size)
    later = len(p.BEOORDELING_WERKDAGEN) + rng.exponential(p.BEOORDELING_LATE_MEAN, size).astype(np.int64)
    received = clock.day(ontvangen)
    free_day = clock.to_werkdag(received) != received
    werkdagen = np.where(op_tijd, np.where(free_day, np.maximum(soon, 1), soon), later)
    done = clock.office(rng, clock.werkdag_after(received, werkdagen), ontvangen)
    return maybe(op_tijd | ~chance(rng, p.P_NOOIT_BEOORDEELD, size), done)


def _afgerond(rng: np.random.Generator, assessed: Ints, besluit: Ints) -> Ints:
    """The day on which an onderzoek or voorwaarden en vervolg is done, NEVER for other decisions."""
    size = len(assessed)
    share = np.where(
        besluit == ONDERZOEK, p.P_DIENST_OP_TIJD["onderzoek"], p.P_DIENST_OP_TIJD["voorwaarden_en_vervolg"]
    )
    op_tijd = chance(rng, share, size)
    soon = rng.integers(18, 71, size)
    later = 71 + rng.exponential(p.DIENST_LATE_MEAN_DAYS, size).astype(np.int64)
    return maybe((besluit == ONDERZOEK) | (besluit == VOORWAARDEN), assessed + np.where(op_tijd, soon, later))


def _terugkoppeling(rng: np.random.Generator, maand: str, overdracht: Ints) -> Ints:
    size = len(overdracht)
    op_tijd = chance(rng, p.by_year(p.P_TERUGKOPPELING, parse_month(maand)[0]), size)
    given = op_tijd | chance(rng, p.P_TERUGKOPPELING_LAAT, size)
    return maybe(given, overdracht + np.where(op_tijd, rng.integers(0, 29, size), rng.integers(29, 90, size)))


def _beeindigd(rng: np.random.Generator, assessed: Ints, besluit: Ints, overdracht: Ints, afgerond: Ints) -> Ints:
    size = len(assessed)
    work_done = np.select(
        [besluit == OVERDRACHT, besluit == EINDE, besluit == VERZOEK],
        [overdracht, assessed, assessed + 60],
        default=afgerond,
    )
    kept = np.where(chance(rng, p.P_LANG_BETROKKEN, size), p.LANG_BETROKKEN_MEAN, p.KORT_BETROKKEN_MEAN)
    return work_done + np.where(besluit == EINDE, 0, rng.exponential(1.0, size) * kept).astype(np.int64)


def _registratie(rng: np.random.Generator, maand: str, known: pl.Series, soort: Ints, numbers: Numbers) -> pl.Series:
    """The police's number; a police melding without its incident has none, or one that politie/incidenten does not
    know."""
    loose = soort == p.MELDING_LOS
    unknown = loose & chance(rng, p.P_REGISTRATIE_ONBEKEND, len(soort))
    strange = numbers.next("PX", maand, len(soort))
    return strange.zip_with(pl.Series(unknown), known)


def overleggen(rng: np.random.Generator, clock: Clock, zaken: Zaken, gezin: pl.Series, numbers: Numbers) -> Overleggen:
    """One record per Actieoverleg that was put forward."""
    zaak = np.flatnonzero(zaken.overleg_aangemeld < NEVER)
    size = len(zaak)
    aangemeld, gehouden = zaken.overleg_aangemeld[zaak], zaken.overleg_gehouden[zaak]
    aanwezig = {partner: chance(rng, share, size) for partner, share in p.AANWEZIG.items()}
    mix = p.OVERLEG_NA_COVID if zaken.maand >= p.WIJZE_COVID else p.OVERLEG_VOOR_COVID
    wijze = np.where(chance(rng, p.P_WIJZE_ONBEKEND, size), MISSING, pick(rng, mix, size))
    regie = [*p.CASUSREGIE.values(), 1 - sum(p.CASUSREGIE.values())]
    casusregie = pick(rng, regie, size)
    casusregie = np.where(casusregie == len(p.CASUSREGIE), MISSING, casusregie)
    data = records(
        "veilig_thuis/actieoverleggen",
        {
            "overleg_id": text(numbers.next("AO", zaken.maand, size)),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(zaken.begin.regio[zaak], REGIO_CODES),
            "aangemeld_op": moment(aangemeld),
            "gehouden_op": moment(gehouden),
            "wijze": code(wijze, p.WIJZEN, gehouden),
            **{f"aanwezig_{partner}": flag(there, gehouden) for partner, there in aanwezig.items()},
            "casusregie": code(casusregie, tuple(p.CASUSREGIE), gehouden + waiting(rng, p.CASUSREGIE_MEAN_DAYS, size)),
        },
        aangemeld,
        late(rng, size),
    )
    return Overleggen(data, zaak, gehouden, aanwezig)


def onderzoeken(
    rng: np.random.Generator, clock: Clock, zaken: Zaken, gezin: pl.Series, numbers: Numbers
) -> Onderzoeken:
    """RvdK onderzoeken, among zaken about child abuse with a melding."""
    size = len(zaken)
    gemeld = np.bincount(zaken.signalen.zaak[zaken.signalen.melding], minlength=size) > 0
    share = p.p_rvdk_per_zaak(parse_month(zaken.maand)[0])
    zaak = np.flatnonzero(gemeld & (zaken.begin.aard == KINDERMISHANDELING) & chance(rng, share, size))
    size = len(zaak)
    spoed = chance(rng, p.P_SPOED, size)
    wait = waiting(rng, np.where(spoed, p.RVDK_VERZOEK_MEAN_DAYS[True], p.RVDK_VERZOEK_MEAN_DAYS[False]), size)
    start = zaken.begin.start[zaak] + HOUR
    verzoek = clock.office(rng, clock.to_werkdag(clock.day(start + wait)), start)
    gestart = clock.day(verzoek) + np.where(spoed, 0, rng.integers(2, 60, size))
    afgerond = gestart + np.where(spoed, rng.integers(10, 80, size), rng.integers(35, 140, size))
    besluit = pick(rng, list(p.RVDK_BESLUITEN.values()), size)
    data = records(
        "raad_voor_de_kinderbescherming/onderzoeken",
        {
            "onderzoek_id": text(numbers.next("RK", zaken.maand, size)),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(zaken.begin.regio[zaak], REGIO_CODES),
            "verzoek_op": moment(verzoek),
            "spoed": flag(spoed),
            "gestart_op": day(gestart),
            "afgerond_op": day(afgerond),
            "besluit": code(besluit, tuple(p.RVDK_BESLUITEN), clock.moment(afgerond, 17 * HOUR)),
        },
        verzoek,
        late(rng, size),
    )
    return Onderzoeken(data, zaak, verzoek)
