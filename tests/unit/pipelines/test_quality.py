"""Data quality from the ledger: each figure in a case in which it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from data_contracts.loader import contracts
from data_contracts.model import Evaluation
from indicators.calendar import months_between
from pipelines import quality
from pipelines.ledger import Delivery
from pipelines.quality import of_deliveries, punctuality

INCIDENTEN, TARIEVEN = "politie/incidenten", "landelijk_netwerk/tarieven"


def delivery(month: str, received: str, *, name: str = INCIDENTEN, number: int = 1, rows: int = 10, bad: int = 0,
             refused: bool = False) -> Delivery:  # fmt: skip
    partner, feed = name.split("/")
    found = Delivery(
        partner, feed, month, number, sha256="a" * 64, extension="csv", verdict="accepted", rows_in=rows,
        rows_accepted=rows - bad, rows_quarantined=bad, received_at=f"{received}T10:00:00+00:00",
        contract_version="1.0.0", contract_digest="c" * 64, id=int(month.replace("-", "")) * 10 + number,
    )  # fmt: skip
    return replace(found, verdict="refused", rows_accepted=0, rows_quarantined=rows) if refused else found


def figures(
    deliveries: Sequence[Delivery], maat: str, until: str = "2024-12", **evaluations: Evaluation
) -> pl.DataFrame:
    found = {d.id or 0: list(evaluations.values()) for d in deliveries}
    return of_deliveries(deliveries, found, contracts(), until).filter(maat=maat)


def shown(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return frame.select("maand", "onderdeel", "teller", "noemer", "waarde").rows()


@pytest.mark.parametrize(
    ("received", "found"),
    [
        ("2024-01-20", "op_tijd"),
        ("2024-02-14", "op_tijd"),
        ("2024-02-15", "te_laat"),
        ("2024-04-30", "te_laat"),
        ("2024-05-01", "achteraf"),
        ("2026-01-01", "achteraf"),
    ],
)
def test_in_time_up_to_the_tenth_werkdag_and_afterwards_after_three_months(received: str, found: str) -> None:
    assert punctuality("2024-01", date.fromisoformat(received), 10) == found


def test_a_feestdag_gives_a_day_more() -> None:
    # Goede Vrijdag and Paasmaandag of 2026 lie in the first days of April.
    assert punctuality("2026-03", date(2026, 4, 16), 10) == "op_tijd"
    assert punctuality("2026-03", date(2026, 4, 17), 10) == "te_laat"


def test_the_day_of_receipt_is_the_one_in_amsterdam() -> None:
    late = replace(delivery("2024-01", "2024-02-14"), received_at="2024-02-14T23:30:00+00:00")
    assert shown(figures([late], "op_tijd", "2024-01")) == [("2024-01", "te_laat", 0.0, 1.0, 0.0)]


def test_the_share_in_time_counts_late_and_missing_months_and_not_what_was_loaded_afterwards() -> None:
    known = [
        delivery("2024-01", "2024-09-01"),
        delivery("2024-02", "2024-03-05"),
        delivery("2024-03", "2024-05-20"),
        delivery("2024-05", "2024-06-05"),
    ]
    found = figures(known, "op_tijd", "2024-06").sort("maand")
    assert shown(found) == [
        ("2024-01", "achteraf", 0.0, 0.0, None),
        ("2024-02", "op_tijd", 1.0, 1.0, 1.0),
        ("2024-03", "te_laat", 0.0, 1.0, 0.0),
        ("2024-04", "ontbreekt", 0.0, 1.0, 0.0),
        ("2024-05", "op_tijd", 1.0, 1.0, 1.0),
        ("2024-06", "ontbreekt", 0.0, 1.0, 0.0),
    ]


def test_the_first_accepted_delivery_says_when_and_the_last_one_what() -> None:
    known = [
        delivery("2024-01", "2024-02-02", refused=True, rows=7),
        delivery("2024-01", "2024-02-20", number=2, rows=8),
        delivery("2024-01", "2024-08-20", number=3, rows=9, bad=1),
        delivery("2024-01", "2024-08-21", number=4, rows=5, refused=True),
    ]
    assert shown(figures(known, "op_tijd", "2024-01")) == [("2024-01", "te_laat", 0.0, 1.0, 0.0)]
    assert shown(figures(known, "records")) == [("2024-01", "ontvangen", 9.0, None, 9.0)]
    assert shown(figures(known, "in_quarantaine")) == [("2024-01", "totaal", 1.0, 9.0, 1 / 9)]


def test_a_month_of_which_all_was_refused_is_missing() -> None:
    known = [delivery("2024-01", "2024-02-02"), delivery("2024-02", "2024-03-02", refused=True)]
    assert shown(figures(known, "op_tijd", "2024-02"))[1] == ("2024-02", "ontbreekt", 0.0, 1.0, 0.0)


def test_the_landelijk_netwerk_may_deliver_once() -> None:
    assert shown(figures([delivery("2024-01", "2024-02-02", name=TARIEVEN)], "op_tijd")) == [
        ("2024-01", "op_tijd", 1.0, 1.0, 1.0)
    ]


def test_what_comes_after_the_peildatum_counts_for_nothing() -> None:
    known = [delivery("2024-01", "2024-02-02"), delivery("2024-02", "2024-03-02")]
    before = of_deliveries(known[:1], {}, contracts(), "2024-01")
    assert of_deliveries(known, {}, contracts(), "2024-01").equals(before)


def test_every_rule_that_was_evaluated_has_its_share_and_one_that_was_not_has_none() -> None:
    found = figures(
        [delivery("2024-01", "2024-02-02", rows=10, bad=2)],
        "in_quarantaine",
        broken=Evaluation("gezin_verplicht", "rij", "failed", 2),
        clean=Evaluation("soort_waarde", "rij", "evaluated", 0),
        skipped=Evaluation("ernst_waarde", "rij", "not_applicable", 0),
        warned=Evaluation("gezin_gewijzigd", "waarschuwing", "failed", 3),
    )
    assert shown(found) == [
        ("2024-01", "totaal", 2.0, 10.0, 0.2),
        ("2024-01", "gezin_verplicht", 2.0, 10.0, 0.2),
        ("2024-01", "soort_waarde", 0.0, 10.0, 0.0),
    ]


def test_warnings_are_counted_but_for_the_number_of_rows() -> None:
    found = figures(
        [delivery("2024-01", "2024-02-02", rows=10)],
        "waarschuwing",
        family=Evaluation("gezin_gewijzigd", "waarschuwing", "failed", 3),
        volume=Evaluation("volume", "waarschuwing", "failed", 10),
    )
    assert shown(found) == [("2024-01", "gezin_gewijzigd", 3.0, 10.0, 0.3)]


def test_an_empty_month_has_no_shares() -> None:
    assert shown(figures([delivery("2024-01", "2024-02-02", rows=0)], "in_quarantaine")) == [
        ("2024-01", "totaal", 0.0, 0.0, None)
    ]


def test_the_usual_number_of_rows_follows_from_the_months_before() -> None:
    months = months_between("2023-01", "2024-02")
    known = [delivery(m, f"{m}-28", rows=500 if m == "2024-02" else 100 + i % 3) for i, m in enumerate(months)]
    found = figures(known, "records")
    assert shown(found.filter(maand="2023-01")) == [("2023-01", "ontvangen", 100.0, None, 100.0)]
    low, high = (
        found.filter(maand="2024-02", onderdeel=f"gebruikelijk_{end}")["waarde"].item() for end in ("van", "tot")
    )
    assert 90 < low < 101 < high < 112
    few = [delivery(m, f"{m}-28", rows=1 + i % 3) for i, m in enumerate(months)]
    assert figures(few, "records").filter(onderdeel="gebruikelijk_van")["waarde"].min() == 0


def test_what_counts_nowhere_is_added_up_over_all_months() -> None:
    rows = [
        ("politie", "inzet", "2024-01", "voor_eerste_zaak", "begonnen_op", 2.0, 5.0, 0.4),
        ("reclassering", "inzet", "2024-02", "voor_eerste_zaak", "begonnen_op", 1.0, 5.0, 0.2),
        ("reclassering", "inzet", "2024-02", "zonder_tarief", "rijen", 4.0, 5.0, 0.8),
        ("reclassering", "inzet", "2024-02", "zonder_tarief", "uren", 9.5, 20.0, 0.475),
        ("veilig_thuis", "actieoverleggen", "2024-02", "voor_eerste_zaak", "gehouden_op", 5.0, 5.0, 1.0),
    ]
    assert quality.left_out(pl.DataFrame(rows, schema=quality.SCHEMA, orient="row")) == {
        "inzet_buiten_zaak": 3,
        "inzet_zonder_tarief": 4,
        "actieoverleggen_buiten_zaak": 5,
        "zsm_zaken_buiten_zaak": 0,
    }


def test_every_code_of_a_contract_has_its_words() -> None:
    described = {f"{d['partner']}/{d['feed']}": d for d in quality.described(contracts().values())}
    for name, contract in contracts().items():
        assert set(described[name]["columns"]) == set(contract.column_names)
        assert set(described[name]["rules"]) == {rule.code for rule in contract.rules}
        assert all({*described[name]["columns"].values(), *described[name]["rules"].values()})
