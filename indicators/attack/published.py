"""A publication as anyone can read it: cube, curves, definitions, regions, rule. Never its stewards' folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

KEY = ("indicator", "regio", "periode", "dimensie", "categorie")
# Kinds whose units are persons' cases; regional coverage is published as it is.
COVERAGE = "coverage"
# Of a period to which nothing comes any more but corrections.
FINAL = "definitief"


@dataclass(frozen=True)
class Published:
    """``cube``, ``curves``: as in the publication; ``definitions``, ``regions``, ``protection``: the JSON beside them.

    ``places``: columns ``regio, vanaf, tot`` of the practice locations, which tell in what regions a category is empty.
    """

    cube: pl.DataFrame
    curves: pl.DataFrame | None
    definitions: Sequence[Mapping[str, Any]]
    regions: Sequence[Mapping[str, Any]]
    protection: Mapping[str, Any]
    peildatum: date
    places: pl.DataFrame | None = None

    @classmethod
    def read(cls, folder: Path) -> Published:
        """What stands in ``publications/NNNN``. Raises OSError, and ValueError when it is no publication.

        One from before there were curves or practice locations has none.
        """

        def parsed(name: str) -> Any:
            return json.loads((folder / name).read_bytes())

        def table(name: str) -> pl.DataFrame | None:
            return pl.read_parquet(folder / name) if (folder / name).exists() else None

        manifest = parsed("manifest.json")
        return cls(
            pl.read_parquet(folder / "indicator_values.parquet"),
            table("curves.parquet"),
            parsed("definitions.json"),
            parsed("regions.json"),
            manifest["protection"],
            date.fromisoformat(manifest["peildatum"]),
            table("praktijklocaties.parquet"),
        )

    @property
    def threshold(self) -> int:
        return int(self.protection["rule"]["threshold"])

    def width(self, indicator: str, dimensie: str) -> int:
        """How wide the classes of a line are: the rule's, or what the manifest says of this line."""
        for line in self.protection.get("coarser", ()):
            if (line["indicator"], line["dimensie"]) == (indicator, dimensie):
                return int(line["width"])
        return int(self.protection["rule"]["width"])

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Of cells about persons: KEY, ``versie``, ``year``, ``n, teller`` (null: hidden), ``status``, ``width``,
        ``settled``: whether figures of the period and dimension are said to be final, hidden ones with them."""
        persons = [d["id"] for d in self.definitions if d["kind"] != COVERAGE]
        cube = self.cube.filter(pl.col("indicator").is_in(persons))
        lines = cube.select("indicator", "dimensie").unique()
        widths = [self.width(*line) for line in lines.rows()]
        return cube.join(
            lines.with_columns(width=pl.Series(widths, dtype=pl.Int64)), on=["indicator", "dimensie"]
        ).select(
            *KEY,
            "versie",
            pl.col("periode").str.head(4).alias("year"),
            "n",
            "teller",
            "status",
            "width",
            (pl.col("status") == FINAL).any().over("indicator", "dimensie", "periode").alias("settled"),
        )

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(str(region["code"]) for region in self.regions)

    def recalled(self, past: Past) -> pl.DataFrame:
        """Rows that were shown before, by the same definitions. With ``least``, ``most``: whether their class bounds
        what is counted here.

        Of a period that was settled then, it is the same count. Of another it is at least what it was: units come in
        and ripen.
        """
        known = self.rows.select(*KEY, "versie")
        return past.shown.join(known, on=[*KEY, "versie"], how="semi", maintain_order="left").with_columns(
            least=pl.lit(value=True), most=pl.col("settled")
        )

    def belied(self, newest: Published) -> pl.DataFrame:
        """Rows that were hidden here and are shown since, with ``least`` and ``most``: the other way about."""
        hidden = self.rows.filter(pl.col("n").is_null()).select(*KEY, "versie", "settled")
        return (
            newest.rows.filter(pl.col("n").is_not_null())
            .drop("settled")
            .join(hidden, on=[*KEY, "versie"], maintain_order="left")
            .with_columns(least=pl.col("settled"), most=pl.lit(value=True))
        )


@dataclass(frozen=True)
class Past:
    """What was published before. ``shown``: ``Published.rows``, each as it was shown last; ``previous``: the last one.

    Only of the division of regions of the last: in another a code can stand for another place.
    """

    shown: pl.DataFrame
    previous: Published

    @classmethod
    def of(cls, publications: Iterable[Published]) -> Past | None:
        """Oldest first; each is let go before the next is asked for."""
        past: Past | None = None
        for published in publications:
            rows = published.rows.filter(pl.col("n").is_not_null())
            if past is not None and past.previous.codes == published.codes:
                rows = pl.concat([past.shown, rows]).unique([*KEY, "versie"], keep="last", maintain_order=True)
            past = cls(rows, published)
        return past
