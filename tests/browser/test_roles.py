"""Every role on every page, by direct address and in every file: no figure of anybody else reaches the browser.

The publication is the sample's with figures that each occur once, so that a figure tells of which cell it is. What is
looked at is not the screen but all that the server sends: messages to the page, answers and files. A login service runs
beside it.
"""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sample_publication
from page_names import addresses
from playwright.sync_api import Browser, BrowserContext, Page, expect
from visiting import WIDTHS, Visit, free_port, open_all

from pipelines import audit
from pipelines.home import Home

PROVIDER = Path(__file__).with_name("oidc_provider.py")
CLIENT = ("dashboard", "geheim-van-de-proef")
START_SECONDS = 20
# What goes by way of the login service takes a few pages.
PATIENCE_MS = 30_000
STEWARDS = ("/datakwaliteit", "/leveringen", "/runs", "/backfill")
# Large, and no round numbers: what is found is no year, size or colour.
FIRST_COUNT, COUNT_STEP = 10_000_019, 13
VALUES = ("waarde", "ondergrens", "bovengrens")
OF_OTHERS = (
    "/regio?regio=zeeland",
    "/regio?regio=noord_nederland",
    "/indicator?indicator=actieoverleg_bereik&regio=zeeland&cijfer=2020-K1",
    "/indicator?indicator=kosten_per_zaak&uitsplitsing=partner&categorie=reclassering",
    "/inzet?regio=zeeland&blad=reclassering",
    "/herhaling?regio=zeeland_west_brabant",
    "/?kaart=actieoverleg_bereik&kaart_niveau=vt_regio",
    "/verkenning?niveau=vt_regio",
)
SHOWING_OTHERS = (OF_OTHERS[0], OF_OTHERS[3], OF_OTHERS[6])
# Of each page, where not every file is asked for.
FILES_AT_HAND = 2
WITH_FILES = ("/inzet", "/regio", "/indicator?indicator=kosten_per_zaak&uitsplitsing=partner")
# Of whom the figures are, as the plan has it: not asked of the product.
OOST = {"oost_nederland", "ijsselland", "twente", "noord_en_oost_gelderland", "gelderland_midden", "gelderland_zuid"}
REGIONS = {
    "twente": {"nederland", "oost_nederland", "twente"},
    "zeeland": {"nederland", "zeeland_west_brabant", "zeeland"},
    "oost": {"nederland", *OOST},
}
PARTNERS = {"politie": "politie", "reclassering": "reclassering"}
QUICK = ("politie", "twente")
SLOW = ("netwerk", "beheer", "reclassering", "zeeland", "oost")
NUMBER = re.compile(
    rb"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])|(?<![\w.])\d{1,3}(?:\.\d{3}){2,}(?!\w)", re.IGNORECASE
)
ARRAY = re.compile(rb'"(dtype|bdata)": ?"([^"]+)", ?"(dtype|bdata)": ?"([^"]+)"')
Cell = tuple[str, str, str]


def with_figures_of_their_own() -> tuple[dict[str, pl.DataFrame], dict[float, Cell]]:
    """The sample's tables, in which each figure of a cell occurs once; and of which cell each figure is: region,
    dimension, category."""
    tables = sample_publication.tables()
    shown = pl.col("n").is_not_null() & ~pl.col("indicator").is_in(["actieoverleg_dekking", "hg_vt_zsm_dekking"])
    row = pl.int_range(pl.len())
    small = 1 + (row + 1) * 1e-8
    values = tables["indicator_values"].with_columns(
        n=pl.when(shown).then(FIRST_COUNT + row * COUNT_STEP).otherwise("n"),
        **{name: pl.when(shown).then(pl.col(name) * small).otherwise(name) for name in VALUES},
    )  # fmt: skip
    values = values.with_columns(
        noemer=pl.when(shown).then(pl.col("n") + 0.5).otherwise("noemer"),
        teller=pl.when(shown).then(pl.col("n") * pl.col("waarde")).otherwise("teller"),
    )
    owner: dict[float, Cell] = {}
    double = set()
    for cell in values.filter(shown).iter_rows(named=True):
        whose = (cell["regio"], cell["dimensie"], cell["categorie"])
        for name in ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens"):
            figure = cell[name]
            if figure is None or (not figure % 1 and name != "n"):
                continue
            if owner.setdefault(float(figure), whose) != whose:
                double.add(float(figure))
    return {**tables, "indicator_values": values}, {k: v for k, v in owner.items() if k not in double}


def numbers(content: bytes) -> set[float]:
    """Every number in it: written out, in the Dutch way, or in the arrays of a chart."""
    found = {float(match.replace(b".", b"") if match.count(b".") > 1 else match) for match in NUMBER.findall(content)}
    for first, one, _, other in ARRAY.findall(content):
        kind, data = (one, other) if first == b"dtype" else (other, one)
        array = np.frombuffer(base64.b64decode(data.replace(rb"\u002f", b"/")), dtype=f"<{kind.decode()}")
        found |= {float(value) for value in array}
    return found


def inside(content: bytes) -> bytes:
    """What is in a file, with what is packed in it."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@dataclass
class Country:
    """A served publication with a login service beside it. ``owner``: of which cell a figure is."""

    site: str
    home: Home
    owner: Mapping[float, Cell]

    def cells(self, content: bytes) -> dict[Cell, float]:
        """The cells of which a figure is in it, each with that figure."""
        return {self.owner[number]: number for number in numbers(content) & self.owner.keys()}


@dataclass
class Person:
    """Somebody who has logged in, and all that was sent to them since the last look."""

    name: str
    country: Country
    visit: Visit
    sent: list[bytes] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.visit.page

    def listen(self) -> None:
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def _received(self, payload: str | bytes) -> None:
        self.sent.append(payload if isinstance(payload, bytes) else payload.encode())

    def open(self, address: str) -> dict[Cell, float]:
        """The cells of which a figure was sent for this address."""
        self.sent.clear()
        self.visit.open(address)
        return self.seen()

    def seen(self) -> dict[Cell, float]:
        return self.country.cells(b"\n".join(self.sent))

    def may_see(self, cell: Cell) -> bool:
        region, dimension, category = cell
        if self.name in REGIONS and region not in REGIONS[self.name]:
            return False
        return self.name not in PARTNERS or dimension != "partner" or category == PARTNERS[self.name]


def log_in(page: Page, site: str, name: str) -> None:
    page.goto(site)
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"] h1')


@pytest.fixture(scope="module")
def country(serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    folder = tmp_path_factory.mktemp("rollen")
    tables, owner = with_figures_of_their_own()
    home = Home.open(folder / "huis", create=True)
    sample_publication.write(home.root, "0003", sample_publication.tables())
    sample_publication.write(home.root, "0004", tables)
    port, at = free_port(), free_port()
    redirect = f"http://127.0.0.1:{port}/oauth2callback"
    login = folder / "login.toml"
    login.write_text(
        f'[auth]\nredirect_uri = "{redirect}"\ncookie_secret = "{"geheim" * 6}"\nclient_id = "{CLIENT[0]}"\n'
        f'client_secret = "{CLIENT[1]}"\nserver_metadata_url = "http://127.0.0.1:{at}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    login.chmod(0o600)
    with (folder / "log").open("wb") as log:
        provider = subprocess.Popen([sys.executable, PROVIDER, str(at), *CLIENT, redirect], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{at}/jwks", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                if provider.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"no login service:\n{(folder / 'log').read_text()}", pytrace=False)
                time.sleep(0.1)
        yield Country(serving(home.root, port=port, login=login), home, owner)
    finally:
        provider.terminate()
        provider.wait()


def context_of(browser: Browser) -> BrowserContext:
    width, height = WIDTHS["wide"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
    context.set_default_timeout(20_000)
    return context


@pytest.fixture(scope="module")
def people(browser: Browser, country: Country) -> Iterator[Callable[[str], Person]]:
    """Somebody by name, in a browser of their own, who logs in once."""
    known: dict[str, Person] = {}

    def person(name: str) -> Person:
        if name not in known:
            page = context_of(browser).new_page()
            log_in(page, country.site, name)
            visit = Visit(page, country.site)
            visit.listen()
            known[name] = Person(name, country, visit)
            known[name].listen()
        return known[name]

    yield person
    for one in known.values():
        one.page.context.close()


def whoever(names: tuple[str, ...], *marks: pytest.MarkDecorator) -> list[object]:
    return [pytest.param(name, marks=marks) for name in names]


EVERYBODY = [*whoever(QUICK), *whoever(SLOW, pytest.mark.slow)]


def foreign(person: Person, cells: Mapping[Cell, float]) -> list[tuple[Cell, float]]:
    return sorted((cell, figure) for cell, figure in cells.items() if not person.may_see(cell))


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_page_sends_a_figure_of_somebody_else(people: Callable[[str], Person], name: str) -> None:
    person, found = people(name), dict[Cell, float]()
    is_steward = name == "beheer"
    for address in [*addresses(), *OF_OTHERS]:
        cells = person.open(address)
        assert foreign(person, cells) == [], address
        found |= cells
        said = person.page.locator("h1").first.inner_text()
        assert (said == "Deze pagina is voor gegevensbeheerders") is (address in STEWARDS and not is_steward), address
    assert {cell[0] for cell in found} >= (
        {"nederland", name} & REGIONS[name] if name in REGIONS else {"nederland", "zeeland", "twente"}
    )
    assert {cell[2] for cell in found if cell[1] == "partner"} >= {PARTNERS.get(name, "reclassering")}
    assert len(found) > 20
    if name not in ("netwerk", "beheer"):
        expect(person.page.get_by_role("link", name="Gegevensbeheer")).to_have_count(0)
    person.visit.check()


def test_a_figure_of_somebody_else_would_be_noticed(people: Callable[[str], Person]) -> None:
    """The same look at what is sent to the network, which may see everything."""
    person, found = people("netwerk"), dict[Cell, float]()
    for address in SHOWING_OTHERS:
        found |= person.open(address)
    for name in (*REGIONS, *PARTNERS):
        assert foreign(Person(name, person.country, person.visit), found), name


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_file_holds_a_figure_of_somebody_else(people: Callable[[str], Person], name: str) -> None:
    person, kept = people(name), []
    for address in WITH_FILES:
        person.open(address)
        open_all(person.page)
        groups = person.page.locator('[class*="st-key-files-"]')
        count = min(FILES_AT_HAND, groups.count()) if name in QUICK else groups.count()
        buttons = [groups.nth(i).get_by_role("button", name="CSV voor programma's") for i in range(count)]
        buttons += person.page.locator(".st-key-sheets").get_by_role("button", name="Excel").all()
        assert buttons, address
        for button in buttons:
            with person.page.expect_download() as download:
                button.click()
            content = Path(download.value.path()).read_bytes()
            assert foreign(person, person.country.cells(inside(content))) == [], (address, download.value.url)
            kept.append((download.value.url, content))
    assert any(person.country.cells(inside(content)) for _, content in kept)
    noted = [line for line in audit.lines(person.country.home) if line["who"].startswith(f"sub-{name} ")]
    assert len([line for line in noted if line["what"] == "gedownload"]) == len(kept)


def test_an_address_of_a_file_is_of_no_use_to_anybody_else(
    people: Callable[[str], Person], browser: Browser, country: Country
) -> None:
    mine, other = people("politie"), people("twente")
    mine.open(WITH_FILES[0])
    open_all(mine.page)
    with mine.page.expect_download() as download:
        mine.page.locator(".st-key-sheets").get_by_role("button").last.click()
    url, content = download.value.url, Path(download.value.path()).read_bytes()
    assert "/media/" in url
    again = mine.page.context.request.get(url)
    assert (again.status, again.body()) == (200, content)
    assert again.headers["cache-control"] == "private, no-store"
    nobody = context_of(browser)
    forged = nobody.request.get(url, headers={"Cookie": "_streamlit_user=" + "x" * 200})
    for answer in (other.page.context.request.get(url), nobody.request.get(url), forged,
                   nobody.request.get(url, headers={"Range": "bytes=0-10"})):  # fmt: skip
        assert answer.status == 403 and content not in answer.body() and "niet voor u" in answer.text()
    assert mine.page.context.request.head(url).status == 403
    nobody.close()


def test_whoever_is_not_logged_in_sees_nothing(browser: Browser, country: Country) -> None:
    context = context_of(browser)
    visit = Visit(context.new_page(), country.site)
    visit.listen()
    person = Person("", country, visit)
    person.listen()
    for address in ("/", "/regio?regio=twente", "/leveringen"):
        assert person.open(address) == {}
        assert visit.page.locator("h1").inner_text() == "Meld u aan"
        expect(visit.page.get_by_role("link", name="Overzicht")).to_have_count(0)
    visit.check()
    context.close()


REFUSED = {
    "niemand": "U hebt geen rol", "dubbel": "U hebt meer dan één rol",
    "gisteren": "Meld u opnieuw aan", "toekomst": "Meld u",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_whoever_has_no_right_sees_why(browser: Browser, country: Country, name: str) -> None:
    context = context_of(browser)
    person = Person(name, country, Visit(context.new_page(), country.site))
    person.listen()
    log_in(person.page, country.site, name)
    expect(person.page.locator("h1")).to_contain_text(REFUSED[name])
    assert person.open("/regio?regio=twente") == {}
    expect(person.page.locator("h1")).to_contain_text(REFUSED[name])
    context.close()


def test_a_session_ends_by_itself_also_in_a_page_that_plays_and_in_a_file(browser: Browser, country: Country) -> None:
    context = context_of(browser)
    page = context.new_page()
    log_in(page, country.site, "kort")
    expect(page.get_by_role("button", name="Speel af")).to_be_visible()
    page.get_by_role("button", name="Speel af").click()
    expect(page.locator("h1")).to_have_text("Meld u opnieuw aan", timeout=30_000)
    assert page.locator(".tile-value").count() == 0
    context.close()


def test_who_logs_out_is_out_everywhere(browser: Browser, country: Country) -> None:
    context = context_of(browser)
    first, second = context.new_page(), context.new_page()
    log_in(first, country.site, "reclassering")
    kept = context.cookies()
    second.goto(country.site + "/regio")
    expect(second.get_by_role("button", name="Afmelden")).to_be_visible(timeout=PATIENCE_MS)
    first.get_by_role("button", name="Afmelden").click()
    expect(first.locator("h1")).to_have_text("Meld u aan", timeout=PATIENCE_MS)
    second.get_by_role("radio", name="Kwartaal").first.click()
    expect(second.locator("h1")).to_have_text("U bent afgemeld", timeout=PATIENCE_MS)
    context.add_cookies(kept)
    first.goto(country.site)
    expect(first.locator("h1")).to_have_text("U bent afgemeld", timeout=PATIENCE_MS)
    context.close()


def test_what_was_seen_is_on_record(people: Callable[[str], Person], country: Country) -> None:
    person = people("twente")
    person.open("/regio?regio=oost_nederland")
    person.open("/regio?regio=oost_nederland&periode=kwartaal")
    lines = [line for line in audit.lines(country.home) if line["who"] == "sub-twente (twente@voorbeeld.nl)"]
    assert {line["role"] for line in lines} == {"bestuurder twente"}
    assert lines[0]["what"] == "aangemeld"
    assert lines[-1]["on"] == "regio, regio oost_nederland, publicatie 0004"
    assert audit.check(country.home) == []


def test_what_cannot_be_put_on_record_is_not_shown(people: Callable[[str], Person], country: Country) -> None:
    person, log = people("politie"), country.home.audit / audit.LOG
    kept = log.read_bytes()
    try:
        log.write_bytes(kept[: kept.rindex(b"\n", 0, -1) + 1])
        for address in ("/", "/regio?regio=twente"):
            assert person.open(address) == {}
            assert person.page.locator("h1").inner_text() == "Er is niets te zien"
    finally:
        log.write_bytes(kept)
    assert person.open("/")


@pytest.fixture(scope="module")
def real_site(serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A country that is not made up, where nobody can log in."""
    home = tmp_path_factory.mktemp("echt")
    folder = sample_publication.write(home)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"fictief": true', '"fictief": false'))
    digest = sample_publication.vouch(folder)
    (home / "publications" / "current.json").write_text(f'{{"publication": "0003", "manifest_sha256": "{digest}"}}')
    return serving(home)


def test_without_logging_in_a_real_country_is_not_shown(wide: Visit, real_site: str, site: str) -> None:
    for address in addresses():
        wide.site = real_site
        wide.open(address)
        assert wide.page.locator("h1").inner_text() == "Aanmelden is nog niet ingesteld"
        assert wide.page.locator(".tile-value, table.figures").count() == 0
    wide.check()


def test_without_logging_in_nothing_is_shown_under_another_name(browser: Browser, site: str) -> None:
    """What a proxy in front of it, or a name that somebody else gave this machine, would ask for."""
    context = context_of(browser)
    page = context.new_page()
    page.goto(site.replace("127.0.0.1", "iemand.localhost"))
    expect(page.locator("h1")).to_have_text("Aanmelden is nog niet ingesteld")
    page.goto(site)
    expect(page.locator("body")).to_contain_text("Aanmelden is hier niet ingesteld. Daarom toont dit dashboard alleen")
    context.close()
