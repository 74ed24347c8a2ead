"""A first attack: what one sum tells of a hidden cell, when everything else in that sum is printed.

Left for the release gate: sums of many parts, many sums at once (regions x periods x dimensions x complements x
identities between indicators), earlier publications. Together they narrow more than any one of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from indicators.disclosure.rule import Rule


def bounds(count: int, rule: Rule) -> tuple[int, int]:
    """What a reader knows of a count."""
    if count < rule.threshold:
        return 0, rule.threshold - 1
    start = rule.threshold + (count - rule.threshold) // rule.width * rule.width
    return start, start + rule.width - 1


def candidates(hidden: int, others: Sequence[int], rule: Rule) -> range:
    """The values of a hidden cell that fit its printed margin and the other cells of the same sum."""
    low, high = bounds(hidden + sum(others), rule)
    others_low, others_high = map(sum, zip(*(bounds(other, rule) for other in others), strict=True))
    return range(max(0, low - others_high), min(rule.threshold - 1, high - others_low) + 1)


def fewest(rule: Rule, parts: int) -> int:
    """The least number of candidates over every hidden count and every place of the other parts in their classes."""
    classes = range(rule.threshold, rule.threshold + rule.width)
    return min(
        len(candidates(hidden, others, rule))
        for hidden in range(rule.threshold)
        for others in itertools.combinations_with_replacement(classes, parts)
    )


@pytest.mark.parametrize(("width", "parts", "left"), [(5, 1, 4), (5, 2, 3), (10, 1, 9), (10, 2, 8), (10, 3, 7)])
def test_a_margin_less_one_or_two_printed_parts_leaves_a_range(width: int, parts: int, left: int) -> None:
    assert fewest(Rule(width=width), parts) == left


def test_exact_margins_would_give_a_hidden_cell_away() -> None:
    assert fewest(Rule(width=1), 1) == 1


def test_what_is_left_for_the_gate_a_sum_of_many_parts_can_pin_a_cell() -> None:
    """All others at the top of their class and the margin at the bottom of its own: rare, but it must be found."""
    assert candidates(9, [14, 14, 14, 14], Rule()) == range(9, 10)
    assert len(candidates(9, [19] * 9, Rule(width=10))) == 1


# Zaken by region (down) and aard_geweld (across); 4, 7 and 0 are hidden.
TABLE = np.array([[4, 31, 58], [26, 7, 44], [73, 12, 0]])


@pytest.mark.parametrize("width", [5, 10])
def test_no_row_or_column_of_a_two_way_table_narrows_a_hidden_cell_to_three(width: int) -> None:
    rule = Rule(width=width)
    for row, column in np.argwhere(rule.threshold > TABLE):
        for line, place in ((TABLE[row], column), (TABLE[:, column], row)):
            fitting = candidates(int(line[place]), np.delete(line, place).tolist(), rule)
            assert line[place] in fitting
            assert len(fitting) > 3
