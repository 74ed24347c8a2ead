"""The attack against plain enumeration: what truly leaks is found, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest
from highspy.highs import _Highs
from small_country import TOTAL, Country, Indicator, Place, leaks
from whole_numbers import leaks_by_program

from indicators.attack import Finding, Past, Published, attack, programs
from indicators.attack.registry import RegistryError, constraints
from indicators.attack.tables import MANY

ONE = {"x": ["x1", "x2"]}
TWO = {"x": ["x1", "x2"], "y": ["y1"]}
MONTHS = ["2024-01", "2024-02"]


def places(findings: list[Finding]) -> set[Place]:
    return {(*f.cell, f.count) for f in findings}


def made(country: Country, seed: int, mean: int) -> dict[Place, int]:
    """Counts of every category, total and teller, about ``mean`` each; of mean 0 a few, or ten and some."""
    rng = random.Random(seed)
    base: dict[Place, int] = {}
    for i in country.indicators:
        for vt in country.vt_regios:
            for month in country.months:
                splits = i.splits[1:] or [TOTAL]
                for split in splits:
                    teller, rest = (
                        max(0, round(rng.gauss(mean, mean / 2))) if mean else rng.choice([0, 1, 2, 4, 10, 11])
                        for _ in range(2)
                    )
                    base[i.id, vt, month, *split, "n"] = teller + rest
                    if i.kind == "proportion":
                        base[i.id, vt, month, *split, "teller"] = teller
                for count in i.counts[:2]:
                    base[i.id, vt, month, *TOTAL, count] = sum(base[i.id, vt, month, *s, count] for s in splits)
    return country.exact(base)


THREE = {"x": ["x1", "x2", "x3"]}
# With the mean of their counts.
TINY = [
    (Country(THREE, MONTHS[:1], [Indicator("proef")], width=3), 0),
    (Country(ONE, MONTHS[:1], [Indicator("proef", "proportion")], width=3), 0),
    (Country(ONE, MONTHS[:1], [Indicator("proef", dimensions={"soort": ["a", "b", "c"]})]), 7),
    (Country(ONE, MONTHS, [Indicator("proef")], width=3), 0),
]


def test_what_enumeration_says_leaks_is_what_is_found() -> None:
    seen = 0
    for country, mean in TINY:
        for seed in range(20):
            exact = made(country, seed, mean)
            shown = country.shown(exact)
            expected = leaks(country, exact, shown)
            seen += len(expected)
            assert places(attack(country.published(exact, shown), near=MANY)) == expected, f"seed {seed}"
    assert seen > 5, "hardly any of these tables leaks: the test tests nothing"


def test_programs_in_whole_numbers_agree_with_enumeration() -> None:
    for seed in range(6):
        country, mean = TINY[seed % len(TINY)]
        exact = made(country, seed, mean)
        shown = country.shown(exact)
        assert leaks_by_program(country, exact, shown) == leaks(country, exact, shown)


# Seed 63: several sums together, in whole numbers of which a linear program alone gives 3 to 5.5.
@pytest.mark.parametrize("seed", [0, 63])
def test_larger_tables_by_programs_in_whole_numbers(seed: int) -> None:
    country = Country(TWO, MONTHS, [Indicator("proef", "proportion", {"soort": ["a", "b"]})])
    exact = made(country, seed, 8)
    shown = country.shown(exact)
    assert places(attack(country.published(exact, shown))) == leaks_by_program(country, exact, shown)


def two_parts(width: int = 3) -> tuple[Country, dict[Place, int]]:
    """10 and 2 make 12: in classes of three, 10-12 less 10-12 leaves 0-2."""
    country = Country(ONE, MONTHS[:1], [Indicator("proef")], width=width)
    return country, country.exact({("proef", vt, MONTHS[0], *TOTAL, "n"): n for vt, n in (("x1", 10), ("x2", 2))})


def test_a_finding_says_what_binds_it() -> None:
    country, exact = two_parts()
    shown = country.shown(exact)
    found = next(f for f in attack(country.published(exact, shown)) if f.periode == MONTHS[0])
    assert (found.regio, found.low, found.high) == ("x2", 0, 2)
    assert {cell.regio for cells in found.because for cell in cells} >= {"x1"}
    for cells in found.because:
        assert not any(
            (f.regio, f.periode) == ("x2", MONTHS[0]) and f.because == found.because
            for f in attack(country.published(exact, shown - set(cells)))
        )


def test_a_line_in_coarser_classes_is_read_so() -> None:
    country, exact = two_parts()
    coarser = replace(country, coarser={("proef", "totaal"): 10})
    assert attack(country.published(exact, country.shown(exact)))
    assert not attack(coarser.published(exact, coarser.shown(exact)))


def test_what_was_told_before_is_not_told_by_the_newest() -> None:
    country, exact = two_parts()
    shown = country.shown(exact)
    before = country.published(exact, shown)
    assert {f.regio for f in attack(before)} == {"x2"}
    assert not attack(country.published(exact, {key for key in shown if key[1] != "x1"}), Past.of([before]))
    assert not attack(before, Past.of([before]))


def test_what_is_shown_now_tells_of_a_publication_that_hid_it() -> None:
    """And what can still be hidden is named: a cell of the newest."""
    country, exact = two_parts()
    shown = country.shown(exact)
    before = country.published(exact, {key for key in shown if key[1] != "x1"})
    assert not attack(before)
    now = country.published(exact, {key for key in shown if key[1] == "x1"})
    assert not attack(now)
    found = attack(now, Past.of([before]))
    assert {f.regio for f in found} == {"x2"}
    assert {cell.regio for f in found for cells in f.because for cell in cells} >= {"x1"}


@pytest.mark.parametrize("status", ["definitief", "voorlopig", "onvolledig"])
def test_of_a_period_that_was_not_settled_more_may_have_come_since(status: str) -> None:
    """A part printed now and a total printed then tell of what is left only where they tell of the same units."""
    before, now = two_publications(status, {"x2", "x1"}, {"x2", "nederland", "x"})
    assert not attack(before)
    assert not attack(now)
    assert bool(attack(now, Past.of([before]))) is (status == "definitief")


@pytest.mark.parametrize("status", ["definitief", "voorlopig", "onvolledig"])
def test_a_total_holds_what_its_parts_held_before(status: str) -> None:
    """A total printed now was no more then, and a part printed then is no less now."""
    before, now = two_publications(status, {"x2", "nederland", "x"}, {"x2", "x1"})
    assert not attack(before)
    assert not attack(now)
    assert {f.regio for f in attack(now, Past.of([before]))} == {"x2"}


def two_publications(status: str, hides: set[str], hides_now: set[str]) -> tuple[Published, Published]:
    country, exact = two_parts()
    shown = country.shown(exact)

    def published(hidden: set[str], said: str) -> Published:
        found = country.published(exact, {key for key in shown if key[1] not in hidden})
        return replace(found, cube=found.cube.with_columns(pl.col("status").str.replace("definitief", said)))

    return published(hides, status), published(hides_now, "definitief")


def test_an_earlier_publication_by_another_definition_says_nothing() -> None:
    country, mean = TINY[0]
    exact = made(country, 1, mean)
    shown = country.shown(exact)
    before = country.published(exact, shown)
    other = replace(before, cube=before.cube.with_columns(versie=before.cube["versie"] + "1"))
    hidden = country.published(exact, set())
    assert not attack(hidden, Past.of([other]))


def test_prints_that_contradict_each_other_do_not_stop_the_attack() -> None:
    """A total that was printed long before its parts: it is read a little wider, and the rest is still attacked."""
    country = Country(ONE, MONTHS, [Indicator("proef")])
    exact = made(country, 4, 14)
    wrong = {p: (n + 60 if p[1] == "nederland" else n) for p, n in exact.items()}
    attack(country.published(wrong, country.shown(wrong)))


def test_a_figure_that_does_not_follow_is_a_finding() -> None:
    country = Country(ONE, MONTHS, [Indicator("proef", "proportion")])
    exact = made(country, 0, 30)
    published = country.published(exact, country.shown(exact))
    assert not attack(published)
    for column, value in (
        ("waarde", 0.4321),
        ("ondergrens", 0.1),
        ("n", 13),
        ("teller", 11.0),
        ("status", "niet_rijp"),
    ):
        changed = published.cube.with_columns(published.cube[column].clone())
        changed[0, column] = value
        found = attack(replace(published, cube=changed))
        assert column in {f.count for f in found if f.low is None}, column


def test_a_solver_that_does_not_answer_is_no_safety(monkeypatch: pytest.MonkeyPatch) -> None:
    country, exact = two_parts(width=5)
    published = country.published(exact, country.shown(exact))
    assert not attack(published, near=MANY)
    monkeypatch.setattr(programs, "_solver", solver_with_other_threads)
    with pytest.raises(RuntimeError, match="not solved"):
        attack(published, near=MANY)


def solver_with_other_threads() -> _Highs:
    """HiGHS has one pool of threads for a process: who asks for another gets no answer, and no exception either."""
    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 2)
    return solver


def test_the_registry_refuses_what_it_does_not_know() -> None:
    dimensions = {"hg_herkend_bij_instroom": {}, "bekend_bij_vt": {}}
    assert constraints(dimensions, frozenset(dimensions))
    with pytest.raises(RegistryError):
        constraints(
            {
                "partners_binnen_5_werkdagen": {"minimum": ["2"]},
                "in_beeld_voor_acuut": {},
                "spreekuur_binnen_14_dagen": {},
                "acute_onveiligheid_gestopt_90_dagen": {},
            },
            frozenset(),
        )
