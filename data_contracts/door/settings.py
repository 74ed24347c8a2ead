"""The bounds of the form itself, the same for every feed, and the sizes in which a file is worked through.

Not here: what one feed may hold at most; that is `Contract.limits`.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1 << 10
MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Bounds in bytes and working sizes. The defaults are the rule; tests use small ones to meet every edge.

    The specification's: ``cell_bytes``, and ``line_bytes`` of a physical line without its line end.
    ``record_bytes``: a record of the longest cells of the widest contract is some 2 MiB; one of more than 8 MiB has a
    quote that was left open, and memory has to end somewhere.
    CSV: ``chunk_bytes`` are read at a time, ``slice_rows`` written at a time.
    Parquet: ``page_bytes`` of the pages of one row group that are open at the same moment, packed and unpacked;
    ``pages`` page headers in one file; ``batch_rows`` and ``open_text_bytes`` are decoded at a time, ``batch_bytes`` of
    text unfolded at a time.
    """

    cell_bytes: int = 64 * KIB
    line_bytes: int = MIB
    record_bytes: int = 8 * MIB
    chunk_bytes: int = 8 * MIB
    slice_rows: int = 1 << 18
    footer_bytes: int = 8 * MIB
    page_bytes: int = 512 * MIB
    batch_rows: int = 1 << 17
    open_text_bytes: int = 128 * MIB
    batch_bytes: int = 32 * MIB
    pages: int = 250_000


DEFAULT = Settings()
