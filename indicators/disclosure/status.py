"""The status that is printed: a property of the period, so that it can't tell anything of a cell's people.

An exact status depends on single units: one zaak still open, one effort row without a rate, S just above a level. What
is printed depends on calendar, deliveries, whether anything at all lacks a rate that period, and printed figures.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from indicators import calendar
from indicators.disclosure.cube import Definition

HIDDEN = "afgeschermd"
NOT_RIPE = "niet_rijp"
NOT_REACHED = "niet_bereikt"
INCOMPLETE = "onvolledig"
PROVISIONAL = "voorlopig"
FINAL = "definitief"
OF_PERIOD = (INCOMPLETE, PROVISIONAL, FINAL)
EXACT = (NOT_RIPE, NOT_REACHED, *OF_PERIOD)


def of_periods(cells: pl.DataFrame, definition: Definition, peildatum: date) -> pl.DataFrame:
    """The status of each period and dimension.

    ``cells``: ``periode_soort, periode, dimensie`` and the exact ``status`` (null where nothing was counted) of all
    regions and categories. Gives ``periode, dimensie, periode_status``: onvolledig or voorlopig when any cell is;
    voorlopig also when a unit could still be followed, or no cell says.
    """
    periods = cells.select("periode_soort", "periode").unique()
    still_open = [periode for soort, periode in periods.rows() if _open(soort, periode, definition, peildatum)]
    status = pl.col("status")
    return (
        cells.group_by("periode", "dimensie")
        .agg(
            onvolledig=(status == INCOMPLETE).any(),
            voorlopig=(status == PROVISIONAL).any(),
            bekend=status.is_in(OF_PERIOD).any(),
        )
        .select(
            "periode",
            "dimensie",
            periode_status=pl.when("onvolledig")
            .then(pl.lit(INCOMPLETE))
            .when(pl.col("voorlopig") | ~pl.col("bekend") | pl.col("periode").is_in(still_open))
            .then(pl.lit(PROVISIONAL))
            .otherwise(pl.lit(FINAL)),
        )
    )


def _open(soort: str, periode: str, definition: Definition, peildatum: date) -> bool:
    """Whether by the calendar a unit of the period may be followed beyond the peildatum."""
    last = calendar.month_end(calendar.months_of(soort, periode)[1])
    # A clock change can carry a unit over one midnight more, hence >= and not >.
    return definition.horizon_days is not None and last + timedelta(days=definition.horizon_days) >= peildatum
