"""The road as Dagster assets: sixteen feeds by month, the entities, every indicator, data quality, the publication."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators.calendar import AMSTERDAM
from indicators.model import definitions
from pipelines import (
    audit,
    backfill,
    compute,
    console,
    deliver,
    entities,
    inbox,
    lineage,
    publication,
    reasons,
    retention,
)
from pipelines.backfill import Request
from pipelines.dagster_shell import freshness, processes
from pipelines.dagster_shell.keys import feed_key
from pipelines.deliver import Progress
from pipelines.errors import TemporaryError
from pipelines.home import Home
from pipelines.ledger import Ledger

QUALITY = dg.AssetKey(["datakwaliteit"])
FIRST_MONTH = inbox.EARLIEST
MONTHS = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, fmt="%Y-%m", end_offset=1, timezone="Europe/Amsterdam")
# The tag of a run that judges again what was judged under another contract: ours, and that of Dagster's own backfills.
AGAIN = "veiligheid/opnieuw"
BACKFILL = frozenset({AGAIN, "dagster/backfill"})
# The tag of a run that also removes what is past its term: the monthly one.
RETAIN = "veiligheid/bewaartermijnen"
# The tag of runs of the command line: they hold the lock of the home from beginning to end, and are on record already.
OWN = {"veiligheid/opdracht": "run"}
# Who starts a run that nobody started: the schedule or the sensor, by name. Else it was ordered in the dashboard, where
# a person is on record, or in Dagster's own screens, which know no persons.
STARTERS = ("dagster/schedule_name", "dagster/sensor_name")
LEVELS = {
    "levering": ("De levering als geheel", dg.AssetCheckSeverity.ERROR),
    "rij": ("Rijen die in quarantaine gaan", dg.AssetCheckSeverity.WARN),
    "waarschuwing": ("Wat opvalt, zonder gevolg", dg.AssetCheckSeverity.WARN),
}


# What may pass by itself is tried again after 30, 60, 120 and 240 seconds.
RETRIES = 4
FIRST_WAIT_SECONDS = 30


class HomeResource(dg.ConfigurableResource):
    """The data home that a run works on. ``retries``: how often a step is tried again after a TemporaryError."""

    root: str
    retries: int = RETRIES

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """A run says which process it lives in, so that it can be known to have been killed, and is put on record.
        Raises AuditError where that can't be: then no step of it runs."""
        if context.run is not None and context.instance is not None:
            context.instance.add_run_tags(context.run.run_id, {processes.TAG: processes.this()})
            if not OWN.items() <= context.run.tags.items():
                audit.append(self.home, _entry(context.run), audit.key_of(self.home))

    @property
    def home(self) -> Home:
        return Home.open(self.root)


def _entry(run: dg.DagsterRun) -> audit.Entry:
    """What the audit log says of a run of Dagster."""
    who = next((run.tags[tag] for tag in STARTERS if tag in run.tags), "Dagster")
    terms = ", bewaartermijnen" if RETAIN in run.tags else ""
    return audit.Entry(who, audit.SYSTEM, audit.STARTED, f"{run.job_name}{terms}, run {run.run_id}")


@contextmanager
def trying(data: HomeResource, retry_number: int) -> Iterator[None]:
    """Within: trouble with the machine says so in Dutch, and what may pass by itself is tried again later."""
    try:
        with reasons.told():
            yield
    except TemporaryError as error:
        wait = FIRST_WAIT_SECONDS * 2**retry_number
        raise dg.RetryRequested(max_retries=data.retries, seconds_to_wait=wait) from error


def feed_asset(contract: Contract) -> dg.AssetsDefinition:
    """One feed: takes the months of the run from the inbox through contract, ledger and lake."""
    key = feed_key(contract)
    written = [rule for rule in contract.rules if not rule.derived]
    derived = [rule for rule in contract.rules if rule.derived]

    @dg.asset(
        key=key,
        partitions_def=MONTHS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        # Meldingen name incidents: those are judged first.
        deps=[dg.AssetKey(deliver.INCIDENTEN.split("/"))] if contract.name == "veilig_thuis/meldingen" else [],
        group_name=contract.partner,
        description=contract.title,
        kinds={"parquet", "greatexpectations"},
        metadata={"contract": contract.name, "contract_version": contract.version},
        check_specs=[
            *(dg.AssetCheckSpec(rule.code, asset=key, description=rule.message) for rule in written),
            dg.AssetCheckSpec("kolommen", asset=key, description="Alle regels die uit de kolommen zelf volgen"),
            *freshness.specs(contract),
        ],
    )
    def feed(
        context: dg.AssetExecutionContext,
        data: HomeResource,
        voortgang: dg.ResourceParam[Progress],
        genomen: dg.ResourceParam[list[deliver.Outcome]],
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        months = set(context.partition_keys)
        today = datetime.now(AMSTERDAM).date()
        again = not BACKFILL.isdisjoint(context.run.tags)
        found = inbox.scan(data.home.inbox, today)
        with trying(data, context.retry_number):
            if again:
                files = backfill.files(data.home, Request(min(months), max(months), (contract.name,)), found)
            else:
                files = [f for f in found.files if f.name == contract.name and f.month in months]
            outcomes = deliver.deliver(data.home, files, progress=voortgang, again=again)
        genomen.extend(outcomes)
        for o in outcomes:
            if o.verdict == "error":
                context.log.error(f"{contract.name} {o.file.month}: {o.message}")
        with Ledger.open(data.home) as ledger:
            taken = [d for d in ledger.all() if d.partner == contract.partner and d.feed == contract.feed]
            latest = {d.month: d for d in taken if d.month in months}
            evaluations = {d.month: ledger.evaluations(d) for d in latest.values()}
        for month, d in sorted(latest.items()):
            context.add_asset_metadata(
                {
                    "oordeel": {"accepted": "geaccepteerd", "refused": "geweigerd"}[d.verdict],
                    "nummer": d.number,
                    "sha256": d.sha256,
                    "rijen": d.rows_in,
                    "geaccepteerd": d.rows_accepted,
                    "quarantaine": d.rows_quarantined,
                },
                asset_key=key,
                partition_key=month,
            )
        by_code: dict[str, list[tuple[str, str, int]]] = {}
        for month, found_evaluations in evaluations.items():
            for e in found_evaluations:
                by_code.setdefault(e.code, []).append((month, e.status, e.rows))
        for rule in written:
            yield _check(key, rule.code, rule.level, by_code.get(rule.code, []))
        yield _check(key, "kolommen", "rij", [entry for rule in derived for entry in by_code.get(rule.code, [])])
        yield from freshness.results(contract, data.home, today)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "leveringen": len(latest),
                "mislukt": sum(o.verdict == "error" for o in outcomes),
                "nieuw": sum(o.verdict != "unchanged" for o in outcomes),
                "geweigerd": sum(d.verdict == "refused" for d in latest.values()),
                "rijen_totaal": sum(d.rows_in for d in latest.values()),
                "geaccepteerd_totaal": sum(d.rows_accepted for d in latest.values()),
                "quarantaine_totaal": sum(d.rows_quarantined for d in latest.values()),
                "maanden_zonder_levering": len(months - set(latest)),
            },
        )

    return feed


def _check(key: dg.AssetKey, name: str, level: str, entries: list[tuple[str, str, int]]) -> dg.AssetCheckResult:
    """A rule over the deliveries of the run. Not evaluated anywhere is not passed."""
    failed = [(month, rows) for month, status, rows in entries if status == "failed" or rows > 0]
    evaluated = sum(status in ("evaluated", "failed") for _, status, _ in entries)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed and (evaluated > 0 or not entries),
        severity=LEVELS[level][1],
        metadata={
            "niveau": LEVELS[level][0],
            "leveringen_beoordeeld": evaluated,
            "leveringen_met_bevindingen": len({month for month, _ in failed}),
            "rijen": sum(rows for _, rows in failed),
            "maanden": ", ".join(sorted({month for month, _ in failed})) or "geen",
        },
    )


def calculation() -> dg.AssetsDefinition:
    """Entities and indicators: computed together in one session, shown apart."""
    known = contracts()
    states = {
        relation: [feed_key(known[name]) for name in names] for relation, names in lineage.feeds_by_relation().items()
    }
    entity_keys = {name: dg.AssetKey(["zaken", name]) for name, _ in entities.RELATIONS}

    def upstream(reads: set[str]) -> list[dg.AssetKey]:
        keys = [entity_keys[name] for name in sorted(reads) if name in entity_keys]
        return keys + [key for name in sorted(reads) if name in states for key in states[name]]

    indicator_keys = {d.id: dg.AssetKey(["indicatoren", d.id]) for d in definitions().values()}
    specs = [
        *(
            dg.AssetSpec(
                entity_keys[name],
                deps=upstream(reads),
                group_name="zaken",
                kinds={"duckdb"},
                description=entities.meaning(name),
            )
            for name, reads in lineage.relations().items()
        ),
        *(
            dg.AssetSpec(
                indicator_keys[name],
                deps=upstream(reads),
                group_name="indicatoren",
                kinds={"duckdb"},
                description=definitions()[name].title,
                metadata={"versie": definitions()[name].version},
            )
            for name, reads in lineage.indicators().items()
        ),
        dg.AssetSpec(
            QUALITY,
            # Of every feed: what the ledger knows of its deliveries, and how its columns are filled.
            deps={*upstream(lineage.data_quality()), *map(feed_key, known.values())},
            group_name="kwaliteit",
            kinds={"duckdb"},
            description="Datakwaliteit: per partner, levering en maand wat er kwam en hoe compleet het is",
        ),
    ]

    @dg.multi_asset(specs=specs, name="berekening")
    def berekening(
        context: dg.AssetExecutionContext, data: HomeResource, voortgang: dg.ResourceParam[Progress]
    ) -> Iterator[dg.MaterializeResult]:
        with trying(data, context.retry_number):
            done = compute.compute(data.home, progress=voortgang)
        values = done.read("indicator_values")
        cells = dict(values.group_by("indicator").len().iter_rows())
        for name, key in entity_keys.items():
            rows = done.record["entities"].get(name)
            yield dg.MaterializeResult(asset_key=key, metadata={} if rows is None else {"rijen": rows})
        for name, key in indicator_keys.items():
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"cellen": cells.get(name, 0), "peildatum": done.record["peildatum"]},
            )

        quality = done.read("data_quality")
        yield dg.MaterializeResult(asset_key=QUALITY, metadata={"cijfers": quality.height})

    return berekening


def publication_asset() -> dg.AssetsDefinition:
    """The protected publication that dashboards and reports read."""
    sources = [dg.AssetKey(["indicatoren", name]) for name in definitions()]
    reference = [
        feed_key(c)
        for c in contracts().values()
        if c.partner == "landelijk_netwerk" and c.feed in publication.REFERENCE
    ]

    @dg.asset(
        key=dg.AssetKey(["publicatie"]),
        deps=[*sources, QUALITY, dg.AssetKey(["zaken", "status_per_maand"]), *reference],
        group_name="publicatie",
        kinds={"parquet"},
        description="De beschermde publicatie: alles wat schermen, rapporten en downloads mogen openen",
    )
    def publicatie(context: dg.AssetExecutionContext, data: HomeResource) -> dg.MaterializeResult:
        with trying(data, context.retry_number):
            made = publication.publish(data.home, datetime.now(UTC))
            if RETAIN in context.run.tags:
                gone = retention.enforce(data.home, datetime.now(AMSTERDAM).date())
                context.log.info(" ".join(console.retained(gone)))
        return dg.MaterializeResult(
            metadata={
                "publicatie": made.number,
                "peildatum": made.manifest["peildatum"],
                "ongewijzigd": made.unchanged,
            }
        )

    return publicatie
