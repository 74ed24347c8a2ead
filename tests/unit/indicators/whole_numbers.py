"""What a small publication tells, by programs in whole numbers: for tables too large to enumerate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import highspy
import numpy as np
from highspy.highs import _Highs
from small_country import Country, Key, Place, Sum


def leaks_by_program(
    country: Country,
    exact: Mapping[Place, int],
    shown: set[Key],
    extra: Sequence[Sum] = (),
    before: set[Key] | None = None,
) -> set[Place]:
    """Hidden counts that may be below 10 and whose least and most differ by 2 or less.

    ``extra``: more sums, also over places of their own. ``before``: what was shown earlier, of the same counts.
    """
    most = 2 * max(exact.values()) + 20
    bounds = country.bounds(exact, shown | (before or set()), most)
    bounds |= {place: (0, most) for total, parts in extra for place in (total, *parts) if place not in bounds}
    at = {place: i for i, place in enumerate(bounds)}
    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    # Another number than the attack's would silence it.
    solver.setOptionValue("threads", 1)
    for low, high in bounds.values():
        solver.addVar(float(low), float(high))
    whole = np.array([highspy.HighsVarType.kInteger] * len(at))
    solver.changeColsIntegrality(len(at), np.arange(len(at), dtype=np.int32), whole)
    for total, parts in (*country.sums(), *extra):
        members = np.array([at[total], *(at[p] for p in parts)], dtype=np.int32)
        solver.addRow(0.0, 0.0, len(members), members, np.array([-1.0, *(1.0 for _ in parts)]))

    def extreme(place: Place, sense: float) -> int:
        solver.changeColCost(at[place], sense)
        solver.run()
        found = round(sense * solver.getInfo().objective_function_value)
        solver.changeColCost(at[place], 0.0)
        return found

    hidden = [place for place in exact if place[:-1] not in shown]
    small = [(place, least) for place in hidden if (least := extreme(place, 1.0)) < 10]
    return {place for place, least in small if extreme(place, -1.0) - least <= 2}
