"""Survival from printed counts only: what is printed of a curve, and the life table that follows from it.

On the days of a fixed grid three counts of a cell are known in classes: units, events so far, and censorings so far.
Everything below depends on those classes alone (docs/decisions/0011). Not here: Kaplan-Meier (``estimators.py``).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.rule import Rule
from indicators.estimators import Counts, Floats

# Rounds in which events find their place in proportion to those at risk; after four nothing moves by 0.001 of S.
ROUNDS = 6


class Followed(NamedTuple):
    """Exact counts of M cells on the days of a grid.

    ``n``: [M] units; ``events``: [M, days] events of the cell's own kind up to and including the day; ``every``:
    those of all kinds; ``censored``: [M, days] units lost before the day, as events come before censorings.
    """

    n: Counts
    events: Counts
    every: Counts
    censored: Counts


class LifeTable(NamedTuple):
    """Printed figures of M cells as half steps of the grid, in the shape that ``estimators`` takes.

    ``n``: [M]; ``events``, ``competing``, ``censored``: [M, 2 x days]. Of each step first half of its censorings come,
    then its events, then the other half (the actuarial assumption): index i is of the step that ends on day i // 2.
    """

    n: NDArray[Any]
    events: NDArray[Any]
    competing: NDArray[Any]
    censored: NDArray[Any]


def grid_days(horizon: int, steps: int) -> Counts:
    """Day 0 and the ends of ``steps`` equal steps up to the horizon, in whole days.

    >>> grid_days(90, 18)[:4].tolist(), grid_days(548, 18)[-3:].tolist()
    ([0, 5, 10, 15], [487, 517, 548])
    """
    return np.arange(steps + 1, dtype=np.int64) * horizon // steps


def follow(n: Counts, days: pl.DataFrame, grid: Counts) -> Followed:
    """Running counts on the grid.

    ``days``: columns ``cel`` (place in n), ``dag``, ``events``, ``competing``, ``censored``; later days are left out.
    """
    cell, day = days["cel"].to_numpy().astype(np.int64), days["dag"].to_numpy()

    def running(name: str, side: Literal["left", "right"]) -> Counts:
        place = np.searchsorted(grid, day, side=side)
        at = cell * (len(grid) + 1) + place
        added = np.bincount(at, weights=days[name].to_numpy(), minlength=len(n) * (len(grid) + 1))
        steps = added.astype(np.int64).reshape(len(n), len(grid) + 1)[:, :-1]
        return np.cumsum(steps, axis=1)

    events = running("events", "left")
    return Followed(n, events, events + running("competing", "left"), running("censored", "right"))


def life_table(followed: Followed, grid: Counts, rule: Rule) -> LifeTable:
    """Of cells in which n, events and n less all events reach the threshold: from printed figures only."""
    n = rule.printed(followed.n)
    end = _last_day(followed, rule)
    censored = _carried(np.nan_to_num(rule.printed(followed.censored)), end, rule)
    every = _levels(followed.every, end, rule)
    kept = _kept_days(every, end, rule)
    length = np.diff(grid, prepend=-1).astype(float)
    at_risk = np.broadcast_to(n[:, None], every.shape)
    for _ in range(ROUNDS):
        placed = _place(every, kept, length * at_risk, rule)
        at_risk = _at_risk(n, placed, censored, rule)
    own = _levels(followed.events, end, rule)
    events = _place(own, _kept_days(own, end, rule), length * at_risk, rule)
    # The rounding of three counts must not leave fewer at risk than the printed events take.
    room = np.maximum(n - placed[:, -1] - rule.threshold / 2, 0.0)
    censored = np.minimum(censored, room[:, None])
    own_steps, every_steps = _steps(events), _steps(placed)
    lost = _steps(censored) / 2
    nothing = np.zeros_like(lost)
    return LifeTable(n, _halves(nothing, own_steps), _halves(nothing, every_steps - own_steps), _halves(lost, lost))


def so_far(table: LifeTable, day: int) -> LifeTable:
    """The life table up to and including grid day number ``day``."""
    return LifeTable(table.n, *(part[:, : 2 * day + 2] for part in table[1:]))


def left(table: LifeTable) -> Floats:
    """[M] how many are followed on after the last day of the table, without an event of any kind."""
    gone = table.events.sum(axis=1) + table.competing.sum(axis=1) + table.censored.sum(axis=1)
    return np.asarray(table.n - gone, float)


def _last_day(followed: Followed, rule: Rule) -> Counts:
    """[M] where the curve ends: the first grid day on which those at risk are in the hidden class, else the last."""
    left = followed.n[:, None] - followed.every - followed.censored
    hidden = left < rule.threshold
    hidden[:, -1] = True
    return hidden.argmax(axis=1)


def _levels(counts: Counts, end: Counts, rule: Rule) -> Floats:
    """Printed running counts, 0 for the hidden class; from the curve's end on the horizon's, which the row prints."""
    printed = np.nan_to_num(rule.printed(counts))
    after = np.arange(counts.shape[1]) >= end[:, None]
    return np.where(after, printed[:, -1:], printed)


def _kept_days(levels: Floats, end: Counts, rule: Rule) -> NDArray[np.bool_]:
    """[M, days] the days that bound a step: at least the threshold of events since the last such day, and after it."""
    total = levels[:, -1]
    kept = np.zeros(levels.shape, dtype=bool)
    last = np.zeros(len(levels))
    for k in range(levels.shape[1]):
        level = levels[:, k]
        # From nothing to any printed class is the threshold already; between two classes both are blurred.
        enough = np.where(last == 0, level > 0, level - last >= rule.certain_gap)
        # From the end on the level is the total.
        kept[:, k] = (enough & (total - level >= rule.certain_gap)) | (k == end)
        last = np.where(kept[:, k], level, last)
    return kept


def _place(levels: Floats, kept: NDArray[np.bool_], weights: Floats, rule: Rule) -> Floats:
    """[M, days] running events: as printed on kept days, between them spread by weight.

    A day that isn't kept has few events on one side, and stays within the threshold of that side.
    """
    days = levels.shape[1]
    places = np.arange(days)
    before = np.maximum.accumulate(np.where(kept, places, -1), axis=1)
    start = np.concatenate([np.full((len(levels), 1), -1), before[:, :-1]], axis=1) + 1
    after = np.minimum.accumulate(np.where(kept, places, days)[:, ::-1], axis=1)[:, ::-1]
    stop = np.minimum(after, days - 1) + 1
    known, weight = _from_nothing(levels), _from_nothing(np.cumsum(weights, axis=1))
    low, high = np.take_along_axis(known, start, 1), np.take_along_axis(known, stop, 1)
    from_, to = np.take_along_axis(weight, start, 1), np.take_along_axis(weight, stop, 1)
    placed = low + (high - low) * (weight[:, 1:] - from_) / (to - from_)
    near_start = np.where(low == 0, levels == 0, levels - low < rule.certain_gap)
    bounded = np.where(near_start, np.minimum(placed, low + rule.threshold), np.maximum(placed, high - rule.threshold))
    return np.where(kept, levels, bounded)


def _from_nothing(running: Floats) -> Floats:
    """[M, days] -> [M, 1 + days]: what runs, and the 0 before it."""
    return np.concatenate([np.zeros_like(running[:, :1]), running], axis=1)


def _carried(levels: Floats, end: Counts, rule: Rule) -> Floats:
    """[M, days] running censorings: the last printed count that was clearly above the one before, carried on."""
    out = np.empty_like(levels)
    last = np.zeros(len(levels))
    for k in range(levels.shape[1]):
        enough = ((last == 0) | (levels[:, k] - last >= rule.certain_gap)) & (k <= end)
        last = np.where(enough, levels[:, k], last)
        out[:, k] = last
    return out


def _at_risk(n: Floats, placed: Floats, censored: Floats, rule: Rule) -> Floats:
    """[M, days] at risk in the middle of each step; what is hidden counts as half the threshold."""
    gone = placed + censored
    middle = gone - np.diff(gone, axis=1, prepend=0.0) / 2
    return np.maximum(n[:, None] - middle, rule.threshold / 2)


def _steps(running: Floats) -> Floats:
    return np.diff(running, axis=1, prepend=0.0)


def _halves(first: Floats, second: Floats) -> Floats:
    return np.stack([first, second], axis=-1).reshape(len(first), 2 * first.shape[1])
