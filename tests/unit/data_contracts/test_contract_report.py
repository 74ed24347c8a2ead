"""What a partner reads about a delivery and about a contract."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from text_tables import MONTH, good_row, good_rows, judge, pending

from data_contracts import report, rows, verdict
from data_contracts.describe import as_markdown
from data_contracts.loader import contracts
from data_contracts.model import DoorResult, Finding, History, Pending, Verdict
from data_contracts.wording import pattern_in_words

CONTRACT = contracts()["landelijk_netwerk/resultaten"]
SECRET = "06-12345678"


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Twelve records, of which two are wrong; one of those has an id that is a BSN."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    given = good_rows(CONTRACT, 10)
    given += [{**good_row(CONTRACT, 20), "titel": f"Bel {SECRET}"}]
    given += [{**good_row(CONTRACT, 21), "titel": f"Bel {SECRET}", "resultaat_id": "123456782"}]
    (found,) = verdict.judge(CONTRACT, [pending(CONTRACT, given, tmp_path)], History(), tmp_path, list_records=True)
    return found


def test_the_text_of_a_delivery_with_errors(mixed: Verdict) -> None:
    rule = CONTRACT.rule("titel_identificerend")
    assert report.as_text(mixed, CONTRACT).splitlines() == [
        "Resultaten (landelijk_netwerk/resultaten), maand 2021-12",
        "Geaccepteerd, met 2 records in quarantaine.",
        "Records: 12 gelezen, 10 geaccepteerd, 2 in quarantaine.",
        "",
        "Records met een fout (de vaakste eerst):",
        f"- 2 records: {rule.message} [titel_identificerend]",
        "  Waar: regel 12 (R-20), regel 13",
        f"  Wat u kunt doen: {rule.remedy}",
        "",
        "Nog niet beoordeeld, want dat kan pas naast eerdere leveringen: volume.",
        "",
        report.steps(mixed, CONTRACT)[-1],
        "Contract versie 1.1.0. Vragen? Mail gegevensteam@veiligheid-voorop.example.",
    ]


def test_the_json_says_the_same_and_names_every_record(mixed: Verdict) -> None:
    found = json.loads("".join(report.json_parts(mixed, CONTRACT)))
    assert {key: found[key] for key in ("verdict", "rows_in", "rows_accepted", "rows_quarantined")} == {
        "verdict": "accepted",
        "rows_in": 12,
        "rows_accepted": 10,
        "rows_quarantined": 2,
    }
    assert found["headline"] == report.headline(mixed)
    (finding,) = found["findings"]
    assert finding["examples"] == [{"line": 12, "record": "R-20"}, {"line": 13, "record": None}]
    assert len(found["evaluations"]) == len(CONTRACT.rules)
    assert found["records"] == [
        {"line": 12, "record": "R-20", "rules": ["titel_identificerend"]},
        {"line": 13, "record": None, "rules": ["titel_identificerend"]},
    ]
    assert {**found, "records": None} == {**report.as_json(mixed, CONTRACT), "records": None}


def test_json_without_records(tmp_path: Path) -> None:
    (found,) = verdict.judge(CONTRACT, [Pending(MONTH, DoorResult(None, None, 0, None))], History(), tmp_path)
    assert json.loads("".join(report.json_parts(found, CONTRACT)))["records"] == []


def test_what_to_do_first() -> None:
    first, second, third = (CONTRACT.rule(code) for code in ("titel_verplicht", "status_waarde", "resultaat_id_dubbel"))
    findings = [
        Finding(second.code, "rij", 3, "b"),
        Finding(first.code, "rij", 9, "a"),
        Finding("volume", "waarschuwing", 90, "w"),
    ]
    judged = Verdict("2021-12", "accepted", 100, 88, 12, tuple(findings), (), None, None)
    begin = f"De fout die het vaakst voorkomt: titel_verplicht (9 records). {first.remedy}"
    then, warnings, send = report.steps(judged, CONTRACT)[1:]
    assert report.steps(judged, CONTRACT)[0] == begin
    assert then == "Herstel daarna de andere fout die in dit verslag staat."
    assert warnings.startswith("Bekijk de waarschuwingen.") and send.startswith("Controleer het herstelde bestand")
    more = replace(judged, findings=(*findings, Finding(third.code, "rij", 1, "c")))
    assert report.steps(more, CONTRACT)[1].startswith("Herstel daarna de 2 andere fouten ")
    whole = Finding("leeg", "levering", 0, "Er is niets.")
    refused = replace(judged, verdict="refused", findings=(whole,))
    assert report.steps(refused, CONTRACT) == [
        f"Er is niets. {CONTRACT.rule('leeg').remedy}",
        "Controleer het herstelde bestand opnieuw en lever het hele bestand.",
    ]
    assert report.steps(replace(judged, rows_quarantined=0, findings=()), CONTRACT) == [
        "U kunt het bestand zo leveren."
    ]


@pytest.mark.parametrize("late", [2, 3, 12])
def test_a_file_of_a_later_month_is_asked_for_its_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)
    later = [{**good_row(CONTRACT, i), "opgeleverd_op": "2022-01-05"} for i in range(late)]
    wrong = [{**good_row(CONTRACT, 20 + i), "status": "klaar"} for i in range(2)]
    found = judge(CONTRACT, [*later, *wrong, *good_rows(CONTRACT, 20, 40)], tmp_path)
    assert (found.verdict, found.rows_rejected) == ("refused" if late == 12 else "accepted", late + 2)
    asked = "Klopt de maand? Dit lijkt een bestand van een latere maand."
    assert (report.steps(found, CONTRACT)[0] == asked) is (late > 2)
    assert (asked in report.as_text(found, CONTRACT).splitlines()) is (late > 2)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("^[a-z2-7]{26}$", "26 tekens: kleine letters a-z en cijfers 2-7"),
        ("^[A-Z]{1}$", "1 teken: hoofdletters A-Z"),
        ("^[0-9_-]{1,64}$", "1 tot en met 64 tekens: cijfers 0-9, _ en -"),
        ("^(a|b)+$", "tekst volgens het patroon ^(a|b)+$"),
        ("^[^a]{3}$", "tekst volgens het patroon ^[^a]{3}$"),
    ],
)
def test_a_pattern_in_words(pattern: str, words: str) -> None:
    assert pattern_in_words(pattern) == words


def test_places_in_parquet_are_records(mixed: Verdict) -> None:
    assert "  Waar: record 12 (R-20), record 13" in report.as_text(mixed, CONTRACT, "record").splitlines()


def test_no_value_is_repeated(mixed: Verdict) -> None:
    told = report.as_text(mixed, CONTRACT) + "".join(report.json_parts(mixed, CONTRACT))
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
            "Geweigerd: geen enkel record wordt overgenomen.",
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
    assert "- Twee bestanden voor deze maand. [dubbel_bestand]\n\nControleer" in report.as_text(found, CONTRACT)


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
