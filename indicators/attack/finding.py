"""What the attack found: a count that a reader can work out, or a figure that does not follow from printed counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# A finding is a count that may be below this, with this many candidates or fewer: the bar, whatever the rule.
SMALL = 10
FEW = 3


class Cell(NamedTuple):
    """A cell of the published cube."""

    indicator: str
    regio: str
    periode: str
    dimensie: str
    categorie: str


@dataclass(frozen=True)
class Finding:
    """``low`` to ``high``: the values that fit everything printed; None when ``count`` is a printed figure (its column)
    that does not follow from printed counts.

    ``rest``: n - teller. ``because``: sets of printed cells that bind it; one set less, and it may be wide again.
    """

    indicator: str
    regio: str
    periode: str
    dimensie: str
    categorie: str
    count: str
    low: int | None
    high: int | None
    because: tuple[frozenset[Cell], ...] = ()

    @property
    def cell(self) -> Cell:
        return Cell(self.indicator, self.regio, self.periode, self.dimensie, self.categorie)
