"""Where deliveries lie: received bytes in the archive, accepted and quarantined rows in the lake; never changed.

Only what the ledger names is ever read, and only after its digest is checked.
"""

from __future__ import annotations

from pathlib import Path

from pipelines import storage
from pipelines.home import Home
from pipelines.ledger import Delivery


def place(delivery: Delivery, rows: str) -> str:
    """Where a delivery's rows lie, relative to the home. ``rows``: ``accepted`` or ``quarantine``."""
    folder = f"lake/{delivery.partner}/{delivery.feed}/{delivery.month}"
    return f"{folder}/{delivery.number}-{delivery.sha256[:12]}.{rows}.parquet"


def archived_at(sha256: str) -> str:
    """Where received bytes are kept, relative to the home."""
    return f"archive/{sha256[:2]}/{sha256}"


def accepted_file(home: Home, delivery: Delivery) -> Path:
    """The accepted rows of a delivery, digest checked. Raises storage.DamagedFile, or ValueError for a refused one."""
    if delivery.accepted_path is None or delivery.accepted_sha256 is None:
        raise ValueError(f"{delivery.name} {delivery.month} number {delivery.number} was refused: it has no rows")
    return storage.verified(home.root / delivery.accepted_path, delivery.accepted_sha256)


def is_whole(home: Home, delivery: Delivery) -> bool:
    """Whether every file that the ledger names for a delivery is still what was written."""
    return all(storage.matches(home.root / path, digest) for path, digest in files(delivery).items())


def files(delivery: Delivery) -> dict[str, str]:
    """Every file that the ledger names for a delivery, relative to the home, with its digest."""
    named = {
        archived_at(delivery.sha256) if delivery.archived else None: delivery.sha256,
        delivery.accepted_path: delivery.accepted_sha256,
        delivery.quarantine_path: delivery.quarantine_sha256,
    }
    return {path: digest for path, digest in named.items() if path and digest}
