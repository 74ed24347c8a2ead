"""Rows as they should not be: what goes wrong in a partner's export, always in a way that a row rule of the contract
finds.

Belongs here: how a good row, as text, becomes a broken one. Not here: which rows (records) and the file they go to
(files).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

Row = list[str]
ENUMS = ("melder", "aard_geweld", "soort", "wijze", "verbeteractiviteit")
ORDERED = (
    "veiligheidsbeoordeling_op",
    "overdracht_op",
    "gehouden_op",
    "beslissing_op",
    "gestart_op",
    "geeindigd_op",
)
"""Columns that may not lie before an earlier one of the same row."""
CREATED = ("ontvangen_op", "aangemeld_op", "gemeld_op", "instroom_op", "verzoek_op", "begonnen_op")
LONG_AGO = "2001-05-14"
TOO_MANY_UREN = "9999.50"
YEARS_AHEAD = 4
"""A leap year apart, so that 29 February stays a date."""


def _first_filled(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((name for name in names if cells.get(name)), "")


def _regio(cells: dict[str, str]) -> None:
    cells["vt_regio"] = cells["vt_regio"].replace("_", " ").title()


def _gezin_empty(cells: dict[str, str]) -> None:
    cells["gezin"] = ""


def _gezin_upper(cells: dict[str, str]) -> None:
    cells["gezin"] = cells["gezin"].upper()


def _future(cells: dict[str, str]) -> None:
    name = _first_filled(cells, CREATED)
    cells[name] = f"{int(cells[name][:4]) + YEARS_AHEAD}{cells[name][4:]}"


def _enum(cells: dict[str, str]) -> None:
    name = _first_filled(cells, ENUMS)
    cells[name] = cells[name].upper()


def _order(cells: dict[str, str]) -> None:
    name = _first_filled(cells, ORDERED)
    cells[name] = LONG_AGO + cells[name][len(LONG_AGO) :]


def _uren(cells: dict[str, str]) -> None:
    cells["uren"] = TOO_MANY_UREN


def _no_zone(cells: dict[str, str]) -> None:
    name = _first_filled(cells, CREATED)
    cells[name] = cells[name][:19].replace("T", " ")


def _comma(cells: dict[str, str]) -> None:
    cells["uren"] = f"{cells['uren'].split('.')[0]},50"


TYPED: dict[str, tuple[str, Callable[[dict[str, str]], None]]] = {
    "regio": ("vt_regio", _regio),
    "gezin_empty": ("gezin", _gezin_empty),
    "gezin_upper": ("gezin", _gezin_upper),
    "future": ("created", _future),
    "enum": ("enum", _enum),
    "order": ("ordered", _order),
    "uren": ("uren", _uren),
}
"""Errors that a typed file (Parquet) can hold too: the cell that must be filled, and what happens to it."""
TEXT_ONLY: dict[str, tuple[str, Callable[[dict[str, str]], None]]] = {
    "no_zone": ("created", _no_zone),
    "comma": ("uren", _comma),
}
DOUBLE, SHORT = "double", "short"
GROUPS = {"created": CREATED, "enum": ENUMS, "ordered": ORDERED}


def ways(header: list[str], row: Row, typed: bool) -> list[str]:
    """The ways in which this row can be broken, in a fixed order."""
    cells = dict(zip(header, row, strict=True))
    table = TYPED if typed else TYPED | TEXT_ONLY
    possible = [way for way, (needs, _) in table.items() if _first_filled(cells, GROUPS.get(needs, (needs,)))]
    return [*possible, DOUBLE] if typed else [*possible, DOUBLE, SHORT]


def broken(header: list[str], row: Row, way: str) -> list[Row]:
    """The row broken in one way: one row, or two of the same key."""
    if way == DOUBLE:
        return [row, row]
    if way == SHORT:
        return [row[:-1]]
    cells = dict(zip(header, row, strict=True))
    (TYPED | TEXT_ONLY)[way][1](cells)
    return [list(cells.values())]


def break_all(header: list[str], rows: list[Row], rng: np.random.Generator, typed: bool) -> list[Row]:
    """Every row broken, each in a way drawn from those possible."""
    out: list[Row] = []
    for row in rows:
        possible = ways(header, row, typed)
        out.extend(broken(header, row, possible[int(rng.integers(len(possible)))]))
    return out
