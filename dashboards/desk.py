"""The steward's desk as the pages use it: who may see what of a home, and its ledger, previews and explanations.

The one module of dashboards that knows pipelines, through a facade that only reads
(docs/decisions/0043-stewards-desk.md); opened when a page asks, since it is heavy. Not here: how anything is told.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.data_quality import Feed, in_order
from dashboards.queries import Publication
from data_contracts.loader import contracts

if TYPE_CHECKING:
    from pipelines.desk import Backfill as Backfill
    from pipelines.desk import Desk
    from pipelines.desk import Explanation as Explanation
    from pipelines.desk import Preview as Preview

COMMAND = "veiligheid"
# What the audit log tells of, as pipelines/audit.py has it.
LOGGED_IN, LOGGED_OUT, REFUSED = "aangemeld", "afgemeld", "geweigerd"
SEEN, DOWNLOADED, QUARANTINE, EXPLAINED = "gezien", "gedownload", "quarantaine geopend", "opnieuw berekend"
STARTED, STOPPED, APPROVED = "gestart", "gestopt", "goedgekeurd"


class DeskError(Exception):
    """What is asked is not there, or can't be read; in one Dutch sentence."""


@contextmanager
def opened(publication: Publication) -> Iterator[Desk]:
    """The desk of the home that a publication lies in, for stewards alone. Within it, what a user can mend is raised as
    DeskError. Raises PermissionError where the publication was prepared for anybody else."""
    from pipelines.desk import Desk, UserError

    if not is_open(publication):
        raise PermissionError("the desk is for stewards")
    try:
        yield Desk.at(home_of(publication))
    except UserError as error:
        raise DeskError(str(error)) from error


def note(home: Path, who: str, role: str, what: str, on: str = "") -> None:
    """Put on record what somebody is about to see or do, in the audit log of the home. Raises DeskError where that
    can't be: then it must not happen."""
    from pipelines.desk import Desk, UserError

    try:
        Desk.at(home).note(who, role, what, on)
    except UserError as error:
        raise DeskError(str(error)) from error


def home_of(publication: Publication) -> Path:
    """The data home that a publication lies in."""
    return publication.folder.parents[1]


def is_open(publication: Publication) -> bool:
    """Whether exact figures and rows may be seen, and work started, by those whom it was prepared for."""
    return publication.audience is not None and publication.audience.is_steward


def feeds() -> dict[str, Feed]:
    """Every feed by its name, by partner in the usual order."""
    known = [
        Feed(c.partner, c.feed, c.title, c.delivery_day, {}, {rule.code: rule.message for rule in c.rules})
        for c in contracts().values()
    ]
    return {feed.name: feed for feed in in_order(known)}


def explain_command(home: Path, number: str, cell: dict[str, str]) -> str:
    """The command line that explains a cell of publication ``number``."""
    asked = ["explain", "--publication", number, "--indicator", cell["indicator"], "--region", cell["regio"]]
    asked += ["--period", cell["periode"]]
    if cell["dimensie"] != "totaal":
        asked += ["--dimension", cell["dimensie"], "--category", cell["categorie"]]
    return _command(home, asked)


def dagster_command(home: Path) -> str:
    """The command line that starts Dagster on this home."""
    return _command(home, ["dagster"])


def backfill_commands(home: Path, first: str, last: str, chosen: Sequence[str]) -> tuple[str, str]:
    """The command lines that make a preview, and that carry out the one whose number is filled in."""
    asked = ["backfill", "--from", first, "--until", last]
    asked += [part for name in chosen for part in ("--feed", name)]
    return _command(home, [*asked, "--preview"]), f"{_command(home, asked)} --approved NUMMER"


def _command(home: Path, arguments: Sequence[str]) -> str:
    return shlex.join([COMMAND, *arguments, "--home", str(home.resolve())])
