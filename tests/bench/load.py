"""``python -m tests.bench --load``: how long the dashboard takes to answer one person, and thirty at once.

A visitor is a websocket that speaks Streamlit's own protocol; an answer is whole when the script has ended and all that
it drew has arrived. What a browser then does with it is measured for the first screen, in Chromium.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboards import serve
from dashboards.dagster_api import ADDRESS_VARIABLE
from tests.bench.visitor import Answer, Visitor, arrive
from tests.fixtures.page_names import page_names

VISITORS, SECONDS, THINKING_SECONDS = 30, 90, 10.0
# A visitor goes to another page once in so many answers.
ANSWERS_PER_PAGE = 5
OPTIONS_TRIED = 4
START_SECONDS = 60
# What is asked of it (issue "What people see"): seconds.
FIRST_SCREEN, ONE_USER, MANY_USERS = 2.0, 0.3, 0.6
SEED = 20261126
# Of Streamlit's page: it has stopped drawing, and every picture is there.
DRAWN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const pictures = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  return app?.dataset.testScriptState === 'notRunning' && document.querySelector('h1') !== null
    && pictures.every(p => p.querySelector('.main-svg'))
}"""


@dataclass(frozen=True)
class Timed:
    """An answer and what was asked: a page, or a control on it."""

    page: str
    asked: str
    answer: Answer


@contextmanager
def serving(home: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The dashboard on a data home, without a Dagster, until the block ends. Raises TimeoutError."""
    variables = {**serve.environment(home), ADDRESS_VARIABLE: "http://127.0.0.1:9"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(serve.command(home, port), env=variables, stdout=quiet, stderr=quiet)
    site = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(site):
            if time.monotonic() > deadline or process.poll() is not None:
                raise TimeoutError("the dashboard did not start")
            time.sleep(0.1)
        yield site, process
    finally:
        process.terminate()
        process.wait(20)


def _answers(site: str) -> bool:
    try:
        with urllib.request.urlopen(f"{site}/_stcore/health", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


async def one_user(site: str, pid: int) -> tuple[list[Timed], dict[str, float]]:
    """Every page opened by a new visitor, and each of its controls set to a few of its options; and by page the CPU
    seconds that the server, process ``pid``, spent on an answer, which other work on the machine does not lengthen."""
    found, spent = [], {}
    for page in page_names():
        before, answers = _cpu(pid), len(found)
        visitor = await arrive(site)
        found.append(Timed(page, "", await visitor.open(_place(page))))
        for key in list(visitor.controls):
            # One control can take another away.
            for option in range(min(OPTIONS_TRIED, len(_options(visitor, key)))):
                if option < len(_options(visitor, key)):
                    found.append(Timed(page, key, await visitor.choose(key, option)))
        await visitor.socket.close()
        spent[page] = (_cpu(pid) - before) / (len(found) - answers)
    return found, spent


async def many_users(site: str) -> list[Timed]:
    """``VISITORS`` people for ``SECONDS``, each thinking for ten seconds on average between two answers."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_person(site, random.Random(SEED + i))) for i in range(VISITORS)]
    return [timed for task in tasks for timed in task.result()]


async def _person(site: str, chance: random.Random) -> list[Timed]:
    until = time.monotonic() + SECONDS
    await asyncio.sleep(chance.uniform(0, THINKING_SECONDS))
    visitor, pages, found = await arrive(site), page_names(), []
    page, left = "", 0
    while time.monotonic() < until:
        keys = [key for key, control in visitor.controls.items() if len(control.options) > 1]
        if not left or not keys:
            page, left = chance.choice(pages), ANSWERS_PER_PAGE
            found.append(Timed(page, "", await visitor.open(_place(page))))
        else:
            key, left = chance.choice(keys), left - 1
            option = chance.randrange(len(visitor.controls[key].options))
            found.append(Timed(page, key, await visitor.choose(key, option)))
        await asyncio.sleep(chance.uniform(0.5, 1.5) * THINKING_SECONDS)
    await visitor.socket.close()
    return found


def _place(page: str) -> str:
    return "" if page == page_names()[0] else page


def _options(visitor: Visitor, key: str) -> Sequence[str]:
    return visitor.controls[key].options if key in visitor.controls else ()


def first_screens(site: str) -> Mapping[str, float]:
    """Seconds until each page is drawn in a browser that was never here; empty without Chromium."""
    executable = shutil.which("chromium")
    if executable is None:
        return {}
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for name in page_names():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            began = time.monotonic()
            page.goto(f"{site}/{_place(name)}")
            page.wait_for_function(DRAWN, timeout=60_000)
            found[name] = time.monotonic() - began
            page.close()
        browser.close()
    return found


def quantile(seconds: Sequence[float], share: float) -> float:
    """The nearest rank: the smallest that at least this share does not exceed.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    return sorted(seconds)[max(0, -int(-share * len(seconds) // 1) - 1)]


def free_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(home: Path, port: int) -> bool:
    """Prints what was measured; whether all of it was within what is asked."""
    print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} (1 minute)", flush=True)
    with serving(home, port) as (site, process):
        # The first visitor waits for Python's modules and for the publication to be read.
        cold = asyncio.run(_open_first(site))
        print(f"very first answer of the server {cold.seconds:27.2f} s", flush=True)
        fits = _of_one(*asyncio.run(one_user(site, process.pid)))
        screens = first_screens(site)
        print("first screen in Chromium: " + (_said(screens) if screens else "NOT MEASURED, Chromium is not installed"))
        fits &= bool(screens) and max(screens.values()) <= FIRST_SCREEN
        before, began = _cpu(process.pid), time.monotonic()
        many = asyncio.run(many_users(site))
        busy = (_cpu(process.pid) - before) / (time.monotonic() - began)
        fits &= _of_many(many, busy)
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    return fits


async def _open_first(site: str) -> Answer:
    visitor = await arrive(site)
    answer = await visitor.open("")
    await visitor.socket.close()
    return answer


def _of_one(found: Sequence[Timed], spent: Mapping[str, float]) -> bool:
    print(f"one user: {'page':<16}{'page whole':>12}{'CPU an answer':>15}{'controls: median':>18}{'most':>9}")
    for page in page_names():
        mine = [timed for timed in found if timed.page == page]
        whole = next(timed.answer for timed in mine if not timed.asked)
        controls = [timed for timed in mine if timed.asked]
        line = f"          {page:<16}{whole.seconds:10.2f} s{spent[page]:13.3f} s"
        if controls:
            slowest = max(controls, key=lambda timed: timed.answer.seconds)
            middle = statistics.median(timed.answer.seconds for timed in controls)
            sent = max(timed.answer.bytes for timed in mine) / 1000
            line += f"{middle:16.2f} s{slowest.answer.seconds:7.2f} s   {slowest.asked}, {sent:.0f} kB"
        print(line, flush=True)
    opened = max(timed.answer.seconds for timed in found if not timed.asked)
    return opened <= FIRST_SCREEN and max(t.answer.seconds for t in found if t.asked) <= ONE_USER


def _of_many(found: Sequence[Timed], busy: float) -> bool:
    controls = [timed.answer.seconds for timed in found if timed.asked]
    pages = [timed.answer.seconds for timed in found if not timed.asked]
    print(f"{VISITORS} users, {THINKING_SECONDS:.0f} s of thinking, {SECONDS} s: server busy with {busy:.2f} cores")
    for name, seconds in (("controls", controls), ("pages", pages)):
        said = ", ".join(f"p{share * 100:.0f} {quantile(seconds, share):.2f} s" for share in (0.5, 0.95, 0.99))
        print(f"          {name:<10}{len(seconds):>5} answers: {said}, most {max(seconds):.2f} s", flush=True)
    return quantile(controls, 0.95) <= MANY_USERS


def _said(screens: Mapping[str, float]) -> str:
    return ", ".join(f"{page} {seconds:.2f} s" for page, seconds in screens.items())


def _cpu(pid: int) -> float:
    """CPU seconds of a process until now, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
