"""What the pages of the network say: a region in sentences, curves, changes, praktijklocaties, the digital overview."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboards import changes, overview, queries, regional, sentences, texts
from dashboards.overview import EVERYTHING, chosen_results, chosen_training, place, result_rows, training_rows
from dashboards.queries import Publication
from dashboards.regional import Line
from indicators.comparison.verdict import NOT_COMPARED, Comparison, Verdict
from indicators.model import definitions


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def region(publication: Publication, code: str) -> queries.Region:
    return next(r for r in publication.regions if r.code == code)


def line(publication: Publication, **changed: Any) -> Line:
    themes = regional.lines(publication, region(publication, "twente"), "jaar")
    wanted = "veiligheidsbeoordeling_binnen_5_werkdagen"
    found = next(x for _, lines in themes for x in lines if x.definition["id"] == wanted)
    if verdict := changed.pop("verdict", None):
        changed["compared"] = Comparison((verdict,), None)
    return replace(found, **changed)


def test_every_indicator_with_regions_has_a_line_with_the_same_period_beside_it(publication: Publication) -> None:
    themes = regional.lines(publication, region(publication, "twente"), "jaar")
    found = [x for _, lines in themes for x in lines]
    assert {x.definition["id"] for x in found} == {
        i for i, d in publication.definitions.items() if d["kind"] != "coverage"
    }
    for x in found:
        assert x.cell["regio"] == "twente" and x.series["regio"].unique().to_list() == ["twente"]
        assert x.country and x.country["regio"] == "nederland" and x.country["periode"] == x.cell["periode"]
        assert x.beside.height == 26 and x.verdict is not None
        assert x.arrondissement and x.arrondissement["regio"] == "oost_nederland"


def test_an_arrondissement_has_nothing_above_it_but_the_country(publication: Publication) -> None:
    themes = regional.lines(publication, region(publication, "oost_nederland"), "kwartaal")
    assert all(x.arrondissement is None and x.country for _, lines in themes for x in lines)


def test_the_figures_of_a_line_are_cells_of_the_publication(publication: Publication) -> None:
    found = line(publication)
    cube = publication.tables["indicator_values"]
    same = cube.filter(
        (pl.col("indicator") == found.definition["id"])
        & (pl.col("regio") == "twente")
        & (pl.col("periode") == found.cell["periode"])
        & (pl.col("dimensie") == "totaal")
    )
    assert same["waarde"].to_list() == [found.cell["waarde"]]


@pytest.mark.parametrize(
    ("verdict", "value", "ending"),
    [
        (Verdict("twente", "better", "clearly"), 0.8, "dat is meer dan op grond van toeval te verwachten is"),
        (Verdict("twente", "worse", "clearly"), 0.2, "dat is minder dan op grond van toeval te verwachten is"),
        (Verdict("twente", "better", "possibly"), 0.8, "maar het kan nog toeval zijn"),
        (Verdict("twente", "as_expected"), 0.5, "dat past bij heel Nederland"),
        (Verdict("twente", NOT_COMPARED, reason="too_small"), 0.5, "in heel Nederland was dat 50,0%"),
    ],
)
def test_a_region_is_told_in_a_plain_sentence(
    publication: Publication, verdict: Verdict, value: float, ending: str
) -> None:
    found = line(publication)
    cell, country = {**found.cell, "waarde": value}, {**found.country, "waarde": 0.5}
    compared = Comparison((verdict,), None)
    said = plain(regional.sentence(replace(found, cell=cell, country=country, compared=compared), "Twente"))
    assert said.startswith(f"In Twente kreeg {value * 100:.0f},0% van de meldingen")
    assert ending in said and "50,0%" in said


def test_a_hidden_figure_is_named_as_such_and_has_no_number(publication: Publication) -> None:
    hidden = {**line(publication).cell, "waarde": None, "boven": None, "status": "afgeschermd"}
    found = line(publication, cell=hidden)
    assert regional.sentence(found, "Twente") == "Er is geen cijfer te tonen (afgeschermd)."
    assert regional.hidden([("thema", [found])]) == [found.definition["title"]]


def test_what_stands_out_is_what_differs_the_clear_ones_first(publication: Publication) -> None:
    possibly = line(publication, verdict=Verdict("twente", "better", "possibly"))
    clearly = line(publication, verdict=Verdict("twente", "worse", "clearly"))
    usual = line(publication, verdict=Verdict("twente", "as_expected"))
    assert regional.standing_out([("a", [usual, possibly]), ("b", [clearly])]) == [clearly, possibly]


def test_every_indicator_that_regions_have_is_told_in_its_own_words() -> None:
    regions = {d.id for d in definitions().values() if d.kind != "coverage"}
    statements = texts.get("regio.statements")
    assert set(statements) == regions
    for text in statements.values():
        assert text.format(region="Twente", value="5%", title="x").startswith("In Twente")


def ends(*rows: tuple[str, float | None, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={"label": pl.String, **dict.fromkeys(("waarde", "ondergrens", "bovengrens"), pl.Float64)},
        orient="row",
    )


def test_two_curves_are_set_beside_each_other_without_a_cause() -> None:
    apart = sentences.followed_up(
        ends(("Met", 0.2, 0.18, 0.22), ("Zonder", 0.3, 0.28, 0.32)), "Twente", "2020", "aandeel"
    )
    assert "Met 20,0%; Zonder 30,0%" in apart and "niets over de oorzaak" in apart
    near = sentences.followed_up(ends(("Met", 0.2, 0.1, 0.3), ("Zonder", 0.3, 0.28, 0.32)), "Twente", "2020", "aandeel")
    assert "Het verschil kan toeval zijn" in near
    one = sentences.followed_up(ends(("Met", None, None, None), ("Zonder", 0.3, 0.2, 0.4)), "Twente", "2020", "aandeel")
    assert "Niet te tonen: Met." in one and "toeval" not in one


def test_the_caveats_of_with_and_without_actieoverleg_are_in_view() -> None:
    said = " ".join(texts.get("curves.caveats_of.met_actieoverleg"))
    assert "bewijst niet" in said and "28 dagen" in said


def test_curves_end_in_the_figures_of_the_cube(publication: Publication) -> None:
    drawn = publication.curves(indicator="herhaling_18_maanden", regio="nederland", periode="2019", dimensie="totaal")
    cell = publication.cells(
        indicator="herhaling_18_maanden", regio="nederland", periode="2019", dimensie="totaal"
    )  # fmt: skip
    assert drawn.filter(dag=548)["waarde"].to_list() == pytest.approx(cell["waarde"].to_list())


def test_what_is_new_is_told_in_sentences(publication: Publication) -> None:
    key = ("herhaling_18_maanden", "vt_regio", "twente", "jaar", "2019", "totaal", "totaal")
    moves = pl.DataFrame(
        [(*key, 0.2, 0.3, "definitief")], schema=[*changes.KEY, "waarde_was", "waarde", "status"], orient="row"
    )
    counts = pl.DataFrame(
        {"indicator": ["herhaling_18_maanden"], "nieuw": [1200], "anders": [3], "status": [0], "weg": [0]}
    )
    found = changes.Changes(counts, moves, 1)
    said = sentences.changed(found, "0002")
    assert said[0] == "Cijfers die er in publicatie 0002 nog niet waren: 1.200."
    assert said[-1] == "1 cijfer verschilt meer dan zijn marge." and len(said) == 3
    (move,) = sentences.moves(found, publication.definitions, publication.region_names)
    assert "Twente, 2019: van 20,0% naar 30,0%" in move
    (of,) = sentences.changes_by_indicator(found, publication.definitions)
    assert of.endswith(": 1.200 nieuw, 3 anders.")
    nothing = changes.Changes(counts.clear(), moves.clear(), 0)
    assert sentences.changed(nothing, "0002") == ["Geen enkel cijfer is anders dan in publicatie 0002."]


def test_a_change_of_an_indicator_that_is_gone_is_named_by_its_code(publication: Publication) -> None:
    counts = pl.DataFrame({"indicator": ["oud"], "nieuw": [0], "anders": [0], "status": [0], "weg": [4]})
    found = changes.Changes(counts, pl.DataFrame(), 0)
    assert sentences.changes_by_indicator(found, publication.definitions) == ["oud: 4 niet meer te tonen."]


def test_a_figure_on_the_map_is_told_from_low_to_high_and_never_ranked() -> None:
    cells = ends(("a", 0.2, 0.1, 0.3), ("b", 0.4, 0.3, 0.5), ("c", None, None, None))
    said = sentences.figures_on_map(cells, "Bereik", "2020", "vt_regio", None, "aandeel")
    assert said == "Bereik, 2020. 2 van de 3 regio's hebben een cijfer, van 20,0% tot 40,0%."
    nobody = sentences.figures_on_map(cells.tail(1), "Bereik", "2020", "vt_regio", None, "aandeel")
    assert "Geen van deze regio's" in nobody


def test_a_place_is_what_it_is_on_the_peildatum(publication: Publication) -> None:
    day = publication.peildatum
    table = pl.DataFrame(
        {
            "regio": ["twente", "zeeland", "utrecht", "drenthe"],
            "vanaf": [date(2019, 1, 1)] * 3 + [date(day.year + 1, 1, 1)],
            "tot": [None, day, date(2020, 12, 31), None],
        }
    )
    found = replace(publication, tables={**publication.tables, "praktijklocaties": table}).places()
    assert [found[code] for code in ("twente", "zeeland", "utrecht", "drenthe")] == ["nu", "nu", "was", "niet"]
    assert len(found) == 26


RESULTS = pl.DataFrame(
    [
        ("actieoverleg", "Oud", "opgeleverd", date(2019, 1, 1), "https://voorbeeld.nl/a?b=1&c=2"),
        ("visie", "Nieuw", "opgeleverd", date(2020, 1, 1), "bij het netwerk"),
        ("actieoverleg", "<b>Straks</b>", "in_ontwikkeling", None, None),
    ],
    schema=["verbeteractiviteit", "titel", "status", "opgeleverd_op", "vindplaats"],
    orient="row",
)


def test_results_are_shown_newest_first_and_by_activity() -> None:
    everything = result_rows(chosen_results(RESULTS, EVERYTHING))
    assert [row[0] for row in everything] == ["Nieuw", "Oud", "&lt;b&gt;Straks&lt;/b&gt;"]
    (vision,) = result_rows(chosen_results(RESULTS, "visie"))
    assert vision[0] == "Nieuw"
    assert list(overview.activities(RESULTS)) == ["actieoverleg", "visie"]
    assert "✓" in vision[2] and "opgeleverd" in vision[2]


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://voorbeeld.nl", "https:voorbeeld.nl",
     "https://", "http://[", "https://voorbeeld.nl/a b", "\nhttps://voorbeeld.nl", "voorbeeld.nl", "//voorbeeld.nl"],
)  # fmt: skip
def test_what_is_no_web_address_is_never_a_link(text: str) -> None:
    assert "<a" not in place(text)


def test_a_web_address_is_a_link_that_keeps_the_page_to_itself() -> None:
    found = place('https://voorbeeld.nl/a?b=1&c="><script>')
    assert found.startswith('<a href="https://voorbeeld.nl/a?b=1&amp;c=&quot;&gt;&lt;script&gt;"')
    assert 'rel="noopener noreferrer"' in found and "<script>" not in found
    assert doctest.testmod(overview).failed == 0


def test_training_is_filtered_by_region_and_status(publication: Publication) -> None:
    table = pl.DataFrame(
        [
            ("Basis", "twente", date(2020, 1, 1), 2, 30, "gegeven"),
            ("Basis", "zeeland", date(2021, 1, 1), 1, 0, "gepland"),
        ],
        schema=["naam", "regio", "datum", "uitvoeringen", "deelnemers", "status"],
        orient="row",
    )
    names = publication.region_names
    everything = training_rows(chosen_training(table, EVERYTHING, EVERYTHING), names)
    assert [row[1] for row in everything] == ["Zeeland", "Twente"]
    assert [row[1] for row in training_rows(chosen_training(table, "twente", EVERYTHING), names)] == ["Twente"]
    (planned,) = training_rows(chosen_training(table, EVERYTHING, "gepland"), names)
    assert planned[5] == "" and "gepland" in planned[3]


def test_where_nothing_is_compared_nothing_is_said_to_be_alike(publication: Publication) -> None:
    twente = region(publication, "twente")
    themes = regional.lines(publication, twente, "jaar")
    assert regional.is_compared(themes)
    alone = publication.tables["indicator_values"].filter(pl.col("regio").is_in(["twente", "nederland"]))
    one = replace(publication, tables={**publication.tables, "indicator_values": alone})
    assert not regional.is_compared(regional.lines(one, twente, "jaar"))
