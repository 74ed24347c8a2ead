"""The one command that starts the dashboard: what Streamlit is told, and nothing of Streamlit itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboards import theme

APP = Path(__file__).with_name("app.py")
HOME_VARIABLE = "VEILIGHEID_HOME"
DEFAULT_HOME = Path("var")

OPTIONS = {
    "server.headless": "true",
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.showEmailPrompt": "false",
    "server.enableStaticServing": "false",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.showSidebarNavigation": "false",
    **theme.STREAMLIT_OPTIONS,
}


def command(home: Path, port: int) -> list[str]:
    """The command that serves the publications of ``home`` on 127.0.0.1:``port``."""
    options = {"server.address": "127.0.0.1", "server.port": str(port), **OPTIONS}
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags, "--", "--home", str(home.resolve())]


def environment(home: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for ``command``: ``base`` (default: this process's) with the data home named."""
    return {**(os.environ if base is None else base), HOME_VARIABLE: str(home.resolve())}


def home_folder(arguments: list[str], variables: Mapping[str, str]) -> Path:
    """The data home: ``--home DIR`` before the environment, before ``var/`` in the working directory."""
    if "--home" in arguments[:-1]:
        return Path(arguments[arguments.index("--home") + 1])
    return Path(variables.get(HOME_VARIABLE) or DEFAULT_HOME)
