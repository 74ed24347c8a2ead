"""When two regions merge, figures of a peildatum before it are as they were, and one after it counts both as one
region, in every month."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import product
import pytest
from edge_inbox import edge_inbox

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

from merger import NEW, OLD, merged

from data_contracts.loader import contracts
from indicators import geography
from indicators.disclosure.protect import protect
from indicators.model import definitions
from indicators.statistics import KEY
from pipelines import engine, entities
from pipelines.tables import Tables

FIRST = date(2020, 7, 1)
BEFORE, AFTER = "2020-06", "2021-04"
CHOSEN = (
    "veiligheidsbeoordeling_binnen_5_werkdagen",
    "tijd_tot_eerste_afstemming",
    "herhaling_18_maanden",
    "kosten_per_zaak",
    "aandeel_extra_inzet",
    "actieoverleg_dekking",
    "hg_vt_zsm_dekking",
)
SUMS = ("n", "teller", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "rijp", "open", "zonder_tarief", "bijdragers")
# What the network says of the regions, in one delivery: region, day, status.
SAID = [
    (OLD[0], date(2020, 1, 1), "gepland"),
    (OLD[1], date(2020, 3, 1), "afweging"),
    (OLD[0], date(2020, 9, 1), "actief"),
    (OLD[1], date(2020, 9, 1), "geen"),
    (OLD[1], date(2020, 11, 1), "actief"),
    (NEW, date(2020, 12, 1), "gepland"),
]


def inbox(renamed: str = "") -> Any:
    """The edge inbox with SAID; every record of ``renamed`` already has the code of the new region."""
    found = deepcopy(edge_inbox())
    rows = [
        {"status_id": f"s{i}", "regio": regio, "verbeteractiviteit": "actieoverleg", "peildatum": day,
         "status": status, "toelichting": None, "vervallen": False}
        for i, (regio, day, status) in enumerate(SAID)
    ]  # fmt: skip
    found["landelijk_netwerk", "regio_status"]["2020-03"] += rows
    for months in found.values():
        for row in (row for rows in months.values() for row in rows):
            row.update({name: NEW for name in ("vt_regio", "regio") if row.get(name) == renamed})
    return found


def compute(folder: Path, month: str, rows: tuple[geography.Regio, ...], renamed: str = "") -> Tables:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geography, "listed", lambda: rows)
        return product.compute(inbox(renamed), month, folder, {name: definitions()[name] for name in CHOSEN})


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[geography.Regio, ...]:
    return merged(tmp_path_factory.mktemp("indeling"), FIRST)


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """By the list of regions without the merger."""
    return compute(tmp_path_factory.mktemp("nu"), AFTER, geography.listed())


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, rows: tuple[geography.Regio, ...]) -> Tables:
    return compute(tmp_path_factory.mktemp("na"), AFTER, rows)


def test_a_peildatum_before_the_merger_has_the_old_division(tmp_path: Path, rows: tuple[geography.Regio, ...]) -> None:
    """Also where a partner, ahead of it, delivered by the new code: that is of the first of the old ones."""
    (tmp_path / "nu").mkdir()
    (tmp_path / "dan").mkdir()
    without = compute(tmp_path / "nu", BEFORE, geography.listed())
    found = compute(tmp_path / "dan", BEFORE, rows, renamed=OLD[0])
    assert set(OLD) <= set(found.named["indicator_values"]["regio"])
    for name, frame in without.named.items():
        assert found.named[name].equals(frame), name


def test_the_new_region_is_the_sum_of_the_old_ones_in_every_month(today: Tables, after: Tables) -> None:
    regional = pl.col("regio_niveau") == "vt_regio"
    key = ["indicator", *KEY]
    known = today.named["statistics"].filter(regional).with_columns(pl.col("regio").replace(dict.fromkeys(OLD, NEW)))
    # Null where the kind has no such sum.
    expected = known.group_by(key).agg(
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in SUMS
    )
    found = after.named["statistics"].filter(regional).select(*key, *SUMS)
    assert found.sort(key).equals(expected.select(found.columns).cast(dict(found.schema)).sort(key))
    mine = found.filter(regio=NEW)
    assert set(mine["indicator"]) == {name for name in CHOSEN if "dekking" not in name}
    assert min(mine["periode"]) < "2020-07" < max(mine["periode"])
    assert set(OLD).isdisjoint(found["regio"]) and found["regio"].n_unique() == 25


def test_a_gezin_known_in_both_counts_once(today: Tables, after: Tables) -> None:
    few = pl.col("gezinnen").is_not_null()
    parts = today.named["statistics"].filter(few & pl.col("regio").is_in(OLD))
    parts = parts.group_by([name for name in ("indicator", *KEY) if name != "regio"]).agg(
        meest=pl.col("gezinnen").max(), samen=pl.col("gezinnen").sum()
    )
    whole = after.named["statistics"].filter(few, regio=NEW).join(parts, on=parts.columns[:-2])
    assert whole.height and (whole["gezinnen"].is_between(whole["meest"], whole["samen"])).all()


def test_arrondissement_and_country_stay_as_they_were(today: Tables, after: Tables) -> None:
    larger = (pl.col("regio_niveau") != "vt_regio") & (pl.col("indicator") != "actieoverleg_dekking")
    for name in ("indicator_values", "statistics", "survival"):
        before, now = (found.named[name].filter(larger) for found in (today, after))
        assert now.equals(before) and (now.height or name == "survival")
    same = ~pl.col("regio").is_in([NEW, *OLD])
    for name in ("indicator_values", "statistics", "regio_status", "opleidingen"):
        before, now = (found.named[name].filter(same, pl.col("regio") != "nederland") for found in (today, after))
        assert now.equals(before)


def test_the_statuses_of_the_old_regions_reach_the_new_one(after: Tables) -> None:
    """The latest day wins, of one day the greatest id: that is s3, geen, in September."""
    found = after.named["regio_status"].filter(verbeteractiviteit="actieoverleg")
    mine = dict(found.filter(regio=NEW).select("maand", "status").iter_rows())
    assert {m: mine[m] for m in ("2020-02", "2020-03", "2020-08", "2020-09", "2020-10", "2020-11", "2020-12")} == {
        "2020-02": "gepland",
        "2020-03": "afweging",
        "2020-08": "afweging",
        "2020-09": "geen",
        "2020-10": "geen",
        "2020-11": "actief",
        "2020-12": "gepland",
    }
    assert found["regio"].n_unique() == 25


def test_coverage_is_of_25_regions(today: Tables, after: Tables) -> None:
    for found, regions in ((today, 26), (after, 25)):
        values = found.named["indicator_values"]
        assert set(values.filter(indicator="actieoverleg_dekking")["noemer"]) == {regions}
        assert set(values.filter(indicator="hg_vt_zsm_dekking")["noemer"]) == {10}


def test_the_protected_cube_has_the_regions_of_the_division(rows: tuple[geography.Regio, ...], after: Tables) -> None:
    months = ["2021-03", "2021-04"]
    named = after.named
    cube = protect(
        named["indicator_values"], named["statistics"], named["survival"], {n: definitions()[n] for n in CHOSEN},
        months=months, peildatum=date(2021, 4, 30), division=geography.at(rows, FIRST),
    ).cube  # fmt: skip
    regions = cube.filter(regio_niveau="vt_regio")["regio"]
    assert regions.n_unique() == 25 and NEW in regions and set(OLD).isdisjoint(regions)
    assert cube.filter(regio_niveau="arrondissement")["regio"].n_unique() == 10


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with engine.connect(tmp_path) as con:
        yield con


@pytest.mark.parametrize("later", [False, True])
def test_codes_are_looked_up_only_where_some_are_not_in_force(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: tuple[geography.Regio, ...], later: bool
) -> None:
    inputs = product.inputs(edge_inbox(), AFTER, tmp_path)
    division = geography.at(rows, FIRST) if later else geography.division(FIRST)
    entities.build(con, entities.Observation(inputs.peildatum, "2019-09", division), contracts(), inputs.files)
    (said,) = con.execute("select sql from duckdb_views() where view_name = 'inzet_politie'").fetchone() or ("",)
    assert ("CASE" in said.upper()) == later
