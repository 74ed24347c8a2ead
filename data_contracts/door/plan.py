"""How to decode a Parquet file without unfolding more than is known beforehand.

Per row group: which text is read as dictionary, and how many rows at a time. Not here: reading page headers (`pages`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from data_contracts.door import refusals
from data_contracts.door.coltypes import BYTE_ARRAY
from data_contracts.door.footer import Footer, blaming_file
from data_contracts.door.pages import (
    DELTA_BYTE_ARRAY,
    DELTA_TEXT,
    DICTIONARY_ENCODINGS,
    DICTIONARY_PAGE,
    Page,
    read_pages,
)
from data_contracts.door.settings import Settings
from data_contracts.model import Limits


@dataclass(frozen=True)
class RowGroup:
    """One row group: its ``rows``, the text columns to read as dictionary, and how many rows to decode at a time."""

    rows: int
    dictionaries: list[str]
    batch_rows: int


def plan(file: BinaryIO, footer: Footer, limits: Limits, settings: Settings) -> list[RowGroup]:
    """The row groups, after reading every page header.

    Raises `Refused` where the pages contradict the footer, or unfold beyond a limit.
    """
    groups = []
    unpacked, counted = 0, 0
    with blaming_file("de pagina's kloppen niet met de voettekst"):
        for group in footer.groups:
            open_bytes, row_bytes, dictionaries = 0, 0, []
            for column, chunk in zip(footer.columns, group.chunks, strict=True):
                pages = []
                for page in read_pages(file, chunk, column, settings.page_bytes):
                    unpacked, counted = unpacked + page.size, counted + 1
                    if unpacked > limits.max_uncompressed_bytes:
                        raise refusals.too_big(limits.max_uncompressed_bytes, unpacked=True)
                    if counted > settings.pages:
                        raise refusals.many_pages(settings.pages)
                    pages.append(page)
                open_bytes += _open_bytes(pages)
                if open_bytes > settings.page_bytes:
                    raise refusals.big_pages(settings.page_bytes)
                if column.physical == BYTE_ARRAY:
                    as_dictionary = column.kind == "text" and _is_dictionary(pages, settings)
                    row_bytes += _worst_row_bytes(pages, as_dictionary)
                    dictionaries += [column.name] * as_dictionary
            batch_rows = max(1, min(settings.batch_rows, settings.open_text_bytes // max(row_bytes, 1)))
            groups.append(RowGroup(group.rows, dictionaries, batch_rows))
    return groups


def _open_bytes(pages: Sequence[Page]) -> int:
    """What one column holds in memory at a time: its dictionary and its largest page, packed and unpacked."""
    sizes = {DICTIONARY_PAGE: 0}
    for page in pages:
        sizes[page.kind] = max(sizes.get(page.kind, 0), page.size + page.packed)
    return sum(sizes.values())


def _is_dictionary(pages: Sequence[Page], settings: Settings) -> bool:
    """Whether text is to be read as dictionary: some of it is stored so, and pyarrow can read the rest that way too.

    pyarrow adds plain values to the dictionary it keeps, so there may not be many of those.
    """
    data = [page for page in pages if page.kind != DICTIONARY_PAGE]
    plain_bytes = sum(page.size for page in data if page.encoding not in DICTIONARY_ENCODINGS)
    return (
        any(page.encoding in DICTIONARY_ENCODINGS for page in data)
        and not any(page.encoding in DELTA_TEXT for page in data)
        and plain_bytes <= settings.open_text_bytes
    )


def _worst_row_bytes(pages: Sequence[Page], as_dictionary: bool) -> int:
    """Bytes of text that a row of a column can take: at worst, or for plain pages on the average of the worst page."""
    worst = 4
    for page in pages:
        if page.kind == DICTIONARY_PAGE:
            row = 0 if as_dictionary else page.size
        elif page.encoding == DELTA_BYTE_ARRAY:
            row = page.size
        elif page.encoding in DICTIONARY_ENCODINGS:
            row = 0
        else:
            row = page.size // max(page.values, 1)
        worst = max(worst, row)
    return worst
