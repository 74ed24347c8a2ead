"""What a file is next to the deliveries before it (specification, section 2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_ledger import ONE, REFUSED

from pipelines import redelivery
from pipelines.inbox import InboxFile
from pipelines.ledger import Delivery

A, B, C = "a" * 64, "b" * 64, "c" * 64
FILE = InboxFile(Path("2024-01.csv"), "politie", "incidenten", "2024-01", "csv")
CONTRACT = ONE.contract_digest


def history(*verdicts: str) -> list[Delivery]:
    """``+a``: accepted bytes A; ``-b``: refused bytes B; ``=b``: refused because there were two files."""
    kinds = {"+": ONE, "-": REFUSED, "=": REFUSED}
    return [
        replace(kinds[v[0]], id=100 if v[0] == "=" else number, number=number, sha256=v[1] * 64)
        for number, v in enumerate(verdicts, start=1)
    ]


def seen(
    earlier: list[Delivery], sha256: str, *, double: bool = False, contract: str = CONTRACT, extension: str = "csv"
) -> int | None:
    file = replace(FILE, double=double, extension=extension)
    found = redelivery.seen(earlier, file, sha256, contract, lambda d: d.id == 100)
    return found.number if found else None


@pytest.mark.parametrize(
    ("earlier", "sha256", "stands"),
    [
        ((), A, None),
        (("+a",), A, 1),
        (("+a",), B, None),
        # Equal to an older one: a new delivery.
        (("+a", "+b"), A, None),
        (("+a", "+b"), B, 2),
        # A refused one leaves the earlier in force.
        (("+a", "-b"), A, 1),
        (("+a", "-b"), B, 2),
        (("-b",), B, 1),
        (("-b", "-c"), B, None),
        (("+a", "-b", "-c"), A, 1),
        # Refused bytes, then accepted others: the refusal is an older one.
        (("-b", "+a"), B, None),
        # Refused only because there was a second file, which is gone now.
        (("=a",), A, None),
        (("+a", "=a"), A, 1),
    ],
)
def test_one_file(earlier: tuple[str, ...], sha256: str, stands: int | None) -> None:
    assert seen(history(*earlier), sha256) == stands


@pytest.mark.parametrize(
    ("earlier", "sha256", "stands"),
    [
        ((), A, None),
        (("=a", "=b"), A, 1),
        (("=a", "=b"), B, 2),
        # In force, but now there are two: refused, the one in force stays.
        (("+a",), A, None),
        (("+a", "=a", "=b"), A, 2),
        # Refused for what is in it, and now also for being one of two.
        (("-a",), A, None),
        (("=a", "=b", "+a"), A, None),
    ],
)
def test_two_files(earlier: tuple[str, ...], sha256: str, stands: int | None) -> None:
    assert seen(history(*earlier), sha256, double=True) == stands


def test_another_contract_may_judge_otherwise() -> None:
    assert seen(history("-a"), A, contract="f" * 64) is None
    assert seen(history("+a"), A, contract="f" * 64) == 1


def test_the_extension_belongs_to_the_bytes() -> None:
    assert seen(history("+a"), A, extension="parquet") is None
    assert seen(history("-a"), A, extension="parquet") is None


def test_findings_from_outside_name_no_value() -> None:
    assert redelivery.double(7).level == "levering"
    assert redelivery.double(7).rows == 7
    found = redelivery.same_as(["politie", "reclassering"], 3)
    assert (found.level, found.rows) == ("waarschuwing", 3)
    assert "politie, reclassering" in found.message
