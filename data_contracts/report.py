"""A verdict as the partner reads it: Dutch text, and the same as JSON.

Belongs here: wording and order. Not here: judging (`verdict`), the workbook. No value of a cell is ever repeated; a
record id appears only where `verdict` found that it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data_contracts.model import Contract, Example, Finding, Verdict
from data_contracts.wording import number_of

TITLES = {
    "levering": "Waarom de levering is geweigerd",
    "rij": "Records met een fout",
    "waarschuwing": "Waarschuwingen (de records zijn gewoon geaccepteerd)",
}


def remedy(finding: Finding, contract: Contract) -> str:
    """What the partner can do, in Dutch; empty for a finding that no rule of the contract brought."""
    return next((rule.remedy for rule in contract.rules if rule.code == finding.code), "")


def headline(verdict: Verdict) -> str:
    """The verdict in one Dutch sentence."""
    if verdict.verdict == "refused":
        return "Geweigerd: geen enkel record is overgenomen."
    if verdict.rows_in == 0:
        return "Geaccepteerd: er zijn deze maand geen records."
    if verdict.rows_quarantined:
        return f"Geaccepteerd, met {number_of(verdict.rows_quarantined, 'record', 'records')} in quarantaine."
    return "Geaccepteerd."


def _example(example: Example) -> str:
    return f"regel {example.line}" + (f" ({example.record})" if example.record else "")


def _finding_lines(finding: Finding, verdict: Verdict, contract: Contract) -> Iterator[str]:
    yield f"- {finding.message} [{finding.code}]"
    examples = verdict.examples.get(finding.code, ())
    if examples:
        more = ", ..." if finding.rows > len(examples) else ""
        yield f"  Waar: {', '.join(map(_example, examples))}{more}"
    advice = remedy(finding, contract)
    if advice:
        yield f"  Wat u kunt doen: {advice}"


def as_text(verdict: Verdict, contract: Contract) -> str:
    """The report in plain Dutch: verdict, counts, and each finding with its rule code, places and remedy."""
    lines = [
        f"{contract.title} ({contract.name}), maand {verdict.month}",
        headline(verdict),
        f"Records: {verdict.rows_in} geleverd, {verdict.rows_accepted} geaccepteerd,"
        f" {verdict.rows_quarantined} in quarantaine.",
    ]
    for level, title in TITLES.items():
        findings = [finding for finding in verdict.findings if finding.level == level]
        if findings:
            lines += ["", f"{title}:"]
            lines += [line for finding in findings for line in _finding_lines(finding, verdict, contract)]
    lines += ["", f"Contract versie {contract.version}. Vragen? Mail {contract.contact}."]
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
    """The report as JSON data: the keys of the ledger, per finding also remedy and examples, and every evaluation."""
    return {
        "partner": contract.partner,
        "feed": contract.feed,
        "month": verdict.month,
        "contract": {"version": contract.version, "digest": contract.digest},
        "verdict": verdict.verdict,
        "rows_in": verdict.rows_in,
        "rows_accepted": verdict.rows_accepted,
        "rows_quarantined": verdict.rows_quarantined,
        "findings": [_finding_as_json(finding, verdict, contract) for finding in verdict.findings],
        "evaluations": [
            {"code": item.code, "level": item.level, "status": item.status, "rows": item.rows}
            for item in verdict.evaluations
        ],
    }
