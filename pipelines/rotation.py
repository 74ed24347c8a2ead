"""Another key: pseudonyms of the lake, marks, received bytes and quarantined rows go over to it; no figure changes.

Every pseudonym is keyed once more, with the new key, so that no original is needed; what comes in later goes through
all keys in their order (``keys.Earlier``). Whoever has the old key can open nothing of the home afterwards and can't
tell its pseudonyms from chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines import keys, migration, pseudonyms, rewriting, sealing
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.ledger import Delivery, Ledger
from pipelines.rewriting import Renewal

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Rotated:
    """``made``: whether the new key was made now; ``unchanged``: the home had it already."""

    made: bool
    unchanged: bool = False


def is_key_of(home: Home, path: Path) -> bool:
    """Whether the home has the key in this file already. Raises UserError when the file is there and is no safe key."""
    with Ledger.open(home) as ledger:
        known = ledger.key()
    at = path.absolute()
    return known is not None and keys.is_there(at) and Keys(keys.read(home, at)).identity == known.identity


def rotate(home: Home, to: Path, progress: Progress = lambda *_: None) -> Rotated:
    """The home goes over to the key in the file ``to``, which is made where there is none.

    Raises UserError when either key is not there, not safe or not of this home, and storage.DamagedFile when a stored
    file is not what was written; then nothing has changed.
    """
    path = to.absolute()
    with home.writing(), Ledger.open(home, create=True) as ledger:
        migration.up_to_date(home, ledger, progress)
        if is_key_of(home, path):
            return Rotated(made=False, unchanged=True)
        is_new = not keys.is_there(path)
        old = keys.of(home, ledger)
        if is_new:
            keys.make(home, path)
        new = old.followed_by(keys.read(home, path))
        with home.scratch() as scratch:
            renewal = Renewal(home, scratch)
            deliveries = ledger.all()
            for done, d in enumerate(deliveries):
                progress("rijen omzetten", done, len(deliveries))
                _rows(renewal, d, old, new)
            for done, owners in enumerate(archived := rewriting.by_archived(deliveries)):
                progress("ontvangen bestanden omzetten", done, len(archived))
                _received(renewal, owners, old, new)
            marks = frozenset(new.renewed_marks(sorted(ledger.erased())))
            renewal.carry_out(ledger, key=new.record, marks=marks)
        return Rotated(made=is_new)


def _rows(renewal: Renewal, d: Delivery, old: Keys, new: Keys) -> None:
    if accepted := rewriting.file_of(renewal.home, d, "accepted"):
        made = renewal.new_file()
        rewriting.rows(accepted, made, lambda batch: pseudonyms.changed(batch, new.renewed))
        renewal.put([d], "accepted", made)
    if quarantine := rewriting.file_of(renewal.home, d, "quarantine"):
        plain, changed = renewal.new_file(), renewal.new_file()
        sealing.unseal(quarantine, plain, old.quarantine, d.sha256)
        rewriting.rows(plain, changed, lambda batch: pseudonyms.changed(batch, new.renewed))
        plain.unlink()
        renewal.seal([d], "quarantine", changed, new.quarantine)


def _received(renewal: Renewal, owners: Sequence[Delivery], old: Keys, new: Keys) -> None:
    if sealed := rewriting.file_of(renewal.home, owners[0], "archived"):
        plain = renewal.new_file()
        sealing.unseal(sealed, plain, old.archive, owners[0].sha256)
        renewal.seal(owners, "archived", plain, new.archive)
