"""What is watched: the inbox, and whether deliveries come in time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import dagster as dg

from indicators import dutch
from indicators.calendar import AMSTERDAM
from pipelines import arrivals, inbox
from pipelines.dagster_shell import freshness, requests
from pipelines.dagster_shell.assets import HomeResource
from pipelines.inbox import InboxFile, Stray

INBOX_SECONDS = 30
FRESHNESS_SECONDS = 60
# How many files are named one by one.
NAMED = 5


def of_inbox(job: str) -> dg.SensorDefinition:
    """Asks for what is new or changed in the inbox and lies still; the cursor is its memory."""

    @dg.sensor(
        name="inbox",
        job_name=job,
        minimum_interval_seconds=INBOX_SECONDS,
        description=(
            "Kijkt elke halve minuut in de inbox. Bestanden die nieuw of veranderd zijn en niet meer bewegen, gaan "
            "door de hele weg. Staat uit tot u het aanzet."
        ),
    )
    def van_de_inbox(context: dg.SensorEvaluationContext, data: HomeResource) -> dg.SensorResult:
        found = inbox.scan(data.home.inbox, _today())
        lying = arrivals.marks(found.files)
        memory, ready, waiting = arrivals.look(arrivals.Memory.read(context.cursor), lying)
        if not ready:
            return dg.SensorResult(skip_reason=_nothing(waiting, found.strays), cursor=memory.written())
        for stray in found.strays:
            context.log.warning(_not_a_delivery(stray))
        return dg.SensorResult(
            run_requests=[requests.request(ready, arrivals.key(lying, ready))], cursor=memory.written()
        )

    return van_de_inbox


def of_freshness() -> dg.SensorDefinition:
    """The check ``op_tijd`` of every partner feed, without a run: once a day, and after every run.

    A run sets the check of its feeds too. But Dagster shows no outcome that is older than the asset, nor that of a run
    which ended after the next one was queued.
    """

    @dg.sensor(
        name="op_tijd",
        minimum_interval_seconds=FRESHNESS_SECONDS,
        description=(
            "Zet elke dag, en na elke run, bij elke levering van een partner of zij op tijd is, met een tekst om de "
            "partner te herinneren. Er mislukt niets als een levering te laat is. Staat uit tot u het aanzet."
        ),
    )
    def op_tijd(context: dg.SensorEvaluationContext, data: HomeResource) -> dg.SensorResult:
        today = _today()
        state = f"{today.isoformat()} {freshness.last_made(context.instance)}"
        if context.cursor == state:
            return dg.SensorResult(skip_reason="Er is niets veranderd sinds de vorige keer.", cursor=state)
        evaluations = freshness.evaluations(data.home, today)
        late = ["/".join(e.asset_key.path) for e in evaluations if not e.passed]
        return dg.SensorResult(
            asset_events=evaluations,
            cursor=state,
            skip_reason=f"Er mist iets van: {', '.join(late)}." if late else "Alles wat er moet zijn, is er.",
        )

    return op_tijd


def _nothing(waiting: Sequence[InboxFile], strays: Iterable[Stray]) -> str:
    """Why no run is asked for, with everything that is no delivery."""
    places = [arrivals.place(file) for file in waiting[:NAMED]]
    if len(waiting) > NAMED:
        places.append(f"nog {len(waiting) - NAMED}")
    said = f"Net neergezet of nog in beweging: {dutch.listing(places)}." if places else "Niets nieuws in de inbox."
    return " ".join([said, *map(_not_a_delivery, strays)])


def _not_a_delivery(stray: Stray) -> str:
    return f"Geen levering: '{stray.place}' {stray.reason}."


def _today() -> date:
    return datetime.now(AMSTERDAM).date()
