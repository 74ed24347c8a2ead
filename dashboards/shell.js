// What Streamlit's page lacks for who walks it with the keyboard, hears it, or reads no English: a link past the menus,
// menus that are landmarks with a name, with the page that is shown marked in them, and its own words in ours.
(() => {
  const skipWords = %s, skipLink = '[data-testid="stSkipToContent"]';
  const set = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value) };
  const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text };
  // What widgets say of themselves follows the language of the page, not that of the browser.
  Object.defineProperty(navigator, "language", {get: () => document.documentElement.lang});
  new MutationObserver(() => {
    say(document.querySelector(skipLink), skipWords);
    const given = document.querySelector("[data-shell]");
    if (!given) return;
    const {menus, words} = JSON.parse(given.dataset.shell);
    for (const [key, name] of Object.entries(menus)) {
      for (const menu of document.querySelectorAll(".st-key-" + key)) {
        set(menu, "role", "navigation");
        set(menu, "aria-label", name);
        for (const entry of menu.querySelectorAll("a")) {
          if (entry.closest('[class*="-current"]')) set(entry, "aria-current", "page");
          else entry.removeAttribute("aria-current");
        }
      }
    }
    const ours = text => Object.entries(words).reduce((said, [theirs, word]) => said.replace(theirs, word), text);
    for (const field of document.querySelectorAll("[placeholder]")) set(field, "placeholder", ours(field.placeholder));
    for (const help of document.querySelectorAll('[aria-label^="Help for"]')) {
      set(help, "aria-label", ours(help.getAttribute("aria-label")));
    }
    for (const line of document.querySelectorAll("[role=option] > span, [role=log] > div")) {
      if (line.childElementCount === 0) say(line, ours(line.textContent));
    }
  }).observe(document, {childList: true, subtree: true});
  document.addEventListener("click", event => {
    const content = document.querySelector(".st-key-content");
    if (!content || !event.target.closest(skipLink)) return;
    event.preventDefault();
    event.stopPropagation();
    content.tabIndex = -1;
    content.focus();
    content.scrollIntoView();
  }, true);
})()
