"""Exact tables and the protected cube once more, from deliveries that the ledger names. Keeps nothing.

Not here: which deliveries (``publication.deliveries``, ``compute.known``), and what the outcome is held against
(``explain.py``, ``causes.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from indicators import calendar, geography
from indicators.disclosure import earlier, repair
from indicators.geography import Division
from indicators.model import Definition, definitions
from pipelines import compute, engine, publication, tables
from pipelines.compute import Progress
from pipelines.home import Home
from pipelines.ledger import Delivery
from pipelines.printed import Said


@dataclass(frozen=True)
class Recomputed:
    """``exact``: tables of ``results/``; ``cube``, ``curves``: what may leave of them."""

    exact: Mapping[str, pl.DataFrame]
    cube: pl.DataFrame
    curves: pl.DataFrame


def everything(
    home: Home,
    deliveries: Mapping[str, Sequence[Delivery]],
    peildatum: date,
    division: Division,
    before: Said,
    progress: Progress = lambda *_: None,
) -> Recomputed:
    """Every indicator, before the gate, at the peildatum by the regions of ``division``, over the months that a
    publication would cover, after what was said ``before``.

    Raises storage.DamagedFile when a stored file is not what was written.
    """
    inputs = tables.Inputs(peildatum, division, compute.accepted_files(home, deliveries))
    exact = _tables(home, inputs, definitions(), progress)
    made = publication.protected(exact, exact["survival"], peildatum, division, before)
    return Recomputed(exact, *made.protected)


def published(
    home: Home, manifest: Mapping[str, Any], chosen: Mapping[str, Definition], progress: Progress = lambda *_: None
) -> Recomputed:
    """The ``chosen`` indicators as the publication with this manifest has them, by the code of now.

    Raises UserError when the ledger does not know one of its deliveries any more, and storage.DamagedFile.
    """
    peildatum = date.fromisoformat(str(manifest["peildatum"]))
    division = geography.division(peildatum)
    files = compute.accepted_files(home, publication.deliveries(home, manifest))
    exact = _tables(home, tables.Inputs(peildatum, division, files), chosen, progress)
    months = calendar.months_between(str(manifest["first_month"]), str(manifest["last_month"]))
    before = publication.said_after(home, publication.based_on(manifest))
    made = publication.of_chosen(exact, exact["survival"], chosen, months, peildatum, division, before)
    # The gate weighs all indicators at once: what it hid is taken over.
    said = publication.said_after(home, str(manifest["publication"])).cells
    return Recomputed(
        exact, *repair.hide(made.protected, said.filter(waarom=earlier.BY_GATE).select(earlier.KEY).rows())
    )


def _tables(
    home: Home, inputs: tables.Inputs, chosen: Mapping[str, Definition], progress: Progress
) -> Mapping[str, pl.DataFrame]:
    with home.scratch() as scratch:
        return tables.compute(inputs, chosen, scratch, progress, engine.chosen()).named
