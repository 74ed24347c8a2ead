"""From inbox files to the lake: each through the door and its contract, then archive, lake and, last, the ledger.

The bytes that are judged are the bytes that are hashed and archived: a private copy. A delivery that fails never stops
the others. Not here: what a rule is (``data_contracts``), which deliveries count (``knowledge``), what a delivery is
next to the ones before it (``redelivery``).
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BufferedReader
from itertools import groupby
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from data_contracts import door, verdict
from data_contracts.loader import contracts
from data_contracts.model import Contract, DoorResult, Finding, History, InternalError, LakeFile, Pending, Verdict
from pipelines import (
    journal,
    keys,
    lake,
    migration,
    pseudonyms,
    reasons,
    redaction,
    redelivery,
    sealing,
    stopping,
    storage,
)
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.inbox import InboxFile
from pipelines.keys import Keys
from pipelines.ledger import Delivery, Ledger, latest_accepted
from pipelines.pseudonyms import Entered

# Judged together, since a Great Expectations suite costs by the run; bounded, since text tables take space.
BATCH_ROWS = 5_000_000
BATCH_BYTES = 1 << 30
INCIDENTEN = "politie/incidenten"
IDENTIFYING = "identificerende_kolom"
# What judging or storing one delivery may raise; the others go on.
FAILURES = (
    InternalError,
    UserError,
    OSError,
    ValueError,
    MemoryError,
    duckdb.Error,
    pa.ArrowException,
    sa.exc.SQLAlchemyError,
)
Progress = Callable[[str, int, int], None]
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    ``unchanged``: these bytes were judged before, and ``delivery`` is that verdict. ``error``: nothing was stored, and
    ``message`` says why.
    """

    file: InboxFile
    verdict: Literal["accepted", "refused", "unchanged", "error"]
    delivery: Delivery | None
    findings: tuple[Finding, ...] = ()
    message: str = ""

    @property
    def exit_code(self) -> int:
        """0 clean or nothing to do, 1 rows in quarantine, 2 refused, still refused or failed."""
        if self.delivery is None or self.delivery.verdict == "refused":
            return 2
        return 1 if self.verdict == "accepted" and self.delivery.rows_quarantined else 0


def in_order(files: Iterable[InboxFile]) -> list[InboxFile]:
    """Incidenten first, since meldingen refer to them; then by feed and month."""
    order = list(contracts())
    return sorted(files, key=lambda f: (f.name != INCIDENTEN, order.index(f.name), f.month, f.extension, f.path))


def sort_seen(home: Home, files: Sequence[InboxFile], again: bool = False) -> tuple[list[Outcome], list[InboxFile]]:
    """The files whose bytes have their verdict already, as outcomes, and the files still to judge. Writes nothing.

    ``again``: a verdict under another contract than that of now does not stand.
    """
    with Ledger.open(home) as ledger:
        road = _Road.over(home, ledger, again)
    found = [(file, road.standing(contracts()[file.name], file)) for file in in_order(files)]
    return (
        [outcome for _, outcome in found if outcome and outcome.verdict == "unchanged"],
        [file for file, outcome in found if not outcome or outcome.verdict != "unchanged"],
    )


def deliver(
    home: Home,
    files: Sequence[InboxFile],
    now: datetime | None = None,
    progress: Progress = lambda *_: None,
    again: bool = False,
) -> list[Outcome]:
    """Take the files through contract, ledger and lake; one outcome a file, in the order of ``in_order``.

    ``now``: the moment of receipt (default: the clock; see ``_Road.received``). ``progress`` hears (what, done, total).
    ``again``: what was judged under another contract than that of now is judged again, as a new delivery.
    Raises UserError when another process is writing or the home can't be written.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    outcomes: list[Outcome] = []

    def tell(what: str, done: int) -> None:
        progress(what, len(outcomes) + done, len(files))

    with home.writing(), Ledger.open(home, create=True) as ledger:
        migration.up_to_date(home, ledger, progress)
        road = _Road.over(home, ledger, again, moment, keys.of(home, ledger))
        for name, group in groupby(in_order(files), key=lambda f: f.name):
            outcomes += _Feed(road, contracts()[name]).take(list(group), tell)
    progress("klaar", len(files), len(files))
    return outcomes


@dataclass
class _Road:
    """What holds for every feed of one call. ``known``: the ledger, by feed and month; grows as we record.

    ``keys``: None where nothing is judged. ``erased``: marks of erased gezinnen.
    """

    home: Home
    ledger: Ledger
    again: bool
    moment: str
    keys: Keys | None
    erased: frozenset[str]
    known: dict[tuple[str, str], list[Delivery]]
    findings: dict[int, list[Finding]]
    whole: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def over(cls, home: Home, ledger: Ledger, again: bool, moment: str = "", keys: Keys | None = None) -> _Road:
        known: dict[tuple[str, str], list[Delivery]] = {}
        for d in ledger.all():
            known.setdefault((d.name, d.month), []).append(d)
        return cls(home, ledger, again, moment, keys, ledger.erased(), known, ledger.findings())

    def of_month(self, file: InboxFile) -> list[Delivery]:
        return self.known.get((file.name, file.month), [])

    def in_force(self, name: str) -> list[Delivery]:
        """The deliveries in force of a feed, by month."""
        mine = (d for (other, _), found in self.known.items() if other == name for d in found)
        return sorted(latest_accepted(mine), key=lambda d: d.month)

    def is_whole(self, d: Delivery) -> bool:
        """Whether what was kept of a delivery is still what was written; looked at once a call, under the lock."""
        key = d.id or 0
        if key not in self.whole:
            self.whole[key] = lake.is_whole(self.home, d)
        return self.whole[key]

    def was_double(self, d: Delivery) -> bool:
        return any(f.code == redelivery.DOUBLE for f in self.findings.get(d.id or 0, ()))

    def standing(self, contract: Contract, file: InboxFile) -> Outcome | None:
        """What there is to say of the file without judging it; None where it must be judged."""
        if not self.of_month(file):
            return None
        try:
            digest = file.kept or _digest(file)
        except (OSError, UserError) as error:
            return _failed(file, _told(error))
        known = redelivery.seen(self.of_month(file), file, digest, contract.digest, self.was_double, self.again)
        if known is None or not self.is_whole(known):
            return None
        return Outcome(file, "unchanged", known, tuple(self.findings.get(known.id or 0, ())))

    def received(self, file: InboxFile) -> str:
        """The moment of receipt: now. A file of the fictitious country came when it was last changed, as planted."""
        if not self.home.is_fictitious:
            return self.moment
        planted = datetime.fromtimestamp(file.path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        return min(planted, self.moment)

    def record(self, delivery: Delivery, judged: Verdict) -> Delivery:
        recorded = self.ledger.record(delivery, judged.findings, judged.evaluations)
        self.known.setdefault((recorded.name, recorded.month), []).append(recorded)
        self.findings[recorded.id or 0] = list(judged.findings)
        self.whole[recorded.id or 0] = True
        return recorded


@dataclass(frozen=True)
class _Taken:
    """A file behind the door. ``copy``: its bytes under our own name, None where it is too big to keep. ``erased``: its
    rows of erased gezinnen, of which nothing is left here."""

    file: InboxFile
    sha256: str
    copy: Path | None
    door: DoorResult
    size: int

    @property
    def is_searched(self) -> bool:
        """Whether its cells were looked at: else it may hold direct identifiers that nobody has seen."""
        return self.copy is not None and self.door.unreadable is None and self.door.header is None

    received: str
    erased: int

    def whole(self, found: Verdict) -> Verdict:
        """The verdict on all rows that came, those of erased gezinnen among them."""
        if not self.erased:
            return found
        return replace(
            found,
            rows_in=found.rows_in + self.erased,
            rows_quarantined=found.rows_quarantined + self.erased,
            findings=(*found.findings, pseudonyms.finding(self.erased)),
        )


@dataclass
class _Feed:
    """The deliveries of one feed."""

    road: _Road
    contract: Contract

    def take(self, files: Sequence[InboxFile], progress: Callable[[str, int], None]) -> list[Outcome]:
        outcomes: dict[InboxFile, Outcome] = {}
        new: list[InboxFile] = []
        for file in files:
            progress(f"{file.name} {file.month}", len(outcomes))
            if found := self.road.standing(self.contract, file):
                outcomes[file] = found
            else:
                new.append(file)
        try:
            while new:
                with self.road.home.scratch() as scratch:
                    batch: list[_Taken] = []
                    while new and _fits(batch):
                        file = new.pop(0)
                        progress(f"{file.name} {file.month}", len(outcomes) + len(batch))
                        taken = self._take(file, scratch)
                        if isinstance(taken, Outcome):
                            outcomes[file] = taken
                        else:
                            batch.append(taken)
                    for outcome in self._judge(batch, scratch):
                        outcomes[outcome.file] = outcome
        except OSError as error:
            # Not even room to work in. What was stored before is in the ledger, and is told.
            outcomes = {file: _failed(file, _told(error)) for file in files} | outcomes
        return [outcomes[file] for file in files]

    def _take(self, file: InboxFile, scratch: Path) -> _Taken | Outcome:
        """Copy the bytes, then through the door."""
        folder = Path(tempfile.mkdtemp(dir=scratch))
        copy = folder / "bytes"
        limit = self.contract.limits.max_bytes
        try:
            if file.kept:
                sealing.unseal(file.path, copy, self._keys.archive, file.kept)
                digest = file.kept
            else:
                digest = _copy(file, copy, limit)
            read = door.read(copy, file.extension, self.contract, folder)
            entered = pseudonyms.enter(
                read, self.contract, self._keys, self.road.erased, folder, kept=file.kept is not None
            )
            size = copy.stat().st_size
            if entered.names and size <= limit:
                copy = _without(copy, folder / "redacted", file, entered)
            received = self.road.received(file)
        except FAILURES as error:
            return _failed(file, _told(error))
        return _Taken(file, digest, copy if size <= limit else None, entered.door, size, received, entered.erased)

    @property
    def _keys(self) -> Keys:
        if self.road.keys is None:
            raise InternalError("a delivery can't be taken without the keys of its home")
        return self.road.keys

    def _judge(self, batch: Sequence[_Taken], scratch: Path) -> list[Outcome]:
        if not batch:
            return []
        folder = Path(tempfile.mkdtemp(dir=scratch))
        try:
            pending = [Pending(t.file.month, t.door, tuple(self._outside(t))) for t in batch]
            verdicts = verdict.judge(self.contract, pending, self._history(batch), folder)
        except FAILURES as error:
            stopping.check()
            shutil.rmtree(folder, ignore_errors=True)
            if len(batch) == 1:
                return [_failed(batch[0].file, _told(error))]
            # One of them is the trouble: each on its own, so that the others get their verdict.
            return [outcome for taken in batch for outcome in self._judge([taken], scratch)]
        return self._keep([(taken, taken.whole(found)) for taken, found in zip(batch, verdicts, strict=True)])

    def _outside(self, taken: _Taken) -> Iterator[Finding]:
        """Findings that no look inside the file can give."""
        if taken.file.double:
            yield redelivery.double(taken.door.rows_in)
        if taken.file.extension != "leeg":
            same = {d.partner for found in self.road.known.values() for d in found if d.sha256 == taken.sha256}
            if others := same - {self.contract.partner}:
                yield redelivery.same_as(sorted(others), taken.door.rows_in)

    def _history(self, batch: Sequence[_Taken]) -> History:
        mine = self.road.in_force(self.contract.name)
        kinds = {rule.kind for rule in self.contract.rules}
        months = {t.file.month for t in batch}
        # A month that is delivered again because its rows are damaged can't be its own history.
        records = [d for d in mine if d.month not in months or self.road.is_whole(d)]
        return History(
            volumes={d.month: d.rows_in for d in mine},
            records=self._files(records) if "gezin_gewijzigd" in kinds else (),
            incidenten=self._files(self.road.in_force(INCIDENTEN)) if "verwijzing_onbekend" in kinds else (),
        )

    def _files(self, deliveries: Iterable[Delivery]) -> list[LakeFile]:
        return [LakeFile(d.month, lake.accepted_file(self.road.home, d)) for d in deliveries]

    def _keep(self, judged: Sequence[tuple[_Taken, Verdict]]) -> list[Outcome]:
        """Into archive and lake, then the ledger; what does not reach the ledger is removed again."""
        numbers: dict[str, int] = {}
        planned = []
        for taken, found in judged:
            last = max((d.number for d in self.road.of_month(taken.file)), default=0)
            numbers[taken.file.month] = number = numbers.get(taken.file.month, last) + 1
            planned.append((taken, found, self._delivery(taken, found, number)))
        paths = {path for _, _, d in planned for path in _paths(d)}
        outcomes: list[Outcome] = []
        try:
            with journal.about_to_write(self.road.home, self.road.ledger, paths):
                for plan in planned:
                    outcomes.append(self._store(*plan))
        except FAILURES as error:
            # The list could not be written, or not be cleared: then the next to write clears it.
            outcomes += [_failed(taken.file, _told(error)) for taken, _ in judged[len(outcomes) :]]
        return outcomes

    def _delivery(self, taken: _Taken, found: Verdict, number: int) -> Delivery:
        """The ledger's row, digests of the lake files still to come."""
        identifying = {rule.code for rule in self.contract.rules if rule.kind == IDENTIFYING}
        delivery = Delivery(
            partner=self.contract.partner,
            feed=self.contract.feed,
            month=taken.file.month,
            number=number,
            sha256=taken.sha256,
            extension=taken.file.extension,
            verdict=found.verdict,
            rows_in=found.rows_in,
            rows_accepted=found.rows_accepted,
            rows_quarantined=found.rows_quarantined,
            received_at=taken.received,
            contract_version=self.contract.version,
            contract_digest=self.contract.digest,
            rows_erased=taken.erased,
        )
        is_kept = taken.is_searched and identifying.isdisjoint(f.code for f in found.findings)
        return replace(
            delivery,
            archived_path=self._archived_path(taken.sha256) if is_kept else None,
            accepted_path=lake.place(delivery, "accepted") if found.accepted else None,
            quarantine_path=lake.place(delivery, "quarantine") if found.quarantine else None,
        )

    def _archived_path(self, sha256: str) -> str:
        """Where the bytes lie already, or will lie."""
        known = (d for found in self.road.known.values() for d in found if d.sha256 == sha256)
        return next((d.archived_path for d in known if d.archived_path), lake.archived_at(sha256))

    def _store(self, taken: _Taken, found: Verdict, delivery: Delivery) -> Outcome:
        root = self.road.home.root
        try:
            if delivery.archived_path and taken.copy is not None:
                sealed = taken.copy.with_name("sealed")
                digest = sealing.seal(taken.copy, sealed, self._keys.archive, delivery.sha256)
                if not storage.matches(root / delivery.archived_path, digest):
                    storage.move_in(sealed, root / delivery.archived_path, digest)
                delivery = replace(delivery, archived_sha256=digest)
            if found.accepted and delivery.accepted_path:
                digest = storage.move_in(found.accepted, root / delivery.accepted_path)
                delivery = replace(delivery, accepted_sha256=digest)
            if found.quarantine and delivery.quarantine_path:
                sealed = found.quarantine.with_suffix(".sealed")
                digest = sealing.seal(found.quarantine, sealed, self._keys.quarantine, delivery.sha256)
                storage.move_in(sealed, root / delivery.quarantine_path, digest)
                delivery = replace(delivery, quarantine_sha256=digest)
            earlier = tuple(self.road.of_month(taken.file))
            recorded = self.road.record(delivery, found)
            self._mend(earlier, recorded)
        except FAILURES as error:
            return _failed(taken.file, _told(error))
        return Outcome(taken.file, found.verdict, recorded, found.findings)

    def _mend(self, earlier: Sequence[Delivery], again: Delivery) -> None:
        """Give damaged files of earlier deliveries of the same bytes their content back, where it is still the same."""
        root = self.road.home.root
        whole = {digest: root / path for path, digest in lake.files(again).items()}
        for path, digest in (named for d in earlier if d.sha256 == again.sha256 for named in lake.files(d).items()):
            if digest in whole and not storage.matches(root / path, digest):
                with self.road.home.scratch() as folder:
                    storage.move_in(Path(shutil.copyfile(whole[digest], folder / "copy")), root / path)


def _paths(delivery: Delivery) -> list[str]:
    kept = (delivery.archived_path, delivery.accepted_path, delivery.quarantine_path)
    return [path for path in kept if path]


def _fits(batch: Sequence[_Taken]) -> bool:
    return sum(t.door.rows_in for t in batch) < BATCH_ROWS and sum(t.size for t in batch) < BATCH_BYTES


def _failed(file: InboxFile, message: str) -> Outcome:
    return Outcome(file, "error", None, message=message)


def _told(error: BaseException) -> str:
    """What a user is told of a failure. Texts of libraries are left out: they may quote a cell."""
    LOGGER.debug("a delivery failed", exc_info=error)
    if isinstance(error, UserError):
        return str(error)
    if reason := reasons.of(error):
        return f"lezen of schrijven lukt niet: {reason}"
    return f"het systeem kon deze levering niet verwerken ({type(error).__name__}); er is niets van bewaard"


def _open(file: InboxFile) -> BufferedReader:
    """The file itself; what took its place since it was found (a link, a pipe) is not opened.

    Raises OSError.
    """
    # O_NONBLOCK: a pipe would otherwise keep us waiting for a writer.
    handle = os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        handle.close()
        raise UserError("het is geen gewoon bestand meer")
    return handle


def _without(copy: Path, target: Path, file: InboxFile, entered: Entered) -> Path:
    """The bytes to keep: without the records of erased gezinnen."""
    left_out = redaction.redact(copy, target, file.extension, entered.names)
    copy.unlink()
    if not file.kept and left_out != entered.erased:
        raise InternalError("a record of an erased gezin was judged and kept otherwise")
    return target


def _digest(file: InboxFile) -> str:
    with _open(file) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _copy(file: InboxFile, target: Path, limit: int) -> str:
    """Copy the bytes and return their digest: all of them, or ``limit`` + 1 of a file that is bigger.

    Raises UserError when the file changes meanwhile: a partner is still writing it.
    """
    digest = hashlib.sha256()
    written = 0
    with _open(file) as source, target.open("wb") as copy:
        before = os.fstat(source.fileno())
        while block := source.read(storage.BLOCK):
            digest.update(block)
            written += copy.write(block[: max(0, limit + 1 - written)])
        after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UserError("het bestand veranderde terwijl het werd gelezen; lever het als het compleet is")
    return digest.hexdigest()
