"""The product's table held against the oracle's: every difference as one line of text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .table import COLUMNS, KEY_COLUMNS

FIGURES = ("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")


def compare(
    product: Any,
    oracle_rows: Iterable[Mapping[str, Any]],
    tolerance: float = 1e-9,
    indicators: Collection[str] | None = None,
) -> list[str]:
    """Every missing row, extra row, double row and differing cell; empty when the tables agree.

    `product`: a polars DataFrame or rows as dicts, with the columns of section 5. Figures may differ by `tolerance`,
    relative where above 1; all else must be equal. `versie` is compared where the oracle's row has it.
    `indicators`: compare these only.
    """
    product_rows = product.to_dicts() if hasattr(product, "to_dicts") else list(product)
    found, doubles = _by_key(product_rows, indicators)
    expected, _ = _by_key(oracle_rows, indicators)
    lines = [f"double row: {_name(key)}" for key in doubles]
    lines += [f"missing row: {_name(key)}: {dict(expected[key])}" for key in expected.keys() - found.keys()]
    lines += [f"extra row: {_name(key)}: {dict(found[key])}" for key in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        for column in COLUMNS:
            if column in expected[key]:
                # A column that the product lacks must never look like an empty figure.
                value = found[key].get(column, "(no such column)")
                if not _same(column, value, expected[key][column], tolerance):
                    lines.append(f"{_name(key)}: {column} is {value!r}, expected {expected[key][column]!r}")
    return sorted(lines)


def _by_key(
    rows: Iterable[Mapping[str, Any]], indicators: Collection[str] | None
) -> tuple[dict[tuple[Any, ...], Mapping[str, Any]], list[tuple[Any, ...]]]:
    chosen = [row for row in rows if indicators is None or row["indicator"] in indicators]
    keys = [tuple(row[column] for column in KEY_COLUMNS) for row in chosen]
    return dict(zip(keys, chosen, strict=True)), [key for key, times in Counter(keys).items() if times > 1]


def _name(key: tuple[Any, ...]) -> str:
    return " / ".join(map(str, key))


def _same(column: str, value: Any, expected: Any, tolerance: float) -> bool:
    if column not in FIGURES or value is None or expected is None:
        return bool(value == expected)
    if isinstance(value, str) or math.isnan(value):
        return False
    return math.isclose(value, expected, rel_tol=tolerance, abs_tol=tolerance)
