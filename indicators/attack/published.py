"""A publication as anyone can read it: cube, curves, definitions, regions, rule. Never its stewards' folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

KEY = ("indicator", "regio", "periode", "dimensie", "categorie")
# Kinds whose units are persons' cases; regional coverage is published as it is.
COVERAGE = "coverage"


@dataclass(frozen=True)
class Published:
    """``cube``, ``curves``: as in the publication; ``definitions``, ``regions``, ``protection``: the JSON beside them.

    ``places``: columns ``regio, vanaf, tot`` of the practice locations, which tell in what regions a category is empty.
    """

    cube: pl.DataFrame
    curves: pl.DataFrame
    definitions: Sequence[Mapping[str, Any]]
    regions: Sequence[Mapping[str, Any]]
    protection: Mapping[str, Any]
    peildatum: date
    places: pl.DataFrame | None = None

    @classmethod
    def read(cls, folder: Path) -> Published:
        """What stands in ``publications/NNNN``. Raises OSError, and ValueError when it is no publication."""

        def parsed(name: str) -> Any:
            return json.loads((folder / name).read_bytes())

        manifest = parsed("manifest.json")
        return cls(
            pl.read_parquet(folder / "indicator_values.parquet"),
            pl.read_parquet(folder / "curves.parquet"),
            parsed("definitions.json"),
            parsed("regions.json"),
            manifest["protection"],
            date.fromisoformat(manifest["peildatum"]),
            pl.read_parquet(folder / "praktijklocaties.parquet"),
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

    def rows(self) -> pl.DataFrame:
        """Of cells about persons: KEY, ``versie``, ``year``, ``n, teller`` (null: hidden), ``status``, ``width``."""
        persons = [d["id"] for d in self.definitions if d["kind"] != COVERAGE]
        cube = self.cube.filter(pl.col("indicator").is_in(persons))
        lines = cube.select("indicator", "dimensie").unique()
        widths = [self.width(*line) for line in lines.rows()]
        return cube.join(
            lines.with_columns(width=pl.Series(widths, dtype=pl.Int64)), on=["indicator", "dimensie"]
        ).select(*KEY, "versie", pl.col("periode").str.head(4).alias("year"), "n", "teller", "status", "width")

    def recalled(self, others: Sequence[Published]) -> pl.DataFrame:
        """Rows that are hidden here and shown in one of ``others``, by the same definition: of the last that does.

        None of another division of regions, where a code can stand for another place.
        """
        hidden = self.rows().filter(pl.col("n").is_null()).select(*KEY, "versie")
        found = [
            other.rows().filter(pl.col("n").is_not_null()).join(hidden, on=[*KEY, "versie"], how="semi")
            for other in others
            if [r["code"] for r in other.regions] == [r["code"] for r in self.regions]
        ]
        if not found:
            return self.rows().clear()
        return pl.concat(found).unique(subset=KEY, keep="last", maintain_order=True)
