"""Cells that differ, and the causes they have."""

from __future__ import annotations

import polars as pl

from pipelines import difference
from pipelines.difference import CORRECTED, FIGURES, KEY, LATE, Step


def cube(**values: float | None) -> pl.DataFrame:
    """One cell a region, with this value; the other figures are the same everywhere."""
    rows = [
        {
            **dict.fromkeys(KEY, "x"),
            "regio": regio,
            "n": 12,
            **dict.fromkeys(("teller", "noemer", "ondergrens", "bovengrens"), 1.0),
            "waarde": value,
            "status": "afgeschermd" if value is None else "definitief",
        }
        for regio, value in values.items()
    ]
    figures = {**dict.fromkeys(FIGURES, pl.Float64), "n": pl.Int64, "status": pl.String}
    return pl.DataFrame(rows, schema={**dict.fromkeys(KEY, pl.String), **figures})


def step(cause: str, made: pl.DataFrame) -> Step:
    return Step(pl.lit(cause), made)


def told(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("regio", "waarde_was", "waarde_wordt", "oorzaken").rows()


def test_a_cell_has_the_causes_of_the_steps_at_which_it_changed() -> None:
    found = difference.changes(
        cube(a=0.1, b=0.2, c=0.3, d=0.4),
        [step(CORRECTED, cube(a=0.2, b=0.2, c=0.5, d=0.4)), step(LATE, cube(a=0.2, b=0.3, c=0.6, d=0.4))],
    )
    assert told(found) == [("a", 0.1, 0.2, [CORRECTED]), ("b", 0.2, 0.3, [LATE]), ("c", 0.3, 0.6, [CORRECTED, LATE])]


def test_a_cell_that_comes_back_has_not_changed() -> None:
    assert told(difference.changes(cube(a=0.1), [step(CORRECTED, cube(a=0.2)), step(LATE, cube(a=0.1))])) == []


def test_cells_that_come_go_or_are_hidden_are_changes() -> None:
    found = difference.changes(cube(a=0.1, b=0.2), [step(CORRECTED, cube(b=None, c=0.3))])
    assert told(found) == [("a", 0.1, None, [CORRECTED]), ("b", 0.2, None, [CORRECTED]), ("c", None, 0.3, [CORRECTED])]
    assert found["status_wordt"].to_list() == [None, "afgeschermd", "definitief"]


def test_a_status_or_a_limit_alone_is_a_change() -> None:
    before = cube(a=0.1, b=0.2)
    other = before.with_columns(
        status=pl.when(pl.col("regio") == "a").then(pl.lit("voorlopig")).otherwise("status"),
        bovengrens=pl.when(pl.col("regio") == "b").then(0.9).otherwise("bovengrens"),
    )
    assert difference.net_changes(before, other)["regio"].to_list() == ["a", "b"]


def test_the_cause_may_depend_on_the_cell() -> None:
    cause = pl.when(pl.col("regio") == "a").then(pl.lit("definitie")).otherwise(pl.lit("code"))
    found = difference.changes(cube(a=0.1, b=0.1), [Step(cause, cube(a=0.2, b=0.2))])
    assert found["oorzaken"].to_list() == [["definitie"], ["code"]]


def test_no_changes_have_the_columns_of_changes() -> None:
    same = difference.changes(cube(a=0.1), [step(CORRECTED, cube(a=0.1))])
    assert same.is_empty() and difference.none().schema == same.schema


def test_how_many_cells_are_foreseen_wrongly() -> None:
    foreseen = difference.net_changes(cube(a=0.1, b=0.1, c=0.1), cube(a=0.2, b=0.2, c=0.1))
    happened = difference.net_changes(cube(a=0.1, b=0.1, c=0.1), cube(a=0.2, b=0.3, c=0.4))
    assert difference.unlike(foreseen, foreseen) == 0
    assert difference.unlike(happened, foreseen) == 2
