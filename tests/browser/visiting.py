"""One window on the dashboard, and all that goes wrong in it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
# Also that of a small laptop or a tablet.
ALL_WIDTHS = {**WIDTHS, "middle": (1024, 768)}


@dataclass
class Visit:
    """One window, and all that went wrong in it."""

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda m: self.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))
        self.page.on(
            "response", lambda r: self.wrong.append(f"answer {r.status}: {r.url}") if r.status >= 400 else None
        )

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.site).netloc:
            self.wrong.append(f"asked from elsewhere: {url}")

    def open(self, address: str) -> None:
        self.page.goto(self.site + address)
        self.settle()

    def settle(self) -> None:
        """Until the script has run and what it asked for is drawn."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"] h1')
        expect(self.page.locator('[data-testid="stSkeleton"]')).to_have_count(0)

    def check(self) -> None:
        assert self.wrong == []
        for kind in ("stException", "stAlert", "stAlertContainer"):
            assert self.page.locator(f'[data-testid="{kind}"]').count() == 0, self.page.locator("body").inner_text()
        assert self.page.evaluate("document.documentElement.lang") == "nl"
        main = "document.querySelector('[data-testid=\"stMain\"]')"
        assert self.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), "the page is wider than the window"


def visiting(context: BrowserContext, site: str) -> Iterator[Visit]:
    """A new window, closed afterwards."""
    found = Visit(context.new_page(), site)
    found.listen()
    yield found
    found.page.close()


def free_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_all(page: Page) -> None:
    """Opens everything that is folded."""
    page.evaluate("document.querySelectorAll('details.folded').forEach(e => { e.open = true })")
    folded = page.locator("details:not([open]) > summary:visible")
    while count := folded.count():
        folded.first.click()
        expect(folded).to_have_count(count - 1)
