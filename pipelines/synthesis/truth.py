"""The planted truth: what the indicators should find, from the generator's own chances and tables.

Belongs here: adding up exact chances over the latent country, before anything is delivered. Not here: anything that
reads deliveries or runs the pipeline. docs/fictitious-country.md says what each figure means.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indicators.geography import LAND
from pipelines.synthesis import parameters as p
from pipelines.synthesis import regional_parameters as rp
from pipelines.synthesis.activities import status
from pipelines.synthesis.clock import Clock, Floats, Ints
from pipelines.synthesis.world import Zaken
from pipelines.synthesis.zorg import Meldingen


@dataclass(frozen=True)
class Truth:
    """The planted truth of one fictitious country. ``path``: its JSON file; ``values``: the content; ``files``,
    ``rows``: what was delivered."""

    path: Path
    values: dict[str, Any]
    files: int
    rows: int


class Tally:
    """Sums per month of the window, vt_regio and group, filled month by month."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        shape = (len(clock.months), len(rp.REGIOS), 2)
        self._sums = {name: np.zeros(shape) for name in ("zaken", "kans", "kans_zonder", "meldingen", "kans_op_tijd")}
        self._counts = {name: np.zeros(len(clock.months)) for name in COUNTS}

    def add_zaken(self, zaken: Zaken) -> None:
        """Zaken, by whether there was an Actieoverleg within 28 days, and their chances of a next zaak within 18
        months."""
        group = zaken.actieoverleg.astype(np.int64)
        month = np.full(len(zaken), self._clock.months.index(zaken.maand))
        weights = {"zaken": None, "kans": zaken.kans, "kans_zonder": zaken.kans_zonder}
        for name, weight in weights.items():
            self._add(name, month, zaken.begin.regio, group, weight)

    def add_meldingen(self, meldingen: Meldingen) -> None:
        """Meldingen, by melder politie or not, and their chances of an assessment within 5 werkdagen."""
        month = self._clock.month(meldingen.data.created[: len(meldingen.regio)])
        group = meldingen.politie.astype(np.int64)
        self._add("meldingen", month, meldingen.regio, group, None)
        self._add("kans_op_tijd", month, meldingen.regio, group, meldingen.kans_op_tijd)

    def count(self, what: str, moments: Ints) -> None:
        """Adds facts to the yearly numbers, each in its own month."""
        month = self._clock.month(moments)
        inside = (month >= 0) & (month < len(self._clock.months))
        self._counts[what] += np.bincount(month[inside], minlength=len(self._clock.months))

    def _add(self, name: str, month: Ints, regio: Ints, group: Ints, weight: Floats | None) -> None:
        months, regios, groups = self._sums[name].shape
        inside = (month >= 0) & (month < months)
        place = ((month * regios + regio) * groups + group)[inside]
        weights = None if weight is None else weight[inside]
        self._sums[name] += np.bincount(place, weights, minlength=months * regios * groups).reshape(
            months, regios, groups
        )

    def values(self, scale: float, seed: int) -> dict[str, Any]:
        """The whole truth as plain values."""
        months = self._clock.months
        return {
            "eerste_maand": months[0],
            "laatste_maand": months[-1],
            "schaal": scale,
            "seed": seed,
            "herhaling_18_maanden": self._per_regio(self._herhaling),
            "effect_actieoverleg": {"hazard_ratio": p.HAZARD_ACTIEOVERLEG, "per_jaar": self._effect()},
            "veiligheidsbeoordeling_binnen_5_werkdagen": self._per_regio(self._op_tijd),
            "actieoverleg_dekking": {month: _share_active("actieoverleg", month) for month in months},
            "hg_vt_zsm_dekking": {month: _share_active("hg_vt_zsm", month) for month in months},
            "aantallen": self._numbers(),
        }

    def _years(self) -> dict[str, Ints]:
        years = np.array([month[:4] for month in self._clock.months])
        return {str(year): np.flatnonzero(years == year) for year in np.unique(years)}

    def _per_regio(self, figure: Any) -> dict[str, Any]:
        places = {LAND: np.arange(len(rp.REGIOS))}
        for place, regio in enumerate(rp.DIVISION.vt_regios):
            places[f"arrondissement/{regio.arrondissement}"] = np.append(
                places.get(f"arrondissement/{regio.arrondissement}", np.array([], dtype=np.int64)), place
            )
            places[f"vt_regio/{regio.code}"] = np.array([place])
        return {
            name: {year: figure(months, which) for year, months in self._years().items()}
            for name, which in places.items()
        }

    def _sum(self, name: str, months: Ints, regios: Ints) -> Floats:
        total: Floats = self._sums[name][np.ix_(months, regios)].sum(axis=(0, 1))
        return total

    def _herhaling(self, months: Ints, regios: Ints) -> dict[str, Any]:
        zaken, kans = self._sum("zaken", months, regios), self._sum("kans", months, regios)
        return {
            "zaken": int(zaken.sum()),
            "kans": _ratio(kans.sum(), zaken.sum()),
            "met_actieoverleg": {
                code: {"zaken": int(zaken[group]), "kans": _ratio(kans[group], zaken[group])}
                for group, code in enumerate(("nee", "ja"))
            },
        }

    def _effect(self) -> dict[str, Any]:
        """Among zaken with an Actieoverleg: the chance as it is, and what it would have been without."""
        everywhere = np.arange(len(rp.REGIOS))
        out = {}
        for year, months in self._years().items():
            zaken = self._sum("zaken", months, everywhere)[1]
            met = _ratio(self._sum("kans", months, everywhere)[1], zaken)
            zonder = _ratio(self._sum("kans_zonder", months, everywhere)[1], zaken)
            out[year] = {"zaken": int(zaken), "kans_met": met, "kans_zonder": zonder}
        return out

    def _op_tijd(self, months: Ints, regios: Ints) -> dict[str, Any]:
        meldingen, kans = self._sum("meldingen", months, regios), self._sum("kans_op_tijd", months, regios)
        return {
            "meldingen": int(meldingen.sum()),
            "kans": _ratio(kans.sum(), meldingen.sum()),
            "melder": {
                code: {"meldingen": int(meldingen[group]), "kans": _ratio(kans[group], meldingen[group])}
                for group, code in enumerate(("overig", "politie"))
            },
        }

    def _numbers(self) -> dict[str, Any]:
        return {
            year: {name: int(self._counts[name][months].sum()) for name in COUNTS}
            for year, months in self._years().items()
        }


COUNTS = ("zaken", "meldingen", "incidenten_hg", "zsm_zaken_hg", "onderzoeken", "actieoverleggen_gehouden", "inzet")


def write(path: Path, values: dict[str, Any]) -> None:
    """Writes the truth as JSON, in a fixed order."""
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _ratio(total: float, count: float) -> float | None:
    return float(total / count) if count else None


def _share_active(activiteit: str, month: str) -> float:
    statuses = status(activiteit, month)
    return sum(found == "actief" for found in statuses.values()) / len(statuses)
