"""What operators are told exists: commands, variables, files; and every package has a licence in the list."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from email.message import Message
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

from dashboards import dagster_api, roles, serve
from pipelines import cli, engine, keys
from pipelines.dagster_shell import instance

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RUNBOOK = (DOCS / "runbook.md").read_text(encoding="utf-8")
SERVICES = sorted((DOCS / "runbook").glob("*.service"))
VARIABLES = {
    *(serve.HOME_VARIABLE, serve.LOGIN_VARIABLE, roles.VARIABLE, keys.VARIABLE, dagster_api.ADDRESS_VARIABLE),
    *("VEILIGHEID_LEDGER_URL", "VEILIGHEID_DEBUG", engine.VARIABLE, engine.MASTER_VARIABLE, instance.STORAGE_VARIABLE),
}

# What the schema of CycloneDX 1.6 asks of the parts that we write; the whole of it is not ours to copy.
LICENCE = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    "oneOf": [{"required": ["id"]}, {"required": ["name"]}],
    "additionalProperties": False,
}
COMPONENT = {
    "type": "object",
    "required": ["type", "name"],
    "properties": {
        "type": {"enum": ["application", "framework", "library", "container", "platform", "file"]},
        "bom-ref": {"type": "string", "minLength": 1},
        "name": {"type": "string"},
        "version": {"type": "string", "maxLength": 1024},
        "purl": {"type": "string", "pattern": "^pkg:[a-z]+/[^ ]+@[^ ]+$"},
        "hashes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["alg", "content"],
                "properties": {"alg": {"const": "SHA-256"}, "content": {"pattern": "^[a-fA-F0-9]{64}$"}},
                "additionalProperties": False,
            },
        },
        "licenses": {
            "type": "array",
            "oneOf": [
                {
                    "items": {
                        "required": ["license"],
                        "properties": {"license": LICENCE},
                        "additionalProperties": False,
                    }
                },
                {
                    "items": {
                        "required": ["expression"],
                        "properties": {"expression": {"type": "string"}},
                        "additionalProperties": False,
                    },
                    "minItems": 1,
                    "maxItems": 1,
                },
            ],
        },
    },
    "additionalProperties": False,
}
CYCLONEDX = {
    "type": "object",
    "required": ["bomFormat", "specVersion"],
    "properties": {
        "bomFormat": {"const": "CycloneDX"},
        "specVersion": {"enum": ["1.5", "1.6"]},
        "serialNumber": {"pattern": "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},
        "version": {"type": "integer", "minimum": 1},
        "metadata": {
            "type": "object",
            "properties": {"component": COMPONENT},
            "additionalProperties": False,
        },
        "components": {"type": "array", "items": COMPONENT, "uniqueItems": True},
    },
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    found = importlib.util.spec_from_file_location("sbom", DOCS / "runbook" / "sbom.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules["sbom"] = module
    found.loader.exec_module(module)
    return module


def test_commands_exist() -> None:
    known = {c.name or (c.callback.__name__ if c.callback else "") for c in cli.app.registered_commands}
    told = set(re.findall(r"(?:`|\*\*|^ +|--> \S+ +)(?:vv|veiligheid) ([a-z][a-z-]+)", RUNBOOK, re.MULTILINE))
    assert {"erase", "rotate-key", "verify", "run"} <= told <= known
    for path in SERVICES:
        assert set(re.findall(r"bin/veiligheid ([a-z-]+)", path.read_text(encoding="utf-8"))) <= known


def test_variables_exist() -> None:
    texts = [RUNBOOK, *(p.read_text(encoding="utf-8") for p in (DOCS / "runbook").iterdir() if p.is_file())]
    assert {name for text in texts for name in re.findall(r"VEILIGHEID_[A-Z_]+", text)} <= VARIABLES


def test_files_that_are_named_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", RUNBOOK):
        assert (DOCS / target).exists(), target


def test_services_are_shut_off() -> None:
    assert len(SERVICES) == 4
    for path in SERVICES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert {
            *("User=veiligheid", "UMask=0077", "ProtectSystem=strict", "PrivateTmp=true", "NoNewPrivileges=true"),
            *("ReadWritePaths=/srv/veiligheid/home", "LimitCORE=0"),
        } <= set(lines), path.name
        (command,) = (line for line in lines if line.startswith("ExecStart="))
        assert ("dagster-webserver" not in command) or ("--host 127.0.0.1" in command), path.name
        assert ("--read-only" in command) == ("viewer" in path.name)


def test_the_licence_list_is_that_of_what_is_pinned(sbom: ModuleType) -> None:
    found = sbom.every_pinned()
    assert len(found) > 100 and all(p.licence and p.digests for p in found)
    assert {"pyspark", "py4j", "dagster"} <= {p.name for p in found}
    assert sbom.as_list(found) == (DOCS / "licences.md").read_text(encoding="utf-8"), "run: make sbom"


def test_the_bill_names_every_package_with_its_digests(sbom: ModuleType) -> None:
    requirements = (
        f"een==1.0 \\\n    --hash=sha256:{'a' * 64}\n    # via twee\ntwee[x]==2.0 \\\n    --hash=sha256:{'b' * 64}\n"
    )
    pins = sbom.pinned(requirements)
    assert pins == [("een", "1.0", ["a" * 64]), ("twee", "2.0", ["b" * 64])]
    made = sbom.sbom([sbom.Package(*pin, "MIT", True) for pin in pins], "0.1")
    assert made == json.loads(json.dumps(made))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["components"][1] == {
        "type": "library",
        "name": "twee",
        "version": "2.0",
        "purl": "pkg:pypi/twee@2.0",
        "bom-ref": "pkg:pypi/twee@2.0",
        "licenses": [{"expression": "MIT"}],
        "hashes": [{"alg": "SHA-256", "content": "b" * 64}],
    }


def test_the_bill_is_what_cyclonedx_asks_for(sbom: ModuleType, tmp_path: Path) -> None:
    sbom.main(tmp_path / "var" / "sbom.json", tmp_path / "licences.md")
    made = json.loads((tmp_path / "var" / "sbom.json").read_text(encoding="utf-8"))
    jsonschema.validate(made, CYCLONEDX)
    references = [made["metadata"]["component"]["bom-ref"], *(c["bom-ref"] for c in made["components"])]
    assert len(references) == len({*references}) > 100
    assert {"pkg:pypi/pyspark@4.3.0", "pkg:pypi/py4j@0.10.9.9"} <= {*references}


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("bomFormat",), "SPDX"),
        (("specVersion",), "2.0"),
        (("serialNumber",), "urn:uuid:1"),
        (("version",), 0),
        (("components", 0, "type"), "package"),
        (("components", 0, "name"), None),
        (("components", 0, "purl"), "een@1.0"),
        (("components", 0, "bom-ref"), ""),
        (("components", 0, "hashes", 0, "alg"), "SHA256"),
        (("components", 0, "hashes", 0, "content"), "a" * 63),
        (("components", 0, "licenses"), [{"expression": "MIT"}, {"expression": "MIT"}]),
        (("components", 0, "licenses"), [{"license": {}}]),
        (("components", 0, "licence"), "MIT"),
    ],
)
def test_a_bill_that_is_not_is_noticed(sbom: ModuleType, place: tuple[str | int, ...], wrong: object) -> None:
    made = json.loads(json.dumps(sbom.sbom([sbom.Package("een", "1.0", ["a" * 64], "MIT", True)], "0.1")))
    jsonschema.validate(made, CYCLONEDX)
    inside = made
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, CYCLONEDX)


def test_a_package_of_spark_of_another_version_is_refused(sbom: ModuleType) -> None:
    with pytest.raises(sbom.NoLicence, match="py4j 1"):
        sbom.packages([f"py4j==1 \\\n    --hash=sha256:{'a' * 64}\n"])


@pytest.mark.parametrize("text", ["", "Copyright (c) iemand\nAlles mag.", "x" * 100])
def test_a_package_without_a_licence_is_refused(sbom: ModuleType, text: str) -> None:
    said = Message()
    said["License"] = text
    with pytest.raises(sbom.NoLicence, match="naamloos"):
        sbom.licence("naamloos", said)
