"""Great Expectations on DuckDB: counts, and what is an error of the engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from textwrap import dedent

import duckdb
import pytest

from data_contracts.gx_adapter import count_unexpected
from data_contracts.model import InternalError
from data_contracts.rules import Condition, Expectation, unexpected_rows


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            "create table rijen as select 1 as levering, i as rij, i % 2 = 0 as even, 'id-' || i as tekst,"
            " date '2021-01-01' + i::integer as dag from range(10) as r(i)"
        )
        yield con


def test_counts_by_code_whatever_order_the_results_come_in(connection: duckdb.DuckDBPyConnection) -> None:
    suite = {
        "dag": Expectation("expect_column_values_to_be_between", {"column": "dag", "min_value": date(2021, 1, 4)}),
        "eigen": unexpected_rows("regexp_matches(tekst, '^(?:id-[0-9]{1,2}):*$') and rij::bigint > 7"),
        "deel": Expectation(
            "expect_column_values_to_be_in_set",
            {"column": "rij", "value_set": [0]},
            Condition((("even", "==", True),)),
        ),
        "goed": Expectation("expect_column_values_to_not_be_null", {"column": "tekst"}),
    }
    assert count_unexpected(connection, "rijen", suite) == {"dag": 3, "eigen": 2, "deel": 4, "goed": 0}


def test_a_condition_that_leaves_no_rows_breaks_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    nobody = Condition((("tekst", "==", "niemand"),))
    suite = {"x": Expectation("expect_column_values_to_not_be_null", {"column": "dag"}, nobody)}
    assert count_unexpected(connection, "rijen", suite) == {"x": 0}


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation("expect_column_values_to_not_be_null", {"column": "bestaat_niet"}),
        unexpected_rows("bestaat_niet > 1"),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_is_no_verdict_on_data(
    connection: duckdb.DuckDBPyConnection, expectation: Expectation
) -> None:
    good = Expectation("expect_column_values_to_not_be_null", {"column": "tekst"})
    with pytest.raises(InternalError, match="'fout'"):
        count_unexpected(connection, "rijen", {"goed": good, "fout": expectation})


@pytest.mark.slow
def test_nothing_is_said_on_the_terminal() -> None:
    code = """
        import duckdb
        from data_contracts.gx_adapter import count_unexpected
        from data_contracts.rules import Expectation
        connection = duckdb.connect()
        connection.execute("create table rijen as select 1 as a")
        suite = {"a": Expectation("expect_column_values_to_be_in_set", {"column": "a", "value_set": [2]})}
        assert count_unexpected(connection, "rijen", suite) == {"a": 1}
        connection.close()
    """
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
