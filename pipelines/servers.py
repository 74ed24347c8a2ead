"""Starting a web server as a process of its own, saying where it is once it answers, and ending it with us."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Mapping, Sequence

from pipelines import console
from pipelines.errors import UserError

HOST = "127.0.0.1"
START_SECONDS = 90.0


def run(command: Sequence[str], environment: Mapping[str, str], port: int, sentence: str, name: str) -> int:
    """Serve until interrupted. Raises UserError when the port is taken or the server ends by itself."""
    if _answers(port):
        raise UserError(f"Poort {port} is al in gebruik. Kies een andere met: veiligheid {name} --port NUMMER.")
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise UserError(f"De server ({name}) is niet gestart; hierboven staat waarom.")
            time.sleep(0.2)
        console.say(f"{sentence} http://{HOST}:{port} (stoppen: Ctrl-C).")
        process.wait()
    except KeyboardInterrupt:
        console.say("Gestopt.")
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
    return 0


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
