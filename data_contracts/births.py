"""Dates of birth: a date that a text calls one, and a column of dates that only births explain.

Belongs here: how they are recognised, in SQL and over the dates of a whole column. Not here: the other direct
identifiers (`identifiers`), what happens then (`rules`, `verdict`). Nothing here returns or prints a value.

A date alone says little: deliveries are full of dates. What sets births apart is that they lie far apart. Dates of
events and of numbers handed out by date are of the last few years; the dates on which the members of families were
born spread over a childhood at least.
"""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts.casts import literal

# A year longer than the oldest people live, counted back from the end of the delivered month.
OLDEST_YEARS = 105
# Children alone spread over 18 years, of which the middle eight in ten over 14.
LEAST_YEARS_APART = 10
# A counter that reads as 12031985, 12031986, ... keeps its day and month.
LEAST_DAYS_OF_THE_YEAR = 3

MONTHS = (
    *("jan(?:uari)?", "feb(?:ruari)?", "m(?:aa)?rt", "apr(?:il)?", "mei", "juni?"),
    *("juli?", "aug(?:ustus)?", "sept?(?:ember)?", "okt(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
DAY, MONTH, YEAR = "0?[1-9]|[12][0-9]|3[01]", "0?[1-9]|1[0-2]", "(?:19|20)[0-9]{2}"
TWO_DAY, TWO_MONTH = "0[1-9]|[12][0-9]|3[01]", "0[1-9]|1[0-2]"
BETWEEN = "[ ._/-]"
# A pattern with its parts as groups, and how these make an ISO date.
FORMS = (
    (f"({YEAR}){BETWEEN}({MONTH}){BETWEEN}({DAY})", r"\1-\2-\3"),
    (f"({YEAR})({TWO_MONTH})({TWO_DAY})", r"\1-\2-\3"),
    (f"({DAY}){BETWEEN}({MONTH}){BETWEEN}({YEAR})", r"\3-\2-\1"),
    *(
        (rf"(?i)({DAY})[ ._-]?{name}[ ._-]{{0,2}}({YEAR})", rf"\2-{number}-\1")
        for number, name in enumerate(MONTHS, start=1)
    ),
)
# Read only when it is the whole cell: in 2020 the 22nd of a day's numbers, R31122022, has this form too.
BARE_FORM = (f"({TWO_DAY})({TWO_MONTH})({YEAR})", r"\3-\2-\1")
CLOCK = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
TWO_DIGIT_YEAR = f"(?:{DAY}){BETWEEN}(?:{MONTH}){BETWEEN}[0-9]{{2}}"
DATE = "(?:" + "|".join(f"(?:{pattern})" for pattern, _ in (*FORMS, BARE_FORM)) + ")"
NAMED = r"(?i:geboren|geboortedat(?:um|a)|geboortedag|geb(?:oorte)?[ ._-]?dat(?:um)?|geb|date of birth|dob)"
NAME_FIRST = rf"(?:^|[^A-Za-z]){NAMED}(?:[^A-Za-z0-9;][^0-9;]{{0,30}})?(?:{DATE}|{TWO_DIGIT_YEAR})(?:[^0-9]|$)"
# Behind a date "geb." is no building: that has a number or a letter.
BEHIND = "(?:[^0-9;]{0,20}[^A-Za-z0-9;])?(?i:geboren|geboortedatum)(?:[^A-Za-z]|$)"
SHORT_BEHIND = r"[ ,(]{0,3}(?i:geb)\.?(?:$|[^A-Za-z0-9. ]| +[^0-9 ])"
DATE_FIRST = rf"(?:^|[^0-9]){DATE}(?:{BEHIND}|{SHORT_BEHIND})"
# What an id may have before and behind a date. A digit right behind it would make it another number.
BEFORE = "(?:[A-Za-z]{1,10}[_-]?)?"
AFTER = "(?:[_-][A-Za-z0-9]{1,6}|[A-Za-z][A-Za-z0-9]{0,5})?"
NAMED_CELL = rf"{NAMED}[^0-9]{{0,20}}(?:{DATE}|{TWO_DIGIT_YEAR}){CLOCK}{AFTER}"
CELL = f"(?:{BEFORE}{DATE}{CLOCK}{AFTER}|{NAMED_CELL})"
EIGHT_DIGITS = f"{YEAR}(?:{TWO_MONTH})(?:{TWO_DAY})"
SIX_DIGITS = f"[0-9]{{2}}(?:{TWO_MONTH})(?:{TWO_DAY})|(?:{TWO_DAY})(?:{TWO_MONTH})[0-9]{{2}}"
HOLDS_A_DATE = f"(?:^|[^0-9]){DATE}(?:[^0-9]|$)|{EIGHT_DIGITS}|^(?:{SIX_DIGITS})$"


@dataclass(frozen=True)
class Dates:
    """The plausible dates of birth among a column's cells. ``years_apart``: between the first and the last tenth of
    them; ``days_of_the_year``: how many different days and months they fall on.
    """

    count: int
    years_apart: float
    days_of_the_year: int


NO_DATES = Dates(0, 0.0, 0)


def contains(text: str) -> str:
    """SQL: whether a text holds a date that it calls a date of birth."""
    return f"regexp_matches({text}, {literal(f'{NAME_FIRST}|{DATE_FIRST}')})"


def is_whole(text: str) -> str:
    """SQL: whether a whole cell is a date that it calls a date of birth."""
    return f"regexp_full_match({text}, {literal(NAMED_CELL)})"


def holds_a_date(text: str) -> str:
    """SQL: whether an id holds a date of any kind."""
    return f"regexp_matches({text}, {literal(HOLDS_A_DATE)})"


def date_in(text: str) -> str:
    """SQL: the date that a whole cell is, also with a few signs before or behind it, of type date; null when none."""
    whole = [(f"{BEFORE}{pattern}{CLOCK}{AFTER}", iso) for pattern, iso in FORMS]
    bare, iso_of_bare = BARE_FORM
    branches = " ".join(
        f"when regexp_full_match({text}, {literal(form)})"
        f" then try_cast(regexp_replace({text}, {literal(f'^{form}$')}, {literal(iso)}) as date)"
        for form, iso in (*whole, (f"{bare}{CLOCK}", iso_of_bare))
    )
    return f"case {branches} end"


def plausible(date: str, month_end: str) -> str:
    """SQL: whether somebody alive at the end of the delivered month can have been born on that date."""
    return f"{date} between {month_end} - interval {OLDEST_YEARS} year and {month_end}"


def only_births_explain(filled: int, dates: Dates, share: float, minimum: int) -> bool:
    """Whether a column's plausible dates are those of births. ``filled``: cells with a value."""
    return (
        dates.count >= minimum
        and dates.count >= share * filled
        and dates.years_apart >= LEAST_YEARS_APART
        and dates.days_of_the_year >= LEAST_DAYS_OF_THE_YEAR
    )
