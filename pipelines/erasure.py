"""A gezin is erased: from received bytes, accepted and quarantined rows, results and what was derived of them.

What stays is a keyed mark, which tells of nobody who it is, and by which the gezin stays out when an old delivery is
read again. Files of partners in the inbox are theirs: they are named, not changed. Publications hold no rows of
persons and are never changed. The proof is a search of every file under the home (``traces.py``).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import compute, keys, migration, pseudonyms, redaction, rewriting, sealing, storage, traces
from pipelines.errors import UserError
from pipelines.home import LOCK, SCRATCH, Home
from pipelines.keys import Keys
from pipelines.ledger import Delivery, Ledger
from pipelines.rewriting import Renewal

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Names:
    """A gezin as partners write it and as the lake does."""

    original: str
    lake: str

    @property
    def both(self) -> tuple[str, str]:
        return self.original, self.lake


@dataclass(frozen=True)
class Erased:
    """``rows``: records of which nothing is kept any more; ``deliveries``: in how many they stood; ``searched``: files
    in which nothing was found; ``inbox``: files of partners in which the gezin still stands; ``recomputed``: whether
    results were computed again."""

    rows: int
    deliveries: int
    searched: int
    inbox: Sequence[Path]
    recomputed: bool


def happened_since(manifest: Mapping[str, Any], deliveries: Mapping[str, Sequence[Delivery]]) -> bool:
    """Whether rows behind a publication were erased after it. Where the code or the definitions are others by now that
    can't be told apart, and it is False.

    ``deliveries``: those that the manifest names, as the ledger has them now.
    """
    now = compute.basis(deliveries, str(manifest["peildatum"])[:7])
    same = all(now[name] == manifest[name] for name in ("code_version", "indicators", "contracts"))
    return same and now["fingerprint"] != manifest["fingerprint"]


def require_pseudonym(text: str) -> None:
    """Raises UserError, which does not repeat it, for what is no pseudonym."""
    if not pseudonyms.FORM.fullmatch(text):
        raise UserError(
            "Dit is geen pseudoniem van een gezin: dat zijn 26 tekens uit a-z en 2-7, zoals partners het leveren."
        )


def erase(home: Home, original: str, progress: Progress = lambda *_: None) -> Erased:
    """Erase the gezin that partners call ``original``, and prove it. Doing it again does no harm.

    Raises UserError when something of it could not be removed (named), storage.DamagedFile when a stored file is not
    what was written (nothing has changed then), and UserError as ``keys.of``.
    """
    require_pseudonym(original)
    with home.writing(), Ledger.open(home, create=True) as ledger:
        migration.up_to_date(home, ledger, progress)
        mine = keys.of(home, ledger)
        (in_lake,), (mark,) = mine.pseudonyms([original]), mine.marks([original])
        names = Names(original, in_lake)
        rows, deliveries = _from_deliveries(home, ledger, mine, names, mark, progress)
        ledger.compact()
        stood = _stood(home)
        _from_what_was_derived(home, names)
        recomputed = stood is not None and not compute.compute(home, stood, progress).unchanged
        left, searched = _search(home, ledger, mine, names, progress)
        if left:
            there = ", ".join(f"'{path}'" for path in left)
            raise UserError(f"Het gezin is nog niet helemaal gewist. Het staat nog in: {there}.")
        return Erased(rows, deliveries, searched, _inbox(home, names), recomputed)


def _from_deliveries(
    home: Home, ledger: Ledger, mine: Keys, names: Names, mark: str, progress: Progress
) -> tuple[int, int]:
    """How many rows, of how many deliveries."""
    known = ledger.all()
    struck: dict[int, int] = {}
    with home.scratch() as scratch:
        renewal = Renewal(home, scratch)
        for done, owners in enumerate(archived := rewriting.by_archived(known)):
            progress("ontvangen bestanden doorzoeken", done, len(archived))
            count = _received(renewal, owners, mine, names)
            struck |= {d.id or 0: count for d in owners if d.verdict == "refused"}
        for done, d in enumerate(known):
            progress("rijen doorzoeken", done, len(known))
            accepted = _accepted(renewal, d, names)
            quarantined = _quarantined(renewal, d, mine, names)
            if accepted:
                renewal.say(d, rows_accepted=d.rows_accepted - accepted, rows_quarantined=d.rows_quarantined + accepted)
            struck[d.id or 0] = struck.get(d.id or 0, 0) + accepted + quarantined
        changed = {d.id or 0: d for d in known if struck[d.id or 0]}
        for number, d in changed.items():
            renewal.say(d, rows_erased=d.rows_erased + struck[number])
        found = {number: pseudonyms.finding(renewal.now(d).rows_erased) for number, d in changed.items()}
        renewal.carry_out(ledger, found, marks=ledger.erased() | {mark})
    return sum(struck.values()), len(changed)


def _received(renewal: Renewal, owners: Sequence[Delivery], mine: Keys, names: Names) -> int:
    sealed = rewriting.file_of(renewal.home, owners[0], "archived")
    if sealed is None:
        return 0
    plain = renewal.new_file()
    sealing.unseal(sealed, plain, mine.archive, owners[0].sha256)
    count = 0
    if traces.holds(plain, names.both):
        without = renewal.new_file()
        count = redaction.redact(plain, without, owners[0].extension, names.both)
        renewal.seal(owners, "archived", without, mine.archive)
    plain.unlink()
    return count


def _accepted(renewal: Renewal, d: Delivery, names: Names) -> int:
    file = rewriting.file_of(renewal.home, d, "accepted")
    if file is None or not traces.holds(file, names.both):
        return 0
    made = renewal.new_file()
    left = rewriting.rows(file, made, lambda batch: _others(batch, names))
    renewal.put([d], "accepted", made)
    return d.rows_accepted - left


def _quarantined(renewal: Renewal, d: Delivery, mine: Keys, names: Names) -> int:
    sealed = rewriting.file_of(renewal.home, d, "quarantine")
    if sealed is None:
        return 0
    plain = renewal.new_file()
    sealing.unseal(sealed, plain, mine.quarantine, d.sha256)
    count = 0
    if traces.holds(plain, names.both):
        without = renewal.new_file()
        count = d.rows_quarantined - d.rows_erased - rewriting.rows(plain, without, lambda batch: _others(batch, names))
        renewal.seal([d], "quarantine", without, mine.quarantine)
    plain.unlink()
    return count


def _others(batch: pa.RecordBatch, names: Names) -> pa.RecordBatch:
    return batch.filter(pc.invert(pseudonyms.named(batch, names.both)))


def _stood(home: Home) -> str | None:
    """The month of the results there are, if any."""
    try:
        found = compute.stored(home)
    except storage.DamagedFile:
        return None
    return found.record["peildatum"][:7] if found else None


def _from_what_was_derived(home: Home, names: Names) -> None:
    """Results, previews and Dagster's history in which the gezin stands: they can be made again, or missed."""
    for folder in (home.results, home.previews, home.dagster):
        for path in _files(folder):
            if _may_hold(path, names):
                path.unlink()
    shutil.rmtree(home.root / SCRATCH, ignore_errors=True)


def _search(home: Home, ledger: Ledger, mine: Keys, names: Names, progress: Progress) -> tuple[list[Path], int]:
    """Files under the home, but for the inbox, in which the gezin stands; and how many were looked at."""
    sealed = _sealed(home, ledger, mine)
    apart = {home.inbox, home.root / LOCK}
    every = [path for path in _files(home.root) if apart.isdisjoint((path, *path.parents))]
    left = []
    with home.scratch() as scratch:
        plain = scratch / "open"
        for done, path in enumerate(every):
            progress("nazoeken", done, len(every))
            if path in sealed:
                sealing.unseal(path, plain, *sealed[path])
            if _may_hold(path, names) or (path in sealed and _may_hold(plain, names)):
                left.append(path)
    return left, len(every)


def _sealed(home: Home, ledger: Ledger, mine: Keys) -> Mapping[Path, tuple[bytes, str]]:
    """With what every sealed file opens."""
    known = ledger.all()
    archive = {home.root / d.archived_path: (mine.archive, d.sha256) for d in known if d.archived_path}
    return archive | {home.root / d.quarantine_path: (mine.quarantine, d.sha256) for d in known if d.quarantine_path}


def _inbox(home: Home, names: Names) -> list[Path]:
    return [path for path in _files(home.inbox) if _may_hold(path, names)]


def _may_hold(path: Path, names: Names) -> bool:
    """Whether the gezin stands in a file, or the file is too damaged to tell."""
    try:
        return traces.holds(path, names.both)
    except (pa.ArrowException, sqlite3.Error):
        return True


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
