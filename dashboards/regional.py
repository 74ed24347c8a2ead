"""One region's figures beside its arrondissement and the country, judged and told, by theme. Pure.

Not here: how it looks (``pages/regio.py``). Cells are picked; which period an indicator is shown for follows from the
region's own cells: the newest that is final, else the newest with a figure, and without any the country's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards import figures, queries, texts
from dashboards.queries import Publication, Region
from indicators.comparison.verdict import Comparison, Verdict
from indicators.explanation import by_theme
from indicators.geography import LAND

Cell = Mapping[str, Any]
FIRST = {"quantiles": "mediaan"}


@dataclass(frozen=True)
class Line:
    """One indicator in one region.

    ``cell``: its figure, or the newest cell where there is none; ``arrondissement``, ``country``: the same period's
    (None where the indicator has none, or the region is itself one); ``series``: the region's cells of this kind of
    period in order; ``beside``: the cells of the regions of its level in the same period, in order of region;
    ``compared``: these beside the country, None where the region is the country.
    """

    definition: Mapping[str, Any]
    cell: Cell
    arrondissement: Cell | None
    country: Cell | None
    series: pl.DataFrame
    beside: pl.DataFrame
    compared: Comparison | None

    @property
    def verdict(self) -> Verdict | None:
        """Of this region beside the country."""
        found = self.compared.verdicts if self.compared else ()
        return next((v for v in found if v.regio == self.cell["regio"]), None)

    @property
    def unit(self) -> str:
        return figures.shown_unit(self.definition)


def lines(publication: Publication, region: Region, kind: str) -> list[tuple[str, list[Line]]]:
    """The lines of every theme that has any, in the order of the themes; ``kind``: of period."""
    parts = {
        name: cells
        for (name,), cells in publication.plain.filter(pl.col("periode_soort") == kind)
        .partition_by("indicator", as_dict=True)
        .items()
    }
    out = []
    for theme, definitions in by_theme(publication.definitions.values()):
        found = [
            line
            for definition in definitions
            if definition["id"] in parts
            and (line := _line(publication, definition, parts[definition["id"]], region)) is not None
        ]
        if found:
            out.append((theme, found))
    return out


def cells(publication: Publication, themes: list[tuple[str, list[Line]]]) -> pl.DataFrame:
    """Every cell that the lines show, in their order: of the region, its arrondissement and the country; as ``plain``,
    with a column ``label``."""
    rows = [
        {**cell, "label": next(iter(publication.splits(line.definition["id"], texts.get("splits"))[0].labels.values()))}
        for _, lines in themes
        for line in lines
        for cell in (line.cell, line.arrondissement, line.country)
        if cell is not None
    ]
    return pl.DataFrame(rows, schema={**publication.plain.schema, "label": pl.String}, orient="row")


def _line(publication: Publication, definition: Mapping[str, Any], cells: pl.DataFrame, region: Region) -> Line | None:
    cells = cells.filter(pl.col("categorie") == FIRST.get(definition["kind"], queries.TOTAL))
    series = cells.filter(pl.col("regio") == region.code).sort("periode")
    if series.is_empty():
        return None
    cell = queries.headline_cell(series) or _of_the_country(cells, series)
    at = cells.filter(pl.col("periode") == cell["periode"])
    of_level = at.filter(pl.col("regio_niveau") == region.niveau)
    country = _one(at, LAND)
    found = None
    if region.niveau != "land":
        found = publication.compared(definition, region.niveau, cell["periode"], cell["dimensie"], cell["categorie"])
    above = region.arrondissement if region.niveau == "vt_regio" else ""
    return Line(definition, cell, _one(at, above), country, series, of_level, found)


def _of_the_country(cells: pl.DataFrame, series: pl.DataFrame) -> Cell:
    """The region's cell, without a figure, of the period that the country is told of."""
    national = queries.headline_cell(cells.filter(pl.col("regio") == LAND))
    at = series.filter(pl.col("periode") == national["periode"]) if national else series.clear()
    return at.row(0, named=True) if at.height else series.row(-1, named=True)


def _one(cells: pl.DataFrame, code: str) -> Cell | None:
    found = cells.filter(pl.col("regio") == code)
    return found.row(0, named=True) if found.height else None


def sentence(line: Line, region: str) -> str:
    """The figure in a plain sentence; beside the country, and whether that is more than chance."""
    value = figures.spoken(line.cell, line.unit)
    if not value:
        word = texts.get("status")[line.cell["status"]]["word"]
        return texts.say("regio.hidden", status=word)
    form = texts.get("regio.statements").get(line.definition["id"], texts.get("regio.statement"))
    said = form.format(region=region, value=value, title=line.definition["title"])
    national = figures.spoken(line.country, line.unit) if line.country else ""
    if not national or line.verdict is None or line.definition["kind"] == "sum":
        return f"{said}."
    verdict = line.verdict
    if verdict.differs:
        ending = texts.get(f"regio.ends.{verdict.certainty}")
        direction = texts.get("regio.more" if _above(line) else "regio.less")
        return f"{said}; " + ending.format(direction=direction, country=national)
    place = verdict.verdict if verdict.verdict == "as_expected" else "not_compared"
    return f"{said}; " + texts.say(f"regio.ends.{place}", country=national)


def _above(line: Line) -> bool:
    if line.country is None or line.country["waarde"] is None or line.cell["waarde"] is None:
        return False
    return bool(line.cell["waarde"] > line.country["waarde"])


def standing_out(themes: list[tuple[str, list[Line]]]) -> list[Line]:
    """The lines whose figure differs from the country's by more than chance, clear ones first."""
    found = [line for _, lines_ in themes for line in lines_ if line.verdict and line.verdict.differs]
    return sorted(found, key=lambda line: line.verdict is None or line.verdict.certainty != "clearly")


def is_compared(themes: list[tuple[str, list[Line]]]) -> bool:
    """Whether any figure could be compared with the country's."""
    return any(line.verdict is not None and not line.verdict.reason for _, lines_ in themes for line in lines_)


def hidden(themes: list[tuple[str, list[Line]]]) -> list[str]:
    """The titles of the indicators without any figure in this region."""
    return [
        str(line.definition["title"])
        for _, lines_ in themes
        for line in lines_
        if not figures.figure(line.cell, line.unit)
    ]
