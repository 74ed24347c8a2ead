"""A statement of this product as Spark understands it: sqlglot's translation, and the little it leaves to do.

Our macros are written out from the very text that DuckDB gets, so that no word has two meanings. What does not
translate is an error, never a guess. Not here: running a statement (``spark.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from pipelines.engine import MACROS

# DuckDB reads these as a moment of UTC seen in a zone; Spark has one function for it, on moments without a zone.
IN_ZONE = "timezone"
UTC = "UTC"
# The place of a row's file in the list that is read.
FILE_INDEX = "file_index"


class _Generator(SparkGenerator):
    # Spark has common tables within subqueries; moved to the top, two of one name would become one.
    EXPRESSIONS_WITHOUT_NESTED_CTES: ClassVar[set[type[exp.Expr]]] = set()
    TYPE_MAPPING: ClassVar[dict[exp.DType, str]] = {**SparkGenerator.TYPE_MAPPING, exp.DType.INT128: "DECIMAL(38, 0)"}


class _Spark(Spark):
    Generator = _Generator


class Untranslatable(Exception):
    """A construct that means something else, or nothing, on Spark."""


def parsed(statement: str, parameters: Mapping[str, Any] | None = None) -> exp.Expr:
    """The tree of a statement, with our macros written out and named parameters filled in."""
    tree = sqlglot.parse_one(statement, read="duckdb")
    for placeholder in list(tree.find_all(exp.Placeholder)):
        if placeholder.name in (parameters or {}):
            placeholder.replace(exp.convert((parameters or {})[placeholder.name]))
    return _without_macros(tree)


def created(tree: exp.Expr) -> str | None:
    """The relation that a statement makes, if it makes one."""
    return tree.this.name if isinstance(tree, exp.Create) else None


def is_temporary(tree: exp.Expr) -> bool:
    return tree.find(exp.TemporaryProperty) is not None


def relations(tree: exp.Expr) -> set[str]:
    """The relations that a statement reads, by name.

    >>> sorted(relations(parsed("create table c as with b as (select 1 from a) select * from b")))
    ['a']
    """
    query = tree.expression if isinstance(tree, exp.Create) else tree
    return {table.name for table in query.find_all(exp.Table) if table.name} - {
        cte.alias for cte in query.find_all(exp.CTE)
    }


def reads_files(tree: exp.Expr) -> bool:
    return tree.find(exp.ReadParquet) is not None


def with_files(tree: exp.Expr, named: Callable[[Sequence[str], bool], str]) -> exp.Expr:
    """The tree in which every ``read_parquet([...])`` is a relation: ``named`` gives its name for these paths.

    ``named`` is told as well whether the rows need ``file_index``, which DuckDB keeps out of ``*``.
    """
    numbered = any(column.name == FILE_INDEX for column in tree.find_all(exp.Column))
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.ReadParquet):
            files = [file.name for file in table.this.expressions[0].expressions]
            table.replace(exp.to_table(named(files, numbered)))
    return tree


def to_spark(tree: exp.Expr) -> str:
    """A query for Spark. Raises Untranslatable, and sqlglot's UnsupportedError for what Spark is known to lack."""
    return tree.transform(_in_zone).sql(dialect=_Spark, identify=True, unsupported_level=ErrorLevel.RAISE)


def _in_zone(node: exp.Expr) -> exp.Expr:
    if not _is_zone(node):
        return node
    zone, moment = node.expressions
    if not (_is_zone(moment) and moment.expressions[0].name == UTC):
        raise Untranslatable(f"{node.sql()}: only timezone(zone, timezone('UTC', moment)) is known")
    return exp.Anonymous(this="convert_timezone", expressions=[moment.expressions[0], zone, moment.expressions[1]])


def _is_zone(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == IN_ZONE


@cache
def _macros() -> dict[str, tuple[list[str], exp.Expr]]:
    """Name -> names of its parameters, and what it stands for."""
    made = [sqlglot.parse_one(macro, read="duckdb") for macro in MACROS]
    return {macro.this.this.name: ([p.name for p in macro.this.expressions], macro.expression) for macro in made}


def _without_macros(tree: exp.Expr) -> exp.Expr:
    # The innermost call first: what is passed to a macro may hold another.
    for call in reversed(list(tree.find_all(exp.Anonymous))):
        if macro := _macros().get(call.name.lower()):
            call.replace(_written_out(*macro, call.expressions))
    return tree


def _written_out(parameters: Sequence[str], body: exp.Expr, arguments: Sequence[exp.Expr]) -> exp.Expr:
    given = dict(zip(parameters, arguments, strict=True))

    def filled(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in given:
            return exp.paren(given[node.name])
        return node

    return exp.paren(body.transform(filled))
