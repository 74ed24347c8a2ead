"""At the door: the pseudonyms that partners write become those of the lake, which nobody else has.

Between reading a file and judging it, so that no row of the lake has ever borne the partners' pseudonym. A pseudonym in
the wrong form is no pseudonym: it stays as it is, for the rule that it breaks. Rows of a gezin that was erased go no
further than this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.door.texttable import text_table
from data_contracts.model import Contract, DoorResult, Finding
from data_contracts.wording import number_of
from pipelines.keys import LETTERS, Keys

FORM = re.compile(rf"[a-z2-7]{{{LETTERS}}}")
# Every place in a text where a pseudonym may begin, also within a longer word.
_ANYWHERE = re.compile(rf"(?=([a-z2-7]{{{LETTERS}}}))")
# What stands for a row of an erased gezin in bytes that were kept: this in place of the gezin, and nothing else.
ERASED = "gewist"
BATCH_ROWS = 131_072
KIND = COLUMN = "gezin"
Naming = Callable[[Iterable[str]], list[str]]


@dataclass(frozen=True)
class Entered:
    """``door``: what is left to judge, ``erased`` rows fewer. ``names``: the erased gezinnen in those rows, as partners
    write them."""

    door: DoorResult
    erased: int = 0
    names: frozenset[str] = frozenset()


def enter(
    read: DoorResult, contract: Contract, keys: Keys, erased: Collection[str], folder: Path, *, kept: bool = False
) -> Entered:
    """The text table under the lake's pseudonyms, without rows that name an erased gezin in any cell.

    ``erased``: marks of erased gezinnen. ``kept``: the file comes from the archive, where such rows left a trace
    (``ERASED``). The new table appears in ``folder``; the old one is removed.
    """
    column = family(contract)
    if read.table is None or column is None:
        return Entered(read)
    struck, names = 0, set[str]()
    with text_table(folder, contract.columns) as table, pq.ParquetFile(read.table) as source:
        for batch in source.iter_batches(BATCH_ROWS):
            mine = _erased(batch, column, keys, erased) if erased else set()
            left = batch
            if mine or kept:
                out = named(batch, mine)
                left = batch.filter(pc.invert(pc.or_(out, _traces(batch, contract)) if kept else out))
            names |= mine
            struck += batch.num_rows - left.num_rows
            if left.num_rows:
                table.append(
                    [
                        _renamed(left.column(name), keys.pseudonyms) if name == column else left.column(name)
                        for name in contract.column_names
                    ],
                    left.column("regel").to_numpy(),
                    left.column("velden_ok").to_numpy(zero_copy_only=False),
                    left.column("ruw"),
                )
    read.table.unlink()
    rows = read.rows_in - struck
    # A file of erased gezinnen alone is no empty file, which would be refused: it states nothing about anybody.
    whole = replace(read, rows_in=rows, table=table.path if rows or not struck else None)
    return Entered(whole, struck, frozenset(names))


def finding(rows: int) -> Finding:
    """What is said of a delivery with rows of erased gezinnen."""
    return Finding(
        ERASED, "rij", rows, f"{number_of(rows, 'record', 'records')} van een gewist gezin: de inhoud is niet bewaard."
    )


def family(contract: Contract) -> str | None:
    """The column with the gezin; None where a feed has no persons."""
    return next((c.name for c in contract.columns if c.kind == KIND), None)


def changed(rows: pa.RecordBatch, names: Naming) -> pa.RecordBatch:
    """Rows of the lake with other pseudonyms; what has not the form of one stays, as do rows without a gezin."""
    if COLUMN not in rows.schema.names:
        return rows
    at = rows.schema.get_field_index(COLUMN)
    return rows.set_column(at, rows.schema.field(at), _renamed(rows.column(at), names))


def _renamed(values: pa.Array, names: Naming) -> pa.Array:
    encoded = values.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    old = _well_formed(words)
    new = dict(zip(old, names(old), strict=True))
    return pa.array([new.get(word, word) for word in words], pa.string()).take(encoded.indices)


def _well_formed(words: Iterable[str | None]) -> list[str]:
    return [word for word in words if word is not None and FORM.fullmatch(word)]


def named(rows: pa.RecordBatch, names: Collection[str]) -> pa.Array:
    """Which rows hold one of the names in any cell with text, in capitals too."""
    out = pa.repeat(False, rows.num_rows)
    for column in rows.columns if names else ():
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            lowered = pc.utf8_lower(column)
            for name in names:
                out = pc.or_(out, pc.fill_null(pc.match_substring(lowered, name), False))
    return out


def _traces(batch: pa.RecordBatch, contract: Contract) -> pa.Array:
    """Which rows are traces of erased ones."""
    out = pa.repeat(True, batch.num_rows)
    for name in contract.column_names:
        cells = batch.column(name)
        is_so = pc.fill_null(pc.equal(cells, ERASED), False) if name == family(contract) else pc.is_null(cells)
        out = pc.and_(out, is_so)
    return out


def _erased(batch: pa.RecordBatch, column: str, keys: Keys, erased: Collection[str]) -> set[str]:
    """The erased gezinnen that a batch names: in their own column, or anywhere in another text, in capitals too."""
    found = set(_well_formed(batch.column(column).unique().to_pylist()))
    in_place = pc.fill_null(pc.match_substring_regex(batch.column(column), f"^{FORM.pattern}$"), False)
    texts = [
        pc.if_else(in_place, None, batch.column(name)) if name == column else batch.column(name)
        for name in batch.schema.names
        if batch.schema.field(name).type == pa.string()
    ]
    text = pc.utf8_lower(pc.binary_join_element_wise(*texts, " ", null_handling="skip"))
    for other in text.filter(pc.match_substring_regex(text, FORM.pattern)).to_pylist():
        found.update(_ANYWHERE.findall(other))
    listed = sorted(found)
    return {name for name, mark in zip(listed, keys.marks(listed), strict=True) if mark in erased}
