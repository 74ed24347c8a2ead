"""What differs between two cubes, cell by cell, and why (docs/decisions/0041-previews-and-backfills.md).

Pure: cubes in, changes out. The inputs of the older cube are changed into those of the newer one step by step, in the
order of ``CAUSES``; a cell has the causes of the steps at which it changed. Not here: computing the cubes between
(``causes.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

# The words are what a steward reads, in the order in which inputs are changed.
DEFINITION = "definitie"
CODE = "code"
ERASED = "gewist gezin"
BETWEEN = "tussenliggende publicatie"
DIVISION = "regio-indeling"
CONTRACT = "contract"
CORRECTED = "verbeterde levering"
LATE = "nagekomen levering"
NEW_MONTH = "nieuwe maand"
EARLIER = "eerdere peildatum"
CAUSES = (DEFINITION, CODE, ERASED, BETWEEN, DIVISION, CONTRACT, CORRECTED, LATE, NEW_MONTH, EARLIER)

HIDDEN = "afgeschermd"
KEY = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")
FIGURES = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "status")


@dataclass(frozen=True)
class Step:
    """A cube (columns of ``indicator_values``), and what was changed to come to it from the one before.

    ``cause`` is an expression over KEY where one change has several causes.
    """

    cause: pl.Expr
    cube: pl.DataFrame


def changes(first: pl.DataFrame, steps: Sequence[Step]) -> pl.DataFrame:
    """Every cell of the last cube that is not as in ``first``: KEY, each of FIGURES as ``<name>_was`` and
    ``<name>_wordt``, and ``oorzaken`` (a list, in the order of the steps); ordered by KEY.

    A cell that one of the two does not have is empty there. Cells that change on the way and come back are left out.
    """
    cubes = [first, *(step.cube for step in steps)]
    net = net_changes(first, cubes[-1])
    found = [
        differences(before, step.cube).select(*KEY, step.cause.alias("oorzaak"))
        for before, step in zip(cubes, steps, strict=False)
        if before is not step.cube
    ]
    at = pl.concat([pl.DataFrame(schema={**dict.fromkeys((*KEY, "oorzaak"), pl.String)}), *found])
    causes = at.group_by(KEY, maintain_order=True).agg(pl.col("oorzaak").alias("oorzaken"))
    return net.join(causes, on=KEY, how="left").sort(KEY)


def net_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The cells whose figures differ, without causes; otherwise as ``changes``. Of cells that are hidden on one side
    and hidden or not there on the other nothing is known: those are no changes."""
    nothing = pl.all_horizontal(pl.col(f"status_{when}").fill_null(HIDDEN) == HIDDEN for when in ("was", "wordt"))
    return differences(before, after).filter(~nothing)


def differences(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """As ``net_changes``, and cells that come or go hidden: on the way to a figure that is a step too."""

    def named(cube: pl.DataFrame, suffix: str) -> pl.DataFrame:
        return cube.select(*KEY, *(pl.col(name).alias(f"{name}_{suffix}") for name in FIGURES))

    both = named(before, "was").join(named(after, "wordt"), on=KEY, how="full", coalesce=True)
    same = pl.all_horizontal(pl.col(f"{name}_was").eq_missing(pl.col(f"{name}_wordt")) for name in FIGURES)
    return both.filter(~same).sort(KEY)


def none() -> pl.DataFrame:
    """No changes at all."""
    figures = {**dict.fromkeys(FIGURES, pl.Float64), "n": pl.Int64, "status": pl.String}
    return pl.DataFrame(
        schema={
            **dict.fromkeys(KEY, pl.String),
            **{f"{name}_was": form for name, form in figures.items()},
            **{f"{name}_wordt": form for name, form in figures.items()},
            "oorzaken": pl.List(pl.String),
        }
    )


def unlike(one: pl.DataFrame, other: pl.DataFrame) -> int:
    """How many cells two tables of changes tell differently of, whatever the causes."""
    columns = [*KEY, *(f"{name}_{when}" for when in ("was", "wordt") for name in FIGURES)]
    a, b = one.select(columns), other.select(columns)
    strange = pl.concat(
        [a.join(b, on=columns, how="anti", nulls_equal=True), b.join(a, on=columns, how="anti", nulls_equal=True)]
    )
    return strange.select(KEY).unique().height
