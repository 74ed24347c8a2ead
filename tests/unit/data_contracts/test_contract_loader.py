"""The loader refuses what it does not know, and says where it stands."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_contracts import loader, rules
from data_contracts.model import ContractError

SOURCE = loader.FOLDER / "landelijk_netwerk" / "regio_status.odcs.yaml"
Document = dict[str, Any]


def write(folder: Path, document: Document | str) -> Path:
    path = folder / "landelijk_netwerk" / "regio_status.odcs.yaml"
    path.parent.mkdir()
    text = document if isinstance(document, str) else yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def column(document: Document, name: str) -> Document:
    return next(item for item in document["schema"][0]["properties"] if item["name"] == name)


def rule(document: Document, code: str) -> Document:
    return next(item for item in document["schema"][0]["quality"] if item["id"] == code)


def custom(place: Document, name: str) -> Document:
    return next(item for item in place["customProperties"] if item["property"] == name)


def test_an_unchanged_copy_loads(tmp_path: Path) -> None:
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    copy = loader.load(write(tmp_path, document))
    original = loader.load(SOURCE)
    assert dataclasses.replace(copy, digest="") == dataclasses.replace(original, digest="")
    assert original.digest == hashlib.sha256(SOURCE.read_bytes()).hexdigest()


WRONG: list[tuple[Callable[[Document], Any], str]] = [
    (lambda d: d.update(apiVersion="v3.2.0"), "document: 'apiVersion' must be 'v3.1.0'"),
    (lambda d: d.update(kleur="rood"), "document: unknown key 'kleur'"),
    (lambda d: d.update(version="1"), "version '1' must look like"),
    (lambda d: d.pop("team"), "document: missing key 'team'"),
    (lambda d: d["description"].update(doel="x"), "description: unknown key 'doel'"),
    (lambda d: d["description"].update(purpose=" "), "description: 'purpose' is empty"),
    (lambda d: d["support"][0].update(url="https://voorbeeld.example"), "must begin with a mail address"),
    (lambda d: d["slaProperties"][1].update(value="tien"), r"slaProperties\[1\]: 'value' must be int, not 'tien'"),
    (lambda d: d["slaProperties"][1].update(unit="dag"), r"slaProperties\[1\]: unknown property 'latency' in 'dag'"),
    (lambda d: d["slaProperties"].pop(), "must hold frequency 1, latency, and retention"),
    (lambda d: d["slaProperties"].pop(1), "must hold frequency 1, latency, and retention"),
    (lambda d: d["slaProperties"][2].update(value=0), "must hold frequency 1, latency, and retention"),
    (lambda d: d["slaProperties"][2].update(element="lake"), "must hold frequency 1, latency, and retention"),
    (lambda d: d["slaProperties"][2].update(element="quarantaine"), "property 'quarantaine' occurs twice"),
    (lambda d: d["slaProperties"][2].update(unit="dag"), r"unknown property 'retention' in 'dag'"),
    (lambda d: custom(d, "feed").update(value="anders"), "property 'feed' is 'anders'"),
    (lambda d: custom(d, "partner").update(value="politie"), "the contract says it is politie/regio_status"),
    (lambda d: custom(d, "max_rijen").update(value=0), "limits must be above 0"),
    (lambda d: custom(d, "max_rijen").update(value=True), "'max_rijen' has the wrong type"),
    (lambda d: custom(d, "max_rijen").update(property="max"), "unknown property 'max'"),
    (lambda d: d["customProperties"].append(custom(d, "feed")), "property 'feed' occurs twice"),
    (lambda d: d["customProperties"].pop(), "missing property 'max_rijen'"),
    (lambda d: d["schema"].append(d["schema"][0]), "must hold one object"),
    (lambda d: column(d, "regio").update(enum=["x"]), r"properties\[1\] \(regio\): unknown key 'enum'"),
    (lambda d: column(d, "regio").update(name="Regio"), "'Regio' is no name"),
    (lambda d: column(d, "regio").update(name="status"), "a column occurs twice"),
    (lambda d: column(d, "regio").update(required="ja"), r"\(regio\): 'required' must be bool, not 'ja'"),
    (lambda d: column(d, "regio").update(logicalType="text"), "unknown type 'text' for kind 'regio'"),
    (lambda d: column(d, "regio").update(examples=[]), "'examples' must hold one text"),
    (lambda d: column(d, "regio").update(logicalTypeOptions={"pattern": "^a$"}), "'regio' must not have a pattern"),
    (lambda d: custom(column(d, "regio"), "soort").update(value="plaats"), "unknown kind 'plaats'"),
    (lambda d: custom(column(d, "regio"), "waarden").update(value={}), "'waarden' is empty"),
    (lambda d: custom(column(d, "regio"), "waarden").update(value={"a": ""}), "must be a text with a meaning"),
    (lambda d: custom(column(d, "regio"), "waarden").update(value={"A b": "x"}), "'A b' is no name"),
    (lambda d: column(d, "regio")["customProperties"].pop(), "'regio' must have 'waarden'"),
    (lambda d: column(d, "toelichting")["customProperties"].append({"property": "waarden", "value": {"a": "b"}}),
     "'text' must not have 'waarden'"),
    (lambda d: column(d, "toelichting")["logicalTypeOptions"].update(langste=5), "unknown key 'langste'"),
    (lambda d: column(d, "toelichting").update(logicalTypeOptions=[]), "'logicalTypeOptions' must be dict"),
    (lambda d: column(d, "status_id").pop("logicalTypeOptions"), "'id' must have a pattern"),
    (lambda d: column(d, "status_id")["logicalTypeOptions"].update(pattern="abc"), "must start with"),
    (lambda d: column(d, "status_id")["logicalTypeOptions"].update(pattern="^.*$"), "visible ASCII characters"),
    (lambda d: column(d, "status_id")["logicalTypeOptions"].update(pattern="^[^ ]$"), "visible ASCII characters"),
    (lambda d: column(d, "status_id")["logicalTypeOptions"].update(pattern=r"^\S$"), "visible ASCII characters"),
    (lambda d: column(d, "status_id")["logicalTypeOptions"].update(pattern="^[a-\u200b]$"), "visible ASCII characters"),
    (lambda d: column(d, "status_id").pop("primaryKey"), "unknown key 'primaryKeyPosition'"),
    (lambda d: [column(d, "status_id").pop(key) for key in ("primaryKey", "primaryKeyPosition", "unique")],
     "there must be one required primaryKey"),
    (lambda d: column(d, "peildatum")["logicalTypeOptions"].update(minimum="gisteren"), "'minimum' must be a date"),
    (lambda d: column(d, "peildatum")["logicalTypeOptions"].pop("minimum"), "'minimum' must be a date"),
    (lambda d: custom(column(d, "peildatum"), "plandatum").update(value="soms"), "must be 'altijd' or one column"),
    (lambda d: custom(column(d, "peildatum"), "plandatum").update(value={"status": "ooit"}), "which does not exist"),
    (lambda d: column(d, "regio")["customProperties"].append({"property": "plandatum", "value": "altijd"}),
     "'plandatum' belongs to a date"),
    (lambda d: d["schema"][0]["properties"].pop(), "the last column must be 'vervallen'"),
    (lambda d: rule(d, "leeg").update(code="x"), r"\(leeg\): unknown key 'code'"),
    (lambda d: rule(d, "leeg").update(id="volume"), "rule code 'volume' occurs twice"),
    (lambda d: rule(d, "leeg").update(id="regio_waarde"), "rule code 'regio_waarde' occurs twice"),
    (lambda d: rule(d, "leeg").update(engine="soda"), "'engine' must be 'veiligheid', not 'soda'"),
    (lambda d: rule(d, "leeg").update(severity="rij"), "has level 'levering', not 'rij'"),
    (lambda d: rule(d, "leeg").pop("description"), "missing key 'description'"),
    (lambda d: rule(d, "leeg")["implementation"].update(soort="vol"), "unknown rule kind 'vol'"),
    (lambda d: rule(d, "leeg")["implementation"].pop("herstel"), "missing key 'herstel'"),
    (lambda d: rule(d, "leeg")["implementation"].update(sql="x"), r"implementation: unknown key 'sql'"),
    (lambda d: rule(d, "leeg")["implementation"].update(kolommen=["regio"]), "does not take columns"),
    (lambda d: rule(d, "leeg")["implementation"].update(parameters={"aandeel": 0.5}), "unknown parameter 'aandeel'"),
    (lambda d: rule(d, "volume")["implementation"]["parameters"].pop("maanden"), "missing parameter 'maanden'"),
    (lambda d: rule(d, "volume")["implementation"]["parameters"].update(maanden="12"), "has the wrong value: '12'"),
    (lambda d: rule(d, "regio_past_niet")["implementation"].update(kolommen=["regio", "soort"]), "column 'soort'"),
    (lambda d: rule(d, "regio_past_niet")["implementation"].update(kolommen=["regio"]), "does not take columns"),
    (lambda d: rule(d, "regio_past_niet")["implementation"].update(kolommen=["regio", "peildatum"]),
     "does not take column 'peildatum' of kind 'date'"),
    (lambda d: rule(d, "regio_past_niet")["implementation"]["parameters"].update(bij=["x"]), "does not have"),
    (lambda d: d["schema"][0]["quality"].remove(rule(d, "volume")), "a rule of kind 'volume' is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_it_refuses(tmp_path: Path, change: Callable[[Document], Any], message: str) -> None:
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    change(document)
    with pytest.raises(ContractError, match=rf"^landelijk_netwerk/regio_status.odcs.yaml: .*{message}"):
        loader.load(write(tmp_path, document))


def test_a_rule_kind_without_implementation_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {**rules.KINDS, "hoort_bij": dataclasses.replace(rules.KINDS["hoort_bij"], predicate=None)}
    monkeypatch.setattr(loader, "KINDS", kinds)
    with pytest.raises(ContractError, match="rule kind 'hoort_bij' has no implementation"):
        loader.load(SOURCE)


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [", "a: \x01", "- 1", ""])
def test_what_is_no_document(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=r"^landelijk_netwerk/regio_status.odcs.yaml: "):
        loader.load(write(tmp_path, text))


def test_a_duplicate_key_is_named(tmp_path: Path) -> None:
    text = SOURCE.read_text(encoding="utf-8").replace("status: active\n", "status: active\nstatus: draft\n")
    with pytest.raises(ContractError, match="key 'status' occurs twice"):
        loader.load(write(tmp_path, text))
