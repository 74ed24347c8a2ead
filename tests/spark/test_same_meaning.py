"""One text, one meaning: what engines are known to differ in, asked of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from indicators.session import Session
from pipelines import engine

ROWS = {
    "id": [1, 2, 3, 4, 5, 6],
    "gezin": ["a", "a", "b", "B", "é", None],
    # A day before and after both changes of the clock, and the end of a leap day in Amsterdam.
    "tijd": [
        *(datetime(2020, 3, 28, 23, 30), datetime(2020, 3, 29, 22, 30), datetime(2020, 10, 24, 22, 0)),
        *(datetime(2020, 10, 25, 23, 0), datetime(2020, 2, 28, 23, 0), None),
    ],
    "dag": [date(2020, 2, 28), date(2020, 12, 31), date(2019, 2, 28), None, date(2020, 1, 31), date(2021, 1, 1)],
    "getal": [-7, 7, 0, None, 3_000_000_000, 2**52],
    "bedrag": [Decimal("12.34"), Decimal("0.01"), None, Decimal("99999.99"), Decimal("-1.50"), Decimal("0.00")],
    "waar": [True, False, None, True, None, False],
}
SCHEMA = {"id": pl.Int64, "tijd": pl.Datetime("us"), "bedrag": pl.Decimal(7, 2)}
EXPRESSIONS = [
    "amsterdam_datum(tijd)",
    "amsterdam_uur(tijd)",
    "maand_van(amsterdam_datum(tijd))",
    "maand_van(dag)",
    "seconden(tijd, cast('2020-06-01' as timestamp))",
    "hele_dagen(tijd, cast('2020-06-01' as timestamp))",
    "tijd + interval 28 day",
    "tijd + interval 72 hour <= cast('2020-06-01' as timestamp)",
    "dag + 14",
    "dag + 28 <= date '2020-06-01'",
    "getal // 3",
    "getal >> 4 & 255",
    "(id << 31) | 5",
    "cast(getal as hugeint) * getal",
    "cast(bedrag * 100 as bigint)",
    "least(getal, 5)",
    "greatest(dag, date '2020-01-15')",
    "coalesce(tijd between cast('2020-03-01' as timestamp) and cast('2020-04-01' as timestamp), false)",
    "cast(waar as integer)",
    "cast(waar and getal > 0 as integer)",
    "waar or getal = 0",
    "case when not waar then 'nee' when waar then 'ja' else 'weet niet' end",
    "gezin in ('a', 'é')",
    "nullif(gezin, 'a')",
    "substr(maand_van(dag), 1, 4)",
    "lag(tijd) over (partition by gezin order by tijd, id)",
    "lead(tijd) over (partition by waar order by id)",
    "row_number() over (order by gezin, id)",
    "row_number() over (order by dag desc nulls last, id desc)",
    "dense_rank() over (order by gezin)",
    "cast(sum(getal) over (order by id range between unbounded preceding and current row) as bigint)",
    "min(tijd) over (order by id rows between 1 following and unbounded following)",
]
QUERIES = [
    "select waar, count(*) filter (where getal > 0) as n from feiten group by waar",
    "select gezin, bool_or(waar) as ooit, count(distinct dag) as dagen from feiten group by all",
    "select count(*), count(getal), cast(sum(getal) as bigint), max(gezin), min(gezin) from feiten",
    "select case when grouping(waar) = 0 then 'waar' else 'totaal' end as soort, waar, count(*) - count(getal) as n"
    " from feiten group by grouping sets ((), (waar))",
    "select f.id, g.id from feiten as f left join feiten as g on f.gezin = g.gezin and f.tijd < g.tijd",
    "select id from feiten semi join (select 'a' as gezin) as g using (gezin)",
    "with f as (select id from (with f as (select 1 as id) select * from f)) select id, tijd from feiten semi join f"
    " using (id)",
    "with soorten (naam, gewicht) as (values ('a', cast(1 as bigint)), ('b', 68719476736))"
    " select id, gewicht from feiten inner join soorten on gezin = naam",
    "select id, null as van_gezin, 0 as y from feiten union all select 0, getal, cast(1 as hugeint) * 3 from feiten",
]


@dataclass(frozen=True)
class Both:
    spark: Session
    duckdb: Session

    def rows(self, query: str) -> tuple[list[object], list[object]]:
        answers = (session.sql(query).to_arrow_table() for session in (self.spark, self.duckdb))
        spark, duckdb = (sorted(zip(*(c.to_pylist() for c in a.columns), strict=True), key=repr) for a in answers)
        return spark, duckdb


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("betekenis")
    file = folder / "feiten [1].parquet"
    pl.DataFrame(ROWS, schema_overrides=SCHEMA).write_parquet(file)
    with engine.connect(folder) as duckdb, engine.chosen("spark")(folder, ()) as spark:
        for session in (spark, duckdb):
            session.execute(f"create table feiten as select * from read_parquet(['{file}'], hive_partitioning = false)")
        yield Both(spark, duckdb)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression(both: Both, expression: str) -> None:
    spark, duckdb = both.rows(f"select id, {expression} as uitkomst from feiten")
    assert spark == duckdb


@pytest.mark.parametrize("query", QUERIES)
def test_a_query(both: Both, query: str) -> None:
    spark, duckdb = both.rows(query)
    assert spark == duckdb and duckdb


def test_a_sum_that_does_not_fit_is_an_error_and_nothing_else_is_said(
    both: Both, capfd: pytest.CaptureFixture[str]
) -> None:
    for session in (both.spark, both.duckdb):
        with pytest.raises(Exception, match=r"(?i)overflow|out of range"):
            session.sql("select getal * 4611686018427387904 as te_groot from feiten").to_arrow_table()
    assert capfd.readouterr() == ("", "")


def test_files_have_the_numbers_that_duckdb_gives_them(both: Both, tmp_path: Path) -> None:
    folder = tmp_path / "map [1] {a,b}* \\?"
    folder.mkdir()
    names = ["b'c", "a%20 é", "["]
    for name in names:
        pl.DataFrame({"x": [name]}).write_parquet(folder / f"{name}.parquet")
    paths = [str(folder / f"{name}.parquet") for name in names]
    query = "select x, file_index from read_parquet($paths, hive_partitioning = false) order by file_index"
    assert both.spark.execute(query, {"paths": paths}).fetchall() == [("b'c", 0), ("a%20 é", 1), ("[", 2)]
    query = "select count(*) from read_parquet($paths, hive_partitioning = false)"
    assert both.spark.execute(query, {"paths": paths}).fetchone() == (3,)


def test_what_is_small_stays_and_what_is_temporary_comes_home(both: Both) -> None:
    """A relation of DuckDB is sent to Spark again when it has become another."""
    spark = both.spark
    for wanted in ("a", "b"):
        spark.register("frame", pl.DataFrame({"gezin": [wanted]}).to_arrow())
        spark.execute("create or replace table gezocht as select * from frame")
        spark.unregister("frame")
        spark.execute("create or replace temp table gevonden as select id from feiten semi join gezocht using (gezin)")
        spark.execute("create or replace temp table samen as select count(*) as n, $x as x from gevonden", {"x": 5})
        found = spark.execute("select n, x from samen").fetchall()
        assert found == ([(2, 5)] if wanted == "a" else [(1, 5)])


def running_javas() -> list[int]:
    """The Java processes that this process started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in children if os.readlink(f"/proc/{pid}/exe").endswith("/java")]


def _listening(pid: int) -> set[str]:
    """Addresses, in the kernel's words, on which a process listens."""
    opened = os.listdir(f"/proc/{pid}/fd")
    inodes = {os.readlink(f"/proc/{pid}/fd/{n}").removeprefix("socket:[").rstrip("]") for n in opened}
    found = set()
    for kind in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{kind}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in inodes:
                found.add(local.split(":")[0])
    return found


def test_only_this_machine_can_reach_it(both: Both) -> None:
    javas = running_javas()
    assert javas
    loopback = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
    for pid in javas:
        assert _listening(pid) and _listening(pid) <= loopback
