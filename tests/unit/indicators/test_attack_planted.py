"""Is the attack sharp? Leaks of a dozen kinds in small publications: every one is found, and nothing that is none."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from small_country import TOTAL, Country, Indicator, Key, Place, Sum
from whole_numbers import leaks_by_program

from indicators.attack import Past, attack
from indicators.attack.tables import MANY

MONTHS = ["2024-01", "2024-02"]
REGIONS = {"x": ["x1", "x2"], "y": ["y1"]}
AB = {"soort": ["a", "b"]}
SMALL = [0, 1, 2, 3, 5, 8, 10, 11, 12, 14]
Split = tuple[str, str]


@dataclass
class Plant:
    """Counts to be published; ``extra``: what adds up besides; ``before``: what an earlier publication showed."""

    country: Country
    exact: dict[Place, int]
    shown: set[Key]
    extra: list[Sum] = field(default_factory=list)
    before: set[Key] | None = None


def cells(country: Country) -> Iterator[tuple[str, str]]:
    for vt in country.vt_regios:
        for month in country.months:
            yield vt, month


def adding(country: Country, rng: random.Random) -> dict[Place, int]:
    """Counts of which the categories of every dimension make the total."""
    base: dict[Place, int] = {}
    for i in country.indicators:
        for vt, month in cells(country):
            whole = 0, 0
            for number, codes in enumerate(i.dimensions.values()):
                parts = _split(whole, len(codes), rng) if number else [_pair(rng) for _ in codes]
                whole = sum(teller for teller, _ in parts), sum(rest for _, rest in parts)
                for split, pair in zip(
                    i.splits[1 + sum(map(len, [*i.dimensions.values()][:number])) :], parts, strict=False
                ):
                    base |= _counts(i, vt, month, split, pair)
            base |= _counts(i, vt, month, TOTAL, whole if i.dimensions else _pair(rng))
    return country.exact(base)


def _pair(rng: random.Random) -> tuple[int, int]:
    return rng.choice(SMALL), rng.choice(SMALL)


def _split(whole: tuple[int, int], parts: int, rng: random.Random) -> list[tuple[int, int]]:
    """(teller, rest) over so many parts, at random."""
    at = [[rng.randrange(parts) for _ in range(n)] for n in whole]
    return [(at[0].count(part), at[1].count(part)) for part in range(parts)]


def _counts(indicator: Indicator, vt: str, month: str, split: Split, pair: tuple[int, int]) -> dict[Place, int]:
    found = {"n": sum(pair), "teller": pair[0]}
    return {(indicator.id, vt, month, *split, count): found[count] for count in indicator.counts[:2]}


def plain(*indicators: Indicator, months: int = 2, **known: object) -> Callable[[random.Random], Plant]:
    """Only what adds up over regions, periods, categories and complements."""

    def make(rng: random.Random) -> Plant:
        country = replace(Country(REGIONS, MONTHS[:months], indicators, width=3), **known)
        exact = adding(country, rng)
        return Plant(country, exact, country.shown(exact))

    return make


def tied(part: str, whole: str, *, equal: bool) -> Callable[[random.Random], Plant]:
    """n of one indicator is that of another, or a part of it."""

    def make(rng: random.Random) -> Plant:
        country = Country(
            {"x": ["x1"], "y": ["y1"]}, MONTHS[:1], [Indicator(i, "proportion") for i in (part, whole)], 3
        )
        base: dict[Place, int] = {}
        for vt, month in cells(country):
            n = rng.choice([20, 21, 22])
            less = n if equal else n - rng.choice([0, 1, 10])
            for indicator, size in ((whole, n), (part, less)):
                base[indicator, vt, month, *TOTAL, "n"] = size
                base[indicator, vt, month, *TOTAL, "teller"] = rng.choice([1, 10, size - 1])
        exact = country.exact(base)
        extra: list[Sum] = []
        for vt, month in cells(country):
            at = (vt, month, *TOTAL, "n")
            left = [] if equal else [("left", *at)]
            extra.append(((whole, *at), ((part, *at), *left)))
        if not equal:
            extra += between_regions(country, ("left",), [TOTAL], "n")
        return Plant(country, exact, country.shown(exact), extra)

    return make


def between_regions(country: Country, names: tuple[str, ...], splits: list[Split], count: str) -> list[Sum]:
    """What is left of a whole is a count too: it adds up as any other (and can't be less than nothing anywhere)."""
    return [
        ((name, regio, periode, *split, count), tuple((name, vt, m, *split, count) for vt in vts for m in months))
        for name in names
        for split in splits
        for regio, vts in country.regions.items()
        for periode, months in country.periods.items()
        if [(vt, m) for vt in vts for m in months] != [(regio, periode)]
    ]


def split_up(
    indicator: Indicator,
    counts_of: Callable[[random.Random], dict[tuple[Split, str], int]],
    sums: Callable[[tuple[str, str]], list[Sum]],
) -> Callable[[random.Random], Plant]:
    """A dimension whose categories relate to the total in a way of their own."""

    def make(rng: random.Random) -> Plant:
        country = Country({"x": ["x1"], "y": ["y1"]}, MONTHS[:1], [indicator], 3, loose=frozenset([indicator.id]))
        base = {
            (indicator.id, vt, month, *split, count): n
            for vt, month in cells(country)
            for (split, count), n in counts_of(rng).items()
        }
        exact = country.exact(base)
        extra = [found for place in cells(country) for found in sums(place)]
        for name in sorted({p[0] for total, parts in extra for p in (total, *parts)} - {indicator.id}):
            extra += between_regions(country, (name,), [TOTAL], "n")
        return Plant(country, exact, country.shown(exact), extra)

    return make


def competing() -> Callable[[random.Random], Plant]:
    kinds = [("soort", "vervolgmelding"), ("soort", "hermelding")]
    name = "herhaling_18_maanden"

    def counts_of(rng: random.Random) -> dict[tuple[Split, str], int]:
        events = [rng.choice(SMALL) for _ in kinds]
        n = sum(events) + rng.choice(SMALL)
        each = {(kind, "teller"): e for kind, e in zip(kinds, events, strict=True)}
        return {(TOTAL, "teller"): sum(events), (TOTAL, "n"): n, **each, **{(kind, "n"): n for kind in kinds}}

    def sums(place: tuple[str, str]) -> list[Sum]:
        def at(split: Split, count: str) -> Place:
            return (name, *place, *split, count)

        same = [(at(TOTAL, "n"), (at(kind, "n"),)) for kind in kinds]
        return [*same, (at(TOTAL, "teller"), tuple(at(kind, "teller") for kind in kinds))]

    return split_up(Indicator(name, "survival", {"soort": ["vervolgmelding", "hermelding"]}), counts_of, sums)


def nested() -> Callable[[random.Random], Plant]:
    two, three = ("minimum", "2"), ("minimum", "3")
    name = "partners_binnen_5_werkdagen"

    def counts_of(rng: random.Random) -> dict[tuple[Split, str], int]:
        third = rng.choice(SMALL)
        second = third + rng.choice(SMALL)
        n = second + rng.choice(SMALL)
        tellers = {(TOTAL, "teller"): second, (two, "teller"): second, (three, "teller"): third}
        return tellers | {(split, "n"): n for split in (TOTAL, two, three)}

    def sums(place: tuple[str, str]) -> list[Sum]:
        def at(split: Split, count: str) -> Place:
            return (name, *place, *split, count)

        left: Place = ("left", *place, *TOTAL, "n")
        return [
            (at(TOTAL, "n"), (at(two, "n"),)),
            (at(TOTAL, "n"), (at(three, "n"),)),
            (at(TOTAL, "teller"), (at(two, "teller"),)),
            (at(two, "teller"), (at(three, "teller"), left)),
        ]

    return split_up(Indicator(name, "proportion", {"minimum": ["2", "3"]}), counts_of, sums)


def covering() -> Callable[[random.Random], Plant]:
    kinds = [("soort_inzet", "regulier"), ("soort_inzet", "extra")]
    name = "verschuiving_eerste_14_dagen"

    def counts_of(rng: random.Random) -> dict[tuple[Split, str], int]:
        only, both, other = (rng.choice([0, 1, 10]) for _ in range(3))
        found = zip([TOTAL, *kinds], (only + both + other, only + both, both + other), strict=True)
        return {(split, "n"): n for split, n in found}

    def sums(place: tuple[str, str]) -> list[Sum]:
        def at(split: Split) -> Place:
            return (name, *place, *split, "n")

        def own(what: str) -> Place:
            return (what, *place, *TOTAL, "n")

        below = [(at(TOTAL), (at(kind), own(f"not {kind[1]}"))) for kind in kinds]
        return [*below, (own("together"), (at(kinds[0]), at(kinds[1]))), (own("together"), (at(TOTAL), own("double")))]

    return split_up(Indicator(name, "ratio", {"soort_inzet": ["regulier", "extra"]}), counts_of, sums)


def same_units() -> Callable[[random.Random], Plant]:
    name, splits = "inzet_uren_per_zaak", [("wijze", "fysiek"), ("wijze", "video")]

    def counts_of(rng: random.Random) -> dict[tuple[Split, str], int]:
        n = rng.choice([1, 10, 11])
        return {(split, "n"): n for split in (TOTAL, *splits)}

    def sums(place: tuple[str, str]) -> list[Sum]:
        return [((name, *place, *TOTAL, "n"), ((name, *place, *split, "n"),)) for split in splits]

    return split_up(Indicator(name, "ratio", {"wijze": ["fysiek", "video"]}), counts_of, sums)


def remembered(rng: random.Random) -> Plant:
    """An earlier publication printed some of what the newest hides, and hid some of what that prints."""
    plant = plain(Indicator("proef"))(rng)
    shown = sorted(plant.shown)
    plant.before, plant.shown = ({key for key in shown if rng.random() < 0.8} for _ in range(2))
    return plant


def repaired(rng: random.Random) -> Plant:
    """Cells were hidden to close leaks, but not enough of them."""
    plant = plain(Indicator("proef", dimensions={"soort": ["a", "b"]}))(rng)
    plant.shown -= {key for key in plant.shown if rng.random() < 0.15}
    return plant


KINDS: dict[str, Callable[[random.Random], Plant]] = {
    "regions and periods": plain(Indicator("proef")),
    "a complement": plain(Indicator("proef", "proportion"), months=1),
    "categories": plain(Indicator("proef", dimensions={"soort": ["a", "b"]})),
    "two dimensions": plain(Indicator("proef", dimensions={"soort": ["a", "b"], "wie": ["p", "q"]})),
    "categories with a complement": plain(Indicator("proef", "proportion", AB), months=1),
    "exact totals": plain(Indicator("proef", dimensions=AB), width=5, coarser={("proef", "totaal"): 1}),
    "lines of different widths": plain(Indicator("proef", dimensions=AB), coarser={("proef", "soort"): 5}),
    "equal counts": tied("bekend_bij_vt", "hg_herkend_bij_instroom", equal=True),
    "a part of another": tied("vt_geraadpleegd_voor_zsm_beslissing", "hg_herkend_bij_instroom", equal=False),
    "competing kinds": competing(),
    "nested categories": nested(),
    "the same units": same_units(),
    "categories that overlap": covering(),
    "an earlier publication": remembered,
    "too little repair": repaired,
}  # fmt: skip


def leaks(kind: str, seed: int) -> bool:
    """Whether the publication leaks; attacked, and what is found compared."""
    plant = KINDS[kind](random.Random(seed))
    found, true, told = found_true_and_told(plant)
    assert found <= true, f"{kind}, seed {seed}"
    assert true - told <= found, f"{kind}, seed {seed}"
    return bool(true - told)


def found_true_and_told(plant: Plant) -> tuple[set[Place], set[Place], set[Place]]:
    """What the attack finds, all that leaks, and what leaks without the newest publication."""

    def program(shown: set[Key], besides: set[Key] | None = None) -> set[Place]:
        return {same(p) for p in leaks_by_program(plant.country, plant.exact, shown, plant.extra, besides)}

    before = [plant.country.published(plant.exact, shown) for shown in (plant.before,) if shown is not None]
    newest = plant.country.published(plant.exact, plant.shown)
    found = {(*f.cell, f.count) for f in attack(newest, Past.of(before), near=MANY)}
    assert found <= plant.exact.keys(), "a figure does not follow from printed counts"
    true, told = program(plant.shown, plant.before), set[Place]()
    if plant.before is not None:
        true, told = true | program(plant.before, plant.shown), program(plant.before)
    return {same(place) for place in found}, true, told


def same(place: Place) -> Place:
    """One name for counts that always are the same one: the attack names only the first."""
    indicator, regio, periode, dimensie, categorie, count = place
    shared = {
        ("bekend_bij_vt", "n"): "hg_herkend_bij_instroom",
        **{
            (name, "n"): name for name in ("inzet_uren_per_zaak", "herhaling_18_maanden", "partners_binnen_5_werkdagen")
        },
    }
    if (indicator, count) in shared:
        return (shared[indicator, count], regio, periode, *TOTAL, count)
    if indicator == "partners_binnen_5_werkdagen" and categorie == "2":
        return (indicator, regio, periode, *TOTAL, count)
    return (indicator, regio, periode, dimensie, categorie, count)


@pytest.mark.parametrize("kind", KINDS)
def test_planted_leaks_are_found_and_nothing_else(kind: str) -> None:
    """The first publication of each kind that leaks."""
    assert any(leaks(kind, seed) for seed in range(10)), "none leaks: the test tests nothing"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_planted_leaks(kind: str) -> None:
    wanted = -(-1000 // len(KINDS))
    found = seed = 0
    while found < wanted:
        found += leaks(kind, seed)
        seed += 1
        assert seed < 20 * wanted, f"hardly any leaks: {found} in {seed}"
