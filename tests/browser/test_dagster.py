"""Dagster's own web interface in a real browser: the schedule, the sensors and a backfill of all feeds, to the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from data_contracts.loader import contracts
from indicators.calendar import AMSTERDAM, add_months, month_of
from pipelines import expected, publication
from pipelines.dagster_shell import requests
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.synthesis import synthesize

pytestmark = pytest.mark.slow
FIRST, LAST, MONTHS = "2018-12", "2020-12", 24
SCALE = 0.002
START_SECONDS, FINISH_SECONDS = 120, 420
PATIENCE_MS = 60_000
CORRECTED = "politie/incidenten"
SCHEDULE, SENSOR, BACKFILL = "dagster/schedule_name", "dagster/sensor_name", "dagster/backfill"


@dataclass(frozen=True)
class Site:
    home: Home
    url: str

    def automation(self, name: str) -> str:
        return f"{self.url}/locations/pipelines.dagster_shell.definitions/{name}"

    def runs(self) -> list[dg.DagsterRun]:
        """Every run, the oldest first."""
        with dg.DagsterInstance.from_config(str(self.home.dagster)) as dagster:
            return dagster.get_runs()[::-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """``veiligheid dagster`` over a small fictitious country of which nothing has been taken yet."""
    folder = tmp_path_factory.mktemp("dagster")
    home = Home.open(folder / "huis", create=True)
    synthesize(home.inbox, FIRST, LAST, SCALE, 1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-c", "from pipelines.cli import main; main()"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "dagster", "--home", str(home.root), "--port", str(port)], stdout=log, stderr=log
        )
    try:
        until(lambda: b"Dagster staat op" in (folder / "log").read_bytes(), START_SECONDS, "the server to start")
        yield Site(home, f"http://127.0.0.1:{port}")
    finally:
        # Ends the web server, the daemon and their runs with it, as Ctrl-C does.
        process.send_signal(signal.SIGINT)
        process.wait(60)
        keep = os.environ.get("VEILIGHEID_SCREENSHOTS")
        if keep:
            shutil.copy(folder / "log", Path(keep) / "dagster.log")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    yield opened
    show(opened, "last")
    context.close()


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s for {what}", pytrace=False)
        time.sleep(2)


def show(page: Page, name: str) -> None:
    """Keeps a picture where VEILIGHEID_SCREENSHOTS names a folder."""
    if folder := os.environ.get("VEILIGHEID_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def turn_on(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("label:has(input[type=checkbox])").first.click()
    expect(page.locator("input[type=checkbox]").first).to_be_checked(timeout=PATIENCE_MS)


def preview(page: Page, address: str, index: int) -> None:
    """The result of the schedule's tick with this number in the list of moments."""
    page.goto(address)
    page.get_by_role("button", name="Preview tick result").click()
    page.locator("button:has-text('UTC')").click()
    page.get_by_role("menuitem").nth(index).click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Requested runs").wait_for()


def ticks_and_morning() -> tuple[int, int]:
    """Where in the list of moments (ten past ones first, in order) a morning of the monthly run stands, and another."""
    now = datetime.now(AMSTERDAM)
    days = expected.days_of_monthly_run(contracts())
    months = [add_months(month_of(now.date()), n) for n in range(-3, 3)]
    moments = [
        datetime(int(month[:4]), int(month[5:]), day, 6, 30, tzinfo=AMSTERDAM) for month in months for day in days
    ]
    past = sum(moment <= now for moment in moments)
    listed = [moment.date() for moment in moments[past - 10 : past + 10]]
    morning = next(n for n, day in enumerate(listed) if expected.monthly_run(contracts(), day) == day)
    return morning, next(n for n, day in enumerate(listed) if expected.monthly_run(contracts(), day) != day)


def test_schedule_sensors_and_a_backfill_are_started_here_and_finish(site: Site, page: Page) -> None:
    turn_on(page, site.automation("sensors/op_tijd"))
    turn_on(page, site.automation("sensors/inbox"))
    show(page, "sensor")

    # The schedule: turned on, looked at for a day on which it does nothing, and started for one on which it runs.
    address = site.automation("schedules/maandelijks")
    turn_on(page, address)
    morning, other = ticks_and_morning()
    preview(page, address, other)
    expect(page.get_by_text("Vandaag niet. De volgende keer is")).to_be_visible(timeout=PATIENCE_MS)
    show(page, "schedule-skips")
    preview(page, address, morning)
    show(page, "schedule-runs")
    page.get_by_role("button", name="Launch all & commit tick result").click()
    until(lambda: any(SCHEDULE in run.tags for run in site.runs()), 60, "the run of the schedule")

    # The backfill: 24 months of all feeds, and what is made of them.
    page.goto(f"{site.url}/asset-groups")
    page.get_by_role("button", name="Materialize all").click()
    months = page.get_by_placeholder("ex: 2000-01")
    months.fill("[2019-01...2020-12]")
    months.press("Enter")
    expect(page.get_by_text(f"{MONTHS} partitions")).to_be_visible(timeout=PATIENCE_MS)
    show(page, "backfill")
    page.get_by_role("button", name="Launch backfill").click()

    # The sensor: first all that lies there, then a corrected file alone.
    until(lambda: len(by_tag(site, SENSOR)) == 1, 180, "the first run of the sensor")
    until(lambda: numbers(site) == [1], 300, "the file to be taken")
    file = site.home.inbox / CORRECTED / "2020-05.csv"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    until(lambda: len(by_tag(site, SENSOR)) == 2, 180, "the sensor to see the corrected file")

    until(lambda: finished(site), FINISH_SECONDS, "every run to finish")
    runs = site.runs()
    # The runs of the schedule and of the sensor, and the backfill, which stands there as one.
    page.goto(f"{site.url}/runs")
    expect(page.get_by_text("Success", exact=True)).to_have_count(4, timeout=PATIENCE_MS)
    show(page, "runs")
    assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
    assert len(by_tag(site, SCHEDULE)) == 1
    corrected = by_tag(site, SENSOR)[1]
    assert {key for key in corrected.asset_selection or () if "/".join(key.path) in contracts()} == {
        dg.AssetKey(CORRECTED.split("/"))
    }
    assert (corrected.tags[requests.RANGE_START], corrected.tags[requests.RANGE_END]) == ("2020-05", "2020-05")

    # One run over the whole range, then one that computes and publishes.
    taken, made = by_tag(site, BACKFILL)
    assert {"/".join(key.path) for key in taken.asset_selection or ()} == set(contracts())
    assert (taken.tags[requests.RANGE_START], taken.tags[requests.RANGE_END]) == ("2019-01", "2020-12")
    assert dg.AssetKey(["publicatie"]) in (made.asset_selection or ())

    # What came of it, and what Dagster shows of deliveries that are late.
    assert numbers(site) == [1, 2]
    current = publication.current(site.home)
    assert current is not None and (CORRECTED, "2020-05", 2) in {
        (f"{d['partner']}/{d['feed']}", d["month"], d["number"]) for d in current.manifest["deliveries"]
    }
    reminder = page.get_by_text("Show Markdown")
    until(
        lambda: shown(page, f"{site.url}/assets/{CORRECTED}?view=checks&checkDetail=op_tijd", reminder),
        180,
        "the check",
    )
    reminder.first.click()
    expect(page.get_by_text("Herinnering aan: politie").first).to_be_visible(timeout=PATIENCE_MS)
    show(page, "on-time")


def shown(page: Page, address: str, wanted: Locator) -> bool:
    """Whether it stands on the page, opened anew, within some seconds."""
    page.goto(address)
    try:
        wanted.first.wait_for(timeout=15_000)
    except TimeoutError:
        return False
    return True


def numbers(site: Site) -> list[int]:
    """Those of the deliveries of the month that is corrected."""
    with Ledger.open(site.home) as ledger:
        return [d.number for d in ledger.all() if (d.name, d.month) == (CORRECTED, "2020-05")]


def by_tag(site: Site, tag: str) -> list[dg.DagsterRun]:
    return [run for run in site.runs() if tag in run.tags]


def finished(site: Site) -> bool:
    """Whether no run goes on, nor the backfill."""
    with dg.DagsterInstance.from_config(str(site.home.dagster)) as dagster:
        done = (BulkActionStatus.COMPLETED_SUCCESS, BulkActionStatus.COMPLETED_FAILED)
        return all(run.is_finished for run in dagster.get_runs()) and all(
            backfill.status in done for backfill in dagster.get_backfills()
        )
