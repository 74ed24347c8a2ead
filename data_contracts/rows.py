"""Which rows of a batch break which rules: the typed relation, the reasons per row.

Belongs here: the set-based work over all deliveries of one feed at once, in SQL; rows never reach Python. Not here:
what follows for a delivery (`verdict`), what a rule means (`rules`), columns of identifiers (`identifier_columns`).

Relations, all in the session: ``rijen`` (see `casts`) and ``afgekeurd`` (levering, rij, redenen), the rows that break a
rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts import identifiers
from data_contracts.casts import accepted_columns, day_columns, literal, quote, text_columns, typed_columns
from data_contracts.model import Contract, Example, InternalError, Rule
from data_contracts.rules import KINDS, RELATION
from data_contracts.session import PASSING, copy_to, parquet, union

REJECTED = "afgekeurd"
# How many rows of each rule a report names.
EXAMPLES = 5


@dataclass(frozen=True)
class Table:
    """A text table of the batch. ``number``: its place in the batch; ``month_end``: ISO date."""

    number: int
    month_end: str
    path: Path


def row_rules(contract: Contract) -> list[Rule]:
    return [rule for rule in contract.rules if rule.level == "rij"]


def open_batch(
    connection: duckdb.DuckDBPyConnection, contract: Contract, tables: Sequence[Table], folder: Path
) -> dict[int, int]:
    """Makes ``rijen`` from the text tables; returns the number of rows per table."""
    texts = union(
        [
            f"select {table.number} as levering, date '{table.month_end}' as maand_einde, * from {parquet(table.path)}"
            for table in tables
        ]
    )
    cast = ", ".join(filter(None, ["*", typed_columns(contract)]))
    dated = ", ".join(filter(None, ["*", day_columns(contract)]))
    path = folder / "rijen.parquet"
    copy_to(
        connection,
        f"with tekst as ({texts}), gelezen as (select {cast} from tekst) select {dated} from gelezen",
        path,
        PASSING,
    )
    connection.execute(f"create view {RELATION} as select * from {parquet(path)}")
    counts = connection.execute(f"select levering, count(*) from {RELATION} group by levering").fetchall()
    return defaultdict(int, counts)


def _predicate(rule: Rule, contract: Contract) -> str:
    predicate = KINDS[rule.kind].predicate
    if predicate is None:
        raise InternalError(f"rule '{rule.code}' has no predicate")
    return f"coalesce({predicate(rule, contract)}, false)"


def judge_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> None:
    """Makes ``afgekeurd``: every row that breaks a rule, with the codes of all rules it breaks in contract order."""
    rules = row_rules(contract)
    flags = ", ".join(f"{_predicate(rule, contract)} as r{i}" for i, rule in enumerate(rules))
    any_flag = " or ".join(f"r{i}" for i, rule in enumerate(rules) if not KINDS[rule.kind].never_alone)
    codes = ", ".join(f"case when r{i} then {literal(rule.code)} end" for i, rule in enumerate(rules))
    query = (
        f"with getoetst as (select levering, rij, {flags} from {RELATION})"
        f" select levering, rij, list_filter([{codes}], lambda code: code is not null) as redenen"
        f" from getoetst where {any_flag}"
    )
    path = folder / "afgekeurd.parquet"
    copy_to(connection, query, path, PASSING)
    connection.execute(f"create view {REJECTED} as select * from {parquet(path)}")


def rejected_rows(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Rows that break at least one rule, per table."""
    counts = connection.execute(f"select levering, count(*) from {REJECTED} group by levering").fetchall()
    return defaultdict(int, counts)


def rows_per_rule(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, str], int]:
    """Rows that break a rule, per table and rule code; pairs without such rows are absent."""
    query = (
        f"with redenen as (select levering, unnest(redenen) as code from {REJECTED})"
        " select levering, code, count(*) from redenen group by levering, code"
    )
    counts = connection.execute(query).fetchall()
    return defaultdict(int, {(number, code): count for number, code, count in counts})


def record_id(contract: Contract, hidden: Collection[int]) -> str:
    """SQL: a row's id where a report may show it: it has the contract's form and is no direct identifier itself.

    ``hidden``: the tables whose id column is one of identifiers.
    """
    key = contract.column(contract.key)
    name = quote(key.name)
    shown = f"regexp_full_match({name}, {literal(key.pattern or '')}) and {identifiers.may_be_shown(name)}"
    return f"case when list_contains({sorted(hidden)}::bigint[], levering) then null when {shown} then {name} end"


def first_examples(
    connection: duckdb.DuckDBPyConnection, contract: Contract, hidden: Collection[int]
) -> dict[tuple[int, str], list[Example]]:
    """The first rows that break each rule, per table and rule code, in file order. ``hidden``: see `record_id`."""
    query = (
        f"with redenen as (select levering, rij, unnest(redenen) as code from {REJECTED}),"
        f" eerste as (select levering, code, unnest(arg_min(rij, rij, {EXAMPLES})) as rij"
        " from redenen group by levering, code),"
        f" regels as (select levering, rij, regel, {record_id(contract, hidden)} as record"
        f" from {RELATION} where (levering, rij) in (select (levering, rij) from eerste))"
        " select levering, code, regel, record from eerste join regels using (levering, rij)"
        " order by levering, code, rij"
    )
    found: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for number, code, line, record in connection.execute(query).fetchall():
        found[number, code].append(Example(line, record))
    return found


def check_against_suite(
    connection: duckdb.DuckDBPyConnection, contract: Contract, counts: Mapping[tuple[int, str], int]
) -> None:
    """Runs the Great Expectations suite once over ``rijen``.

    Raises InternalError when it counts other rows for a rule than the predicates did, or cannot evaluate it.
    """
    # Imported here because it costs seconds, and a batch without rows needs none of it.
    from data_contracts import gx_adapter

    rules = row_rules(contract)
    suite = {}
    for rule in rules:
        expectation = KINDS[rule.kind].expectation
        if expectation is None:
            raise InternalError(f"rule '{rule.code}' has no expectation")
        suite[rule.code] = expectation(rule, contract)
    expected = gx_adapter.count_unexpected(connection, RELATION, suite)
    totals: dict[str, int] = defaultdict(int)
    for (_, code), count in counts.items():
        totals[code] += count
    for rule in rules:
        if expected[rule.code] != totals[rule.code]:
            raise InternalError(
                f"{contract.name}: rule '{rule.code}' rejects {totals[rule.code]} rows,"
                f" Great Expectations counts {expected[rule.code]}"
            )


def write_accepted(
    connection: duckdb.DuckDBPyConnection, contract: Contract, number: int, rows_in: int, path: Path
) -> int:
    """Writes the accepted rows of one table of ``rows_in`` rows, typed and in order of rij; returns how many."""
    # One bit a row: a condition on the row itself keeps the order of the rows, where a join would ask for a sort.
    connection.execute(
        f"set variable {REJECTED} = (select bitstring_agg(rij, 1, {rows_in}) from {REJECTED} where levering = {number})"
    )
    query = (
        f"select rij, {accepted_columns(contract)} from {RELATION} where levering = {number}"
        f" and coalesce(get_bit(getvariable('{REJECTED}'), (rij - 1)::integer), 0) = 0"
    )
    return copy_to(connection, query, path)


def write_quarantine(connection: duckdb.DuckDBPyConnection, contract: Contract, number: int, path: Path) -> int:
    """Writes the rejected rows of one table as text, with the codes of the rules they broke; returns how many."""
    query = (
        f"select rij, regel, ruw, {text_columns(contract)}, redenen"
        f" from {RELATION} join {REJECTED} using (levering, rij) where levering = {number} order by rij"
    )
    return copy_to(connection, query, path)


def write_empty(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    """Writes an accepted file of 0 rows with the right columns."""
    columns = ", ".join(f"null::varchar as {quote(name)}" for name in contract.column_names)
    typed = ", ".join(filter(None, ["*", typed_columns(contract)]))
    query = (
        f"with leeg as (select 1::bigint as rij, {columns}), gelezen as (select {typed} from leeg)"
        f" select rij, {accepted_columns(contract)} from gelezen limit 0"
    )
    return copy_to(connection, query, path)


def write_empty_quarantine(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    """Writes a quarantine file of 0 rows with the right columns."""
    columns = ", ".join(f"null::varchar as {quote(name)}" for name in contract.column_names)
    query = (
        "select 1::bigint as rij, 1::bigint as regel, null::varchar as ruw,"
        f" {columns}, null::varchar[] as redenen limit 0"
    )
    return copy_to(connection, query, path)
