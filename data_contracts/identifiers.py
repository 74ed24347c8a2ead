"""Direct identifiers: BSN, IBAN, e-mail address, telephone number, postcode with house number, date of birth.

Belongs here: how each is recognised in SQL, in a whole cell and inside free text, and when a column is one of
identifiers. Not here: how a date is recognised as one of birth (`births`), what happens then (`rules`, `verdict`).
Nothing here returns or prints a value. How often each is mistaken: docs/decisions/0007-direct-identifiers.md.

Sources: 11-proef of the BSN (Besluit burgerservicenummer; weights 9..2 and -1, a number of eight digits has a leading
zero); IBAN, ISO 13616 with the modulus of ISO 7064; postcodes never end in SA, SD or SS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from string import ascii_uppercase

from data_contracts import births
from data_contracts.casts import literal

KINDS = ("bsn", "iban", "email", "telefoon", "postcode", "geboortedatum")
DUTCH = {
    "bsn": "burgerservicenummers",
    "iban": "rekeningnummers (IBAN)",
    "email": "e-mailadressen",
    "telefoon": "telefoonnummers",
    "postcode": "postcodes met huisnummer",
    "geboortedatum": "geboortedatums",
}

BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
BSN_REMAINDERS = 11
IBAN_LENGTHS: Mapping[str, int] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_IBAN_LENGTH_OF = "map {" + ", ".join(f"'{land}': {length}" for land, length in IBAN_LENGTHS.items()) + "}"
# A HUGEINT holds any number of 38 figures.
_FIGURES_AT_ONCE = 36

# White space, dashes and signs without width that a word processor or a website puts into a number.
SPACES = r"[\t-\r\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{2800}\x{3000}\x{3164}]"
DASHES = r"[\x{2010}-\x{2015}\x{2043}\x{2212}\x{fe58}\x{fe63}]"
INVISIBLE = r"[\p{Cf}\p{Cc}\p{M}]"
FULL_WIDTH = {chr(ord(sign) + 0xFEE0): sign for sign in map(chr, range(ord("!"), ord("~") + 1))}

# Digits as people group them: plain, or with dots; in an id an underscore stands for the dot.
BSN_GROUPED = (
    "[0-9]{3}[._][0-9]{2}[._][0-9]{3}(?:[._][0-9])?"
    "|[0-9]{4}[._][0-9]{2}[._][0-9]{2,3}|[0-9]{3}[._][0-9]{3}[._][0-9]{2,3}"
)
BSN_FORM = f"[0-9]{{8,9}}|{BSN_GROUPED}"
BSN_GROUPED_INSIDE = f"(?:^|[^0-9])({BSN_GROUPED})(?:[^0-9]|$)"
BSN_PREFIX = "(?i:bsn|burgerservicenummer|sofinummer|sofi)(?i:[ _-]?(nummer|nr))?[^0-9A-Za-z]{0,4}"
# A single number behind just any prefix is no BSN: only a column that passes the 11-proef too often gives them away.
ANY_PREFIX = "(?:[A-Za-z][A-Za-z _.:#-]{0,19})?"
BSN_SPACED = "[0-9](?:[ ._-]?[0-9]){7,8}"
IBAN_FORM = rf"(?i:{'|'.join(IBAN_LENGTHS)})[0-9]{{2}}(?:[ ._-]?[A-Za-z0-9]){{11,30}}"
IBAN_LIKE = f"(?i:{'|'.join(IBAN_LENGTHS)})[0-9]{{2}}[A-Za-z0-9 ._-]{{11}}"
IBAN_DUTCH = r"(?i:NL)[0-9]{2}[ ._-]?[A-Za-z]{4}(?:[ ._-]?[0-9]){10}"
EMAIL_FORM = r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
PHONE_NATIONAL = r"\(?0[1-9](?:[ ._()-]{0,3}[0-9]){8}"
PHONE_ABROAD = r"(?:\+|00)31[ ._-]{0,2}(?:\(0\))?[ ._-]{0,2}0?[1-9](?:[ ._()-]{0,3}[0-9]){8}"
# Inside an id only mobile numbers are told from other numbers of ten digits.
MOBILE_INSIDE = "(?:^|[^0-9])(0(?:6|0316)[_-]?[1-68][0-9]{7})(?:[^0-9]|$)"
# A date and the hour after it has ten digits too.
PHONE_LIKE_DATE = r"[0-9]{2}[ ._-][0-9]{2}[ ._-](?:19|20)[0-9]{2}[ ._-]{0,3}[0-9]{2}"
# So have two dates below each other, of which the second one's year comes after.
PHONE_LIKE_DATES = r"[0-9]{2}[.-][0-9]{2}[.-][0-9]{2} [ -]{0,2}[0-9]{2}[.-][0-9]{2}"
# The prosecution's case numbers: the office, a number, the year.
PARKETNUMMER = "0[1-9]-[0-9]{6}-[0-9]{2}"
# Area 06, the year and a counter.
PHONE_LIKE_YEAR = "06[_-]?20[0-9]{6}"
HOUSE_NUMBER = "[1-9][0-9]{0,4}"
POSTCODE_LETTERS = "(?:[A-RT-Z][A-Z]|S[BCE-RT-Z])"
# Small letters only when written against the digits: "2021 en 2022" is no address.
POSTCODE = f"[1-9][0-9]{{3}}(?: ?{POSTCODE_LETTERS}|(?i:{POSTCODE_LETTERS}))"
POSTCODE_FIRST = rf"{POSTCODE}[ ,_-]{{0,3}}(?:(?i:nr\.?|huisnr\.?|huisnummer) ?)?{HOUSE_NUMBER}"
NUMBER_FIRST = rf"{HOUSE_NUMBER} ?[A-Za-z]?,? {POSTCODE}"
POSTCODE_CELL = rf"[1-9][0-9]{{3}}[ _-]?(?i:{POSTCODE_LETTERS})[ _-]{{0,2}}{HOUSE_NUMBER}[ _-]?[A-Za-z]{{0,2}}"
POSTCODE_PLAIN = f"[1-9][0-9]{{3}}(?i:{POSTCODE_LETTERS})"
ADDRESS = f"{POSTCODE_PLAIN}[_-]{{0,2}}{HOUSE_NUMBER}[A-Za-z]{{0,2}}|{HOUSE_NUMBER}[A-Za-z]?[_-]{POSTCODE_PLAIN}"
ADDRESS_INSIDE = f"(?:^|[_-])(?:{ADDRESS})(?:[_-]|$)"

# What a text must hold before it is worth a closer look: an at sign, a word of birth, or five digits not too far apart.
WORTH_A_LOOK = "@|(?i:geb)|(?:[0-9][^0-9]{0,24}){5}"

# Numbers such as 2021-VT-4512 read as a postcode with a house number. Inhabitants have many pairs of letters.
MOST_PAIRS_OF_A_COUNTER = 3


def _digits(text: str) -> str:
    return f"regexp_replace({text}, '[^0-9]', '', 'g')"


def bsn_remainder(digits: str) -> str:
    """SQL: the remainder (0-10) of the weighted sum of 8 or 9 digits; 0 passes the 11-proef. Null for equal digits."""
    number = f"try_cast({digits} as integer)"
    terms = " + ".join(
        f"{weight} * ({number} // {10**power} % 10)" for power, weight in enumerate(reversed(BSN_WEIGHTS))
    )
    # Plus a multiple of 11, because SQL keeps the sign of a negative sum.
    return f"case when replace({digits}, left({digits}, 1), '') <> '' then ({terms} + 11) % {BSN_REMAINDERS} end"


def _is_bsn(digits: str) -> str:
    return f"coalesce({bsn_remainder(digits)} = 0, false)"


def _each(items: str, expression: str) -> str:
    """SQL: the list with every ``x`` replaced by an expression of it."""
    return f"list_transform({items}, lambda x: {expression})"


def _only(items: str, condition: str) -> str:
    """SQL: the items ``x`` of a list that meet a condition."""
    return f"list_filter({items}, lambda x: {condition})"


def _any(items: str) -> str:
    return f"coalesce(len({items}), 0) > 0"


def _found(text: str, pattern: str, group: int = 0) -> str:
    return f"regexp_extract_all({text}, {literal(pattern)}, {group})"


def bsn_cell_digits(text: str) -> str:
    """SQL: the 8 or 9 digits of a cell that has the form of a BSN, plain, dotted or prefixed; else null."""
    form = literal(f"(?:{BSN_PREFIX})?(?:{BSN_FORM}|{BSN_SPACED})")
    plain = f"regexp_full_match({text}, {literal(BSN_FORM)})"
    prefixed = f"regexp_full_match({text}, {form}) and not regexp_matches(left({text}, 1), '[0-9]')"
    return f"case when {plain} or ({prefixed}) then {_digits(text)} end"


def numbers_inside(text: str) -> str:
    """SQL: the numbers of 8 or 9 digits that a cell is or has inside, as in ``VT-123456782-a``, as a list of digits."""
    form = literal(f"{ANY_PREFIX}{BSN_SPACED}")
    runs = _only(_found(text, "[0-9]+"), "length(x) between 8 and 9")
    grouped = _each(_found(text, BSN_GROUPED_INSIDE, 1), _digits("x"))
    return f"case when regexp_full_match({text}, {form}) then [{_digits(text)}] else list_concat({runs}, {grouped}) end"


def _ibans(candidates: str) -> str:
    """SQL: the texts of a list that begin with a valid IBAN. They are narrowed down in steps, the cheapest first."""
    compact = _each(candidates, "upper(regexp_replace(x, '[ ._-]', '', 'g'))")
    length = f"{_IBAN_LENGTH_OF}[left(x, 2)]"
    numbers = _only(_each(compact, f"left(x, {length})"), f"length(x) = {length}")
    figures = reduce(
        lambda text, letter: f"replace({text}, '{letter}', '{ord(letter) - ord('A') + 10}')",
        ascii_uppercase,
        "substr(x, 5) || left(x, 4)",
    )
    # At most 60 figures, more than one number holds: the remainder of the first ones leads the others.
    first = f"(try_cast(left(x, {_FIGURES_AT_ONCE}) as hugeint) % 97)"
    both = f"try_cast({first}::varchar || substr(x, {_FIGURES_AT_ONCE + 1}) as hugeint)"
    return _only(_each(numbers, figures), f"{both} % 97 = 1")


def _phone_passes(candidate: str) -> str:
    others = literal(f"{PHONE_LIKE_DATE}|{PHONE_LIKE_DATES}|{PARKETNUMMER}")
    return f"not regexp_full_match({candidate}, {others})"


def _mobile_inside(text: str) -> str:
    numbers = _only(_found(text, MOBILE_INSIDE, 1), f"not regexp_full_match(x, {literal(PHONE_LIKE_YEAR)})")
    return _any(numbers)


def readable(text: str) -> str:
    """SQL: a text with all spaces, dashes and full-width signs as a keyboard gives them, without invisible signs."""
    narrow = f"translate({text}, {literal(''.join(FULL_WIDTH))}, {literal(''.join(FULL_WIDTH.values()))})"
    any_wide = f"regexp_matches({text}, {literal(f'[{min(FULL_WIDTH)}-{max(FULL_WIDTH)}]')})"
    plain = f"case when {any_wide} then {narrow} else {text} end"
    for signs, instead in ((SPACES, " "), (DASHES, "-"), (INVISIBLE, "")):
        plain = f"regexp_replace({plain}, {literal(signs)}, {literal(instead)}, 'g')"
    return f"case when regexp_matches({text}, '[^ -~]') then {plain} else {text} end"


def contains(text: str, kind: str) -> str:
    """SQL: whether a text holds an identifier of this kind. ``text``: an SQL expression of type varchar."""
    text = f"({readable(text)})"
    match kind:
        case "bsn":
            # Whole runs of digits and dots, so that part of a longer number is never taken for a BSN.
            runs = _only(_found(text, r"[0-9]+(?:\.[0-9]+)*"), "length(x) between 8 and 12")
            plain = _each(_only(runs, f"regexp_full_match(x, {literal(BSN_FORM)})"), "replace(x, '.', '')")
            named = _each(_found(text, f"{BSN_PREFIX}({BSN_SPACED})(?:[^0-9]|$)", 2), _digits("x"))
            return "(" + " or ".join(_any(_only(digits, _is_bsn("x"))) for digits in (plain, named)) + ")"
        case "iban":
            either = (_found(text, pattern) for pattern in (IBAN_DUTCH, IBAN_FORM))
            return "(" + " or ".join(_any(_ibans(candidates)) for candidates in either) + ")"
        case "email":
            return f"regexp_matches({text}, {literal(EMAIL_FORM)})"
        case "telefoon":
            national = _found(text, f"(?:^|[^0-9/+-])({PHONE_NATIONAL})(?:[^0-9]|$)", 1)
            abroad = literal(f"(?:^|[^0-9+]){PHONE_ABROAD}(?:[^0-9]|$)")
            return f"({_any(_only(national, _phone_passes('x')))} or regexp_matches({text}, {abroad}))"
        case "postcode":
            first = f"(?:^|[^0-9A-Za-z]){POSTCODE_FIRST}(?:[^0-9]|$)"
            second = f"(?:^|[^0-9A-Za-z]){NUMBER_FIRST}(?:[^0-9A-Za-z]|$)"
            return f"regexp_matches({text}, {literal(f'{first}|{second}')})"
        case "geboortedatum":
            return births.contains(text)
        case _:
            raise ValueError(f"unknown identifier kind '{kind}'")


def is_whole(text: str, kind: str) -> str:
    """SQL: whether an id or code is an identifier of this kind. ``text``: an SQL expression of type varchar.

    Something may stand before or behind it, apart from a BSN: one number in eleven passes its test.
    """
    match kind:
        case "bsn":
            return f"coalesce({_is_bsn(bsn_cell_digits(text))}, false)"
        case "iban":
            return contains(text, "iban")
        case "email":
            return f"regexp_full_match({text}, {literal(EMAIL_FORM)})"
        case "telefoon":
            form = literal(f"{PHONE_NATIONAL}|{PHONE_ABROAD}")
            return f"(regexp_full_match({text}, {form}) and {_phone_passes(text)} or {_mobile_inside(text)})"
        case "postcode":
            return f"regexp_matches({text}, {literal(f'^(?:{POSTCODE_CELL})$|{ADDRESS_INSIDE}')})"
        case "geboortedatum":
            return births.is_whole(text)
        case _:
            raise ValueError(f"unknown identifier kind '{kind}'")


def worth_a_look(text: str, whole: bool) -> str:
    """SQL: whether a cell could be (``whole``) or hold an identifier at all; cheap, and true too often."""
    text = f"({readable(text)})"
    if not whole:
        return f"regexp_matches({text}, {literal(WORTH_A_LOOK)})"
    wholes = [
        f"(?:{BSN_PREFIX}|{ANY_PREFIX})(?:{BSN_FORM}|{BSN_SPACED})",
        EMAIL_FORM,
        PHONE_NATIONAL,
        PHONE_ABROAD,
        POSTCODE_CELL,
        births.CELL,
    ]
    inside = ["[0-9]{8}", BSN_GROUPED_INSIDE, IBAN_LIKE, MOBILE_INSIDE, ADDRESS_INSIDE]
    forms = [*(f"^(?:{form})$" for form in wholes), *inside]
    return f"regexp_matches({text}, {literal('|'.join(forms))})"


def contains_any(text: str) -> str:
    """SQL: whether a free text holds a direct identifier of any kind."""
    kinds = " or ".join(contains(text, kind) for kind in KINDS)
    return f"case when {worth_a_look(text, whole=False)} then ({kinds}) else false end"


def may_be_shown(text: str) -> str:
    """SQL: whether an id holds no direct identifier and no date, so that a report may name it."""
    spaced = f"replace({text}, '_', ' ')"
    numbers = _only(numbers_inside(text), _is_bsn("x"))
    telephones = _only(_found(text, f"(?:^|[^0-9])({PHONE_NATIONAL})(?:[^0-9]|$)", 1), _phone_passes("x"))
    kinds = [form for kind in KINDS for form in (contains(spaced, kind), is_whole(text, kind))]
    held = " or ".join([*kinds, _any(numbers), _any(telephones), births.holds_a_date(text)])
    return f"case when {worth_a_look(text, whole=False)} then not ({held}) else true end"


def numbered_by_year(text: str, month_end: str) -> str:
    """SQL: whether a cell reads as a postcode with house number, its digits a year up to the delivered one."""
    digits = f"regexp_extract({text}, {literal(f'([0-9]{{4}})[ _-]?(?i:{POSTCODE_LETTERS})')}, 1)"
    year = f"try_cast({digits} as integer) between 2000 and year({month_end})"
    return f"case when {is_whole(text, 'postcode')} then {year} else false end"


def addresses(hits: int, by_year: int, pairs: int) -> int:
    """How many cells of a column are addresses, of ``hits`` that have the form of a postcode with house number.

    ``by_year``: those whose digits are a year; ``pairs``: the different pairs of letters among these.
    """
    is_counter = 2 * by_year > hits and pairs <= MOST_PAIRS_OF_A_COUNTER
    return hits - by_year if is_counter else hits


def exceeds_chance(remainders: Sequence[int], false_alarm: float) -> bool:
    """Whether distinct 8-9-digit numbers pass the 11-proef more often than numbers of any other origin would.

    ``remainders``: how many numbers have remainder 0, 1, ..., 10. One-sided test of the share with remainder 0 against
    1/11, by Chernoff's bound on the binomial tail (P <= exp(-n KL(share || 1/11))), so the chance of a false alarm is
    at most ``false_alarm``. A counter with a fixed step does not draw its remainders at random but in clumps; the
    spread of the ten other remainders shows how clumpy it is (Pearson's dispersion, at least 1), and n shrinks by that
    factor.
    """
    passing, others, total = remainders[0], remainders[1:], sum(remainders)
    expected = 1 / BSN_REMAINDERS
    if total == 0 or passing / total <= expected:
        return False
    share = passing / total
    divergence = share * math.log(share / expected)
    if share < 1:
        divergence += (1 - share) * math.log((1 - share) / (1 - expected))
    mean = sum(others) / len(others)
    dispersion = 1.0
    if mean > 0:
        dispersion = max(1.0, sum((count - mean) ** 2 for count in others) / mean / (len(others) - 1))
    return total * divergence / dispersion >= -math.log(false_alarm)


def column_identifies(
    filled: int, hits: int, remainders: Sequence[int] | None, share: float, minimum: int, false_alarm: float
) -> bool:
    """Whether a column is one of identifiers of one kind.

    ``filled``: cells with a value; ``hits``: cells that are identifiers; ``remainders``: for BSN, see `exceeds_chance`.
    """
    if hits >= minimum and hits >= share * filled:
        return True
    return remainders is not None and remainders[0] >= minimum and exceeds_chance(remainders, false_alarm)
