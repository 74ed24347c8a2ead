"""Specification section 4, the table: feeds, follow-up, unit and estimator of every indicator that counts units.

The two coverage indicators count regions and have a shape of their own (`coverage`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .cases import World
from .contributions import Bijdrage
from .estimates import Estimator, competing, proportion, quantile, ratio, survival, total
from .measures_records import (
    aandeel_extra_inzet,
    bekend_bij_vt,
    casusregie_belegd,
    dienst_binnen_10_weken,
    hg_herkend_bij_instroom,
    kernpartners_compleet,
    kosten_totaal,
    samen_op_in_acuut_24_uur,
    sash_bij_belaging,
    terugkoppeling_na_overdracht,
    veiligheidsbeoordeling_binnen_5_werkdagen,
    vt_geraadpleegd_voor_zsm_beslissing,
    zorgmelding_binnen_24_uur,
)
from .measures_zaken import (
    actieoverleg_bereik,
    acute_onveiligheid_gestopt_90_dagen,
    ernstige_herhaling_18_maanden,
    herhaling_18_maanden,
    in_beeld_voor_acuut,
    inzet_uren_per_zaak,
    kosten_per_zaak,
    overlapgraad,
    overleg_strafbare_km_binnen_5_werkdagen,
    partners_binnen_5_werkdagen,
    spreekuur_binnen_14_dagen,
    tijd_tot_eerste_afstemming,
    verschuiving_eerste_14_dagen,
    zorg_straf_overlap,
)


@dataclass(frozen=True)
class Indicator:
    """One row of the table of section 4. `by_kind`: the estimator of a dimension that has one of its own."""

    id: str
    feeds: str
    h: int
    zaak_based: bool
    eenheid: str
    estimate: Estimator
    contributions: Callable[[World], Iterable[Bijdrage]]
    by_kind: Estimator | None = None

    def estimator(self, dimensie: str) -> Estimator:
        return self.by_kind if self.by_kind is not None and dimensie == "soort" else self.estimate


HOURS, EUROS = 100, 10_000
EXTRA_SHARE = ratio(HOURS, HOURS, share=True, interval=False)
REPETITION = survival(548, complement=True)
STOPPED = survival(90, complement=False)
OVERLAP = ratio(1, 1, share=True)

INDICATOREN = tuple(
    Indicator(contributions.__name__, feeds, h, zaak_based, eenheid, estimate, contributions, by_kind)
    for contributions, feeds, h, zaak_based, eenheid, estimate, by_kind in (
        (veiligheidsbeoordeling_binnen_5_werkdagen, "m", 1, False, "aandeel", proportion, None),
        (dienst_binnen_10_weken, "m", 3, False, "aandeel", proportion, None),
        (tijd_tot_eerste_afstemming, "miazrc", 3, True, "dagen", quantile(90), None),
        (vt_geraadpleegd_voor_zsm_beslissing, "z", 1, False, "aandeel", proportion, None),
        (hg_herkend_bij_instroom, "z", 0, False, "aandeel", proportion, None),
        (bekend_bij_vt, "zm", 0, False, "aandeel", proportion, None),
        (verschuiving_eerste_14_dagen, "miu", 3, True, "aandeel", ratio(HOURS, HOURS, share=True), None),
        (spreekuur_binnen_14_dagen, "mic", 1, True, "aandeel", proportion, None),
        (partners_binnen_5_werkdagen, "miazrcu", 1, True, "aandeel", proportion, None),
        (overlapgraad, "miu", 3, True, "aandeel", OVERLAP, None),
        (zorg_straf_overlap, "miu", 3, True, "aandeel", OVERLAP, None),
        (kernpartners_compleet, "a", 0, False, "aandeel", proportion, None),
        (casusregie_belegd, "a", 0, False, "aandeel", proportion, None),
        (herhaling_18_maanden, "mi", 18, True, "aandeel", REPETITION, competing(548)),
        (ernstige_herhaling_18_maanden, "mi", 18, True, "aandeel", REPETITION, None),
        (acute_onveiligheid_gestopt_90_dagen, "mi", 3, True, "aandeel", STOPPED, None),
        (in_beeld_voor_acuut, "mi", 0, True, "aandeel", proportion, None),
        (actieoverleg_bereik, "miazrc", 1, True, "aandeel", proportion, None),
        (samen_op_in_acuut_24_uur, "i", 1, False, "aandeel", proportion, None),
        (sash_bij_belaging, "i", 0, False, "aandeel", proportion, None),
        (zorgmelding_binnen_24_uur, "i", 1, False, "aandeel", proportion, None),
        (overleg_strafbare_km_binnen_5_werkdagen, "miazrc", 1, True, "aandeel", proportion, None),
        (terugkoppeling_na_overdracht, "m", 1, False, "aandeel", proportion, None),
        (inzet_uren_per_zaak, "miu", 3, True, "uren", ratio(1, HOURS, share=False), None),
        (kosten_per_zaak, "miu", 3, True, "euro", ratio(1, EUROS, share=False), None),
        (aandeel_extra_inzet, "u", 0, False, "aandeel", EXTRA_SHARE, None),
        (kosten_totaal, "u", 0, False, "euro", total(EUROS), None),
    )
)
