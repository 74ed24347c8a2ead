"""Small Dutch wording that several texts of this package share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_REPEATED_CLASS = re.compile(r"\^\[([^\[\]^\\]+)\]\{(\d+)(?:,(\d+))?\}\$")
_RANGE = re.compile(r"(.)-(.)|(.)")


def thousands(count: int) -> str:
    """A number as Dutch readers write it: ``12.345``."""
    return f"{count:,}".replace(",", ".")


def number_of(count: int, one: str, many: str) -> str:
    """A count with its noun: ``1 record``, ``12.345 records``."""
    return f"{thousands(count)} {one if count == 1 else many}"


def dutch_date(day: date) -> str:
    """A date as Dutch readers write it, such as 1-1-2000."""
    return f"{day.day}-{day.month}-{day.year}"


def pattern_in_words(pattern: str) -> str:
    """A pattern such as ``^[a-z2-7]{26}$`` in words: ``26 tekens: kleine letters a-z en cijfers 2-7``.

    One class of characters and how many of them; any other pattern is quoted as it is.
    """
    known = _REPEATED_CLASS.fullmatch(pattern)
    if known is None:
        return f"tekst volgens het patroon {pattern}"
    signs, least, most = known.groups()
    count = f"{least} tot en met {most}" if most else least
    *first, last = _sign_sets(signs)
    return f"{count} {'teken' if count == '1' else 'tekens'}: {', '.join(first)}{' en ' if first else ''}{last}"


def _sign_sets(signs: str) -> Iterator[str]:
    """What stands between the square brackets of a pattern, in words."""
    for start, end, single in _RANGE.findall(signs):
        if single:
            yield single
        elif start.isdigit():
            yield f"cijfers {start}-{end}"
        else:
            yield f"{'kleine letters' if start.islower() else 'hoofdletters'} {start}-{end}"
