"""From inbox files to the lake: each through the door and its contract, then archive, lake and, last, the ledger.

The bytes that are judged are the bytes that are hashed and archived: a private copy. A file that fails never stops the
others. Not here: what a rule is (``data_contracts``), which deliveries count (``knowledge``).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedReader
from itertools import groupby
from pathlib import Path
from typing import Literal

from data_contracts import door, verdict
from data_contracts.loader import contracts
from data_contracts.model import Contract, DoorResult, Finding, History, InternalError, LakeFile, Pending, Verdict
from pipelines import lake, storage
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.inbox import InboxFile
from pipelines.ledger import Delivery, Ledger, latest_accepted

# Judged together, since a Great Expectations suite costs by the run; bounded, since text tables take space.
BATCH_BYTES = 512 << 20
INCIDENTEN = "politie/incidenten"
IDENTIFYING = "identificerende_kolom"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one file. ``unchanged``: these bytes were judged before, and ``delivery`` is that verdict."""

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


@dataclass(frozen=True)
class _Taken:
    """A file copied to our own name, with the digest of exactly those bytes."""

    file: InboxFile
    copy: Path
    sha256: str


def in_order(files: Iterable[InboxFile]) -> list[InboxFile]:
    """Incidenten first, since meldingen refer to them; then by feed and month."""
    order = list(contracts())
    return sorted(files, key=lambda f: (f.name != INCIDENTEN, order.index(f.name), f.month, f.extension))


def deliver(
    home: Home, files: Sequence[InboxFile], now: datetime | None = None, progress: Progress = lambda *_: None
) -> list[Outcome]:
    """Take the files through contract, ledger and lake; one outcome a file.

    ``now``: the moment of receipt (default: the clock). ``progress`` hears (what, done, total).
    Raises UserError when another process is writing or the home can't be written.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    outcomes: list[Outcome] = []
    try:
        with home.writing(), Ledger.open(home) as ledger:
            known = ledger.all()
            for name, group in groupby(in_order(files), key=lambda f: f.name):
                mine = list(group)
                progress(name, len(outcomes), len(files))
                outcomes += _Feed(home, ledger, contracts()[name], moment, known).take(mine)
            progress("klaar", len(files), len(files))
    except PermissionError as error:
        raise UserError(
            f"Geen toegang tot '{error.filename}'. Controleer de rechten op de map met gegevens."
        ) from error
    except OSError as error:
        raise UserError(f"Lezen of schrijven lukt niet: {error.strerror} ('{error.filename}').") from error
    return outcomes


def sort_seen(home: Home, files: Sequence[InboxFile]) -> tuple[list[Outcome], list[InboxFile]]:
    """The files whose bytes have their verdict already, as outcomes, and the files that are new. Judges nothing."""
    seen: list[Outcome] = []
    new: list[InboxFile] = []
    with Ledger.open(home) as ledger:
        known, findings = ledger.all(), ledger.findings()
        for file in in_order(files):
            before = _Feed(home, ledger, contracts()[file.name], "", known).seen(file)
            if before is None:
                new.append(file)
            else:
                seen.append(Outcome(file, "unchanged", before, tuple(findings.get(before.id or 0, ()))))
    return seen, new


@dataclass
class _Feed:
    """The deliveries of one feed. ``known``: every delivery in the ledger, in order of number; grows as we record."""

    home: Home
    ledger: Ledger
    contract: Contract
    moment: str
    known: list[Delivery]

    def take(self, files: Sequence[InboxFile]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        new: list[InboxFile] = []
        for file in files:
            try:
                before = self.seen(file)
            except OSError as error:
                message = f"Het bestand is niet te openen: {error.strerror}. Controleer de rechten."
                outcomes.append(Outcome(file, "error", None, message=message))
                continue
            if before is None:
                new.append(file)
            else:
                outcomes.append(Outcome(file, "unchanged", before, self._findings(before)))
        for batch in _batches(new):
            outcomes += self._judge(batch)
        return outcomes

    def _of_month(self, month: str) -> list[Delivery]:
        return [d for d in self.known if d.name == self.contract.name and d.month == month]

    def seen(self, file: InboxFile) -> Delivery | None:
        """The verdict that stands for exactly these bytes: in force, or the latest refusal under the same contract."""
        mine = self._of_month(file.month)
        in_force = next((d for d in reversed(mine) if d.verdict == "accepted"), None)
        digest = _digest(file)
        if in_force and not file.double and (in_force.sha256, in_force.extension) == (digest, file.extension):
            return in_force
        for d in reversed(mine):
            if d.verdict == "accepted":
                break
            if (d.sha256, d.extension, d.contract_digest) == (digest, file.extension, self.contract.digest):
                return d
        return None

    def _findings(self, delivery: Delivery) -> tuple[Finding, ...]:
        return tuple(self.ledger.findings().get(delivery.id or 0, ())) if delivery.verdict == "refused" else ()

    def _judge(self, files: Sequence[InboxFile]) -> list[Outcome]:
        with self.home.scratch() as scratch:
            try:
                taken = [_copy(file, scratch / f"{i}") for i, file in enumerate(files)]
                read = [self._read(t, scratch) for t in taken]
                pending = [
                    Pending(t.file.month, result, tuple(self._outside(t)))
                    for t, result in zip(taken, read, strict=True)
                ]
                verdicts = verdict.judge(self.contract, pending, self._history(), scratch)
            except (InternalError, storage.DamagedFile) as error:
                return [Outcome(file, "error", None, message=str(error)) for file in files]
            return [self._keep(t, v) for t, v in zip(taken, verdicts, strict=True)]

    def _read(self, taken: _Taken, scratch: Path) -> DoorResult:
        folder = scratch / f"{taken.copy.name}-tekst"
        folder.mkdir()
        return door.read(taken.copy, taken.file.extension, self.contract, folder)

    def _outside(self, taken: _Taken) -> Iterator[Finding]:
        """Findings that no look inside the file can give."""
        if taken.file.double:
            yield Finding(
                "dubbel_bestand",
                "levering",
                0,
                "Voor deze maand staan er meer bestanden klaar (.csv, .parquet of .leeg). Laat het goede staan en haal "
                "de andere weg.",
            )
        if taken.file.extension != "leeg":
            others = {d.partner for d in self.known if d.sha256 == taken.sha256} - {self.contract.partner}
            if others:
                yield Finding(
                    "zelfde_bestand_andere_partner",
                    "waarschuwing",
                    0,
                    f"Precies dit bestand leverde ook {', '.join(sorted(others))}. Controleer of het van u is.",
                )

    def _history(self) -> History:
        in_force = latest_accepted(self.known)

        def files(name: str) -> list[LakeFile]:
            return [
                LakeFile(d.month, lake.accepted_file(self.home, d))
                for d in sorted(in_force, key=lambda d: d.month)
                if d.name == name
            ]

        return History(
            volumes={d.month: d.rows_in for d in in_force if d.name == self.contract.name},
            records=files(self.contract.name) if self.contract.has_persons else (),
            incidenten=files(INCIDENTEN) if self.contract.name == "veilig_thuis/meldingen" else (),
        )

    def _keep(self, taken: _Taken, judged: Verdict) -> Outcome:
        """Archive the bytes, move the rows into the lake, then commit."""
        file = taken.file
        number = 1 + max((d.number for d in self._of_month(file.month)), default=0)
        archived = all(f.code != IDENTIFYING for f in judged.findings)
        if archived:
            target = self.home.archive / taken.sha256[:2] / taken.sha256
            if not target.exists():
                storage.move_in(taken.copy, target)
        delivery = Delivery(
            partner=file.partner,
            feed=file.feed,
            month=file.month,
            number=number,
            sha256=taken.sha256,
            extension=file.extension,
            verdict=judged.verdict,
            rows_in=judged.rows_in,
            rows_accepted=judged.rows_accepted,
            rows_quarantined=judged.rows_quarantined,
            received_at=self.moment,
            contract_version=self.contract.version,
            contract_digest=self.contract.digest,
            archived=archived,
        )
        place = f"lake/{file.partner}/{file.feed}/{file.month}/{number}-{taken.sha256[:12]}"
        if judged.accepted:
            path = f"{place}.accepted.parquet"
            digest = storage.move_in(judged.accepted, self.home.root / path)
            delivery = replace(delivery, accepted_path=path, accepted_sha256=digest)
        if judged.quarantine:
            path = f"{place}.quarantine.parquet"
            digest = storage.move_in(judged.quarantine, self.home.root / path)
            delivery = replace(delivery, quarantine_path=path, quarantine_sha256=digest)
        recorded = self.ledger.record(delivery, judged.findings, judged.evaluations)
        self.known.append(recorded)
        return Outcome(file, judged.verdict, recorded, judged.findings)


def _batches(files: Sequence[InboxFile]) -> Iterator[list[InboxFile]]:
    """Files judged together: at most BATCH_BYTES; a month with two files (all refused) goes with the rest."""
    batch: list[InboxFile] = []
    size = 0
    for file in files:
        length = file.path.lstat().st_size
        if batch and size + length > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += length
    if batch:
        yield batch


def _open(file: InboxFile) -> BufferedReader:
    """The file itself; a link that took its place in the meantime is not followed."""
    return os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _digest(file: InboxFile) -> str:
    with _open(file) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _copy(file: InboxFile, target: Path) -> _Taken:
    with _open(file) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, storage.BLOCK)
    return _Taken(file, target, storage.sha256(target))
