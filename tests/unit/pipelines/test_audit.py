"""The audit log: whatever is changed in it shows, and what a crash leaves is put right."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from pipelines import audit, keys, storage, verify
from pipelines.audit import AuditError, Entry
from pipelines.desk import Desk
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import AuditHead, Ledger

KEYS = (None, b"k" * 32)
NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def entry(number: int) -> Entry:
    return Entry("anja", "bestuurder twente", audit.SEEN, f"regio {number}")


def log(home: Home) -> Path:
    return home.audit / "log.jsonl"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "huis", create=True)


@cache
def written(key: bytes | None) -> Path:
    """A home whose log has six lines."""
    made = Home.open(tempfile.mkdtemp(), create=True)
    for number in range(6):
        assert audit.append(made, entry(number), key, NOW) == number + 1
    return made.root


@pytest.fixture(scope="module", autouse=True)
def cleared() -> Iterator[None]:
    yield
    for key in KEYS:
        shutil.rmtree(written(key))
    written.cache_clear()


def filled(home: Home, key: bytes | None) -> None:
    shutil.copytree(written(key), home.root, dirs_exist_ok=True)


@pytest.mark.parametrize("key", KEYS)
def test_lines_stand_in_order_and_join_on(home: Home, key: bytes | None) -> None:
    assert audit.check(home, key) == [] and audit.lines(home) == []
    filled(home, key)
    found = audit.lines(home)
    assert [line["number"] for line in found] == [1, 2, 3, 4, 5, 6]
    assert found[0] == {"number": 1, "moment": "2026-03-01T08:00:00.000+00:00", "who": "anja",
                        "role": "bestuurder twente", "what": "gezien", "on": "regio 0", "before": "0" * 64}  # fmt: skip
    assert len({line["before"] for line in found}) == 6
    assert audit.check(home, key) == []


def without(lines: list[bytes], i: int) -> list[bytes]:
    return lines[:i] + lines[i + 1 :]


def swapped(lines: list[bytes], i: int) -> list[bytes]:
    j = (i + 1) % len(lines)
    out = list(lines)
    out[i], out[j] = out[j], out[i]
    return out


def twice(lines: list[bytes], i: int) -> list[bytes]:
    return lines[: i + 1] + lines[i:]


def otherwise(lines: list[bytes], i: int) -> list[bytes]:
    return [line.replace(b"anja", b"piet") if at == i else line for at, line in enumerate(lines)]


def spaced(lines: list[bytes], i: int) -> list[bytes]:
    return [line.replace(b",", b", ", 1) if at == i else line for at, line in enumerate(lines)]


def cut_off(lines: list[bytes], i: int) -> list[bytes]:
    return lines[:i]


def emptied(lines: list[bytes], i: int) -> list[bytes]:
    return [b"" if at == i else line for at, line in enumerate(lines)]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("change", [without, swapped, twice, otherwise, spaced, cut_off, emptied])
@pytest.mark.parametrize("i", range(6))
def test_a_change_of_any_line_is_noticed(
    home: Home, key: bytes | None, change: Callable[[list[bytes], int], list[bytes]], i: int
) -> None:
    filled(home, key)
    lines = log(home).read_bytes().splitlines()
    log(home).write_bytes(b"".join(line + b"\n" for line in change(lines, i)))
    assert len(audit.check(home, key)) == 1


def forged(lines: list[bytes]) -> bytes:
    """The log without its last line but one, chained again by who has no key."""
    out, before = [], audit.START
    for number, raw in enumerate(without(lines, len(lines) - 2), start=1):
        out.append(audit._line({**json.loads(raw), "number": number, "before": before}))
        before = audit._digest(out[-1], None)
    return b"".join(line + b"\n" for line in out)


@pytest.mark.parametrize("key", KEYS)
def test_a_log_that_joins_on_but_is_another_one_is_noticed(home: Home, key: bytes | None) -> None:
    filled(home, key)
    log(home).write_bytes(forged(log(home).read_bytes().splitlines()))
    assert len(audit.check(home, key)) == 1
    with pytest.raises(AuditError, match="niet meer wat is weggeschreven"):
        audit.append(home, entry(9), key)


def test_with_a_key_the_ledger_can_be_forged_too_and_it_is_noticed(home: Home) -> None:
    key = b"k" * 32
    filled(home, key)
    content = forged(log(home).read_bytes().splitlines())
    log(home).write_bytes(content)
    last = content.splitlines()[-1]
    for keyed in (True, False):
        with Ledger.for_audit(home) as ledger:
            ledger.set_audit_head(AuditHead(5, audit._digest(last, None), keyed))
        assert bool(audit.check(home, key)) is keyed


@pytest.mark.parametrize("key", KEYS)
def test_a_log_that_is_gone_is_noticed(home: Home, key: bytes | None) -> None:
    filled(home, key)
    log(home).unlink()
    assert "ontbreekt" in audit.check(home, key)[0]
    with pytest.raises(AuditError):
        audit.append(home, entry(1), key)
    (home.audit / ".lock").unlink()
    home.audit.rmdir()
    assert "ontbreekt" in audit.check(home, key)[0]


def test_another_key_opens_nothing(home: Home) -> None:
    filled(home, b"k" * 32)
    assert len(audit.check(home, b"x" * 32)) == 1
    assert "zonder die sleutel" in audit.check(home)[0]
    for key in (None, b"x" * 32):
        with pytest.raises(AuditError):
            audit.append(home, entry(1), key)
    assert audit.check(home, b"k" * 32) == []


def test_a_key_that_comes_later_holds_for_what_stood_there(home: Home) -> None:
    filled(home, None)
    audit.append(home, entry(6), b"k" * 32)
    assert [line["on"] for line in audit.lines(home)] == [f"regio {i}" for i in range(7)]
    assert audit.check(home, b"k" * 32) == []


class Killed(BaseException):
    """No error that anybody handles."""


def killed_at(patched: pytest.MonkeyPatch, place: object, name: str, call: int) -> None:
    """The machine stops at the ``call``-th call of a function, before anything of it is done."""
    kept, calls = getattr(place, name), []

    def stops(*given: object) -> object:
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return kept(*given)

    patched.setattr(place, name, stops)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("count", [0, 3])
def test_a_line_that_the_ledger_did_not_get_to_know_counts(home: Home, key: bytes | None, count: int) -> None:
    for number in range(count):
        audit.append(home, entry(number), key, NOW)
    with pytest.MonkeyPatch.context() as patched:
        killed_at(patched, Ledger, "set_audit_head", 1)
        with pytest.raises(Killed):
            audit.append(home, entry(count), key)
    assert audit.check(home, key) == []
    assert audit.append(home, entry(count + 1), key) == count + 2
    assert [line["on"] for line in audit.lines(home)] == [f"regio {i}" for i in range(count + 2)]
    assert audit.check(home, key) == []


@pytest.mark.parametrize("key", KEYS)
def test_half_a_line_is_cleared_away(home: Home, key: bytes | None) -> None:
    filled(home, key)
    whole = log(home).read_bytes()
    for half in (b"{", b'{"number":7,"moment":"2026', whole.splitlines()[-1]):
        log(home).write_bytes(whole + half)
        assert "halve regel" in audit.check(home, key)[0]
        audit.append(home, entry(6), key)
        assert audit.check(home, key) == [] and len(audit.lines(home)) == len(whole.splitlines()) + 1
        whole = log(home).read_bytes()


@pytest.mark.parametrize("place, name, call", [(Ledger, "set_audit_head", 1), (storage, "write", 1),
                                               (storage, "rename", 1), (Ledger, "set_audit_head", 2)])  # fmt: skip
def test_a_first_key_that_was_cut_off_is_there_or_not(home: Home, place: object, name: str, call: int) -> None:
    new = b"n" * 32
    filled(home, None)
    with pytest.MonkeyPatch.context() as patched:
        killed_at(patched, place, name, call)
        with pytest.raises(Killed):
            audit.append(home, entry(6), new)
    done = audit._break(log(home).read_bytes().splitlines(), new) is None
    assert done is (call == 2) and audit.check(home, new if done else None) == []
    audit.append(home, entry(6), new)
    assert audit.check(home, new) == []
    assert [line["on"] for line in audit.lines(home)] == [f"regio {i}" for i in range(7)]
    assert not list(home.audit.glob(f"{storage.TEMPORARY}*"))


def test_writers_wait_for_each_other(home: Home) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda i: audit.append(home, entry(i)), range(12)))
    assert sorted(numbers) == list(range(1, 13))
    assert audit.check(home) == []


def test_a_long_log_is_added_to_by_its_end_alone(home: Home) -> None:
    for number in range(7):
        audit.append(home, Entry("é" * 500, "\x00" * 500, audit.SEEN, '"\\' * 500), None, NOW)
        assert len(audit.lines(home)) == number + 1
    assert log(home).stat().st_size > audit.TAIL
    assert audit.check(home) == []
    assert {len(line["on"]) for line in audit.lines(home)} == {audit.MAX_LENGTH}


def test_what_is_no_event_is_no_line(home: Home) -> None:
    with pytest.raises(ValueError, match="gegluurd"):
        audit.append(home, Entry("anja", "", "gegluurd"))


def test_a_log_that_cannot_be_written_is_said(home: Home) -> None:
    home.audit.write_text("geen map")
    with pytest.raises(AuditError, match="logboek"):
        audit.append(home, entry(0))
    home.audit.unlink()
    home.ledger_file.mkdir()
    with pytest.raises(AuditError, match="niet te schrijven"):
        audit.append(home, entry(0))


def test_a_log_that_is_held_is_said(home: Home) -> None:
    with pytest.MonkeyPatch.context() as patched, audit._locked(home):
        patched.setattr(audit, "WAIT_SECONDS", 0.02)
        with pytest.raises(AuditError, match="bezet"):
            audit.append(home, entry(0))


def test_the_log_of_a_home_that_has_a_key_is_chained_with_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk.at(home.root)
    desk.note("anja", "bestuurder twente", audit.SEEN, "regio")
    with home.writing(), Ledger.open(home, create=True) as ledger:
        key = keys.of(home, ledger).audit
    desk.note("anja", "bestuurder twente", audit.SEEN, "inzet")
    assert audit.key_of(home) == key and audit.check(home, key) == []
    assert "zonder die sleutel" in audit.check(home)[0]
    assert verify.check(home).damaged == []
    monkeypatch.setenv(keys.VARIABLE, str(home.root.parent / "weg"))
    with pytest.raises(UserError):
        desk.note("anja", "bestuurder twente", audit.SEEN, "regio")
    assert "sleutel" in verify.check(home).damaged[0]
    assert len(audit.lines(home)) == 2


def test_the_check_of_all_that_is_kept_looks_at_the_log(home: Home) -> None:
    filled(home, None)
    assert verify.check(home).damaged == []
    log(home).write_bytes(log(home).read_bytes().replace(b"anja", b"piet", 1))
    assert "logboek" in verify.check(home).damaged[0]
