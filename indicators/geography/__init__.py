"""Regions: codes, names, which vt_regio lies in which arrondissement, and their outlines.

``regions.csv`` is the only list of regions; the outlines carry the same codes. See README.md for their provenance.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
LAND = "nederland"
Niveau = Literal["land", "arrondissement", "vt_regio"]


@dataclass(frozen=True)
class Regio:
    """One region. ``arrondissement`` is its parent for a vt_regio, itself for an arrondissement, '' for the country."""

    code: str
    naam: str
    niveau: Niveau
    arrondissement: str
    valid_from: date
    valid_to: date | None


@cache
def regions() -> tuple[Regio, ...]:
    """Country, arrondissementen and vt_regio's, in the order of the file (country first, then north to south)."""
    with (FOLDER / "regions.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(
            Regio(
                row["code"],
                row["naam"],
                row["niveau"],  # type: ignore[arg-type]
                row["arrondissement"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in csv.DictReader(handle)
        )


def vt_regios() -> tuple[Regio, ...]:
    return tuple(r for r in regions() if r.niveau == "vt_regio")


def arrondissementen() -> tuple[Regio, ...]:
    return tuple(r for r in regions() if r.niveau == "arrondissement")


def regio(code: str) -> Regio:
    """The region with this code. Raises KeyError with the code when there is none.

    >>> regio("twente").arrondissement
    'oost_nederland'
    """
    for found in regions():
        if found.code == code:
            return found
    raise KeyError(code)


@cache
def outlines(niveau: Literal["arrondissement", "vt_regio"]) -> dict[str, Any]:
    """GeoJSON FeatureCollection; each feature has properties ``code`` and ``naam``."""
    data: dict[str, Any] = json.loads((FOLDER / f"{niveau}.geojson").read_text(encoding="utf-8"))
    return data
