"""The gate: what leaks is repaired with as little loss as can be, or refused."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from small_country import TOTAL, Country, Indicator, Place

from indicators.attack import Published, attack
from indicators.disclosure.protect import CURVE_SCHEMA, Protected
from indicators.disclosure.repair import RepairError, hide, repair
from indicators.gate import GateError, gate

MONTH = "2024-01"
LEVELS = {"nederland": "land", "x": "arrondissement", "y": "arrondissement"}


def leaking() -> tuple[Country, Published]:
    """10 and 2 make 12: in classes of three, 10-12 less 10-12 leaves 0-2."""
    country = Country({"x": ["x1", "x2"], "y": ["y1"]}, [MONTH], [Indicator("proef")], width=3)
    counts = {"x1": 10, "x2": 2, "y1": 40}
    base: dict[Place, int] = {("proef", vt, MONTH, *TOTAL, "n"): n for vt, n in counts.items()}
    exact = country.exact(base)
    return country, country.published(exact, country.shown(exact))


def protected(published: Published) -> Protected:
    soort = pl.col("periode").str.len_chars().replace_strict({4: "jaar", 7: "maand"}).alias("periode_soort")
    quarter = pl.when(pl.col("periode").str.contains("K")).then(pl.lit("kwartaal")).otherwise(soort)
    niveau = pl.col("regio").replace_strict(LEVELS, default="vt_regio")
    cube = published.cube.with_columns(periode_soort=quarter, regio_niveau=niveau)
    return Protected(cube, pl.DataFrame(schema=CURVE_SCHEMA))


def shown(cube: pl.DataFrame) -> set[tuple[str, str]]:
    return set(cube.filter(pl.col("n").is_not_null()).select("regio", "periode").rows())


def test_the_gate_hides_companions_until_the_attack_finds_nothing() -> None:
    _, published = leaking()
    assert attack(published)
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube))
    assert not attack(replace(published, cube=gated.protected.cube))
    assert gated.repaired
    assert gated.findings[0] > 0
    assert gated.findings[-1] == 0


def test_the_country_and_what_does_not_bind_stay() -> None:
    _, published = leaking()
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube))
    assert {("nederland", MONTH), ("nederland", "2024"), ("y1", MONTH)} <= shown(gated.protected.cube)


def test_a_repaired_cell_looks_like_any_hidden_cell() -> None:
    _, published = leaking()
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube))
    hidden = gated.protected.cube.filter(pl.col("n").is_null())
    figures = ["n", "teller", "noemer", "waarde", "ondergrens", "bovengrens", "status", "eenheid"]
    assert hidden.select(figures).unique().height == 1


def test_the_same_publication_is_repaired_the_same_way() -> None:
    _, published = leaking()
    first, second = (gate(protected(published), lambda now: replace(published, cube=now.cube)) for _ in range(2))
    assert first.repaired == second.repaired
    assert first.protected.cube.equals(second.protected.cube)


def test_a_publication_that_leaks_nothing_is_left_as_it_is() -> None:
    country, published = leaking()
    exact = country.exact({("proef", vt, MONTH, *TOTAL, "n"): 30 for vt in country.vt_regios})
    published = country.published(exact, country.shown(exact))
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube))
    assert gated.findings == (0,)
    assert gated.protected.cube.equals(protected(published).cube)


def test_a_figure_that_does_not_follow_is_refused_in_words() -> None:
    _, published = leaking()
    cube = published.cube.with_columns(waarde=pl.col("waarde") * 1.01)
    with pytest.raises(GateError, match="volgen niet uit wat gedrukt staat"):
        gate(protected(replace(published, cube=cube)), lambda now: replace(published, cube=now.cube))


def test_what_an_earlier_publication_tells_is_no_reason_to_hide_anything() -> None:
    """It can't be taken back: to hide the same cells now would protect nobody."""
    _, published = leaking()
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube), [published])
    assert gated.findings == (0,)
    assert gated.protected.cube.equals(protected(published).cube)


def test_what_is_hidden_is_not_what_was_printed_before() -> None:
    """The part was printed once, so only the total can be hidden again."""
    _, published = leaking()
    cube = published.cube
    of_total = pl.col("regio").is_in(["x1", "x2"])
    was = replace(published, cube=cube.with_columns(
        *(pl.when(of_total).then(name).alias(name) for name in ("n", "teller", "waarde")),
        status=pl.when(of_total & pl.col("n").is_not_null()).then("status").otherwise(pl.lit("afgeschermd")),
    ))  # fmt: skip
    gated = gate(protected(published), lambda now: replace(published, cube=now.cube), [was])
    assert gated.repaired
    assert not {key[1] for key in gated.repaired} & {"x1", "x2"}


def test_hiding_takes_the_curve_along() -> None:
    _, published = leaking()
    row = dict.fromkeys(CURVE_SCHEMA) | {
        "indicator": "proef",
        "regio": "x1",
        "periode": MONTH,
        "dimensie": "totaal",
        "categorie": "totaal",
        "dag": 0,
    }
    curves = pl.DataFrame([row], schema=CURVE_SCHEMA)
    found = hide(Protected(protected(published).cube, curves), {("proef", "x1", MONTH, *TOTAL)})
    assert found.curves.is_empty()


def test_a_leak_that_nothing_explains_can_not_be_repaired() -> None:
    class Unexplained:
        because: tuple[frozenset[tuple[str, str, str, str, str]], ...] = ()

    _, published = leaking()
    with pytest.raises(RepairError):
        repair(protected(published).cube, [Unexplained()])
