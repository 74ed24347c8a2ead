"""The outlines of the regions of a division: as drawn in the two GeoJSON files, or dissolved from their parts.

What is drawn is a region as it was on its first day. A region that was merged and has no drawing, one that another went
into later, and an arrondissement whose vt_regio's are no longer those of its first day are put together here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from indicators.geography import Division, at
from indicators.geography.table import RegionTableError, rows_of

FOLDER = Path(__file__).parent
Point = tuple[float, float]
# Closed: the last point is the first. Longitude and latitude in degrees (WGS 84).
Ring = tuple[Point, ...]
Outline = tuple[Ring, ...]
# Neighbours were simplified apart, so that a common border leaves gaps and overlaps. In square degrees: the largest
# between today's neighbours is 0.00007 (half a square kilometre), the smallest region 0.017.
SLIVER = 0.0005


def outlines(division: Division) -> dict[str, Outline]:
    """The rings of every arrondissement and vt_regio of the division, by code.

    Raises RegionTableError for a region that is not drawn and not made of drawn ones.
    """
    drawn = _drawn()
    out = {regio.code: _of_parts(_parts(regio.code, division, drawn), drawn) for regio in division.vt_regios}
    for district in division.arrondissementen:
        first = at(division.listed, rows_of(district.code, division.listed)[0].valid_from)
        if district.code in drawn and _ground(district.code, division) == _ground(district.code, first):
            out[district.code] = drawn[district.code]
        else:
            inside = [r.code for r in division.vt_regios if r.arrondissement == district.code]
            out[district.code] = dissolve(out[code] for code in inside)
    return out


@cache
def _drawn() -> dict[str, Outline]:
    return {
        feature["properties"]["code"]: tuple(_rings(feature["geometry"]))
        for niveau in ("arrondissement", "vt_regio")
        for feature in json.loads((FOLDER / f"{niveau}.geojson").read_text(encoding="utf-8"))["features"]
    }


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield tuple((lon, lat) for lon, lat in ring)


def _parts(code: str, division: Division, drawn: Collection[str]) -> set[str]:
    """The drawn regions that make up a region: itself where it is drawn, and what went into it since."""
    own = {code} if code in drawn else set()
    first = rows_of(code, division.listed)[0].valid_from
    merged = [r for r in division.listed if r.opgegaan_in == code and r.valid_to and r.valid_to < division.vanaf]
    later = [r.code for r in merged if not own or (r.valid_to and r.valid_to >= first)]
    if not own and not later:
        raise RegionTableError(f"{code} has no outline: draw it in vt_regio.geojson")
    return own.union(*(_parts(part, division, drawn) for part in later))


def _ground(code: str, division: Division) -> set[str]:
    """The vt_regio's of the first division that an arrondissement consists of."""
    first = {r.code for r in at(division.listed, date.min).regions}
    inside = [r.code for r in division.vt_regios if r.arrondissement == code]
    return set().union(*(_parts(part, division, first) for part in inside))


def _of_parts(parts: Collection[str], drawn: Mapping[str, Outline]) -> Outline:
    found = [drawn[part] for part in sorted(parts)]
    return found[0] if len(found) == 1 else dissolve(found)


def dissolve(outlines: Iterable[Outline]) -> Outline:
    """The outline around regions that lie side by side: without the borders between them.

    A border is an edge of one region and, the other way, of the other. What is left are closed rings; those of edges of
    more than one region that are no larger than SLIVER are left out.
    """
    owner = {edge: i for i, outline in enumerate(outlines) for ring in outline for edge in pairwise(ring)}
    outer = [(a, b) for a, b in owner if (b, a) not in owner]
    found = (tuple(ring) for ring in _closed(outer))
    return tuple(ring for ring in found if len({owner[e] for e in pairwise(ring)}) == 1 or abs(_area(ring)) > SLIVER)


def _closed(edges: Iterable[tuple[Point, Point]]) -> Iterator[list[Point]]:
    """The edges joined to rings that pass no point twice. Every point has as many edges to it as from it.

    Outlines run clockwise: from the westernmost point on, always turning as far left as can be, one stays outside.
    """
    onward: dict[Point, list[Point]] = {}
    for a, b in edges:
        onward.setdefault(a, []).append(b)
    while onward:
        path = [min(onward)]
        while path[-1] in onward:
            here = path[-1]
            following = min(onward[here], key=lambda there: _turn(path, there))
            onward[here].remove(following)
            if not onward[here]:
                del onward[here]
            path.append(following)
            start = path.index(following)
            if start < len(path) - 1:
                yield path[start:]
                del path[start + 1 :]


def _turn(path: Sequence[Point], there: Point) -> float:
    """How far from the left ``there`` lies for who came along ``path``, at its start from the west."""
    x, y = path[-1]
    back_x, back_y = path[-2] if len(path) > 1 else (x - 1, y)
    back, on = math.atan2(back_y - y, back_x - x), math.atan2(there[1] - y, there[0] - x)
    return (back - on) % math.tau


def _area(ring: Ring) -> float:
    """Square degrees, negative for a ring that runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
