"""Being asked to stop: Ctrl-C, a terminate signal, a terminal that goes away.

Some libraries make an error of their own of an interruption, or lose it. So it is remembered, and looked at between
steps of the work.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked = threading.Event()


def listen() -> None:
    """From now on each of ``SIGNALS`` ends the work as Ctrl-C does."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    sys.unraisablehook = _unraisable


def asked() -> bool:
    """Whether we have been asked to stop."""
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
