"""Stored files that rot: what is damaged is noticed before a figure is shown, or no figure is made of it.

One trial damages one file of archive, lake, results or publications, and then does what would show a figure from it.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
from rot import KINDS, Damage, damage_one
from small_inbox import NOW, drop, files, in_ledger, locaties, take

from dashboards import data_quality, queries
from data_contracts import rows
from pipelines import cli, compute, lake, publication, storage, tables
from pipelines.home import Home
from pipelines.ledger import Ledger
from pipelines.synthesis import synthesize

FIRST, LAST = "2020-04", "2020-05"
SCALE = 0.002
AREAS = ("archive", "lake", "results", "publications", "printed")
QUICK_TRIALS = 60
BATCHES, BATCH_TRIALS = 20, 100
NOTICED, HARMLESS = "noticed", "harmless"


@dataclass(frozen=True)
class Land:
    """A home to damage, and a copy to keep. ``results``, ``published``: what it gives when it is whole."""

    home: Home
    pristine: Home
    results: dict[str, str]
    published: dict[str, str]

    def restore(self) -> None:
        """Make the home as it was; only what changed is written, so that thousands of trials take minutes."""
        kept, there = files(self.pristine), files(self.home)
        for name in there.keys() - kept.keys():
            (self.home.root / name).unlink()
        for name in (name for name, digest in kept.items() if there.get(name) != digest):
            (self.home.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.pristine.root / name, self.home.root / name)
        for number in set(publication.numbers(self.home)) - set(publication.numbers(self.pristine)):
            shutil.rmtree(self.home.publications / number)


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    """Two publications of deliveries of which one was replaced, one refused, and some have rows in quarantine."""
    root = tmp_path_factory.mktemp("schade")
    home = Home.open(root / "huis", create=True)
    synthesize(home.inbox, FIRST, LAST, SCALE, 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "check_against_suite", lambda *_: None)
        patched.setattr(tables, "compute", _once(tables.compute))
        take(home)
        inzet = home.inbox / "politie" / "inzet" / f"{LAST}.csv"
        inzet.write_text(inzet.read_text(encoding="utf-8").replace(",fysiek,", ",te voet,", 1), encoding="utf-8")
        drop(home, f"landelijk_netwerk/praktijklocaties/{LAST}.csv", locaties("a", broken=2))
        take(home)
        publication.publish(home, NOW, FIRST)
        publication.publish(home, NOW)
        results = _under(home, "results/")
        shutil.copytree(home.root, root / "gaaf")
        shutil.rmtree(home.publications)
        publication.publish(home, NOW)
        yield Land(home, Home.open(root / "gaaf"), results, _under(home, "publications/"))


def _once(real: Callable[..., tables.Tables]) -> Callable[..., tables.Tables]:
    """The pure middle of a computation, done once for the same bytes of the same files."""
    done: dict[object, tables.Tables] = {}

    def compute(inputs: tables.Inputs, *rest: Any) -> tables.Tables:
        read = [(feed, month, storage.sha256(p)) for feed, given in inputs.files.items() for month, p in given]
        key = (inputs.peildatum, *read)
        if key not in done:
            done[key] = real(inputs, *rest)
        return done[key]

    return compute


def _under(home: Home, prefix: str) -> dict[str, str]:
    return {name: digest for name, digest in files(home).items() if name.startswith(prefix)}


def test_the_home_has_files_of_every_sort(land: Land) -> None:
    land.restore()
    known = in_ledger(land.home)
    assert {(d.verdict, d.number) for d in known} >= {("accepted", 1), ("accepted", 2), ("refused", 1)}
    assert all(d.archived for d in known)
    assert any(d.quarantine_path for d in known)
    assert publication.numbers(land.home) == ["0001", "0002"]


def test_damage_is_noticed(land: Land, capsys: pytest.CaptureFixture[str]) -> None:
    seen = _trials(land, random.Random("quick"), QUICK_TRIALS, capsys)
    assert {area for area, _, _ in seen} == set(AREAS)


def test_a_pointer_of_which_one_digit_changed(land: Land, capsys: pytest.CaptureFixture[str]) -> None:
    """It names a publication that is there and whole, but an older one."""
    land.restore()
    pointer = land.home.publications / publication.POINTER
    pointer.write_text(pointer.read_text(encoding="utf-8").replace("0002", "0001"), encoding="utf-8")
    with pytest.raises(queries.DamagedPublication, match=pointer.name):
        queries.current_number(land.home.root)
    _assert_verify_names_it(land, Damage(pointer, "publications", "one digit"), capsys)
    code, said = _command(land, capsys, "publish")
    assert code == 0 and f"Let op: Het bestand '{pointer}'" in said and "Publicatie 0003" in said
    assert _command(land, capsys, "verify")[0] == 0


def test_a_ledger_that_knows_less_than_the_figures(land: Land, capsys: pytest.CaptureFixture[str]) -> None:
    land.restore()
    land.home.ledger_file.unlink()
    code, said = _command(land, capsys, "verify")
    assert code == 2 and "ontbreken leveringen waarvan wel cijfers zijn gemaakt" in said


@pytest.mark.parametrize("number", ["0001", "0002"])
def test_a_publication_that_is_gone(land: Land, capsys: pytest.CaptureFixture[str], number: str) -> None:
    """Its number is not given again: its figures may have been quoted."""
    land.restore()
    shutil.rmtree(land.home.publications / number)
    code, said = _command(land, capsys, "verify")
    assert code == 2 and f"publications/{number}' ontbreekt" in said.replace("\n", " ")
    _command(land, capsys, "publish")
    assert publication.numbers(land.home)[-1] == ("0002" if number == "0001" else "0003")
    shutil.copytree(land.pristine.publications / number, land.home.publications / number)


def test_an_older_publication_is_not_made_again(land: Land, capsys: pytest.CaptureFixture[str]) -> None:
    land.restore()
    (land.home.publications / "0001" / "indicator_values.csv").write_bytes(b"")
    code, said = _command(land, capsys, "verify")
    assert code == 2 and "Zet het terug uit een reservekopie." in said and "publish" not in said
    land.restore()


@pytest.mark.parametrize("sort", ["accepted", "quarantine", "archive", "archive of a refused one"])
def test_delivering_again_mends(land: Land, capsys: pytest.CaptureFixture[str], sort: str) -> None:
    land.restore()
    with Ledger.open(land.home) as ledger:
        standing = ledger.in_force()
        refused = next(d for d in ledger.all() if d.verdict == "refused")
    named = {
        "accepted": standing[0].accepted_path,
        "quarantine": next(d.quarantine_path for d in standing if d.quarantine_path),
        "archive": lake.archived_at(standing[0].sha256),
        "archive of a refused one": lake.archived_at(refused.sha256),
    }
    (land.home.root / str(named[sort])).write_bytes(b"weg")
    assert _command(land, capsys, "verify")[0] == 2
    before = len(in_ledger(land.home))
    take(land.home)
    assert len(in_ledger(land.home)) == before + 1
    assert _command(land, capsys, "verify")[0] == 0
    take(land.home)
    assert len(in_ledger(land.home)) == before + 1
    result = compute.compute(land.home, LAST)
    kept = {name.removeprefix("results/"): digest for name, digest in land.results.items()}
    assert result.record["files"].items() <= kept.items()


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_damage_is_noticed_at_length(land: Land, capsys: pytest.CaptureFixture[str], batch: int) -> None:
    seen = _trials(land, random.Random(batch), BATCH_TRIALS, capsys)
    assert {kind for _, kind, _ in seen} == set(KINDS)
    with capsys.disabled():
        print(", ".join(f"{area} {end} {n}" for (area, end), n in sorted(_by_end(seen).items())))


def _by_end(seen: Counter[tuple[str, str, str]]) -> Counter[tuple[str, str]]:
    out: Counter[tuple[str, str]] = Counter()
    for (area, _, end), n in seen.items():
        out[area, end] += n
    return out


def _trials(
    land: Land, rng: random.Random, trials: int, capsys: pytest.CaptureFixture[str]
) -> Counter[tuple[str, str, str]]:
    """How often a file of which area was damaged how, and what came of it: noticed, or harmless."""
    seen: Counter[tuple[str, str, str]] = Counter()
    ends = {
        "archive": _archive,
        "lake": _lake,
        "results": _results,
        "publications": _publications,
        "printed": _printed,
    }
    for _ in range(trials):
        land.restore()
        done = damage_one(land.home.root, AREAS, rng)
        try:
            seen[done.area, done.kind, ends[done.area](land, done, capsys)] += 1
        except Exception as error:
            error.add_note(f"{done}")
            raise
    return seen


def _command(land: Land, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit status and all that was printed."""
    capsys.readouterr()
    code = cli.run([*arguments, "--home", str(land.home.root)])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out + err


def _assert_named(done: Damage, said: str) -> None:
    """The damaged file is named, with a remedy. A record and the digest beside it only tell that the two differ."""
    records = (done.path, done.path.with_suffix(".json"), done.path.with_suffix(".parquet"))
    assert any(f"'{path}'" in said for path in records)
    # A publication that is no longer the current one is never made again, nor what was said before.
    older = done.area == "printed" or "0001" in (done.path.parent.name, done.path.parent.parent.name)
    assert "beschadigd" in said and f"Zet het terug uit een reservekopie{'.' if older else ', of '}" in said


def _assert_verify_names_it(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _command(land, capsys, "verify")
    assert code == 2 and said.count("Zet het terug") == 1 and "Beschadigd: 1 van de bewaarde bestanden." in said
    _assert_named(done, said)


def _archive(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> str:
    """No figure is made of received bytes; the check of what is kept names them."""
    _assert_verify_names_it(land, done, capsys)
    return NOTICED


def _lake(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> str:
    _assert_verify_names_it(land, done, capsys)
    shutil.rmtree(land.home.results)
    code, said = _command(land, capsys, "compute", "--until", LAST)
    if code == 2:
        _assert_named(done, said)
        assert not land.home.results.exists()
        return NOTICED
    assert code == 0 and _under(land.home, "results/") == land.results
    return HARMLESS


def _results(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> str:
    """Who opens the results is told; who publishes them computes them again first."""
    _assert_verify_names_it(land, done, capsys)
    with pytest.raises(storage.DamagedFile) as told:
        found = compute.stored(land.home)
        if found is None:
            raise storage.damaged(done.path, compute.RECOMPUTE)
        for name in found.record["files"]:
            found.read(name.removesuffix(".parquet"))
    _assert_named(done, str(told.value))
    shutil.rmtree(land.home.publications)
    publication.publish(land.home, NOW)
    assert (_under(land.home, "results/"), _under(land.home, "publications/")) == (land.results, land.published)
    return NOTICED


def _publications(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> str:
    home = land.home
    whole = {n: queries.open_publication(land.pristine.root, n) for n in publication.numbers(land.pristine)}
    figures: dict[str, pl.DataFrame] = {}
    shown = {}
    told = ""
    for number in ("", *whole):
        try:
            opened = queries.open_publication(home.root, number or queries.current_number(home.root))
            figures[number] = data_quality.open_data_quality(opened).figures
        except queries.DamagedPublication as damage:
            told = str(damage).removeprefix(f"{queries.STEWARDS}/")
            continue
        shown[number] = opened
    for number, opened in shown.items():
        expected = whole[number or "0002"]
        assert figures[number].equals(data_quality.open_data_quality(expected).figures)
        assert opened.manifest == expected.manifest and opened.definitions == expected.definitions
        assert all(opened.tables[name].equals(table) for name, table in expected.tables.items())
    if len(shown) == 1 + len(whole):
        # White space between the words of the pointer.
        assert done.path.name == publication.POINTER and _command(land, capsys, "verify")[0] == 0
        return HARMLESS
    assert told in (done.path.name, done.path.with_suffix(".json").name)
    _assert_verify_names_it(land, done, capsys)
    code, said = _command(land, capsys, "publish", "--until", LAST)
    assert code == 0
    if land.home.publications / "0001" not in done.path.parents:
        _assert_named(done, said)
        assert "Publicatie 0003" in said
    current = queries.open_publication(home.root, queries.current_number(home.root))
    assert all(current.tables[name].equals(table) for name, table in whole["0002"].tables.items())
    return NOTICED


def _printed(land: Land, done: Damage, capsys: pytest.CaptureFixture[str]) -> str:
    """Without what was said before nothing new is said; what is published already is still read."""
    _assert_verify_names_it(land, done, capsys)
    code, said = _command(land, capsys, "publish", "--until", FIRST)
    number = done.path.stem
    assert code == (2 if number == "0002" else 0)
    if code:
        _assert_named(done, said)
    assert queries.current_number(land.home.root) == ("0002" if code else "0003")
    return NOTICED
