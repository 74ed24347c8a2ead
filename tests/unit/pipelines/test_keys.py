"""The key of a home: where it is, what is derived from it, and when it is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
from pathlib import Path

import pytest
from small_inbox import drop, files, inzet, take

from pipelines import keys
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.keys import Keys
from pipelines.ledger import KeyRecord, Ledger

pytestmark = pytest.mark.usefixtures("without_suite")
ONE, OTHER, THIRD = Keys(b"1" * 32), Keys(b"2" * 32), Keys(b"3" * 32)
GEZINNEN = ["a" * 26, "b" * 26, "z7" * 13]


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key should be; nothing is there yet."""
    path = tmp_path / "elders" / "sleutel"
    monkeypatch.setenv(keys.VARIABLE, str(path))
    return path


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def test_a_pseudonym_is_the_hmac_of_what_partners_write() -> None:
    derived = ONE._derived("pseudonym")
    expected = [
        base64.b32encode(hmac.new(derived, g.encode(), hashlib.sha256).digest()).decode().lower()[:26] for g in GEZINNEN
    ]
    assert ONE.pseudonyms(GEZINNEN) == expected
    assert ONE.pseudonyms([]) == []


def test_every_use_and_every_key_gives_something_else() -> None:
    derived = [k for each in (ONE, OTHER) for k in (each.archive, each.quarantine, each.audit, each._mark)]
    assert len({*derived, ONE.identity, OTHER.identity, ONE.main, OTHER.main}) == 12
    assert not {*ONE.pseudonyms(GEZINNEN)} & {*OTHER.pseudonyms(GEZINNEN), *ONE.marks(GEZINNEN), *GEZINNEN}
    assert "1111" not in repr(ONE)


def test_after_rotations_a_pseudonym_has_gone_through_every_key() -> None:
    last = ONE.followed_by(OTHER.main).followed_by(THIRD.main)
    assert last.pseudonyms(GEZINNEN) == THIRD.renewed(OTHER.renewed(ONE.pseudonyms(GEZINNEN)))
    assert last.marks(GEZINNEN) == THIRD.renewed_marks(OTHER.renewed_marks(ONE.marks(GEZINNEN)))
    assert last.audit == ONE.audit
    assert Keys(THIRD.main).opened(last.record) == last


def test_keys_of_before_open_with_the_key_of_now_alone() -> None:
    record = ONE.followed_by(OTHER.main).record
    assert record.identity == OTHER.identity and record.earlier
    with pytest.raises(UserError, match="beschadigd"):
        Keys(THIRD.main).opened(record)


def test_a_key_is_made_once_and_for_its_owner_alone(home: Home, key_file: Path) -> None:
    assert keys.prepare(home) == key_file
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert len(key_file.read_bytes()) == 32
    made = key_file.read_bytes()
    assert keys.prepare(home) is None
    assert key_file.read_bytes() == made
    assert [path.name for path in key_file.parent.iterdir()] == ["sleutel"]


def test_without_a_place_named_the_key_is_in_the_users_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(keys.VARIABLE)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keys.place() == tmp_path / ".config/veiligheid/sleutel"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert keys.place() == tmp_path / "xdg/veiligheid/sleutel"


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (b"1" * 31, 0o600, "is geen sleutel"),
        (b"1" * 33, 0o600, "is geen sleutel"),
        (b"1" * 32, 0o640, "voor anderen te lezen"),
        (b"1" * 32, 0o604, "voor anderen te lezen"),
    ],
)
def test_what_is_no_safe_key_is_refused(home: Home, key_file: Path, content: bytes, mode: int, reason: str) -> None:
    write(key_file, content, mode)
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    with pytest.raises(UserError, match=reason):
        take(home)
    assert set(files(home)) == {"ledger.sqlite"}


def test_a_key_inside_the_home_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.VARIABLE, str(home.root / "sleutel"))
    with pytest.raises(UserError, match="ligt in de map met gegevens"):
        keys.prepare(home)
    write(home.root / "sleutel", b"1" * 32)
    with pytest.raises(UserError, match="ligt in de map met gegevens"):
        keys.read(home, home.root / "sleutel")


def test_another_key_is_refused_before_anything_is_written(home: Home, key_file: Path) -> None:
    write(key_file, b"1" * 32)
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    take(home)
    before = files(home)
    drop(home, "politie/inzet/2024-02.csv", inzet("b"))
    key_file.write_bytes(b"2" * 32)
    with pytest.raises(UserError, match="is niet die van deze map met gegevens"):
        take(home)
    assert files(home) == before


def test_of_a_home_that_has_a_key_no_new_one_is_made(home: Home, key_file: Path) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    take(home)
    key_file.unlink()
    drop(home, "politie/inzet/2024-02.csv", inzet("b"))
    with pytest.raises(UserError, match="is er niet"):
        take(home)
    assert keys.prepare(home) is None
    assert not key_file.exists()


def test_a_place_that_can_not_be_looked_at_is_told(home: Home, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(UserError, match="is niet te lezen: geen toestemming"):
        keys.is_there(key_file)


def test_a_copy_of_a_home_keeps_its_key(home: Home, key_file: Path, tmp_path: Path) -> None:
    drop(home, "politie/inzet/2024-01.csv", inzet("a"))
    take(home)
    shutil.copytree(home.root, tmp_path / "kopie")
    with Ledger.open(home) as one, Ledger.open(Home.open(tmp_path / "kopie")) as other:
        assert one.key() == other.key() == KeyRecord(Keys(key_file.read_bytes()).identity)
