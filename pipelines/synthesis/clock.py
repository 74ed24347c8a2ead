"""Time in the fictitious country: days, months, werkdagen, and the rhythm in which things happen.

Belongs here: arithmetic on moments (int64 seconds since 1970, UTC) and days (int64 days since 1970, Amsterdam), and
the intensity of new cases over the hours of the year. Not here: what happens at those moments. NEVER stands for "not,
or after the axis".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

import numpy as np
import numpy.typing as npt

from indicators.calendar import add_months, feestdagen, is_werkdag, midnight_utc, months_between, parse_month
from pipelines.synthesis import parameters as p

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 2**50
EPOCH = date(1970, 1, 1)
DAY = p.DAY
HOUR = 3_600
AXIS_AFTER_MONTHS = 26
"""The axis goes on so long after the last month that HERHALING_DAYS fit behind its last day."""


@dataclass(frozen=True)
class Intensity:
    """How fast cases arise: the average day of the axis has 1. ``edges``: moments; ``level``: intensity summed until
    each."""

    edges: Floats
    level: Floats

    def at(self, moments: Ints) -> Floats:
        """Intensity summed from the start of the axis to each moment, in average days."""
        return np.interp(moments.astype(np.float64), self.edges, self.level)

    def moment(self, levels: Floats) -> Ints:
        """The first whole second at which each level is reached; NEVER when the axis ends before."""
        found = np.ceil(np.interp(levels, self.level, self.edges)).astype(np.int64)
        return np.where(levels < self.level[-1], found, NEVER)


class Clock:
    """The axis of days around the window ``first``..``last`` (months, both included).

    ``months``: the window; ``axis_months``: burn-in, window and what follows; ``ends``: per month of the window the
    moment at which it is over. A month's number counts from the window's first month, which is 0; earlier ones are
    negative.
    """

    def __init__(self, first: str, last: str) -> None:
        self.months = months_between(first, last)
        self.burn_in = months_between(add_months(first, -p.BURN_IN_MONTHS), add_months(first, -1))
        self.axis_months = months_between(self.burn_in[0], add_months(last, AXIS_AFTER_MONTHS))
        days = _days(self.axis_months)
        self._first_day = (days[0] - EPOCH).days
        self._midnight = np.array([_seconds(day) for day in days], dtype=np.int64)
        self._length = np.diff(self._midnight)
        werkdag = np.array([is_werkdag(day) for day in days])
        self._werkdagen = np.flatnonzero(werkdag)
        self._werkdagen_until = np.cumsum(werkdag)
        edges = [*self.axis_months, add_months(self.axis_months[-1], 1)]
        self._month_edges = np.array([_seconds(date(*parse_month(month), 1)) for month in edges], dtype=np.int64)
        zero = p.BURN_IN_MONTHS
        self.ends: Ints = self._month_edges[zero + 1 : zero + 1 + len(self.months)]
        self.start = int(self._month_edges[zero])
        free = np.array([day in feestdagen(day.year) for day in days])
        weekdays = np.array([day.weekday() for day in days])
        months = np.array([day.month for day in days])
        hours = self._midnight[0] + HOUR * np.arange((self._midnight[-1] - self._midnight[0]) // HOUR + 1)

        def rhythm(
            season: Sequence[float], weekday: Sequence[float], feestdag: float, hour: Sequence[float]
        ) -> Intensity:
            per_day = np.array(season)[months - 1] * np.array(weekday)[weekdays] * np.where(free, feestdag, 1.0)
            index = np.searchsorted(self._midnight, hours[:-1], "right") - 1
            local_hour = np.minimum((hours[:-1] - self._midnight[index]) // HOUR, 23)
            weight = per_day[index] * np.array(hour)[local_hour]
            level = np.concatenate([[0.0], np.cumsum(weight)])
            return Intensity(hours.astype(np.float64), level * (len(hours) - 1) / 24 / level[-1])

        self._politie = rhythm(p.SEASON_INCIDENT, p.WEEKDAY_INCIDENT, p.FEESTDAG_INCIDENT, p.hours(p.HOURS_INCIDENT))
        self._ander = rhythm(p.SEASON_MELDING, p.WEEKDAY_MELDING, p.FEESTDAG_MELDING, p.hours(p.HOURS_MELDING))

    def level(self, soort: Ints, moments: Ints) -> Floats:
        """Intensity of each kind of signaal, summed from the start of the axis to each moment, in average days."""
        return np.where(soort == p.MELDING_ANDER, self._ander.at(moments), self._politie.at(moments))

    def reached(self, soort: Ints, levels: Floats) -> Ints:
        """The moment at which the intensity of each kind of signaal has summed to each level; NEVER when off the
        axis."""
        return np.where(soort == p.MELDING_ANDER, self._ander.moment(levels), self._politie.moment(levels))

    def bounds(self, month: str) -> tuple[int, int]:
        """First moment of the month and first moment after it."""
        index = self.axis_months.index(month)
        return int(self._month_edges[index]), int(self._month_edges[index + 1])

    def day(self, moments: Ints) -> Ints:
        """The Amsterdam day of each moment; NEVER stays NEVER."""
        index = np.searchsorted(self._midnight, moments, "right") - 1
        return np.where(moments < NEVER, index + self._first_day, NEVER)

    def moment(self, days: Ints, seconds: Ints | int) -> Ints:
        """``seconds`` after the midnight that begins each day, at most its last second; NEVER for days off the
        axis."""
        index = days - self._first_day
        on_axis = (index >= 0) & (index < len(self._length))
        safe = np.where(on_axis, index, 0)
        return np.where(on_axis, self._midnight[safe] + np.minimum(seconds, self._length[safe] - 1), NEVER)

    def month(self, moments: Ints) -> Ints:
        """The number of each moment's month; NEVER gives a number after the window."""
        return np.searchsorted(self._month_edges, moments, "right") - 1 - p.BURN_IN_MONTHS

    def werkdag_after(self, days: Ints, n: Ints) -> Ints:
        """The n-th werkdag after each day; n = 0 gives the day itself. NEVER for days off the axis."""
        index = days - self._first_day
        on_axis = (index >= 0) & (index < len(self._werkdagen_until))
        place = self._werkdagen_until[np.where(on_axis, index, 0)] + n - 1
        on_axis &= place < len(self._werkdagen)
        found = self._werkdagen[np.where(on_axis, np.maximum(place, 0), 0)] + self._first_day
        return np.where(on_axis, np.where(n == 0, days, found), NEVER)

    def to_werkdag(self, days: Ints) -> Ints:
        """The day itself when it is a werkdag, else the next one."""
        return self.werkdag_after(days - 1, np.ones_like(days))

    def office(self, rng: np.random.Generator, days: Ints, not_before: Ints | None = None) -> Ints:
        """A moment between 08:30 and 17:30 on each day, but not before ``not_before`` (then half an hour after
        it)."""
        moments = self.moment(days, rng.integers(8 * HOUR + HOUR // 2, 17 * HOUR + HOUR // 2, len(days)))
        if not_before is None:
            return moments
        return np.where(moments < not_before, not_before + HOUR // 2, moments)


def _days(months: list[str]) -> list[date]:
    """Every day of the months, and the one after them."""
    day = date(*parse_month(months[0]), 1)
    end = date(*parse_month(add_months(months[-1], 1)), 1)
    return [day + timedelta(days=n) for n in range((end - day).days + 1)]


def _seconds(day: date) -> int:
    return int(midnight_utc(day).replace(tzinfo=UTC).timestamp())
