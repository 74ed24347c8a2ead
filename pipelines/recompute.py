"""Exact tables and the protected cube once more, from deliveries that the ledger names. Keeps nothing.

Not here: which deliveries (``publication.deliveries``, ``compute.known``), and what the outcome is held against
(``explain.py``, ``causes.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from indicators import calendar, geography
from indicators.disclosure.protect import protect
from indicators.geography import Division
from indicators.model import Definition, definitions
from pipelines import compute, publication, tables
from pipelines.compute import Progress
from pipelines.home import Home
from pipelines.ledger import Delivery


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
    progress: Progress = lambda *_: None,
) -> Recomputed:
    """Every indicator at the peildatum by the regions of ``division``, over the months that a publication would cover.

    Raises storage.DamagedFile when a stored file is not what was written.
    """
    inputs = tables.Inputs(peildatum, division, compute.accepted_files(home, deliveries))
    exact = _tables(home, inputs, definitions(), progress)
    _, protected = publication.protected(exact, exact["survival"], peildatum, division)
    return Recomputed(exact, *protected)


def published(
    home: Home, manifest: Mapping[str, object], chosen: Mapping[str, Definition], progress: Progress = lambda *_: None
) -> Recomputed:
    """The ``chosen`` indicators as the publication with this manifest has them, by the code of now.

    Raises UserError when the ledger does not know one of its deliveries any more, and storage.DamagedFile.
    """
    peildatum = date.fromisoformat(str(manifest["peildatum"]))
    division = geography.division(peildatum)
    files = compute.accepted_files(home, publication.deliveries(home, manifest))
    exact = _tables(home, tables.Inputs(peildatum, division, files), chosen, progress)
    protected = protect(
        exact["indicator_values"],
        exact["statistics"],
        exact["survival"],
        chosen,
        months=calendar.months_between(str(manifest["first_month"]), str(manifest["last_month"])),
        peildatum=peildatum,
        division=division,
    )
    return Recomputed(exact, *protected)


def _tables(
    home: Home, inputs: tables.Inputs, chosen: Mapping[str, Definition], progress: Progress
) -> Mapping[str, pl.DataFrame]:
    with home.scratch() as scratch:
        return tables.compute(inputs, chosen, scratch, progress).named
