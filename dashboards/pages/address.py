"""The state of every control in the address, so that an address can be shared and the browser's back button works.

A page calls ``begin``, then ``before`` and ``after`` around each control, and ``write`` at the end: all at once,
because every change of the address is a step for the back button. A control at its default isn't in the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from dashboards import texts

WRITTEN = "address:written"
NOTED = "address:noted"
LANGUAGE = "lang"
DEFAULTS = "address:defaults"
SHOWN = "address:shown"
BY_CONTROL = "address:by_control"


def begin() -> None:
    """Call before the first control of a page, or of a part that runs by itself."""
    texts.use(language())
    st.session_state[NOTED] = kept()
    # Who changes a control before the browser has the address of the change before sends an old address along.
    shown = st.session_state.setdefault(SHOWN, {})
    st.session_state[BY_CONTROL] = any(st.session_state.get(key, value) != value for key, value in shown.items())


def language() -> str:
    """The language that the address asks for."""
    return st.query_params.get(LANGUAGE, texts.LANGUAGE)


def kept() -> dict[str, str]:
    """What goes along to every page: the language, unless it is the first one."""
    return {} if texts.language() == texts.LANGUAGE else {LANGUAGE: texts.language()}


def in_other_language() -> str:
    """The address of this page, as it is, in the other language."""
    other = next(code for code in texts.LANGUAGES if code != texts.language())
    asked = {name: value for name, value in st.query_params.to_dict().items() if name != LANGUAGE}
    return f"?{urlencode(asked | ({} if other == texts.LANGUAGE else {LANGUAGE: other}))}"


def coming(key: str) -> str:
    """What the control ``key`` will stand at on a page yet to be drawn, as ``before`` has it; '': its default."""
    given = st.query_params.get(key)
    if key not in st.session_state or given != st.session_state.get(WRITTEN, {}).get(key):
        return given or ""
    return str(st.session_state[key])


def before(key: str, options: Sequence[str], default: str) -> None:
    """Call before drawing the control ``key``: takes its value from the address where that is new, else keeps it.

    A value that is no option any more gives way to ``default``; so does nonsense in an address, and a default that was
    never chosen and has become another one."""
    given = st.query_params.get(key)
    defaults = st.session_state.setdefault(DEFAULTS, {})
    if _asked(key):
        st.session_state[key] = given if given in options else default
    elif st.session_state[key] not in options or st.session_state[key] == defaults.get(key):
        st.session_state[key] = default
    defaults[key] = default


def _asked(key: str) -> bool:
    """Whether the address says something of this control that it hasn't said before."""
    if key not in st.session_state:
        return True
    new = st.query_params.get(key) != st.session_state.get(WRITTEN, {}).get(key)
    return new and not st.session_state.get(BY_CONTROL)


def after(key: str) -> str:
    """Call after drawing the control ``key``: notes its value for the address, and returns it."""
    value: str = st.session_state[key]
    st.session_state[SHOWN][key] = value
    if value != st.session_state[DEFAULTS][key]:
        st.session_state[NOTED][key] = value
    return value


def note(key: str) -> None:
    """Call after ``after``: the address names what the control stands at, also at its default, which is not the same
    for everybody who may get it."""
    st.session_state[NOTED][key] = st.session_state[key]


def before_several(key: str, options: Sequence[str]) -> None:
    """As ``before``, for a control of which several options may be chosen; by default none."""
    if _asked(key):
        st.session_state[key] = st.query_params.get(key, "").split(",")
    st.session_state[key] = [value for value in st.session_state[key] if value in options]


def after_several(key: str) -> list[str]:
    """As ``after``, for such a control."""
    values: list[str] = st.session_state[key]
    st.session_state[SHOWN][key] = values
    if values:
        st.session_state[NOTED][key] = ",".join(values)
    return values


def write() -> None:
    """Call after the last control: the address gets what was noted and nothing else."""
    noted = dict(st.session_state[NOTED])
    if st.query_params.to_dict() != noted:
        st.query_params.from_dict(noted)
    st.session_state[WRITTEN] = noted
