"""What-if: by hand, and what must hold for all figures."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import what_if
from dashboards.charts import what_if as chart
from dashboards.pages import verkenning
from dashboards.queries import Publication
from dashboards.what_if import NOTHING, ONE, Answer, Partner, Place, Range

PARTNERS = ("politie", "veilig_thuis")


@st.composite
def ranges(draw: st.DrawFn, least: float = 0.0, most: float = 1e4) -> Range:
    low, middle, high = sorted(draw(st.lists(st.floats(least, most), min_size=3, max_size=3)))
    return Range(low, middle, high)


shares = ranges(most=1.0)
places = st.builds(
    Place,
    code=st.sampled_from(("twente", "zeeland", "drenthe")),
    units=st.none() | ranges(),
    share=st.none() | shares,
    status=st.just("definitief"),
    most=shares,
)
partners = st.builds(Partner, code=st.sampled_from(PARTNERS), part=st.none() | shares, rate=st.none() | ranges())
targets = st.floats(0.0, 1.0)


def amounts(found: Answer) -> list[Range]:
    of_partners = [r for share in found.partners for r in (share.hours, share.euros) if r is not None]
    return [found.units, found.hours, found.euros, *of_partners]


@given(st.lists(places, max_size=5), ranges(), st.lists(partners, max_size=3), st.none() | ranges())
def test_no_change_asked_is_no_change(found: list[Place], each: Range, who: list[Partner], whole: Range | None) -> None:
    lowest = min((place.share.middle for place in found if place.share), default=0.0)
    assert set(amounts(what_if.answer(found, lowest, each, who, whole))) == {NOTHING}


@given(st.lists(places, max_size=5), ranges(), st.lists(partners, max_size=3), targets, targets)
def test_more_asked_is_never_less_work(
    found: list[Place], each: Range, who: list[Partner], one: float, other: float
) -> None:
    less, more = (what_if.answer(found, t, each, who, None) for t in sorted((one, other)))
    for a, b in zip(amounts(less), amounts(more), strict=True):
        assert a.low <= b.low and a.middle <= b.middle and a.high <= b.high


@given(st.lists(places, max_size=5), ranges(), st.lists(partners, max_size=3), targets)
def test_every_range_is_in_order_and_not_negative(
    found: list[Place], each: Range, who: list[Partner], target: float
) -> None:
    for r in amounts(what_if.answer(found, target, each, who, None)):
        assert 0 <= r.low <= r.middle <= r.high


@given(places, targets)
def test_a_region_that_has_reached_the_target_stays(place: Place, target: float) -> None:
    step = what_if.step(place, target)
    if place.units is None or place.share is None:
        assert step.extra is None
    elif place.share.middle >= target:
        assert step.extra == NOTHING and step.reached
    else:
        assert not step.reached and step.extra is not None
        assert step.extra.high <= place.units.high * place.most.high + 1e-9


@given(st.lists(places, min_size=1, max_size=5), targets, ranges(least=1.0))
def test_what_is_hidden_changes_nothing_but_how_much_is_covered(
    found: list[Place], target: float, whole: Range
) -> None:
    hidden = Place("flevoland", None, None, "afgeschermd")
    without = what_if.answer(found, target, ONE, [], whole)
    beside = what_if.answer([*found, hidden], target, ONE, [], whole)
    assert amounts(without) == amounts(beside) and without.covered == beside.covered
    assert beside.steps[-1].extra is None
    assert without.covered is not None and 0 <= without.covered <= 1


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_printed_count_holds_every_count_of_its_class(exact: int, width: int) -> None:
    printed = exact // width * width + (width - 1) // 2
    found = what_if.count(printed, width)
    assert found.low <= exact <= found.high and found.high - found.low == width - 1


@given(st.floats(1e-3, 1e7))
def test_a_printed_mean_holds_what_it_was_rounded_from(exact: float) -> None:
    found = what_if.mean(float(f"{exact:.1e}"))
    assert found.low * (1 - 1e-9) <= exact <= found.high * (1 + 1e-9)


@given(ranges(least=0.1), ranges(least=0.1))
def test_a_part_of_a_sum_is_between_nothing_and_all(one: Range, rest: Range) -> None:
    part = what_if._part(one, one + rest)
    assert 0 <= part.low <= part.middle * (1 + 1e-9) and part.middle <= part.high * (1 + 1e-9) and part.high <= 1


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def test_reach_by_hand() -> None:
    cells = frame(
        {"regio": "twente", "n": 100, "waarde": 0.4, "ondergrens": 0.3, "bovengrens": 0.5, "status": "definitief"},
        {"regio": "zeeland", "n": 50, "waarde": 0.7, "ondergrens": 0.55, "bovengrens": 0.8, "status": "voorlopig"},
        {
            "regio": "drenthe",
            "n": None,
            "waarde": None,
            "ondergrens": None,
            "bovengrens": None,
            "status": "afgeschermd",
        },
        {"regio": "flevoland", "n": 10, "waarde": 0.5, "ondergrens": None, "bovengrens": None, "status": "definitief"},
    )
    found = what_if.answer(what_if.places_of_reach(cells, 1), 0.6, Range(2, 4, 6), [], Range(200, 200, 200))
    twente, zeeland, drenthe, flevoland = found.steps
    assert twente.extra == Range(pytest.approx(10), pytest.approx(20), pytest.approx(30))
    assert zeeland.reached and zeeland.extra == NOTHING and zeeland.place.status == "voorlopig"
    assert drenthe.extra is None and drenthe.place.status == "afgeschermd"
    assert flevoland.extra == Range(0, pytest.approx(1), pytest.approx(6))
    assert found.hours == Range(pytest.approx(20), pytest.approx(84), pytest.approx(216))
    assert found.covered == pytest.approx(160 / 200)


def wijze(region: str, fysiek: float | None, video: float, telefoon: float) -> list[dict[str, Any]]:
    return [
        {
            "regio": region,
            "categorie": c,
            "n": 100,
            "waarde": v,
            "status": "definitief" if v is not None else "afgeschermd",
        }
        for c, v in (("fysiek", fysiek), ("video", video), ("telefoon", telefoon))
    ]


def test_video_by_hand() -> None:
    cells = frame(*wijze("twente", 6.0, 2.0, 2.0), *wijze("zeeland", 1.0, 1.0, 8.0), *wijze("drenthe", None, 1.0, 1.0))
    twente, zeeland, drenthe = what_if.places_of_video(cells, 1)
    assert twente.share is not None and twente.share.middle == pytest.approx(0.2)
    assert twente.units is not None and twente.units.middle == pytest.approx(1000)
    moved = what_if.step(twente, 0.5)
    assert moved.extra is not None and moved.extra.middle == pytest.approx(300) and not moved.short
    capped = what_if.step(zeeland, 0.5)
    assert capped.extra is not None and capped.extra.middle == pytest.approx(100) and capped.short
    assert drenthe.units is None and drenthe.status == "afgeschermd"
    assert twente.share.low == pytest.approx(1.95 / (1.95 + 6.05 + 2.05))
    assert twente.share.high == pytest.approx(2.05 / (2.05 + 5.95 + 1.95))


def test_hours_for_each_are_those_of_the_activity_per_case_with_it() -> None:
    activity = frame({"regio": "nederland", "n": 1000, "teller": 600.0}, {"regio": "twente", "n": None, "teller": None})
    overleg = frame({"regio": "nederland", "n": 200, "teller": 1.0}, {"regio": "twente", "n": 30, "teller": 1.0})
    found = what_if.hours_for_each(activity, overleg, 1)
    assert found == {"nederland": Range(pytest.approx(595 / 200), pytest.approx(3.0), pytest.approx(605 / 200))}


def by_partner(n: int, **means: float | None) -> pl.DataFrame:
    return frame(
        *(
            {"categorie": c, "n": None if m is None else n, "teller": None if m is None else n * m, "waarde": m}
            for c, m in means.items()
        )
    )


def test_a_partners_part_goes_from_the_lowest_to_the_highest_of_two_spreads() -> None:
    hours = by_partner(100, totaal=10.0, politie=4.0, veilig_thuis=6.0)
    extra = by_partner(100, totaal=1.0, politie=0.1, veilig_thuis=0.9)
    costs = by_partner(100, totaal=800.0, politie=320.0, veilig_thuis=None)
    police, care = what_if.partners(hours, extra, costs, 1, PARTNERS)
    assert police.part is not None and police.part.middle == pytest.approx(0.25)
    assert police.part.low == pytest.approx(0.095 / 1.05) and police.part.high == pytest.approx(4.05 / 9.5)
    assert police.rate is not None and police.rate.middle == pytest.approx(80)
    assert care.rate is None and care.part is not None
    hidden = what_if.partners(by_partner(100, totaal=10.0, politie=None), extra, costs, 1, ("politie", "onbekend"))
    assert hidden[0].part is not None and hidden[0].part.middle == pytest.approx(0.1)
    assert hidden[0].rate is None and hidden[1].part is None


def test_a_partner_without_figures_is_left_out_of_the_sum() -> None:
    who = [Partner("politie", Range(0.5, 0.5, 0.5), Range(80, 80, 80)), Partner("veilig_thuis", None, None)]
    found = what_if.answer([Place("twente", Range(10, 10, 10), NOTHING, "definitief")], 0.5, ONE, who, None)
    assert found.hours == Range(5, 5, 5) and found.euros == Range(200, 200, 200)
    assert found.partners[1].hours is None and found.partners[1].euros is None and found.covered is None


def test_the_picture_has_each_range_and_says_what_cannot_be_computed() -> None:
    figure = chart.ranges([("Politie", Range(100, 150, 240)), ("Reclassering", None)], "uren")
    line, mark = figure.data
    assert list(line.x) == [100, 240] and list(mark.x) == [150]
    said = [a.text.replace("\xa0", " ") for a in figure.layout.annotations]
    assert said == ["Politie", "<b>100 tot 240 uur</b>", "Reclassering", "<b>niet te berekenen</b>"]
    assert chart.in_words(Range(1000, 1000, 1000), "euro") == "€\xa01.000"


def test_the_page_computes_with_published_cells_and_leaves_hidden_ones_out(publication: Publication) -> None:
    found = verkenning.inputs(publication, "bereik", "2019", "vt_regio")
    cells = publication.cells(
        indicator="actieoverleg_bereik",
        regio_niveau="vt_regio",
        periode="2019",
        periode_soort="jaar",
        dimensie="totaal",
    )
    assert [place.code for place in found.places] == cells["regio"].to_list()
    assert [place.share and place.share.middle for place in found.places] == cells["waarde"].to_list()
    assert [place.units and place.units.middle for place in found.places] == cells["n"].to_list()
    assert found.each is not None and found.each.low <= found.each.middle <= found.each.high and found.each_known == 10
    hidden = publication.cells(indicator="actieoverleg_bereik", regio_niveau="vt_regio", periode_soort="maand")
    assert hidden.filter(status="afgeschermd").height > 0
    video = verkenning.inputs(publication, "video", "2019", "arrondissement")
    assert len(video.places) == 10 and all(place.share is not None for place in video.places)
    assert verkenning.inputs(publication, "video", "2020", "vt_regio").statuses == ["onvolledig"]
