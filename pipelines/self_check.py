"""A partner's own check of one file: the same door and verdict as a delivery; nothing is kept."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from pyarrow import parquet

from data_contracts import door, verdict
from data_contracts.loader import contracts
from data_contracts.model import Contract, History, Pending, Verdict
from pipelines.errors import UserError
from pipelines.inbox import EXTENSIONS, Extension, readable, wrong_month


@dataclass(frozen=True)
class Checked:
    """A verdict, and (line in the file, broken rules) of each record in quarantine."""

    contract: Contract
    verdict: Verdict
    rejected: list[tuple[int, list[str]]]


def check(file: Path, partner: str, feed: str, month: str, today: date) -> Checked:
    """The verdict on ``file`` as a delivery of that feed and month. Raises UserError on what can't be asked."""
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
        (judged,) = verdict.judge(contract, [Pending(month, read)], History(), scratch)
        return Checked(contract, judged, _rejected(judged.quarantine))


def _rejected(quarantine: Path | None) -> list[tuple[int, list[str]]]:
    if quarantine is None:
        return []
    table = parquet.read_table(quarantine, columns=["regel", "redenen"])
    return list(zip(table["regel"].to_pylist(), table["redenen"].to_pylist(), strict=True))
