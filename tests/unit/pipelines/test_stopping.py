"""Asked to stop, the work stops, also where a library makes something else of the interruption."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from pipelines import cli, console, stopping


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in the command, and afterwards as before."""
    before = {number: signal.getsignal(number) for number in stopping.SIGNALS}
    monkeypatch.setattr(stopping, "_asked", threading.Event())
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    stopping.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_every_signal_ends_the_work(
    listening: None, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    def asked(*_: object, **__: object) -> None:
        signal.raise_signal(number)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cli, "app", asked)
        assert cli.run([]) == 2
    assert capsys.readouterr().err == "Afgebroken.\n"


def test_an_interruption_that_a_library_made_an_error_of(
    listening: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as error:
            raise RuntimeError("Query interrupted") from error

    monkeypatch.setattr(cli, "app", asked)
    assert cli.run([]) == 2
    assert capsys.readouterr().err == "Afgebroken.\n"


def test_an_interruption_that_got_lost_ends_the_next_step(listening: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    with console.progress("Bezig") as bar, pytest.raises(KeyboardInterrupt):
        bar.step("volgende", 1, 2)


def test_no_traceback_of_an_interruption_that_python_can_not_raise(
    listening: None, capsys: pytest.CaptureFixture[str]
) -> None:
    class Last:
        def __init__(self, error: BaseException) -> None:
            self.error = error

        def __del__(self) -> None:
            raise self.error

    for error in (KeyboardInterrupt(), ValueError("echt")):
        Last(error)
    shown = capsys.readouterr().err
    assert "echt" in shown and "KeyboardInterrupt" not in shown
