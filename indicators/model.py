"""Definitions as data: what an indicator is, read strictly from ``definitions/<id>.yaml`` and ``dimensions.yaml``.

A definition holds no formula: the statistics come from ``sql/<id>.sql``, the estimator from the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
THEMES = ("vroegtijdigheid", "gelijktijdigheid", "resultaat", "dekking", "inzet_en_kosten")
KINDS = ("proportion", "ratio", "survival", "quantiles", "coverage", "sum")
UNITS = ("aandeel", "dagen", "uren", "euro")
POLARITIES = ("higher_is_better", "lower_is_better", "neutral")
PARTNERS = ("veilig_thuis", "politie", "openbaar_ministerie", "raad_voor_de_kinderbescherming", "reclassering")
PARTNER_FEEDS = (
    "veilig_thuis/meldingen",
    "veilig_thuis/actieoverleggen",
    "politie/incidenten",
    "openbaar_ministerie/zsm_zaken",
    "raad_voor_de_kinderbescherming/onderzoeken",
    "reclassering/trajecten",
    *(f"{partner}/inzet" for partner in PARTNERS),
)


class DefinitionError(ValueError):
    """A definition that can't be used; says which file, which key and what is allowed."""


@dataclass(frozen=True)
class Dimension:
    """One way to split an indicator. ``categories``: code -> Dutch label, in the order of display."""

    name: str
    title: str
    labels: Mapping[str, str]
    competing: bool = False
    feeds: tuple[str, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(self.labels)


@dataclass(frozen=True)
class Norm:
    value: float
    source: str


@dataclass(frozen=True)
class Change:
    version: str
    date: date
    change: str


@dataclass(frozen=True)
class Definition:
    """One indicator.

    ``feeds``: partner feeds it needs for each month; ``follow_up_months``: H of the specification; ``horizon_days``: of
    survival and quantiles; ``complement``: the value is 1 - S; ``per_zaak``: its unit is a zaak; ``x_scale`` and
    ``y_scale``: how many of the exact integers of a ratio or sum make one unit (hundredths of hours: 100);
    ``x_is_one``: x counts units.
    """

    id: str
    version: str
    title: str
    question: str
    explanation: str
    counted: str
    theme: str
    kind: str
    unit: str
    polarity: str
    feeds: tuple[str, ...]
    follow_up_months: int
    per_zaak: bool
    caveats: tuple[str, ...]
    changelog: tuple[Change, ...]
    dimensions: tuple[Dimension, ...] = ()
    norm: Norm | None = None
    horizon_days: int | None = None
    complement: bool = False
    interval: bool = True
    x_scale: int = 1
    y_scale: int = 1
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def x_is_one(self) -> bool:
        return self.kind == "ratio" and self.unit in ("uren", "euro")

    @property
    def sql_path(self) -> Path:
        return FOLDER / "sql" / f"{self.id}.sql"

    def dimension(self, name: str) -> Dimension:
        """The dimension called ``name``. Raises KeyError when the indicator isn't split by it."""
        for found in self.dimensions:
            if found.name == name:
                return found
        raise KeyError(name)


@cache
def definitions() -> dict[str, Definition]:
    """All definitions by id, in alphabetical order. Raises DefinitionError on the first that can't be used."""
    known = dimensions()
    found = (load(path, known) for path in sorted((FOLDER / "definitions").glob("*.yaml")))
    return {definition.id: definition for definition in found}


@cache
def dimensions() -> dict[str, Dimension]:
    """``dimensions.yaml`` by key; two keys may share a name where their categories differ (wijze)."""
    path = FOLDER / "dimensions.yaml"
    out = {}
    for key, entry in _mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path, "").items():
        _keys(entry, {"title", "categories"}, {"name", "competing", "feeds"}, path, key)
        out[key] = Dimension(
            name=entry.get("name", key),
            title=entry["title"],
            labels={str(code): str(label) for code, label in entry["categories"].items()},
            competing=entry.get("competing", False),
            feeds=tuple(entry.get("feeds", ())),
        )
    return out


REQUIRED: dict[str, type] = {
    "id": str,
    "version": str,
    "title": str,
    "question": str,
    "explanation": str,
    "counted": str,
    "theme": str,
    "kind": str,
    "unit": str,
    "polarity": str,
    "feeds": list,
    "follow_up_months": int,
    "per_zaak": bool,
    "caveats": list,
    "changelog": list,
}
OPTIONAL: dict[str, type] = {
    "dimensions": list,
    "norm": dict,
    "horizon_days": int,
    "complement": bool,
    "interval": bool,
    "x_scale": int,
    "y_scale": int,
    "example": dict,
}


def load(path: Path, known: Mapping[str, Dimension]) -> Definition:
    """One definition. Raises DefinitionError naming the file, the key and what is allowed there."""
    data = _mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path, "")
    _keys(data, set(REQUIRED), set(OPTIONAL), path, "")
    for key, value in data.items():
        _is(value, (REQUIRED | OPTIONAL)[key], path, key)
    _one_of(data["theme"], THEMES, path, "theme")
    _one_of(data["kind"], KINDS, path, "kind")
    _one_of(data["unit"], UNITS, path, "unit")
    _one_of(data["polarity"], POLARITIES, path, "polarity")
    if data["id"] != path.stem:
        raise DefinitionError(f"{path.name}: id is '{data['id']}', but the file's name says '{path.stem}'")
    for name in data.get("dimensions", ()):
        _one_of(name, tuple(known), path, "dimensions")
    if len(set(data.get("dimensions", ()))) != len(data.get("dimensions", ())):
        raise DefinitionError(f"{path.name}: dimensions names one twice")
    if (data["kind"] in ("survival", "quantiles")) != ("horizon_days" in data):
        raise DefinitionError(f"{path.name}: horizon_days belongs to kind survival and quantiles, and to no other")
    if data.get("norm"):
        _keys(data["norm"], {"value", "source"}, set(), path, "norm")
        _is(data["norm"]["value"], float, path, "norm.value")
    for caveat in data["caveats"]:
        _is(caveat, str, path, "caveats")
    if not data["changelog"]:
        raise DefinitionError(f"{path.name}: changelog is empty; it must begin with version {data['version']}")
    for change in data["changelog"]:
        _keys(change, {"version", "date", "change"}, set(), path, "changelog")
    if data["changelog"][0]["version"] != data["version"]:
        raise DefinitionError(f"{path.name}: changelog must begin with version {data['version']}")
    return Definition(
        **{key: data[key] for key in REQUIRED.keys() - {"feeds", "caveats", "changelog"}},
        **{key: data[key] for key in OPTIONAL.keys() - {"dimensions", "norm"} if key in data},
        feeds=_feeds(data["feeds"], path),
        caveats=tuple(data["caveats"]),
        changelog=tuple(Change(str(c["version"]), c["date"], c["change"]) for c in data["changelog"]),
        dimensions=tuple(known[name] for name in data.get("dimensions", ())),
        norm=Norm(**data["norm"]) if data.get("norm") else None,
    )


def _feeds(names: list[str], path: Path) -> tuple[str, ...]:
    """``inzet`` stands for the five inzet feeds together."""
    out: list[str] = []
    for name in names:
        _one_of(name, ("inzet", *PARTNER_FEEDS), path, "feeds")
        out += [f"{partner}/inzet" for partner in PARTNERS] if name == "inzet" else [name]
    return tuple(out)


def _mapping(data: Any, path: Path, place: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise DefinitionError(f"{path.name}: {place or 'the file'} must be a mapping")
    return data


def _keys(entry: Any, required: set[str], optional: set[str], path: Path, place: str) -> None:
    keys = set(_mapping(entry, path, place))
    at = f" in {place}" if place else ""
    if missing := required - keys:
        raise DefinitionError(f"{path.name}: missing{at}: {', '.join(sorted(missing))}")
    if unknown := keys - required - optional:
        raise DefinitionError(f"{path.name}: unknown{at}: {', '.join(sorted(map(str, unknown)))}")


def _is(value: Any, form: type, path: Path, place: str) -> None:
    """YAML reads 1.0 as a number and yes as a boolean: a value of another type than meant is a mistake in the file."""
    if type(value) is not form:
        raise DefinitionError(f"{path.name}: {place} must be of type {form.__name__}, not {type(value).__name__}")


def _one_of(value: Any, allowed: tuple[str, ...], path: Path, place: str) -> None:
    if value not in allowed:
        raise DefinitionError(f"{path.name}: {place} is '{value}', must be one of {', '.join(allowed)}")
