"""The one command that starts the dashboard: what Streamlit is told, and nothing of Streamlit itself."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboards import theme

APP = Path(__file__).with_name("app.py")
HOME_VARIABLE = "VEILIGHEID_HOME"
DEFAULT_HOME = Path("var")
# The file that says how people log in, as Streamlit reads it: [auth] with these. Outside the home and the repository.
LOGIN_VARIABLE = "VEILIGHEID_LOGIN"
LOGIN_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
CALLBACK = "/oauth2callback"
MIN_SECRET = 32
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")

OPTIONS = {
    "server.headless": "true",
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.showEmailPrompt": "false",
    "server.enableStaticServing": "false",
    "server.enableAgentApi": "false",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.showSidebarNavigation": "false",
    **theme.STREAMLIT_OPTIONS,
}


class LoginError(Exception):
    """The file that says how people log in can't be used; in one Dutch sentence, which quotes nothing of it."""


def command(home: Path, port: int, variables: Mapping[str, str] | None = None) -> list[str]:
    """The command that serves the publications of ``home`` on 127.0.0.1:``port``. Raises LoginError.

    ``variables``: the environment (default: this process's); without VEILIGHEID_LOGIN nobody can log in, and only what
    is made up is shown."""
    options = {"server.address": "127.0.0.1", "server.port": str(port), **OPTIONS}
    path = login_file(os.environ if variables is None else variables)
    if path is not None:
        check_login(path, home)
        options["secrets.files"] = str(path.resolve())
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags, "--", "--home", str(home.resolve())]


def login_file(variables: Mapping[str, str]) -> Path | None:
    """The file that says how people log in; None where logging in is not set up."""
    named = variables.get(LOGIN_VARIABLE)
    return Path(named) if named else None


def check_login(path: Path, home: Path) -> Mapping[str, Any]:
    """What the file says under [auth]. Raises LoginError where it lies in the home, where others can read it, and where
    something lacks or is not safe."""
    if path.resolve().is_relative_to(home.resolve()):
        raise LoginError(f"Het bestand '{path}' (VEILIGHEID_LOGIN) ligt in de map met gegevens. Zet het daarbuiten.")
    try:
        if path.stat().st_mode & 0o077:
            raise LoginError(f"Het bestand '{path}' (VEILIGHEID_LOGIN) is te lezen voor anderen. Doe: chmod 600.")
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, ValueError) as error:
        raise LoginError(f"Het bestand '{path}' (VEILIGHEID_LOGIN) is niet te lezen, of het is geen TOML.") from error
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) and found[key] for key in LOGIN_KEYS):
        raise LoginError(f"In '{path}' (VEILIGHEID_LOGIN) hoort een deel [auth] met {', '.join(LOGIN_KEYS)}.")
    if len(found["cookie_secret"]) < MIN_SECRET:
        raise LoginError(f"In '{path}' (VEILIGHEID_LOGIN) is cookie_secret korter dan {MIN_SECRET} tekens.")
    if not found["redirect_uri"].endswith(CALLBACK):
        raise LoginError(f"In '{path}' (VEILIGHEID_LOGIN) moet redirect_uri eindigen op {CALLBACK}.")
    for key in ("redirect_uri", "server_metadata_url"):
        address = urlsplit(found[key])
        if address.scheme != "https" and address.hostname not in OWN_MACHINE:
            raise LoginError(f"In '{path}' (VEILIGHEID_LOGIN) moet {key} met https beginnen.")
    return found


def environment(home: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for ``command``: ``base`` (default: this process's) with the data home named."""
    return {**(os.environ if base is None else base), HOME_VARIABLE: str(home.resolve())}


def home_folder(arguments: list[str], variables: Mapping[str, str]) -> Path:
    """The data home: ``--home DIR`` before the environment, before ``var/`` in the working directory."""
    if "--home" in arguments[:-1]:
        return Path(arguments[arguments.index("--home") + 1])
    return Path(variables.get(HOME_VARIABLE) or DEFAULT_HOME)
