"""One writer at a time, and what a crash left is swept by the next."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pipelines import home as module
from pipelines import storage
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home


def test_a_missing_home_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"weg' bestaat niet\. Noem een andere met --home"):
        Home.open(tmp_path / "weg")
    (tmp_path / "bestand").touch()
    with pytest.raises(UserError, match="is geen map"):
        Home.open(tmp_path / "bestand")
    with pytest.raises(UserError, match=r"niet te maken: .* geen map"):
        Home.open(tmp_path / "bestand" / "huis", create=True)


def test_the_ledger_can_be_elsewhere(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VEILIGHEID_LEDGER_URL", raising=False)
    assert home.ledger_url is None and home.ledger_file == home.root / "ledger.sqlite"
    monkeypatch.setenv("VEILIGHEID_LEDGER_URL", "postgresql://ergens/register")
    assert home.ledger_url == "postgresql://ergens/register"


def test_another_writer_waits_and_is_told_who_writes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    told: list[str] = []

    def other() -> None:
        try:
            with home.writing():
                told.append("erin")
        except TemporaryError as error:
            told.append(str(error))

    with home.writing(), home.writing():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert told == [
        f"Een ander proces (nummer {os.getpid()}) werkt al in deze map met gegevens. Probeer het straks opnieuw."
    ]
    other()
    assert told[1:] == ["erin"]


def test_the_lock_is_free_again_after_an_error(home: Home) -> None:
    with pytest.raises(ValueError, match="stuk"), home.writing():
        raise ValueError("stuk")
    with home.writing():
        assert (home.root / module.LOCK).read_text() == str(os.getpid())
    assert (home.root / module.LOCK).read_text() == ""


def test_scratch_is_gone_afterwards_and_swept_after_a_crash(home: Home) -> None:
    left = home.root / module.SCRATCH / "van-een-vorige-keer"
    left.mkdir(parents=True)
    home.results.mkdir()
    (home.results / f"{storage.TEMPORARY}9-x.parquet").touch()
    with home.scratch() as scratch:
        (scratch / "bestand").touch()
        assert not left.exists()
        with home.scratch() as second:
            assert scratch.exists()
            assert second != scratch
    assert not scratch.exists()
    assert list(home.results.iterdir()) == []


def test_a_home_that_can_not_be_written_is_one_clear_line(home: Home) -> None:
    (home.root / module.LOCK).mkdir()
    with (
        pytest.raises(UserError, match=r"kan niet worden geschreven: er staat een map.*Controleer de rechten"),
        home.writing(),
    ):
        pass
