"""A gezin is erased: nothing of it is left, figures are those of a country without it, and it stays out."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from fork_server import ForkServer
from interrupted import assert_tidy_names, content, killed_anywhere
from journey import Stage, incidenten
from small_inbox import drop, files, in_ledger, keys_of, quarantined, received

from data_contracts import rows
from data_contracts.loader import contracts
from pipelines import (
    audit,
    backfill,
    causes,
    cli,
    compute,
    deliver,
    difference,
    erasure,
    explain,
    inbox,
    lake,
    publication,
    traces,
    verify,
)
from pipelines.backfill import Request
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.synthesis import synthesize

FIRST, LAST = "2020-01", "2020-02"
NOW, TODAY = datetime(2024, 6, 15, tzinfo=UTC), date(2024, 6, 15)
FIGURES = ("indicator_values.parquet", "statistics.parquet", "survival.parquet", "data_quality.parquet")
FEED = "politie/incidenten"


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliveries of partners, one of them as Parquet and one that is refused."""
    to = tmp_path_factory.mktemp("land") / "inbox"
    synthesize(to, FIRST, LAST, 0.004, 1)
    to.with_name("inbox-waarheid.json").unlink()
    csv = to / "politie/inzet/2020-02.csv"
    frame = pl.read_csv(csv, infer_schema=False)
    typed = frame.with_columns(
        pl.col("begonnen_op", "geeindigd_op").str.to_datetime(time_unit="us", time_zone="UTC"),
        pl.col("uren").cast(pl.Decimal(7, 2)),
        pl.col("vervallen") == "true",
    )
    typed.write_parquet(csv.with_suffix(".parquet"))
    csv.unlink()
    return to


@pytest.fixture(scope="module")
def delivered(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "check_against_suite", lambda *_: None)
        return taken(country, tmp_path_factory.mktemp("begin") / "huis")


@pytest.fixture
def home(delivered: Home, tmp_path: Path) -> Home:
    """A copy of ``delivered``, to change."""
    shutil.copytree(delivered.root, tmp_path / "huis")
    return Home.open(tmp_path / "huis")


def taken(country: Path, to: Path) -> Home:
    """A home to which a country was delivered, computed."""
    shutil.copytree(country, to / "inbox")
    home = Home.open(to)
    outcomes = deliver.deliver(home, inbox.scan(home.inbox, TODAY).files, NOW)
    assert {o.verdict for o in outcomes} == {"accepted"}
    compute.compute(home)
    return home


def busiest(country: Path) -> str:
    """The gezin with the most records; it stands in the file of Parquet too."""
    in_parquet = set(pl.read_parquet(country / "politie/inzet/2020-02.parquet")["gezin"])
    counts = Counter(
        line.split(",")[1] for path in country.rglob("*.csv") for line in path.read_text().splitlines()[1:]
    )
    return next(gezin for gezin, _ in counts.most_common() if gezin in in_parquet)


def without(country: Path, gezin: str, to: Path) -> Path:
    """The country as if there had never been such a gezin."""
    shutil.copytree(country, to)
    for path in to.rglob("*.csv"):
        lines = path.read_text().splitlines(keepends=True)
        left = [line for line in lines if gezin not in line]
        path.write_text("".join(left))
        if len(left) == 1:
            path.rename(path.with_suffix(".leeg")).write_text("")
    for path in to.rglob("*.parquet"):
        pl.read_parquet(path).filter(pl.col("gezin") != gezin).write_parquet(path)
    return to


def figures(home: Home) -> dict[str, str]:
    return {name: digest for name, digest in files(home).items() if name.removeprefix("results/") in FIGURES}


def erased_rows(known: list[Delivery]) -> int:
    return sum(d.rows_erased for d in known)


def assert_gone(home: Home, gezin: str) -> None:
    """Looked for here once more, by its bytes and by its cells, in all that a home holds but the inbox."""
    names = [gezin, *keys_of(home).pseudonyms([gezin])]
    for path in home.root.rglob("*"):
        if path.is_file() and home.inbox not in path.parents:
            text = path.read_bytes().lower()
            assert not any(name.encode() in text for name in names), path
            if path.suffix == ".parquet" and text.startswith(b"par1"):
                table = pq.read_table(path)
                cells = {str(c) for name in table.column_names for c in table.column(name).to_pylist()}
                assert not any(name in cell for cell in cells for name in names), path
    for d in in_ledger(home):
        if d.archived and d.extension == "csv":
            assert gezin not in received(home, d).decode()
        if d.quarantine_path:
            assert gezin not in str(quarantined(home, d).rows())


def test_nothing_is_left_and_figures_are_those_of_a_country_without_it(
    home: Home, country: Path, tmp_path: Path
) -> None:
    gezin = busiest(country)
    before = in_ledger(home)
    kept = content(home)
    done = erasure.erase(home, gezin)
    assert done.rows > 10 and done.recomputed
    assert {path.relative_to(home.root) for path in done.inbox} == {
        path.relative_to(home.root) for path in home.inbox.rglob("*.*") if traces.holds(path, [gezin])
    }
    assert_gone(home, gezin)
    after = in_ledger(home)
    assert erased_rows(after) == done.rows
    for old, new in zip(before, after, strict=True):
        assert (new.rows_in, new.sha256, new.verdict) == (old.rows_in, old.sha256, old.verdict)
        assert new.rows_quarantined - old.rows_quarantined == old.rows_accepted - new.rows_accepted <= new.rows_erased
    assert sum(a != b for a, b in zip(before, after, strict=True)) == done.deliveries
    untouched = {f"{d.name} {d.month} {d.number}" for d in after if not d.rows_erased}
    assert untouched and all(kept[key] == content(home)[key] for key in untouched)
    assert figures(home) == figures(taken(without(country, gezin, tmp_path / "zonder"), tmp_path / "ander"))
    assert verify.check(home).damaged == []
    assert_tidy_names(home)


def test_what_is_said_of_a_delivery_counts_what_was_erased(home: Home, country: Path) -> None:
    erasure.erase(home, busiest(country))
    with Ledger.open(home) as ledger:
        found = ledger.findings()
        for d in ledger.all():
            said = [f for f in found.get(d.id or 0, []) if f.code == "gewist"]
            assert [f.rows for f in said] == ([d.rows_erased] if d.rows_erased else [])


def test_it_stays_out_when_old_deliveries_are_read_again(
    home: Home, country: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the inbox and from the archive; and the bytes in force are still recognised."""
    gezin = busiest(country)
    erasure.erase(home, gezin)
    at_once = figures(home)
    before = in_ledger(home)
    outcomes = deliver.deliver(home, inbox.scan(home.inbox, TODAY).files, NOW)
    assert {o.verdict for o in outcomes} == {"unchanged"}
    for name in list(contracts()):
        monkeypatch.setitem(contracts(), name, replace(contracts()[name], digest="0" * 64))
    month = "2020-02"
    for path in home.inbox.rglob(f"{month}.*"):
        if path.parts[-3] == "veilig_thuis":
            path.unlink()
    asked = backfill.files(home, Request.of(FIRST, LAST), inbox.scan(home.inbox, TODAY))
    assert sum(f.kept is not None for f in asked) == 3
    outcomes = deliver.deliver(home, asked, NOW, again=True)
    assert {o.verdict for o in outcomes} == {"accepted"}
    after = [d for d in in_ledger(home) if d.number == 2]
    assert [(d.name, d.month, d.rows_in, d.rows_accepted, d.rows_erased) for d in after] == [
        (d.name, d.month, d.rows_in, d.rows_accepted, d.rows_erased) for d in before
    ]
    assert_gone(home, gezin)
    compute.compute(home)
    assert {k: v for k, v in figures(home).items() if "quality" not in k}.items() <= at_once.items()
    assert verify.check(home).damaged == []
    assert_tidy_names(home)


def test_a_second_time_does_no_harm(home: Home, country: Path) -> None:
    gezin = busiest(country)
    erasure.erase(home, gezin)
    before = files(home)
    again = erasure.erase(home, gezin)
    assert (again.rows, again.deliveries, again.recomputed) == (0, 0, False)
    assert {k: v for k, v in files(home).items() if k != "ledger.sqlite"} == {
        k: v for k, v in before.items() if k != "ledger.sqlite"
    }


def test_a_gezin_that_never_came_stays_out_from_now_on(home: Home) -> None:
    gezin = "z" * 26
    assert erasure.erase(home, gezin).rows == 0
    drop(home, f"{FEED}/2020-05.csv", incidenten("2020-05", 2).replace("b" * 25 + "a", gezin))
    deliver.deliver(home, inbox.scan(home.inbox, TODAY).files, NOW)
    last = next(d for d in in_ledger(home) if d.month == "2020-05")
    assert (last.rows_in, last.rows_accepted, last.rows_quarantined, last.rows_erased) == (2, 1, 1, 1)
    assert_gone(home, gezin)


def test_rows_in_quarantine_and_refused_files_too(home: Home) -> None:
    """A pseudonym in capitals, in another column or in a row with too many fields is that gezin all the same."""
    gezin = "b" * 25 + "a"
    text = incidenten("2020-05", 40)
    head, first, *rest = text.splitlines(keepends=True)
    broken = [first.replace(gezin, gezin.upper()), first.replace("2020-05-0", gezin, 1), first.replace(",", ",,", 1)]
    drop(home, f"{FEED}/2020-05.csv", "".join([head, *broken, *rest]))
    drop(home, f"{FEED}/2020-06.csv", incidenten("2020-06", 8).replace("utrecht", "nergens"))
    outcomes = deliver.deliver(home, inbox.scan(home.inbox, TODAY).files, NOW)
    assert Counter(o.verdict for o in outcomes)["refused"] == 1
    before = {d.month: d for d in in_ledger(home)}
    done = erasure.erase(home, gezin)
    assert_gone(home, gezin)
    after = {d.month: d for d in in_ledger(home) if d.name == FEED}
    assert after["2020-05"].rows_erased == 3 + 4 and before["2020-05"].rows_quarantined == 2
    assert (after["2020-06"].rows_erased, after["2020-06"].rows_quarantined) == (1, 8)
    assert done.rows == 8
    assert verify.check(home).damaged == []


def test_what_can_not_be_removed_is_named(home: Home, country: Path) -> None:
    gezin = busiest(country)
    stray = home.root / "notities.txt"
    stray.write_text(f"over {gezin.upper()}")
    with pytest.raises(UserError, match=r"nog niet helemaal gewist.*notities\.txt"):
        erasure.erase(home, gezin)
    (home.previews / "0001").mkdir(parents=True)
    (home.previews / "0001" / "los.txt").write_text(gezin)
    stray.unlink()
    erasure.erase(home, gezin)
    assert not (home.previews / "0001" / "los.txt").exists()


def test_the_command(home: Home, country: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gezin = busiest(country)
    assert cli.run(["erase", "geen-pseudoniem", "--yes", "--home", str(home.root)]) == 2
    assert "geen pseudoniem" in capsys.readouterr().err
    assert cli.run(["erase", gezin, "--yes", "--home", str(home.root)]) == 0
    said = capsys.readouterr().out
    assert gezin not in said
    assert "0 bytes" in said and "inbox" in said and "veiligheid publish" in said
    (line,) = audit.lines(home)
    assert (line["what"], line["role"]) == (audit.ERASED, audit.COMMAND_LINE) and gezin not in str(line)


def test_a_kill_leaves_it_in_or_out(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    assert _kills(fork_server, stages, tmp_path, 4) == 4


@pytest.mark.slow
def test_kills_at_length(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    assert _kills(fork_server, stages, tmp_path, 80) == 80


def _kills(server: ForkServer, stages: list[Stage], folder: Path, trials: int) -> int:
    home = stages[4].copy(folder / "begin")
    gezin = "b" * 25 + "c"
    whole = content(home)

    def in_or_out(now: Home) -> bool:
        with Ledger.open(now) as ledger:
            marks = ledger.erased()
        # Results are written one by one, as any computation does; until the last they count for nothing.
        assert all(lake.is_whole(now, d) for d in in_ledger(now))
        return bool(marks) or content(now) == whole

    command = ("erase", gezin, "--yes")
    return killed_anywhere(server, home.root, folder, command, random.Random(2), trials, in_or_out)


def test_a_publication_of_before_tells_why_it_comes_out_otherwise(home: Home, country: Path) -> None:
    publication.publish(home, NOW)
    cube = publication.cube_of(home, "0001")
    shown = cube.filter((pl.col("status") != "afgeschermd") & (pl.col("indicator") == "aandeel_extra_inzet"))
    cell = explain.Cell(**{name: shown[name][0] for name in ("indicator", "regio", "periode", "dimensie", "categorie")})
    assert explain.ERASED not in explain.explain(home, "0001", cell).versions
    assert causes.between_publications(home, "0001", "0001").is_empty()
    # Enough of them for a printed figure to move.
    for gezin in sorted(set(pl.read_parquet(country / "politie/inzet/2020-02.parquet")["gezin"]))[:12]:
        erasure.erase(home, gezin)
    assert explain.ERASED in explain.explain(home, "0001", cell).versions
    assert publication.publish(home, NOW).number == "0002"
    found = causes.between_publications(home, "0001", "0002")
    assert found.height and {*found["oorzaken"].explode()} == {difference.ERASED}
