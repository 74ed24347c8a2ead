from __future__ import annotations

import polars as pl

from dashboards import sentences, texts


def regions(**statuses: list[str]) -> pl.DataFrame:
    """Regions on a map: status -> names."""
    rows = [(name, status) for status, names in statuses.items() for name in names]
    return pl.DataFrame(rows, schema=["naam", "status"], orient="row").with_columns(regio_niveau=pl.lit("vt_regio"))


def series(*rows: tuple[str, float | None, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(p, v, None if v is None else v - 0.1, None if v is None else v + 0.1, s, "Totaal", 100) for p, v, s in rows],
        schema={
            "periode": pl.String,
            "waarde": pl.Float64,
            "ondergrens": pl.Float64,
            "bovengrens": pl.Float64,
            "status": pl.String,
            "label": pl.String,
            "n": pl.Int64,
        },
        orient="row",
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_headline_says_how_many_regions() -> None:
    frame = regions(actief=["A", "B"], geen=["C"])
    assert sentences.headline(frame, "2020-12") == "In december 2020 werkten 2 van de 3 regio's met Actieoverleg"
    assert "werkte 1 van de" in sentences.headline(regions(actief=["A"], geen=["C"]), "2020-12")
    assert "werkten alle 2 regio's" in sentences.headline(regions(actief=["A", "C"]), "2020-12")


def test_the_headline_says_that_it_may_still_change() -> None:
    frame = regions(actief=["A", "C"])
    assert sentences.headline(frame, "2020-12", "voorlopig").endswith("met Actieoverleg (voorlopig cijfer)")
    assert "(" not in sentences.headline(frame, "2020-12", "definitief")


def test_every_region_that_is_not_active_is_named() -> None:
    assert sentences.rest(regions(actief=["A"], afweging=["Zeeland"])) == "Zeeland weegt het nog af."
    assert sentences.rest(regions(gepland=["A", "B"])) == "A en B hebben het gepland."
    assert sentences.rest(regions(geen=list("ABCDE"))) == "A, B, C, D en E doen het nog niet."
    assert "Schuif de maand terug" in sentences.rest(regions(actief=["A"]))


def test_the_map_in_words_gives_all_four_counts() -> None:
    text = sentences.map_alternative(regions(actief=["A", "B"], gepland=["C"]), "actieoverleg", "2020-12")
    assert "Actief: 2, Gepland: 1, In afweging: 0, Geen: 0" in text


def test_an_answer_has_value_margin_and_country() -> None:
    frame = series(("2020", 0.5, "definitief"))
    cell = frame.row(0, named=True)
    text = plain(sentences.answer(frame, cell, "Twente", "aandeel", {**cell, "waarde": 0.6}))
    assert text == "Twente, 2020: **50,0%** (marge 40,0% tot 60,0%). Heel Nederland: 60,0%."


def test_an_answer_names_what_is_provisional() -> None:
    frame = series(("2020", 0.5, "definitief"), ("2021", 0.7, "voorlopig"))
    assert "Het nieuwste cijfer, over 2021, is 70,0% (voorlopig)." in sentences.answer(
        frame, frame.row(0, named=True), "Twente", "aandeel"
    )
    assert "Dit cijfer is voorlopig." in sentences.answer(frame, frame.row(1, named=True), "Twente", "aandeel")


def test_a_quantile_beyond_the_horizon_is_an_answer_in_words() -> None:
    frame = series(("2020", None, "niet_bereikt"))
    cell = {**frame.row(0, named=True), "boven": 90.0, "ondergrens": 55.0}
    text = plain(sentences.answer(frame, cell, "Twente", "dagen"))
    assert text == "Twente, 2020: **meer dan 90 dagen** (marge 55 dagen of meer). " + texts.get(
        "indicator.answer_not_reached"
    )


def test_a_rounded_amount_says_so() -> None:
    frame = series(("2020", 1_924_910.0, "definitief")).with_columns(
        ondergrens=pl.lit(None, pl.Float64), bovengrens=pl.lit(None, pl.Float64)
    )
    assert plain(sentences.answer(frame, frame.row(0, named=True), "Twente", "euro")) == (
        "Twente, 2020: **ongeveer € 1,9 mln**."
    )


def test_an_immature_newest_figure_is_not_named() -> None:
    frame = series(*((str(y), 0.5, "definitief") for y in range(2015, 2020)), ("2020", 0.9, "voorlopig"))
    frame = frame.with_columns(n=pl.when(pl.col("periode") == "2020").then(4).otherwise("n"))
    text = sentences.answer(frame, frame.row(4, named=True), "Twente", "aandeel")
    assert "2020" not in text and "nieuwste" not in text


def test_a_hidden_answer_shows_no_figure() -> None:
    frame = series(("2020", None, "afgeschermd"))
    text = sentences.answer(frame, frame.row(0, named=True), "Twente", "aandeel")
    assert text == "Voor Twente is over 2020 geen cijfer te tonen: afgeschermd."
    assert sentences.answer(frame, None, "Twente", "aandeel") == "Voor Twente zijn er geen cijfers."


def test_a_trend_in_words_has_its_ends_and_its_gaps() -> None:
    frame = series(("2019", 0.4, "definitief"), ("2020", None, "afgeschermd"), ("2021", 0.6, "definitief"))
    text = sentences.trend_alternative(frame, "Bereik", "Twente", "jaar", "aandeel")
    assert "van 2019 tot 2021" in text and "40,0% (2019)" in text and "60,0% (2021)" in text
    assert "1 keer is er geen cijfer" in text


def test_series_without_any_figure_are_named() -> None:
    frame = pl.concat(
        [
            series(("2020", 0.4, "definitief")),
            series(("2020", None, "afgeschermd")).with_columns(label=pl.lit("Onbekend")),
        ]
    )
    assert sentences.unseen(frame) == "Geen enkel cijfer te tonen voor: Onbekend."
    assert sentences.unseen(series(("2020", 0.4, "definitief"))) == ""
