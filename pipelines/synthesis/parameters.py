"""Every number that the fictitious country is made of.

Belongs here: figures and codes, each with its source or with the words "no public source: chosen"; and the few sums
that follow from them alone. Not here: drawing, dates of one case, files. docs/fictitious-country.md explains the
choices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

DAY: Final = 86_400
ZAAK_GAP_DAYS: Final = 28
"""A signaal opens a new zaak 28 x 24 hours or more after the one before it (specification, section 3)."""
HERHALING_DAYS: Final = 548
BURN_IN_MONTHS: Final = 96
"""Simulated before the first month, so that the window opens on a country with a past."""
CARRY_MONTHS: Final = 6
"""Of zaken this long before the first month, work that starts inside the window is still delivered."""

# ---- volumes -----------------------------------------------------------------------------------------------------
# CBS, Beleidsinformatie Veilig Thuis; RvdK and OM annual figures, as listed in section 7 of the specification.
# Years without a published figure take the mean of their neighbours; before the first and after the last: that one.
MELDINGEN: Final = {2019: 131_805, 2020: 127_410, 2021: 119_380, 2022: 123_360, 2023: 127_340}
OM_HG_ZAKEN: Final = {2019: 10_450, 2020: 10_200, 2021: 9_150, 2022: 8_870}
RVDK_ONDERZOEKEN: Final = {2019: 16_729, 2020: 15_940, 2021: 14_895, 2022: 13_470, 2023: 13_380}


def by_year(table: Mapping[int, float], year: int) -> float:
    """The entry of ``year``, or of the nearest year that the table has."""
    return table[min(max(year, min(table)), max(table))]


# ---- signalen ----------------------------------------------------------------------------------------------------
SIGNAAL_SOORTEN: Final = ("incident_met_melding", "incident", "melding_ander", "melding_politie_los")
MET_MELDING, ALLEEN_INCIDENT, MELDING_ANDER, MELDING_LOS = range(4)
P_POLITIE_MELDER: Final = 0.67
"""Share of meldingen by politie (CBS, specification section 7)."""
P_ALLEEN_INCIDENT: Final = 0.32
"""Share of signalen that are a police incident without melding. No public source: chosen."""
P_POLITIE_LOS: Final = 0.04
"""Share of the police's meldingen without a usable registration number. No public source: chosen."""
_MELDING: Final = 1 - P_ALLEEN_INCIDENT
SIGNAAL_MIX: Final = (
    _MELDING * P_POLITIE_MELDER * (1 - P_POLITIE_LOS),
    P_ALLEEN_INCIDENT,
    _MELDING * (1 - P_POLITIE_MELDER),
    _MELDING * P_POLITIE_MELDER * P_POLITIE_LOS,
)
P_NOG_EEN_SIGNAAL: Final = 0.1525
"""Chance that a zaak gets one more signaal, after each signaal, up to MAX_EXTRA. No public source: chosen."""
MAX_EXTRA: Final = 5
EXTRA_DAYS: Final = (1, 24)
"""Days between two signalen of one zaak, both included; never 28 x 24 hours."""

SIGNALEN_PER_ZAAK: Final = sum(P_NOG_EEN_SIGNAAL**k for k in range(MAX_EXTRA + 1))
P_ZAAK_MET_MELDING: Final = 1 - sum(
    P_ALLEEN_INCIDENT ** (k + 1) * P_NOG_EEN_SIGNAAL**k * ((1 - P_NOG_EEN_SIGNAAL) if k < MAX_EXTRA else 1)
    for k in range(MAX_EXTRA + 1)
)


def zaken_per_year(year: int) -> float:
    """Zaken that start in a year at scale 1, so that the meldingen of that year meet their published number."""
    return by_year(MELDINGEN, year) / (SIGNALEN_PER_ZAAK * _MELDING)


# CBS gives 67% politie and the professions in this order of size; the exact split of the rest is chosen.
MELDERS: Final = {
    "politie": 0.0,
    "justitie_overig": 0.045,
    "gezondheidszorg": 0.195,
    "ggz": 0.075,
    "onderwijs": 0.135,
    "kinderopvang": 0.015,
    "jeugdhulp": 0.135,
    "maatschappelijk_werk": 0.105,
    "beroepsmatig_overig": 0.140,
    "burger": 0.125,
    "onbekend": 0.030,
}
"""The melder of a melding that is not by politie."""
# No public source in the specification: chosen.
AARD_GEWELD: Final = {
    "kindermishandeling": 0.46,
    "ex_partnergeweld": 0.30,
    "ouderenmishandeling": 0.025,
    "geweld_tegen_ouders": 0.035,
    "huiselijk_geweld_overig": 0.10,
    "andere_problematiek": 0.06,
    "onbekend": 0.02,
}
P_ZELFDE_AARD: Final = 0.75
# CBS 2023: 38% acute and/or structural, of which acute about 1 in 8 (specification section 7).
ONVEILIGHEID: Final = {
    "acuut": 0.0255,
    "structureel": 0.3325,
    "acuut_en_structureel": 0.022,
    "geen": 0.570,
    "onbekend": 0.050,
}
# No public source for the rest of this block: chosen.
INCIDENT_SOORTEN: Final = {
    "mishandeling": 0.46,
    "bedreiging": 0.20,
    "belaging": 0.06,
    "vernieling": 0.07,
    "zeden": 0.03,
    "overig": 0.18,
}
P_INCIDENT_ACUUT: Final = 0.12
P_INCIDENT_ERNSTIG: Final = {True: 0.60, False: 0.18}
"""Chance that an incident is ernstig, when it is acuut and when not."""
P_AANHOUDING: Final = {True: 0.34, False: 0.11}
"""Chance of an arrest, for ernstige incidents and others."""
P_AANGIFTE: Final = {True: 0.45, False: 0.19}
P_ZORGMELDING_ZONDER_MELDING: Final = 0.20
P_ZORGMELDING_BINNEN_24_UUR: Final = {2019: 0.66, 2020: 0.69, 2021: 0.72, 2022: 0.75, 2023: 0.77}
ZORGMELDING_LATE_MEAN_DAYS: Final = 2.0
ZORGMELDING_MAX_DAYS: Final = 9
AANHOUDING_MAX_HOURS: Final = 30
P_ANDER_INCIDENT: Final = 0.10
"""Incidents without HG label, per zaak."""
P_SASH_BIJ_BELAGING: Final = {2019: 0.41, 2020: 0.48, 2021: 0.57, 2022: 0.63, 2023: 0.68}
P_SASH_OVERIG: Final = 0.01

# ---- repetition --------------------------------------------------------------------------------------------------
# Registered repetition within 18 months has no public source: chosen. The time from 28 days after the last signaal of
# a zaak to the gezin's next zaak is Weibull in days of the intensity below, with a multiplier per gezin and per zaak.
P_LAATSTE_ZAAK: Final = 0.30
"""Chance that a zaak is the gezin's last whatever happens (children grow up, partners part)."""
HERHALING_SCALE: Final = 0.43
"""Cumulative hazard after one year, for a multiplier of 1."""
HERHALING_SHAPE: Final = 0.65
GEZIN_GAMMA_SHAPE: Final = 3.0
"""The multiplier of a gezin is gamma with mean 1 and this shape; it never changes."""
HAZARD_ERNSTIG: Final = 1.20
HAZARD_ACTIEOVERLEG: Final = 0.70
"""The planted causal effect: an Actieoverleg held within 28 days of the start lowers the hazard of the next zaak."""
P_VERHUIZING: Final = 0.03
"""Chance that the next zaak of a gezin lies in another region."""

# ---- rhythm (no public source: chosen) -----------------------------------------------------------------------------
SEASON_INCIDENT: Final = (0.99, 0.94, 0.97, 1.00, 1.04, 1.06, 1.06, 1.04, 1.01, 0.99, 0.95, 0.97)
SEASON_MELDING: Final = (1.05, 1.02, 1.09, 1.01, 1.04, 1.10, 0.80, 0.76, 1.03, 1.06, 1.13, 0.93)
WEEKDAY_INCIDENT: Final = (0.95, 0.91, 0.91, 0.93, 1.00, 1.14, 1.16)
WEEKDAY_MELDING: Final = (1.28, 1.36, 1.27, 1.30, 1.18, 0.32, 0.29)
FEESTDAG_INCIDENT: Final = 1.12
FEESTDAG_MELDING: Final = 0.25
HOURS_INCIDENT: Final = {0: 3.3, 5: 1.0, 6: 1.2, 8: 2.8, 12: 4.5, 15: 4.8, 18: 6.2, 21: 7.0, 23: 4.8}
HOURS_MELDING: Final = {
    0: 0.2,
    6: 0.2,
    7: 1.0,
    8: 5.0,
    10: 12.0,
    12: 8.0,
    14: 11.0,
    15: 11.0,
    17: 4.0,
    20: 1.2,
    23: 0.6,
}
"""Weight of local hours from midnight; the hours between lie on a straight line."""


def hours(points: Mapping[int, float]) -> list[float]:
    """The weight of each of the 24 hours."""
    return [float(weight) for weight in np.interp(range(24), list(points), list(points.values()))]


# ---- the work of Veilig Thuis ------------------------------------------------------------------------------------
P_BEOORDELING_OP_TIJD: Final = {2019: 0.73, 2020: 0.71, 2021: 0.67, 2022: 0.63, 2023: 0.61, 2024: 0.63, 2025: 0.66}
"""Within 5 werkdagen; about 60% in 2023 (specification section 7), other years chosen. Before the region's own
level."""
BEOORDELING_LOGIT_POLITIE: Final = 0.06
BEOORDELING_LOGIT_OVERIG: Final = -0.12
BEOORDELING_WERKDAGEN: Final = (0.10, 0.17, 0.18, 0.17, 0.18, 0.20)
"""Spread over werkdag 0 to 5 of what is on time."""
BEOORDELING_LATE_MEAN: Final = 8.0
P_NOOIT_BEOORDEELD: Final = 0.02
"""Of what is not on time."""
# Onderzoeken: 7,350 completed of 127,340 meldingen in 2023; the rest chosen.
BESLUITEN: Final = {
    "overdracht": 0.585,
    "voorwaarden_en_vervolg": 0.135,
    "onderzoek": 0.060,
    "verzoek_rvdk": 0.012,
    "einde_bemoeienis": 0.208,
}
P_DIENST_OP_TIJD: Final = {"onderzoek": 0.64, "voorwaarden_en_vervolg": 0.70}
P_TERUGKOPPELING: Final = {2019: 0.44, 2020: 0.49, 2021: 0.54, 2022: 0.58, 2023: 0.61}
P_LANG_BETROKKEN: Final = 0.36
"""Veilig Thuis keeps an eye on these gezinnen (radarfunctie) for LANG_BETROKKEN_MEAN days on average."""
LANG_BETROKKEN_MEAN: Final = 420.0
KORT_BETROKKEN_MEAN: Final = 9.0
P_ANDERE_AARD_MELDING: Final = 0.08
"""Meldingen whose aard_geweld is not that of the zaak."""
P_REGISTRATIE_ONBEKEND: Final = 0.45
"""Of the police's meldingen without usable number: the number is one that politie/incidenten does not know."""
OVERDRACHT_MAX_DAYS: Final = 16
DIENST_LATE_MEAN_DAYS: Final = 28.0
P_TERUGKOPPELING_LAAT: Final = 0.30

# ---- justice, protection, probation (no public source unless named: chosen) --------------------------------------
P_ZSM_ZONDER_HG: Final = 0.08
P_HG_HERKEND: Final = {True: 0.91, False: 0.78}
"""HG label at intake, where HG door VT & ZSM is active and where not."""
P_VT_GERAADPLEEGD: Final = {True: 0.72, False: 0.14}
BESLISSINGEN: Final = {
    "dagvaarding": 0.34,
    "strafbeschikking": 0.10,
    "voorwaardelijk_sepot": 0.14,
    "sepot": 0.22,
    "voorgeleiding": 0.12,
    "aangehouden": 0.08,
}
RVDK_BESLUITEN: Final = {
    "geen_maatregel": 0.38,
    "ots": 0.40,
    "vots": 0.08,
    "ots_met_uithuisplaatsing": 0.11,
    "gezagsbeeindiging": 0.03,
}
P_HG_LABEL_ONTERECHT: Final = 0.25
P_BESLIST_OP_ZSM: Final = 0.66
BESLISSING_LATE_MEAN_DAYS: Final = 24.0
P_NIET_BESLIST: Final = 0.02
P_RAADPLEGING_VOORAF: Final = 0.88
RAADPLEGING_LATE_MEAN_DAYS: Final = 3.0
P_GEDRAGSAANWIJZING: Final = 0.18
P_SPOED: Final = 0.14
RVDK_VERZOEK_MEAN_DAYS: Final = {True: 4.0, False: 45.0}
AANGIFTE_MEAN_DAYS: Final = 2.0
SASH_NIVEAUS: Final = (0.40, 0.38, 0.22)
ANDER_INCIDENT_MAX_DAYS: Final = 200
P_NIET_GESTART: Final = 0.05
TRAJECT_START_MEAN_DAYS: Final = (8.0, 14.0, 6.0)
"""advies, toezicht, spreekuur_hg."""
P_RECLASSERING_ADVIES: Final = 0.42
P_RECLASSERING_TOEZICHT: Final = 0.18
P_SPREEKUUR: Final = {2019: 0.12, 2020: 0.18, 2021: 0.25, 2022: 0.31, 2023: 0.35}


def p_om_per_aanhouding(year: int) -> float:
    """Chance that an arrest becomes an OM case with established HG, so that the year meets OM_HG_ZAKEN."""
    ernstig = P_INCIDENT_ACUUT * P_INCIDENT_ERNSTIG[True] + (1 - P_INCIDENT_ACUUT) * P_INCIDENT_ERNSTIG[False]
    arrest = ernstig * P_AANHOUDING[True] + (1 - ernstig) * P_AANHOUDING[False]
    incidents = zaken_per_year(year) * SIGNALEN_PER_ZAAK * (SIGNAAL_MIX[MET_MELDING] + SIGNAAL_MIX[ALLEEN_INCIDENT])
    return min(1.0, by_year(OM_HG_ZAKEN, year) / (incidents * arrest))


def p_rvdk_per_zaak(year: int) -> float:
    """Chance of a RvdK onderzoek, for zaken about child abuse with a melding, so that the year meets
    RVDK_ONDERZOEKEN."""
    return by_year(RVDK_ONDERZOEKEN, year) / (
        zaken_per_year(year) * AARD_GEWELD["kindermishandeling"] * P_ZAAK_MET_MELDING
    )


# ---- joint work (no public source for shares and speed: chosen) --------------------------------------------------
P_ACTIEOVERLEG_SAMENLOOP: Final = {True: 0.62, False: 0.44}
"""At full use in an active region, for a samenloop zaak whose first signaal is ernstig and for others."""
P_ACTIEOVERLEG_OVERIG: Final = 0.012
USE_AT_START: Final = 0.45
USE_GROWS_MONTHS: Final = 12
OVERLEG_AANMELDEN_MEAN_DAYS: Final = 4.0
OVERLEG_WACHTEN_WERKDAGEN: Final = 4.0
P_OVERLEG_LAAT: Final = 0.10
P_OVERLEG_NIET_GEHOUDEN: Final = 0.06
AANWEZIG: Final = {
    "veilig_thuis": 0.99,
    "politie": 0.93,
    "openbaar_ministerie": 0.78,
    "reclassering": 0.72,
    "raad_voor_de_kinderbescherming": 0.45,
}
CASUSREGIE: Final = {
    "veilig_thuis": 0.34,
    "zorg_en_veiligheidshuis": 0.12,
    "lokaal_team": 0.24,
    "gecertificeerde_instelling": 0.16,
    "anders": 0.04,
}
"""The rest of the overleggen end without casusregie."""
P_SAMEN_OP: Final = {True: 0.62, False: 0.04}
"""VT involved, at full use where Samen op in acuut is active: in acute incidents and in others."""
SAMEN_OP_ELDERS: Final = 0.05
"""Of P_SAMEN_OP, where Samen op in acuut is not active."""
P_SAMEN_OP_LAAT: Final = 0.08
P_WIJZE_ONBEKEND: Final = 0.03
CASUSREGIE_MEAN_DAYS: Final = 3.0
WIJZE_COVID: Final = "2020-03"
"""From this month on meetings are by video (the first lockdown)."""

# ---- effort and money (no public source: chosen) -------------------------------------------------------------------
FUNCTIES: Final = {
    "veilig_thuis": {"vt_medewerker": 0.78, "gedragswetenschapper": 0.15, "vertrouwensarts": 0.07},
    "politie": {"wijkagent": 0.55, "noodhulp": 0.33, "taakaccenthouder_hg": 0.12},
    "openbaar_ministerie": {"parketsecretaris": 0.68, "officier_van_justitie": 0.32},
    "raad_voor_de_kinderbescherming": {"raadsonderzoeker": 0.80, "gedragsdeskundige": 0.20},
    "reclassering": {"reclasseringswerker": 0.90, "werkbegeleider": 0.10},
}
TARIEVEN_2019: Final = {
    "vt_medewerker": 68.0,
    "gedragswetenschapper": 86.0,
    "vertrouwensarts": 112.0,
    "wijkagent": 61.5,
    "noodhulp": 58.0,
    "taakaccenthouder_hg": 64.0,
    "parketsecretaris": 66.0,
    "officier_van_justitie": 109.0,
    "raadsonderzoeker": 72.5,
    "gedragsdeskundige": 88.0,
    "reclasseringswerker": 69.0,
    "werkbegeleider": 78.0,
}
TARIEF_GROWTH: Final = 0.03
FUNCTIE_ZONDER_TARIEF: Final = "vrijwilliger"
ZONDER_TARIEF: Final = ("reclassering", "drenthe", ("2020-04", "2020-05", "2020-06"), 0.25)
"""Where and when a functie without tarief occurs, and its share there: few rows, so that few cost cells are
incomplete."""
INZET_MEAN: Final = {
    "veilig_thuis": 4.3,
    "politie": 1.7,
    "openbaar_ministerie": 2.4,
    "raad_voor_de_kinderbescherming": 5.0,
    "reclassering": 4.5,
}
"""Rows of effort per zaak with a melding, per zaak with an incident, per zsm zaak, onderzoek and traject, beside the
first."""
INZET_SPREAD_DAYS: Final = {True: 17.0, False: 31.0}
"""Mean time to a row of effort, with an Actieoverleg within 28 days and without."""
P_STRETCH: Final = {
    "veilig_thuis": 0.30,
    "politie": 0.16,
    "openbaar_ministerie": 0.12,
    "raad_voor_de_kinderbescherming": 0.50,
    "reclassering": 0.50,
}
"""Share of rows that are a period of days in which a partner works on the case now and then, instead of one
contact."""
STRETCH_MEAN_DAYS: Final = 11.0
STRETCH_MAX_DAYS: Final = 60.0
STRETCH_LOG_HOURS: Final = 1.3
STRETCH_LOG_SD: Final = 0.6
"""Hours of work in such a period: median e^1.3 = 3.7."""
STRETCH_MAX_HOURS: Final = 24.0
CONTACT_LOG_QUARTERS: Final = 1.4
CONTACT_LOG_SD: Final = 0.6
"""Quarters of an hour in one contact: median e^1.4 = 4."""
OVERLEG_MINUTES: Final = (45, 100)
SAMEN_OP_MINUTES: Final = (20, 150)
ZSM_MINUTES: Final = (10, 40)
INZET_GAMMA_SHAPE: Final = 2.0
"""How unequal zaken are in effort: gamma with mean 1."""
P_STRAFBARE_KM: Final = 0.30
P_EXTRA: Final = {
    "samen_op_in_acuut": 0.45,
    "actieoverleg": 0.40,
    "hg_vt_zsm": 0.35,
    "strafbare_km": 0.30,
    "regulier": 0.02,
}
WIJZEN: Final = ("fysiek", "video", "telefoon")
WIJZE_VOOR_COVID: Final = (0.55, 0.02, 0.43)
WIJZE_NA_COVID: Final = (0.36, 0.14, 0.50)
OVERLEG_VOOR_COVID: Final = (0.82, 0.03, 0.15)
OVERLEG_NA_COVID: Final = (0.22, 0.63, 0.15)

# ---- imperfect deliveries (no public source: chosen) ---------------------------------------------------------------
BROKEN_SHARE: Final = {
    "veilig_thuis": 0.006,
    "politie": 0.004,
    "openbaar_ministerie": 0.003,
    "raad_voor_de_kinderbescherming": 0.003,
    "reclassering": 0.008,
}
P_BAD_MONTH: Final = 0.03
BAD_MONTH_FACTOR: Final = 8.0
MAX_BROKEN_SHARE: Final = 0.10
"""Of one delivery; the contract refuses a delivery above 20%."""
P_LATE: Final = 0.015
"""Records that reach the partner's own system LATE_DAYS after the fact."""
LATE_DAYS: Final = (3, 25)
P_DUBBEL: Final = 0.004
"""Meldingen and incidents entered twice; the second entry is withdrawn later."""
DUBBEL_MAX_SECONDS: Final = 3_600
P_HERSTELD: Final = 0.0006
"""Records withdrawn by mistake and revived later."""
P_CORRECTIE: Final = 0.01
CORRECTIE_MEAN_DAYS: Final = 25.0
INTREKKEN_DAYS: Final = (2, 75)
HERSTELLEN_DAYS: Final = (20, 60)
P_GEZIN_GEWIJZIGD: Final = 0.0008
"""Rows of effort first delivered under another gezin."""


def logit(p: float) -> float:
    return math.log(p / (1 - p))
