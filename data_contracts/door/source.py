"""Opening a delivered file, and what its first bytes say it is.

A file name is never handed to an engine: a name can be a pattern, a link or a pipe. The file is opened here, once.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from data_contracts.door import refusals

BOM = b"\xef\xbb\xbf"
HEAD_BYTES = 4096
PARQUET = b"PAR1"
PARQUET_ENCRYPTED = b"PARE"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "een gzip-bestand"),
    (b"PK\x05\x06", "een leeg zip-bestand"),
    (b"PK\x07\x08", "een zip-bestand"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "een oud Office-bestand (zoals .xls)"),
    (b"BZh91AY&SY", "een bzip2-bestand"),
    (b"\xfd7zXZ\x00", "een xz-bestand"),
    (b"\x28\xb5\x2f\xfd", "een zstd-bestand"),
    (b"\x04\x22\x4d\x18", "een lz4-bestand"),
    (b"7z\xbc\xaf\x27\x1c", "een 7z-bestand"),
    (b"Rar!\x1a\x07", "een rar-bestand"),
    (b"ARROW1", "een Arrow-bestand"),
    (b"Obj\x01", "een Avro-bestand"),
    (b"%PDF-", "een pdf-bestand"),
    (b"SQLite format 3\x00", "een SQLite-bestand"),
)


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The file, opened for reading, and its size in bytes.

    Raises `Refused` for a symbolic link, a folder, a pipe or a device; OSError where the file cannot be opened at all.
    """
    # O_NONBLOCK: opening a pipe would otherwise wait for a writer, before fstat can tell that it is one.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise refusals.not_regular() from error
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise refusals.not_regular()
    with os.fdopen(descriptor, "rb") as file:
        yield file, status.st_size


def read_head(file: BinaryIO) -> bytes:
    """The first `HEAD_BYTES` bytes; the position stays at the start."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return head


def foreign_content(head: bytes) -> str | None:
    """What the first bytes say the file is (Dutch, after "die van"), where that is neither text nor Parquet."""
    if head.startswith(b"PK\x03\x04"):
        office = b"[Content_Types].xml" in head or b"xl/" in head
        return "een Excel-bestand (.xlsx)" if office else "een zip-bestand"
    return next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)


def is_utf_16_or_32(head: bytes) -> bool:
    """A byte order mark of UTF-16 or UTF-32, or the NUL bytes that ASCII text leaves at every other place there."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True
    half = len(head) // 2
    # In ASCII text as UTF-16 one of the two halves is NUL throughout; four in ten leaves room for other letters.
    return half > 0 and any(head[place::2].count(0) * 10 >= half * 4 for place in (0, 1))


def check_csv_head(head: bytes) -> None:
    """Raises `Refused` where the first bytes cannot be those of a CSV file in UTF-8."""
    if head.startswith((PARQUET, PARQUET_ENCRYPTED)):
        raise refusals.other_content("csv", "een Parquet-bestand")
    content = foreign_content(head)
    if content is not None:
        raise refusals.other_content("csv", content)
    if is_utf_16_or_32(head):
        raise refusals.utf_16()


def check_parquet_head(head: bytes) -> None:
    """Raises `Refused` where the first bytes are not those of a Parquet file that is not encrypted."""
    if head.startswith(PARQUET_ENCRYPTED):
        raise refusals.encrypted()
    if not head.startswith(PARQUET):
        raise refusals.other_content("parquet", foreign_content(head) or "tekst of een ander soort bestand")
