"""A publication, opened once and by its number, and the cells that a page picks from it.

Belongs here: opening, checking and filtering. Not here: adding up or averaging. Every figure on a screen is a cell that
was published; the one thing counted here is how many regions have a status on the map that is shown.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from indicators import calendar
from indicators.comparison.verdict import Comparison, compare
from indicators.geography import LAND

if TYPE_CHECKING:
    from dashboards.audience import Audience

TABLES = ("indicator_values", "regio_status", "praktijklocaties", "opleidingen", "resultaten")
# What publications from before it was made lack, with its columns.
OPTIONAL = {
    "curves": {
        **dict.fromkeys(
            ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"), pl.String
        ),
        "dag": pl.Int16,
        **dict.fromkeys(("waarde", "ondergrens", "bovengrens"), pl.Float64),
        "onder_risico": pl.Int64,
    }
}
# Exact figures, opened by the pages of the stewards alone.
STEWARDS = "stewards"
MANIFEST, VOUCHER = "manifest.json", "manifest.sha256"
MANIFEST_KEYS = {"publication", "peildatum", "created_at", "code_version", "deliveries", "files", "regio_indeling"}
TOTAL = "totaal"
QUANTILE = "kwantiel"
PERIOD_KINDS = ("maand", "kwartaal", "jaar")
LEVELS = ("land", "arrondissement", "vt_regio")
STATUSES = ("definitief", "voorlopig", "onvolledig", "niet_rijp", "niet_bereikt", "afgeschermd")
ACTIVITY_STATUSES = ("actief", "gepland", "afweging", "geen")
ACTIVITIES = ("actieoverleg", "samen_op_in_acuut", "hg_vt_zsm", "strafbare_km")
# A figure in a cell: a value, or that a quantile lies beyond the horizon.
HAS_FIGURE = pl.col("waarde").is_not_null() | (pl.col("status") == "niet_bereikt")
# A newest figure that is not final, on fewer units than this part of what is usual, says nothing yet.
USUAL_PERIODS, UNUSUAL_PART = 4, 0.5
_KEYS = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie", "status")


class NoPublication(Exception):
    """There is no publication yet under this data home."""


class DamagedPublication(Exception):
    """A publication whose files are not what its manifest says, or that lacks one. Names the file."""


class Region(NamedTuple):
    """One region of a publication. ``arrondissement``: its parent for a vt_regio, itself for an arrondissement, '' for
    the country. ``omtrek``: closed rings of (longitude, latitude) in degrees; none for the country."""

    code: str
    naam: str
    niveau: str
    arrondissement: str
    omtrek: Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True)
class Split:
    """One way to show an indicator: in total, by quantile, or by a dimension. ``labels``: category -> Dutch label."""

    dimension: str
    title: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Publication:
    """One publication: its manifest, its definitions by id, its regions in order and its tables, all read and checked.

    ``folder``: where it lies, for what is opened only when asked for. ``audience``: whom it was prepared for; None of a
    publication as it was read, which is for no page. ``cut_from``: the whole of it, for ``compared`` alone: of other
    regions only what they make of a verdict may be told.
    """

    number: str
    folder: Path
    manifest: Mapping[str, Any]
    definitions: Mapping[str, Mapping[str, Any]]
    regions: Sequence[Region]
    tables: Mapping[str, pl.DataFrame]
    audience: Audience | None = None
    cut_from: Publication | None = None

    @property
    def peildatum(self) -> date:
        return date.fromisoformat(self.manifest["peildatum"])

    @property
    def protection_rule(self) -> Mapping[str, int] | None:
        """The numbers by which counts were printed or hidden; None where the manifest doesn't name them."""
        protection = self.manifest.get("protection")
        rule = protection.get("rule") if isinstance(protection, dict) else None
        return rule if isinstance(rule, dict) else None

    @cached_property
    def months(self) -> list[str]:
        """The months of the status map, in order."""
        return self.tables["regio_status"]["maand"].unique().sort().to_list()

    def whole(self, periods: Sequence[str]) -> list[str]:
        """Of these periods those that lie whole within what was delivered."""
        first, last = self.manifest.get("first_month", ""), calendar.month_of(self.peildatum)
        return [p for p in periods if first <= _months(p)[0] and _months(p)[1] <= last]

    def begun(self, series: pl.DataFrame) -> pl.DataFrame:
        """The cells of periods that don't begin before the deliveries do: of an earlier one a part would stand for the
        whole."""
        first = self.manifest.get("first_month", "")
        kept = [period for period in series["periode"].unique() if first <= _months(period)[0]]
        return series.filter(pl.col("periode").is_in(kept))

    @cached_property
    def region_names(self) -> dict[str, str]:
        """The names of the publication's regions by code, in order."""
        return {region.code: region.naam for region in self.regions}

    @cached_property
    def regions_with_figures(self) -> Sequence[Region]:
        """The regions of which there are cells, in order."""
        there = set(self.tables["indicator_values"]["regio"].unique().cast(pl.String))
        return tuple(region for region in self.regions if region.code in there)

    def names_elsewhere(self, level: str) -> dict[str, str]:
        """The names by code of the regions of a level that its audience sees no figures of."""
        if self.audience is None or not self.audience.region:
            return {}
        seen = {region.code for region in self.regions_with_figures}
        return {r.code: r.naam for r in self.regions if r.niveau == level and r.code not in seen}

    @property
    def outlines(self) -> dict[str, Sequence[Sequence[Sequence[float]]]]:
        """The outlines of the publication's regions by code, as rings."""
        return {region.code: region.omtrek for region in self.regions}

    @cached_property
    def _region_order(self) -> dict[str, int]:
        return {region.code: i for i, region in enumerate(self.regions)}

    @cached_property
    def _horizons(self) -> dict[str, float | None]:
        return {name: d.get("horizon_days") for name, d in self.definitions.items()}

    def status_of(self, indicator: str, period: str, kind: str) -> str:
        """The status of the country's total in one period; ``definitief`` where there is no such cell."""
        found = self.cells(
            indicator=indicator, regio=LAND, periode_soort=kind, periode=period, dimensie=TOTAL
        )  # fmt: skip
        return str(found["status"][0]) if found.height else "definitief"

    def periods(self, indicator: str, kind: str) -> list[str]:
        """The periods that the indicator has cells for, in order. ``kind``: maand, kwartaal or jaar."""
        values = self.tables["indicator_values"]
        found = values.filter((pl.col("indicator") == indicator) & (pl.col("periode_soort") == kind))
        return sorted(found["periode"].cast(pl.String).unique().to_list())

    def levels(self, indicator: str) -> list[str]:
        """The region levels that the indicator is published for, country first."""
        values = self.tables["indicator_values"]
        found = set(values.filter(pl.col("indicator") == indicator)["regio_niveau"].cast(pl.String).unique())
        return [level for level in LEVELS if level in found]

    def cells(self, **keys: str) -> pl.DataFrame:
        """The published rows with these keys, for example ``indicator``, ``regio``, ``periode_soort``; ordered by
        region (as in the region list), period and category. A column ``boven`` tells of a quantile that was not reached
        which number of days it exceeds."""
        conditions = [pl.col(name) == value for name, value in keys.items()]
        return self._worded(self.tables["indicator_values"].filter(*conditions))

    def _worded(self, found: pl.DataFrame) -> pl.DataFrame:
        return (
            found.with_columns(pl.col(name).cast(pl.String) for name in _KEYS)
            .with_columns(
                boven=pl.when(pl.col("status") == "niet_bereikt").then(
                    pl.col("indicator").replace_strict(self._horizons, default=None, return_dtype=pl.Float64)
                ),
                _order=pl.col("regio").replace_strict(self._region_order, default=len(self.regions)),
            )
            .sort("_order", "periode", "dimensie", "categorie")
            .drop("_order")
        )

    def compared(self, definition: Mapping[str, Any], level: str, period: str, *split: str) -> Comparison:
        """The regions of a level that are seen beside the country, judged among all regions of that level.

        ``split``: dimension and category. Whoever sees one region is told the same of it as whoever sees them all.
        """
        whole = self.cut_from or self
        keys = dict(zip(("periode", "dimensie", "categorie"), (period, *split), strict=True))
        found = whole._worded(
            whole._by_indicator[definition["id"]].filter(
                pl.col("regio_niveau").cast(pl.String).is_in([level, LEVELS[0]]),
                *(pl.col(name) == value for name, value in keys.items()),
            )
        )
        country = found.filter(pl.col("regio") == LAND)
        rule = self.protection_rule or {}
        judged = compare(
            found.filter(pl.col("regio_niveau") == level),
            country.row(0, named=True) if country.height else None,
            definition,
            width=rule.get("width", 1),
            threshold=rule.get("threshold", 0),
        )
        seen = {region.code for region in self.regions_with_figures}
        return replace(judged, verdicts=tuple(verdict for verdict in judged.verdicts if verdict.regio in seen))

    @cached_property
    def _by_indicator(self) -> dict[str, pl.DataFrame]:
        parts = self.tables["indicator_values"].partition_by("indicator", as_dict=True)
        return {str(name): cells for (name,), cells in parts.items()}

    @cached_property
    def plain(self) -> pl.DataFrame:
        """The cells of the whole, in total or by quantile, of all indicators, regions and periods; as ``cells``."""
        codes = pl.Series([TOTAL, QUANTILE], dtype=pl.String)
        return self._worded(
            self.tables["indicator_values"].filter(pl.col("dimensie").cast(pl.String).is_in(codes.implode()))
        )

    def places(self) -> dict[str, str]:
        """Of every vt_regio whether it is a praktijklocatie on the peildatum: nu, was or niet."""
        table, day = self.tables["praktijklocaties"], pl.lit(self.peildatum)
        begun = table.filter(pl.col("vanaf") <= day)
        now = set(begun.filter(pl.col("tot").is_null() | (pl.col("tot") >= day))["regio"])
        once = set(begun["regio"]) - now
        codes = [region.code for region in self.regions if region.niveau == "vt_regio"]
        return {code: "nu" if code in now else "was" if code in once else "niet" for code in codes}

    def curves(self, **keys: str) -> pl.DataFrame:
        """The published curves with these keys, in order of category and day."""
        return self.tables["curves"].filter(pl.col(name) == value for name, value in keys.items())

    def status_map(self, activity: str, month: str) -> pl.DataFrame:
        """The regions on the map of one verbeteractiviteit at the end of a month, in the order of the region list.

        Columns: regio, naam, regio_niveau, status, sinds (the month since which it stands, of those published)."""
        rows = self.tables["regio_status"].filter(
            (pl.col("verbeteractiviteit") == activity) & (pl.col("maand") <= month)
        )
        changed = rows.sort("maand").with_columns(
            other=(pl.col("status") != pl.col("status").shift(1).over("regio")).fill_null(value=True)
        )
        since = changed.filter("other").group_by("regio").agg(sinds=pl.col("maand").last())
        shown = rows.filter(pl.col("maand") == month).join(since, on="regio", how="left")
        return (
            shown.with_columns(
                naam=pl.col("regio").replace_strict(self.region_names, default=pl.col("regio")),
                _order=pl.col("regio").replace_strict(self._region_order, default=len(self.regions)),
            )
            .sort("_order")
            .select("regio", "naam", "regio_niveau", "status", "sinds")
        )

    def status_counts(self, activity: str) -> pl.DataFrame:
        """How many regions of the map have each status, at the end of each month. Columns: maand, status, aantal."""
        rows = self.tables["regio_status"].filter(pl.col("verbeteractiviteit") == activity)
        return rows.group_by("maand", "status").agg(aantal=pl.len()).sort("maand", "status")

    def splits(self, indicator: str, words: Mapping[str, Any]) -> list[Split]:
        """The ways to show the indicator, the plain one first. ``words``: titles for 'totaal' and 'kwantiel'."""
        definition = self.definitions[indicator]
        plain = QUANTILE if definition["kind"] == "quantiles" else TOTAL
        first = Split(plain, words[plain]["title"], words[plain]["categories"])
        named = [
            Split(d["name"], d["title"], d["categories"]) for d in definition["dimensions"] if d["name"] != QUANTILE
        ]
        return [first, *named]


def split_cells(cells: pl.DataFrame, split: Split, quantile: str | None = None) -> pl.DataFrame:
    """The cells of one split, with a column ``label`` and in the order of its categories.

    A quantile by another dimension has categories ``<value>:mediaan``; ``quantile`` picks one of the quantiles."""
    suffix = f":{quantile}" if quantile and split.dimension != QUANTILE else ""
    codes = {f"{code}{suffix}": label for code, label in split.labels.items()}
    order = {code: i for i, code in enumerate(codes)}
    return (
        cells.filter((pl.col("dimensie") == split.dimension) & pl.col("categorie").is_in(list(codes)))
        .with_columns(
            label=pl.col("categorie").replace_strict(codes, default=None),
            _order=pl.col("categorie").replace_strict(order, default=None, return_dtype=pl.Int64),
        )
        .sort("_order", maintain_order=True)
        .drop("_order")
    )


def _months(period: str) -> tuple[str, str]:
    """The first and the last month of a period."""
    kind = "jaar" if "-" not in period else "kwartaal" if "K" in period else "maand"
    return calendar.months_of(kind, period)


def without_immature(cells: pl.DataFrame) -> pl.DataFrame:
    """The series, in order of period, without its newest figures as long as these are not final and rest on fewer than
    half as many units as was usual (the median) in the four periods before."""
    series = cells.sort("periode")
    last = series.height
    while last and _immature(series.head(last)):
        last -= 1
    return series.head(last)


def _immature(series: pl.DataFrame) -> bool:
    newest = series.row(-1, named=True)
    usual = series.slice(max(0, series.height - 1 - USUAL_PERIODS), min(series.height - 1, USUAL_PERIODS))["n"].median()
    if newest["status"] == "definitief" or newest["n"] is None or not isinstance(usual, float):
        return False
    return bool(newest["n"] < UNUSUAL_PART * usual)


def newest_figure(cells: pl.DataFrame) -> dict[str, Any] | None:
    """The newest cell of one series that has a figure, those that are immature left out."""
    found = without_immature(cells.filter(HAS_FIGURE))
    return found.row(-1, named=True) if found.height else None


def headline_cell(cells: pl.DataFrame) -> dict[str, Any] | None:
    """The newest cell that is final; if there is none, the newest with a figure. ``cells``: one series."""
    final = cells.filter(pl.col("waarde").is_not_null() & (pl.col("status") == "definitief")).sort("periode")
    return final.row(-1, named=True) if final.height else newest_figure(cells)


def mostly_hidden(cells: pl.DataFrame) -> bool:
    """Whether more than half of these cells are hidden."""
    return 2 * cells.filter(pl.col("status") == "afgeschermd").height > cells.height


def current_number(home: Path) -> str:
    """The number that current.json points at. Raises NoPublication when nothing was ever published, and
    DamagedPublication when it names no publication, or a whole one with another manifest's digest."""
    folder = home / "publications"
    pointer = folder / "current.json"
    if not pointer.is_file() and not any(folder.glob("[0-9]*")):
        raise NoPublication(str(home))
    named = as_json(_bytes(pointer), pointer.name)
    number = named.get("publication") if isinstance(named, dict) else None
    if not (isinstance(number, str) and number.isdecimal() and (folder / number).is_dir()):
        raise DamagedPublication(pointer.name)
    digest = hashlib.sha256(_bytes(folder / number / MANIFEST)).hexdigest()
    if named.get("manifest_sha256") != digest and _is_vouched(folder / number, digest):
        raise DamagedPublication(pointer.name)
    return number


def open_publication(home: Path, number: str) -> Publication:
    """Reads publication ``number`` but for the stewards' folder: the manifest only after its SHA-256 agrees with the
    file beside it, every other file only after its SHA-256 agrees with the manifest.

    Raises DamagedPublication with the name of the first file that is missing, differs or can't be read."""
    folder = home / "publications" / number
    content = _bytes(folder / MANIFEST)
    if not _is_vouched(folder, hashlib.sha256(content).hexdigest()):
        raise DamagedPublication(MANIFEST)
    manifest = as_json(content, MANIFEST)
    if not (isinstance(manifest, dict) and manifest.keys() >= MANIFEST_KEYS and manifest["publication"] == number):
        raise DamagedPublication(MANIFEST)
    names = [name for name in manifest["files"] if not name.startswith(f"{STEWARDS}/")]
    checked = {name: checked_bytes(folder, manifest, name) for name in names}
    for name in ("definitions.json", "regions.json", *(f"{table}.parquet" for table in TABLES)):
        if name not in checked:
            raise DamagedPublication(name)
    tables = {table: as_table(checked[f"{table}.parquet"], f"{table}.parquet") for table in TABLES}
    for table, schema in OPTIONAL.items():
        name = f"{table}.parquet"
        tables[table] = as_table(checked[name], name) if name in checked else pl.DataFrame(schema=schema)
    tables["indicator_values"] = tables["indicator_values"].with_columns(
        pl.col(name).cast(pl.Categorical) for name in _KEYS
    )
    definitions = as_json(checked["definitions.json"], "definitions.json")
    regions = tuple(Region(**region) for region in as_json(checked["regions.json"], "regions.json"))
    return Publication(number, folder, manifest, {d["id"]: d for d in definitions}, regions, tables)


def tables_before(home: Path, number: str) -> tuple[str, dict[str, pl.DataFrame]] | None:
    """The number, the cube and the statuses of the publication before ``number``; None when it is the first.

    Raises DamagedPublication when the one before is not what its manifest says."""
    earlier = [
        p.name for p in (home / "publications").glob("[0-9]*") if p.name.isdecimal() and int(p.name) < int(number)
    ]
    if not earlier:
        return None
    last = max(earlier, key=int)
    folder, names = home / "publications" / last, ("indicator_values", "regio_status")
    content = _bytes(folder / MANIFEST)
    if not _is_vouched(folder, hashlib.sha256(content).hexdigest()):
        raise DamagedPublication(MANIFEST)
    manifest = as_json(content, MANIFEST)
    files = {name: f"{name}.parquet" for name in names}
    return last, {name: as_table(checked_bytes(folder, manifest, file), file) for name, file in files.items()}


def _is_vouched(folder: Path, digest: str) -> bool:
    """Whether this is the SHA-256 that stands beside the manifest."""
    return _bytes(folder / VOUCHER) == f"{digest}  {MANIFEST}\n".encode()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedPublication(path.name) from error


def checked_bytes(folder: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    """A file of a publication, once its SHA-256 agrees with the manifest. Raises DamagedPublication."""
    content = _bytes(folder / name)
    if hashlib.sha256(content).hexdigest() != manifest["files"].get(name):
        raise DamagedPublication(name)
    return content


def as_json(content: bytes, name: str) -> Any:
    """The content of the JSON file ``name``. Raises DamagedPublication."""
    try:
        return json.loads(content)
    except ValueError as error:
        raise DamagedPublication(name) from error


def as_table(content: bytes, name: str) -> pl.DataFrame:
    """The content of the Parquet file ``name``. Raises DamagedPublication."""
    try:
        return pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise DamagedPublication(name) from error
