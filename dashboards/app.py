"""The web application that ``streamlit run`` starts: Streamlit's server, in two languages, with nothing from outside.

The script of the pages is ``pages/main.py``. It is named here, and doesn't stand beside ``pages/``, because Streamlit
takes a folder called ``pages`` beside the script for pages of its own.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboards import texts
from dashboards.compression import Compressed
from dashboards.html_shell import PageShell, Words

SAID = ("name", "no_script", "skip")
shell = Middleware(
    PageShell,
    words=[Words(code, *(texts.words(code)["site"][name] for name in SAID)) for code in texts.LANGUAGES],
    base_path=st.get_option("server.baseUrlPath"),
)
app = st.App(Path(__file__).parent / "pages" / "main.py", middleware=[shell, Middleware(Compressed)])
