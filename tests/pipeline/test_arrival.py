"""Deliveries in any order of arrival, given again, and split over runs: the same results, byte for byte.

The order of feeds and months is free; corrections of one month keep theirs. Only warnings may differ, because they tell
what was known when a delivery arrived: a volume that stands out, a gezin that changed, an incident not known (yet), and
bytes that another partner delivered too. A publication's table for stewards counts warnings as they were given, so that
those rows of it differ likewise.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_inbox import NOW, TODAY, files

from data_contracts import rows
from data_contracts.loader import contracts
from pipelines import compute, deliver, inbox, publication, redelivery
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.synthesis import synthesize

LAST = "2020-05"
SCALE = 0.002
FEW = ("politie/incidenten", "veilig_thuis/meldingen", "landelijk_netwerk/tarieven")
OF_ITS_MOMENT = {redelivery.SAME} | {
    rule.code
    for contract in contracts().values()
    for rule in contract.rules
    if rule.kind in ("volume", "gezin_gewijzigd", "verwijzing_onbekend")
}
Place = tuple[str, str]


@dataclass(frozen=True)
class Version:
    """What a partner gives for a feed and month; ``name``: the file's, such as ``2020-05.csv``."""

    name: str
    content: bytes


def versions(folder: Path, first: str, feeds: Sequence[str], rng: random.Random) -> dict[Place, list[Version]]:
    """A fictitious country's deliveries by feed and month, in the order in which a partner gives them: of some months
    an incomplete file and a refused one come before the whole one."""
    synthesize(folder, first, LAST, SCALE, 1)
    found: dict[Place, list[Version]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        feed, month = path.parent.relative_to(folder).as_posix(), path.stem
        if feed not in feeds:
            continue
        whole = Version(path.name, path.read_bytes())
        lines = whole.content.splitlines(keepends=True)
        earlier = []
        if len(lines) > 2 and rng.random() < 0.5:
            earlier = [Version(path.name, b"".join(lines[:-1])), Version(path.name, b"".join(lines[1:]))]
        found[feed, month] = [*earlier, whole]
    return found


def arrive(home: Home, wanted: dict[Place, list[Version]], rng: random.Random, largest: int) -> None:
    """Deliver all of it, up to ``largest`` at a time; in between some of it again, and a computation now and then."""
    waiting = {place: list(given) for place, given in wanted.items()}
    given: dict[Place, Version] = {}
    while waiting:
        chosen = rng.sample(sorted(waiting), min(len(waiting), rng.randint(1, largest)))
        again = rng.sample(sorted(given), min(len(given), rng.randint(0, 3)))
        arriving = {place: given[place] for place in again} | {place: waiting[place].pop(0) for place in chosen}
        waiting = {place: left for place, left in waiting.items() if left}
        given |= arriving
        drop = Path(tempfile.mkdtemp(dir=home.root.parent))
        for (feed, _), version in arriving.items():
            (drop / feed).mkdir(parents=True, exist_ok=True)
            (drop / feed / version.name).write_bytes(version.content)
        outcomes = deliver.deliver(home, inbox.scan(drop, TODAY).files, NOW)
        repeated = {o.file.name + o.file.month for o in outcomes if o.verdict == "unchanged"}
        assert repeated == {feed + month for feed, month in set(again) - set(chosen)}
        if rng.random() < 0.2:
            try:
                publication.publish(home, NOW, min(month for _, month in given))
            except UserError as nothing_yet:
                assert "nog niets geaccepteerd" in str(nothing_yet)


@dataclass(frozen=True)
class Outcome:
    """What may not depend on the order of arrival, and the warnings, which may. ``quality``: without warnings."""

    results: dict[str, str]
    record: dict[str, Any]
    quality: list[tuple[Any, ...]]
    published: dict[str, str]
    manifest: dict[str, Any]
    ledger: list[tuple[Delivery, Any, Any]]
    warnings: dict[tuple[str, str, int], set[str]]


def outcome(home: Home) -> Outcome:
    # What was published before may be seen in what is published next; here it is the first.
    for folder in (home.publications, home.printed):
        shutil.rmtree(folder, ignore_errors=True)
    made = publication.publish(home, NOW, LAST)
    there = files(home)
    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    del manifest["publication"], manifest["files"]["stewards/data_quality.parquet"]
    record = dict(compute.compute(home, LAST).record)
    quality = pl.read_parquet(made.folder / "stewards" / "data_quality.parquet")
    quality = quality.filter(pl.col("maat") != "waarschuwing")
    lines, warnings = [], {}
    with Ledger.open(home) as opened:
        findings = opened.findings()
        for d in opened.all():
            found = findings.get(d.id or 0, [])
            judged = [e for e in opened.evaluations(d) if e.level != "waarschuwing"]
            lines.append((_without_id(d), [f for f in found if f.level != "waarschuwing"], judged))
            warnings[d.name, d.month, d.number] = {f.code for f in found if f.level == "waarschuwing"}
    return Outcome(
        {name: there[f"results/{name}"] for name in [*record["files"], compute.MANIFEST]},
        record,
        quality.rows(),
        {name: there[f"publications/{made.number}/{name}"] for name in manifest["files"]},
        manifest,
        lines,
        warnings,
    )


def _without_id(delivery: Delivery) -> Delivery:
    """Without the number that the database gave it, which is the order of arrival itself."""
    return Delivery(**{**vars(delivery), "id": None})


def same_whatever_the_order(
    tmp_path: Path, first: str, feeds: Sequence[str], orders: Sequence[int], largest: int
) -> set[tuple[str, str, int]]:
    """Asserts it for these random orders against the order of month; the deliveries whose warnings differed."""
    wanted = versions(tmp_path / "land", first, feeds, random.Random("versies"))
    plain = Home.open(tmp_path / "volgorde", create=True)
    for place in sorted(wanted, key=lambda place: (place[1], place[0])):
        arrive(plain, {place: wanted[place]}, random.Random(0), 1)
    expected = outcome(plain)
    assert {d.verdict for d, *_ in expected.ledger} == {"accepted", "refused"}
    assert max(d.number for d, *_ in expected.ledger) == 3
    differed = set()
    for order in orders:
        home = Home.open(tmp_path / f"volgorde-{order}", create=True)
        arrive(home, wanted, random.Random(order), largest)
        found = outcome(home)
        assert found.ledger == expected.ledger
        assert (found.results, found.record) == (expected.results, expected.record)
        assert found.quality == expected.quality and found.quality
        assert (found.published, found.manifest) == (expected.published, expected.manifest)
        for delivery, warned in found.warnings.items():
            different = warned ^ expected.warnings[delivery]
            assert different <= OF_ITS_MOMENT
            differed |= {delivery} if different else set()
    return differed


@pytest.fixture(autouse=True)
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations only counts again what was counted; it takes seconds a feed."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


def test_the_order_of_arrival_changes_no_byte(tmp_path: Path) -> None:
    assert same_whatever_the_order(tmp_path, "2020-04", FEW, orders=[1], largest=3)


@pytest.mark.slow
def test_the_order_of_arrival_changes_no_byte_of_all_feeds(tmp_path: Path) -> None:
    assert same_whatever_the_order(tmp_path, "2019-10", tuple(contracts()), orders=range(10), largest=40)
