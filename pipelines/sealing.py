"""Files that only the key of the home opens: AES-256-GCM, in pieces, so that a big file needs little memory.

A sealed file: ``MAGIC``, a salt of 32 bytes, then the pieces of 1 MiB, each with its tag. Each file has a key of its
own, made of the salt; the salt is made of the content. So the same content gives the same bytes, which lets a damaged
file be recognised and restored from a redelivery, and no nonce is ever used twice with a key. A piece that was changed,
moved or left out does not open, nor does one under another label.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines import storage

MAGIC = b"veiligheid1\n"
PIECE = 1 << 20
SALT_BYTES, TAG_BYTES = 32, 16
NUMBER_BYTES = 11


def seal(source: Path, target: Path, key: bytes, label: str) -> str:
    """Write the content of ``source`` sealed to ``target``; returns the SHA-256 of what was written.

    ``label``: what the content belongs to; the file opens under the same one only. The same content under the same
    label and key gives the same bytes.
    """
    salt = hmac.digest(key, f"salt {label} {storage.sha256(source)}".encode(), "sha256")
    cipher = _cipher(key, salt)
    digest = hashlib.sha256()
    with source.open("rb") as plain, target.open("wb") as sealed:

        def write(content: bytes) -> None:
            digest.update(content)
            sealed.write(content)

        write(MAGIC + salt)
        number, piece = 0, plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            write(cipher.encrypt(_nonce(number, not following), piece, label.encode()))
            if not following:
                return digest.hexdigest()
            number, piece = number + 1, following


def unseal(source: Path, target: Path, key: bytes, label: str) -> None:
    """Write what was sealed to ``target``. Raises storage.DamagedFile when it is not what was sealed so."""
    with source.open("rb") as sealed, target.open("wb") as plain:
        _open(sealed, plain, key, label, source)


def unsealed(source: Path, key: bytes, label: str) -> bytes:
    """What was sealed. Raises storage.DamagedFile as ``unseal``."""
    plain = io.BytesIO()
    with source.open("rb") as sealed:
        _open(sealed, plain, key, label, source)
    return plain.getvalue()


def _open(sealed: BinaryIO, plain: BinaryIO, key: bytes, label: str, source: Path) -> None:
    if sealed.read(len(MAGIC)) != MAGIC:
        raise storage.damaged(source, storage.REDELIVER)
    cipher = _cipher(key, sealed.read(SALT_BYTES))
    number, piece = 0, sealed.read(PIECE + TAG_BYTES)
    while True:
        following = sealed.read(PIECE + TAG_BYTES)
        try:
            plain.write(cipher.decrypt(_nonce(number, not following), piece, label.encode()))
        except (InvalidTag, ValueError):
            raise storage.damaged(source, storage.REDELIVER) from None
        if not following:
            return
        number, piece = number + 1, following


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key, b"file " + salt, "sha256"))


def _nonce(number: int, is_last: bool) -> bytes:
    """The last piece is marked as such: a file that was cut off between two pieces does not open."""
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([is_last])
