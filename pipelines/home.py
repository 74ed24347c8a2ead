"""The data home: every path under it, its scratch space, and the lock that lets one process write at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UserError

WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Home:
    """Paths under one data home; nothing is made by naming them."""

    root: Path

    @classmethod
    def open(cls, root: str | Path, *, create: bool = False) -> Home:
        """The home at ``root``. Raises UserError when it is not a folder and ``create`` is not asked."""
        path = Path(root).absolute()
        if create:
            path.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            raise UserError(
                f"De map met gegevens '{path}' bestaat niet. Noem een andere met --home, of begin met: veiligheid demo."
            )
        return cls(path)

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def publications(self) -> Path:
        return self.root / "publications"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def ledger_url(self) -> str:
        """Where the ledger is kept: VEILIGHEID_LEDGER_URL, else SQLite under the home."""
        return os.environ.get("VEILIGHEID_LEDGER_URL") or f"sqlite:///{self.root / 'ledger.sqlite'}"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder on the same disk, gone afterwards. What a crash left there is swept under the lock."""
        base = self.root / ".scratch"
        base.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=base))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock of this home; within one process it may be taken again.

        Raises UserError, naming the process, when another one keeps it for more than a few seconds.
        """
        if self.root in _HELD:
            yield
            return
        with (self.root / ".lock").open("a+", encoding="utf-8") as handle:
            _lock(handle.fileno())
            _HELD.add(self.root)
            try:
                shutil.rmtree(self.root / ".scratch", ignore_errors=True)
                yield
            finally:
                _HELD.discard(self.root)
                handle.truncate(0)


_HELD: set[Path] = set()


def _lock(descriptor: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            os.lseek(descriptor, 0, os.SEEK_SET)
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "onbekend"
            raise UserError(
                f"Een ander proces (nummer {holder}) werkt al in deze map met gegevens. Probeer het straks opnieuw."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        return
