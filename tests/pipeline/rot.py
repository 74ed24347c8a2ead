"""Ways in which a stored file goes wrong: bits that flip, ends that are lost, another file in its place."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


def _flip(rng: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _cut(rng: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return content[: rng.randrange(len(content))]


def _swap(rng: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    one, other = rng.randrange(len(content)), rng.randrange(len(content))
    swapped = bytearray(content)
    swapped[one], swapped[other] = content[other], content[one]
    return bytes(swapped)


def _exchange(rng: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    return rng.choice(others) if others else content


KINDS: dict[str, Callable[[random.Random, bytes, Sequence[bytes]], bytes | None]] = {
    "bit flipped": _flip,
    "cut off": _cut,
    "emptied": lambda *_: b"",
    "deleted": lambda *_: None,
    "two bytes swapped": _swap,
    "another file's content": _exchange,
}


@dataclass(frozen=True)
class Damage:
    """``area``: archive, lake, results or publications."""

    path: Path
    area: str
    kind: str


def damage_one(root: Path, areas: Sequence[str], rng: random.Random) -> Damage:
    """Damage one file under ``root``, so that its bytes differ from what they were."""
    area, path = rng.choice([(a, p) for a in areas for p in sorted((root / a).rglob("*")) if p.is_file()])
    before = path.read_bytes()
    others = [p.read_bytes() for p in sorted((root / area).rglob(f"*{path.suffix}")) if p.is_file()]
    after: bytes | None = before
    while after == before:
        # An empty file has no byte to change.
        kind = rng.choice([*KINDS] if before else ["deleted", "another file's content"])
        after = KINDS[kind](rng, before, others)
    if after is None:
        path.unlink()
    else:
        path.write_bytes(after)
    return Damage(path, area, kind)
