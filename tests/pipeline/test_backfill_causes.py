"""Why a figure comes out otherwise when months are taken again, and what explains one that stands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from backfill_country import (
    CORRECTED,
    LAST,
    LEFT_OUT,
    NOW,
    ON_TIME,
    PUBLISHED,
    cell_of,
    changed_definition,
    correct,
    foresee,
    hidden_in,
    made,
    scan,
    send_late,
    send_new_month,
    take,
    without_suite,
)
from merger import NEW, OLD, merged

from data_contracts.loader import contracts
from indicators import geography
from indicators.disclosure import earlier
from indicators.model import definitions
from pipelines import (
    causes,
    compute,
    difference,
    explain,
    preview,
    printed,
    publication,
    recompute,
    telling,
)
from pipelines.backfill import Request
from pipelines.dagster_shell.run import run_backfill
from pipelines.home import Home
from pipelines.ledger import Ledger


@pytest.fixture(scope="module", autouse=True)
def quicker() -> Iterator[None]:
    with without_suite():
        yield


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("achteraf") / "huis")


def test_as_known_at_an_earlier_month(home: Home) -> None:
    """What was published then comes out again, until a correction of an earlier month is known, but for what the
    publication in between hid for others: that stays hidden."""
    send_late(home)
    send_new_month(home)
    take(home)
    publication.publish(home, NOW)
    again = publication.publish(home, NOW, until=PUBLISHED)
    found = causes.between_publications(home, "0001", again.number)
    between = pl.col("oorzaken").list.contains(difference.BETWEEN)
    assert set(found.filter(~between)["oorzaken"].explode()) == {difference.LATE}
    stays = found.filter(between)
    assert stays.height > 0 and stays["n_was"].null_count() == 0 and stays["n_wordt"].null_count() == stays.height
    assert hidden_in(home, "0002", stays) == stays.height
    back = causes.between_publications(home, "0002", again.number)
    assert set(back["oorzaken"].explode()) == {difference.EARLIER}


def test_a_figure_that_stands_is_explained_by_the_publication_that_printed_it(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(home)
    take(home)
    publication.publish(home, NOW)
    exact = compute.stored(home).read("indicator_values").filter(indicator=ON_TIME)
    said = publication.said_after(home, "0002").cells.filter(indicator=ON_TIME)
    beside = said.join(exact.select(*earlier.KEY, pl.col("n").alias("nu")), on=earlier.KEY)
    changed = beside.filter(pl.col("nu") != pl.col("exact_eenheden"))
    stands = changed.filter(pl.col("waarom").is_null()).row(0, named=True)
    found = explain.explain(home, "0002", cell_of(stands))
    assert found.stands and found.is_equal and found.since.publication == stands["sinds"] == "0001"
    assert found.exact["n"] == stands["exact_eenheden"] and found.exact_now["n"] == stands["nu"]
    assert {d["number"] for d in found.deliveries if d["month"] == CORRECTED} == {1}
    told = "\n".join(telling.explanation(found))
    assert "staat er zo sinds publicatie 0001" in told and "exact toen, niet voor publicatie" in told

    moved = said.filter((pl.col("sinds") == "0002") & pl.col("waarom").is_null()).row(0, named=True)
    found = explain.explain(home, "0002", cell_of(moved))
    assert not found.stands and found.is_equal and found.exact_now is None
    assert 2 in {d["number"] for d in found.deliveries if d["month"] == CORRECTED}


def test_what_was_hidden_before_says_since_when(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    correct(home)
    take(home)
    publication.publish(home, NOW)
    shown = publication.said_after(home, "0002").cells.filter(
        (pl.col("indicator") == ON_TIME) & pl.col("waarom").is_null()
    )
    cell = cell_of(shown.row(0, named=True))
    real = publication.said_after
    hidden = dict.fromkeys(earlier.FIGURES) | {"waarom": earlier.BY_RULE, "voorgoed": True}
    mine = pl.all_horizontal(pl.col(name) == value for name, value in vars(cell).items())

    def hidden_before(home: Home, number: str | None) -> printed.Said:
        said = real(home, number)
        if number != "0002":
            return said
        columns = [pl.when(mine).then(pl.lit(value)).otherwise(name).alias(name) for name, value in hidden.items()]
        return replace(said, cells=said.cells.with_columns(columns))

    monkeypatch.setattr(publication, "said_after", hidden_before)
    send_late(home)
    take(home)
    made = publication.publish(home, NOW)
    found = explain.explain(home, made.number, cell)
    assert (found.printed["status"], found.since.hidden, found.since.for_good) == ("afgeschermd", "eerder", True)
    assert found.is_equal and telling.FOR_GOOD in "\n".join(telling.explanation(found))


def test_what_was_printed_in_between_is_a_cause_of_its_own(home: Home) -> None:
    """Most of a month was left out, and came back but for a few records."""
    (file,) = home.inbox.glob(f"veilig_thuis/meldingen/{CORRECTED}.*")
    right = file.read_bytes().splitlines(keepends=True)
    third = len(right) // 3
    for content in (right[:third], right[:third] + right[third + LEFT_OUT :]):
        file.write_bytes(b"".join(content))
        take(home)
        publication.publish(home, NOW)
    correct(home, "2020-06")
    take(home)
    publication.publish(home, NOW)
    found = causes.between_publications(home, "0001", "0004")
    assert set(found["oorzaken"].explode()) == {difference.BETWEEN, difference.CORRECTED}
    between = found.filter(pl.col("oorzaken").list.contains(difference.BETWEEN))
    assert CORRECTED in between["periode"].to_list()


def test_a_changed_definition_is_a_cause_of_its_own(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(home, part=0.8)
    changed_definition(tmp_path)(monkeypatch)
    made = foresee(home)
    mine = made.changes.filter(indicator=ON_TIME)
    assert {cause for listed in mine["oorzaken"] for cause in listed} == {difference.DEFINITION, difference.CORRECTED}
    others = made.changes.filter(pl.col("indicator") != ON_TIME)
    assert set(others["oorzaken"].explode()) == {difference.CORRECTED}


def test_regions_that_merge_are_a_cause_of_their_own(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two regions merge in the new month: what was one of them, and how many regions there are, changes by that."""
    send_new_month(home)
    regions = merged(tmp_path, date(2021, 5, 1))
    monkeypatch.setattr(geography, "listed", lambda: regions)
    monkeypatch.setattr(causes, "code_version", lambda: publication.read_manifest(home, "0001")["code_version"])
    found = foresee(home).changes
    by_division = found.filter(pl.col("oorzaken").list.contains(difference.DIVISION))
    mine = pl.col("regio").is_in([*OLD, NEW])
    assert set(by_division.filter(mine)["regio"]) == {*OLD, NEW}
    by_others = found.filter(mine).join(by_division, on=difference.KEY, how="anti")
    assert set(by_others["periode"]) == {LAST}
    # Elsewhere a cell can be hidden or shown for what the gate hides beside it; no figure becomes another.
    others = by_division.filter(~mine & pl.col("n_was").is_not_null() & pl.col("n_wordt").is_not_null())
    assert set(others["indicator"]) <= {d.id for d in definitions().values() if d.kind == "coverage"} | {
        d.id for d in definitions().values() if "praktijklocatie" in {x.name for x in d.dimensions}
    }
    take(home)
    publication.publish(home, NOW)
    assert causes.between_publications(home, "0001", "0002").equals(found)


def test_regions_that_turn_out_to_have_merged_before(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of regions is mended for the past: not the code, but the division is why."""
    regions = merged(tmp_path, date(2020, 3, 1))
    monkeypatch.setattr(geography, "listed", lambda: regions)
    monkeypatch.setattr(causes, "code_version", lambda: "9.9.9+ander")
    found = foresee(home).changes
    mine = found.filter(pl.col("regio").is_in([*OLD, NEW]))
    assert not mine.is_empty() and set(mine["oorzaken"].explode()) == {difference.DIVISION}


def test_other_code_is_named_where_it_changes_a_figure(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "code_version", lambda: "9.9.9+ander")
    assert foresee(home).changes.is_empty()
    real = recompute.everything

    def hiding(*given: object, **named: object) -> recompute.Recomputed:
        made = real(*given, **named)
        kept = pl.col("indicator") != "in_beeld_voor_acuut"
        figures = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
        status = pl.when(kept).then("status").otherwise(pl.lit("afgeschermd")).alias("status")
        hidden = made.cube.with_columns(*(pl.when(kept).then(name).alias(name) for name in figures), status)
        return replace(made, cube=hidden)

    monkeypatch.setattr(recompute, "everything", hiding)
    assert set(foresee(home).changes["oorzaken"].explode()) == {difference.CODE}


def test_a_changed_contract_is_judged_again_by_a_backfill_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "politie/incidenten"
    monkeypatch.setitem(contracts(), name, replace(contracts()[name], digest="0" * 64))
    take(home)
    with Ledger.open(home) as ledger:
        assert {d.number for d in ledger.all() if d.name == name} == {1}
    request = Request.of("2020-01", "2020-03")
    made = foresee(home, request)
    assert [(r["feed"], r["month"], r["why"]) for r in made.record["reads"]] == [
        (name, month, preview.CONTRACT) for month in ("2020-01", "2020-02", "2020-03")
    ]
    # The inbox may be emptied: the bytes that were kept are judged.
    shutil.rmtree(home.inbox)
    home.inbox.mkdir()
    again = foresee(home, request)
    assert again.record["reads"] == made.record["reads"]
    run_backfill(home, request, scan(home), "tester", again.number)
    with Ledger.open(home) as ledger:
        assert {d.month for d in ledger.all() if d.number == 2} == {"2020-01", "2020-02", "2020-03"}
    assert foresee(home, request).record["reads"] == []
