"""The digital overview of results and training of the landelijk netwerk: filtered, sorted, as rows of tables.

Pure: frames of a publication -> HTML cells. A place where something is to be found is a link only when it is an
address of the web; whatever else stands there is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

import polars as pl

from dashboards import dates, texts
from indicators import dutch

EVERYTHING = "alle"
WEB = ("http", "https")


def activities(results: pl.DataFrame) -> dict[str, str]:
    """What the results are about, by code, with its name: verbeteractiviteiten first, then the rest."""
    known = texts.get("activities") | texts.get("resultaten.subjects")
    found = results["verbeteractiviteit"].unique().sort().to_list()
    order = list(known)
    return {
        code: known.get(code, code.replace("_", " ").capitalize())
        for code in sorted(found, key=lambda c: (order.index(c) if c in order else len(order), c))
    }


def chosen_results(results: pl.DataFrame, activity: str) -> pl.DataFrame:
    """The results about one subject, or all; newest first, what is not yet there last."""
    chosen = results if activity == EVERYTHING else results.filter(pl.col("verbeteractiviteit") == activity)
    return chosen.sort("opgeleverd_op", "titel", descending=[True, False], nulls_last=True)


def result_rows(results: pl.DataFrame) -> list[list[str]]:
    """Title, what it is about, status, day of delivery, where to find it."""
    names = activities(results)
    return [
        [
            escape(row["titel"]),
            escape(names[row["verbeteractiviteit"]]),
            status(row["status"]),
            escape(dates.day(row["opgeleverd_op"])) if row["opgeleverd_op"] else "",
            place(row["vindplaats"]),
        ]
        for row in results.iter_rows(named=True)
    ]


def chosen_training(training: pl.DataFrame, region: str, state: str) -> pl.DataFrame:
    """The training of one region and in one state, or of all; the newest first."""
    chosen = training if region == EVERYTHING else training.filter(pl.col("regio") == region)
    chosen = chosen if state == EVERYTHING else chosen.filter(pl.col("status") == state)
    return chosen.sort("datum", "regio", "naam", descending=[True, False, False])


def training_rows(training: pl.DataFrame, names: Mapping[str, str]) -> list[list[str]]:
    """Name, region, day, status, how many times, how many took part. Of planned training nobody took part yet, so
    nothing is told of that."""
    return [
        [
            escape(row["naam"]),
            escape(names.get(row["regio"], row["regio"])),
            escape(dates.day(row["datum"])),
            status(row["status"]),
            dutch.number(row["uitvoeringen"]) if row["uitvoeringen"] is not None else "",
            dutch.number(row["deelnemers"]) if row["deelnemers"] else "",
        ]
        for row in training.iter_rows(named=True)
    ]


def status(code: str) -> str:
    """The sign and the word of a status; a code that isn't known stays as it is."""
    entry = texts.get("resultaten.statuses").get(code, {"sign": "·", "word": code.replace("_", " ")})
    return f'<span class="sign" aria-hidden="true">{escape(entry["sign"])}</span> {escape(entry["word"])}'


def place(found: str | None) -> str:
    """Where something is to be found, as HTML."""
    if not found:
        return ""
    if not is_web_address(found):
        return escape(found)
    return f'<a href="{escape(found)}" target="_blank" rel="noopener noreferrer">{escape(found)}</a>'


def is_web_address(text: str) -> bool:
    """Whether this is an http(s) address with a host, and nothing that a browser could take for something else.

    >>> [is_web_address(text) for text in ("https://voorbeeld.nl/a", "javascript:alert(1)", "bij het netwerk")]
    [True, False, False]
    """
    if any(character.isspace() or not character.isprintable() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in WEB and bool(parts.hostname)
    except ValueError:
        return False
