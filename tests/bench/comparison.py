"""Are the figures of two engines the same?"""

from __future__ import annotations

import polars as pl

KEY = ("indicator", "vt_regio", "maand", "dimensie", "categorie", "dag")
CELL = ("indicator", "regio_niveau", "regio", "periode_soort", "periode")


def differences(product: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """What differs between two tables of sums at base grain; of each indicator only the sums that ``other`` gives."""
    names = sorted({*product["indicator"], *other["indicator"]})
    return [line for name in names for line in _of_one(product.filter(indicator=name), other.filter(indicator=name))]


def _of_one(product: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    columns = [name for name in other.columns if name in product.columns and other[name].null_count() < other.height]
    ours, theirs = (_ordered(frame, columns) for frame in (product, other))
    if ours.height != theirs.height:
        return [f"{ours.height} cells against {theirs.height}"]
    return [f"{name} differs" for name in columns if not ours[name].equals(theirs[name])]


def _ordered(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    types = {name: pl.Int64 if name == "dag" or name not in KEY else pl.String for name in columns}
    return frame.select(columns).cast(types).sort([name for name in KEY if name in columns])


def values_apart(product: pl.DataFrame, other: pl.DataFrame) -> float:
    """The largest distance between values of totals; infinite where a cell is missing, or its number of units differs.

    ``other``: CELL, n, waarde. Where the product gives no value, no unit could be followed to the end: no distance.
    """
    totals = product.filter(dimensie="totaal", categorie="totaal").select(*CELL, "n", "waarde")
    both = totals.join(other.select(*CELL, "n", "waarde"), on=[*CELL, "n"], how="full", suffix="_andere")
    if both.select(pl.col("regio", "regio_andere").is_null().any()).row(0) != (False, False):
        return float("inf")
    apart = both.select((pl.col("waarde") - pl.col("waarde_andere")).abs().max()).item()
    return float(apart or 0.0)
