"""Definitions told in words."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from indicators import explanation
from indicators.explanation import Published
from indicators.model import THEMES, definitions

EVERY = [explanation.published(definition) for definition in definitions().values()]
BY_ID = {definition["id"]: definition for definition in EVERY}


def facts(indicator: str) -> dict[str, str]:
    return {label: text.replace("\u00a0", " ") for label, text in explanation.facts(BY_ID[indicator])}


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(explanation).failed == 0


@pytest.mark.parametrize("definition", EVERY, ids=lambda d: d["id"])
def test_every_definition_can_be_told(definition: Published) -> None:
    told = explanation.facts(definition)
    assert all(label and text for label, text in told)
    example = explanation.example(definition)
    assert example is not None and example.given and example.results
    assert all(result.figures and result.explanation for result in example.results)
    assert all(len(row) == len(records.names) for records in example.given for row in records.rows)


def test_facts_say_who_delivers_and_until_when() -> None:
    told = facts("herhaling_18_maanden")
    assert told["Gegevens van"] == "Veilig Thuis (meldingen), politie (incidenten)"
    assert told["Wanneer volledig"] == (
        "als deze organisaties alles hebben geleverd over de maand vóór de periode en de periode zelf, "
        "en over 18 maanden erna, maar nooit verder dan de peildatum"
    )
    assert told["Termijn"] == "548 dagen" and told["Hoog of laag"] == "Lager is beter."
    assert told["Wat wij tellen"] == "Elke zaak van een gezin"
    assert facts("zorgmelding_binnen_24_uur")["Wanneer volledig"].endswith(
        "over de maanden van de periode, en over 1 maand erna, maar nooit verder dan de peildatum"
    )
    assert facts("hg_herkend_bij_instroom")["Wanneer volledig"].endswith("over de maanden van de periode")


def test_facts_of_regions_need_no_deliveries() -> None:
    told = facts("actieoverleg_dekking")
    assert (told["Wanneer volledig"], told["Wat wij tellen"]) == ("altijd", "Elke Veilig Thuis-regio")
    assert told["Gegevens van"] == "landelijk netwerk"


def test_a_norm_has_its_source() -> None:
    assert facts("veiligheidsbeoordeling_binnen_5_werkdagen")["Norm"].startswith("90% (De termijn van 5 werkdagen")
    assert facts("overlapgraad")["Norm"] == "Geen"


def test_an_example_leaves_sums_unsummed() -> None:
    example = explanation.example(BY_ID["kosten_per_zaak"])
    assert example is not None
    figures = example.results[0].figures.replace("\u00a0", " ")
    assert figures == "aantal 2, teller 4 × 60 + 2 × 55, noemer 2, cijfer (4 × 60 + 2 × 55) / 2 = € 175"
    assert example.results[1].head == "Twente, maart 2021, partner: politie"
    tarieven = example.given[-1]
    assert tarieven.caption == "landelijk netwerk (tarieven)"
    assert tarieven.rows[0][-2:] == ["1\u00a0januari\u00a02021", "60,00"]


def test_an_example_tells_in_words_what_is_no_number() -> None:
    example = explanation.example(BY_ID["tijd_tot_eerste_afstemming"])
    assert example is not None
    told = [result.figures for result in example.results]
    assert any(figures.endswith("status niet bereikt") for figures in told)
    assert any(figures.replace("\u00a0", " ").endswith("cijfer 3 dagen") for figures in told)


def test_every_indicator_stands_under_one_theme() -> None:
    grouped = explanation.by_theme(EVERY)
    assert sorted(d["id"] for _, found in grouped for d in found) == sorted(BY_ID)
    assert tuple(explanation.texts()["themes"]) == THEMES and len(grouped) == len(THEMES)
    assert all([d["title"] for d in found] == sorted(d["title"] for d in found) for _, found in grouped)


def test_a_definition_without_an_example_has_none() -> None:
    assert explanation.example({**EVERY[0], "example": {}}) is None


MADE: dict[str, Any] = {
    **BY_ID["overlapgraad"],
    "example": {
        "records": {"politie/incidenten": [{"registratie_id": "i1", "uren": "1.50"}, {"registratie_id": "i2"}]},
        "expected": [
            {"regio": "twente", "periode": "2021-03", "dimensie": "kleur", "categorie": "Rood", "n": 2, "teller": 1,
             "noemer": 4, "value": "1 / 4"},
            {"regio": "twente", "periode": 2021, "dimensie": "totaal", "categorie": "totaal", "n": 2, "teller": 1,
             "value": 1, "explanation": "Omdat."},
        ],
    },
}  # fmt: skip


def test_an_example_in_words() -> None:
    found = explanation.example(MADE)
    assert found is not None and found.lead == explanation.texts()["definition"]["example_lead"]
    assert found.given == [
        explanation.Records("politie (incidenten)", ["registratie id", "uren"], [["i1", "1,50"], ["i2", ""]])
    ]
    split, whole = found.results
    assert split.head == "Twente, maart 2021, kleur: rood" and split.explanation == ""
    assert split.figures == "aantal 2, teller 1, noemer 4, cijfer 1 / 4 = 25%"
    # A teller that is the figure itself is told once.
    assert (whole.head, whole.figures, whole.explanation) == ("Twente, 2021", "aantal 2, cijfer 100%", "Omdat.")


def test_an_example_may_have_a_story_and_a_peildatum() -> None:
    told = explanation.example({**MADE, "example": {**MADE["example"], "story": "Twee zaken.", "peildatum": "2021-03"}})
    assert told is not None and told.lead.startswith("Twee zaken. ")
    assert "31\u00a0maart\u00a02021" in told.lead


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Soort inzet", "soort inzet"),
        ("Actieoverleg gehouden", "Actieoverleg gehouden"),
        ("Veilig Thuis", "Veilig Thuis"),
        ("SASH-niveau", "SASH-niveau"),
        ("CO", "CO"),
        ("Politie of een ander", "politie of een ander"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence(text: str, told: str) -> None:
    assert explanation.lower_first(text) == told


def test_protection_names_its_numbers_where_they_are_known() -> None:
    lines = " ".join(explanation.protection({"threshold": 10, "width": 5, "curve_minimum": 100}))
    assert "kleiner dan 10" in lines and "12 voor 10 tot en met 14" in lines and "vanaf 100 zaken" in lines
    for unknown in (None, {}, {"threshold": 10}):
        assert not any(c.isdigit() for c in " ".join(explanation.protection(unknown)))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("regio", "den_haag", "Den Haag"),
        ("regio", "elders", "elders"),
        ("op", "2021-03-01T10:00:00+01:00", "1 maart 2021, 10.00 uur"),
        ("tot", "2021-03-02", "2 maart 2021"),
        ("uren", "1.50", "1,50"),
        ("uren", 1.5, "1,5"),
        ("uren", 0.12345, "0,1235"),
        ("aantal", 12, "12"),
        ("aantal", 20.0, "20"),
        ("acuut", True, "ja"),
        ("acuut", False, "nee"),
        ("op", None, ""),
        ("gezin", "gezin_a", "A"),
        ("besluit", "voorwaarden_en_vervolg", "voorwaarden en vervolg"),
    ],
)
def test_cells_of_records_are_written_as_dutch_readers_write(name: str, value: object, text: str) -> None:
    assert explanation.record_cell(name, value).replace("\u00a0", " ") == text
