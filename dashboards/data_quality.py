"""The stewards' folder of a publication: data quality as exact figures, national, per feed and month.

Belongs here: opening that folder, picking figures, and adding up counts over months. These are exact counts that add
up; what the public pages show is picked and never added up (``queries``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from dashboards import queries
from indicators import calendar, explanation

FIGURES, WORDS = f"{queries.STEWARDS}/data_quality.parquet", f"{queries.STEWARDS}/feeds.json"
ON_TIME = ("op_tijd", "te_laat", "achteraf", "ontbreekt")
TOTAL = "totaal"
# What is looked at where one month says too little.
RECENT_MONTHS = 12
# A filled share that is this far from its usual one, over enough rows, stands out.
FILLED_DIFFERENCE, FILLED_ROWS = 0.10, 30
# How one feed meets the others: shares with a trend of their own.
LINKS = ("koppeling", "voor_eerste_zaak", "zonder_tarief")


class NoDataQuality(Exception):
    """A publication made before data quality was published."""


@dataclass(frozen=True)
class Feed:
    """What a feed and its codes are called. ``columns``, ``rules``: code -> words."""

    partner: str
    feed: str
    title: str
    delivery_day: int
    columns: Mapping[str, str]
    rules: Mapping[str, str]

    @property
    def name(self) -> str:
        return f"{self.partner}/{self.feed}"

    @property
    def partner_name(self) -> str:
        return explanation.partner(self.partner)


@dataclass(frozen=True)
class DataQuality:
    """``feeds`` by name, by partner in the usual order; ``figures``: the long table, with a column ``naam`` (the
    feed's name)."""

    feeds: Mapping[str, Feed]
    figures: pl.DataFrame
    last_month: str

    @cached_property
    def months(self) -> list[str]:
        """From the first delivered month to the peildatum's: what pages show. Facts may be older."""
        return calendar.months_between(min(self._of("records")["maand"], default=self.last_month), self.last_month)

    @cached_property
    def deliveries(self) -> pl.DataFrame:
        """A row for every feed and month that was delivered or should have been: naam, maand, levering (of
        ``ON_TIME``), rijen, in_quarantaine (a share; empty without rows)."""
        times = self._of("op_tijd").select("naam", "maand", levering="onderdeel")
        rows = self._of("records").filter(onderdeel="ontvangen").select("naam", "maand", rijen="waarde")
        broken = self._of("in_quarantaine").filter(onderdeel=TOTAL).select("naam", "maand", in_quarantaine="waarde")
        keys = ["naam", "maand"]
        return times.join(rows, on=keys, how="left").join(broken, on=keys, how="left").sort(keys)

    def series(self, feed: str, maat: str, part: str | None = None) -> pl.DataFrame:
        """The figures of one feed and maat, by onderdeel and month, in the months that pages show."""
        found = self._of(maat).filter((pl.col("naam") == feed) & pl.col("maand").is_in(self.months))
        return (found if part is None else found.filter(onderdeel=part)).sort("onderdeel", "maand")

    def recent(self, feed: str, maat: str, part: str) -> tuple[float, float]:
        """Teller and noemer of one share, added up over the last months."""
        found = self.series(feed, maat, part).filter(pl.col("maand").is_in(self.months[-RECENT_MONTHS:]))
        return found["teller"].sum(), found["noemer"].sum()

    def volume(self, feed: str) -> pl.DataFrame:
        """Rows per month: maand, waarde, laag, hoog (what is usual; empty where that is not known yet)."""
        found = self.series(feed, "records")
        out = pl.DataFrame({"maand": self.months}, schema={"maand": pl.String})
        for column, part in (("waarde", "ontvangen"), ("laag", "gebruikelijk_van"), ("hoog", "gebruikelijk_tot")):
            out = out.join(found.filter(onderdeel=part).select("maand", waarde_="waarde").rename({"waarde_": column}),
                           on="maand", how="left")  # fmt: skip
        return out.sort("maand")

    def broken_rules(self, feed: str, maat: str) -> list[str]:
        """The rules that any row broke in the months shown, most rows first; without the total."""
        found = self.series(feed, maat).filter((pl.col("teller") > 0) & (pl.col("onderdeel") != TOTAL))
        rows = found.group_by("onderdeel").agg(pl.col("teller").sum())
        return rows.sort("teller", "onderdeel", descending=[True, False])["onderdeel"].to_list()

    def links(self, feed: str) -> list[tuple[str, str]]:
        """(maat, onderdeel) of the shares that tell how a feed meets the others, in order."""
        found = {(maat, part) for maat in LINKS for part in self.series(feed, maat)["onderdeel"]}
        return sorted(found, key=lambda link: (LINKS.index(link[0]), link[1]))

    def unusually_filled(self, feed: str) -> list[dict[str, Any]]:
        """Columns whose filled share in the newest month is far from the median of the months before it: onderdeel,
        maand, waarde, gewoon."""
        out = []
        for part in self.series(feed, "gevuld")["onderdeel"].unique().sort():
            cells = self.series(feed, "gevuld", part)
            newest, before = cells.row(-1, named=True), cells.head(-1).tail(RECENT_MONTHS)["waarde"]
            usual = before.median()
            if not isinstance(usual, float) or newest["noemer"] < FILLED_ROWS:
                continue
            if abs(newest["waarde"] - usual) >= FILLED_DIFFERENCE:
                out.append({**newest, "gewoon": usual})
        return out

    def _of(self, maat: str) -> pl.DataFrame:
        return self.figures.filter(maat=maat)


def open_data_quality(publication: queries.Publication) -> DataQuality:
    """Raises NoDataQuality where the publication has none, and queries.DamagedPublication."""
    if not {FIGURES, WORDS} <= set(publication.manifest["files"]):
        raise NoDataQuality(publication.number)
    read = {name: queries.checked_bytes(publication.folder, publication.manifest, name) for name in (FIGURES, WORDS)}
    feeds = [Feed(**feed) for feed in queries.as_json(read[WORDS], WORDS)]
    figures = queries.as_table(read[FIGURES], FIGURES)
    return DataQuality(
        {feed.name: feed for feed in in_order(feeds)},
        figures.with_columns(naam=pl.concat_str("partner", "feed", separator="/")),
        calendar.month_of(publication.peildatum),
    )


def in_order(feeds: Sequence[Feed]) -> list[Feed]:
    """By partner in the usual order, effort last, the landelijk netwerk after the partners."""
    partners = list(explanation.texts()["partners"])
    return sorted(feeds, key=lambda f: (partners.index(f.partner), f.feed == "inzet", f.title))
