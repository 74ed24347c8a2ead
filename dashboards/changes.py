"""What changed between two publications: how many figures by indicator, and the largest moves. Pure: cubes in.

Not here: opening a publication (``queries.py``), sentences (``sentences.py``), and why a figure changed: that takes the
deliveries (``pipelines/difference.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dashboards import queries
from indicators.geography import LAND

KEY = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")
FIGURES = ("waarde", "ondergrens", "bovengrens", "status")
SHOWN = 5
HEADLINES = {
    "indicator": pl.String,
    **dict(zip(("periode", "waarde", "periode_was", "waarde_was"), (pl.String, pl.Float64) * 2, strict=True)),
}
# The tables of a publication by name: ``indicator_values`` and ``regio_status``.
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Changes:
    """``counts``: indicator, nieuw (a figure that the older cube did not show), anders (another value or margin),
    status (the same figure, another status), weg (shown before, not any more); of indicators with any, most first.

    ``moves``: KEY, waarde_was, waarde, status; the largest first, at most SHOWN.
    ``large``: how many moves exceed the margins of both publications.
    ``statuses``: verbeteractiviteit, status, regio: regions whose status is another than in the older publication.
    ``headlines``: indicator, periode, waarde, periode_was, waarde_was: figures of the country that are new or other.
    ``older``: whether the newer publication tells of an earlier day.
    """

    counts: pl.DataFrame
    moves: pl.DataFrame
    large: int
    statuses: pl.DataFrame = field(default_factory=pl.DataFrame)
    headlines: pl.DataFrame = field(default_factory=pl.DataFrame)
    older: bool = False

    @property
    def nothing(self) -> bool:
        return self.counts.is_empty()

    def total(self, name: str) -> int:
        return int(self.counts[name].sum())


def compare(before: Tables, after: Tables, headlines: Sequence[tuple[str, str]] = ()) -> Changes:
    """Two publications beside each other. ``headlines``: indicator and category of figures that are told of.

    A move is large when each value lies outside the margin of the other: among figures that both publications print
    with a margin on both sides. Moves are ordered by how many times they exceed the wider half of a margin."""
    cube, cube_before = after["indicator_values"], before["indicator_values"]
    both = _figures(cube).join(_figures(cube_before), on=KEY, how="full", suffix="_was", coalesce=True)
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
    return Changes(
        counts,
        large.head(SHOWN).select(*KEY, "waarde_was", "waarde", "status"),
        large.height,
        _statuses(before["regio_status"], after["regio_status"]),
        _headlines(cube_before, cube, headlines),
        bool(_day(cube) < _day(cube_before)) if cube.height and cube_before.height else False,
    )


def _day(cube: pl.DataFrame) -> Any:
    return cube["peildatum"].max()


def _statuses(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Of the last month of each."""
    key = ["verbeteractiviteit", "regio"]
    now, was = (
        table.filter(pl.col("maand") == pl.col("maand").max()).select(*key, "status") for table in (after, before)
    )
    joined = now.join(was, on=key, suffix="_was", maintain_order="left")
    return joined.filter(pl.col("status") != pl.col("status_was")).select("verbeteractiviteit", "status", "regio")


def _headlines(before: pl.DataFrame, after: pl.DataFrame, wanted: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """By quarter: the figure that the overview of each shows, where that is another."""
    rows = []
    for indicator, category in wanted:
        now, was = (queries.headline_cell(_series(cube, indicator, category)) for cube in (after, before))
        if now and was and (now["periode"], now["waarde"]) != (was["periode"], was["waarde"]):
            rows.append((indicator, now["periode"], now["waarde"], was["periode"], was["waarde"]))
    return pl.DataFrame(rows, schema=HEADLINES, orient="row")


def _series(cube: pl.DataFrame, indicator: str, category: str) -> pl.DataFrame:
    words = [pl.col(name).cast(pl.String) for name in (*KEY, "status")]
    return (
        cube.filter(pl.col("indicator").cast(pl.String) == indicator)
        .with_columns(words)
        .filter((pl.col("regio") == LAND) & (pl.col("periode_soort") == "kwartaal") & (pl.col("categorie") == category))
    )


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
