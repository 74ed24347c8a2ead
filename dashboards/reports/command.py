"""What the command line asks of this room: a report as bytes, or one Dutch line that says why there is none."""

from __future__ import annotations

from pathlib import Path

from dashboards import queries, texts
from dashboards.reports import files
from dashboards.reports.selection import Choice
from indicators.geography import LAND


class ReportError(Exception):
    """No report can be made of what was asked; a Dutch line for the user."""


def make(home: Path, organisation: str | None, region: str | None, to: Path, publication: str | None = None) -> bytes:
    """The report of an organisation or a region, as PDF or as Excel workbook by the extension of ``to``.

    ``publication``: its number, or the newest. Raises ReportError."""
    choice = _choice(organisation, region)
    _check_place(to)
    found = _publication(home, publication)
    codes = [r.code for r in found.regions]
    if choice.region not in codes:
        raise _error("region", code=choice.region, number=found.number, choices=", ".join(codes))
    return files.write(found, choice, _form(to))


def _choice(organisation: str | None, region: str | None) -> Choice:
    if bool(organisation) == bool(region):
        raise _error("which")
    if region:
        return Choice(region=region)
    known = texts.get("report.tiles.partner")
    if organisation not in known:
        raise _error("partner", code=organisation, choices=", ".join(known))
    return Choice(region=LAND, partner=str(organisation))


def _form(to: Path) -> str:
    return to.suffix.lower().removeprefix(".")


def _check_place(to: Path) -> None:
    if _form(to) not in files.FORMATS:
        raise _error("extension", name=to)
    if not to.parent.is_dir():
        raise _error("folder", folder=to.parent)
    if to.is_dir():
        raise _error("is_folder", name=to)


def _publication(home: Path, number: str | None) -> queries.Publication:
    try:
        shown = number or queries.current_number(home)
    except queries.NoPublication as error:
        raise _error("no_publication", home=home) from error
    except queries.DamagedPublication as error:
        raise _error("damaged_pointer", file=error) from error
    made = sorted(p.name for p in (home / "publications").glob("[0-9]*") if p.is_dir())
    if shown not in made:
        raise _error("unknown", number=shown, home=home, choices=", ".join(made))
    try:
        return queries.open_publication(home, shown)
    except queries.DamagedPublication as error:
        raise _error("damaged", number=shown, file=error) from error


def _error(reason: str, /, **values: object) -> ReportError:
    return ReportError(texts.get("report.errors")[reason].format(**values))
