"""The type of a column in a Parquet file, by the file's own schema: which kind of the contract it can be.

Only physical type and annotation count; a library's notes beside the schema (such as Arrow's) are not looked at.
Format: parquet-format, `LogicalTypes.md` and `parquet.thrift`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from data_contracts.door import refusals
from data_contracts.door.thrift import (
    ANY_STRUCT,
    BINARY,
    BINARY_KIND,
    BOOL,
    BOOL_KIND,
    I8_KIND,
    I32,
    I32_KIND,
    STRUCT,
    Field,
    struct_of,
)
from data_contracts.model import STRING_KINDS, Column

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY = range(8)
_UTF8, _DECIMAL, _DATE, _TIMESTAMP_MILLIS, _TIMESTAMP_MICROS, _FIRST_INTEGER = 0, 5, 6, 9, 10, 11
_STRING_LOGICAL, _DECIMAL_LOGICAL, _DATE_LOGICAL, _TIMESTAMP_LOGICAL, _INTEGER_LOGICAL = 1, 5, 6, 8, 10
_NULL_LOGICAL = 11
_UNITS = (1, 2, 3)
_INTEGER_BITS = (8, 16, 32, 64)
_MAX_PRECISION, _MAX_DECIMAL_BYTES = 76, 32

ELEMENT = {
    1: I32_KIND,
    2: I32_KIND,
    3: I32_KIND,
    4: BINARY_KIND,
    5: I32_KIND,
    6: I32_KIND,
    7: I32_KIND,
    8: I32_KIND,
    10: struct_of(
        {
            **dict.fromkeys(range(1, 19), ANY_STRUCT),
            _DECIMAL_LOGICAL: struct_of({1: I32_KIND, 2: I32_KIND}),
            _TIMESTAMP_LOGICAL: struct_of({1: BOOL_KIND, 2: struct_of(dict.fromkeys(_UNITS, ANY_STRUCT))}),
            _INTEGER_LOGICAL: struct_of({1: I8_KIND, 2: BOOL_KIND}),
        }
    ),
}

FileKind = Literal[
    "text", "timestamp", "local_timestamp", "date", "boolean", "integer", "decimal", "float", "null", "other"
]

_PLAIN: dict[int, FileKind] = {
    BOOLEAN: "boolean",
    INT32: "integer",
    INT64: "integer",
    FLOAT: "float",
    DOUBLE: "float",
}
_DUTCH: dict[str, str] = {
    "text": "tekst",
    "timestamp": "timestamp met tijdzone",
    "local_timestamp": "timestamp zonder tijdzone",
    "date": "date32",
    "boolean": "boolean",
    "integer": "geheel getal",
    "decimal": "decimal met 0, 1 of 2 decimalen",
    "float": "drijvendekommagetal",
    "null": "de kolom is leeg en heeft geen type",
    "other": "een type dat hier niet voorkomt",
}


@dataclass(frozen=True)
class FileColumn:
    """One column of the file.

    ``physical``: number of the physical type. ``annotation``: the fields of its schema element that make it ``kind``.
    ``optional``: values may be missing.
    """

    name: str
    physical: int
    kind: FileKind
    optional: bool
    annotation: tuple[Field, ...] = ()

    def element(self) -> list[Field]:
        """The schema element of this column, as fields of Parquet's SchemaElement."""
        before = [field for field in self.annotation if field[0] < 3]
        after = [field for field in self.annotation if field[0] > 4]
        name = self.name.encode("utf-8")
        return [(1, I32, self.physical), *before, (3, I32, int(self.optional)), (4, BINARY, name), *after]


def described(element: Mapping[int, Any]) -> FileColumn | None:
    """The column of one schema element, or None where the element is not a whole one."""
    physical, repetition, name = element.get(1), element.get(3), element.get(4)
    if physical is None or not BOOLEAN <= physical <= FIXED_LEN_BYTE_ARRAY or repetition not in (0, 1) or name is None:
        return None
    kind, annotation = _kind(element, physical)
    return FileColumn(name.decode("utf-8"), physical, kind, repetition == 1, annotation)


def _kind(element: Mapping[int, Any], physical: int) -> tuple[FileKind, tuple[Field, ...]]:
    """The kind, and the fields of the schema element that say so."""
    logical, converted = element.get(10), element.get(6)
    if physical == INT96:
        return "local_timestamp", ()
    if logical is not None:
        return _logical_kind(logical, physical, element.get(2))
    if converted is None:
        return _PLAIN.get(physical, "other"), ()
    if converted == _UTF8 and physical == BYTE_ARRAY:
        return "text", ((6, I32, _UTF8),)
    if converted == _DATE and physical == INT32:
        return "date", ((6, I32, _DATE),)
    if converted in (_TIMESTAMP_MILLIS, _TIMESTAMP_MICROS) and physical == INT64:
        return "timestamp", _timestamp(1 if converted == _TIMESTAMP_MILLIS else 2)
    if converted == _DECIMAL:
        return _decimal(physical, element.get(2), element.get(7, 0), element.get(8))
    if _FIRST_INTEGER <= converted < _FIRST_INTEGER + 8:
        unsigned = converted < _FIRST_INTEGER + 4
        return _integer(physical, _INTEGER_BITS[(converted - _FIRST_INTEGER) % 4], not unsigned)
    return "other", ()


def _logical_kind(
    logical: Mapping[int, Mapping[int, Any]], physical: int, length: int | None
) -> tuple[FileKind, tuple[Field, ...]]:
    if len(logical) != 1:
        return "other", ()
    ((which, given),) = logical.items()
    if which == _STRING_LOGICAL and physical == BYTE_ARRAY:
        return "text", ((6, I32, _UTF8),)
    if which == _DATE_LOGICAL and physical == INT32:
        return "date", ((6, I32, _DATE),)
    if which == _TIMESTAMP_LOGICAL and physical == INT64:
        units = list(given.get(2, {}))
        if len(units) != 1:
            return "other", ()
        return ("timestamp", _timestamp(units[0])) if given.get(1) else ("local_timestamp", ())
    if which == _DECIMAL_LOGICAL:
        return _decimal(physical, length, given.get(1), given.get(2))
    if which == _INTEGER_LOGICAL:
        return _integer(physical, given.get(1, 0), bool(given.get(2)))
    if which == _NULL_LOGICAL:
        return "null", ()
    return "other", ()


def _timestamp(unit: int) -> tuple[Field, ...]:
    """A TIMESTAMP in UTC; ``unit``: 1 milliseconds, 2 microseconds, 3 nanoseconds."""
    return ((10, STRUCT, [(_TIMESTAMP_LOGICAL, STRUCT, [(1, BOOL, True), (2, STRUCT, [(unit, STRUCT, [])])])]),)


def _integer(physical: int, bits: int, signed: bool) -> tuple[FileKind, tuple[Field, ...]]:
    wanted = INT64 if bits == 64 else INT32
    if bits not in _INTEGER_BITS or physical != wanted:
        return "other", ()
    return "integer", ((6, I32, _FIRST_INTEGER + 4 * signed + _INTEGER_BITS.index(bits)),)


def _decimal(
    physical: int, length: int | None, scale: int | None, precision: int | None
) -> tuple[FileKind, tuple[Field, ...]]:
    most = {INT32: 9, INT64: 18, BYTE_ARRAY: _MAX_PRECISION, FIXED_LEN_BYTE_ARRAY: _MAX_PRECISION}.get(physical, 0)
    is_fixed = physical == FIXED_LEN_BYTE_ARRAY
    if precision is None or scale not in (0, 1, 2) or not max(scale, 1) <= precision <= most:
        return "other", ()
    if is_fixed and (length is None or not 0 < length <= _MAX_DECIMAL_BYTES):
        return "other", ()
    fixed: tuple[Field, ...] = ((2, I32, length),) if is_fixed else ()
    return "decimal", (*fixed, (6, I32, _DECIMAL), (7, I32, scale), (8, I32, precision))


def check_types(found: Sequence[FileColumn], columns: Sequence[Column]) -> None:
    """Raises `Refused` where a column of the contract has another type in the file."""
    wanted = {column.name: "text" if column.kind in STRING_KINDS else column.kind for column in columns}
    for column in found:
        kind = wanted.get(column.name)
        if kind is not None and column.kind != kind:
            raise refusals.wrong_type(column.name, _DUTCH[column.kind], _DUTCH[kind])
