"""The regions are those of the specification, and their outlines carry the same codes."""

from __future__ import annotations

import doctest
import re

import pytest

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


def code(name: str) -> str:
    return re.sub("[^a-z]+", "_", name.lower())


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(geography).failed == 0


def test_every_vt_regio_lies_in_one_arrondissement() -> None:
    assert [(r.code, r.naam) for r in geography.arrondissementen()] == [(code(name), name) for name in DIVISION]
    assert {(r.code, r.naam, r.arrondissement) for r in geography.vt_regios()} == {
        (code(name), name, code(district)) for district, names in DIVISION.items() for name in names
    }
    assert len(geography.vt_regios()) == 26 and len(geography.regions()) == 37
    assert all(r.arrondissement == r.code for r in geography.arrondissementen())
    assert geography.regio("nederland").niveau == "land" and geography.regio("nederland").arrondissement == ""


def test_the_division_holds_until_another_is_known() -> None:
    assert {r.valid_to for r in geography.regions()} == {None}


def test_a_region_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError, match="elders"):
        geography.regio("elders")


@pytest.mark.parametrize(("niveau", "count"), [("vt_regio", 26), ("arrondissement", 10)])
def test_outlines_are_those_of_the_regions(niveau: str, count: int) -> None:
    found = [feature["properties"] for feature in geography.outlines(niveau)["features"]]  # type: ignore[arg-type]
    named = {(r.code, r.naam) for r in geography.regions() if r.niveau == niveau}
    assert {(properties["code"], properties["naam"]) for properties in found} == named and len(found) == count
