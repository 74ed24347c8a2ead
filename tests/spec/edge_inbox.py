"""One inbox that stands on every bound of the specification: just before it, on it, and just after it.

`edge_inbox()` makes deliveries as plain data, like `random_inbox`, and always the same ones. Few gezinnen share both
region and month, so that one unit on the wrong side of a bound changes the figure of a cell.
"""

from __future__ import annotations

from edge_builder import MISSING, MONTHS, PEILDATA, Inbox
from edges_of_indicators import indicator_edges
from edges_of_zaken import zaak_edges
from inbox_format import Deliveries


def edge_inbox() -> Deliveries:
    """The deliveries of ``MONTHS``, less those of ``MISSING``."""
    inbox = Inbox()
    zaak_edges(inbox)
    indicator_edges(inbox)
    return inbox.deliveries()


__all__ = ["MISSING", "MONTHS", "PEILDATA", "edge_inbox"]
