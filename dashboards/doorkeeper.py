"""What the server remembers of who is inside: which files were made for whom, and which logins have ended.

Streamlit serves a file to anyone who knows its address, and knows of no login that has ended. One of this is shared by
the pages, which run in threads, and the middleware that stands before every answer. It is forgotten when the server
stops: then every file is too.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from dashboards.audience import Audience
from dashboards.sessions import Visitor

# Of each file a digest and a name are kept. Of whoever downloads more than this at once the first fail, and are asked
# for again.
MAX_FILES = 20_000
# Streamlit's page asks for a file twice, to try and to have it: that is one download.
SAME_SECONDS = 60


@dataclass
class Doorkeeper:
    """Safe to use from any thread."""

    _files: OrderedDict[tuple[str, Audience], str] = field(default_factory=OrderedDict)
    _left: dict[tuple[str, str], float] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)
    _known: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allow(self, audience: Audience, content: bytes, name: str) -> None:
        """From here on this content may leave, as file ``name``, to whoever belongs to this audience."""
        key = (hashlib.sha256(content).hexdigest(), audience)
        with self._lock:
            self._files[key] = name
            self._files.move_to_end(key)
            while len(self._files) > MAX_FILES:
                self._files.popitem(last=False)

    def name_of(self, audience: Audience, content: bytes) -> str | None:
        """The name of the file that was made for this audience with this content; None where there is none."""
        with self._lock:
            return self._files.get((hashlib.sha256(content).hexdigest(), audience))

    def has_just_left(self, someone: Visitor, content: bytes, now: float) -> bool:
        """Whether ``left`` was said of the same file and the same login just before."""
        with self._lock:
            return now - self._left.get((someone.login, hashlib.sha256(content).hexdigest()), 0.0) < SAME_SECONDS

    def left(self, someone: Visitor, content: bytes, now: float) -> None:
        """A file has left, and is on record."""
        with self._lock:
            self._left = {key: at for key, at in self._left.items() if now - at < SAME_SECONDS}
            self._left[someone.login, hashlib.sha256(content).hexdigest()] = now

    def is_new(self, someone: Visitor, now: float) -> bool:
        """Whether this login was not seen before; from here on it was."""
        with self._lock:
            return self._noted(self._known, someone, now)

    def end(self, someone: Visitor, now: float) -> None:
        """The login has ended, also where a copy of it is kept."""
        with self._lock:
            self._noted(self._ended, someone, now)

    def has_ended(self, someone: Visitor) -> bool:
        with self._lock:
            return someone.login in self._ended

    @staticmethod
    def _noted(noted: dict[str, float], someone: Visitor, now: float) -> bool:
        # What is past its time is refused for that.
        for login in [login for login, until in noted.items() if until <= now]:
            del noted[login]
        if someone.login in noted:
            return False
        noted[someone.login] = someone.until
        return True


KEEPER = Doorkeeper()
