"""Months taken again: foreseen cell by cell and cause by cause, approved, and held against what happened."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from backfill_country import (
    CORRECTED,
    FIRST,
    LAST,
    LATE,
    NOW,
    ON_TIME,
    PUBLISHED,
    WHOLE,
    cells,
    correct,
    foresee,
    made,
    scan,
    send_late,
    send_new_month,
    take,
    without_suite,
)
from test_road import digests

from data_contracts.loader import contracts
from pipelines import (
    audit,
    backfill,
    causes,
    cli,
    console,
    deliver,
    difference,
    inbox,
    lake,
    preview,
    publication,
    telling,
    version,
)
from pipelines.backfill import Request
from pipelines.dagster_shell.run import run_backfill
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Ledger


@pytest.fixture(scope="module", autouse=True)
def quicker() -> Iterator[None]:
    with without_suite():
        yield


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("achteraf") / "huis")


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

    monkeypatch.setattr(audit.getpass, "getuser", nobody)
    assert audit.account() == audit.UNKNOWN_ACCOUNT


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
