"""The stewards' folder and what the page says of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
import sample_quality
from sample_publication import months, vouch

from dashboards import data_quality, quality_sentences, queries, texts
from dashboards.charts import quality as charts
from dashboards.data_quality import DataQuality, NoDataQuality, open_data_quality
from dashboards.heat_table import Cell, Row, heat_table, legend

MELDINGEN, INZET, TARIEVEN, TRAJECTEN = (
    *("veilig_thuis/meldingen", "politie/inzet"),
    *("landelijk_netwerk/tarieven", "reclassering/trajecten"),
)


@pytest.fixture(scope="module")
def quality(publication: queries.Publication) -> DataQuality:
    return open_data_quality(publication)


@pytest.fixture
def copied(sample_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_home, tmp_path / "home")
    return tmp_path / "home"


def said(quality: DataQuality, feed: str) -> str:
    return " ".join(quality_sentences.of_feed(quality, quality.feeds[feed]))


def changed(quality: DataQuality, **values: pl.Expr) -> DataQuality:
    return DataQuality(quality.feeds, quality.figures.with_columns(**values), quality.last_month)


# ---- opening -----------------------------------------------------------------------------------------------------


def test_the_public_pages_never_open_the_stewards_folder(copied: Path) -> None:
    shutil.rmtree(copied / "publications" / "0003" / "stewards")
    publication = queries.open_publication(copied, "0003")
    with pytest.raises(queries.DamagedPublication, match="data_quality"):
        open_data_quality(publication)


def test_a_changed_file_is_not_shown(copied: Path) -> None:
    file = copied / "publications" / "0003" / "stewards" / "feeds.json"
    file.write_bytes(file.read_bytes().replace(b"Inzet", b"Onzin"))
    with pytest.raises(queries.DamagedPublication, match=r"stewards/feeds\.json"):
        open_data_quality(queries.open_publication(copied, "0003"))


def test_an_older_publication_has_none(copied: Path) -> None:
    path = copied / "publications" / "0003" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = {n: d for n, d in manifest["files"].items() if not n.startswith("stewards/")}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    vouch(path.parent)
    with pytest.raises(NoDataQuality):
        open_data_quality(queries.open_publication(copied, "0003"))


# ---- picking -----------------------------------------------------------------------------------------------------


def test_feeds_come_by_partner_and_months_from_the_first_delivery(quality: DataQuality) -> None:
    assert list(quality.feeds) == [MELDINGEN, INZET, TRAJECTEN, TARIEVEN]
    assert quality.months == months()
    early = changed(quality, maand=pl.when(maat="koppeling").then(pl.lit("2001-01")).otherwise("maand"))
    assert early.months == months()
    assert early.series(MELDINGEN, "koppeling").is_empty()


def test_a_delivery_is_one_row_whatever_was_missing(quality: DataQuality) -> None:
    found = quality.deliveries
    assert found.height == 2 * len(months()) + 1
    missing = found.filter(levering="ontbreekt").to_dicts()
    assert missing == [
        {"naam": INZET, "maand": months()[sample_quality.MISSING], "levering": "ontbreekt", "rijen": None,
         "in_quarantaine": None}
    ]  # fmt: skip
    assert set(found.filter(maand=months()[0])["levering"]) == {"achteraf"}


def test_counts_add_up_over_the_last_year(quality: DataQuality) -> None:
    parts = [390 - i for i in range(24, 36)]
    assert quality.recent(MELDINGEN, "koppeling", "melding_incident") == (sum(parts), 400 * 12)


def test_a_column_that_runs_empty_stands_out_unless_there_are_few_rows(quality: DataQuality) -> None:
    (found,) = quality.unusually_filled(MELDINGEN)
    assert (found["onderdeel"], found["waarde"], found["gewoon"]) == ("besluit", 0.3, 0.9)
    assert not quality.unusually_filled(INZET)
    few = changed(quality, noemer=pl.when(maat="gevuld").then(pl.lit(29.0)).otherwise("noemer"))
    assert not few.unusually_filled(MELDINGEN)


def test_rules_that_nothing_broke_are_left_out(quality: DataQuality) -> None:
    assert quality.broken_rules(INZET, "in_quarantaine") == ["uren_passen"]
    assert quality.broken_rules(MELDINGEN, "waarschuwing") == ["gezin_gewijzigd"]
    assert quality.broken_rules(TARIEVEN, "in_quarantaine") == []


# ---- sentences ---------------------------------------------------------------------------------------------------


def test_the_headline_counts_what_was_due_in_the_newest_month(quality: DataQuality) -> None:
    assert quality_sentences.headline(quality) == "1 van de 2 leveringen over december 2021 kwamen op tijd"
    text = quality_sentences.standing_out(quality)
    assert "Te laat over deze maand: Inzet (politie)." in text
    assert "95,8% op tijd" in text
    assert "Nog nooit geaccepteerd: Trajecten (reclassering)." in text
    assert "Meldingen bij Veilig Thuis in oktober 2021: 6%" in text
    nothing = DataQuality(quality.feeds, quality.figures.clear(), "2021-12")
    assert "geen levering" in quality_sentences.headline(nothing)
    assert quality_sentences.standing_out(nothing) == ""


def test_what_is_missing_now_is_named(quality: DataQuality) -> None:
    gone = changed(quality, onderdeel=pl.when(maat="op_tijd", maand="2021-12").then(pl.lit("ontbreekt"))
                   .otherwise("onderdeel"))  # fmt: skip
    text = quality_sentences.standing_out(gone)
    assert "Nog niet ontvangen over deze maand: Meldingen bij Veilig Thuis en Inzet (politie)." in text
    assert "ontbreken 2 leveringen" in text


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        (INZET, "Op tijd: 31 van de 34 leveringen (uiterlijk op de 10e werkdag van de volgende maand)."),
        (INZET, "Te laat: juni 2019 en december 2021."),
        (INZET, "Achteraf geleverd: januari 2019 en februari 2019."),
        (INZET, "Ontbreekt: september 2019."),
        (INZET, "In juli 2021 kwamen 1.500 rijen: meer dan gewoonlijk (900 tot 1.100)."),
        (INZET, "het meest in oktober 2021 (6%). Vooral hierom: De uren passen niet."),
        (INZET, "Geen enkele gebeurtenis ('Begonnen op') lag in de laatste twaalf maanden voor de eerste zaak"),
        (INZET, "Van de inzet had 0,4% geen tarief"),
        (MELDINGEN, "De kolom 'Besluit' was in december 2021 voor 30% gevuld; gewoonlijk is dat 90%."),
        (MELDINGEN, "vond 90,1% het incident van hetzelfde gezin"),
        (TARIEVEN, "Achteraf geleverd: januari 2019."),
        (TRAJECTEN, "Van deze levering is nog niets geaccepteerd."),
    ],
)
def test_what_stands_out_is_said(quality: DataQuality, feed: str, words: str) -> None:
    assert words in said(quality, feed)


def test_what_is_well_is_said_too(quality: DataQuality) -> None:
    clean = changed(quality, teller=pl.when(pl.col("maat").is_in(["in_quarantaine", "zonder_tarief"])).then(0.0)
                    .otherwise("teller"))  # fmt: skip
    assert "geen enkele rij afgekeurd" in said(clean, INZET)
    assert "had alle inzet een tarief" in said(clean, INZET)
    low = changed(quality, waarde=pl.when(onderdeel="ontvangen").then(100.0).otherwise("waarde"))
    assert "minder dan gewoonlijk" in said(low, INZET)


def test_many_late_months_are_counted(quality: DataQuality) -> None:
    late = changed(quality, onderdeel=pl.when(maat="op_tijd").then(pl.lit("te_laat")).otherwise("onderdeel"))
    assert "oktober 2021, november 2021, december 2021 en nog 33 eerder" in said(late, MELDINGEN)


# ---- pictures ----------------------------------------------------------------------------------------------------


def test_a_cell_says_in_words_what_its_colour_says(quality: DataQuality) -> None:
    by_kind = {row["levering"]: row for row in quality.deliveries.sort("maand").to_dicts()}
    words = {kind: quality_sentences.delivery_words(row) for kind, row in by_kind.items()}
    assert words["ontbreekt"] == "ontbreekt"
    assert words["op_tijd"] == "op tijd, 1.002 rijen, 0,3% afgekeurd"
    assert quality_sentences.delivery_words({"levering": "op_tijd", "rijen": 0.0, "in_quarantaine": None}) == (
        "op tijd, geen rijen"
    )


def test_a_heat_table_is_a_table_for_who_hears_it() -> None:
    cell = Cell("!", "januari 2021: te laat & <laat>", "heat-te_laat", 2)
    html = heat_table("Bij<schrift>", "Levering", ["2020-12", "2021-01"], [Row("Inzet", {"2021-01": cell}, "Politie")])
    assert "Bij&lt;schrift&gt;" in html and "<laat>" not in html
    assert html.count('scope="col"') == 3 and html.count('scope="colgroup"') == 2
    assert '<th scope="rowgroup">Politie</th>' in html and '<th scope="row">Inzet</th>' in html
    assert '<span class="heard">januari 2021: te laat &amp; &lt;laat&gt;</span>' in html
    assert "heat-te_laat heat-bar-2" in html and '<td class="heat-none"></td>' in html
    assert 'tabindex="0"' in html and 'role="region"' in html
    assert legend([(cell, "te laat")]).count("<li>") == 1


def test_a_month_with_an_unusual_number_of_rows_has_another_shape(quality: DataQuality) -> None:
    cells = quality.volume(INZET)
    assert cells.height == len(months()) and cells["waarde"].null_count() == 1
    figure = charts.volume(cells)
    shapes = {trace.marker.symbol: list(trace.x) for trace in figure.data if trace.mode == "markers"}
    assert shapes["diamond"] == [months()[sample_quality.PEAK]]
    assert len(shapes["circle"]) == len(months()) - 2
    band = [trace for trace in figure.data if trace.fill == "tonexty"]
    assert len(band) == 1 and band[0].x[0] == months()[6]
    alternative = quality_sentences.volume_alternative(cells, quality.feeds[INZET])
    assert "meer of minder dan gewoonlijk: 1." in alternative


def test_a_share_has_a_gap_where_nothing_was_counted(quality: DataQuality) -> None:
    cells = quality.series(INZET, "zonder_tarief", "rijen")
    figure = charts.share(cells, quality.months)
    assert figure.data[0].y[sample_quality.MISSING] is None
    assert figure.data[0].y[0] == 0.004
    assert "(4 van 1.000)" in figure.data[0].customdata[0]
    assert "van 0,4% in januari 2019" in quality_sentences.share_alternative(cells, "Zonder tarief")


def test_links_come_in_order_with_their_titles(quality: DataQuality) -> None:
    assert quality.links(INZET) == [
        ("voor_eerste_zaak", "begonnen_op"), ("zonder_tarief", "rijen"), ("zonder_tarief", "uren"),
    ]  # fmt: skip
    titles = [quality_sentences.link_title(quality.feeds[INZET], *link) for link in quality.links(INZET)]
    assert titles == ["Telt bij geen zaak mee (naar 'Begonnen op')", "Zonder tarief (rijen)", "Zonder tarief (uren)"]


def test_every_kind_of_delivery_has_its_words() -> None:
    for path in ("on_time", "legend"):
        assert set(data_quality.ON_TIME) <= set(texts.get(f"datakwaliteit.{path}"))
