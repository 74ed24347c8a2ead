"""The hard bounds of the specification, worked out by hand: one gezin per region, so a figure is that of one gezin.

Where the product and the oracle misread a bound alike, these notice. The peildatum is 31 December 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import product
import pytest
from edge_builder import D, Gezin, H, Inbox, S, local
from oracle.words import VT_REGIOS

Figure = tuple[str, str, str, str, int, float | None]
FEBRUARY = local(date(2020, 2, 4), 10)
HERHALING = "herhaling_18_maanden"
ACUUT = "acute_onveiligheid_gestopt_90_dagen"
OP_TIJD = "veiligheidsbeoordeling_binnen_5_werkdagen"
SPREEKUUR = "spreekuur_binnen_14_dagen"
AFSTEMMING = "tijd_tot_eerste_afstemming"


def totaal(indicator: str, periode: str, n: int, waarde: float | None) -> Figure:
    return indicator, periode, "totaal", "totaal", n, waarde


def herhaling(soort: str, waarde: float) -> Figure:
    return HERHALING, "2020-02", "soort", soort, 1, waarde


def again(after: timedelta, onveiligheid: str = "geen") -> Callable[[Gezin], object]:
    return lambda g: [g.melding(moment, onveiligheid=onveiligheid) for moment in (FEBRUARY, FEBRUARY + after)]


def meldingen(*moments: tuple[date, tuple[int, ...]]) -> Callable[[Gezin], object]:
    return lambda g: [g.melding(local(day, *clock)) for day, clock in moments]


def assessed(received: date, day: date, *clock: int) -> Callable[[Gezin], object]:
    return lambda g: g.melding(local(received), veiligheidsbeoordeling_op=local(day, *clock))


def ended(day: date) -> Callable[[Gezin], object]:
    """VT's involvement ended on ``day``; the next zaak begins a quarter of an hour into 1 May."""
    return lambda g: (
        g.melding(FEBRUARY, betrokkenheid_beeindigd_op=day),
        g.incident(local(date(2020, 5, 1), 0, 15)),
    )


def both_sides(after: timedelta, held: timedelta) -> Callable[[Gezin], object]:
    return lambda g: (g.melding(FEBRUARY), g.traject(FEBRUARY + after), g.overleg(FEBRUARY + held))


def spreekuur(day: date) -> Callable[[Gezin], object]:
    """The arrest was half an hour into 10 February."""
    return lambda g: (
        g.incident(FEBRUARY, aanhouding_op=local(date(2020, 2, 10), 0, 30)),
        g.traject(FEBRUARY, soort="spreekuur_hg", gestart_op=day),
    )


def reported_at_every_dagdeel(g: Gezin) -> None:
    for clock in ((7, 59, 59), (8,), (17, 59, 59), (18,), (22, 59, 59), (23,)):
        g.incident(local(date(2020, 7, 7), *clock))
    g.incident(local(date(2020, 7, 11), 12))


def effort(g: Gezin) -> None:
    """2.5 hours begun in the last second before day 14, 1.5 hours on it, and 1 hour just after that midnight."""
    g.melding(FEBRUARY)
    g.inzet("politie", FEBRUARY + 14 * D - S, 5 * H, functie="f", uren=Decimal("2.50"))
    g.inzet("politie", FEBRUARY + 14 * D, 5 * H, functie="f", uren=Decimal("1.50"))
    g.inzet("politie", local(date(2020, 2, 19), 0, 15), functie="f", uren=Decimal("1.00"))


def together(g: Gezin) -> None:
    """VT from 12 to 16 and 15 to 17, politie from 14 to 18 o'clock: 6 hours in all, 3 of them together."""
    g.melding(FEBRUARY)
    for partner, begin, length in (("veilig_thuis", 2, 4), ("veilig_thuis", 5, 2), ("politie", 4, 4)):
        g.inzet(partner, FEBRUARY + begin * H, length * H)


CASES: tuple[tuple[str, Callable[[Gezin], object], tuple[Figure, ...]], ...] = (
    # Day 548 counts as a whole.
    ("last second of day 548", again(549 * D - S), (totaal(HERHALING, "2020-02", 1, 1.0),)),
    ("first second of day 549", again(549 * D), (totaal(HERHALING, "2020-02", 1, 0.0),)),
    # More than 72 hours; up to and including day 90.
    ("72 hours", again(72 * H, "acuut"), (totaal(ACUUT, "2020-02", 1, 1.0),)),
    ("72 hours and a second", again(72 * H + S, "acuut"), (totaal(ACUUT, "2020-02", 1, 0.0),)),
    ("last second of day 90", again(91 * D - S, "acuut"), (totaal(ACUUT, "2020-02", 1, 0.0),)),
    ("first second of day 91", again(91 * D, "acuut"), (totaal(ACUUT, "2020-02", 1, 1.0),)),
    # 28 x 24 hours over the night in which the clock goes forward: 20 March 10:00 to 17 April 11:00.
    (
        "28 days: two zaken",
        meldingen((date(2021, 3, 20), (10,)), (date(2021, 4, 17), (11,))),
        (totaal("in_beeld_voor_acuut", "2021", 2, 1.0),),
    ),
    (
        "a second less: one zaak",
        meldingen((date(2021, 3, 20), (10,)), (date(2021, 4, 17), (10, 59, 59))),
        (totaal("in_beeld_voor_acuut", "2021", 1, 1.0),),
    ),
    # Tuesday 21 April 2020: 22, 23, 24, then 28 (the 27th is Koningsdag) and 29 April.
    ("end of the 5th werkdag", assessed(date(2020, 4, 21), date(2020, 4, 29), 23, 59, 59),
     (totaal(OP_TIJD, "2020-04", 1, 1.0),)),
    ("6th werkdag", assessed(date(2020, 4, 21), date(2020, 4, 30)), (totaal(OP_TIJD, "2020-04", 1, 0.0),)),
    # Friday 24 December 2021: 27 to 31 December, the peildatum. Of Monday 27 December: 3 January.
    (
        "deadline on the peildatum, and after it",
        meldingen((date(2021, 12, 24), (23, 59, 59)), (date(2021, 12, 27), ())),
        (totaal(OP_TIJD, "2021-12", 1, 0.0),),
    ),
    ("VT still there on the day of the next start", ended(date(2020, 5, 2)),
     (herhaling("vervolgmelding", 1.0), herhaling("hermelding", 0.0))),
    ("VT gone on the day of the next start", ended(date(2020, 5, 1)),
     (herhaling("vervolgmelding", 0.0), herhaling("hermelding", 1.0))),
    (
        "both sides, and an Actieoverleg, in the last second of 28 days",
        both_sides(28 * D - S, 28 * D - S),
        (totaal("actieoverleg_bereik", "2020-02", 1, 1.0), (AFSTEMMING, "2020-02", "kwantiel", "mediaan", 1, 27.0)),
    ),
    ("an Actieoverleg after 28 days", both_sides(D, 28 * D), (totaal("actieoverleg_bereik", "2020-02", 1, 0.0),)),
    ("a joint moment after 90 days", both_sides(D, 90 * D), ((AFSTEMMING, "2020-02", "kwantiel", "p90", 1, None),)),
    ("14 days after the arrest", spreekuur(date(2020, 2, 24)), (totaal(SPREEKUUR, "2020-02", 1, 1.0),)),
    ("15 days after the arrest", spreekuur(date(2020, 2, 25)), (totaal(SPREEKUUR, "2020-02", 1, 0.0),)),
    (
        "dagdelen by the clock of Amsterdam",
        reported_at_every_dagdeel,
        tuple(
            ("zorgmelding_binnen_24_uur", "2020-07", "dagdeel", dagdeel, n, 0.0)
            for dagdeel, n in (("kantooruren", 2), ("avond", 2), ("nacht", 2), ("weekend_of_feestdag", 1))
        ),
    ),
    # The rate of 18 February is 80 (of two on that day the id a comes after B), from 19 February 60.
    (
        "rates and days of effort",
        effort,
        (totaal("kosten_per_zaak", "2020-02", 1, (2.5 + 1.5) * 80 + 1 * 60),
         totaal("verschuiving_eerste_14_dagen", "2020-02", 1, 2.5 / 5)),
    ),
    ("hours together", together, (totaal("overlapgraad", "2020-02", 1, 3 / 6),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    inbox = Inbox()
    for (_, happens, _), regio in zip(CASES, VT_REGIOS, strict=False):
        gezin = inbox.gezin()
        gezin.regio = regio
        happens(gezin)
    for tarief_id, day, rate in (("B", 18, 70), ("a", 18, 80), ("c", 19, 60)):
        inbox.refer("tarieven", "2020-01", tarief_id=tarief_id, partner="politie", functie="f",
                    geldig_vanaf=date(2020, 2, day), uurtarief=Decimal(rate))  # fmt: skip
    folder = tmp_path_factory.mktemp("by-hand")
    return product.compute(inbox.deliveries(), "2021-12", folder).named["indicator_values"]


@pytest.mark.parametrize(("place", "figures"), [(place, case[2]) for place, case in enumerate(CASES)],
                         ids=[what for what, _, _ in CASES])  # fmt: skip
def test_a_bound_worked_out_by_hand(place: int, figures: tuple[Figure, ...], computed: pl.DataFrame) -> None:
    key = ["indicator", "periode", "dimensie", "categorie"]
    here = {row[:4]: row[4:] for row in computed.filter(regio=VT_REGIOS[place]).select(*key, "n", "waarde").rows()}
    for *cell, n, waarde in figures:
        assert here[tuple(cell)] == pytest.approx((n, waarde)), cell
