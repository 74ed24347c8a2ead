"""What the inbox watcher remembers from one look to the next, and which files it asks for.

Pure. A file is asked for once, when it is new or changed and lay still since the look before: a partner may be writing
it. A feed with a file that still moves waits as a whole, because a run takes all there is of a range of months.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from pipelines.inbox import InboxFile

# A change that is taken for none by chance: once in 10^12.
DIGITS = 10


@dataclass(frozen=True)
class Memory:
    """Marks by place. ``asked``: how a file lay when it was asked for; ``waiting``: how it was found since then."""

    asked: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> Memory:
        """What ``written`` gave; nothing for None or an empty text."""
        return cls(*map(_flat, json.loads(text))) if text else cls()

    def written(self) -> str:
        """Short, since it is kept with every look."""
        return json.dumps([_by_folder(self.asked), _by_folder(self.waiting)], separators=(",", ":"))


def _by_folder(marks: Mapping[str, str]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for where, found in marks.items():
        folder, _, name = where.rpartition("/")
        out.setdefault(folder, {})[name] = found
    return out


def _flat(folders: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{folder}/{name}": found for folder, names in folders.items() for name, found in names.items()}


def place(file: InboxFile) -> str:
    return f"{file.name}/{file.path.name}"


def marks(files: Iterable[InboxFile]) -> dict[InboxFile, str]:
    """A short digest of size, time of change and whether the month has another file too, which decides the verdict.

    A file that has gone meanwhile has none.
    """
    found = {}
    for file in files:
        with suppress(FileNotFoundError):
            status = file.path.stat()
            found[file] = _digest(f"{status.st_size} {status.st_mtime_ns} {file.double}")
    return found


def look(memory: Memory, lying: Mapping[InboxFile, str]) -> tuple[Memory, list[InboxFile], list[InboxFile]]:
    """The next memory, the files to ask for now, and those that wait for the next look.

    ``lying``: every file of the inbox with its mark. Files that are gone are forgotten.
    """
    new = [file for file, found in lying.items() if memory.asked.get(place(file)) != found]
    moving = {file.name for file in new if memory.waiting.get(place(file)) != lying[file]}
    ready = [file for file in new if file.name not in moving]
    waiting = [file for file in new if file.name in moving]
    asked = {
        place(file): lying[file] if file in ready else memory.asked[place(file)]
        for file in lying
        if file in ready or place(file) in memory.asked
    }
    return Memory(asked, {place(file): lying[file] for file in waiting}), ready, waiting


def key(lying: Mapping[InboxFile, str], ready: Iterable[InboxFile]) -> str:
    """One text for these files as they lie, so that the same question is never asked twice."""
    together = "\n".join(sorted(f"{place(file)} {lying[file]}" for file in ready))
    return _digest(together)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
