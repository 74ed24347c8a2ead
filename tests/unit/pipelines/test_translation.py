"""Every statement in Spark's words: what sqlglot and our few rules make of it. What Spark answers: tests/spark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlglot import exp

from indicators.model import FOLDER as INDICATORS
from pipelines import engine, entities, quality, translation
from pipelines.translation import parsed, to_spark

STATEMENTS = sorted(
    path for folder in (entities.FOLDER, INDICATORS / "sql", quality.FOLDER) for path in folder.glob("*.sql")
)


def spark(query: str) -> str:
    return to_spark(parsed(query))


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_every_statement_translates_and_keeps_its_relations(path: Path) -> None:
    tree = parsed(path.read_text(encoding="utf-8"))
    text = to_spark(tree)
    calls = {call.name.lower() for call in parsed(text.replace("`", '"')).find_all(exp.Anonymous)}
    assert not calls & {"timezone", "strftime", *(macro.split("(")[0].split()[-1] for macro in engine.MACROS)}
    assert all(f"`{name}`" in text for name in translation.relations(tree))


def test_there_is_something_to_translate() -> None:
    assert len(STATEMENTS) >= 42


def test_macros_are_written_out_as_duckdb_has_them() -> None:
    assert spark("select amsterdam_datum(t)") == (
        "SELECT (CAST(CONVERT_TIMEZONE('UTC', 'Europe/Amsterdam', (`t`)) AS DATE))"
    )
    assert spark("select hele_dagen(van, tot)") == "SELECT (DATEDIFF(SECOND, (`van`), (`tot`)) DIV 86400)"


def test_a_macro_in_a_macro() -> None:
    assert spark("select maand_van(amsterdam_datum(t))") == (
        "SELECT (DATE_FORMAT(((CAST(CONVERT_TIMEZONE('UTC', 'Europe/Amsterdam', (`t`)) AS DATE))), 'yyyy-MM'))"
    )


def test_an_argument_that_is_named_as_a_parameter_of_the_macro() -> None:
    assert spark("select seconden(tot, van)") == "SELECT (DATEDIFF(SECOND, (`tot`), (`van`)))"


def test_parameters_are_filled_in() -> None:
    tree = parsed(
        "select least(dag, $horizon) from a where b in (select unnest($c))", {"horizon": 549, "c": ["x", "it's"]}
    )
    assert to_spark(tree).startswith("SELECT LEAST(`dag`, 549) FROM `a`")
    assert "'it\\'s'" in to_spark(tree) or "'it''s'" in to_spark(tree)


def test_reading_files_is_a_relation() -> None:
    tree = parsed(
        "create table x as select a, file_index from read_parquet(['/een', '/twee'], hive_partitioning = false)"
    )
    assert translation.reads_files(tree)
    asked = []

    def named(paths: Sequence[str], numbered: bool) -> str:
        asked.append((list(paths), numbered))
        return "bestanden_1"

    assert to_spark(translation.with_files(tree.expression, named)) == "SELECT `a`, `file_index` FROM `bestanden_1`"
    assert asked == [(["/een", "/twee"], True)]
    translation.with_files(parsed("select * from read_parquet(['/een'])"), named)
    assert asked[1:] == [(["/een"], False)]
    assert not translation.reads_files(parsed("select 1 from a"))


def test_what_a_statement_makes_and_reads() -> None:
    tree = parsed(
        'create or replace temp table basis as with r as (select 1 from zaken) select * from r join "b" using (a)'
    )
    assert translation.created(tree) == "basis"
    assert translation.is_temporary(tree)
    assert translation.relations(tree) == {"zaken", "b"}
    assert not translation.is_temporary(parsed("create view b as select 1"))
    assert translation.created(parsed("select 1 from a")) is None


def test_bits_are_grouped_as_duckdb_groups_them() -> None:
    assert spark("select (a >> 12 & 4095) > 0") == "SELECT (SHIFTRIGHT(`a`, 12) & 4095) > 0"


def test_common_tables_of_one_name_stay_where_they_are() -> None:
    """sqlglot would move both to the top, where they are one."""
    query = "with f as (select 1 from (with f as (select 2 from a) select * from f)) select * from f"
    assert spark(query) == (
        "WITH `f` AS (SELECT 1 FROM (WITH `f` AS (SELECT 2 FROM `a`) SELECT * FROM `f`)) SELECT * FROM `f`"
    )


def test_a_huge_integer_is_a_decimal_of_all_digits() -> None:
    assert spark("select cast(a as hugeint) * b") == "SELECT CAST(`a` AS DECIMAL(38, 0)) * `b`"


def test_another_use_of_zones_is_not_guessed() -> None:
    with pytest.raises(translation.Untranslatable, match="timezone"):
        spark("select timezone('Europe/Amsterdam', t)")
