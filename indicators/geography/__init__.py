"""Regions: codes, names, which vt_regio lies in which arrondissement, and that through time.

``regions.csv`` is the only list of regions (``table.py``); a ``Division`` is what of it holds on a day; their outlines
carry the same codes (``outlines.py``). README.md: what to do when two regions merge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from indicators import dutch
from indicators.geography.table import DAY, LAND, Niveau, Regio, RegionTableError, listed, predecessors, rows_of

__all__ = ["LAND", "Division", "Niveau", "Regio", "RegionTableError", "at", "division", "listed", "names"]


@dataclass(frozen=True)
class Division:
    """The regions in force from a day on: of the list of regions, the rows that hold on ``vanaf``."""

    listed: tuple[Regio, ...]
    vanaf: date

    @cached_property
    def naam(self) -> str:
        """In Dutch: 26 Veilig Thuis-regio's in 10 arrondissementen; of a later division also from which day."""
        held = f"{len(self.vt_regios)} Veilig Thuis-regio's in {len(self.arrondissementen)} arrondissementen"
        is_first = self.vanaf == min(row.valid_from for row in self.listed)
        return held if is_first else f"{held}, indeling vanaf {' '.join(dutch.day(self.vanaf).split())}"

    @cached_property
    def regions(self) -> tuple[Regio, ...]:
        """Country, arrondissementen and vt_regio's, in the order of the list (each level north to south)."""
        return tuple(row for row in self.listed if row.holds_on(self.vanaf))

    @cached_property
    def arrondissementen(self) -> tuple[Regio, ...]:
        return tuple(r for r in self.regions if r.niveau == "arrondissement")

    @cached_property
    def vt_regios(self) -> tuple[Regio, ...]:
        return tuple(r for r in self.regions if r.niveau == "vt_regio")

    @cached_property
    def levels(self) -> list[tuple[str, Niveau, str]]:
        """(vt_regio, regio_niveau, regio): every vt_regio with the three regions that it counts in."""
        return [
            level
            for r in self.vt_regios
            for level in (
                (r.code, "vt_regio", r.code),
                (r.code, "arrondissement", r.arrondissement),
                (r.code, "land", LAND),
            )
        ]

    @cached_property
    def successor(self) -> Mapping[str, str]:
        """Every code of the list that is not in force -> the code in force that it counts for: what it went into, or,
        of a region that is yet to come, the first of those it will be made of."""
        codes = dict.fromkeys(row.code for row in self.listed)
        return {code: found for code in codes if (found := self._in_force(code)) != code}

    def _in_force(self, code: str) -> str:
        rows = rows_of(code, self.listed)
        if self.vanaf < rows[0].valid_from:
            return self._in_force(predecessors(rows[0], self.listed)[0].code)
        return code if any(row.holds_on(self.vanaf) for row in rows) else self._in_force(rows[-1].opgegaan_in)


def division(peildatum: date) -> Division:
    """The division by which every figure of a peildatum is made: that of the day itself, or, of a day before all that
    is known, the first. Raises RegionTableError when the list of regions can't be used."""
    return at(listed(), peildatum)


def at(rows: tuple[Regio, ...], day: date) -> Division:
    """The division of a list of regions on a day."""
    began = {row.valid_from for row in rows} | {row.valid_to + DAY for row in rows if row.valid_to}
    return Division(rows, max((d for d in began if d <= day), default=min(began)))


def names() -> dict[str, str]:
    """The name of every region that there is or was, the last one where it changed, by code."""
    return {row.code: row.naam for row in sorted(listed(), key=lambda row: row.valid_from)}
