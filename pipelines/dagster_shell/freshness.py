"""Whether a partner's deliveries come in time, as an asset check of each of its feeds: a state, never a failed run."""

from collections.abc import Iterator
from datetime import date, datetime

import dagster as dg

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators.calendar import AMSTERDAM
from indicators.model import PARTNER_FEEDS
from pipelines import expected
from pipelines.dagster_shell.assets import HomeResource, feed_key
from pipelines.expected import Expected
from pipelines.home import Home
from pipelines.ledger import Ledger

CHECK = "op_tijd"


def check() -> dg.AssetChecksDefinition:
    """The check of the eleven partner feeds, so that Dagster knows it and looks after every run."""

    @dg.multi_asset_check(
        name=CHECK,
        specs=[
            dg.AssetCheckSpec(
                CHECK, asset=feed_key(contract), description="Is alles geleverd waarvan de leverdag voorbij is?"
            )
            for name, contract in contracts().items()
            if name in PARTNER_FEEDS
        ],
        can_subset=True,
    )
    def op_tijd(context: dg.AssetCheckExecutionContext, data: HomeResource) -> Iterator[dg.AssetCheckResult]:
        for found in evaluations(data.home, datetime.now(AMSTERDAM).date()):
            if found.asset_check_key in context.selected_asset_check_keys:
                yield dg.AssetCheckResult(
                    asset_key=found.asset_key,
                    check_name=found.check_name,
                    passed=found.passed,
                    severity=found.severity,
                    metadata=found.metadata,
                )

    return op_tijd


def evaluations(home: Home, today: date) -> list[dg.AssetCheckEvaluation]:
    """One for every partner feed; passed when nothing is late, missing or refused."""
    with Ledger.open(home) as ledger:
        found = expected.expected(contracts(), ledger.all(), today)
    return [
        _evaluation(contract, [e for e in found if e.name == name])
        for name, contract in contracts().items()
        if name in PARTNER_FEEDS
    ]


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
