"""The product held against the slow oracle: every cell of every indicator, on small nasty random inboxes.

A quick round runs with every test; ``make oracle`` runs 2,000 inboxes.
"""

from __future__ import annotations

from pathlib import Path

import product
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.comparison import compare
from oracle.table import indicator_values
from random_inbox import random_inbox

from indicators.model import definitions


def _differences(seed: int, folder: Path) -> list[str]:
    versions = {d.id: d.version for d in definitions().values()}
    inbox = random_inbox(seed)
    expected = indicator_values(inbox, versies=versions)
    scratch = folder / str(seed)
    scratch.mkdir(exist_ok=True)
    assert expected, "an inbox without any figure proves nothing"
    return compare(product.compute(inbox, None, scratch).named["indicator_values"], expected)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_every_cell_equals_the_oracle(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert _differences(seed, tmp_path_factory.mktemp("oracle")) == []


@pytest.mark.slow
@pytest.mark.parametrize("block", range(40))
def test_every_cell_equals_the_oracle_on_2000_inboxes(block: int, tmp_path: Path) -> None:
    for seed in range(block * 50, block * 50 + 50):
        assert _differences(seed, tmp_path) == [], f"seed {seed}"
