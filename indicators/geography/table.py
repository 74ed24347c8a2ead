"""The list of regions, ``regions.csv``: read strictly, so that every division it holds is whole.

Not here: which of its rows hold on a day (``Division``), outlines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, get_args

LAND = "nederland"
Niveau = Literal["land", "arrondissement", "vt_regio"]
PATH = Path(__file__).with_name("regions.csv")
COLUMNS = ("code", "naam", "niveau", "arrondissement", "valid_from", "valid_to", "opgegaan_in")
NIVEAUS: dict[str, Niveau] = {niveau: niveau for niveau in get_args(Niveau)}
CODE = re.compile("[a-z_]+")
DAY = timedelta(days=1)


class RegionTableError(ValueError):
    """A list of regions that can't be used. Names the file, the line and the remedy."""


@dataclass(frozen=True)
class Regio:
    """One region from ``valid_from`` to ``valid_to``, that day included (None: no end is known).

    ``arrondissement``: its parent for a vt_regio, itself for an arrondissement, '' for the country. ``opgegaan_in``:
    the code of the region that it became part of; '' where it has no end or goes on, changed, in a next row.
    """

    code: str
    naam: str
    niveau: Niveau
    arrondissement: str
    valid_from: date
    valid_to: date | None
    opgegaan_in: str

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def listed() -> tuple[Regio, ...]:
    """Every region that there is or was, in the order of the file. Raises RegionTableError."""
    return read(PATH)


def read(path: Path) -> tuple[Regio, ...]:
    """The regions of a file such as ``regions.csv``. Raises RegionTableError for the first line that can't be used."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if tuple(next(csv.reader(lines[:1]), ())) != COLUMNS:
        raise RegionTableError(f"{path.name}, line 1: must be {','.join(COLUMNS)}")
    places: dict[Regio, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        place = f"{path.name}, line {number}"
        row = _row(next(csv.reader([line]), []), place)
        if row in places:
            raise RegionTableError(f"{place}: the same as {places[row]}; leave one out")
        places[row] = place
    rows = tuple(places)
    _check_country(rows, path.name)
    for row, place in places.items():
        if problem := _begin(row, rows) or _end(row, rows) or _parent(row, rows):
            raise RegionTableError(f"{place}: {problem}")
    return rows


def _row(fields: Sequence[str], place: str) -> Regio:
    if len(fields) != len(COLUMNS):
        raise RegionTableError(f"{place}: has {len(fields)} fields, must have {len(COLUMNS)}")
    code, naam, niveau, arrondissement, first, last, successor = fields
    if not CODE.fullmatch(code):
        raise RegionTableError(f"{place}: code '{code}' must be lower case letters and underscores")
    if not naam.strip():
        raise RegionTableError(f"{place}: {code} has no naam; give it one")
    if niveau not in NIVEAUS:
        raise RegionTableError(f"{place}: niveau is '{niveau}', must be one of {', '.join(NIVEAUS)}")
    expected = {"land": "", "arrondissement": code}.get(niveau, arrondissement)
    if arrondissement != expected:
        raise RegionTableError(f"{place}: arrondissement of {niveau} {code} must be '{expected}'")
    valid_from, valid_to = _date(first, place, "valid_from"), _date(last, place, "valid_to") if last else None
    if valid_to == date.max:
        raise RegionTableError(f"{place}: leave valid_to of {code} empty as long as no end is known")
    if valid_to and valid_to < valid_from:
        raise RegionTableError(f"{place}: valid_to {last} lies before valid_from {first}; correct one of them")
    if successor and not last:
        raise RegionTableError(f"{place}: {code} went into {successor}, so valid_to must be its last day")
    return Regio(code, naam, NIVEAUS[niveau], arrondissement, valid_from, valid_to, successor)


def _date(text: str, place: str, column: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise RegionTableError(f"{place}: {column} '{text}' must be a date such as 2000-01-01") from error


def _check_country(rows: Sequence[Regio], name: str) -> None:
    found = [row for row in rows if row.niveau == "land"]
    if [(row.code, row.valid_to) for row in found] != [(LAND, None)]:
        raise RegionTableError(f"{name}: must have one row of niveau land, {LAND}, without valid_to")
    if found[0].valid_from != min(row.valid_from for row in rows):
        raise RegionTableError(f"{name}: {LAND} must be valid from the first day of any region")


def rows_of(code: str, rows: Sequence[Regio]) -> list[Regio]:
    """The rows of one code, first to last."""
    return sorted((row for row in rows if row.code == code), key=lambda row: row.valid_from)


def predecessors(first: Regio, rows: Sequence[Regio]) -> list[Regio]:
    """The rows of the regions that a region was made of: ``first`` is its own first row."""
    return [r for r in rows if r.opgegaan_in == first.code and r.valid_to == first.valid_from - DAY]


def _begin(row: Regio, rows: Sequence[Regio]) -> str:
    """What is wrong with how the row begins, and the remedy; '' for nothing. So are those below."""
    mine = rows_of(row.code, rows)
    place = mine.index(row)
    if place:
        before = mine[place - 1]
        if before.niveau != row.niveau:
            return f"{row.code} is a {before.niveau} elsewhere; give one of them another code"
        if before.valid_to is None or before.valid_to >= row.valid_from:
            return f"{row.code} overlaps its row of {before.valid_from}; that must end on {row.valid_from - DAY}"
        if before.valid_to != row.valid_from - DAY:
            return f"{row.code} has a gap before {row.valid_from}; its row before must end on {row.valid_from - DAY}"
        return ""
    start = min(r.valid_from for r in rows)
    if row.valid_from == start or predecessors(row, rows):
        return ""
    return (
        f"nothing becomes {row.code} on {row.valid_from}; name it as opgegaan_in of the regions that end on "
        f"{row.valid_from - DAY} (a region can be merged, not split: a part has no figures of its own before)"
    )


def _end(row: Regio, rows: Sequence[Regio]) -> str:
    goes_on = row != rows_of(row.code, rows)[-1]
    if row.valid_to is None:
        return ""
    if goes_on:
        return f"{row.code} goes on in a next row; leave opgegaan_in empty" if row.opgegaan_in else ""
    if not row.opgegaan_in:
        return (
            f"{row.code} ends on {row.valid_to} without a successor; name one region in opgegaan_in, or add a row of "
            f"{row.code} from {row.valid_to + DAY} (a region can be merged, not split)"
        )
    after = [r for r in rows_of(row.opgegaan_in, rows) if r.niveau == row.niveau]
    if not after:
        return f"opgegaan_in '{row.opgegaan_in}' is no {row.niveau} of this file; add its row, or correct the code"
    if not any(r.holds_on(row.valid_to + DAY) for r in after):
        return f"{row.code} goes into {row.opgegaan_in}, which must be valid on {row.valid_to + DAY} and is not"
    return ""


def _parent(row: Regio, rows: Sequence[Regio]) -> str:
    if row.niveau != "vt_regio":
        return ""
    parents = [r for r in rows_of(row.arrondissement, rows) if r.niveau == "arrondissement"]
    if not parents:
        return f"arrondissement '{row.arrondissement}' is not in this file; add its row, or correct the code"
    for day in (row.valid_from, row.valid_to or date.max):
        if not any(parent.holds_on(day) for parent in parents):
            until = "" if row.valid_to else ", and has no end"
            return (
                f"{row.code} lies in {row.arrondissement} from {row.valid_from}{until}, but that is not valid all that "
                "time; end this row and add one with the arrondissement that follows"
            )
    return ""
