"""Whether a partner's deliveries come in time, as an asset check of each of its feeds: a state, never a failed run."""

from __future__ import annotations

from datetime import date

import dagster as dg

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators.model import PARTNER_FEEDS
from pipelines import expected
from pipelines.dagster_shell.keys import feed_key
from pipelines.expected import Expected
from pipelines.home import Home
from pipelines.ledger import Ledger

CHECK = "op_tijd"


def specs(contract: Contract) -> list[dg.AssetCheckSpec]:
    """The check of a partner's feed; the landelijk netwerk has no due day, so none."""
    if contract.name not in PARTNER_FEEDS:
        return []
    meaning = "Is alles geleverd waarvan de leverdag voorbij is?"
    return [dg.AssetCheckSpec(CHECK, asset=feed_key(contract), description=meaning)]


def results(contract: Contract, home: Home, today: date) -> list[dg.AssetCheckResult]:
    """What ``specs`` asks of one feed."""
    return [
        dg.AssetCheckResult(
            asset_key=found.asset_key,
            check_name=found.check_name,
            passed=found.passed,
            severity=found.severity,
            metadata=found.metadata,
        )
        for found in evaluations(home, today)
        if found.asset_key == feed_key(contract)
    ]


def evaluations(home: Home, today: date) -> list[dg.AssetCheckEvaluation]:
    """One for every partner feed; passed when nothing is late, missing or refused."""
    with Ledger.open(home) as ledger:
        found = expected.expected(contracts(), ledger.all(), today)
    return [
        _evaluation(contract, [e for e in found if e.name == name])
        for name, contract in contracts().items()
        if name in PARTNER_FEEDS
    ]


def last_made(dagster: dg.DagsterInstance) -> float:
    """When a run last looked after a partner feed, in seconds; 0 when none did."""
    events = (dagster.get_latest_materialization_event(feed_key(contracts()[name])) for name in PARTNER_FEEDS)
    return max((event.timestamp for event in events if event), default=0.0)


def _evaluation(contract: Contract, months: list[Expected]) -> dg.AssetCheckEvaluation:
    said: dict[str, list[str]] = {}
    for span in expected.spans(months):
        said.setdefault(span.state, []).append(str(span))
    text = expected.reminder(contract.partner, contracts(), months)
    return dg.AssetCheckEvaluation(
        asset_key=feed_key(contract),
        check_name=CHECK,
        passed=not text,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            **{state: ", ".join(spans) for state, spans in said.items()},
            # Fenced, so that its lines stay apart and it can be copied.
            "herinnering": dg.MetadataValue.md(f"```\n{text}\n```") if text else "niet nodig",
        },
    )
