"""Small nasty inboxes: few gezinnen, every edge of the specification, and every row obeys its contract.

`random_inbox(seed)` makes deliveries as plain data (see `oracle.records`), `write_inbox` the CSV files of
specification section 2. Belongs here: what partners could deliver. Not here: anything that is computed from it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from inbox_format import (
    ALTERNATE_KEYS,
    AMSTERDAM,
    EARLIEST,
    ORIGIN,
    OWNER,
    PARTNER_FEEDS,
    PARTNERS,
    REGIONS,
    Deliveries,
    Row,
    amsterdam_date,
    broken_rules,
    clashes,
    key_of,
    month_end,
    month_range,
    most_hundredths,
    write_inbox,
)

NETWERK = "landelijk_netwerk"
ACTIVITEITEN = ("samen_op_in_acuut", "actieoverleg", "hg_vt_zsm", "strafbare_km")
FUNCTIES = ("agent", "jurist", "gedragswetenschapper", "f-1")
EASTER = {
    2011: date(2011, 4, 24),
    2012: date(2012, 4, 8),
    2013: date(2013, 3, 31),
    2014: date(2014, 4, 20),
    2015: date(2015, 4, 5),
    2016: date(2016, 3, 27),
    2017: date(2017, 4, 16),
    2018: date(2018, 4, 1),
    2019: date(2019, 4, 21),
    2020: date(2020, 4, 12),
    2021: date(2021, 4, 4),
    2022: date(2022, 4, 17),
    2023: date(2023, 4, 9),
    2024: date(2024, 3, 31),
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
}

S, H, D = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
BETWEEN_SIGNALS = (0 * S, S, 24 * H, 72 * H, 72 * H, 72 * H + S, 5 * D, 14 * D, 28 * D - S, 28 * D, 28 * D + S, 90 * D)
AFTER_SIGNAL = (
    *(-2 * D, -S, 0 * S, 0 * S, 0 * S, S, 23 * H, 24 * H, 24 * H + S, 3 * D, 7 * D),
    *(14 * D - S, 14 * D, 28 * D - S, 28 * D, 90 * D - S, 90 * D),
)
LENGTHS = (S, 36 * S, 37 * S, H / 2, 2 * H, 25 * H, 3 * D, 31 * D, 95 * D)


def random_inbox(seed: int, gezinnen: int | None = None, months: int | None = None) -> Deliveries:
    """The deliveries of one fictitious inbox; at least one month is complete. The same seed gives the same inbox."""
    return _Maker(random.Random(seed), gezinnen, months).deliveries()


class _Maker:
    """One inbox in the making: the random source, the months, the regions, and the ids that are taken."""

    def __init__(self, rng: random.Random, gezinnen: int | None, months: int | None) -> None:
        self.rng = rng
        self.gezinnen = gezinnen or rng.randint(1, 8)
        first = rng.choice(("2012-11", "2012-11", "2013-11", "2018-12", "2019-10", "2020-12", "2021-09"))
        self.months = month_range(first, months or rng.choice((rng.randint(3, 12), rng.randint(13, 30), 30)))
        self.regios = rng.sample(sorted(REGIONS), rng.randint(1, 4))
        self.whole = rng.choice(self.months[len(self.months) // 2 :])
        self.taken: set[tuple[str, str, str]] = set()
        self.days: list[date] = []
        self.efforts: list[Row] = []
        self.begin = _local(date(int(first[:4]), int(first[5:]), 1), 0) - rng.choice((20, 20, 400)) * D
        self.end = _local(month_end(self.months[-1]) + D, 0)

    def deliveries(self) -> Deliveries:
        inbox = self.calendar()
        for _ in range(self.gezinnen):
            for partner, feed, record in self.gezin():
                self.deliver(inbox[partner, feed], feed, record)
        return inbox | self.reference_feeds()

    # Which months are delivered

    def calendar(self) -> Deliveries:
        """Empty deliveries: all of them, with holes, with feeds that start late, or with an unfinished end."""
        style = self.rng.choice(("complete", "complete", "holes", "late_feed", "unfinished"))
        whole = self.whole
        late = set(self.rng.sample(PARTNER_FEEDS, 2))
        inbox: Deliveries = {}
        for feed in PARTNER_FEEDS:
            delivered = list(self.months)
            if style == "holes":
                delivered = [month for month in self.months if self.rng.random() > 0.06]
            elif style == "late_feed" and feed in late:
                delivered = delivered[self.rng.randint(1, len(delivered)) - 1 :]
            elif style == "unfinished" and self.rng.random() < 0.4:
                delivered = delivered[: -self.rng.randint(1, 2)]
            inbox[feed] = {month: [] for month in sorted({*delivered, whole})}
        return inbox

    def deliver(self, by_month: dict[str, list[Row]], feed: str, record: Row) -> None:
        """Deliver a record when it came to exist or later, and again after it grew, changed or was withdrawn."""
        rng = self.rng
        origin = amsterdam_date(record[ORIGIN[feed]])
        months = [month for month in by_month if month_end(month) >= origin][rng.choice((0, 0, 0, 0, 1, 2)) :]
        if not months:
            return
        later = rng.sample(months[1:], min(len(months) - 1, rng.choice((0, 0, 1, 1, 2, 4))))
        withdrawn = False
        for month in [months[0], *sorted(later)]:
            if month != months[0] and rng.random() < 0.3:
                record = record | self.correction(feed, record)
            withdrawn = rng.random() < (0.5 if withdrawn else 0.06)
            row = _as_known(feed, record, month) | {"vervallen": withdrawn}
            if not broken_rules(feed, row, month):
                by_month[month].append(row)

    def correction(self, feed: str, record: Row) -> Row:
        """A changed field: another region, a boolean turned, a later fact withdrawn, a moment moved, another gezin."""
        rng = self.rng
        moved = record[ORIGIN[feed]] + rng.choice((-28 * D, -S, S, D))
        flags = [name for name, value in record.items() if isinstance(value, bool)]
        dates = [name for name, value in record.items() if isinstance(value, date) and name != ORIGIN[feed]]
        choices: list[Row] = [{"vt_regio": rng.choice(self.regios)}, {ORIGIN[feed]: moved}]
        choices += [{name: not record[name]} for name in flags] + [{name: None} for name in dates]
        if rng.random() < 0.1:
            choices = [{"gezin": _pseudonym(rng)}]
        return rng.choice(choices)

    # What happens in a gezin

    def gezin(self) -> Iterator[tuple[str, str, Row]]:
        """(partner, feed, full record) of everything that ever happens in one gezin."""
        rng = self.rng
        code, home = _pseudonym(rng), rng.choice(self.regios)

        def base() -> Row:
            return {"gezin": code, "vt_regio": home if rng.random() < 0.85 else rng.choice(self.regios)}

        moment = self.edge() if rng.random() < 0.4 else self.anchor()
        for _ in range(rng.choice((1, 1, 2, 3, 4, 6))):
            self.days.append(amsterdam_date(moment))
            yield from self.signal(base, moment)
            for _ in range(rng.choice((0, 1, 3, 4))):
                yield self.other_fact(base, moment + self.delay())
            for partner in rng.choices(PARTNERS, k=rng.choice((0, 1, 2, 4))):
                yield self.inzet(base(), partner, moment + self.delay())
            moment += rng.choice(BETWEEN_SIGNALS) if rng.random() < 0.7 else rng.randint(1, 400) * D + 5 * H
            if rng.random() < 0.2:
                moment = self.edge() if rng.random() < 0.4 else self.anchor()

    def signal(self, base: Callable[[], Row], moment: datetime) -> Iterator[tuple[str, str, Row]]:
        """An incident, a melding, or an incident with the meldingen that it did, or did not, cause."""
        rng = self.rng
        shapes = ("incident", "melding", "joined", "joined_twice", "tie", "twins", "unknown_incident")
        shape = rng.choice(shapes)
        incident = self.incident(base(), moment)
        if shape not in ("melding", "unknown_incident"):
            yield "politie", "incidenten", incident
        if shape != "incident":
            reference = None
            if shape in ("joined", "joined_twice"):
                reference = incident["registratie_id"]
            elif shape == "unknown_incident":
                reference = self.any_incident()
            received = moment if shape in ("melding", "tie", "twins") else moment + self.delay()
            yield "veilig_thuis", "meldingen", self.melding(base(), received, reference)
            if shape == "joined_twice":
                yield "veilig_thuis", "meldingen", self.melding(base(), moment + self.delay(), reference)
            if shape == "twins":
                yield "politie", "incidenten", self.incident(base(), moment)
                yield "veilig_thuis", "meldingen", self.melding(base(), moment, None)

    def other_fact(self, base: Callable[[], Row], moment: datetime) -> tuple[str, str, Row]:
        feeds = (
            "actieoverleggen",
            "actieoverleggen",
            "zsm_zaken",
            "zsm_zaken",
            "onderzoeken",
            "trajecten",
            "trajecten",
        )
        feed = self.rng.choice(feeds)
        makers = {
            "actieoverleggen": self.overleg,
            "zsm_zaken": self.zsm_zaak,
            "onderzoeken": self.onderzoek,
            "trajecten": self.traject,
        }
        return OWNER[feed], feed, makers[feed](base(), moment)

    def melding(self, base: Row, moment: datetime, reference: str | None) -> Row:
        rng, day = self.rng, amsterdam_date(moment)
        assessed = self.maybe(moment + rng.choice((0 * S, H, rng.randint(5, 12) * D)))
        aarden = ("kindermishandeling", "kindermishandeling", "ex_partnergeweld", "andere_problematiek", "onbekend")
        return {
            "melding_id": self.new_id("veilig_thuis", "meldingen"),
            **base,
            "ontvangen_op": moment,
            "melder": rng.choice(("politie", "politie", "justitie_overig", "burger", "onbekend")),
            "politie_registratie_id": reference,
            "aard_geweld": rng.choice(aarden),
            "onveiligheid": rng.choice(("acuut", "structureel", "acuut_en_structureel", "geen", "onbekend")),
            "veiligheidsbeoordeling_op": assessed,
            "besluit": self.maybe(rng.choice(("overdracht", "voorwaarden_en_vervolg", "onderzoek", "verzoek_rvdk"))),
            "dienst_afgerond_op": self.maybe(amsterdam_date(assessed or moment) + rng.choice((0, 69, 70, 71)) * D),
            "overdracht_op": self.maybe(day + rng.choice((0, 1, 10)) * D),
            "terugkoppeling_op": self.maybe(day + rng.choice((0, 28, 29, 38, 39)) * D),
            "betrokkenheid_beeindigd_op": self.maybe(day + rng.choice((0, 14, 27, 28, 29, 90)) * D),
        }

    def incident(self, base: Row, moment: datetime) -> Row:
        rng = self.rng
        return {
            "registratie_id": self.new_id("politie", "incidenten"),
            **base,
            "gemeld_op": moment,
            "soort": rng.choice(("mishandeling", "belaging", "overig")),
            "hg_label": rng.random() < 0.8,
            "ernst": rng.choice(("licht", "ernstig")),
            "acuut": rng.random() < 0.5,
            "vt_betrokken_op": self.maybe(moment + self.delay()),
            "sash_niveau": self.maybe(rng.choice(("laag", "midden", "hoog"))),
            "aanhouding_op": self.maybe(moment + self.delay()),
            "aangifte": rng.random() < 0.5,
            "zorgmelding_op": self.maybe(moment + self.delay()),
        }

    def overleg(self, base: Row, moment: datetime) -> Row:
        rng = self.rng
        order = ("veilig_thuis", "politie", "openbaar_ministerie", "reclassering", "raad_voor_de_kinderbescherming")
        return {
            "overleg_id": self.new_id("veilig_thuis", "actieoverleggen"),
            **base,
            "aangemeld_op": moment - rng.choice((0 * S, H, 20 * D)),
            "gehouden_op": moment if rng.random() < 0.85 else None,
            "wijze": self.maybe(rng.choice(("fysiek", "video", "telefoon"))),
            **{f"aanwezig_{partner}": rng.random() < 0.75 for partner in order},
            "casusregie": self.maybe(rng.choice(("veilig_thuis", "lokaal_team", "anders"))),
        }

    def zsm_zaak(self, base: Row, moment: datetime) -> Row:
        rng = self.rng
        decided = self.maybe(moment + rng.choice((0 * S, H, 6 * H, 3 * D)))
        return {
            "zaak_id": self.new_id("openbaar_ministerie", "zsm_zaken"),
            **base,
            "registratie_id": self.maybe(self.any_incident()),
            "instroom_op": moment,
            "hg_label_instroom": rng.random() < 0.6,
            "hg_vastgesteld": rng.random() < 0.75,
            "vt_geraadpleegd_op": self.maybe(rng.choice((decided or moment, moment + H, moment + self.delay()))),
            "beslissing_op": decided,
            "beslissing": self.maybe(rng.choice(("dagvaarding", "strafbeschikking", "sepot", "aangehouden"))),
            "gedragsaanwijzing": rng.random() < 0.3,
        }

    def onderzoek(self, base: Row, moment: datetime) -> Row:
        started = self.maybe(amsterdam_date(moment) + self.rng.choice((0, 1, 10)) * D)
        return {
            "onderzoek_id": self.new_id("raad_voor_de_kinderbescherming", "onderzoeken"),
            **base,
            "verzoek_op": moment,
            "spoed": self.rng.random() < 0.2,
            "gestart_op": started,
            "afgerond_op": self.maybe((started or amsterdam_date(moment)) + self.rng.choice((0, 60)) * D),
            "besluit": self.maybe(self.rng.choice(("geen_maatregel", "ots", "vots"))),
        }

    def traject(self, base: Row, moment: datetime) -> Row:
        started = self.maybe(amsterdam_date(moment) + self.rng.choice((0, 1, 13, 14, 15)) * D)
        return {
            "traject_id": self.new_id("reclassering", "trajecten"),
            **base,
            "soort": self.rng.choice(("advies", "spreekuur_hg", "spreekuur_hg")),
            "aangemeld_op": moment,
            "gestart_op": started,
            "beeindigd_op": self.maybe((started or amsterdam_date(moment)) + self.rng.choice((0, 200)) * D),
        }

    def inzet(self, base: Row, partner: str, moment: datetime) -> tuple[str, str, Row]:
        rng = self.rng
        end = None if rng.random() < 0.15 else moment + rng.choice(LENGTHS)
        # An end that is not known yet leaves an open interval, whose limit then also holds.
        most = min(most_hundredths(moment, end), 74400)
        uren = rng.choice((most, 1, rng.randint(1, most), rng.randint(1, most)))
        row = {
            "inzet_id": self.new_id(partner, "inzet"),
            **base,
            "verbeteractiviteit": rng.choice((*ACTIVITEITEN, "regulier")),
            "soort_inzet": rng.choice(("regulier", "extra")),
            "functie": rng.choice(FUNCTIES),
            "wijze": rng.choice(("fysiek", "video", "telefoon")),
            "begonnen_op": moment,
            "geeindigd_op": end,
            "uren": Decimal(uren) / 100,
        }
        self.efforts.append({"partner": partner, "functie": row["functie"], "geldig_vanaf": amsterdam_date(moment)})
        return partner, "inzet", row

    # Reference feeds

    def reference_feeds(self) -> Deliveries:
        """The landelijk_netwerk feeds: never, once (also only after the last month), or in some months."""
        makers = {
            "regio_status": self.regio_status,
            "tarieven": self.tarief,
            "praktijklocaties": self.praktijklocatie,
            "opleidingen": self.opleiding,
            "resultaten": self.resultaat,
        }
        inbox: Deliveries = {}
        for feed, make in makers.items():
            style = self.rng.choice(("never", "first", "afterwards", "some", "some", "some"))
            if style == "never":
                continue
            months = {
                "first": self.months[:1],
                "afterwards": month_range(self.months[-1], 3)[-1:],
                "some": sorted(self.rng.sample(self.months, min(len(self.months), 5))),
            }[style]
            by_month: dict[str, list[Row]] = {month: [] for month in months}
            inbox[NETWERK, feed] = by_month
            known: list[Row] = []
            for month in months:
                again = [row | {"vervallen": self.rng.random() < 0.3} for row in known if self.rng.random() < 0.2]
                new = [make(month) | {"vervallen": False} for _ in range(self.rng.randint(0, 12))]
                new += [make(month) | {"vervallen": False} | self.rival(feed, row) for row in known[:4]]
                for row in again + new:
                    if not broken_rules(feed, row, month) and not clashes(feed, row, by_month[month]):
                        by_month[month].append(row)
                        known = [other for other in known if key_of(feed, other) != key_of(feed, row)] + [row]
        return inbox

    def rival(self, feed: str, row: Row) -> Row:
        """The second key of a record of an earlier delivery: the two are tied from now on."""
        return {column: row[column] for column in ALTERNATE_KEYS.get(feed, ())}

    def some_day(self, month: str) -> date:
        """A day that matters: that of a signal, or around the end of a month."""
        if self.days and self.rng.random() < 0.5:
            return self.rng.choice(self.days) + self.rng.choice((0, 0, 1, -1)) * D
        near = self.rng.choice((*self.months, month))
        return month_end(near) + self.rng.choice((0, 0, 1, -1, -10)) * D

    def regio_status(self, month: str) -> Row:
        activiteit = self.rng.choice(("actieoverleg", "actieoverleg", "hg_vt_zsm", "hg_vt_zsm", "strafbare_km"))
        regio = self.rng.choice(self.regios)
        return {
            "status_id": self.new_id(NETWERK, "regio_status"),
            "regio": REGIONS[regio] if activiteit == "hg_vt_zsm" else regio,
            "verbeteractiviteit": activiteit,
            "peildatum": self.some_day(month),
            "status": self.rng.choice(("geen", "afweging", "gepland", "gepland", "actief", "actief")),
            "toelichting": self.maybe('Overleg met "de keten",\nvervolg na de zomer'),
        }

    def tarief(self, month: str) -> Row:
        day = self.rng.choice((EARLIEST, self.begin.date(), self.some_day(month)))
        return {
            "tarief_id": self.new_id(NETWERK, "tarieven"),
            "partner": self.rng.choice(PARTNERS),
            "functie": self.rng.choice(FUNCTIES[:3]),
            "geldig_vanaf": day,
            **(self.rng.choice(self.efforts) if self.efforts and self.rng.random() < 0.4 else {}),
            "uurtarief": Decimal(self.rng.choice((1, 5000, 7333, 12_345, 9_999_999))) / 100,
        }

    def praktijklocatie(self, month: str) -> Row:
        day = self.some_day(month)
        return {
            "locatie_id": self.new_id(NETWERK, "praktijklocaties"),
            "vt_regio": self.rng.choice(self.regios),
            "vanaf": day,
            "tot": self.maybe(day + self.rng.choice((0, 1, 100)) * D),
        }

    def opleiding(self, month: str) -> Row:
        return {
            "opleiding_id": self.new_id(NETWERK, "opleidingen"),
            "naam": "Veiligheid voorop: basis",
            "regio": self.rng.choice(self.regios),
            "datum": self.some_day(month),
            "uitvoeringen": self.rng.randint(0, 5),
            "deelnemers": self.rng.randint(0, 60),
            "status": self.rng.choice(("gepland", "gegeven")),
        }

    def resultaat(self, month: str) -> Row:
        return {
            "resultaat_id": self.new_id(NETWERK, "resultaten"),
            "verbeteractiviteit": self.rng.choice((*ACTIVITEITEN, "visie", "netwerken")),
            "titel": "Handreiking, eerste versie",
            "status": self.rng.choice(("gepland", "opgeleverd")),
            "opgeleverd_op": self.maybe(self.some_day(month)),
            "vindplaats": None,
        }

    # Chance

    def maybe(self, value: Any) -> Any:
        return value if self.rng.random() < 0.65 else None

    def delay(self) -> timedelta:
        """From a signal to another fact: mostly an edge, else up to four months."""
        return self.rng.choice(AFTER_SIGNAL) if self.rng.random() < 0.75 else self.rng.randint(1, 120 * 86400) * S

    def any_incident(self) -> str:
        """A registratie_id: one of any gezin, or one that nobody has."""
        known = sorted(found for _, feed, found in self.taken if feed == "incidenten")
        return self.rng.choice([*known, "nergens"])

    def new_id(self, partner: str, feed: str) -> str:
        """An id that is new within its feed, and short, so that other feeds use it too."""
        while True:
            found = "".join(self.rng.choices("AaBbZz9-_", k=self.rng.randint(1, 4)))
            if (partner, feed, found) not in self.taken:
                self.taken.add((partner, feed, found))
                return found

    def edge(self) -> datetime:
        """A moment from which a period of the specification ends at, or just beside, a possible E."""
        rng = self.rng
        month = rng.choice((self.months[-1], self.months[-1], self.whole, rng.choice(self.months)))
        before_end = rng.choice((1, 1, 8, 14, 28, 29, 71, 90, 90, 548)) * D
        return _local(month_end(month) + D, 0) - before_end + rng.choice((-S, 0 * S, 0 * S, S, H / 2, 12 * H))

    def anchor(self) -> datetime:
        """A moment where something can go wrong: clock changes, midnights, feestdagen, edges of dagdelen."""
        rng = self.rng
        day = (self.begin + rng.random() * (self.end - self.begin)).date()
        last_sundays = [month_end(f"{day.year}-{m}") for m in ("03", "10")]
        clock_change = rng.choice([d - (d.isoweekday() % 7) * D for d in last_sundays])
        fixed = [date(day.year, *md) for md in ((1, 1), (4, 26), (4, 27), (4, 30), (5, 5), (12, 25))]
        feestdag = rng.choice([*fixed, *(EASTER[day.year] + n * D for n in (-2, 1, 39, 50))])
        return rng.choice(
            (
                _local(clock_change, 0) + rng.choice((1, 2, 3)) * H - rng.choice((S, 0 * S)),
                _local(clock_change, rng.choice((0, 4, 12))),
                _local(feestdag - rng.choice((0, 0, 1, 4, 7)) * D, rng.choice((0, 9, 20))) - rng.choice((S, 0 * S)),
                _local(day, rng.choice((0, 8, 18, 23))) - rng.choice((S, 0 * S)),
                _local(day, 13) + rng.randint(0, 7200) * S,
            )
        )


def _local(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM).astimezone(UTC)


def _pseudonym(rng: random.Random) -> str:
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") + rng.choice("ghijk234567") for _ in range(13))


def _as_known(feed: str, record: Row, month: str) -> Row:
    """The record as its partner knows it at the end of a month: what lies later is not there yet."""
    end = month_end(month)
    return {
        name: None if isinstance(value, date) and amsterdam_date(value) > end and name != ORIGIN[feed] else value
        for name, value in record.items()
    }


__all__ = ["random_inbox", "write_inbox"]
