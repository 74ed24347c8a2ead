"""Which process a run lives in, so that Dagster's monitoring reports a run failed whose process was killed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

TAG = "veiligheid/proces"


def this() -> str:
    """This process: its machine, number and time of start, since numbers are used again."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def is_gone(process: str) -> bool:
    """Whether a process of this machine, as ``this`` named it, no longer runs. Of another machine we can't tell."""
    machine, number, started = process.split(" ")
    return machine == socket.gethostname() and started != _started(int(number))


def _started(number: int) -> str:
    """In clock ticks after the machine's start (proc(5), field 22 of stat); empty where there is no such process."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    # The second field is the command in brackets, which may hold spaces and brackets itself.
    return stat.rpartition(")")[2].split()[19]


class Launcher(DefaultRunLauncher):
    """Dagster's own launcher, which by itself does not know whether a run still lives once its server is gone."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        process = run.tags.get(TAG)
        gone = process is not None and is_gone(process)
        return CheckRunHealthResult(WorkerStatus.FAILED if gone else WorkerStatus.RUNNING)
