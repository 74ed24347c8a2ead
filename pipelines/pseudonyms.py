"""At the door: the pseudonyms that partners write become those of the lake, which nobody else has.

Between reading a file and judging it, so that no row of the lake has ever borne the partners' pseudonym. A pseudonym in
the wrong form is no pseudonym: it stays as it is, for the rule that it breaks. Rows of a gezin that was erased go no
further than this.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.door.texttable import text_table
from data_contracts.model import Contract, DoorResult
from pipelines.keys import LETTERS, Keys

FORM = re.compile(rf"[a-z2-7]{{{LETTERS}}}")
# Every place in a text where a pseudonym may begin, also within a longer word.
_ANYWHERE = re.compile(rf"(?=([a-z2-7]{{{LETTERS}}}))")
# What stands for a row of an erased gezin in bytes that were kept: this in place of the gezin, and nothing else.
ERASED = "gewist"
BATCH_ROWS = 131_072
KIND = "gezin"


@dataclass(frozen=True)
class Entered:
    """``door``: what is left to judge, ``erased`` rows fewer."""

    door: DoorResult
    erased: int


def enter(
    read: DoorResult, contract: Contract, keys: Keys, erased: Collection[str], folder: Path, *, kept: bool = False
) -> Entered:
    """The text table under the lake's pseudonyms, without rows that name an erased gezin in any cell.

    ``erased``: marks of erased gezinnen. ``kept``: the file comes from the archive, where such rows leave a trace
    (``ERASED``). The new table appears in ``folder``; the old one is removed.
    """
    column = family(contract)
    if read.table is None or column is None:
        return Entered(read, 0)
    struck = 0
    with text_table(folder, contract.columns) as table, pq.ParquetFile(read.table) as source:
        for batch in source.iter_batches(BATCH_ROWS):
            out = _struck(batch, column, contract, keys, erased, kept)
            struck += int(out.sum())
            left = batch.filter(pa.array(~out)) if out.any() else batch
            if left.num_rows:
                table.append(
                    [
                        _renamed(left.column(name), keys) if name == column else left.column(name)
                        for name in contract.column_names
                    ],
                    left.column("regel").to_numpy(),
                    left.column("velden_ok").to_numpy(zero_copy_only=False),
                    left.column("ruw"),
                )
    read.table.unlink()
    rows = read.rows_in - struck
    # A file of erased gezinnen alone is no empty file, which would be refused: it states nothing about anybody.
    return Entered(replace(read, rows_in=rows, table=table.path if rows or not struck else None), struck)


def family(contract: Contract) -> str | None:
    """The column with the gezin; None where a feed has no persons."""
    return next((c.name for c in contract.columns if c.kind == KIND), None)


def renamed(values: pa.Array, new: Collection[str], old: Collection[str]) -> pa.Array:
    """Values of ``old`` replaced by those of ``new`` in the same places; the others stay."""
    names = dict(zip(old, new, strict=True))
    encoded = values.dictionary_encode()
    words = [names.get(word, word) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def well_formed(values: pa.Array) -> list[str]:
    """The different values that have the form of a pseudonym."""
    return [value for value in values.unique().to_pylist() if value is not None and FORM.fullmatch(value)]


def _renamed(values: pa.Array, keys: Keys) -> pa.Array:
    old = well_formed(values)
    return renamed(values, keys.pseudonyms(old), old)


def _struck(
    batch: pa.RecordBatch, column: str, contract: Contract, keys: Keys, erased: Collection[str], kept: bool
) -> npt.NDArray[np.bool_]:
    """Which rows are of an erased gezin."""
    out = np.zeros(batch.num_rows, dtype=bool)
    if kept:
        empty = [pc.is_null(batch.column(name)) for name in contract.column_names if name != column]
        trace = pc.fill_null(pc.equal(batch.column(column), ERASED), False)
        for is_empty in empty:
            trace = pc.and_(trace, is_empty)
        out |= trace.to_numpy(zero_copy_only=False)
    if erased:
        mine = well_formed(batch.column(column))
        named = [value for value, mark in zip(mine, keys.marks(mine), strict=True) if mark in erased]
        out |= pc.is_in(batch.column(column), pa.array(named, pa.string())).to_numpy(zero_copy_only=False)
        out |= _named_elsewhere(batch, column, keys, erased)
    return out


def _named_elsewhere(batch: pa.RecordBatch, column: str, keys: Keys, erased: Collection[str]) -> npt.NDArray[np.bool_]:
    """Rows with the pseudonym of an erased gezin in another cell, in a text of the wrong form, or in capitals."""
    in_place = pc.match_substring_regex(batch.column(column), f"^{FORM.pattern}$")
    texts = [
        pc.if_else(pc.fill_null(in_place, False), None, batch.column(name)) if name == column else batch.column(name)
        for name in batch.schema.names
        if batch.schema.field(name).type == pa.string()
    ]
    text = pc.utf8_lower(pc.binary_join_element_wise(*texts, " ", null_handling="skip"))
    out = np.zeros(batch.num_rows, dtype=bool)
    for row in np.flatnonzero(pc.match_substring_regex(text, FORM.pattern).to_numpy(zero_copy_only=False)):
        out[row] = any(mark in erased for mark in keys.marks(_ANYWHERE.findall(text[int(row)].as_py())))
    return out
