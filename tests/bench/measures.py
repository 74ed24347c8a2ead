"""What is measured, against which yardsticks, and what is asked of it: data only.

A measure is one or more indicators that share their work. ``columns``: all that its figures need of each feed, record
numbers and withdrawals included, since a record counts as it was last delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PARTNERS = ("veilig_thuis", "politie", "openbaar_ministerie", "raad_voor_de_kinderbescherming", "reclassering")
STATUS = "landelijk_netwerk/regio_status"
MELDINGEN, OVERLEGGEN = "veilig_thuis/meldingen", "veilig_thuis/actieoverleggen"
INCIDENTEN, ZSM = "politie/incidenten", "openbaar_ministerie/zsm_zaken"
ONDERZOEKEN, TRAJECTEN = "raad_voor_de_kinderbescherming/onderzoeken", "reclassering/trajecten"
TARIEVEN, LOCATIES = "landelijk_netwerk/tarieven", "landelijk_netwerk/praktijklocaties"
Columns = Mapping[str, tuple[str, ...]]

# From these two feeds follow the zaken: their start, region and end.
SIGNALEN: Columns = {
    MELDINGEN: ("melding_id", "gezin", "vt_regio", "ontvangen_op", "politie_registratie_id", "vervallen"),
    INCIDENTEN: ("registratie_id", "gezin", "vt_regio", "gemeld_op", "hg_label", "vervallen"),
}
GEHOUDEN: Columns = {OVERLEGGEN: ("overleg_id", "gezin", "gehouden_op", "vervallen")}


def _together(*parts: Columns) -> Columns:
    out: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for feed, names in part.items():
            out[feed] = tuple(dict.fromkeys((*out.get(feed, ()), *names)))
    return out


def _effort(*names: str) -> Columns:
    return {f"{partner}/inzet": ("inzet_id", "gezin", *names, "vervallen") for partner in PARTNERS}


@dataclass(frozen=True)
class Measure:
    """``own``: relations of ``pipelines/entities`` that are made for these indicators alone; all others are made once
    for everything. ``times_scan``: how many times the bare scan it may cost. ``times_faster``: than pandas."""

    name: str
    title: str
    indicators: tuple[str, ...]
    columns: Columns
    own: tuple[str, ...] = ()
    times_scan: float | None = None
    times_faster: float | None = None


MEASURES = {
    m.name: m
    for m in (
        Measure(
            "overlap",
            "overlap",
            ("overlapgraad",),
            _together(SIGNALEN, _effort("begonnen_op", "geeindigd_op")),
            own=("gelijktijdige_inzet",),
            times_scan=3.5,
            times_faster=10,
        ),
        Measure(
            "survival",
            "survival",
            ("herhaling_18_maanden",),
            _together(
                SIGNALEN,
                {MELDINGEN: ("aard_geweld", "betrokkenheid_beeindigd_op")},
                GEHOUDEN,
                {LOCATIES: ("locatie_id", "vt_regio", "vanaf", "tot", "vervallen")},
            ),
            times_scan=4,
            times_faster=5,
        ),
        Measure(
            "effort",
            "effort and costs",
            ("inzet_uren_per_zaak", "kosten_totaal"),
            _together(
                SIGNALEN,
                GEHOUDEN,
                _effort("vt_regio", "verbeteractiviteit", "soort_inzet", "functie", "wijze", "begonnen_op", "uren"),
                {TARIEVEN: ("tarief_id", "partner", "functie", "geldig_vanaf", "uurtarief", "vervallen")},
            ),
            own=("inzet_per_indeling",),
            times_scan=3,
        ),
        Measure(
            "coverage",
            "coverage of regions",
            ("actieoverleg_dekking",),
            {STATUS: ("status_id", "regio", "verbeteractiviteit", "peildatum", "status", "vervallen")},
            own=("status_per_maand",),
            times_scan=3,
        ),
        Measure(
            "partners",
            "coverage by partners",
            ("partners_binnen_5_werkdagen",),
            _together(
                SIGNALEN,
                GEHOUDEN,
                {OVERLEGGEN: tuple(f"aanwezig_{partner}" for partner in PARTNERS)},
                {
                    ZSM: ("zaak_id", "gezin", "instroom_op", "vervallen"),
                    ONDERZOEKEN: ("onderzoek_id", "gezin", "verzoek_op", "vervallen"),
                    TRAJECTEN: ("traject_id", "gezin", "aangemeld_op", "vervallen"),
                },
                _effort("begonnen_op"),
            ),
            own=("contacten",),
            times_scan=3,
        ),
        Measure(
            "first_joint_moment",
            "time to first joint moment",
            ("tijd_tot_eerste_afstemming",),
            _together(
                SIGNALEN,
                {MELDINGEN: ("aard_geweld",), INCIDENTEN: ("aangifte", "aanhouding_op", "vt_betrokken_op")},
                GEHOUDEN,
                {
                    ZSM: ("zaak_id", "gezin", "instroom_op", "vt_geraadpleegd_op", "vervallen"),
                    ONDERZOEKEN: ("onderzoek_id", "gezin", "verzoek_op", "vervallen"),
                    TRAJECTEN: ("traject_id", "gezin", "aangemeld_op", "vervallen"),
                },
            ),
            own=("momenten",),
            times_scan=5,
        ),
    )
}
# Never slower than this many times polars.
TIMES_POLARS = 1.1
# Ten times the country: CPU against the country itself, and memory.
TIMES_TENFOLD = 10.5
TENFOLD_GIB = 1.0
SMALL_LIMIT = "512MiB"
# A new month against the full run, and how much more it may cost after ten years than after three.
MONTH_SHARE = 0.20
MONTH_GROWTH = 0.10
HELP_SECONDS = 0.3
