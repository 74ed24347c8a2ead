"""A publication after earlier ones: what is hidden stays hidden, and a figure moves only when enough records did.

Two publications next to each other may not tell of a single record. So what is said of a cell, a figure or that there
is none, stands until it has moved by ``Rule.restated`` records; and what is hidden of a period that is settled is
hidden for good (docs/decisions/0061). Pure: the cells of before come in as a frame. Not here: where that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from indicators.disclosure import status
from indicators.disclosure.cube import CELL, Definition
from indicators.disclosure.protect import CURVE_KEY, CURVE_SCHEMA, Protected
from indicators.disclosure.rule import Rule

KEY = ["indicator", *CELL]
FIGURES = ["n", "teller", "noemer", "waarde", "ondergrens", "bovengrens"]
# Counts of records in a cell; of a sum or ratio only its units are.
COUNTS = ["eenheden", "geteld", "rest"]
COUNTED_KINDS = frozenset({"proportion", "survival", "quantiles"})
POINT = ["dag", "waarde", "ondergrens", "bovengrens", "onder_risico"]
BY_RULE, BY_EARLIER, BY_GATE = "regel", "eerder", "toets"
# A line of the cube: what is printed by one measure.
LINE = ["indicator", "dimensie"]
# What was last said of every cell, and on what. ``maatstaf``: figures of another measure can't be compared; ``sinds``:
# the publication that said it first; ``exact_*``: COUNTS then; FIGURES and ``curve`` as printed, null where hidden;
# ``waarom``: why it is hidden, null where it is not; ``voorgoed``: hidden in every later publication.
SAID_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys((*KEY, "maatstaf", "sinds"), pl.String),
    **{f"exact_{name}": pl.Int64 for name in COUNTS},
    **dict.fromkeys(FIGURES, pl.Float64),
    "curve": pl.List(pl.Struct({name: CURVE_SCHEMA[name] for name in POINT})),
    "waarom": pl.String,
    "voorgoed": pl.Boolean,
}


class Now(NamedTuple):
    """What a new publication rests on.

    ``cells``: KEY, COUNTS and ``periode_status`` of every cell of the cube but coverage; ``measures``: of every LINE;
    ``anew``: everything that is shown is printed anew.
    """

    cells: pl.DataFrame
    measures: Mapping[tuple[str, str], str]
    anew: bool


def counted(
    cube: pl.DataFrame, values: pl.DataFrame, definitions: Mapping[str, Definition], peildatum: date
) -> pl.DataFrame:
    """``cells`` of ``Now``, of a protected cube and the exact ``indicator_values`` behind it. Nothing counted is 0."""
    persons = [d for d in definitions.values() if d.kind != "coverage"]
    with_parts = pl.col("indicator").is_in([d.id for d in persons if d.kind in COUNTED_KINDS])
    counts = values.select(
        *KEY,
        pl.col("n").alias("eenheden"),
        pl.when(with_parts).then("teller").cast(pl.Int64).alias("geteld"),
        pl.when(with_parts).then(pl.col("noemer") - pl.col("teller")).cast(pl.Int64).alias("rest"),
    )
    nothing = pl.DataFrame(schema=dict.fromkeys(("periode", "dimensie", "periode_status", "indicator"), pl.String))
    periods = [
        nothing,
        *(
            status.of_periods(values.filter(indicator=d.id), d, peildatum).with_columns(indicator=pl.lit(d.id))
            for d in persons
        ),
    ]
    return (
        cube.filter(pl.col("indicator").is_in([d.id for d in persons]))
        .select(KEY)
        .join(counts, on=KEY, how="left", maintain_order="left")
        .join(pl.concat(periods), on=["indicator", "periode", "dimensie"], how="left", maintain_order="left")
        .with_columns(
            *(pl.col(name).fill_null(0) for name in COUNTS),
            # As where no cell of the period says anything.
            pl.col("periode_status").fill_null(status.PROVISIONAL),
        )
    )


def inherit(fresh: Protected, now: Now, before: pl.DataFrame, rule: Rule) -> Protected:
    """What is published of ``fresh`` after earlier publications. ``before``: SAID_SCHEMA, what they said.

    Figures that stand keep value, limits and curve; status and peildatum are always the newest.
    """
    told = _beside(now, before, rule)
    cube = fresh.cube.join(
        told.select(
            *KEY, "blijft", "staat", "periode_status", *(pl.col(name).alias(f"{name}_was") for name in FIGURES)
        ),
        on=KEY,
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("blijft", "staat").fill_null(value=False))
    stays, stands = pl.col("blijft"), pl.col("staat")
    no_value = pl.col("waarde_was").is_null()
    cube = cube.with_columns(
        *(
            pl.when(stands)
            .then(pl.col(f"{name}_was").cast(fresh.cube.schema[name]))
            .when(~stays)
            .then(name)
            .alias(name)
            for name in FIGURES
        ),
        status=pl.when(stays)
        .then(pl.lit(status.HIDDEN))
        .when(stands & no_value)
        .then(pl.lit(status.NOT_REACHED))
        .when(stands)
        .then("periode_status")
        .otherwise("status"),
    )
    shown = cube.filter(~stays & ~stands & pl.col("n").is_not_null())
    standing = cube.filter(stands).select(CURVE_KEY)
    curves = pl.concat([fresh.curves.join(shown.select(KEY), on=KEY, how="semi"), _curves(standing, before)])
    return Protected(cube.select(fresh.cube.columns), curves.sort(*CURVE_KEY, "dag"))


def said(leaving: Protected, fresh: Protected, now: Now, before: pl.DataFrame, number: str, rule: Rule) -> pl.DataFrame:
    """SAID_SCHEMA after publication ``number``: ``leaving`` is what it says, ``fresh`` what the rule alone would show.

    Cells that the publication does not have stay as they were.
    """
    curves = leaving.curves.group_by(KEY, maintain_order=True).agg(pl.struct(POINT).alias("curve"))
    told = (
        _beside(now, before, rule)
        .select(
            *KEY,
            *COUNTS,
            "periode_status",
            "maatstaf",
            "blijft",
            "staat",
            "vergelijkbaar",
            pl.col("voorgoed").fill_null(value=False).alias("voorgoed_was"),
            pl.col("sinds").alias("sinds_was"),
            pl.col("waarom").is_not_null().alias("was_dicht"),
            *(pl.col(f"exact_{name}").alias(f"{name}_was") for name in COUNTS),
        )
        .join(leaving.cube.select(*KEY, *FIGURES), on=KEY, how="left", maintain_order="left")
        .join(
            fresh.cube.select(*KEY, pl.col("n").is_not_null().alias("mag")), on=KEY, how="left", maintain_order="left"
        )
        .join(curves, on=KEY, how="left", maintain_order="left")
    )
    hidden = pl.col("n").is_null()
    unchanged = (
        pl.when(hidden)
        .then(pl.col("was_dicht") & (pl.col("vergelijkbaar") | pl.col("voorgoed_was")))
        .otherwise("staat")
    )
    why = (
        pl.when(~pl.col("mag")).then(pl.lit(BY_RULE)).when("blijft").then(pl.lit(BY_EARLIER)).otherwise(pl.lit(BY_GATE))
    )
    settled = pl.col("voorgoed_was") | (pl.col("periode_status") == status.FINAL)
    of_now = told.with_columns(
        pl.when(unchanged).then("sinds_was").otherwise(pl.lit(number)).alias("sinds"),
        *(pl.when(unchanged).then(f"{name}_was").otherwise(name).alias(f"exact_{name}") for name in COUNTS),
        pl.when(hidden).then(why).alias("waarom"),
        (hidden & settled).alias("voorgoed"),
    ).select(pl.col(name).cast(form) for name, form in SAID_SCHEMA.items())
    return pl.concat([of_now, before.join(of_now, on=KEY, how="anti")]).sort(KEY)


def adopted(
    published: Protected,
    definitions: Mapping[str, Definition],
    measures: Mapping[tuple[str, str], str],
    number: str,
) -> pl.DataFrame:
    """SAID_SCHEMA after a publication of which nothing but itself was kept.

    Its printed counts stand for the exact ones. Of a period that is settled its shown cells have that status.
    """
    with_parts = pl.col("indicator").is_in([d.id for d in definitions.values() if d.kind in COUNTED_KINDS])
    final = published.cube.filter(status=status.FINAL).select("indicator", "periode", "dimensie").unique()
    curves = published.curves.group_by(KEY, maintain_order=True).agg(pl.struct(POINT).alias("curve"))
    hidden = pl.col("n").is_null()
    return (
        _measured(published.cube, measures)
        .join(final.with_columns(vast=True), on=["indicator", "periode", "dimensie"], how="left")
        .join(curves, on=KEY, how="left")
        .with_columns(
            pl.lit(number).alias("sinds"),
            pl.col("n").fill_null(0).alias("exact_eenheden"),
            pl.when(with_parts).then("teller").fill_null(0).alias("exact_geteld"),
            pl.when(with_parts).then(pl.col("noemer") - pl.col("teller")).fill_null(0).alias("exact_rest"),
            pl.when(hidden).then(pl.lit(BY_RULE)).alias("waarom"),
            (hidden & pl.col("vast").fill_null(value=False)).alias("voorgoed"),
        )
        .select(pl.col(name).cast(form) for name, form in SAID_SCHEMA.items())
        .sort(KEY)
    )


def nothing_said() -> pl.DataFrame:
    """SAID_SCHEMA before the first publication."""
    return pl.DataFrame(schema=SAID_SCHEMA)


def _beside(now: Now, before: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """``now.cells`` with ``maatstaf`` and what was said before beside it (null: nothing), and what follows from that.

    ``vergelijkbaar``: by the same measure; ``blijft``: it stays hidden; ``staat``: the earlier figures stand.
    """
    moved = pl.max_horizontal((pl.col(name) - pl.col(f"exact_{name}")).abs() for name in COUNTS) >= rule.restated
    was_known, was_hidden = pl.col("sinds").is_not_null(), pl.col("waarom").is_not_null()
    still = pl.col("vergelijkbaar") & ~moved
    return (
        _measured(now.cells, now.measures)
        .join(before.rename({"maatstaf": "maatstaf_was"}), on=KEY, how="left", maintain_order="left")
        .with_columns(vergelijkbaar=(pl.col("maatstaf") == pl.col("maatstaf_was")).fill_null(value=False))
        .with_columns(
            blijft=(was_known & was_hidden & (pl.col("voorgoed") | still)).fill_null(value=False),
            staat=(was_known & ~was_hidden & still & (not now.anew)).fill_null(value=False),
        )
    )


def _measured(cells: pl.DataFrame, measures: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """The cells of a line that has a measure, with ``maatstaf``."""
    named = pl.DataFrame(
        [(*line, measure) for line, measure in measures.items()],
        schema=dict.fromkeys((*LINE, "maatstaf"), pl.String),
        orient="row",
    )
    return cells.join(named, on=LINE, how="inner", maintain_order="left")


def _curves(standing: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The curves of cells that stand, as printed before."""
    return (
        standing.join(before.select(*KEY, "curve").filter(pl.col("curve").is_not_null()), on=KEY)
        .explode("curve")
        .unnest("curve")
        .select(pl.col(name).cast(form) for name, form in CURVE_SCHEMA.items())
    )
