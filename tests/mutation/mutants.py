"""Small wrong versions of a file: SQL, a definition in YAML, or a Python module. Pure: text in, texts out.

Belongs here: what is changed. Not here: which tests must notice (``kill``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Mutant:
    """One change. ``line``: the line as it was; ``change``: ``old -> new``; ``text``: the whole file after it."""

    path: str
    number: int
    line: str
    change: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.path}:{self.number}: {self.change}: {self.line}"


def of_file(root: Path, path: str) -> list[Mutant]:
    """Every mutant of the file ``path`` under ``root``; the same change twice in a line is told apart by its number."""
    makers: dict[str, Callable[[str, str], Iterator[Mutant]]] = {".sql": of_sql, ".yaml": of_yaml, ".py": of_python}
    found = list(makers[Path(path).suffix](path, (root / path).read_text(encoding="utf-8")))
    return [_told_apart(mutant, found[:i]) for i, mutant in enumerate(found)]


def _told_apart(mutant: Mutant, earlier: list[Mutant]) -> Mutant:
    alike = sum((m.number, m.line, m.change) == (mutant.number, mutant.line, mutant.change) for m in earlier)
    return replace(mutant, change=f"{mutant.change} ({alike + 1})") if alike else mutant


def _mutant(path: str, text: str, start: int, end: int, new: str, told: str | None = None) -> Mutant:
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    line = text[first : last if last >= 0 else len(text)].strip()
    change = told or f"{text[start:end].strip()} -> {new.strip() or '(nothing)'}"
    return Mutant(path, text.count("\n", 0, start) + 1, line, change, text[:start] + new + text[end:])


# SQL

SQL_TOKENS = re.compile(
    r"""(?P<comment>--[^\n]*|\{[^}]*\})|(?P<text>'[^']*')|(?P<op><=|>=|<>|>>|//|[<>=+*/&-])|(?P<number>\b\d+\b)"""
    r"""|(?P<phrase>\bis\ not\ null\b|\bis\ null\b|\bleft\ join\b|\binner\ join\b|\bunion\ all\b)"""
    r"""|(?P<word>\b[a-z_][a-z_0-9]*\b)""",
    re.VERBOSE,
)
SQL_OPERATORS = {
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "=": ["<>"], "<>": ["="], "+": ["-"], "-": ["+"], "*": ["+"],
    "//": ["*"], "&": ["|"],
}  # fmt: skip
SQL_PHRASES = {
    "is not null": "is null",
    "is null": "is not null",
    "left join": "inner join",
    "inner join": "left join",
    "union all": "union",
}
SQL_WORDS = {
    "and": "or", "or": "and", "not": "", "min": "max", "max": "min", "least": "greatest", "greatest": "least",
    "distinct": "", "desc": "asc", "lag": "lead", "lead": "lag", "bool_or": "bool_and", "true": "false",
    "false": "true",
    "following": "preceding", "hour": "minute", "werkdag_5_einde": "einde",
}  # fmt: skip
# A date for another date of the same record.
DATES = (
    ("ontvangen_op", "veiligheidsbeoordeling_op"),
    ("veiligheidsbeoordeling_op", "ontvangen_op"),
    ("dienst_afgerond_op", "overdracht_op"),
    ("overdracht_op", "terugkoppeling_op"),
    ("terugkoppeling_op", "overdracht_op"),
    ("betrokkenheid_beeindigd_op", "overdracht_op"),
    ("gehouden_op", "aangemeld_op"),
    ("gemeld_op", "aanhouding_op"),
    ("vt_betrokken_op", "zorgmelding_op"),
    ("zorgmelding_op", "vt_betrokken_op"),
    ("aanhouding_op", "gemeld_op"),
    ("instroom_op", "beslissing_op"),
    ("beslissing_op", "instroom_op"),
    ("vt_geraadpleegd_op", "instroom_op"),
    ("verzoek_op", "afgerond_op"),
    ("gestart_op", "beeindigd_op"),
    ("begonnen_op", "geeindigd_op"),
    ("geeindigd_op", "begonnen_op"),
    ("volgende", "einde"),
    ("einde", "volgende"),
    ("einde_90_dagen", "einde"),
    ("start", "einde"),
    ("vanaf", "tot"),
    ("tot", "vanaf"),
    ("uren_14_dagen", "uren_honderdsten"),
    ("zorg_en_straf", "meer_partners"),
    ("meer_partners", "zorg_en_straf"),
)


def of_sql(path: str, text: str, first: int = 0, last: int | None = None) -> Iterator[Mutant]:
    """The mutants of ``text``, or of the SQL that stands in it from ``first`` up to ``last``."""
    for token in SQL_TOKENS.finditer(text, first, len(text) if last is None else last):
        kind, found = token.lastgroup, token.group()
        if kind == "op":
            # The star of ``count(*)`` and ``select *`` multiplies nothing.
            every = found == "*" and re.search(r"(\(|\bselect)\s*$", text[: token.start()])
            options = [] if every else SQL_OPERATORS.get(found, [])
        elif kind == "number":
            options = [str(int(found) + 1)] + ([str(int(found) - 1)] if int(found) else [])
        elif kind == "text":
            options = [f"'{found[1:-1]}_'"]
        elif kind == "phrase":
            options = [SQL_PHRASES[found]] if found in SQL_PHRASES else []
        elif kind == "word":
            # A name that is given (``as start``) is no use of it.
            given = text[: token.start()].rstrip().endswith(" as")
            options = [new for old, new in DATES if old == found and not given]
            replaces = text[: token.start()].endswith("create ")
            options += [SQL_WORDS[found]] if found in SQL_WORDS and not replaces else []
        else:
            options = []
        for new in options:
            yield _mutant(path, text, token.start(), token.end(), new)


# Definitions. Texts for readers are left alone: they are pinned by docs/methodology.md.

READ_BY_PEOPLE = {"id", "version", "title", "question", "explanation", "caveats", "changelog", "example", "source"}
OTHER_CODES = {
    "polarity": ("higher_is_better", "lower_is_better"),
    "unit": ("aandeel", "uren"),
    "kind": ("proportion", "ratio"),
}


def of_yaml(path: str, text: str) -> Iterator[Mutant]:
    data = yaml.safe_load(text)
    for place, new in _other_values(data, ()):
        shown = ".".join(map(str, place))
        old = _at(data, place)
        changed = yaml.safe_load(text)
        parent = _at(changed, place[:-1])
        if new is None:
            del parent[place[-1]]
        else:
            parent[place[-1]] = new
        number = next((i for i, line in enumerate(text.splitlines(), 1) if line.strip().startswith(f"{place[0]}:")), 1)
        told = f"{old} -> {'(nothing)' if new is None else new}"
        yield Mutant(path, number, shown, told, yaml.safe_dump(changed, allow_unicode=True, sort_keys=False))


def _at(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        data = data[key]
    return data


def _other_values(data: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in READ_BY_PEOPLE:
                if place and place[-1] == "categories":
                    yield (*place, key), None
                else:
                    yield from _other_values(value, (*place, key))
    elif isinstance(data, list):
        for i in range(len(data)):
            yield (*place, i), None
    elif isinstance(data, bool):
        yield place, not data
    elif isinstance(data, int | float):
        yield place, data + 1 if isinstance(data, int) else data - 0.1
        if isinstance(data, int) and data:
            yield place, data - 1
    elif place[-1] in OTHER_CODES:
        yield place, next(code for code in OTHER_CODES[place[-1]] if code != data)


# Python

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "+"), ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}  # fmt: skip
SELECTS = re.compile(r"\bselect\s(?!\* from frame\b).*\sfrom\s", re.DOTALL)
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil"}


def of_python(path: str, text: str) -> Iterator[Mutant]:
    """In the order of the text, with the SQL that a module holds.

    Not made: the negation of a test that is one ``==``, ``in``, ``is`` or ``not``: the change of that operator is it.
    """
    return iter(sorted(_of_python(path, text), key=lambda mutant: _where(text, mutant.text)))


def _where(text: str, changed: str) -> tuple[int, int]:
    start = next((i for i, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b), len(text))
    return start, len(changed)


def _of_python(path: str, text: str) -> Iterator[Mutant]:
    tree = ast.parse(text)
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int, column: int) -> int:
        return len(text.encode()[: starts[line - 1] + column].decode())

    def span(node: Any) -> tuple[int, int]:
        return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)

    def between(left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Mutant]:
        start, end = span(left)[1], span(right)[0]
        gap = re.search(rf"(?<![\w*/<>=]){re.escape(old)}(?![\w*/<>=])", text[start:end])
        if gap:
            yield _mutant(path, text, start + gap.start(), start + gap.end(), new)

    skipped = _not_run(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Compare):
            lefts = [node.left, *node.comparators[:-1]]
            for left, op, right in zip(lefts, node.ops, node.comparators, strict=True):
                yield from between(left, right, *COMPARISONS[type(op)])
        elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            yield from between(node.left, node.right, *ARITHMETIC[type(node.op)])
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield from between(left, right, old, new)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            start, end = span(node)
            yield _mutant(path, text, start, end, text[span(node.operand)[0] : end])
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield _mutant(path, text, *span(node), str(not node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield _mutant(path, text, *span(node), repr(node.value + 1))
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            if not _is_negated_by_its_operator(node.test):
                start, end = span(node.test)
                yield _mutant(path, text, start, end, f"not ({text[start:end]})")
        elif _is_sql(node):
            yield from of_sql(path, text, *span(node))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                end = span(node.func)[1]
                yield _mutant(path, text, end - len(name), end, CALLS[name])


def _is_negated_by_its_operator(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn | ast.Is | ast.IsNot)
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _is_sql(node: ast.AST) -> bool:
    """A query in a module: a text, or one with places to fill in, that selects."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return SELECTS.search(" ".join(texts)) is not None


def _not_run(tree: ast.AST) -> set[int]:
    """What changes nothing that is computed, and parts of a text that stand for the whole.

    Annotations, decorators, ``strict`` of zip (a guard: the sequences are as long by construction), and whether the
    module is run as a program.
    """
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            roots += node.decorator_list
        if isinstance(node, ast.FunctionDef):
            roots.append(node.returns)
        if isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "zip":
            roots += [keyword.value for keyword in node.keywords]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            roots.append(node)
        if isinstance(node, ast.JoinedStr):
            roots += [part for part in node.values if isinstance(part, ast.Constant)]
    return {id(part) for root in roots if root for part in ast.walk(root)}
