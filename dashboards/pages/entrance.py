"""The door: logging in and out, and the page for whoever may see nothing."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from dashboards import audience, desk, sessions, texts
from dashboards.doorkeeper import KEEPER
from dashboards.pages import parts, present
from dashboards.queries import Publication
from dashboards.sessions import Refused, Visitor

# What logging in (again) may help against.
BY_LOGIN = (sessions.ANONYMOUS, sessions.EXPIRED, sessions.LOGGED_OUT)
# For whom somebody else has to do something first: another login may be the right one.
BY_OTHERS = (sessions.NO_ROLE, sessions.SEVERAL_ROLES, sessions.NO_REGION)


def welcome(someone: Visitor) -> None:
    """Put on record that somebody has logged in, once for each login. Raises desk.DeskError."""
    if KEEPER.is_new(someone, time.time()):
        present.note(desk.LOGGED_IN)


def show_refusal(refused: Refused) -> None:
    """Why nothing is shown, and what to do."""
    words = texts.get(f"login.refused.{refused.reason}")
    parts.title(words["title"], escape(words["text"]))
    if refused.detail:
        parts.html(f'<p class="trouble">{escape(refused.detail)}</p>')
    if refused.who:
        parts.html(f'<p class="note">{escape(texts.say("login.as", who=refused.who))}</p>')
    if refused.reason in BY_LOGIN and st.button(texts.get("login.enter"), type="primary", key="login"):
        st.login()
    if refused.reason in BY_OTHERS and st.button(texts.get("login.leave"), key="logout"):
        st.logout()


def show_stewards_only() -> None:
    """At the address of a page that is for stewards alone."""
    words = texts.get("login.stewards_only")
    parts.title(words["title"], escape(words["text"]))


def say_demo() -> None:
    """Where nobody can log in: that this is why only what is made up is shown."""
    parts.html(f'<p class="note">{escape(texts.get("login.demo"))}</p>')


def bar(someone: Visitor, publication: Publication) -> None:
    """Who is logged in, as what, and the way out."""
    with st.container(key="visitor", horizontal=True, vertical_alignment="center"):
        said = texts.say("login.as_role", who=someone.name, role=_role(someone.audience, publication))
        parts.html(f'<p class="note">{escape(said)}</p>')
        if st.button(texts.get("login.leave"), key="logout"):
            present.note(desk.LOGGED_OUT)
            KEEPER.end(someone, time.time())
            st.logout()


def _role(whom: audience.Audience, publication: Publication) -> str:
    region = publication.region_names.get(whom.region, whom.region)
    partner = texts.get("partners").get(whom.partner, whom.partner)
    return texts.say(f"login.roles.{whom.role}", whom=region or partner)
