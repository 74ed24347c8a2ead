"""From exact results to a publication: protected, complete on disk before the pointer moves, never changed after.

A publication directory holds all that readers need and nothing exact, but for the folder of the stewards
(docs/architecture.md lists its files).
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from indicators import calendar, geography
from indicators.attack import Published
from indicators.disclosure import earlier
from indicators.disclosure.protect import DEFAULT, Protected, protect
from indicators.explanation import published
from indicators.gate import GateError, gate
from indicators.geography import Division
from indicators.geography.outlines import outlines
from indicators.model import Definition, definitions
from pipelines import compute, lineage, printed, quality, storage
from pipelines.compute import Computation
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import Delivery, Ledger
from pipelines.printed import Said

REFERENCE = ("regio_status", "praktijklocaties", "opleidingen", "resultaten")
# Exact figures, in a folder of their own that only stewards may open.
STEWARDS = "stewards"
CUBE = "indicator_values.parquet"
CURVES = "curves.parquet"
REGIONS = "regions.json"
MANIFEST = "manifest.json"
POINTER = "current.json"
# As a manifest names it.
PROTECTION: dict[str, Any] = {"rule": json.loads(json.dumps(asdict(DEFAULT)))}
REPUBLISH = "publiceer opnieuw met: veiligheid publish"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Publication:
    """``number``: such as ``0003``; ``unchanged``: the current one already says this."""

    number: str
    folder: Path
    manifest: Mapping[str, Any]
    unchanged: bool


@dataclass(frozen=True)
class Leaving:
    """``protected``: what leaves over these ``months`` before the gate; ``fresh``: what the rule alone would show;
    ``now``: on what."""

    months: list[str]
    protected: Protected
    fresh: Protected
    now: earlier.Now


def publish(home: Home, now: datetime, until: str | None = None, progress: Progress = lambda *_: None) -> Publication:
    """Compute where needed, protect, write the next publication and move the pointer to it.

    ``now``: the moment that the manifest names. Nothing happens when the current publication has the same basis. One
    that is damaged is followed by a new one; one that was finished when a crash kept the pointer from moving gets it.
    """
    with home.writing():
        computation = compute.compute(home, until, progress)
        basis = (computation.fingerprint, PROTECTION)
        latest, _ = standing(home)
        if latest and _basis(latest) == basis:
            return latest
        waiting = _waiting(home, latest)
        if waiting and _basis(waiting) == basis:
            _point_at(home, waiting.number)
            return waiting
        exact = {name: computation.read(name) for name in ("indicator_values", "statistics", "regio_status")}
        division = geography.division(computation.peildatum)
        before = said_so_far(home)
        made = protected(exact, computation.scan("survival"), computation.peildatum, division, before)
        leaving = gated(home, made.protected, computation.peildatum, division, computation.read("praktijklocaties"))
        cube, curves = leaving
        number = f"{last_number(home) + 1:04d}"
        said = Said(
            number,
            computation.peildatum,
            earlier.said(leaving, made.fresh, made.now, before.cells, number, DEFAULT),
        )
        files = {
            CUBE: parquet_bytes(cube),
            "indicator_values.csv": cube.write_csv().encode(),
            CURVES: parquet_bytes(curves),
            REGIONS: regions_json(division),
            "definitions.json": storage.json_bytes(_definitions()),
            **{f"{name}.parquet": parquet_bytes(computation.read(name)) for name in REFERENCE},
            f"{STEWARDS}/data_quality.parquet": parquet_bytes(_data_quality(home, computation)),
            f"{STEWARDS}/feeds.json": storage.json_bytes(quality.described(contracts().values())),
        }
        manifest = _manifest(home, computation, division, made.months, now)
        return _write(home, files, {**manifest, "based_on": _based_on(home, before)}, said)


def protected(
    tables: Mapping[str, pl.DataFrame],
    survival: pl.DataFrame | pl.LazyFrame,
    peildatum: date,
    division: Division,
    before: Said,
) -> Leaving:
    """What leaves of the exact tables of all indicators, after what was said ``before``.

    ``tables``: indicator_values, statistics and regio_status of ``results/``.
    """
    months = span(tables["indicator_values"], tables["regio_status"], peildatum)
    return of_chosen(tables, survival, definitions(), months, peildatum, division, before)


def of_chosen(
    tables: Mapping[str, pl.DataFrame],
    survival: pl.DataFrame | pl.LazyFrame,
    chosen: Mapping[str, Definition],
    months: list[str],
    peildatum: date,
    division: Division,
    before: Said,
) -> Leaving:
    """The same of ``chosen`` indicators over these months."""
    values = tables["indicator_values"]
    fresh = protect(
        values, tables["statistics"], survival, chosen, months=months, peildatum=peildatum, division=division
    )
    now = earlier.Now(
        earlier.counted(fresh.cube, values, chosen, peildatum),
        printed.measures_now(division, PROTECTION["rule"]),
        before.anew(peildatum),
    )
    return Leaving(months, earlier.inherit(fresh, now, before.cells, DEFAULT), fresh, now)


def said_so_far(home: Home) -> Said:
    """What all publications together have said. Raises storage.DamagedFile when that is not known any more."""
    last = last_number(home)
    return said_after(home, f"{last:04d}" if last else None)


def based_on(manifest: Mapping[str, Any]) -> str | None:
    """The number of the publication before the one with this manifest; None: it is the first, or made before this was
    kept."""
    named = manifest.get("based_on")
    return str(named["publication"]) if named else None


def said_after(home: Home, number: str | None) -> Said:
    """What publications up to ``number`` (None: before the first) have said. Raises storage.DamagedFile."""
    if number is None:
        return printed.nothing()
    try:
        manifest = read_manifest(home, number)
    except storage.DamagedFile:
        # Of a damaged publication this is still known.
        return printed.read(home, number, None)
    if "printed" in manifest:
        return printed.read(home, number, manifest["printed"])
    measures = printed.measures_of(manifest)
    published = Protected(cube_of(home, number), curves_of(home, number))
    return Said(
        number,
        date.fromisoformat(manifest["peildatum"]),
        earlier.adopted(published, definitions(), measures, number),
    )


def _based_on(home: Home, before: Said) -> dict[str, str | None] | None:
    """The publication before, as a manifest names it; without a digest when its manifest is damaged."""
    if before.peildatum is None:
        return None
    try:
        content = storage.read_vouched(home.publications / before.publication / MANIFEST, REPUBLISH)
    except storage.DamagedFile:
        return {"publication": before.publication, "manifest_sha256": None}
    return {"publication": before.publication, "manifest_sha256": hashlib.sha256(content).hexdigest()}


def gated(home: Home, leaving: Protected, peildatum: date, division: Division, places: pl.DataFrame) -> Protected:
    """What may leave, next to all that left before. Raises UserError when the gate refuses.

    Of a country that is made up nobody can be given away, and its publication is wanted within a minute: it is attacked
    by itself, and with chains of single sums only."""
    about = {
        "definitions": _definitions(),
        "regions": json.loads(regions_json(division)),
        "protection": PROTECTION,
        "peildatum": peildatum,
        "places": places,
    }
    earlier = () if home.is_fictitious else _whole(home)
    try:
        found = gate(
            leaving,
            lambda now: Published(now.cube, now.curves, **about),
            earlier,
            thorough=not home.is_fictitious,
        )
    except GateError as refusal:
        raise UserError(str(refusal)) from refusal
    return found.protected


def _whole(home: Home) -> Iterator[Published]:
    """The publications of before, oldest first, each read when it is asked for; of a damaged one nothing is known."""
    for number in numbers(home):
        try:
            _opened(home, number)
        except storage.DamagedFile:
            continue
        yield Published.read(home.publications / number)


def _definitions() -> list[dict[str, Any]]:
    """As published, and with the feeds that each indicator's figures come from: ``feeds_behind``."""
    return [
        {**published(d), "feeds_behind": sorted({*lineage.feeds_behind(d.id), *d.feeds})}
        for d in definitions().values()
    ]


def _data_quality(home: Home, computation: Computation) -> pl.DataFrame:
    """What the rows say, from the results, and what the ledger says, which also tells when and after what a delivery
    came: that is no result of the deliveries, so it stands in a publication only."""
    with Ledger.open(home) as ledger:
        delivered = quality.of_deliveries(
            ledger.all(), ledger.evaluations_by_delivery(), contracts(), calendar.month_of(computation.peildatum)
        )
    return quality.table(delivered, computation.read("data_quality"))


def current(home: Home) -> Publication | None:
    """The publication the pointer names, every file checked, if any. Raises storage.DamagedFile."""
    number = pointed_at(home)
    return None if number is None else _opened(home, number)


def _opened(home: Home, number: str) -> Publication:
    """Publication ``number``, every file checked. Raises storage.DamagedFile."""
    folder = home.publications / number
    found = Publication(number, folder, read_manifest(home, number), unchanged=True)
    for name, digest in found.manifest["files"].items():
        storage.verified(folder / name, digest, REPUBLISH)
    return found


def _waiting(home: Home, latest: Publication | None) -> Publication | None:
    """The last publication, where the pointer never came to it: a crash, or a full disk, came in between."""
    if latest is None and ((home.publications / POINTER).exists() or len(numbers(home)) > 1):
        # The pointer, or what it names, is damaged or gone: that is no work of a crash.
        return None
    last = max(numbers(home), key=int, default="0")
    if int(last) <= int(latest.number if latest else "0"):
        return None
    try:
        return replace(_opened(home, last), unchanged=False)
    except storage.DamagedFile:
        return None


def _basis(publication: Publication) -> tuple[Any, Any]:
    """What decides whether a publication says the same as another."""
    return publication.manifest["fingerprint"], publication.manifest["protection"]


def standing(home: Home) -> tuple[Publication | None, str]:
    """The current publication where there is one and it is whole, and in Dutch what is damaged where it is not."""
    try:
        return current(home), ""
    except storage.DamagedFile as damage:
        return None, str(damage)


def pointed_at(home: Home) -> str | None:
    """The number of the current publication; None where there is none yet. Raises storage.DamagedFile."""
    pointer = home.publications / POINTER
    if not pointer.exists() and not numbers(home):
        return None
    try:
        named = json.loads(pointer.read_bytes())
        number, digest = str(named["publication"]), named["manifest_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise storage.damaged(pointer, REPUBLISH) from error
    if number not in numbers(home):
        raise storage.damaged(pointer, REPUBLISH)
    read_manifest(home, number)
    if not storage.matches(home.publications / number / MANIFEST, digest):
        raise storage.damaged(pointer, REPUBLISH)
    return number


def read_manifest(home: Home, number: str, remedy: str = REPUBLISH) -> dict[str, Any]:
    """What publication ``number`` says of itself. Raises storage.DamagedFile."""
    path = home.publications / number / MANIFEST
    found: dict[str, Any] = json.loads(storage.read_vouched(path, remedy))
    if found["publication"] != number:
        raise storage.damaged(path, remedy)
    return found


def of_number(home: Home, number: str) -> Publication:
    """Publication ``number``. Raises UserError when there is none, and storage.DamagedFile."""
    known = numbers(home)
    if number not in known:
        there = f"wel: {', '.join(known)}" if known else "er is nog niets gepubliceerd"
        raise UserError(f"Publicatie '{number}' is er niet; {there}.")
    return Publication(number, home.publications / number, read_manifest(home, number), unchanged=True)


def cube_of(home: Home, number: str) -> pl.DataFrame:
    """The protected cube of a publication, its digest verified. Raises storage.DamagedFile."""
    return _table(home, number, CUBE)


def curves_of(home: Home, number: str) -> pl.DataFrame:
    """The curves of a publication, their digest verified. Raises storage.DamagedFile."""
    return _table(home, number, CURVES)


def _table(home: Home, number: str, name: str) -> pl.DataFrame:
    digest = read_manifest(home, number)["files"][name]
    return pl.read_parquet(io.BytesIO(storage.read_verified(home.publications / number / name, digest, REPUBLISH)))


def regions_of(home: Home, number: str) -> dict[str, tuple[str, str]]:
    """(regio_niveau, arrondissement) of the regions of a publication, by code. Raises storage.DamagedFile."""
    digest = read_manifest(home, number)["files"][REGIONS]
    content = storage.read_verified(home.publications / number / REGIONS, digest, REPUBLISH)
    return {region["code"]: (region["niveau"], region["arrondissement"]) for region in json.loads(content)}


def deliveries(home: Home, manifest: Mapping[str, Any]) -> dict[str, list[Delivery]]:
    """The deliveries that a manifest names, from the ledger: of every feed, in order of month.

    Raises UserError when the ledger does not know one of them any more.
    """
    with Ledger.open(home) as ledger:
        recorded = {(d.name, d.month, d.number, d.sha256): d for d in ledger.all()}
    found: dict[str, list[Delivery]] = {feed: [] for feed in contracts()}
    for named in manifest["deliveries"]:
        name, month = f"{named['partner']}/{named['feed']}", named["month"]
        delivery = recorded.get((name, month, named["number"], named["sha256"]))
        if delivery is None:
            raise UserError(
                f"Levering {named['number']} van {name} over {month}, waar publicatie {manifest['publication']} op "
                "rust, staat niet meer in het register van leveringen. Zet het register terug uit een reservekopie."
            )
        found[name].append(delivery)
    return {name: sorted(mine, key=lambda d: d.month) for name, mine in found.items()}


def numbers(home: Home) -> list[str]:
    """The numbers of the publications there are, in order."""
    if not home.publications.is_dir():
        return []
    return sorted((p.name for p in home.publications.iterdir() if p.is_dir() and p.name.isdigit()), key=int)


def last_number(home: Home) -> int:
    """The highest number ever given, as far as is known: that of one that is gone and still pointed at, too."""
    given = [int(number) for number in numbers(home)]
    try:
        given.append(int(json.loads((home.publications / POINTER).read_bytes())["publication"]))
    except (OSError, ValueError, KeyError, TypeError):
        # No pointer, or a damaged one: it adds nothing.
        return max(given, default=0)
    return max(given)


def span(values: pl.DataFrame, status: pl.DataFrame, peildatum: date) -> list[str]:
    """The months a publication covers: from the first delivered month, or the first in which the country shows a
    printable count if that is earlier, to the peildatum's.

    A single early date may not stretch the cube: that would show that it exists.
    """
    last = calendar.month_of(peildatum)
    printable = values.filter(
        (pl.col("regio_niveau") == "land")
        & (pl.col("periode_soort") == "maand")
        & (pl.col("n") >= DEFAULT.threshold)
        & (pl.col("eenheid").is_not_null())
    )
    first = min([*status["maand"].to_list(), *printable["periode"].to_list(), last])
    return calendar.months_between(first, last)


def regions_json(division: Division) -> bytes:
    """The regions of a publication in their order, one a line: code, naam, niveau, arrondissement and omtrek, the rings
    of its outline as [longitude, latitude] (the country has none)."""
    drawn = outlines(division)
    regions = [
        {
            "code": r.code,
            "naam": r.naam,
            "niveau": r.niveau,
            "arrondissement": r.arrondissement,
            "omtrek": drawn.get(r.code, ()),
        }
        for r in division.regions
    ]
    lines = (json.dumps(region, ensure_ascii=False, separators=(",", ":")) for region in regions)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _manifest(
    home: Home, computation: Computation, division: Division, months: list[str], now: datetime
) -> dict[str, Any]:
    kept = ("peildatum", "code_version", "fingerprint", "indicators", "contracts")
    return {
        "created_at": now.isoformat(timespec="seconds"),
        "fictief": home.is_fictitious,
        **{name: computation.record[name] for name in kept},
        # Row counts are exact figures about persons: they stay in the ledger, next to the digest.
        "deliveries": [
            {name: d[name] for name in ("partner", "feed", "month", "number", "sha256")}
            for d in computation.record["deliveries"]
        ],
        "regio_indeling": {"naam": division.naam, "vanaf": division.vanaf.isoformat()},
        "first_month": months[0],
        "last_month": months[-1],
        "protection": PROTECTION,
    }


def _write(home: Home, files: Mapping[str, bytes], manifest: dict[str, Any], said: Said) -> Publication:
    storage.make_folder(home.publications)
    number = said.publication
    building = home.publications / f"{storage.TEMPORARY}{number}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    digests = {name: storage.write(building / name, content) for name, content in files.items()}
    # Before the publication is there: nothing may be said that is not remembered.
    full = {"publication": number, **manifest, "printed": printed.keep(home, said), "files": digests}
    storage.write_vouched(building / MANIFEST, storage.json_bytes(full))
    folder = home.publications / number
    storage.rename(building, folder)
    _point_at(home, number)
    return Publication(number, folder, full, unchanged=False)


def _point_at(home: Home, number: str) -> None:
    digest = storage.sha256(home.publications / number / MANIFEST)
    storage.write(home.publications / POINTER, storage.json_bytes({"publication": number, "manifest_sha256": digest}))
