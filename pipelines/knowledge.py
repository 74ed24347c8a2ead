"""What is known at a month: which deliveries count, and the default peildatum (specification, sections 1 and 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from indicators.model import PARTNER_FEEDS

T = TypeVar("T")
REFERENCE_PARTNER = "landelijk_netwerk"


def default_month(delivered: Mapping[str, Collection[str]]) -> str | None:
    """The latest month for which all eleven partner feeds have an accepted delivery; None when there is none."""
    common = set.intersection(*(set(delivered.get(feed, ())) for feed in PARTNER_FEEDS))
    return max(common, default=None)


def known_at(feed: str, deliveries: Mapping[str, T], until: str) -> list[tuple[str, T]]:
    """(month, delivery) of the deliveries of ``feed`` known at ``until``, by month.

    A feed of the landelijk netwerk that was delivered only later counts with its earliest delivery.
    """
    known = [(month, deliveries[month]) for month in sorted(deliveries) if month <= until]
    if not known and deliveries and feed.startswith(f"{REFERENCE_PARTNER}/"):
        first = min(deliveries)
        return [(first, deliveries[first])]
    return known
