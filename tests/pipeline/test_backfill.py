"""Months taken again: foreseen cell by cell and cause by cause, approved, and held against what happened."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from merger import NEW, OLD, merged
from test_road import digests

from data_contracts import rows
from data_contracts.loader import contracts
from indicators import geography
from indicators.disclosure import earlier
from indicators.model import definitions
from pipelines import (
    backfill,
    causes,
    cli,
    compute,
    console,
    deliver,
    difference,
    explain,
    inbox,
    lake,
    preview,
    printed,
    publication,
    recompute,
    telling,
    version,
)
from pipelines.backfill import Request
from pipelines.dagster_shell.run import run_backfill
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.preview import Preview
from pipelines.synthesis import synthesize

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
FIRST, PUBLISHED, LAST = "2019-12", "2021-04", "2021-05"
# 14 months before the last published one.
CORRECTED = "2020-02"
LATE = ("raad_voor_de_kinderbescherming", "onderzoeken", "2020-05")
ON_TIME = "veiligheidsbeoordeling_binnen_5_werkdagen"
# Lines: most of them are records that are known from another month too.
LEFT_OUT = 30
WHOLE = Request.of(FIRST, LAST)


@pytest.fixture(scope="module", autouse=True)
def without_suite() -> Iterator[None]:
    """Great Expectations only checks what the verdict has found: it changes no row."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "check_against_suite", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Published up to and including PUBLISHED, but for one delivery that is late; the rest waits beside the inbox."""
    home = Home.open(tmp_path_factory.mktemp("achteraf") / "huis", create=True)
    everything = home.root / "later"
    synthesize(everything, FIRST, LAST, 0.02, 1)
    everything.with_name("later-waarheid.json").rename(home.inbox.with_name("inbox-waarheid.json"))
    for file in sorted(everything.rglob("*.*")):
        if file.stem <= PUBLISHED and file.parts[-3:] != (*LATE[:2], f"{LATE[2]}{file.suffix}"):
            to = home.inbox / file.relative_to(everything)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, to)
    take(home)
    publication.publish(home, NOW)
    return home


@pytest.fixture
def home(land: Home, tmp_path: Path) -> Home:
    shutil.copytree(land.root, tmp_path / "huis")
    return Home.open(tmp_path / "huis")


def scan(home: Home) -> inbox.Inbox:
    return inbox.scan(home.inbox, TODAY)


def take(home: Home) -> None:
    assert all(o.verdict != "error" for o in deliver.deliver(home, scan(home).files, NOW))


def correct(home: Home, month: str = CORRECTED, part: float = 1 / 3) -> None:
    """The partner leaves out a part of the meldingen of the month."""
    (file,) = home.inbox.glob(f"veilig_thuis/meldingen/{month}.*")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: int(len(lines) * (1 - part))]), encoding="utf-8", newline="")


def send_late(home: Home) -> None:
    (file,) = (home.root / "later").joinpath(*LATE[:2]).glob(f"{LATE[2]}.*")
    shutil.move(file, home.inbox.joinpath(*LATE[:2], file.name))


def send_new_month(home: Home) -> None:
    for file in sorted((home.root / "later").rglob(f"{LAST}.*")):
        shutil.move(file, home.inbox / file.relative_to(home.root / "later"))


def foresee(home: Home, request: Request = WHOLE) -> Preview:
    return preview.make(home, request, scan(home), NOW)


def cells(changes: pl.DataFrame, cause: str | None = None) -> pl.DataFrame:
    chosen = changes if cause is None else changes.filter(pl.col("oorzaken").list.contains(cause))
    return chosen.select(difference.KEY)


def test_every_cell_and_every_cause_is_foreseen(home: Home, tmp_path: Path) -> None:
    """The oracle: the first of the same changes in one copy, the first two in another, all three in a third; of each a
    publication after the one that stands."""
    everywhere = [Home.open(shutil.copytree(home.root, tmp_path / f"tot-en-met-{n}")) for n in range(3)]
    for change in (correct, send_late, send_new_month):
        change(home)
    before = {name: digest for name, digest in digests(home).items() if name != ".lock"}
    made = foresee(home)
    after = {name: digest for name, digest in digests(home).items() if name != ".lock"}
    assert {name: after[name] for name in before} == before
    assert all(name.startswith("previews/0001/") for name in set(after) - set(before))

    causes_in_order = (difference.CORRECTED, difference.LATE, difference.NEW_MONTH)
    for number, copy in enumerate(everywhere, start=1):
        for change in (correct, send_late, send_new_month)[:number]:
            change(copy)
        take(copy)
        publication.publish(copy, NOW)
    cubes = [publication.cube_of(home, "0001"), *(publication.cube_of(copy, "0002") for copy in everywhere)]
    expected = {
        cause: difference.differences(*pair).select(difference.KEY)
        for cause, pair in zip(causes_in_order, pairwise(cubes), strict=True)
    }
    assert not any(changed.is_empty() for changed in expected.values())
    net = difference.net_changes(cubes[0], cubes[-1])
    assert made.changes.drop("oorzaken").equals(net)
    for cause, changed in expected.items():
        assert cells(made.changes, cause).equals(changed.join(net, on=difference.KEY, how="semi"))
    assert {(r["feed"], r["month"], r["why"]) for r in made.record["reads"] if r["month"] <= PUBLISHED} == {
        ("veilig_thuis/meldingen", CORRECTED, preview.CORRECTED),
        ("/".join(LATE[:2]), LATE[2], preview.NEW),
    }

    done = run_backfill(home, WHOLE, scan(home), "tester", made.number)
    assert not done.failed
    assert publication.cube_of(home, "0002").equals(cubes[-1])
    with Ledger.open(home) as ledger:
        (recorded,) = ledger.backfills()
    assert (recorded.status, recorded.preview, recorded.approved_by) == ("done", "0001", "tester")
    assert (recorded.publication_before, recorded.publication_after) == ("0001", "0002")
    assert recorded.outcome == f"{console.number(net.height)} cijfers veranderd, zoals de voorvertoning zei"
    # And afterwards the two publications tell the same story.
    told = causes.between_publications(home, "0001", "0002")
    assert told.equals(made.changes)


def test_nothing_changed_is_nothing_done(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    made = foresee(home)
    assert made.record["reads"] == [] and made.changes.is_empty()
    before = digests(home)
    assert cli.run(["backfill", "--home", str(home.root), "--from", FIRST, "--until", LAST]) == 0
    assert "niets te doen" in capsys.readouterr().out
    assert {n for n, d in digests(home).items() if before.get(n) != d} == {"ledger.sqlite"}


def hidden_in(home: Home, number: str, cells: pl.DataFrame) -> int:
    """How many of the cells a publication hides."""
    there = publication.cube_of(home, number).filter(pl.col("status") == "afgeschermd")
    return there.join(cells, on=difference.KEY, how="semi").height


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


def cell_of(row: Mapping[str, object]) -> explain.Cell:
    return explain.Cell(**{name: row[name] for name in explain.Cell.__dataclass_fields__})


def changed_definition(folder: Path, name: str = ON_TIME) -> Callable[[pytest.MonkeyPatch], None]:
    """Without one month, as another version."""
    old = definitions()[name]
    (folder / "sql").mkdir(exist_ok=True)

    class Changed(type(old)):
        @property
        def sql_path(self) -> Path:
            path = folder / "sql" / f"{name}.sql"
            text = old.sql_path.read_text(encoding="utf-8")
            path.write_text(f"select * from ({text}) where maand <> '2020-03'", encoding="utf-8")
            return path

    new = Changed(**{**vars(old), "version": "9.0"})
    return lambda patched: patched.setitem(definitions(), name, new)


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


def test_bytes_that_are_gone_are_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month that should be judged again and can't be is never passed over."""
    name, month = "politie/incidenten", "2020-01"
    monkeypatch.setitem(contracts(), name, replace(contracts()[name], digest="0" * 64))
    (home.inbox / name / f"{month}.csv").unlink()
    with Ledger.open(home) as ledger:
        (d,) = (d for d in ledger.in_force() if (d.name, d.month) == (name, month))
    (home.root / lake.archived_at(d.sha256)).unlink()
    request = Request.of(month, month, [name])
    (read,) = foresee(home, request).record["reads"]
    assert (read["why"], read["verdict"], read["message"]) == (preview.GONE, "error", backfill.GONE)
    done = run_backfill(home, request, scan(home), "tester")
    assert [(o.verdict, o.exit_code) for o in done.outcomes] == [("error", 2)]
    with Ledger.open(home) as ledger:
        assert (ledger.backfills()[0].status, ledger.backfills()[0].outcome) == (
            "failed",
            "0 cijfers veranderd; 1 levering niet verwerkt",
        )


def test_a_damaged_file_is_named_where_it_lies(home: Home) -> None:
    with Ledger.open(home) as ledger:
        (d,) = (d for d in ledger.in_force() if (d.name, d.month) == ("politie/incidenten", "2020-01"))
    (home.root / d.accepted_path).write_bytes(b"x")
    there = f"'{home.root / d.accepted_path}'"
    # Meldingen are held against incidenten; the rest is computed with them.
    correct(home)
    (read,) = foresee(home, Request.of(CORRECTED, CORRECTED)).record["reads"]
    assert read["verdict"] == "error" and there in read["message"]
    send_late(home)
    with pytest.raises(UserError, match="is beschadigd") as told:
        foresee(home, Request.of(LATE[2], LATE[2], ["/".join(LATE[:2])]))
    assert there in str(told.value)


def test_what_is_refused_says_why_before_it_is(home: Home) -> None:
    (file,) = home.inbox.glob(f"veilig_thuis/meldingen/{CORRECTED}.*")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(lines[0].upper() + "".join(lines[1:]), encoding="utf-8", newline="")
    (home.inbox / "politie" / "inzet" / f"{CORRECTED}.leeg").touch()
    made = foresee(home, Request.of(CORRECTED, CORRECTED))
    reads = {(r["feed"], r["extension"]): r for r in made.record["reads"]}
    refused = reads["veilig_thuis/meldingen", "csv"]
    assert refused["verdict"] == "refused" and "kop" in refused["message"]
    assert {reads["politie/inzet", ext]["why"] for ext in ("csv", "leeg")} == {preview.DOUBLE}
    run_backfill(home, made.request, scan(home), "tester", made.number)
    with pytest.raises(UserError, match="al uitgevoerd, goedgekeurd door tester"):
        run_backfill(home, made.request, scan(home), "tester", made.number)
    assert foresee(home, made.request).record["still_refused"] == 3


def test_a_preview_that_is_out_of_date_or_of_another_question_is_not_carried_out(home: Home) -> None:
    made = foresee(home)
    correct(home)
    with pytest.raises(UserError, match="verouderd"):
        run_backfill(home, WHOLE, scan(home), "tester", made.number)
    with pytest.raises(UserError, match="andere vraag"):
        run_backfill(home, Request.of(FIRST, FIRST), scan(home), "tester", made.number)
    with pytest.raises(UserError, match="'0009' is er niet; wel: 0001"):
        run_backfill(home, WHOLE, scan(home), "tester", "0009")
    with Ledger.open(home) as ledger:
        assert ledger.backfills() == []


def test_what_turns_out_otherwise_is_said(home: Home) -> None:
    correct(home)
    made = foresee(home)
    wrong = replace(made, changes=made.changes.head(1))
    run_backfill(home, WHOLE, scan(home), "tester")
    changed, others = (console.number(made.changes.height - less) for less in (0, 1))
    assert preview.outcome(home, "0001", wrong) == (
        f"{changed} cijfers veranderd; {others} cijfers anders dan de voorvertoning zei"
    )


def test_a_backfill_that_was_cut_off_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    correct(home)
    send_late(home)
    send_new_month(home)
    made = foresee(home)
    real = deliver.deliver

    def cut_off(home: Home, files: list[inbox.InboxFile], **given: object) -> list[deliver.Outcome]:
        if any(f.name == "reclassering/inzet" for f in files):
            raise OSError(errno.ENOSPC, "vol")
        return real(home, files, **given)

    monkeypatch.setattr(deliver, "deliver", cut_off)
    assert run_backfill(home, WHOLE, scan(home), "tester", made.number).failed
    with Ledger.open(home) as ledger:
        known = len(ledger.all())
        assert ledger.backfills()[0].status != "done"
    assert publication.current(home).number == "0001"
    monkeypatch.setattr(deliver, "deliver", real)
    run_backfill(home, WHOLE, scan(home), "tester", made.number)
    with Ledger.open(home) as ledger:
        assert known < len(ledger.all())
        assert all(d.number == 1 or d.month == CORRECTED for d in ledger.all())
        assert ledger.backfills()[0].outcome.endswith(preview.AS_FORESEEN)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_a_step_of_dagster_is_an_interrupt(
    home: Home, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    """Dagster puts its own handler in our place while a step runs."""
    correct(home)
    real = deliver.deliver

    def asked_to_stop(home: Home, files: list[inbox.InboxFile], **given: object) -> list[deliver.Outcome]:
        os.kill(os.getpid(), sent)
        return real(home, files, **given)

    monkeypatch.setattr(deliver, "deliver", asked_to_stop)
    with pytest.raises(KeyboardInterrupt):
        run_backfill(home, WHOLE, scan(home), "tester")
    with Ledger.open(home) as ledger:
        assert ledger.backfills()[0].status == "stopped"
    assert publication.current(home).number == "0001"


def test_a_damaged_preview_is_noticed(home: Home) -> None:
    foresee(home)
    path = home.previews / "0001" / preview.CHANGES
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(UserError, match="beschadigd"):
        preview.read(home, "0001")


def test_months_and_feeds_that_cannot_be(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert cli.run(["backfill", "--home", str(home.root), *arguments]) == 2
        return capsys.readouterr().err

    assert "ligt na" in said("--from", "2021-02", "--until", "2021-01")
    assert "kennen wij niet. Kies uit:" in said("--from", "2021-01", "--until", "2021-02", "--feed", "politie/boetes")
    assert "--from" in said("--from", "2021-13", "--until", "2021-02")
    assert "gaan niet samen" in said("--from", "2021-01", "--until", "2021-02", "--preview", "--approved", "0001")


def test_who_may_not_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(backfill.getpass, "getuser", nobody)
    assert backfill.user() == backfill.UNKNOWN_USER


def test_what_only_shows_does_not_change_the_version_of_the_code() -> None:
    assert all((Path(version.__file__).parents[1] / name).exists() for name in version.APART)


def test_the_command_line_tells_it_all(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """A preview, its approval, what became of it and where a figure comes from, as a steward reads them."""

    def said(*arguments: str, code: int = 0) -> str:
        assert cli.run([arguments[0], "--home", str(home.root), *arguments[1:]]) == code
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out

    correct(home, part=0.8)
    months = ("--from", FIRST, "--until", PUBLISHED)
    foreseen = said("backfill", *months, "--preview", "--all")
    changed = preview.read(home, "0001").changes
    assert "Voorvertoning 0001" in foreseen and "Er is niets veranderd." in foreseen
    assert f"    door verbeterde levering: {console.number(changed.height)}\n" in foreseen
    # A line for every cell, and nothing left out.
    assert foreseen.count(" -> ") == changed.height and "en nog" not in foreseen
    assert f"veiligheid backfill --from {FIRST} --until {PUBLISHED} --approved 0001" in foreseen
    short = said("backfill", *months, "--preview")
    assert short.count(" -> ") == telling.SHOWN
    assert f"en nog {console.number(changed.height - telling.SHOWN)}; alle met --all" in short

    done = said("backfill", *months, "--approved", "0001")
    number = console.number(changed.height)
    assert f"Ten opzichte van publicatie 0001: {number} cijfers veranderd, {preview.AS_FORESEEN}." in done
    told = said("difference", "--from", "0001", "--until", "0002", "--all")
    assert told.count(" -> ") == changed.height
    assert "geven dezelfde cijfers" in said("difference", "--from", "0002", "--until", "0002")

    cell = ("--indicator", ON_TIME, "--region", "nederland", "--period", "2020")
    why = said("explain", "--publication", "0002", *cell, "--dimension", "melder", "--category", "politie")
    assert "(hetzelfde)" in why and "melder=politie" in why
    assert f"{CORRECTED} nummer 2, sha256 " in why
    assert "reclassering/inzet" not in why


def test_a_figure_that_is_not_there(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """What there is to choose from is said."""

    def said(number: str, indicator: str, region: str, period: str, *more: str) -> str:
        asked = ("--publication", number, "--indicator", indicator, "--region", region, "--period", period, *more)
        assert cli.run(["explain", "--home", str(home.root), *asked]) == 2
        return capsys.readouterr().err

    assert "'0009' is er niet; wel: 0001" in said("0009", ON_TIME, "nederland", "2020")
    assert "'x' kennen wij niet" in said("0001", "x", "nederland", "2020")
    assert "Bij regio kan 'atlantis' niet" in said("0001", ON_TIME, "atlantis", "2020")
    assert "Bij periode kan '1999' niet" in said("0001", ON_TIME, "nederland", "1999")
    assert "Bij categorie kan 'x' niet; wel: overig, politie." in said(
        "0001", ON_TIME, "nederland", "2020", "--dimension", "melder", "--category", "x"
    )
