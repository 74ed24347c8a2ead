"""What holds by the nature of the figures, whatever the data: sums, kinds, order, buckets, time."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import product
import pytest
from random_inbox import random_inbox

from data_contracts.loader import contracts
from indicators import calendar
from indicators.model import PARTNER_FEEDS, definitions
from pipelines import knowledge, tables

SEEDS = (3, 15)
KEY = ["indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]
Inbox = dict[tuple[str, str], dict[str, list[dict[str, Any]]]]


def last_month(inbox: Inbox) -> str:
    month = knowledge.default_month({f"{p}/{f}": months for (p, f), months in inbox.items()})
    assert month is not None
    return month


@pytest.fixture(scope="module", params=SEEDS)
def inbox(request: pytest.FixtureRequest) -> Inbox:
    return random_inbox(request.param)


@pytest.fixture(scope="module")
def computed(inbox: Inbox, tmp_path_factory: pytest.TempPathFactory) -> tables.Tables:
    return product.compute(inbox, None, tmp_path_factory.mktemp("computed"))


def changed(inbox: Inbox, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Inbox:
    return {feed: {month: change(rows) for month, rows in months.items()} for feed, months in inbox.items()}


def test_a_country_is_the_sum_of_its_regions(computed: tables.Tables) -> None:
    statistics = computed.named["statistics"].filter(pl.col("kind") != "coverage")
    sums = ["n", "teller", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "rijp", "open", "zonder_tarief"]
    cell = ["indicator", "periode_soort", "periode", "dimensie", "categorie"]
    by_level = {
        niveau: part.group_by(cell).agg(pl.col(sums).sum()).sort(cell)
        for (niveau,), part in statistics.group_by("regio_niveau")
    }
    assert by_level["land"].height > 0
    # A cell without units has no row, so a level may lack rows without a rate: only kosten_totaal has such.
    for niveau in ("arrondissement", "vt_regio"):
        assert by_level[niveau].drop("zonder_tarief").equals(by_level["land"].drop("zonder_tarief"))


def test_a_year_is_the_sum_of_its_months(computed: tables.Tables) -> None:
    statistics = computed.named["statistics"].filter(pl.col("kind") != "coverage")
    cell = ["indicator", "regio", "dimensie", "categorie", "jaar"]
    years = statistics.with_columns(jaar=pl.col("periode").str.slice(0, 4))
    sums = {
        soort: part.group_by(cell).agg(pl.col("n", "teller", "sum_x", "sum_y").sum()).sort(cell)
        for (soort,), part in years.group_by("periode_soort")
    }
    assert sums["maand"].equals(sums["jaar"]) and sums["kwartaal"].equals(sums["jaar"])


def test_hermelding_and_vervolgmelding_together_are_herhaling(computed: tables.Tables) -> None:
    values = computed.named["indicator_values"].filter(pl.col("indicator") == "herhaling_18_maanden")
    cell = ["regio", "periode"]
    whole = values.filter(pl.col("dimensie") == "totaal").select(*cell, "teller", "waarde")
    kinds = (
        values.filter(pl.col("dimensie") == "soort")
        .group_by(cell)
        .agg(pl.col("teller").sum().alias("tellers"), pl.col("waarde").sum().alias("waarden"), pl.len())
    )
    both = whole.join(kinds, on=cell, how="full", coalesce=True)
    assert (both["len"] == 2).all() and (both["teller"] == both["tellers"]).all()
    ripe = both.filter(pl.col("waarde").is_not_null())
    assert ((ripe["waarde"] - ripe["waarden"]).abs() < 1e-12).all()


def test_the_order_of_rows_changes_nothing(inbox: Inbox, computed: tables.Tables, tmp_path: Path) -> None:
    shuffled = changed(inbox, lambda rows: random.Random(7).sample(rows, len(rows)))
    again = product.compute(shuffled, None, tmp_path)
    for name, frame in computed.named.items():
        assert again.named[name].equals(frame), name


def test_splitting_gezinnen_over_buckets_changes_nothing(inbox: Inbox, computed: tables.Tables, tmp_path: Path) -> None:
    month = last_month(inbox)
    parts = []
    for bucket in range(3):
        mine = of_bucket(inbox, month, bucket)
        folder = tmp_path / str(bucket)
        folder.mkdir()
        parts.append(product.compute(mine, month, folder).named["statistics"])
    sums = ["n", "teller", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "rijp", "open", "bijdragers"]
    persons = pl.col("kind") != "coverage"
    # Quantiles stand twice (median and p90) over the same units, in every bucket alike.
    added = pl.concat(parts).filter(persons).group_by(KEY).agg(pl.col(sums).sum()).sort(KEY)
    whole = computed.named["statistics"].filter(persons).group_by(KEY).agg(pl.col(sums).sum()).sort(KEY)
    assert added.equals(whole)


def of_bucket(inbox: Inbox, month: str, bucket: int) -> Inbox:
    """The records whose gezin, as last delivered, falls in this one of three buckets."""
    out: Inbox = {}
    for (partner, feed), months in inbox.items():
        if not contracts()[f"{partner}/{feed}"].has_persons:
            out[partner, feed] = months
            continue
        key = contracts()[f"{partner}/{feed}"].key
        latest = {row[key]: row["gezin"] for m in sorted(months) if m <= month for row in months[m]}
        mine = {k for k, gezin in latest.items() if sum(gezin.encode()) % 3 == bucket}
        out[partner, feed] = {m: [row for row in rows if row[key] in mine] for m, rows in months.items()}
    return out


def test_a_later_peildatum_changes_no_definite_cell_when_nothing_new_was_said(inbox: Inbox, tmp_path: Path) -> None:
    month = last_month(inbox)
    later = calendar.add_months(month, 4)
    quiet: Inbox = {}
    for (partner, feed), months in inbox.items():
        known = {m: rows for m, rows in months.items() if m <= month}
        if f"{partner}/{feed}" in PARTNER_FEEDS:
            known |= {m: [] for m in calendar.months_between(calendar.add_months(month, 1), later)}
        quiet[partner, feed] = known
    frames = []
    for until in (month, later):
        folder = tmp_path / until
        folder.mkdir()
        frames.append(product.compute(quiet, until, folder).named["indicator_values"].drop("peildatum"))
    definite = frames[0].filter(pl.col("status") == "definitief")
    assert definite.height > 0 and set(definite["indicator"]) <= set(definitions())
    assert definite.join(frames[1], on=definite.columns, how="anti", nulls_equal=True).is_empty()
