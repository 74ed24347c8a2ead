"""From accepted rows to cases: current state, signalen, zaken, contacten, joint moments (specification, section 3).

Each SQL file of this folder is one relation of the same name, made in the order of ``RELATIONS``. Not here: anything an
indicator counts (``indicators/sql``), or where the files come from (``pipelines/lake.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Literal

import polars as pl

from data_contracts.model import Column, Contract
from indicators import calendar
from indicators.geography import Division
from indicators.session import Session

FOLDER = Path(__file__).parent
# A view where one reader follows, a table where several do.
RELATIONS: tuple[tuple[str, Literal["table", "view"]], ...] = (
    ("signalen", "table"),
    ("zaakreeks", "table"),
    ("gezinnen", "table"),
    ("momenten", "view"),
    ("zaken", "table"),
    ("inzet_met_tarief", "table"),
    ("inzet_per_indeling", "table"),
    ("gelijktijdige_inzet", "table"),
    ("contacten", "view"),
    ("status_per_maand", "table"),
)


@dataclass(frozen=True)
class Observation:
    """What is looked at: up to which day, from which month partners have delivered, and by which regions."""

    peildatum: date
    first_month: str
    division: Division

    @property
    def months(self) -> list[str]:
        return calendar.months_between(self.first_month, calendar.month_of(self.peildatum))


def build(
    con: Session,
    observation: Observation,
    contracts: Mapping[str, Contract],
    files: Mapping[str, Sequence[tuple[str, Path]]],
) -> None:
    """Make every relation of this folder in ``con``.

    ``files``: per feed name the accepted Parquet files in force, as (month, path). Feeds without files become empty.
    """
    _calendar(con, observation)
    for name, contract in contracts.items():
        _current_state(con, contract, files.get(name, ()), observation.division.successor)
    _union_of_effort(con, contracts)
    for name, form in RELATIONS:
        con.execute(f'create {form} "{name}" as {(FOLDER / f"{name}.sql").read_text(encoding="utf-8")}')


def meaning(name: str) -> str:
    """What a relation of this folder is: the comment that opens its SQL."""
    lines = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines))


def relation_name(contract: Contract) -> str:
    """The name of a feed's current state: the feed's own, but for inzet, which every partner delivers."""
    return f"inzet_{contract.partner}" if contract.feed == "inzet" else contract.feed


def _current_state(
    con: Session,
    contract: Contract,
    files: Sequence[tuple[str, Path]],
    successor: Mapping[str, str],
) -> None:
    """A record's state is its row in the latest delivered month; a withdrawn record is left out. Regions that are not
    in force are called by the name of the one they count for (``successor``)."""
    name = relation_name(contract)
    columns = [c for c in contract.columns if c.name != "vervallen"]
    picked = ", ".join(f'"{c.name}"' for c in columns)
    if not files:
        typed = ", ".join(
            f'cast(null as {DUCKDB_TYPES.get(c.kind, "varchar")}) as "{c.name}"' for c in contract.columns
        )
        con.execute(f'create table "{name}" as select {picked} from (select {typed}) where false')
        return
    ordered = sorted(files)
    # Effort is read once, by inzet_met_tarief; the others are read by several.
    form = "view" if contract.feed == "inzet" else "table"
    delivered = ", ".join(_in_force(c, successor) for c in columns)
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for _, path in ordered)
    # Most records stand in one delivery: only those in several are compared, which costs less than a window over all.
    con.execute(
        f"""
        create {form} "{name}" as
        with rijen as (
            select {delivered}, vervallen, file_index
            from read_parquet([{paths}], hive_partitioning = false)
        ),

        herhaald as (
            select "{contract.key}" as sleutel, max(file_index) as laatste
            from rijen
            group by "{contract.key}"
            having count(*) > 1
        )

        select {picked}
        from rijen
        left join herhaald on rijen."{contract.key}" = herhaald.sleutel
        where not vervallen and (herhaald.sleutel is null or rijen.file_index = herhaald.laatste)"""
    )


def _in_force(column: Column, successor: Mapping[str, str]) -> str:
    """A column as it is selected from what was delivered."""
    if not successor or column.kind not in REGION_KINDS:
        return f'"{column.name}"'
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in sorted(successor.items()))
    return f'case "{column.name}" {cases} else "{column.name}" end as "{column.name}"'


REGION_KINDS = frozenset({"regio", "vt_regio", "arrondissement"})
DUCKDB_TYPES = {
    "timestamp": "timestamp",
    "date": "date",
    "boolean": "boolean",
    "integer": "bigint",
    "decimal": "decimal(7,2)",
}


def _union_of_effort(con: Session, contracts: Mapping[str, Contract]) -> None:
    parts = [
        f"select '{c.partner}' as partner, * from \"{relation_name(c)}\""
        for c in contracts.values()
        if c.feed == "inzet"
    ]
    con.execute(f"create view inzet as {' union all '.join(parts)}")


def _calendar(con: Session, observation: Observation) -> None:
    """waarneming (one row: peildatum, einde = E), kalender (one row a day), maanden, regios."""
    end = calendar.observation_end(observation.peildatum)
    con.execute(
        "create table waarneming as select cast($1 as date) as peildatum, cast($2 as timestamp) as einde",
        [observation.peildatum, end],
    )
    days = pl.DataFrame(calendar_rows(date(1999, 12, 1), observation.peildatum + timedelta(days=120)))
    months = pl.DataFrame(
        {"maand": observation.months, "maandeinde": [calendar.month_end(m) for m in observation.months]},
        schema={"maand": pl.String, "maandeinde": pl.Date},
    )
    areas = pl.DataFrame(
        [{"code": r.code, "niveau": r.niveau, "arrondissement": r.arrondissement} for r in observation.division.regions]
    )
    for name, frame in (("kalender", days), ("maanden", months), ("regios", areas)):
        con.register("frame", frame.to_arrow())
        con.execute(f'create table "{name}" as select * from frame')
        con.unregister("frame")


def calendar_rows(first: date, last: date) -> list[dict[str, object]]:
    """One row a day: datum, werkdag (boolean), werkdag_5 (the 5th werkdag after it) and that day's end in UTC."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 30)]
    workdays = [d for d in days if calendar.is_werkdag(d)]
    rows: list[dict[str, object]] = []
    following = 0
    for day in days[: (last - first).days + 1]:
        while workdays[following] <= day:
            following += 1
        fifth = workdays[following + 4]
        rows.append(
            {
                "datum": day,
                "werkdag": calendar.is_werkdag(day),
                "werkdag_5": fifth,
                "werkdag_5_einde": calendar.observation_end(fifth),
            }
        )
    return rows
