"""Starting a web server as a process of its own, saying where it is once it answers, and ending it with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from pipelines import console
from pipelines.errors import UserError

HOST = "127.0.0.1"
START_SECONDS = 90.0
STOP_SECONDS = 10.0


def require_free(port: int, name: str) -> None:
    """Raises UserError when something answers on the port already."""
    if _answers(port):
        raise UserError(f"Poort {port} is al in gebruik. Kies een andere met: veiligheid {name} --port NUMMER.")


def run(command: Sequence[str], environment: Mapping[str, str], port: int, sentence: str, name: str) -> int:
    """Serve until interrupted (Ctrl-C or a terminate signal): 0.

    Raises UserError when the port is taken or the server ends by itself.
    """
    require_free(port, name)
    with _interruptible():
        process = subprocess.Popen(
            command,
            # What libraries say to their developers is nothing for whoever looks at this screen.
            env={**environment, "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
            # A session of its own: Ctrl-C reaches us alone, and we end the server and all that it started.
            start_new_session=True,
        )
        try:
            _await(process, port, name)
            console.say(f"{sentence} http://{HOST}:{port} (stoppen: Ctrl-C).")
            process.wait()
            raise UserError(f"De server ({name}) is uit zichzelf gestopt; hierboven staat waarom.")
        except KeyboardInterrupt:
            console.say("Gestopt.")
        finally:
            _end(process)
    return 0


def _await(process: subprocess.Popen[bytes], port: int, name: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise UserError(f"De server ({name}) is niet gestart; hierboven staat waarom.")
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


@contextmanager
def _interruptible() -> Iterator[None]:
    """A terminate or hang-up signal ends us as Ctrl-C does, so that the server never stays behind; so does an interrupt
    where whoever started us had it ignored, as a script does with what it runs in the background."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
