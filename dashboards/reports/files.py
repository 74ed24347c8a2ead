"""A report as a file: one A4 as PDF, or the tables behind it as Excel. What the pages offer and the command writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from dashboards import texts
from dashboards.queries import Publication
from dashboards.reports import contents, paper, workbook
from dashboards.reports.selection import Choice, Selection, select


def pdf(found: Selection, created: datetime) -> bytes:
    """The sheet. Raises typst.TypstError when it doesn't fit on one page or breaks a rule of PDF/UA-1."""
    return paper.to_pdf(contents.contents(found), int(created.timestamp()))


# By the ending of the file's name: its MIME type, and what writes it.
FORMATS: Mapping[str, tuple[str, Callable[[Selection, datetime], bytes]]] = {
    "pdf": ("application/pdf", pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.to_xlsx),
}


def write(publication: Publication, choice: Choice, form: str) -> bytes:
    """The report in one of FORMATS, in Dutch whatever language is in use; the same bytes for the same publication."""
    reader = texts.language()
    texts.use(texts.LANGUAGE)
    try:
        return FORMATS[form][1](select(publication, choice), datetime.fromisoformat(publication.manifest["created_at"]))
    finally:
        texts.use(reader)
