"""The sufficient statistics of an indicator: its SQL run once, summed to base grain, then rolled up by addition.

Base grain is vt_regio x month x dimension x category. Rolled up: vt_regio, arrondissement and country; month, quarter
and year. Not here: what becomes of the sums (``estimators.py``, ``values.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from indicators import calendar, families
from indicators.estimators import Counts
from indicators.geography import LAND, Division
from indicators.model import Definition
from indicators.session import Relation, Session

KEY = ["regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]
# The sums of a kind. The SQL yields them, one row per unit or already added, but a row with y is always one unit;
# zonder_tarief is optional and 0 by default; gezin_nr is optional and gives gezinnen, the number of different ones;
# van_gezin is whose y is, and gives grootste, the most that is one gezin's; bijdragers (units with y > 0) is counted
# here.
SUMS = {
    "proportion": ("n", "teller"),
    "coverage": ("n", "teller"),
    "ratio": ("n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "zonder_tarief", "bijdragers"),
    "sum": ("n", "sum_y", "zonder_tarief"),
}
PRODUCTS = frozenset({"sum_xx", "sum_xy", "sum_yy"})


def periods_of(month: str) -> list[tuple[str, str]]:
    """(periode_soort, periode) of the month, quarter and year that hold ``month``."""
    return [("maand", month), ("kwartaal", calendar.quarter_of(month)), ("jaar", month[:4])]


@dataclass(frozen=True)
class Grid:
    """The cells of region and period: the regions of ``division``, every period that holds one of ``months``
    (ascending)."""

    division: Division
    months: Sequence[str]

    @cached_property
    def vt_codes(self) -> list[str]:
        return [r.code for r in self.division.vt_regios]

    @cached_property
    def regions(self) -> list[tuple[str, str]]:
        """(regio_niveau, regio), vt_regio's first, in the order of the arrays of ``roll_up``."""
        return (
            [("vt_regio", code) for code in self.vt_codes]
            + [("arrondissement", r.code) for r in self.division.arrondissementen]
            + [("land", LAND)]
        )

    @cached_property
    def periods(self) -> list[tuple[str, str]]:
        """(periode_soort, periode): the months, then their quarters, then their years."""
        quarters = list(dict.fromkeys(calendar.quarter_of(m) for m in self.months))
        years = list(dict.fromkeys(m[:4] for m in self.months))
        return [("maand", m) for m in self.months] + [("kwartaal", q) for q in quarters] + [("jaar", y) for y in years]

    def roll_up(self, base: Counts) -> Counts:
        """[vt_regio's, months, ...] -> [regions, periods, ...], by addition: 26 become 37."""
        parents = [r.arrondissement for r in self.division.vt_regios]
        districts = self.division.arrondissementen
        by_district = np.stack([base[[p == a.code for p in parents]].sum(axis=0) for a in districts])
        regional = np.concatenate([base, by_district, base.sum(axis=0, keepdims=True)])
        quarters = [calendar.quarter_of(m) for m in self.months]
        years = [m[:4] for m in self.months]
        return np.concatenate([regional, _sum_runs(regional, quarters), _sum_runs(regional, years)], axis=1)


def _sum_runs(values: Counts, labels: Sequence[str]) -> Counts:
    """Add axis 1 over runs of equal labels."""
    starts = [i for i, label in enumerate(labels) if i == 0 or labels[i - 1] != label]
    added: Counts = np.add.reduceat(values, starts, axis=1)
    return added


@dataclass(frozen=True)
class DaySums:
    """Survival statistics of one dimension and category over the grid [regions, periods(, days 0..horizon)]."""

    dimensie: str
    categorie: str
    n: Counts
    events: Counts
    competing: Counts
    censored: Counts
    rijp: Counts
    open: Counts


def prepare(con: Session, division: Division) -> None:
    """Make the table that the roll-up joins: regio_niveaus, every vt_regio with the three regions it counts in."""
    levels = pl.DataFrame(division.levels, schema=["vt_regio", "regio_niveau", "regio"], orient="row")
    _register(con, "regio_niveaus", levels)


def _register(con: Session, name: str, frame: pl.DataFrame) -> None:
    con.register("frame", frame.to_arrow())
    con.execute(f'create or replace table "{name}" as select * from frame')
    con.unregister("frame")


def _categories(definition: Definition) -> list[tuple[str, str]]:
    return [("totaal", "totaal")] + [(d.name, c) for d in definition.dimensions for c in d.categories]


def _rows(con: Session, definition: Definition) -> str:
    """The indicator's own query. It may read ``categorieen``: its dimensions with their categories, and the total."""
    codes = pl.DataFrame(_categories(definition), schema=["dimensie", "categorie"], orient="row")
    _register(con, "categorieen", codes)
    return definition.sql_path.read_text(encoding="utf-8")


def _months_in_base(con: Session) -> list[str]:
    return [maand for (maand,) in con.execute("select distinct maand from basis order by maand").fetchall()]


def cell_sums(con: Session, definition: Definition, division: Division) -> pl.DataFrame:
    """KEY columns and the sums of every cell with at least one unit, for the kinds of ``SUMS``.

    Sums are BIGINT, sums of products DECIMAL(38, 0): exact. ``division``: the one ``prepare`` was called with.
    """
    rows = _rows(con, definition)
    columns = con.sql(rows).columns
    sums = {name: "decimal(38, 0)" if name in PRODUCTS else "bigint" for name in SUMS[definition.kind]}
    given = {name: name if name in columns else "0" for name in sums}
    if "bijdragers" in sums:
        given["bijdragers"] = "cast(sum_y > 0 as integer)"
    if "gezin_nr" in columns:
        sums["n_met_gezin"] = "bigint"
        given["n_met_gezin"] = "cast(gezin_nr is not null and n > 0 as integer)"
    added = ", ".join(f"cast(sum({given[name]}) as {form}) as {name}" for name, form in sums.items())
    again = ", ".join(f"cast(sum({name}) as {form}) as {name}" for name, form in sums.items())
    region = "" if definition.kind == "coverage" else "vt_regio, "
    con.execute(
        f"create or replace temp table basis as with rijen as ({rows}) "
        f"select {region}maand, dimensie, categorie, {added} from rijen group by all"
    )
    months = _months_in_base(con)
    periods = pl.DataFrame(
        [(m, soort, periode) for m in months for soort, periode in periods_of(m)],
        schema={"maand": pl.String, "periode_soort": pl.String, "periode": pl.String},
        orient="row",
    )
    _register(con, "perioden", periods)
    if definition.kind == "coverage":
        # A state is not added over months: a period has the state at its end.
        query = f"""
            with laatste as (select periode_soort, periode, max(maand) as maand from perioden group by all)
            select
                'land' as regio_niveau, '{LAND}' as regio,
                periode_soort, periode, dimensie, categorie, {again}
            from basis inner join laatste using (maand)
            group by all order by all"""
    else:
        query = f"""
            select regio_niveau, regio, periode_soort, periode, dimensie, categorie, {again}
            from basis inner join regio_niveaus using (vt_regio) inner join perioden using (maand)
            group by all having sum(n) > 0 order by all"""
    sums_by_cell = to_polars(con.sql(query))
    split = _categories(definition)
    if "gezin_nr" in columns:
        cells = sums_by_cell.select(*KEY, pl.col("n_met_gezin").alias("n"))
        counted = families.counted(con, rows, cells, split, division)
        sums_by_cell = sums_by_cell.drop("n_met_gezin").with_columns(counted["gezinnen"])
    if "van_gezin" in columns:
        parts = families.largest(con, rows, sums_by_cell.select(*KEY, "n", "sum_y"), split, division)
        sums_by_cell = sums_by_cell.with_columns(parts["grootste"])
    return sums_by_cell


def day_sums(con: Session, definition: Definition, division: Division) -> tuple[Grid, Iterator[DaySums]]:
    """Events, competing events and censorings by day, one entry for each category with any unit.

    One at a time: an entry of a national decade takes some 100 MB.

    For survival and quantiles. Raises ValueError for a definition without a horizon.
    """
    if definition.horizon_days is None:
        raise ValueError(f"{definition.id} has no horizon")
    rows = _rows(con, definition)
    con.execute(
        f"""
        create or replace temp table basis as
        with rijen as ({rows})
        select
            vt_regio, maand, dimensie, categorie, cast(least(dag, $na_horizon) as integer) as dag,
            count(*) as n,
            count(*) filter (gebeurtenis) as events,
            count(*) filter (concurrerend) as competing,
            count(*) filter (rijp) as rijp,
            count(*) filter (open) as open
        from rijen
        group by all""",
        {"na_horizon": definition.horizon_days + 1},
    )
    grid = Grid(division, _months_in_base(con))
    _register(con, "regionummers", pl.DataFrame({"vt_regio": grid.vt_codes, "r": range(len(grid.vt_codes))}))
    months = pl.DataFrame(
        {"maand": grid.months, "m": range(len(grid.months))}, schema={"maand": pl.String, "m": pl.Int64}
    )
    _register(con, "maandnummers", months)
    frame = to_polars(
        con.sql(
            """
            select dimensie, categorie, r, m, dag, n, events, competing, rijp, open
            from basis inner join regionummers using (vt_regio) inner join maandnummers using (maand)
            order by all"""
        )
    )
    horizon = definition.horizon_days
    return grid, (
        _dense(str(dimensie), str(categorie), part, grid, horizon)
        for (dimensie, categorie), part in frame.group_by(["dimensie", "categorie"], maintain_order=True)
    )


def to_polars(relation: Relation) -> pl.DataFrame:
    frame = pl.from_arrow(relation.to_arrow_table())
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("a relation always becomes a frame")
    return frame


def _dense(dimensie: str, categorie: str, part: pl.DataFrame, grid: Grid, horizon: int) -> DaySums:
    shape = (len(grid.vt_codes), len(grid.months), horizon + 2)
    at = tuple(part[name].to_numpy() for name in ("r", "m", "dag"))

    def days(name: str) -> Counts:
        values = np.zeros(shape, dtype=np.int64)
        values[at] = part[name].to_numpy()
        return values

    n, events, competing = days("n"), days("events"), days("competing")
    censored = n - events - competing
    cells = [grid.roll_up(values.sum(axis=-1)) for values in (n, days("rijp"), days("open"))]
    by_day = [grid.roll_up(values[..., : horizon + 1]) for values in (events, competing, censored)]
    return DaySums(dimensie, categorie, cells[0], by_day[0], by_day[1], by_day[2], cells[1], cells[2])
