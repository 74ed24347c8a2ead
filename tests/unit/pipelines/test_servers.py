"""A server is started on this computer, and never left behind."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from pipelines import console, servers
from pipelines.errors import UserError

SERVER = "import http.server,sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), None).serve_forever()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((servers.HOST, 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_where_and_stops_with_us(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    port = free_port()
    say = console.say

    def stop_once_said(text: str) -> None:
        say(text)
        if "http" in text:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(console, "say", stop_once_said)
    before = signal.getsignal(signal.SIGTERM)
    assert servers.run([sys.executable, "-c", SERVER, str(port)], os.environ, port, "Het dashboard staat op", "x") == 0
    assert capsys.readouterr().out == f"Het dashboard staat op http://127.0.0.1:{port} (stoppen: Ctrl-C).\nGestopt.\n"
    assert signal.getsignal(signal.SIGTERM) == before
    with socket.socket() as probe:
        assert probe.connect_ex((servers.HOST, port)) != 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"Poort {port} is al in gebruik.*veiligheid dashboard --port NUMMER"):
            servers.run(["touch", str(tmp_path / "gestart")], os.environ, port, "", "dashboard")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"De server \(dashboard\) is niet gestart"):
        servers.run([sys.executable, "-c", "raise SystemExit(3)"], os.environ, free_port(), "", "dashboard")
