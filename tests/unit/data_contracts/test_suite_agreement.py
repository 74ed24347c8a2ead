"""Great Expectations and the predicates are written apart; on nasty rows they must still count the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from text_tables import BROKEN, Row, good_row, judge

from data_contracts.loader import contracts
from data_contracts.model import Column, Contract

NASTY: list[str | None] = [
    None,
    "",
    " ",
    "\u00a0\u2003",
    "x",
    "X\n",
    "\nx",
    "\u200b",
    "fysiek\u202e",
    "\x7f",
    "é",
    "e\u0301" * 300,
    "🤦🏼‍♂️" * 101,
    "a'b\"c",
    "{x} :y %s \\n $1 ?",
    "123456782",
    "06-12345678",
    "NULL",
    "true",
    "false",
    "TRUE",
    "0",
    "-0",
    "0.00",
    "0.001",
    "744.01",
    "99999.99",
    "1e5",
    "NaN",
    "0000-01-01",
    "0001-01-01",
    "1999-12-31",
    "2000-01-01",
    "2021-12-31",
    "2022-01-01",
    "9999-12-31",
    "2021-02-29",
    "0000-01-01T00:00:00Z",
    "1999-12-31T22:59:59Z",
    "1999-12-31T23:00:00Z",
    "2021-12-31T22:59:59Z",
    "2021-12-31T23:00:00Z",
    "2021-03-28T02:30:00+01:00",
    "9999-12-31T23:59:59-23:59",
    "2021-03-08T13:00:36+00:00",
    "2021-03-08T13:00:00-00:00",
]


def nasty_value(draw: random.Random, column: Column) -> str | None:
    if draw.random() < 0.6:
        return draw.choice([column.example, *column.values])
    return draw.choice(NASTY)


def nasty_row(draw: random.Random, contract: Contract, number: int) -> Row:
    if draw.random() < 0.02:
        return BROKEN
    row = good_row(contract, draw.randrange(max(1, number)))
    for column in contract.columns:
        if draw.random() < 0.4:
            row[column.name] = nasty_value(draw, column)
    return row


@pytest.mark.parametrize(
    "name", ["veilig_thuis/meldingen", "veilig_thuis/inzet", *(n for n in contracts() if n.startswith("landelijk"))]
)
def test_nasty_rows_are_counted_alike(tmp_path: Path, name: str) -> None:
    draw = random.Random(name)
    contract = contracts()[name]
    # Raises InternalError where the counts differ.
    found = judge(contract, [nasty_row(draw, contract, i) for i in range(600)], tmp_path)
    broken = {item.code for item in found.evaluations if item.level == "rij" and item.rows}
    assert len(broken) > len([rule for rule in contract.rules if rule.level == "rij"]) * 0.8
