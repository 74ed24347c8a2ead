"""Every figure of a publication comes out again: all its files are made anew from what its manifest names."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_contracts.loader import contracts
from indicators import calendar, geography
from indicators.explanation import published
from indicators.model import definitions
from pipelines import compute, explain, lineage, publication, quality, recompute, tables
from pipelines.explain import Cell
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.publication import CUBE, CURVES, REFERENCE, REGIONS, STEWARDS

NUMBER = "0001"
# Of every indicator.
CELLS = 12
# What a publication has that is no table of figures, or the same table once more.
TOLD_APART = {"definitions.json", REGIONS, f"{STEWARDS}/feeds.json", "indicator_values.csv"}


@pytest.fixture(scope="module")
def manifest(delivered: Home) -> dict[str, Any]:
    return publication.read_manifest(delivered, NUMBER)


@pytest.fixture(scope="module")
def remade(delivered: Home, manifest: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """Every table of the publication by its file, from the deliveries that the manifest names."""
    known = definitions()
    made = recompute.published(delivered, manifest, known)
    return {
        CUBE: made.cube,
        CURVES: made.curves,
        **{f"{name}.parquet": made.exact[name] for name in REFERENCE},
        f"{STEWARDS}/data_quality.parquet": _quality(delivered, manifest),
    }


def _quality(home: Home, manifest: Mapping[str, Any]) -> pl.DataFrame:
    """What the ledger says, of deliveries up to the peildatum, and what the rows say."""
    peildatum = date.fromisoformat(manifest["peildatum"])
    inputs = tables.Inputs(
        peildatum, geography.division(peildatum), compute.accepted_files(home, publication.deliveries(home, manifest))
    )
    one = dict(list(definitions().items())[:1])
    with home.scratch() as scratch, Ledger.open(home) as ledger:
        of_rows = tables.compute(inputs, one, scratch).quality
        of_deliveries = quality.of_deliveries(
            ledger.all(), ledger.evaluations_by_delivery(), contracts(), calendar.month_of(peildatum)
        )
    return quality.table(of_deliveries, of_rows)


def _file(home: Home, name: str) -> Path:
    return home.publications / NUMBER / name


def test_every_row_of_every_table_comes_out_again(
    delivered: Home, manifest: Mapping[str, Any], remade: Mapping[str, pl.DataFrame]
) -> None:
    assert {*remade, *TOLD_APART} == set(manifest["files"]), "a file of the publication is looked at by nobody"
    for name, again in remade.items():
        printed = pl.read_parquet(_file(delivered, name))
        assert again.equals(printed), name
        # In seven months no survival ripens: curves are proven in tests/unit/indicators/test_disclosure_protect.py.
        assert printed.height or name == CURVES, f"{name} is empty: it proves nothing"
    assert _file(delivered, "indicator_values.csv").read_text(encoding="utf-8") == remade[CUBE].write_csv()


def test_one_figure_that_is_not_as_published_is_noticed(remade: Mapping[str, pl.DataFrame]) -> None:
    cube = remade[CUBE]
    at = cube["n"].is_not_null().arg_max()
    n = cube["n"].to_list()
    n[at] += 1
    assert not cube.with_columns(pl.Series("n", n, pl.Int64)).equals(cube)


def test_what_is_said_of_every_indicator_is_published(delivered: Home) -> None:
    said = json.loads(_file(delivered, "definitions.json").read_text(encoding="utf-8"))
    expected = json.loads(json.dumps([published(d) for d in definitions().values()], default=str))
    assert [{k: v for k, v in d.items() if k != "feeds_behind"} for d in said] == expected
    for d in said:
        assert set(d["feeds_behind"]) == lineage.feeds_behind(d["id"]) | set(definitions()[d["id"]].feeds)
        assert set(d["feeds_behind"]) <= set(contracts())


def test_the_regions_are_those_of_the_peildatum(delivered: Home, manifest: Mapping[str, Any]) -> None:
    division = geography.division(date.fromisoformat(manifest["peildatum"]))
    assert _file(delivered, REGIONS).read_bytes() == publication.regions_json(division)
    assert manifest["regio_indeling"] == {"naam": division.naam, "vanaf": division.vanaf.isoformat()}


@pytest.mark.slow
def test_every_indicator_is_explained_and_the_same(delivered: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen cells of each; an indicator is computed again once, and not for each of its cells."""
    real, made = recompute.published, {}

    def once(home: Home, manifest: Any, chosen: Mapping[str, Any], progress: Any) -> recompute.Recomputed:
        name = "".join(chosen)
        if name not in made:
            made[name] = real(home, manifest, chosen, progress)
        return made[name]

    monkeypatch.setattr(recompute, "published", once)
    cube = publication.cube_of(delivered, NUMBER)
    for name in definitions():
        mine = cube.filter(indicator=name)
        some = random.Random(name).sample(range(mine.height), CELLS)
        for row in mine[some].iter_rows(named=True):
            found = explain.explain(delivered, NUMBER, Cell(**{key: row[key] for key in Cell.__dataclass_fields__}))
            assert found.is_equal and found.printed == row
            assert found.deliveries and all(v.then == v.now for v in found.versions)
    assert made.keys() == definitions().keys()
