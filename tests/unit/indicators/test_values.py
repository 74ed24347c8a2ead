"""From sums to ``indicator_values``: the estimator of each kind, and the first status that applies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from made import DIVISION, FOLLOWED, MELDER, SUMMED, TOTAL, definition, follow, put

from indicators import calendar, estimators, values
from indicators.model import Definition, Dimension
from indicators.values import Computed, Deliveries

PEILDATUM = date(2024, 6, 30)
FIGURES = ["n", "teller", "noemer", "waarde", "ondergrens", "bovengrens"]
RATIO = [*SUMMED, "n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "zonder_tarief"]


def compute(
    con: duckdb.DuckDBPyConnection, wanted: Definition, months: Mapping[str, Collection[str]] | None = None
) -> Computed:
    return values.compute(con, wanted, Deliveries(PEILDATUM, months or {}), DIVISION)


def row(computed: Computed, periode: str = "2023-03", categorie: str = "totaal", **known: Any) -> dict[str, Any]:
    """The row of Twente."""
    return computed.values.row(by_predicate=_at(periode, categorie, known), named=True)


def _at(periode: str, categorie: str, known: Mapping[str, Any]) -> pl.Expr:
    place = {"regio": "twente", "periode": periode, "categorie": categorie} | known
    return pl.all_horizontal(pl.col(name) == value for name, value in place.items())


def figures(found: dict[str, Any]) -> list[Any]:
    return [found[name] for name in FIGURES]


def numbers(*parts: estimators.Floats) -> list[float]:
    return [float(part[0]) for part in parts]


def test_a_proportion(con: duckdb.DuckDBPyConnection) -> None:
    put(con, [*SUMMED, "n", "teller"], ("twente", "2023-03", *TOTAL, 40, 10), ("utrecht", "2023-03", *TOTAL, 1, 1))
    found = compute(con, definition("proportion"))
    assert figures(row(found)) == [40, 10, 40, *numbers(*estimators.wilson(np.array([10]), np.array([40])))]
    assert row(found)["status"] == "definitief" and row(found)["eenheid"] == "aandeel"
    assert dict(found.values.schema) == values.SCHEMA
    assert found.values.equals(found.values.sort(values.ORDER)) and found.values.columns[:8] == values.ORDER
    assert found.values["peildatum"].unique().to_list() == [PEILDATUM] and found.survival.is_empty()
    assert dict(found.statistics.schema) == values.STATISTICS_SCHEMA
    assert found.statistics.schema["sum_xx"] == pl.Decimal(38, 0)
    kept = found.statistics.row(by_predicate=_at("2023-03", "totaal", {}), named=True)
    assert (kept["indicator"], kept["kind"], kept["n"], kept["teller"]) == ("proef", "proportion", 40, 10)
    assert {name for name, value in kept.items() if value is None} == {
        "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "rijp", "open", "zonder_tarief", "bijdragers", "gezinnen",
        "grootste",
    }  # fmt: skip


def test_coverage_has_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    states = [("2023-03", *TOTAL, 1, 1), ("2023-03", *TOTAL, 1, 0)]
    put(con, ["maand", "dimensie", "categorie", "n", "teller"], *states)
    found = compute(con, definition("coverage", interval=False))
    assert figures(row(found, regio="nederland")) == [2, 1, 2, 0.5, None, None]


def test_hours_per_zaak_are_in_hours_and_may_lie_above_one(con: duckdb.DuckDBPyConnection) -> None:
    """Three zaken of 1.00, 2.00 and 6.00 hours; the hundredths are exact."""
    units = [("twente", "2023-03", *TOTAL, 1, 1, y, 1, y, y * y, 0) for y in (100, 200, 600)]
    put(con, RATIO, *units)
    found = compute(con, definition("ratio", "uren", y_scale=100))
    half = estimators.Z * np.sqrt(3 / 2 * (4 + 1 + 9)) / 3
    assert figures(row(found)) == pytest.approx([3, 9, 3, 3, 3 - half, 3 + half])
    kept = found.statistics.row(by_predicate=_at("2023-03", "totaal", {}), named=True)
    assert [kept[name] for name in ("sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy", "bijdragers")] == [
        3, 900, 3, 900, 410_000, 3,
    ]  # fmt: skip


def test_a_share_of_hours_has_both_sums_in_hours_and_limits_within_one(con: duckdb.DuckDBPyConnection) -> None:
    units = [("twente", "2023-03", *TOTAL, 1, x, y, x * x, x * y, y * y, 0) for x, y in ((400, 400), (400, 300))]
    put(con, RATIO, *units)
    found = compute(con, definition("ratio", "aandeel", x_scale=100, y_scale=100))
    half = estimators.Z * np.sqrt(2 / 1 * (0.5**2 + 0.5**2)) / 8
    assert figures(row(found)) == pytest.approx([2, 7, 8, 0.875, 0.875 - half, 1])
    without = compute(con, definition("ratio", "aandeel", x_scale=100, y_scale=100, interval=False))
    assert figures(row(without)) == [2, 7, 8, 0.875, None, None]


def test_a_share_of_other_units_is_scaled_once(con: duckdb.DuckDBPyConnection) -> None:
    put(con, RATIO, ("twente", "2023-03", *TOTAL, 1, 200, 3000, 1, 1, 1, 0))
    found = compute(con, definition("ratio", "euro", x_scale=100, y_scale=1000))
    assert figures(row(found)) == [1, 3, 2, 1.5, None, None]


def test_a_sum_has_no_noemer_and_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    put(con, [*SUMMED, "n", "sum_y"], ("twente", "2023-03", *TOTAL, 4, 1_234_500))
    found = compute(con, definition("sum", "euro", y_scale=10_000))
    assert figures(row(found)) == [4, 123.45, None, 123.45, None, None]
    assert row(found)["status"] == "definitief"


def test_a_row_without_a_rate_marks_its_own_cells_only(con: duckdb.DuckDBPyConnection) -> None:
    put(
        con, [*SUMMED, "n", "sum_y", "zonder_tarief"],
        ("twente", "2023-03", *TOTAL, 4, 100, 1), ("twente", "2023-04", *TOTAL, 4, 100, 0),
        ("utrecht", "2023-03", *TOTAL, 4, 100, 0),
    )  # fmt: skip
    found = compute(con, definition("sum", "euro"))
    assert row(found, "2023-03")["status"] == "onvolledig" and row(found, "2023-K1")["status"] == "onvolledig"
    assert row(found, "2023-04")["status"] == "definitief" and row(found, regio="utrecht")["status"] == "definitief"
    assert row(found, "2023-03")["waarde"] == 100


FOLLOWED_UNITS = [
    *[(TOTAL, 1, True, False, True, False)] * 2,
    *[(TOTAL, 3, False, False, True, False)] * 3,
    (TOTAL, 5, True, False, True, False),
    *[(TOTAL, 6, True, False, True, False)] * 4,
]


def test_survival_and_its_complement(con: duckdb.DuckDBPyConnection) -> None:
    """Ten units: two events on day 1, three censored on day 3, one event on day 5, the horizon. S = 8/10 x 4/5."""
    follow(con, *FOLLOWED_UNITS)
    every = compute(con, definition("survival", horizon_days=5, complement=True))
    repeated = row(every)
    # Three regions, three periods: nowhere else is a unit, so nowhere else a row.
    assert every.values.height == 9
    stopped = row(compute(con, definition("survival", horizon_days=5)))
    assert figures(stopped)[:4] == pytest.approx([10, 3, 10, 0.64])
    assert figures(repeated)[:4] == pytest.approx([10, 3, 10, 0.36])
    assert figures(repeated)[4:] == pytest.approx([1 - stopped["bovengrens"], 1 - stopped["ondergrens"]])
    assert stopped["ondergrens"] < 0.64 < stopped["bovengrens"] and stopped["status"] == "definitief"


def test_quantiles_are_rows_of_their_own(con: duckdb.DuckDBPyConnection) -> None:
    """Ten units, one event a day from day 0 on; the tenth is lost on day 8."""
    units = [(d, True, False, True, False) for d in range(9)] + [(8, False, False, True, False)]
    follow(con, *((split, *unit) for split in (TOTAL, ("melder", "politie")) for unit in units))
    found = compute(con, definition("quantiles", "dagen", horizon_days=9, dimensions=(MELDER,)))
    for dimensie, start in (("kwantiel", ""), ("melder", "politie:")):
        median = row(found, categorie=f"{start}mediaan", dimensie=dimensie)
        p90 = row(found, categorie=f"{start}p90", dimensie=dimensie)
        assert figures(median)[:4] == [10, 9, 10, 4] and figures(p90)[:4] == [10, 9, 10, 8]
        assert median["ondergrens"] <= 4 and median["bovengrens"] > 4 and median["status"] == "definitief"
    assert set(found.values["categorie"]) == {"mediaan", "p90", "politie:mediaan", "politie:p90"}


def test_other_kinds_of_event_end_the_observation_of_a_quantile(con: duckdb.DuckDBPyConnection) -> None:
    """Ten units: five lost on day 0, of which three to another kind, then one event a day: the median is day 3."""
    lost = [(TOTAL, 0, False, True, True, False)] * 3 + [(TOTAL, 0, False, False, True, False)] * 2
    follow(con, *lost, *[(TOTAL, day, True, False, True, False) for day in range(1, 6)])
    found = compute(con, definition("quantiles", "dagen", horizon_days=9))
    assert row(found, categorie="mediaan")["waarde"] == 3


def test_a_quantile_that_is_not_reached(con: duckdb.DuckDBPyConnection) -> None:
    follow(con, (TOTAL, 2, True, False, True, False), *[(TOTAL, 9, False, False, True, False)] * 2)
    found = compute(con, definition("quantiles", "dagen", horizon_days=8))
    # The lower limit of S may have passed the level, S itself has not.
    assert row(found, categorie="mediaan")["status"] == "niet_bereikt"
    assert figures(row(found, categorie="mediaan")) == [3, 1, 3, None, 2, None]


SOORT = Dimension("soort", "Soort", {"vervolgmelding": "", "hermelding": ""}, competing=True)


def test_competing_kinds_share_what_happened(con: duckdb.DuckDBPyConnection) -> None:
    """Eight units: on day 1 two of one kind and four of the other. F = 2/8 and 4/8, not 1 - S of each alone."""
    units = [(1, True, False)] * 2 + [(1, False, True)] * 4 + [(6, False, False)] * 2
    follow(
        con,
        *((("soort", "hermelding"), day, mine, other, True, False) for day, mine, other in units),
        *((("soort", "vervolgmelding"), day, other, mine, True, False) for day, mine, other in units),
        *((TOTAL, day, mine or other, False, True, False) for day, mine, other in units),
        *((("melder", "politie"), day, mine or other, False, True, False) for day, mine, other in units),
    )
    wanted = definition("survival", horizon_days=5, complement=True, dimensions=(SOORT, MELDER))
    found = compute(con, wanted)
    of_kind = {code: row(found, categorie=code) for code in ("hermelding", "vervolgmelding")}
    assert [figures(of_kind[code])[:4] for code in of_kind] == [[8, 2, 8, 0.25], [8, 4, 8, 0.5]]
    days = np.zeros(6, dtype=np.int64)
    mine, other = days.copy(), days.copy()
    mine[1], other[1] = 2, 4
    assert figures(of_kind["hermelding"])[3:] == pytest.approx(
        [float(part) for part in estimators.aalen_johansen(np.array(8), mine, other, days)]
    )
    alone = [float(part) for part in estimators.survival_at_end(np.array(8), mine + other, days, complement=True)]
    assert figures(row(found))[3:] == pytest.approx(alone)
    assert figures(row(found, categorie="politie"))[3:] == pytest.approx(alone)


def test_survival_by_day_is_kept_from_a_hundred_units_on(con: duckdb.DuckDBPyConnection) -> None:
    units = {"twente": 100, "utrecht": 99}
    rows = [
        (region, "2023-03", *TOTAL, *unit)
        for region, n in units.items()
        for unit in [
            (1, True, False, True, False), (1, False, True, True, False),
            (2, False, True, True, False), (3, False, False, True, False), (3, True, False, True, False),
            *[(6, False, False, True, False)] * (n - 5),
        ]
    ]  # fmt: skip
    put(con, FOLLOWED, *rows)
    found = compute(con, definition("survival", horizon_days=5)).survival
    assert dict(found.schema) == values.SURVIVAL_SCHEMA
    assert set(found["regio"].cast(pl.String)) == {"twente", "oost_nederland", "nederland"}
    of_twente = found.filter((pl.col("regio") == "twente") & (pl.col("periode") == "2023-03"))
    assert of_twente.select("indicator", "dimensie", "dag", "events", "competing", "censored").rows() == [
        ("proef", "totaal", 1, 1, 1, 0), ("proef", "totaal", 2, 0, 1, 0), ("proef", "totaal", 3, 1, 0, 1),
    ]  # fmt: skip
    totals = compute(con, definition("survival", horizon_days=5)).statistics.row(
        by_predicate=_at("2023-03", "totaal", {}), named=True
    )
    assert [totals[name] for name in ("kind", "n", "teller", "rijp", "open")] == ["survival", 100, 2, 100, 0]


# Status


@pytest.mark.parametrize(
    ("soort", "periode", "recent"),
    [
        ("maand", "2024-03", False),
        ("maand", "2024-04", True),
        ("maand", "2024-06", True),
        ("kwartaal", "2024-K1", False),
        ("kwartaal", "2024-K2", True),
        ("jaar", "2023", False),
        ("jaar", "2024", True),
    ],
)
def test_the_last_three_months_are_recent(soort: str, periode: str, recent: bool) -> None:
    assert values._recent(soort, periode, PEILDATUM) == recent


def test_what_is_recent_is_provisional(con: duckdb.DuckDBPyConnection) -> None:
    put(con, [*SUMMED, "n", "teller"], *(("twente", month, *TOTAL, 3, 1) for month in ("2024-03", "2024-04")))
    found = compute(con, definition("proportion"))
    assert [row(found, month)["status"] for month in ("2024-03", "2024-04")] == ["definitief", "voorlopig"]


def of_units(con: duckdb.DuckDBPyConnection, *units: tuple[int, bool, bool, bool], **known: Any) -> list[Any]:
    """Status and figures of the first quantile or of survival. ``units``: (dag, gebeurtenis, rijp, open)."""
    follow(con, *((TOTAL, day, event, False, ripe, still) for day, event, ripe, still in units))
    wanted = definition(**{"kind": "survival", "horizon_days": 5} | known)
    found = row(compute(con, wanted), categorie="totaal" if wanted.kind == "survival" else "mediaan")
    return [found["status"], *figures(found)]


def test_nothing_is_said_where_nobody_could_be_followed_to_the_end(con: duckdb.DuckDBPyConnection) -> None:
    units = [(2, True, False, False), (4, False, False, True)]
    assert of_units(con, *units) == ["niet_rijp", 2, 1, 2, None, None, None]
    assert of_units(con, *units, kind="quantiles") == ["niet_rijp", 2, 1, 2, None, None, None]
    # One is enough.
    assert of_units(con, (2, True, True, False), (4, False, False, True))[:5] == ["voorlopig", 2, 1, 2, 0.5]


def test_a_unit_that_is_still_followed_makes_a_figure_provisional(con: duckdb.DuckDBPyConnection) -> None:
    followed = [(2, True, True, False), (9, False, True, False)]
    assert of_units(con, *followed)[0] == "definitief"
    assert of_units(con, *followed, (3, False, False, True))[0] == "voorlopig"


def test_the_first_status_that_applies(con: duckdb.DuckDBPyConnection) -> None:
    """Nothing was delivered: onvolledig, after niet_rijp and niet_bereikt and before voorlopig."""
    missing = {"feeds": ("politie/incidenten",)}
    assert of_units(con, (2, True, False, False), **missing)[0] == "niet_rijp"
    reached = [(2, True, True, False), (3, False, False, True)]
    assert of_units(con, *reached, **missing)[0] == "onvolledig"
    assert of_units(con, *reached, kind="quantiles", **missing)[0] == "onvolledig"
    assert (
        of_units(con, (7, False, True, False), (3, False, False, True), kind="quantiles", **missing)[0]
        == "niet_bereikt"
    )


INCIDENTS, MELDINGEN, ACTIEOVERLEGGEN = "politie/incidenten", "veilig_thuis/meldingen", "veilig_thuis/actieoverleggen"


@pytest.mark.parametrize(
    ("first", "last", "known", "periode", "complete"),
    [
        ("2023-03", "2023-03", {}, "2023-03", True),
        ("2023-04", "2023-04", {}, "2023-03", False),
        ("2023-03", "2023-03", {"per_zaak": True}, "2023-03", False),
        ("2023-02", "2023-03", {"per_zaak": True}, "2023-03", True),
        ("2023-03", "2023-05", {"follow_up_months": 3}, "2023-03", False),
        ("2023-03", "2023-06", {"follow_up_months": 3}, "2023-03", True),
        ("2023-01", "2023-02", {}, "2023-K1", False),
        ("2023-01", "2023-03", {}, "2023-K1", True),
        ("2023-01", "2023-11", {}, "2023", False),
        ("2023-01", "2023-12", {}, "2023", True),
        # As far as the peildatum, June 2024.
        ("2023-01", "2024-05", {"follow_up_months": 18}, "2023", False),
        ("2023-01", "2024-06", {"follow_up_months": 18}, "2023", True),
    ],
)
def test_what_must_have_been_delivered(
    first: str, last: str, known: dict[str, Any], periode: str, complete: bool
) -> None:
    everything = calendar.months_between("2022-01", "2024-06")
    part = calendar.months_between(first, last)
    wanted = definition("proportion", feeds=(MELDINGEN, INCIDENTS), **known)
    soort = "kwartaal" if "K" in periode else "maand" if "-" in periode else "jaar"

    def judged(**months: list[str]) -> bool:
        delivered = {{"m": MELDINGEN, "i": INCIDENTS}[letter]: of_feed for letter, of_feed in months.items()}
        return values._complete(wanted, Deliveries(PEILDATUM, delivered), soort, periode, "totaal")

    assert judged(m=part, i=part) == judged(m=part, i=everything) == judged(m=everything, i=part) == complete
    assert judged(m=everything, i=everything) and not judged(m=everything)


def test_a_dimension_may_need_a_feed_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    put(
        con, [*SUMMED, "n", "teller"],
        ("twente", "2023-03", *TOTAL, 3, 1), ("twente", "2023-03", "met_actieoverleg", "ja", 3, 1),
        ("twente", "2023-03", "melder", "overig", 3, 1),
    )  # fmt: skip
    split = Dimension("met_actieoverleg", "", {"ja": ""}, feeds=(ACTIEOVERLEGGEN,))
    wanted = definition("proportion", feeds=(MELDINGEN,), dimensions=(split, MELDER))
    months = {MELDINGEN: ["2023-03"]}
    assert [row(compute(con, wanted, months), categorie=code)["status"] for code in ("totaal", "ja", "overig")] == [
        "definitief", "onvolledig", "definitief",
    ]  # fmt: skip
    months[ACTIEOVERLEGGEN] = ["2023-03"]
    assert row(compute(con, wanted, months), categorie="ja")["status"] == "definitief"
