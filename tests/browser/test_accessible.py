"""Every page as axe-core judges it, at three widths, folded parts and menus opened: nothing serious that is ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from page_names import addresses
from playwright.sync_api import BrowserContext, Page, expect
from visiting import ALL_WIDTHS, Visit, open_all, visiting

SERIOUS = ("serious", "critical")
# What Streamlit itself causes and we can't mend, by rule: where, and why. A rule that no longer occurs must go.
STREAMLITS_OWN: dict[str, str] = {}


@pytest.fixture(params=ALL_WIDTHS)
def visit(request: pytest.FixtureRequest, contexts: dict[str, BrowserContext], site: str) -> Iterator[Visit]:
    yield from visiting(contexts[request.param], site)


@pytest.fixture(scope="module")
def occurred() -> set[str]:
    """The rules of ``STREAMLITS_OWN`` that were broken somewhere."""
    return set()


def violations(page: Page) -> dict[str, list[str]]:
    """The rules that are seriously broken, each with the markup that breaks it."""
    page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    return {v["id"]: [node["html"][:200] for node in v["nodes"]] for v in found if v["impact"] in SERIOUS}


def with_menus(page: Page) -> Iterator[str]:
    """The page as it is, and with each kind of menu open."""
    yield "page"
    for kind in ("[role=combobox]", "[data-testid=stPopover] button"):
        menu = page.locator(kind).first
        if menu.count():
            menu.click()
            yield f"open {kind}"
            page.keyboard.press("Escape")


def test_no_page_breaks_a_rule(visit: Visit, occurred: set[str]) -> None:
    ours = {}
    for address in addresses():
        visit.open(address)
        open_all(visit.page)
        for state in with_menus(visit.page):
            for rule, places in violations(visit.page).items():
                occurred.add(rule)
                if rule not in STREAMLITS_OWN:
                    ours[address, state, rule] = places
    assert ours == {}
    visit.check()


def test_the_list_of_exceptions_holds_nothing_else(occurred: set[str]) -> None:
    assert set(STREAMLITS_OWN) <= occurred


def test_a_broken_rule_is_noticed(visit: Visit) -> None:
    visit.page.set_content('<html lang="nl"><title>x</title><main><h1>x</h1><button></button></main></html>')
    assert violations(visit.page) == {"button-name": ["<button></button>"]}


def test_menus_are_landmarks_and_the_first_link_goes_past_them(visit: Visit) -> None:
    visit.open("/datakwaliteit")
    menus = visit.page.get_by_role("navigation")
    expect(menus).to_have_count(2)
    assert menus.evaluate_all("all => all.map(e => e.ariaLabel)") == ["Veiligheid voorop", "Gegevensbeheer"]
    current = visit.page.locator("[aria-current=page]")
    assert current.all_inner_texts() == ["Gegevensbeheer", "Datakwaliteit"]
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.classList.contains('st-key-content')")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.closest('.st-key-content') !== null")
    visit.check()
