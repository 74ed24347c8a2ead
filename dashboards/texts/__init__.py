"""What the pages say: one text file per language, and what explains the figures. ``say`` fills a sentence in.

The language is that of who is reading: ``use`` sets it for the run of a page, and each run has its own.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from indicators import explanation

FOLDER = Path(__file__).parent
LANGUAGE = "nl"
LANGUAGES = ("nl", "en")
# Printed in Dutch, whatever language a page is in.
DUTCH_ONLY = ("report",)
_chosen = ContextVar("language", default=LANGUAGE)


def use(language: str) -> None:
    """From here on, in this run, texts are in ``language``; in Dutch where it is none of ``LANGUAGES``."""
    _chosen.set(language if language in LANGUAGES else LANGUAGE)


def language() -> str:
    """The language in use."""
    return _chosen.get()


@cache
def words(language: str = LANGUAGE) -> dict[str, Any]:
    """All texts of a language as nested mappings, those of ``indicators.explanation`` included; what has no words in it
    is in Dutch."""
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return (explanation.texts() if language == LANGUAGE else words(LANGUAGE)) | loaded


def dutch_mark() -> str:
    """What an element with words of the publication carries, so that they are read aloud as the Dutch that they are."""
    return "" if language() == LANGUAGE else f' lang="{LANGUAGE}"'


def get(path: str) -> Any:
    """The text, list or mapping at a dotted path. Raises KeyError with the whole path when there is none."""
    found: Any = words(language())
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            raise KeyError(path)
        found = found[part]
    return found


def say(path: str, **values: object) -> str:
    """The text at a dotted path with its names filled in."""
    return str(get(path)).format(**values)
