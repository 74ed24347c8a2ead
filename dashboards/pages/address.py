"""The state of every control in the address, so that an address can be shared and the browser's back button works."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def before(key: str, options: Sequence[str], default: str) -> None:
    """Call before drawing the control ``key``: takes its value from the address where that is new, else keeps it.

    A value that is no option any more gives way to ``default``; so does nonsense in an address."""
    given = st.query_params.get(key)
    written = st.session_state.get(_written(key))
    if given in options and (key not in st.session_state or given != written):
        st.session_state[key] = given
    elif st.session_state.get(key) not in options:
        st.session_state[key] = default


def after(key: str) -> str:
    """Call after drawing the control ``key``: writes its value to the address, and returns it."""
    value: str = st.session_state[key]
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    st.session_state[_written(key)] = value
    return value


def forget(*keys: str) -> None:
    """Takes controls that are not on the page now out of the address."""
    for key in keys:
        if key in st.query_params:
            del st.query_params[key]


def _written(key: str) -> str:
    return f"address:{key}"
