"""What holds for every page there is: nothing from elsewhere, Dutch, a title, an address to share, a keyboard."""

from __future__ import annotations

import re

import pytest
from page_names import addresses, page_names
from playwright.sync_api import BrowserContext, Locator, Page, expect
from visiting import Visit, open_all, visiting

from dashboards import texts

# Words that are English and not Dutch, and no name: what Streamlit, plotly or a browser would say by themselves.
ENGLISH = """
    the and with without from this that these those your you are not have been will would should could
    add all any apply back cancel choose clear click close collapse copy current date delete description disabled error
    empty enter expand failed file files fullscreen help hide hour hours item items loading main more move new
    next
    no none notification option options page pan please press previous remove required reset results retry running
    save search see select selected show skip sort stopped submit to today toggle try unknown upload use value
    values view warning weeks year years yes zoom autoscale
"""
# Where screens and screen readers read words: what is seen, and what elements are called.
WORDS = """root => {
  // What is marked as another language, as the link to the English pages.
  for (const other of root.querySelectorAll("[lang]")) other.style.display = "none";
  const said = [root.innerText, document.title];
  for (const element of root.querySelectorAll("*"))
    for (const name of ["aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title",
                        "placeholder", "alt"])
      if (element.hasAttribute(name) && element.checkVisibility()) said.push(element.getAttribute(name));
  return said;
}"""
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0'], [role=slider]"
OPENINGS = 4
MAX_STEPS = 600
# The looks of an element and of what stands around it, which must change when it gets the focus.
STEP = """() => {
  const looks = element => {
    const out = [];
    for (let at = element, i = 0; at && i < 6; at = at.parentElement, i++) {
      const style = getComputedStyle(at);
      out.push(style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor);
    }
    return out.join("|");
  };
  const walk = window.keyboardWalk ??= {seen: new Set(), unseen: []};
  if (walk.last?.isConnected && walk.looks === looks(walk.last)) walk.unseen.push(walk.last.outerHTML.slice(0, 200));
  const now = document.activeElement;
  if (now === document.body || walk.seen.has(now)) { walk.last = null; return null; }
  walk.seen.add(now); walk.last = now; walk.looks = looks(now);
  return {tag: now.tagName, role: now.getAttribute("role"), open: now.parentElement.open ?? null};
}"""
# A group of radio buttons is one stop, and arrows go on from there.
LEFT = f"""() => [...document.querySelectorAll(`{FOCUSABLE}`)].filter(element =>
  element.checkVisibility({{visibilityProperty: true}}) && element.tabIndex >= 0 && !element.disabled
  && !window.keyboardWalk.seen.has(element) && !element.closest("[role=radiogroup]")
).map(element => element.outerHTML.slice(0, 200))"""


def english(page: Page) -> set[str]:
    """The English words on the screen."""
    said = " ".join(page.locator("body").evaluate(WORDS))
    return {word for word in re.findall(r"[a-z']+", said.casefold()) if word in ENGLISH.split()}


def test_nothing_is_english_or_asked_from_elsewhere(wide: Visit) -> None:
    found = {}
    for address in addresses():
        wide.open(address)
        open_all(wide.page)
        found[address] = english(wide.page)
        for menu in wide.page.locator("[role=combobox]:visible").all()[:2]:
            menu.fill("qqqq")
            found[address] |= english(wide.page)
            wide.page.keyboard.press("Escape")
    assert found == {address: set() for address in addresses()}
    wide.check()


def test_an_english_word_is_noticed(wide: Visit) -> None:
    wide.page.set_content('<button aria-label="Close menu">x</button> <p hidden title="search">search</p>')
    assert english(wide.page) == {"close"}


def test_every_page_has_a_title_of_its_own(wide: Visit) -> None:
    titles = {}
    for name, address in zip(page_names(), addresses(), strict=True):
        wide.open(address)
        expect(wide.page).to_have_title(re.compile(re.escape(texts.get(f"pages.{name}"))))
        titles[name] = wide.page.title()
    assert len(set(titles.values())) == len(titles)


def open_menu(page: Page, control: Locator) -> None:
    """By keyboard. What is drawn again at that moment closes a menu: then once more."""
    menu = page.get_by_role("listbox")
    for _ in range(OPENINGS):
        control.focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(500)
        if menu.is_visible():
            break
    expect(menu).to_be_visible()


def change(page: Page, control: Locator) -> None:
    """Another option than is chosen, by keyboard."""
    control.focus()
    if control.get_attribute("role") == "combobox":
        open_menu(page, control)
        for key in ("ArrowDown", "Enter"):
            page.keyboard.press(key)
    elif control.get_attribute("role") == "radiogroup":
        control.locator("[aria-checked=false]").last.click()
    else:
        page.keyboard.press("ArrowLeft")


@pytest.mark.parametrize("address", addresses())
def test_an_address_shows_the_same_to_who_gets_it(
    wide: Visit, contexts: dict[str, BrowserContext], site: str, address: str
) -> None:
    wide.open(address)
    controls = wide.page.locator(".st-key-content").locator("[role=combobox], [role=radiogroup], [role=slider]")
    for i in range(controls.count()):
        if i < controls.count():
            change(wide.page, controls.nth(i))
            wide.settle()
            # A next choice is made by somebody who sees the page: not before it is drawn.
            settled(wide.page)
    # What was chosen last comes into the address when the page has been drawn again.
    settled(wide.page)
    content = ".st-key-content"
    for other in visiting(contexts["wide"], site):
        other.open(wide.page.url.removeprefix(site))
        expect(other.page.locator(content)).to_have_text(wide.page.locator(content).inner_text(), use_inner_text=True)
        chosen = "all => all.map(e => e.value ?? e.ariaValueText ?? e.innerText)"
        assert other.page.locator(content).locator("input").evaluate_all(chosen) == wide.page.locator(content).locator(
            "input"
        ).evaluate_all(chosen)
        other.check()
    wide.check()


def settled(page: Page) -> None:
    """Wait until the address has stood still for a moment."""
    before = ""
    while before != page.url:
        before = page.url
        page.wait_for_timeout(700)


@pytest.mark.parametrize("address", addresses())
def test_every_link_and_control_is_reached_by_tab_and_seen_to_be(wide: Visit, address: str) -> None:
    wide.open(address)
    page = wide.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.testid") == "stSkipToContent"
    for _ in range(MAX_STEPS):
        stop = page.evaluate(STEP)
        if stop is None:
            break
        if stop["tag"] == "SUMMARY" and stop["open"] is False:
            page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.parentElement.open")
        if stop["role"] == "combobox":
            # What unfolds moves for a while, and a menu closes when the page moves.
            page.wait_for_timeout(1000)
            page.keyboard.press("ArrowDown")
            expect(page.get_by_role("listbox")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.get_by_role("listbox")).to_have_count(0)
        page.keyboard.press("Tab")
    assert page.evaluate("window.keyboardWalk.unseen") == []
    assert page.evaluate(LEFT) == []
    wide.check()


def test_a_stop_without_focus_and_one_left_out_are_noticed(wide: Visit) -> None:
    page = wide.page
    page.set_content('<button style="outline:none">a</button><button>b</button><a href="#" onfocus="this.blur()">c</a>')
    for _ in range(3):
        page.keyboard.press("Tab")
        page.evaluate(STEP)
    assert page.evaluate("window.keyboardWalk.unseen") == ['<button style="outline:none">a</button>']
    assert page.evaluate(LEFT) == ['<a href="#" onfocus="this.blur()">c</a>']


def test_a_choice_made_before_the_one_before_is_drawn_is_kept(wide: Visit) -> None:
    wide.open("/indicator")
    wide.page.get_by_role("radio", name="Jaar", exact=True).click()
    wide.page.get_by_role("radio", name="Arrondissementen", exact=True).click()
    expect(wide.page).to_have_url(re.compile("niveau=arrondissement"))
    wide.settle()
    assert "periode=jaar" in wide.page.url
    wide.check()
