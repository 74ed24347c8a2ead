"""Publications one after another: what stays hidden, what stands, and what is printed anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl
import pytest
from made import DIVISION
from test_disclosure_protect import (
    AGAIN,
    COSTS,
    COVERAGE,
    FIGURES,
    HOURS,
    PEILDATUM,
    QUARTER,
    SHARE,
    TIME,
    Cell,
    exact,
    hidden,
    quantiles,
    row,
    spread,
)

from indicators.disclosure import Protected, Rule, earlier, protect
from indicators.disclosure.earlier import KEY, Now

RULE = Rule()
KNOWN = (SHARE, AGAIN, TIME, HOURS, COSTS, COVERAGE)


@dataclass
class Series:
    """Publications one after another. ``said``: after the last of them."""

    said: pl.DataFrame = field(default_factory=earlier.nothing_said)
    made: list[Protected] = field(default_factory=list)

    def publish(
        self,
        *cells: Cell,
        measure: str = "a",
        anew: bool = False,
        repaired: Sequence[Cell] = (),
        months: Sequence[str] = ("2023-03", "2023-04"),
    ) -> Protected:
        """``repaired``: cells that the gate hides."""
        tables = exact(*cells)
        known = {d.id: d for d in KNOWN}
        fresh = protect(
            tables.values, tables.statistics, tables.survival, known,
            months=months, peildatum=PEILDATUM, division=DIVISION, rule=RULE,
        )  # fmt: skip
        counted = earlier.counted(fresh.cube, tables.values, known, PEILDATUM)
        lines = fresh.cube.filter(pl.col("indicator") != COVERAGE.id).select("indicator", "dimensie").unique().rows()
        now = Now(counted, dict.fromkeys(lines, measure), anew)
        leaving = earlier.inherit(fresh, now, self.said, RULE)
        for cell in repaired:
            mine = pl.all_horizontal(pl.col(name) == value for name, value in cell.key.items())
            leaving = leaving._replace(
                cube=leaving.cube.with_columns(pl.when(~mine).then(name).alias(name) for name in FIGURES)
            )
        self.said = earlier.said(leaving, fresh, now, self.said, f"{len(self.made) + 1:04d}", RULE)
        self.made.append(leaving)
        return leaving

    def of(self, cell: Cell) -> dict[str, object]:
        """What is kept of a cell."""
        return row(self.said, cell)


def share(n: int, teller: int, **known: object) -> Cell:
    return Cell(SHARE, n, teller, **known)


def printed(cube: pl.DataFrame, cell: Cell) -> tuple[object, object, object]:
    found = row(cube, cell)
    return found["n"], found["teller"], found["noemer"]


def test_the_first_publication_is_as_the_rule_says() -> None:
    tables = exact(share(60, 20))
    known = {d.id: d for d in KNOWN}
    plain = protect(
        tables.values, tables.statistics, tables.survival, known,
        months=["2023-03", "2023-04"], peildatum=PEILDATUM, division=DIVISION,
    )  # fmt: skip
    made = Series().publish(share(60, 20))
    assert made.cube.equals(plain.cube) and made.curves.equals(plain.curves)


def test_a_figure_stands_until_ten_records_have_changed() -> None:
    series = Series()
    first = series.publish(share(60, 20)).cube
    for n, teller in ((69, 29), (51, 11), (60, 25), (69, 20)):
        assert series.publish(share(n, teller)).cube.equals(first)
    moved = share(70, 20)
    assert printed(series.publish(moved).cube, moved) == (72, 22, 72)
    assert series.of(moved)["sinds"] == f"{len(series.made):04d}"
    assert [series.of(moved)[f"exact_{name}"] for name in earlier.COUNTS] == [70, 20, 50]


@pytest.mark.parametrize(("n", "teller"), [(70, 20), (60, 30), (70, 30), (60, 10)], ids=["n", "teller", "both", "rest"])
def test_what_moves_by_ten_is_printed_anew(n: int, teller: int) -> None:
    series = Series()
    series.publish(share(60, 20))
    alone = Series().publish(share(n, teller))
    assert series.publish(share(n, teller)).cube.equals(alone.cube)


def test_small_changes_add_up_since_the_last_print() -> None:
    series = Series()
    shown = [printed(series.publish(share(60 + 4 * i, 20)).cube, share(60, 20))[0] for i in range(4)]
    assert shown == [62, 62, 62, 72]


def test_a_count_that_falls_below_ten_by_a_few_stands_and_by_ten_is_hidden() -> None:
    series = Series()
    first = series.publish(share(40, 12)).cube
    assert series.publish(share(37, 9)).cube.equals(first)
    assert hidden(row(series.publish(share(30, 2)).cube, share(30, 2)))


def test_the_yearly_publication_prints_all_that_is_shown_anew_and_hides_what_is_hidden() -> None:
    few = share(9, 4, categorie="politie", dimensie="melder")
    series = Series()
    series.publish(share(60, 20), few)
    grown = replace(few, n=40, teller=20)
    made = series.publish(share(66, 21), grown, anew=True).cube
    assert printed(made, share(66, 21)) == (67, 22, 67)
    assert hidden(row(made, grown))


def test_what_is_hidden_of_a_settled_period_is_hidden_for_good() -> None:
    few = share(14, 9)
    series = Series()
    assert hidden(row(series.publish(few).cube, few))
    for made in (share(90, 45), share(500, 250)):
        assert hidden(row(series.publish(made).cube, made))
    assert hidden(row(series.publish(share(500, 250), measure="b").cube, few))
    assert hidden(row(series.publish(share(500, 250), anew=True).cube, few))
    kept = series.of(few)
    assert (kept["sinds"], kept["waarom"], kept["voorgoed"]) == ("0001", earlier.BY_EARLIER, True)


def test_what_was_never_counted_in_a_settled_period_is_hidden_for_good_too() -> None:
    series = Series()
    other = share(60, 20, regio="utrecht")
    series.publish(other)
    assert hidden(row(series.publish(other, share(60, 20)).cube, share(60, 20)))


def test_a_period_that_still_grows_is_shown_once_ten_records_have_come() -> None:
    def growing(n: int) -> Cell:
        return share(n, n // 2, status="voorlopig")

    series = Series()
    shown = [not hidden(row(series.publish(growing(n)).cube, growing(n))) for n in (16, 24, 25, 26, 27)]
    assert shown == [False, False, False, True, True]


def test_what_the_gate_hid_stays_hidden_in_a_settled_period() -> None:
    cell = share(60, 20)
    series = Series()
    series.publish(cell, repaired=[cell])
    assert series.of(cell)["waarom"] == earlier.BY_GATE
    assert hidden(row(series.publish(share(200, 80)).cube, cell))


def test_a_cell_that_a_publication_does_not_have_is_not_forgotten() -> None:
    few = share(14, 9)
    series = Series()
    series.publish(few, share(60, 20, periode="2023-04"))
    series.publish(share(60, 20, periode="2023-04"), months=["2023-04"])
    assert hidden(row(series.publish(share(90, 45)).cube, few))


def test_another_measure_prints_anew() -> None:
    series = Series()
    series.publish(share(60, 20))
    assert printed(series.publish(share(66, 21), measure="b").cube, share(66, 21)) == (67, 22, 67)
    assert series.of(share(66, 21))["maatstaf"] == "b"


def test_status_is_always_the_newest() -> None:
    series = Series()
    early = share(60, 20, status="voorlopig")
    assert row(series.publish(early).cube, early)["status"] == "voorlopig"
    later = row(series.publish(share(65, 20)).cube, early)
    assert (later["n"], later["status"]) == (62, "definitief")


def test_the_units_alone_of_a_sum_are_records() -> None:
    """Ten hours more are not ten records more."""
    series = Series()
    hours, euros = Cell(HOURS, 30, 600.0), Cell(COSTS, 30, 600.0)
    first = series.publish(hours, euros).cube
    assert series.publish(replace(hours, teller=6000.0), replace(euros, teller=6000.0)).cube.equals(first)
    moved = series.publish(replace(hours, n=40, teller=6000.0), replace(euros, n=40, teller=6000.0)).cube
    assert row(moved, hours)["waarde"] == 150


def followed(events: int, n: int = 401) -> Cell:
    return Cell(AGAIN, n, events, rijp=n, periode=QUARTER, days=spread(events))


def test_a_curve_stands_with_its_figure() -> None:
    series = Series()
    first = series.publish(followed(93))
    assert not first.curves.is_empty()
    later = replace(followed(93), days=spread(93, last=300))
    assert not Series().publish(later).curves.equals(first.curves)
    again = series.publish(later)
    assert again.curves.equals(first.curves) and again.cube.equals(first.cube)
    moved = series.publish(replace(followed(103), days=spread(103)))
    assert moved.curves.equals(Series().publish(replace(followed(103), days=spread(103))).curves)


def test_a_hidden_cell_has_no_curve() -> None:
    series = Series()
    assert series.publish(followed(40, n=99)).curves.is_empty()
    assert series.publish(followed(93)).curves.is_empty()


def test_a_quantile_that_is_not_reached_stands_without_a_value() -> None:
    series = Series()
    never = quantiles(400, [(day, 2, 0, 0) for day in range(90)])
    first = series.publish(*never).cube
    assert row(first, never[0])["status"] == "niet_bereikt"
    sooner = quantiles(400, [(day, 2, 0, 0) for day in range(89)])
    again = series.publish(*sooner).cube
    assert again.equals(first)


def test_the_same_again_is_the_same() -> None:
    cells = [share(60, 20), share(14, 9, regio="utrecht"), followed(93), Cell(HOURS, 30, 600.0)]
    series = Series()
    first, before = series.publish(*cells), series.said
    again = series.publish(*cells)
    assert again.cube.equals(first.cube) and again.curves.equals(first.curves)
    assert series.said.drop("waarom").equals(before.drop("waarom"))


def test_regional_coverage_holds_no_persons() -> None:
    series = Series()
    covered = Cell(COVERAGE, 26, 20, regio="nederland")
    series.publish(covered)
    assert row(series.publish(replace(covered, teller=21)).cube, covered)["teller"] == 21
    assert series.said.filter(indicator=COVERAGE.id).is_empty()


def test_a_publication_of_which_only_itself_was_kept_is_followed_by_its_print() -> None:
    """An older home: hidden stays hidden, and what is printed stands for what was counted."""
    few, many = share(14, 9, regio="utrecht"), share(60, 20)
    published = Series().publish(few, many, Cell(HOURS, 30, 600.0), followed(93))
    lines = published.cube.select("indicator", "dimensie").unique().rows()
    known = {d.id: d for d in KNOWN}
    measures = dict.fromkeys([line for line in lines if line[0] != COVERAGE.id], "a")
    series = Series(earlier.adopted(published, known, measures, "0001"))
    assert dict(series.said.schema) == earlier.SAID_SCHEMA
    cells = [share(90, 45, regio="utrecht"), share(71, 24), Cell(HOURS, 41, 900.0), followed(96)]
    made = series.publish(*cells)
    assert made.cube.equals(published.cube) and made.curves.equals(published.curves)
    assert series.publish(share(72, 24)).cube.select(KEY).equals(made.cube.select(KEY))
    assert printed(series.made[-1].cube, many) == (72, 22, 72)


def test_a_step_of_nothing_protects_nothing() -> None:
    with pytest.raises(ValueError, match="restated"):
        Rule(restated=0)
