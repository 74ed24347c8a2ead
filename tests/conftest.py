"""What holds for every test: a test that could not run says so loudly, and how long one takes decides nothing."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

from _pytest.terminal import TerminalReporter
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A key of the tests' own, for them and for every process they start: nobody's home folder is written in.
_FOLDER = tempfile.TemporaryDirectory(prefix="veiligheid-sleutel-")
KEY_FILE = Path(_FOLDER.name) / "sleutel"
KEY_FILE.touch(mode=0o600)
KEY_FILE.write_bytes(bytes(range(32)))
os.environ["VEILIGHEID_KEY_FILE"] = str(KEY_FILE)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple))
    if reasons:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for reason, times in reasons.items():
            terminalreporter.line(f"{times} tests: {reason.removeprefix('Skipped: ')}", red=True, bold=True)
