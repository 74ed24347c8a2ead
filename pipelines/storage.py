"""Files that survive: written under a temporary name, fsynced, renamed; read only after their digest is checked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.errors import UserError

TEMPORARY = ".bezig-"
VOUCHER = ".sha256"
REDELIVER = "lever de maand opnieuw"
BLOCK = 1 << 20


class DamagedFile(UserError):
    """A stored file is gone or no longer what was written."""


def write(path: Path, content: bytes) -> str:
    """Write a file whole or not at all; returns its SHA-256. The folder is made if needed."""
    make_folder(path.parent)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        rename(temporary, path)
    except OSError:
        # What must be told is why the write failed, not that tidying up fails too.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return hashlib.sha256(content).hexdigest()


def copy_in(source: Path, path: Path) -> None:
    """Copy a finished file, from any disk, whole or not at all. The folder is made if needed.

    Raises OSError with the name of ``path``: a library may name the source, which is not where the trouble lies.
    """
    make_folder(path.parent)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        shutil.copyfile(source, temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        rename(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def move_in(source: Path, path: Path, digest: str | None = None) -> str:
    """Give a finished file on the same disk its final name, safely; returns its SHA-256 (``digest``, where known)."""
    make_folder(path.parent)
    digest = digest or sha256(source)
    with source.open("rb") as handle:
        os.fsync(handle.fileno())
    rename(source, path)
    return digest


def rename(source: Path, path: Path) -> None:
    """Rename and make the rename itself durable."""
    source.replace(path)
    _sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably: a file is not safe in a folder that a crash can take away."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what a crash left half written in ``folder``: files and folders under our own temporary names only."""
    for left in folder.glob(f"{TEMPORARY}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def matches(path: Path, digest: str) -> bool:
    """Whether the file is there and still has this digest."""
    return path.is_file() and sha256(path) == digest


def verified(path: Path, digest: str, remedy: str = REDELIVER) -> Path:
    """The path, once its digest is checked. Raises DamagedFile; ``remedy``: what helps where there is no backup."""
    if not matches(path, digest):
        raise damaged(path, remedy)
    return path


def read_verified(path: Path, digest: str, remedy: str = REDELIVER) -> bytes:
    """The bytes of a file with this digest: those that were checked. Raises DamagedFile as ``verified``."""
    content = path.read_bytes() if path.is_file() else None
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise damaged(path, remedy)
    return content


def write_vouched(path: Path, content: bytes) -> str:
    """Write a file that no other file names, and its SHA-256 beside it; returns that.

    Beside ``manifest.json`` comes ``manifest.sha256``, as ``sha256sum --check`` reads it.
    """
    digest = write(path, content)
    write(path.with_suffix(VOUCHER), _voucher(path, digest))
    return digest


def read_vouched(path: Path, remedy: str) -> bytes:
    """The bytes of a file written by ``write_vouched``. Raises DamagedFile when either of the two is damaged."""
    voucher = path.with_suffix(VOUCHER)
    for there in (path, voucher):
        if not there.is_file():
            raise damaged(there, remedy)
    content = path.read_bytes()
    if voucher.read_bytes() != _voucher(path, hashlib.sha256(content).hexdigest()):
        raise damaged(path, remedy)
    return content


def _voucher(path: Path, digest: str) -> bytes:
    return f"{digest}  {path.name}\n".encode()


def damaged(path: Path, remedy: str) -> DamagedFile:
    """The error that says so. ``remedy``: an order in Dutch, such as ``lever de maand opnieuw``; '' where there is none
    but a backup."""
    return DamagedFile(
        f"Het bestand '{path}' ontbreekt of is beschadigd: het is niet meer wat is weggeschreven. "
        f"Zet het terug uit een reservekopie{f', of {remedy}' if remedy else ''}."
    )


def json_bytes(data: Any) -> bytes:
    """Readable JSON with a newline at the end; the same data gives the same bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n").encode()
