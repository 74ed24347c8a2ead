"""Random numbers: one independent, reproducible stream per purpose and month, and the few draws everything uses.

Belongs here: numpy's generators and how codes are drawn. Not here: what is drawn for which reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from indicators.calendar import parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis.clock import DAY, NEVER, Bools, Floats, Ints


def stream(seed: int, purpose: str, month: str) -> np.random.Generator:
    """The generator of one purpose in one month: the same numbers, whatever else is drawn before or beside it."""
    year, number = parse_month(month)
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), year, number])


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Numbers 0.. in proportion to the weights."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, rng.random(size) * edges[-1], "right")
    return np.minimum(found, len(edges) - 1).astype(np.int64)


def chance(rng: np.random.Generator, probability: float | Floats, size: int) -> Bools:
    """True with the probability given, for all alike or for each its own."""
    return rng.random(size) < probability


def either(condition: Bools, table: Mapping[bool, float]) -> Floats:
    """``table[True]`` where the condition holds, else ``table[False]``."""
    return np.where(condition, table[True], table[False])


def waiting(rng: np.random.Generator, mean_days: float | Floats, size: int) -> Ints:
    """Exponential waiting times in whole seconds."""
    return (rng.exponential(1.0, size) * mean_days * DAY).astype(np.int64)


def maybe(condition: Bools, moments: Ints) -> Ints:
    """The moments where the condition holds, else NEVER."""
    return np.where(condition, moments, NEVER)


def late(rng: np.random.Generator, size: int) -> Ints:
    """Seconds until the partner's own system knows of a record: 0 for nearly all."""
    low, high = p.LATE_DAYS
    return np.where(chance(rng, p.P_LATE, size), rng.integers(low, high + 1, size) * DAY, 0)


def withdrawal(rng: np.random.Generator, created: Ints, mistaken: Bools, may_revive: Bools) -> tuple[Ints, Ints]:
    """(withdrawn, revived): mistaken entries are withdrawn for good; a few others by mistake, and revived weeks
    later."""
    size = len(created)
    by_mistake = may_revive & ~mistaken & chance(rng, p.P_HERSTELD, size)
    low, high = p.INTREKKEN_DAYS
    withdrawn = created + rng.integers(low * DAY, high * DAY, size)
    low, high = p.HERSTELLEN_DAYS
    revived = withdrawn + rng.integers(low * DAY, high * DAY, size)
    return maybe(mistaken | by_mistake, withdrawn), maybe(by_mistake, revived)
