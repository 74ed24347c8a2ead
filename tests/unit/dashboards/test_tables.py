from __future__ import annotations

import polars as pl

from dashboards import tables
from indicators.explanation import Records

CELLS = pl.DataFrame(
    {
        "indicator": ["overlapgraad"] * 3,
        "regio": ["twente"] * 3,
        "periode": ["2020-K1", "2020-K2", "2020-K3"],
        "dimensie": ["totaal"] * 3,
        "label": ["Alles samen"] * 3,
        "n": [1232, None, 112],
        "teller": [12.5, None, 3.0],
        "noemer": [100.0, None, 112.0],
        "waarde": [0.125, None, 0.0268],
        "ondergrens": [0.1, None, 0.01],
        "bovengrens": [0.15, None, 0.05],
        "eenheid": ["aandeel"] * 3,
        "status": ["definitief", "afgeschermd", "voorlopig"],
        "peildatum": ["2021-12-31"] * 3,
    }
)


def test_rows_say_value_status_margin_and_count() -> None:
    rows = tables.figure_rows(CELLS, ["periode"], "aandeel")
    assert rows[0][0] == "1e kwartaal 2020"
    assert rows[0][1] == "12,5%" and rows[0][3:] == ["10,0% tot 15,0%", "1.232"]
    assert "voorlopig" in rows[2][2]


def test_a_hidden_figure_is_a_sign_and_a_word_and_nothing_else() -> None:
    row = tables.figure_rows(CELLS, ["periode"], "aandeel")[1]
    assert "✕" in row[2] and "afgeschermd" in row[2]
    assert [row[i] for i in (1, 3, 4)] == ["", "", ""]


def test_a_row_names_the_published_cell_that_it_is() -> None:
    cells = CELLS.with_columns(regio_niveau=pl.lit("vt_regio"), periode_soort=pl.lit("kwartaal"), categorie=pl.lit("<"))
    status = tables.figure_rows(cells, ["periode"], "aandeel")[2][2]
    assert status.startswith('<data value="overlapgraad|vt_regio|twente|kwartaal|2020-K3|totaal|&lt;">')
    assert "<data" not in tables.figure_rows(CELLS, ["periode"], "aandeel")[2][2]


def test_a_table_has_a_caption_and_headers_of_both_kinds() -> None:
    html = tables.table("Cijfers & zo", ["Regio", "Cijfer"], [["Twente", "1"]], numeric=[1])
    assert "<caption>Cijfers &amp; zo</caption>" in html
    assert '<th scope="col">Regio</th>' in html and '<th scope="row">Twente</th>' in html
    assert '<td class="num">1</td>' in html


def test_what_comes_from_outside_is_escaped() -> None:
    html = tables.records(Records("x", ["naam", "<b>"], [["<script>alert(1)</script>", "ja"]]))
    assert "<script>" not in html and "<b>" not in html and "ja" in html


def test_the_map_table_tells_status_in_words_and_since_when() -> None:
    regions = pl.DataFrame(
        {"naam": ["Twente", "Zeeland"], "status": ["actief", "afweging"], "sinds": ["2020-03", "2019-01"]}
    )
    rows = tables.status_rows(regions, "2019-01")
    assert "Actief" in rows[0][1] and rows[0][2] == "mrt 2020"
    assert "In afweging" in rows[1][1] and rows[1][2] == "jan 2019 of eerder"


def test_a_verdict_is_a_column_of_the_table() -> None:
    rows = tables.figure_rows(CELLS, ["periode"], "aandeel")
    html = tables.figure_table("x", ["Periode"], rows, ["duidelijk <beter>", "", "mogelijk lager"])
    assert '>Cijfer</th><th scope="col">Naast Nederland</th><th scope="col">Status</th>' in html
    assert '<td class="num">12,5%</td><td>duidelijk &lt;beter&gt;</td><td><span' in html
    assert '<td class="num">2,7%</td><td>mogelijk lager</td>' in html and '<td class="num">1.232</td></tr>' in html
    assert "Naast Nederland" not in tables.figure_table("x", ["Periode"], rows)
