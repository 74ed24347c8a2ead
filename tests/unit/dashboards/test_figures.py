from __future__ import annotations

import doctest

import pytest

from dashboards import figures
from indicators import explanation
from indicators.model import definitions


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(figures).failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1924910.0, "euro", "€ 1,9 mln"),
        (12_400_000.0, "euro", "€ 12 mln"),
        (996_000.0, "euro", "€ 1,0 mln"),
        (41160.0, "euro", "€ 41.000"),
        (980.0, "euro", "€ 980"),
        (55.0, "euro", "€ 55"),
        (5.4, "euro", "€ 5,40"),
        (0.0, "euro", "€ 0"),
        (13.0, "uren", "13 uur"),
        (1.3, "uren", "1,3 uur"),
        (0.13, "uren", "0,13 uur"),
        (0.0667, figures.WHOLE_SHARE, "7%"),
        (0.004, figures.WHOLE_SHARE, "minder dan 1%"),
        (0.0, figures.WHOLE_SHARE, "0%"),
        (0.5423, "aandeel", "54,2%"),
        (1.0, "dagen", "1 dag"),
    ],
)
def test_a_figure_has_no_more_digits_than_were_published(value: float, unit: str, text: str) -> None:
    assert plain(figures.amount(value, unit)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (15.0, 55.0, "15 tot 55 dagen"),
        (25.0, None, "25 dagen of meer"),
        (None, 25.0, "25 dagen of minder"),
        (None, None, ""),
    ],
)
def test_a_margin_of_one_side_says_which_side(low: float | None, high: float | None, text: str) -> None:
    assert plain(figures.margin({"ondergrens": low, "bovengrens": high}, "dagen")) == text


def test_beyond_the_horizon_is_a_figure_in_words() -> None:
    assert plain(figures.figure({"waarde": None, "boven": 90.0}, "dagen")) == "meer dan 90 dagen"
    assert figures.figure({"waarde": None, "boven": None}, "dagen") == ""
    assert plain(figures.spoken({"waarde": 13.0}, "uren")) == "ongeveer 13 uur"


def test_a_norm_is_told_with_its_source() -> None:
    given = {"value": 0.9, "source": "Handelingsprotocol."}
    assert figures.norm_text("note", given, "aandeel") == "Norm: 90% (Handelingsprotocol)."
    assert figures.norm_text("sentence", given, "aandeel") == "De norm is 90%."


def test_shares_of_two_sums_are_whole_percents_and_nothing_else_is() -> None:
    whole = {name for name, d in definitions().items() if figures.shown_unit(explanation.published(d)) not in (d.unit,)}
    assert whole == {"overlapgraad", "zorg_straf_overlap", "verschuiving_eerste_14_dagen", "aandeel_extra_inzet"}


def test_only_averages_and_totals_have_units_of_two_digits() -> None:
    assert all(d.kind in ("ratio", "sum") for d in definitions().values() if d.unit in figures.TWO_DIGITS)


def test_no_indicator_without_printed_margin_promises_one() -> None:
    for name, definition in definitions().items():
        if definition.kind in ("ratio", "sum"):
            assert "geen marge" in definition.explanation, name
