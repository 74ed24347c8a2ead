"""Frames as the files of the inbox.

Belongs here: the forms of section 2 of the specification, CSV and Parquet, and the empty `.leeg`. Not here: which
rows.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import IO, Literal

import numpy as np
import polars as pl

from pipelines.synthesis import parameters as p
from pipelines.synthesis.dirt import break_all

Form = Literal["csv", "parquet"]
OFFSET = "%Y-%m-%dT%H:%M:%S%:z"
ZULU = "%Y-%m-%dT%H:%M:%SZ"
IN_UTC = ("openbaar_ministerie", "reclassering")
"""Partners whose systems write UTC; the others write Amsterdam time with its offset."""


def write_month(
    inbox: Path, feed: str, month: str, frame: pl.DataFrame | None, form: Form, rng: np.random.Generator
) -> int:
    """Writes one delivery: ``frame`` with the feed's columns and, where rows are to be broken, a boolean ``kapot``.

    No frame or no rows: an empty `.leeg`. Returns the number of rows in the file.
    """
    folder = inbox / feed
    folder.mkdir(parents=True, exist_ok=True)
    if frame is None or frame.is_empty():
        (folder / f"{month}.leeg").write_bytes(b"")
        return 0
    good, bad = _split(frame)
    zulu = form == "csv" and feed.split("/")[0] in IN_UTC
    broken = break_all(good.columns, _as_rows(bad, zulu), rng, form == "parquet")
    if form == "parquet":
        pl.concat([good, _typed(broken, good.schema)]).write_parquet(folder / f"{month}.parquet")
    else:
        with (folder / f"{month}.csv").open("wb") as handle:
            _write_csv(good, handle, zulu, header=True)
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(broken)
            handle.write(text.getvalue().encode())
    return good.height + len(broken)


def _split(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows and rows to break, these never more than MAX_BROKEN_SHARE."""
    if "kapot" not in frame.columns:
        return frame, frame.clear()
    allowed = int(frame.height * p.MAX_BROKEN_SHARE)
    bad = (pl.col("kapot") & (pl.col("kapot").cum_sum() <= allowed)).alias("kapot")
    marked = frame.with_columns(bad)
    return marked.filter(~pl.col("kapot")).drop("kapot"), marked.filter("kapot").drop("kapot")


def _write_csv(frame: pl.DataFrame, target: IO[bytes], zulu: bool, header: bool) -> None:
    moments = pl.selectors.datetime()
    if zulu:
        local = frame.with_columns(moments.dt.replace_time_zone(None))
    else:
        local = frame.with_columns(moments.dt.convert_time_zone("Europe/Amsterdam"))
    local.write_csv(target, include_header=header, datetime_format=ZULU if zulu else OFFSET)


def _as_rows(frame: pl.DataFrame, zulu: bool) -> list[list[str]]:
    buffer = io.BytesIO()
    _write_csv(frame, buffer, zulu, header=False)
    return list(csv.reader(io.StringIO(buffer.getvalue().decode())))


def _typed(rows: list[list[str]], schema: pl.Schema) -> pl.DataFrame:
    """Rows of text as a frame of this schema; an empty cell is missing."""
    texts = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    casts = []
    for name, kind in schema.items():
        cell: pl.Expr = pl.when(pl.col(name) != "").then(pl.col(name))
        if isinstance(kind, pl.Datetime):
            cell = cell.str.to_datetime(OFFSET, time_unit=kind.time_unit, time_zone=kind.time_zone)
        elif kind == pl.Date:
            cell = cell.str.to_date()
        elif kind == pl.Boolean:
            cell = cell == "true"
        else:
            cell = cell.cast(kind)
        casts.append(cell.alias(name))
    return texts.select(casts)
