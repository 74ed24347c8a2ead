"""A verdict as the partner reads it: Dutch text, and the same as JSON.

Belongs here: wording and order. Not here: judging (`verdict`), the workbook. No value of a cell is ever repeated; a
record id appears only where `rows` found that it may.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from pyarrow import parquet

from data_contracts import concerned
from data_contracts.model import Contract, Example, Finding, Verdict
from data_contracts.wording import number_of, thousands

TITLES = {
    "levering": "Waarom de levering wordt geweigerd",
    "rij": "Records met een fout (de vaakste eerst)",
    "waarschuwing": "Waarschuwingen (de records tellen gewoon mee)",
}
NO_ID = "(nummer niet getoond)"
WRONG_MONTH = "Klopt de maand? Dit lijkt een bestand van een latere maand."
# What the number of a place counts: lines of a CSV file, records of a Parquet file.
Place = Literal["regel", "record"]
Outcome = Literal["clean", "quarantined", "refused"]


def remedy(finding: Finding, contract: Contract) -> str:
    """What the partner can do, in Dutch; empty for a finding that no rule of the contract brought."""
    return next((rule.remedy for rule in contract.rules if rule.code == finding.code), "")


def outcome(verdict: Verdict) -> Outcome:
    if verdict.verdict == "refused":
        return "refused"
    return "quarantined" if verdict.rows_quarantined else "clean"


def headline(verdict: Verdict) -> str:
    """The verdict in one Dutch sentence."""
    match outcome(verdict):
        case "refused":
            return "Geweigerd: geen enkel record wordt overgenomen."
        case "quarantined":
            return f"Geaccepteerd, met {number_of(verdict.rows_quarantined, 'record', 'records')} in quarantaine."
        case "clean" if verdict.rows_in == 0:
            return "Geaccepteerd: er zijn deze maand geen records."
        case "clean":
            return "Geaccepteerd: alle records zijn in orde."


def ordered(verdict: Verdict) -> list[Finding]:
    """The findings by level, the heaviest first, and within a level those of the most rows first."""
    levels = list(TITLES)
    return sorted(verdict.findings, key=lambda finding: (levels.index(finding.level), -finding.rows))


def looks_later(verdict: Verdict, contract: Contract) -> bool:
    """Whether most rejected rows break one and the same rule against dates after the delivered month."""
    late = {rule.code for rule in contract.rules if rule.kind == "na_maand"}
    return any(2 * finding.rows > verdict.rows_rejected for finding in verdict.findings if finding.code in late)


def steps(verdict: Verdict, contract: Contract) -> list[str]:
    """What the partner can do, in the order in which it helps most: Dutch sentences, at least one."""
    by_level = {level: [f for f in ordered(verdict) if f.level == level] for level in TITLES}
    todo = [WRONG_MONTH] if looks_later(verdict, contract) else []
    todo += [f"{finding.message} {remedy(finding, contract)}".strip() for finding in by_level["levering"]]
    rejected = by_level["rij"]
    if rejected:
        first = rejected[0]
        count = number_of(first.rows, "record", "records")
        todo.append(f"De fout die het vaakst voorkomt: {first.code} ({count}). {remedy(first, contract)}")
    if len(rejected) > 1:
        todo.append(_other_faults(len(rejected) - 1))
    if by_level["waarschuwing"]:
        todo.append("Bekijk de waarschuwingen. Klopt het wat u levert? Dan hoeft u daar niets te doen.")
    match outcome(verdict):
        case "refused":
            todo.append("Controleer het herstelde bestand opnieuw en lever het hele bestand.")
        case "quarantined":
            todo.append(
                "Controleer het herstelde bestand opnieuw en lever het hele bestand: het vervangt een eerdere levering"
                " van deze maand. Records in quarantaine tellen niet mee zolang ze niet hersteld zijn."
            )
        case "clean":
            todo.append("U kunt het bestand zo leveren.")
    return todo


def unjudged(verdict: Verdict) -> list[str]:
    """The codes of warnings that nobody could judge yet on accepted records, because earlier deliveries are missing."""
    if not verdict.rows_accepted:
        return []
    return [e.code for e in verdict.evaluations if e.level == "waarschuwing" and e.status == "not_applicable"]


def _other_faults(count: int) -> str:
    if count == 1:
        return "Herstel daarna de andere fout die in dit verslag staat."
    return f"Herstel daarna de {count} andere fouten die in dit verslag staan."


def count_records(verdict: Verdict) -> int:
    """How many rows the findings of level rij and waarschuwing concern, as far as they are listed."""
    return int(parquet.read_metadata(verdict.records).num_rows) if verdict.records else 0


def records(verdict: Verdict, most: int | None = None) -> Iterator[concerned.Record]:
    """The rows that the findings concern, by line; ``most`` of them at most."""
    return islice(concerned.read(verdict.records), most) if verdict.records else iter(())


def _example(example: Example, place: Place) -> str:
    return f"{place} {example.line}" + (f" ({example.record})" if example.record else "")


def _finding_lines(finding: Finding, verdict: Verdict, contract: Contract, place: Place) -> Iterator[str]:
    yield f"- {finding.message} [{finding.code}]"
    examples = verdict.examples.get(finding.code, ())
    if examples:
        more = ", ..." if finding.rows > len(examples) else ""
        yield f"  Waar: {', '.join(_example(example, place) for example in examples)}{more}"
    advice = remedy(finding, contract)
    if advice:
        yield f"  Wat u kunt doen: {advice}"


def as_text(verdict: Verdict, contract: Contract, place: Place = "regel") -> str:
    """The report in plain Dutch: verdict, counts, and each finding with its rule code, places and remedy."""
    lines = [
        f"{contract.title} ({contract.name}), maand {verdict.month}",
        headline(verdict),
        f"Records: {thousands(verdict.rows_in)} gelezen, {thousands(verdict.rows_accepted)} geaccepteerd,"
        f" {thousands(verdict.rows_quarantined)} {'geweigerd' if outcome(verdict) == 'refused' else 'in quarantaine'}.",
    ]
    if looks_later(verdict, contract):
        lines.append(WRONG_MONTH)
    for level, title in TITLES.items():
        findings = [finding for finding in ordered(verdict) if finding.level == level]
        if findings:
            lines += ["", f"{title}:"]
            lines += [line for finding in findings for line in _finding_lines(finding, verdict, contract, place)]
    if missing := unjudged(verdict):
        lines += ["", f"Nog niet beoordeeld, want dat kan pas naast eerdere leveringen: {', '.join(missing)}."]
    lines += ["", steps(verdict, contract)[-1], f"Contract versie {contract.version}. Vragen? Mail {contract.contact}."]
    return "\n".join(lines)


def _finding_as_json(finding: Finding, verdict: Verdict, contract: Contract) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "rows": finding.rows,
        "message": finding.message,
        "remedy": remedy(finding, contract),
        "examples": [
            {"line": example.line, "record": example.record} for example in verdict.examples.get(finding.code, ())
        ],
    }


def as_json(verdict: Verdict, contract: Contract) -> dict[str, Any]:
    """The report as JSON data: the keys of the ledger, per finding also remedy and examples, and every evaluation.

    The records are not among it, see `json_parts`.
    """
    return {
        "partner": contract.partner,
        "feed": contract.feed,
        "month": verdict.month,
        "contract": {"version": contract.version, "digest": contract.digest},
        "verdict": verdict.verdict,
        "headline": headline(verdict),
        "steps": steps(verdict, contract),
        "rows_in": verdict.rows_in,
        "rows_accepted": verdict.rows_accepted,
        "rows_quarantined": verdict.rows_quarantined,
        "findings": [_finding_as_json(finding, verdict, contract) for finding in ordered(verdict)],
        "evaluations": [
            {"code": item.code, "level": item.level, "status": item.status, "rows": item.rows}
            for item in verdict.evaluations
        ],
    }


def json_parts(verdict: Verdict, contract: Contract) -> Iterator[str]:
    """The report as JSON text, in parts, with every record that the findings concern: line, record and rule codes."""
    head = json.dumps(as_json(verdict, contract), ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "records": ['
    separator = "\n  "
    for record in records(verdict):
        data = {"line": record.line, "record": record.id, "rules": record.codes}
        yield separator + json.dumps(data, ensure_ascii=False)
        separator = ",\n  "
    yield "\n ]\n}\n"
