"""What changed between two publications: how many figures by indicator, and the largest moves. Pure: cubes in.

Not here: opening a publication (``queries.py``), sentences (``sentences.py``), and why a figure changed: that takes the
deliveries (``pipelines/difference.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

KEY = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")
FIGURES = ("waarde", "ondergrens", "bovengrens", "status")
SHOWN = 5


@dataclass(frozen=True)
class Changes:
    """``counts``: indicator, nieuw (a figure that the older cube did not show), anders (another value or margin),
    status (the same figure, another status), weg (shown before, not any more); of indicators with any, most first.

    ``moves``: KEY, waarde_was, waarde, status; the largest first, at most SHOWN.
    ``large``: how many moves exceed the margins of both publications.
    """

    counts: pl.DataFrame
    moves: pl.DataFrame
    large: int

    @property
    def nothing(self) -> bool:
        return self.counts.is_empty()

    def total(self, name: str) -> int:
        return int(self.counts[name].sum())


def compare(before: pl.DataFrame, after: pl.DataFrame) -> Changes:
    """Two cubes (columns of ``indicator_values``) beside each other.

    A move is large when each value lies outside the margin of the other: among figures that both publications print
    with a margin on both sides. Moves are ordered by how many times they exceed the wider half of a margin."""
    both = _figures(after).join(_figures(before), on=KEY, how="full", suffix="_was", coalesce=True)
    now, was = pl.col("waarde").is_not_null(), pl.col("waarde_was").is_not_null()
    moved = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in ("waarde", "ondergrens", "bovengrens")
    )
    kind = (
        pl.when(now & ~was)
        .then(pl.lit("nieuw"))
        .when(was & ~now)
        .then(pl.lit("weg"))
        .when(now & was & moved)
        .then(pl.lit("anders"))
        .when(now & was & pl.col("status").ne_missing(pl.col("status_was")))
        .then(pl.lit("status"))
    )
    found = both.with_columns(soort=kind).filter(pl.col("soort").is_not_null())
    counts = (
        found.group_by("indicator")
        .agg(
            (pl.col("soort") == name).sum().cast(pl.Int64).alias(name) for name in ("nieuw", "anders", "status", "weg")
        )
        .sort(pl.sum_horizontal("nieuw", "anders", "status", "weg"), "indicator", descending=[True, False])
    )
    large = _large(found.filter(pl.col("soort") == "anders"))
    return Changes(counts, large.head(SHOWN).select(*KEY, "waarde_was", "waarde", "status"), large.height)


def _figures(cube: pl.DataFrame) -> pl.DataFrame:
    return cube.select(*(pl.col(name).cast(pl.String) for name in KEY), *FIGURES).with_columns(
        pl.col("status").cast(pl.String)
    )


def _large(moved: pl.DataFrame) -> pl.DataFrame:
    limited = moved.drop_nulls(["ondergrens", "bovengrens", "ondergrens_was", "bovengrens_was"])
    outside = ~pl.col("waarde").is_between("ondergrens_was", "bovengrens_was") & ~pl.col("waarde_was").is_between(
        "ondergrens", "bovengrens"
    )
    half = (
        pl.max_horizontal(
            pl.col("bovengrens") - pl.col("ondergrens"), pl.col("bovengrens_was") - pl.col("ondergrens_was")
        )
        / 2
    )
    size = (pl.col("waarde") - pl.col("waarde_was")).abs() / half
    return (
        limited.filter(outside).with_columns(grootte=size).sort("grootte", *KEY, descending=[True] + [False] * len(KEY))
    )
