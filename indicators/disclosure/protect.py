"""The protected cube: exact table and statistics in, what may leave out.

Everything printed is a function of counts in classes, of calendar and of deliveries: see ``rule``, ``counts``,
``curves`` and ``status``. Not here: the release gate over all publications, repair, figures hidden through time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators import estimators
from indicators.disclosure import counts, cube, curves, status
from indicators.disclosure.counts import Printed
from indicators.disclosure.cube import CELL, Definition
from indicators.disclosure.rule import Rule
from indicators.estimators import Floats
from indicators.geography import Division
from indicators.values import SCHEMA

BASIS = {"dimensie": "basis_dimensie", "categorie": "basis_categorie"}
SUMS = ("bijdragers", "gezinnen", "sum_y", "grootste")
DAYS = ("events", "competing", "censored")
DEFAULT = Rule()
# Of single months a publication has no curve: of most the margin would be wider than what there is to see.
CURVE_PERIODS = ("kwartaal", "jaar")
CURVE_KEY = ("indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie")
CURVE_SCHEMA = {
    **dict.fromkeys(CURVE_KEY, pl.String),
    "dag": pl.Int16,
    **dict.fromkeys(("waarde", "ondergrens", "bovengrens"), pl.Float64),
    "onder_risico": pl.Int64,
}
Table = pl.DataFrame | pl.LazyFrame


class Protected(NamedTuple):
    """``cube``: columns and order of ``indicator_values``.

    ``curves``: CURVE_SCHEMA, of survival in CURVE_PERIODS, a row for each grid day of each cell whose value is shown:
    ``waarde`` up to and including ``dag`` (S, 1 - S or F, as the cell's own; on the last day the cell's own), its
    limits, and ``onder_risico``: how many are still followed without an event after that day, in the classes of
    printed counts (null: fewer than the threshold). Ordered by key and day.
    """

    cube: pl.DataFrame
    curves: pl.DataFrame


class ProtectionError(ValueError):
    """Input that can't be protected as it is; nothing may be published from it. Says which indicator and why."""


def protect(
    values: Table,
    statistics: Table,
    survival: Table,
    definitions: Mapping[str, Definition],
    *,
    months: Sequence[str],
    peildatum: date,
    division: Division,
    rule: Rule = DEFAULT,
) -> Protected:
    """The protected cube of all ``definitions``, and the curves behind its figures of survival.

    ``values``, ``statistics``, ``survival``: the exact results (SCHEMA, STATISTICS_SCHEMA and SURVIVAL_SCHEMA of
    ``indicators.values``), of one peildatum.
    Scanned from files rather than read they cost half the memory.
    ``months``: every month of the publication's span; exact rows of other periods are not published.
    ``division``: the one by which they were computed.
    A hidden cell has status ``afgeschermd`` and no figure, whatever the reason.
    Raises ProtectionError when a row has no place in the cube, or table and statistics do not belong together.
    """
    if not months:
        raise ProtectionError("geen maanden om te publiceren")
    _check_known(values.lazy(), definitions)
    parts, along = [], [pl.DataFrame(schema=CURVE_SCHEMA)]
    for name in sorted(definitions):
        mine = pl.col("indicator") == name
        definition = definitions[name]
        exact = values.lazy().filter(mine).collect()
        joined = _joined(exact, cube.cells(definition, months, division), definition, peildatum)
        if definition.kind == "coverage":
            parts.append(_as_they_are(joined, definition, peildatum))
            continue
        joined = _with_statistics(joined, statistics.lazy().filter(mine).collect(), definition)
        if definition.kind in ("survival", "quantiles"):
            printed, curve = _follow_up(joined, survival.lazy().filter(mine), definition, rule)
            along.append(curve)
        else:
            printed = _counts(joined, definition, rule)
        parts.append(_rows(joined, printed, definition, peildatum))
    return Protected(pl.concat([pl.DataFrame(schema=SCHEMA), *parts]), pl.concat(along))


def _check_known(values: pl.LazyFrame, definitions: Mapping[str, Definition]) -> None:
    found = values.select("indicator", "status").unique().collect()
    if unknown := sorted(set(found["indicator"]) - set(definitions)):
        raise ProtectionError(f"geen definitie van {', '.join(unknown)}")
    if strange := sorted(set(found["status"]) - set(status.EXACT)):
        raise ProtectionError(f"onbekende status in de exacte tabel: {', '.join(strange)}")


def _joined(exact: pl.DataFrame, cells: pl.DataFrame, definition: Definition, peildatum: date) -> pl.DataFrame:
    """The cube with the exact figures beside it, null where nothing was counted."""
    exact = exact.filter(pl.col("periode").is_in(cells["periode"].unique().implode()))
    foreign = exact.filter((pl.col("versie") != definition.version) | (pl.col("peildatum") != peildatum))
    if not foreign.is_empty():
        raise ProtectionError(f"{definition.id}: berekend met een andere versie of peildatum dan gevraagd")
    strays = exact.join(cells, on=CELL, how="anti")
    if not strays.is_empty():
        raise ProtectionError(f"{definition.id}: geen plaats in de kubus voor {'/'.join(strays.select(CELL).row(0))}")
    joined = cells.join(
        exact.select(*CELL, "n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "status"),
        on=CELL,
        how="left",
        maintain_order="left",
    )
    if joined.height != cells.height:
        raise ProtectionError(f"{definition.id}: een cel komt in de exacte tabel vaker voor")
    return joined


def _with_statistics(joined: pl.DataFrame, statistics: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The cube with the statistics of each cell beside it."""
    found = joined.join(
        statistics.select(*CELL, pl.col("n").alias("n_statistiek"), *SUMS, "rijp"),
        on=CELL,
        how="left",
        maintain_order="left",
    )
    if found.height != joined.height or not found["n"].equals(found["n_statistiek"]):
        raise ProtectionError(f"{definition.id}: statistieken en tabel horen niet bij elkaar")
    return found


def _floats(frame: pl.DataFrame, name: str) -> Floats:
    """The column, NaN for null."""
    return frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _counts(joined: pl.DataFrame, definition: Definition, rule: Rule) -> Printed:
    column = partial(_floats, joined)
    n, teller, noemer = column("n"), column("teller"), column("noemer")
    if definition.kind == "proportion":
        return counts.proportion(n, teller, noemer, rule)
    # Null where a unit is a zaak or a record of its own.
    families = np.nan_to_num(column("gezinnen"), nan=np.inf)
    # Null where no gezin has more than half.
    part = np.nan_to_num(column("grootste") / column("sum_y"), nan=0.0)
    if definition.kind == "sum":
        return counts.total(n, teller, families, part, rule)
    if definition.kind == "ratio":
        parties = np.minimum(column("bijdragers"), families)
        return counts.ratio(
            n, teller, noemer, parties, part, rule, x_is_one=definition.x_is_one, share=definition.unit == "aandeel"
        )
    raise ProtectionError(f"{definition.id}: soort '{definition.kind}' heeft geen bescherming")


def _follow_up(
    joined: pl.DataFrame, survival: pl.LazyFrame, definition: Definition, rule: Rule
) -> tuple[Printed, pl.DataFrame]:
    """Survival and quantiles of the cells that may be shown, each from the life table of its basis; and the curves."""
    if definition.horizon_days is None:
        raise ProtectionError(f"{definition.id}: horizon_days ontbreekt")
    grid = curves.grid_days(definition.horizon_days, rule.curve_steps)
    large = (
        (pl.col("n") >= rule.curve_minimum) & (pl.col("rijp") >= rule.threshold) & (pl.col("status") != status.NOT_RIPE)
    )
    cells = joined.with_row_index("rij").filter(large).with_row_index("cel")
    followed = curves.follow(cells["n"].to_numpy(), _days(survival, cells, definition.horizon_days), grid)
    if not np.array_equal(followed.events[:, -1], _floats(cells, "teller")):
        raise ProtectionError(f"{definition.id}: overlevingsdagen en tabel horen niet bij elkaar")
    enough = (followed.events[:, -1] >= rule.threshold) & (followed.n - followed.every[:, -1] >= rule.threshold)
    followed, cells = curves.Followed(*(part[enough] for part in followed)), cells.filter(enough)
    n, teller = rule.printed(followed.n), rule.printed(followed.events[:, -1])
    table = curves.life_table(followed, grid, rule)
    estimate = _estimate(table, grid, cells, definition)
    certain = _certain(estimate, definition)
    figures = Printed(*(np.full(joined.height, np.nan) for _ in Printed._fields))
    for figure, found in zip(figures, (n, teller, n, *estimate), strict=True):
        figure[cells["rij"].to_numpy()[certain]] = found[certain]
    return figures, _curves(table, grid, cells, definition, rule)


def _curves(
    table: curves.LifeTable, grid: estimators.Counts, cells: pl.DataFrame, definition: Definition, rule: Rule
) -> pl.DataFrame:
    """The estimate after every grid day, by the estimator of the cell's own value on the life table so far."""
    if definition.kind != "survival":
        return pl.DataFrame(schema=CURVE_SCHEMA)
    drawn = cells["periode_soort"].is_in(CURVE_PERIODS).to_numpy()
    table, cells = curves.LifeTable(*(part[drawn] for part in table)), cells.filter(drawn)
    parts = []
    for i, day in enumerate(grid):
        so_far = curves.so_far(table, i)
        found = _estimate(so_far, grid, cells, definition)
        left = rule.printed(curves.left(so_far))
        figures = zip(("waarde", "ondergrens", "bovengrens", "onder_risico"), (*found, left), strict=True)
        parts.append(
            cells.select(*CURVE_KEY, pl.lit(day).alias("dag")).with_columns(
                pl.Series(name, figure).fill_nan(None) for name, figure in figures
            )
        )
    return (
        pl.concat(parts).select(pl.col(name).cast(form) for name, form in CURVE_SCHEMA.items()).sort(*CURVE_KEY, "dag")
    )


def _days(survival: pl.LazyFrame, cells: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """What ``curves.follow`` takes; only this is read of what can be tens of millions of rows."""
    on = ["regio", "periode", *BASIS.values()]
    return (
        survival.filter(pl.col("dag") <= horizon)
        .cast(dict.fromkeys(["regio", "periode", "dimensie", "categorie"], pl.String))
        .rename(BASIS)
        .join(cells.lazy().select("cel", *on), on=on)
        .select("cel", pl.col("dag").cast(pl.Int16), *(pl.col(name).cast(pl.Int32) for name in DAYS))
        .collect(engine="streaming")
    )


def _estimate(
    table: curves.LifeTable, grid: estimators.Counts, cells: pl.DataFrame, definition: Definition
) -> estimators.Estimate:
    """Value and limits of each cell from its printed life table: survival at the horizon, kind of event, quantile."""
    n, events, competing, censored = table
    if definition.kind == "survival":
        one = estimators.survival_at_end(n, events, censored, complement=definition.complement)
        of_kind = estimators.aalen_johansen(n, events, competing, censored)
        kind = cells["competing"].to_numpy()
        return estimators.Estimate(*(np.where(kind, a, b) for a, b in zip(of_kind, one, strict=True)))
    found = [np.full(len(n), np.nan) for _ in estimators.Estimate._fields]
    for level in cells["level"].unique():
        at = (cells["level"] == level).to_numpy()
        for figure, place in zip(
            found, estimators.quantile(n[at], events[at], censored[at] + competing[at], level), strict=True
        ):
            half_steps = np.nan_to_num(place).astype(np.int64)
            figure[at] = np.where(np.isnan(place), np.nan, grid[half_steps // 2])
    return estimators.Estimate(*found)


def _certain(estimate: estimators.Estimate, definition: Definition) -> NDArray[np.bool_]:
    """Whether a figure may be shown: a quantile that is reached but whose upper limit is not lies on a flat stretch of
    the curve, where a few printed events more or less move it by weeks."""
    if definition.kind != "quantiles":
        return np.ones(len(estimate.value), dtype=bool)
    return np.isnan(estimate.value) | ~(np.isnan(estimate.lower) | np.isnan(estimate.upper))


def _rows(joined: pl.DataFrame, printed: Printed, definition: Definition, peildatum: date) -> pl.DataFrame:
    """The rows as published: figures where there are any, one status for every hidden cell."""
    of_period = status.of_periods(joined, definition, peildatum)
    no_value = pl.lit(definition.kind == "quantiles") & pl.col("waarde").is_null()
    return _finished(
        joined.join(of_period, on=["periode", "dimensie"], how="left", maintain_order="left")
        .with_columns(pl.Series(name, figure).fill_nan(None) for name, figure in printed._asdict().items())
        .with_columns(
            status=pl.when(pl.col("n").is_null())
            .then(pl.lit(status.HIDDEN))
            .when(no_value)
            .then(pl.lit(status.NOT_REACHED))
            .otherwise("periode_status")
        ),
        definition,
        peildatum,
    )


def _as_they_are(joined: pl.DataFrame, definition: Definition, peildatum: date) -> pl.DataFrame:
    """Coverage of regions holds no persons: exact, and hidden only where there is nothing."""
    return _finished(joined.with_columns(pl.col("status").fill_null(status.HIDDEN)), definition, peildatum)


def _finished(rows: pl.DataFrame, definition: Definition, peildatum: date) -> pl.DataFrame:
    return rows.with_columns(eenheid=pl.lit(definition.unit), peildatum=pl.lit(peildatum)).select(
        pl.col(name).cast(form) for name, form in SCHEMA.items()
    )
