"""Direct identifiers: what is recognised, and what only looks like it. All numbers here are made up."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from string import ascii_uppercase, digits

import duckdb
import pytest

from data_contracts import identifiers

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
FALSE_ALARM = 1e-6


def passes(digits: str) -> bool:
    """The 11-proef, counted by hand."""
    padded = digits.zfill(9)
    return sum(w * int(d) for w, d in zip(WEIGHTS, padded, strict=True)) % 11 == 0 and len(set(digits)) > 1


def evaluate(expressions: Sequence[str], texts: Sequence[str]) -> list[tuple]:
    """The expressions over every text, in one query: compiling the patterns is what costs."""
    with duckdb.connect() as con:
        query = f"select {', '.join(expressions)} from (select unnest($1::varchar[]) as x)"
        return con.execute(query, [list(texts)]).fetchall()


def kinds_found(form: Callable[[str, str], str], texts: Sequence[str]) -> dict[str, set[str]]:
    """Per text the kinds that ``form`` (is_whole or contains) recognises."""
    rows = evaluate([form("x", kind) for kind in identifiers.KINDS], texts)
    return {
        text: {kind for kind, hit in zip(identifiers.KINDS, row, strict=True) if hit}
        for text, row in zip(texts, rows, strict=True)
    }


CELLS = [
    ("123456782", "bsn"),
    ("12345672", "bsn"),
    ("012345672", "bsn"),
    ("123.456.782", "bsn"),
    ("1234.56.782", "bsn"),
    ("123.45.678.2", "bsn"),
    ("BSN 123456782", "bsn"),
    ("bsn:123456782", "bsn"),
    ("BSN123456782", "bsn"),
    ("bsn_123456782", "bsn"),
    ("BSN-nummer: 123 456 782", "bsn"),
    ("NL91ABNA0417164300", "iban"),
    ("nl91 abna 0417 1643 00", "iban"),
    ("BE68 5390 0754 7034", "iban"),
    ("DE89370400440532013000", "iban"),
    ("j.jansen@voorbeeld.example", "email"),
    ("Jan_de-Vries+werk@post.voorbeeld.example", "email"),
    ("0612345678", "telefoon"),
    ("06-12345678", "telefoon"),
    ("06 12 34 56 78", "telefoon"),
    ("020-1234567", "telefoon"),
    ("(020) 123 45 67", "telefoon"),
    ("+31612345678", "telefoon"),
    ("+31 (0)6 1234 5678", "telefoon"),
    ("0031612345678", "telefoon"),
    ("1234AB12", "postcode"),
    ("1234 AB 12a", "postcode"),
    ("1234ab-12", "postcode"),
    ("geb. 12-03-1985", "geboortedatum"),
    ("geb_1985-03-12", "geboortedatum"),
    ("Geboortedatum: 12 maart 1985", "geboortedatum"),
    ("dob 19850312", "geboortedatum"),
    ("geb 1-5-85", "geboortedatum"),
    ("06_12345678", "telefoon"),
]
ATTACHED = [
    ("123_456_782", "bsn"),
    ("R_NL91ABNA0417164300", "iban"),
    ("x-NL91ABNA0417164300", "iban"),
    ("NL91ABNA0417164300_1", "iban"),
    ("T0612345678", "telefoon"),
    ("R-06_12345678", "telefoon"),
    ("0612345678-2", "telefoon"),
    ("x-0031612345678", "telefoon"),
    ("1234AB-12-7", "postcode"),
    ("1234AB_56_x", "postcode"),
    ("12_1234AB", "postcode"),
    ("vt_12a-1234ab_3", "postcode"),
    ("geb19850312x", "geboortedatum"),
]


TEXTS = [
    *((f"Zie {text}, of bel.", kind) for text, kind in CELLS),
    ("Het nummer is 123456782.", "bsn"),
    ("11111111 en 123456782", "bsn"),
    ("bsn 123 456 782", "bsn"),
    ("Rekening NL91 ABNA 0417 1643 00 op naam van Jan", "iban"),
    ("Tel.0612345678", "telefoon"),
    ("Dorpsstraat 12, 1234 AB Dorp", "postcode"),
    ("1234 AB, huisnummer 5", "postcode"),
    ("Zij is geboren te Utrecht op 3 mei 1990.", "geboortedatum"),
    ("Jan (12/3/1985, geboren in Zwolle)", "geboortedatum"),
    ("geboren:12031985", "geboortedatum"),
    ("Jan Jansen, 12/03/1985 (geb.)", "geboortedatum"),
    ("12-03-1985 geb. te Utrecht", "geboortedatum"),
    ("1234 AB huisnr. 12", "postcode"),
    ("06\u00a012345678", "telefoon"),
    ("06\u201312345678", "telefoon"),
    ("06\u221212345678", "telefoon"),
    ("06-123\u200b45678", "telefoon"),
    ("06-123\u00ad45678", "telefoon"),
    ("06\t1234\n5678", "telefoon"),
    ("\uff10\uff16\uff0d\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "telefoon"),
    ("1234\u00a0AB\u00a012", "postcode"),
    ("NL91\u00a0ABNA\u20090417\u202f1643\u00a000", "iban"),
    ("BSN 123\u00a0456\u00a0782", "bsn"),
    ("123\u2060456\ufeff782", "bsn"),
    ("geboren\u00a012\u00a0maart\u00a01985", "geboortedatum"),
    ("Geboortedatum:\n12-03-1985", "geboortedatum"),
    ("jan\uff20voorbeeld\uff0eexample", "email"),
]
OTHER_CELLS = [
    "123456783",
    "111111111",
    "000000000",
    "88888888",
    "1234567820",
    "NL92ABNA0417164301",
    "XX91ABNA0417164300",
    "VT-2021-000123",
    "PL2021004567",
    "k3f7q2mzt5wd6hxr4vbn2yapce",
    "1234SS12",
    "0123AB12",
    "2021-03-04",
    "gedragswetenschapper",
    "VT-123456782",
    "1985-03-12",
    "12031985",
    "geb. 32-13-1985",
    "jan@",
    "0012345678",
    "05-123456-19",
    "VT-0612345",
    "R0620210001",
    "R06-20210001",
    "VT05-20210001",
    "x1234AB12y",
    "1234AB-VT",
    "",
]
OTHER_TEXTS = [
    "Gestart op 01-02-2019 12:30 uur.",
    "Van 06-12-2019 tot 06-12-2020 10 uur",
    "2019-01-02 2020-03-04",
    "in 2021 en 2022",
    "Tussen 2019 en 2021 zijn 12 regio's gestart.",
    "Kosten: 1.234.567,89 euro",
    "Bel 112 of 0800-2000.",
    "12.03.2019",
    "Overleg van 12 maart 2020 en 3-4-2020",
    "Pasgeborene; gemeld op 12-03-2021",
    "Het kind is geboren; gestart is op 12-03-2021",
    "Vergaderd in geb. 12, kamer 03-85",
    "De begeleiding van 12-03-2021 gaat over geboortezorg",
    "https://veiligheid-voorop.example/handreiking",
    "nummer 1234567820 en 123456783",
    "Zaak 05-123456-19 is geseponeerd.",
    "Overleg van 12-03-2021, geb. 4",
    "Overleg op:\n01-02-21\n03-04-21\n",
    "Van 01-02-21 \u2013 03-04-21",
    "01-02-2021\n03-04-2021",
    "Van\u00a02019\u2013\u00a02021 zijn 12 regio\u2019s gestart",
    "a" * 500,
    "",
]


def test_cells_that_are_identifiers() -> None:
    cells = CELLS + ATTACHED
    found = kinds_found(identifiers.is_whole, [text for text, _ in cells])
    assert [text for text, kind in cells if kind not in found[text]] == []


def test_texts_that_hold_identifiers() -> None:
    found = kinds_found(identifiers.contains, [text for text, _ in TEXTS])
    assert [text for text, kind in TEXTS if kind not in found[text]] == []


def test_cells_that_only_look_like_identifiers() -> None:
    assert {text: kinds for text, kinds in kinds_found(identifiers.is_whole, OTHER_CELLS).items() if kinds} == {}


def test_texts_without_identifiers() -> None:
    assert {text: kinds for text, kinds in kinds_found(identifiers.contains, OTHER_TEXTS).items() if kinds} == {}


def test_the_cheap_look_misses_nothing() -> None:
    cells, texts = [text for text, _ in CELLS + ATTACHED], [text for text, _ in TEXTS]
    assert evaluate([identifiers.worth_a_look("x", whole=True)], cells) == [(True,)] * len(cells)
    assert evaluate([identifiers.worth_a_look("x", whole=False)], texts) == [(True,)] * len(texts)
    assert evaluate([identifiers.contains_any("x")], texts) == [(True,)] * len(texts)


HIDDEN = [
    *(
        "VT-123456782",
        "123456782-1",
        "2019-123456782",
        "123456782jan",
        "123_456_782",
        "x_123_456_782",
        "BSN-123-456-782",
    ),
    *("x-NL91ABNA0417164300", "NL91ABNA0417164300_1"),
    *("tel0612345678", "06_12345678", "VT-0612345678", "T0201234567", "06-1234-5678_x"),
    *("1234AB_56_x", "12_1234AB"),
    *(
        "19850312-jan",
        "geb19850312x",
        "850312",
        "120385",
        "1985-03-12-7",
        "jan-1985_03_12-jansenius",
        "x12-mrt-1985",
        "19850312",
    ),
    "19850312007",
]
SHOWN = ["VT-2021-000123", "R-1", "VT-123456783", "853313", "05-123456-19", "a850312", "kind-12"]


def test_a_report_shows_no_id_that_holds_an_identifier() -> None:
    shown = evaluate([identifiers.may_be_shown("x")], HIDDEN + SHOWN)
    assert [text for text, (show,) in zip(HIDDEN + SHOWN, shown, strict=True) if show] == SHOWN


def test_the_numbers_inside_an_id() -> None:
    numbers = {
        "VT-123456782": ["123456782"],
        "2019-123456782_x": ["123456782"],
        "123456782jan": ["123456782"],
        "123_456_782": ["123456782"],
        "x_2019_123_456_782": ["123456782"],
        "P-123-456-782": ["123456782"],
        "20190412-123456782": ["20190412", "123456782"],
        "VT-2021-000123": [],
        "1234567820": [],
    }
    assert evaluate([identifiers.numbers_inside("x")], list(numbers)) == [(found,) for found in numbers.values()]


def test_the_11_proef() -> None:
    draw = random.Random(11)
    numbers = [str(draw.randrange(10_000_000, 1_000_000_000)) for _ in range(3000)]
    expected = [(passes(number), passes(number)) for number in numbers]
    expressions = [identifiers.is_whole("x", "bsn"), identifiers.contains("'nr ' || x || '!'", "bsn")]
    assert evaluate(expressions, numbers) == expected


def ibans(text: str) -> bool:
    """Whether a text begins with an IBAN, by ISO 13616: turned around, letters as figures, 1 modulo 97."""
    compact = re.sub("[ .-]", "", text).upper()
    number = compact[: identifiers.IBAN_LENGTHS[compact[:2]]]
    if len(number) < identifiers.IBAN_LENGTHS[compact[:2]]:
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def account(draw: random.Random) -> str:
    """Something that looks like an IBAN of some country; one in two is one."""
    land = draw.choice(list(identifiers.IBAN_LENGTHS))
    signs = draw.choice([digits, digits + ascii_uppercase])
    body = "".join(draw.choice(signs) for _ in range(identifiers.IBAN_LENGTHS[land] - 4))
    figures = int("".join(str(int(sign, 36)) for sign in f"{body}{land}00"))
    check = 98 - figures % 97 if draw.random() < 0.5 else draw.randrange(100)
    return f"{land}{check:02d}{body}"


def test_ibans_of_every_country() -> None:
    draw = random.Random(97)
    numbers = [account(draw) for _ in range(2000)]
    forms = [lambda n: n, str.lower, lambda n: " ".join(n[i : i + 4] for i in range(0, len(n), 4)), lambda n: n[:-1]]
    texts = [draw.choice(forms)(number) for number in numbers]
    expected = [(ibans(text),) * 2 for text in texts]
    assert 500 < expected.count((True, True)) < 1500
    expressions = [identifiers.is_whole("x", "iban"), identifiers.contains("'van ' || x || ', ja'", "iban")]
    assert evaluate(expressions, texts) == expected


def remainders(numbers: list[int]) -> list[int]:
    counts = [0] * 11
    for number in set(numbers):
        counts[sum(w * int(d) for w, d in zip(WEIGHTS, f"{number:09d}", strict=True)) % 11] += 1
    return counts


@pytest.mark.parametrize("step", [1, 2, 3, 7, 9, 10, 11, 12, 13, 21, 100, 103, 120, 1000, 1004, 10_012])
@pytest.mark.parametrize("start", [10_000_000, 20_190_001, 123_456_782, 201_900_001, 480_000_000])
def test_a_counter_is_no_bsn(step: int, start: int) -> None:
    for length in (20, 200, 5000):
        counter = [start + step * i for i in range(length)]
        assert not identifiers.exceeds_chance(remainders(counter), FALSE_ALARM)


@pytest.mark.parametrize(("length", "share"), [(100, 1.0), (200, 0.3), (1000, 0.15), (10_000, 0.05)])
def test_bsn_among_other_numbers_exceed_chance(length: int, share: float) -> None:
    draw = random.Random(length)
    bsn = []
    while len(bsn) < length * share:
        number = draw.randrange(10_000_000, 1_000_000_000)
        if passes(str(number)):
            bsn.append(number)
    others = [draw.randrange(10_000_000, 1_000_000_000) for _ in range(length - len(bsn))]
    assert identifiers.exceeds_chance(remainders(bsn + others), FALSE_ALARM)


def test_random_numbers_do_not_exceed_chance() -> None:
    draw = random.Random(1)
    for _ in range(200):
        numbers = [draw.randrange(10_000_000, 1_000_000_000) for _ in range(500)]
        assert not identifiers.exceeds_chance(remainders(numbers), FALSE_ALARM)


@pytest.mark.parametrize(
    ("filled", "hits", "expected"),
    [(5, 5, True), (4, 4, False), (12, 5, True), (13, 5, False), (100, 40, True), (101, 40, False)],
)
def test_five_cells_and_forty_percent(filled: int, hits: int, expected: bool) -> None:
    assert identifiers.column_identifies(filled, hits, None, 0.4, 5, FALSE_ALARM) is expected


def test_nothing_is_no_evidence() -> None:
    assert not identifiers.exceeds_chance([0] * 11, FALSE_ALARM)
    assert not identifiers.column_identifies(0, 0, [0] * 11, 0.4, 5, FALSE_ALARM)
    assert not identifiers.column_identifies(1000, 4, [4] + [0] * 10, 0.4, 5, FALSE_ALARM)


@pytest.mark.parametrize("function", [identifiers.contains, identifiers.is_whole])
def test_an_unknown_kind_is_an_error(function) -> None:
    with pytest.raises(ValueError, match="paspoort"):
        function("x", "paspoort")
