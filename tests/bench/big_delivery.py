"""Big CSV deliveries of a feed with persons, as fast as a disk takes them; the same arguments give the same bytes.

Belongs here: rows that keep or break a contract, in numbers no partner types by hand. Not here: what a country looks
like (`pipelines.synthesis`); these rows only have the form and the spread of values that a door has to deal with.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from data_contracts.model import CODE_KINDS, Column, Contract

BLOCK_ROWS = 500_000
ROWS_PER_GEZIN = 5
MISSING_SHARE = 0.3
ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
GEZIN_LENGTH = 26
FUNCTIES = ("gedragswetenschapper", "rechercheur", "wijkagent", "zsm_coordinator", "maatschappelijk_werker")
HOUR, DAY = 3600, 86400
# One record moves through its moments in steps of at least the longest effort, and ends within the month.
LONGEST_HOURS, LONGEST_STEP_HOURS, LAST_START_DAY = 8, 48, 14


def write(path: Path, contract: Contract, month: str, rows: int, wrong: float = 0.0, seed: int = 1) -> None:
    """Writes ``rows`` records of a winter month; a share ``wrong`` of them breaks a rule, in six different ways.

    Raises ValueError for a feed with free text: none of those may hold so many rows.
    """
    random = np.random.default_rng(seed)
    gezinnen = _gezinnen(random, max(1, rows // ROWS_PER_GEZIN))
    with path.open("wb") as file:
        file.write((",".join(contract.column_names) + "\n").encode())
        for first in range(0, rows, BLOCK_ROWS):
            n = min(BLOCK_ROWS, rows - first)
            frame = _spoiled(_block(random, contract, month, first, n, gezinnen), contract, random, wrong)
            frame.write_csv(file, include_header=False, quote_style="never")


def _gezinnen(random: np.random.Generator, n: int) -> pa.StringArray:
    letters = ALPHABET[random.integers(0, len(ALPHABET), size=n * GEZIN_LENGTH, dtype=np.uint8)]
    offsets = np.arange(0, (n + 1) * GEZIN_LENGTH, GEZIN_LENGTH, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes()))


def _block(
    random: np.random.Generator, contract: Contract, month: str, first: int, n: int, gezinnen: pa.StringArray
) -> pl.DataFrame:
    moment = int(datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC).timestamp())
    moments = moment + random.integers(0, LAST_START_DAY * DAY, size=n)
    columns = {}
    for column in contract.columns:
        if column.kind in ("timestamp", "date"):
            moments = moments + random.integers(LONGEST_HOURS * HOUR, LONGEST_STEP_HOURS * HOUR, size=n)
            cells = _moments(column, moments)
        elif column.name == contract.key:
            cells = pl.select(pl.format("{}-2024-{}", pl.lit("NR"), pl.int_range(first, first + n))).to_series()
        else:
            cells = pl.Series(_taken(random, column, n, gezinnen))
        if not column.required:
            cells = cells.set(pl.Series(random.random(n) < MISSING_SHARE), None)
        columns[column.name] = cells
    return pl.DataFrame(columns)


def _moments(column: Column, seconds: np.ndarray) -> pl.Series:
    form = "%Y-%m-%dT%H:%M:%S+01:00" if column.kind == "timestamp" else "%Y-%m-%d"
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")).dt.strftime(form)


def _taken(random: np.random.Generator, column: Column, n: int, gezinnen: pa.StringArray) -> pa.StringArray:
    """Cells that are drawn from a list of values."""
    match column.kind:
        case "gezin":
            values = gezinnen
        case "boolean":
            values = pa.array(["true", "false", "false", "false"])
        case "decimal":
            values = pa.array([f"{quarters / 4:.2f}" for quarters in range(1, 4 * LONGEST_HOURS)])
        case "id":
            values = pa.array(FUNCTIES if column.required else [f"PO-2024-{number}" for number in range(100_000)])
        case kind if kind in CODE_KINDS:
            values = pa.array(column.values)
        case kind:
            raise ValueError(f"no big deliveries with a column of kind '{kind}'")
    return values.take(pa.array(random.integers(0, len(values), size=n)))


def _spoiled(frame: pl.DataFrame, contract: Contract, random: np.random.Generator, share: float) -> pl.DataFrame:
    """The block with that share of its records wrong: form, code, pseudonym, missing, twice the same, fields."""
    if not share:
        return frame
    way = pl.Series("way", np.where(random.random(len(frame)) < share, random.integers(0, 6, size=len(frame)), -1))
    moment = next(column.name for column in contract.columns if column.kind == "timestamp")
    code = next(column.name for column in contract.columns if column.kind in CODE_KINDS)
    last = contract.column_names[-1]
    spoiled = (
        (0, moment, pl.lit("2024-01-32T10:00:00+01:00")),
        (1, code, pl.lit("atlantis")),
        (2, "gezin", pl.lit("kees")),
        (3, code, pl.lit(None)),
        (4, contract.key, pl.lit("NR-dubbel")),
        (5, last, pl.format("{},", pl.col(last))),
    )
    for number, name, cell in spoiled:
        frame = frame.with_columns(pl.when(way == number).then(cell).otherwise(pl.col(name)).alias(name))
    return frame
