"""The sums of a worked example, left unsummed for the reader: their value, worked out exactly."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class SumError(ValueError):
    """A text that is no sum of numbers."""


def value_of(expression: str | int) -> float:
    """The value of a sum as a reader sees it. Raises SumError.

    >>> value_of("(4 × 60 + 1,5 × 50) / 2")
    157.5
    """
    text = str(expression).replace(",", ".").replace("×", "*")
    try:
        return float(_worked_out(ast.parse(text, mode="eval").body, text))
    except (SyntaxError, ZeroDivisionError):
        raise SumError(f"'{expression}' is no sum") from None


def _worked_out(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_worked_out(node.left, text), _worked_out(node.right, text))
    written = ast.get_source_segment(text, node) or ""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        # From the text: 0,1 as a float is no longer a tenth.
        return Fraction(written)
    raise SumError(f"'{written}' in '{text}': only numbers, + - × / and brackets")
