"""How cells are read: section "How input is read" of the specification."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import casts
from data_contracts.model import Column, Kind
from indicators.calendar import AMSTERDAM


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        # Nothing may depend on the session's zone.
        con.execute("set TimeZone = 'Pacific/Auckland'")
        yield con


def read(connection: duckdb.DuckDBPyConnection, kind: Kind, text: str) -> Any:
    column = Column("x", kind, True, "", "")
    (value,) = connection.execute(f"select {casts.cast(column)} from (select $1::varchar as x)", [text]).fetchall()[0]
    return value


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-03-01T10:00:00Z", datetime(2024, 3, 1, 10)),
        ("2024-03-01T10:00:00+01:00", datetime(2024, 3, 1, 9)),
        ("2024-03-01T00:30:00+05:45", datetime(2024, 2, 29, 18, 45)),
        ("2024-03-01T10:00:00-23:59", datetime(2024, 3, 2, 9, 59)),
        ("2024-03-01T10:00:00+23:59", datetime(2024, 2, 29, 10, 1)),
        ("2024-03-01T10:00:00+00:00", datetime(2024, 3, 1, 10)),
        # Around the clock changes: the offset decides, a local time that Amsterdam skips or has twice is no error.
        ("2021-03-28T02:30:00+01:00", datetime(2021, 3, 28, 1, 30)),
        ("2021-10-31T02:30:00+02:00", datetime(2021, 10, 31, 0, 30)),
        ("2021-10-31T02:30:00+01:00", datetime(2021, 10, 31, 1, 30)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59)),
    ],
)
def test_timestamps_that_are_read(connection: duckdb.DuckDBPyConnection, text: str, utc: datetime) -> None:
    assert read(connection, "timestamp", text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01T10:00:00",
        "2024-03-01 10:00:00Z",
        "2024-03-01T10:00Z",
        "2024-03-01T10:00:00.5Z",
        "2024-03-01T10:00:00.000Z",
        "2024-03-01T24:00:00Z",
        "2024-03-01T10:60:00Z",
        "2024-03-01T23:59:60Z",
        "2024-03-01T10:00:00-00:00",
        "2024-03-01T10:00:00+24:00",
        "2024-03-01T10:00:00+01:60",
        "2024-03-01T10:00:00+0100",
        "2024-03-01T10:00:00z",
        "2024-03-01t10:00:00Z",
        "2023-02-29T10:00:00Z",
        "2024-13-01T10:00:00Z",
        " 2024-03-01T10:00:00Z",
        "2024-03-01T10:00:00Z\n",
        "2024-03-01T10:00:00Europe/Amsterdam",
        "٢٠٢٤-03-01T10:00:00Z",
        "2024-03-01",
    ],
)
def test_timestamps_that_are_not_read(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "timestamp", text) is None


@settings(deadline=None)
@given(
    moment=st.datetimes(datetime(1999, 1, 1), datetime(2035, 1, 1)),
    minutes=st.integers(-23 * 60 - 59, 23 * 60 + 59).filter(lambda m: m != 0),
)
def test_any_offset_is_a_valid_moment(connection: duckdb.DuckDBPyConnection, moment: datetime, minutes: int) -> None:
    local = moment.replace(microsecond=0)
    sign = "+" if minutes > 0 else "-"
    text = f"{local.isoformat()}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    assert read(connection, "timestamp", text) == local - timedelta(minutes=minutes)


@settings(deadline=None)
@given(moment=st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)))
def test_the_amsterdam_date_of_a_moment(connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
    utc = moment.replace(microsecond=0)
    query = f"select {casts.amsterdam_date('m')} from (select $1::timestamp as m)"
    assert connection.execute(query, [utc]).fetchall() == [(utc.replace(tzinfo=UTC).astimezone(AMSTERDAM).date(),)]


@pytest.mark.parametrize("text", ["2024-02-30", "2023-02-29", "2024-2-03", "20240203", "2024-02-03 ", "03-02-2024"])
def test_dates_that_do_not_exist(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "date", text) is None


def test_a_leap_day_is_a_date(connection: duckdb.DuckDBPyConnection) -> None:
    assert read(connection, "date", "2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("7", 7), ("999999999", 999999999)]
    + [(text, None) for text in ("01", "-1", "+1", "1.0", "1e3", "1.", "٣")]
    + [("1000000000", None), ("1 000", None), ("1\n", None)],
)
def test_integers(connection: duckdb.DuckDBPyConnection, text: str, value: int | None) -> None:
    assert read(connection, "integer", text) == value


@pytest.mark.parametrize("text", ["0", "0.5", "0.05", "1.50", "99999.99", "12345"])
def test_decimals_that_are_read(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "decimal", text) == Decimal(text)


@pytest.mark.parametrize(
    "text", ["1,5", "1.505", "100000", ".5", "5.", "05", "-1", "+1", "1e2", "1.000,00", " 1", "1 ", "NaN", "inf", "٣"]
)
def test_decimals_that_are_not_read(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "decimal", text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("True", None), ("1", None), ("ja", None), ("true ", None)]
)
def test_booleans(connection: duckdb.DuckDBPyConnection, text: str, value: bool | None) -> None:
    assert read(connection, "boolean", text) is value


@pytest.mark.parametrize("text", [" ", "\t\n", "\u00a0", "\u2003\u3000", "\u0085", "\u2028"])
def test_text_of_white_space_only_is_missing(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "text", text) is None


@pytest.mark.parametrize("text", ["  a ", "a\u200bb", "\u202e", "é", "e\u0301", "🤦🏼‍♂️"])
def test_other_text_is_kept_as_it_is(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, "text", text) == text
