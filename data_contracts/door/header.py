"""Whether the column names of a file are those of the contract, and what to say where they are not.

Only names of the contract are ever repeated: a header that is not the contract's may be a row of personal data.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from data_contracts.door.refusals import number

SHOWN = 10
SEPARATORS = {";": "een puntkomma", "\t": "een tab", "|": "een verticale streep"}
# What pandas calls an index without a name (pandas, `DataFrame.to_parquet`).
PANDAS_INDEX = re.compile(r"__index_level_[0-9]+__")


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
        parts += [*_hints_of_text(found, expected), f"Zet op regel 1 precies: {','.join(expected)}."]
    else:
        order = "in een volgorde naar keuze"
        parts += [*_hints_of_parquet(found, expected), f"Lever precies deze kolommen, {order}: {','.join(expected)}."]
    return " ".join(["De kolomnamen zijn niet die van het contract.", *parts])


def _places(places: Sequence[int]) -> str:
    shown = ", ".join(str(place) for place in places[:SHOWN])
    return shown if len(places) <= SHOWN else f"{shown} en nog {number(len(places) - SHOWN)} kolommen"


def _hints_of_text(found: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    """What probably happened to the first line of a CSV file, in Dutch sentences."""
    names = [_tidy(name) for name in found]
    if names and names[0].startswith("sep="):
        yield "Regel 1 begint met sep=; haal deze regel weg."
        return
    while len(names) > len(expected) and not names[-1]:
        names.pop()
    surplus = len(found) - len(names)
    if surplus:
        commas = "een komma" if surplus == 1 else f"{number(surplus)} komma's"
        yield f"Aan het einde van regel 1 {'staat' if surplus == 1 else 'staan'} {commas} te veel."
    # A file with another separator has a header of one cell.
    separator = next((name for sign, name in SEPARATORS.items() if sign in found[0]), None) if len(found) == 1 else None
    if separator:
        yield f"De kolommen lijken gescheiden door {separator}; gebruik een komma."
    yield from _hints_of_names(found[: len(names)], expected)
    if len(names) == len(expected) and not {_tidy(name) for name in expected} & set(names):
        yield "Regel 1 lijkt al een record: de kopregel ontbreekt."


def _hints_of_parquet(found: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    """What probably happened to the columns of a Parquet file, in Dutch sentences."""
    if any(PANDAS_INDEX.fullmatch(name) for name in found):
        yield "De kolom __index_level_0__ is de index van pandas; schrijf zonder index."
    yield from _hints_of_names(found, expected)


def _hints_of_names(found: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    if sorted(found) != sorted(expected) and sorted(map(_tidy, found)) == sorted(map(_tidy, expected)):
        yield "De namen kloppen op hoofdletters, spaties of onzichtbare tekens na."


def _tidy(name: str) -> str:
    """The name in small letters, without blanks, control characters and invisible signs."""
    return "".join(sign for sign in name if unicodedata.category(sign)[0] not in "CZ").casefold()
