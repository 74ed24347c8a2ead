"""A partner's own check of one file: the same door and verdict as a delivery; nothing is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from data_contracts import door, verdict
from data_contracts import report as reports
from data_contracts.loader import contracts
from data_contracts.model import Contract, History, Pending, Verdict
from pipelines import reasons, storage
from pipelines.errors import UserError
from pipelines.inbox import EXTENSIONS, Extension, readable, wrong_month


@dataclass(frozen=True)
class Checked:
    """A verdict, and what the number of a place in the file counts."""

    contract: Contract
    verdict: Verdict
    place: reports.Place


def check(
    file: Path, partner: str, feed: str, month: str, today: date, scratch: Path, list_records: bool = False
) -> Checked:
    """The verdict on ``file`` as a delivery of that feed and month. Raises UserError on what can't be asked.

    ``scratch``: a folder that lives as long as the verdict is used. ``list_records``: as a report needs them.
    """
    contract = _contract(partner, feed)
    if reason := wrong_month(month, today):
        raise UserError(f"--month {month} {reason}.")
    if not os.path.lexists(file):
        raise UserError(f"Het bestand '{file}' bestaat niet.")
    extension = file.suffix.removeprefix(".")
    if extension not in EXTENSIONS:
        raise UserError(
            f"Het bestand heet '{readable(file.name)}'; de naam moet eindigen op .csv, .parquet of .leeg, "
            "in kleine letters."
        )
    read = door.read(file, cast(Extension, extension), contract, scratch)
    (judged,) = verdict.judge(contract, [Pending(month, read)], History(), scratch, list_records=list_records)
    return Checked(contract, judged, "record" if extension == "parquet" else "regel")


def _contract(partner: str, feed: str) -> Contract:
    feeds = require_partner(partner)
    if feed not in feeds:
        raise UserError(f"De levering '{feed}' van {partner} kennen wij niet. Kies uit: {', '.join(feeds)}.")
    return contracts()[f"{partner}/{feed}"]


def require_partner(partner: str) -> list[str]:
    """The feeds of a partner. Raises UserError that names all partners when there is no such one."""
    known = contracts().values()
    feeds = [contract.feed for contract in known if contract.partner == partner]
    if not feeds:
        names = dict.fromkeys(contract.partner for contract in known)
        raise UserError(f"De partner '{partner}' kennen wij niet. Kies uit: {', '.join(names)}.")
    return feeds


def write_report(checked: Checked, scratch: Path, folder: Path) -> tuple[Path, ...]:
    """Writes the report, as an Excel workbook and as JSON, in ``scratch`` and copies it, whole, to ``folder``.

    Raises UserError that names ``folder`` when it can't be written there.
    """
    # Only where a report is asked for: writing workbooks takes a library of its own.
    from data_contracts import workbook

    judged, contract = checked.verdict, checked.contract
    name = f"{contract.partner}-{contract.feed}-{judged.month}"
    book, data = scratch / f"{name}.xlsx", scratch / f"{name}.json"
    workbook.write(judged, contract, book, checked.place)
    with data.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(reports.json_parts(judged, contract))
    try:
        for source in (book, data):
            storage.copy_in(source, folder / source.name)
    except OSError as error:
        reason = reasons.of_os(error)
        raise UserError(f"Het verslag kon niet worden geschreven in '{folder}': {reason}.") from error
    return folder / book.name, folder / data.name
