from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from sample_publication import DIVISION, vouch

from dashboards import queries, texts
from dashboards.queries import DamagedPublication, NoPublication, Publication, Region


@pytest.fixture
def copy(sample_home: Path, tmp_path: Path) -> Path:
    """A home of one's own, to damage."""
    return Path(shutil.copytree(sample_home, tmp_path / "home"))


def test_the_pointer_names_the_current_publication(sample_home: Path) -> None:
    assert queries.current_number(sample_home) == "0003"


def test_an_empty_home_has_no_publication(tmp_path: Path) -> None:
    with pytest.raises(NoPublication):
        queries.current_number(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"publication": 3}', '{"publication": "../elders"}'])
def test_a_pointer_that_makes_no_sense_is_damage(tmp_path: Path, content: str) -> None:
    (tmp_path / "publications").mkdir()
    (tmp_path / "publications" / "current.json").write_text(content)
    with pytest.raises(DamagedPublication, match=r"current\.json"):
        queries.current_number(tmp_path)


@pytest.mark.parametrize(
    "name", ["indicator_values.parquet", "indicator_values.csv", "definitions.json", "regions.json"]
)
def test_one_changed_byte_is_damage(copy: Path, name: str) -> None:
    path = copy / "publications" / "0003" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedPublication, match=name):
        queries.open_publication(copy, "0003")


def test_a_missing_file_is_damage(copy: Path) -> None:
    (copy / "publications" / "0003" / "regio_status.parquet").unlink()
    with pytest.raises(DamagedPublication, match=r"regio_status\.parquet"):
        queries.open_publication(copy, "0003")


def test_a_file_that_the_manifest_does_not_vouch_for_is_not_read(copy: Path) -> None:
    path = copy / "publications" / "0003" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"]["regio_status.parquet"]
    path.write_text(json.dumps(manifest))
    vouch(path.parent)
    with pytest.raises(DamagedPublication, match=r"regio_status\.parquet"):
        queries.open_publication(copy, "0003")


@pytest.mark.parametrize("content", ["", "{}", "[1]"])
def test_a_broken_manifest_is_damage(copy: Path, content: str) -> None:
    (copy / "publications" / "0003" / "manifest.json").write_text(content)
    vouch(copy / "publications" / "0003")
    with pytest.raises(DamagedPublication, match=r"manifest\.json"):
        queries.open_publication(copy, "0003")


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sha256"])
def test_a_manifest_is_only_believed_with_its_digest(copy: Path, name: str) -> None:
    path = copy / "publications" / "0003" / name
    content = path.read_bytes()
    path.write_bytes(content[:8] + bytes([content[8] ^ 1]) + content[9:])
    with pytest.raises(DamagedPublication, match=r"manifest\.json"):
        queries.open_publication(copy, queries.current_number(copy))
    path.unlink()
    with pytest.raises(DamagedPublication, match=name):
        queries.open_publication(copy, queries.current_number(copy))


def test_a_publication_under_another_number_is_damage(copy: Path) -> None:
    (copy / "publications" / "0003").rename(copy / "publications" / "0002")
    with pytest.raises(DamagedPublication, match=r"manifest\.json"):
        queries.open_publication(copy, "0002")


def test_a_pointer_to_an_older_publication_is_noticed(copy: Path) -> None:
    older = copy / "publications" / "0002"
    shutil.copytree(copy / "publications" / "0003", older)
    manifest = json.loads((older / "manifest.json").read_text())
    (older / "manifest.json").write_text(json.dumps(manifest | {"publication": "0002"}))
    vouch(older)
    assert queries.open_publication(copy, "0002").number == "0002"
    pointer = copy / "publications" / "current.json"
    pointer.write_text(pointer.read_text().replace("0003", "0002"))
    with pytest.raises(DamagedPublication, match=r"current\.json"):
        queries.current_number(copy)


def test_a_lost_pointer_is_damage(copy: Path) -> None:
    (copy / "publications" / "current.json").unlink()
    with pytest.raises(DamagedPublication, match=r"current\.json"):
        queries.current_number(copy)


def test_an_open_publication_does_not_change_with_its_files(copy: Path) -> None:
    opened = queries.open_publication(copy, "0003")
    before = opened.cells(indicator="overlapgraad", regio="twente", periode_soort="jaar")
    shutil.rmtree(copy / "publications")
    assert opened.cells(indicator="overlapgraad", regio="twente", periode_soort="jaar").equals(before)


def test_cells_are_the_published_rows_and_nothing_else(publication: Publication, sample_home: Path) -> None:
    published = pl.read_parquet(sample_home / "publications" / "0003" / "indicator_values.parquet")
    keys = {"indicator": "actieoverleg_bereik", "regio": "zeeland", "periode_soort": "maand"}
    expected = published.filter(*(pl.col(name) == value for name, value in keys.items()))
    found = publication.cells(**keys)
    assert found.height == expected.height > 100
    found = found.drop("boven")
    assert found.sort(found.columns[:8]).equals(expected.select(found.columns).sort(found.columns[:8]))


def test_a_quantile_that_was_not_reached_tells_beyond_what(publication: Publication) -> None:
    cells = publication.cells(indicator="tijd_tot_eerste_afstemming")
    missed = cells.filter(pl.col("status") == "niet_bereikt")
    assert missed.height and set(missed["boven"]) == {90.0}
    assert cells.filter(pl.col("status") != "niet_bereikt")["boven"].drop_nulls().len() == 0


def test_the_status_of_a_total_is_that_of_its_cell(publication: Publication) -> None:
    assert publication.status_of("actieoverleg_dekking", "2021-12", "maand") == "voorlopig"
    assert publication.status_of("actieoverleg_dekking", "2020-12", "maand") == "definitief"
    assert publication.status_of("bestaat_niet", "2020-12", "maand") == "definitief"


def counted(*rows: tuple[str, float | None, int | None, str]) -> pl.DataFrame:
    """Cells of one series: period, value, n, status."""
    schema = {"periode": pl.String, "waarde": pl.Float64, "n": pl.Int64, "status": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


STEADY = [(f"201{i}", 0.06, n, "definitief") for i, n in enumerate((1800, 2100, 1900, 2000, 1900))]


@pytest.mark.parametrize(
    ("newest", "kept"),
    [
        ([("2020", 0.1, 42, "voorlopig")], "2014"),
        ([("2020", 0.1, 980, "voorlopig")], "2020"),
        ([("2020", 0.1, 42, "definitief")], "2020"),
        ([("2020", 0.1, 700, "voorlopig"), ("2021", 0.2, 40, "voorlopig")], "2014"),
        ([("2020", 0.1, 1900, "voorlopig"), ("2021", None, None, "afgeschermd")], "2020"),
        ([("2020", None, 1900, "niet_bereikt")], "2020"),
        ([("2020", None, 42, "niet_bereikt")], "2014"),
    ],
)
def test_a_newest_figure_on_far_fewer_units_than_usual_is_not_named(
    newest: list[tuple[str, float | None, int | None, str]], kept: str
) -> None:
    found = queries.newest_figure(counted(*STEADY, *newest))
    assert found and found["periode"] == kept


def test_a_first_figure_has_nothing_to_be_compared_with() -> None:
    found = queries.newest_figure(counted(("2020", 0.1, 42, "voorlopig")))
    assert found and found["periode"] == "2020"
    assert queries.newest_figure(counted(("2020", None, None, "afgeschermd"))) is None


def test_mostly_hidden_is_more_than_half() -> None:
    hidden, shown = ("2020", None, None, "afgeschermd"), ("2021", 0.1, 42, "definitief")
    assert queries.mostly_hidden(counted(hidden, hidden, shown))
    assert not queries.mostly_hidden(counted(hidden, shown))


def test_regions_come_in_the_order_of_the_region_list(publication: Publication) -> None:
    cells = publication.cells(
        indicator="overlapgraad", regio_niveau="vt_regio", periode_soort="jaar", periode="2021", dimensie="totaal"
    )
    assert cells["regio"].to_list() == [r.code for r in DIVISION.vt_regios]


def test_periods_and_levels(publication: Publication) -> None:
    assert publication.periods("overlapgraad", "kwartaal")[:2] == ["2019-K1", "2019-K2"]
    assert publication.levels("overlapgraad") == ["land", "arrondissement", "vt_regio"]
    assert publication.levels("actieoverleg_dekking") == ["land"]


def test_the_map_has_every_region_once(publication: Publication) -> None:
    assert publication.status_map("actieoverleg", "2020-12")["regio"].to_list() == [r.code for r in DIVISION.vt_regios]
    assert publication.status_map("hg_vt_zsm", "2020-12")["regio"].to_list() == [
        r.code for r in DIVISION.arrondissementen
    ]


def test_since_is_the_month_of_the_last_change() -> None:
    rows = [("2020-01", "gepland"), ("2020-02", "actief"), ("2020-03", "gepland"), ("2020-04", "gepland")]
    table = pl.DataFrame(
        [(month, "actieoverleg", "vt_regio", "twente", status) for month, status in rows],
        schema=["maand", "verbeteractiviteit", "regio_niveau", "regio", "status"],
        orient="row",
    )
    opened = Publication(
        "0001", Path(), {}, {}, [Region("twente", "Twente", "vt_regio", "oost_nederland", [])], {"regio_status": table}
    )
    assert opened.status_map("actieoverleg", "2020-04").row(0, named=True) == {
        "regio": "twente",
        "naam": "Twente",
        "regio_niveau": "vt_regio",
        "status": "gepland",
        "sinds": "2020-03",
    }
    assert opened.status_map("actieoverleg", "2020-02")["sinds"].to_list() == ["2020-02"]


def test_regions_counted_on_the_map_are_the_published_coverage(publication: Publication) -> None:
    counted = {
        (row["maand"], row["status"]): row["aantal"]
        for row in publication.status_counts("actieoverleg").iter_rows(named=True)
    }
    cells = publication.cells(indicator="actieoverleg_dekking", periode_soort="maand", dimensie="status")
    assert cells.height == 36 * 4
    for row in cells.iter_rows(named=True):
        assert counted.get((row["periode"], row["categorie"]), 0) == row["teller"]


def test_splits_begin_with_the_plain_one(publication: Publication) -> None:
    words = texts.get("splits")
    assert [s.dimension for s in publication.splits("herhaling_18_maanden", words)] == [
        "totaal",
        "met_actieoverleg",
        "praktijklocatie",
        "aard_geweld",
        "soort",
    ]
    assert [s.dimension for s in publication.splits("tijd_tot_eerste_afstemming", words)] == ["kwantiel", "aard_geweld"]


def test_split_cells_follow_the_order_of_the_categories(publication: Publication) -> None:
    split = publication.splits("actieoverleg_dekking", texts.get("splits"))[1]
    cells = publication.cells(indicator="actieoverleg_dekking", periode_soort="jaar", periode="2020")
    assert queries.split_cells(cells, split)["label"].to_list() == ["Geen", "In afweging", "Gepland", "Actief"]


def test_a_quantile_by_a_dimension_is_picked_by_its_suffix(publication: Publication) -> None:
    split = publication.splits("tijd_tot_eerste_afstemming", texts.get("splits"))[1]
    cells = publication.cells(
        indicator="tijd_tot_eerste_afstemming", regio="nederland", periode_soort="jaar", periode="2020"
    )
    found = queries.split_cells(cells, split, "p90")
    assert found["categorie"].to_list() == [f"{code}:p90" for code in split.labels]
    assert found["label"].to_list() == list(split.labels.values())


@pytest.mark.parametrize(
    ("statuses", "chosen"),
    [
        (["definitief", "definitief", "voorlopig"], "2020"),
        (["onvolledig", "voorlopig", "voorlopig"], "2021"),
        (["definitief", "afgeschermd", "afgeschermd"], "2019"),
        (["afgeschermd", "afgeschermd", "niet_rijp"], None),
    ],
)
def test_the_headline_is_the_newest_final_figure(statuses: list[str], chosen: str | None) -> None:
    hidden = ("afgeschermd", "niet_rijp")
    cells = pl.DataFrame(
        {
            "periode": ["2019", "2020", "2021"],
            "waarde": [None if s in hidden else 0.5 for s in statuses],
            "n": [100] * 3,
            "status": statuses,
        },
        schema_overrides={"waarde": pl.Float64},
    )
    cell = queries.headline_cell(cells)
    assert (cell["periode"] if cell else None) == chosen
