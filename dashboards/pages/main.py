"""The script of the web application: opens the publication, draws the frame and the page that was asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from dashboards import audience, queries, serve, texts
from dashboards.pages import (
    address,
    backfill,
    datakwaliteit,
    herhaling,
    indicator,
    inzet,
    leveringen,
    nothing,
    overzicht,
    parts,
    praktijk,
    regio,
    resultaten,
    runs,
    uitleg,
    verkenning,
)
from dashboards.queries import Publication

OPENED = "publication"
PAGES = {
    "overzicht": overzicht.show,
    "regio": regio.show,
    "indicator": indicator.show,
    "herhaling": herhaling.show,
    "praktijk": praktijk.show,
    "resultaten": resultaten.show,
    "inzet": inzet.show,
    "verkenning": verkenning.show,
    "uitleg": uitleg.show,
    "datakwaliteit": datakwaliteit.show,
    "leveringen": leveringen.show,
    "runs": runs.show,
    "backfill": backfill.show,
}


@st.cache_resource(max_entries=2, show_spinner=False)
def opened(home: str, number: str) -> Publication:
    """A publication is immutable, so all sessions share the one that was read and checked."""
    found = queries.open_publication(Path(home), number)
    # Streamlit collects all garbage after every answer: what stays (modules, this) is looked through no more.
    gc.collect()
    gc.freeze()
    return audience.cut(found, audience.DEMO) if found.manifest.get("fictief") else found


def main() -> None:
    texts.use(address.language())
    st.set_page_config(page_title=texts.get("site.name"), layout="wide", initial_sidebar_state="collapsed")
    parts.style()
    home = serve.home_folder(sys.argv[1:], os.environ)
    number = st.session_state.get(OPENED, "")
    try:
        newest = queries.current_number(home)
        number = number or newest
        publication = opened(str(home), number)
    except queries.NoPublication:
        _alone(partial(nothing.show_empty, home))
        return
    except queries.DamagedPublication as damage:
        _alone(partial(nothing.show_damaged, number, str(damage)))
        return
    st.session_state[OPENED] = number
    if newest != number:
        _offer(newest, number)
    _site(publication)


def _site(publication: Publication) -> None:
    site: dict[str, st.Page] = {}
    site |= _pages({name: partial(show, publication, site) for name, show in PAGES.items()})
    current = st.navigation(list(site.values()), position="hidden")
    st.set_page_config(page_title=texts.say("site.page_title", page=current.title, site=texts.get("site.name")))
    parts.header(publication, site, current)
    if current.url_path != site["overzicht"].url_path:
        overzicht.stop()
    with st.container(key="content"):
        current.run()
    parts.footer(publication)
    parts.for_shell()


def _alone(show: Callable[[], None]) -> None:
    """The frame around a page that stands alone; every address leads to it."""
    page = st.navigation(list(_pages(dict.fromkeys(PAGES, show)).values()), position="hidden")
    parts.header(None, {}, page)
    with st.container(key="content"):
        page.run()


def _pages(shows: Mapping[str, Callable[[], None]]) -> dict[str, st.Page]:
    first = next(iter(shows))
    return {
        name: st.Page(show, title=texts.get(f"pages.{name}"), url_path=name, default=name == first)
        for name, show in shows.items()
    }


def _offer(newest: str, shown: str) -> None:
    with st.container(key="newer", horizontal=True, vertical_alignment="center"):
        st.markdown(texts.say("site.newer", number=newest, shown=shown))
        if st.button(texts.get("site.open_newer")):
            del st.session_state[OPENED]
            st.rerun()


main()
