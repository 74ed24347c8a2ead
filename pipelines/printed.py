"""What publications have said of every cell so far, and on which exact counts: kept beside them, never in one.

``<home>/printed/NNNN.parquet`` belongs to publication NNNN, whose manifest names its digest; a digest lies beside it
too, for when that manifest is damaged. It holds exact counts and is never made again: without it there is no next
publication. Not here: what follows from it (``indicators.disclosure.earlier``).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from indicators.disclosure import earlier
from indicators.geography import Division
from indicators.model import definitions
from pipelines import lineage, storage
from pipelines.home import Home

# What of a rule decides how a figure is printed, and not whether.
PRINTING = ("threshold", "width", "curve_minimum", "curve_steps")
FIRST = "0000"
DECEMBER = 12
Measures = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Said:
    """``cells``: ``earlier.SAID_SCHEMA`` after ``publication``, which was made at ``peildatum``; before the first one
    there are neither, and no cells."""

    publication: str
    peildatum: date | None
    cells: pl.DataFrame

    def anew(self, peildatum: date) -> bool:
        """Whether a publication at ``peildatum`` after this one is the definitive one of its year."""
        return peildatum.month == DECEMBER and self.peildatum is not None and self.peildatum < peildatum


def nothing() -> Said:
    """Before the first publication."""
    return Said(FIRST, None, earlier.nothing_said())


def path(home: Home, number: str) -> Path:
    """Where it is kept."""
    return home.printed / f"{number}.parquet"


def keep(home: Home, said: Said) -> str:
    """Write it; returns its SHA-256."""
    buffer = io.BytesIO()
    about = {"publication": said.publication, "peildatum": str(said.peildatum)}
    said.cells.write_parquet(buffer, compression="zstd", statistics=False, metadata=about)
    return storage.write_vouched(path(home, said.publication), buffer.getvalue())


def read(home: Home, number: str, digest: str | None) -> Said:
    """As kept after publication ``number``. ``digest``: as its manifest names it, where that is whole.

    Raises storage.DamagedFile.
    """
    file = path(home, number)
    content = storage.read_vouched(file, "")
    about = pl.read_parquet_metadata(io.BytesIO(content))
    if digest not in (None, hashlib.sha256(content).hexdigest()) or about["publication"] != number:
        raise storage.damaged(file, "")
    return Said(number, date.fromisoformat(about["peildatum"]), pl.read_parquet(io.BytesIO(content)))


def measures_now(division: Division, rule: Mapping[str, Any]) -> Measures:
    """The measure of every line of a cube made by the code of now; figures of another measure are not comparable."""
    return _measures(
        {d.id: d.version for d in definitions().values()},
        {name: contract.version for name, contract in contracts().items()},
        division.vanaf.isoformat(),
        rule,
    )


def measures_of(manifest: Mapping[str, Any]) -> Measures:
    """The measure of every line of a publication."""
    return _measures(
        manifest["indicators"],
        {name: contract["version"] for name, contract in manifest["contracts"].items()},
        manifest["regio_indeling"]["vanaf"],
        manifest["protection"]["rule"],
    )


def _measures(
    versions: Mapping[str, str], contract_versions: Mapping[str, str], division: str, rule: Mapping[str, Any]
) -> Measures:
    """By line: a digest of definition, contracts, division and what of the rule decides how a figure is printed."""
    printing = [rule[name] for name in PRINTING]
    found: Measures = {}
    for d in definitions().values():
        if d.kind == "coverage" or d.id not in versions:
            continue
        behind = sorted({*lineage.feeds_behind(d.id), *d.feeds})
        made_by = [versions[d.id], [contract_versions.get(name) for name in behind], division, printing]
        measure = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()[:16]
        found |= {(d.id, name): measure for name in ("totaal", "kwantiel", *(split.name for split in d.dimensions))}
    return found
