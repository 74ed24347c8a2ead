"""Every figure on the screen is one of the publication, in the same words: tables behind pictures, tiles, sentences.

A row of a table carries the key of its cell (``tables.figure_rows``). A tile or a sentence can't; its figures must be
among those of the few cells that it can be about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
import sample_publication
from page_names import addresses
from playwright.sync_api import Page
from test_walk import ADDRESSES
from visiting import Visit

from dashboards import figures, queries, tables, texts
from dashboards.queries import Publication
from indicators import dutch
from indicators.geography import LAND

ROWS = """() => [...document.querySelectorAll("table.figures tr")].flatMap(row => {
  const named = row.querySelector("data[value]");
  if (!named) return [];
  const heads = [...row.closest("table").querySelectorAll("thead th")].map(head => head.textContent.trim());
  return [[named.value, Object.fromEntries([...row.cells].map((cell, i) => [heads[i], cell.textContent.trim()]))]];
})"""
A_FIGURE = re.compile(r"€\s[\d.,]+(?:\smln)?|\d[\d.,]*(?:%|\s(?:dagen|dag|uur)\b)")
COLUMNS = ("value", "status", "margin", "count")


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The one that is served; it is made the same every time."""
    home = tmp_path_factory.mktemp("publication")
    sample_publication.write(home)
    return queries.open_publication(home, queries.current_number(home))


def in_words(row: Mapping[str, Any], unit: str) -> dict[str, str]:
    """A published cell as a table says it, by column."""
    entry = texts.get("status")[row["status"]]
    return {
        "value": figures.figure(row, unit),
        "status": f"{entry['sign']} {entry['word']}",
        "margin": figures.margin(row, unit),
        "count": "" if row["n"] is None else dutch.number(row["n"]),
    }


def differences(page: Page, publication: Publication) -> tuple[int, list[str]]:
    """How many rows of published cells stand in tables, and what differs from the publication."""
    heads = {name: texts.get(f"indicator.column_{name}") for name in COLUMNS}
    rows, wrong = page.evaluate(ROWS), []
    for key, shown in rows:
        found = publication.cells(**dict(zip(tables.KEYS, key.split("|"), strict=True)))
        if found.height != 1:
            wrong.append(f"{key}: {found.height} cells")
            continue
        said = in_words(found.row(0, named=True), figures.shown_unit(publication.definitions[found["indicator"][0]]))
        for name, head in heads.items():
            # A sign that only readers of the screen skip stands between spaces.
            if head in shown and " ".join(shown[head].split()) != " ".join(said[name].split()):
                wrong.append(f"{key}: {head} is {shown[head]!r}, published {said[name]!r}")
    return len(rows), wrong


def said_of(cells: pl.DataFrame, unit: str) -> set[str]:
    """Every figure that these cells can give: their values and limits."""
    out = set()
    for row in cells.iter_rows(named=True):
        for text in (figures.figure(row, unit), figures.margin(row, unit)):
            out |= figures_in(text)
        out |= {figures_of for v in (row["ondergrens"], row["bovengrens"]) if v is not None
                for figures_of in figures_in(figures.amount(v, unit))}  # fmt: skip
    return out


def figures_in(text: str) -> set[str]:
    return {" ".join(found.split()) for found in A_FIGURE.findall(text)}


def test_tables_hold_what_is_published(wide: Visit, publication: Publication) -> None:
    counts, wrong = {}, []
    for address in sorted({*ADDRESSES, *addresses()}):
        wide.open(address)
        counts[address], found = differences(wide.page, publication)
        wrong += [f"{address}: {line}" for line in found]
    assert wrong == []
    assert all(count > 0 for address, count in counts.items() if address.startswith("/indicator"))
    assert sum(counts.values()) > 300


def test_a_figure_that_is_not_published_is_noticed(wide: Visit, publication: Publication) -> None:
    wide.open("/indicator?indicator=actieoverleg_bereik&regio=zeeland&periode=maand")
    count, wrong = differences(wide.page, publication)
    assert count > 0 and wrong == []
    cube = publication.tables["indicator_values"]
    zeeland = (pl.col("regio") == "zeeland") & (pl.col("periode") == "2021-01")
    one = zeeland & (pl.col("indicator") == "actieoverleg_bereik") & (pl.col("dimensie") == "totaal")
    changed = cube.with_columns(n=pl.when(one).then(pl.lit(987654)).otherwise("n"))
    other = replace(publication, tables={**publication.tables, "indicator_values": changed})
    _, wrong = differences(wide.page, other)
    assert len(wrong) == 1 and "987.654" in wrong[0]


def test_tiles_and_sentences_say_what_is_published(wide: Visit, publication: Publication) -> None:
    wide.open("/")
    entries = texts.get("headline")
    published = set()
    for entry in entries:
        unit = figures.shown_unit(publication.definitions[entry["indicator"]])
        published |= said_of(publication.cells(indicator=entry["indicator"], regio=LAND), unit)
    shown = wide.page.locator(".tile-value").all_inner_texts()
    assert len(shown) >= len(entries)
    assert {figure for text in shown for figure in figures_in(text)} <= published
    seen = set()
    for address in ADDRESSES:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if not address.startswith("/indicator?"):
            continue
        wide.open(address)
        definition = publication.definitions[asked["indicator"]]
        unit, kind = figures.shown_unit(definition), asked.get("periode", "kwartaal")
        about = pl.concat(
            publication.cells(indicator=asked["indicator"], regio=region, periode_soort=kind)
            for region in {LAND, asked.get("regio", LAND)}
        )
        norm = figures_in(figures.norm_value(definition["norm"], definition["unit"])) if definition["norm"] else set()
        answer = figures_in(wide.page.locator(".st-key-answer").inner_text())
        assert answer <= said_of(about, unit) | norm, address
        seen |= answer
    assert len(seen) > 5
