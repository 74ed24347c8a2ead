"""From statistics to ``indicator_values``: the estimator of the kind, and the status of every cell.

Statuses and columns: specification, section 5.

Not here: the sums themselves (``statistics.py``) and what may be shown to whom (``disclosure``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from indicators import calendar, estimators, statistics
from indicators.estimators import Estimate
from indicators.geography import Division
from indicators.model import Definition
from indicators.session import Session
from indicators.statistics import KEY, DaySums, Grid

SCHEMA = {
    "indicator": pl.String,
    "versie": pl.String,
    "regio_niveau": pl.String,
    "regio": pl.String,
    "periode_soort": pl.String,
    "periode": pl.String,
    "dimensie": pl.String,
    "categorie": pl.String,
    "n": pl.Int64,
    "teller": pl.Float64,
    "noemer": pl.Float64,
    "waarde": pl.Float64,
    "ondergrens": pl.Float64,
    "bovengrens": pl.Float64,
    "eenheid": pl.String,
    "status": pl.String,
    "peildatum": pl.Date,
}
ORDER = [name for name in SCHEMA if name in {"indicator", "versie", *KEY}]
# The exact sums behind a cell, for protection and explanation; a kind fills what it has.
STATISTICS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator": pl.String,
    "kind": pl.String,
    **dict.fromkeys(KEY, pl.String),
    **dict.fromkeys(("n", "teller", "sum_x", "sum_y"), pl.Int64),
    **{name: pl.Decimal(38, 0) for name in ("sum_xx", "sum_xy", "sum_yy")},
    **dict.fromkeys(("rijp", "open", "zonder_tarief", "bijdragers", "gezinnen", "grootste"), pl.Int64),
}
# Survival by day, of cells with at least SURVIVAL_FROM units: no smaller one is ever published.
SURVIVAL_SCHEMA = {
    "indicator": pl.Categorical,
    **dict.fromkeys(KEY, pl.Categorical),
    "dag": pl.Int16,
    **dict.fromkeys(("events", "competing", "censored"), pl.Int32),
}
SURVIVAL_FROM = 100
QUANTILES = {"mediaan": 0.5, "p90": 0.1}


class Computed(NamedTuple):
    """What one indicator yields: its values and the statistics behind them."""

    values: pl.DataFrame
    statistics: pl.DataFrame
    survival: pl.DataFrame


@dataclass(frozen=True)
class Deliveries:
    """Which months each partner feed has an accepted delivery of, up to the peildatum."""

    peildatum: date
    months: Mapping[str, Collection[str]]

    def complete(self, feeds: Iterable[str], first: str, last: str) -> bool:
        """Whether every feed has every month from first to last, as far as the peildatum."""
        wanted = calendar.months_between(first, min(last, calendar.month_of(self.peildatum)))
        return all(month in self.months.get(feed, ()) for feed in feeds for month in wanted)


def compute(con: Session, definition: Definition, deliveries: Deliveries, division: Division) -> Computed:
    """One indicator over the entities in ``con`` (see ``pipelines/entities``), which were made by the same
    ``division``; ``statistics.prepare`` has been called with it.

    values: SCHEMA, ordered by its first eight columns; statistics: STATISTICS_SCHEMA; survival: SURVIVAL_SCHEMA.
    """
    survival = pl.DataFrame(schema=SURVIVAL_SCHEMA)
    if definition.kind in statistics.SUMS:
        sums = statistics.cell_sums(con, definition, division)
        cells = _estimate_sums(definition, sums)
    else:
        grid, days = statistics.day_sums(con, definition, division)
        parts, by_day = [_empty_cells()], [survival]
        for part in days:
            parts.append(_estimate_days(definition, grid, part))
            by_day.append(_survival_rows(definition, grid, part))
        cells, survival = pl.concat(parts), pl.concat(by_day)
        sums = _day_totals(cells)
    values = (
        _with_status(cells, definition, deliveries)
        .with_columns(
            pl.lit(definition.id).alias("indicator"),
            pl.lit(definition.version).alias("versie"),
            pl.lit(definition.unit).alias("eenheid"),
            pl.lit(deliveries.peildatum).alias("peildatum"),
        )
        .select(pl.col(name).cast(form) for name, form in SCHEMA.items())
        .sort(ORDER)
    )
    return Computed(values, _statistics(definition, sums), survival)


def _estimate_sums(definition: Definition, sums: pl.DataFrame) -> pl.DataFrame:
    """Cells with n, teller, noemer, value and limits, and ``aangetast``: effort without a rate belongs to it."""
    n = sums["n"].to_numpy()
    if definition.kind in ("proportion", "coverage"):
        teller, noemer = sums["teller"].to_numpy().astype(float), n.astype(float)
        estimate = estimators.wilson(sums["teller"].to_numpy(), n)
    elif definition.kind == "ratio":
        teller = sums["sum_y"].to_numpy() / definition.y_scale
        noemer = sums["sum_x"].to_numpy() / definition.x_scale
        integers = [[int(v) for v in sums[name]] for name in ("n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy")]
        estimate = estimators.ratio(
            *integers, share=definition.unit == "aandeel", scale=definition.x_scale / definition.y_scale
        )
    else:
        teller = sums["sum_y"].to_numpy() / definition.y_scale
        noemer = np.full(len(sums), np.nan)
        estimate = Estimate(teller, noemer, noemer)
    if not definition.interval:
        nothing = np.full(len(sums), np.nan)
        estimate = Estimate(estimate.value, nothing, nothing)
    damaged = sums["zonder_tarief"] > 0 if "zonder_tarief" in sums.columns else pl.lit(False)
    return (
        sums.select(KEY)
        .with_columns(
            n=pl.Series(n, dtype=pl.Int64),
            teller=pl.Series(teller),
            noemer=pl.Series(noemer),
            waarde=pl.Series(estimate.value),
            ondergrens=pl.Series(estimate.lower),
            bovengrens=pl.Series(estimate.upper),
            aangetast=damaged,
            rijp=pl.lit(None, dtype=pl.Int64),
            open=pl.lit(None, dtype=pl.Int64),
            # NaN says "not given" among arrays, null among frames.
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
    )


CELL_SCHEMA = {
    **dict.fromkeys(KEY, pl.String),
    "n": pl.Int64,
    **dict.fromkeys(("teller", "noemer", "waarde", "ondergrens", "bovengrens"), pl.Float64),
    "aangetast": pl.Boolean,
    "rijp": pl.Int64,
    "open": pl.Int64,
}


def _empty_cells() -> pl.DataFrame:
    return pl.DataFrame(schema=CELL_SCHEMA)


def _estimate_days(definition: Definition, grid: Grid, days: DaySums) -> pl.DataFrame:
    """The cells of one category: one row, or for quantiles one a quantile."""
    if definition.kind == "quantiles":
        parts = []
        for name, level in QUANTILES.items():
            total = days.dimensie == "totaal"
            dimensie = "kwantiel" if total else days.dimensie
            categorie = name if total else f"{days.categorie}:{name}"
            estimate = estimators.quantile(days.n, days.events, days.censored + days.competing, level)
            parts.append(_cells(grid, days, dimensie, categorie, estimate))
        return pl.concat(parts)
    competing = any(d.competing and d.name == days.dimensie for d in definition.dimensions)
    estimate = (
        estimators.aalen_johansen(days.n, days.events, days.competing, days.censored)
        if competing
        else estimators.survival_at_end(days.n, days.events, days.censored, complement=definition.complement)
    )
    return _cells(grid, days, days.dimensie, days.categorie, estimate)


def _cells(grid: Grid, days: DaySums, dimensie: str, categorie: str, estimate: Estimate) -> pl.DataFrame:
    present = days.n > 0
    regions, periods = np.nonzero(present)
    unripe = days.rijp[present] == 0

    def given(values: estimators.Floats) -> pl.Series:
        return pl.Series(np.where(unripe, np.nan, values[present])).fill_nan(None)

    return pl.DataFrame(
        {
            **_key_columns(grid, regions, periods, dimensie, categorie),
            "n": days.n[present],
            "teller": days.events.sum(axis=-1)[present].astype(float),
            "noemer": days.n[present].astype(float),
            "waarde": given(estimate.value),
            "ondergrens": given(estimate.lower),
            "bovengrens": given(estimate.upper),
            "aangetast": np.zeros(len(regions), dtype=bool),
            "rijp": days.rijp[present],
            "open": days.open[present],
        }
    ).cast(CELL_SCHEMA)  # type: ignore[arg-type]


def _key_columns(
    grid: Grid, regions: estimators.Counts, periods: estimators.Counts, dimensie: str, categorie: str
) -> dict[str, pl.Series]:
    # Categorical, because there can be millions of rows of a few hundred names.
    def spread(values: list[str], at: estimators.Counts) -> pl.Series:
        return pl.Series(values, dtype=pl.Categorical).gather(at)

    everywhere = np.zeros(len(regions), dtype=np.int64)

    return {
        "regio_niveau": spread([niveau for niveau, _ in grid.regions], regions),
        "regio": spread([regio for _, regio in grid.regions], regions),
        "periode_soort": spread([soort for soort, _ in grid.periods], periods),
        "periode": spread([periode for _, periode in grid.periods], periods),
        "dimensie": spread([dimensie], everywhere),
        "categorie": spread([categorie], everywhere),
    }


def _survival_rows(definition: Definition, grid: Grid, days: DaySums) -> pl.DataFrame:
    any_left = (days.events + days.competing + days.censored > 0) & (days.n >= SURVIVAL_FROM)[..., None]
    regions, periods, dag = np.nonzero(any_left)
    return pl.DataFrame(
        {
            "indicator": pl.Series([definition.id], dtype=pl.Categorical).gather(np.zeros(len(dag), dtype=np.int64)),
            **_key_columns(grid, regions, periods, days.dimensie, days.categorie),
            "dag": dag,
            "events": days.events[any_left],
            "competing": days.competing[any_left],
            "censored": days.censored[any_left],
        }
    ).cast(SURVIVAL_SCHEMA)  # type: ignore[arg-type]


def _day_totals(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(*KEY, "n", pl.col("teller").cast(pl.Int64), "rijp", "open")


def _statistics(definition: Definition, sums: pl.DataFrame) -> pl.DataFrame:
    return sums.with_columns(pl.lit(definition.id).alias("indicator"), pl.lit(definition.kind).alias("kind")).select(
        (pl.col(name) if name in sums.columns or name in ("indicator", "kind") else pl.lit(None).alias(name)).cast(form)
        for name, form in STATISTICS_SCHEMA.items()
    )


def _with_status(cells: pl.DataFrame, definition: Definition, deliveries: Deliveries) -> pl.DataFrame:
    """The first that applies: niet_rijp, niet_bereikt, onvolledig, voorlopig, definitief."""
    periods = cells.select("periode_soort", "periode", "dimensie").unique()
    flags = pl.DataFrame(
        [
            {
                "periode_soort": soort,
                "periode": periode,
                "dimensie": dimensie,
                "volledig": _complete(definition, deliveries, soort, periode, dimensie),
                "recent": _recent(soort, periode, deliveries.peildatum),
            }
            for soort, periode, dimensie in periods.rows()
        ],
        schema={
            "periode_soort": pl.String,
            "periode": pl.String,
            "dimensie": pl.String,
            "volledig": pl.Boolean,
            "recent": pl.Boolean,
        },
    )
    survival = definition.kind in ("survival", "quantiles")
    return cells.join(flags, on=["periode_soort", "periode", "dimensie"], how="left").with_columns(
        status=pl.when(pl.lit(survival) & (pl.col("rijp") == 0))
        .then(pl.lit("niet_rijp"))
        .when(pl.lit(definition.kind == "quantiles") & pl.col("waarde").is_null())
        .then(pl.lit("niet_bereikt"))
        .when(~pl.col("volledig") | pl.col("aangetast"))
        .then(pl.lit("onvolledig"))
        .when(pl.col("recent") | (pl.col("open") > 0).fill_null(False))
        .then(pl.lit("voorlopig"))
        .otherwise(pl.lit("definitief"))
    )


def _complete(definition: Definition, deliveries: Deliveries, soort: str, periode: str, dimensie: str) -> bool:
    first, last = calendar.months_of(soort, periode)
    feeds = [*definition.feeds, *(f for d in definition.dimensions if d.name == dimensie for f in d.feeds)]
    return deliveries.complete(
        feeds,
        calendar.add_months(first, -1) if definition.per_zaak else first,
        calendar.add_months(last, definition.follow_up_months),
    )


def _recent(soort: str, periode: str, peildatum: date) -> bool:
    """Whether the period's last month is the peildatum's, one of the two before it, or later."""
    return calendar.months_of(soort, periode)[1] >= calendar.add_months(calendar.month_of(peildatum), -2)
