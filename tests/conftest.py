"""What holds for every test: a test that could not run says so loudly, and how long one takes decides nothing."""

from __future__ import annotations

from collections import Counter

from _pytest.terminal import TerminalReporter
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple))
    if reasons:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for reason, times in reasons.items():
            terminalreporter.line(f"{times} tests: {reason.removeprefix('Skipped: ')}", red=True, bold=True)
