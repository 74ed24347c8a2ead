"""Every number that differs by region, and the calendar of the landelijk netwerk.

Belongs here: sizes, levels and starting months of regions, and what the network teaches and delivers, each with its
source or with the word "chosen". Not here: national figures (parameters).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from indicators import geography


@dataclass(frozen=True)
class RegioParameters:
    """One vt_regio.

    ``meldingen``: share of the country. ``op_tijd``: logit added to P_BEOORDELING_OP_TIJD. ``herhaling``: hazard
    multiplier. The months are those from which an activity is active; '' = not within the years described here.
    ``praktijklocatie``: first and last day; '' = no end.
    """

    code: str
    meldingen: float
    op_tijd: float
    herhaling: float
    actieoverleg: str
    samen_op_in_acuut: str
    strafbare_km: str
    praktijklocatie: tuple[str, str] | None = None


# Meldingen 2020 (CBS, specification section 7): the three northern regions and Flevoland as published; Gelderland,
# Overijssel, West and Zuid divided by population (CBS, 1 January 2020, thousands). Start of the Actieoverleg: between
# 2019 and 2020 everywhere except in Noord-Holland, which was weighing it in December 2020; the exact months are
# chosen, as is the rest.
_PUBLISHED: Final = {"groningen": 4_195, "friesland": 4_245, "drenthe": 2_205, "flevoland": 5_515}
_DIVIDED: Final = (
    (9_225, {"noord_en_oost_gelderland": 826, "gelderland_midden": 700, "gelderland_zuid": 560}),
    (5_960, {"ijsselland": 531, "twente": 631}),
    (
        68_495,
        {
            "utrecht": 1_355,
            "gooi_en_vechtstreek": 257,
            "noord_holland_noord": 661,
            "zaanstreek_waterland": 341,
            "kennemerland": 553,
            "amsterdam_amstelland": 1_066,
            "haaglanden": 1_124,
            "hollands_midden": 804,
            "rotterdam_rijnmond": 1_324,
            "zuid_holland_zuid": 457,
            "zeeland": 384,
        },
    ),
    (
        27_570,
        {
            "west_brabant": 710,
            "midden_brabant": 482,
            "brabant_noordoost": 663,
            "brabant_zuidoost": 777,
            "noord_en_midden_limburg": 519,
            "zuid_limburg": 598,
        },
    ),
)


def _meldingen_shares() -> dict[str, float]:
    counts: dict[str, float] = dict(_PUBLISHED)
    for total, population in _DIVIDED:
        counts |= {code: total * people / sum(population.values()) for code, people in population.items()}
    return {code: count / sum(counts.values()) for code, count in counts.items()}


_SHARE: Final = _meldingen_shares()
_TABLE: Final[dict[str, tuple[float, float, str, str, str, tuple[str, str] | None]]] = {
    "groningen": (0.30, 1.02, "2020-02", "2020-09", "2021-03", None),
    "friesland": (0.45, 0.97, "2020-03", "", "2021-06", ("2019-09-01", "2021-12-31")),
    "drenthe": (0.20, 0.99, "2020-03", "", "", None),
    "ijsselland": (-0.10, 0.95, "2019-11", "2020-06", "", None),
    "twente": (0.15, 1.05, "2019-10", "2020-02", "2020-09", ("2019-06-01", "")),
    "noord_en_oost_gelderland": (0.05, 0.92, "2020-09", "", "", None),
    "gelderland_midden": (-0.45, 1.04, "2020-06", "2021-02", "2021-05", None),
    "gelderland_zuid": (-0.20, 1.00, "2020-07", "", "2021-09", None),
    "utrecht": (-0.15, 0.94, "2019-09", "2019-11", "2020-05", ("2019-03-01", "")),
    "gooi_en_vechtstreek": (0.40, 0.90, "2020-10", "", "", None),
    "flevoland": (-0.50, 1.12, "2020-09", "2021-05", "2021-10", None),
    "noord_holland_noord": (0.10, 1.01, "2021-09", "", "2022-02", None),
    "zaanstreek_waterland": (-0.30, 1.03, "2021-10", "", "", None),
    "kennemerland": (0.25, 0.96, "2021-10", "2021-11", "", None),
    "amsterdam_amstelland": (-0.35, 1.06, "2020-05", "2019-08", "2020-10", ("2020-01-01", "")),
    "haaglanden": (-0.40, 1.08, "2019-07", "2020-01", "2020-06", ("2019-06-01", "2022-05-31")),
    "hollands_midden": (0.20, 0.98, "2019-09", "2020-04", "", None),
    "rotterdam_rijnmond": (-0.25, 1.10, "2019-05", "2019-04", "2019-12", ("2019-01-01", "")),
    "zuid_holland_zuid": (0.35, 0.97, "2020-11", "", "", None),
    "zeeland": (0.55, 0.95, "2019-06", "", "2021-01", None),
    "west_brabant": (0.10, 1.02, "2019-04", "2020-03", "2020-03", ("2019-01-01", "")),
    "midden_brabant": (0.30, 1.04, "2019-02", "2019-10", "2020-01", ("2019-01-01", "2021-06-30")),
    "brabant_noordoost": (0.20, 0.93, "2020-06", "2020-11", "", None),
    "brabant_zuidoost": (0.00, 1.00, "2020-05", "2020-08", "2021-04", ("2020-03-01", "")),
    "noord_en_midden_limburg": (0.15, 0.99, "2020-01", "", "2021-02", None),
    "zuid_limburg": (-0.05, 1.07, "2020-01", "2020-10", "2020-12", ("2019-10-01", "")),
}
DIVISION: Final = geography.division(date(2019, 1, 1))
"""The regions as they were when these numbers begin; the fictitious partners go on delivering by their codes."""
REGIOS: Final = tuple(RegioParameters(r.code, _SHARE[r.code], *_TABLE[r.code]) for r in DIVISION.vt_regios)
"""In the order of DIVISION; a region's place in it is its number everywhere in this package."""

HG_VT_ZSM: Final = {
    "rotterdam": "2019-03",
    "oost_brabant": "2019-09",
    "limburg": "2019-11",
    "den_haag": "2020-02",
    "midden_nederland": "2020-04",
    "noord_nederland": "2020-09",
    "zeeland_west_brabant": "2020-10",
    "oost_nederland": "2021-04",
    "amsterdam": "2021-06",
    "noord_holland": "2021-12",
}
"""Active from: 7 of 10 by the end of 2020 (specification section 7); the months are chosen."""
AFWEGING_LEAD_MONTHS: Final = 10
GEPLAND_LEAD_MONTHS: Final = 4
AFWEGING_FROM: Final = {
    "noord_holland_noord": "2020-03",
    "zaanstreek_waterland": "2020-03",
    "kennemerland": "2020-04",
}
"""Regions that weighed the Actieoverleg for longer than AFWEGING_LEAD_MONTHS."""

# ---- the landelijk netwerk ----------------------------------------------------------------------------------------
OPLEIDINGEN: Final = {2020: 10, 2021: 60, 2022: 24}
"""Training Veiligheid voorop: 10 times in 2020, 60 planned for 2021 (specification section 7); 24 a year after that:
chosen."""
OPLEIDING_CANCELLED_EVERY: Final = 12
NETWERK: Final = "Landelijk netwerk"
RESULTATEN: Final = (
    ("visie", "Gedeelde visie op vroegtijdig en gelijktijdig werken", "2019-03", "2019-11-15", NETWERK),
    ("interventiepalet", "Overzicht van interventies van zorg en straf", "2019-09", "2020-10-01", NETWERK),
    ("informatie_uitwisseling", "Handreiking gegevens delen in de acute fase", "2019-06", "2020-06-30", NETWERK),
    ("indicatoren", "Set kwaliteits- en impactindicatoren", "2020-09", "2021-12-01", NETWERK),
    ("netwerken", "Kaart van regionale netwerken", "2020-03", "2021-03-15", NETWERK),
    ("betrokkenen", "Ervaringen van betrokkenen met gezamenlijk optreden", "2021-02", "", ""),
    ("actieoverleg", "Werkproces Actieoverleg", "2018-10", "2019-06-01", "Veilig Thuis in de regio"),
    ("actieoverleg", "Evaluatie van het Actieoverleg in de eerste regio's", "2020-02", "2020-12-10", NETWERK),
    ("samen_op_in_acuut", "Leidraad Samen op in acuut", "2019-05", "2020-03-01", "Politie en Veilig Thuis"),
    ("hg_vt_zsm", "Werkinstructie huiselijk geweld aan de ZSM-tafel", "2018-11", "2019-09-01", "ZSM-locaties"),
    ("strafbare_km", "Werkwijze strafbare kindermishandeling", "2019-10", "2021-05-20", NETWERK),
    ("strafbare_km", "Scholing strafbare kindermishandeling", "2021-04", "", ""),
)
"""Subject, title, month in which the work begins, day of delivery ('' = not yet), where to find it. Chosen, after the
themes of the plan."""
