"""What is said of regions beside the country, and of a region's months."""

from __future__ import annotations

import pytest

from dashboards import sentences, texts
from indicators.comparison import spc
from indicators.comparison.funnel import Funnel, proportions
from indicators.comparison.verdict import STATUS_REASONS, Comparison, Verdict

NAMES = {"a": "Twente", "b": "Zeeland", "c": "Drenthe", "d": "Utrecht"}
MONTHS = [f"{2019 + i // 12}-{i % 12 + 1:02d}" for i in range(36)]


@pytest.fixture
def limits() -> Funnel:
    found = proportions([100, 150, 200, 300, 400], [0.5] * 5, 0.5)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Verdict("a", "better", "clearly"), "duidelijk beter"),
        (Verdict("a", "worse", "possibly"), "mogelijk slechter"),
        (Verdict("a", "higher", "clearly"), "duidelijk hoger"),
        (Verdict("a", "lower", "possibly"), "mogelijk lager"),
        (Verdict("a", "as_expected"), "zoals te verwachten"),
        (Verdict("a", "not_compared", reason="hidden"), "niet te vergelijken: afgeschermd"),
        (Verdict("a", "not_compared", reason="too_few_regions"), "niet te vergelijken: te weinig regio's"),
    ],
)
def test_a_verdict_in_words(verdict: Verdict, text: str) -> None:
    assert sentences.verdict(verdict) == text


def test_every_reason_has_words() -> None:
    reasons = set(texts.get("funnel.reasons"))
    assert reasons == {*STATUS_REASONS.values(), "kind", "no_country", "no_margin", "too_few_regions", "too_small"}
    assert set(texts.get("funnel.none")) == reasons - {*STATUS_REASONS.values(), "too_small"}
    for status, reason in STATUS_REASONS.items():
        assert texts.get("funnel.reasons")[reason] == texts.get("status")[status]["word"]


def test_regions_that_differ_are_named_with_direction_and_certainty(limits: Funnel) -> None:
    verdicts = (
        Verdict("a", "better", "clearly"),
        Verdict("b", "better", "clearly"),
        Verdict("c", "worse", "possibly"),
        Verdict("d", "as_expected"),
    )
    assert sentences.compared(Comparison(verdicts, limits), NAMES, "vt_regio") == (
        "Bij Twente en Zeeland is het cijfer duidelijk beter dan in heel Nederland: "
        "het verschil is meer dan op grond van toeval te verwachten is. "
        "Bij Drenthe is het cijfer mogelijk slechter dan in heel Nederland: "
        "het verschil is groot, maar kan nog toeval zijn. "
        "Bij één andere regio past het verschil bij toeval."
    )


def test_when_no_region_differs_that_is_said_with_how_many_are_left_out(limits: Funnel) -> None:
    verdicts = (*(Verdict(r, "as_expected") for r in "abc"), Verdict("d", "not_compared", reason="hidden"))
    assert sentences.compared(Comparison(verdicts, limits), NAMES, "arrondissement") == (
        "Bij geen van deze arrondissementen is het verschil met Nederland "
        "meer dan op grond van toeval te verwachten is. "
        "Niet te vergelijken: 1 van de 4 arrondissementen; in de tabel staat waarom."
    )


@pytest.mark.parametrize(
    ("reason", "part"),
    [
        ("too_few_regions", "Minder dan 5 regio's"),
        ("no_margin", "geen marge"),
        ("no_country", "geen cijfer van Nederland"),
        ("kind", "Dit soort cijfer"),
    ],
)
def test_without_limits_the_reason_is_said(reason: str, part: str) -> None:
    assert part in sentences.compared(Comparison((), None, reason), NAMES, "vt_regio")


def test_the_funnel_in_words(limits: Funnel) -> None:
    text = sentences.funnel_alternative(limits, "Niets bijzonders.", "Bereik", "2020-K1", "aandeel")
    assert "Bereik per regio, 1e kwartaal 2020" in text and "(50,0%). Niets bijzonders." in text


@pytest.mark.parametrize(
    ("signal", "text"),
    [
        (spc.Signal(spc.OUTSIDE, (0,), True), "Januari 2019: boven de bovengrens."),
        (spc.Signal(spc.OUTSIDE, (0,), False), "Januari 2019: onder de ondergrens."),
        (
            spc.Signal(spc.OUTSIDE, (0, 1), True),
            "Januari 2019 tot en met februari 2019: 2 maanden op rij boven de bovengrens.",
        ),
        (
            spc.Signal(spc.NEAR, (0, 2), False),
            "Januari 2019 tot en met maart 2019: 2 van de 3 maanden dicht bij de ondergrens.",
        ),
        (
            spc.Signal(spc.SHIFT, tuple(range(7)), True),
            "Januari 2019 tot en met juli 2019: 7 maanden op rij boven het gemiddelde.",
        ),
        (
            spc.Signal(spc.TREND, tuple(range(11, 19)), False),
            "December 2019 tot en met juli 2020: 8 maanden op rij steeds lager.",
        ),
    ],
)
def test_a_signal_in_words(signal: spc.Signal, text: str) -> None:
    assert sentences.signals(spc.Control((), (signal,)), MONTHS) == [text]


def test_every_signal_has_words_in_both_directions() -> None:
    for kind in (spc.OUTSIDE, spc.NEAR, spc.SHIFT, spc.TREND):
        said = [sentences.signals(spc.Control((), (spc.Signal(kind, (0, 1), up),)), MONTHS) for up in (True, False)]
        assert said[0] != said[1]


CALM = [0.49, 0.51] * 8


def test_a_calm_series_says_so_with_its_limits() -> None:
    found = spc.control([None, *CALM, None], ceiling=1.0)
    months = MONTHS[:18]
    assert sentences.control_calm(found, months) == (
        "Tussen februari 2019 en mei 2020 is er geen verandering die meer is dan op grond van toeval te verwachten is."
    )
    assert sentences.control_limits(found, months, "aandeel") == (
        "Het gemiddelde is 50,0%. Zonder verandering blijft een maand bijna altijd tussen 44,7% en 55,3%."
    )
    assert "geen verandering" in sentences.control_alternative(found, months, "Bereik", "Twente", "aandeel")


def test_parts_of_a_rebased_series_are_told_apart() -> None:
    text = sentences.control_limits(spc.control([*CALM, *CALM], rebase_at=16), MONTHS[:32], "aandeel")
    assert text.startswith("Januari 2019 tot en met april 2020: gemiddelde 50,0%")
    assert "Mei 2020 tot en met augustus 2021: gemiddelde" in text and "te weinig" not in text


def test_a_part_with_too_few_months_is_told() -> None:
    before = sentences.control_limits(spc.control(CALM, rebase_at=3), MONTHS[:16], "aandeel")
    assert before.startswith("Vóór april 2019 zijn er te weinig maanden voor grenzen. April 2019 tot en met")
    after = sentences.control_limits(spc.control(CALM, rebase_at=13), MONTHS[:16], "aandeel")
    assert after.endswith("Vanaf februari 2020 zijn er te weinig maanden voor grenzen.")


def test_the_control_chart_in_words_has_its_signals() -> None:
    values = [*CALM, 0.9, *CALM]
    text = sentences.control_alternative(spc.control(values), MONTHS[:33], "Bereik", "Twente", "aandeel")
    assert "Bereik in Twente per maand, van januari 2019 tot september 2021" in text
    assert "Mei 2020: boven de bovengrens." in text
