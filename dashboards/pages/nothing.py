"""The pages for when there is nothing to show: no publication yet, or one that can't be trusted."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from dashboards import texts
from dashboards.pages import parts


def show_empty(home: Path) -> None:
    """No publication under ``home``: what it is, where was looked, what to do."""
    parts.title(texts.get("empty.title"), escape(texts.get("empty.lead")))
    folder = escape(str(home.resolve() / "publications"))
    parts.html(f"<p>{escape(texts.get('empty.folder'))}: <code>{folder}</code></p>")
    parts.section(texts.get("empty.steps_title"))
    _steps("empty.steps")
    st.markdown(texts.get("empty.reload"))


def show_damaged(number: str, file: str) -> None:
    """A file isn't what was published, so no figures are shown. ``number`` is empty when the pointer is broken."""
    lead = texts.say("damaged.lead" if number else "damaged.lead_pointer", number=number, file=file)
    parts.title(texts.get("damaged.title"), escape(lead))
    parts.section(texts.get("empty.steps_title"))
    _steps("damaged.steps")


def _steps(path: str) -> None:
    st.markdown("\n".join(f"{i}. {step}" for i, step in enumerate(texts.get(path), start=1)))
