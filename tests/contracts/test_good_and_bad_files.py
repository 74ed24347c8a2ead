"""Files as partners send them, through the door and the contract: what is accepted, quarantined and refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from data_contracts import door, rows, verdict
from data_contracts.loader import contracts
from data_contracts.model import Contract, History, Pending, Verdict

MONTH = "2021-12"
INZET = contracts()["reclassering/inzet"]


def lines(contract: Contract, count: int) -> list[list[str]]:
    """A header and ``count`` records made of the contract's examples."""
    found = [list(contract.column_names)]
    for number in range(count):
        values = {column.name: column.example for column in contract.columns} | {contract.key: f"R-{number}"}
        for names in contract.alternate_keys:
            values |= {name: f"2020-01-{number + 1:02d}" for name in names if contract.column(name).kind == "date"}
        found.append([values[name] for name in contract.column_names])
    return found


def as_csv(given: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(given)
    return text.getvalue().encode()


def judge(contract: Contract, content: bytes, folder: Path, extension: door.Extension = "csv") -> Verdict:
    path = folder / f"{MONTH}.{extension}"
    path.write_bytes(content)
    read = door.read(path, extension, contract, folder)
    (found,) = verdict.judge(contract, [Pending(MONTH, read)], History(), folder)
    return found


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite is held against the predicates elsewhere; here it would only cost time."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


@pytest.mark.parametrize("name", list(contracts()))
def test_the_examples_of_a_contract_make_a_good_file(tmp_path: Path, name: str) -> None:
    found = judge(contracts()[name], as_csv(lines(contracts()[name], 3)), tmp_path)
    assert (found.verdict, found.rows_in, found.rows_accepted, found.findings) == ("accepted", 3, 3, ())


def test_a_quoted_text_comes_through_byte_for_byte(tmp_path: Path) -> None:
    contract = contracts()["landelijk_netwerk/regio_status"]
    given = lines(contract, 2)
    text = '  Zegt "ja", \nen é of e\u0301  '
    given[1][contract.column_names.index("toelichting")] = text
    found = judge(contract, as_csv(given), tmp_path)
    assert found.accepted is not None
    with duckdb.connect() as con:
        read = con.execute("select toelichting from read_parquet($1) where rij = 1", [str(found.accepted)]).fetchall()
    assert read == [(text,)]


def test_a_record_with_a_field_too_many(tmp_path: Path) -> None:
    given = lines(INZET, 10)
    given[4] = [*given[4], "extra"]
    found = judge(INZET, as_csv(given), tmp_path)
    assert (found.rows_accepted, found.rows_quarantined) == (9, 1)
    assert [(finding.code, finding.rows) for finding in found.findings] == [("aantal_velden", 1)]
    assert found.examples["aantal_velden"][0].line == 5


@pytest.mark.parametrize(
    ("content", "extension", "code"),
    [
        (as_csv(lines(INZET, 3)).replace(b"\r\n", b"\r"), "csv", "onleesbaar"),
        (as_csv(lines(INZET, 3)).decode().encode("utf-16"), "csv", "onleesbaar"),
        (as_csv(lines(INZET, 3)), "parquet", "onleesbaar"),
        (b"", "csv", "onleesbaar"),
        (b"x", "leeg", "onleesbaar"),
        (as_csv([line[::-1] for line in lines(INZET, 3)]), "csv", "kopregel"),
        (as_csv(lines(INZET, 0)), "csv", "leeg"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, extension: door.Extension, code: str) -> None:
    found = judge(INZET, content, tmp_path, extension)
    assert (found.verdict, found.rows_accepted) == ("refused", 0)
    assert [finding.code for finding in found.findings] == [code]
    assert found.rows_in == found.rows_quarantined == (3 if code == "kopregel" else 0)


def test_an_empty_file_states_a_month_without_records(tmp_path: Path) -> None:
    found = judge(INZET, b"", tmp_path, "leeg")
    assert (found.verdict, found.rows_in, found.findings) == ("accepted", 0, ())


def test_parquet_and_csv_are_judged_alike(tmp_path: Path) -> None:
    given = lines(INZET, 12)
    given[3][INZET.column_names.index("uren")] = "99.00"
    given[7][INZET.column_names.index("geeindigd_op")] = "2021-03-08T11:00:00Z"
    as_text = judge(INZET, as_csv(given), tmp_path)
    path, source = tmp_path / "bron.parquet", tmp_path / "bron.csv"
    source.write_bytes(as_csv(given))
    types = {
        "begonnen_op": "timestamptz",
        "geeindigd_op": "timestamptz",
        "uren": "decimal(7, 2)",
        "vervallen": "boolean",
    }
    casts = ", ".join(f"{name}::{sql_type} as {name}" for name, sql_type in types.items())
    with duckdb.connect() as con:
        text = f"select * from read_csv('{source}', all_varchar = true, header = true)"
        con.execute(f"copy (with bron as ({text}) select * replace ({casts}) from bron) to '{path}' (format parquet)")
    as_parquet = judge(INZET, path.read_bytes(), tmp_path, "parquet")
    assert as_parquet.findings == as_text.findings
    assert [finding.code for finding in as_text.findings] == ["geeindigd_op_voor_begonnen_op", "uren_boven_interval"]
    assert (as_parquet.rows_accepted, as_parquet.rows_quarantined) == (10, 2)
