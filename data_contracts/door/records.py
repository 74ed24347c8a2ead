"""Where the records of a CSV text are, and the first place where the text breaks the rules of the form.

Pure functions over bytes. A text is looked at in pieces that start where a record starts; what a piece means never
depends on where it was cut. Not here: opening files, what a column means.

The form is RFC 4180: a cell that starts with a quote ends at the next quote that is not doubled; no other cell holds a
quote; LF or CRLF outside quotes ends a record. So a comma or LF separates exactly where the number of quotes before it
is even, and the text is well formed exactly where every opening quote stands at the start of a cell (or right after the
quote it doubles) and every closing quote at the end of one. This turns a walk over bytes into a few sums over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_contracts.door.refusals import Reason
from data_contracts.door.settings import Settings

LF, CR, COMMA, QUOTE = b'\n\r,"'
Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
_NONE: Positions = np.zeros(0, dtype=np.int64)
_ORDER = list(Reason)


@dataclass(frozen=True)
class Records:
    """The whole records at the start of a piece of text, as positions in it.

    ``starts``; ``ends``: after the last byte of the record, before its LF or CRLF; ``nexts``: where the next record
    starts; ``fields``: number of cells, 0 for an empty line; ``newlines``: LFs of the piece before the record.
    ``consumed``: bytes of the piece that these records take; ``consumed_newlines``: LFs in those bytes.
    """

    starts: Positions
    ends: Positions
    nexts: Positions
    fields: Positions
    newlines: Positions
    consumed: int
    consumed_newlines: int

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class Fault:
    """The first byte, as position in the piece, at which the text cannot be what it should be."""

    offset: int
    reason: Reason
    record_start: int


@dataclass(frozen=True)
class _Marks:
    """Positions of all that gives a piece its structure; of ``commas`` and ``record_ends`` those outside quotes."""

    newlines: Positions
    quotes: Positions
    commas: Positions
    record_ends: Positions


def split(data: bytes, final: bool, settings: Settings) -> Records | Fault:
    """The whole records of ``data``, or its first fault.

    ``data`` starts at the start of a record. ``final``: the text ends here, so that the last record needs no LF.
    Otherwise what follows the last record end is left for the next piece, unless it is already longer than any record
    may be.
    """
    text = np.frombuffer(data, dtype=np.uint8)
    marks = _marks(data, text)
    closed = int(marks.record_ends[-1]) + 1 if len(marks.record_ends) else 0
    consumed = len(data) if final else closed
    fault = _first_fault(data[:consumed], text[:consumed], marks, closed, settings)
    # Four bytes more than a record may have: no fault up to its limit then depends on what follows.
    if fault is None and len(data) - consumed > settings.record_bytes + 4:
        rest = data[consumed:]
        fault = _first_fault(rest, text[consumed:], _marks(rest, text[consumed:]), 0, settings, consumed)
    return fault if fault is not None else _records(text, marks, consumed)


def _marks(data: bytes, text: Bytes) -> _Marks:
    if b'"' not in data:
        newlines = np.flatnonzero(text == LF)
        return _Marks(newlines, _NONE, np.flatnonzero(text == COMMA), newlines)
    places = np.flatnonzero((text == LF) | (text == COMMA) | (text == QUOTE))
    kinds = text[places]
    outside = ~np.logical_xor.accumulate(kinds == QUOTE)
    return _Marks(
        newlines=places[kinds == LF],
        quotes=places[kinds == QUOTE],
        commas=places[outside & (kinds == COMMA)],
        record_ends=places[outside & (kinds == LF)],
    )


def _records(text: Bytes, marks: _Marks, consumed: int) -> Records:
    ends = marks.record_ends
    nexts = ends + 1
    if consumed > (int(nexts[-1]) if len(nexts) else 0):
        ends = np.append(ends, consumed)
        nexts = np.append(nexts, consumed)
    starts = np.concatenate(([0], nexts[:-1])) if len(nexts) else nexts
    commas = np.diff(np.searchsorted(marks.commas, ends), prepend=0)
    ends = ends - _has_cr(text, starts, ends)
    fields = np.where(ends > starts, commas + 1, 0)
    newlines = np.searchsorted(marks.newlines, starts) if len(marks.quotes) else np.arange(len(starts))
    consumed_newlines = int(np.searchsorted(marks.newlines, consumed))
    return Records(starts, ends, nexts, fields, newlines, consumed, consumed_newlines)


def _has_cr(text: Bytes, starts: Positions, ends: Positions) -> npt.NDArray[np.bool_]:
    """Whether the line end at ``ends`` is the LF of a CRLF. A bare CR at the very end is a fault, so not met here."""
    return (ends > starts) & (text[np.maximum(ends, 1) - 1] == CR)


def _first_fault(
    data: bytes, text: Bytes, marks: _Marks, closed: int, settings: Settings, base: int = 0
) -> Fault | None:
    """The fault at the lowest offset of ``data``, with records up to ``closed`` ended; positions from ``base``."""
    size = len(data)
    record_ends = marks.record_ends
    if size > closed:
        record_ends = np.append(record_ends, size)
    quotes = marks.quotes[: np.searchsorted(marks.quotes, size)]
    newlines = marks.newlines[: np.searchsorted(marks.newlines, size)]
    line_ends = newlines if size == 0 or text[-1] == LF else np.append(newlines, size)
    found = [
        (_first_not_utf8(data), Reason.NOT_UTF8),
        (_first_control(data), Reason.CONTROL),
        (_first_bare_cr(data, text), Reason.BARE_CR),
        (_first_bad_quote(text, quotes), Reason.QUOTING),
        (_first_long_cell(data, marks.commas, record_ends, closed, settings.cell_bytes), Reason.LONG_CELL),
        (_first_long(text, line_ends, settings.line_bytes), Reason.LONG_LINE),
        (_first_long(text, record_ends, settings.record_bytes), Reason.LONG_RECORD),
    ]
    faults = [(offset, _ORDER.index(reason), reason) for offset, reason in found if offset is not None]
    if not faults:
        return None
    offset, _, reason = min(faults)
    before = np.searchsorted(marks.record_ends, offset)
    record_start = int(marks.record_ends[before - 1]) + 1 if before else 0
    return Fault(base + offset, reason, base + record_start)


def _first_not_utf8(data: bytes) -> int | None:
    if data.isascii():
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _first_control(data: bytes) -> int | None:
    places = [place for place in (data.find(b"\x00"), data.find(b"\x1a")) if place >= 0]
    return min(places, default=None)


def _first_bare_cr(data: bytes, text: Bytes) -> int | None:
    if b"\r" not in data:
        return None
    returns = np.flatnonzero(text == CR)
    followers = text[np.minimum(returns + 1, len(text) - 1)]
    bare = returns[followers != LF]
    return int(bare[0]) if len(bare) else None


def _first_bad_quote(text: Bytes, quotes: Positions) -> int | None:
    """A quote inside a cell without quotes, the byte after a closing quote that ends no cell, or an open end."""
    if not len(quotes):
        return None
    size = len(text)
    places: list[int] = []
    openers = quotes[0::2]
    before = text[np.maximum(openers, 1) - 1]
    wrong = openers[(openers > 0) & (before != COMMA) & (before != LF) & (before != QUOTE)]
    places.extend(wrong[:1].tolist())
    closers = quotes[1::2]
    after = text[np.minimum(closers + 1, size - 1)]
    # CR: either of a CRLF, or bare and then a fault of its own at this very byte.
    ends_cell = (after == COMMA) | (after == LF) | (after == CR) | (after == QUOTE) | (closers + 1 == size)
    places.extend((closers[~ends_cell][:1] + 1).tolist())
    if len(quotes) % 2:
        places.append(size)
    return min(places, default=None)


def _first_long(text: Bytes, ends: Positions, limit: int) -> int | None:
    """The first byte too many of the first line (or record) that is longer than ``limit`` without its line end."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    for index in np.flatnonzero(ends - starts > limit) if len(ends) else ():
        start, end = int(starts[index]), int(ends[index])
        has_lf = end < len(text)
        if end - start - (has_lf and text[end - 1] == CR) > limit:
            return start + limit
    return None


def _first_long_cell(data: bytes, commas: Positions, ends: Positions, closed: int, limit: int) -> int | None:
    """The byte at which the first cell that is too long passes ``limit``, quotes around and doubled not counted."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    for index in np.flatnonzero(ends - starts > limit) if len(ends) else ():
        start, end = int(starts[index]), int(ends[index])
        inner = commas[np.searchsorted(commas, start) : np.searchsorted(commas, end)]
        cell_starts = np.concatenate(([start], inner + 1))
        cell_ends = np.append(inner, end)
        for cell in np.flatnonzero(cell_ends - cell_starts > limit):
            raw = data[cell_starts[cell] : cell_ends[cell]].removesuffix(b"\r")
            passed = _passes(raw, limit, is_closed=bool(cell_ends[cell] < closed))
            if passed is not None:
                return int(cell_starts[cell]) + passed
    return None


def _passes(raw: bytes, limit: int, is_closed: bool) -> int | None:
    """Position in a raw cell of the byte with which its content gets longer than ``limit``; None where it does not."""
    if not raw.startswith(b'"'):
        return limit if len(raw) > limit else None
    if is_closed and len(raw) - 2 - raw.count(b'""', 1) <= limit:
        return None
    content, place = 0, 1
    while place < len(raw):
        if raw[place] == QUOTE:
            if raw[place + 1 : place + 2] != b'"':
                return None
            place += 1
        content += 1
        if content > limit:
            return place
        place += 1
    return None
