"""The audit log: who saw, downloaded, started, approved, opened or erased what. Lines are only ever added.

``audit/log.jsonl``, a line for each event: number, moment, who, role, what, on (what), before. ``before`` is the digest
of the line before it, SHA-256 or, with a key, HMAC-SHA256; the number and the digest of the last line stand in the
ledger, so that a line that was changed, left out, put in or cut off shows. Of persons it holds who did it, nobody else.

A line is written and fsynced before the ledger knows it. After a crash in between it is one line longer than the ledger
says, and joins on to it: that line counts. Not here: what deserves a line, and who somebody is.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipelines import keys, reasons, storage
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import AuditHead, Ledger

LOG, LOCK = "log.jsonl", ".lock"
WAIT_SECONDS = 5.0
# What the first line joins on to.
START = "0" * 64
LOGGED_IN, LOGGED_OUT, REFUSED = "aangemeld", "afgemeld", "geweigerd"
SEEN, DOWNLOADED, QUARANTINE, EXPLAINED = "gezien", "gedownload", "quarantaine geopend", "opnieuw berekend"
STARTED, STOPPED, APPROVED, ERASED = "gestart", "gestopt", "goedgekeurd", "gewist"
KEY_CHANGED, REMOVED, MIGRATED = "sleutel vervangen", "verwijderd", "indeling bijgewerkt"
EVENTS = (
    *(LOGGED_IN, LOGGED_OUT, REFUSED, SEEN, DOWNLOADED, QUARANTINE, EXPLAINED),
    *(STARTED, STOPPED, APPROVED, ERASED, KEY_CHANGED, REMOVED, MIGRATED),
)
# The role of whoever works on the machine itself, and that of what happens without anybody asking for it.
COMMAND_LINE, SYSTEM = "opdrachtregel", "systeem"
UNKNOWN_ACCOUNT = "onbekend"
# What a full disk leaves, and the next line clears away.
HALF = "Het logboek heeft een halve regel aan het eind; de volgende regel ruimt die op."
FIELDS = ("number", "moment", "who", "role", "what", "on", "before")
# Of a text that comes from outside. So a line and the one before it lie within the last TAIL bytes.
MAX_LENGTH = 300
TAIL = 1 << 14


class AuditError(UserError):
    """The log can't be written, or is not what was written."""


@dataclass(frozen=True)
class Entry:
    """One event. ``what``: one of EVENTS; ``on``: of what, in codes or the name of a file."""

    who: str
    role: str
    what: str
    on: str = ""


def append(home: Home, entry: Entry, key: bytes | None = None, now: datetime | None = None) -> int:
    """Add a line, safely on disk when this returns; its number. ``key``: of the chain, from outside the home.

    Raises AuditError when the line can't be written, or the log is not what was written: then nothing is added."""
    if entry.what not in EVENTS:
        raise ValueError(entry.what)
    with _explaining(home), _locked(home), Ledger.for_audit(home) as ledger:
        head = _healed(home, ledger, key)
        if key is not None and head.number and not head.keyed:
            head = _chained_anew(home, ledger, head, key)
        moment = (now or datetime.now(UTC)).isoformat(timespec="milliseconds")
        texts = {name: getattr(entry, name)[:MAX_LENGTH] for name in ("who", "role", "what", "on")}
        line = _line({"number": head.number + 1, "moment": moment, **texts, "before": head.digest})
        with _log(home).open("ab") as handle:
            handle.write(line + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        ledger.set_audit_head(AuditHead(head.number + 1, _digest(line, key), key is not None))
        return head.number + 1


def account() -> str:
    """The account of the machine that this process runs under."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user without a name, as in a container.
        return UNKNOWN_ACCOUNT


def key_of(home: Home) -> bytes | None:
    """The key of the chain: that of the home, where it has one. Raises UserError where that is gone or another one."""
    with Ledger.open(home) as ledger:
        known = ledger.key()
    return None if known is None else keys.known_as(home, known).audit


def lines(home: Home) -> list[dict[str, Any]]:
    """Every line in order, as it stands: not checked."""
    if not _log(home).is_file():
        return []
    return [found for raw in _log(home).read_bytes().split(b"\n") if (found := _fields(raw)) is not None]


def check(home: Home, key: bytes | None = None) -> list[str]:
    """What is wrong with the log, in Dutch; empty when every line that was written is there as it was written."""
    if not home.audit.is_dir():
        with Ledger.open(home) as ledger:
            return [_gone(home)] if ledger.audit_head().number else []
    with _explaining(home), _locked(home, "rb"), Ledger.open(home) as ledger:
        head = ledger.audit_head()
        if head.keyed and key is None:
            return ["Het logboek is met een sleutel beveiligd en zonder die sleutel niet na te kijken."]
        if not _log(home).is_file():
            return [_gone(home)] if head.number else []
        *whole, rest = _log(home).read_bytes().split(b"\n")
        pending = _is_pending(whole, head, key)
        if wrong := _break(whole, key if head.keyed or pending else None):
            return [f"Het logboek klopt niet: regel {wrong} is veranderd, of ervoor ontbreekt of staat iets te veel."]
        if not (pending or _ends_at(whole, head, key) or _joins(whole, head, key)):
            return [f"Het logboek klopt niet: volgens het register eindigt het anders, na {head.number} regels."]
        return [HALF] if rest else []


def _healed(home: Home, ledger: Ledger, key: bytes | None) -> AuditHead:
    """Where the log ends, once what a crash left is put right: half a line, or a whole one the ledger doesn't know."""
    head, path = ledger.audit_head(), _log(home)
    if head.keyed and key is None:
        raise AuditError("Het logboek is met een sleutel beveiligd. Zonder die sleutel wordt er niets in geschreven.")
    whole, rest = _tail(path)
    if rest:
        with path.open("r+b") as handle:
            handle.truncate(path.stat().st_size - len(rest))
            os.fsync(handle.fileno())
    if _ends_at(whole, head, key):
        return head
    if _joins(whole, head, key):
        found = AuditHead(head.number + 1, _digest(whole[-1], key if head.keyed else None), head.keyed)
    elif _is_pending(whole, head, key):
        found = AuditHead(head.number, str(head.pending), key is not None)
    else:
        raise AuditError(
            f"Het logboek '{path}' is niet meer wat is weggeschreven. Zolang dat zo is, wordt er niets getoond. "
            "Kijk het na met: veiligheid verify, en zet het terug uit een reservekopie."
        )
    ledger.set_audit_head(found)
    return found


def _chained_anew(home: Home, ledger: Ledger, head: AuditHead, key: bytes | None) -> AuditHead:
    out, before = [], START
    for fields in lines(home):
        out.append(_line({**fields, "before": before}))
        before = _digest(out[-1], key)
    # What comes is known before it is there, so that a crash on either side of the rename is understood.
    ledger.set_audit_head(AuditHead(head.number, head.digest, head.keyed, before))
    storage.sweep(home.audit)
    storage.write(_log(home), b"".join(line + b"\n" for line in out))
    found = AuditHead(head.number, before, key is not None)
    ledger.set_audit_head(found)
    return found


def _ends_at(whole: Sequence[bytes], head: AuditHead, key: bytes | None) -> bool:
    if not whole:
        return head.number == 0
    return _number(whole[-1]) == head.number and _digest(whole[-1], key if head.keyed else None) == head.digest


def _joins(whole: Sequence[bytes], head: AuditHead, key: bytes | None) -> bool:
    """Whether the last line is one more than the ledger knows, and belongs after the last one that it does."""
    fields = _fields(whole[-1]) if whole else None
    if fields is None or fields["number"] != head.number + 1 or fields["before"] != head.digest:
        return False
    return _ends_at(whole[:-1], head, key)


def _is_pending(whole: Sequence[bytes], head: AuditHead, key: bytes | None) -> bool:
    """Whether this is the log as it was being chained anew."""
    if not whole or head.pending is None:
        return False
    return _number(whole[-1]) == head.number and _digest(whole[-1], key) == head.pending


def _break(whole: Sequence[bytes], key: bytes | None) -> int | None:
    """The number of the first line that doesn't join on to the one before it."""
    before = START
    for number, raw in enumerate(whole, start=1):
        fields = _fields(raw)
        if fields is None or fields["number"] != number or fields["before"] != before:
            return number
        before = _digest(raw, key)
    return None


def _digest(line: bytes, key: bytes | None) -> str:
    return hashlib.sha256(line).hexdigest() if key is None else hmac.digest(key, line, "sha256").hex()


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps({name: fields[name] for name in FIELDS}, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(raw: bytes) -> dict[str, Any] | None:
    """The fields of a line; None where it is no line that could have been written."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) and tuple(found) == FIELDS and _line(found) == raw else None


def _number(raw: bytes) -> int | None:
    fields = _fields(raw)
    return None if fields is None else fields["number"]


def _tail(path: Path) -> tuple[list[bytes], bytes]:
    """The last whole lines of a file, all where there are few, and what stands behind the last of them."""
    if not path.is_file():
        return [], b""
    with path.open("rb") as handle:
        size = handle.seek(0, os.SEEK_END)
        handle.seek(max(0, size - TAIL))
        *whole, rest = handle.read().split(b"\n")
    return (whole if size <= TAIL else whole[1:]), rest


def _gone(home: Home) -> str:
    return f"Het logboek '{_log(home)}' ontbreekt. Zet het terug uit een reservekopie."


def _log(home: Home) -> Path:
    return home.audit / LOG


@contextmanager
def _explaining(home: Home) -> Iterator[None]:
    try:
        yield
    except AuditError:
        raise
    except UserError as error:
        raise AuditError(f"In het logboek is niet te schrijven. {error}") from error
    except OSError as error:
        raise AuditError(f"Het logboek in '{home.audit}' is niet te gebruiken: {reasons.of_os(error)}.") from error


@contextmanager
def _locked(home: Home, mode: Literal["ab", "rb"] = "ab") -> Iterator[None]:
    """One writer at a time, also among threads: a lock belongs to the file as it was opened. ``mode``: rb where nothing
    is written, so that a log on a disk that may only be read can be looked at."""
    storage.make_folder(home.audit)
    lock = home.audit / LOCK
    with lock.open(mode if lock.exists() else "ab") as handle:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AuditError("Het logboek is al te lang bezet. Probeer het straks opnieuw.") from None
                time.sleep(0.01)
        yield
