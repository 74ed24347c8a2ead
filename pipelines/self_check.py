"""A partner's own check of one file: the same door and verdict as a delivery; nothing is kept."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from data_contracts import door, verdict, workbook
from data_contracts import report as reports
from data_contracts.loader import contracts
from data_contracts.model import Contract, History, Pending, Verdict
from pipelines import storage
from pipelines.errors import UserError
from pipelines.inbox import EXTENSIONS, Extension, readable, wrong_month


@dataclass(frozen=True)
class Checked:
    """A verdict, and the files of its report when one was asked for."""

    contract: Contract
    verdict: Verdict
    written: tuple[Path, ...]


def check(file: Path, partner: str, feed: str, month: str, today: date, report: Path | None = None) -> Checked:
    """The verdict on ``file`` as a delivery of that feed and month. Raises UserError on what can't be asked.

    ``report``: the folder for the report, as an Excel workbook and as JSON.
    """
    contract = contracts().get(f"{partner}/{feed}")
    if contract is None:
        known = ", ".join(contracts())
        raise UserError(f"De levering '{partner}/{feed}' kennen wij niet. Kies uit: {known}.")
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
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        read = door.read(file, cast(Extension, extension), contract, scratch)
        listed = report is not None
        (judged,) = verdict.judge(contract, [Pending(month, read)], History(), scratch, list_records=listed)
        written = _write_report(judged, contract, scratch, report) if report else ()
        return Checked(contract, judged, written)


def _write_report(judged: Verdict, contract: Contract, scratch: Path, folder: Path) -> tuple[Path, ...]:
    """Writes the report in ``scratch`` and copies it, whole, to ``folder``."""
    name = f"{contract.partner}-{contract.feed}-{judged.month}"
    book, data = scratch / f"{name}.xlsx", scratch / f"{name}.json"
    workbook.write(judged, contract, book)
    with data.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(reports.json_parts(judged, contract))
    for source in (book, data):
        storage.copy_in(source, folder / source.name)
    return folder / book.name, folder / data.name
