"""The regions are those of the specification, and a division is what of them holds on a day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from merger import NEW, OLD, changed, merged

from indicators import geography

DIVISION = {
    "Noord-Nederland": ["Groningen", "Friesland", "Drenthe"],
    "Oost-Nederland": ["IJsselland", "Twente", "Noord- en Oost-Gelderland", "Gelderland-Midden", "Gelderland-Zuid"],
    "Midden-Nederland": ["Utrecht", "Gooi en Vechtstreek", "Flevoland"],
    "Noord-Holland": ["Noord-Holland Noord", "Zaanstreek-Waterland", "Kennemerland"],
    "Amsterdam": ["Amsterdam-Amstelland"],
    "Den Haag": ["Haaglanden", "Hollands Midden"],
    "Rotterdam": ["Rotterdam-Rijnmond", "Zuid-Holland Zuid"],
    "Zeeland-West-Brabant": ["Zeeland", "West-Brabant", "Midden-Brabant"],
    "Oost-Brabant": ["Brabant Noordoost", "Brabant Zuidoost"],
    "Limburg": ["Noord- en Midden-Limburg", "Zuid-Limburg"],
}
BEFORE, FIRST = date(2020, 6, 30), date(2020, 7, 1)


def code(name: str) -> str:
    return re.sub("[^a-z]+", "_", name.lower())


def codes(regions: tuple[geography.Regio, ...]) -> list[str]:
    return [regio.code for regio in regions]


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2000, 1, 1), date(2020, 12, 31)])
def test_the_division_of_the_specification(day: date) -> None:
    division = geography.division(day)
    assert [(r.code, r.naam) for r in division.arrondissementen] == [(code(name), name) for name in DIVISION]
    assert [(r.naam, r.code, r.arrondissement) for r in division.vt_regios] == [
        (name, code(name), code(district)) for district, names in DIVISION.items() for name in names
    ]
    assert all(r.arrondissement == r.code for r in division.arrondissementen)
    country = division.regions[0]
    assert (country.code, country.niveau, country.arrondissement) == (geography.LAND, "land", "")
    assert len(division.vt_regios) == 26 and len(division.regions) == 37
    assert (division.naam, division.vanaf) == ("26 Veilig Thuis-regio's in 10 arrondissementen", date(2000, 1, 1))


def test_a_merged_region_takes_the_place_of_its_parts_from_its_first_day(tmp_path: Path) -> None:
    rows = merged(tmp_path, FIRST)
    before, after = geography.at(rows, BEFORE), geography.at(rows, FIRST)
    assert codes(before.vt_regios) == codes(geography.division(BEFORE).vt_regios)
    assert codes(before.regions)[19:21] == list(OLD) and codes(after.regions)[19] == NEW
    assert len(after.vt_regios) == 25 and len(after.arrondissementen) == 10
    assert (before.naam, after.naam) == (
        "26 Veilig Thuis-regio's in 10 arrondissementen",
        "25 Veilig Thuis-regio's in 10 arrondissementen, indeling vanaf 1 juli 2020",
    )
    # A code that is not in force counts for one that is, also before there was such a region.
    assert before.successor == {NEW: OLD[0]}
    assert after.successor == dict.fromkeys(OLD, NEW)
    assert after.levels[24:27] == [
        (NEW, "vt_regio", NEW), (NEW, "arrondissement", "midden_nederland"), (NEW, "land", "nederland")
    ]  # fmt: skip


def test_days_of_one_division_have_the_same(tmp_path: Path) -> None:
    rows = merged(tmp_path, FIRST)
    assert geography.at(rows, date(2001, 1, 1)) == geography.at(rows, BEFORE) != geography.at(rows, FIRST)
    assert geography.at(rows, FIRST) == geography.at(rows, date(2030, 1, 1))


def test_a_region_can_go_into_one_that_stays(tmp_path: Path) -> None:
    rows = changed(tmp_path, {"gooi_en_vechtstreek": ",2000-01-01,2020-06-30,utrecht"}, {})
    assert geography.at(rows, BEFORE).successor == {}
    after = geography.at(rows, FIRST)
    assert after.successor == {"gooi_en_vechtstreek": "utrecht"} and len(after.vt_regios) == 25
    # Nothing begins that day, and yet it is another division.
    assert after.vanaf == FIRST


def test_mergers_follow_each_other(tmp_path: Path) -> None:
    rows = changed(
        tmp_path,
        {
            "groningen": ",2000-01-01,2010-12-31,gronfries",
            "friesland": ",2000-01-01,2010-12-31,gronfries",
            "drenthe": ",2000-01-01,2020-06-30,noord",
        },
        {
            "friesland": "gronfries,Groningen en Friesland,vt_regio,noord_nederland,2011-01-01,2020-06-30,noord",
            "drenthe": "noord,Noord,vt_regio,noord_nederland,2020-07-01,,",
        },
    )
    assert geography.at(rows, date(2010, 12, 31)).successor == {"gronfries": "groningen", "noord": "groningen"}
    assert geography.at(rows, BEFORE).successor == {
        "groningen": "gronfries", "friesland": "gronfries", "noord": "gronfries"
    }  # fmt: skip
    assert geography.at(rows, FIRST).successor == dict.fromkeys(
        ["groningen", "friesland", "gronfries", "drenthe"], "noord"
    )


def test_a_region_can_move_to_another_arrondissement_or_get_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = changed(
        tmp_path,
        {"gooi_en_vechtstreek": ",2000-01-01,2020-06-30,"},
        {"gooi_en_vechtstreek": "gooi_en_vechtstreek,Gooi,vt_regio,noord_holland,2020-07-01,,"},
    )
    for day, district in ((BEFORE, "midden_nederland"), (FIRST, "noord_holland")):
        division = geography.at(rows, day)
        assert [r.arrondissement for r in division.vt_regios if r.code == "gooi_en_vechtstreek"] == [district]
        assert division.successor == {} and len(division.vt_regios) == 26
    monkeypatch.setattr(geography, "listed", lambda: rows)
    assert geography.names()["gooi_en_vechtstreek"] == "Gooi"


def test_names_are_also_of_regions_that_are_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = merged(tmp_path, FIRST)
    monkeypatch.setattr(geography, "listed", lambda: rows)
    assert geography.names()["utrecht"] == "Utrecht" and geography.names()[NEW] == "Utrecht en Gooi"
