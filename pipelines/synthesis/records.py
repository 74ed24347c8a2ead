"""Records as partners keep them, and what a delivery shows of them at the end of a month.

Belongs here: values that become known in the course of time, withdrawn and revived records, and the rows that each
month's delivery holds of them. Not here: what happened (world, zorg, straf, inzet) and how rows become files (files).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipelines.synthesis.clock import DAY, NEVER, Bools, Clock, Floats, Ints

Kind = Literal["tekst", "code", "moment", "dag", "vlag", "honderdsten"]
NOON = DAY // 2
MISSING = -1
"""The code of a missing value."""


@dataclass(frozen=True)
class Field:
    """One column. ``values`` hold from ``known`` on, ``before`` until then; without ``known`` they hold from the
    record's creation.

    Moments and days need no ``known``: they are missing until they have come, and always when NEVER.
    """

    kind: Kind
    values: npt.NDArray[Any] | pl.Series
    categories: tuple[str, ...] = ()
    known: Ints | None = None
    before: npt.NDArray[Any] | pl.Series | None = None


def text(values: pl.Series, known: Ints | None = None, before: pl.Series | None = None) -> Field:
    return Field("tekst", values, known=known, before=before)


def code(values: Ints, categories: tuple[str, ...], known: Ints | None = None, before: Ints | int = MISSING) -> Field:
    """Places in ``categories``; MISSING = no value."""
    earlier = None if known is None else np.broadcast_to(np.asarray(before, dtype=np.int64), values.shape)
    return Field("code", values, categories, known, earlier)


def moment(values: Ints) -> Field:
    return Field("moment", values)


def day(values: Ints) -> Field:
    return Field("dag", values)


def flag(values: Bools, known: Ints | None = None, before: Bools | None = None) -> Field:
    """True or false; false until ``known`` unless ``before`` says otherwise."""
    if known is not None and before is None:
        before = np.zeros(len(values), dtype=bool)
    return Field("vlag", values, known=known, before=before)


def hundredths(values: Ints, known: Ints, before: Ints) -> Field:
    return Field("honderdsten", values, known=known, before=before)


@dataclass(frozen=True)
class Records:
    """Records of one feed. ``created``: the moment of the fact; ``late``: seconds until the partner's system knows of
    it, and of everything that follows; ``withdrawn``, ``revived``: NEVER for nearly all."""

    feed: str
    fields: dict[str, Field]
    created: Ints
    late: Ints
    withdrawn: Ints
    revived: Ints

    def __len__(self) -> int:
        return len(self.created)


def records(
    feed: str,
    fields: dict[str, Field],
    created: Ints,
    late: Ints,
    withdrawn: Ints | None = None,
    revived: Ints | None = None,
) -> Records:
    never = np.full(len(created), NEVER, dtype=np.int64)
    return Records(
        feed,
        fields,
        created,
        late,
        never if withdrawn is None else withdrawn,
        never if revived is None else revived,
    )


def rows(data: Records, clock: Clock, rng: np.random.Generator, broken_share: Floats) -> dict[int, pl.DataFrame]:
    """Rows of deliveries, by month of the window: every month in which a record is created or changed has a row of
    it, with what is known at that month's end.

    A frame has the feed's columns, ``vervallen`` and ``kapot``: the row is to leave the partner broken, and stands
    whole in a later month when there is one. ``broken_share``: their share per month of the window. Records made
    before the window are left out.
    """
    record, month, broken = _timeline(data, clock, rng, broken_share)
    end = clock.ends[month] - data.late[record]
    columns = [_shown(name, column, record, end, clock) for name, column in data.fields.items()]
    withdrawn = (data.withdrawn[record] < end) & (data.revived[record] >= end)
    frame = pl.DataFrame([*columns, pl.Series("vervallen", withdrawn), pl.Series("kapot", broken)])
    starts = np.searchsorted(month, np.arange(len(clock.months) + 1))
    return {
        number: frame[int(starts[number]) : int(starts[number + 1])]
        for number in range(len(clock.months))
        if starts[number] < starts[number + 1]
    }


def _timeline(data: Records, clock: Clock, rng: np.random.Generator, broken_share: Floats) -> tuple[Ints, Ints, Bools]:
    """(record, month, broken) of every row, in order of month, then record."""
    changes = [data.created, data.withdrawn, data.revived]
    for column in data.fields.values():
        changes.extend(_change(column, clock))
    count = len(clock.months)
    created: Ints = np.clip(clock.month(data.created + data.late), MISSING, count)
    months = np.full((len(data), len(changes) + 1), count, dtype=np.int16)
    for number, change in enumerate(changes):
        months[:, number] = np.clip(clock.month(change + data.late), created, count)
    drawn = months[np.arange(len(data)), rng.integers(0, len(changes), len(data))]
    slot = np.where(drawn < count, drawn, created)
    inside = (slot >= 0) & (slot < count)
    share = np.where(inside, broken_share[np.where(inside, slot, 0)], 0.0)
    broken_month = np.where(rng.random(len(data)) < share, slot, MISSING)
    months[:, -1] = np.where(broken_month >= 0, broken_month + 1, count)
    months.sort(axis=1)
    fresh = np.ones(months.shape, dtype=bool)
    fresh[:, 1:] = months[:, 1:] != months[:, :-1]
    fresh &= (months < count) & (created >= 0)[:, None]
    record, place = np.nonzero(fresh)
    month = months[record, place].astype(np.int64)
    order = np.argsort(month, kind="stable")
    record, month = record[order], month[order]
    return record, month, month == broken_month[record]


def _change(column: Field, clock: Clock) -> list[Ints]:
    if column.kind == "moment":
        return [np.asarray(column.values, dtype=np.int64)]
    if column.kind == "dag":
        return [clock.moment(np.asarray(column.values, dtype=np.int64), NOON)]
    return [] if column.known is None else [column.known]


def _shown(name: str, column: Field, record: Ints, end: Ints, clock: Clock) -> pl.Series:
    """The column as it stands at ``end`` of every row's record."""
    known = None if column.known is None else column.known[record] < end
    if isinstance(column.values, pl.Series):
        shown = column.values.gather(record)
        if known is not None and column.before is not None:
            earlier = pl.Series(column.before).gather(record)
            shown = shown.zip_with(pl.Series(known), earlier)
        return shown.alias(name)
    values = column.values[record]
    if known is not None and column.before is not None:
        values = np.where(known, values, np.asarray(column.before)[record])
    if column.kind == "vlag":
        return pl.Series(name, values)
    if column.kind == "code":
        return chosen(pl.Series(column.categories, dtype=pl.String), values).alias(name)
    if column.kind == "honderdsten":
        return _decimal(values.astype(np.int64)).alias(name)
    if column.kind == "dag":
        hidden = clock.moment(values.astype(np.int64), NOON) >= end
        return _series(np.where(hidden, 0, values).astype(np.int32), hidden, pa.date32()).alias(name)
    hidden = (values >= end) | (values >= NEVER)
    return _series(np.where(hidden, 0, values) * 1_000, hidden, pa.timestamp("ms", "UTC")).alias(name)


def chosen(values: pl.Series, places: Ints) -> pl.Series:
    """The values at these places, missing where a place is MISSING."""
    return values.gather(_series(places, places == MISSING))


def _series(values: npt.NDArray[Any], missing: Bools, kind: pa.DataType | None = None) -> pl.Series:
    return pl.Series(pa.array(values, mask=missing, type=kind))


def _decimal(values: Ints) -> pl.Series:
    """decimal(7,2) from hundredths. Arrow keeps a decimal as 128 bits, low word first."""
    words = np.zeros((len(values), 2), dtype=np.int64)
    words[:, 0] = values
    return pl.Series(pa.Array.from_buffers(pa.decimal128(7, 2), len(values), [None, pa.py_buffer(words)]))
