"""What a computation asks of an engine: statements in DuckDB's SQL go in, small answers come out.

A DuckDB connection is one as it is; ``pipelines/spark.py`` makes another. Not here: opening either.
"""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa


class Rows(Protocol):
    """The rows of a statement that was executed."""

    def fetchall(self) -> list[Any]: ...

    def fetchone(self) -> Any: ...


class Relation(Protocol):
    """A query: its columns are known before it is run."""

    @property
    def columns(self) -> list[str]: ...

    def to_arrow_table(self) -> pa.Table: ...


class Session(Protocol):
    """Relations stay until the session ends; what ``register`` named stays until ``unregister``."""

    def execute(self, query: str, parameters: object = None) -> Rows: ...

    def sql(self, query: str) -> Relation: ...

    def register(self, view_name: str, python_object: object) -> Any: ...

    def unregister(self, view_name: str) -> Any: ...
