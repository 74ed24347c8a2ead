"""The registry of constraints, held against exact tables: what it says must hold to the unit, in every year."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import product
import pytest
from random_inbox import random_inbox

from indicators import geography
from indicators.attack import Published
from indicators.attack.bounds import propagate
from indicators.attack.tables import blocks
from indicators.disclosure import cube
from indicators.explanation import published
from indicators.model import definitions
from pipelines import knowledge, publication

KEY = ["indicator", "regio", "periode", "dimensie", "categorie"]
# In classes of one from zero on, everything is printed as it is.
EXACT = {"rule": {"threshold": 0, "width": 1}}


@pytest.fixture(scope="module", params=(3, 15))
def exact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A fictitious country, its exact counts in the shape of a publication: 0 where nothing was counted."""
    inbox = random_inbox(request.param)
    month = knowledge.default_month({f"{p}/{f}": months for (p, f), months in inbox.items()})
    assert month is not None
    tables = product.compute(inbox, month, tmp_path_factory.mktemp("exact")).named
    values = tables["indicator_values"]
    peildatum: date = values["peildatum"][0]
    division = geography.division(peildatum)
    months = sorted(values.filter(pl.col("periode_soort") == "maand")["periode"].unique())
    every = pl.concat(
        [cube.cells(d, months, division) for d in definitions().values() if d.kind != "coverage"],
        how="vertical_relaxed",
    )
    figures = values.select(*KEY, "n", "teller", "status")
    # The printed status belongs to the period: one cell without a rate, and all of them say so; and where nothing was
    # counted nothing is printed.
    missing = (pl.col("status") == "onvolledig").any() | pl.col("status").is_null().all()
    missing = missing.over("indicator", "periode", "dimensie")
    as_printed = pl.when(missing).then(pl.lit("onvolledig")).otherwise(pl.lit("definitief"))
    return Published(
        every.join(figures, on=KEY, how="left").with_columns(pl.col("n", "teller").fill_null(0), status=as_printed),
        pl.DataFrame(),
        json.loads(json.dumps([published(d) for d in definitions().values()], default=str)),
        json.loads(publication.regions_json(division)),
        EXACT,
        peildatum,
        tables["praktijklocaties"],
    )


def test_every_constraint_holds_to_the_unit(exact: Published) -> None:
    checked = 0
    for block in blocks(exact):
        known = propagate(block)
        assert not known.contradicted, (block.year, block.indicators)
        for axis, sums in enumerate(block.sums):
            for parent, children in sums:
                parts = np.take(known.low, children, axis).sum(axis)
                assert (parts <= np.take(known.high, parent, axis)).all()
                checked += int((np.take(known.high, parent, axis) > 0).sum())
    assert checked > 1000


def test_a_constraint_that_does_not_hold_is_noticed(exact: Published) -> None:
    """One Actieoverleg more in one indicator than in the other."""
    one = (pl.col("indicator") == "casusregie_belegd") & (pl.col("n") > 0)
    first = exact.cube.with_row_index().filter(one)["index"][0]
    wrong = exact.cube.with_row_index().with_columns(
        n=pl.when(pl.col("index") == first).then(pl.col("n") + 1).otherwise("n")
    )
    changed = replace(exact, cube=wrong.drop("index"))
    assert any(propagate(block).contradicted for block in blocks(changed))
