"""Axes with Dutch labels: round values, and periods with as few words as fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dashboards import dates, figures, texts
from indicators import dutch

# Of the height of the values.
STRIP_PART = 0.09
# Periods that each have room for a label of their own.
ROOM = 7


def round_steps(low: float, high: float, about: int = 5, *, whole: bool = False) -> list[float]:
    """Round values from at most ``low`` to at least ``high``, about ``about`` of them; with ``whole`` in whole steps.

    >>> round_steps(0, 0.93)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    span = (high - low) or abs(high) or 1.0
    rough = max(span / about, 1) if whole else span / about
    magnitude = 10 ** math.floor(math.log10(rough))
    multiples = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = min((m * magnitude for m in multiples), key=lambda s: abs(s - rough))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def tick_label(value: float, unit: str, step: float) -> str:
    """A value on an axis, with just the decimals that its step needs.

    >>> tick_label(0.25, "aandeel", 0.05)
    '25%'
    """
    if unit in figures.SHARES:
        return f"{dutch.number(value * 100, _decimals(step * 100))}%"
    if unit == "euro" and step >= 100_000 and value:
        return f"€{dutch.NBSP}{dutch.number(value / 1e6, _decimals(step / 1e6))}{dutch.NBSP}{texts.get('axis.million')}"
    text = dutch.number(value, _decimals(step))
    return f"€{dutch.NBSP}{text}" if unit == "euro" else text


def value_axis(values: Sequence[float], unit: str, *, zero_below: float = 0.5, about: int = 5) -> dict[str, Any]:
    """Range, tick values and labels for these values. The axis starts at zero unless the lowest value is above
    ``zero_below`` times the highest. ``about``: how many steps."""
    high = max(values, default=1.0)
    low = min(values, default=0.0)
    if low < zero_below * high or low == high:
        low = min(0.0, low)
    steps = round_steps(low, high, about, whole=unit == "dagen")
    if unit in figures.SHARES:
        steps = [s for s in steps if s <= 1.0 + 1e-9]
    step = steps[1] - steps[0] if len(steps) > 1 else 1.0
    top = max(steps[-1], high) + 0.04 * (steps[-1] - steps[0] or 1)
    return {
        "range": [steps[0], top],
        "tickvals": steps,
        "ticktext": [tick_label(s, unit, step) for s in steps],
        "title": {"text": texts.get("units.dagen") if unit == "dagen" else None},
    }


def with_beyond(axis: dict[str, Any], horizon: float) -> tuple[dict[str, Any], float]:
    """The axis with a place at its far end for what lies beyond the horizon, and that place."""
    low = axis["range"][0]
    beyond = low + (horizon - low) * 1.1
    kept = [(v, t) for v, t in zip(axis["tickvals"], axis["ticktext"], strict=True) if v <= horizon]
    label = texts.say("figures.above_short", value=dutch.number(horizon))
    ticks = {"tickvals": [v for v, _ in kept] + [beyond], "ticktext": [t for _, t in kept] + [label]}
    return {**axis, **ticks, "range": [low, low + (horizon - low) * 1.18]}, beyond


def with_strip(axis: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The axis with a strip under its lowest value, for signs that aren't values; and the middle of that strip."""
    low, high = axis["range"]
    strip = STRIP_PART * (high - low)
    return {**axis, "range": [low - strip, high]}, low - strip / 2


def period_axis(periods: Sequence[str]) -> dict[str, Any]:
    """A category axis of months, quarters or years in order; the year stands under the first period of each."""
    ticks = [p for p in periods if "-" not in p or "K" in p or p.endswith(("-01", "-07"))]
    if len(periods) <= ROOM or not ticks:
        ticks = list(periods)
    labels, seen = [], ""
    years = [period.partition("-")[0] for period in ticks]
    # A first period alone in its year would have that year run into the next on a narrow screen.
    lonely = years[0] if len(ticks) > ROOM and years[0] != years[1] else ""
    for period, year in zip(ticks, years, strict=True):
        part = period.partition("-")[2]
        short = dates.period_short(period).rsplit(" ", 1)[0] if part else year
        labels.append(f"{short}<br>{year}" if part and year not in (seen, lonely) else short)
        seen = year
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(periods),
        "range": [-0.6, len(periods) - 0.4],
        "tickvals": ticks,
        "ticktext": labels,
        "tickangle": 0,
    }


def _decimals(step: float) -> int:
    return next((d for d in range(4) if abs(step - round(step, d)) < 1e-9), 4)
