"""The web application that ``streamlit run`` starts: Streamlit's server, in two languages, with nothing from outside.

The script of the pages is ``pages/main.py``. It is named here, and doesn't stand beside ``pages/``, because Streamlit
takes a folder called ``pages`` beside the script for pages of its own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboards import desk, roles, serve, sessions, texts
from dashboards.compression import Compressed
from dashboards.doorkeeper import KEEPER
from dashboards.guard import Guard
from dashboards.html_shell import PageShell, Words
from dashboards.sessions import Refused, Visitor

SAID = ("name", "no_script", "skip")


def visitor_of(cookies: Mapping[str, str]) -> Visitor:
    """Who has these cookies, as Streamlit signed them. Raises Refused."""

    def signed(name: str) -> bytes | None:
        given = cookies.get(name)
        return None if given is None else decode_signed_value(get_cookie_secret(), name, given.encode("latin-1"))

    claims = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    try:
        given = roles.load(roles.named(os.environ))
    except roles.RolesError as error:
        raise Refused(sessions.NO_ROLES) from error
    return sessions.visitor(json.loads(claims) if claims else {}, given, time.time())


def note_download(home: Path, someone: Visitor, name: str) -> None:
    try:
        desk.note(home, someone.who, someone.audience.name, desk.DOWNLOADED, name)
    except desk.DeskError as error:
        raise Refused(sessions.NOT_RECORDED) from error


def guards(base_path: str) -> list[Middleware]:
    """What stands before Streamlit's routes; nothing where nobody can log in, since then all is made up."""
    login, home = serve.login_file(os.environ), serve.home_folder(sys.argv[1:], os.environ)
    if login is None:
        return []
    secure = str(serve.check_login(login, home)["redirect_uri"]).startswith("https:")
    note, refusal = partial(note_download, home), texts.get("login.no_file")
    return [Middleware(Guard, visitor_of=visitor_of, keeper=KEEPER, note=note, refusal=refusal, base_path=base_path,
                       secure=secure)]  # fmt: skip


base_path = st.get_option("server.baseUrlPath")
shell = Middleware(
    PageShell,
    words=[Words(code, *(texts.words(code)["site"][name] for name in SAID)) for code in texts.LANGUAGES],
    base_path=base_path,
)
script = Path(__file__).parent / "pages" / "main.py"
app = st.App(script, middleware=[shell, *guards(base_path), Middleware(Compressed)])
