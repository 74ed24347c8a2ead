"""Which columns of a batch hold direct identifiers.

Belongs here: counting, in SQL over ``rijen`` (see `rows`), what the decision needs. Not here: how an identifier is
recognised and when a column is one of them (`identifiers`, `births`), what happens then (`verdict`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import duckdb

from data_contracts import births, identifiers
from data_contracts.casts import literal, literals, quote
from data_contracts.model import CODE_KINDS, STRING_KINDS, Column, Contract, Rule
from data_contracts.rows import REJECTED
from data_contracts.rules import RELATION


@dataclass(frozen=True)
class IdentifyingColumn:
    """A column that turned out to hold direct identifiers of one kind. ``number``: the table's place in the batch."""

    number: int
    column: str
    kind: str


@dataclass
class Counts:
    """What one column of one table holds. ``filled``: cells with a value; ``hits``: identifiers per kind.

    ``remainders``: see `identifiers.exceeds_chance`; ``dates``: see `births`.
    """

    filled: int
    hits: dict[str, int] = field(default_factory=dict)
    remainders: list[int] = field(default_factory=lambda: [0] * identifiers.BSN_REMAINDERS)
    dates: births.Dates = births.NO_DATES


def _suspects(column: Column) -> str:
    """SQL: the cells that may be an identifier at all; codes of the contract and pseudonyms are none."""
    name = quote(column.name)
    look = identifiers.worth_a_look(name, whole=column.kind != "text")
    if column.kind in CODE_KINDS:
        return f"{name} not in ({literals(column.values)}) and {look}"
    if column.kind == "gezin" and column.pattern is not None:
        return f"not regexp_full_match({name}, {literal(column.pattern)}) and {look}"
    return look


def _is_listed(column: Column) -> bool:
    """Whether the contract lists what a cell may be, codes or pseudonyms: a cell that is none breaks a rule."""
    return column.kind in CODE_KINDS or (column.kind == "gezin" and column.pattern is not None)


def _suspect_rows(column: Column) -> str:
    """SQL: the relation that holds all suspects of a column; of a listed one they all broke a rule."""
    return f"{RELATION} semi join {REJECTED} using (levering, rij)" if _is_listed(column) else RELATION


def _among_suspects(column: Column) -> str:
    """SQL: the suspects of a column, made readable; see `identifiers.readable`."""
    name = quote(column.name)
    readable = f"select * replace ({identifiers.readable(name)} as {name})"
    return f"({readable} from {_suspect_rows(column)} where {_suspects(column)})"


def _hits(column: Column) -> str:
    form = identifiers.contains if column.kind == "text" else identifiers.is_whole
    counts = ", ".join(f"count(*) filter ({form(quote(column.name), kind)})" for kind in identifiers.KINDS)
    return f"select levering, {counts} from {_among_suspects(column)} group by levering"


def _numbered_by_year(column: Column) -> str:
    name = quote(column.name)
    year = identifiers.numbered_by_year(name, "maand_einde")
    return (
        f"select levering, count(*), count(distinct upper(regexp_extract({name}, '[A-Za-z]{{2}}')))"
        f" from {_among_suspects(column)} where {year} group by levering"
    )


def _remainders(column: Column) -> str:
    numbers = identifiers.numbers_inside(quote(column.name))
    return (
        f"with cijfers as (select distinct levering, unnest({numbers}) as cijfers from {_among_suspects(column)}),"
        f" resten as (select levering, {identifiers.bsn_remainder('cijfers')} as rest from cijfers)"
        " select levering, rest, count(*) from resten where rest is not null group by levering, rest"
    )


def _dates(column: Column) -> str:
    date = births.date_in(quote(column.name))
    return (
        f"with datums as (select levering, maand_einde, {date} as dag from {_among_suspects(column)}),"
        f" geboren as (select levering, dag from datums where {births.plausible('dag', 'maand_einde')})"
        " select levering, count(*), (quantile_disc(dag, 0.9) - quantile_disc(dag, 0.1)) / 365.25,"
        " count(distinct 100 * month(dag) + day(dag)) from geboren group by levering"
    )


def _per_column(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], count: Callable[[Column], str], relation: str
) -> dict[tuple[int, str], int]:
    """A count per table and column, in one look at ``relation``; tables without rows there are absent."""
    counts = ", ".join(count(column) for column in columns)
    found = connection.execute(f"select levering, {counts} from {relation} group by levering").fetchall()
    return {
        (number, column.name): counted
        for number, *of_columns in found
        for column, counted in zip(columns, of_columns, strict=True)
    }


def _worth_counting(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], minimum: int
) -> dict[str, list[int]]:
    """Per column the tables in which it has at least ``minimum`` suspects; columns without such a table are absent."""
    found: dict[str, list[int]] = defaultdict(list)
    for _, group in groupby(sorted(columns, key=_is_listed), key=_is_listed):
        alike = list(group)
        suspects = _per_column(
            connection, alike, lambda column: f"count(*) filter ({_suspects(column)})", _suspect_rows(alike[0])
        )
        for (number, name), count in suspects.items():
            if count >= minimum:
                found[name].append(number)
    return found


def _count(connection: duckdb.DuckDBPyConnection, column: Column, found: dict[int, Counts]) -> None:
    """Fills in what a column holds, for the tables in ``found``; the others have too few suspects to matter."""

    def answers(query: str) -> list[tuple[Counts, list[int]]]:
        return [(found[number], rest) for number, *rest in connection.execute(query).fetchall() if number in found]

    for counts, hits in answers(_hits(column)):
        counts.hits = dict(zip(identifiers.KINDS, hits, strict=True))
    if column.kind != "text" and any(counts.hits.get("postcode") for counts in found.values()):
        for counts, (by_year, pairs) in answers(_numbered_by_year(column)):
            counts.hits["postcode"] = identifiers.addresses(counts.hits["postcode"], by_year, pairs)
    for counts, (rest, count) in answers(_remainders(column)):
        counts.remainders[rest] = count
    for counts, dates in answers(_dates(column)):
        counts.dates = births.Dates(*dates)


def _is_identified(kind: str, counts: Counts, rule: Rule) -> bool:
    share, minimum, chance = (rule.params[key] for key in ("aandeel", "minimum", "kans"))
    tested = counts.remainders if kind == "bsn" else None
    if identifiers.column_identifies(counts.filled, counts.hits.get(kind, 0), tested, share, minimum, chance):
        return True
    return kind == "geboortedatum" and births.only_births_explain(counts.filled, counts.dates, share, minimum)


def identifying_columns(
    connection: duckdb.DuckDBPyConnection, contract: Contract, rule: Rule
) -> list[IdentifyingColumn]:
    """The columns that are identifiers of one kind, by the parameters of the contract's rule."""
    columns = [column for column in contract.columns if column.kind in STRING_KINDS]
    filled = _per_column(connection, columns, lambda column: f"count({quote(column.name)})", RELATION)
    worth_counting = _worth_counting(connection, columns, rule.params["minimum"])
    identified = []
    for column in (column for column in columns if column.name in worth_counting):
        found = {number: Counts(filled[number, column.name]) for number in worth_counting[column.name]}
        _count(connection, column, found)
        identified += [
            IdentifyingColumn(number, column.name, kind)
            for number, counts in found.items()
            for kind in identifiers.KINDS
            if _is_identified(kind, counts, rule)
        ]
    return identified
