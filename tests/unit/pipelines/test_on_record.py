"""Every command decides: a line in the audit log before anything is done or shown, or none since it shows no rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import dagster as dg
import pytest
from small_inbox import HEADER, LOCATIES, drop, keys_of, locaties, take

from dashboards import serve
from pipelines import audit, cli, demonstration, explain, keys, preview, servers
from pipelines.audit import APPROVED, DOWNLOADED, ERASED, EXPLAINED, KEY_CHANGED, REMOVED, STARTED
from pipelines.dagster_shell import assets, road
from pipelines.dagster_shell import run as shell_run
from pipelines.errors import UserError
from pipelines.home import Home

pytestmark = pytest.mark.usefixtures("without_suite")
FILES = f"1 bestand, 2024-01, {LOCATIES}"
MONTHS = ("--from", "2024-01", "--until", "2024-02")
CELL = ("--indicator", "overlap", "--region", "utrecht", "--period", "2024-01")


@dataclass(frozen=True)
class Said:
    """A command line, the line it leaves, and the call with which its work, or what it shows, begins."""

    arguments: tuple[str, ...]
    what: str
    on: str
    work: str


RECORDED = {
    "demo": [Said(("--no-dashboard",), STARTED, f"demo, {FILES}", "pipelines.dagster_shell.run.run")],
    "deliver": [Said((), STARTED, f"deliver, {FILES}", "pipelines.deliver.deliver")],
    "compute": [
        Said((), STARTED, "compute, de nieuwste", "pipelines.compute.compute"),
        Said(("--until", "2024-01"), STARTED, "compute, 2024-01", "pipelines.compute.compute"),
    ],
    "publish": [Said((), STARTED, "publish, de nieuwste", "pipelines.publication.publish")],
    "run": [Said((), STARTED, f"run, {FILES}", "pipelines.dagster_shell.run.run")],
    "backfill": [
        Said(
            (*MONTHS, "--preview"),
            STARTED,
            "backfill --preview, 2024-01 tot en met 2024-02, alle leveringen",
            "pipelines.preview.make",
        ),
        Said(
            (*MONTHS, "--feed", LOCATIES),
            STARTED,
            f"backfill, 2024-01 tot en met 2024-02, {LOCATIES}",
            "pipelines.dagster_shell.run.run_backfill",
        ),
        Said(
            (*MONTHS, "--approved", "0003"),
            APPROVED,
            "backfill, 2024-01 tot en met 2024-02, alle leveringen, voorvertoning 0003",
            "pipelines.dagster_shell.run.run_backfill",
        ),
    ],
    "explain": [
        Said(
            ("--publication", "0001", *CELL),
            EXPLAINED,
            "publicatie 0001: overlap utrecht 2024-01 totaal totaal",
            "pipelines.telling.explanation",
        )
    ],
    "erase": [Said(("a" * 26, "--yes"), ERASED, "een gezin", "pipelines.erasure.erase")],
    "rotate-key": [
        Said(("--new-key", "SLEUTEL"), KEY_CHANGED, "alles wat is bewaard", "pipelines.rotation.rotate"),
    ],
    "retain": [
        Said((), REMOVED, "wat langer is bewaard dan de contracten zeggen", "pipelines.retention.enforce"),
    ],
    "report": [
        Said(
            ("--to", "UIT.pdf", "--region", "utrecht", "--publication", "0001"),
            DOWNLOADED,
            "report, utrecht, publicatie 0001, .pdf",
            "pipelines.storage.write",
        )
    ],
}
SILENT = {
    "synthesize": ("--to", "LAND", "--from", "2020-01", "--until", "2020-01", "--scale", "0.0001"),
    "check": ("BESTAND", "--partner", "landelijk_netwerk", "--feed", "praktijklocaties", "--month", "2024-01"),
    "deliveries": ("--problems",),
    "expected": (),
    "difference": ("--from", "0001", "--until", "0002"),
    "verify": (),
    "dashboard": (),
    "dagster": (),
}
EVERY = [(command, said) for command, found in RECORDED.items() for said in found]
NAMES = [f"{command} {said.what} {number}" for number, (command, said) in enumerate(EVERY)]


class Begun(Exception):
    """The work of a command begins."""


@pytest.fixture
def home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A delivery in the inbox, and everything that a command needs before its own work begins."""
    drop(home, f"{LOCATIES}/2024-01.csv", locaties("a"))
    monkeypatch.setattr(demonstration, "prepare", lambda *_: None)
    monkeypatch.setattr(explain, "explain", lambda *_: None)
    monkeypatch.setattr(preview, "read", lambda _, number: SimpleNamespace(number=number))
    monkeypatch.setattr("dashboards.reports.command.make", lambda *_: b"")
    monkeypatch.setattr(servers, "run", lambda *_: 0)
    monkeypatch.setattr(serve, "command", lambda *_: [])
    return home


def ask(home: Home, folder: Path, command: str, arguments: Sequence[str]) -> int:
    (folder / "BESTAND").write_text(HEADER, encoding="utf-8")
    places = {name: str(folder / name) for name in ("SLEUTEL", "UIT.pdf", "LAND", "BESTAND")}
    return cli.run([command, *(places.get(a, a) for a in arguments), "--home", str(home.root)])


def watched(monkeypatch: pytest.MonkeyPatch, work: str, seen: Callable[[], Any]) -> list[Any]:
    """What ``seen`` gave at the moment the work began, which goes no further."""
    found: list[Any] = []

    def begin(*_: object, **__: object) -> NoReturn:
        found.append(seen())
        raise Begun

    monkeypatch.setattr(work, begin)
    return found


def test_every_command_has_decided() -> None:
    known = {c.name or (c.callback.__name__ if c.callback else "") for c in cli.app.registered_commands}
    named = {name.removesuffix("_command") for name in known}
    assert {*RECORDED, *SILENT} == named and not RECORDED.keys() & SILENT.keys()


@pytest.mark.parametrize(("command", "said"), EVERY, ids=NAMES)
def test_what_is_done_is_on_record_before_it_begins(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, said: Said
) -> None:
    found = watched(monkeypatch, said.work, lambda: audit.lines(home))
    assert ask(home, tmp_path, command, said.arguments) == 2
    ((line,),) = found
    assert (line["who"], line["role"]) == (audit.account(), audit.COMMAND_LINE)
    assert (line["what"], line["on"]) == (said.what, said.on)
    assert str(tmp_path) not in str(line) and "a" * 26 not in str(line)


@pytest.mark.parametrize(("command", "said"), EVERY, ids=NAMES)
def test_what_can_not_be_recorded_is_not_done(
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    said: Said,
) -> None:
    home.audit.write_text("geen map")
    found = watched(monkeypatch, said.work, lambda: None)
    assert ask(home, tmp_path, command, said.arguments) == 2
    assert found == []
    shown = capsys.readouterr()
    assert shown.err.startswith("Het logboek in") and shown.err.count("\n") == 1


@pytest.mark.parametrize(("command", "arguments"), SILENT.items(), ids=SILENT)
def test_what_only_shows_leaves_no_line(home: Home, tmp_path: Path, command: str, arguments: tuple[str, ...]) -> None:
    take(home)
    ask(home, tmp_path, command, arguments)
    assert audit.lines(home) == []


def test_the_chain_of_all_commands_is_whole_and_ends_keyed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(home, tmp_path, "deliver", ()) == 0
    # The log itself is written with the call that writes a sheet.
    for work in {said.work for _, said in EVERY} - {"pipelines.storage.write"}:
        watched(monkeypatch, work, lambda: None)
    for command, said in EVERY:
        ask(home, tmp_path, command, said.arguments)
    monkeypatch.undo()
    assert [line["what"] for line in audit.lines(home)] == [STARTED, *(said.what for _, said in EVERY)]
    assert audit.check(home, keys_of(home).audit) == [] != audit.check(home, b"1" * 32)


def test_a_rotation_that_is_done_already_needs_no_key_of_before(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(home)
    for _ in range(2):
        assert ask(home, tmp_path, "rotate-key", ("--new-key", "SLEUTEL")) == 0
    assert "niets te doen" in capsys.readouterr().out
    with pytest.raises(UserError, match="is niet die van deze map"):
        audit.key_of(home)
    assert [line["what"] for line in audit.lines(home)] == [KEY_CHANGED]


@pytest.mark.parametrize(
    ("tags", "who", "on"),
    [
        ({"dagster/schedule_name": "maandelijks", assets.RETAIN: "ja"}, "maandelijks", f"{road.JOB}, bewaartermijnen"),
        ({"dagster/sensor_name": "inbox"}, "inbox", road.JOB),
        ({}, "Dagster", road.JOB),
        (assets.OWN, None, None),
    ],
)
def test_a_run_that_dagster_starts_is_on_record(home: Home, tags: dict[str, str], who: str | None, on: str) -> None:
    seen: list[list[dict[str, Any]]] = []

    @dg.op
    def look(data: assets.HomeResource) -> None:
        seen.append(audit.lines(data.home))

    done = _job(look, home).execute_in_process(tags=tags, run_config=shell_run.QUIET)
    (lines,) = seen
    wanted = [] if who is None else [(who, audit.SYSTEM, STARTED, f"{on}, run {done.run_id}")]
    assert [(line["who"], line["role"], line["what"], line["on"]) for line in lines] == wanted


def test_a_run_that_can_not_be_recorded_does_nothing(home: Home) -> None:
    home.audit.write_text("geen map")
    seen: list[int] = []

    @dg.op
    def look(data: assets.HomeResource) -> None:
        seen.append(1)

    with pytest.raises(dg.DagsterResourceFunctionError) as met:
        _job(look, home).execute_in_process(run_config=shell_run.QUIET)
    assert seen == [] and "Het logboek in" in str(met.value.__cause__)


def _job(op: dg.OpDefinition, home: Home) -> dg.JobDefinition:
    graph = dg.GraphDefinition(name=road.JOB, node_defs=[op])
    return graph.to_job(resource_defs={"data": assets.HomeResource(root=str(home.root))})


def test_a_key_that_is_gone_stops_what_would_be_recorded(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take(home)
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "weg"))
    found = watched(monkeypatch, "pipelines.compute.compute", lambda: None)
    assert ask(home, tmp_path, "compute", ()) == 2 and found == []
    assert "De sleutel van deze map met gegevens is er niet" in capsys.readouterr().err
