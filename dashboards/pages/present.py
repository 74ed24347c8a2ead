"""Who has the page before them: for whatever is shown, made or recorded for them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboards import desk, roles, serve, sessions
from dashboards.doorkeeper import KEEPER
from dashboards.sessions import ANYBODY, Refused, Visitor

NOTED = "present:noted:"


def home() -> Path:
    """The data home."""
    return serve.home_folder(sys.argv[1:], os.environ)


def can_log_in() -> bool:
    """Whether logging in is set up here; where it isn't, nobody has to, and only what is made up is shown."""
    return serve.login_file(os.environ) is not None


def visitor() -> Visitor:
    """Who it is, at this moment. Raises Refused for whoever may see nothing (any more)."""
    if not can_log_in():
        if not sessions.is_own_machine(st.get_option("server.address"), st.context.headers.get("Host")):
            raise Refused(sessions.ELSEWHERE)
        return ANYBODY
    try:
        given = roles.load(roles.named(os.environ))
    except roles.RolesError as error:
        raise Refused(sessions.NO_ROLES, detail=str(error)) from error
    someone = sessions.visitor(st.user.to_dict(), given, time.time())
    if KEEPER.has_ended(someone):
        raise Refused(sessions.LOGGED_OUT, someone.who)
    return someone


def note(what: str, on: str = "") -> None:
    """Put on record what is about to be shown or done; raises desk.DeskError where that can't be. Where everything is
    made up and nobody logs in, there is nothing to record."""
    someone = visitor()
    if not someone.audience.is_demo:
        desk.note(home(), someone.who, someone.audience.name, what, on)


def note_refusal(refused: Refused) -> None:
    """Put on record that somebody who is known came and was refused, once."""
    if refused.who and st.session_state.get(NOTED + desk.REFUSED) != refused.reason:
        desk.note(home(), refused.who, "", desk.REFUSED, refused.reason)
        st.session_state[NOTED + desk.REFUSED] = refused.reason


def note_once(what: str, on: str) -> None:
    """As ``note``, unless it is what was put on record last: a page is drawn again at every click."""
    if st.session_state.get(NOTED + what) != on:
        note(what, on)
        st.session_state[NOTED + what] = on


def made_for_visitor(content: Callable[[], bytes] | bytes, name: str) -> Callable[[], bytes] | bytes:
    """The content of a file, which from the moment it is made may leave to whoever belongs to the same audience."""
    someone = visitor()
    if someone.audience.is_demo:
        return content

    def made() -> bytes:
        # Asked for by a click, which may come long after the page was drawn.
        if time.time() >= someone.until or KEEPER.has_ended(someone):
            raise Refused(sessions.EXPIRED)
        written = content() if callable(content) else content
        KEEPER.allow(someone.audience, written, name)
        return written

    return made
