"""The sixteen contracts against the standard and against section 2 of the specification."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from data_contracts.loader import FOLDER, SUFFIX, contracts
from data_contracts.model import Column
from indicators import geography

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

from merger import merged

NAMES = list(contracts())
PARTNERS = ["openbaar_ministerie", "politie", "raad_voor_de_kinderbescherming", "reclassering", "veilig_thuis"]

# Section 2: kind of each column; `?` = may be missing.
INZET = (
    "inzet_id id, gezin gezin, vt_regio vt_regio, verbeteractiviteit enum, soort_inzet enum, functie id, wijze enum,"
    " begonnen_op timestamp, geeindigd_op timestamp?, uren decimal"
)
COLUMNS = {
    "veilig_thuis/meldingen": "melding_id id, gezin gezin, vt_regio vt_regio, ontvangen_op timestamp, melder enum,"
    " politie_registratie_id id?, aard_geweld enum, onveiligheid enum, veiligheidsbeoordeling_op timestamp?,"
    " besluit enum?, dienst_afgerond_op date?, overdracht_op date?, terugkoppeling_op date?,"
    " betrokkenheid_beeindigd_op date?",
    "veilig_thuis/actieoverleggen": "overleg_id id, gezin gezin, vt_regio vt_regio, aangemeld_op timestamp,"
    " gehouden_op timestamp?, wijze enum?, aanwezig_veilig_thuis boolean, aanwezig_politie boolean,"
    " aanwezig_openbaar_ministerie boolean, aanwezig_reclassering boolean,"
    " aanwezig_raad_voor_de_kinderbescherming boolean, casusregie enum?",
    "politie/incidenten": "registratie_id id, gezin gezin, vt_regio vt_regio, gemeld_op timestamp, soort enum,"
    " hg_label boolean, ernst enum, acuut boolean, vt_betrokken_op timestamp?, sash_niveau enum?,"
    " aanhouding_op timestamp?, aangifte boolean, zorgmelding_op timestamp?",
    "openbaar_ministerie/zsm_zaken": "zaak_id id, gezin gezin, vt_regio vt_regio, registratie_id id?,"
    " instroom_op timestamp, hg_label_instroom boolean, hg_vastgesteld boolean, vt_geraadpleegd_op timestamp?,"
    " beslissing_op timestamp?, beslissing enum?, gedragsaanwijzing boolean",
    "raad_voor_de_kinderbescherming/onderzoeken": "onderzoek_id id, gezin gezin, vt_regio vt_regio,"
    " verzoek_op timestamp, spoed boolean, gestart_op date?, afgerond_op date?, besluit enum?",
    "reclassering/trajecten": "traject_id id, gezin gezin, vt_regio vt_regio, soort enum, aangemeld_op timestamp,"
    " gestart_op date?, beeindigd_op date?",
    "landelijk_netwerk/regio_status": "status_id id, regio regio, verbeteractiviteit enum, peildatum date,"
    " status enum, toelichting text?",
    "landelijk_netwerk/tarieven": "tarief_id id, partner enum, functie id, geldig_vanaf date, uurtarief decimal",
    "landelijk_netwerk/praktijklocaties": "locatie_id id, vt_regio vt_regio, vanaf date, tot date?",
    "landelijk_netwerk/opleidingen": "opleiding_id id, naam text, regio regio, datum date, uitvoeringen integer,"
    " deelnemers integer, status enum",
    "landelijk_netwerk/resultaten": "resultaat_id id, verbeteractiviteit enum, titel text, status enum,"
    " opgeleverd_op date?, vindplaats text?",
    **{f"{partner}/inzet": INZET for partner in PARTNERS},
}
VIER = "samen_op_in_acuut actieoverleg hg_vt_zsm strafbare_km"
CODES = {
    ("veilig_thuis/meldingen", "melder"): "politie justitie_overig gezondheidszorg ggz onderwijs kinderopvang"
    " jeugdhulp maatschappelijk_werk beroepsmatig_overig burger onbekend",
    ("veilig_thuis/meldingen", "aard_geweld"): "kindermishandeling ex_partnergeweld ouderenmishandeling"
    " geweld_tegen_ouders huiselijk_geweld_overig andere_problematiek onbekend",
    ("veilig_thuis/meldingen", "onveiligheid"): "acuut structureel acuut_en_structureel geen onbekend",
    ("veilig_thuis/meldingen", "besluit"): "overdracht voorwaarden_en_vervolg onderzoek verzoek_rvdk einde_bemoeienis",
    ("veilig_thuis/actieoverleggen", "wijze"): "fysiek video telefoon",
    ("veilig_thuis/actieoverleggen", "casusregie"): "veilig_thuis zorg_en_veiligheidshuis lokaal_team"
    " gecertificeerde_instelling anders",
    ("politie/incidenten", "soort"): "mishandeling bedreiging belaging vernieling zeden overig",
    ("politie/incidenten", "ernst"): "licht ernstig",
    ("politie/incidenten", "sash_niveau"): "laag midden hoog",
    ("openbaar_ministerie/zsm_zaken", "beslissing"): "dagvaarding strafbeschikking voorwaardelijk_sepot sepot"
    " voorgeleiding aangehouden",
    ("raad_voor_de_kinderbescherming/onderzoeken", "besluit"): "geen_maatregel ots vots ots_met_uithuisplaatsing"
    " gezagsbeeindiging",
    ("reclassering/trajecten", "soort"): "advies toezicht spreekuur_hg",
    ("landelijk_netwerk/regio_status", "verbeteractiviteit"): VIER,
    ("landelijk_netwerk/regio_status", "status"): "geen afweging gepland actief",
    ("landelijk_netwerk/tarieven", "partner"): "veilig_thuis politie openbaar_ministerie"
    " raad_voor_de_kinderbescherming reclassering",
    ("landelijk_netwerk/opleidingen", "status"): "gepland gegeven",
    ("landelijk_netwerk/resultaten", "verbeteractiviteit"): f"{VIER} visie interventiepalet"
    " informatie_uitwisseling indicatoren netwerken betrokkenen",
    ("landelijk_netwerk/resultaten", "status"): "gepland in_ontwikkeling opgeleverd",
    **{(f"{partner}/inzet", "verbeteractiviteit"): f"{VIER} regulier" for partner in PARTNERS},
    **{(f"{partner}/inzet", "soort_inzet"): "regulier extra" for partner in PARTNERS},
    **{(f"{partner}/inzet", "wijze"): "fysiek video telefoon" for partner in PARTNERS},
}
ORDER = {
    ("veilig_thuis/meldingen", "veiligheidsbeoordeling_op", "ontvangen_op"),
    ("veilig_thuis/meldingen", "overdracht_op", "ontvangen_op"),
    ("veilig_thuis/meldingen", "terugkoppeling_op", "ontvangen_op"),
    ("veilig_thuis/meldingen", "betrokkenheid_beeindigd_op", "ontvangen_op"),
    ("veilig_thuis/meldingen", "dienst_afgerond_op", "veiligheidsbeoordeling_op"),
    ("veilig_thuis/actieoverleggen", "gehouden_op", "aangemeld_op"),
    ("openbaar_ministerie/zsm_zaken", "beslissing_op", "instroom_op"),
    ("raad_voor_de_kinderbescherming/onderzoeken", "gestart_op", "verzoek_op"),
    ("raad_voor_de_kinderbescherming/onderzoeken", "afgerond_op", "gestart_op"),
    ("reclassering/trajecten", "gestart_op", "aangemeld_op"),
    ("reclassering/trajecten", "beeindigd_op", "gestart_op"),
    ("landelijk_netwerk/praktijklocaties", "tot", "vanaf"),
    *((f"{partner}/inzet", "geeindigd_op", "begonnen_op") for partner in PARTNERS),
}
PLANS = {
    ("landelijk_netwerk/opleidingen", "datum", ("status", "gepland")),
    ("landelijk_netwerk/regio_status", "peildatum", ("status", "gepland")),
    ("landelijk_netwerk/tarieven", "geldig_vanaf", None),
    ("landelijk_netwerk/praktijklocaties", "vanaf", None),
    ("landelijk_netwerk/praktijklocaties", "tot", None),
}
# New in v3.2.0 of the standard, so not in a v3.1.0 document.
NEWER_KEYS = {"enum", "context", "synonyms", "semanticType", "map", "vendor"}


def document(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8"))


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "property" and item != value.get("value"):
                yield key
            yield from keys_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def columns() -> Iterator[tuple[str, Column]]:
    for name, contract in contracts().items():
        for column in contract.columns:
            yield name, column


def test_the_feeds_are_those_of_the_specification() -> None:
    assert set(NAMES) == set(COLUMNS)


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid_under_the_standard(validator: Any, name: str) -> None:
    data = document(name)
    assert [error.message for error in validator.iter_errors(data)] == []
    assert data["apiVersion"] == "v3.1.0"
    assert NEWER_KEYS.isdisjoint(keys_of(data))
    # Nothing is lost on the way through the standard's own model: there are no extra fields.
    assert OpenDataContractStandard.model_validate(data).model_dump(by_alias=True, exclude_none=True) == data


@pytest.mark.parametrize("name", NAMES)
def test_columns(name: str) -> None:
    found = [f"{c.name} {c.kind}{'' if c.required else '?'}" for c in contracts()[name].columns]
    assert found == [*COLUMNS[name].split(", "), "vervallen boolean"]


def test_codes() -> None:
    found = {(name, column.name): " ".join(column.values) for name, column in columns() if column.kind == "enum"}
    assert found == CODES


# The one column that also takes the country.
WITH_COUNTRY = ("landelijk_netwerk/opleidingen", "regio")


def codes_that_differ() -> list[str]:
    """Columns whose codes and names are not exactly those of the list of regions, also of regions not in force."""
    levels = {row.code: row.niveau for row in geography.listed()}
    of_kind = {"vt_regio": {"vt_regio"}, "arrondissement": {"arrondissement"}, "regio": {"vt_regio", "arrondissement"}}
    out = []
    for name, column in columns():
        if wanted := of_kind.get(column.kind):
            wanted = wanted | ({"land"} if (name, column.name) == WITH_COUNTRY else set())
            known = {code: naam for code, naam in geography.names().items() if levels[code] in wanted}
            out += [] if column.labels == known else [f"{name}: {column.name}"]
    return out


def test_region_codes_are_those_of_the_list_of_regions() -> None:
    assert codes_that_differ() == []
    districts = [row.code for row in geography.listed() if row.niveau == "arrondissement"]
    (belongs,) = [r for r in contracts()["landelijk_netwerk/regio_status"].rules if r.kind == "hoort_bij"]
    assert belongs.params == {"codes": list(dict.fromkeys(districts)), "bij": ["hg_vt_zsm"]}


def test_a_merged_region_must_be_added_to_every_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = merged(tmp_path, date(2020, 7, 1))
    monkeypatch.setattr(geography, "listed", lambda: rows)
    every = [f"{name}: {c.name}" for name, c in columns() if c.kind in ("vt_regio", "arrondissement", "regio")]
    assert codes_that_differ() == every and len(every) == 14


def test_ids_pseudonyms_and_limits_on_values() -> None:
    for name, column in columns():
        assert column.pattern == {"id": "^[A-Za-z0-9_-]{1,64}$", "gezin": "^[a-z2-7]{26}$"}.get(column.kind), name
        assert str(column.minimum) == ("2000-01-01" if column.kind in {"timestamp", "date"} else "None"), name
        assert column.positive == (column.name in {"uren", "uurtarief"}), name
    longest = {(name, c.name): c.max_length for name, c in columns() if c.kind == "text" and c.max_length}
    assert longest == {("landelijk_netwerk/regio_status", "toelichting"): 500}


def test_order_rules_are_exactly_those_of_the_specification() -> None:
    found = {(name, *rule.columns) for name, c in contracts().items() for rule in c.rules if rule.kind == "volgorde"}
    assert found == ORDER


def test_dates_of_plans() -> None:
    assert {(name, column.name, column.plan_when) for name, column in columns() if column.plan} == PLANS


def test_other_keys() -> None:
    assert {name: c.alternate_keys for name, c in contracts().items() if c.alternate_keys} == {
        "landelijk_netwerk/regio_status": (("regio", "verbeteractiviteit", "peildatum"),),
        "landelijk_netwerk/tarieven": (("partner", "functie", "geldig_vanaf"),),
    }
    assert {name for name, contract in contracts().items() if not contract.has_persons} == {
        name for name in NAMES if name.startswith("landelijk_netwerk/")
    }


def test_thresholds_are_those_of_the_specification() -> None:
    for name, contract in contracts().items():
        params = {rule.kind: dict(rule.params) for rule in contract.rules if rule.params and rule.kind != "hoort_bij"}
        expected = {
            "identificerende_kolom": {"aandeel": 0.4, "minimum": 5, "kans": 1e-6},
            "te_veel_quarantaine": {"aandeel": 0.2},
            "volume": {"afwijkingen": 3, "maanden": 12, "minimum": 6},
        }
        if name.endswith("/inzet"):
            expected["uren_interval"] = {"maximum_open": 744}
        assert params == expected, name


def test_the_five_inzet_contracts_are_equal_but_for_the_partner() -> None:
    without_partner = []
    for partner in PARTNERS:
        data = document(f"{partner}/inzet")
        data["id"] = data["id"].replace(f":{partner}:", ":")
        data["servers"][0]["path"] = data["servers"][0]["path"].replace(f"/{partner}/", "/")
        usage = data["description"]["usage"]
        data["description"]["usage"] = usage.replace(f"{partner}/", "").replace(f"--partner {partner} ", "")
        data["customProperties"].remove({"property": "partner", "value": partner})
        team = data.pop("team")
        assert team["members"][0]["username"] == f"gegevensbeheer@{partner.replace('_', '-')}.example"
        without_partner.append(data)
    assert without_partner == [without_partner[0]] * 5


@pytest.mark.parametrize("name", NAMES)
def test_whom_to_call_is_a_role_at_a_reserved_domain(name: str) -> None:
    text = (FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8")
    addresses = re.findall(r"[\w.-]+@[\w.-]+", text)
    assert addresses and all(address.endswith(".example") for address in addresses)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_says_what_is_wrong_and_what_to_do(name: str) -> None:
    for rule in contracts()[name].rules:
        assert rule.message.endswith(".") and rule.remedy.endswith((".", "?")), rule.code
