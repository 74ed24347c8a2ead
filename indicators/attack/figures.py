"""Does every printed figure follow from printed counts? What does not may tell more than they do: a finding by itself.

Worked out anew from the formulas of the specification, not with the code that printed them.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from indicators.attack.finding import Cell, Finding
from indicators.attack.published import COVERAGE, KEY, Published

Z = 1.959963984540054
CLOSE = 1e-9
FIGURES = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
HIDDEN = "afgeschermd"
SHOWN = ("onvolledig", "voorlopig", "definitief", "niet_bereikt")


def strange(published: Published) -> list[Finding]:
    """Figures that do not follow, each as a finding whose count is the figure's column."""
    kinds = {d["id"]: d["kind"] for d in published.definitions if d["kind"] != COVERAGE}
    cube = published.rows.select(*KEY, "width").join(published.cube, on=KEY)
    cube = cube.with_columns(kind=pl.col("indicator").replace_strict(kinds))
    found = [
        _strange(Cell(*key), name)
        for name, wrong in _checks(published)
        for key in cube.filter(wrong.fill_null(value=True)).select(*KEY).rows()
    ]
    return found + [_strange(cell, "onder_risico") for cell in _curves(published)]


def _strange(cell: Cell, name: str) -> Finding:
    return Finding(cell.indicator, cell.regio, cell.periode, cell.dimensie, cell.categorie, name, None, None)


def _checks(published: Published) -> Iterator[tuple[str, pl.Expr]]:
    """For each figure, in which rows it is not what printed counts make it."""
    shown, kind, status = pl.col("n").is_not_null(), pl.col("kind"), pl.col("status")
    yield "status", pl.when(shown).then(~status.is_in(SHOWN)).otherwise(status != HIDDEN)
    for name in FIGURES:
        yield name, ~shown & pl.col(name).is_not_null()
    yield "n", shown & _outside_classes("n", published.threshold)
    counted = kind.is_in(["proportion", "survival", "quantiles"])
    yield "teller", shown & counted & _outside_classes("teller", published.threshold)
    yield "noemer", shown & counted & (pl.col("noemer") != pl.col("n"))
    proportion = shown & (kind == "proportion")
    for name, figure in zip(("waarde", "ondergrens", "bovengrens"), _wilson(), strict=True):
        yield name, proportion & ((pl.col(name) - figure).abs() > CLOSE)
    sums = shown & kind.is_in(["ratio", "sum"])
    yield "teller", sums & ~_two_digits(pl.col("teller") / pl.col("n"))
    ratio = shown & (kind == "ratio")
    yield "noemer", ratio & ~_two_digits(pl.col("noemer") / pl.col("n"))
    quotient = pl.col("teller") / pl.col("noemer")
    quotient = pl.when(pl.col("eenheid") == "aandeel").then(pl.min_horizontal(quotient, 1.0)).otherwise(quotient)
    yield "waarde", ratio & ((pl.col("waarde") / quotient - 1).abs() > CLOSE)
    yield "waarde", shown & (kind == "sum") & (pl.col("waarde") != pl.col("teller"))
    yield "ondergrens", sums & (pl.col("ondergrens").is_not_null() | pl.col("bovengrens").is_not_null())
    quantile = shown & (kind == "quantiles")
    yield "status", quantile & (pl.col("waarde").is_null() != (status == "niet_bereikt"))
    # In whole steps of the grid; without any censoring the value of survival is that of its counts.
    yield "waarde", quantile & (pl.col("waarde") % 1 > CLOSE).fill_null(value=False)
    enough = int(published.protection["rule"].get("curve_minimum", 0))
    yield "n", shown & kind.is_in(["survival", "quantiles"]) & (pl.col("n") + pl.col("width") <= enough)


def _outside_classes(name: str, threshold: int) -> pl.Expr:
    """Whether a count is not the middle of a class."""
    start = pl.col(name) - (pl.col("width") - 1) // 2 - threshold
    return (start < 0) | (start % pl.col("width") != 0)


def _wilson() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Share and score limits (Wilson, 1927) of teller out of noemer."""
    x, n = pl.col("teller"), pl.col("noemer")
    middle = (x + Z**2 / 2) / (n + Z**2)
    half = Z / (n + Z**2) * (x * (n - x) / n + Z**2 / 4).sqrt()
    lower = pl.when(x == 0).then(0.0).otherwise(middle - half)
    upper = pl.when(x == n).then(1.0).otherwise(middle + half)
    return x / n, lower, upper


def _two_digits(mean: pl.Expr) -> pl.Expr:
    """Whether a mean has two significant digits."""
    return (mean == 0) | ((mean / mean.round_sig_figs(2) - 1).abs() < CLOSE)


def _curves(published: Published) -> list[Cell]:
    """Cells whose curve belongs to nothing shown, ends elsewhere than their value, or counts who is at risk in other
    classes than the rule's, or ever more of them."""
    if published.curves is None or published.curves.is_empty():
        return []
    cube = published.rows.select(*KEY, "width").join(published.cube.select(*KEY, "waarde"), on=KEY)
    risk = pl.col("onder_risico")
    start = risk - (pl.col("width") - 1) // 2 - published.threshold
    ends = (
        published.curves.join(cube.rename({"waarde": "gedrukt"}), on=KEY, how="left")
        .sort(*KEY, "dag")
        .group_by(KEY, maintain_order=True)
        .agg(
            elsewhere=(pl.col("waarde").last() - pl.col("gedrukt").last()).abs() > CLOSE,
            classes=((start < 0) | (start % pl.col("width") != 0)).any(),
            rising=(risk.diff() > 0).any(),
        )
        .filter(
            pl.col("elsewhere").fill_null(value=True)
            | pl.col("classes").fill_null(value=False)
            | pl.col("rising").fill_null(value=False)
        )
    )
    return [Cell(*key) for key in ends.select(*KEY).rows()]
