"""Whether the column names of a file are those of the contract, and what to say where they are not.

Only names of the contract are ever repeated: a header that is not the contract's may be a row of personal data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from data_contracts.door.refusals import number

SHOWN = 10


def mismatch(found: Sequence[str], expected: Sequence[str], ordered: bool) -> str | None:
    """What is wrong with the column names ``found`` (Dutch), or None where they are the contract's.

    ``ordered``: they must also stand in the contract's order (CSV).
    """
    if list(found) == list(expected) or (not ordered and sorted(found) == sorted(expected)):
        return None
    counts = Counter(found)
    missing = [name for name in expected if not counts[name]]
    double = [name for name in expected if counts[name] > 1]
    known = set(expected)
    unknown = [place for place, name in enumerate(found, start=1) if name not in known]
    parts = []
    if missing:
        parts.append(f"Ontbreekt: {', '.join(missing)}.")
    if double:
        parts.append(f"Staat er meer dan eens: {', '.join(double)}.")
    if unknown:
        parts.append(f"Niet in het contract: de naam van kolom {_places(unknown)}.")
    if not parts:
        misplaced = [name for name, wanted in zip(found, expected, strict=True) if name != wanted]
        parts.append(f"Niet op de juiste plaats: {', '.join(misplaced)}.")
    if ordered:
        remedy = f"{_separator_hint(found)}Zet op regel 1 precies: {','.join(expected)}"
    else:
        remedy = f"Lever precies deze kolommen, in een volgorde naar keuze: {','.join(expected)}"
    return " ".join(["De kolomnamen zijn niet die van het contract.", *parts, remedy])


def _places(places: Sequence[int]) -> str:
    shown = ", ".join(str(place) for place in places[:SHOWN])
    return shown if len(places) <= SHOWN else f"{shown} en nog {number(len(places) - SHOWN)} kolommen"


def _separator_hint(found: Sequence[str]) -> str:
    """A file with another separator has a header of one cell."""
    if len(found) != 1:
        return ""
    separators = {";": "een puntkomma", "\t": "een tab", "|": "een verticale streep"}
    name = next((name for sign, name in separators.items() if sign in found[0]), None)
    return f"De kolommen lijken gescheiden door {name}; gebruik een komma. " if name else ""
