"""What one unit contributes to a cell, and the amounts that zaken and inzet rows share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .cases import World
from .records import Row


@dataclass(frozen=True)
class Bijdrage:
    """What one unit (of a vt_regio, on its date) contributes to one dimension and categorie."""

    regio: str
    day: date
    dimensie: str
    categorie: str
    unit: Any


def split(regio: str, day: date, unit: Any, **dimensions: str | None) -> Iterator[Bijdrage]:
    """The unit in total and in its categorie of every dimension; None: the dimension does not count this unit."""
    yield Bijdrage(regio, day, "totaal", "totaal", unit)
    for dimensie, categorie in dimensions.items():
        if categorie is not None:
            yield Bijdrage(regio, day, dimensie, categorie, unit)


def hundredths(inzet: Row) -> int:
    return int(inzet["uren"] * 100)


def cost(world: World, inzet: Row) -> int | None:
    """uren x uurtarief in ten-thousandths of euros; None without a tarief."""
    tarief = world.uurtarief(inzet)
    return None if tarief is None else hundredths(inzet) * int(tarief["uurtarief"] * 100)
