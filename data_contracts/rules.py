"""The rule kinds: each once, as the SQL of the rows that break it and as a Great Expectations expectation.

Belongs here: what a kind means, which columns and parameters it takes, and the rules that follow from a column's
definition. Not here: which rules a feed has (its contract), running anything (`verdict`, `gx_adapter`).

Both forms of a row rule read the relation ``rijen`` that `casts` makes: for every contract column ``x`` the text ``x``,
for typed kinds also ``x__t`` (null where the text does not parse) and for moments ``x__d`` (the Amsterdam date).
Beside them: ``levering`` (which delivery of the batch), ``maand_einde``, ``rij``, ``regel``, ``velden_ok``, ``ruw``.
A predicate that is null counts as not broken: a value that is missing or does not parse has its own rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data_contracts import identifiers
from data_contracts.casts import DECIMAL_PATTERN, INTEGER_PATTERN, day, literal, literals, quote, typed
from data_contracts.model import CODE_KINDS, STRING_KINDS, Column, Contract, Kind, Level, Rule

RELATION = "rijen"
ID_LIKE: frozenset[Kind] = frozenset({"id", "gezin"})
MOMENTS: frozenset[Kind] = frozenset({"timestamp", "date"})
ANY: frozenset[Kind] = STRING_KINDS | MOMENTS | {"boolean", "integer", "decimal"}

# Control, bidirectional, zero-width and other format characters, line and paragraph separators (Unicode categories).
INVISIBLE_PATTERN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
BIND_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")
FORM_PATTERNS: Mapping[str, str] = {
    "boolean": "^(true|false)$",
    "integer": f"^({INTEGER_PATTERN})$",
    "decimal": f"^({DECIMAL_PATTERN})$",
}


@dataclass(frozen=True)
class Condition:
    """Restricts an expectation to the rows in which any of the comparisons holds: (column, operator, value).

    Operators: ``==``, ``!=``, ``null``, ``not_null`` (the last two take no value).
    """

    any_of: tuple[tuple[str, str, Any], ...]


@dataclass(frozen=True)
class Expectation:
    """A Great Expectations expectation as plain data: its snake-case type, its arguments, and the rows it looks at."""

    type: str
    kwargs: Mapping[str, Any]
    condition: Condition | None = None


Predicate = Callable[[Rule, Contract], str]
Expecting = Callable[[Rule, Contract], Expectation]


@dataclass(frozen=True)
class RuleKind:
    """One kind of rule. ``columns``: the column kinds allowed per position; ``variadic``: the last may repeat.

    ``params``: name and a test of its value. ``never_alone``: a row that breaks it breaks another rule too.
    Kinds of level rij carry predicate and expectation; the others are judged over a whole delivery by `verdict`, which
    lists the kinds it knows.
    """

    level: Level
    columns: tuple[frozenset[Kind], ...] = ()
    variadic: bool = False
    params: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    predicate: Predicate | None = None
    expectation: Expecting | None = None
    never_alone: bool = False


def unexpected_rows(condition: str) -> Expectation:
    """The rows that meet a condition, as a query of our own; it selects no values of cells."""
    # GX fills in {batch} by str.format and SQLAlchemy takes :name for a parameter; regular expressions hold both.
    escaped = BIND_PARAMETER.sub(r"\\:", condition.replace("{", "{{").replace("}", "}}"))
    query = f"select levering, rij from {{batch}} where {escaped}"
    return Expectation("unexpected_rows_expectation", {"unexpected_rows_query": query})


def _column(rule: Rule, contract: Contract, position: int = 0) -> Column:
    return contract.column(rule.columns[position])


def _filled(column: Column) -> str:
    return typed(column) if column.kind == "text" else column.name


def _when_not_planned(column: Column) -> Condition | None:
    if column.plan_when is None:
        return None
    name, code = column.plan_when
    return Condition(((name, "!=", code), (name, "null", None)))


def _missing(rule: Rule, contract: Contract) -> str:
    return f"velden_ok and {quote(_filled(_column(rule, contract)))} is null"


def _expect_present(rule: Rule, contract: Contract) -> Expectation:
    name = _filled(_column(rule, contract))
    return Expectation("expect_column_values_to_not_be_null", {"column": name}, Condition((("velden_ok", "==", True),)))


def _malformed(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    return f"{quote(column.name)} is not null and {typed(column)} is null"


def _expect_form(rule: Rule, contract: Contract) -> Expectation:
    column = _column(rule, contract)
    pattern = FORM_PATTERNS.get(column.kind)
    if pattern:
        return _matches(column.name, pattern)
    return Expectation(
        "expect_column_values_to_not_be_null",
        {"column": typed(column)},
        Condition(((column.name, "not_null", None),)),
    )


def _matches(name: str, pattern: str) -> Expectation:
    return Expectation("expect_column_values_to_match_regex", {"column": name, "regex": pattern})


def _unknown_value(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    return f"{quote(column.name)} not in ({literals(column.values)})"


def _expect_value(rule: Rule, contract: Contract) -> Expectation:
    column = _column(rule, contract)
    return Expectation("expect_column_values_to_be_in_set", {"column": column.name, "value_set": list(column.values)})


def _pattern(column: Column) -> str:
    if column.pattern is None:
        raise ValueError(f"column '{column.name}' has no pattern")
    return column.pattern


def _breaks_pattern(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    return f"not regexp_full_match({quote(column.name)}, {literal(_pattern(column))})"


def _invisible(rule: Rule, contract: Contract) -> str:
    return f"regexp_matches({quote(rule.columns[0])}, {literal(INVISIBLE_PATTERN)})"


def _too_long(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    return f"length({quote(_filled(column))}) > {column.max_length}"


def _expect_length(rule: Rule, contract: Contract) -> Expectation:
    column = _column(rule, contract)
    return Expectation(
        "expect_column_value_lengths_to_be_between", {"column": _filled(column), "max_value": column.max_length}
    )


def _too_early(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    return f"{day(column)} < date '{column.minimum}'"


def _expect_not_early(rule: Rule, contract: Contract) -> Expectation:
    column = _column(rule, contract)
    return Expectation("expect_column_values_to_be_between", {"column": day(column), "min_value": column.minimum})


def _after_month(rule: Rule, contract: Contract) -> str:
    column = _column(rule, contract)
    late = f"{day(column)} > maand_einde"
    if column.plan_when is None:
        return late
    name, code = column.plan_when
    return f"{late} and {quote(name)} is distinct from {literal(code)}"


def _expect_in_month(rule: Rule, contract: Contract) -> Expectation:
    column = _column(rule, contract)
    return _not_before("maand_einde", day(column), _when_not_planned(column))


def _not_before(late: str, early: str, condition: Condition | None = None) -> Expectation:
    return Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": late, "column_B": early, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        condition,
    )


def _not_positive(rule: Rule, contract: Contract) -> str:
    return f"{typed(_column(rule, contract))} <= 0"


def _expect_positive(rule: Rule, contract: Contract) -> Expectation:
    name = typed(_column(rule, contract))
    return Expectation("expect_column_values_to_be_between", {"column": name, "min_value": 0, "strict_min": True})


def _order_sides(rule: Rule, contract: Contract) -> tuple[str, str]:
    late, early = _column(rule, contract, 0), _column(rule, contract, 1)
    side = typed if late.kind == early.kind == "timestamp" else day
    return side(late), side(early)


def _out_of_order(rule: Rule, contract: Contract) -> str:
    late, early = _order_sides(rule, contract)
    return f"{late} < {early}"


def _expect_order(rule: Rule, contract: Contract) -> Expectation:
    late, early = _order_sides(rule, contract)
    return _not_before(late, early)


def _repeated(names: Iterable[str], among: str) -> str:
    columns = ", ".join(["levering", *(quote(name) for name in names)])
    return (
        f"{among} and ({columns}) in"
        f" (select ({columns}) from {RELATION} where {among} group by {columns} having count(*) > 1)"
    )


def _present(names: Iterable[str]) -> str:
    return " and ".join(f"{quote(name)} is not null" for name in names)


def _repeated_key(rule: Rule, contract: Contract) -> str:
    return _repeated(rule.columns, _present(rule.columns))


def _repeated_alternate(rule: Rule, contract: Contract) -> str:
    return _repeated(rule.columns, f"vervallen__t = false and {_present(rule.columns)}")


def _expect_unique(rule: Rule, condition: Condition | None = None) -> Expectation:
    return Expectation(
        "expect_compound_columns_to_be_unique",
        {"column_list": ["levering", *rule.columns], "ignore_row_if": "any_value_is_missing"},
        condition,
    )


def _hours_do_not_fit(rule: Rule, contract: Contract) -> str:
    hours, begin, end = (typed(_column(rule, contract, position)) for position in range(3))
    closed = f"{end} >= {begin} and {hours} * 100 > ((epoch({end})::bigint - epoch({begin})::bigint) + 35) // 36"
    is_open = f"{quote(rule.columns[2])} is null and {begin} is not null and {hours} > {rule.params['maximum_open']}"
    return f"(({closed}) or ({is_open}))"


def _expect_hours_fit(rule: Rule, contract: Contract) -> Expectation:
    hours, begin, end = (typed(_column(rule, contract, position)) for position in range(3))
    # Hundredths above the length rounded up: the last hundredth begins at or after the end of the interval.
    closed = f"{end} >= {begin} and {begin} + to_seconds(36 * ({hours} * 100 - 1)::bigint) >= {end}"
    is_open = (
        f"{begin} is not null and {quote(rule.columns[2])} is null and {hours} - {rule.params['maximum_open']} > 0"
    )
    return unexpected_rows(f"case when {end} is null then {is_open} else {closed} end")


def _belongs_elsewhere(rule: Rule, contract: Contract) -> str:
    code, partner = _column(rule, contract, 0), _column(rule, contract, 1)
    known = f"{quote(code.name)} in ({literals(code.values)}) and {quote(partner.name)} in ({literals(partner.values)})"
    listed = f"{quote(code.name)} in ({literals(rule.params['codes'])})"
    wanted = f"{quote(partner.name)} in ({literals(rule.params['bij'])})"
    return f"{known} and ({listed}) <> ({wanted})"


def _expect_belonging(rule: Rule, contract: Contract) -> Expectation:
    code, partner = _column(rule, contract, 0), _column(rule, contract, 1)
    inside, outside = rule.params["codes"], [c for c in code.values if c not in rule.params["codes"]]
    wanted, others = rule.params["bij"], [c for c in partner.values if c not in rule.params["bij"]]
    pairs = ((inside, others), (outside, wanted))
    either = " or ".join(
        f"({quote(code.name)} in ({literals(a)}) and {quote(partner.name)} in ({literals(b)}))" for a, b in pairs
    )
    return unexpected_rows(either)


def _identifying(rule: Rule, contract: Contract) -> str:
    return identifiers.contains_any(quote(rule.columns[0]))


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value < 1


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_codes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(code, str) for code in value)


KINDS: Mapping[str, RuleKind] = {
    "onleesbaar": RuleKind("levering"),
    "kopregel": RuleKind("levering"),
    "leeg": RuleKind("levering"),
    "identificerende_kolom": RuleKind(
        "levering", params={"aandeel": _is_share, "minimum": _is_count, "kans": _is_share}
    ),
    "te_veel_quarantaine": RuleKind("levering", params={"aandeel": _is_share}),
    "aantal_velden": RuleKind(
        "rij",
        predicate=lambda rule, contract: "not velden_ok",
        expectation=lambda rule, contract: Expectation(
            "expect_column_values_to_be_in_set", {"column": "velden_ok", "value_set": [True]}
        ),
    ),
    "verplicht": RuleKind("rij", (ANY,), predicate=_missing, expectation=_expect_present),
    "vorm": RuleKind(
        "rij",
        (MOMENTS | {"boolean", "integer", "decimal"},),
        predicate=_malformed,
        expectation=_expect_form,
    ),
    "waarde": RuleKind("rij", (CODE_KINDS,), predicate=_unknown_value, expectation=_expect_value),
    "patroon": RuleKind(
        "rij",
        (ID_LIKE,),
        predicate=_breaks_pattern,
        expectation=lambda rule, contract: _matches(rule.columns[0], _pattern(_column(rule, contract))),
    ),
    "tekens": RuleKind(
        "rij",
        (ID_LIKE | CODE_KINDS,),
        predicate=_invisible,
        expectation=lambda rule, contract: Expectation(
            "expect_column_values_to_not_match_regex", {"column": rule.columns[0], "regex": INVISIBLE_PATTERN}
        ),
        # Codes and patterns name the visible characters that they allow: `loader` sees to that.
        never_alone=True,
    ),
    "lengte": RuleKind("rij", (frozenset({"text"}),), predicate=_too_long, expectation=_expect_length),
    "te_vroeg": RuleKind("rij", (MOMENTS,), predicate=_too_early, expectation=_expect_not_early),
    "na_maand": RuleKind("rij", (MOMENTS,), predicate=_after_month, expectation=_expect_in_month),
    "niet_positief": RuleKind(
        "rij", (frozenset({"decimal", "integer"}),), predicate=_not_positive, expectation=_expect_positive
    ),
    "identificerend": RuleKind(
        "rij",
        (frozenset({"text"}),),
        predicate=_identifying,
        expectation=lambda rule, contract: unexpected_rows(_identifying(rule, contract)),
    ),
    "dubbel": RuleKind(
        "rij",
        (ID_LIKE,),
        predicate=_repeated_key,
        expectation=lambda rule, contract: _expect_unique(rule),
    ),
    "alternatieve_sleutel": RuleKind(
        "rij",
        (ANY,),
        variadic=True,
        predicate=_repeated_alternate,
        expectation=lambda rule, contract: _expect_unique(rule, Condition((("vervallen__t", "==", False),))),
    ),
    "volgorde": RuleKind("rij", (MOMENTS, MOMENTS), predicate=_out_of_order, expectation=_expect_order),
    "uren_interval": RuleKind(
        "rij",
        (frozenset({"decimal"}), frozenset({"timestamp"}), frozenset({"timestamp"})),
        params={"maximum_open": _is_count},
        predicate=_hours_do_not_fit,
        expectation=_expect_hours_fit,
    ),
    "hoort_bij": RuleKind(
        "rij",
        (CODE_KINDS, CODE_KINDS),
        params={"codes": _is_codes, "bij": _is_codes},
        predicate=_belongs_elsewhere,
        expectation=_expect_belonging,
    ),
    "volume": RuleKind("waarschuwing", params={"afwijkingen": _is_count, "maanden": _is_count, "minimum": _is_count}),
    "gezin_gewijzigd": RuleKind("waarschuwing", (frozenset({"gezin"}),)),
    "verwijzing_onbekend": RuleKind("waarschuwing", (frozenset({"id"}), frozenset({"gezin"}))),
}
