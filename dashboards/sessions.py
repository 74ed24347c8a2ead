"""Who somebody is, for whom that makes them, and until when: from the claims of their login. Pure.

Streamlit keeps a login for 30 days and looks at no moment in it; here it ends after eight hours at most. Not here: how
the claims come in (``pages/entrance.py``, ``app.py``), what a role may see (``audience.py``).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.audience import DEMO, Audience
from dashboards.roles import Roles

MAX_SECONDS = 8 * 60 * 60
# How far the clocks of two machines may differ.
SKEW_SECONDS = 60
# Why somebody sees nothing: keys of the texts.
ANONYMOUS, EXPIRED, LOGGED_OUT = "anonymous", "expired", "logged_out"
NO_ROLE, SEVERAL_ROLES, NO_REGION = "no_role", "several_roles", "no_region"
REAL, ELSEWHERE, NO_ROLES, NOT_RECORDED = "real", "elsewhere", "no_roles", "not_recorded"


class Refused(Exception):
    """Nothing is shown. ``reason``: one of the above; ``who``: where that is known; ``detail``: in Dutch."""

    def __init__(self, reason: str, who: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.who, self.detail = reason, who, detail


@dataclass(frozen=True)
class Visitor:
    """Somebody who may see something. ``who``: the subject of their login, with their e-mail address where it is known,
    as the audit log has it; ``until``: when the session ends, in seconds since 1970; ``login``: which login it was;
    ``name``: how they know themselves, by their address where it is known."""

    who: str
    audience: Audience
    until: float
    login: str
    name: str = ""


# Whoever looks at a fictitious country on their own machine: nobody in particular.
ANYBODY = Visitor("", DEMO, float("inf"), "")


def visitor(claims: Mapping[str, Any], roles: Roles, now: float) -> Visitor:
    """Raises Refused for whoever is not logged in (any more), and for whoever has no role, or more than one."""
    if claims.get("is_logged_in") is not True or not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Refused(ANONYMOUS)
    who = _who(claims)
    until = _until(claims, now)
    if until is None or now >= until:
        raise Refused(EXPIRED, who)
    given = roles.given(claims)
    if len(given) != 1:
        raise Refused(SEVERAL_ROLES if given else NO_ROLE, who)
    return Visitor(who, given[0], until, _login(claims), _address(claims) or claims["sub"])


def _who(claims: Mapping[str, Any]) -> str:
    address = _address(claims)
    return f"{claims['sub']} ({address})" if address else str(claims["sub"])


def _address(claims: Mapping[str, Any]) -> str:
    found = claims.get("email")
    return found if isinstance(found, str) else ""


def _until(claims: Mapping[str, Any], now: float) -> float | None:
    """When a login ends: as the provider says (exp), and eight hours after it was given (iat) or its owner was last
    asked for a password (auth_time), whichever comes first. None where a moment is missing or lies in the future."""
    ends = [claims.get("exp")]
    given = [claims.get("iat"), *([claims["auth_time"]] if "auth_time" in claims else [])]
    if not all(_is_moment(moment) for moment in (*ends, *given)) or any(at > now + SKEW_SECONDS for at in given):
        return None
    return float(min([*ends, *(at + MAX_SECONDS for at in given)]))


def _is_moment(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _login(claims: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{claims.get('iss')} {claims['sub']} {claims['iat']}".encode()).hexdigest()


def is_own_machine(address: str | None, host: str | None) -> bool:
    """Whether a server listens on, and was asked for at, an address of the machine itself.

    >>> is_own_machine("127.0.0.1", "localhost:8501"), is_own_machine("127.0.0.1", "cijfers.example.nl")
    (True, False)
    """
    return _is_loopback(address or "") and _is_loopback(_without_port(host or ""))


def _without_port(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
