"""What partners owe: a state per feed and month, by the delivery calendar, and a reminder without figures."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from data_contracts.loader import contracts
from indicators.model import PARTNER_FEEDS
from pipelines import expected
from pipelines.ledger import Delivery

INZET = "politie/inzet"
FIGURE = 98765


def delivery(month: str, *, name: str = INZET, number: int = 1, verdict: str = "accepted") -> Delivery:
    partner, feed = name.split("/")
    there = {"accepted_path": "lake/a", "accepted_sha256": "d" * 64} if verdict == "accepted" else {}
    return Delivery(partner, feed, month, number, "a" * 64, "csv", verdict, FIGURE, FIGURE if there else 0,
                    0 if there else FIGURE, "2024-01-01T00:00:00+00:00", "1.0.0", "c" * 64, True, **there)  # fmt: skip


def states(today: date, *deliveries: Delivery, name: str = INZET) -> dict[str, str]:
    found = expected.expected(contracts(), deliveries, today)
    return {e.month: e.state for e in found if e.name == name}


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2024-05", date(2024, 6, 14)),
        ("2024-04", date(2024, 5, 15)),  # Hemelvaartsdag lies before it
        ("2024-03", date(2024, 4, 15)),  # Paasmaandag
        ("2023-12", date(2024, 1, 15)),  # Nieuwjaarsdag
    ],
)
def test_the_due_day_is_a_working_day_of_the_next_month(month: str, due: date) -> None:
    assert expected.due_day(contracts()[INZET], month) == due


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2024, 5, 1), "verwacht"),
        (date(2024, 5, 15), "verwacht"),  # on the due day itself it is still in time
        (date(2024, 5, 16), "te laat"),
        (date(2024, 6, 14), "te laat"),  # the due day of the next month
        (date(2024, 6, 15), "ontbreekt"),
    ],
)
def test_what_is_not_there_is_expected_then_late_then_missing(today: date, state: str) -> None:
    assert states(today, delivery("2024-03"))["2024-04"] == state


def test_a_month_is_expected_from_the_day_after_its_end() -> None:
    assert "2024-04" not in states(date(2024, 4, 30), delivery("2024-03"))
    assert states(date(2024, 5, 1), delivery("2024-03")) == {"2024-03": "geleverd", "2024-04": "verwacht"}


def test_a_refused_delivery_is_no_delivery_and_one_in_force_stays() -> None:
    today = date(2024, 5, 20)
    refused = delivery("2024-04", verdict="refused")
    assert states(today, delivery("2024-03"), refused)["2024-04"] == "geweigerd"
    assert states(today, delivery("2024-03"), refused, delivery("2024-04", number=2))["2024-04"] == "geleverd"
    again = delivery("2024-03", number=2, verdict="refused")
    assert states(today, delivery("2024-03"), again)["2024-03"] == "geleverd"


def test_a_feed_counts_from_its_own_first_month_or_else_from_that_of_any_partner() -> None:
    found = delivery("2023-11", name="veilig_thuis/meldingen"), delivery("2024-02")
    assert min(states(date(2024, 5, 20), *found)) == "2024-02"
    assert min(states(date(2024, 5, 20), *found, name="reclassering/inzet")) == "2023-11"
    assert expected.expected(contracts(), [delivery("2024-02", name="landelijk_netwerk/tarieven")], date.max) == []


def test_what_was_delivered_before_its_month_ended_is_shown_too() -> None:
    assert states(date(2024, 4, 20), delivery("2024-03"), delivery("2024-05")) == {
        "2024-03": "geleverd",
        "2024-04": "verwacht",
        "2024-05": "geleverd",
    }


def test_the_landelijk_netwerk_owes_nothing() -> None:
    found = expected.expected(contracts(), [delivery("2024-03")], date(2024, 5, 20))
    assert {e.name for e in found} == set(PARTNER_FEEDS)


def test_months_in_one_state_are_told_together_what_is_late_first() -> None:
    found = expected.expected(contracts(), [delivery(f"2024-0{n}") for n in (1, 2, 5)], date(2024, 9, 16))
    told = [(span.state, str(span)) for span in expected.spans(e for e in found if e.name == INZET)]
    assert told == [
        ("te laat", "augustus 2024"),
        ("ontbreekt", "maart 2024 t/m april 2024 (2 maanden)"),
        ("ontbreekt", "juni 2024 t/m juli 2024 (2 maanden)"),
        ("geleverd", "januari 2024 t/m februari 2024 (2 maanden)"),
        ("geleverd", "mei 2024"),
    ]


def reminded(today: date, *deliveries: Delivery) -> str:
    return expected.reminder("politie", contracts(), expected.expected(contracts(), deliveries, today))


def test_a_reminder_says_what_since_when_how_to_check_where_to_put_it_and_whom_to_ask() -> None:
    incidenten = delivery("2024-03", name="politie/incidenten"), delivery("2024-04", name="politie/incidenten",
                                                                         verdict="refused")  # fmt: skip
    text = reminded(date(2024, 6, 20), delivery("2024-03"), *incidenten)
    plain = text.replace("\u00a0", " ")
    assert "Inzet: april 2024 t/m mei 2024 (2 maanden); de eerste had er uiterlijk op 15 mei 2024 moeten zijn." in plain
    assert "Incidenten: april 2024; geleverd, maar geweigerd" in plain
    assert "Incidenten: mei 2024; de levering had er uiterlijk op 14 juni 2024 moeten zijn." in plain
    assert "veiligheid check BESTAND --partner politie --feed incidenten --month 2024-04" in plain
    assert "politie/incidenten/2024-04.csv" in plain and "2024-04.leeg" in plain
    assert contracts()["politie/incidenten"].contact in plain
    assert "Veilig Thuis" not in plain


def test_who_owes_nothing_is_not_reminded() -> None:
    there = [delivery(f"2024-0{n}", name=f"politie/{feed}") for n in (3, 4) for feed in ("inzet", "incidenten")]
    assert reminded(date(2024, 6, 14), *there) == ""
    assert reminded(date(2024, 6, 15), *there) != ""


def test_a_reminder_holds_no_figures_of_persons() -> None:
    text = reminded(date(2024, 6, 20), delivery("2024-03"), delivery("2024-04", verdict="refused"))
    numbers = {int(n) for n in re.findall(r"\d+", text)}
    # Years, days and months of the calendar, and how many months: nothing that was counted in a delivery.
    assert numbers <= {2024, *range(1, 32)}


def test_the_monthly_run_comes_the_morning_after_the_last_due_day() -> None:
    assert expected.monthly_run(contracts(), date(2024, 5, 1)) == date(2024, 5, 16)
    assert expected.monthly_run(contracts(), date(2024, 5, 16)) == date(2024, 5, 16)
    assert expected.monthly_run(contracts(), date(2024, 5, 17)) == date(2024, 6, 15)


def test_the_mornings_of_every_month_are_on_days_that_are_looked_at() -> None:
    days = expected.days_of_monthly_run(contracts())
    day, seen = date(2020, 1, 1), set()
    while (morning := expected.monthly_run(contracts(), day)) < date(2030, 1, 1):
        seen.add(morning)
        day = morning + timedelta(days=1)
    assert {morning.day for morning in seen} <= set(days) and len(days) < 10
    assert len({(morning.year, morning.month) for morning in seen}) == 120
