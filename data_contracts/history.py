"""What a delivery looks like next to earlier ones: the rules of level waarschuwing.

Belongs here: volume, a record's changed gezin, a reference to an unknown incident. Not here: deciding what counts as
history (`verdict`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import duckdb

from data_contracts.casts import literal, quote
from data_contracts.model import LakeFile
from data_contracts.session import parquet, union

# Makes the median absolute deviation an estimate of the standard deviation of a normal distribution.
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class UsualVolume:
    """The rows a month usually has, from the months before it."""

    low: float
    high: float

    def holds(self, volume: int) -> bool:
        return self.low <= volume <= self.high


def usual_volume(
    month: str, volumes: Mapping[str, int], deviations: int, months: int, minimum: int
) -> UsualVolume | None:
    """The median of the last delivered months before ``month``, plus and minus a number of robust standard deviations.

    Where at least half of those months are equal the median absolute deviation is 0 and says nothing; the spread of
    plain counting, the square root of the median, then takes its place. None with fewer than ``minimum`` months.
    """
    earlier = [volumes[other] for other in sorted(volumes) if other < month][-months:]
    if len(earlier) < minimum:
        return None
    middle = median(earlier)
    sigma = MAD_TO_SIGMA * median(abs(volume - middle) for volume in earlier) or math.sqrt(max(middle, 1))
    return UsualVolume(middle - deviations * sigma, middle + deviations * sigma)


def _rows(files: Sequence[LakeFile], columns: str) -> str:
    return union([f"select {literal(file.month)} as maand, {columns} from {parquet(file.path)}" for file in files])


def changed_family(key: str, family: str, files: Sequence[LakeFile], months: Sequence[str]) -> str:
    """SQL: maand and rij of the records of ``months`` whose gezin differs from that in their latest earlier delivery.

    ``files``: the accepted files of the feed, one a month.
    """
    asked = ", ".join(literal(month) for month in months)
    return (
        f"with standen as ({_rows(files, f'rij, {quote(key)} as sleutel, {quote(family)} as gezin')}),"
        f" gevraagd as (select distinct sleutel from standen where maand in ({asked})),"
        " reeksen as (select maand, rij, gezin, lag(gezin) over (partition by sleutel order by maand) as eerder"
        " from standen semi join gevraagd using (sleutel))"
        f" select maand, rij from reeksen where maand in ({asked}) and eerder <> gezin"
    )


def unknown_reference(reference: str, family: str, files: Sequence[LakeFile], incidents: Sequence[LakeFile]) -> str:
    """SQL: maand and rij of the rows whose reference is not a politie incident of the same gezin.

    ``incidents``: the accepted files of politie/incidenten; of each record the latest state counts, unless withdrawn.
    """
    return (
        f"with verwijzingen as ({_rows(files, f'rij, {quote(reference)} as verwijzing, {quote(family)} as gezin')}),"
        f" standen as ({_rows(incidents, 'registratie_id, gezin, vervallen')}),"
        " incidenten as (select registratie_id as verwijzing, arg_max(gezin, maand) as gezin,"
        " arg_max(vervallen, maand) as vervallen from standen group by registratie_id),"
        " bekend as (select verwijzing, gezin from incidenten where not vervallen)"
        " select maand, rij from verwijzingen anti join bekend using (verwijzing, gezin)"
        " where verwijzing is not null"
    )


def rows_per_month(connection: duckdb.DuckDBPyConnection, warned: str) -> dict[str, int]:
    """How many rows of each month a query of maand and rij gives; months without are 0."""
    query = f"select maand, count(*) from ({warned}) group by maand"
    return defaultdict(int, connection.execute(query).fetchall())
