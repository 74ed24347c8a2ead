"""How often ordinary columns are mistaken for direct identifiers, and how often columns of identifiers are missed.

python -m tests.bench.identifiers               2,000 columns of each make and size (about ten minutes)
python -m tests.bench.identifiers --columns 200
"""

from __future__ import annotations

import argparse
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from string import ascii_uppercase

import duckdb
import pyarrow as pa

from data_contracts.identifier_columns import identifying_columns
from data_contracts.loader import contracts
from data_contracts.model import Column, Contract

SIZES = (5, 12, 50, 300, 3000)
MONTH_END = date(2021, 12, 31)
Make = Callable[[random.Random, int], list[str]]


def _counter(draw: random.Random, size: int, form: str, most_apart: int = 1, least: int = 0, most: int = 10**9) -> list:
    step = most_apart
    first = draw.randrange(least, max(least + 1, most - size * step))
    return [form.format(first + step * place) for place in range(size)]


def _gaps(draw: random.Random, size: int, form: str, most_apart: int, least: int, most: int) -> list[str]:
    number = draw.randrange(least, max(least + 1, most - size * most_apart))
    numbers = []
    for _ in range(size):
        numbers.append(form.format(number))
        number += draw.randint(1, most_apart)
    return numbers


def _by_day(draw: random.Random, size: int, form: str, days: int) -> list[str]:
    """Numbers that begin anew every day, in records of the last ``days`` days."""
    numbers: Counter[date] = Counter()
    made = []
    for _ in range(size):
        day = MONTH_END - timedelta(draw.randrange(days))
        numbers[day] += 1
        made.append(day.strftime(form).replace("#", f"{numbers[day]:02d}").replace("@", f"{numbers[day]:04d}"))
    return made


def _digits(draw: random.Random, size: int, lengths: tuple[int, ...]) -> list[str]:
    return ["".join(draw.choices("0123456789", k=draw.choice(lengths))) for _ in range(size)]


ORDINARY: Mapping[str, Make] = {
    "teller, 8 cijfers": lambda d, n: _counter(d, n, "{}", 1, 10**7, 10**8),
    "teller, 9 cijfers": lambda d, n: _counter(d, n, "{}", 1, 10**8, 10**9),
    "teller, 9 cijfers, vaste stap 2-2000": lambda d, n: _counter(d, n, "{}", d.randint(2, 2000), 10**8, 10**9),
    "teller, 9 cijfers, wisselende stap 1-50": lambda d, n: _gaps(d, n, "{}", 50, 10**8, 10**9),
    "teller, 8 cijfers, wisselende stap 1-2000": lambda d, n: _gaps(d, n, "{}", 2000, 10**7, 10**8),
    "willekeurig, 8-9 cijfers": lambda d, n: _digits(d, n, (8, 9)),
    "willekeurig, 1-14 cijfers": lambda d, n: _digits(d, n, tuple(range(1, 15))),
    "teller met letters, VT-123456789": lambda d, n: _counter(d, n, "VT-{}", 1, 10**8, 10**9),
    "willekeurig met letters, VT12345678": lambda d, n: [f"VT{x}" for x in _digits(d, n, (8,))],
    "jaar en teller, VT-2021-000123": lambda d, n: _counter(d, n, "VT-2021-{:06d}", 1, 0, 10**6),
    "jaar, code en teller, 2021-OM-4512": lambda d, n: _gaps(d, n, "2021-OM-{}", 3, 1, 90_000),
    "jaar en teller, 20210001234 (11 cijfers)": lambda d, n: _counter(d, n, "2021{:07d}", 1, 0, 10**7),
    "jaar en teller, 20211234 (8 cijfers)": lambda d, n: _gaps(d, n, "2021{:04d}", 3, 0, 10**4),
    "dag, alleen: 20211231": lambda d, n: _by_day(d, n, "%Y%m%d", 1000),
    "dag en nummer, 20211231-0001": lambda d, n: _by_day(d, n, "%Y%m%d-@", 400),
    "dag en nummer, 2021123101": lambda d, n: _by_day(d, n, "%Y%m%d#", 400),
    "dag en nummer, 21123101": lambda d, n: _by_day(d, n, "%y%m%d#", 400),
    "dag en nummer, 31122101": lambda d, n: _by_day(d, n, "%d%m%y#", 400),
    "teller die als dag begint, 20240115 en verder": lambda d, n: _counter(d, n, "{}", 1, 20_190_000, 20_220_000),
    "letters, dag en nummer, VT-20211231-7": lambda d, n: [f"VT-{x}-7" for x in _by_day(d, n, "%Y%m%d", 1000)],
    "letters en dagnummer, R31122101": lambda d, n: [f"R{x}" for x in _by_day(d, n, "%d%m%y#", 400)],
    "teller met letters en nul, R0123456789": lambda d, n: _counter(d, n, "R{:010d}", 1, 10**8, 6 * 10**8),
    "gebied, jaar en teller, R0620210001": lambda d, n: _counter(d, n, "R062021{:04d}", 1, 0, 10**4),
    "teller en jaar, 123456789_2021": lambda d, n: _counter(d, n, "{}_2021", 1, 10**8, 10**9),
    "parketnummer, 05-123456-19": lambda d, n: _gaps(d, n, "05-{}-19", 5, 10**5, 10**6),
    "UUID": lambda d, n: [str(uuid.UUID(int=d.getrandbits(128), version=4)) for _ in range(n)],
    "hash, 64 hexadecimale tekens": lambda d, n: [f"{d.getrandbits(256):064x}" for _ in range(n)],
    "hash, 8 hexadecimale tekens": lambda d, n: [f"{d.getrandbits(32):08x}" for _ in range(n)],
    "pseudoniem, 26 tekens": lambda d, n: [
        "".join(d.choices("abcdefghijklmnopqrstuvwxyz234567", k=26)) for _ in range(n)
    ],
    "tien cijfers met een nul ervoor": lambda d, n: _counter(d, n, "{:010d}", 1, 10**8, 10**9),
}


def _passes(number: int) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(c) for w, c in zip(weights, f"{number:09d}", strict=True)) % 11 == 0


def _bsn(draw: random.Random) -> str:
    while not _passes(number := draw.randrange(10**7, 10**9)):
        pass
    return f"{number:09d}"


def _born(draw: random.Random, most_years: int, form: str) -> str:
    return (MONTH_END - timedelta(draw.randrange(int(most_years * 365.25)))).strftime(form)


def _iban(draw: random.Random) -> str:
    body = "".join(draw.choices(ascii_uppercase, k=4)) + "".join(draw.choices("0123456789", k=10))
    figures = int("".join(str(int(sign, 36)) for sign in f"{body}NL00"))
    return f"NL{98 - figures % 97:02d}{body}"


def _address(draw: random.Random) -> str:
    return f"{draw.randrange(1000, 9999)}{draw.choice('ABCDEFGH')}{draw.choice('ABCEGH')}-{draw.randrange(1, 300)}"


def _some(part: float, make: Callable[[random.Random], str]) -> Make:
    """A column of which a part is made so, and the rest is 9 random digits."""
    return lambda d, n: [make(d) if d.random() < part else _digits(d, 1, (9,))[0] for _ in range(n)]


IDENTIFYING: Mapping[str, Make] = {
    "BSN": _some(1, _bsn),
    "BSN met letters ervoor": _some(1, lambda d: f"P-{_bsn(d)}"),
    "BSN achter een jaar": _some(1, lambda d: f"2019-{_bsn(d)}"),
    "BSN met iets erachter": _some(1, lambda d: f"{_bsn(d)}{d.choice(('_x', '-1', 'jan'))}"),
    "BSN met lage streepjes": _some(1, lambda d: "_".join(re.findall("...", _bsn(d)))),
    "BSN in een op de twee cellen": _some(0.5, _bsn),
    "BSN in een op de vijf cellen": _some(0.2, _bsn),
    "IBAN": _some(1, _iban),
    "IBAN met iets erachter": _some(1, lambda d: f"{_iban(d)}_{d.randrange(10)}"),
    "telefoonnummer achter een letter": _some(1, lambda d: f"T06{d.randrange(10**7, 2 * 10**7)}"),
    "telefoonnummer": _some(1, lambda d: f"06{d.randrange(10**7, 10**8)}"),
    "postcode met huisnummer": _some(1, _address),
    "postcode met huisnummer en meer": _some(1, lambda d: f"{_address(d)}-{d.randrange(10**6)}"),
    "postcode achter het huisnummer": _some(1, lambda d: f"{d.randrange(1, 300)}_{_address(d)[:6]}"),
    "e-mailadres": _some(1, lambda d: f"a{d.randrange(10**6)}@voorbeeld.example"),
    "geboortedatum, iedereen": _some(1, lambda d: _born(d, 90, "%Y-%m-%d")),
    "geboortedatum, kinderen": _some(1, lambda d: _born(d, 18, "%d-%m-%Y")),
    "geboortedatum, kinderen, 20211231": _some(1, lambda d: _born(d, 18, "%Y%m%d")),
    "geboortedatum, iedereen, 19850312-jan": _some(1, lambda d: f"{_born(d, 90, '%Y%m%d')}-jan"),
    "geboortedatum, kinderen, G20110312": _some(1, lambda d: f"G{_born(d, 18, '%Y%m%d')}"),
    "geboortedatum in een op de twee cellen": _some(0.5, lambda d: _born(d, 90, "%d%m%Y")),
}


def one_column() -> Contract:
    """A contract with an id column and nothing else; its rules are those of every contract."""
    contract = contracts()["landelijk_netwerk/praktijklocaties"]
    column = Column("id", "id", True, "", "", pattern="[A-Za-z0-9_-]{1,64}", max_length=64)
    return replace(contract, columns=(column,), key="id")


def identified(columns: list[list[str]]) -> Counter[str]:
    """In how many of these columns each kind of identifier is seen; ``any`` counts the columns that are refused."""
    contract = one_column()
    (rule,) = [rule for rule in contract.rules if rule.kind == "identificerende_kolom"]
    cells = pa.table(
        {
            "levering": pa.array([number for number, cells in enumerate(columns) for _ in cells], pa.int64()),
            "id": pa.array([cell for cells in columns for cell in cells], pa.string()),
        }
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("cellen", cells)
        connection.execute(f"create view rijen as select *, date '{MONTH_END}' as maand_einde from cellen")
        found = identifying_columns(connection, contract, rule)
    seen = Counter(item.kind for item in found)
    seen["any"] = len({item.number for item in found})
    return seen


def simulate(make: Make, size: int, columns: int, seed: int = 1) -> Counter[str]:
    """`identified` over ``columns`` columns of ``size`` cells. The same seed gives the same columns."""
    draw = random.Random(f"{seed} {size}")
    return identified([make(draw, size) for _ in range(columns)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=2000)
    asked = parser.parse_args()
    for title, makes in (("ordinary columns, refused", ORDINARY), ("columns of identifiers, refused", IDENTIFYING)):
        print(f"{title + ', by cells in the column':<52}" + "".join(f"{size:>9}" for size in SIZES))
        for name, make in makes.items():
            # As many cells in all whatever the size, down to a tenth of the columns.
            counts = {size: max(asked.columns * min(1, 300 / size), 1) for size in SIZES}
            shares = [f"{simulate(make, size, int(count))['any'] / int(count):>9.2%}" for size, count in counts.items()]
            print(f"{name:<52}{''.join(shares)}", flush=True)


if __name__ == "__main__":
    main()
