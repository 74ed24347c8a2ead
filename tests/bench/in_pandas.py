"""Overlap and survival as an analyst writes them, in pandas with lifelines: a yardstick, from the specification alone.

Each gives a value for every region of three levels and every month, quarter and year: indicator, regio_niveau, regio,
periode_soort, periode, n, waarde.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd
from lifelines import KaplanMeierFitter

from data_contracts.loader import contracts
from indicators import calendar
from pipelines.tables import Inputs

from .measures import INCIDENTEN, MELDINGEN, PARTNERS

NEW_CASE, FOLLOWED = pd.Timedelta(days=28), pd.Timedelta(days=90)
HORIZON_DAYS = 548


def figures(inputs: Inputs, indicators: Iterable[str]) -> pd.DataFrame:
    zaken = zaken_of(inputs)
    return pd.concat([FIGURES[name](inputs, zaken).assign(indicator=name) for name in indicators], ignore_index=True)


def records(inputs: Inputs, feed: str, *columns: str) -> pd.DataFrame:
    """The current state of a feed: a record as it was last delivered, unless withdrawn."""
    key = contracts()[feed].key
    wanted = list(dict.fromkeys((key, *columns, "vervallen")))
    files = [path for _, path in sorted(inputs.files.get(feed, ()))]
    if not files:
        return pd.DataFrame(columns=list(columns))
    rows = pd.concat([pd.read_parquet(path, columns=wanted) for path in files], ignore_index=True)
    rows = rows.drop_duplicates(key, keep="last")
    if "vt_regio" in columns:
        rows["vt_regio"] = rows["vt_regio"].replace(dict(inputs.division.successor))
    return rows.loc[~rows["vervallen"], list(columns)]


def zaken_of(inputs: Inputs) -> pd.DataFrame:
    """zaak, gezin, vt_regio, start, volgende, einde, maand (2024-03)."""
    incidenten = records(inputs, INCIDENTEN, "registratie_id", "gezin", "vt_regio", "gemeld_op", "hg_label")
    incidenten = incidenten[incidenten["hg_label"]]
    meldingen = records(inputs, MELDINGEN, "melding_id", "gezin", "vt_regio", "ontvangen_op", "politie_registratie_id")
    joined = meldingen.merge(
        incidenten[["registratie_id", "gezin"]],
        how="left",
        left_on=["politie_registratie_id", "gezin"],
        right_on=["registratie_id", "gezin"],
    )
    own = joined[joined["registratie_id"].isna()]
    signalen = pd.concat(
        [
            pd.DataFrame(
                {
                    "gezin": incidenten["gezin"],
                    "tijd": incidenten["gemeld_op"],
                    "volgorde": 0,
                    "nummer": incidenten["registratie_id"],
                    "vt_regio": incidenten["vt_regio"],
                }
            ),
            pd.DataFrame(
                {
                    "gezin": own["gezin"],
                    "tijd": own["ontvangen_op"],
                    "volgorde": 1,
                    "nummer": own["melding_id"],
                    "vt_regio": own["vt_regio"],
                }
            ),
        ]
    ).sort_values(["gezin", "tijd", "volgorde", "nummer"])
    gap = signalen["tijd"] - signalen.groupby("gezin")["tijd"].shift()
    zaken = signalen.loc[gap.isna() | (gap >= NEW_CASE), ["gezin", "vt_regio", "tijd"]].rename(
        columns={"tijd": "start"}
    )
    zaken["volgende"] = zaken.groupby("gezin")["start"].shift(-1)
    zaken["einde"] = zaken["volgende"].fillna(calendar.observation_end(inputs.peildatum))
    local = zaken["start"].dt.tz_localize("UTC").dt.tz_convert("Europe/Amsterdam")
    zaken["maand"] = local.dt.strftime("%Y-%m")
    return zaken.reset_index(drop=True).rename_axis("zaak").reset_index()


def cells(inputs: Inputs, units: pd.DataFrame) -> Iterable[tuple[tuple[str, str, str, str], pd.DataFrame]]:
    """((regio_niveau, regio, periode_soort, periode), the units in it)."""
    parent = {region.code: region.arrondissement for region in inputs.division.vt_regios}
    placed = units.assign(
        arrondissement=units["vt_regio"].map(parent),
        land="nederland",
        jaar=units["maand"].str[:4],
        kwartaal=units["maand"].map({month: calendar.quarter_of(month) for month in units["maand"].unique()}),
    )
    for niveau in ("vt_regio", "arrondissement", "land"):
        for soort in ("maand", "kwartaal", "jaar"):
            for (regio, periode), mine in placed.groupby([niveau, soort]):
                yield (niveau, regio, soort, periode), mine


COLUMNS = ("regio_niveau", "regio", "periode_soort", "periode", "n", "waarde")


def overlapgraad(inputs: Inputs, zaken: pd.DataFrame) -> pd.DataFrame:
    end = calendar.observation_end(inputs.peildatum)
    windows = zaken[zaken["start"] + FOLLOWED <= end].copy()
    windows["tot"] = (windows["start"] + FOLLOWED).clip(upper=windows["einde"])
    effort = pd.concat(
        [
            records(inputs, f"{partner}/inzet", "gezin", "begonnen_op", "geeindigd_op").assign(partner=place)
            for place, partner in enumerate(PARTNERS)
        ],
        ignore_index=True,
    )
    active = effort.merge(windows[["zaak", "gezin", "start", "tot"]], on="gezin")
    active["van"] = active["begonnen_op"].clip(lower=active["start"])
    active["tot"] = active["geeindigd_op"].fillna(end).clip(upper=active["tot"])
    active = active[active["van"] < active["tot"]]
    points = pd.concat(
        [
            active[["zaak", "partner", "van"]].rename(columns={"van": "tijd"}).assign(stap=1),
            active[["zaak", "partner", "tot"]].rename(columns={"tot": "tijd"}).assign(stap=-1),
        ]
    ).sort_values(["zaak", "tijd"])
    seconds = (points["tijd"].shift(-1) - points["tijd"]).dt.total_seconds()
    partners = sum(
        (points["stap"].where(points["partner"] == place, 0).cumsum() > 0).astype(int) for place in range(len(PARTNERS))
    )
    points = points.assign(x=seconds.where(partners >= 1, 0), y=seconds.where(partners >= 2, 0))
    sums = points.groupby("zaak")[["x", "y"]].sum().reset_index()
    units = sums.merge(windows[["zaak", "vt_regio", "maand"]], on="zaak")
    found = [(*cell, len(mine), mine["y"].sum() / mine["x"].sum()) for cell, mine in cells(inputs, units)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def herhaling(inputs: Inputs, zaken: pd.DataFrame) -> pd.DataFrame:
    units = zaken.assign(dagen=(zaken["einde"] - zaken["start"]).dt.days, weer=zaken["volgende"].notna())
    found = []
    for cell, mine in cells(inputs, units):
        curve = KaplanMeierFitter().fit(mine["dagen"], mine["weer"])
        found.append((*cell, len(mine), 1 - curve.predict(HORIZON_DAYS)))
    return pd.DataFrame(found, columns=list(COLUMNS))


FIGURES: Mapping[str, Callable[[Inputs, pd.DataFrame], pd.DataFrame]] = {
    "overlapgraad": overlapgraad,
    "herhaling_18_maanden": herhaling,
}
