"""What a contract, a delivery read by the door and a verdict consist of: frozen, plain data.

Belongs here: the nouns that the files of this package and the pipelines hand to each other. Not here: reading a
contract (`loader`), what a rule means (`rules`), judging (`verdict`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

Kind = Literal[
    "id",
    "gezin",
    "regio",
    "vt_regio",
    "arrondissement",
    "enum",
    "text",
    "timestamp",
    "date",
    "boolean",
    "integer",
    "decimal",
]
Level = Literal["levering", "rij", "waarschuwing"]
Status = Literal["evaluated", "failed", "not_applicable"]

CODE_KINDS: frozenset[Kind] = frozenset({"regio", "vt_regio", "arrondissement", "enum"})
STRING_KINDS: frozenset[Kind] = CODE_KINDS | {"id", "gezin", "text"}

UNREADABLE_CODE = "onleesbaar"
HEADER_CODE = "kopregel"


class ContractError(Exception):
    """A contract file that cannot be loaded; the message names the file and the place in it."""


class InternalError(Exception):
    """The system contradicts itself (counts that do not add up, an engine that failed): nothing may be stored."""


@dataclass(frozen=True)
class Column:
    """One column of a feed, in the words of its contract.

    ``values``: the codes of an enum or region column, in the order of the contract; ``labels`` gives their meaning.
    ``minimum``: the first date allowed (date and timestamp). ``positive``: a number that must be above 0.
    ``plan``: the date may lie after the delivered month; with ``plan_when`` = (column, code) only in rows where that
    column holds that code.
    """

    name: str
    kind: Kind
    required: bool
    description: str
    example: str
    title: str = ""
    values: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    pattern: str | None = None
    max_length: int | None = None
    minimum: date | None = None
    positive: bool = False
    plan: bool = False
    plan_when: tuple[str, str] | None = None


@dataclass(frozen=True)
class Rule:
    """One rule of a contract. ``derived``: it follows from a column's definition and is not written out in the file."""

    code: str
    level: Level
    kind: str
    columns: tuple[str, ...]
    params: Mapping[str, Any]
    message: str
    remedy: str
    derived: bool = False


@dataclass(frozen=True)
class Limits:
    """What one file may hold at most. ``max_uncompressed_bytes``: of a Parquet file after decompression."""

    max_bytes: int
    max_rows: int
    max_uncompressed_bytes: int


@dataclass(frozen=True)
class Retention:
    """How many months after receipt a received file, and rows in quarantine, are kept."""

    received: int
    quarantine: int


@dataclass(frozen=True)
class Contract:
    """What one partner promises about one feed.

    ``digest``: sha256 of the file's bytes, hexadecimal. ``key``: the id column. ``alternate_keys``: column sets that
    are keys too among rows that are not withdrawn. ``delivery_day``: a month's delivery arrives before this working
    day of the next month. ``retention``: how long what came is kept. ``contact``: the role address a partner turns to.
    """

    partner: str
    feed: str
    version: str
    digest: str
    title: str
    purpose: str
    usage: str
    limitations: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    key: str
    alternate_keys: tuple[tuple[str, ...], ...]
    limits: Limits
    delivery_day: int
    retention: Retention
    contact: str

    @property
    def name(self) -> str:
        """``<partner>/<feed>``, as feeds are named everywhere."""
        return f"{self.partner}/{self.feed}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_persons(self) -> bool:
        """Whether the feed's records belong to a gezin."""
        return any(column.kind == "gezin" for column in self.columns)

    def column(self, name: str) -> Column:
        """The column with this name. Raises KeyError with the name when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def rule(self, code: str) -> Rule:
        """The rule with this code. Raises KeyError with the code when there is none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)


@dataclass(frozen=True)
class Finding:
    """Something wrong with a delivery, for the partner: Dutch, with a count of rows and never a value of a cell."""

    code: str
    level: Level
    rows: int
    message: str


@dataclass(frozen=True)
class Evaluation:
    """What became of one rule of the contract in one delivery.

    evaluated: judged, ``rows`` break it. failed: the delivery as a whole breaks it, ``rows`` = rows_in. not_applicable:
    not judged (nothing to judge, too little history, or the delivery could not be read).
    """

    code: str
    level: Level
    status: Status
    rows: int

    @property
    def passed(self) -> bool:
        """Only a rule that was judged and that no row breaks has passed."""
        return self.status == "evaluated" and self.rows == 0


@dataclass(frozen=True)
class Example:
    """Where a row that breaks a rule stands. ``record``: its id, or None when it has none that may be shown."""

    line: int
    record: str | None


@dataclass(frozen=True)
class DoorResult:
    """What the door made of a file.

    ``unreadable`` (code UNREADABLE_CODE) set: rows_in = 0, table None. ``header`` (code HEADER_CODE) set: rows_in
    counted, table None. A header without rows: a table of 0 rows. A `.leeg` file: no finding, rows_in = 0, table None.
    ``table``: Parquet with rij, regel, velden_ok, ruw and every contract column as text; where velden_ok is false the
    columns are null.
    """

    unreadable: Finding | None
    header: Finding | None
    rows_in: int
    table: Path | None


@dataclass(frozen=True)
class Pending:
    """A delivery that waits for its verdict. ``extra``: findings made outside; one of level levering refuses it."""

    month: str
    door: DoorResult
    extra: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class LakeFile:
    """Accepted rows in force of one month, its digest already verified."""

    month: str
    path: Path


@dataclass(frozen=True)
class History:
    """What is in force at the moment of judging.

    ``volumes``: rows_in of the feed's accepted delivery per month. ``records``: the feed's accepted files.
    ``incidenten``: the accepted files of politie/incidenten.
    """

    volumes: Mapping[str, int] = field(default_factory=dict)
    records: Sequence[LakeFile] = ()
    incidenten: Sequence[LakeFile] = ()


@dataclass(frozen=True)
class Verdict:
    """The judgement of one delivery. rows_in = rows_accepted + rows_quarantined, always.

    ``accepted`` and ``quarantine``: Parquet files, or None for a refused delivery. ``examples``: per rule code of level
    rij the first rows that break it, also of a refused delivery. ``records``: a file with all rows that findings of
    level rij and waarschuwing concern (see `concerned`), when it was asked for and there are any. ``rows_rejected``:
    the rows that break a rule of level rij, also of a refused delivery.
    """

    month: str
    verdict: Literal["accepted", "refused"]
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    findings: tuple[Finding, ...]
    evaluations: tuple[Evaluation, ...]
    accepted: Path | None
    quarantine: Path | None
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    records: Path | None = None
    rows_rejected: int = 0
