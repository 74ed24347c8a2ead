"""The lake: accepted and quarantined rows, two Parquet files a delivery, named by the ledger and never changed."""

from __future__ import annotations

from pathlib import Path

from pipelines import storage
from pipelines.home import Home
from pipelines.ledger import Delivery


def accepted_file(home: Home, delivery: Delivery) -> Path:
    """The accepted rows of a delivery, digest checked. Raises storage.DamagedFile, or ValueError for a refused one."""
    if delivery.accepted_path is None or delivery.accepted_sha256 is None:
        raise ValueError(f"{delivery.name} {delivery.month} number {delivery.number} was refused: it has no rows")
    return storage.verified(home.root / delivery.accepted_path, delivery.accepted_sha256)
