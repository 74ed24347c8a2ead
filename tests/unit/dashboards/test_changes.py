"""What changed since the publication before."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards import changes, queries
from dashboards.queries import DamagedPublication
from dashboards.sentences import news

DAY = date(2021, 12, 31)
NAMES = ["indicator", "regio", "periode", "waarde", "ondergrens", "bovengrens", "status"]
Row = tuple[str, str, str, float | None, float | None, float | None, str]


STATUSES = {"maand": pl.String, "verbeteractiviteit": pl.String, "regio": pl.String, "status": pl.String}


def cube(*rows: Row, statuses: Sequence[tuple[str, str, str, str]] = (), day: date = DAY) -> dict[str, pl.DataFrame]:
    schema = {name: pl.Float64 if name in NAMES[3:6] else pl.String for name in NAMES}
    cells = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        regio_niveau=pl.lit("vt_regio"),
        periode_soort=pl.when(pl.col("periode").str.contains("K")).then(pl.lit("kwartaal")).otherwise(pl.lit("jaar")),
        dimensie=pl.lit("totaal"),
        categorie=pl.lit("totaal"),
        peildatum=pl.lit(day),
    )
    return {"indicator_values": cells, "regio_status": pl.DataFrame(statuses, schema=STATUSES, orient="row")}


HIDDEN = (None, None, None, "afgeschermd")


def test_two_equal_cubes_differ_in_nothing() -> None:
    same = cube(("a", "twente", "2020", 0.5, 0.4, 0.6, "definitief"), ("a", "zeeland", "2020", *HIDDEN))
    found = changes.compare(same, same)
    assert found.nothing and found.moves.is_empty() and found.large == 0


def test_every_kind_of_change_is_counted_once() -> None:
    before = cube(
        ("a", "twente", "2020", 0.5, 0.4, 0.6, "voorlopig"),
        ("a", "zeeland", "2020", *HIDDEN),
        ("a", "friesland", "2020", 0.5, 0.4, 0.6, "definitief"),
        ("b", "twente", "2020", 0.5, 0.4, 0.6, "definitief"),
    )
    after = cube(
        ("a", "twente", "2020", 0.5, 0.4, 0.6, "definitief"),
        ("a", "zeeland", "2020", 0.5, 0.4, 0.6, "definitief"),
        ("a", "friesland", "2020", 0.52, 0.42, 0.6, "definitief"),
        ("a", "twente", "2021", 0.5, 0.4, 0.6, "definitief"),
        ("b", "twente", "2020", *HIDDEN),
    )
    found = changes.compare(before, after)
    assert found.counts.to_dicts() == [
        {"indicator": "a", "nieuw": 2, "anders": 1, "status": 1, "weg": 0},
        {"indicator": "b", "nieuw": 0, "anders": 0, "status": 0, "weg": 1},
    ]
    assert (found.total("nieuw"), found.total("weg")) == (2, 1)


def test_a_cell_that_is_gone_altogether_is_counted_too() -> None:
    found = changes.compare(cube(("a", "twente", "2020", 0.5, 0.4, 0.6, "definitief")), cube())
    assert found.total("weg") == 1


def test_only_moves_beyond_both_margins_are_large_and_the_largest_comes_first() -> None:
    before = cube(
        ("a", "twente", "2020", 0.5, 0.45, 0.55, "definitief"),
        ("a", "zeeland", "2020", 0.5, 0.3, 0.7, "definitief"),
        ("a", "friesland", "2020", 0.5, 0.49, 0.51, "definitief"),
        ("a", "drenthe", "2020", 0.5, None, None, "definitief"),
    )
    after = cube(
        ("a", "twente", "2020", 0.6, 0.56, 0.64, "definitief"),
        ("a", "zeeland", "2020", 0.6, 0.4, 0.8, "definitief"),
        ("a", "friesland", "2020", 0.6, 0.59, 0.61, "definitief"),
        ("a", "drenthe", "2020", 0.9, None, None, "definitief"),
    )
    found = changes.compare(before, after)
    assert found.large == 2 and found.moves["regio"].to_list() == ["friesland", "twente"]
    assert found.moves.row(0, named=True)["waarde_was"] == 0.5


def test_no_more_than_a_few_moves_are_shown() -> None:
    regions = [f"r{i}" for i in range(9)]
    before = cube(*(("a", r, "2020", 0.5, 0.49, 0.51, "definitief") for r in regions))
    after = cube(*(("a", r, "2020", 0.8, 0.79, 0.81, "definitief") for r in regions))
    found = changes.compare(before, after)
    assert (found.large, found.moves.height) == (9, changes.SHOWN)


def test_the_tables_before_are_those_of_the_number_before(sample_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home"))
    assert queries.tables_before(home, "0003") is None
    found = queries.tables_before(home, "0010")
    assert found is not None and found[0] == "0003"
    opened = queries.open_publication(home, "0003")
    assert found[1]["indicator_values"].height == opened.tables["indicator_values"].height
    path = home / "publications" / "0003" / "indicator_values.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DamagedPublication, match=r"indicator_values\.parquet"):
        queries.tables_before(home, "0010")


def test_a_publication_from_before_curves_has_none(sample_home: Path, publication: queries.Publication) -> None:
    assert publication.curves(indicator="herhaling_18_maanden", regio="nederland", periode="2019").height
    assert queries.OPTIONAL["curves"] == dict(publication.tables["curves"].schema)


def test_regions_that_changed_status_are_named_and_headlines_told() -> None:
    before = cube(
        ("a", "nederland", "2021-K1", 0.5, 0.4, 0.6, "definitief"),
        statuses=[("2021-03", "actieoverleg", "twente", "gepland"), ("2021-03", "actieoverleg", "zeeland", "actief")],
        day=date(2021, 3, 31),
    )
    after = cube(
        ("a", "nederland", "2021-K1", 0.5, 0.4, 0.6, "definitief"),
        ("a", "nederland", "2021-K2", 0.7, 0.6, 0.8, "definitief"),
        statuses=[("2021-06", "actieoverleg", "twente", "actief"), ("2021-06", "actieoverleg", "zeeland", "actief")],
    )
    found = changes.compare(before, after, [("a", "totaal")])
    assert found.statuses.rows() == [("actieoverleg", "actief", "twente")]
    assert found.headlines.rows() == [("a", "2021-K2", 0.7, "2021-K1", 0.5)]
    assert not found.older and changes.compare(after, before).older
    lines = [
        line.replace("\u00a0", " ") for line in news(found, {"twente": "Twente"}, {"a": "Op tijd"}, {"a": "aandeel"})
    ]
    assert lines == [
        "Actieoverleg is nu actief in Twente.",
        "Op tijd: van 50,0% (1e kwartaal 2021) naar 70,0% (2e kwartaal 2021).",
    ]
