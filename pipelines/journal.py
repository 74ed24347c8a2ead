"""What is about to be written for deliveries, so that a crash leaves no file behind that the ledger does not know.

Files come first and the ledger last. Between the two lies this list: whoever takes the write lock next removes what
stands on it and is not in the ledger. Only files on the list are ever removed. Where new files take the place of old
ones both stand on it: a crash before the ledger leaves the old ones, a crash after it the new ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines import lake, storage
from pipelines.home import Home
from pipelines.ledger import Ledger

NAME = "onderweg.json"


def _path(home: Home) -> Path:
    return home.lake / NAME


def is_left(home: Home) -> bool:
    """Whether something was cut off."""
    return _path(home).exists()


@contextmanager
def about_to_write(home: Home, ledger: Ledger, paths: Iterable[str]) -> Iterator[None]:
    """Within: the files at ``paths`` (relative to the home) appear and are recorded, or are recorded no longer.

    Whatever is not in the ledger at the end is removed again.
    """
    # An earlier list that could not be cleared would be lost under the new one.
    clear(home, ledger)
    storage.write(_path(home), storage.json_bytes(sorted(paths)))
    try:
        yield
    finally:
        clear(home, ledger)


def clear(home: Home, ledger: Ledger) -> None:
    """Remove what a crash, or a failure, left unrecorded. Call with the write lock held."""
    path = _path(home)
    if not path.exists():
        return
    known = _recorded(ledger)
    for name in json.loads(path.read_text(encoding="utf-8")):
        if name not in known:
            (home.root / name).unlink(missing_ok=True)
    path.unlink()


def _recorded(ledger: Ledger) -> set[str]:
    return {path for d in ledger.all() for path in lake.files(d)}
