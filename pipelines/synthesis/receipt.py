"""When the fictitious partners deliver: most months in time, some late, one partner slow for a while, one joins later.

Belongs here: the moment at which a delivery of a feed and month comes in. Not here: what is in it.
No public source: every number is chosen, so that a page about punctuality has something to show.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from indicators.calendar import AMSTERDAM, add_months, month_end, nth_werkdag_after
from pipelines.synthesis.draw import stream

IN_TIME_WERKDAGEN: Final = (3, 9)
"""First and last werkdag after the month; the contracts ask for the tenth."""
P_LATE_DELIVERY: Final = 0.04
LATE_WERKDAGEN: Final = (11, 24)
SLOW: Final = ("raad_voor_de_kinderbescherming", "2020-03", "2020-06", 0.6)
"""A partner that is often late for some months: partner, first and last month, chance."""
JOINS: Final = ("reclassering", 6)
"""A partner that joins late, and then delivers the country's first months together with the next: partner, months."""


def received(seed: int, feed: str, month: str, first: str) -> datetime:
    """The moment at which the delivery of ``feed`` (``<partner>/<feed>``) and ``month`` comes in, Amsterdam time.

    ``first``: the country's first month.
    """
    partner, months_late = JOINS
    joined = add_months(first, months_late)
    if feed.split("/")[0] == partner and month < joined:
        month = joined
    rng = stream(seed, f"ontvangst {feed}", month)
    low, high = LATE_WERKDAGEN if rng.random() < _chance_of_late(feed, month) else IN_TIME_WERKDAGEN
    day = nth_werkdag_after(month_end(month), int(rng.integers(low, high + 1)))
    return datetime.combine(day, time(9 + int(rng.integers(8)), int(rng.integers(60))), AMSTERDAM)


def _chance_of_late(feed: str, month: str) -> float:
    partner, first, last, chance = SLOW
    return chance if feed.split("/")[0] == partner and first <= month <= last else P_LATE_DELIVERY
