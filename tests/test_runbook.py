"""What operators are told exists: commands, variables, files; and every package has a licence in the list."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from email.message import Message
from pathlib import Path
from types import ModuleType

import pytest

from dashboards import dagster_api, roles, serve
from pipelines import cli, engine, keys

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RUNBOOK = (DOCS / "runbook.md").read_text(encoding="utf-8")
SERVICES = sorted((DOCS / "runbook").glob("*.service"))
VARIABLES = {
    *(serve.HOME_VARIABLE, serve.LOGIN_VARIABLE, roles.VARIABLE, keys.VARIABLE, dagster_api.ADDRESS_VARIABLE),
    *("VEILIGHEID_LEDGER_URL", "VEILIGHEID_DEBUG", engine.VARIABLE, engine.MASTER_VARIABLE),
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
    found = sbom.packages((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert len(found) > 100 and all(p.licence and p.digests for p in found)
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


@pytest.mark.parametrize("text", ["", "Copyright (c) iemand\nAlles mag.", "x" * 100])
def test_a_package_without_a_licence_is_refused(sbom: ModuleType, text: str) -> None:
    said = Message()
    said["License"] = text
    with pytest.raises(sbom.NoLicence, match="naamloos"):
        sbom.licence("naamloos", said)
