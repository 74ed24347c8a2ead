"""What is measured on: accepted files of a fictitious country, as the lake has them.

``load``, ``save``: as a JSON file, so that every measured process reads the same. ``of_home``: what a computation of a
data home would read. ``tenfold``: a country ten times as large, made file by file so that it never stands in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators import calendar, geography
from pipelines import compute
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.tables import Inputs

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
COPIES = 10
# Numbers of records: of the row itself, and of the police incident that other rows name.
REGISTRATIES = ("registratie_id", "politie_registratie_id")


def of_home(home: Home) -> Inputs:
    """The files in force at the latest month that all partners delivered."""
    with Ledger.open(home) as ledger:
        in_force = ledger.in_force()
    month = compute.default_month(in_force)
    return at(calendar.month_end(month), compute.accepted_files(home, compute.known(in_force, month)))


def at(peildatum: date, files: Mapping[str, Sequence[tuple[str, Path]]]) -> Inputs:
    return Inputs(peildatum, geography.division(peildatum), files)


def save(inputs: Inputs, path: Path) -> None:
    files = {feed: [(month, str(file)) for month, file in sorted(mine)] for feed, mine in inputs.files.items()}
    path.write_text(json.dumps({"peildatum": inputs.peildatum.isoformat(), "files": files}), encoding="utf-8")


def load(path: Path) -> Inputs:
    found = json.loads(path.read_text(encoding="utf-8"))
    files = {feed: [(month, Path(file)) for month, file in mine] for feed, mine in found["files"].items()}
    return at(date.fromisoformat(found["peildatum"]), files)


def tenfold(inputs: Inputs, folder: Path, copies: int = COPIES) -> Inputs:
    """The same country ``copies`` times side by side, in ``folder``: other gezinnen and other record numbers each time.

    So every count and sum is exactly ``copies`` times as large, which is what a run over it is held against.
    """
    con = duckdb.connect(config={"memory_limit": "1GiB", "temp_directory": str(folder / "spill")})
    made = {
        feed: [(month, _copied(con, contracts()[feed], month, file, folder, copies)) for month, file in mine]
        for feed, mine in inputs.files.items()
    }
    con.close()
    return at(inputs.peildatum, made)


def _copied(
    con: duckdb.DuckDBPyConnection, contract: Contract, month: str, file: Path, folder: Path, copies: int
) -> Path:
    if "gezin" not in contract.column_names:
        return file
    target = folder / contract.partner / contract.feed / f"{month}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = " union all ".join(_copy(contract, number) for number in range(copies))
    query = f"with bron as (select * from read_parquet($bron)) {rows}"
    con.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)", {"bron": str(file)})
    return target


def _copy(contract: Contract, number: int) -> str:
    shifted = ALPHABET[number:] + ALPHABET[:number]
    renamed = {name: f"'{number}-' || {name}" for name in {contract.key, *REGISTRATIES} & set(contract.column_names)}
    renamed["gezin"] = f"translate(gezin, '{ALPHABET}', '{shifted}')"
    named = ", ".join(f"{value} as {name}" for name, value in sorted(renamed.items()))
    return f"select * replace ({named}) from bron"
