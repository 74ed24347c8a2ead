"""Stored files that get another version: all of them at once, or none.

For a new layout, another key, an erased gezin, a term that has passed. New versions are made in scratch, get names of
their own, and count from one transaction of the ledger on; what nobody names any more is removed then. A crash before
that leaves the home as it was, a crash after it what it becomes (``journal.py``). Until it is done the home holds both
versions: it takes the room of both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.model import Finding
from pipelines import journal, lake, sealing, storage
from pipelines.home import Home
from pipelines.ledger import Delivery, KeyRecord, Ledger

Kind = Literal["archived", "accepted", "quarantine"]
KINDS: tuple[Kind, ...] = ("archived", "accepted", "quarantine")
BATCH_ROWS = 131_072


def file_of(home: Home, d: Delivery, kind: Kind) -> Path | None:
    """A file that the ledger names, its digest checked; None where it names none. Raises storage.DamagedFile."""
    path, digest = getattr(d, f"{kind}_path"), getattr(d, f"{kind}_sha256")
    return storage.verified(home.root / path, digest, "") if path and digest else None


@dataclass
class Renewal:
    """What becomes otherwise in one home. ``scratch``: a folder on its disk, for new versions."""

    home: Home
    scratch: Path
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    made: dict[str, Path] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    def now(self, d: Delivery) -> Delivery:
        """The delivery as it will be."""
        return self.deliveries.get(d.id or 0, d)

    def say(self, d: Delivery, **values: Any) -> None:
        """Something that the ledger will say of a delivery."""
        self.deliveries[d.id or 0] = replace(self.now(d), **values)

    def new_file(self) -> Path:
        """A name in scratch for a new version."""
        return Path(tempfile.mkdtemp(dir=self.scratch)) / "new"

    def put(self, owners: Sequence[Delivery], kind: Kind, made: Path) -> None:
        """``made`` takes the place of a file of ``owners``, deliveries that share it."""
        digest = storage.sha256(made)
        old = str(getattr(owners[0], f"{kind}_path"))
        new = lake.renewed(old, digest)
        for d in owners:
            self.say(d, **{f"{kind}_path": new, f"{kind}_sha256": digest})
        self.made[new] = made
        self.left.add(old)

    def seal(self, owners: Sequence[Delivery], kind: Kind, plain: Path, key: bytes) -> None:
        """``plain``, sealed, takes the place of a file of ``owners``; it is removed."""
        made = self.new_file()
        sealing.seal(plain, made, key, owners[0].sha256)
        plain.unlink()
        self.put(owners, kind, made)

    def drop(self, owners: Sequence[Delivery], kind: Kind) -> None:
        """A file of ``owners`` is kept no longer."""
        self.left.add(str(getattr(owners[0], f"{kind}_path")))
        for d in owners:
            self.say(d, **{f"{kind}_path": None, f"{kind}_sha256": None})

    def carry_out(
        self,
        ledger: Ledger,
        found: Mapping[int, Finding] | None = None,
        key: KeyRecord | None = None,
        marks: frozenset[str] | None = None,
    ) -> None:
        """All of it, at once; the last three as ``Ledger.change``. Raises UserError when the ledger can't be written,
        and OSError: then nothing has changed."""
        with journal.about_to_write(self.home, ledger, {*self.made, *self.left}):
            for path, made in self.made.items():
                storage.move_in(made, self.home.root / path)
            ledger.change(self.deliveries.values(), found, key, marks)


def by_archived(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Deliveries whose bytes are kept, those of the same bytes together."""
    found: dict[str, list[Delivery]] = {}
    for d in deliveries:
        if d.archived_path:
            found.setdefault(d.archived_path, []).append(d)
    return list(found.values())


def rows(source: Path, target: Path, change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> int:
    """Write the rows of a Parquet file, changed, to another; returns how many that are."""
    count = 0
    with pq.ParquetFile(source) as old:
        schema = old.schema_arrow.remove_metadata()
        with pq.ParquetWriter(target, schema, compression="zstd", store_decimal_as_integer=True) as new:
            for batch in old.iter_batches(BATCH_ROWS):
                changed = change(batch)
                count += changed.num_rows
                new.write_batch(changed.cast(schema))
    return count
