"""When the road is run by itself."""

from datetime import date, datetime

import dagster as dg

from data_contracts.loader import contracts
from indicators import calendar, dutch
from pipelines import expected, inbox
from pipelines.dagster_shell import requests
from pipelines.dagster_shell.assets import RETAIN, HomeResource

CRON = "30 6 {days} * *"


def monthly(job: str) -> dg.ScheduleDefinition:
    """Looks on every morning that can be the one: no cron line knows the feast days of the delivery calendar."""
    days = ",".join(map(str, expected.days_of_monthly_run(contracts())))

    @dg.schedule(
        name="maandelijks",
        job_name=job,
        cron_schedule=CRON.format(days=days),
        execution_timezone="Europe/Amsterdam",
        description="De hele weg, op de ochtend na de laatste leverdag van de maand. Staat uit tot u het aanzet.",
    )
    def maandelijks(context: dg.ScheduleEvaluationContext, data: HomeResource) -> dg.RunRequest | dg.SkipReason:
        today = _amsterdam(context.scheduled_execution_time)
        morning = expected.monthly_run(contracts(), today)
        if morning != today:
            return dg.SkipReason(
                f"Vandaag niet. De volgende keer is {dutch.day(morning)}, de ochtend na de laatste leverdag."
            )
        files = inbox.scan(data.home.inbox, today).files
        if not files:
            return dg.SkipReason("De inbox is leeg: er is niets om te verwerken.")
        return requests.request(files, calendar.month_of(today), {RETAIN: "ja"})

    return maandelijks


def _amsterdam(moment: datetime) -> date:
    return moment.astimezone(calendar.AMSTERDAM).date()
