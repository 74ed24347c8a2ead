"""The complete cube: every cell that a publication has, whether or not anything was counted in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl

from indicators.geography import LAND, Division
from indicators.statistics import Grid
from indicators.values import QUANTILES

# What names a cell within an indicator: codes of regions and periods are unique over their levels.
CELL = ["regio", "periode", "dimensie", "categorie"]


class Dimension(Protocol):
    """What protection needs to know of a dimension; ``competing``: its categories are kinds of event."""

    @property
    def name(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def competing(self) -> bool: ...


class Definition(Protocol):
    """What protection needs to know of an indicator (``indicators.model.Definition`` has it all)."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def horizon_days(self) -> int | None: ...
    @property
    def complement(self) -> bool: ...
    @property
    def x_is_one(self) -> bool: ...
    @property
    def dimensions(self) -> Sequence[Dimension]: ...


class Category(NamedTuple):
    """One category of the cube. ``basis_*``: the survival statistics behind it; ``level``: of a quantile, else None;
    ``competing``: a kind of event beside others."""

    dimensie: str
    categorie: str
    basis_dimensie: str
    basis_categorie: str
    level: float | None
    competing: bool


def categories(definition: Definition) -> list[Category]:
    """The indicator's categories in the order of the cube: by dimension, then category."""
    split = [(d.name, c, d.competing) for d in definition.dimensions for c in d.categories]
    if definition.kind != "quantiles":
        every = [("totaal", "totaal", False), *split]
        return sorted(Category(name, code, name, code, None, competing) for name, code, competing in every)
    total = [Category("kwantiel", q, "totaal", "totaal", level, False) for q, level in QUANTILES.items()]
    by_category = [
        Category(name, f"{code}:{q}", name, code, level, False)
        for name, code, _ in split
        for q, level in QUANTILES.items()
    ]
    return sorted(total + by_category)


def cells(definition: Definition, months: Sequence[str], division: Division) -> pl.DataFrame:
    """Every cell of the indicator, ordered by the key of ``indicator_values``.

    Columns: ``indicator, versie, regio_niveau, regio, periode_soort, periode`` and those of ``Category``. Regions: all
    of the division, of a coverage only the country; periods: each month, quarter and year that holds one of ``months``.
    """
    grid = Grid(division, months)
    regions = sorted(grid.regions) if definition.kind != "coverage" else [("land", LAND)]
    periods = sorted(set(grid.periods))
    split = categories(definition)
    inner = len(split)
    columns = {
        **_columns(regions, ["regio_niveau", "regio"], inner=len(periods) * inner, outer=1),
        **_columns(periods, ["periode_soort", "periode"], inner=inner, outer=len(regions)),
        **_columns(split, list(Category._fields), inner=1, outer=len(regions) * len(periods)),
    }
    return pl.DataFrame(columns).select(
        pl.lit(definition.id).alias("indicator"), pl.lit(definition.version).alias("versie"), pl.all()
    )


def _columns(rows: Sequence[tuple[object, ...]], names: list[str], *, inner: int, outer: int) -> dict[str, pl.Series]:
    """Each row ``inner`` times in succession, and the whole ``outer`` times."""
    at = np.tile(np.repeat(np.arange(len(rows)), inner), outer)
    return {name: pl.Series(name, [row[i] for row in rows]).gather(at) for i, name in enumerate(names)}
