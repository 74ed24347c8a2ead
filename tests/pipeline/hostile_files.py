"""Whole files that a hostile partner would send: what must be accepted, quarantined, refused and called unreadable."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow.feather as feather
from hostile import KEY, csv_bytes, csv_text, good_row, good_rows, parquet_bytes, table
from hostile_rows import HARMLESS, IDENTIFYING, LOCATIE, RESULTAAT, STATUS, TARIEF

UNREADABLE = ("refused", 0, 0, 0)


def refused(rows: int) -> tuple[str, int, int, int]:
    return "refused", rows, 0, rows


def accepted(rows: int, quarantined: int = 0) -> tuple[str, int, int, int]:
    return "accepted", rows, rows - quarantined, quarantined


@dataclass(frozen=True)
class File:
    """A delivery; ``code`` must be among its findings, and no finding of level levering where it is accepted."""

    name: str
    feed: str
    content: bytes
    expected: tuple[str, int, int, int]
    code: str | None = None
    extension: str = "csv"

    def __str__(self) -> str:
        return f"{self.feed.split('/')[1]}.{self.extension}: {self.name}"


HEADER = csv_text(LOCATIE, [])
THREE = csv_text(LOCATIE, good_rows(LOCATIE, 3))
LINES = THREE.splitlines()


def _csv(name: str, text: str | bytes, expected: tuple[str, int, int, int], code: str | None = None) -> File:
    if code is None and expected == UNREADABLE:
        code = "onleesbaar"
    return File(name, LOCATIE, text.encode() if isinstance(text, str) else text, expected, code)


def line_forms() -> Iterator[File]:
    good = accepted(3)
    quoted = "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in LINES) + "\n"
    yield _csv("bom", "\ufeff" + THREE, good)
    yield _csv("crlf", THREE.replace("\n", "\r\n"), good)
    yield _csv("mixed line ends", LINES[0] + "\r\n" + LINES[1] + "\n" + LINES[2] + "\r\n" + LINES[3], good)
    yield _csv("no line end at the end", THREE.rstrip("\n"), good)
    yield _csv("quoted everything", quoted, good)
    yield _csv("bom, quoted, crlf", "\ufeff" + quoted.replace("\n", "\r\n"), good)
    yield _csv("empty lines at the end", THREE + "\n\n\r\n\n", good)
    yield _csv("crlf lines at the end", THREE.replace("\n", "\r\n") + "\r\n\r\n", good)
    many = csv_text(LOCATIE, good_rows(LOCATIE, 10)).splitlines()
    yield _csv("empty line in the middle", "\n".join([*many[:4], "", *many[4:], ""]), accepted(11, 1), "aantal_velden")
    yield _csv("empty line after header", "\n".join([many[0], "", *many[1:], ""]), accepted(11, 1), "aantal_velden")
    yield _csv("spaces at the end", "\n".join([*many, " ", ""]), accepted(11, 1), "aantal_velden")
    yield _csv("quoted nothing at the end", "\n".join([*many, '""', ""]), accepted(11, 1), "aantal_velden")
    yield _csv("empty line then spaces", "\n".join([*many, "", " ", "", ""]), accepted(12, 2), "aantal_velden")
    yield _csv("too few fields", "\n".join([*many, "los,groningen", ""]), accepted(11, 1), "aantal_velden")
    yield _csv("too many fields", "\n".join([*many, many[1].replace("zq00000x", "zq9") + ",", ""]), accepted(11, 1),
               "aantal_velden")  # fmt: skip
    yield _csv("commas only", "\n".join([*many, ",,,,", ""]), accepted(11, 1), "locatie_id_verplicht")
    yield _csv("a comment line", "\n".join([*many, "# kanarie", ""]), accepted(11, 1), "aantal_velden")
    yield _csv("header only", HEADER, refused(0), "leeg")
    yield _csv("header only, no line end", HEADER.rstrip(), refused(0), "leeg")
    yield _csv("header and empty lines", HEADER + "\n\r\n\n", refused(0), "leeg")
    yield _csv("header twice", HEADER + HEADER + "".join(line + "\n" for line in many[1:]), accepted(11, 1))


def headers() -> Iterator[File]:
    rows = "\n".join(LINES[1:]) + "\n"
    names = LINES[0].split(",")
    for name, header in {
        "other order": ",".join([names[1], names[0], *names[2:]]),
        "one missing": ",".join(names[:-1]),
        "one extra": ",".join([*names, "kanarie"]),
        "capital": LINES[0].replace("vanaf", "Vanaf"),
        "space": LINES[0].replace(",vanaf", ", vanaf"),
        "trailing comma": LINES[0] + ",",
        "twice the same": ",".join([*names[:3], "vanaf", names[4]]),
        "semicolons": LINES[0].replace(",", ";"),
        "tabs": LINES[0].replace(",", "\t"),
        "zero width": LINES[0].replace("tot", "tot\u200b"),
        "second bom": "\ufeff\ufeff" + LINES[0],
        "hash": "#" + LINES[0],
    }.items():
        yield _csv(f"header: {name}", header + "\n" + rows, refused(3), "kopregel")
    yield _csv("no header at all", rows, ("refused", 2, 0, 2), "kopregel")
    yield _csv("sep= line", "sep=,\n" + THREE, ("refused", 4, 0, 4), "kopregel")
    yield _csv("wrong header, no rows", "kanarie\n", refused(0), "kopregel")


def unreadable() -> Iterator[File]:
    yield _csv("zero bytes", b"", UNREADABLE)
    yield _csv("utf-16 le", b"\xff\xfe" + THREE.encode("utf-16-le"), UNREADABLE)
    yield _csv("utf-16 be", b"\xfe\xff" + THREE.encode("utf-16-be"), UNREADABLE)
    yield _csv("utf-16 without mark", THREE.encode("utf-16-le"), UNREADABLE)
    yield _csv("utf-32", b"\xff\xfe\x00\x00" + THREE.encode("utf-32-le"), UNREADABLE)
    middle = THREE.index("groningen")
    for name, part in {
        "latin-1": b"\xe9", "overlong": b"\xc0\xaf", "surrogate": b"\xed\xa0\x80",
        "beyond unicode": b"\xf4\x90\x80\x80",
        "cut character": b"\xe2\x82", "nul": b"\x00", "ctrl-z": b"\x1a", "bare cr": b"\r", "quote": b'"',
        "cr cr lf": b"\r\r\n",
    }.items():  # fmt: skip
        yield _csv(f"{name} in a cell", THREE[: middle + 3].encode() + part + THREE[middle + 3 :].encode(), UNREADABLE)
        if name != "quote":
            yield _csv(f"{name} at the end", THREE.encode() + part, UNREADABLE)
    yield _csv("mac line ends", THREE.replace("\n", "\r"), UNREADABLE)
    yield _csv("nul in the header", THREE.replace("vanaf", "van\0af", 1), UNREADABLE)
    cell = "groningen"
    for name, form in {
        "quote not closed": f'"{cell}', "text after quote": f'"{cell}"x', "text before quote": f'x"{cell}"',
        "space before quote": f' "{cell}"', "space after quote": f'"{cell}" ', "one quote": '"', "three quotes": '"""',
        "backslash": f'"{cell}\\"x"', "single doubled": f'{cell}""',
    }.items():  # fmt: skip
        yield _csv(f"quoting: {name}", THREE.replace(cell, form, 1), UNREADABLE)
    for place, feed_text in {"quoted": '"gron\ringen"', "quoted nul": '"gron\0ingen"'}.items():
        yield _csv(f"inside {place}", THREE.replace(cell, feed_text, 1), UNREADABLE)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("2024-03.csv", THREE)
    plain = parquet_bytes(table(LOCATIE, good_rows(LOCATIE, 3)))
    arrow = io.BytesIO()
    feather.write_feather(table(LOCATIE, good_rows(LOCATIE, 3)), arrow)
    others = {
        "gzip": gzip.compress(THREE.encode()),
        "bzip2": bz2.compress(THREE.encode()),
        "xz": lzma.compress(THREE.encode()),
        "zip or xlsx": packed.getvalue(),
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "feather": arrow.getvalue(),
    }
    for name, content in others.items():
        yield File(f"renamed {name}", LOCATIE, content, UNREADABLE, "onleesbaar")
        yield File(f"renamed {name}", LOCATIE, content, UNREADABLE, "onleesbaar", "parquet")
    yield File("renamed parquet", LOCATIE, plain, UNREADABLE, "onleesbaar")
    for name, content in {
        "csv": THREE.encode(), "zero bytes": b"", "magic only": b"PAR1PAR1", "first half": plain[: len(plain) // 2],
        "no footer": plain[:-8], "one byte less": plain[:-1], "one byte more": plain + b"x",
        "footer length": plain[:-8] + b"\xff\xff\xff\x7fPAR1", "footer of zeros": plain[:4] + b"\0" * 400 + plain[-8:],
        "pages of zeros": plain[:4] + b"\0" * 200 + plain[204:], "gzip of parquet": gzip.compress(plain),
        "encrypted magic": plain[:-4] + b"PARE",
    }.items():  # fmt: skip
        yield File(f"damaged: {name}", LOCATIE, content, UNREADABLE, "onleesbaar", "parquet")
    for name, content in {"one byte": b"x", "line end": b"\n", "bom": b"\xef\xbb\xbf", "rows": THREE.encode()}.items():
        yield File(f"not empty: {name}", LOCATIE, content, UNREADABLE, "onleesbaar", "leeg")
    yield File("empty", LOCATIE, b"", accepted(0), None, "leeg")


def sizes() -> Iterator[File]:
    """Cells of 64 KiB and lines of 1 MiB, counted in bytes."""

    def titles(*titel: str) -> bytes:
        return csv_bytes(RESULTAAT, [good_row(RESULTAAT, i, titel=t) for i, t in enumerate(titel)])

    most = 65536
    for name, text, fits in (
        ("ascii", "a " * (most // 2), True),
        ("ascii", "a " * (most // 2) + "b", False),
        ("two bytes each", "\u00eb" * (most // 2), True),
        ("two bytes each", "\u00eb" * (most // 2) + "b", False),
        ("line ends", "a\n" * (most // 2), True),
        ("line ends", "a\n" * (most // 2) + "b", False),
    ):
        expected = accepted(2) if fits else UNREADABLE
        size = len(text.encode())
        yield File(f"cell of {size}, {name}", RESULTAAT, titles(text, "kort"), expected, None if fits else "onleesbaar")
        arrow = table(RESULTAAT, [good_row(RESULTAAT, 0, titel=text), good_row(RESULTAAT, 1)])
        code = None if fits else "onleesbaar"
        yield File(f"cell of {size}, {name}", RESULTAAT, parquet_bytes(arrow), expected, code, "parquet")
    ten = csv_text(LOCATIE, good_rows(LOCATIE, 10))
    for more in (0, 1):
        cells = ",".join(["k" * 50000] * 20)
        line = cells + "," + "k" * ((1 << 20) - len(cells) - 1 + more)
        expected = UNREADABLE if more else accepted(11, 1)
        yield _csv(f"line of 1 MiB and {more}", ten + line + "\n", expected, None if more else "aantal_velden")
        yield _csv(f"last line of 1 MiB and {more}, crlf before", ten.replace("\n", "\r\n") + line, expected)
    many = ",".join(['"' + "k\n" * 30000 + '"'] * 20)
    yield _csv("record of 1.2 MB in short lines", ten + many + "\n", accepted(11, 1), "aantal_velden")


def shares() -> Iterator[File]:
    """More than 20% of the rows in quarantine."""
    for rows, bad in ((5, 1), (5, 2), (10, 2), (10, 3), (15, 3), (35, 7), (35, 8), (14, 3), (1, 1), (4, 1), (6, 1),
                      (1000, 200), (1000, 201), (55, 11), (3, 3)):  # fmt: skip
        made = [good_row(LOCATIE, n, **({"vt_regio": "kanarie"} if n < bad else {})) for n in range(rows)]
        fits = bad * 5 <= rows
        expected = accepted(rows, bad) if fits else refused(rows)
        yield File(f"{bad} of {rows}", LOCATIE, csv_bytes(LOCATIE, made), expected,
                   None if fits else "te_veel_quarantaine")  # fmt: skip


def bsn(number: int) -> str:
    """The first number of nine digits from ``number`` on that passes the 11-proef."""
    while True:
        figures = [int(figure) for figure in f"{number:09d}"]
        weighted = sum(w * f for w, f in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), figures, strict=True))
        if weighted % 11 == 0:
            return f"{number:09d}"
        number += 1


def iban(account: int) -> str:
    body = f"ABNA{account:010d}"
    turned = "".join(str(int(c, 36)) for c in body + "NL00")
    return f"NL{98 - int(turned) % 97:02d}{body}"


def columns_of_identifiers() -> Iterator[File]:
    def with_ids(name: str, values: Sequence[str], others: int, hit: bool, feed: str = LOCATIE) -> File:
        rows = [{**good_row(feed, n), KEY[feed]: value} for n, value in enumerate(values)]
        rows += [good_row(feed, 1000 + n) for n in range(others)]
        expected = refused(len(rows)) if hit else accepted(len(rows))
        return File(name, feed, csv_bytes(feed, rows), expected, "identificerende_kolom" if hit else None)

    bsns = [bsn(123456000 + 7919 * n) for n in range(40)]
    phones = [f"06{31415926 + 7919 * n}" for n in range(12)]
    ibans = [iban(417164300 + 7919 * n) for n in range(12)]
    yield with_ids("10 bsn", bsns[:10], 0, True)
    yield with_ids("5 bsn of 12", bsns[:5], 7, True)
    yield with_ids("prefixed bsn", [f"BSN{b}" for b in bsns[:6]], 4, True)
    yield with_ids("prefixed bsn, small", [f"bsn-{b}" for b in bsns[:6]], 4, True)
    yield with_ids("bsn of 8 digits", [bsn(12345000 + 7919 * n)[1:] for n in range(8)], 2, True)
    others = [str(n) for n in random.Random(3).sample(range(10**8, 10**9), 240)]
    yield with_ids("30 bsn of 100 numbers, more than chance", [*bsns[:30], *others[:70]], 0, True)
    yield with_ids("numbers by chance", others, 0, False)
    for name, first, step, form in (("9 digits", 100000000, 1, "d"), ("8 digits", 20240001, 1, "d"),
                                    ("tens", 300000010, 10, "d"), ("elevens", 400000000, 11, "d"), ("year",
                                    202400001, 1, "d"),
                                    ("9 digits with zeros", 1, 1, "09d"), ("8 digits with zeros", 1, 1,
                                    "08d")):  # fmt: skip
        yield with_ids(f"counter of {name}", [format(first + step * n, form) for n in range(500)], 0, False)
    yield with_ids("short counter of 9 digits", [str(700000001 + n) for n in range(12)], 0, False)
    yield with_ids("5 phones of 12", phones[:5], 7, True)
    yield with_ids("5 phones of 13", phones[:5], 8, False)
    yield with_ids("6 phones of 15, 40%", phones[:6], 9, True)
    yield with_ids("4 phones of 4, fewer than 5", phones[:4], 0, False)
    yield with_ids("5 iban of 10", ibans[:5], 5, True)
    yield with_ids("5 postcodes of 10", [f"123{n}AB{n + 1}" for n in range(5)], 5, True)
    dotted = [f"{b[:4]}.{b[4:6]}.{b[6:]}" for b in bsns[:6]]
    yield with_ids("dotted bsn", dotted, 1, True)
    yield with_ids("e-mail", [f"kanarie{n}@voorbeeld.nl" for n in range(6)], 1, True)

    def with_texts(name: str, values: Sequence[str], empty: int, hit: bool, feed: str, column: str) -> File:
        rows = [good_row(feed, n, **{column: value}) for n, value in enumerate(values)]
        rows += [good_row(feed, 1000 + n, **{column: ""}) for n in range(empty)]
        expected = refused(len(rows)) if hit else accepted(len(rows))
        return File(name, feed, csv_bytes(feed, rows), expected, "identificerende_kolom" if hit else None)

    mails = [f"kanarie{n}@voorbeeld.nl" for n in range(5)]
    yield with_texts("5 mails among empty cells", mails, 60, True, RESULTAAT, "vindplaats")
    yield with_texts("5 phones in functie", phones[:5], 0, True, TARIEF, "functie")
    yield with_texts("5 mails in a column of codes", mails, 0, True, LOCATIE, "vt_regio")


def single_hits() -> Iterator[File]:
    """One identifier among ten texts: that row goes; what only looks like one stays."""
    for feed, column in ((STATUS, "toelichting"), (RESULTAAT, "titel")):
        for text in IDENTIFYING if feed == STATUS else IDENTIFYING[1::9]:
            rows = [good_row(feed, n) for n in range(9)] + [good_row(feed, 10, **{column: text})]
            content = csv_bytes(feed, rows)
            yield File(f"hit: {text}", feed, content, accepted(10, 1), f"{column}_identificerend")
        for text in HARMLESS if feed == STATUS else ():
            rows = [good_row(feed, n) for n in range(9)] + [good_row(feed, 10, **{column: text})]
            yield File(f"no hit: {text}", feed, csv_bytes(feed, rows), accepted(10))


def all_files() -> list[File]:
    parts = (line_forms, headers, unreadable, sizes, shares, columns_of_identifiers, single_hits)
    return [file for part in parts for file in part()]
