"""What would go with it if every region reached a target: hours and euros per partner, each with a range.

This is arithmetic on published figures and assumptions that are in view; it predicts nothing. Every quantity is a
``Range``: the printed figure, and the lowest and highest that fit how it was printed (the margin of a share, the class
of a count, two digits of a mean). Ranges are combined end to end, as if all were off in the same direction, so the
answer is wider than chance would make it.

    extra of a region   = units x (target - share), and 0 in a region that has reached the target
    hours               = sum of extra over the regions x hours for each unit
    hours of a partner  = hours x the partner's part of the work
    euros of a partner  = hours of the partner x euros per hour

In the scenario *reach* units are zaken with care and justice, share is actieoverleg_bereik and hours for each are those
recorded for Actieoverleg per zaak with Actieoverleg. In *video* units are hours, share is the part of them by video,
extra is what would move from fysiek (never more than there is), and hours for each are 1: whether an hour by video
saves time is not in the figures, so no saving is computed.

A region or partner of which a cell is hidden is named and left out; nothing is put in its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

TOTAL, HIDDEN = "totaal", "afgeschermd"
BY_VIDEO, IN_PERSON = "video", "fysiek"
WITH_OVERLEG, ACTIVITY = "ja", "actieoverleg"


@dataclass(frozen=True)
class Range:
    """The lowest, the printed and the highest value of something that isn't negative."""

    low: float
    middle: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.middle + other.middle, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.middle * other.middle, self.high * other.high)

    def __truediv__(self, other: Range) -> Range:
        """Raises ZeroDivisionError when the other may be 0."""
        return Range(self.low / other.high, self.middle / other.middle, self.high / other.low)


NOTHING, ONE = Range(0.0, 0.0, 0.0), Range(1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Place:
    """A region before anything changes. ``units`` and ``share`` are None where a cell is hidden; ``most``: how much can
    be added to the share at most; ``status``: of the cell, or why there is none."""

    code: str
    units: Range | None
    share: Range | None
    status: str
    most: Range = ONE


@dataclass(frozen=True)
class Partner:
    """``part``: of the work, 0 to 1; ``rate``: euros per hour. None where a cell is hidden."""

    code: str
    part: Range | None
    rate: Range | None


@dataclass(frozen=True)
class Step:
    """What changes in one region, in units; None where that can't be computed. ``reached``: it has the target already;
    ``short``: it can't reach it."""

    place: Place
    extra: Range | None
    reached: bool = False
    short: bool = False


@dataclass(frozen=True)
class Share:
    """What comes to one partner: hours and euros, None where that can't be computed."""

    code: str
    hours: Range | None
    euros: Range | None


@dataclass(frozen=True)
class Answer:
    """``units``, ``hours`` and ``euros`` are sums over the regions and partners that could be computed; ``covered``:
    their part of the country's units, 0 to 1, None where the country's are hidden."""

    steps: Sequence[Step]
    partners: Sequence[Share]
    units: Range
    hours: Range
    euros: Range
    covered: float | None


def answer(
    places: Sequence[Place], target: float, each: Range, partners: Sequence[Partner], whole: Range | None
) -> Answer:
    """``target``: a share, 0 to 1; ``each``: hours for one unit; ``whole``: the units of the country."""
    steps = [step(place, target) for place in places]
    units = total(s.extra for s in steps if s.extra is not None)
    hours = units * each
    shares = [_share(partner, hours) for partner in partners]
    known = sum(s.place.units.middle for s in steps if s.extra is not None and s.place.units is not None)
    covered = min(1.0, known / whole.middle) if whole is not None and whole.middle else None
    return Answer(steps, shares, units, hours, total(s.euros for s in shares if s.euros is not None), covered)


def step(place: Place, target: float) -> Step:
    """units x (target - share): 0 for a region whose printed share has reached the target."""
    if place.units is None or place.share is None:
        return Step(place, None)
    if place.share.middle >= target:
        return Step(place, NOTHING, reached=True)
    short = place.most.middle < target - place.share.middle
    added = Range(
        max(0.0, min(target - place.share.high, place.most.low)),
        min(target - place.share.middle, place.most.middle),
        min(target - place.share.low, place.most.high),
    )
    return Step(place, added * place.units, short=short)


def _share(partner: Partner, hours: Range) -> Share:
    mine = None if partner.part is None else hours * partner.part
    return Share(partner.code, mine, None if mine is None or partner.rate is None else mine * partner.rate)


def total(ranges: Any) -> Range:
    """The sum of an iterable of ranges."""
    return sum(ranges, NOTHING)


def count(printed: float, width: int) -> Range:
    """A printed count: the (lower) middle of a class of ``width`` whole numbers.

    >>> count(12, 5)
    Range(low=10, middle=12, high=14)
    """
    return Range(printed - (width - 1) // 2, printed, printed + width // 2)


def mean(printed: float) -> Range:
    """A mean printed in two digits: half a unit of its second digit down and up.

    >>> mean(24.0)
    Range(low=23.5, middle=24.0, high=24.5)
    """
    if not printed:
        return NOTHING
    half = 10.0 ** (math.floor(math.log10(printed)) - 1) / 2
    return Range(printed - half, printed, printed + half)


def amount(cell: Mapping[str, Any], width: int) -> Range:
    """A printed sum (teller): its printed count x its mean."""
    return count(cell["n"], width) * mean(cell["teller"] / cell["n"])


def hull(ranges: Sequence[Range], middle: float) -> Range:
    """From the lowest to the highest of these."""
    return Range(min(r.low for r in ranges), middle, max(r.high for r in ranges))


def places_of_reach(cells: pl.DataFrame, width: int) -> list[Place]:
    """``cells``: actieoverleg_bereik, totals, one row a region: regio, n, waarde, ondergrens, bovengrens, status. A
    limit that isn't printed is 0 or 1."""
    out = []
    for row in cells.iter_rows(named=True):
        if row["waarde"] is None:
            out.append(Place(row["regio"], None, None, row["status"]))
            continue
        low = 0.0 if row["ondergrens"] is None else row["ondergrens"]
        high = 1.0 if row["bovengrens"] is None else row["bovengrens"]
        share = Range(min(low, row["waarde"]), row["waarde"], max(high, row["waarde"]))
        out.append(Place(row["regio"], count(row["n"], width), share, row["status"]))
    return out


def places_of_video(cells: pl.DataFrame, width: int) -> list[Place]:
    """``cells``: inzet_uren_per_zaak by wijze: regio, categorie, n, waarde, status; a row for each region and wijze."""
    out = []
    for rows in cells.partition_by("regio", maintain_order=True):
        code, by = rows["regio"][0], {row["categorie"]: row for row in rows.to_dicts()}
        hidden = [row["status"] for row in by.values() if row["waarde"] is None]
        if hidden:
            out.append(Place(code, None, None, hidden[0]))
            continue
        means = {name: mean(row["waarde"]) for name, row in by.items()}
        everything = total(means.values())
        if not everything.middle:
            out.append(Place(code, NOTHING, ONE, rows["status"][0]))
            continue
        hours = count(by[BY_VIDEO]["n"], width) * everything
        share = _part(means[BY_VIDEO], everything)
        out.append(Place(code, hours, share, rows["status"][0], most=_part(means[IN_PERSON], everything)))
    return out


def _part(one: Range, everything: Range) -> Range:
    """A part of a sum that holds it: the rest is off in the other direction."""
    rest_low, rest_high = everything.low - one.low, everything.high - one.high
    return Range(
        one.low / (one.low + rest_high) if one.low else 0.0,
        one.middle / everything.middle,
        one.high / (one.high + rest_low) if one.high else 0.0,
    )


def hours_for_each(activity: pl.DataFrame, overleg: pl.DataFrame, width: int) -> dict[str, Range]:
    """Hours recorded for Actieoverleg, per zaak with Actieoverleg, by region; regions with a hidden cell are left out.

    ``activity``: inzet_uren_per_zaak of verbeteractiviteit actieoverleg; ``overleg``: the same indicator of
    met_actieoverleg ja; both: regio, n, teller."""
    cases = {row["regio"]: row["n"] for row in overleg.iter_rows(named=True) if row["n"] is not None}
    return {
        row["regio"]: amount(row, width) / count(cases[row["regio"]], width)
        for row in activity.iter_rows(named=True)
        if row["teller"] is not None and row["regio"] in cases
    }


def partners(
    hours: pl.DataFrame, extra: pl.DataFrame, costs: pl.DataFrame, width: int, codes: Sequence[str]
) -> list[Partner]:
    """How work and its price are spread over partners, of one region and period.

    How the hours of one activity are spread isn't published. So the range of a partner's part goes from the lowest to
    the highest of two spreads that are: of all hours (``hours``: inzet_uren_per_zaak), and of extra hours (``extra``:
    aandeel_extra_inzet); printed in the middle is their average. Euros per hour: kosten_per_zaak (``costs``) /
    inzet_uren_per_zaak. Each frame: categorie (partners and totaal), n, teller, waarde."""
    all_hours, extra_hours = _amounts(hours, width), _amounts(extra, width)
    per_case = {row["categorie"]: row["waarde"] for row in hours.iter_rows(named=True)}
    price = {row["categorie"]: row["waarde"] for row in costs.iter_rows(named=True)}
    out = []
    for code in codes:
        parts = [found[code] / found[TOTAL] for found in (all_hours, extra_hours) if {code, TOTAL} <= found.keys()]
        part = hull(parts, sum(p.middle for p in parts) / len(parts)) if parts else None
        if part is not None:
            part = Range(part.low, min(1.0, part.middle), min(1.0, part.high))
        known = per_case.get(code) and price.get(code) is not None
        out.append(Partner(code, part, mean(price[code]) / mean(per_case[code]) if known else None))
    return out


def _amounts(cells: pl.DataFrame, width: int) -> dict[str, Range]:
    return {
        row["categorie"]: amount(row, width)
        for row in cells.iter_rows(named=True)
        if row["teller"] is not None and (row["teller"] > 0 or row["categorie"] != TOTAL)
    }
