"""What a backfill would do, before anything is changed: which deliveries are read again, which figures change.

The whole road is gone over a shadow of the home, so that nothing is guessed. A preview is kept (``<home>/previews``),
so that it can be approved, and held against what happened. Not here: why a cell changes (``causes.py``), carrying it
out (``backfill.py``).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from indicators import calendar, dutch
from indicators.disclosure import Protected
from indicators.geography import Division
from pipelines import backfill, causes, compute, deliver, difference, migration, publication, recompute, shadow, storage
from pipelines.backfill import Request
from pipelines.compute import Progress
from pipelines.deliver import Outcome
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.inbox import Inbox, InboxFile
from pipelines.ledger import DONE, Delivery, Ledger
from pipelines.publication import Publication

RECORD = "preview.json"
CHANGES = "changes.parquet"
AGAIN = "maak een nieuwe voorvertoning met: veiligheid backfill --preview"
# Why a file would be read.
NEW, CORRECTED, CONTRACT, REPAIRED = "nieuw", "verbeterd", "ander contract", "hersteld"
DOUBLE, GONE = "dubbel bestand", "niet te lezen"
AS_FORESEEN = "zoals de voorvertoning zei"


@dataclass(frozen=True)
class Preview:
    """``record``: what preview.json holds: number, request, made_at, publication, peildatum, basis, fingerprint, reads
    [{feed, month, why, verdict, rows_in, rows_quarantined, message}]. ``changes``: as ``difference.changes``."""

    record: Mapping[str, Any]
    changes: pl.DataFrame

    @property
    def number(self) -> str:
        return str(self.record["preview"])

    @property
    def request(self) -> Request:
        asked = self.record["request"]
        return Request(asked["first"], asked["last"], tuple(asked["feeds"]))


def make(home: Home, request: Request, found: Inbox, now: datetime, progress: Progress = lambda *_: None) -> Preview:
    """Go over the road on a shadow of the home, and keep what would come of it.

    Raises UserError when another process is writing, and storage.DamagedFile when a stored file is damaged.
    """
    with home.writing():
        migration.at_first_write(home, progress)
        published, _ = publication.standing(home)
        asked = backfill.files(home, request, found)
        basis = _basis(home, request, asked, published)
        with shadow.of(home) as copy:
            outcomes = deliver.deliver(copy, asked, progress=progress, again=True)
            with Ledger.open(copy) as ledger:
                in_force = ledger.in_force()
            record = {
                "request": {"first": request.first, "last": request.last, "feeds": list(request.feeds)},
                "made_at": now.isoformat(timespec="seconds"),
                "publication": published.number if published else None,
                "basis": basis,
                "reads": [
                    *(_read(home, copy, o) for o in outcomes if o.verdict != "unchanged"),
                    *(_unread(f) for f in backfill.gone(home, request, found)),
                ],
                "still_refused": sum(
                    o.verdict == "unchanged" and o.delivery is not None and o.delivery.verdict == "refused"
                    for o in outcomes
                ),
                **_foreseen(in_force),
            }
            changes = _changes(home, copy, published, in_force, progress)
        return _keep(home, record, changes)


def _foreseen(in_force: Sequence[Delivery]) -> dict[str, Any]:
    """Peildatum and fingerprint of the computation to come; None while no month is complete."""
    try:
        month = compute.default_month(in_force)
    except UserError:
        return {"peildatum": None, "fingerprint": None}
    basis = compute.basis(compute.known(in_force, month), month)
    return {name: basis[name] for name in ("peildatum", "fingerprint")}


def _changes(
    home: Home, copy: Home, published: Publication | None, in_force: Sequence[Delivery], progress: Progress
) -> pl.DataFrame:
    """What readers would see change; nothing where nothing is published yet."""
    if published is None:
        return difference.none()
    month = compute.default_month(in_force)
    before = publication.said_so_far(home)
    new = causes.Side(calendar.month_end(month), compute.known(in_force, month), before.publication)
    to_come = causes.key(new.deliveries, new.peildatum, new.division)

    def cube_of(deliveries: causes.Deliveries, peildatum: date, division: Division) -> pl.DataFrame:
        made = recompute.everything(copy, deliveries, peildatum, division, before, progress)
        if causes.key(deliveries, peildatum, division) != to_come:
            return made.cube
        leaving = Protected(made.cube, made.curves)
        return publication.gated(home, leaving, peildatum, division, made.exact["praktijklocaties"]).cube

    return causes.changes(causes.of_publication(home, published), new, in_force, cube_of)


def _read(home: Home, copy: Home, outcome: Outcome) -> dict[str, Any]:
    d, file = outcome.delivery, outcome.file
    with Ledger.open(home) as ledger:
        before = next((b for b in ledger.in_force() if (b.name, b.month) == (file.name, file.month)), None)
    refusals = [f.message for f in outcome.findings if f.level == "levering"]
    return {
        "feed": file.name,
        "month": file.month,
        "extension": file.extension,
        "why": DOUBLE if file.double else _why(before, d),
        "verdict": outcome.verdict,
        "rows_in": d.rows_in if d else 0,
        "rows_quarantined": d.rows_quarantined if d else 0,
        "warnings": sum(f.level == "waarschuwing" for f in outcome.findings),
        # The shadow is gone when this is read: the place in the home is meant.
        "message": (outcome.message or " ".join(refusals)).replace(str(copy.root), str(home.root)),
    }


def _unread(file: InboxFile) -> dict[str, Any]:
    return {
        "feed": file.name,
        "month": file.month,
        "extension": file.extension,
        "why": GONE,
        "verdict": "error",
        "rows_in": 0,
        "rows_quarantined": 0,
        "warnings": 0,
        "message": backfill.GONE,
    }


def _why(before: Delivery | None, after: Delivery | None) -> str:
    if before is None or after is None:
        return NEW
    if before.sha256 != after.sha256:
        return CORRECTED
    return CONTRACT if before.contract_digest != after.contract_digest else REPAIRED


def _basis(home: Home, request: Request, asked: Sequence[InboxFile], published: Publication | None) -> str:
    """A digest of all that a preview depends on: when it is another one, the preview is out of date."""
    with Ledger.open(home) as ledger:
        known = [(d.name, d.month, d.number, d.sha256, d.rows_erased) for d in ledger.all()]
    basis = {
        "request": [request.first, request.last, *request.feeds],
        "publication": published.manifest["fingerprint"] if published else None,
        "after": publication.last_number(home),
        "versions": causes.versions_now(),
        "contracts": [contract.digest for contract in contracts().values()],
        "ledger": known,
        "files": sorted(
            (f.name, f.month, f.extension, f.kept or storage.sha256(f.path)) for f in asked if f.path.is_file()
        ),
    }
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()


def _keep(home: Home, record: Mapping[str, Any], changes: pl.DataFrame) -> Preview:
    number = f"{max((int(n) for n in numbers(home)), default=0) + 1:04d}"
    content = publication.parquet_bytes(changes)
    full = {"preview": number, **record, "changes": hashlib.sha256(content).hexdigest()}
    building = home.previews / f"{storage.TEMPORARY}{number}"
    storage.write(building / CHANGES, content)
    storage.write_vouched(building / RECORD, storage.json_bytes(full))
    storage.rename(building, home.previews / number)
    return Preview(full, changes)


def numbers(home: Home) -> list[str]:
    """The numbers of the previews there are, in order."""
    if not home.previews.is_dir():
        return []
    return sorted((p.name for p in home.previews.iterdir() if p.name.isdigit()), key=int)


def read(home: Home, number: str) -> Preview:
    """A kept preview. Raises UserError when there is none with this number, and storage.DamagedFile."""
    if number not in numbers(home):
        there = ", ".join(numbers(home)) or "nog geen enkele"
        raise UserError(f"Voorvertoning '{number}' is er niet; wel: {there}. {AGAIN[0].upper()}{AGAIN[1:]}.")
    folder = home.previews / number
    record = json.loads(storage.read_vouched(folder / RECORD, AGAIN))
    content = storage.read_verified(folder / CHANGES, record["changes"], AGAIN)
    return Preview(record, pl.read_parquet(io.BytesIO(content)))


def require_current(home: Home, preview: Preview, found: Inbox) -> None:
    """Raises UserError when something has changed since the preview was made: it says nothing any more."""
    with Ledger.open(home) as ledger:
        done = next((b for b in ledger.backfills() if b.preview == preview.number and b.status == DONE), None)
    if done is not None:
        raise UserError(
            f"Voorvertoning {preview.number} is al uitgevoerd, goedgekeurd door {done.approved_by}: {done.outcome}."
        )
    published, _ = publication.standing(home)
    asked = backfill.files(home, preview.request, found)
    if _basis(home, preview.request, asked, published) != preview.record["basis"]:
        raise UserError(
            f"Voorvertoning {preview.number} is verouderd: leveringen, publicatie of code zijn sindsdien veranderd. "
            f"{AGAIN[0].upper()}{AGAIN[1:]}."
        )


def outcome(home: Home, before: str | None, preview: Preview | None) -> str:
    """What a backfill changed, in Dutch; held against its preview where there was one."""
    after, _ = publication.standing(home)
    if before is None or after is None:
        return "eerste publicatie" if after else "nog niets gepubliceerd"
    changed = difference.net_changes(publication.cube_of(home, before), publication.cube_of(home, after.number))
    told = f"{_figures(changed.height)} veranderd"
    if preview is None:
        return told
    strange = difference.unlike(changed, preview.changes)
    return f"{told}, {AS_FORESEEN}" if not strange else f"{told}; {_figures(strange)} anders dan de voorvertoning zei"


def _figures(count: int) -> str:
    return f"{dutch.number(count)} {'cijfer' if count == 1 else 'cijfers'}"
