"""The measured indicators in polars, from lake files to sums: a yardstick, written from the specification alone.

Each gives the sums of its kind at base grain: vt_regio, maand, dimensie, categorie (and dag for survival).
Nothing of the product is used but the calendar and the lists of codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from data_contracts.loader import contracts
from indicators import calendar
from indicators.model import definitions
from pipelines.tables import Inputs

from .measures import (
    INCIDENTEN,
    LOCATIES,
    MELDINGEN,
    ONDERZOEKEN,
    OVERLEGGEN,
    PARTNERS,
    STATUS,
    TARIEVEN,
    TRAJECTEN,
    ZSM,
)

DAY = timedelta(days=1)
NEW_CASE, FOLLOWED, HORIZON = 28 * DAY, 90 * DAY, 548 * DAY
CELL = ["vt_regio", "maand"]
# Five counters of 12 bits in one integer, one a partner.
COUNTER_BITS = 12
TYPES = {"timestamp": pl.Datetime("us"), "date": pl.Date, "boolean": pl.Boolean, "decimal": pl.Decimal(7, 2)}


def figures(inputs: Inputs, indicators: Iterable[str]) -> pl.DataFrame:
    """Sums of these indicators at base grain, one under the other: ``indicator``, its cell, its sums."""
    country = Country(inputs)
    parts = [FIGURES[name](country).with_columns(indicator=pl.lit(name)) for name in indicators]
    return pl.concat(parts, how="diagonal")


class Country:
    """The lake at a peildatum. Zaken are worked out once."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.peildatum = inputs.peildatum
        self.end: datetime = calendar.observation_end(inputs.peildatum)
        self._zaken: pl.DataFrame | None = None

    def records(self, feed: str, *columns: str) -> pl.LazyFrame:
        """The current state of a feed: a record as it was last delivered, unless withdrawn."""
        contract = contracts()[feed]
        files = [path for _, path in sorted(self.inputs.files.get(feed, ()))]
        if not files:
            return pl.LazyFrame(schema={c.name: TYPES.get(c.kind, pl.String) for c in contract.columns}).select(columns)
        wanted = dict.fromkeys((contract.key, *columns, "vervallen"))
        rows = pl.scan_parquet(files).select(*wanted)
        if successor := self.inputs.division.successor:
            regions = [name for name in ("vt_regio", "regio") if name in wanted]
            rows = rows.with_columns(pl.col(regions).replace(dict(successor)))
        return rows.unique(contract.key, keep="last", maintain_order=True).filter(~pl.col("vervallen")).select(columns)

    def effort(self, *columns: str) -> pl.LazyFrame:
        return pl.concat(
            self.records(f"{partner}/inzet", *columns).with_columns(partner=pl.lit(partner)) for partner in PARTNERS
        )

    @property
    def zaken(self) -> pl.LazyFrame:
        """zaak, gezin, start, volgende, einde, vt_regio, datum, maand (its first day)."""
        if self._zaken is None:
            self._zaken = self._made_zaken().collect(engine="streaming")
        return self._zaken.lazy()

    def _made_zaken(self) -> pl.LazyFrame:
        incidenten = self.records(INCIDENTEN, "registratie_id", "gezin", "vt_regio", "gemeld_op", "hg_label")
        incidenten = incidenten.filter("hg_label")
        meldingen = self.records(
            MELDINGEN, "melding_id", "gezin", "vt_regio", "ontvangen_op", "politie_registratie_id"
        ).join(
            incidenten,
            left_on=["politie_registratie_id", "gezin"],
            right_on=["registratie_id", "gezin"],
            how="anti",
        )
        signalen = pl.concat(
            [
                incidenten.select("gezin", "vt_regio", tijd="gemeld_op", volgorde=0, nummer="registratie_id"),
                meldingen.select("gezin", "vt_regio", tijd="ontvangen_op", volgorde=1, nummer="melding_id"),
            ]
        ).sort("gezin", "tijd", "volgorde", "nummer")
        same = pl.col("gezin") == pl.col("gezin").shift()
        starts = signalen.filter((same & (pl.col("tijd") - pl.col("tijd").shift() < NEW_CASE)).fill_null(False).not_())
        another = pl.col("gezin") == pl.col("gezin").shift(-1)
        return (
            starts.select("gezin", "vt_regio", start="tijd")
            .with_columns(volgende=pl.when(another).then(pl.col("start").shift(-1)), datum=local_date("start"))
            .with_columns(einde=pl.col("volgende").fill_null(self.end), maand=pl.col("datum").dt.month_start())
            .with_row_index("zaak")
        )

    def in_zaak(self, facts: pl.LazyFrame) -> pl.LazyFrame:
        """``facts``: gezin, tijd and more; those in a zaak, with its zaak and start."""
        zaken = self.zaken.select("gezin", "zaak", "start", "einde")
        return facts.join(zaken, on="gezin").filter(pl.col("tijd").is_between("start", "einde", closed="left"))

    def early(self, facts: pl.LazyFrame) -> pl.LazyFrame:
        """Those of the first 28 days; ``facts`` as for ``in_zaak``."""
        return facts.join(self.zaken.select("gezin", "zaak", "start"), on="gezin").filter(
            pl.col("tijd").is_between("start", pl.col("start") + NEW_CASE, closed="left")
        )

    def met_actieoverleg(self) -> pl.LazyFrame:
        """zaak, met_actieoverleg: of zaken that are 28 days old."""
        held = self.records(OVERLEGGEN, "gezin", "gehouden_op").rename({"gehouden_op": "tijd"})
        return self._flagged(self.early(held), "met_actieoverleg").filter(pl.col("start") + NEW_CASE <= self.end)

    def praktijklocatie(self) -> pl.LazyFrame:
        """zaak, praktijklocatie."""
        places = self.records(LOCATIES, "vt_regio", "vanaf", "tot")
        inside = (pl.col("vanaf") <= pl.col("datum")) & (pl.col("tot").is_null() | (pl.col("datum") <= pl.col("tot")))
        return self._flagged(self.zaken.join(places, on="vt_regio").filter(inside), "praktijklocatie")

    def _flagged(self, hits: pl.LazyFrame, name: str) -> pl.LazyFrame:
        yes = hits.select("zaak").unique().with_columns(pl.lit("ja").alias(name))
        return (
            self.zaken.select("zaak", "start")
            .join(yes, on="zaak", how="left")
            .with_columns(pl.col(name).fill_null("nee"))
        )

    def aard_geweld(self) -> pl.LazyFrame:
        """zaak, aard_geweld: of its earliest melding."""
        meldingen = self.records(MELDINGEN, "melding_id", "gezin", "ontvangen_op", "aard_geweld")
        first = (
            self.in_zaak(meldingen.rename({"ontvangen_op": "tijd"}))
            .sort("zaak", "tijd", "melding_id")
            .unique("zaak", keep="first", maintain_order=True)
        )
        known = first.select("zaak", "aard_geweld")
        return (
            self.zaken.select("zaak")
            .join(known, on="zaak", how="left")
            .with_columns(pl.col("aard_geweld").fill_null("onbekend"))
        )

    def samenloop(self) -> pl.LazyFrame:
        """The zaken of at least 28 days in which both sides are involved within 28 days."""
        incidenten = self.records(INCIDENTEN, "gezin", "gemeld_op", "hg_label", "aangifte", "aanhouding_op").filter(
            pl.col("hg_label") & (pl.col("aangifte") | pl.col("aanhouding_op").is_not_null())
        )
        zorg = pl.concat([self.moments(MELDINGEN, "ontvangen_op"), self.moments(ONDERZOEKEN, "verzoek_op")])
        straf = pl.concat(
            [
                incidenten.select("gezin", tijd="gemeld_op"),
                self.moments(ZSM, "instroom_op"),
                self.moments(TRAJECTEN, "aangemeld_op"),
            ]
        )
        ripe = self.zaken.filter(pl.col("start") + NEW_CASE <= self.end)
        return ripe.join(self.early(zorg), on="zaak", how="semi").join(self.early(straf), on="zaak", how="semi")

    def moments(self, feed: str, column: str) -> pl.LazyFrame:
        return self.records(feed, "gezin", column).select("gezin", tijd=column)


def local_date(column: str) -> pl.Expr:
    return pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Amsterdam").dt.date()


def _named(rows: pl.LazyFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Collected, the month as text, in order."""
    done = rows.collect(engine="streaming")
    return done.with_columns(pl.col("maand").dt.strftime("%Y-%m")).sort(keys)


def _split(
    units: pl.LazyFrame, dimensions: Mapping[str, pl.Expr], sums: Sequence[pl.Expr], by: Sequence[str] = ()
) -> pl.DataFrame:
    """Units added up per cell, in total and by each dimension; a unit without a category is left out there."""
    units = units.collect(engine="streaming").lazy()
    parts = [
        units.with_columns(dimensie=pl.lit(name), categorie=category)
        .filter(pl.col("categorie").is_not_null())
        .group_by(*CELL, "dimensie", "categorie", *by)
        .agg(sums)
        for name, category in {"totaal": pl.lit("totaal"), **dimensions}.items()
    ]
    return _named(pl.concat(parts), [*CELL, "dimensie", "categorie", *by])


def overlapgraad(country: Country) -> pl.DataFrame:
    windows = country.zaken.filter(pl.col("start") + FOLLOWED <= country.end).select(
        "zaak", "gezin", *CELL, van="start", tot=pl.min_horizontal(pl.col("start") + FOLLOWED, "einde")
    )
    active = (
        country.effort("gezin", "begonnen_op", "geeindigd_op")
        .join(windows, on="gezin")
        .select(
            "zaak",
            *CELL,
            gewicht=pl.col("partner").replace_strict(
                {partner: 1 << COUNTER_BITS * place for place, partner in enumerate(PARTNERS)}, return_dtype=pl.Int64
            ),
            van=pl.max_horizontal("begonnen_op", "van"),
            tot=pl.min_horizontal(pl.col("geeindigd_op").fill_null(country.end), "tot"),
        )
        .filter(pl.col("van") < pl.col("tot"))
    )
    points = pl.concat(
        [
            active.select("zaak", *CELL, "gewicht", tijd="van"),
            active.select("zaak", *CELL, -pl.col("gewicht"), tijd="tot"),
        ]
    ).sort("zaak", "tijd")
    # After the last point of a zaak nobody is active, so one running sum serves all zaken.
    states = points.select(
        "zaak",
        *CELL,
        stand=pl.col("gewicht").cum_sum(),
        duur=(pl.col("tijd").shift(-1) - pl.col("tijd")).dt.total_seconds(),
    ).filter(pl.col("stand") > 0)
    counters = [
        (pl.col("stand") // (1 << COUNTER_BITS * place) % (1 << COUNTER_BITS) > 0).cast(pl.Int8)
        for place in range(len(PARTNERS))
    ]
    together = pl.sum_horizontal(counters) >= 2
    zaken = states.group_by("zaak", *CELL).agg(x=pl.col("duur").sum(), y=pl.col("duur").filter(together).sum())
    return _split(zaken, {}, _ratio_sums())


def _ratio_sums() -> list[pl.Expr]:
    x, y = pl.col("x").cast(pl.Int64), pl.col("y").cast(pl.Int64)
    return [
        pl.len().cast(pl.Int64).alias("n"),
        x.sum().alias("sum_x"),
        y.sum().alias("sum_y"),
        (x * x).sum().alias("sum_xx"),
        (x * y).sum().alias("sum_xy"),
        (y * y).sum().alias("sum_yy"),
    ]


def herhaling(country: Country) -> pl.DataFrame:
    meldingen = country.records(MELDINGEN, "gezin", "ontvangen_op", "betrokkenheid_beeindigd_op")
    ended = pl.col("betrokkenheid_beeindigd_op")
    involved = (
        country.zaken.filter(pl.col("volgende").is_not_null())
        .join(meldingen, on="gezin")
        .filter((pl.col("ontvangen_op") < pl.col("volgende")) & (ended.is_null() | (ended > local_date("volgende"))))
        .select("zaak", betrokken=True)
        .unique()
    )
    ripe = pl.col("start") + HORIZON <= country.end
    units = (
        country.zaken.join(country.met_actieoverleg().drop("start"), on="zaak", how="left")
        .join(country.praktijklocatie().drop("start"), on="zaak")
        .join(country.aard_geweld(), on="zaak")
        .join(involved, on="zaak", how="left")
        .select(
            *CELL,
            "met_actieoverleg",
            "praktijklocatie",
            "aard_geweld",
            dag=pl.min_horizontal((pl.col("einde") - pl.col("start")).dt.total_days(), HORIZON.days + 1),
            event=pl.col("volgende").is_not_null(),
            vervolg=pl.col("volgende").is_not_null() & pl.col("betrokken").fill_null(False),
            rijp=ripe,
            open=pl.col("volgende").is_null() & ~ripe,
        )
        .collect(engine="streaming")
        .lazy()
    )
    kinds = {"vervolgmelding": pl.col("vervolg"), "hermelding": pl.col("event") & ~pl.col("vervolg")}
    parts = [
        _split(
            units,
            {name: pl.col(name) for name in ("met_actieoverleg", "praktijklocatie", "aard_geweld")},
            _day_sums(pl.col("event"), pl.lit(False)),
            ["dag"],
        )
    ]
    for kind, event in kinds.items():
        marked = units.with_columns(soort=pl.lit(kind), event=event, anders=pl.col("event") & ~event)
        by_kind = _split(marked, {"soort": pl.col("soort")}, _day_sums(pl.col("event"), pl.col("anders")), ["dag"])
        parts.append(by_kind.filter(pl.col("dimensie") == "soort"))
    return pl.concat(parts).sort(*CELL, "dimensie", "categorie", "dag")


def _day_sums(event: pl.Expr, competing: pl.Expr) -> list[pl.Expr]:
    return [
        pl.len().cast(pl.Int64).alias("n"),
        event.cast(pl.Int64).sum().alias("events"),
        competing.cast(pl.Int64).sum().alias("competing"),
        pl.col("rijp").cast(pl.Int64).sum(),
        pl.col("open").cast(pl.Int64).sum(),
    ]


def tijd_tot_eerste_afstemming(country: Country) -> pl.DataFrame:
    incidenten = country.records(INCIDENTEN, "gezin", "vt_betrokken_op", "hg_label").filter("hg_label")
    moments = country.in_zaak(
        pl.concat(
            [
                country.moments(OVERLEGGEN, "gehouden_op"),
                country.moments(ZSM, "vt_geraadpleegd_op"),
                incidenten.select("gezin", tijd="vt_betrokken_op"),
            ]
        )
    )
    first = (
        moments.filter(pl.col("tijd") < pl.col("start") + FOLLOWED)
        .group_by("zaak")
        .agg(afstemming=pl.col("tijd").min())
    )
    ripe = pl.col("start") + FOLLOWED <= country.end
    until = pl.min_horizontal(pl.col("start") + FOLLOWED, "einde")
    units = (
        country.samenloop()
        .join(first, on="zaak", how="left")
        .join(country.aard_geweld(), on="zaak")
        .select(
            *CELL,
            "aard_geweld",
            dag=(pl.col("afstemming").fill_null(until) - pl.col("start")).dt.total_days(),
            event=pl.col("afstemming").is_not_null(),
            rijp=ripe,
            open=pl.col("afstemming").is_null() & ~ripe & pl.col("volgende").is_null(),
        )
    )
    return _split(units, {"aard_geweld": pl.col("aard_geweld")}, _day_sums(pl.col("event"), pl.lit(False)), ["dag"])


def inzet_uren_per_zaak(country: Country) -> pl.DataFrame:
    ripe = (
        country.zaken.filter(pl.col("start") + FOLLOWED <= country.end)
        .join(country.met_actieoverleg().drop("start"), on="zaak")
        .with_columns(tot=pl.min_horizontal(pl.col("start") + FOLLOWED, "einde"))
        .select("zaak", "gezin", *CELL, "met_actieoverleg", "start", "tot")
        .collect(engine="streaming")
        .lazy()
    )
    splitting = ["partner", "verbeteractiviteit", "soort_inzet", "wijze"]
    effort = (
        country.effort("gezin", "verbeteractiviteit", "soort_inzet", "wijze", "begonnen_op", "uren")
        .join(ripe, on="gezin")
        .filter(pl.col("begonnen_op").is_between("start", "tot", closed="left"))
        .select("zaak", *CELL, *splitting, "met_actieoverleg", y=_hundredths())
        .collect(engine="streaming")
        .lazy()
    )
    sums = [
        pl.col("y").sum().alias("sum_y"),
        pl.col("y").sum().alias("sum_xy"),
        (pl.col("y") * pl.col("y")).sum().alias("sum_yy"),
    ]
    parts = []
    for name in ("totaal", *splitting, "met_actieoverleg"):
        category = pl.lit("totaal") if name == "totaal" else pl.col(name)
        zaken = effort.with_columns(categorie=category).group_by("zaak", *CELL, "categorie").agg(pl.col("y").sum())
        spent = zaken.group_by(*CELL, "categorie").agg(sums)
        if name == "met_actieoverleg":
            units = ripe.group_by(*CELL, categorie="met_actieoverleg").agg(n=pl.len().cast(pl.Int64))
        else:
            codes = ["totaal"] if name == "totaal" else _codes("inzet_uren_per_zaak", name)
            units = (
                ripe.group_by(CELL).agg(n=pl.len().cast(pl.Int64)).join(pl.LazyFrame({"categorie": codes}), how="cross")
            )
        parts.append(
            units.join(spent, on=[*CELL, "categorie"], how="left")
            .with_columns(pl.col("sum_y", "sum_xy", "sum_yy").fill_null(0))
            .select(*CELL, "categorie", "n", "sum_y", "sum_xy", "sum_yy", dimensie=pl.lit(name), sum_x="n", sum_xx="n")
        )
    return _named(pl.concat(parts), [*CELL, "dimensie", "categorie"])


def _codes(indicator: str, dimension: str) -> list[str]:
    return list(next(d for d in definitions()[indicator].dimensions if d.name == dimension).categories)


def _hundredths() -> pl.Expr:
    return (pl.col("uren") * 100).cast(pl.Int64)


def kosten_totaal(country: Country) -> pl.DataFrame:
    rates = (
        country.records(TARIEVEN, "tarief_id", "partner", "functie", "geldig_vanaf", "uurtarief")
        .sort("geldig_vanaf", "tarief_id")
        .unique(["partner", "functie", "geldig_vanaf"], keep="last", maintain_order=True)
        .select("partner", "functie", datum="geldig_vanaf", tarief=(pl.col("uurtarief") * 100).cast(pl.Int64))
    )
    splitting = ["partner", "verbeteractiviteit", "soort_inzet"]
    units = (
        country.effort("vt_regio", "verbeteractiviteit", "soort_inzet", "functie", "begonnen_op", "uren")
        .with_columns(datum=local_date("begonnen_op"))
        .sort("datum")
        .join_asof(
            rates.sort("datum"), on="datum", by=["partner", "functie"], strategy="backward", check_sortedness=False
        )
        .select(
            "vt_regio",
            *splitting,
            maand=pl.col("datum").dt.month_start(),
            kosten=_hundredths() * pl.col("tarief"),
        )
    )
    sums = [
        pl.col("kosten").count().cast(pl.Int64).alias("n"),
        pl.col("kosten").sum().alias("sum_y"),
        pl.col("kosten").null_count().cast(pl.Int64).alias("zonder_tarief"),
    ]
    return _split(units, {name: pl.col(name) for name in splitting}, sums)


def actieoverleg_dekking(country: Country) -> pl.DataFrame:
    months = calendar.months_between(country.inputs.first_month, calendar.month_of(country.peildatum))
    ends = pl.LazyFrame({"maand": months, "datum": [calendar.month_end(month) for month in months]})
    regions = pl.LazyFrame({"regio": [region.code for region in country.inputs.division.vt_regios]})
    known = (
        country.records(STATUS, "status_id", "regio", "verbeteractiviteit", "peildatum", "status")
        .filter(pl.col("verbeteractiviteit") == "actieoverleg")
        .sort("peildatum", "status_id")
        .select("regio", "status", datum="peildatum")
    )
    states = (
        ends.join(regions, how="cross")
        .sort("datum")
        .join_asof(known, on="datum", by="regio", strategy="backward", check_sortedness=False)
        .with_columns(pl.col("status").fill_null("geen"))
    )
    codes = _codes("actieoverleg_dekking", "status")
    asked = pl.LazyFrame({"dimensie": ["totaal", *["status"] * len(codes)], "categorie": ["totaal", *codes]})
    wanted = pl.when(pl.col("dimensie") == "totaal").then(pl.lit("actief")).otherwise("categorie")
    counted = (
        states.join(asked, how="cross")
        .group_by("maand", "dimensie", "categorie")
        .agg(n=pl.len().cast(pl.Int64), teller=(pl.col("status") == wanted).cast(pl.Int64).sum())
    )
    return counted.collect(engine="streaming").sort("maand", "dimensie", "categorie")


def partners_binnen_5_werkdagen(country: Country) -> pl.DataFrame:
    days = country.zaken.select("datum").unique().collect()["datum"].to_list()
    fifth = [calendar.nth_werkdag_after(day, 5) for day in days]
    deadlines = pl.LazyFrame(
        {"datum": days, "werkdag": fifth, "grens": [calendar.observation_end(day) for day in fifth]},
        schema={"datum": pl.Date, "werkdag": pl.Date, "grens": pl.Datetime("us")},
    )
    decided = (
        country.zaken.join(deadlines, on="datum")
        .filter(pl.col("werkdag") <= country.peildatum)
        .select("zaak", "gezin", "start", "einde", "grens", *CELL)
        .collect(engine="streaming")
        .lazy()
    )
    presence = country.records(OVERLEGGEN, "gezin", "gehouden_op", *(f"aanwezig_{partner}" for partner in PARTNERS))
    incidenten = country.records(INCIDENTEN, "gezin", "gemeld_op", "hg_label").filter("hg_label")

    def of(partner: str, moments: pl.LazyFrame) -> pl.LazyFrame:
        return moments.with_columns(partner=pl.lit(partner))

    contacts = pl.concat(
        [
            of("veilig_thuis", country.moments(MELDINGEN, "ontvangen_op")),
            of("politie", incidenten.select("gezin", tijd="gemeld_op")),
            of("openbaar_ministerie", country.moments(ZSM, "instroom_op")),
            of("raad_voor_de_kinderbescherming", country.moments(ONDERZOEKEN, "verzoek_op")),
            of("reclassering", country.moments(TRAJECTEN, "aangemeld_op")),
            *(
                of(partner, presence.filter(f"aanwezig_{partner}").select("gezin", tijd="gehouden_op"))
                for partner in PARTNERS
            ),
            country.effort("gezin", "begonnen_op")
            .select("gezin", "partner", tijd="begonnen_op")
            .select("gezin", "tijd", "partner"),
        ]
    )
    early = contacts.join(decided, on="gezin").filter(
        pl.col("tijd").is_between("start", pl.min_horizontal("einde", "grens"), closed="left")
    )
    counted = early.group_by("zaak", *CELL).agg(partners=pl.col("partner").n_unique()).collect(engine="streaming")
    parts = [
        _split(
            counted.lazy(),
            {} if name == "totaal" else {name: pl.lit(category)},
            [
                pl.len().cast(pl.Int64).alias("n"),
                (pl.col("partners") >= least).cast(pl.Int64).sum().alias("teller"),
            ],
        ).filter(dimensie=name)
        for name, category, least in (("totaal", "totaal", 2), ("minimum", "2", 2), ("minimum", "3", 3))
    ]
    return pl.concat(parts).sort(*CELL, "dimensie", "categorie")


FIGURES: Mapping[str, Callable[[Country], pl.DataFrame]] = {
    "overlapgraad": overlapgraad,
    "herhaling_18_maanden": herhaling,
    "inzet_uren_per_zaak": inzet_uren_per_zaak,
    "kosten_totaal": kosten_totaal,
    "actieoverleg_dekking": actieoverleg_dekking,
    "partners_binnen_5_werkdagen": partners_binnen_5_werkdagen,
    "tijd_tot_eerste_afstemming": tijd_tot_eerste_afstemming,
}
