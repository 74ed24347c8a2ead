"""Which cells of a publication a report shows: picked, never added up. Words and layout are made of them later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dashboards import figures, queries, texts
from dashboards.queries import TOTAL, Publication, Region
from indicators.comparison.verdict import AS_EXPECTED, NOT_COMPARED, Verdict
from indicators.geography import LAND

YEARS, QUARTERS, TREND_YEARS = 3, 12, 8
MAP_ACTIVITY = "actieoverleg"
TRENDS = ("kosten_per_zaak", "verschuiving_eerste_14_dagen")
# The columns of the table of effort: of which indicator, and which figure of its cell. The hours in total are what the
# share of extra effort is a part of.
EFFORT = {
    "hours_per_case": ("inzet_uren_per_zaak", "waarde", "uren"),
    "euros_per_case": ("kosten_per_zaak", "waarde", "euro"),
    "hours": ("aandeel_extra_inzet", "noemer", "uren"),
    "euros": ("kosten_totaal", "waarde", "euro"),
    "extra": ("aandeel_extra_inzet", "waarde", figures.WHOLE_SHARE),
    "early": ("verschuiving_eerste_14_dagen", "waarde", figures.WHOLE_SHARE),
}
SPLITS = ("partner", "verbeteractiviteit", "soort_inzet")


@dataclass(frozen=True)
class Choice:
    """Whose report: a region, or a partner in the whole country."""

    region: str = LAND
    partner: str = ""


@dataclass(frozen=True)
class Shown:
    """One figure of a cell. ``cell`` is None where the publication knows no such cell."""

    cell: Mapping[str, Any] | None
    unit: str
    name: str = "waarde"

    @property
    def value(self) -> float | None:
        return None if self.cell is None else self.cell[self.name]

    @property
    def status(self) -> str:
        return "" if self.cell is None else str(self.cell["status"])


@dataclass(frozen=True)
class Tile:
    """One of the four figures. ``entry``: of ``texts``; ``definition`` is None where the publication lacks it;
    ``cell``: the one shown, None without any; ``country``: the same of the whole country; ``before``: a year earlier;
    ``series``: its periods of the same kind."""

    entry: Mapping[str, str]
    definition: Mapping[str, Any] | None = None
    cell: Mapping[str, Any] | None = None
    country: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None
    verdict: Verdict | None = None
    kind: str = "kwartaal"
    series: pl.DataFrame = field(default_factory=pl.DataFrame)
    country_series: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def unit(self) -> str:
        return figures.shown_unit(self.definition) if self.definition else ""


@dataclass(frozen=True)
class Row:
    """A row of the table of effort: a figure for each column of ``EFFORT``. ``own``: it stands out."""

    name: str
    shown: tuple[Shown, ...]
    own: bool = False


@dataclass(frozen=True)
class Group:
    """Rows of one kind. ``name``: of ``texts``, ``period``: that they are about, empty where each has its own."""

    name: str
    period: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Trend:
    """A line through time, with what it is compared with (may be empty): as ``Publication.cells``, and label."""

    indicator: str
    unit: str
    kind: str
    cells: pl.DataFrame
    reference: pl.DataFrame


@dataclass(frozen=True)
class Selection:
    """All that a report is about."""

    publication: Publication
    choice: Choice
    region: Region
    year: str
    month: str
    tiles: tuple[Tile, ...]
    groups: tuple[Group, ...]
    trends: tuple[Trend, ...]
    # Of each verbeteractiviteit, the regions of the map; see ``Publication.status_map``. None without any month.
    activities: Mapping[str, pl.DataFrame]

    @property
    def country(self) -> bool:
        return self.region.code == LAND

    @property
    def shown(self) -> list[Shown]:
        """Every figure that has a place on the report, cells that the publication doesn't know left out."""
        tiles = [Shown(tile.cell or _newest(tile.series), tile.unit) for tile in self.tiles if tile.definition]
        rows = [shown for group in self.groups for row in group.rows for shown in row.shown]
        return [shown for shown in (*tiles, *rows) if shown.cell is not None]


def select(publication: Publication, choice: Choice) -> Selection:
    """The cells of a report. Raises KeyError for a region or a partner that isn't there."""
    region = {r.code: r for r in publication.regions}[choice.region]
    entries = texts.get("report.tiles.partner")[choice.partner] if choice.partner else texts.get("report.tiles.region")
    own, country = _Cells(publication, region.code), _Cells(publication, LAND)
    years = _years(publication)
    year = years[-1] if years else publication.peildatum.isoformat()[:4]
    month = publication.months[-1] if publication.months else ""
    return Selection(
        publication,
        choice,
        region,
        year,
        month,
        tuple(_tile(publication, entry, region, own, country) for entry in entries),
        tuple(_groups(publication, choice, own, country, years, year)),
        tuple(_trends(publication, choice, region, own, country)),
        {activity: publication.status_map(activity, month) for activity in queries.ACTIVITIES} if month else {},
    )


class _Cells:
    """The cells of one region, read once an indicator."""

    def __init__(self, publication: Publication, region: str) -> None:
        self._publication, self._region = publication, region
        self._frames: dict[str, pl.DataFrame] = {}
        self._found: dict[str, dict[tuple[str, str, str], dict[str, Any]]] = {}

    def frame(self, indicator: str) -> pl.DataFrame:
        if indicator not in self._frames:
            self._frames[indicator] = self._publication.cells(indicator=indicator, regio=self._region)
        return self._frames[indicator]

    def series(self, indicator: str, kind: str, dimension: str, category: str) -> pl.DataFrame:
        return self.frame(indicator).filter(periode_soort=kind, dimensie=dimension, categorie=category).sort("periode")

    def cell(self, indicator: str, period: str, dimension: str = TOTAL, category: str = TOTAL) -> dict[str, Any] | None:
        if indicator not in self._found:
            rows = self.frame(indicator).to_dicts()
            self._found[indicator] = {(r["periode"], r["dimensie"], r["categorie"]): r for r in rows}
        return self._found[indicator].get((period, dimension, category))


def _years(publication: Publication) -> list[str]:
    """The newest whole calendar years; without any, the newest there is."""
    found = publication.periods("kosten_totaal", "jaar")
    return publication.whole(found)[-YEARS:] or found[-1:]


def _tile(publication: Publication, entry: Mapping[str, str], region: Region, own: _Cells, country: _Cells) -> Tile:
    indicator, split = entry["indicator"], (entry["dimensie"], entry["categorie"])
    definition = publication.definitions.get(indicator)
    if definition is None:
        return Tile(entry)
    series = {kind: publication.begun(own.series(indicator, kind, *split)) for kind in ("kwartaal", "jaar")}
    # Of a region years, as on its page: most of its quarters are too small to say much.
    kind, cell = _best(series if region.code == LAND else {"jaar": series["jaar"]})
    if cell is None:
        kind, cell = _best(series)
    national = country.series(indicator, kind, *split)
    if cell is None:
        return Tile(entry, definition, series=series[kind], country_series=national, kind=kind)
    same = country.cell(indicator, cell["periode"], *split)
    year, dash, part = cell["periode"].partition("-")
    before = own.cell(indicator, f"{int(year) - 1}{dash}{part}", *split)
    return Tile(
        entry,
        definition,
        cell,
        None if region.code == LAND else same,
        before if before and before["waarde"] is not None else None,
        _verdict(publication, definition, cell) if region.code != LAND else None,
        kind,
        series[kind],
        national,
    )


def _best(series: Mapping[str, pl.DataFrame]) -> tuple[str, dict[str, Any] | None]:
    """The kind of period, and its cell: the newest figure that is final; if there is none, the newest there is. A
    quarter goes before a year that ends no later."""
    for pick in (_newest_final, queries.newest_figure):
        found = [(kind, cell) for kind, cells in series.items() if (cell := pick(cells)) is not None]
        if found:
            return max(found, key=lambda one: _end(one[1]["periode"]))
    return "jaar", None


def _newest_final(cells: pl.DataFrame) -> dict[str, Any] | None:
    final = cells.filter(pl.col("waarde").is_not_null() & (pl.col("status") == "definitief"))
    return _newest(final)


def _newest(cells: pl.DataFrame) -> dict[str, Any] | None:
    return cells.row(-1, named=True) if cells.height else None


def _end(period: str) -> str:
    """The quarter or year by its last month."""
    year, _, quarter = period.partition("-K")
    return f"{year}-{int(quarter or 4) * 3:02d}"


def _verdict(publication: Publication, definition: Mapping[str, Any], cell: Mapping[str, Any]) -> Verdict | None:
    """The region beside the country, among the regions of its level; None where it can't be said."""
    split = (cell["dimensie"], cell["categorie"])
    found = publication.compared(definition, cell["regio_niveau"], cell["periode"], *split)
    verdict = next(v for v in found.verdicts if v.regio == cell["regio"])
    return None if verdict.verdict == NOT_COMPARED else verdict


def says_something(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.verdict != AS_EXPECTED


def _groups(
    publication: Publication, choice: Choice, own: _Cells, country: _Cells, years: Sequence[str], year: str
) -> list[Group]:
    mine = ("partner", choice.partner) if choice.partner else (TOTAL, TOTAL)
    by_year = [Row(y, _row(own, y, *mine), own=y == year) for y in years]
    if choice.region != LAND:
        beside = texts.say("report.effort.country", year=year)
        by_year.append(Row(beside, _row(country, year, TOTAL, TOTAL)))
    groups = [Group("own_years" if choice.partner else "years", "", tuple(by_year))]
    for dimension in SPLITS:
        labels = _labels(publication, dimension)
        rows = [
            Row(label, _row(own, year, dimension, code), own=bool(choice.partner) and code == choice.partner)
            for code, label in labels.items()
        ]
        if dimension == "partner" and choice.partner:
            rows.append(Row(texts.get("report.trends.all_partners"), _row(own, year, TOTAL, TOTAL)))
        name = f"{dimension}_all" if choice.partner and dimension != "partner" else dimension
        groups.append(Group(name, year, tuple(rows)))
    return groups


def _row(cells: _Cells, period: str, dimension: str, category: str) -> tuple[Shown, ...]:
    return tuple(
        Shown(cells.cell(indicator, period, dimension, category), unit, name)
        for indicator, name, unit in EFFORT.values()
    )


def _labels(publication: Publication, dimension: str) -> Mapping[str, str]:
    """Category -> Dutch label, as the publication's own definitions have it."""
    for definition in publication.definitions.values():
        for found in definition["dimensions"]:
            if found["name"] == dimension and definition["id"] == "kosten_totaal":
                return found["categories"]
    return {}


def _trends(publication: Publication, choice: Choice, region: Region, own: _Cells, country: _Cells) -> list[Trend]:
    mine = ("partner", choice.partner) if choice.partner else (TOTAL, TOTAL)
    name = _labels(publication, "partner").get(choice.partner, region.naam)
    out = []
    for indicator in TRENDS:
        kind, cells = "kwartaal", _through_time(publication, own, indicator, "kwartaal", mine).tail(QUARTERS)
        if not cells.height or queries.mostly_hidden(cells):
            kind, cells = "jaar", _through_time(publication, own, indicator, "jaar", mine).tail(TREND_YEARS)
        if not cells.height:
            continue
        beside = country.series(indicator, kind, TOTAL, TOTAL).filter(
            pl.col("periode").is_in(cells["periode"].to_list())
        )
        unit = figures.shown_unit(publication.definitions[indicator])
        # The costs of one partner are a part of those of all; shares can be told beside each other.
        if region.code == LAND and not (choice.partner and unit in figures.SHARES):
            beside = beside.clear()
        out.append(Trend(indicator, unit, kind, cells.with_columns(label=pl.lit(name)), beside))
    return out


def _through_time(
    publication: Publication, own: _Cells, indicator: str, kind: str, split: tuple[str, str]
) -> pl.DataFrame:
    """The periods of a series, less the newest that say nothing yet."""
    return queries.without_immature(publication.begun(own.series(indicator, kind, *split)))
