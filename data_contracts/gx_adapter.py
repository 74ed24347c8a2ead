"""Great Expectations on DuckDB: runs a suite over one relation and counts the rows that break each expectation.

Belongs here: everything that imports great_expectations; import this module late, it costs seconds. Not here: which
expectations there are (`rules`). Without a data context GX has no stores, Data Docs or telemetry. No value of a cell
leaves a result: lists of unexpected values are switched off, and errors are reported by rule code only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import sqlalchemy as sa
from great_expectations.core.batch import Batch
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.row_conditions import Column as RowColumn
from great_expectations.validator.validator import Validator
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGDialect

from data_contracts.model import InternalError
from data_contracts.rules import Condition, Expectation

# A name of our own, so that nobody else's duckdb:// changes meaning.
DIALECT = "duckdb_for_gx"
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


class DuckDBDialect(PGDialect):
    """DuckDB as seen by GX: PostgreSQL's way of writing SQL, and columns that can be listed. No transactions.

    The published DuckDB dialect for SQLAlchemy is not used: once GX is imported too, Python cannot unload it at exit,
    and DuckDB then prints pages of warnings to the user's terminal.
    """

    name = "duckdb"
    driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return duckdb

    def initialize(self, connection: Any) -> None:
        """Asks nothing of the server."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """DuckDB commits every statement by itself."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """See do_begin."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """See do_begin."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        described = connection.exec_driver_sql(f'describe "{table_name}"').fetchall()
        return [{"name": row[0], "type": sa.types.NullType(), "nullable": True, "default": None} for row in described]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return {"constrained_columns": [], "name": None}


sa.dialects.registry.register(DIALECT, __name__, "DuckDBDialect")


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX closes a connection before it fetches; DuckDB then has nothing to fetch from. This engine keeps one open."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        # Handed over, not kept: an engine lives on in SQLAlchemy and must not keep the connection alive.
        handed_over = [connection]
        engine = sa.create_engine(f"{DIALECT}://", creator=handed_over.pop, poolclass=sa.pool.StaticPool)
        super().__init__(engine=engine, create_temp_table=False)
        # Only for how a regular expression is written: DuckDB knows PostgreSQL's operators.
        self.dialect_module = postgresql

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()


def _row_condition(condition: Condition) -> Any:
    parts = []
    for name, operator, value in condition.any_of:
        column = RowColumn(name)
        match operator:
            case "==":
                parts.append(column == value)
            case "!=":
                parts.append(column != value)
            case "null":
                parts.append(column.is_null())
            case "not_null":
                parts.append(column.is_not_null())
            case _:
                raise ValueError(f"unknown operator '{operator}'")
    whole = parts[0]
    for part in parts[1:]:
        whole = whole | part
    return whole


def _configuration(code: str, expectation: Expectation) -> ExpectationConfiguration:
    kwargs = dict(expectation.kwargs)
    if expectation.condition is not None:
        kwargs["row_condition"] = _row_condition(expectation.condition)
    return ExpectationConfiguration(type=expectation.type, kwargs=kwargs, meta={"code": code})


def _code(result: Any) -> str:
    """The rule code that the configuration of a result carries."""
    return str(result.expectation_config.meta["code"])


def _count(code: str, result: Any) -> int:
    """The unexpected rows of one result; one without a count is an error of the engine, never a verdict on data."""
    numbers = result.result or {}
    count = numbers.get("unexpected_count", numbers.get("observed_value"))
    if count is None and result.success and numbers.get("element_count") == 0:
        # Where the condition leaves no row at all, the engine sums nothing and answers nothing.
        count = 0
    if not isinstance(count, int):
        raise InternalError(f"Great Expectations could not evaluate rule '{code}'")
    if result.success != (count == 0):
        raise InternalError(f"Great Expectations contradicts itself on rule '{code}'")
    return count


def count_unexpected(
    connection: duckdb.DuckDBPyConnection, relation: str, suite: Mapping[str, Expectation]
) -> dict[str, int]:
    """How many rows of ``relation`` break each expectation, by rule code.

    Raises InternalError when an expectation was not evaluated.
    """
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    engine = DuckDBExecutionEngine(connection.cursor())
    try:
        # Any, because the annotation of Batch asks for the class where it takes an instance.
        data: Any = SqlAlchemyBatchData(engine, table_name=relation, create_temp_table=False)
        validator = Validator(execution_engine=engine, batches=[Batch(data=data)])
        validator.metrics_calculator.show_progress_bars = False
        results = validator.graph_validate(
            configurations=[_configuration(code, expectation) for code, expectation in suite.items()],
            runtime_configuration={"result_format": RESULT_FORMAT, "catch_exceptions": True},
        )
    finally:
        engine.close()
    by_code = {_code(result): result for result in results}
    if set(by_code) != set(suite):
        raise InternalError("Great Expectations did not answer for every rule")
    return {code: _count(code, by_code[code]) for code in suite}
