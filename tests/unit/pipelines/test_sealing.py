"""Sealed files: what opens them, and every way in which they don't open."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import sealing, storage
from pipelines.sealing import MAGIC, PIECE, SALT_BYTES, TAG_BYTES

KEY, LABEL = b"k" * 32, "a" * 64
HEAD = len(MAGIC) + SALT_BYTES


def sealed(folder: Path, content: bytes, key: bytes = KEY, label: str = LABEL) -> Path:
    source, target = folder / "open", folder / "dicht"
    source.write_bytes(content)
    assert sealing.seal(source, target, key, label) == storage.sha256(target)
    return target


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_comes_out(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    path = sealed(tmp_path, content)
    assert sealing.unsealed(path, KEY, LABEL) == content
    sealing.unseal(path, tmp_path / "weer", KEY, LABEL)
    assert (tmp_path / "weer").read_bytes() == content
    assert content[:64] not in path.read_bytes() or size < 64
    assert path.stat().st_size == HEAD + size + TAG_BYTES * max(1, -(-size // PIECE))


def test_the_same_content_gives_the_same_bytes_and_nothing_else_does(tmp_path: Path) -> None:
    first = sealed(tmp_path, b"inhoud").read_bytes()
    assert sealed(tmp_path, b"inhoud").read_bytes() == first
    others = [
        sealed(tmp_path, b"inhoue").read_bytes(),
        sealed(tmp_path, b"inhoud", key=b"l" * 32).read_bytes(),
        sealed(tmp_path, b"inhoud", label="b" * 64).read_bytes(),
    ]
    salts = {each[len(MAGIC) : HEAD] for each in (first, *others)}
    assert len(salts) == len({first, *others}) == 4


@pytest.mark.parametrize(
    ("what", "key", "label"),
    [
        (lambda b: b, b"l" * 32, LABEL),
        (lambda b: b, KEY, "b" * 64),
        (lambda b: b[:-1], KEY, LABEL),
        (lambda b: b + b"x", KEY, LABEL),
        (lambda b: b[: HEAD + PIECE + TAG_BYTES], KEY, LABEL),
        (lambda b: b[:HEAD], KEY, LABEL),
        (lambda b: b[:5], KEY, LABEL),
        (lambda b: b"", KEY, LABEL),
        (lambda b: b"open tekst", KEY, LABEL),
        (lambda b: b[:HEAD] + bytes([b[HEAD] ^ 1]) + b[HEAD + 1 :], KEY, LABEL),
        (lambda b: b[: HEAD - 1] + bytes([b[HEAD - 1] ^ 1]) + b[HEAD:], KEY, LABEL),
        (lambda b: b[:HEAD] + b[HEAD + PIECE + TAG_BYTES :] + b[HEAD : HEAD + PIECE + TAG_BYTES], KEY, LABEL),
    ],
    ids=[
        *("another key", "another label", "cut", "longer", "a piece less", "no piece", "no head", "nothing"),
        *("never sealed", "a bit of a piece", "a bit of the salt", "pieces in another order"),
    ],
)
def test_nothing_else_opens(tmp_path: Path, what: object, key: bytes, label: str) -> None:
    path = sealed(tmp_path, b"x" * (2 * PIECE))
    assert callable(what)
    path.write_bytes(what(path.read_bytes()))
    with pytest.raises(storage.DamagedFile):
        sealing.unsealed(path, key, label)
