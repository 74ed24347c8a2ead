"""What lies in an inbox is a delivery or is named; nothing that the layout does not know is entered or opened."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from small_inbox import TODAY, drop

from pipelines import inbox
from pipelines.home import Home


def places(found: inbox.Inbox) -> list[tuple[str, str, bool]]:
    return [(f"{f.name}/{f.month}", f.extension, f.double) for f in found.files]


def strays(home: Home) -> dict[str, str]:
    found = inbox.scan(home.inbox, TODAY)
    assert found.files == ()
    return {s.place: s.reason for s in found.strays}


def test_deliveries_come_by_feed_and_month(home: Home) -> None:
    drop(home, "politie/inzet/2024-02.csv")
    drop(home, "politie/inzet/2024-01.leeg")
    drop(home, "landelijk_netwerk/tarieven/2024-06.parquet")
    assert places(inbox.scan(home.inbox, TODAY)) == [
        ("landelijk_netwerk/tarieven/2024-06", "parquet", False),
        ("politie/inzet/2024-01", "leeg", False),
        ("politie/inzet/2024-02", "csv", False),
    ]


def test_noise_is_ignored_where_it_is_a_file(home: Home) -> None:
    drop(home, ".DS_Store")
    drop(home, "politie/Thumbs.db")
    drop(home, "politie/inzet/.DS_Store")
    assert strays(home) == {}
    (home.inbox / "politie" / ".DS_Store").mkdir()
    assert list(strays(home)) == ["politie/.DS_Store"]


@pytest.mark.parametrize(
    "name",
    [
        "2024-1.csv",
        "2024-13.csv",
        "2024-00.csv",
        "24-01.csv",
        "2024-01.CSV",
        "2024-01.Parquet",
        "2024-01.csv.gz",
        "2024-01.csv ",
        " 2024-01.csv",
        "2024-01.csv\n",
        "2024-01",
        "2024-01.",
        "2024-01.xlsx",
        "2024-01 (1).csv",
        "２０２４-01.csv",
        ".2024-01.csv",
        "~2024-01.csv",
    ],
)
def test_other_names_are_no_delivery(home: Home, name: str) -> None:
    drop(home, f"politie/inzet/{name}", "x")
    assert list(strays(home).values()) == [
        "heet niet zoals verwacht: <JJJJ-MM>.csv, .parquet of .leeg, in kleine letters"
    ]


@pytest.mark.parametrize(
    ("today", "month", "reason"),
    [
        (date(2024, 6, 30), "2024-07", "gaat over een maand in de toekomst"),
        (date(2024, 6, 30), "9999-12", "gaat over een maand in de toekomst"),
        (date(2024, 6, 30), "1999-12", "gaat over een maand voor 2000-01"),
        (date(2024, 6, 30), "0000-01", "gaat over een maand voor 2000-01"),
        (date(2024, 7, 1), "2024-07", None),
        (date(2024, 7, 1), "2000-01", None),
    ],
)
def test_the_month_must_have_begun(home: Home, today: date, month: str, reason: str | None) -> None:
    drop(home, f"politie/inzet/{month}.csv")
    found = inbox.scan(home.inbox, today)
    assert [s.reason for s in found.strays] == ([reason] if reason else [])
    assert [s.place for s in found.strays] == ([f"politie/inzet/{month}.csv"] if reason else [])
    assert len(found.files) == (0 if reason else 1)


def test_an_unknown_folder_is_named_and_not_entered(home: Home) -> None:
    drop(home, "gemeente/inzet/2024-01.csv")
    drop(home, "politie/meldingen/2024-01.csv")
    drop(home, "politie/inzet/oud/2024-01.csv")
    drop(home, "politie/leesmij.txt")
    drop(home, "2024-01.csv")
    (home.inbox / "leeg").mkdir()
    found = strays(home)
    assert found["gemeente"] == "deze partner kennen wij niet"
    assert found["leeg"] == "deze partner kennen wij niet"
    assert found["politie/meldingen"] == "dit soort levering kennen wij niet van deze partner"
    assert found["politie/leesmij.txt"] == "dit soort levering kennen wij niet van deze partner"
    assert found["politie/inzet/oud"] == "is geen gewoon bestand"
    assert found["2024-01.csv"].startswith("hoort hier niet")
    assert len(found) == 6


def test_links_and_pipes_are_named_and_not_opened(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "geheim.csv"
    target.write_text("x")
    folder = home.inbox / "politie" / "inzet"
    folder.mkdir(parents=True)
    (folder / "2024-01.csv").symlink_to(target)
    (folder / "2024-02.csv").symlink_to(tmp_path / "bestaat-niet")
    os.mkfifo(folder / "2024-03.csv")
    (folder / "2024-04.csv").mkdir()
    (home.inbox / "reclassering").symlink_to(tmp_path)
    (home.inbox / "politie" / "incidenten").symlink_to(folder)
    found = strays(home)
    link = "is een verwijzing; zet het bestand zelf neer"
    assert found == {
        "politie/incidenten": link,
        "politie/inzet/2024-01.csv": link,
        "politie/inzet/2024-02.csv": link,
        "politie/inzet/2024-03.csv": "is geen gewoon bestand",
        "politie/inzet/2024-04.csv": "is geen gewoon bestand",
        "reclassering": link,
    }


def test_the_inbox_itself_may_be_a_link(home: Home, tmp_path: Path) -> None:
    drop(home, "politie/inzet/2024-01.csv")
    (tmp_path / "share").symlink_to(home.inbox)
    assert len(inbox.scan(tmp_path / "share", TODAY).files) == 1


def test_names_are_shown_without_their_control_characters(home: Home) -> None:
    drop(home, "politie/inzet/a\x1b[31m\u202eb\n.csv")
    with open(os.fsencode(home.inbox) + b"/politie/inzet/\xff.csv", "wb"):
        pass
    assert sorted(strays(home)) == ["politie/inzet/\\udcff.csv", "politie/inzet/a\\x1b[31m\\u202eb\\n.csv"]


def test_two_files_for_a_month_are_both_marked(home: Home) -> None:
    drop(home, "politie/inzet/2024-01.csv")
    drop(home, "politie/inzet/2024-01.leeg")
    drop(home, "politie/inzet/2024-02.csv")
    drop(home, "reclassering/inzet/2024-01.csv")
    assert places(inbox.scan(home.inbox, TODAY)) == [
        ("politie/inzet/2024-01", "csv", True),
        ("politie/inzet/2024-01", "leeg", True),
        ("politie/inzet/2024-02", "csv", False),
        ("reclassering/inzet/2024-01", "csv", False),
    ]


def test_a_link_beside_a_file_makes_no_second_file(home: Home) -> None:
    path = drop(home, "politie/inzet/2024-01.csv")
    path.with_suffix(".parquet").symlink_to(path)
    found = inbox.scan(home.inbox, TODAY)
    assert places(found) == [("politie/inzet/2024-01", "csv", False)]
    assert len(found.strays) == 1


def test_named_paths_are_read_by_their_last_three_parts(home: Home, tmp_path: Path) -> None:
    one = drop(home, "politie/inzet/2024-01.csv")
    drop(home, "politie/inzet/2024-02.csv")
    drop(home, "politie/incidenten/2024-01.csv")
    drop(home, "reclassering/inzet/2024-01.csv")

    def selected(*paths: Path) -> list[str]:
        found = inbox.select(paths, TODAY)
        assert found.strays == ()
        return [place for place, _, _ in places(found)]

    assert selected(one) == ["politie/inzet/2024-01"]
    assert selected(one.parent) == ["politie/inzet/2024-01", "politie/inzet/2024-02"]
    assert selected(one.parent.parent) == [
        "politie/incidenten/2024-01",
        "politie/inzet/2024-01",
        "politie/inzet/2024-02",
    ]
    assert len(selected(home.inbox)) == 4
    assert selected(one, one.parent, one) == ["politie/inzet/2024-01", "politie/inzet/2024-02"]
    assert selected(one.parent / ".." / "inzet" / "2024-01.csv") == ["politie/inzet/2024-01"]
    elsewhere = tmp_path / "usb" / "politie" / "inzet"
    elsewhere.mkdir(parents=True)
    (elsewhere / "2024-03.csv").touch()
    assert selected(elsewhere / "2024-03.csv") == ["politie/inzet/2024-03"]


def test_named_paths_that_are_no_delivery(home: Home, tmp_path: Path) -> None:
    (tmp_path / "los.csv").touch()
    link = tmp_path / "politie" / "inzet" / "2024-01.csv"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "los.csv")
    found = inbox.select([tmp_path / "los.csv", link, tmp_path / "weg.csv", Path("/")], TODAY)
    assert found.files == ()
    reasons = {s.place.rsplit("/", 1)[-1]: s.reason for s in found.strays}
    assert reasons["los.csv"] == "deze partner kennen wij niet"
    assert reasons["2024-01.csv"] == "is een verwijzing; zet het bestand zelf neer"
    assert reasons["weg.csv"] == "bestaat niet"


def test_a_named_file_with_another_beside_it_is_double(home: Home, tmp_path: Path) -> None:
    one = drop(home, "politie/inzet/2024-01.csv")
    drop(home, "politie/inzet/2024-01.parquet")
    assert places(inbox.select([one], TODAY)) == [("politie/inzet/2024-01", "csv", True)]
    elsewhere = tmp_path / "usb" / "politie" / "inzet" / "2024-02.csv"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.touch()
    other = drop(home, "politie/inzet/2024-02.csv")
    assert [double for _, _, double in places(inbox.select([other, elsewhere], TODAY))] == [True, True]


def test_a_folder_that_can_not_be_read_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "politie/inzet/2024-01.csv")
    drop(home, "reclassering/inzet/2024-01.csv")
    listdir = os.listdir

    def denied(path: Path) -> list[str]:
        if Path(path).parts[-2:] == ("politie", "inzet"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", denied)
    found = inbox.scan(home.inbox, TODAY)
    assert [f.name for f in found.files] == ["reclassering/inzet"]
    assert [(s.place, s.reason) for s in found.strays] == [("politie/inzet", "is niet te lezen: geen toestemming")]
