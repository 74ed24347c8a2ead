"""The demonstration never mixes with real deliveries, and is made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_inbox import drop

from pipelines import demonstration
from pipelines.demonstration import Country
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.synthesis import SynthesisError

COUNTRY = Country("2018-12", "2019-12", 0.05)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Stands in for the fictitious country: one file and its truth. Gives what was asked for."""
    asked: list[tuple[object, ...]] = []

    def synthesize(to: Path, *rest: object) -> None:
        asked.append(rest[:4])
        (to / "politie" / "inzet").mkdir(parents=True)
        (to / "politie" / "inzet" / "2019-01.leeg").touch()
        demonstration.truth_path(to).write_text("{}")

    monkeypatch.setattr(demonstration, "synthesize", synthesize)
    return asked


def test_the_inbox_is_filled_once(home: Home, made: list[tuple[object, ...]]) -> None:
    for _ in range(2):
        demonstration.prepare(home, COUNTRY)
        assert (home.inbox / "politie" / "inzet" / "2019-01.leeg").exists()
    assert made == [("2018-12", "2019-12", 0.05, 1)]
    assert sorted(p.name for p in home.root.iterdir() if not p.name.startswith(".")) == [
        *("demo.json", "inbox", "inbox-waarheid.json")
    ]


def test_other_deliveries_are_never_touched(home: Home, made: list[tuple[object, ...]]) -> None:
    drop(home, "politie/inzet/2024-01.csv", "echt")
    with pytest.raises(UserError, match=r"leveringen die niet van de demo zijn\. Kies met --home een nieuwe map"):
        demonstration.prepare(home, COUNTRY)
    assert made == []


def test_another_country_needs_another_home(home: Home, made: list[tuple[object, ...]]) -> None:
    demonstration.prepare(home, COUNTRY)
    with pytest.raises(UserError, match=r"een ander verzonnen land\. Kies met --home een nieuwe map"):
        demonstration.prepare(home, Country("2018-12", "2021-12", 0.05))
    assert len(made) == 1


def test_a_country_half_made_leaves_no_inbox(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(to: Path, *_: object) -> None:
        to.mkdir()
        (to / "half").touch()
        raise SynthesisError("dat kan niet")

    monkeypatch.setattr(demonstration, "synthesize", breaks)
    with pytest.raises(UserError, match="dat kan niet"):
        demonstration.prepare(home, COUNTRY)
    assert list(home.inbox.iterdir()) == []
    assert not (home.root / demonstration.MARKER).exists()
