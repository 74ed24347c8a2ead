"""Which gezinnen stand behind a cell: how many, where a unit is a row of effort, and how much of a sum is one's.

Distinct counts and largest parts do not add up over regions and periods, so each level is counted by itself. A gezin in
a cell is one integer: from the low end 8 bits category, 7 bits region, 16 bits period, then the gezin; regions and
months are numbered so that a shift or a division gives the level above.

Only cells in which it can matter are counted: where no gezin has more than M rows in a period, ten times M rows are of
ten gezinnen or more; and no gezin has more of a cell than the most that one has of the whole country in that period.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from indicators import calendar
from indicators.geography import LAND, Division
from indicators.session import Session

CATEGORY, REGION, PERIOD = 0, 8, 15
GEZIN = 31
# How many of the kind before it make one, and the bits between a vt_regio's number and that of its arrondissement.
PERIOD_STEPS = (("maand", None), ("kwartaal", 3), ("jaar", 4))
REGIONS_BITS = 3
ENOUGH = 10
# The part of a sum up to which the largest one is not looked for.
DOMINANCE_FROM = 0.5
# The label of a period, from its month's.
PERIOD_OF_MONTH = {
    "maand": "maand",
    "kwartaal": "substr(maand, 1, 4) || '-K' || cast((cast(substr(maand, 6, 2) as integer) + 2) // 3 as varchar)",
    "jaar": "substr(maand, 1, 4)",
}


def region_numbers(division: Division) -> dict[str, int]:
    """vt_regio -> its number; the number of its arrondissement is that shifted by REGIONS_BITS."""
    out: dict[str, int] = {}
    for number, district in enumerate(division.arrondissementen):
        mine = [r.code for r in division.vt_regios if r.arrondissement == district.code]
        if len(mine) > 1 << REGIONS_BITS:
            raise ValueError(f"{district.code} has more vt_regio's than a number can hold")
        out |= {code: (number << REGIONS_BITS) + place for place, code in enumerate(mine)}
    return out


def counted(
    con: Session,
    rows: str,
    cells: pl.DataFrame,
    categories: Sequence[tuple[str, str]],
    division: Division,
) -> pl.DataFrame:
    """``cells`` with a column ``gezinnen``; null where it is certainly at least ENOUGH.

    ``rows``: a query with vt_regio, maand, dimensie, categorie, n and gezin_nr, in which every unit stands once under
    dimensie totaal; rows without a gezin_nr (no zaak) or without a unit are left out. ``cells``: regio_niveau, regio,
    periode_soort, periode, dimensie, categorie and n, the units with a gezin_nr. ``categories``: every (dimensie,
    categorie) of the indicator.
    """
    key = cells.columns[: cells.columns.index("categorie") + 1]
    doubtful = cells.filter(pl.col("n") < ENOUGH * _most(con, rows, "gezin_nr is not null"))
    units = f"select *, gezin_nr as gezin, 1 as y from ({rows}) where gezin_nr is not null and n > 0"
    found = _counted(con, units, doubtful, categories, division).drop("grootste")
    return cells.join(
        doubtful.select(key).join(found, on=key, how="left").with_columns(pl.col("gezinnen").fill_null(0)),
        on=key,
        how="left",
        maintain_order="left",
    )


def largest(
    con: Session,
    rows: str,
    cells: pl.DataFrame,
    categories: Sequence[tuple[str, str]],
    division: Division,
) -> pl.DataFrame:
    """``cells`` with a column ``grootste``: the most of sum_y that is one gezin's; null where that is certainly at most
    DOMINANCE_FROM of it, or where fewer than ENOUGH units tell already that the cell is not shown.

    ``rows``: as for ``counted``, with sum_y and van_gezin, whose it is; all that is nobody's counts as one gezin's.
    ``cells``: the same key, n and sum_y.
    """
    key = cells.columns[: cells.columns.index("categorie") + 1]
    doubtful = (
        cells.join(_largest_in_period(con, rows), on=["periode_soort", "periode"])
        .filter((pl.col("n") >= ENOUGH) & (pl.col("grens") > DOMINANCE_FROM * pl.col("sum_y")))
        .select(cells.columns)
    )
    units = f"select *, coalesce(van_gezin, 0) as gezin, sum_y as y from ({rows}) where sum_y > 0"
    found = _counted(con, units, doubtful, categories, division).drop("gezinnen")
    return cells.join(doubtful.select(key).join(found, on=key), on=key, how="left", maintain_order="left")


def _most(con: Session, rows: str, counting: str) -> pl.Expr:
    """The most rows ``counting`` that one gezin has in a period of the cell's length; each stands once under totaal."""
    by_period = _per_gezin(rows, counting, "gezin_nr", "count(*)")
    most = con.execute(f"select periode_soort, max(aantal) from ({by_period}) group by periode_soort").fetchall()
    return pl.col("periode_soort").replace_strict(dict(most), default=1, return_dtype=pl.Int64)


def _largest_in_period(con: Session, rows: str) -> pl.DataFrame:
    """periode_soort, periode, grens: the most of sum_y that is one gezin's in a period, in the whole country."""
    by_period = _per_gezin(rows, "sum_y > 0", "coalesce(van_gezin, 0)", "sum(sum_y)")
    query = f"select periode_soort, periode, max(aantal) as grens from ({by_period}) group by periode_soort, periode"
    return pl.DataFrame(pl.from_arrow(con.sql(query).to_arrow_table()))


def _per_gezin(rows: str, counting: str, gezin: str, counted: str) -> str:
    """A query of periode_soort, periode and aantal, one row a gezin; the rows are gone through once."""
    periods = " union all ".join(
        f"""
        select '{soort}' as periode_soort, {label} as periode, cast(sum(aantal) as bigint) as aantal
        from per_gezin
        group by {label}, gezin"""
        for soort, label in PERIOD_OF_MONTH.items()
    )
    return f"""
        with rijen as ({rows}),
        per_gezin as (
            select {gezin} as gezin, maand, cast({counted} as bigint) as aantal
            from rijen
            where dimensie = 'totaal' and {counting}
            group by {gezin}, maand
        )
        {periods}"""


def _parts(cells: pl.DataFrame, division: Division) -> pl.DataFrame:
    """Every (vt_regio, maand, dimensie, categorie) that is a part of one of the cells."""
    by_region = pl.DataFrame(division.levels, schema=["vt_regio", "regio_niveau", "regio"], orient="row")
    periods = [
        (soort, periode, month)
        for soort, periode in cells.select("periode_soort", "periode").unique().rows()
        for month in calendar.months_in(soort, periode)
    ]
    return (
        cells.join(by_region, on=["regio_niveau", "regio"])
        .join(
            pl.DataFrame(periods, schema=dict.fromkeys(("periode_soort", "periode", "maand"), pl.String), orient="row"),
            on=["periode_soort", "periode"],
        )
        .select("vt_regio", "maand", "dimensie", "categorie")
        .unique()
    )


def _counted(
    con: Session,
    units: str,
    cells: pl.DataFrame,
    categories: Sequence[tuple[str, str]],
    division: Division,
) -> pl.DataFrame:
    """Of these cells the distinct gezinnen, and the largest y of one. ``units``: a query with ``gezin`` and ``y``.

    Cells without units are left out; others may come along, with part of theirs.
    """
    _register(con, "twijfelachtig", _parts(cells, division))
    regions = region_numbers(division)
    _register(con, "genummerde_regios", pl.DataFrame({"vt_regio": list(regions), "r": list(regions.values())}))
    numbered = pl.DataFrame(categories, schema=["dimensie", "categorie"], orient="row").with_row_index("c")
    _register(con, "genummerde_categorieen", numbered.cast({"c": pl.Int64}))
    con.execute(
        f"""
        create or replace temp table gezin_in_cel as
        with eenheden as ({units})
        select
            (cast(gezin as bigint) << {GEZIN})
            | ((cast(substr(maand, 1, 4) as bigint) * 12 + cast(substr(maand, 6, 2) as bigint) - 1) << {PERIOD})
            | (r << {REGION})
            | (c << {CATEGORY}) as code,
            cast(sum(y) as bigint) as y
        from eenheden
        semi join twijfelachtig using (vt_regio, maand, dimensie, categorie)
        inner join genummerde_regios using (vt_regio)
        inner join genummerde_categorieen using (dimensie, categorie)
        group by code"""
    )
    found = []
    for soort, parts in PERIOD_STEPS:
        if parts is not None:
            # Quarters from months, years from quarters: each from fewer than the one before.
            con.execute(
                f"""
                create or replace temp table gezin_in_cel as
                select
                    (code >> {GEZIN} << {GEZIN})
                    | (((code >> {PERIOD}) & 65535) // {parts} << {PERIOD})
                    | (code & {(1 << PERIOD) - 1}) as code,
                    cast(sum(y) as bigint) as y
                from gezin_in_cel
                group by 1"""
            )
        for niveau, region in (
            ("vt_regio", f"(code >> {REGION}) & 127"),
            ("arrondissement", f"((code >> {REGION}) & 127) >> {REGIONS_BITS}"),
            ("land", "0"),
        ):
            found.append(_count(con, region).with_columns(periode_soort=pl.lit(soort), regio_niveau=pl.lit(niveau)))
    return _named(pl.concat(found), regions, categories, division)


def _count(con: Session, region: str) -> pl.DataFrame:
    """Gezinnen and the largest y by period, region (an expression over code) and category, as numbers."""
    query = f"""
        with genoemd as (
            select
                code >> {GEZIN} as gezin,
                ((code >> {PERIOD}) & 65535) as p,
                {region} as r,
                code & 255 as c,
                sum(y) as y
            from gezin_in_cel
            group by all
        )
        select p, r, c, count(*) as gezinnen, cast(max(y) as bigint) as grootste from genoemd group by p, r, c"""
    found = pl.DataFrame(pl.from_arrow(con.sql(query).to_arrow_table()))
    return found.cast(dict.fromkeys(("p", "r", "c", "gezinnen", "grootste"), pl.Int64))


def _named(
    found: pl.DataFrame, regions: dict[str, int], categories: Sequence[tuple[str, str]], division: Division
) -> pl.DataFrame:
    names = [("vt_regio", number, code) for code, number in regions.items()]
    names += [("arrondissement", number, r.code) for number, r in enumerate(division.arrondissementen)]
    names += [("land", 0, LAND)]
    by_number = pl.DataFrame(names, schema={"regio_niveau": pl.String, "r": pl.Int64, "regio": pl.String}, orient="row")
    by_category = pl.DataFrame(
        [(c, dimensie, categorie) for c, (dimensie, categorie) in enumerate(categories)],
        schema={"c": pl.Int64, "dimensie": pl.String, "categorie": pl.String},
        orient="row",
    )
    p = pl.col("p")
    year = pl.when(pl.col("periode_soort") == "jaar").then(p).when(pl.col("periode_soort") == "maand").then(p // 12)
    return (
        found.join(by_number, on=["regio_niveau", "r"])
        .join(by_category, on="c")
        .with_columns(jaar=year.otherwise(p // 4).cast(pl.String))
        .with_columns(
            periode=pl.when(pl.col("periode_soort") == "jaar")
            .then("jaar")
            .when(pl.col("periode_soort") == "maand")
            .then(pl.col("jaar") + "-" + (p % 12 + 1).cast(pl.String).str.zfill(2))
            .otherwise(pl.col("jaar") + "-K" + (p % 4 + 1).cast(pl.String))
        )
        .select("regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie", "gezinnen", "grootste")
    )


def _register(con: Session, name: str, frame: pl.DataFrame) -> None:
    con.register("frame", frame.to_arrow())
    con.execute(f'create or replace temp table "{name}" as select * from frame')
    con.unregister("frame")
