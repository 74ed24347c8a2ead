"""What partners dropped: files by the layout ``<partner>/<feed>/<YYYY-MM>.<extension>``, and everything else by name.

Nothing is opened here, and what the layout does not know is never opened at all. A folder that it does not know is
named, not entered.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast, get_args

from data_contracts.loader import contracts
from indicators import calendar
from pipelines import reasons

Extension = Literal["csv", "parquet", "leeg"]
EXTENSIONS: tuple[str, ...] = get_args(Extension)
NOISE = frozenset({".DS_Store", "Thumbs.db"})
NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.(csv|parquet|leeg)", re.ASCII)
# The contracts allow no date before 2000, so no record can belong to an earlier month.
EARLIEST = "2000-01"
# More than these are counted, not named.
NAMED_FEEDS = 4
UNKNOWN_PARTNER = "deze partner kennen wij niet"
UNKNOWN_FEED = "dit soort levering kennen wij niet van deze partner"


@dataclass(frozen=True)
class InboxFile:
    """One delivery as it lies there. ``double``: the month has another file too, so all of them are refused.

    ``kept``: the SHA-256 of the bytes as they were received, of a file that lies sealed in the archive.
    """

    path: Path
    partner: str
    feed: str
    month: str
    extension: Extension
    double: bool = False
    kept: str | None = None

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
    return _sorted_out(_entries(root, ()), today)


def select(paths: Iterable[Path], today: date) -> Inbox:
    """The deliveries among named files and folders, in an inbox or elsewhere.

    The last three parts of a file's path say what it is; a folder is a feed's or a partner's when its name says so, and
    an inbox otherwise.
    """
    found: list[InboxFile | Stray] = []
    for path in paths:
        absolute = Path(os.path.abspath(path))
        if not os.path.lexists(absolute):
            found.append(Stray(readable(str(path)), "bestaat niet"))
        else:
            found += _entries(absolute, _parts(absolute))
    return _sorted_out(found, today)


def _partners() -> set[str]:
    return {c.partner for c in contracts().values()}


def _parts(path: Path) -> tuple[str, ...]:
    """What a named path is in the layout: the parts from the partner's folder on; () for an inbox."""
    if path.is_symlink() or not path.is_dir():
        return path.parts[-3:]
    if "/".join(path.parts[-2:]) in contracts():
        return path.parts[-2:]
    return path.parts[-1:] if path.name in _partners() else ()


def _entries(path: Path, parts: tuple[str, ...]) -> Iterator[InboxFile | Stray]:
    """What lies at ``path``, which the layout calls ``parts``; enters the folders of the layout only."""
    # The inbox itself may be a link, to a share for example; nothing in it may.
    if len(parts) < 3 and path.is_dir() and (not parts or not path.is_symlink()):
        if len(parts) == 1 and parts[0] not in _partners():
            yield Stray(readable(parts[0]), UNKNOWN_PARTNER)
        elif len(parts) == 2 and "/".join(parts) not in contracts():
            yield Stray(readable("/".join(parts)), UNKNOWN_FEED)
        else:
            yield from _folder(path, parts)
    else:
        yield _file(path, parts)


def _folder(path: Path, parts: tuple[str, ...]) -> Iterator[InboxFile | Stray]:
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        yield _unreadable(parts or (str(path),), error)
        return
    for name in names:
        try:
            if not (name in NOISE and stat.S_ISREG((path / name).lstat().st_mode)):
                yield from _entries(path / name, (*parts, name))
        except OSError as error:
            yield _unreadable((*parts, name), error)


def _unreadable(parts: Sequence[str], error: OSError) -> Stray:
    return Stray(readable("/".join(parts)), f"is niet te lezen: {reasons.of_os(error)}")


def _file(path: Path, parts: tuple[str, ...]) -> InboxFile | Stray:
    """A delivery, by its name and kind alone, or why it is none."""
    place = readable("/".join(parts))
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Stray(place, "is een verwijzing; zet het bestand zelf neer")
    if parts[0] not in _partners() and len(parts) > 1:
        return Stray(place, UNKNOWN_PARTNER)
    if len(parts) > 1 and "/".join(parts[:2]) not in contracts():
        return Stray(place, UNKNOWN_FEED)
    if not stat.S_ISREG(mode):
        return Stray(place, "is geen gewoon bestand")
    name = NAME.fullmatch(parts[-1])
    if len(parts) != 3:
        return Stray(place, "hoort hier niet; verwacht wordt <partner>/<levering>/<JJJJ-MM>.csv, .parquet of .leeg")
    if not name:
        return Stray(place, "heet niet zoals verwacht: <JJJJ-MM>.csv, .parquet of .leeg, in kleine letters")
    return InboxFile(path, parts[0], parts[1], name[1], cast(Extension, name[2]))


def _sorted_out(found: Iterable[InboxFile | Stray], today: date) -> Inbox:
    """In order, each once; months outside the bounds set apart, months with more than one file marked."""
    files: set[InboxFile] = set()
    strays: set[Stray] = set()
    for entry in found:
        if isinstance(entry, Stray):
            strays.add(entry)
        elif reason := wrong_month(entry.month, today):
            strays.add(Stray(readable(f"{entry.name}/{entry.path.name}"), reason))
        else:
            files.add(entry)
    named = Counter((f.name, f.month) for f in files)
    marked = [replace(f, double=named[f.name, f.month] > 1 or _has_other(f)) for f in files]
    order = list(contracts())
    return Inbox(
        tuple(sorted(marked, key=lambda f: (order.index(f.name), f.month, f.extension, f.path))),
        tuple(sorted(strays, key=lambda s: (s.place, s.reason))),
    )


def words(files: Sequence[InboxFile]) -> str:
    """How many files, of which months and feeds, in Dutch; nothing that a partner wrote."""
    if not files:
        return "geen bestanden"
    months = sorted({file.month for file in files})
    span = months[0] if len(months) == 1 else f"{months[0]} tot en met {months[-1]}"
    feeds = list(dict.fromkeys(file.name for file in files))
    named = ", ".join(feeds) if len(feeds) <= NAMED_FEEDS else f"{len(feeds)} soorten leveringen"
    return f"{len(files)} {'bestand' if len(files) == 1 else 'bestanden'}, {span}, {named}"


def wrong_month(month: str, today: date) -> str | None:
    """Why nothing can be delivered of this month, or None."""
    if month > calendar.month_of(today):
        return "gaat over een maand in de toekomst"
    return f"gaat over een maand voor {EARLIEST}" if month < EARLIEST else None


def _has_other(file: InboxFile) -> bool:
    """Whether the month has a file of another form beside this one, also where only this one was named."""
    others = (file.path.with_name(f"{file.month}.{e}") for e in EXTENSIONS if e != file.extension)
    return any(other.is_file() and not other.is_symlink() for other in others)


def readable(text: str) -> str:
    """A partner's name as it can be shown: control, format and undecodable characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
