"""A small fictitious country in which months are taken again: some deliveries wait, one is late."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from data_contracts import rows
from indicators.model import definitions
from pipelines import (
    deliver,
    difference,
    explain,
    inbox,
    preview,
    publication,
)
from pipelines.backfill import Request
from pipelines.home import Home
from pipelines.preview import Preview
from pipelines.synthesis import synthesize

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
FIRST, PUBLISHED, LAST = "2019-12", "2021-04", "2021-05"
# 14 months before the last published one.
CORRECTED = "2020-02"
LATE = ("raad_voor_de_kinderbescherming", "onderzoeken", "2020-05")
ON_TIME = "veiligheidsbeoordeling_binnen_5_werkdagen"
# Lines: most of them are records that are known from another month too.
LEFT_OUT = 30
WHOLE = Request.of(FIRST, LAST)


def made(root: Path) -> Home:
    """Published up to and including PUBLISHED, but for one delivery that is late; the rest waits beside the inbox."""
    home = Home.open(root, create=True)
    everything = home.root / "later"
    synthesize(everything, FIRST, LAST, 0.02, 1)
    everything.with_name("later-waarheid.json").rename(home.inbox.with_name("inbox-waarheid.json"))
    for file in sorted(everything.rglob("*.*")):
        if file.stem <= PUBLISHED and file.parts[-3:] != (*LATE[:2], f"{LATE[2]}{file.suffix}"):
            to = home.inbox / file.relative_to(everything)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, to)
    take(home)
    publication.publish(home, NOW)
    return home


@contextmanager
def without_suite() -> Iterator[None]:
    """Great Expectations only checks what the verdict has found: it changes no row."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "check_against_suite", lambda *_: None)
        yield


def scan(home: Home) -> inbox.Inbox:
    return inbox.scan(home.inbox, TODAY)


def take(home: Home) -> None:
    assert all(o.verdict != "error" for o in deliver.deliver(home, scan(home).files, NOW))


def correct(home: Home, month: str = CORRECTED, part: float = 1 / 3) -> None:
    """The partner leaves out a part of the meldingen of the month."""
    (file,) = home.inbox.glob(f"veilig_thuis/meldingen/{month}.*")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: int(len(lines) * (1 - part))]), encoding="utf-8", newline="")


def send_late(home: Home) -> None:
    (file,) = (home.root / "later").joinpath(*LATE[:2]).glob(f"{LATE[2]}.*")
    shutil.move(file, home.inbox.joinpath(*LATE[:2], file.name))


def send_new_month(home: Home) -> None:
    for file in sorted((home.root / "later").rglob(f"{LAST}.*")):
        shutil.move(file, home.inbox / file.relative_to(home.root / "later"))


def foresee(home: Home, request: Request = WHOLE) -> Preview:
    return preview.make(home, request, scan(home), NOW)


def cells(changes: pl.DataFrame, cause: str | None = None) -> pl.DataFrame:
    chosen = changes if cause is None else changes.filter(pl.col("oorzaken").list.contains(cause))
    return chosen.select(difference.KEY)


def hidden_in(home: Home, number: str, cells: pl.DataFrame) -> int:
    """How many of the cells a publication hides."""
    there = publication.cube_of(home, number).filter(pl.col("status") == "afgeschermd")
    return there.join(cells, on=difference.KEY, how="semi").height


def cell_of(row: Mapping[str, object]) -> explain.Cell:
    return explain.Cell(**{name: row[name] for name in explain.Cell.__dataclass_fields__})


def changed_definition(folder: Path, name: str = ON_TIME) -> Callable[[pytest.MonkeyPatch], None]:
    """Without one month, as another version."""
    old = definitions()[name]
    (folder / "sql").mkdir(exist_ok=True)

    class Changed(type(old)):
        @property
        def sql_path(self) -> Path:
            path = folder / "sql" / f"{name}.sql"
            text = old.sql_path.read_text(encoding="utf-8")
            path.write_text(f"select * from ({text}) where maand <> '2020-03'", encoding="utf-8")
            return path

    new = Changed(**{**vars(old), "version": "9.0"})
    return lambda patched: patched.setitem(definitions(), name, new)
