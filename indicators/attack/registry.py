"""The registry of constraints between counts, read strictly, and spelled out for the lines of one publication."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parent.parent / "constraints.yaml"
FORMS = ("parts", "kinds", "nested", "same_units", "cover")
COUNTS = ("n", "teller", "rest")
TOTAL = "totaal"


class RegistryError(ValueError):
    """The registry says something that the attack does not know, or names what is not published."""


@dataclass(frozen=True, order=True)
class Line:
    """A count of one category of an indicator, over all regions and periods."""

    indicator: str
    dimensie: str
    categorie: str
    count: str


@dataclass(frozen=True)
class Constraint:
    """The sum of ``parts`` is at most ``whole`` (``at_most``) and at least it (``at_least``), each in months that ended
    so many days before the peildatum: 0 for always, None for never.

    ``complete``: an indicator in whose complete periods (no rate missing) ``at_least`` holds; elsewhere it doesn't.
    """

    whole: Line
    parts: tuple[Line, ...]
    at_most: int | None = 0
    at_least: int | None = 0
    complete: str | None = None

    @property
    def same(self) -> bool:
        """Whether it says that two lines are one and the same, always."""
        return len(self.parts) == 1 and self.at_most == self.at_least == 0 and self.complete is None


@cache
def _registry() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return found


def constraints(categories: Mapping[str, Mapping[str, Sequence[str]]], with_teller: frozenset[str]) -> list[Constraint]:
    """Every constraint between lines of the given indicators: those between categories, and the identities.

    ``categories``: of each indicator its dimensions, each with its categories. ``with_teller``: the indicators that
    print a teller of their n. An identity of which an indicator is not among them says nothing here.
    """
    found: list[Constraint] = []
    for indicator in sorted(with_teller):
        for dimensie, codes in {TOTAL: [TOTAL], **categories[indicator]}.items():
            for code in codes:
                n, teller, rest = (Line(indicator, dimensie, code, count) for count in COUNTS)
                found.append(Constraint(n, (teller, rest)))
    forms = _registry()["dimensions"]
    for indicator, dimensions in categories.items():
        for dimensie, codes in dimensions.items():
            said = forms.get(f"{indicator}/{dimensie}", {"form": "parts"})
            if said["form"] not in FORMS or not said.keys() <= {"form", "after_days"}:
                raise RegistryError(f"{indicator}/{dimensie}: {said}")
            found += _of_dimension(indicator, dimensie, codes, said, indicator in with_teller)
    for identity in _registry()["identities"]:
        found += _identity(identity, categories, with_teller)
    return found


def _of_dimension(
    indicator: str, dimensie: str, codes: Sequence[str], said: Mapping[str, Any], teller: bool
) -> list[Constraint]:
    form = said["form"]

    def total(count: str) -> Line:
        return Line(indicator, TOTAL, TOTAL, count)

    def each(count: str) -> tuple[Line, ...]:
        return tuple(Line(indicator, dimensie, code, count) for code in codes)

    counts = COUNTS if teller else ("n",)
    if form == "parts":
        return [Constraint(total(c), each(c), at_least=said.get("after_days", 0)) for c in counts]
    if form == "cover":
        below = [Constraint(total("n"), (part,), at_least=None) for part in each("n")]
        return [*below, Constraint(total("n"), each("n"), at_most=None)]
    same = [Constraint(total("n"), (part,)) for part in each("n")]
    if form == "kinds":
        return [*same, Constraint(total("teller"), each("teller"))]
    if form == "nested":
        tellers = (total("teller"), *each("teller"))
        steps = [
            Constraint(whole, (part,), at_least=None if i else 0)
            for i, (whole, part) in enumerate(itertools.pairwise(tellers))
        ]
        return [*same, *steps]
    return same


def _identity(
    said: Mapping[str, Any], categories: Mapping[str, Mapping[str, Sequence[str]]], with_teller: frozenset[str]
) -> list[Constraint]:
    known = {"equal"} if "equal" in said else {"part", "whole", "after_days", "equal_after_days", "equal_when_complete"}
    if not said.keys() <= known:
        raise RegistryError(f"onbekend in de lijst van verbanden: {sorted(said.keys() - known)}")
    names = said["equal"] if "equal" in said else (said["whole"], said["part"])
    indicators = {name.split("/")[0].split(".")[0] for name in names}
    if not indicators <= categories.keys():
        return []
    wholes, parts = (_lines(name, categories, with_teller) for name in names)
    if len(wholes) != len(parts):
        raise RegistryError(f"ongelijke categorieen: {names}")
    complete = said.get("equal_when_complete")
    equal = 0 if "equal" in said or complete else said.get("equal_after_days")
    return [
        Constraint(whole, (part,), said.get("after_days", 0), equal, complete)
        for whole, part in zip(wholes, parts, strict=True)
    ]


def _lines(name: str, categories: Mapping[str, Mapping[str, Sequence[str]]], with_teller: frozenset[str]) -> list[Line]:
    place, _, count = name.rpartition(".")
    indicator, *split = place.split("/")
    if count not in COUNTS or (count != "n" and indicator not in with_teller) or len(split) not in (0, 2):
        raise RegistryError(f"geen telling: {name}")
    dimensie, code = split or (TOTAL, TOTAL)
    there = [TOTAL] if dimensie == TOTAL else list(categories[indicator].get(dimensie, ()))
    codes = there if code == "*" else [c for c in there if c == code]
    if not codes:
        raise RegistryError(f"niet in de publicatie: {name}")
    return [Line(indicator, dimensie, c, count) for c in codes]
