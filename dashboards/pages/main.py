"""The script of the web application: opens the publication, draws the frame and the page that was asked for."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from dashboards import audience, desk, queries, sessions, texts
from dashboards.audience import Audience
from dashboards.pages import (
    address,
    backfill,
    datakwaliteit,
    entrance,
    herhaling,
    indicator,
    inzet,
    leveringen,
    nothing,
    overzicht,
    parts,
    praktijk,
    present,
    regio,
    resultaten,
    runs,
    uitleg,
    verkenning,
)
from dashboards.queries import Publication
from dashboards.sessions import Refused, Visitor

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
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def prepared(home: str, number: str, whom: Audience) -> Publication:
    """The same for an audience: what its pages are handed."""
    return audience.cut(opened(home, number), whom)


def main() -> None:
    texts.use(address.language())
    st.set_page_config(page_title=texts.get("site.name"), layout="wide", initial_sidebar_state="collapsed")
    parts.style()
    try:
        try:
            _enter(present.visitor())
        except Refused as refused:
            present.note_refusal(refused)
            _alone(partial(entrance.show_refusal, refused))
    except desk.DeskError as error:
        _alone(partial(entrance.show_refusal, Refused(sessions.NOT_RECORDED, detail=str(error))))


def _enter(someone: Visitor) -> None:
    """Raises Refused, and desk.DeskError for what can't be put on record: then it isn't shown."""
    entrance.welcome(someone)
    home = present.home()
    number = st.session_state.get(OPENED, "")
    try:
        newest = queries.current_number(home)
        number = number or newest
        if someone.audience.is_demo and not opened(str(home), number).manifest.get("fictief"):
            raise Refused(sessions.REAL)
        publication = prepared(str(home), number, someone.audience)
    except queries.NoPublication:
        _alone(partial(nothing.show_empty, home))
        return
    except queries.DamagedPublication as damage:
        _alone(partial(nothing.show_damaged, number, str(damage)))
        return
    except audience.UnknownRegion as error:
        raise Refused(sessions.NO_REGION, someone.who) from error
    st.session_state[OPENED] = number
    if newest != number:
        _offer(newest, number)
    _site(publication, someone)


def _site(publication: Publication, someone: Visitor) -> None:
    site: dict[str, st.Page] = {}
    shows: dict[str, Callable[[], None]] = {name: partial(show, publication, site) for name, show in PAGES.items()}
    if not someone.audience.is_steward:
        shows |= dict.fromkeys(parts.STEWARDS, entrance.show_stewards_only)
    pages = _pages(shows)
    site |= {n: page for n, page in pages.items() if someone.audience.is_steward or n not in parts.STEWARDS}
    current = st.navigation(list(pages.values()), position="hidden")
    region = f", regio {asked}" if (asked := address.coming("regio")) else ""
    present.note_once(desk.SEEN, f"{current.url_path or next(iter(PAGES))}{region}, publicatie {publication.number}")
    st.set_page_config(page_title=texts.say("site.page_title", page=current.title, site=texts.get("site.name")))
    parts.header(publication, site, current)
    if not someone.audience.is_demo:
        entrance.bar(someone, publication)
    if current.url_path != site["overzicht"].url_path:
        overzicht.stop()
    with st.container(key="content"):
        current.run()
    parts.footer(publication)
    if someone.audience.is_demo:
        entrance.say_demo()
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
