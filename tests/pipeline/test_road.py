"""The road as a whole: one Dagster run, nothing done twice, publications that stay as they are."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from merger import NEW, OLD, merged
from small_inbox import work

from dashboards import queries
from dashboards.charts.status_map import status_map
from data_contracts.loader import contracts
from indicators import geography
from indicators.attack import Published
from indicators.calendar import months_between
from indicators.disclosure import Protected
from indicators.gate import Gated, gate
from indicators.model import PARTNER_FEEDS, definitions
from indicators.statistics import periods_of
from indicators.values import SCHEMA
from pipelines import cli, compute, publication, quality
from pipelines.dagster_shell import assets, freshness, instance
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.storage import DamagedFile


def digests(home: Home) -> dict[str, object]:
    """All files, the inbox too."""
    dropped = (path for path in sorted(home.inbox.rglob("*")) if path.is_file())
    return {
        **work(home),
        **{str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in dropped},
    }


def test_a_second_run_changes_no_byte_and_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(home)
    assert cli.run(["run", "--home", str(home.root)]) == 0
    assert digests(home) == before
    assert "niets te doen" in capsys.readouterr().out


def test_the_run_stands_in_dagster_with_every_feed_rule_and_indicator(delivered: Home) -> None:
    with dg.DagsterInstance.from_config(str(instance.prepare(delivered))) as dagster:
        (run,) = dagster.get_runs()
        assert run.status == dg.DagsterRunStatus.SUCCESS
        events = [e.dagster_event for e in dagster.all_logs(run.run_id) if e.dagster_event is not None]
        made = {e.asset_key for e in events if e.asset_key}
        checks = [
            e.asset_check_evaluation_data for e in events if e.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ]
    for contract in contracts().values():
        assert assets.feed_key(contract) in made
    for name in definitions():
        assert dg.AssetKey(["indicatoren", name]) in made
    assert assets.QUALITY in made
    written = sum(not rule.derived for c in contracts().values() for rule in c.rules)
    # A check a rule, one for what follows from the columns, and for partners one on time of delivery.
    assert len(checks) == written + len(contracts()) + len(PARTNER_FEEDS)
    # The fictitious partners make mistakes, and the checks show them with their figures.
    failed = [c for c in checks if not c.passed and c.check_name != freshness.CHECK]
    assert failed and all(
        c.metadata["rijen"].value > 0 for c in failed if c.metadata["niveau"].value.startswith("Rijen")
    )


def test_a_corrected_month_is_taken_alone_and_gives_the_next_publication(home: Home) -> None:
    file = home.inbox / "veilig_thuis" / "meldingen" / "2020-05.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8", newline="")
    first = publication.current(home)
    assert first is not None
    untouched = digests(home)
    assert cli.run(["run", "--home", str(home.root)]) in (0, 1)
    second = publication.current(home)
    assert second is not None and (first.number, second.number) == ("0001", "0002")
    after = digests(home)
    assert {k: v for k, v in after.items() if k.startswith("publications/0001/")} == {
        k: v for k, v in untouched.items() if k.startswith("publications/0001/")
    }
    changed = [d for d in second.manifest["deliveries"] if d not in first.manifest["deliveries"]]
    assert [(d["partner"], d["feed"], d["month"], d["number"]) for d in changed] == [
        ("veilig_thuis", "meldingen", "2020-05", 2)
    ]


def test_a_real_publication_is_attacked_next_to_those_before_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are whole, oldest first; a damaged one is passed over, since a new publication is the remedy."""
    attacked_with: list[list[date]] = []

    def noted(leaving: Protected, shown: Callable[[Protected], Published], earlier: Iterable[Published], *,
              thorough: bool) -> Gated:  # fmt: skip
        assert thorough
        attacked_with.append([before.peildatum for before in earlier])
        return gate(leaving, shown, thorough=False)

    monkeypatch.setattr(Home, "is_fictitious", property(lambda _: False))
    monkeypatch.setattr(publication, "gate", noted)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    publication.publish(home, now, "2020-05")
    file = home.publications / "0001" / publication.CUBE
    file.write_bytes(file.read_bytes()[:-1])
    publication.publish(home, now, "2020-04")
    assert attacked_with == [[date(2020, 6, 30)], [date(2020, 5, 31)]]


def test_the_manifest_names_everything_a_figure_was_made_of(delivered: Home) -> None:
    made = publication.current(delivered)
    assert made is not None
    manifest = made.manifest
    assert manifest["peildatum"] == "2020-06-30"
    assert manifest["indicators"] == {d.id: d.version for d in definitions().values()}
    assert {name: c["digest"] for name, c in manifest["contracts"].items()} == {
        name: c.digest for name, c in contracts().items()
    }
    named = {f"{d['partner']}/{d['feed']}" for d in manifest["deliveries"]}
    assert named >= set(PARTNER_FEEDS)
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((made.folder / name).read_bytes()).hexdigest() == digest
    there = {p.relative_to(made.folder).as_posix() for p in made.folder.rglob("*") if p.is_file()}
    assert there == {*manifest["files"], "manifest.json", "manifest.sha256"}


def test_what_is_published_is_a_complete_protected_cube(delivered: Home) -> None:
    made = publication.current(delivered)
    assert made is not None
    cube = pl.read_parquet(made.folder / "indicator_values.parquet")
    assert cube.schema == pl.Schema(SCHEMA)
    exact = compute.stored(delivered)
    assert exact is not None
    table = exact.read("indicator_values")
    key = ["indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]
    assert cube.select(key).is_unique().all()
    covered = {p for m in months_between(made.manifest["first_month"], "2020-06") for _, p in periods_of(m)}
    assert set(cube["periode"]) == covered
    assert table.filter(pl.col("periode").is_in(list(covered))).join(cube, on=key, how="anti").is_empty()
    # What lies outside is what a single early date would show to exist.
    outside = table.filter(~pl.col("periode").is_in(list(covered)) & (pl.col("regio_niveau") == "land"))
    assert outside.is_empty() or outside["n"].max() < 10
    persons = cube.filter(~pl.col("indicator").str.ends_with("_dekking"))
    shown = persons.filter(pl.col("n").is_not_null())
    assert not shown.is_empty() and shown["n"].min() >= 10
    hidden = persons.filter(pl.col("status") == "afgeschermd")
    figures = hidden.select("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
    assert set(figures.null_count().row(0)) == {len(hidden)}
    csv = pl.read_csv(made.folder / "indicator_values.csv", schema=SCHEMA)
    assert csv.equals(cube)


def test_stewards_get_the_exact_figures_of_every_feed_and_nobody_else_does(delivered: Home) -> None:
    made = publication.current(delivered)
    exact = compute.stored(delivered)
    assert made is not None and exact is not None
    found = pl.read_parquet(made.folder / "stewards" / "data_quality.parquet")
    of_rows = exact.read("data_quality")
    assert found.schema == of_rows.schema == pl.Schema(quality.SCHEMA)
    assert found.filter(pl.col("maat").is_in(of_rows["maat"].unique().to_list())).equals(of_rows)
    assert {f"{partner}/{feed}" for partner, feed in found.select("partner", "feed").unique().rows()} == set(
        contracts()
    )
    assert not {"gezin", "regio", "vt_regio"} & set(found.columns)
    with Ledger.open(delivered) as ledger:
        in_force = ledger.in_force()
    for counts, maat in (({(d.name, d.month): d.rows_in for d in in_force}, "records"),
                         ({(d.name, d.month): d.rows_quarantined for d in in_force}, "in_quarantaine")):  # fmt: skip
        shown = found.filter(pl.col("onderdeel").is_in(["ontvangen", "totaal"]), maat=maat)
        rows = shown.select("partner", "feed", "maand", "teller").rows()
        assert {(f"{partner}/{feed}", month): n for partner, feed, month, n in rows} == counts
    words = json.loads((made.folder / "stewards" / "feeds.json").read_text(encoding="utf-8"))
    assert [f"{feed['partner']}/{feed['feed']}" for feed in words] == list(contracts())


def test_when_a_delivery_was_received_makes_no_new_publication(home: Home) -> None:
    with sqlite3.connect(home.root / "ledger.sqlite") as ledger:
        ledger.execute("update deliveries set received_at = '2030-01-01T00:00:00+00:00'")
    before = (home.results / compute.MANIFEST).read_bytes()
    (home.results / compute.MANIFEST).unlink()
    compute.compute(home)
    assert (home.results / compute.MANIFEST).read_bytes() == before
    assert publication.publish(home, datetime(2030, 1, 2, tzinfo=UTC)).unchanged


def test_computing_earlier_knowledge_leaves_later_deliveries_out(home: Home) -> None:
    done = compute.compute(home, "2020-03")
    assert {d["month"] for d in done.record["deliveries"]} == set(months_between("2019-12", "2020-03"))
    assert done.read("indicator_values")["peildatum"].unique().to_list() == [done.peildatum]


def test_the_same_deliveries_give_the_same_bytes(home: Home) -> None:
    before = dict(compute.stored(home).record["files"])
    (home.results / compute.MANIFEST).unlink()
    assert compute.compute(home).record["files"] == before


@pytest.mark.parametrize("where", ["lake", "results"])
def test_a_flipped_bit_is_noticed_before_a_figure_is_shown(home: Home, where: str) -> None:
    if where == "lake":
        victim = next((home.lake / "politie" / "incidenten").rglob("*.accepted.parquet"))
        (home.results / compute.MANIFEST).unlink()
    else:
        victim = home.results / "indicator_values.parquet"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    if where == "lake":
        with pytest.raises(DamagedFile, match="beschadigd"):
            compute.compute(home)
    else:
        assert compute.current(home) is None  # so it is computed again
        assert not compute.compute(home).unchanged


def test_a_publication_cut_off_before_the_pointer_moved_does_not_count(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    before = publication.current(home)
    compute.compute(home, "2020-05")
    monkeypatch.setattr(publication.storage, "rename", cut_off)
    with pytest.raises(KeyboardInterrupt):
        publication.publish(home, datetime(2026, 1, 1, tzinfo=UTC), "2020-05")
    monkeypatch.undo()
    assert publication.current(home) == before
    made = publication.publish(home, datetime(2026, 1, 1, tzinfo=UTC), "2020-05")
    assert made.number == "0002" and json.loads((home.publications / "current.json").read_text()) == {
        "publication": "0002",
        "manifest_sha256": hashlib.sha256((made.folder / "manifest.json").read_bytes()).hexdigest(),
    }
    assert not [p for p in Path(home.publications).iterdir() if p.name.startswith(".")]


def test_a_publication_keeps_the_regions_it_was_made_with(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two regions merge in April; June is published again. The map and the choice of regions follow the publication."""
    rows = merged(tmp_path, date(2020, 4, 1))
    monkeypatch.setattr(geography, "listed", lambda: rows)
    # What the list of regions says is part of the version of the code.
    monkeypatch.setattr(compute, "code_version", lambda: "proef")
    made = publication.publish(home, datetime(2024, 6, 15, tzinfo=UTC))
    assert made.manifest["regio_indeling"] == {
        "naam": "25 Veilig Thuis-regio's in 10 arrondissementen, indeling vanaf 1 april 2020",
        "vanaf": "2020-04-01",
    }

    old, new = (queries.open_publication(home.root, number) for number in ("0001", made.number))
    assert old.manifest["regio_indeling"] == {
        "naam": "26 Veilig Thuis-regio's in 10 arrondissementen",
        "vanaf": "2000-01-01",
    }
    assert [r.code for r in old.regions] == [r.code for r in geography.at(rows, date(2020, 3, 31)).regions]
    assert [r.code for r in new.regions] == [r.code for r in geography.at(rows, date(2020, 4, 1)).regions]
    assert new.region_names[NEW] == "Utrecht en Gooi" and set(OLD).isdisjoint(new.region_names)
    for opened, count in ((old, 26), (new, 25)):
        cells = opened.cells(
            indicator="overlapgraad", regio_niveau="vt_regio", periode_soort="maand", periode="2020-01",
            dimensie="totaal",
        )  # fmt: skip
        regions = opened.status_map("actieoverleg", "2020-01")
        assert cells["regio"].to_list() == regions["regio"].to_list()
        assert regions.height == count and regions["regio"].to_list() == [
            r.code for r in opened.regions if r.niveau == "vt_regio"
        ]
        figure = status_map(regions, opened.outlines, {s: s for s in queries.ACTIVITY_STATUSES})
        drawn = {trace.name: trace for trace in figure.data if not trace.showlegend}
        assert set(drawn) == {opened.region_names[r] for r in regions["regio"]}
    # One ring, without the border between the two.
    assert drawn["Utrecht en Gooi"].x.count(None) == 0
