"""Pictures and sentences of effort: every figure as it was published, and in words why one isn't there."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboards import effort_sentences, theme
from dashboards.charts import effort, trend

CELLS = pl.DataFrame(
    {
        "label": ["Veilig Thuis", "Politie", "Reclassering", "Raad"],
        "periode": ["2019", "2020", "2021", "2022"],
        "waarde": [7.2, None, 1.1, 0.94],
        "ondergrens": [None] * 4,
        "bovengrens": [None] * 4,
        "boven": [None] * 4,
        "status": ["definitief", "afgeschermd", "voorlopig", "onvolledig"],
    },
    schema_overrides=dict.fromkeys(("ondergrens", "bovengrens", "boven"), pl.Float64),
)
SHARES = CELLS.with_columns(waarde=pl.Series([0.46, None, 0.1, 0.3]))


def said(figure: go.Figure) -> list[str]:
    return [a.text.replace("\xa0", " ") for a in figure.layout.annotations]


def bars(figure: go.Figure) -> list[tuple[float, float, str]]:
    """Length, place and colour of each bar."""
    filled = [trace for trace in figure.data if trace.fill == "toself"]
    assert all(min(trace.x) == 0 for trace in filled)
    return [(max(t.x), (min(t.y) + max(t.y)) / 2, t.fillcolor) for t in filled]


def test_a_bar_is_as_long_as_its_figure_and_stands_under_its_label() -> None:
    figure = effort.bars(CELLS, "uren")
    assert bars(figure) == [(7.2, 0, theme.BLUE), (1.1, 2, theme.BLUE), (0.94, 3, theme.BLUE)]
    assert figure.layout.xaxis.range[0] == 0
    assert said(figure)[0::2] == CELLS["label"].to_list()
    assert said(figure)[1::2] == ["<b>7,2 uur</b>", "✕ afgeschermd", "<b>1,1 uur</b> ○", "<b>0,94 uur</b> ◎"]


def test_what_is_not_final_has_a_pattern() -> None:
    drawn = [trace.fillpattern.shape or "" for trace in effort.bars(CELLS, "uren").data]
    assert drawn == [theme.BAR_PATTERNS[s] for s in ("definitief", "voorlopig", "onvolledig")]
    assert len(set(theme.BAR_PATTERNS.values())) == 3


def test_without_any_figure_the_reasons_stand_there() -> None:
    hidden = CELLS.with_columns(waarde=pl.lit(None, pl.Float64), status=pl.lit("afgeschermd"))
    assert said(effort.bars(hidden, "uren"))[1::2] == ["✕ afgeschermd"] * 4
    assert said(effort.bars(CELLS.clear(), "uren")) == []


def test_the_shift_stands_beside_what_an_even_spread_would_be() -> None:
    figure = effort.shift(SHARES, "Zo veel van de tijd")
    drawn = bars(figure)
    assert drawn[:2] == [(1.0, 0, theme.SAND), (pytest.approx(14 / 90), 0, theme.OCHRE)]
    assert [bar for bar in drawn if bar[2] == theme.BLUE] == [
        (v, i, theme.BLUE) for v, i in ((0.46, 1), (0.1, 3), (0.3, 4))
    ]
    assert [bar[:2] for bar in drawn if bar[2] == theme.BLUE_SOFT] == [(1.0, i) for i in (1, 2, 3, 4)]
    assert said(figure)[:4] == ["Zo veel van de tijd", "16%", "Veilig Thuis", "<b>46%</b>"]
    assert {shape.x0 for shape in figure.layout.shapes} == {14 / 90}


def test_panels_start_at_zero_and_share_their_periods() -> None:
    other = CELLS.tail(2).with_columns(waarde=pl.Series([100.0, 300.0]))
    figure = effort.beside([("Uren", "", "uren", CELLS), ("Euro", "Lager is beter.", "euro", other)])
    assert list(figure.layout.xaxis.categoryarray) == CELLS["periode"].to_list()
    assert list(figure.layout.yaxis.tickvals) == [1, 0]
    hours, euros = (t for t in figure.data if t.mode == "markers" and t.marker.color == theme.BLUE)
    heights = [y - 1 for y in hours.y]
    assert heights[0] / heights[1] == pytest.approx(7.2 / 1.1) and 0 < max(heights) < 1
    assert euros.y[1] / euros.y[0] == pytest.approx(3)
    joined = [y for t in figure.data if t.mode == "lines" for y in t.y if y is not None]
    assert {*joined} <= {*hours.y, *euros.y} and len({*joined} & {*hours.y}) == 2
    assert [a.x for a in figure.layout.annotations if a.xref != "paper"] == [0, 3, 2, 3]
    gone = [t for t in figure.data if t.marker.symbol == theme.GAP_SYMBOLS["afgeschermd"]]
    assert [(list(t.x), list(t.y)) for t in gone] == [(["2020"], [1])]
    words = ["7,2 uur", "0,94 uur", "<b>Uren</b>", "€ 100", "€ 300", "<b>Euro</b>", "Lager is beter."]
    assert said(figure) == words


def cell(value: float | None, status: str = "definitief", **more: Any) -> dict[str, Any]:
    return {"waarde": value, "status": status, "periode": "2020", "boven": None, **more}


def test_the_answer_says_what_is_there_and_why_something_is_not() -> None:
    cells = {
        "inzet_uren_per_zaak": cell(13.0),
        "kosten_per_zaak": cell(970.0, "onvolledig"),
        "kosten_totaal": cell(None, "afgeschermd"),
    }
    text = effort_sentences.answer(cells, "Twente", "2020").replace("\xa0", " ")
    assert text.startswith("Twente, 2020. Aan een zaak werkten de vijf partners samen **ongeveer 13 uur**")
    assert "**ongeveer € 970** per zaak (onvolledig)." in text
    assert text.endswith("is hier niet te tonen: afgeschermd.")
    absent = effort_sentences.answer({"inzet_uren_per_zaak": None}, "Twente", "2020")
    assert "niet te tonen: afgeschermd" in absent


def test_a_fact_has_its_status_in_words_and_the_figure_before_it() -> None:
    html = effort_sentences.fact("Uren <zaak>", cell(13.0, "voorlopig"), cell(12.0, periode="2019"), "uren")
    assert "Uren &lt;zaak&gt;" in html and "13\xa0uur" in html and "voorlopig" in html and "2019: 12\xa0uur" in html
    hidden = effort_sentences.fact("Uren", cell(None, "afgeschermd"), None, "uren")
    assert "afgeschermd" in hidden and "tile-value" not in hidden


def test_the_text_of_a_picture_names_every_bar() -> None:
    text = effort_sentences.made_of(CELLS, "Uren naar partner", "uren").replace("\xa0", " ")
    assert text == (
        "Balken. Uren naar partner. Veilig Thuis: 7,2 uur; Politie: afgeschermd; Reclassering: 1,1 uur (voorlopig);"
        " Raad: 0,94 uur (onvolledig)."
    )


def test_the_shift_in_words() -> None:
    text = effort_sentences.shifted(SHARES, "aandeel_heel")
    assert text.startswith(
        "30% van het werk begon in de eerste 14 dagen (2022, onvolledig). Eerder was dat 10% (2021, voorlopig)."
    )
    assert "ongeveer 16% (14 van de 90 dagen)" in text
    one = effort_sentences.shifted(SHARES.head(1), "aandeel_heel")
    assert "Eerder" not in one
    assert "geen cijfer" in effort_sentences.shifted(SHARES.filter(status="afgeschermd"), "aandeel_heel")


@pytest.mark.parametrize(("polarity", "text"), [("neutral", ""), ("lower_is_better", "Lager is beter.")])
def test_which_way_is_better(polarity: str, text: str) -> None:
    assert effort_sentences.better({"polarity": polarity}) == text


def test_a_trend_of_amounts_or_without_a_margin_begins_at_zero() -> None:
    cells = CELLS.with_columns(
        label=pl.lit("Uren"), waarde=pl.Series([11.0, 12.0, 13.0, 13.0]), status=pl.lit("definitief")
    )
    limited = cells.with_columns(ondergrens=pl.col("waarde") - 1, bovengrens=pl.col("waarde") + 1)
    assert trend.trend(cells, "dagen").layout.yaxis.range[0] == 0
    assert trend.trend(limited, "uren").layout.yaxis.range[0] == 0
    assert trend.trend(limited, "dagen").layout.yaxis.range[0] == 10
