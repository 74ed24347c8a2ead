"""A file is there whole or not at all, and is never used unread."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from pipelines import storage

DIGEST = hashlib.sha256(b"inhoud").hexdigest()


def test_write_gives_the_digest_and_makes_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    assert storage.write(path, b"inhoud") == DIGEST
    assert path.read_bytes() == b"inhoud"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.txt"
    storage.write(path, b"oud")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.write(path, b"nieuw")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("c.txt", b"oud")]


def test_file_and_folder_are_synced_and_the_rename_comes_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        happened.append("folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file")
        fsync(descriptor)

    def renamed(source: Path, target: Path) -> Path:
        happened.append("rename")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    storage.write(tmp_path / "c.txt", b"inhoud")
    assert happened == ["file", "rename", "folder"]


def test_copy_in_names_the_target_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, path = tmp_path / "bron", tmp_path / "doel" / "c"
    source.write_bytes(b"inhoud")

    def full(start: Path, target: Path) -> None:
        target.write_bytes(b"in")
        raise OSError(errno.ENOSPC, "No space left on device", str(start))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space") as caught:
        storage.copy_in(source, path)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert list(path.parent.iterdir()) == []


def test_move_in_keeps_the_bytes(tmp_path: Path) -> None:
    source = tmp_path / "bron"
    source.write_bytes(b"inhoud")
    assert storage.move_in(source, tmp_path / "doel" / "c") == DIGEST
    assert not source.exists()
    assert (tmp_path / "doel" / "c").read_bytes() == b"inhoud"


@pytest.mark.parametrize("content", [None, b"inhoux", b"inhou", b""])
def test_a_damaged_file_is_named_and_not_used(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.parquet"
    if content is not None:
        path.write_bytes(content)
    assert not storage.matches(path, DIGEST)
    for read in (storage.verified, storage.read_verified):
        with pytest.raises(storage.DamagedFile, match=r"c\.parquet.*beschadigd.*Zet het terug"):
            read(path, DIGEST)


def test_a_whole_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    path.write_bytes(b"inhoud")
    assert storage.verified(path, DIGEST) == path
    assert storage.read_verified(path, DIGEST) == b"inhoud"


def test_sweep_takes_our_own_temporary_names_only(tmp_path: Path) -> None:
    (tmp_path / f"{storage.TEMPORARY}123-c.txt").write_bytes(b"half")
    (tmp_path / f"{storage.TEMPORARY}0003").mkdir()
    (tmp_path / f"{storage.TEMPORARY}0003" / "x").write_bytes(b"half")
    (tmp_path / ".verborgen").write_bytes(b"van een ander")
    (tmp_path / "c.txt").write_bytes(b"heel")
    storage.sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".verborgen", "c.txt"]


def test_sweep_does_not_follow_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    (elsewhere / "x").write_bytes(b"blijft")
    folder = tmp_path / "map"
    folder.mkdir()
    (folder / f"{storage.TEMPORARY}link").symlink_to(elsewhere)
    storage.sweep(folder)
    assert list(folder.iterdir()) == []
    assert (elsewhere / "x").exists()


def test_json_is_the_same_for_the_same_data() -> None:
    assert storage.json_bytes({"a": "é"}) == '{\n "a": "é"\n}\n'.encode()


def test_a_record_is_read_only_with_the_digest_beside_it(tmp_path: Path) -> None:
    path, voucher = tmp_path / "lijst.json", tmp_path / "lijst.sha256"
    digest = storage.write_vouched(path, b"[1]")
    assert voucher.read_text() == f"{digest}  lijst.json\n"
    assert storage.read_vouched(path, "maak hem opnieuw") == b"[1]"
    for damaged in (path, voucher):
        whole = damaged.read_bytes()
        for content in (b"", whole + b" ", whole.replace(b"1", b"2", 1)):
            damaged.write_bytes(content)
            with pytest.raises(storage.DamagedFile, match=r"lijst\.json.*beschadigd.*, of maak hem opnieuw\."):
                storage.read_vouched(path, "maak hem opnieuw")
        damaged.unlink()
        with pytest.raises(storage.DamagedFile, match=damaged.name):
            storage.read_vouched(path, "maak hem opnieuw")
        damaged.write_bytes(whole)
