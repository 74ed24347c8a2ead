"""What the justice side writes down: incidenten of the politie, zsm zaken of the OM, trajecten of the reclassering.

Belongs here: from zaken to records of these three feeds, with every date that still lies ahead. Not here: which zaken
there are (world), and which of these dates a delivery shows (records).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicators.calendar import parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis.activities import use
from pipelines.synthesis.clock import DAY, HOUR, NEVER, Bools, Clock, Floats, Ints
from pipelines.synthesis.draw import chance, either, late, maybe, pick, waiting, withdrawal
from pipelines.synthesis.names import Numbers
from pipelines.synthesis.records import MISSING, Records, chosen, code, day, flag, moment, records, text
from pipelines.synthesis.world import Zaken
from pipelines.synthesis.zorg import REGIO_CODES

SOORTEN = tuple(p.INCIDENT_SOORTEN)
BELAGING = SOORTEN.index("belaging")
ERNST = ("licht", "ernstig")
SASH = ("laag", "midden", "hoog")
TRAJECTEN = ("advies", "toezicht", "spreekuur_hg")
ADVIES, TOEZICHT, SPREEKUUR = range(3)


@dataclass(frozen=True)
class Incidenten:
    """Records of incidenten; ``registraties`` and ``vt_betrokken`` per signaal (null and NEVER where it has no
    incident)."""

    data: Records
    registraties: pl.Series
    vt_betrokken: Ints


@dataclass(frozen=True)
class ZsmZaken:
    """OM cases: ``zaak``, intake, consultation of Veilig Thuis and decision (NEVER where there is none);
    ``hg``: domestic violence established."""

    data: Records
    zaak: Ints
    instroom: Ints
    geraadpleegd: Ints
    beslissing: Ints
    hg: Bools


@dataclass(frozen=True)
class Trajecten:
    """Trajecten of the reclassering: ``zaak`` and moment of referral."""

    data: Records
    zaak: Ints
    aangemeld: Ints


def incidenten(rng: np.random.Generator, clock: Clock, zaken: Zaken, gezin: pl.Series, numbers: Numbers) -> Incidenten:
    """One record per incident of a signaal, double entries, and incidents of the gezin without HG label."""
    signalen = zaken.signalen
    own = np.flatnonzero(signalen.incident)
    double = own[chance(rng, p.P_DUBBEL, len(own))]
    other = np.flatnonzero(chance(rng, p.P_ANDER_INCIDENT, len(zaken)))
    which = np.concatenate([own, double, other])
    size = len(which)
    is_double = (np.arange(size) >= len(own)) & (np.arange(size) < len(own) + len(double))
    hg = np.arange(size) < len(own) + len(double)
    zaak = signalen.zaak[which]
    extra = np.where(is_double, rng.integers(60, p.DUBBEL_MAX_SECONDS, size), 0)
    extra = np.where(hg, extra, rng.integers(DAY, p.ANDER_INCIDENT_MAX_DAYS * DAY, size))
    gemeld = signalen.moment[which] + extra
    regio = zaken.begin.regio[zaak]
    soort = pick(rng, list(p.INCIDENT_SOORTEN.values()), size)
    acuut, ernstig = signalen.acuut[which] & hg, signalen.ernstig[which] & hg
    wrong = chance(rng, p.P_CORRECTIE, size)
    corrected = np.where(wrong, gemeld + waiting(rng, p.CORRECTIE_MEAN_DAYS, size), gemeld)
    sash_share = np.where(
        soort == BELAGING, p.by_year(p.P_SASH_BIJ_BELAGING, parse_month(zaken.maand)[0]), p.P_SASH_OVERIG
    )
    sash = np.where(chance(rng, sash_share, size), pick(rng, p.SASH_NIVEAUS, size), MISSING)
    betrokken = _vt_betrokken(rng, zaken.maand, regio, gemeld, either(acuut, p.P_SAMEN_OP) * hg)
    aanhouding = maybe(hg, signalen.aanhouding_op[which] + extra)
    aangifte_op = gemeld + waiting(rng, p.AANGIFTE_MEAN_DAYS, size)
    withdrawn, revived = withdrawal(rng, gemeld, is_double, ~hg)
    ids = numbers.next("PL", zaken.maand, size)
    data = records(
        "politie/incidenten",
        {
            "registratie_id": text(ids),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(regio, REGIO_CODES),
            "gemeld_op": moment(gemeld),
            "soort": code(soort, SOORTEN),
            "hg_label": flag(hg),
            "ernst": code(ernstig.astype(np.int64), ERNST, corrected, np.where(wrong, 0, ernstig).astype(np.int64)),
            "acuut": flag(acuut),
            "vt_betrokken_op": moment(betrokken),
            "sash_niveau": code(sash, SASH, gemeld + DAY),
            "aanhouding_op": moment(aanhouding),
            "aangifte": flag(signalen.aangifte[which] & hg, aangifte_op),
            "zorgmelding_op": moment(maybe(hg & ~is_double, signalen.zorgmelding_op[which])),
        },
        gemeld,
        late(rng, size),
        withdrawn,
        revived,
    )
    place = np.full(len(signalen.zaak), MISSING, dtype=np.int64)
    place[own] = np.arange(len(own))
    vt_betrokken = maybe(place >= 0, betrokken[np.maximum(place, 0)]) if size else np.full(len(place), NEVER)
    return Incidenten(data, chosen(ids, place), vt_betrokken)


def _vt_betrokken(rng: np.random.Generator, maand: str, regio: Ints, gemeld: Ints, share: Floats) -> Ints:
    """When Veilig Thuis joins an incident, in regions where Samen op in acuut is active; elsewhere seldom."""
    size = len(gemeld)
    active = use("samen_op_in_acuut", maand)[regio]
    involved = chance(rng, np.where(active > 0, share * active, share * p.SAMEN_OP_ELDERS), size)
    within_day = rng.integers(HOUR // 4, 20 * HOUR, size)
    after_day = rng.integers(25 * HOUR, 70 * HOUR, size)
    return maybe(involved, gemeld + np.where(chance(rng, p.P_SAMEN_OP_LAAT, size), after_day, within_day))


def zsm_zaken(
    rng: np.random.Generator, zaken: Zaken, gezin: pl.Series, registraties: pl.Series, numbers: Numbers
) -> ZsmZaken:
    """OM cases after an arrest: with established HG as many as the year asks, and some without."""
    signalen = zaken.signalen
    arrests = np.flatnonzero(signalen.aanhouding_op < NEVER)
    share = p.p_om_per_aanhouding(parse_month(zaken.maand)[0])
    draw = rng.random(len(arrests))
    which = arrests[draw < share * (1 + p.P_ZSM_ZONDER_HG)]
    hg = draw[draw < share * (1 + p.P_ZSM_ZONDER_HG)] < share
    size = len(which)
    zaak = signalen.zaak[which]
    regio = zaken.begin.regio[zaak]
    active = use("hg_vt_zsm", zaken.maand)[regio]
    label = chance(rng, np.where(hg, _between(active, p.P_HG_HERKEND), p.P_HG_LABEL_ONTERECHT), size)
    instroom = signalen.aanhouding_op[which] + rng.integers(HOUR, 30 * HOUR, size)
    zsm = chance(rng, p.P_BESLIST_OP_ZSM, size)
    wait = np.where(
        zsm, rng.integers(4 * HOUR, 3 * DAY, size), 3 * DAY + waiting(rng, p.BESLISSING_LATE_MEAN_DAYS, size)
    )
    beslissing = maybe(~chance(rng, p.P_NIET_BESLIST, size), instroom + wait)
    consulted = hg & chance(rng, _between(active, p.P_VT_GERAADPLEEGD), size)
    before = instroom + (rng.random(size) * wait).astype(np.int64)
    after = instroom + wait + waiting(rng, p.RAADPLEGING_LATE_MEAN_DAYS, size)
    geraadpleegd = maybe(consulted, np.where(chance(rng, p.P_RAADPLEGING_VOORAF, size), before, after))
    data = records(
        "openbaar_ministerie/zsm_zaken",
        {
            "zaak_id": text(numbers.next("OM", zaken.maand, size)),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(regio, REGIO_CODES),
            "registratie_id": text(registraties.gather(which)),
            "instroom_op": moment(instroom),
            "hg_label_instroom": flag(label),
            "hg_vastgesteld": flag(hg, instroom + (wait // 2), label),
            "vt_geraadpleegd_op": moment(geraadpleegd),
            "beslissing_op": moment(beslissing),
            "beslissing": code(pick(rng, list(p.BESLISSINGEN.values()), size), tuple(p.BESLISSINGEN), beslissing),
            "gedragsaanwijzing": flag(chance(rng, p.P_GEDRAGSAANWIJZING, size), beslissing),
        },
        instroom,
        late(rng, size),
    )
    return ZsmZaken(data, zaak, instroom, geraadpleegd, beslissing, hg)


def _between(active: Floats, table: dict[bool, float]) -> Floats:
    return table[False] + active * (table[True] - table[False])


def trajecten(
    rng: np.random.Generator, clock: Clock, zaken: Zaken, zsm: ZsmZaken, gezin: pl.Series, numbers: Numbers
) -> Trajecten:
    """Advice and supervision after OM cases, and the spreekuur HG after arrests."""
    signalen = zaken.signalen
    advies = np.flatnonzero(chance(rng, p.P_RECLASSERING_ADVIES, len(zsm.zaak)))
    toezicht = np.flatnonzero((zsm.beslissing < NEVER) & chance(rng, p.P_RECLASSERING_TOEZICHT, len(zsm.zaak)))
    arrests = np.flatnonzero(signalen.aanhouding_op < NEVER)
    share = p.by_year(p.P_SPREEKUUR, parse_month(zaken.maand)[0])
    spreekuur = arrests[chance(rng, share, len(arrests))]
    zaak = np.concatenate([zsm.zaak[advies], zsm.zaak[toezicht], signalen.zaak[spreekuur]])
    soort = np.repeat(np.arange(3), [len(advies), len(toezicht), len(spreekuur)])
    after = np.concatenate([zsm.instroom[advies], zsm.beslissing[toezicht], signalen.aanhouding_op[spreekuur]])
    size = len(zaak)
    wait = np.where(soort == SPREEKUUR, rng.integers(HOUR, 3 * DAY, size), rng.integers(HOUR, 8 * DAY, size))
    aangemeld = after + wait
    to_start = np.array(p.TRAJECT_START_MEAN_DAYS)[soort]
    gestart = clock.day(aangemeld) + rng.poisson(rng.exponential(1.0, size) * to_start)
    started = ~chance(rng, p.P_NIET_GESTART, size)
    length = np.where(soort == SPREEKUUR, rng.integers(0, 45, size), rng.integers(14, 60, size))
    length = np.where(soort == TOEZICHT, rng.integers(120, 420, size), length)
    data = records(
        "reclassering/trajecten",
        {
            "traject_id": text(numbers.next("RC", zaken.maand, size)),
            "gezin": text(gezin.gather(zaak)),
            "vt_regio": code(zaken.begin.regio[zaak], REGIO_CODES),
            "soort": code(soort, TRAJECTEN),
            "aangemeld_op": moment(aangemeld),
            "gestart_op": day(maybe(started, gestart)),
            "beeindigd_op": day(maybe(started, gestart + length)),
        },
        aangemeld,
        late(rng, size),
    )
    return Trajecten(data, zaak, aangemeld)
