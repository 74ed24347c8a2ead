"""The text file and the code agree."""

from __future__ import annotations

import re
from contextvars import copy_context
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from dashboards import queries, texts
from indicators import explanation

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

    for language in texts.LANGUAGES:
        check(texts.words(language), language)


# What every page says of figures; the rest of indicators/explanation.yaml is the text of the page Uitleg.
EXPLAINED = ("own_measure", "status", "polarity")


def raw(language: str) -> dict[str, Any]:
    return dict(yaml.safe_load((texts.FOLDER / f"{language}.yaml").read_text(encoding="utf-8")))


def shape(value: object, place: str = "") -> dict[str, Any]:
    """Every place in nested texts, with the names that are filled in there."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in shape(inner, f"{place}.{key}").items()}
    if isinstance(value, list):
        return {k: v for i, inner in enumerate(value) for k, v in shape(inner, f"{place}.{i}").items()}
    return {place: sorted(name for _, name, _, _ in Formatter().parse(str(value)) if name is not None)}


def test_both_languages_have_the_same_texts_with_the_same_names_to_fill_in() -> None:
    explained = {name: explanation.texts()[name] for name in EXPLAINED}
    translated = {name: text for name, text in raw("nl").items() if name not in texts.DUTCH_ONLY}
    dutch, english = shape(translated | explained), shape(raw("en"))
    assert {*dutch} - {*english} == set() and {*english} - {*dutch} == set()
    assert {place: names for place, names in english.items() if names != dutch[place]} == {}


def test_signs_and_codes_are_the_same_in_both_languages() -> None:
    for status, entry in raw("en")["status"].items():
        assert entry["sign"] == explanation.texts()["status"][status]["sign"]
    codes = ("indicator", "dimensie", "categorie")
    picked = [[{c: e[c] for c in codes} for e in raw(language)["headline"]] for language in texts.LANGUAGES]
    assert picked[0] == picked[1]


def test_the_language_is_that_of_the_run_and_dutch_otherwise() -> None:
    def said(language: str) -> tuple[str, str]:
        texts.use(language)
        return texts.language(), texts.get("status.afgeschermd.word")

    assert copy_context().run(said, "en") == ("en", "hidden")
    assert copy_context().run(said, "<script>") == ("nl", "afgeschermd")
    assert texts.language() == "nl"
