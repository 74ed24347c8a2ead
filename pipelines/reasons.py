"""Why the machine refused, in plain Dutch: the disk, the folder or the register, whatever library met it.

Not here: what is wrong with a delivery (``data_contracts``). The text of a library stays out: it may quote a cell.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import TemporaryError, UserError

REASONS = {
    errno.EACCES: "geen toestemming",
    errno.EPERM: "geen toestemming",
    errno.ENOENT: "bestaat niet",
    errno.ENOTDIR: "een deel van de naam is geen map",
    errno.EISDIR: "er staat een map met die naam",
    errno.EEXIST: "er staat al iets anders met die naam",
    errno.ENOSPC: "de schijf is vol",
    errno.EDQUOT: "de ruimte voor deze gebruiker is op",
    errno.EFBIG: "het bestand wordt groter dan hier mag",
    errno.EROFS: "de schijf is alleen te lezen",
    errno.EIO: "de schijf geeft een fout",
    errno.ENAMETOOLONG: "de naam is te lang",
    errno.EMFILE: "er staan te veel bestanden open",
    errno.ENFILE: "er staan te veel bestanden open",
    errno.EBUSY: "iets anders houdt het bezet",
    errno.EAGAIN: "het lukt op dit moment niet",
    errno.ETIMEDOUT: "er kwam niet op tijd antwoord",
    errno.ESTALE: "de netwerkschijf was even weg",
}
# What DuckDB passes on as text only. Not "No such file": DuckDB says that of more than files.
IN_TEXT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE)
# What may pass without anybody mending it: others let go of what they hold, or a share comes back.
PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.EBUSY, errno.EAGAIN, errno.ETIMEDOUT, errno.ESTALE})
NO_MEMORY = "er is te weinig geheugen"
LOCKED = "database is locked"
# SQLite has words of its own (https://www.sqlite.org/rescode.html).
SQLITE = {
    "database or disk is full": "de schijf is vol",
    "disk I/O error": "de schijf geeft een fout",
    "attempt to write a readonly database": "het register is alleen te lezen",
    "unable to open database file": "het register is niet te openen",
    LOCKED: "een ander proces houdt het register bezet",
    "database disk image is malformed": "het register is beschadigd",
    "file is not a database": "het register is beschadigd",
}


def of(error: BaseException) -> str | None:
    """The reason, where the trouble lies with the machine; None where it is something else."""
    for found in _chain(error):
        if isinstance(found, OSError) and found.errno is not None:
            return of_os(found)
        text = str(found)
        if found.__class__.__module__ == "sqlite3":
            return SQLITE.get(text)
        if found.__class__.__module__ == "_duckdb":
            return _of_duckdb(type(found).__name__, text)
        if isinstance(found, MemoryError):
            return NO_MEMORY
    return None


def may_pass(error: BaseException) -> bool:
    """Whether the trouble lies with the machine and may be over when it is tried again later."""
    return any(
        (isinstance(found, OSError) and found.errno in PASSING)
        or (found.__class__.__module__ == "sqlite3" and str(found) == LOCKED)
        for found in _chain(error)
    )


def _of_duckdb(kind: str, text: str) -> str | None:
    if kind == "OutOfMemoryException":
        # What does not fit in memory goes to the disk, as far as there is room.
        return REASONS[errno.ENOSPC] if "max_temp_directory_size" in text else NO_MEMORY
    return next((REASONS[code] for code in IN_TEXT if os.strerror(code) in text), None)


@contextmanager
def told() -> Iterator[None]:
    """Within: trouble with the machine becomes a UserError that says so, a TemporaryError where it may pass."""
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError) or not (reason := of(error)):
            raise
        kind = TemporaryError if may_pass(error) else UserError
        raise kind(f"lezen of schrijven lukt niet: {reason}.") from error


def of_os(error: OSError) -> str:
    """Why the operating system refused, in Dutch where the reason is a common one."""
    return REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
