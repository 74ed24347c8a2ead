"""Outlines: those that are drawn, and those that are put together from their parts without the border between them."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from merger import NEW, OLD, changed, merged

from indicators import geography
from indicators.geography.outlines import FOLDER, Outline, dissolve, outlines
from indicators.geography.table import RegionTableError

BEFORE, FIRST = date(2020, 6, 30), date(2020, 7, 1)
# Degrees, clockwise, closed.
LEFT: Outline = (((0, 0), (0, 1), (1, 1), (1, 0), (0, 0)),)
RIGHT: Outline = (((1, 0), (1, 1), (2, 1), (2, 0), (1, 0)),)
AROUND = {((0, 0), (0, 1)), ((0, 1), (1, 1)), ((1, 1), (2, 1)), ((2, 1), (2, 0)), ((2, 0), (1, 0)), ((1, 0), (0, 0))}


def edges(outline: Outline) -> set[tuple]:
    return {edge for ring in outline for edge in pairwise(ring)}


def area(outline: Outline) -> float:
    """In square degrees, what lies outside the outer rings left out."""
    return -sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(outline)) / 2


@pytest.mark.parametrize(("niveau", "count"), [("vt_regio", 26), ("arrondissement", 10)])
def test_what_is_drawn_is_what_there_is(niveau: str, count: int) -> None:
    drawn = json.loads((FOLDER / f"{niveau}.geojson").read_text(encoding="utf-8"))["features"]
    found = outlines(geography.division(BEFORE))
    names = {r.code: r.naam for r in geography.division(BEFORE).regions if r.niveau == niveau}
    assert {f["properties"]["code"]: f["properties"]["naam"] for f in drawn} == names and len(names) == count
    for feature in drawn:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [[list(point) for point in ring] for ring in found[feature["properties"]["code"]]]
        assert rings == [ring for polygon in polygons for ring in polygon]


def test_every_division_that_is_listed_has_all_its_outlines() -> None:
    for day in {row.valid_from for row in geography.listed()}:
        division = geography.division(day)
        assert outlines(division).keys() == {r.code for r in division.regions} - {geography.LAND}


def test_side_by_side_becomes_one_ring_without_the_border() -> None:
    (ring,) = dissolve([LEFT, RIGHT])
    assert edges((ring,)) == AROUND and ring[0] == ring[-1]
    assert dissolve([LEFT]) == LEFT


def test_islands_and_holes_stay() -> None:
    island = ((5, 5), (5, 5.01), (5.01, 5), (5, 5))
    hole = ((0.2, 0.2), (0.4, 0.2), (0.2, 0.4), (0.2, 0.2))
    found = dissolve([(*LEFT, island, hole), RIGHT])
    assert len(found) == 3 and edges(found) == AROUND | edges((island, hole))


def test_what_touches_in_a_point_stays_apart() -> None:
    corner: Outline = (((1, 1), (1, 2), (2, 2), (2, 1), (1, 1)),)
    found = dissolve([LEFT, corner])
    assert len(found) == 2 and edges(found) == edges(LEFT) | edges(corner)


@pytest.mark.parametrize("bulge", [-0.0001, 0.0001])
def test_a_border_that_was_drawn_twice_leaves_no_sliver(bulge: float) -> None:
    """The right region's side of the border bends a little, away from the left one or over it."""
    bent: Outline = (((1, 0), (1 + bulge, 0.5), (1, 1), (2, 1), (2, 0), (1, 0)),)
    for order in ([LEFT, bent], [bent, LEFT]):
        (ring,) = dissolve(order)
        assert edges((ring,)) == AROUND
    wide: Outline = (((1, 0), (1 + 100 * bulge, 0.5), (1, 1), (2, 1), (2, 0), (1, 0)),)
    assert len(dissolve([LEFT, wide])) == 2


@pytest.mark.parametrize("district", [r.code for r in geography.division(BEFORE).arrondissementen])
def test_the_regions_of_an_arrondissement_dissolve_to_it(district: str) -> None:
    division = geography.division(BEFORE)
    drawn = outlines(division)
    parts = [drawn[r.code] for r in division.vt_regios if r.arrondissement == district]
    found = dissolve(parts)
    # The two were simplified apart: the same rings, islands included, and about the same land.
    assert len(found) == len(drawn[district])
    assert area(found) == pytest.approx(sum(map(area, parts)), rel=0.001)
    assert area(found) == pytest.approx(area(drawn[district]), rel=0.03)


def test_a_merged_region_is_drawn_without_the_border_between_its_parts(tmp_path: Path) -> None:
    rows = merged(tmp_path, FIRST)
    before, after = outlines(geography.at(rows, BEFORE)), outlines(geography.at(rows, FIRST))
    assert before == outlines(geography.division(BEFORE))
    parts = [before[code] for code in OLD]
    (ring,) = after[NEW]
    assert area((ring,)) == pytest.approx(sum(map(area, parts)), rel=0.001)
    border = {(b, a) for a, b in edges(parts[0])} & edges(parts[1])
    assert len(border) >= 5 and not {frozenset(edge) for edge in edges((ring,))} & set(map(frozenset, border))
    assert after.keys() == before.keys() - set(OLD) | {NEW}
    assert all(after[code] == before[code] for code in after if code != NEW)


def test_what_went_into_a_region_that_stays_is_added_from_that_day(tmp_path: Path) -> None:
    rows = changed(tmp_path, {"gooi_en_vechtstreek": ",2000-01-01,2020-06-30,utrecht"}, {})
    before, after = outlines(geography.at(rows, BEFORE)), outlines(geography.at(rows, FIRST))
    assert after["utrecht"] == dissolve([before["gooi_en_vechtstreek"], before["utrecht"]])
    assert after["midden_nederland"] == before["midden_nederland"]


def test_an_arrondissement_follows_the_region_that_moves_to_it(tmp_path: Path) -> None:
    rows = changed(
        tmp_path,
        {"gooi_en_vechtstreek": ",2000-01-01,2020-06-30,"},
        {"gooi_en_vechtstreek": "gooi_en_vechtstreek,Gooi en Vechtstreek,vt_regio,noord_holland,2020-07-01,,"},
    )
    before, after = outlines(geography.at(rows, BEFORE)), outlines(geography.at(rows, FIRST))
    moved = area(before["gooi_en_vechtstreek"])
    for district, change in (("midden_nederland", -moved), ("noord_holland", moved)):
        assert area(after[district]) == pytest.approx(area(before[district]) + change, rel=0.02)
    assert all(after[code] == before[code] for code in after if code not in ("midden_nederland", "noord_holland"))


def test_a_region_drawn_for_its_first_day_is_not_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = merged(tmp_path, FIRST)
    drawn = {**outlines(geography.at(rows, BEFORE)), NEW: LEFT}
    monkeypatch.setattr("indicators.geography.outlines._drawn", lambda: drawn)
    found = outlines(geography.at(rows, FIRST))
    assert found[NEW] == LEFT and found["midden_nederland"] == drawn["midden_nederland"]


def test_a_region_without_an_outline_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = outlines(geography.division(BEFORE))
    del drawn["utrecht"]
    monkeypatch.setattr("indicators.geography.outlines._drawn", lambda: drawn)
    with pytest.raises(RegionTableError, match=r"utrecht has no outline: draw it in vt_regio\.geojson"):
        outlines(geography.division(BEFORE))
