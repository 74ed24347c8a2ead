"""Being asked to stop: Ctrl-C, a terminate signal, a terminal that goes away.

Some libraries make an error of their own of an interruption, or lose it, or put a handler of their own in our place. So
every signal is also noted by Python itself, whoever handles it, and looked at between steps of the work.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from contextlib import suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked = threading.Event()
# Where Python writes the number of every signal, and where it is read; of this process alone.
_noted: list[socket.socket] = []


def listen() -> None:
    """From now on each of ``SIGNALS`` ends the work as Ctrl-C does."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    _noted[:] = socket.socketpair()
    for end in _noted:
        end.setblocking(False)
    signal.set_wakeup_fd(_noted[1].fileno(), warn_on_full_buffer=False)
    sys.unraisablehook = _unraisable


def asked() -> bool:
    """Whether we have been asked to stop."""
    with suppress(BlockingIOError):
        if _noted and not set(_noted[0].recv(4096)).isdisjoint(SIGNALS):
            _asked.set()
    return _asked.is_set()


def check() -> None:
    """Raises KeyboardInterrupt when we have been asked to stop."""
    if asked():
        raise KeyboardInterrupt


def _stop(_number: int, _frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt


def _unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """An interruption where Python can't raise it is remembered already; a user gets no traceback of it."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
