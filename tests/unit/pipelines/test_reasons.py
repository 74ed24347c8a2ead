"""Why the machine refused is said in Dutch, whatever library met it, and without the library's own words."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from pipelines import reasons
from pipelines.errors import TemporaryError, UserError


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "geen toestemming"),
        (errno.ENOSPC, "de schijf is vol"),
        (errno.EROFS, "de schijf is alleen te lezen"),
    ],
)
def test_the_operating_system(number: int, said: str) -> None:
    assert reasons.of(OSError(number, os.strerror(number))) == said


def test_an_unusual_error_keeps_the_words_of_the_operating_system() -> None:
    assert reasons.of(OSError(errno.ELOOP, os.strerror(errno.ELOOP))) == os.strerror(errno.ELOOP)


def test_duckdb_that_can_not_write() -> None:
    with pytest.raises(duckdb.Error) as met:
        duckdb.execute("copy (select range from range(100000)) to '/dev/full' (format csv)")
    assert reasons.of(met.value) == "de schijf is vol"


def test_duckdb_without_room_to_spill() -> None:
    said = "failed to offload data block.\nThis limit was set by the 'max_temp_directory_size' setting."
    assert reasons.of(duckdb.OutOfMemoryException(said)) == "de schijf is vol"


def test_duckdb_without_memory() -> None:
    config = {"memory_limit": "1MB", "temp_directory": ""}
    with duckdb.connect(config=config) as connection, pytest.raises(duckdb.Error) as met:
        connection.execute("create table t as select hash(range) from range(5000000)")
    assert reasons.of(met.value) == "er is te weinig geheugen"


def test_the_register_through_sqlalchemy(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
    connection.close()
    engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(sa.exc.OperationalError) as met, engine.begin() as opened:
        opened.exec_driver_sql("insert into t values (1)")
    engine.dispose()
    assert reasons.of(met.value) == "het register is alleen te lezen"


def test_the_first_known_reason_of_a_chain() -> None:
    with pytest.raises(ValueError, match="erna") as met:
        try:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        except OSError as error:
            raise ValueError("erna") from error
    assert reasons.of(met.value) == "de schijf geeft een fout"


def test_what_is_not_the_machine_has_no_reason() -> None:
    assert reasons.of(ValueError("No space left on device")) is None
    with pytest.raises(duckdb.Error) as met:
        duckdb.execute("select cast('geheim' as integer)")
    assert reasons.of(met.value) is None


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OSError(errno.EMFILE, "x"), True),
        (OSError(errno.EBUSY, "x"), True),
        (OSError(errno.ESTALE, "x"), True),
        (sqlite3.OperationalError("database is locked"), True),
        (OSError(errno.ENOSPC, "x"), False),
        (OSError(errno.EACCES, "x"), False),
        (sqlite3.OperationalError("database or disk is full"), False),
        (ValueError("database is locked"), False),
    ],
)
def test_what_may_pass_by_itself(error: Exception, passes: bool) -> None:
    assert reasons.may_pass(error) is passes
    wrapped = RuntimeError("van een bibliotheek")
    wrapped.__cause__ = error
    assert reasons.may_pass(wrapped) is passes


def test_what_may_pass_is_told_as_such() -> None:
    with pytest.raises(TemporaryError, match="iets anders houdt het bezet"), reasons.told():
        raise OSError(errno.EBUSY, "x")
    with pytest.raises(UserError, match="de schijf is vol") as met, reasons.told():
        raise OSError(errno.ENOSPC, "x")
    assert not isinstance(met.value, TemporaryError)
