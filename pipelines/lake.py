"""Where deliveries lie: received bytes in the archive, accepted and quarantined rows in the lake; never changed.

Only what the ledger names is ever read, and only after its digest is checked. Received bytes and quarantined rows are
sealed, under the digest of the bytes that were received: nobody reads them without the key of the home.
"""

from __future__ import annotations

from pathlib import Path

from pipelines import sealing, storage
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.ledger import Delivery


def place(delivery: Delivery, rows: str) -> str:
    """Where a delivery's rows lie, relative to the home. ``rows``: ``accepted`` or ``quarantine``."""
    folder = f"lake/{delivery.partner}/{delivery.feed}/{delivery.month}"
    return f"{folder}/{delivery.number}-{delivery.sha256[:12]}.{rows}.parquet"


def archived_at(sha256: str) -> str:
    """Where received bytes are kept, relative to the home. ``sha256``: as they were received."""
    return f"archive/{sha256[:2]}/{sha256}"


def renewed(path: str, digest: str) -> str:
    """Where a later version of a file of ``place`` or ``archived_at`` lies, relative to the home."""
    whole = Path(path)
    name = whole.name.removesuffix(".parquet")
    first = ".".join(name.split(".")[: 2 if whole.suffix == ".parquet" else 1])
    return str(whole.with_name(f"{first}.{digest[:12]}{whole.suffix if whole.suffix == '.parquet' else ''}"))


def accepted_file(home: Home, delivery: Delivery) -> Path:
    """The accepted rows of a delivery, digest checked. Raises storage.DamagedFile, or ValueError for a refused one."""
    if delivery.accepted_path is None or delivery.accepted_sha256 is None:
        raise ValueError(f"{delivery.name} {delivery.month} number {delivery.number} was refused: it has no rows")
    return storage.verified(home.root / delivery.accepted_path, delivery.accepted_sha256)


def quarantine(home: Home, delivery: Delivery, keys: Keys) -> bytes | None:
    """The quarantined rows of a delivery, as Parquet; None where none are kept. Raises storage.DamagedFile."""
    if delivery.quarantine_path is None or delivery.quarantine_sha256 is None:
        return None
    path = storage.verified(home.root / delivery.quarantine_path, delivery.quarantine_sha256)
    return sealing.unsealed(path, keys.quarantine, delivery.sha256)


def is_whole(home: Home, delivery: Delivery) -> bool:
    """Whether every file that the ledger names for a delivery is still what was written."""
    return all(storage.matches(home.root / path, digest) for path, digest in files(delivery).items())


def files(delivery: Delivery) -> dict[str, str]:
    """Every file that the ledger names for a delivery, relative to the home, with its digest."""
    named = {
        delivery.archived_path: delivery.archived_sha256,
        delivery.accepted_path: delivery.accepted_sha256,
        delivery.quarantine_path: delivery.quarantine_sha256,
    }
    return {path: digest for path, digest in named.items() if path and digest}
