"""Where the verbeteractiviteiten are considered, planned and active, month by month.

Belongs here: the spread over regions, for the cases (how much it is used) and for the network's own reports (status).
Not here: the table of months itself, which stands in parameters.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from indicators.calendar import add_months, months_between
from pipelines.synthesis import parameters as p
from pipelines.synthesis import regional_parameters as rp
from pipelines.synthesis.clock import Floats

ACTIVITEITEN = ("actieoverleg", "hg_vt_zsm", "samen_op_in_acuut", "strafbare_km")


@cache
def active_from(activiteit: str) -> dict[str, str]:
    """Region (of the level that belongs to the activity) -> first active month; '' = none."""
    if activiteit == "hg_vt_zsm":
        return {regio.code: rp.HG_VT_ZSM[regio.code] for regio in rp.DIVISION.arrondissementen}
    return {regio.code: getattr(regio, activiteit) for regio in rp.REGIOS}


@cache
def steps(activiteit: str) -> tuple[tuple[str, str, str], ...]:
    """Every change of status as (month, regio, status): afweging, gepland, actief."""
    out = []
    for regio, month in active_from(activiteit).items():
        if month:
            afweging = add_months(month, -rp.AFWEGING_LEAD_MONTHS)
            if activiteit == "actieoverleg":
                afweging = rp.AFWEGING_FROM.get(regio, afweging)
            out.append((afweging, regio, "afweging"))
            out.append((add_months(month, -rp.GEPLAND_LEAD_MONTHS), regio, "gepland"))
            out.append((month, regio, "actief"))
    return tuple(sorted(out))


def status(activiteit: str, month: str) -> dict[str, str]:
    """Every region's status at the end of the month; a region without any has `geen`."""
    found = dict.fromkeys(active_from(activiteit), "geen")
    for since, regio, what in steps(activiteit):
        if since <= month:
            found[regio] = what
    return found


@cache
def use(activiteit: str, month: str) -> Floats:
    """How fully each vt_regio, in the order of REGIOS, uses the activity in that month: 0 where it is not active."""
    months = active_from(activiteit)
    out = np.zeros(len(rp.REGIOS))
    for place, regio in enumerate(rp.DIVISION.vt_regios):
        since = months[regio.arrondissement if activiteit == "hg_vt_zsm" else regio.code]
        if since and since <= month:
            grown = min(1.0, (len(months_between(since, month)) - 1) / p.USE_GROWS_MONTHS)
            out[place] = p.USE_AT_START + (1 - p.USE_AT_START) * grown
    return out
