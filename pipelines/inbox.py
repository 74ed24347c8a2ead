"""What partners dropped: files by the layout ``<partner>/<feed>/<YYYY-MM>.<extension>``, and everything else by name.

Nothing is opened here, and what the layout does not know is never opened at all.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from data_contracts.loader import contracts
from indicators import calendar

Extension = Literal["csv", "parquet", "leeg"]
EXTENSIONS: tuple[str, ...] = get_args(Extension)
NOISE = frozenset({".DS_Store", "Thumbs.db"})
NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.([a-z]+)", re.ASCII)
EARLIEST = "2000-01"


@dataclass(frozen=True)
class InboxFile:
    """One delivery as it lies there. ``double``: the month has another file too, so all of them are refused."""

    path: Path
    partner: str
    feed: str
    month: str
    extension: Extension
    double: bool = False

    @property
    def name(self) -> str:
        """The feed's name, ``<partner>/<feed>``."""
        return f"{self.partner}/{self.feed}"


@dataclass(frozen=True)
class Stray:
    """Something that is no delivery: its place (control characters escaped) and why, in Dutch."""

    place: str
    reason: str


@dataclass(frozen=True)
class Inbox:
    files: tuple[InboxFile, ...]
    strays: tuple[Stray, ...]


def scan(root: Path, today: date) -> Inbox:
    """Everything under the inbox ``root``, in a fixed order. ``today``: the Amsterdam date; later months are strays."""
    return sort_out(root, _walk(root, root, 0), today)


def select(paths: Iterable[Path], today: date) -> Inbox:
    """The deliveries among named files and folders; the last three parts of a file's path say what it is."""
    files: list[InboxFile] = []
    strays: list[Stray] = []
    for path in paths:
        absolute = path.absolute()
        if not os.path.lexists(absolute):
            strays.append(Stray(readable(str(path)), "bestaat niet"))
            continue
        root = _root_of(absolute)
        found = sort_out(root, _walk(root, absolute, len(absolute.relative_to(root).parts)), today)
        files += found.files
        strays += found.strays
    return Inbox(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(strays)))


def _root_of(path: Path) -> Path:
    """The inbox a path lies in: the folder above a partner's."""
    partners = {c.partner for c in contracts().values()}
    for up, parent in enumerate([path, *path.parents][:3]):
        if parent.name in partners:
            return parent.parent
        if up == 0 and path.is_dir() and not path.is_symlink() and any((path / p).is_dir() for p in partners):
            return path
    return path.parents[min(2, len(path.parents) - 1)]


def _walk(root: Path, folder: Path, depth: int) -> Iterator[Path]:
    """Every entry that is no folder of the layout, by name; links are not followed."""
    if depth == 3 or folder.is_symlink() or not folder.is_dir():
        if folder != root:
            yield folder
        return
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name in NOISE and entry.is_file(follow_symlinks=False):
            continue
        yield from _walk(root, Path(entry.path), depth + 1)


def sort_out(root: Path, entries: Iterable[Path], today: date) -> Inbox:
    """Deliveries and strays among ``entries``, which lie under ``root``."""
    files: list[InboxFile] = []
    strays: list[Stray] = []
    for path in entries:
        found = _recognise(root, path, calendar.month_of(today))
        if isinstance(found, InboxFile):
            files.append(found)
        else:
            strays.append(found)
    taken: dict[tuple[str, str], int] = {}
    for f in files:
        taken[f.name, f.month] = taken.get((f.name, f.month), 0) + 1
    marked = (
        InboxFile(f.path, f.partner, f.feed, f.month, f.extension, double=taken[f.name, f.month] > 1) for f in files
    )
    order = list(contracts())
    return Inbox(
        tuple(sorted(marked, key=lambda f: (order.index(f.name), f.month, f.extension))),
        tuple(sorted(strays, key=lambda s: s.place)),
    )


def _recognise(root: Path, path: Path, this_month: str) -> InboxFile | Stray:
    parts = path.relative_to(root).parts
    place = readable("/".join(parts))
    known = contracts()
    if not any(c.partner == parts[0] for c in known.values()):
        return Stray(place, "deze partner kennen wij niet")
    if len(parts) > 1 and f"{parts[0]}/{parts[1]}" not in known:
        return Stray(place, "dit soort levering kennen wij niet van deze partner")
    if len(parts) != 3:
        return Stray(place, "hoort hier niet; verwacht wordt <partner>/<levering>/<JJJJ-MM>.csv")
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Stray(place, "is een verwijzing naar een ander bestand; zet het bestand zelf neer")
    if not stat.S_ISREG(mode):
        return Stray(place, "is geen gewoon bestand")
    name = NAME.fullmatch(parts[2])
    if not name or name[2] not in EXTENSIONS:
        return Stray(place, "heet niet zoals verwacht: <JJJJ-MM>.csv, .parquet of .leeg, in kleine letters")
    month, extension = name[1], name[2]
    if month > this_month:
        return Stray(place, "gaat over een maand in de toekomst")
    if month < EARLIEST:
        return Stray(place, f"gaat over een maand voor {EARLIEST}")
    return InboxFile(path, parts[0], parts[1], month, extension)  # type: ignore[arg-type]


def readable(text: str) -> str:
    """A partner's name as it can be shown: control, format and undecodable characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
