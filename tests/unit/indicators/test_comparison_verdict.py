from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from indicators.comparison import funnel
from indicators.comparison.verdict import Comparison, compare

SHARE = {"kind": "proportion", "unit": "aandeel", "polarity": "higher_is_better"}
COUNTRY = {"waarde": 0.5}
SCHEMA = {
    "regio": pl.String,
    "n": pl.Int64,
    "waarde": pl.Float64,
    "ondergrens": pl.Float64,
    "bovengrens": pl.Float64,
    "status": pl.String,
}


def cells(*rows: tuple[float | None, str]) -> pl.DataFrame:
    """Regions of 400 cases: value and status; names a, b, ... The 95% margin of a value is 0.05 either way."""
    return pl.DataFrame(
        [
            (chr(97 + i), 400, v, v - 0.05, v + 0.05, s) if v is not None else (chr(97 + i), None, None, None, None, s)
            for i, (v, s) in enumerate(rows)
        ],
        schema=SCHEMA,
        orient="row",
    )


def final(*values: float) -> pl.DataFrame:
    return cells(*((value, "definitief") for value in values))


def of(found: Comparison, regio: str) -> tuple[str, str, str]:
    (verdict,) = (v for v in found.verdicts if v.regio == regio)
    return verdict.verdict, verdict.certainty, verdict.reason


# At n = 400 the 95% limits are 0.451 and 0.549, those of 99.8% 0.423 and 0.577.
USUAL = (0.49, 0.5, 0.5, 0.5, 0.51, 0.5, 0.49, 0.51)


def test_a_verdict_has_direction_and_certainty() -> None:
    found = compare(final(0.56, 0.44, 0.60, 0.40, *USUAL * 4), COUNTRY, SHARE)
    assert found.funnel is not None and found.funnel.tau2 == 0 and found.reason == ""
    assert [of(found, r) for r in "abcde"] == [
        ("better", "possibly", ""),
        ("worse", "possibly", ""),
        ("better", "clearly", ""),
        ("worse", "clearly", ""),
        ("as_expected", "", ""),
    ]
    assert [v.differs for v in found.verdicts] == [True] * 4 + [False] * 32


@pytest.mark.parametrize(
    ("polarity", "words"),
    [
        ("higher_is_better", ("better", "worse")),
        ("lower_is_better", ("worse", "better")),
        ("neutral", ("higher", "lower")),
    ],
)
def test_polarity_gives_the_word(polarity: str, words: tuple[str, str]) -> None:
    found = compare(final(*USUAL, 0.60, 0.40), COUNTRY, SHARE | {"polarity": polarity})
    assert (of(found, "i")[0], of(found, "j")[0]) == words


@pytest.mark.parametrize(
    ("status", "value", "reason"),
    [
        ("afgeschermd", None, "hidden"),
        ("niet_rijp", None, "not_ripe"),
        ("niet_bereikt", None, "not_reached"),
        ("onvolledig", 0.9, "incomplete"),
        ("voorlopig", 0.9, "provisional"),
    ],
)
def test_a_figure_that_is_not_final_is_not_compared_and_moves_nothing(
    status: str, value: float | None, reason: str
) -> None:
    usual = [(v, "definitief") for v in USUAL]
    found, without = compare(cells(*usual, (value, status)), COUNTRY, SHARE), compare(cells(*usual), COUNTRY, SHARE)
    assert of(found, "i") == ("not_compared", "", reason)
    assert found.funnel == without.funnel


def test_a_status_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError, match="raar"):
        compare(cells(*((v, "definitief") for v in USUAL), (0.5, "raar")), COUNTRY, SHARE)


def test_few_regions_are_not_compared() -> None:
    found = compare(cells(*((0.5, "definitief"),) * 4, (0.9, "voorlopig"), (None, "afgeschermd")), COUNTRY, SHARE)
    assert found.funnel is None and found.reason == "too_few_regions"
    assert [v.reason for v in found.verdicts] == ["too_few_regions"] * 4 + ["provisional", "hidden"]


@pytest.mark.parametrize("country", [None, {"waarde": None}])
def test_without_a_country_nothing_is_compared(country: dict[str, Any] | None) -> None:
    found = compare(final(*USUAL), country, SHARE)
    assert found.funnel is None and found.reason == "no_country"


@pytest.mark.parametrize("kind", ["sum", "quantiles", "coverage"])
def test_some_kinds_are_never_compared(kind: str) -> None:
    found = compare(final(*USUAL), COUNTRY, SHARE | {"kind": kind})
    assert found.funnel is None and {v.reason for v in found.verdicts} == {"kind"}


def test_a_ratio_needs_its_printed_margin() -> None:
    ratio = {"kind": "ratio", "unit": "uren", "polarity": "neutral"}
    found = compare(final(*USUAL, 0.6), COUNTRY, ratio)
    assert found.funnel is not None and not found.funnel.arcsine and found.funnel.ceiling == math.inf
    share = compare(final(*USUAL), COUNTRY, ratio | {"unit": "aandeel"}).funnel
    assert share is not None and share.ceiling == 1
    assert of(found, "i") == ("higher", "clearly", "")
    without = compare(final(*USUAL).with_columns(ondergrens=pl.lit(None, pl.Float64)), COUNTRY, ratio)
    assert without.funnel is None and {v.reason for v in without.verdicts} == {"no_margin"}


def test_the_width_of_printed_classes_widens_the_limits() -> None:
    """0.55 lies outside the exact limit 0.549; classes of 40 leave room for it."""
    values = final(*USUAL, 0.55)
    assert of(compare(values, COUNTRY, SHARE), "i")[0] == "better"
    assert of(compare(values, COUNTRY, SHARE, width=40), "i")[0] == "as_expected"


def test_a_region_on_a_limit_is_within_it() -> None:
    usual = compare(final(*USUAL), COUNTRY, SHARE).funnel
    assert usual is not None and usual.tau2 == 0
    n = np.array([400.0])
    for side, word in ((0, "worse"), (1, "better")):
        near, far = (float(usual.limits(n, z)[side][0]) for z in (funnel.Z_95, funnel.Z_998))
        beyond = float(np.nextafter(near, side)), float(np.nextafter(far, side))
        found = compare(final(*USUAL * 4, near, beyond[0], far, beyond[1]), COUNTRY, SHARE)
        assert found.funnel is not None and found.funnel.tau2 == 0
        assert [(v.verdict, v.certainty) for v in found.verdicts[-4:]] == [
            ("as_expected", ""), (word, "possibly"), (word, "possibly"), (word, "clearly"),
        ]  # fmt: skip


def test_five_regions_are_enough_and_counts_are_exact_unless_it_is_told() -> None:
    five = compare(final(*USUAL[:5]), COUNTRY, SHARE)
    assert five.funnel is not None and five.funnel.rounding_variance == 0
    assert {v.verdict for v in five.verdicts} == {"as_expected"}
    small = final(*USUAL).with_columns(n=pl.lit(1))
    assert {v.verdict for v in compare(small, COUNTRY, SHARE).verdicts} == {"as_expected"}


def test_a_region_of_which_only_high_shares_can_be_seen_is_not_compared() -> None:
    """At a country's 0.1, 99 cases give 9.9 on average: below ten the region would be hidden."""
    values = final(*[0.1] * 6, 0.5, 0.5).with_columns(n=pl.Series([400] * 6 + [99, 100]))
    found = compare(values, {"waarde": 0.1}, SHARE, threshold=10)
    assert of(found, "g") == ("not_compared", "", "too_small") and of(found, "h")[0] == "better"
    mirrored = compare(values.with_columns(waarde=1 - pl.col("waarde")), {"waarde": 0.9}, SHARE, threshold=10)
    assert of(mirrored, "g")[2] == "too_small" and of(mirrored, "h")[0] == "worse"
    assert of(compare(values, {"waarde": 0.1}, SHARE), "g")[0] == "better"


def part_that_differs(small: tuple[int, int], threshold: int) -> float:
    """Of regions alike (p = 0.25; 18 of some 400 cases and 8 small ones) that are shown, as both counts reach ten."""
    rng = np.random.default_rng(3)
    differ = compared = 0
    for _ in range(200):
        n = np.concatenate([rng.integers(300, 500, 18), rng.integers(*small, 8)])
        y = rng.binomial(n, 0.25)
        shown = (y >= 10) & (n - y >= 10)
        values = final(*(y / n)[shown]).with_columns(n=pl.Series(n[shown]))
        found = compare(values, {"waarde": 0.25}, SHARE, threshold=threshold)
        of_small = [v for v, size in zip(found.verdicts, n[shown], strict=True) if size < small[1]]
        differ += sum(v.differs for v in of_small)
        compared += sum(v.verdict != "not_compared" for v in of_small)
    return differ / compared if compared else 0.0


def test_what_is_hidden_makes_no_false_alarms() -> None:
    """Of 20 to 30 cases only the high shares are shown, and many of these would seem to differ; from 40 on few do."""
    assert part_that_differs((20, 30), threshold=0) > 0.2
    assert part_that_differs((20, 30), threshold=10) == 0
    assert part_that_differs((40, 60), threshold=10) <= 0.05


def test_names_and_order_of_regions_change_no_verdict() -> None:
    values = final(*USUAL, 0.56, 0.44, 0.60, 0.40)
    one, two = compare(values, COUNTRY, SHARE), compare(values.reverse(), COUNTRY, SHARE)
    assert set(one.verdicts) == set(two.verdicts)
    assert [v.regio for v in two.verdicts] == values["regio"].reverse().to_list()
