"""Is everything that is kept still what was written? Looks at every byte, also of what no figure is made of.

The rest of the road checks what it reads, when it reads it. Received bytes, quarantined rows and deliveries that were
replaced may be read by nothing for years; here their damage shows while there still is a backup. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import compute, lake, publication, storage
from pipelines.home import Home
from pipelines.ledger import Ledger

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checked:
    """``files``: how many were looked at. ``damaged``: in Dutch, each with its remedy."""

    files: int
    damaged: list[str]


def check(home: Home, progress: Progress = lambda *_: None) -> Checked:
    """Look at every file of archive, lake, results and publications. Raises UserError when the ledger can't be read."""
    damaged: list[str] = []
    files = list(_named(home, damaged))
    for done, (path, digest, remedy) in enumerate(files):
        progress(path.name, done, len(files))
        if not storage.matches(path, digest):
            damaged.append(str(storage.damaged(path, remedy)))
    # The current publication is looked at twice: as a publication, and as what the pointer names.
    return Checked(len(files), list(dict.fromkeys(damaged)))


def _named(home: Home, damaged: list[str]) -> Iterator[tuple[Path, str, str]]:
    """(path, digest, remedy) of every file that another one, or the ledger, names. Where a record of names is itself
    damaged, that goes to ``damaged``."""
    with Ledger.open(home) as ledger:
        known = {path: digest for d in ledger.all() for path, digest in lake.files(d).items()}
    yield from ((home.root / path, digest, storage.REDELIVER) for path, digest in known.items())
    try:
        last = compute.stored(home)
    except storage.DamagedFile as damage:
        damaged.append(str(damage))
    else:
        results = last.record["files"] if last else {}
        yield from ((home.results / name, digest, compute.RECOMPUTE) for name, digest in results.items())
    for number in publication.numbers(home):
        try:
            manifest = publication.read_manifest(home, number)
        except storage.DamagedFile as damage:
            damaged.append(str(damage))
        else:
            folder = home.publications / number
            yield from ((folder / name, digest, publication.REPUBLISH) for name, digest in manifest["files"].items())
    try:
        publication.pointed_at(home)
    except storage.DamagedFile as damage:
        damaged.append(str(damage))
