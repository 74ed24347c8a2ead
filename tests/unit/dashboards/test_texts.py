"""The text file and the code agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards import queries, texts

SOURCES = sorted(Path(texts.FOLDER).parent.rglob("*.py"))
PATHS = sorted(
    {
        path
        for source in SOURCES
        for path in re.findall(r'texts\.(?:get|say)\(\s*"([a-z0-9_.]+)"', source.read_text(encoding="utf-8"))
    }
)


def test_there_is_something_to_check() -> None:
    assert len(PATHS) > 40


@pytest.mark.parametrize("path", PATHS)
def test_every_text_that_the_code_asks_for_exists(path: str) -> None:
    assert texts.get(path)


def test_a_text_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"overzicht\.bestaat_niet"):
        texts.get("overzicht.bestaat_niet")


def test_every_status_of_a_figure_has_a_word_a_sign_and_a_meaning() -> None:
    entries = texts.get("status")
    assert tuple(entries) == queries.STATUSES
    for entry in entries.values():
        assert entry.keys() == {"word", "sign", "meaning"} and all(entry.values())
    assert len({entry["sign"] for entry in entries.values()}) == len(entries)


def test_every_status_and_activity_of_the_map_has_words() -> None:
    assert tuple(texts.get("activity_status")) == queries.ACTIVITY_STATUSES
    assert set(texts.get("activities")) == set(queries.ACTIVITIES)
    assert set(texts.get("period_kinds")) == set(queries.PERIOD_KINDS)


def test_headline_figures_are_complete() -> None:
    for entry in texts.get("headline"):
        assert entry.keys() == {"theme", "indicator", "dimensie", "categorie", "text"} and all(entry.values())


def test_no_mapping_swallowed_the_tail_of_a_sentence() -> None:
    """An unquoted comma in a YAML flow mapping makes a key without a value."""

    def check(value: object, place: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                assert isinstance(key, str), place
                check(inner, f"{place}.{key}")
        elif isinstance(value, list):
            for inner in value:
                check(inner, place)
        else:
            assert isinstance(value, str) and value.strip(), place

    check(texts.words(), "nl")
