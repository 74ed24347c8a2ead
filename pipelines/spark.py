"""A computation on Apache Spark: the same statements, the same lake, the same answers (docs/decisions/0064-spark.md).

Two engines work together. What reads rows of the lake, or a relation made from them, runs on Spark; what is small (the
calendar, the sums at base grain) stays in a DuckDB beside it, where the roll-up is done as always. Not here: how a
statement is translated (``translation.py``), or what is computed.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import engine
from pipelines.errors import UserError

try:
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway
    from pyspark.logger import PySparkLogger
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as f
    from pyspark.sql.types import StructType

    from pipelines import translation
except ModuleNotFoundError as error:
    raise UserError(
        f"Voor berekenen met Spark ontbreekt het pakket {error.name}. Installeer het met: make spark-install; "
        "of bereken zonder Spark: --engine duckdb."
    ) from error

if TYPE_CHECKING:
    from sqlglot import exp

    from indicators.session import Relation, Rows

HERE = "local[*]"
# They log what is raised as well, with the query and perhaps a value.
SAYS_IT_TWICE = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
LOOPBACK = "127.0.0.1"
# What the same text means on both engines.
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.legacy.ctePrecedencePolicy": "CORRECTED",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
}
# On this machine alone: nobody else can reach it, and few parts, since there are few processors.
ON_THIS_MACHINE = {
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "16",
}


class Session:
    """An ``indicators.session.Session``: relations with rows of the lake live on Spark, all others in ``near``."""

    def __init__(self, spark: SparkSession, near: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self._spark = spark
        self._near = near
        self._scratch = scratch
        self._far: set[str] = set()
        self._sent: set[str] = set()
        self._numbers = itertools.count(1)

    def execute(self, query: str, parameters: object = None) -> Rows:
        tree = translation.parsed(query, parameters if isinstance(parameters, Mapping) else None)
        name = translation.created(tree)
        if not self._is_far(tree):
            if name is not None:
                self._made_near(name)
            return self._near.execute(query, parameters)
        answer = self._on_spark(tree)
        if name is not None and translation.is_temporary(tree):
            self._bring(name, answer)
        elif name is not None:
            self._keep(name, answer, table=tree.args["kind"] == "TABLE")
        return Answer(answer)

    def sql(self, query: str) -> Relation:
        tree = translation.parsed(query)
        return Answer(self._on_spark(tree)) if self._is_far(tree) else self._near.sql(query)

    def register(self, view_name: str, python_object: object) -> None:
        self._near.register(view_name, python_object)

    def unregister(self, view_name: str) -> None:
        self._near.unregister(view_name)

    def _is_far(self, tree: exp.Expr) -> bool:
        return translation.reads_files(tree) or not self._far.isdisjoint(translation.relations(tree))

    def _on_spark(self, tree: exp.Expr) -> DataFrame:
        for name in sorted(translation.relations(tree) - self._far - self._sent):
            self._send(name)
        query = tree.expression if translation.created(tree) else tree
        return self._spark.sql(translation.to_spark(translation.with_files(query, self._reading)))

    def _keep(self, name: str, answer: DataFrame, table: bool) -> None:
        """A relation of Spark; a table is computed once and kept in the scratch folder."""
        if table:
            path = str(self._folder(name))
            answer.write.parquet(path)
            answer = self._read([path], answer.schema)
        answer.createOrReplaceTempView(name)
        self._far.add(name)

    def _bring(self, name: str, answer: DataFrame) -> None:
        """From Spark to DuckDB."""
        self._near.register("van_spark", answer.toArrow())
        self._near.execute(f'create or replace temp table "{name}" as select * from van_spark')
        self._near.unregister("van_spark")
        self._made_near(name)

    def _made_near(self, name: str) -> None:
        """What Spark has by this name is of before."""
        self._far.discard(name)
        self._sent.discard(name)

    def _send(self, name: str) -> None:
        """From DuckDB to Spark, as a file: of that Spark knows that it is small."""
        path = self._folder(name)
        pq.write_table(self._near.table(name).to_arrow_table(), path)
        self._read([str(path)]).createOrReplaceTempView(name)
        self._sent.add(name)

    def _reading(self, paths: Sequence[str], numbered: bool) -> str:
        """The name of a relation with the rows of these files."""
        name = f"bestanden_{next(self._numbers)}"
        rows = self._read(paths)
        (self._numbered(rows, paths) if numbered else rows).createOrReplaceTempView(name)
        self._far.add(name)
        return name

    def _numbered(self, rows: DataFrame, paths: Sequence[str]) -> DataFrame:
        # Addresses as Spark writes them, so that they are equal to those beside the rows.
        addresses = {unquote(urlsplit(address).path): address for address in rows.inputFiles()}
        places = self._folder("plaatsen")
        table = {"adres": [addresses[path] for path in paths], "plaats": pa.array(range(len(paths)), pa.int64())}
        pq.write_table(pa.table(table), places)
        placed = rows.withColumn("adres", f.input_file_name()).join(
            f.broadcast(self._read([str(places)])), "adres", "left"
        )
        # A row of a file that isn't recognised must not pass for one of no file.
        known = f.coalesce("plaats", f.raise_error(f.concat(f.lit("unknown file: "), "adres")).cast("bigint"))
        return placed.withColumn(translation.FILE_INDEX, known).drop("adres", "plaats")

    def _read(self, paths: Sequence[str], schema: StructType | None = None) -> DataFrame:
        reader = self._spark.read
        return (reader.schema(schema) if schema else reader).parquet(*map(_as_pattern, paths))

    def _folder(self, name: str) -> Path:
        return self._scratch / f"{name}-{next(self._numbers)}.parquet"


class Answer:
    """What a query on Spark gives; it is run when its rows are asked for."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    @property
    def columns(self) -> list[str]:
        return list(self._frame.columns)

    def to_arrow_table(self) -> pa.Table:
        return self._frame.toArrow()

    def fetchall(self) -> list[Any]:
        return [tuple(row) for row in self._frame.collect()]

    def fetchone(self) -> Any:
        return next(iter(self.fetchall()), None)


def _as_pattern(path: str) -> str:
    """The pattern that only this path fits. Spark can be told to take no patterns, but then reads files many times."""
    return re.sub(r"[][{}*?\\]", r"\\\g<0>", path)


@contextmanager
def connect(scratch: Path, files: Iterable[Path] = ()) -> Iterator[Session]:
    """A session on Spark: on this machine, or on the cluster that VEILIGHEID_SPARK_MASTER names.

    ``scratch``: an existing folder, which every machine of the cluster has under this name; ``files``, as for DuckDB,
    hold Spark back from nothing. Raises UserError without Java.
    """
    java = _java()
    folder = scratch / "spark"
    folder.mkdir()
    debug = os.environ.get("VEILIGHEID_DEBUG") == "1"
    for name in SAYS_IT_TWICE:
        PySparkLogger.getLogger(name).disabled = not debug
    conf = _conf(folder, os.environ.get(engine.MASTER_VARIABLE) or HERE)
    try:
        # Java speaks to developers: what goes wrong comes as an error.
        gateway = launch_gateway(conf, {} if debug else {"stderr": DEVNULL})
    except PySparkRuntimeError as error:
        raise UserError(
            f"Spark start niet met '{java}'. Spark vraagt Java 17 of 21: kijk met {java} -version."
        ) from error
    try:
        with warnings.catch_warnings():
            # It looks at pandas, which is not used here.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
        try:
            with engine.connect(folder, memory="1GiB") as near:
                yield Session(spark, near, folder)
        finally:
            spark.stop()
    finally:
        # The next session gets a Java of its own: where one keeps its files is settled when it starts.
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        SparkContext._gateway = None
        SparkContext._jvm = None


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if found is None:
        where = f"in JAVA_HOME ('{home}')" if home else "op deze computer"
        raise UserError(
            f"Voor berekenen met Spark is Java 17 nodig, en dat staat niet {where}. Installeer het (in Debian het "
            "pakket openjdk-17-jre-headless), of bereken zonder Spark: --engine duckdb."
        )
    return found


def _conf(folder: Path, master: str) -> SparkConf:
    java_options = f'"-Djava.io.tmpdir={folder}" -XX:+PerfDisableSharedMem'
    settings = {
        **MEANING,
        **(ON_THIS_MACHINE | {"spark.local.dir": str(folder)} if master.startswith("local") else {}),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.extraJavaOptions": java_options,
    }
    return SparkConf().setMaster(master).setAppName("veiligheid").setAll(list(settings.items()))
