"""Specification section 4, the estimators: from the units of one cell to its figures.

An estimator takes the units of one cell and the cell's categorie, and returns a `Cijfer`. Survival and costs are
computed in exact fractions and integers; floats appear only where a square root, a logarithm or a power does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Z = 1.959963984540054
Estimator = Callable[[Sequence[Any], str], "Cijfer"]
Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class Cijfer:
    """The figures of one cell. `oordeel`: niet_rijp or niet_bereikt; `open`: a unit's outcome can still change."""

    n: int
    teller: float
    noemer: float | None
    waarde: float | None
    limits: Limits = (None, None)
    oordeel: str | None = None
    open: bool = False
    zonder_tarief: bool = False


@dataclass(frozen=True)
class Paar:
    """One unit of a ratio: x and y in whole numbers of the smallest unit."""

    x: int
    y: int
    zonder_tarief: bool = False


@dataclass(frozen=True)
class Duur:
    """One unit of a survival indicator: whole days to its event (with its kind) or to its censoring (kind None)."""

    day: int
    kind: str | None
    rijp: bool
    open: bool


def proportion(units: Sequence[bool], categorie: str = "") -> Cijfer:
    """Share of units that meet the criterion, with Wilson's interval."""
    n, hits = len(units), sum(units)
    p = hits / n
    middle = p + Z**2 / (2 * n)
    margin = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    scale = 1 + Z**2 / n
    return Cijfer(n, hits, n, p, ((middle - margin) / scale, (middle + margin) / scale))


def ratio(per_x: int, per_y: int, *, share: bool, interval: bool = True) -> Estimator:
    """Sum of y over sum of x. per_x, per_y: how many whole numbers of x and y make one of the printed unit."""

    def estimate(units: Sequence[Paar], categorie: str = "") -> Cijfer:
        n = len(units)
        sum_x, sum_y = sum(unit.x for unit in units), sum(unit.y for unit in units)
        value = Fraction(sum_y, per_y) / Fraction(sum_x, per_x)
        limits: Limits = (None, None)
        if interval and n > 1:
            # y - R x with R = sum_y / sum_x, kept whole by multiplying with sum_x.
            squares = sum((unit.y * sum_x - sum_y * unit.x) ** 2 for unit in units)
            variance = Fraction(n, n - 1) * Fraction(squares, sum_x**2) / sum_x**2 * Fraction(per_x, per_y) ** 2
            margin = Z * math.sqrt(variance)
            upper = float(value) + margin
            limits = max(0.0, float(value) - margin), min(1.0, upper) if share else upper
        without = any(unit.zonder_tarief for unit in units)
        return Cijfer(n, sum_y / per_y, sum_x / per_x, float(value), limits, zonder_tarief=without)

    return estimate


def total(per_y: int) -> Estimator:
    """Sum over the units; a unit None is a row without tarief: no unit, but it makes the cell incomplete."""

    def estimate(units: Sequence[int | None], categorie: str = "") -> Cijfer:
        amounts = [amount for amount in units if amount is not None]
        value = sum(amounts) / per_y
        return Cijfer(len(amounts), value, None, value, zonder_tarief=len(amounts) < len(units))

    return estimate


@dataclass(frozen=True)
class Step:
    """One day with events: at risk, events, survival before and after, and Greenwood's sum so far (None: S = 0)."""

    day: int
    n: int
    events: int
    before: Fraction
    after: Fraction
    greenwood: Fraction | None


def kaplan_meier(units: Sequence[Duur], horizon: int) -> list[Step]:
    """The steps up to and including the horizon; who is censored on a day is still at risk for that day's events."""
    steps = []
    survival, greenwood = Fraction(1), Fraction(0)
    for day in sorted({unit.day for unit in units if unit.kind is not None and unit.day <= horizon}):
        n = sum(unit.day >= day for unit in units)
        events = sum(unit.day == day and unit.kind is not None for unit in units)
        after = survival * Fraction(n - events, n)
        greenwood += Fraction(events, n * (n - events)) if events < n else 0
        steps.append(Step(day, n, events, survival, after, greenwood if after > 0 else None))
        survival = after
    return steps


def survival_limits(step: Step) -> Limits:
    """Log-log Greenwood limits of S on and after a step; none where S = 0 (a step's S is never 1)."""
    if step.greenwood is None:
        return None, None
    s = float(step.after)
    exponent = Z * math.sqrt(step.greenwood) / math.log(s)
    return s ** math.exp(-exponent), s ** math.exp(exponent)


def survival(horizon: int, *, complement: bool) -> Estimator:
    """S(horizon), or 1 - S(horizon)."""

    def estimate(units: Sequence[Duur], categorie: str = "") -> Cijfer:
        steps = kaplan_meier(units, horizon)
        s = steps[-1].after if steps else Fraction(1)
        lower, upper = survival_limits(steps[-1]) if steps else (None, None)
        if complement:
            s = 1 - s
            lower, upper = (None, None) if lower is None or upper is None else (1 - upper, 1 - lower)
        return _survival_cijfer(units, horizon, any_kind, float(s), (lower, upper))

    return estimate


def quantile(horizon: int) -> Estimator:
    """The first day on which S is down to 0.5 (mediaan) or 0.1 (p90); the categorie ends with which one."""

    def estimate(units: Sequence[Duur], categorie: str) -> Cijfer:
        level = {"mediaan": 0.5, "p90": 0.1}[categorie.split(":")[-1]] + 1e-12
        steps = kaplan_meier(units, horizon)
        limits = [(step.day, *survival_limits(step)) for step in steps]
        value = min((step.day for step in steps if step.after <= level), default=None)
        lower = min((day for day, low, _ in limits if low is not None and low <= level), default=None)
        upper = min((day for day, _, high in limits if high is not None and high <= level), default=None)
        return _survival_cijfer(units, horizon, any_kind, value, (lower, upper))

    return estimate


def competing(horizon: int) -> Estimator:
    """Aalen-Johansen F(horizon) of the kind that is the cell's categorie."""

    def estimate(units: Sequence[Duur], categorie: str) -> Cijfer:
        steps = kaplan_meier(units, horizon)
        of_kind = [sum(unit.day == step.day and unit.kind == categorie for unit in units) for step in steps]
        cumulative: list[Fraction] = []
        for step, events in zip(steps, of_kind, strict=True):
            before = cumulative[-1] if cumulative else Fraction(0)
            cumulative.append(before + step.before * Fraction(events, step.n))
        f = cumulative[-1] if cumulative else Fraction(0)

        variance = Fraction(0)
        for step, events, f_step in zip(steps, of_kind, cumulative, strict=True):
            n, d = step.n, step.events
            still = f - f_step
            variance += still**2 * Fraction(d, n * (n - d)) if d < n else 0
            variance += step.before**2 * Fraction(events * (n - events), n**3)
            variance -= 2 * still * step.before * Fraction(events, n**2)

        limits: Limits = (None, None)
        if 0 < f < 1:
            exponent = Z * math.sqrt(variance) / (f * abs(math.log(f)))
            limits = float(f) ** math.exp(exponent), float(f) ** math.exp(-exponent)
        return _survival_cijfer(units, horizon, lambda kind: kind == categorie, float(f), limits)

    return estimate


def any_kind(kind: str | None) -> bool:
    return kind is not None


def _survival_cijfer(
    units: Sequence[Duur], horizon: int, counts: Callable[[str | None], bool], value: float | None, limits: Limits
) -> Cijfer:
    """The counts, and what becomes of value and limits where no unit is ripe or the quantile is not reached."""
    n = len(units)
    events = sum(counts(unit.kind) and unit.day <= horizon for unit in units)
    is_open = any(unit.open for unit in units)
    if not any(unit.rijp for unit in units):
        return Cijfer(n, events, n, None, oordeel="niet_rijp", open=is_open)
    return Cijfer(n, events, n, value, limits, "niet_bereikt" if value is None else None, is_open)
