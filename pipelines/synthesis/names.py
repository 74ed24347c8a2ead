"""Names that say nothing: pseudonyms of gezinnen and record numbers.

Belongs here: how they are made. They are opaque on purpose: no number in them could be taken for a BSN or a telephone
number.
"""

from __future__ import annotations

import zlib
from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipelines.synthesis.clock import Ints

PSEUDONYM_LENGTH = 26
ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
LETTERS_PER_WORD = 12


def pseudonyms(gezin: Ints, seed: int) -> pl.Series:
    """26 letters of [a-z2-7] per gezin number, from a hash keyed by the seed; the same number gives the same
    letters."""
    letters = np.empty((len(gezin), PSEUDONYM_LENGTH), dtype=np.uint8)
    for place in range(PSEUDONYM_LENGTH):
        if place % LETTERS_PER_WORD == 0:
            word = _mixed(gezin.astype(np.uint64), zlib.crc32(f"gezin {seed} {place}".encode()))
        letters[:, place] = ALPHABET[(word >> np.uint64(5 * (place % LETTERS_PER_WORD))) & np.uint64(31)]
    offsets = np.arange(len(gezin) + 1, dtype=np.int64) * PSEUDONYM_LENGTH
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(letters)]
    return pl.Series(pa.Array.from_buffers(pa.large_string(), len(gezin), buffers))


def _mixed(values: npt.NDArray[np.uint64], key: int) -> npt.NDArray[np.uint64]:
    """splitmix64 (Steele, Lea and Flood 2014), twice, with the key between: uniform 64 bits, one to one for every
    key."""
    for add in (key, key << 32):
        values = values + np.uint64((2 * add + 0x9E3779B97F4A7C15) % 2**64)
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        values = values ^ (values >> np.uint64(31))
    return values


class Numbers:
    """Record numbers `<prefix>-<year>-<six digits or more>`, counted on per prefix and year."""

    def __init__(self) -> None:
        self._last: Counter[tuple[str, str]] = Counter()

    def next(self, prefix: str, month: str, count: int) -> pl.Series:
        year = month[:4]
        first = self._last[prefix, year] + 1
        self._last[prefix, year] += count
        numbers = pl.Series(np.arange(first, first + count, dtype=np.int64)).cast(pl.String).str.zfill(6)
        return pl.select(pl.format(f"{prefix}-{year}-{{}}", numbers)).to_series()
