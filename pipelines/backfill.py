"""Months taken again: which files that concerns, and the record of who approved it and what came of it.

The work itself is the road that every delivery goes (``deliver``, ``compute``, ``publication``), as one run of Dagster
(``dagster_shell/run.py``): what stands is not done twice, so that a backfill that was cut off goes on where it was.
Not here: what a backfill would change (``preview.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from data_contracts.loader import contracts
from pipelines import lake, publication, storage
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.inbox import Extension, Inbox, InboxFile
from pipelines.ledger import DONE, Backfill, Delivery, Ledger

# Why a month can't be taken again.
GONE = "de ontvangen bytes zijn niet meer in het archief; zet ze terug uit een reservekopie of lever de maand opnieuw"


@dataclass(frozen=True)
class Request:
    """Months ``first``..``last`` of ``feeds`` (names ``<partner>/<feed>``, in the order of the contracts)."""

    first: str
    last: str
    feeds: tuple[str, ...]

    @classmethod
    def of(cls, first: str, last: str, feeds: Sequence[str] | None = None) -> Request:
        """No feeds: all of them. Raises UserError for a feed that is not known and for months in the wrong order."""
        if first > last:
            raise UserError(f"--from {first} ligt na --until {last}. Draai ze om.")
        for name in feeds or ():
            if name not in contracts():
                raise UserError(f"De levering '{name}' kennen wij niet. Kies uit: {', '.join(contracts())}.")
        return cls(first, last, tuple(name for name in contracts() if not feeds or name in feeds))

    @property
    def is_whole(self) -> bool:
        """Whether it is about every feed."""
        return len(self.feeds) == len(contracts())

    @property
    def words(self) -> str:
        """In Dutch, for a sentence."""
        months = self.first if self.first == self.last else f"{self.first} tot en met {self.last}"
        return f"{months}, {'alle leveringen' if self.is_whole else ', '.join(self.feeds)}"


def files(home: Home, request: Request, found: Inbox) -> list[InboxFile]:
    """What a backfill looks at: the files in the inbox, and of a month without one the bytes that were kept of its
    delivery in force, since an inbox may be emptied."""
    asked = [f for f in found.files if f.name in request.feeds and request.first <= f.month <= request.last]
    kept = (_kept(home, d) for d in _without_file(home, request, found) if _is_kept(home, d))
    return [*asked, *kept]


def gone(home: Home, request: Request, found: Inbox) -> list[InboxFile]:
    """What must be taken again and can't be: neither in the inbox nor in the archive are its bytes. Deliveries that
    were judged under another contract, and those whose rows are damaged."""
    return [
        _kept(home, d)
        for d in _without_file(home, request, found)
        if not _is_kept(home, d) and (d.contract_digest != contracts()[d.name].digest or not _rows_are_whole(home, d))
    ]


def _without_file(home: Home, request: Request, found: Inbox) -> list[Delivery]:
    """The deliveries in force of the request whose month has no file in the inbox."""
    there = {(f.name, f.month) for f in found.files}
    with Ledger.open(home) as ledger:
        in_force = ledger.in_force(request.last)
    return [
        d for d in in_force if d.name in request.feeds and d.month >= request.first and (d.name, d.month) not in there
    ]


def _is_kept(home: Home, d: Delivery) -> bool:
    """Whether the archive still has its bytes."""
    if d.archived_path is None or d.archived_sha256 is None:
        return False
    return storage.matches(home.root / d.archived_path, d.archived_sha256)


def _kept(home: Home, d: Delivery) -> InboxFile:
    path = home.root / (d.archived_path or lake.archived_at(d.sha256))
    return InboxFile(path, d.partner, d.feed, d.month, cast(Extension, d.extension), kept=d.sha256)


def _rows_are_whole(home: Home, d: Delivery) -> bool:
    kept = {path: digest for path, digest in lake.files(d).items() if path != d.archived_path}
    return all(storage.matches(home.root / path, digest) for path, digest in kept.items())


def begin(home: Home, request: Request, preview: str | None, by: str, now: datetime) -> Backfill:
    """Record that a backfill was approved and begins. Call with the write lock held."""
    before, _ = publication.standing(home)
    approved = Backfill(
        request.first,
        request.last,
        request.feeds,
        approved_by=by,
        approved_at=now.isoformat(timespec="seconds"),
        preview=preview,
        publication_before=before.number if before else None,
    )
    with Ledger.open(home, create=True) as ledger:
        return ledger.begin(approved)


def end(home: Home, begun: Backfill, status: str, outcome: str, now: datetime) -> Backfill:
    """Record how it ended; returns that."""
    after, _ = publication.standing(home)
    ended = replace(
        begun,
        status=status,
        ended_at=now.isoformat(timespec="seconds"),
        publication_after=after.number if after else None,
        outcome=outcome,
    )
    with Ledger.open(home, create=True) as ledger:
        ledger.end(ended)
    return ended


def cut_off(home: Home, request: Request, preview: str | None) -> bool:
    """Whether the last backfill was this one and was cut off: then it is to be continued."""
    with Ledger.open(home) as ledger:
        last = next(iter(ledger.backfills()), None)
    mine = (request.first, request.last, request.feeds, preview)
    return last is not None and last.status != DONE and (last.first, last.last, last.feeds, last.preview) == mine
