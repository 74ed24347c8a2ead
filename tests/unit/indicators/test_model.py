"""Definitions: complete, to the letter of the specification, readable, and refused when they are not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicators import model
from indicators.model import PARTNERS, Definition, DefinitionError, Dimension, definitions, dimensions, load

IDS = sorted(definitions())
SOURCE = model.FOLDER / "definitions" / "herhaling_18_maanden.yaml"
LETTERS = {
    "m": "veilig_thuis/meldingen",
    "a": "veilig_thuis/actieoverleggen",
    "i": "politie/incidenten",
    "z": "openbaar_ministerie/zsm_zaken",
    "r": "raad_voor_de_kinderbescherming/onderzoeken",
    "c": "reclassering/trajecten",
}
# The table of the specification's section 4, once more and by hand: kind, eenheid, feeds, H, is a zaak the unit,
# dimensions. After the kind: the horizon, or the scales of y and x; 1-S; zonder = no interval.
SPECIFICATION = """
veiligheidsbeoordeling_binnen_5_werkdagen | proportion | aandeel | m | 1 | - | melder onveiligheid
dienst_binnen_10_weken | proportion | aandeel | m | 3 | - | besluit
tijd_tot_eerste_afstemming | quantiles 90 | dagen | miazrc | 3 | zaak | aard_geweld
vt_geraadpleegd_voor_zsm_beslissing | proportion | aandeel | z | 1 | - | dagdeel
hg_herkend_bij_instroom | proportion | aandeel | z | 0 | - |
bekend_bij_vt | proportion | aandeel | zm | 0 | - |
verschuiving_eerste_14_dagen | ratio 100/100 | aandeel | miu | 3 | zaak | partner soort_inzet
spreekuur_binnen_14_dagen | proportion | aandeel | mic | 1 | zaak |
partners_binnen_5_werkdagen | proportion | aandeel | miazrcu | 1 | zaak | minimum
overlapgraad | ratio 1/1 | aandeel | miu | 3 | zaak |
zorg_straf_overlap | ratio 1/1 | aandeel | miu | 3 | zaak |
kernpartners_compleet | proportion | aandeel | a | 0 | - | wijze
casusregie_belegd | proportion | aandeel | a | 0 | - |
herhaling_18_maanden | survival 548 1-S | aandeel | mi | 18 | zaak | met_actieoverleg praktijklocatie aard_geweld soort
ernstige_herhaling_18_maanden | survival 548 1-S | aandeel | mi | 18 | zaak | met_actieoverleg
acute_onveiligheid_gestopt_90_dagen | survival 90 | aandeel | mi | 3 | zaak |
in_beeld_voor_acuut | proportion | aandeel | mi | 0 | zaak |
actieoverleg_bereik | proportion | aandeel | miazrc | 1 | zaak | aard_geweld praktijklocatie
actieoverleg_dekking | coverage zonder | aandeel | | 0 | - | status
hg_vt_zsm_dekking | coverage zonder | aandeel | | 0 | - | status
samen_op_in_acuut_24_uur | proportion | aandeel | i | 1 | - | dagdeel
sash_bij_belaging | proportion | aandeel | i | 0 | - |
zorgmelding_binnen_24_uur | proportion | aandeel | i | 1 | - | dagdeel
overleg_strafbare_km_binnen_5_werkdagen | proportion | aandeel | miazrc | 1 | zaak |
terugkoppeling_na_overdracht | proportion | aandeel | m | 1 | - |
inzet_uren_per_zaak | ratio 100/1 | uren | miu | 3 | zaak | partner verbeteractiviteit soort_inzet wijze \
met_actieoverleg
kosten_per_zaak | ratio 10000/1 | euro | miu | 3 | zaak | partner verbeteractiviteit soort_inzet met_actieoverleg
aandeel_extra_inzet | ratio 100/100 zonder | aandeel | u | 0 | - | partner verbeteractiviteit
kosten_totaal | sum 10000/1 zonder | euro | u | 0 | - | partner verbeteractiviteit soort_inzet
"""
NORMS = {"veiligheidsbeoordeling_binnen_5_werkdagen": 0.9, "dienst_binnen_10_weken": 0.8}
NEUTRAL = {"bekend_bij_vt", "inzet_uren_per_zaak", "kosten_per_zaak", "aandeel_extra_inzet", "kosten_totaal"}
REPETITION = {"herhaling_18_maanden", "ernstige_herhaling_18_maanden"}
LOWER = {"tijd_tot_eerste_afstemming", *REPETITION}
SOCIAL_RESULTS = {*REPETITION, "acute_onveiligheid_gestopt_90_dagen", "in_beeld_voor_acuut"}
JARGON = (
    "aalen", "censu", "censor", "coëfficiënt", "confidence", "correlatie", "covariantie", "estimator", "formule",
    "gewogen", "greenwood", "hazard", "interval", "kaplan", "kwantiel", "lineair", "logaritm", "meier", "noemer",
    "operationalis", "populatie", "ratio", "significan", "standaard", "statisti", "survival", "teller", "variantie",
    "wilson",
)  # fmt: skip
FORMULA = re.compile(r"[_=<>≤≥×*/{}\[\]]|\d-\d")


def specified() -> dict[str, list[str]]:
    rows = ([cell.strip() for cell in line.split("|")] for line in SPECIFICATION.strip().splitlines())
    return {row[0]: row[1:] for row in rows}


def written(definition: Definition) -> list[str]:
    """The definition in the form of a row of SPECIFICATION."""
    form = [definition.kind]
    if definition.horizon_days is not None:
        form.append(str(definition.horizon_days))
    if definition.kind in ("ratio", "sum"):
        form.append(f"{definition.y_scale}/{definition.x_scale}")
    if definition.complement:
        form.append("1-S")
    if not definition.interval:
        form.append("zonder")
    letters = "".join(next((k for k, name in LETTERS.items() if name == feed), "u") for feed in definition.feeds)
    return [
        " ".join(form),
        definition.unit,
        re.sub("u+", "u", letters),
        str(definition.follow_up_months),
        "zaak" if definition.per_zaak else "-",
        " ".join(d.name for d in definition.dimensions),
    ]


# What partners can deliver or section 4 names, in the order of display; every code that splits y has a row (section 4).
CODES = {
    "aard_geweld": "kindermishandeling ex_partnergeweld ouderenmishandeling geweld_tegen_ouders huiselijk_geweld_overig"
    " andere_problematiek onbekend",
    "melder": "politie overig",
    "onveiligheid": "acuut structureel acuut_en_structureel geen onbekend",
    "besluit": "onderzoek voorwaarden_en_vervolg",
    "dagdeel": "kantooruren avond nacht weekend_of_feestdag",
    "partner": "veilig_thuis politie openbaar_ministerie raad_voor_de_kinderbescherming reclassering",
    "verbeteractiviteit": "samen_op_in_acuut actieoverleg hg_vt_zsm strafbare_km regulier",
    "soort_inzet": "regulier extra",
    "wijze": "fysiek video telefoon",
    "wijze_overleg": "fysiek video telefoon onbekend",
    "met_actieoverleg": "ja nee",
    "praktijklocatie": "ja nee",
    "soort": "vervolgmelding hermelding",
    "minimum": "2 3",
    "status": "geen afweging gepland actief",
    "kwantiel": "mediaan p90",
}


def sentences(text: str) -> list[str]:
    return re.findall(r"[^.?!]+[.?!](?=\s|$)", text)


@pytest.mark.parametrize("indicator", sorted(specified()))
def test_a_definition_says_what_the_specification_says(indicator: str) -> None:
    assert written(definitions()[indicator]) == specified()[indicator]


def test_there_are_no_others() -> None:
    assert sorted(specified()) == IDS


def test_every_definition_has_its_sql_and_the_reverse() -> None:
    found = sorted((model.FOLDER / "sql").glob("*.sql"))
    assert found == [definitions()[indicator].sql_path for indicator in IDS]


def test_norms_and_polarity() -> None:
    found = definitions().values()
    assert {d.id: d.norm.value for d in found if d.norm} == NORMS
    assert {d.id for d in found if d.polarity == "neutral"} == NEUTRAL
    assert {d.id for d in found if d.polarity == "lower_is_better"} == LOWER


@pytest.mark.parametrize("indicator", IDS)
def test_a_reader_without_statistics_can_read_it(indicator: str) -> None:
    definition = definitions()[indicator]
    assert 1 <= len(definition.title) <= 70
    assert len(sentences(definition.question)) == 1 and definition.question.endswith("?")
    assert 3 <= len(sentences(definition.explanation)) <= 8
    for text in (definition.title, definition.question, definition.explanation):
        assert [word for word in JARGON if word in text.lower()] == []
        assert FORMULA.findall(text) == []
    # B1: no sentence that has to be read twice.
    assert [s for s in sentences(definition.explanation) if len(s.split()) > 36] == []
    # How the interval reads, or why there is none.
    assert "marge" in definition.explanation
    assert ("Er is geen marge" in definition.explanation) == (not definition.interval)


@pytest.mark.parametrize("indicator", IDS)
def test_caveats_and_changelog(indicator: str) -> None:
    definition = definitions()[indicator]
    assert "eigen uitwerking van dit project" in definition.caveats[0]
    assert all(text[0].isupper() and text.endswith(".") for text in definition.caveats)
    attributed = any("slechts deels te herleiden" in text for text in definition.caveats)
    assert attributed == (indicator in SOCIAL_RESULTS)
    compared = any(d.name == "met_actieoverleg" for d in definition.dimensions)
    assert not compared or any("is een beschrijving" in text for text in definition.caveats)
    dates = [change.date for change in definition.changelog]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("indicator", IDS)
def test_an_example_fits_in_a_json_file(indicator: str) -> None:
    assert json.loads(json.dumps(definitions()[indicator].example)) == definitions()[indicator].example


def test_dimensions_have_the_codes_of_the_specification() -> None:
    found = dimensions()
    assert {key: " ".join(d.categories) for key, d in found.items()} == CODES
    assert {key: d.feeds for key, d in found.items() if d.feeds} == {"met_actieoverleg": (LETTERS["a"],)}
    assert {key for key, d in found.items() if d.competing} == {"soort"}


def test_inzet_stands_for_five_feeds() -> None:
    assert definitions()["kosten_totaal"].feeds == tuple(f"{partner}/inzet" for partner in PARTNERS)


def test_a_definition_knows_its_dimensions() -> None:
    herhaling = definitions()["herhaling_18_maanden"]
    assert herhaling.dimension("soort").competing
    assert herhaling.dimension("soort").categories == ("vervolgmelding", "hermelding")
    assert herhaling.dimension("met_actieoverleg").feeds == ("veilig_thuis/actieoverleggen",)
    with pytest.raises(KeyError):
        herhaling.dimension("partner")


def test_a_way_of_meeting_can_be_unknown_and_a_way_of_working_can_not() -> None:
    assert "onbekend" in definitions()["kernpartners_compleet"].dimension("wijze").categories
    assert "onbekend" not in definitions()["inzet_uren_per_zaak"].dimension("wijze").categories


def test_kinds_of_event_are_those_of_one_dimension() -> None:
    assert [name for name, dimension in dimensions().items() if dimension.competing] == ["soort"]
    assert not Dimension("melder", "Melder", {}).competing


def test_what_a_definition_leaves_out() -> None:
    given = dict.fromkeys(model.REQUIRED, "")
    plain = Definition(**given)
    assert (plain.complement, plain.interval, plain.x_scale, plain.y_scale, plain.horizon_days) == (
        False, True, 1, 1, None,
    )  # fmt: skip


def test_x_counts_units_where_the_value_is_an_amount_per_zaak() -> None:
    assert {d.id for d in definitions().values() if d.x_is_one} == {"inzet_uren_per_zaak", "kosten_per_zaak"}


def spoiled(folder: Path, change: dict[str, Any], drop: str | None = None, name: str = SOURCE.name) -> Path:
    data = yaml.safe_load(SOURCE.read_text(encoding="utf-8")) | change
    data.pop(drop, None)
    path = folder / name
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kleur": "rood"}, "unknown: kleur"),
        ({"kind": "average"}, "kind is 'average', must be one of proportion, ratio"),
        ({"unit": "procent"}, "unit is 'procent', must be one of aandeel"),
        ({"polarity": "good"}, "polarity is 'good', must be one of higher_is_better"),
        ({"dimensions": ["soort", "kleur"]}, "dimensions is 'kleur', must be one of aard_geweld"),
        ({"feeds": ["veilig_thuis/adviezen"]}, "feeds is 'veilig_thuis/adviezen', must be one of inzet"),
        ({"feeds": ["landelijk_netwerk/tarieven"]}, "feeds is 'landelijk_netwerk/tarieven', must be one of"),
        ({"norm": {"value": 0.9}}, "missing in norm: source"),
        ({"norm": {"value": 0.9, "source": "x", "year": 2019}}, "unknown in norm: year"),
        ({"changelog": [{"version": "1.0", "date": "2026-11-25"}]}, "missing in changelog: change"),
        ({"version": "2.0"}, "changelog must begin with version 2.0"),
        ({"norm": {"value": 1, "source": "x"}}, "norm.value must be of type float, not int"),
        ({"caveats": [1]}, "caveats must be of type str, not int"),
        ({"per_zaak": 1}, "per_zaak must be of type bool, not int"),
        ({"dimensions": ["soort", "soort"]}, "dimensions names one twice"),
        ({"changelog": []}, "changelog is empty"),
        ({"theme": "overig"}, "theme is 'overig', must be one of vroegtijdigheid"),
        ({"id": "herhaling"}, "id is 'herhaling', but the file's name says 'herhaling_18_maanden'"),
    ],
)
def test_a_bad_definition_is_refused(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=re.escape(f"{SOURCE.name}: {message}")):
        load(spoiled(tmp_path, change), dimensions())


@pytest.mark.parametrize("key", sorted(model.REQUIRED))
def test_an_incomplete_definition_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=f"{SOURCE.name}: missing: {key}$"):
        load(spoiled(tmp_path, {}, drop=key), dimensions())


def test_survival_needs_a_horizon(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=f"{SOURCE.name}: horizon_days belongs to kind survival and quantiles"):
        load(spoiled(tmp_path, {}, drop="horizon_days"), dimensions())


def test_a_definition_is_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "lijst.yaml"
    path.write_text("- id\n- titel\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"lijst.yaml: the file must be a mapping"):
        load(path, dimensions())


def test_the_unspoiled_file_loads(tmp_path: Path) -> None:
    assert load(spoiled(tmp_path, {}), dimensions()) == definitions()["herhaling_18_maanden"]


def test_a_bad_dimension_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "FOLDER", tmp_path)
    path = tmp_path / "dimensions.yaml"
    path.write_text("kleur: {title: Kleur, categories: {rood: Rood}, volgorde: 1}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"dimensions.yaml: unknown in kleur: volgorde"):
        dimensions.__wrapped__()
    path.write_text("kleur: {title: Kleur}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"dimensions.yaml: missing in kleur: categories"):
        dimensions.__wrapped__()
