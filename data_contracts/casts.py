"""From text to typed columns, in SQL: how every kind of cell is read, decided once.

Belongs here: the expressions that turn a text column into its typed form. Not here: what is wrong with a row
(`rules`). For a contract column ``x`` the typed relation holds the text ``x``; for a text column and for timestamp,
date, boolean, integer and decimal also ``x__t``, null where the text does not parse; for a timestamp also ``x__d``, its
Amsterdam date. Patterns are RE2's: ``[0-9]`` is ASCII only.
"""

from __future__ import annotations

from collections.abc import Iterable

from data_contracts.model import Column, Contract

CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
DATE_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP_PATTERN = f"{DATE_PATTERN}T{CLOCK}:[0-5][0-9](Z|[+-]{CLOCK})"
INTEGER_PATTERN = "0|[1-9][0-9]{0,8}"
DECIMAL_PATTERN = r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,2})?"
# The characters with the Unicode property White_Space.
BLANK_PATTERN = r"[\t-\r\x{85}\p{Z}]*"

SQL_TYPES = {"timestamp": "timestamp", "date": "date", "boolean": "boolean", "integer": "bigint"}


def quote(name: str) -> str:
    """A column's name as an SQL identifier."""
    return f'"{name}"'


def literal(value: str) -> str:
    """A text of the contract as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """Texts of the contract as a comma-separated list of SQL literals."""
    return ", ".join(literal(value) for value in values)


def has_typed(column: Column) -> bool:
    """Whether the typed relation holds ``x__t`` beside ``x``."""
    return column.kind in {"text", "timestamp", "date", "boolean", "integer", "decimal"}


def typed(column: Column) -> str:
    """The name under which a column's value is read: ``x__t``, or ``x`` itself for ids and codes."""
    return f"{column.name}__t" if has_typed(column) else column.name


def day(column: Column) -> str:
    """The name of the Amsterdam date of a moment: ``x__d`` of a timestamp, ``x__t`` of a date."""
    return f"{column.name}__d" if column.kind == "timestamp" else f"{column.name}__t"


def sql_type(column: Column) -> str:
    """The type of a column among accepted rows."""
    if column.kind == "decimal":
        return "decimal(7, 2)"
    return SQL_TYPES.get(column.kind, "varchar")


def _parsed(text: str, pattern: str, value: str) -> str:
    return f"case when regexp_full_match({text}, {literal(pattern)}) then {value} end"


def _timestamp(text: str) -> str:
    # Through microseconds, because timezone('UTC', ...) asks a calendar for every row.
    moment = f"make_timestamp(epoch_us(try_cast({text} as timestamptz)))"
    parsed = _parsed(text, TIMESTAMP_PATTERN, moment)
    return f"case when not ends_with({text}, '-00:00') then {parsed} end"


def cast(column: Column) -> str:
    """The SQL expression of a column's typed value, from its text."""
    text = quote(column.name)
    match column.kind:
        case "timestamp":
            return _timestamp(text)
        case "date":
            return _parsed(text, DATE_PATTERN, f"try_cast({text} as date)")
        case "boolean":
            return f"case {text} when 'true' then true when 'false' then false end"
        case "integer":
            return _parsed(text, INTEGER_PATTERN, f"try_cast({text} as bigint)")
        case "decimal":
            return _parsed(text, DECIMAL_PATTERN, f"try_cast({text} as decimal(7, 2))")
        case "text":
            return f"case when not regexp_full_match({text}, {literal(BLANK_PATTERN)}) then {text} end"
        case _:
            return text


def amsterdam_date(moment: str) -> str:
    """The Amsterdam calendar date of a naive UTC timestamp expression."""
    return f"timezone('Europe/Amsterdam', make_timestamptz(epoch_us({moment})))::date"


def typed_columns(contract: Contract) -> str:
    """The select list that adds ``x__t`` to a relation holding the contract's text columns."""
    return ", ".join(f"{cast(column)} as {typed(column)}" for column in contract.columns if has_typed(column))


def day_columns(contract: Contract) -> str:
    """The select list that adds ``x__d`` to a relation holding ``x__t``; empty when the feed has no timestamps."""
    moments = [column for column in contract.columns if column.kind == "timestamp"]
    return ", ".join(f"{amsterdam_date(typed(column))} as {day(column)}" for column in moments)


def accepted_columns(contract: Contract) -> str:
    """The select list of the accepted rows: the contract's columns under their own names, typed."""
    return ", ".join(f"{typed(column)}::{sql_type(column)} as {quote(column.name)}" for column in contract.columns)


def text_columns(contract: Contract) -> str:
    """The contract's columns as text, comma-separated."""
    return ", ".join(quote(name) for name in contract.column_names)
