"""Typed Parquet columns in the forms of CSV, so that one judgement serves both.

Every function takes an Arrow array and returns text, null where missing. What has no CSV form that the contract accepts
(a fraction of a second, a year outside 0001-9999) is rendered in a form that the format rule refuses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

OUT_OF_RANGE = "buiten jaar 0001-9999"
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896


def text(array: pa.Array) -> pa.Array:
    """Any column of an accepted type as text: `timestamp`, `date`, `string`, or Arrow's own plain digits."""
    if pa.types.is_timestamp(array.type):
        return timestamp(array)
    if pa.types.is_date32(array.type):
        return date(array)
    if is_text(array.type):
        return string(array)
    return array.cast(pa.string())


def is_text(kind: pa.DataType) -> bool:
    """Text, also large, as view or dictionary encoded."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def string(array: pa.Array) -> pa.Array:
    """Text as it is; an empty string is missing."""
    dense = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    dense = dense.cast(pa.string())
    return pc.if_else(pc.equal(pc.binary_length(dense), 0), pa.scalar(None, pa.string()), dense)


def timestamp(array: pa.Array) -> pa.Array:
    """``2024-03-01T10:00:00Z``; with a fraction where the moment is not a whole second."""
    per_second = _PER_SECOND[array.type.unit]
    values = array.cast(pa.int64()).fill_null(0).to_numpy()
    seconds, rest = np.divmod(values, per_second)
    outside = (seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)
    plain = pa.array(np.where(outside, 0, seconds)).cast(pa.timestamp("s")).cast(pa.string())
    out = _respell(plain, width=19)
    fraction = (rest != 0) & ~outside
    if fraction.any():
        exact = pa.array(values[fraction]).cast(pa.timestamp(array.type.unit)).cast(pa.string())
        exact = pc.replace_substring_regex(exact, " (.*[1-9])0*$", r"T\1Z")
        out = pc.replace_with_mask(out, pa.array(fraction), exact)
    return _finish(out, outside, array)


def date(array: pa.Array) -> pa.Array:
    """``2024-03-01``."""
    days = array.cast(pa.int32()).fill_null(0).to_numpy()
    outside = (days < _FIRST_DAY) | (days > _LAST_DAY)
    plain = pa.array(np.where(outside, 0, days).astype(np.int32)).cast(pa.date32()).cast(pa.string())
    return _finish(plain, outside, array)


def _respell(plain: pa.Array, width: int) -> pa.Array:
    """``2024-03-01 10:00:00`` as ``2024-03-01T10:00:00Z``; every text has the same ``width`` and none is missing."""
    n = len(plain)
    letters = np.frombuffer(plain.buffers()[2], dtype=np.uint8, count=n * width) if n else np.zeros(0, dtype=np.uint8)
    out = np.empty((n, width + 1), dtype=np.uint8)
    out[:, :width] = letters.reshape(n, width)
    out[:, 10] = ord("T")
    out[:, width] = ord("Z")
    offsets = np.arange(n + 1, dtype=np.int32) * (width + 1)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(out))


def _finish(out: pa.Array, outside: npt.NDArray[np.bool_], array: pa.Array) -> pa.Array:
    if outside.any():
        out = pc.if_else(pa.array(outside), pa.scalar(OUT_OF_RANGE), out)
    return pc.if_else(pc.is_null(array), pa.scalar(None, pa.string()), out)
