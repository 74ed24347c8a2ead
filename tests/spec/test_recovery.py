"""What was planted in the fictitious country is found back at the end of the road, from files to figure."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import compute, deliver, inbox
from pipelines.home import Home
from pipelines.synthesis import synthesize, truth_path

FEEDS = ("veilig_thuis/meldingen", "politie/incidenten")  # all that repetition needs


def recovered(folder: Path, seed: int, scale: float) -> tuple[float, float, float]:
    """(planted, lower, upper) of the national repetition of zaken that began in 2019."""
    home = Home.open(folder / f"home-{seed}", create=True)
    synthesize(home.inbox, "2018-12", "2021-12", scale, seed)
    planted = json.loads(truth_path(home.inbox).read_text())["herhaling_18_maanden"]["nederland"]["2019"]["kans"]
    files = inbox.select([home.inbox / feed for feed in FEEDS], date(2026, 1, 1)).files
    outcomes = deliver.deliver(home, files)
    assert {o.verdict for o in outcomes} == {"accepted"}
    values = compute.compute(home, "2021-12").read("indicator_values")
    cell = values.filter(
        (pl.col("indicator") == "herhaling_18_maanden")
        & (pl.col("regio") == "nederland")
        & (pl.col("periode") == "2019")
        & (pl.col("dimensie") == "totaal")
    ).to_dicts()[0]
    return planted, cell["ondergrens"], cell["bovengrens"]


def test_the_planted_repetition_is_found_back(tmp_path: Path) -> None:
    planted, lower, upper = recovered(tmp_path, seed=1, scale=0.01)
    assert lower <= planted <= upper
    assert 0 < upper - lower < 0.1


@pytest.mark.slow
def test_the_interval_covers_the_planted_repetition_in_at_least_17_of_20_countries(tmp_path: Path) -> None:
    covered = 0
    for seed in range(1, 21):
        planted, lower, upper = recovered(tmp_path, seed, scale=0.1)
        covered += lower <= planted <= upper
        print(f"seed {seed}: planted {planted:.4f}, interval {lower:.4f} to {upper:.4f}")
    assert covered >= 17, f"covered {covered} of 20"
