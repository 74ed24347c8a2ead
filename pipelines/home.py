"""The data home: every path under it, its scratch space, and the lock that lets one process write at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pipelines import reasons, storage
from pipelines.errors import TemporaryError, UserError

WAIT_SECONDS = 5.0
LOCK = ".lock"
SCRATCH = ".scratch"


@dataclass(frozen=True)
class Home:
    """Paths under one data home; nothing is made by naming them."""

    root: Path
    # A copy to try things on (``shadow.py``): its ledger is its own, wherever the real one is.
    is_shadow: bool = False

    @classmethod
    def open(cls, root: str | Path, *, create: bool = False) -> Home:
        """The home at ``root``. Raises UserError when it is not a folder and ``create`` is not asked."""
        path = Path(root).absolute()
        if create:
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(
                    f"De map '{path}' is niet te maken: {reasons.of_os(error)}. Kies een andere met --home."
                ) from error
        if not path.is_dir():
            wrong = "is geen map" if path.exists() else "bestaat niet"
            raise UserError(
                f"De map met gegevens '{path}' {wrong}. Noem een andere met --home, of begin met: veiligheid demo."
            )
        return cls(path)

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def audit(self) -> Path:
        return self.root / "audit"

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
    def printed(self) -> Path:
        return self.root / "printed"

    @property
    def previews(self) -> Path:
        return self.root / "previews"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def is_fictitious(self) -> bool:
        """Whether the inbox was made up: its planted truth lies beside it. Every screen then says so."""
        return self.inbox.with_name(f"{self.inbox.name}-waarheid.json").exists()

    @property
    def ledger_url(self) -> str | None:
        """The database of VEILIGHEID_LEDGER_URL; None: ``ledger_file``."""
        return None if self.is_shadow else os.environ.get("VEILIGHEID_LEDGER_URL") or None

    @property
    def ledger_file(self) -> Path:
        return self.root / "ledger.sqlite"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder on the same disk, gone afterwards; holds the write lock meanwhile.

        What a crash left there is swept when the lock is taken again. Raises UserError as ``writing``.
        """
        with self.writing():
            base = self.root / SCRATCH
            base.mkdir(exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=base))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock of this home; who holds it may take it again (within one thread).

        Raises TemporaryError, naming the process, when another one keeps it for more than a few seconds, and UserError
        when the home can't be written.
        """
        held = _held()
        if self.root in held:
            yield
            return
        try:
            handle = (self.root / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise UserError(
                f"In de map met gegevens '{self.root}' kan niet worden geschreven: {reasons.of_os(error)}. "
                "Controleer de rechten."
            ) from error
        with handle:
            _lock(handle)
            held.add(self.root)
            try:
                self._sweep()
                yield
            finally:
                held.discard(self.root)
                # Who held it is only told to others; the work itself is done.
                with suppress(OSError):
                    handle.truncate(0)

    def _sweep(self) -> None:
        """Strays of a crash: with the lock in our hands nobody else can be writing them."""
        shutil.rmtree(self.root / SCRATCH, ignore_errors=True)
        for folder in (
            self.root,
            self.lake,
            self.results,
            self.publications,
            self.printed,
            self.previews,
            self.dagster,
        ):
            storage.sweep(folder)


_LOCAL = threading.local()


def _held() -> set[Path]:
    """The homes whose lock this thread holds."""
    if not hasattr(_LOCAL, "held"):
        _LOCAL.held = set()
    held: set[Path] = _LOCAL.held
    return held


def _lock(handle: TextIO) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            handle.seek(0)
            holder = handle.read(32).strip() or "onbekend"
            raise TemporaryError(
                f"Een ander proces (nummer {holder}) werkt al in deze map met gegevens. Probeer het straks opnieuw."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        return
