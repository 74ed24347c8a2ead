"""The real server on a free port of this machine, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

import sample_publication
from visiting import ALL_WIDTHS, WIDTHS, Visit, free_port, visiting

from dashboards import serve
from dashboards.dagster_api import ADDRESS_VARIABLE

START_SECONDS = 40
# Without these, Chromium itself asks for updates and components; no sandbox, because tests may run as root.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        missing = "Chromium is not installed: no page was opened. Debian: apt-get install chromium"
        if os.environ.get("VEILIGHEID_REQUIRE_BROWSER") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One window size each, so that what Streamlit's pages load is loaded once."""
    found = {
        name: browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
        for name, (width, height) in ALL_WIDTHS.items()
    }
    for context in found.values():
        context.set_default_timeout(20_000)
    yield found
    for context in found.values():
        context.close()


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """A function that serves a data home and gives its address; every server ends with the tests.

    Dagster is looked for at ``dagster``; by default where nothing answers. ``login``: the file that says how people log
    in, which names the ``port``; by default nobody can.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(home: Path, dagster: str = "", port: int = 0, login: Path | None = None) -> str:
        folder = tmp_path_factory.mktemp("server")
        port = port or free_port()
        asked = {**os.environ, ADDRESS_VARIABLE: dagster or f"http://127.0.0.1:{free_port()}"}
        asked[serve.LOGIN_VARIABLE] = str(login or "")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                serve.command(home, port, asked), env=serve.environment(home, asked), cwd=folder, stdout=log, stderr=log
            )
        started.append(process)
        _wait(process, port, folder / "log")
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def site(serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a dashboard on the sample publication."""
    home = tmp_path_factory.mktemp("home")
    sample_publication.write(home)
    return serving(home)


@pytest.fixture(scope="session")
def empty_site(serving: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serving(tmp_path_factory.mktemp("empty"))


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not start:\n{log.read_text(errors='replace')}", pytrace=False)


@pytest.fixture(params=WIDTHS)
def visit(request: pytest.FixtureRequest, contexts: dict[str, BrowserContext], site: str) -> Iterator[Visit]:
    """A window, wide and narrow in turn."""
    yield from visiting(contexts[request.param], site)


@pytest.fixture
def wide(contexts: dict[str, BrowserContext], site: str) -> Iterator[Visit]:
    """A wide window."""
    yield from visiting(contexts["wide"], site)
