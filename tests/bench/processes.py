"""A command in a process of its own, and what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

VEILIGHEID = Path(sys.executable).with_name("veiligheid")


@dataclass(frozen=True)
class Cost:
    """Seconds of processor (all threads and processes) and on the clock; the largest resident memory of one process."""

    cpu: float
    wall: float
    peak_gib: float
    exit_code: int


def run(*arguments: str | Path, errors: int | None = None) -> Cost:
    """``errors``: where the standard error goes, as for ``subprocess``."""
    began = time.monotonic()
    process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.DEVNULL, stderr=errors)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    # Popen must know that nothing is left to wait for.
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 2**20, process.returncode)
