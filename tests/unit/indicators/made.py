"""Definitions made up for a test, and the rows that their SQL yields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import polars as pl

from indicators import geography
from indicators.model import Definition, Dimension

# The 26 vt_regio's of the specification.
DIVISION = geography.division(date(2019, 1, 1))
SUMMED = ["vt_regio", "maand", "dimensie", "categorie"]
FOLLOWED = [*SUMMED, "dag", "gebeurtenis", "concurrerend", "rijp", "open"]
TOTAL = ("totaal", "totaal")
MELDER = Dimension("melder", "Melder", {"politie": "politie", "overig": "overig"})


def definition(kind: str, unit: str = "aandeel", **known: Any) -> Definition:
    """Indicator ``proef`` (its SQL: fixture ``con``); no feeds and no dimensions unless they are given."""
    given = {
        "id": "proef", "version": "1.0", "title": "", "question": "", "explanation": "", "polarity": "neutral",
        "counted": "", "theme": "resultaat",
        "feeds": (), "follow_up_months": 0, "per_zaak": False, "caveats": (), "changelog": (),
    }  # fmt: skip
    return Definition(kind=kind, unit=unit, **(given | known))


def put(con: duckdb.DuckDBPyConnection, columns: Sequence[str], *rows: Sequence[Any]) -> None:
    """The rows that the SQL of ``proef`` yields."""
    frame = pl.DataFrame(list(rows), schema=list(columns), orient="row", infer_schema_length=None)
    con.register("frame", frame.to_arrow())
    con.execute("create or replace table invoer as select * from frame")
    con.unregister("frame")


def follow(con: duckdb.DuckDBPyConnection, *rows: tuple[Any, ...]) -> None:
    """Units of Twente in March 2023 that are followed: (dimensie, categorie), then the columns from ``dag`` on."""
    put(con, FOLLOWED, *(("twente", "2023-03", *split, *rest) for split, *rest in rows))
