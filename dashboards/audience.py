"""What a role may see, prepared as data: a publication -> the same publication with no other cell in it.

Pages, charts, downloads and reports are handed the publication of their audience and can't show more. Pure. Not here:
who somebody is (``sessions.py``), which role that gives (``roles.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboards import queries
from dashboards.queries import Publication
from indicators.geography import LAND

NETWORK, ADMINISTRATOR, STEWARD = "landelijk_netwerk", "bestuurder", "gegevensbeheerder"
ROLES = (NETWORK, ADMINISTRATOR, STEWARD)
# Tables of cells. The rest of a publication holds no persons: the status map, practice locations, training, results.
CELLS = ("indicator_values", "curves")
# The dimension whose categories are the organisations themselves.
PARTNER = "partner"


class UnknownRegion(Exception):
    """The region of an audience is none of the publication's. Names the code."""


@dataclass(frozen=True)
class Audience:
    """For whom a publication is prepared. An administrator has either a ``region`` (its code) or a ``partner``.

    ``is_demo``: whoever looks at a fictitious country on their own machine.
    """

    role: str
    region: str = ""
    partner: str = ""
    is_demo: bool = False

    @property
    def name(self) -> str:
        """As the audit log and the register of files name it."""
        return " ".join(filter(None, (self.role, self.region, self.partner)))

    @property
    def is_steward(self) -> bool:
        """Whether exact figures and rows may be seen, and work started."""
        return self.role == STEWARD


# Where everything is made up there is nobody to protect.
DEMO = Audience(STEWARD, is_demo=True)


def cut(publication: Publication, audience: Audience) -> Publication:
    """The publication with only what ``audience`` may see.

    Of a region: its own cells, those of its arrondissement and of the country; of an arrondissement also those of its
    vt_regios. Of a partner: every region, and of the partners only its own categories. Raises UnknownRegion."""
    tables = dict(publication.tables) | {
        name: _cells(publication, audience, publication.tables[name]) for name in CELLS
    }
    definitions = publication.definitions
    if audience.partner:
        definitions = {name: _definition(d, audience.partner) for name, d in definitions.items()}
    return replace(publication, tables=tables, definitions=definitions, audience=audience, cut_from=publication)


def before(publication: Publication) -> tuple[str, Mapping[str, pl.DataFrame]] | None:
    """As ``queries.tables_before``, with only what the audience of ``publication`` may see; None where it has none."""
    found = queries.tables_before(publication.folder.parents[1], publication.number)
    if found is None or publication.audience is None:
        return None
    number, tables = found
    mine = {name: _cells(publication, publication.audience, tables[name]) for name in CELLS if name in tables}
    return number, {**tables, **mine}


def _cells(publication: Publication, audience: Audience, cells: pl.DataFrame) -> pl.DataFrame:
    if audience.region:
        cells = cells.filter(_any_of("regio", _regions(publication, audience.region)))
    if audience.partner:
        cells = cells.filter((pl.col("dimensie") != PARTNER) | (pl.col("categorie") == audience.partner))
    return cells


def _any_of(column: str, values: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column) == value for value in values)


def _regions(publication: Publication, code: str) -> list[str]:
    """The regions whose figures belong to an administrator of region ``code``."""
    own = next((region for region in publication.regions if region.code == code), None)
    if own is None:
        raise UnknownRegion(code)
    within = [
        region.code
        for region in publication.regions
        if own.niveau == "arrondissement" and region.arrondissement == own.code
    ]
    return list(dict.fromkeys((LAND, own.code, own.arrondissement, *within)))


def _definition(definition: Mapping[str, Any], partner: str) -> Mapping[str, Any]:
    """With no other partner to choose from."""
    dimensions = [
        {**d, "categories": {code: label for code, label in d["categories"].items() if code == partner}}
        if d["name"] == PARTNER
        else d
        for d in definition["dimensions"]
    ]
    return {**definition, "dimensions": dimensions}
