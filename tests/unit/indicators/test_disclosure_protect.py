"""The protected cube end to end, on small exact tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import DIVISION

from indicators import estimators
from indicators.disclosure import Protected, ProtectionError, Rule, protect
from indicators.disclosure.protect import CURVE_KEY, CURVE_SCHEMA
from indicators.model import definitions
from indicators.values import ORDER, SCHEMA, STATISTICS_SCHEMA, SURVIVAL_SCHEMA

PEILDATUM = date(2024, 12, 31)
FIGURES = ["n", "teller", "noemer", "waarde", "ondergrens", "bovengrens"]


@dataclass(frozen=True)
class Split:
    name: str
    categories: tuple[str, ...]
    competing: bool = False


@dataclass(frozen=True)
class Indicator:
    id: str = "aandeel"
    version: str = "1.0"
    kind: str = "proportion"
    unit: str = "aandeel"
    horizon_days: int | None = None
    complement: bool = False
    x_is_one: bool = False
    dimensions: Sequence[Split] = ()


SHARE = Indicator(dimensions=(Split("melder", ("politie", "overig")),))
AGAIN = Indicator(
    "herhaling", kind="survival", horizon_days=548, complement=True,
    dimensions=(Split("soort", ("vervolgmelding", "hermelding"), competing=True),),
)  # fmt: skip
TIME = Indicator("tijd", kind="quantiles", unit="dagen", horizon_days=90)
HOURS = Indicator("uren", kind="ratio", unit="uren", x_is_one=True)
OVERLAP = Indicator("overlap", kind="ratio")
COSTS = Indicator("kosten", kind="sum", unit="euro")
COVERAGE = Indicator("dekking", kind="coverage", dimensions=(Split("status", ("actief", "geen")),))
Day = tuple[int, int, int, int]


@dataclass(frozen=True)
class Cell:
    """One exact row with its statistics. ``days``: (dag, events, competing, censored) of its basis."""

    definition: Indicator
    n: int
    teller: float
    noemer: float | None = None
    dimensie: str = "totaal"
    categorie: str = "totaal"
    regio: str = "twente"
    periode: str = "2023-03"
    status: str = "definitief"
    waarde: float | None = 0.123
    rijp: int | None = None
    bijdragers: int | None = None
    largest: int | None = None
    days: Sequence[Day] = ()

    @property
    def key(self) -> dict[str, object]:
        return {
            "indicator": self.definition.id,
            "regio_niveau": "land" if self.regio == "nederland" else "vt_regio",
            "regio": self.regio,
            "periode_soort": "kwartaal" if "K" in self.periode else "maand",
            "periode": self.periode,
            "dimensie": self.dimensie,
            "categorie": self.categorie,
        }

    @property
    def basis(self) -> dict[str, object]:
        """Where the days of a quantile stand: once, under the category that it is a quantile of."""
        if self.definition.kind != "quantiles":
            return {}
        if self.dimensie == "kwantiel":
            return {"dimensie": "totaal", "categorie": "totaal"}
        return {"categorie": self.categorie.split(":")[0]}


@dataclass(frozen=True)
class Exact:
    values: pl.DataFrame
    statistics: pl.DataFrame
    survival: pl.DataFrame


def exact(*cells: Cell) -> Exact:
    values = [
        cell.key
        | {"versie": cell.definition.version, "n": cell.n, "teller": cell.teller, "waarde": cell.waarde}
        | {"noemer": cell.n if cell.noemer is None else cell.noemer, "ondergrens": 0.1, "bovengrens": 0.2}
        | {"eenheid": cell.definition.unit, "status": cell.status, "peildatum": PEILDATUM}
        for cell in cells
    ]
    statistics = [
        cell.key
        | {"sum_y": int(cell.teller) if cell.definition.kind in ("ratio", "sum") else None, "grootste": cell.largest}
        | {"n": cell.n, "rijp": cell.rijp, "bijdragers": cell.n if cell.bijdragers is None else cell.bijdragers}
        for cell in cells
    ]
    survival = [
        cell.key | cell.basis | {"dag": dag, "events": events, "competing": competing, "censored": censored}
        for cell in cells
        for dag, events, competing, censored in cell.days
    ]
    return Exact(
        pl.DataFrame(values, schema=SCHEMA),
        pl.DataFrame(statistics, schema=STATISTICS_SCHEMA),
        pl.DataFrame(survival, schema=SURVIVAL_SCHEMA),
    )


def publish(*cells: Cell, definitions: Sequence[Indicator] = (), rule: Rule | None = None) -> pl.DataFrame:
    return protected(*cells, definitions=definitions, rule=rule).cube


def protected(*cells: Cell, definitions: Sequence[Indicator] = (), rule: Rule | None = None) -> Protected:
    tables = exact(*cells)
    known = {d.id: d for d in (*definitions, *(cell.definition for cell in cells))}
    return protect(
        tables.values, tables.statistics, tables.survival, known,
        months=["2023-03", "2023-04"], peildatum=PEILDATUM, division=DIVISION, rule=rule or Rule(),
    )  # fmt: skip


def row(cube: pl.DataFrame, cell: Cell) -> dict[str, object]:
    """The published row of a cell."""
    found = cube.filter(
        indicator=cell.definition.id,
        regio=cell.regio,
        periode=cell.periode,
        dimensie=cell.dimensie,
        categorie=cell.categorie,
    )
    return found.row(0, named=True)


def hidden(found: dict[str, object]) -> bool:
    nothing = all(found[name] is None for name in FIGURES)
    assert nothing == (found["n"] is None) == (found["status"] == "afgeschermd"), found
    return nothing


def shown_alone(cell: Cell) -> dict[str, object]:
    """The published row, after making sure that no other row shows anything."""
    cube = publish(cell)
    assert cube.filter(pl.col("status") != "afgeschermd").height == 1
    return row(cube, cell)


def test_the_cube_is_complete_ordered_and_typed_as_the_exact_table() -> None:
    cube = publish(Cell(SHARE, 60, 20), definitions=[SHARE, TIME, AGAIN, HOURS, OVERLAP, COSTS, COVERAGE])
    assert dict(cube.schema) == SCHEMA
    regional = 37 * 5
    per_region = {"aandeel": 3, "tijd": 2, "herhaling": 3, "uren": 1, "overlap": 1, "kosten": 1}
    rows = {name: regional * count for name, count in per_region.items()} | {"dekking": 5 * 3}
    assert dict(cube.group_by("indicator").len().rows()) == rows
    assert cube.equals(cube.sort(ORDER))
    assert cube["peildatum"].unique().to_list() == [PEILDATUM]


def test_without_definitions_there_is_nothing() -> None:
    assert publish().equals(pl.DataFrame(schema=SCHEMA))


def test_a_hidden_row_says_nothing_whatever_the_reason() -> None:
    cells = [
        Cell(SHARE, 9, 5),
        Cell(SHARE, 60, 9, regio="utrecht"),
        Cell(SHARE, 60, 51, regio="zeeland"),
        Cell(AGAIN, 900, 300, rijp=0, status="niet_rijp", days=[(40, 300, 0, 0)]),
    ]
    cube = publish(*cells)
    assert cube["status"].unique().to_list() == ["afgeschermd"]
    assert cube.select(FIGURES).null_count().row(0) == (cube.height,) * len(FIGURES)
    assert cube.drop(ORDER).unique(subset=["eenheid", "peildatum"]).height == 1


def test_a_share_is_recomputed_from_its_own_row() -> None:
    found = shown_alone(Cell(SHARE, 63, 21, dimensie="melder", categorie="politie"))
    assert (found["n"], found["teller"], found["noemer"]) == (62, 22, 62)
    again = estimators.wilson(*(pl.Series([found[name]]).to_numpy() for name in ("teller", "noemer")))
    assert [found[name] for name in FIGURES[3:]] == [again.value[0], again.lower[0], again.upper[0]]
    assert found["status"] == "definitief"


def test_classes_of_ten_where_they_are_asked_for() -> None:
    cell = Cell(SHARE, 63, 21)
    assert row(publish(cell, rule=Rule(width=10)), cell)["n"] == 64


def spread(events: int, *, competing: int = 0, last: int = 540) -> list[Day]:
    """So many events, one a time, from day 30 on."""
    return [(30 + (last - 30) * i // events, 1, int(i < competing), 0) for i in range(events)]


def test_a_followed_up_share_without_censoring_is_recomputed_from_its_own_row() -> None:
    found = shown_alone(Cell(AGAIN, 401, 93, rijp=401, days=spread(93)))
    assert (found["n"], found["teller"], found["noemer"]) == (402, 92, 402)
    assert found["waarde"] == pytest.approx(92 / 402)
    assert found["ondergrens"] < found["waarde"] < found["bovengrens"]


def test_survival_itself_where_the_value_is_not_its_complement() -> None:
    stopped = replace(AGAIN, id="gestopt", complement=False)
    assert shown_alone(Cell(stopped, 401, 93, rijp=401, days=spread(93)))["waarde"] == pytest.approx(1 - 92 / 402)


def test_a_kind_of_event_has_its_own_share() -> None:
    cell = Cell(AGAIN, 400, 90, rijp=400, dimensie="soort", categorie="hermelding", days=spread(90, competing=60))
    found = shown_alone(cell)
    assert (found["teller"], found["waarde"]) == (92, pytest.approx(92 / 402))


QUARTER = "2023-K1"


def test_a_curve_ends_in_the_value_of_its_cell_and_has_its_limits() -> None:
    stopped = replace(AGAIN, id="gestopt", complement=False)
    lost = [(400, 0, 0, 40)]
    cells = [
        Cell(AGAIN, 401, 93, rijp=401, periode=QUARTER, days=[*spread(93), *lost]),
        Cell(AGAIN, 400, 90, rijp=400, periode=QUARTER, dimensie="soort", categorie="hermelding",
             days=spread(90, competing=60)),
        Cell(stopped, 300, 93, rijp=300, periode=QUARTER, days=spread(93)),
    ]  # fmt: skip
    cube, curves = protected(*cells)
    assert dict(curves.schema) == CURVE_SCHEMA
    last = curves.filter(pl.col("dag") == 548)
    assert last.height == 3 and curves.height == 3 * 19
    beside = last.join(cube, on=list(CURVE_KEY), suffix="_cel", validate="1:1")
    for name in ("waarde", "ondergrens", "bovengrens"):
        assert beside[name].equals(beside[f"{name}_cel"], check_names=False), name
    again = curves.filter(indicator="herhaling", dimensie="totaal")
    assert again["waarde"].is_sorted() and again["dag"].is_sorted()
    assert curves.filter(indicator="gestopt")["waarde"].is_sorted(descending=True)


def test_those_at_risk_are_printed_in_classes_and_hidden_when_they_are_few() -> None:
    cell = Cell(AGAIN, 400, 90, rijp=20, periode=QUARTER, days=[*spread(90), (520, 0, 0, 305)])
    at_risk = protected(cell).curves["onder_risico"].to_list()
    assert at_risk[0] == 402 and at_risk[-1] is None
    assert all(count % 5 == 2 for count in at_risk if count is not None)
    assert [count for count in at_risk if count is not None] == sorted(filter(None, at_risk), reverse=True)


def test_a_hidden_cell_a_month_and_another_kind_of_figure_have_no_curve() -> None:
    small = Cell(AGAIN, 99, 40, rijp=99, periode=QUARTER, days=spread(40))
    month = Cell(AGAIN, 401, 93, rijp=401, days=spread(93))
    assert not hidden(row(publish(month), month))
    days = [(day, 10, 0, 0) for day in range(30)]
    assert protected(small, month, *quantiles(400, days, periode=QUARTER)).curves.is_empty()


@pytest.mark.parametrize(
    ("n", "events", "rijp"),
    [(99, 40, 99), (100, 9, 100), (100, 91, 100), (100, 40, 9)],
    ids=["below_a_hundred_units", "few_events", "few_without", "few_ripe"],
)
def test_survival_is_hidden_below_its_minimum_and_by_any_small_count(n: int, events: int, rijp: int) -> None:
    cell = Cell(AGAIN, n, events, rijp=rijp, days=spread(events))
    assert hidden(row(publish(cell), cell))


@pytest.mark.parametrize(
    ("n", "events", "rijp"),
    [(100, 40, 100), (100, 10, 100), (100, 90, 100), (100, 40, 10)],
    ids=["a_hundred_units", "ten_events", "ten_without", "ten_ripe"],
)
def test_survival_is_shown_from_its_minimum_on(n: int, events: int, rijp: int) -> None:
    cell = Cell(AGAIN, n, events, rijp=rijp, days=spread(events))
    assert not hidden(row(publish(cell), cell))


def test_events_of_the_last_step_count_for_the_minimum() -> None:
    shown = Cell(AGAIN, 200, 10, rijp=200, days=[(100, 9, 0, 0), (540, 1, 0, 0)])
    assert not hidden(row(publish(shown), shown))
    few_left = Cell(AGAIN, 200, 191, rijp=200, days=[(100, 150, 0, 0), (540, 41, 0, 0)])
    assert hidden(row(publish(few_left), few_left))


def test_the_day_of_the_horizon_counts_and_the_day_after_it_does_not() -> None:
    cell = Cell(AGAIN, 200, 60, rijp=200, days=[*spread(50), (548, 10, 0, 0), (549, 30, 0, 110)])
    assert row(publish(cell), cell)["waarde"] == pytest.approx(62 / 202)


def test_a_kind_of_event_is_hidden_when_few_have_no_event_of_any_kind() -> None:
    cell = Cell(AGAIN, 100, 60, rijp=100, dimensie="soort", categorie="hermelding", days=spread(60, competing=35))
    assert hidden(row(publish(cell), cell))


def quantiles(n: int, days: Sequence[Day], **known: object) -> tuple[Cell, Cell]:
    """Median and p90; the days stand with the first."""
    events = sum(day[1] for day in days)
    median = Cell(TIME, n, events, rijp=n, dimensie="kwantiel", categorie="mediaan", days=days, **known)
    return median, replace(median, categorie="p90", days=())


def test_quantiles_are_whole_steps_of_five_days() -> None:
    median, p90 = quantiles(400, [(day, 10, 0, 0) for day in range(38)])
    cube = publish(median, p90)
    # Exactly day 19 and day 35: the first days with 200 and 360 of 400.
    assert (row(cube, median)["waarde"], row(cube, p90)["waarde"]) == (20, 35)
    assert (row(cube, median)["status"], row(cube, p90)["status"]) == ("definitief", "definitief")
    assert row(cube, median)["ondergrens"] in range(0, 21, 5)
    assert row(cube, median)["bovengrens"] in range(20, 41, 5)
    assert row(cube, p90)["n"] == row(cube, median)["n"] == 402


def test_other_kinds_of_event_end_the_observation_of_a_quantile() -> None:
    """Of 400 half are lost on day 2 to another kind; of the other 200 ten have an event each day from day 6 on."""
    median, _ = quantiles(400, [(2, 0, 200, 0), *[(day, 10, 0, 0) for day in range(6, 23)]])
    # Exactly day 15: ten of ten days.
    assert row(publish(median), median)["waarde"] in (15, 20)


def test_whether_a_quantile_is_reached_follows_from_printed_figures() -> None:
    """Exactly 50.4% had an event, printed 50.0% less: so near the level neither status nor day is certain."""
    median, p90 = quantiles(250, [(day, 6, 0, 0) for day in range(21)])
    cube = publish(median, p90)
    assert hidden(row(cube, median))
    assert (row(cube, p90)["status"], row(cube, p90)["waarde"]) == ("niet_bereikt", None)
    low, high = quantiles(254, [(day, 6, 0, 0) for day in range(20)], status="niet_bereikt", waarde=None)
    assert row(publish(low, high), low)["status"] == "niet_bereikt"


def test_quantiles_of_a_category_come_from_its_own_days() -> None:
    split = replace(TIME, dimensions=(Split("aard", ("km", "overig")),))
    cells = [
        Cell(split, 200, 150, rijp=200, dimensie="aard", categorie=f"{code}:mediaan", days=[(day, 150, 0, 0)])
        for code, day in (("km", 12), ("overig", 44))
    ]
    cube = publish(*cells)
    assert [row(cube, cell)["waarde"] for cell in cells] == [15, 45]


def test_an_amount_per_zaak_is_the_printed_number_times_the_rounded_mean() -> None:
    found = shown_alone(Cell(HOURS, 43, 43 * 12.34))
    assert [found[name] for name in FIGURES] == [42, 504, 42, 12, None, None]


def test_a_category_in_which_nothing_was_spent_is_hidden_like_any_small_one() -> None:
    assert hidden(row(publish(cell := Cell(HOURS, 43, 0, bijdragers=0)), cell))


def test_a_mean_to_which_fewer_than_ten_contribute_is_hidden() -> None:
    few = Cell(HOURS, 43, 530, bijdragers=9)
    assert hidden(row(publish(few), few))
    assert not hidden(row(publish(enough := replace(few, bijdragers=10)), enough))


def test_a_share_of_hours() -> None:
    found = shown_alone(Cell(OVERLAP, 43, 430, noemer=860))
    assert [found[name] for name in FIGURES] == [42, 420, 840, 0.5, None, None]


def test_a_total_of_euros() -> None:
    found = shown_alone(Cell(COSTS, 43, 43 * 1234.5))
    assert [found[name] for name in FIGURES] == [42, 50_400, None, 50_400, None, None]
    assert hidden(row(publish(few := Cell(COSTS, 9, 9000.0)), few))


def test_coverage_of_regions_is_published_as_it_is() -> None:
    cell = Cell(COVERAGE, 26, 3, regio="nederland", status="voorlopig", waarde=3 / 26)
    found = shown_alone(cell)
    assert [found[name] for name in (*FIGURES, "status")] == [26, 3, 26, 3 / 26, 0.1, 0.2, "voorlopig"]


def test_one_incomplete_cell_marks_its_period_everywhere() -> None:
    """Else the mark would tell in which cell a row without a rate stands."""
    shown, marked = Cell(SHARE, 60, 20), Cell(SHARE, 60, 20, regio="utrecht", status="onvolledig")
    later = Cell(SHARE, 60, 20, periode="2023-04")
    cube = publish(shown, marked, later)
    assert [row(cube, cell)["status"] for cell in (shown, marked, later)] == ["onvolledig", "onvolledig", "definitief"]


def test_other_periods_than_the_publication_covers_are_left_out() -> None:
    cube = publish(Cell(SHARE, 60, 20, periode="2022-11"), definitions=[SHARE])
    assert cube["status"].unique().to_list() == ["afgeschermd"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (Cell(SHARE, 60, 20, regio="atlantis"), "geen plaats in de kubus voor atlantis"),
        (Cell(SHARE, 60, 20, dimensie="melder", categorie="niemand"), "geen plaats in de kubus"),
        (Cell(SHARE, 60, 20, status="geheim"), "onbekende status in de exacte tabel: geheim"),
        (Cell(AGAIN, 200, 60, rijp=200, days=spread(59)), "overlevingsdagen en tabel horen niet bij elkaar"),
        (Cell(replace(SHARE, kind="anders"), 60, 20), "soort 'anders' heeft geen bescherming"),
        (Cell(replace(AGAIN, horizon_days=None), 200, 60, rijp=200), "horizon_days ontbreekt"),
    ],
)
def test_what_does_not_fit_is_refused(cell: Cell, message: str) -> None:
    with pytest.raises(ProtectionError, match=message):
        publish(cell)


def test_a_cell_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ProtectionError, match="komt in de exacte tabel vaker voor"):
        publish(Cell(SHARE, 60, 20), Cell(SHARE, 60, 20))


def refused(tables: Exact, **changed: object) -> str:
    known = {SHARE.id: SHARE}
    arguments = {"months": ["2023-03"], "peildatum": PEILDATUM, "division": DIVISION, "definitions": known} | changed
    with pytest.raises(ProtectionError) as caught:
        protect(tables.values, tables.statistics, tables.survival, **arguments)
    return str(caught.value)


def test_tables_of_another_computation_are_refused() -> None:
    tables = exact(Cell(SHARE, 60, 20))
    other = exact(Cell(SHARE, 61, 20))
    assert "horen niet bij elkaar" in refused(replace(tables, statistics=other.statistics))
    assert "horen niet bij elkaar" in refused(replace(tables, statistics=other.statistics.clear()))
    twice = pl.concat([tables.statistics] * 2)
    assert "horen niet bij elkaar" in refused(replace(tables, statistics=twice))
    assert "andere versie of peildatum" in refused(tables, peildatum=date(2024, 11, 30))
    assert "andere versie of peildatum" in refused(tables, definitions={SHARE.id: replace(SHARE, version="2.0")})
    assert "geen definitie van aandeel" in refused(tables, definitions={})
    assert "geen maanden" in refused(tables, months=[])


def test_the_order_of_the_input_changes_nothing() -> None:
    cells = [
        Cell(SHARE, 60, 20),
        Cell(SHARE, 70, 40, regio="utrecht"),
        Cell(AGAIN, 300, 90, rijp=300, days=spread(90)),
        *quantiles(400, [(day, 10, 0, 0) for day in range(30)]),
    ]
    assert publish(*cells).equals(publish(*reversed(cells)))


@settings(deadline=None, max_examples=15)
@given(st.integers(2, 60), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_the_published_row_does_not_move_within_a_class(level: int, a: int, b: int, c: int) -> None:
    """n 25 classes above the events: the complement stays clear of the threshold."""
    teller, n = 10 + 5 * level, 135 + 5 * level
    first, second = Cell(SHARE, n, teller), Cell(SHARE, n + a, teller + b)
    assert row(publish(first), first) == row(publish(second), second)
    days, other = spread(teller), [*spread(teller), *[(547, 1, 0, 0)] * b]
    before = Cell(AGAIN, n, teller, rijp=n, days=days)
    after = Cell(AGAIN, n + c, teller + b, rijp=n + c, days=other)
    assert row(publish(before), before) == pytest.approx(row(publish(after), after))
    before, after = replace(before, periode=QUARTER), replace(after, periode=QUARTER)
    assert protected(before).curves.equals(protected(after).curves)


def test_every_definition_of_the_house_has_a_protected_cube() -> None:
    nothing = exact()
    cube = protect(
        nothing.values, nothing.statistics, nothing.survival, definitions(),
        months=["2024-01"], peildatum=PEILDATUM, division=DIVISION,
    ).cube  # fmt: skip
    assert set(cube["indicator"]) == set(definitions())
    assert cube["status"].unique().to_list() == ["afgeschermd"]
    assert not cube.select(ORDER).is_duplicated().any()


@pytest.mark.parametrize("definition", [HOURS, OVERLAP, COSTS], ids=lambda d: d.id)
def test_a_sum_of_which_one_gezin_has_more_than_half_is_hidden(definition: Indicator) -> None:
    cell = Cell(definition, 30, 600.0, 900.0, largest=300)
    assert not hidden(row(publish(cell), cell))
    assert hidden(row(publish(replace(cell, largest=301)), cell))
