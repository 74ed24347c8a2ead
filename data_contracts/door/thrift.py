"""Thrift's compact protocol, as far as Parquet's footer and page headers need it.

Why not leave this to pyarrow: its Python objects for a footer end the whole process on some damaged ones. What is read
here is checked here, and pyarrow gets to see a footer of our own writing.
Format: thrift, `doc/specs/thrift-compact-protocol.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BOOL, I8, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID = 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
_FALSE = 2
_MAX_DEPTH = 16
_BITS = {I16: 16, I32: 32, I64: 64}


class BadThrift(Exception):
    """The bytes are not the structure that is expected in them."""


@dataclass(frozen=True)
class Kind:
    """A type: its number; of a struct the fields that matter by id, of a list the kind of its elements."""

    number: int
    fields: Mapping[int, Kind] | None = None
    element: Kind | None = None


def struct_of(fields: Mapping[int, Kind]) -> Kind:
    return Kind(STRUCT, fields=fields)


def list_of(element: Kind) -> Kind:
    return Kind(LIST, element=element)


BOOL_KIND, I8_KIND, I32_KIND, I64_KIND, BINARY_KIND = Kind(BOOL), Kind(I8), Kind(I32), Kind(I64), Kind(BINARY)
ANY_STRUCT = struct_of({})


class Reader:
    """A cursor over bytes. Raises IndexError at their end, `BadThrift` where they cannot be what is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def byte(self) -> int:
        value = self._data[self.place]
        self.place += 1
        return value

    def take(self, count: int) -> bytes:
        start, self.place = self.place, self.place + count
        if self.place > len(self._data):
            raise IndexError
        return self._data[start : self.place]

    def varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise BadThrift("number")

    def zigzag(self, bits: int = 64) -> int:
        value = self.varint()
        if value >> bits:
            raise BadThrift("number")
        return (value >> 1) ^ -(value & 1)

    def struct(self, fields: Mapping[int, Kind], depth: int = 0) -> dict[int, Any]:
        """The values of ``fields`` that are present. Other fields are passed over."""
        if depth > _MAX_DEPTH:
            raise BadThrift("depth")
        values: dict[int, Any] = {}
        field = 0
        while (head := self.byte()) != 0:
            number = head & 0x0F
            field = field + (head >> 4) if head >> 4 else self.zigzag(16)
            wanted = fields.get(field)
            if wanted is None:
                self._skip(number, depth)
                continue
            if field in values or (BOOL if number == _FALSE else number) != wanted.number:
                raise BadThrift("field")
            values[field] = number == BOOL if wanted.number == BOOL else self._value(wanted, depth)
        return values

    def _value(self, kind: Kind, depth: int) -> Any:
        if kind.number == STRUCT:
            return self.struct(kind.fields or {}, depth + 1)
        if kind.number == LIST and kind.element is not None:
            number, count = self._list_head()
            if number != kind.element.number:
                raise BadThrift("list")
            return [self._value(kind.element, depth + 1) for _ in range(count)]
        if kind.number == BINARY:
            return self.take(self.varint())
        if kind.number == I8:
            return self.byte()
        return self.zigzag(_BITS[kind.number])

    def _list_head(self) -> tuple[int, int]:
        head = self.byte()
        count = head >> 4 if head >> 4 < 15 else self.varint()
        # Every element takes a byte at least.
        if count > len(self._data) - self.place:
            raise IndexError
        return head & 0x0F, count

    def _skip(self, number: int, depth: int) -> None:
        if number in (BOOL, _FALSE):
            return
        self._skip_value(number, depth)

    def _skip_value(self, number: int, depth: int) -> None:
        """Passes over a value; one that stands in a list, set or map takes a byte where it is a boolean."""
        if number in (BOOL, _FALSE, I8):
            self.take(1)
        elif number in _BITS:
            self.varint()
        elif number in (DOUBLE, UUID):
            self.take(8 if number == DOUBLE else 16)
        elif number == BINARY:
            self.take(self.varint())
        elif number == STRUCT:
            self.struct({}, depth + 1)
        elif number in (LIST, SET) and depth < _MAX_DEPTH:
            element, count = self._list_head()
            for _ in range(count):
                self._skip_value(element, depth + 1)
        elif number == MAP and depth < _MAX_DEPTH:
            self._skip_map(depth)
        else:
            raise BadThrift("type")

    def _skip_map(self, depth: int) -> None:
        count = self.varint()
        if count > len(self._data) - self.place:
            raise IndexError
        kinds = self.byte() if count else 0
        for _ in range(count):
            self._skip_value(kinds >> 4, depth + 1)
            self._skip_value(kinds & 0x0F, depth + 1)


Field = tuple[int, int, Any]


def write_struct(fields: Sequence[Field]) -> bytes:
    """A struct of (id, type number, value) in the order of their ids.

    Values: bool, int, bytes, for a struct a sequence of such fields, for a list (type number of elements, values).
    """
    out = bytearray()
    last = 0
    for field, number, value in fields:
        mark = (BOOL if value else _FALSE) if number == BOOL else number
        out.append((field - last) << 4 | mark)
        last = field
        if number != BOOL:
            out += _write(number, value)
    return bytes(out) + b"\x00"


def _write(number: int, value: Any) -> bytes:
    if number == STRUCT:
        return write_struct(value)
    if number == BINARY:
        return write_varint(len(value)) + value
    if number == LIST:
        element, values = value
        return bytes([0xF0 | element]) + write_varint(len(values)) + b"".join(_write(element, one) for one in values)
    return write_zigzag(value)


def write_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def write_zigzag(value: int) -> bytes:
    return write_varint(value << 1 if value >= 0 else (-value << 1) - 1)
