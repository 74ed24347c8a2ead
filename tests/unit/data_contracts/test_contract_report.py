"""What a partner reads about a delivery and about a contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from text_tables import MONTH, good_row, good_rows, judge

from data_contracts import report, rows, verdict
from data_contracts.describe import as_markdown
from data_contracts.loader import contracts
from data_contracts.model import DoorResult, Finding, History, Pending, Verdict

CONTRACT = contracts()["landelijk_netwerk/resultaten"]
SECRET = "06-12345678"


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Twelve records, of which two are wrong; one of those has an id that is a BSN."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    given = good_rows(CONTRACT, 10)
    given += [{**good_row(CONTRACT, 20), "titel": f"Bel {SECRET}"}]
    given += [{**good_row(CONTRACT, 21), "titel": f"Bel {SECRET}", "resultaat_id": "123456782"}]
    return judge(CONTRACT, given, tmp_path)


def test_the_text_of_a_delivery_with_errors(mixed: Verdict) -> None:
    rule = CONTRACT.rule("titel_identificerend")
    assert report.as_text(mixed, CONTRACT).splitlines() == [
        "Resultaten (landelijk_netwerk/resultaten), maand 2021-12",
        "Geaccepteerd, met 2 records in quarantaine.",
        "Records: 12 geleverd, 10 geaccepteerd, 2 in quarantaine.",
        "",
        "Records met een fout:",
        f"- 2 rijen: {rule.message} [titel_identificerend]",
        "  Waar: regel 12 (R-20), regel 13",
        f"  Wat u kunt doen: {rule.remedy}",
        "",
        "Contract versie 1.0.0. Vragen? Mail gegevensteam@veiligheid-voorop.example.",
    ]


def test_the_json_says_the_same(mixed: Verdict) -> None:
    found = report.as_json(mixed, CONTRACT)
    assert json.loads(json.dumps(found)) == found
    assert {key: found[key] for key in ("verdict", "rows_in", "rows_accepted", "rows_quarantined")} == {
        "verdict": "accepted",
        "rows_in": 12,
        "rows_accepted": 10,
        "rows_quarantined": 2,
    }
    (finding,) = found["findings"]
    assert finding["examples"] == [{"line": 12, "record": "R-20"}, {"line": 13, "record": None}]
    assert len(found["evaluations"]) == len(CONTRACT.rules)


def test_no_value_is_repeated(mixed: Verdict) -> None:
    told = report.as_text(mixed, CONTRACT) + json.dumps(report.as_json(mixed, CONTRACT))
    assert SECRET not in told and "123456782" not in told


def test_more_places_than_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    given = [{**row, "status": "klaar"} if i % 6 == 0 else row for i, row in enumerate(good_rows(CONTRACT, 40))]
    text = report.as_text(judge(CONTRACT, given, tmp_path), CONTRACT)
    assert "Waar: regel 2 (R-0), regel 8 (R-6), regel 14 (R-12), regel 20 (R-18), regel 26 (R-24), ..." in text


@pytest.mark.parametrize(
    ("door", "line"),
    [
        (DoorResult(None, None, 0, None), "Geaccepteerd: er zijn deze maand geen records."),
        (
            DoorResult(Finding("onleesbaar", "levering", 0, "Geen UTF-8."), None, 0, None),
            "Geweigerd: geen enkel record is overgenomen.",
        ),
    ],
)
def test_the_headline(tmp_path: Path, door: DoorResult, line: str) -> None:
    (found,) = verdict.judge(CONTRACT, [Pending(MONTH, door)], History(), tmp_path)
    assert report.as_text(found, CONTRACT).splitlines()[1] == line


def test_a_finding_from_outside_has_no_remedy_of_the_contract(tmp_path: Path) -> None:
    extra = Finding("dubbel_bestand", "levering", 0, "Twee bestanden voor deze maand.")
    pending = Pending(MONTH, DoorResult(None, None, 0, None), (extra,))
    (found,) = verdict.judge(CONTRACT, [pending], History(), tmp_path)
    assert "- Twee bestanden voor deze maand. [dubbel_bestand]\n\nContract" in report.as_text(found, CONTRACT)


@pytest.mark.parametrize("name", list(contracts()))
def test_the_documentation_shows_every_column_code_and_rule(name: str) -> None:
    contract = contracts()[name]
    text = as_markdown(contract)
    for column in contract.columns:
        assert f"### `{column.name}`: {column.title}" in text
        assert column.description in text
        assert all(f"| `{code}` | {column.labels[code]} |" in text for code in column.values)
    for rule in contract.rules:
        assert f"| `{rule.code}` | {rule.message} | {rule.remedy} |" in text
    assert contract.contact in text
