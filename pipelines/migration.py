"""A home of an older layout becomes one of now, at the first thing that is written in it.

Of layout 1 to 2: pseudonyms of the lake under the key of the home, received bytes and quarantined rows sealed. Figures
stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines import audit, journal, keys, pseudonyms, rewriting, sealing
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.ledger import VERSION, Delivery, Ledger
from pipelines.rewriting import Renewal

Progress = Callable[[str, int, int], None]


def at_first_write(home: Home, progress: Progress = lambda *_: None) -> None:
    """``up_to_date`` where there is anything to do. Call with the write lock held."""
    with Ledger.open(home) as ledger:
        is_current = ledger.version == VERSION and not journal.is_left(home)
    if not is_current:
        with Ledger.open(home, create=True) as ledger:
            up_to_date(home, ledger, progress)


def up_to_date(home: Home, ledger: Ledger, progress: Progress = lambda *_: None) -> None:
    """Finish or undo what a crash cut off, and bring the home to the layout of now. Call with the write lock held.

    Raises storage.DamagedFile when a stored file is not what was written (nothing has changed then), and UserError as
    ``keys.of`` and ``audit.append``.
    """
    journal.clear(home, ledger)
    if ledger.version == VERSION:
        return
    change = f"van {ledger.version} naar {VERSION}"
    audit.append(home, audit.Entry(audit.account(), audit.SYSTEM, audit.MIGRATED, change), audit.key_of(home))
    mine = keys.of(home, ledger)
    known = ledger.all()
    with home.scratch() as scratch:
        renewal = Renewal(home, scratch)
        for done, d in enumerate(known):
            progress("indeling bijwerken", done, len(known))
            _rows(renewal, d, mine)
        for owners in rewriting.by_archived(known):
            _received(renewal, owners, mine)
        renewal.carry_out(ledger)


def _rows(renewal: Renewal, d: Delivery, mine: Keys) -> None:
    if accepted := rewriting.file_of(renewal.home, d, "accepted"):
        made = renewal.new_file()
        rewriting.rows(accepted, made, lambda batch: pseudonyms.changed(batch, mine.pseudonyms))
        renewal.put([d], "accepted", made)
    if quarantine := rewriting.file_of(renewal.home, d, "quarantine"):
        plain = renewal.new_file()
        rewriting.rows(quarantine, plain, lambda batch: pseudonyms.changed(batch, mine.pseudonyms))
        renewal.seal([d], "quarantine", plain, mine.quarantine)


def _received(renewal: Renewal, owners: list[Delivery], mine: Keys) -> None:
    if received := rewriting.file_of(renewal.home, owners[0], "archived"):
        made = renewal.new_file()
        sealing.seal(received, made, mine.archive, owners[0].sha256)
        renewal.put(owners, "archived", made)
