"""The stewards' pages in a real browser, on a small fictitious country; and beside a real Dagster, from choosing months
to what came of them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as NotInTime
from visiting import Visit, free_port, visiting

from data_contracts import rows
from pipelines import deliver, inbox, preview, publication
from pipelines.backfill import Request
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.synthesis import synthesize

FIRST, LAST, SCALE = "2019-12", "2020-06", 0.02
NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MISSING = ("reclassering", "trajecten", "2020-04")
REFUSED = ("politie", "incidenten", "2020-05")
CORRECTED = ("veilig_thuis", "meldingen", "2020-03")
START_SECONDS, WORK_MS = 120, 300_000
MAKE, TRIES = "Laat zien wat er verandert", 5


def file_of(home: Home, partner: str, feed: str, month: str) -> Path:
    (found,) = home.inbox.joinpath(partner, feed).glob(f"{month}.*")
    return found


def shorten(path: Path) -> None:
    """The partner leaves out a third of the rows."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) * 2 // 3]), encoding="utf-8", newline="")


def take(home: Home) -> None:
    assert all(o.verdict != "error" for o in deliver.deliver(home, inbox.scan(home.inbox, NOW.date()).files, NOW))


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Published; one delivery is missing, one was corrected, of one the correction was refused."""
    home = Home.open(tmp_path_factory.mktemp("bureau") / "huis", create=True)
    synthesize(home.inbox, FIRST, LAST, SCALE, 1)
    with pytest.MonkeyPatch.context() as patched:
        # It only checks what the verdict has found.
        patched.setattr(rows, "check_against_suite", lambda *_: None)
        file_of(home, *MISSING).unlink()
        take(home)
        shorten(file_of(home, *CORRECTED))
        file_of(home, *REFUSED).write_text("stuk;bestand\n1;2\n", encoding="utf-8")
        take(home)
    publication.publish(home, NOW)
    return home


@pytest.fixture(scope="module")
def site(land: Home, serving: Callable[..., str]) -> str:
    """The dashboard on it, without Dagster."""
    return serving(land.root)


@pytest.fixture(scope="module")
def closed_site(land: Home, serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same of a country that is not made up."""
    home = Home.open(shutil.copytree(land.root, tmp_path_factory.mktemp("echt") / "huis"))
    home.inbox.with_name("inbox-waarheid.json").unlink()
    shutil.rmtree(home.publications)
    publication.publish(home, NOW)
    shorten(file_of(home, "veilig_thuis", "meldingen", "2020-02"))
    preview.make(home, Request.of(FIRST, LAST), inbox.scan(home.inbox, NOW.date()), NOW)
    return serving(home.root)


@pytest.fixture
def closed(contexts: dict[str, BrowserContext], closed_site: str) -> Iterator[Visit]:
    yield from visiting(contexts["wide"], closed_site)


def cell(page: Page, feed: str, month: str) -> str:
    """What a cell of the calendar says, in the row of a feed."""
    row = page.locator("table.heat tr", has=page.locator("th[scope=row]", has_text=feed))
    return row.locator("td", has_text=month).first.inner_text()


def test_the_calendar_says_what_came_and_what_did_not(visit: Visit) -> None:
    visit.open("/leveringen")
    page = visit.page
    expect(page.locator("table.heat tbody th[scope=row]")).to_have_count(16)
    assert "✕" in cell(page, "Trajecten", "april 2020") and "ontbreekt" in cell(page, "Trajecten", "april 2020")
    refused = cell(page, "Incidenten", "mei 2020")
    assert "⊘" in refused and "geweigerd, nummer 1 telt nog" in refused
    assert "nummer 2" in cell(page, "Meldingen", "maart 2020")
    expect(page.locator("body")).to_contain_text("Ontbreekt: Trajecten (reclassering) over april 2020.")
    reminder = page.locator("details", has_text="Herinnering aan reclassering")
    reminder.locator("summary").click()
    expect(reminder.locator("pre.copy")).to_contain_text("Beste collega")
    visit.check()


def test_one_month_with_its_findings_and_rows(visit: Visit) -> None:
    visit.open("/leveringen?levering=veilig_thuis/inzet&maand=2020-02")
    page = visit.page
    expect(page.locator("h3", has_text="Inzet (Veilig Thuis), februari 2020")).to_be_visible()
    expect(page.locator("h3", has_text="Rijen in quarantaine")).to_be_visible()
    page.get_by_text("Toon deze rijen").click()
    shown = page.locator("table", has=page.locator("caption", has_text="Rijen in quarantaine")).locator("tbody tr")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download deze rijen (CSV)").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert 0 < shown.count() == len(list(csv.DictReader(io.StringIO(content), delimiter=";")))
    visit.check()


def test_a_refused_correction_is_explained(wide: Visit) -> None:
    wide.open(f"/leveringen?levering=politie/incidenten&maand={REFUSED[2]}")
    taken = wide.page.locator("table", has=wide.page.locator("caption", has_text="Wat er kwam")).locator("tbody tr")
    expect(taken).to_have_count(2)
    expect(taken.first).to_contain_text("geweigerd")
    expect(taken.last).to_contain_text("telt mee")
    expect(wide.page.locator("caption", has_text="Bevindingen")).to_be_visible()
    wide.check()


def test_the_ledger_is_filtered_and_the_address_keeps_it(wide: Visit, land: Home) -> None:
    wide.open("/leveringen")
    with Ledger.open(land) as ledger:
        whole = len(ledger.all())
    expect(wide.page.locator("body")).to_contain_text(f"{whole} van de {whole} leveringen.")
    wide.page.get_by_role("combobox", name="Oordeel").focus()
    wide.page.keyboard.type("geweigerd")
    wide.page.keyboard.press("Enter")
    expect(wide.page.locator("body")).to_contain_text(f"1 van de {whole} leveringen.")
    expect(wide.page).to_have_url(re.compile("oordeel=geweigerd"))
    wide.page.reload()
    wide.settle()
    rows = wide.page.locator("table", has=wide.page.locator("caption", has_text="Register")).locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Incidenten")
    wide.check()


def test_without_dagster_the_pages_say_so_and_give_the_commands(visit: Visit, land: Home) -> None:
    visit.open("/runs")
    expect(visit.page.locator(".trouble")).to_contain_text("Dagster is niet te bereiken")
    expect(visit.page.locator("pre.copy")).to_have_text(f"veiligheid dagster --home {land.root}")
    visit.check()
    visit.open("/backfill?van=2020-01&leveringen=politie/inzet,verzonnen/niets")
    commands = visit.page.locator("pre.copy").last.inner_text().splitlines()
    asked = f"veiligheid backfill --from 2020-01 --until {LAST} --feed politie/inzet"
    assert commands[0].startswith(f"{asked} --preview") and commands[1].startswith(asked)
    assert commands[1].endswith("--approved NUMMER") and str(land.root) in commands[0]
    expect(visit.page.get_by_role("button", name="Laat zien wat er verandert")).to_have_count(0)
    visit.check()


def test_where_a_figure_comes_from_and_that_it_comes_out_again(visit: Visit) -> None:
    visit.open("/indicator?indicator=hg_herkend_bij_instroom&periode=maand&cijfer=2020-02")
    page = visit.page
    panel = page.get_by_test_id("stExpander").filter(has_text="Waar komt dit cijfer vandaan?")
    expect(panel).to_contain_text("Nederland, februari 2020")
    expect(panel.locator("table tbody tr").first).to_contain_text("Openbaar Ministerie (zsm zaken)")
    expect(panel.locator("ul.digests li")).to_have_count(7)
    assert re.search(r"\b[0-9a-f]{64}\b", panel.locator("ul.digests li").first.text_content() or "")
    expect(panel.locator("pre.copy")).to_contain_text(
        "veiligheid explain --publication 0001 --indicator hg_herkend_bij_instroom --region nederland --period 2020-02"
    )
    page.get_by_role("button", name="Bereken opnieuw").click()
    expect(panel.locator(".outcome")).to_have_text("Opnieuw berekend komt er hetzelfde uit.", timeout=60_000)
    expect(panel.locator("table").last).to_contain_text("Gepubliceerd")
    visit.settle()
    visit.check()


def test_without_logging_in_nothing_of_real_data_is_there(closed: Visit) -> None:
    for address in (
        "/leveringen?levering=veilig_thuis/inzet&maand=2020-02",
        "/backfill",
        "/indicator?cijfer=2020",
        "/runs",
    ):
        closed.open(address)
        expect(closed.page.locator("h1")).to_have_text("Aanmelden is nog niet ingesteld")
        expect(closed.page.locator("table")).to_have_count(0)
        expect(closed.page.locator("body")).not_to_contain_text("Toon deze rijen")
        expect(closed.page.locator(".st-key-content").get_by_role("button")).to_have_count(0)
    closed.check()


def test_the_stewards_pages_stand_together(wide: Visit) -> None:
    wide.open("/")
    expect(wide.page.locator(".st-key-stewards-nav")).to_have_count(0)
    wide.page.get_by_role("link", name="Gegevensbeheer").click()
    for name in ("Leveringen", "Verwerkingen", "Maanden opnieuw", "Datakwaliteit"):
        wide.page.locator(".st-key-stewards-nav").get_by_role("link", name=name).click()
        expect(wide.page.locator(".st-key-stewards-nav [class*=-current]")).to_have_text(name)
        wide.settle()
        assert urlsplit(wide.page.url).query == "", "defaults stand in the address"
    wide.check()


@pytest.fixture(scope="module")
def worked(land: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy to work on, in whose inbox one more corrected delivery lies."""
    home = Home.open(shutil.copytree(land.root, tmp_path_factory.mktemp("werk") / "huis"))
    shorten(file_of(home, "veilig_thuis", "meldingen", "2020-02"))
    return home


@pytest.fixture(scope="module")
def beside_dagster(
    worked: Home, serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The dashboard on it, beside ``veiligheid dagster``."""
    port, log = free_port(), tmp_path_factory.mktemp("dagster") / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", "dagster"]
        process = subprocess.Popen([*command, "--home", str(worked.root), "--port", str(port)], stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"Dagster staat op" not in log.read_bytes():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.5)
        yield serving(worked.root, f"http://127.0.0.1:{port}")
    finally:
        # Ends the web server, the daemon and their runs with it, as Ctrl-C does.
        process.send_signal(signal.SIGINT)
        process.wait(60)


@pytest.fixture
def steward(contexts: dict[str, BrowserContext], beside_dagster: str) -> Iterator[Visit]:
    yield from visiting(contexts["wide"], beside_dagster)


def stop_a_preview(steward: Visit, home: Home) -> None:
    """Start one and stop it, once more where it was ready before that; one that is stopped leaves nothing."""
    page, make = steward.page, steward.page.get_by_role("button", name=MAKE)
    for _ in range(TRIES):
        before = preview.numbers(home)
        make.click()
        page.get_by_role("button", name="Stop").click(timeout=WORK_MS)
        sure = page.get_by_role("button", name="Ja, stop dit")
        expect(sure.or_(make)).to_be_visible(timeout=WORK_MS)
        # It may be ready while we decide.
        with suppress(NotInTime):
            if sure.is_visible():
                sure.click(timeout=5_000)
        expect(make).to_be_visible(timeout=WORK_MS)
        if preview.numbers(home) == before:
            return
    pytest.fail("a preview was ready each time before it was stopped", pytrace=False)


@pytest.mark.slow
def test_from_choosing_months_to_what_came_of_them(steward: Visit, worked: Home) -> None:
    page = steward.page
    steward.open(f"/backfill?van={FIRST}")
    stop_a_preview(steward, worked)
    steward.open("/runs")
    expect(page.locator("table tbody tr").first).to_contain_text("gestopt")

    steward.open(f"/backfill?van={FIRST}")
    page.get_by_role("button", name=MAKE).click()
    expect(page.locator(".busy")).to_contain_text("Voorvertoning")
    carry_out = page.get_by_role("button", name="Voer het uit")
    expect(page.locator(".busy")).to_have_count(0, timeout=WORK_MS)
    expect(carry_out).to_be_visible()
    expect(page.locator("body")).to_contain_text("Er wordt 1 levering opnieuw gelezen.")
    said = page.locator("p", has_text="cijfers van publicatie 0001 veranderen").inner_text()
    changes = re.search(r"([\d.]+) cijfers van publicatie", said)
    assert changes is not None
    with page.expect_download() as download:
        page.get_by_role("button", name="Download deze veranderingen (CSV)").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    count = len(list(csv.DictReader(io.StringIO(content), delimiter=";")))
    assert count == int(changes[1].replace(".", "")) > 0
    expect(page.locator("table", has_text="Wordt").last).to_contain_text("verbeterde levering")
    steward.check()

    carry_out.click()
    expect(page.locator(".trouble")).to_have_text("Vul uw naam in en zet het vinkje aan.")
    page.get_by_label("Uw naam").fill("Jet de Vries")
    page.get_by_text("Ik heb gezien wat er verandert en keur dit goed.").click()
    carry_out.click()
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("Goedgekeurd door Jet de Vries", timeout=WORK_MS)
    expect(outcome).to_contain_text(f"{count} cijfers veranderd, zoals de voorvertoning zei", timeout=WORK_MS)
    expect(carry_out).to_have_count(0)
    expect(page.locator("table", has_text="Uitkomst").last).to_contain_text("Jet de Vries")
    page.get_by_role("button", name="Open de nieuwste publicatie").click()
    expect(page.locator(".publication", has_text="Publicatie 0002")).to_be_visible(timeout=20_000)
    steward.settle()

    # A figure that changed, from the table to where it comes from.
    page.locator("table", has_text="Wordt").locator("tbody a").first.click()
    panel = page.get_by_test_id("stExpander").filter(has_text="Waar komt dit cijfer vandaan?")
    expect(panel).to_contain_text("0002")
    page.get_by_role("button", name="Bereken opnieuw").click()
    expect(panel.locator(".outcome")).to_have_text("Opnieuw berekend komt er hetzelfde uit.", timeout=WORK_MS)
    steward.settle()
    steward.check()
    (*_, newest) = preview.numbers(worked)
    with Ledger.open(worked) as ledger:
        (done,) = ledger.backfills()
    assert (done.approved_by, done.status, done.preview, done.publication_after) == (
        "Jet de Vries", "done", newest, "0002",
    )  # fmt: skip
