"""What is said of each region beside the country: a verdict from printed figures, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from indicators.comparison import funnel
from indicators.comparison.funnel import Funnel

# Verdicts. HIGHER and LOWER are of an indicator that is not good or bad.
BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
AS_EXPECTED, NOT_COMPARED = "as_expected", "not_compared"
# How sure: outside the 99.8% limits, or between those and the 95% limits.
CLEARLY, POSSIBLY = "clearly", "possibly"
# Why a region is not compared: its own status, its size, or something that holds for all regions together.
STATUS_REASONS = {
    "afgeschermd": "hidden",
    "onvolledig": "incomplete",
    "voorlopig": "provisional",
    "niet_rijp": "not_ripe",
    "niet_bereikt": "not_reached",
}
TOO_SMALL = "too_small"
OF_KIND, NO_COUNTRY, NO_MARGIN, TOO_FEW = "kind", "no_country", "no_margin", "too_few_regions"
ROUNDING = 1e-9
SHARES = ("proportion", "survival")
# Sums depend on a region's size, a day that is reached has no standard error, coverage has no regions.
NEVER_COMPARED = ("sum", "quantiles", "coverage")


@dataclass(frozen=True)
class Verdict:
    """Of one region. ``certainty`` is empty when it is as expected or not compared; ``reason`` when it is compared."""

    regio: str
    verdict: str
    certainty: str = ""
    reason: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.certainty)


@dataclass(frozen=True)
class Comparison:
    """The verdicts in the order of the regions, and the funnel they follow from; without one, the reason why."""

    verdicts: tuple[Verdict, ...]
    funnel: Funnel | None
    reason: str = ""


def compare(
    cells: pl.DataFrame,
    country: Mapping[str, float | None] | None,
    definition: Mapping[str, object],
    *,
    width: int = 1,
    threshold: int = 0,
) -> Comparison:
    """Every region beside the country.

    ``cells``: one published cell a region: ``regio, n, waarde, ondergrens, bovengrens, status``; ``country``: the same
    cell of the country; ``definition``: ``kind``, ``unit`` and ``polarity`` are used; ``width``: of the classes in
    which the publication prints counts, ``threshold``: from which. Only figures that are definitief take part: others
    still change, and a region that lacks a delivery differs by that. A share followed through time that is definitief
    was followed to the end for every unit, so it is a proportion. Raises KeyError for a status that is not known.

    A share is compared from the size on at which the country's own would give at least ``threshold`` of either kind.
    A smaller region is shown only when its share happens to lie far enough to one side, and would often seem to differ
    by that alone; from that size on at least about half of all outcomes are shown, so that no more than 5% is outside.
    """
    final = cells.filter((pl.col("status") == "definitief") & pl.col("waarde").is_not_null())
    target = country["waarde"] if country else None
    comparable = final
    if definition["kind"] in SHARES and target is not None:
        # 100 times 1 - 0.9 is a little under ten in floating point, and ten all the same.
        comparable = final.filter(pl.col("n") * min(target, 1 - target) >= threshold - ROUNDING)
    limits, reason = _limits(comparable, target, definition, width)
    of_region = {}
    if limits is not None:
        names, n, value = (comparable[name] for name in ("regio", "n", "waarde"))
        zones = [limits.limits(n.cast(pl.Float64).to_numpy(), z) for z in (funnel.Z_95, funnel.Z_998)]
        for i, (name, found) in enumerate(zip(names, value, strict=True)):
            (low, high), (far_low, far_high) = ((lower[i], upper[i]) for lower, upper in zones)
            certainty = CLEARLY if found < far_low or found > far_high else POSSIBLY
            outside = found < low or found > high
            of_region[name] = (
                Verdict(name, _word(found > limits.target, str(definition["polarity"])), certainty)
                if outside
                else Verdict(name, AS_EXPECTED)
            )
    verdicts = [
        of_region.get(row["regio"])
        or Verdict(row["regio"], NOT_COMPARED, reason=_reason(row["status"], reason or TOO_SMALL))
        for row in cells.iter_rows(named=True)
    ]
    return Comparison(tuple(verdicts), limits, reason)


def _limits(
    comparable: pl.DataFrame, target: float | None, definition: Mapping[str, object], width: int
) -> tuple[Funnel | None, str]:
    """The funnel, or why there is none."""
    kind = definition["kind"]
    if kind in NEVER_COMPARED:
        return None, OF_KIND
    if target is None:
        return None, NO_COUNTRY
    if comparable.height < funnel.MIN_REGIONS:
        return None, TOO_FEW
    n, value = comparable["n"].to_list(), comparable["waarde"].to_list()
    if kind in SHARES:
        found = funnel.proportions(n, value, target, width=width)
    else:
        lower, upper = (
            comparable[name].cast(pl.Float64).fill_null(float("nan")) for name in ("ondergrens", "bovengrens")
        )
        found = funnel.ratios(
            n, value, lower.to_list(), upper.to_list(), target, share=definition["unit"] == "aandeel"
        )  # fmt: skip
    return found, "" if found else NO_MARGIN


def _reason(status: str, of_all: str) -> str:
    return of_all if status == "definitief" else STATUS_REASONS[status]


def _word(above: bool, polarity: str) -> str:
    if polarity == "neutral":
        return HIGHER if above else LOWER
    return BETTER if above == (polarity == "higher_is_better") else WORSE
