"""Every cell of the edge inbox against the oracle, at three peildata; the hard ones by hand: `test_edges_by_hand`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import product
import pytest
from edge_inbox import MONTHS, PEILDATA, edge_inbox
from inbox_format import broken_rules, clashes
from oracle.comparison import compare
from oracle.table import indicator_values

from indicators.model import definitions


@cache
def inbox() -> Any:
    return edge_inbox()


@cache
def expected(peildatum: str) -> list[dict[str, Any]]:
    return indicator_values(inbox(), peildatum, versies={d.id: d.version for d in definitions().values()})


@pytest.mark.parametrize("peildatum", PEILDATA)
def test_every_cell_equals_the_oracle(peildatum: str, tmp_path: Path) -> None:
    computed = product.compute(inbox(), peildatum, tmp_path).named["indicator_values"]
    assert compare(computed, expected(peildatum)) == []


def test_every_row_obeys_its_contract_and_no_key_stands_twice() -> None:
    for (_, feed), by_month in inbox().items():
        for month, rows in by_month.items():
            assert set(by_month) <= set(MONTHS)
            for place, row in enumerate(rows):
                assert broken_rules(feed, row, month) == [], row
                assert not clashes(feed, row, rows[:place]), row


def test_every_status_occurs_for_whoever_can_have_it() -> None:
    """niet_rijp and niet_bereikt belong to survival, voorlopig and definitief to all but the coverage of a hole."""
    seen: dict[str, set[str]] = {}
    for peildatum in PEILDATA:
        for row in expected(peildatum):
            seen.setdefault(row["indicator"], set()).add(row["status"])
    for definition in definitions().values():
        missing = {"onvolledig", "voorlopig", "definitief"} - seen[definition.id]
        assert missing == ({"onvolledig"} if definition.kind == "coverage" else set()), definition.id
        if definition.horizon_days:
            assert "niet_rijp" in seen[definition.id]
    assert "niet_bereikt" in seen["tijd_tot_eerste_afstemming"]
