"""What explains the figures, once for every place that explains them: texts, and the definitions told in words.

Belongs here: what is said. Not here: how it looks (the dashboard's pages, ``methodology.py``). A definition is a
mapping as a publication carries it (``published``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from indicators import calendar, dutch, geography, sums
from indicators.model import Definition

PATH = Path(__file__).with_suffix(".yaml")
RULE_NUMBERS = {"threshold", "width", "curve_minimum"}
ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
DECIMAL = re.compile(r"^\d+\.\d+$")
ISO_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
Published = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """Given records of one feed in a worked example, every cell as text; an empty one is missing."""

    caption: str
    names: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Result:
    """One expected cell of a worked example: which one, its figures (sums left unsummed), and why."""

    head: str
    figures: str
    explanation: str


@dataclass(frozen=True)
class Example:
    lead: str
    given: Sequence[Records]
    results: Sequence[Result]


@cache
def texts() -> dict[str, Any]:
    """``explanation.yaml`` as nested mappings."""
    loaded: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return loaded


def published(definition: Definition) -> dict[str, Any]:
    """A definition as readers get it: everything of its file, the labels of its dimensions resolved."""
    out = asdict(definition)
    out["dimensions"] = [
        {"name": d.name, "title": d.title, "categories": dict(d.labels), "feeds": list(d.feeds)}
        for d in definition.dimensions
    ]
    out["changelog"] = [{**change, "date": change["date"].isoformat()} for change in out["changelog"]]
    return out


def protection(rule: Mapping[str, int] | None) -> list[str]:
    """How people are protected; with the numbers of the rule where they are all known."""
    if rule is None or not rule.keys() >= RULE_NUMBERS:
        return list(texts()["protection_without_numbers"])
    threshold, width = rule["threshold"], rule["width"]
    numbers = {**rule, "middle": threshold + (width - 1) // 2, "last": threshold + width - 1}
    return [line.format(**numbers) for line in texts()["general"]["protection"]["lines"]]


def facts(definition: Published) -> list[tuple[str, str]]:
    """What a reader wants to know of an indicator besides its explanation: label and text."""
    words = texts()["definition"]
    norm, dimensions = definition["norm"], definition["dimensions"]
    found = {
        "how": words["kinds"][definition["kind"]],
        "counted": definition["counted"],
        "sources": ", ".join(feed(name) for name in definition["feeds"]) or partner("landelijk_netwerk"),
        "complete": _complete(definition),
        "polarity": texts()["polarity"][definition["polarity"]],
        "norm": f"{dutch.norm(norm['value'], definition['unit'])} ({norm['source'].rstrip('.')})"
        if norm
        else words["no_norm"],
        "version": definition["version"],
    }
    if definition.get("horizon_days"):
        found["horizon"] = words["horizon_days"].format(days=definition["horizon_days"])
    if dimensions:
        found["dimensions"] = ", ".join(lower_first(d["title"]) for d in dimensions)
    return [(label, found[name]) for name, label in words["facts"].items() if name in found]


def _complete(definition: Published) -> str:
    words = texts()["definition"]
    if not definition["feeds"]:
        return str(words["complete_always"])
    months = words["months_before" if definition["per_zaak"] else "months_period"]
    if count := definition["follow_up_months"]:
        word = words["month_word"]["one" if count == 1 else "many"]
        months = words["months_after"].format(months=months, count=count, word=word)
    return str(words["complete"].format(months=months))


def words() -> list[tuple[str, str]]:
    """The words to know, each with what it means."""
    return [(word, meaning) for line in texts()["general"]["words"]["lines"] for word, meaning in line.items()]


def changes(definition: Published) -> list[str]:
    """The changelog, newest first."""
    form = texts()["definition"]["change"]
    return [
        form.format(version=c["version"], date=dutch.day(date.fromisoformat(c["date"])), change=c["change"])
        for c in definition["changelog"]
    ]


def example(definition: Published) -> Example | None:
    """The worked example in words; None when the definition has none."""
    found = definition.get("example") or {}
    if not found.get("records"):
        return None
    words = texts()["definition"]
    lead = found.get("story") or words["example_lead"]
    if found.get("peildatum"):
        last = dutch.day(calendar.month_end(found["peildatum"]))
        lead = f"{lead} {words['example_peildatum'].format(date=last)}"
        if definition["kind"] != "coverage":
            lead = f"{lead} {words['example_protected']}"
    given = [_records(feed(name), rows) for name, rows in found["records"].items() if rows]
    return Example(lead, given, [_result(row, definition) for row in found["expected"]])


def _records(caption: str, rows: Sequence[Mapping[str, Any]]) -> Records:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[record_cell(name, row.get(name)) for name in names] for row in rows]
    return Records(caption, [spaced(name) for name in names], cells)


def _result(row: Mapping[str, Any], definition: Published) -> Result:
    words = texts()["definition"]
    head = words["example_cell"].format(region=region_name(row["regio"]), period=dutch.period(str(row["periode"])))
    if row["dimensie"] != "totaal":
        head = f"{head}, {_category(row, definition)}"
    figures = [
        f"{label} {_figure(name, row[name], definition['unit'])}"
        for name, label in words["example_figures"].items()
        if row.get(name) is not None and not (name == "teller" and row[name] == row.get("value"))
    ]
    return Result(head, ", ".join(figures), row.get("explanation") or "")


def _figure(name: str, given: Any, unit: str) -> str:
    """A figure of an example as it is written; of the value itself also what it comes to."""
    if name == "status":
        return str(texts()["status"][given]["word"])
    if name != "value":
        return plain(given)
    value = dutch.norm(sums.value_of(given), unit)
    form: str = texts()["definition"]["example_sum"]
    return form.format(sum=plain(given), value=value) if " " in str(given) else value


def _category(row: Mapping[str, Any], definition: Published) -> str:
    """A category in words; a code that the definition doesn't know stays as it is."""
    words = texts()["definition"]
    known = {d["name"]: d for d in [*definition["dimensions"], words["quantiles"]]}
    dimension = known.get(row["dimensie"], {"title": row["dimensie"], "categories": {}})
    label = str(dimension["categories"].get(str(row["categorie"]), row["categorie"]))
    form: str = words["example_category"]
    return form.format(title=lower_first(dimension["title"]), label=lower_first(label))


def record_cell(name: str, value: Any) -> str:
    """The value of a record's column as text: regions by name, dates in words."""
    if value is None:
        return ""
    if name in ("regio", "vt_regio"):
        return region_name(value)
    if name == "gezin":
        return str(value).removeprefix("gezin_").upper()
    if isinstance(value, str) and ISO_TIME.match(value):
        return dutch.moment(datetime.fromisoformat(value))
    if isinstance(value, str) and ISO_DATE.match(value):
        return dutch.day(date.fromisoformat(value))
    if isinstance(value, str) and DECIMAL.match(value):
        return value.replace(".", ",")
    return plain(value)


def plain(value: Any) -> str:
    """A value of a record as text: ja or nee, a number with a decimal comma, or what it says."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return dutch.number(value, 4).rstrip("0").rstrip(",")
    return spaced(str(value))


def spaced(code: str) -> str:
    """A column or code as words.

    >>> spaced("voorwaarden_en_vervolg")
    'voorwaarden en vervolg'
    """
    return code.replace("_", " ")


def by_theme(definitions: Iterable[Published]) -> list[tuple[str, list[Published]]]:
    """The definitions of each theme (its title, then they by their own title), in the order of the themes."""
    ordered = sorted(definitions, key=lambda d: str(d["title"]).casefold())
    grouped = [(str(title), [d for d in ordered if d["theme"] == theme]) for theme, title in texts()["themes"].items()]
    return [(title, found) for title, found in grouped if found]


def feed(name: str) -> str:
    """A feed in words: Veilig Thuis (meldingen)."""
    code, _, rest = name.partition("/")
    return f"{partner(code)} ({rest.replace('_', ' ')})"


def partner(code: str) -> str:
    """A partner's name; a code that isn't known stays as it is."""
    return str(texts()["partners"].get(code, code))


def region_name(code: str) -> str:
    """The name of a region, also of one that is no more; a code that the region list doesn't know stays as it is."""
    return geography.names().get(code, code)


def lower_first(text: str) -> str:
    """The text as part of a sentence; a name and an abbreviation keep their capitals.

    >>> lower_first("Besluit van Veilig Thuis"), lower_first("Veilig Thuis"), lower_first("SASH-niveau")
    ('besluit van Veilig Thuis', 'Veilig Thuis', 'SASH-niveau')
    """
    first = text.split(" ")[0]
    named = first[1:] != first[1:].lower() or text.startswith(_names())
    return text if named else text[:1].lower() + text[1:]


@cache
def _names() -> tuple[str, ...]:
    """What is written with a capital anywhere."""
    return ("Actieoverleg", *(name for name in texts()["partners"].values() if name[0].isupper()))
