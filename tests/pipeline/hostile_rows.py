"""Rows that a hostile partner would send: what must be kept and what must go to quarantine.

Each case is the smallest row (or the few rows) that a wrong reading of one sentence of the specification, section 2,
would judge otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from hostile import ARRONDISSEMENTEN, CODES, GOOD, KEY, MISSING_ALLOWED, MONTH, PARTNERS, VT_REGIOS, Row

ONE = "politie/inzet"
MELDING = "veilig_thuis/meldingen"
OVERLEG = "veilig_thuis/actieoverleggen"
INCIDENT = "politie/incidenten"
ZSM = "openbaar_ministerie/zsm_zaken"
ONDERZOEK = "raad_voor_de_kinderbescherming/onderzoeken"
TRAJECT = "reclassering/trajecten"
STATUS = "landelijk_netwerk/regio_status"
TARIEF = "landelijk_netwerk/tarieven"
LOCATIE = "landelijk_netwerk/praktijklocaties"
OPLEIDING = "landelijk_netwerk/opleidingen"
RESULTAAT = "landelijk_netwerk/resultaten"


@dataclass(frozen=True)
class Case:
    """Rows of one delivery, as changes to a good row, and for each whether it is kept."""

    name: str
    feed: str
    rows: tuple[Row, ...]
    kept: tuple[bool, ...]
    month: str = MONTH

    def __str__(self) -> str:
        return f"{self.feed}: {self.name}"


def one(feed: str, kept: bool, name: str, month: str = MONTH, /, **changes: str) -> Case:
    return Case(f"{name} {changes!a}"[:150], feed, (changes,), (kept,), month)


def each(
    feed: str, kept: bool, column: str, values: Sequence[str], month: str = MONTH, /, **changes: str
) -> list[Case]:
    return [one(feed, kept, "kept" if kept else "bad", month, **{column: value, **changes}) for value in values]


def codes() -> Iterator[Case]:
    """Every code of every feed, and what only looks like one."""
    for (feed, column), known in CODES.items():
        for code in known.split():
            yield one(feed, True, "code", **{column: code})
        first = known.split()[0]
        wrong = [
            first.upper(),
            first + " ",
            " " + first,
            first + "\n",
            first + "\u200b",
            "kanarie_onbekend",
            f'"{first}"',
        ]
        if first in ("true", "false"):
            wrong += ["True", "t", "1", "0", "ja", "waar", "yes"]
        yield from each(feed, False, column, wrong)


def missing() -> Iterator[Case]:
    """Missing cells, and white space, which is missing in text only."""
    text = {(STATUS, "toelichting"), (OPLEIDING, "naam"), (RESULTAAT, "titel"), (RESULTAAT, "vindplaats")}
    for feed, row in GOOD.items():
        for column in row:
            optional = column in MISSING_ALLOWED[feed]
            yield one(feed, optional, "missing", **{column: ""})
            for space in (" ", "\t", "\u00a0", "\u3000", "\n"):
                kept = optional and (feed, column) in text
                yield one(feed, kept, "white space", **{column: space})


ID_KEPT = ["a", "-", "_", "A-Z_a-z09", "k" * 64, "000123", "0612345678", "111222333", "NL91ABNA0417164300", "1234AB12",
           "true", "NULL", "NaN"]  # fmt: skip
ID_BAD = [
    "k" * 65, "kanarie met spatie", "kanarie.punt", "kanarie/schuin", "kanari\u00eb", "kanarie\n", "\nkanarie",
    " kanarie", "kanarie ", "kanarie\t", "kan\u200barie", "kan\u202earie", "\ufeffkanarie", "kan\u00adarie",
    "kan\x07arie", "kan\x7farie", "\uff4banarie", "kanarie\u0661", "jan@kanarie.nl", "kanarie\u2028", "'kanarie",
    "k" * 65 + "\n",
]  # fmt: skip


def ids() -> Iterator[Case]:
    for feed, column in ((LOCATIE, KEY[LOCATIE]), (MELDING, "politie_registratie_id"), (ONE, "functie")):
        # One delivery must not look like a column of identifiers: these are single hits in a long column.
        yield from each(feed, True, column, ID_KEPT)
        yield from each(feed, False, column, ID_BAD)
    for good in ("a" * 26, "234567" * 4 + "ab", "z" * 26):
        yield one(MELDING, True, "gezin", gezin=good)
    for bad in ("a" * 25, "a" * 27, "A" * 26, "a" * 25 + "1", "a" * 25 + "0", "a" * 25 + "8", "a" * 25 + "-",
                "a" * 26 + "\n", "a" * 25 + "\u200b", "a" * 25 + "\u0430", "\ufeff" + "a" * 25,
                "a" * 25 + "\u0667"):  # fmt: skip
        yield one(MELDING, False, "gezin", gezin=bad)
    for bad in ("amsterdam", "noord_nederland", "nederland", "Groningen", "gooi-en-vechtstreek", "rotterdam"):
        yield one(MELDING, False, "vt_regio", vt_regio=bad)


TS_KEPT = [
    "2024-03-01T10:00:00+01:00", "2024-03-01T10:00:00Z", "2024-03-01T10:00:00-05:30", "2024-03-01T10:00:00+00:00",
    "2024-03-01T10:00:00+23:59", "2024-03-01T10:00:00-23:59", "2024-02-29T23:59:59Z", "2024-03-31T02:30:00+01:00",
    "2024-03-31T02:30:00+02:00", "2023-10-29T02:30:00+02:00", "2023-10-29T02:30:00+01:00", "2000-02-29T00:00:00Z",
    "2024-03-01T00:00:00+05:45", "2024-03-01T10:00:00+14:00", "2024-03-01T10:00:00-00:01", "1999-12-31T23:00:00Z",
    "2000-01-01T00:00:00+01:00", "2000-01-01T22:59:00+23:59", "1999-12-31T00:00:00-23:00",
    "2024-03-31T23:59:59+02:00", "2024-03-31T21:59:59Z", "2024-04-01T21:58:59+23:59", "2024-04-01T03:59:59+06:00",
    "2024-03-31T00:00:00-21:59",
]  # fmt: skip
TS_BAD = [
    "2024-03-01T24:00:00+01:00", "2024-03-01T10:00:60Z", "2024-03-01T23:59:60Z", "2024-03-01T10:60:00Z",
    "2024-03-01T25:00:00Z", "2024-03-01T10:00:00-00:00", "2024-03-01T10:00:00+24:00", "2024-03-01T10:00:00+23:60",
    "2024-03-01T10:00:00.0Z", "2024-03-01T10:00:00.000Z", "2024-03-01T10:00:00.5+01:00", "2024-03-01T10:00:00,5Z",
    "2024-03-01T10:00:00.Z", "2024-03-01t10:00:00Z", "2024-03-01T10:00:00z", "2024-03-01 10:00:00Z",
    "2024-03-01T10:00:00", "2024-03-01T10:00:00+0100", "2024-03-01T10:00:00+01", "2024-03-01T10:00:00+1:00",
    "2024-03-01T10:00:00+01:0", "2024-03-01T10:00:00+01:000", "2024-3-01T10:00:00Z", "2024-03-1T10:00:00Z",
    "2024-03-01T1:00:00Z", "2024-02-30T10:00:00Z", "2023-02-29T10:00:00Z", "2024-00-10T10:00:00Z",
    "2024-13-01T10:00:00Z", "2024-03-00T10:00:00Z", "2024-03-32T10:00:00Z", "2023-11-31T10:00:00Z",
    "\uff12\uff10\uff12\uff14-03-01T10:00:00Z", "2024-03-0\u0661T10:00:00Z", " 2024-03-01T10:00:00Z",
    "2024-03-01T10:00:00Z ", "2024-03-01T10:00:00Z\n", "2024-03-01", "2024-03-01T10:00Z", "T10:00:00Z",
    "20240301T100000Z", "02024-03-01T10:00:00Z", "+2024-03-01T10:00:00Z", "-2024-03-01T10:00:00Z", "infinity",
    "-infinity", "epoch", "now", "today", "2024-03-01T10:00:00 +01:00", "2024-03-01T10:00:00UTC",
    "2024-03-01T10:00:00 Europe/Amsterdam", "2024-03-01T10:00:00Z[Europe/Amsterdam]", "2024-03-01T10:00:00\u221201:00",
    "2024-03-01 (BC) 10:00:00Z", "2024-W10-1T10:00:00Z", "2024-061T10:00:00Z", "01-03-2024T10:00:00Z",
    "2024/03/01T10:00:00Z", "1709287200", "2024-03-01T10:00:00ZZ", "2024-03-01T10:00:00Z+01:00", "0000-01-01T00:00:00Z",
    # After the end of the month, or before 2000, in Amsterdam.
    "2024-04-01T00:00:00+02:00", "2024-03-31T22:00:00Z", "2024-03-31T12:00:00-23:59", "2024-03-31T23:59:59+01:00",
    "2024-04-01T21:59:00+23:59", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2024-03-31T00:00:00-22:00",
    "1999-12-31T22:59:59Z", "2000-01-01T00:00:00+02:00", "1999-12-31T23:59:59+01:00", "2000-01-01T22:58:59+23:59",
    "0001-01-01T00:00:00+23:59", "1900-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
]  # fmt: skip
DATE_KEPT = ["2024-03-01", "2024-02-29", "2000-01-01", "2024-03-31", "2000-02-29"]
DATE_BAD = [
    "2024-02-30", "2023-02-29", "2024-04-31", "2024-3-01", "2024-03-1", "24-03-01", "01-03-2024", "2024/03/01",
    "20240301", "2024-03-01T00:00:00Z", "2024-03-01 ", " 2024-03-01", "2024-03-01\n", "2024-03-0\u0661", "2024-00-01",
    "2024-13-01", "2024-03-00", "02024-03-01", "+2024-03-01", "2024-03-01 (BC)", "infinity", "epoch", "today",
    "45352", "2024-061", "2024-W10-1", "2024-03", "2024\u201003\u201001", "0000-00-00", "0000-01-01",
    "2024-04-01", "1999-12-31", "9999-12-31", "0001-01-01", "1900-02-29",
]  # fmt: skip


def moments() -> Iterator[Case]:
    yield from each(TRAJECT, True, "aangemeld_op", TS_KEPT, MONTH, gestart_op="", beeindigd_op="")
    yield from each(TRAJECT, False, "aangemeld_op", TS_BAD, MONTH, gestart_op="", beeindigd_op="")
    # The same for a moment that may be missing, and that no other column must follow.
    yield from each(INCIDENT, True, "zorgmelding_op", TS_KEPT)
    yield from each(INCIDENT, False, "zorgmelding_op", TS_BAD)
    yield from each(RESULTAAT, True, "opgeleverd_op", DATE_KEPT)
    yield from each(RESULTAAT, False, "opgeleverd_op", DATE_BAD)
    yield from each(MELDING, False, "overdracht_op", DATE_BAD)
    # A winter month ends an hour later in UTC than a summer month; October itself has both.
    for month, last, first in (
        ("2023-12", "2023-12-31T22:59:59Z", "2023-12-31T23:00:00Z"),
        ("2023-10", "2023-10-31T22:59:59Z", "2023-10-31T23:00:00Z"),
        ("2023-07", "2023-07-31T21:59:59Z", "2023-07-31T22:00:00Z"),
        ("2024-02", "2024-02-29T22:59:59Z", "2024-02-29T23:00:00Z"),
    ):
        yield one(TRAJECT, True, "last second", month, aangemeld_op=last, gestart_op="", beeindigd_op="")
        yield one(TRAJECT, False, "first second after", month, aangemeld_op=first, gestart_op="", beeindigd_op="")
    for feed, row in GOOD.items():
        plans = {"vanaf", "tot", "geldig_vanaf"}
        for column in row:
            if row[column].startswith("20") or column == "peildatum":
                late = "2024-04-01T10:00:00+02:00" if "T" in row[column] else "2024-04-01"
                early = "1999-12-31T10:00:00+01:00" if "T" in row[column] else "1999-12-31"
                changes = {"tot": ""} if column == "vanaf" else {}
                yield one(feed, column in plans, "after the month", **{column: late, **changes})
                yield one(feed, False, "before 2000", **{column: early, **changes})


def plans() -> Iterator[Case]:
    for kept, status in ((True, "gepland"), (False, "gegeven")):
        yield one(OPLEIDING, kept, "plan", datum="2031-01-01", status=status)
    yield one(OPLEIDING, False, "plan before 2000", datum="1999-12-31", status="gepland")
    yield one(OPLEIDING, False, "status unknown", datum="2031-01-01", status="kanarie")
    yield one(OPLEIDING, False, "status missing", datum="2031-01-01", status="")
    for number, status in enumerate(("gepland", "actief", "afweging", "geen")):
        changes = {"peildatum": f"2031-01-0{number + 1}", "status": status}
        yield one(STATUS, status == "gepland", "plan", **changes)
    yield one(RESULTAAT, False, "no plan date", opgeleverd_op="2031-01-01", status="gepland")
    yield one(RESULTAAT, True, "opgeleverd without date", opgeleverd_op="", status="opgeleverd")
    yield one(RESULTAAT, True, "date before delivered", opgeleverd_op="2024-03-01", status="gepland")
    yield one(LOCATIE, True, "plans", vanaf="2031-01-01", tot="2032-01-01")
    yield one(LOCATIE, False, "tot before 2000", vanaf="2000-01-01", tot="1999-12-31")
    yield one(TARIEF, False, "before 2000", geldig_vanaf="1999-12-31")


def region_levels() -> Iterator[Case]:
    regions = (("vt_regio", "amsterdam_amstelland"), ("arrondissement", "amsterdam"), ("land", "nederland"))
    day = 0
    for activity in ("samen_op_in_acuut", "actieoverleg", "strafbare_km", "hg_vt_zsm", "regulier", "visie"):
        right = {"hg_vt_zsm": "arrondissement", "regulier": "", "visie": ""}.get(activity, "vt_regio")
        for level, region in regions:
            day += 1
            changes = {"verbeteractiviteit": activity, "regio": region, "peildatum": f"2024-01-{day:02d}"}
            yield one(STATUS, level == right, "level", **changes)
    for activity, all_regions in (("actieoverleg", VT_REGIOS), ("hg_vt_zsm", ARRONDISSEMENTEN)):
        for region in all_regions:
            yield one(STATUS, True, "region", verbeteractiviteit=activity, regio=region, peildatum="2024-02-01")
    yield one(RESULTAAT, False, "no regulier", verbeteractiviteit="regulier")
    yield one(OPLEIDING, False, "unknown region", regio="kanarie")
    yield one(TARIEF, False, "no partner of ours", partner="landelijk_netwerk")


def order() -> Iterator[Case]:
    """Impossible orders, equal values, and the pairs that have no rule."""
    night = "2024-03-10T23:30:00Z"  # 11 March in Amsterdam
    far = "2024-03-11T00:30:00+05:00"  # 10 March in Amsterdam
    rest = dict.fromkeys(MISSING_ALLOWED[MELDING], "")
    for column in ("overdracht_op", "terugkoppeling_op", "betrokkenheid_beeindigd_op"):
        for moment, day, kept in ((night, "2024-03-10", False), (night, "2024-03-11", True),
                                  (far, "2024-03-09", False), (far, "2024-03-10", True)):  # fmt: skip
            yield one(MELDING, kept, "order", **{**rest, "ontvangen_op": moment, column: day})
    beoordeling = {**rest, "ontvangen_op": "2024-03-10T12:00:00+01:00"}
    for moment, kept in (("2024-03-10T11:59:59+01:00", False), ("2024-03-10T11:00:00Z", True),
                         ("2024-03-10T12:30:00+02:00", False), ("2024-03-10T10:30:00-01:00", True)):  # fmt: skip
        yield one(MELDING, kept, "order of moments", **{**beoordeling, "veiligheidsbeoordeling_op": moment})
    early = {**rest, "ontvangen_op": "2024-03-01T10:00:00Z"}
    for day, kept in (("2024-03-10", False), ("2024-03-11", True)):
        yield one(MELDING, kept, "dienst", **{**early, "veiligheidsbeoordeling_op": night, "dienst_afgerond_op": day})
    yield one(MELDING, True, "dienst alone", **{**rest, "ontvangen_op": night, "dienst_afgerond_op": "2024-01-01"})
    yield one(MELDING, True, "no rule", **{**early, "overdracht_op": "2024-03-20", "terugkoppeling_op": "2024-03-10"})
    yield one(MELDING, True, "no rule", **{**early, "overdracht_op": "2024-03-20",
                                           "betrokkenheid_beeindigd_op": "2024-03-02"})  # fmt: skip
    yield one(MELDING, True, "no rule", **{**early, "veiligheidsbeoordeling_op": night, "overdracht_op": "2024-03-02"})
    yield one(MELDING, True, "no rule", **{**early, "besluit": "onderzoek", "melder": "burger",
                                           "terugkoppeling_op": "2024-03-02"})  # fmt: skip
    yield one(MELDING, False, "also when withdrawn", **{**rest, "ontvangen_op": night, "overdracht_op": "2024-03-10",
                                                        "vervallen": "true"})  # fmt: skip
    at, before = "2024-03-10T12:00:00+01:00", "2024-03-10T10:59:59Z"
    yield one(OVERLEG, False, "order", aangemeld_op=at, gehouden_op=before)
    yield one(OVERLEG, True, "equal", aangemeld_op=at, gehouden_op="2024-03-10T11:00:00Z")
    yield one(OVERLEG, True, "nobody there", **{name: "false" for name in GOOD[OVERLEG] if name.startswith("aanwezig")})
    yield one(OVERLEG, True, "not held, yet a way", gehouden_op="")
    rest = dict.fromkeys(MISSING_ALLOWED[INCIDENT], "")
    for column in ("vt_betrokken_op", "aanhouding_op", "zorgmelding_op"):
        yield one(INCIDENT, True, "no rule", **{**rest, "gemeld_op": at, column: "2001-01-01T00:00:00Z"})
    yield one(ZSM, False, "order", instroom_op=at, vt_geraadpleegd_op="", beslissing_op=before)
    yield one(ZSM, True, "equal", instroom_op=at, vt_geraadpleegd_op="", beslissing_op=at)
    yield one(ZSM, True, "no rule", instroom_op=at, vt_geraadpleegd_op=before, beslissing_op=at)
    yield one(ZSM, True, "no rule", instroom_op=at, vt_geraadpleegd_op="2024-03-20T00:00:00Z", beslissing_op=at)
    yield one(ZSM, True, "no rule", beslissing_op="", beslissing="sepot")
    yield one(ZSM, True, "no rule", beslissing="")
    for feed, first in ((ONDERZOEK, "verzoek_op"), (TRAJECT, "aangemeld_op")):
        last = "afgerond_op" if feed == ONDERZOEK else "beeindigd_op"
        for moment, day, kept in ((night, "2024-03-10", False), (night, "2024-03-11", True), (far, "2024-03-10", True)):
            yield one(feed, kept, "order", **{first: moment, "gestart_op": day, last: ""})
        for day, kept in (("2024-03-11", False), ("2024-03-12", True)):
            yield one(feed, kept, "order", **{first: far, "gestart_op": "2024-03-12", last: day})
        yield one(feed, True, "no rule", **{first: night, "gestart_op": "", last: "2001-01-01"})
    yield one(LOCATIE, False, "order", vanaf="2024-03-10", tot="2024-03-09")
    yield one(LOCATIE, True, "equal", vanaf="2024-03-10", tot="2024-03-10")
    yield one(ONE, False, "order", begonnen_op=at, geeindigd_op=before)
    yield one(ONE, False, "no length", begonnen_op=at, geeindigd_op=at, uren="0.01")


DECIMAL_BAD = [
    "0", "0.0", "0.00", ".5", "1.", "01", "00.5", "00", "1,5", "1.234", "1.500", "1e1", "1E0", "+1", "-1", "-0.01",
    " 1", "1 ",
    "1\n", "\uff11", "\u0661", "1.\u0665", "NaN", "nan", "inf", "Infinity", "0x1", "1_0", "100000", "99999.999",
    "1.000,00",
    "1 000", "1'000", "\u20ac1", "1.5h", "--1", "1..5", "1.5.0", "\u00bd", "1\u200b",
]  # fmt: skip
INTEGER_KEPT = ["0", "1", "10", "999999999"]
INTEGER_BAD = [
    "00", "01", "-0", "-1", "+1", "1.0", "1.", "1e3", " 1", "1 ", "1\n", "1000000000", "99999999999999999999",
    "\u0661", "\uff11",
    "1_0", "0x1", "1,000", "1.000", "NaN", "true", "\u00b2",
]  # fmt: skip


def numbers() -> Iterator[Case]:
    yield from each(TARIEF, True, "uurtarief", ["0.01", "0.1", "1", "1.5", "1.50", "99999.99", "99999", "10.00"])
    yield from each(TARIEF, False, "uurtarief", DECIMAL_BAD)
    yield from each(ONE, False, "uren", [value for value in DECIMAL_BAD if value != "100000"])
    for column in ("uitvoeringen", "deelnemers"):
        yield from each(OPLEIDING, True, column, INTEGER_KEPT)
        yield from each(OPLEIDING, False, column, INTEGER_BAD)
    start = "2024-03-10T12:00:00Z"
    for end, most, more in (
        ("2024-03-10T12:00:01Z", "0.01", "0.02"),
        ("2024-03-10T12:00:36Z", "0.01", "0.02"),
        ("2024-03-10T12:00:37Z", "0.02", "0.03"),
        ("2024-03-10T12:20:00Z", "0.34", "0.35"),
        ("2024-03-10T12:40:00Z", "0.67", "0.68"),
        ("2024-03-10T13:00:00Z", "1", "1.01"),
        ("2024-03-10T14:45:00+01:00", "1.75", "1.76"),
        ("2024-03-10T20:09:00Z", "8.15", "8.16"),
    ):
        yield one(ONE, True, "most uren", begonnen_op=start, geeindigd_op=end, uren=most)
        yield one(ONE, False, "more uren", begonnen_op=start, geeindigd_op=end, uren=more)
    for uren, kept in (("5", True), ("5.01", False), ("6", False)):
        clocks = {"begonnen_op": "2024-03-31T00:00:00+01:00", "geeindigd_op": "2024-03-31T06:00:00+02:00"}
        yield one(ONE, kept, "night of the clock", uren=uren, **clocks)
    for uren, kept in (("744", True), ("744.00", True), ("743.99", True), ("744.01", False), ("99999.99", False)):
        yield one(ONE, kept, "open interval", geeindigd_op="", uren=uren)
    long = {"begonnen_op": "2000-01-01T00:00:00Z", "geeindigd_op": "2024-03-01T00:00:00Z"}
    yield one(ONE, True, "long interval", uren="99999.99", **long)
    yield one(ONE, True, "long interval", begonnen_op="2024-01-01T00:00:00Z", geeindigd_op="2024-02-01T01:00:00Z",
              uren="745")  # fmt: skip
    yield one(ONE, False, "long interval", begonnen_op="2024-01-01T00:00:00Z", geeindigd_op="2024-02-01T01:00:00Z",
              uren="745.01")  # fmt: skip


def _with_one_key(alternate: Row, day: str, number: int, *rows: Row) -> list[Row]:
    """The rows, all with the ``number``-th value of a second key of which ``day`` is the date."""
    return [{**alternate, day: f"2024-02-{number:02d}", **row} for row in rows]


def keys() -> Iterator[Case]:
    """Keys that occur twice: every row of them goes, whatever else is wrong with one."""

    def rows(name: str, feed: str, changes: Sequence[Row], *kept: bool) -> Case:
        return Case(name, feed, tuple(changes), kept)

    for feed, key in KEY.items():
        yield rows("twice", feed, [{key: "dup-a"}] * 2, False, False)
        yield rows("three times", feed, [{key: "dup-b"}] * 3, False, False, False)
        yield rows("one withdrawn", feed, [{key: "dup-c", "vervallen": "true"}, {key: "dup-c"}], False, False)
        yield rows("one broken", feed, [{key: "dup-d", "vervallen": "kanarie"}, {key: "dup-d"}], False, False)
        yield rows("other case", feed, [{key: "dup-e"}, {key: "dup-E"}, {key: "dup_e"}], True, True, True)
        yield rows("leading zero", feed, [{key: "1"}, {key: "01"}, {key: "001"}], True, True, True)
        yield rows("withdrawn alone", feed, [{key: "dup-f", "vervallen": "true"}], True)
    for feed, broken, alternate, day in (
        (TARIEF, {"uurtarief": "0"}, {"partner": "politie", "functie": "zelfde"}, "geldig_vanaf"),
        (STATUS, {"status": "kanarie"}, {"regio": "zeeland", "verbeteractiviteit": "strafbare_km"}, "peildatum"),
    ):
        same = partial(_with_one_key, alternate, day)
        gone = {"vervallen": "true"}
        yield rows("second key twice", feed, same(1, {}, {}), False, False)
        yield rows("second key, one withdrawn", feed, same(2, {}, gone), True, True)
        yield rows("second key, all withdrawn", feed, same(3, gone, gone), True, True)
        yield rows("second key, one broken", feed, same(4, {}, broken), False, False)
        yield rows("second key, two live", feed, same(5, gone, {}, {}), True, False, False)
        yield rows("second key, other day", feed, same(6, {}) + same(7, {}), True, True)
        yield rows("second key, withdrawn and broken", feed, same(8, {}, {**gone, **broken}), True, False)
    yield rows("second key, other partner", TARIEF, [{"functie": "x", "partner": p} for p in PARTNERS], *[True] * 5)
    yield rows("second key, other case", TARIEF, [{"functie": "y"}, {"functie": "Y"}], True, True)


def texts() -> Iterator[Case]:
    accents = "e\u0301" * 250
    for good in ("a" * 500, "\U0001f600" * 500, accents, "\u00eb" * 500, " " * 501, "  x  ", 'zij zei "ja"', "a\nb",
                 "a\r\nb", "a\u200bb\u202ec\x07d\x1be\x7ff", "\ufefftekst", "\u200b", "a\u2028b\u0085c\x0bd\x0ce",
                 "=1+1", "NULL", "a,b;c\td", "'", "\\N", "\U0010ffff", "\ufffe"):  # fmt: skip
        yield one(STATUS, True, "text", toelichting=good)
    for bad in ("a" * 501, "\U0001f600" * 501, accents + "e", "\u00eb" * 501, "a" * 500 + " ", " " * 500 + "a"):
        yield one(STATUS, False, "text", toelichting=bad)
    for blank in ("   ", "\u00a0", "\u2003", "\n\n", " \t\r\n"):
        yield one(RESULTAAT, False, "no title", titel=blank)
        yield one(RESULTAAT, True, "no place", vindplaats=blank)
    yield one(RESULTAAT, True, "no white space", titel="\u200b")
    yield one(RESULTAAT, True, "long", titel="lang " * 4000)


# One per delivery of its own, so that no column can look like one of identifiers.
IDENTIFYING = [
    "111222333", "BSN 111222333", "bsn:111222333", "Het nummer is 111222333.", "zie 1112.22.333 of bel",
    "(111222333)", "BSN12345672", "nummer 12345672", "bsn-nummer 111 222 333", "Bel 06-12345678", "0612345678",
    "06 12 34 56 78",
    "bel +31612345678!", "+31 6 12345678", "0031 6 12345678", "(020) 123 45 67", "020-1234567",
    "mail jan.jansen@voorbeeld.nl", "<j@x.org>", "NL91ABNA0417164300", "op NL91 ABNA 0417 1643 00.",
    "nl91abna0417164300", "BE68539007547034", "1234AB 12", "1234 AB 12", "Dorpsstraat 12, 1234 AB", "1234 AB, 12a",
    "BSN nr. 111222333", "nr111222333", "06.12.34.56.78", "+31(0)612345678", "JAN@BEDRIJF.CO.UK",
    "NL91-ABNA-0417-1643-00",
    "GB82WEST12345698765432", "1234AB-12", "1234 AB huisnummer 12", "1234ab12",
]  # fmt: skip
HARMLESS = [
    "nummer 111222334", "1112223330 stuks", "1234 AB", "12 keer in 2021 en 2022", "NL92ABNA1417164300", "aan @ huis",
    "kosten 1234,56 euro", "versie 1.2.3", "2020-12-31 10:00:00", "01-02-2021 14:30", "in 2019-2020", "112 gebeld",
    "000000000", "2021 en 12", "127.410 meldingen", "ISBN 9789012345678", "@naam", "12:30-14:00 in 2021",
    "https://voorbeeld.example/2021/03/handreiking-1.pdf", "10.000.000 euro", "1234567890123456",
]  # fmt: skip


def all_cases() -> list[Case]:
    parts = (codes, missing, ids, moments, plans, region_levels, order, numbers, keys, texts)
    return [case for part in parts for case in part()]
