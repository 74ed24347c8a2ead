"""A shadow of a home: the same deliveries, so that something can be tried on it without changing the real one.

Its ledger is a copy and its stored files are links to the real ones, which never change: what is written replaces the
link, not what it points at. It has no inbox, results or publications.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines import lake, storage
from pipelines.home import Home
from pipelines.ledger import Ledger


@contextmanager
def of(home: Home) -> Iterator[Home]:
    """The shadow, gone afterwards; holds the write lock of ``home`` meanwhile. Raises UserError as ``home.writing``."""
    with home.scratch() as folder, Ledger.open(home) as ledger:
        shadow = Home(folder / "schaduw", is_shadow=True)
        shadow.root.mkdir()
        for name in {path for d in ledger.all() for path in lake.files(d)}:
            link = shadow.root / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(home.root / name)
        with Ledger.open(shadow, create=True) as copy:
            ledger.copy_to(copy)
        try:
            yield shadow
        except storage.DamagedFile as damage:
            # The shadow is gone when this is read: the place in the home is meant.
            raise storage.DamagedFile(str(damage).replace(str(shadow.root), str(home.root))) from None
