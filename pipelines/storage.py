"""Files that survive: written under a temporary name, fsynced, renamed; read only after their digest is checked."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from pipelines.errors import UserError

TEMPORARY = ".bezig-"
BLOCK = 1 << 20


class DamagedFile(UserError):
    """A stored file is gone or no longer what was written."""


def write(path: Path, content: bytes) -> str:
    """Write a file whole or not at all; returns its SHA-256. The folder is made if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    rename(temporary, path)
    return hashlib.sha256(content).hexdigest()


def move_in(source: Path, path: Path) -> str:
    """Give a finished file on the same disk its final name, safely; returns its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256(source)
    with source.open("rb") as handle:
        os.fsync(handle.fileno())
    rename(source, path)
    return digest


def rename(source: Path, path: Path) -> None:
    """Rename and make the rename itself durable."""
    source.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def matches(path: Path, digest: str) -> bool:
    """Whether the file is there and still has this digest."""
    return path.is_file() and sha256(path) == digest


def verified(path: Path, digest: str) -> Path:
    """The path, once its digest is checked. Raises DamagedFile."""
    if not matches(path, digest):
        raise _damaged(path)
    return path


def read_verified(path: Path, digest: str) -> bytes:
    """The bytes of a file with this digest: those that were checked. Raises DamagedFile."""
    content = path.read_bytes() if path.is_file() else None
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise _damaged(path)
    return content


def _damaged(path: Path) -> DamagedFile:
    return DamagedFile(
        f"Het bestand '{path}' ontbreekt of is beschadigd: het is niet meer wat is weggeschreven. "
        "Zet het terug uit een reservekopie, of lever de maand opnieuw."
    )


def json_bytes(data: Any) -> bytes:
    """Readable JSON with a newline at the end; the same data gives the same bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n").encode()
