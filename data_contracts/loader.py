"""Reads contract files strictly: what it does not know, it refuses, naming the file and the place.

Belongs here: the shape of our ODCS v3.1.0 documents. Not here: what rules mean (`rules`), which rules follow from a
column (`derived`). The keys below are a subset of the standard (v3.1.0), so a file that loads here is a valid ODCS
document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from data_contracts.derived import column_rules
from data_contracts.model import CODE_KINDS, Column, Contract, ContractError, Kind, Level, Limits, Retention, Rule
from data_contracts.places import Place, UniqueKeyLoader
from data_contracts.rules import KINDS

FOLDER = Path(__file__).parent
SUFFIX = ".odcs.yaml"
API_VERSION = "v3.1.0"
SERVICE = frozenset({"frequency", "latency", "ontvangen_bestand", "quarantaine"})
ENGINE = "veiligheid"

NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# What could let a character in that is not written out in the pattern itself.
ADMITS_INVISIBLE = re.compile(r"[^ -~]|[.\\]|\[\^")
VERSION_PATTERN = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+", re.ASCII)
LOGICAL_TYPES: Mapping[str, str] = {
    "timestamp": "timestamp",
    "date": "date",
    "boolean": "boolean",
    "integer": "integer",
    "decimal": "number",
}
OPTIONS: Mapping[str, Mapping[str, type]] = {
    "string": {"pattern": str, "minLength": int, "maxLength": int},
    "timestamp": {"format": str, "minimum": str, "timezone": bool},
    "date": {"format": str, "minimum": str},
    "integer": {"minimum": int, "maximum": int, "exclusiveMinimum": int, "format": str},
    "number": {"exclusiveMinimum": int, "maximum": float, "multipleOf": float},
    "boolean": {},
}
# Kinds that every contract must hold, so that none can be forgotten.
EVERYWHERE = frozenset(name for name, kind in KINDS.items() if kind.level == "levering") | {"aantal_velden", "volume"}


def _custom(place: Place, known: Mapping[str, type | tuple[type, ...]], needed: frozenset[str]) -> dict[str, Any]:
    """The customProperties below a place, by name."""
    found: dict[str, Any] = {}
    for item in place.items("customProperties"):
        name = item.get("property", str)
        if name not in known:
            raise item.error(f"unknown property '{name}'")
        if name in found:
            raise item.error(f"property '{name}' occurs twice")
        item.read.add("value")
        value = item.value.get("value")
        if isinstance(value, bool) or not isinstance(value, known[name]):
            raise item.error(f"'{name}' has the wrong type: {value!r}")
        found[name] = value
        item.done()
    missing = sorted(needed - set(found))
    if missing:
        raise place.error(f"missing property '{missing[0]}'")
    return found


def _name(place: Place, value: str) -> str:
    if not NAME_PATTERN.fullmatch(value):
        raise place.error(f"'{value}' is no name (small letters, digits and underscores)")
    return value


def _labels(place: Place, kind: str, raw: Any) -> dict[str, str]:
    if (kind in CODE_KINDS) != (raw is not None):
        raise place.error(f"kind '{kind}' must {'have' if kind in CODE_KINDS else 'not have'} 'waarden'")
    labels = raw or {}
    for code, label in labels.items():
        if not isinstance(code, str) or not isinstance(label, str) or not label.strip():
            raise place.error(f"code {code!r} must be a text with a meaning")
        _name(place, code)
    if kind in CODE_KINDS and not labels:
        raise place.error("'waarden' is empty")
    return labels


def _plan(place: Place, kind: str, raw: Any) -> tuple[bool, tuple[str, str] | None]:
    if raw is None:
        return False, None
    if kind != "date":
        raise place.error("'plandatum' belongs to a date")
    if raw == "altijd":
        return True, None
    if isinstance(raw, dict) and len(raw) == 1 and all(isinstance(text, str) for pair in raw.items() for text in pair):
        ((column, code),) = raw.items()
        return True, (column, code)
    raise place.error(f"'plandatum' must be 'altijd' or one column and code, not {raw!r}")


def _options(place: Place, logical_type: str) -> dict[str, Any]:
    if "logicalTypeOptions" not in place.value:
        return {}
    options = place.mapping("logicalTypeOptions")
    known = OPTIONS[logical_type]
    values = {key: options.get(key, kind) for key, kind in known.items() if key in options.value}
    options.done()
    return values


def _pattern(place: Place, kind: str, options: Mapping[str, Any]) -> str | None:
    pattern = cast(str | None, options.get("pattern"))
    if (kind in {"id", "gezin"}) != (pattern is not None):
        raise place.error(f"kind '{kind}' must {'have' if pattern is None else 'not have'} a pattern")
    if pattern is not None and not re.fullmatch(r"\^.*\$", pattern):
        raise place.error(f"pattern '{pattern}' must start with ^ and end with $")
    if pattern is not None and ADMITS_INVISIBLE.search(pattern):
        raise place.error(f"pattern '{pattern}' must name the visible ASCII characters that it allows")
    return pattern


def _minimum(place: Place, kind: str, options: Mapping[str, Any]) -> date | None:
    if kind not in {"timestamp", "date"}:
        return None
    text = options.get("minimum")
    try:
        return date.fromisoformat(cast(str, text))
    except (TypeError, ValueError) as error:
        raise place.error(f"'minimum' must be a date, not {text!r}") from error


def _column(place: Place) -> tuple[Column, bool]:
    """A column and whether it is the key."""
    name = _name(place, place.get("name", str))
    place.path = f"{place.path} ({name})"
    custom = _custom(place, {"soort": str, "plandatum": (str, dict), "waarden": dict}, frozenset({"soort"}))
    kind = custom["soort"]
    if kind not in get_args(Kind):
        raise place.error(f"unknown kind '{kind}'")
    logical_type = place.get("logicalType", str)
    if logical_type != LOGICAL_TYPES.get(kind, "string"):
        raise place.error(f"unknown type '{logical_type}' for kind '{kind}'")
    options = _options(place, logical_type)
    labels = _labels(place, kind, custom.get("waarden"))
    plan, plan_when = _plan(place, kind, custom.get("plandatum"))
    examples = place.get("examples", list)
    if len(examples) != 1 or not isinstance(examples[0], str):
        raise place.error("'examples' must hold one text")
    is_key = place.get("primaryKey", bool, False)
    if is_key:
        place.fixed("unique", True)
        place.fixed("primaryKeyPosition", 1)
    place.get("classification", str, "")
    place.texts("physicalType", "businessName", "description")
    column = Column(
        name=name,
        kind=cast(Kind, kind),
        required=place.get("required", bool),
        title=place.value["businessName"],
        description=place.value["description"],
        example=examples[0],
        values=tuple(labels),
        labels=labels,
        pattern=_pattern(place, kind, options),
        max_length=options.get("maxLength"),
        minimum=_minimum(place, kind, options),
        positive=options.get("exclusiveMinimum") == 0,
        plan=plan,
        plan_when=plan_when,
    )
    place.done()
    return column, is_key


def _check_columns(place: Place, rule: Rule, columns: Mapping[str, Column]) -> None:
    kind = KINDS[rule.kind]
    for name in rule.columns:
        if name not in columns:
            raise place.error(f"unknown column '{name}'")
    enough = len(rule.columns) >= len(kind.columns) if kind.variadic else len(rule.columns) == len(kind.columns)
    if not enough or len(set(rule.columns)) != len(rule.columns):
        raise place.error(f"rule kind '{rule.kind}' does not take columns {list(rule.columns)}")
    for position, name in enumerate(rule.columns):
        allowed = kind.columns[min(position, len(kind.columns) - 1)]
        if columns[name].kind not in allowed:
            raise place.error(f"rule kind '{rule.kind}' does not take column '{name}' of kind '{columns[name].kind}'")


def _rule(place: Place, columns: Mapping[str, Column]) -> Rule:
    code = _name(place, place.get("id", str))
    place.path = f"{place.path} ({code})"
    place.fixed("type", "custom")
    place.fixed("engine", ENGINE)
    place.texts("dimension", "description")
    body = place.mapping("implementation")
    kind = body.get("soort", str)
    if kind not in KINDS:
        raise body.error(f"unknown rule kind '{kind}'")
    known = KINDS[kind]
    if known.level == "rij" and (known.predicate is None or known.expectation is None):
        raise body.error(f"rule kind '{kind}' has no implementation")
    level = place.get("severity", str)
    if level != known.level:
        raise place.error(f"rule kind '{kind}' has level '{known.level}', not '{level}'")
    params = body.get("parameters", dict, {})
    for name in sorted(set(params) ^ set(known.params)):
        raise body.error(f"{'unknown' if name in params else 'missing'} parameter '{name}'")
    for name, fits in known.params.items():
        if not fits(params[name]):
            raise body.error(f"parameter '{name}' has the wrong value: {params[name]!r}")
    names = body.get("kolommen", list, [])
    if not all(isinstance(name, str) for name in names):
        raise body.error("'kolommen' must hold names")
    body.texts("herstel")
    rule = Rule(code, cast(Level, level), kind, tuple(names), params, place.value["description"], body.value["herstel"])
    _check_columns(body, rule, columns)
    _check_codes(body, rule, columns)
    body.done()
    place.done()
    return rule


def _check_codes(place: Place, rule: Rule, columns: Mapping[str, Column]) -> None:
    if rule.kind != "hoort_bij":
        return
    for param, name in zip(("codes", "bij"), rule.columns, strict=True):
        for code in rule.params[param]:
            if code not in columns[name].values:
                raise place.error(f"parameter '{param}' names '{code}', which column '{name}' does not have")


def _check_plans(place: Place, columns: Mapping[str, Column]) -> None:
    for column in columns.values():
        if column.plan_when is not None:
            name, code = column.plan_when
            if name not in columns or code not in columns[name].values:
                raise place.error(f"'plandatum' of '{column.name}' names '{name}: {code}', which does not exist")


def _check_complete(place: Place, rules: tuple[Rule, ...], has_persons: bool) -> None:
    codes = [rule.code for rule in rules]
    for position, code in enumerate(codes):
        if code in codes[:position]:
            raise place.error(f"rule code '{code}' occurs twice")
    needed = EVERYWHERE | ({"gezin_gewijzigd"} if has_persons else set())
    missing = sorted(needed - {rule.kind for rule in rules})
    if missing:
        raise place.error(f"a rule of kind '{missing[0]}' is missing")


def _rules(schema: Place, columns: Mapping[str, Column], key: str) -> tuple[Rule, ...]:
    written = [_rule(place, columns) for place in schema.items("quality")]
    derived = [rule for column in columns.values() for rule in column_rules(column, column.name == key)]

    def of_level(level: str) -> Iterator[Rule]:
        return (rule for rule in written if rule.level == level)

    return (*of_level("levering"), *derived, *of_level("rij"), *of_level("waarschuwing"))


def _schema(place: Place) -> tuple[str, tuple[Column, ...], tuple[Rule, ...], str]:
    """Feed name, columns, rules and key column."""
    feed = _name(place, place.get("name", str))
    place.fixed("logicalType", "object")
    place.texts("physicalType", "dataGranularityDescription")
    found = [_column(item) for item in place.items("properties")]
    columns = {column.name: column for column, _ in found}
    if len(columns) != len(found):
        raise place.error("a column occurs twice")
    keys = [column for column, is_key in found if is_key]
    if len(keys) != 1 or keys[0].kind != "id" or not keys[0].required:
        raise place.error("there must be one required primaryKey of kind 'id'")
    last = found[-1][0]
    if (last.name, last.kind, last.required) != ("vervallen", "boolean", True):
        raise place.error("the last column must be 'vervallen', a required boolean")
    _check_plans(place, columns)
    rules = _rules(place, columns, keys[0].name)
    _check_complete(place, rules, any(column.kind == "gezin" for column in columns.values()))
    place.done()
    return feed, tuple(columns.values()), rules, keys[0].name


def _service(document: Place) -> tuple[int, Retention]:
    """The working day of delivery, and for how long what came is kept."""
    found: dict[str, int] = {}
    for item in document.items("slaProperties"):
        name, unit = item.get("property", str), item.get("unit", str)
        if {"frequency": "maand", "latency": "werkdag", "retention": "maand"}.get(name) != unit:
            raise item.error(f"unknown property '{name}' in '{unit}'")
        key = item.get("element", str) if name == "retention" else name
        if key in found:
            raise item.error(f"property '{key}' occurs twice")
        found[key] = item.get("value", int)
        item.texts("description")
        item.done()
    if set(found) != SERVICE or found["frequency"] != 1 or min(found.values()) < 1:
        raise document.error(
            "'slaProperties' must hold frequency 1, latency, and retention of ontvangen_bestand and quarantaine"
        )
    return found["latency"], Retention(found["ontvangen_bestand"], found["quarantaine"])


def _contact(document: Place) -> str:
    """The mail address of the support channel; reads team, support and servers, which are for people."""
    team = document.mapping("team")
    team.texts("name", "description")
    for member in team.items("members"):
        member.texts("username", "role", "description")
        member.done()
    team.done()
    for server in document.items("servers"):
        server.texts("server", "type", "description", "path", "format")
        server.done()
    channels = document.items("support")
    for channel in channels:
        channel.texts("channel", "url", "tool", "scope", "description")
        channel.done()
    if not channels or not channels[0].value["url"].startswith("mailto:"):
        raise document.error("'support' must begin with a mail address")
    return cast(str, channels[0].value["url"]).removeprefix("mailto:")


CUSTOM = {"partner": str, "feed": str, "max_bytes": int, "max_bytes_uitgepakt": int, "max_rijen": int}


def _contract(document: Place, digest: str) -> Contract:
    document.fixed("apiVersion", API_VERSION)
    document.fixed("kind", "DataContract")
    document.fixed("status", "active")
    document.texts("id", "name", "version", "domain", "dataProduct")
    if not VERSION_PATTERN.fullmatch(document.value["version"]):
        raise document.error(f"version '{document.value['version']}' must look like 1.0.0")
    description = document.mapping("description")
    description.texts("purpose", "usage", "limitations")
    description.done()
    custom = _custom(document, CUSTOM, frozenset(CUSTOM))
    if any(custom[name] < 1 for name in ("max_bytes", "max_bytes_uitgepakt", "max_rijen")):
        raise document.error("limits must be above 0")
    schemas = document.items("schema")
    if len(schemas) != 1:
        raise document.error("'schema' must hold one object")
    feed, columns, rules, key = _schema(schemas[0])
    if feed != custom["feed"]:
        raise document.error(f"property 'feed' is '{custom['feed']}', the schema is called '{feed}'")
    delivery_day, retention = _service(document)
    contract = Contract(
        partner=_name(document, custom["partner"]),
        feed=feed,
        version=document.value["version"],
        digest=digest,
        title=document.value["name"],
        purpose=description.value["purpose"],
        usage=description.value["usage"],
        limitations=description.value["limitations"],
        columns=columns,
        rules=rules,
        key=key,
        alternate_keys=tuple(rule.columns for rule in rules if rule.kind == "alternatieve_sleutel"),
        limits=Limits(custom["max_bytes"], custom["max_rijen"], custom["max_bytes_uitgepakt"]),
        delivery_day=delivery_day,
        retention=retention,
        contact=_contact(document),
    )
    document.done()
    return contract


def load(path: Path) -> Contract:
    """The contract in a file ``<partner>/<feed>.odcs.yaml``.

    Raises ContractError, naming the file and the place, for anything that is missing, unknown or contradictory.
    """
    content = path.read_bytes()
    file = f"{path.parent.name}/{path.name}"
    try:
        value = yaml.load(content, UniqueKeyLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{file}: no valid YAML: {error}") from error
    contract = _contract(Place(value, file, ""), hashlib.sha256(content).hexdigest())
    if file != f"{contract.name}{SUFFIX}":
        raise ContractError(f"{file}: the contract says it is {contract.name}")
    return contract


@cache
def contracts() -> dict[str, Contract]:
    """Every contract of this package by feed name ``<partner>/<feed>``, in alphabetical order."""
    return {contract.name: contract for contract in map(load, sorted(FOLDER.glob(f"*/*{SUFFIX}")))}
