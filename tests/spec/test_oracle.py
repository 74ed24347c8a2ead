"""Hand-worked examples of the oracle itself: tiny inboxes, sums left unsummed."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from inbox_format import month_range
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from oracle import compare, default_peildatum, indicator_values
from oracle.estimates import Duur, Paar, competing, proportion, quantile, ratio, survival
from oracle.records import NETWERK, PARTNER_FEEDS, current
from oracle.words import (
    ARRONDISSEMENT_OF,
    ARRONDISSEMENTEN,
    DAY,
    PARTNERS,
    dagdeel,
    easter,
    feestdagen,
    fifth_werkdag_after,
    midnight_after,
)

Z = 1.959963984540054
GEZIN = "a" * 26
HOUR = timedelta(hours=1)


def at(day: str, time: str = "12:00:00") -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(f"{day}T{time}+00:00")


def melding(ontvangen_op: datetime, **other: Any) -> dict[str, Any]:
    row = {
        "melding_id": f"m{ontvangen_op:%Y%m%d%H%M%S}",
        "gezin": GEZIN,
        "vt_regio": "utrecht",
        "ontvangen_op": ontvangen_op,
        "melder": "burger",
        "aard_geweld": "kindermishandeling",
        "onveiligheid": "geen",
        "vervallen": False,
    }
    empty = ("politie_registratie_id", "veiligheidsbeoordeling_op", "besluit", "dienst_afgerond_op", "overdracht_op")
    empty += ("terugkoppeling_op", "betrokkenheid_beeindigd_op")
    return row | dict.fromkeys(empty) | other


def incident(gemeld_op: datetime, **other: Any) -> dict[str, Any]:
    row = {
        "registratie_id": f"i{gemeld_op:%Y%m%d%H%M%S}",
        "gezin": GEZIN,
        "vt_regio": "utrecht",
        "gemeld_op": gemeld_op,
        "soort": "mishandeling",
        "hg_label": True,
        "ernst": "licht",
        "acuut": False,
        "aangifte": False,
        "vervallen": False,
    }
    return row | dict.fromkeys(("vt_betrokken_op", "sash_niveau", "aanhouding_op", "zorgmelding_op")) | other


def overleg(gehouden_op: datetime, *partners: str) -> dict[str, Any]:
    row = {"overleg_id": f"o{gehouden_op:%Y%m%d%H%M%S}", "gezin": GEZIN, "vt_regio": "utrecht", "vervallen": False}
    row |= {f"aanwezig_{partner}": partner in partners for partner in PARTNERS}
    return row | {"aangemeld_op": gehouden_op, "gehouden_op": gehouden_op, "wijze": None, "casusregie": None}


def inzet(begonnen_op: datetime, geeindigd_op: datetime | None, uren: str, **other: Any) -> dict[str, Any]:
    return {
        "inzet_id": f"u{begonnen_op:%Y%m%d%H%M%S}",
        "gezin": GEZIN,
        "vt_regio": "utrecht",
        "verbeteractiviteit": "regulier",
        "soort_inzet": "regulier",
        "functie": "agent",
        "wijze": "video",
        "begonnen_op": begonnen_op,
        "geeindigd_op": geeindigd_op,
        "uren": Decimal(uren),
        "vervallen": False,
    } | other


def tarief(tarief_id: str, geldig_vanaf: str, uurtarief: str) -> dict[str, Any]:
    row = {"tarief_id": tarief_id, "partner": "politie", "functie": "agent", "vervallen": False}
    return row | {"geldig_vanaf": date.fromisoformat(geldig_vanaf), "uurtarief": Decimal(uurtarief)}


def inbox(first: str, last: str, **rows: list[dict[str, Any]]) -> dict[Any, Any]:
    """Every partner feed delivered from first to last month; `partner__feed=rows` all arrive in the last."""
    year, month = int(last[:4]) - int(first[:4]), int(last[5:]) - int(first[5:])
    months = month_range(first, year * 12 + month + 1)
    deliveries: dict[Any, Any] = {feed: {m: [] for m in months} for feed in PARTNER_FEEDS}
    for name, delivered in rows.items():
        partner, feed = name.split("__")
        deliveries.setdefault((partner, feed), {})[last] = delivered
    return deliveries


def cell(rows: list[dict[str, Any]], indicator: str, periode: str, split: str = "totaal/totaal") -> dict[str, Any]:
    """The one cell of the country."""
    dimensie, categorie = split.split("/")
    wanted = {"indicator": indicator, "regio": "nederland", "periode": periode}
    wanted |= {"dimensie": dimensie, "categorie": categorie}
    found = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} cells for {wanted}"
    return found[0]


def figures(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["n"], row["teller"], row["noemer"], row["waarde"]


# Section 1


def test_easter_and_the_days_that_hang_on_it() -> None:
    known = ["2013-03-31", "2016-03-27", "2018-04-01", "2019-04-21", "2020-04-12", "2021-04-04", "2024-03-31"]
    assert [easter(int(day[:4])) for day in known] == [date.fromisoformat(day) for day in known]
    assert {date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 9), date(2024, 5, 20)} <= feestdagen(2024)


@pytest.mark.parametrize(("year", "day"), [(2013, "04-30"), (2014, "04-26"), (2015, "04-27"), (2025, "04-26")])
def test_koningsdag(year: int, day: str) -> None:
    assert [d for d in sorted(feestdagen(year)) if d.month == 4 and d.day >= 26] == [
        date.fromisoformat(f"{year}-{day}")
    ]


def test_fifth_werkdag_after_christmas() -> None:
    # 2023-12-22 is a Friday; 25 and 26 December and 1 January are free: 27, 28, 29 December, 2, 3 January.
    assert fifth_werkdag_after(date(2023, 12, 22)) == date(2024, 1, 3)


def test_midnight_and_dagdeel_are_amsterdam_time() -> None:
    assert midnight_after(date(2024, 3, 31)) == at("2024-03-31", "22:00:00")
    assert midnight_after(date(2024, 10, 27)) == at("2024-10-27", "23:00:00")
    assert [dagdeel(at("2024-03-04", t)) for t in ("06:59:59", "07:00:00", "16:59:59", "17:00:00", "22:00:00")] == [
        *("nacht", "kantooruren", "kantooruren", "avond", "nacht")
    ]
    assert dagdeel(at("2024-03-01", "23:30:00")) == "weekend_of_feestdag"  # Saturday 00:30


def test_26_regions_in_10_arrondissementen() -> None:
    assert (len(ARRONDISSEMENT_OF), len(ARRONDISSEMENTEN)) == (26, 10)
    assert ARRONDISSEMENT_OF["noord_en_oost_gelderland"] == "oost_nederland"
    assert ARRONDISSEMENT_OF["amsterdam_amstelland"] == "amsterdam"


# Section 2


def test_current_state_is_the_row_of_the_latest_month_known() -> None:
    first, withdrawn, revived = melding(at("2024-01-05")), {"vervallen": True}, {"melder": "politie"}
    deliveries = {
        ("veilig_thuis", "meldingen"): {
            "2024-01": [first],
            "2024-02": [first | withdrawn],
            "2024-03": [],
            "2024-04": [first | revived],
        }
    }
    known = {month: current(deliveries, "veilig_thuis", "meldingen", month) for month in month_range("2024-01", 4)}
    assert [[row["melder"] for row in known[month]] for month in sorted(known)] == [["burger"], [], [], ["politie"]]


def test_reference_feed_delivered_later_counts_as_its_earliest_delivery() -> None:
    rates = {"2024-05": [tarief("a", "2020-01-01", "10")], "2024-06": [tarief("b", "2020-01-01", "20")]}
    deliveries = {(NETWERK, "tarieven"): rates}
    assert [row["tarief_id"] for row in current(deliveries, NETWERK, "tarieven", "2024-01")] == ["a"]
    assert [row["tarief_id"] for row in current(deliveries, NETWERK, "tarieven", "2024-06")] == ["a", "b"]


def test_default_peildatum_needs_all_eleven_feeds() -> None:
    deliveries = inbox("2024-01", "2024-03")
    del deliveries["reclassering", "inzet"]["2024-03"]
    assert default_peildatum(deliveries) == "2024-02"
    del deliveries["reclassering", "inzet"]
    with pytest.raises(ValueError, match="eleven"):
        default_peildatum(deliveries)


# Estimators


def test_wilson_by_hand() -> None:
    # 3 of 4: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
    found = proportion([True, True, True, False])
    half = Z * math.sqrt(0.75 * 0.25 / 4 + Z * Z / (4 * 16))
    lower = (0.75 + Z * Z / 8 - half) / (1 + Z * Z / 4)
    upper = (0.75 + Z * Z / 8 + half) / (1 + Z * Z / 4)
    assert (found.n, found.teller, found.noemer, found.waarde) == (4, 3, 4, 0.75)
    assert found.limits == pytest.approx((lower, upper), abs=1e-12)
    assert found.limits == pytest.approx((0.300642, 0.954413), abs=1e-6)  # as published tables have it


def test_ratio_by_hand() -> None:
    # R = (3 + 1) / (4 + 4) = 0.5; residuals 3 - 0.5 x 4 = 1 and 1 - 0.5 x 4 = -1
    found = ratio(1, 1, share=True)([Paar(4, 3), Paar(4, 1)], "")
    margin = Z * math.sqrt(2 / (2 - 1) * (1**2 + (-1) ** 2)) / (4 + 4)
    assert (found.teller, found.noemer, found.waarde) == (3 + 1, 4 + 4, 0.5)
    assert found.limits == pytest.approx((0.5 - margin, 0.5 + margin), abs=1e-12)
    assert ratio(1, 1, share=True)([Paar(1, 1), Paar(9, 0)], "").limits[0] == 0.0
    assert ratio(1, 1, share=False)([Paar(1, 9), Paar(1, 0)], "").limits[1] > 9
    assert ratio(1, 1, share=True)([Paar(4, 3)], "").limits == (None, None)


def some_durations(seed: int, kinds: tuple[str | None, ...], ties: bool) -> list[Duur]:
    rng = random.Random(seed)
    n = rng.randint(3, 40)
    days = rng.choices(range(30), k=n) if ties else rng.sample(range(1, 100), n)
    return [Duur(day, rng.choice(kinds), rijp=True, open=False) for day in days]


@pytest.mark.parametrize("seed", range(12))
def test_survival_equals_lifelines(seed: int) -> None:
    units = some_durations(seed, ("event", None), ties=True)
    reference = KaplanMeierFitter().fit([u.day for u in units], [u.kind is not None for u in units])
    limits = reference.confidence_interval_survival_function_
    for horizon in (5, 15, 40):
        found = survival(horizon, complement=False)(units, "")
        assert found.waarde == pytest.approx(reference.predict(horizon), abs=1e-12)
        if 0 < found.waarde < 1:
            expected = limits[limits.index <= horizon].iloc[-1].tolist()
            assert found.limits == pytest.approx(tuple(expected), abs=1e-9)
            flipped = survival(horizon, complement=True)(units, "")
            assert flipped.limits == pytest.approx((1 - expected[1], 1 - expected[0]), abs=1e-9)
        else:
            assert found.limits == (None, None)


@pytest.mark.parametrize("seed", range(12))
def test_competing_kinds_equal_lifelines(seed: int) -> None:
    units = some_durations(seed, ("hermelding", "vervolgmelding", None), ties=False)
    codes = {None: 0, "hermelding": 1, "vervolgmelding": 2}
    reference = AalenJohansenFitter().fit([u.day for u in units], [codes[u.kind] for u in units], event_of_interest=1)
    limits = reference.confidence_interval_
    for horizon in (30, 60, 100):
        found = competing(horizon)(units, "hermelding")
        curve = reference.cumulative_density_
        assert found.waarde == pytest.approx(curve[curve.index <= horizon].iloc[-1, 0], abs=1e-12)
        if 0 < found.waarde < 1:
            assert found.limits == pytest.approx(tuple(limits[limits.index <= horizon].iloc[-1]), abs=1e-9)
        else:
            assert found.limits == (None, None)


def test_competing_kinds_by_hand_with_a_tie() -> None:
    # At risk 4, on day 10 one of each kind: F = 1/4, S = 1/2. Day 20 censored. Day 30 one of one: F = 1/4 + 1/2 x 1/1.
    units = [Duur(10, "a", True, False), Duur(10, "b", True, False), Duur(20, None, True, False)]
    units.append(Duur(30, "a", True, False))
    assert competing(29)(units, "a").waarde == 1 / 4
    assert competing(30)(units, "a").waarde == 1 / 4 + 1 / 2 * 1 / 1
    assert competing(30)(units, "b").waarde == 1 / 4
    assert competing(30)(units, "a").teller == 1 + 1
    # Variance of F_a(29): nothing is still to come, so only S(t-)^2 dk (n - dk) / n^3 = 1 x 1 x 3 / 64.
    exponent = Z * math.sqrt(1 * 3 / 64) / (1 / 4 * math.log(4))
    expected = (1 / 4) ** math.exp(exponent), (1 / 4) ** math.exp(-exponent)
    assert competing(29)(units, "a").limits == pytest.approx(expected, abs=1e-12)


def test_quantiles_by_hand() -> None:
    # S: day 1 3/4, day 2 2/4, day 3 1/4, then censored.
    units = [Duur(day, kind, True, False) for day, kind in ((1, "x"), (2, "x"), (3, "x"), (90, None))]
    median, p90 = quantile(90)(units, "mediaan"), quantile(90)(units, "kindermishandeling:p90")
    assert (median.waarde, median.teller, median.noemer) == (2, 3, 4)
    # Lower limit on day 1: 0.75 ^ exp(z sqrt(1 / (4 x 3)) / |ln 0.75|) = 0.128 <= 0.5; the upper one stays above.
    assert median.limits == (1, None)
    assert 0.75 ** math.exp(Z * math.sqrt(1 / 12) / -math.log(0.75)) == pytest.approx(0.128, abs=1e-3)
    assert (p90.waarde, p90.oordeel, p90.limits) == (None, "niet_bereikt", (2, None))
    # S = 0 has no interval, so the day on which everybody is done reaches no limit.
    alone = quantile(90)([Duur(5, "x", True, False)], "mediaan")
    assert (alone.waarde, alone.limits) == (5, (None, None))


# Zaken


@pytest.mark.parametrize(("gap", "zaken"), [(28 * DAY, 2), (28 * DAY - timedelta(seconds=1), 1)])
def test_a_signal_28_days_after_the_one_before_opens_a_zaak(gap: timedelta, zaken: int) -> None:
    first = at("2024-03-01")
    rows = indicator_values(inbox("2024-01", "2024-06", veilig_thuis__meldingen=[melding(first), melding(first + gap)]))
    assert cell(rows, "in_beeld_voor_acuut", "2024")["n"] == zaken


def test_the_gap_is_with_the_signal_before_not_with_the_start() -> None:
    moments = [at("2024-03-01") + n * 20 * DAY for n in range(4)]
    rows = indicator_values(inbox("2024-01", "2024-06", veilig_thuis__meldingen=[melding(m) for m in moments]))
    assert figures(cell(rows, "in_beeld_voor_acuut", "2024")) == (1, 1, 1, 1.0)


def test_a_joined_melding_is_the_signal_of_its_incident() -> None:
    # Received 40 days later, and acuut: one zaak, acuut from the incident's moment on, in the incident's region.
    cause = incident(at("2024-01-10"), vt_regio="drenthe")
    later = melding(at("2024-02-19"), politie_registratie_id=cause["registratie_id"], onveiligheid="acuut")
    deliveries = inbox("2024-01", "2024-06", veilig_thuis__meldingen=[later], politie__incidenten=[cause])
    rows = indicator_values(deliveries)
    assert figures(cell(rows, "in_beeld_voor_acuut", "2024")) == (1, 0, 1, 0.0)
    assert {row["regio"] for row in rows if row["indicator"] == "in_beeld_voor_acuut"} == {
        *("drenthe", "noord_nederland", "nederland")
    }
    # Without hg_label the incident is no signal, so the melding is one of its own.
    deliveries = inbox(
        "2024-01", "2024-06", veilig_thuis__meldingen=[later], politie__incidenten=[cause | {"hg_label": False}]
    )
    assert cell(indicator_values(deliveries), "in_beeld_voor_acuut", "2024-K1")["n"] == 1


def test_acute_again_counts_after_more_than_72_hours() -> None:
    start = at("2024-01-10")
    for gap, events in ((72 * HOUR, 0), (72 * HOUR + timedelta(seconds=1), 1)):
        signals = [incident(start, acuut=True), incident(start + gap, acuut=True)]
        rows = indicator_values(inbox("2024-01", "2024-06", politie__incidenten=signals))
        assert figures(cell(rows, "acute_onveiligheid_gestopt_90_dagen", "2024")) == (1, events, 1, 1.0 - events)


def test_repetition_by_kind() -> None:
    # At the second start the first melding still runs: vervolgmelding. At the third both have ended,
    # one of them that same day: hermelding.
    running = melding(at("2020-01-10"), betrokkenheid_beeindigd_op=date(2020, 3, 21))
    following = melding(at("2020-03-20"), betrokkenheid_beeindigd_op=date(2020, 8, 20))
    third = melding(at("2020-08-20"))
    deliveries = inbox("2020-01", "2023-12", veilig_thuis__meldingen=[running, following, third])
    rows = indicator_values(deliveries)
    # Zaken 10 January (event day 70), 20 March (event day 153), 20 August (548 days without).
    assert figures(cell(rows, "herhaling_18_maanden", "2020")) == (3, 2, 3, pytest.approx(1 - 2 / 3 * 1 / 2))
    assert figures(cell(rows, "herhaling_18_maanden", "2020", "soort/vervolgmelding")) == (
        3,
        1,
        3,
        pytest.approx(1 / 3),
    )
    assert figures(cell(rows, "herhaling_18_maanden", "2020", "soort/hermelding")) == (3, 1, 3, pytest.approx(1 / 3))
    assert figures(cell(rows, "herhaling_18_maanden", "2020-08", "soort/hermelding")) == (1, 0, 1, 0.0)
    # No ernstig signal ever: 1 - KM = 0, no interval.
    assert cell(rows, "ernstige_herhaling_18_maanden", "2020")["bovengrens"] is None


def test_samenloop_actieoverleg_and_first_joint_moment() -> None:
    start = at("2024-01-10")
    incidents = [incident(start, aangifte=True)]
    meldingen = [melding(start + 27 * DAY)]
    meeting = [overleg(start + 10 * DAY + 5 * HOUR, "veilig_thuis", "politie", "openbaar_ministerie", "reclassering")]
    rows = indicator_values(
        inbox(
            "2023-12",
            "2024-06",
            politie__incidenten=incidents,
            veilig_thuis__meldingen=meldingen,
            veilig_thuis__actieoverleggen=meeting,
        )
    )
    assert figures(cell(rows, "actieoverleg_bereik", "2024-01", "aard_geweld/kindermishandeling")) == (1, 1, 1, 1.0)
    assert figures(cell(rows, "tijd_tot_eerste_afstemming", "2024-01", "kwantiel/mediaan")) == (1, 1, 1, 10)
    assert cell(rows, "tijd_tot_eerste_afstemming", "2024-01", "aard_geweld/kindermishandeling:p90")["waarde"] == 10
    assert figures(cell(rows, "kernpartners_compleet", "2024-01", "wijze/onbekend")) == (1, 1, 1, 1.0)
    # The 5th werkdag after Wednesday 10 January is the 17th; the meeting was on the 20th.
    assert figures(cell(rows, "overleg_strafbare_km_binnen_5_werkdagen", "2024-01")) == (1, 0, 1, 0.0)
    # Only politie was involved by then.
    assert figures(cell(rows, "partners_binnen_5_werkdagen", "2024-01", "minimum/3")) == (1, 0, 1, 0.0)


def without_joint_moment(start: datetime, gezin: str, **next_zaak: datetime) -> tuple[list[Any], list[Any]]:
    """Incidents and meldingen of a samenloop zaak (and of a next zaak) that nobody discussed."""
    incidents = [incident(moment, gezin=gezin, aangifte=True) for moment in (start, *next_zaak.values())]
    return incidents, [melding(start, gezin=gezin, melding_id=gezin)]


def test_a_joint_moment_90_days_after_start_is_too_late() -> None:
    start = at("2024-01-10")
    incidents, meldingen = without_joint_moment(start, GEZIN)
    for after, events in ((90 * DAY - timedelta(seconds=1), 1), (90 * DAY, 0)):
        meeting = [overleg(start + after)]
        deliveries = inbox("2023-12", "2024-06", politie__incidenten=incidents, veilig_thuis__meldingen=meldingen)
        deliveries["veilig_thuis", "actieoverleggen"]["2024-06"] = meeting
        found = cell(indicator_values(deliveries), "tijd_tot_eerste_afstemming", "2024-01", "kwantiel/mediaan")
        assert (figures(found), found["status"]) == (
            ((1, 1, 1, 89), "definitief") if events else ((1, 0, 1, None), "niet_bereikt")
        )


def test_a_zaak_that_the_next_one_ended_is_no_longer_open() -> None:
    # E = 30 April 2023: a zaak of 31 January is 89 days old. Another one, of 10 January, had its moment on day 2.
    early, late = at("2023-01-10"), at("2023-01-31")
    for next_zaak, status in (({}, "voorlopig"), ({"next_zaak": late + 40 * DAY}, "definitief")):
        incidents, meldingen = without_joint_moment(late, GEZIN, **next_zaak)
        more_incidents, more_meldingen = without_joint_moment(early, "b" * 26)
        meeting = overleg(early + 2 * DAY) | {"gezin": "b" * 26}
        deliveries = inbox(
            "2022-12",
            "2023-04",
            politie__incidenten=incidents + more_incidents,
            veilig_thuis__meldingen=meldingen + more_meldingen,
            veilig_thuis__actieoverleggen=[meeting],
        )
        found = cell(indicator_values(deliveries), "tijd_tot_eerste_afstemming", "2023-01", "kwantiel/mediaan")
        assert (figures(found), found["status"]) == ((2, 1, 2, 2), status)


@pytest.mark.parametrize(
    ("gestart_op", "teller"), [("2024-01-10", 0), ("2024-01-11", 1), ("2024-01-25", 1), ("2024-01-26", 0)]
)
def test_spreekuur_within_14_days_of_the_first_arrest(gestart_op: str, teller: int) -> None:
    arrests = [incident(at("2024-01-10"), aanhouding_op=at("2024-01-10", "23:00:00")), incident(at("2024-01-12"))]
    spreekuur = {"traject_id": "t", "gezin": GEZIN, "vt_regio": "drenthe", "soort": "spreekuur_hg", "vervallen": False}
    spreekuur |= {"aangemeld_op": at("2024-01-01"), "gestart_op": date.fromisoformat(gestart_op), "beeindigd_op": None}
    rows = indicator_values(
        inbox("2023-12", "2024-06", politie__incidenten=arrests, reclassering__trajecten=[spreekuur])
    )
    assert figures(cell(rows, "spreekuur_binnen_14_dagen", "2024-01")) == (1, teller, 1, teller)


# Records


def test_within_24_hours_of_the_report() -> None:
    reported = at("2024-01-13")  # a Saturday
    done = [
        reported - timedelta(seconds=1),
        reported,
        reported + 24 * HOUR,
        reported + 24 * HOUR + timedelta(seconds=1),
    ]
    rows = [
        incident(
            reported,
            registratie_id=f"i{n}",
            zorgmelding_op=moment,
            vt_betrokken_op=moment,
            acuut=n > 0,
            soort="belaging",
        )
        for n, moment in enumerate(done)
    ]
    table = indicator_values(inbox("2023-12", "2024-06", politie__incidenten=rows))
    split = "dagdeel/weekend_of_feestdag"
    assert figures(cell(table, "zorgmelding_binnen_24_uur", "2024-01", split)) == (4, 2, 4, 2 / 4)
    assert figures(cell(table, "samen_op_in_acuut_24_uur", "2024-01", split)) == (3, 2, 3, 2 / 3)
    assert figures(cell(table, "sash_bij_belaging", "2024-01")) == (4, 0, 4, 0.0)


def test_zsm_zaken() -> None:
    def zsm(zaak_id: str, decided: datetime | None, consulted: datetime | None, **other: Any) -> dict[str, Any]:
        row = {"zaak_id": zaak_id, "gezin": GEZIN, "vt_regio": "utrecht", "instroom_op": at("2024-01-10")}
        row |= {"hg_label_instroom": False, "hg_vastgesteld": True, "vervallen": False}
        return row | {"vt_geraadpleegd_op": consulted, "beslissing_op": decided} | other

    decided, second = at("2024-01-11"), timedelta(seconds=1)
    rows = [zsm("a", decided, decided), zsm("b", decided, decided + second), zsm("c", None, decided)]
    rows.append(zsm("d", decided, None, hg_vastgesteld=False))
    known = inbox("2023-12", "2024-06", openbaar_ministerie__zsm_zaken=rows)
    for received, teller in ((at("2024-01-10"), 0), (at("2024-01-10") - second, 3)):
        known["veilig_thuis", "meldingen"]["2024-06"] = [melding(received)]
        table = indicator_values(known)
        assert figures(cell(table, "bekend_bij_vt", "2024-01")) == (3, teller, 3, teller / 3)
    assert figures(cell(table, "vt_geraadpleegd_voor_zsm_beslissing", "2024-01", "dagdeel/kantooruren")) == (
        2,
        1,
        2,
        1 / 2,
    )
    assert figures(cell(table, "hg_herkend_bij_instroom", "2024-01")) == (3, 0, 3, 0.0)


def test_deadlines_in_days() -> None:
    # Assessed 10 January: 70 days later is 20 March. Handed over 10 January: 28 days later is 7 February.
    other = {"besluit": "onderzoek", "melder": "politie", "veiligheidsbeoordeling_op": at("2024-01-10")}
    other |= {"overdracht_op": date(2024, 1, 10)}
    done = [(date(2024, 3, 20), date(2024, 2, 7)), (date(2024, 3, 21), date(2024, 2, 8)), (None, None)]
    rows = [
        melding(at("2024-01-09"), melding_id=f"m{n}", dienst_afgerond_op=dienst, terugkoppeling_op=told, **other)
        for n, (dienst, told) in enumerate(done)
    ]
    table = indicator_values(inbox("2023-12", "2024-06", veilig_thuis__meldingen=rows))
    assert figures(cell(table, "dienst_binnen_10_weken", "2024-01", "besluit/onderzoek")) == (3, 1, 3, 1 / 3)
    assert figures(cell(table, "terugkoppeling_na_overdracht", "2024-01")) == (3, 1, 3, 1 / 3)


def test_safety_assessment_in_5_werkdagen() -> None:
    # Friday 22 December 2023, 23:30 in Amsterdam: deadline 3 January, until midnight there (23:00 UTC).
    received = at("2023-12-22", "22:30:00")
    late, in_time = at("2024-01-03", "23:00:00"), at("2024-01-03", "22:59:59")
    rows = [
        melding(received + n * timedelta(seconds=1), veiligheidsbeoordeling_op=done)
        for n, done in enumerate((late, in_time))
    ]
    table = indicator_values(inbox("2023-12", "2024-06", veilig_thuis__meldingen=rows))
    assert figures(cell(table, "veiligheidsbeoordeling_binnen_5_werkdagen", "2023-12", "melder/overig")) == (
        2,
        1,
        2,
        1 / 2,
    )


# Hours and money


def effort(*rows: dict[str, Any], **reference: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One zaak from 10 January 2024, 12:00, with these inzet rows of politie."""
    start = [incident(at("2024-01-10"))]
    return indicator_values(
        inbox("2023-12", "2024-06", politie__incidenten=start, politie__inzet=list(rows), **reference), "2024-06"
    )


def test_shift_of_work_to_the_first_14_days() -> None:
    start = at("2024-01-10")
    begun = [(start, "1.25"), (start + 14 * DAY, "2.5"), (start + 90 * DAY, "7"), (start - HOUR, "1")]
    table = effort(*(inzet(moment, moment + 9 * HOUR, uren) for moment, uren in begun))
    assert figures(cell(table, "verschuiving_eerste_14_dagen", "2024-01")) == (1, 1.25, 1.25 + 2.5, 1.25 / 3.75)
    assert figures(cell(table, "inzet_uren_per_zaak", "2024-01")) == (1, 1.25 + 2.5, 1, 3.75)
    # A split of y keeps every zaak, 0 where nothing was spent; a split of x does not.
    assert figures(cell(table, "inzet_uren_per_zaak", "2024-01", "partner/reclassering")) == (1, 0, 1, 0.0)
    assert not [
        r for r in table if r["indicator"] == "verschuiving_eerste_14_dagen" and r["categorie"] == "reclassering"
    ]
    assert figures(cell(table, "aandeel_extra_inzet", "2024")) == (4, 0, 1.25 + 2.5 + 7 + 1, 0.0)


def test_costs_take_the_latest_rate_and_miss_none_silently() -> None:
    start = at("2024-01-10")
    rates = [tarief("a", "2024-01-10", "80"), tarief("b", "2024-01-10", "90.01"), tarief("c", "2024-01-11", "1")]
    known = inzet(start, start + 9 * HOUR, "1.25")
    unknown = inzet(start + HOUR, start + 9 * HOUR, "2", functie="jurist", verbeteractiviteit="actieoverleg")
    table = effort(known, unknown, landelijk_netwerk__tarieven=rates)
    total = cell(table, "kosten_totaal", "2024-01")
    assert figures(total) == (1, 1.25 * 90.01, None, 1.25 * 90.01)
    assert total["status"] == "onvolledig"
    assert cell(table, "kosten_totaal", "2024-01", "verbeteractiviteit/regulier")["status"] == "definitief"
    assert figures(cell(table, "kosten_per_zaak", "2024-01")) == (1, 1.25 * 90.01, 1, 1.25 * 90.01)
    assert cell(table, "kosten_per_zaak", "2024-01", "verbeteractiviteit/actieoverleg")["status"] == "onvolledig"
    assert cell(table, "kosten_per_zaak", "2024-01", "verbeteractiviteit/regulier")["status"] == "definitief"
    assert not [r for r in table if r["indicator"] == "kosten_totaal" and r["categorie"] == "actieoverleg"]


def test_overlap_in_seconds() -> None:
    # politie from 2 hours before start to +3 h (3 h count); VT +1 h to +2 h; OM from 89 d on, still open (1 d counts).
    start = at("2024-01-10")
    deliveries = inbox(
        "2023-12",
        "2024-06",
        politie__incidenten=[incident(start)],
        politie__inzet=[inzet(start - 2 * HOUR, start + 3 * HOUR, "1")],
        veilig_thuis__inzet=[inzet(start + HOUR, start + 2 * HOUR, "1")],
        openbaar_ministerie__inzet=[inzet(start + 89 * DAY, None, "1")],
    )
    table = indicator_values(deliveries)
    together, active = 1 * 3600, 3 * 3600 + 24 * 3600
    assert figures(cell(table, "overlapgraad", "2024-01")) == (1, together, active, together / active)
    assert figures(cell(table, "zorg_straf_overlap", "2024-01")) == (1, together, active, together / active)


# Coverage and status


def test_coverage_at_the_end_of_each_period() -> None:
    def row(status_id: str, regio: str, peildatum: str, status: str) -> dict[str, Any]:
        key = {"status_id": status_id, "regio": regio, "peildatum": date.fromisoformat(peildatum), "vervallen": False}
        return key | {"verbeteractiviteit": "actieoverleg", "status": status}

    statuses = [
        row("a", "utrecht", "2024-02-29", "actief"),
        row("Z", "utrecht", "2024-02-29", "gepland"),  # byte order: Z before a
        row("c", "drenthe", "2024-04-01", "actief"),
    ]
    table = indicator_values(inbox("2024-01", "2024-03", landelijk_netwerk__regio_status=statuses))
    assert figures(cell(table, "actieoverleg_dekking", "2024-01")) == (26, 0, 26, 0.0)
    assert figures(cell(table, "actieoverleg_dekking", "2024")) == (26, 1, 26, 1 / 26)
    assert figures(cell(table, "actieoverleg_dekking", "2024-02", "status/geen")) == (26, 25, 26, 25 / 26)
    assert figures(cell(table, "hg_vt_zsm_dekking", "2024-02", "status/geen")) == (10, 10, 10, 1.0)


def test_status_of_a_cell() -> None:
    deliveries = inbox("2023-12", "2024-06", veilig_thuis__meldingen=[melding(at(f"2024-0{m}-10")) for m in (1, 2, 4)])

    def status(indicator: str, periode: str, until: str = "2024-06", split: str = "totaal/totaal") -> str:
        return str(cell(indicator_values(deliveries, until), indicator, periode, split)["status"])

    assessed, seen = "veiligheidsbeoordeling_binnen_5_werkdagen", "in_beeld_voor_acuut"
    assert [status(seen, period) for period in ("2024-01", "2024-04", "2024")] == [
        "definitief",
        "voorlopig",
        "voorlopig",
    ]
    assert status("herhaling_18_maanden", "2024-01") == "niet_rijp"
    del deliveries["veilig_thuis", "meldingen"]["2023-12"]
    # A zaak looks back a month, a melding does not.
    assert [status(name, "2024-01") for name in (seen, assessed)] == ["onvolledig", "definitief"]
    del deliveries["veilig_thuis", "meldingen"]["2024-03"]
    # Follow-up of one month: February needs March, January does not.
    assert [status(assessed, period) for period in ("2024-01", "2024-02")] == ["definitief", "onvolledig"]


def test_open_follow_up_is_provisional() -> None:
    # Both zaken of January 2022 are long past; one is ripe at 548 days on 2023-07-31, the other not.
    ripe, unripe = at("2022-01-10"), at("2022-01-31")
    meldingen = [melding(ripe), melding(unripe, gezin="b" * 26)]
    deliveries = inbox("2021-12", "2023-07", veilig_thuis__meldingen=meldingen)
    assert cell(indicator_values(deliveries), "herhaling_18_maanden", "2022-01")["status"] == "voorlopig"
    deliveries = inbox("2021-12", "2023-08", veilig_thuis__meldingen=meldingen)
    assert cell(indicator_values(deliveries), "herhaling_18_maanden", "2022-01")["status"] == "definitief"


# Comparison


def test_compare_names_every_kind_of_difference() -> None:
    rows = indicator_values(inbox("2024-01", "2024-06", veilig_thuis__meldingen=[melding(at("2024-03-01"))]))
    assert compare(pl.DataFrame(rows, infer_schema_length=None), rows) == []
    assert compare([row | {"waarde": row["waarde"] and row["waarde"] + 1e-12} for row in rows], rows) == []
    assert compare(rows[1:], rows)[0].startswith("missing row: ")
    assert compare([*rows, rows[0] | {"regio": "mars"}], rows)[0].startswith("extra row: ")
    assert compare([*rows, rows[0]], rows)[0].startswith("double row: ")
    changes = {"teller": 7.0, "waarde": math.nan, "status": "definitief?", "eenheid": None, "n": 0}
    for column, value in changes.items():
        (line,) = compare([rows[0] | {column: value}, *rows[1:]], rows)
        assert f": {column} is {value!r}, expected" in line
    (line,) = compare([{k: v for k, v in rows[0].items() if k != "ondergrens"}, *rows[1:]], rows)
    assert "no such column" in line
    assert compare([], rows, indicators=["kosten_totaal"]) == []


def test_versie_is_given_by_the_caller() -> None:
    deliveries = inbox("2024-01", "2024-06", veilig_thuis__meldingen=[melding(at("2024-03-01"))])
    ids = {row["indicator"] for row in indicator_values(deliveries)}
    rows = indicator_values(deliveries, versies=dict.fromkeys(ids, "1.0.0"))
    assert {row["versie"] for row in rows} == {"1.0.0"}
    assert compare([row | {"versie": "2.0.0"} for row in rows], rows, indicators=["in_beeld_voor_acuut"]) != []


def test_naive_moments_are_utc() -> None:
    aware = melding(at("2024-02-29", "22:59:59"))
    naive = aware | {"ontvangen_op": aware["ontvangen_op"].replace(tzinfo=None)}
    elsewhere = aware | {"ontvangen_op": datetime.fromisoformat("2024-03-01T04:29:59+05:30")}
    tables = [
        indicator_values(inbox("2024-01", "2024-06", veilig_thuis__meldingen=[row]))
        for row in (aware, naive, elsewhere)
    ]
    assert tables[0] == tables[1] == tables[2]
    assert cell(tables[0], "in_beeld_voor_acuut", "2024-02")["n"] == 1
