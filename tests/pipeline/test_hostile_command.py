"""A hostile partner at the command line: redelivery, a messy inbox, and questions that make no sense."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hostile import (
    PARTNERS,
    Land,
    assert_one_line,
    csv_bytes,
    good_row,
    good_rows,
    parquet_bytes,
    table,
    veiligheid,
)
from hostile_rows import LOCATIE, ONE, RESULTAAT, STATUS

ASKED = ("--partner", "landelijk_netwerk", "--feed", "praktijklocaties")


@pytest.fixture
def land(tmp_path: Path) -> Land:
    (tmp_path / "huis" / "inbox").mkdir(parents=True)
    return Land(tmp_path / "huis")


def verdicts(land: Land) -> list[tuple]:
    return [(d["month"], d["number"], d["verdict"], d["rows_in"], d["rows_quarantined"]) for d in land.ledger()]


def test_redelivery(land: Land) -> None:
    month = "2020-01"
    first, second = csv_bytes(LOCATIE, good_rows(LOCATIE, 1)), csv_bytes(LOCATIE, good_rows(LOCATIE, 2))
    some_bad = csv_bytes(LOCATIE, [*good_rows(LOCATIE, 5), good_row(LOCATIE, 9, vt_regio="kanarie")])
    wrong = b"kanarie\nx\n"

    def again(content: bytes) -> int:
        land.put(LOCATIE, month, content)
        return land.deliver().code

    expected = [(month, 1, "accepted", 1, 0)]
    assert again(first) == 0 and verdicts(land) == expected
    assert again(first) == 0 and verdicts(land) == expected
    assert again(second) == 0
    expected.append((month, 2, "accepted", 2, 0))
    assert verdicts(land) == expected
    assert again(first) == 0
    expected.append((month, 3, "accepted", 1, 0))
    assert verdicts(land) == expected
    assert again(wrong) == 2
    expected.append((month, 4, "refused", 1, 1))
    assert verdicts(land) == expected
    assert again(first) == 0 and verdicts(land) == expected  # number 3 is still in force
    assert again(b"") == 2
    expected.append((month, 5, "refused", 0, 0))
    assert again(second) == 0
    expected.append((month, 6, "accepted", 2, 0))
    assert again(wrong) == 2
    expected.append((month, 7, "refused", 1, 1))
    assert again(some_bad) == 1
    expected.append((month, 8, "accepted", 6, 1))
    assert verdicts(land) == expected
    (land.root / "inbox" / LOCATIE / f"{month}.csv").unlink()
    land.put(LOCATIE, month, b"", "leeg")
    assert land.deliver().code == 0
    expected.append((month, 9, "accepted", 0, 0))
    assert verdicts(land) == expected
    assert land.deliver().code == 0 and verdicts(land) == expected
    # Zero bytes too, but a CSV file of zero bytes is unreadable.
    (land.root / "inbox" / LOCATIE / f"{month}.leeg").unlink()
    assert again(b"") == 2
    assert verdicts(land) == [*expected, (month, 10, "refused", 0, 0)]


def test_the_same_bytes_under_two_partners_is_a_warning_and_exit_0(land: Land) -> None:
    content = csv_bytes(ONE, good_rows(ONE, 1))
    land.put("politie/inzet", "2020-01", content)
    land.put("reclassering/inzet", "2020-01", content)
    for partner in PARTNERS:
        land.put(f"{partner}/inzet", "2020-02", b"", "leeg")
    shown = land.deliver()
    assert (shown.code, shown.err) == (0, "")
    found = land.ledger()
    assert {d["verdict"] for d in found} == {"accepted"}
    levels = [f["level"] for d in found for f in d["findings"]]
    assert levels and set(levels) == {"waarschuwing"}
    assert {d["month"] for d in found if d["findings"]} == {"2020-01"}
    assert land.deliver().code == 0 and land.ledger() == found
    shown = veiligheid("--home", str(land.root), "deliveries")
    assert shown.code == 0 and "reclassering/inzet" in shown.out and "zq00000x" not in shown.out


def test_two_files_for_a_month_are_all_refused(land: Land) -> None:
    rows = good_rows(LOCATIE, 3)
    land.put(LOCATIE, "2020-01", csv_bytes(LOCATIE, rows))
    assert land.deliver().code == 0
    land.put(LOCATIE, "2020-01", parquet_bytes(table(LOCATIE, rows)), "parquet")
    land.put(LOCATIE, "2020-02", csv_bytes(LOCATIE, rows))
    land.put(LOCATIE, "2020-02", b"", "leeg")
    land.put(LOCATIE, "2020-03", b"", "leeg")
    land.put(LOCATIE, "2020-04", b"", "leeg")
    land.put(LOCATIE, "2020-04", b"", "csv")
    land.put(LOCATIE, "2020-04", b"kapot", "parquet")
    assert land.deliver().code == 2
    found = sorted((d["month"], d["verdict"], d["rows_in"], d["rows_accepted"], d["rows_quarantined"])
                   for d in land.ledger() if d["number"] > 1 or d["month"] != "2020-01")  # fmt: skip
    assert found == [
        *[("2020-01", "refused", 3, 0, 3)] * 2,
        ("2020-02", "refused", 0, 0, 0),
        ("2020-02", "refused", 3, 0, 3),
        ("2020-03", "accepted", 0, 0, 0),
        *[("2020-04", "refused", 0, 0, 0)] * 3,
    ]
    named = land.deliver(land.root / "inbox" / LOCATIE / "2020-02.csv")
    assert named.code == 2
    # With one of the two taken away, the delivery that was in force all the time is just there.
    (land.root / "inbox" / LOCATIE / "2020-01.parquet").unlink()
    count = len(land.ledger())
    assert land.deliver(land.root / "inbox" / LOCATIE / "2020-01.csv").code == 0
    assert len(land.ledger()) == count


def test_the_exit_status_is_the_worst(land: Land) -> None:
    land.put(LOCATIE, "2020-01", b"", "leeg")
    assert land.deliver().code == 0
    bad = [*good_rows(LOCATIE, 9), good_row(LOCATIE, 9, vanaf="kanarie")]
    one = land.put(LOCATIE, "2020-02", csv_bytes(LOCATIE, bad))
    land.put(LOCATIE, "2020-03", b"", "leeg")
    land.put(LOCATIE, "2020-04", b"kanarie")
    assert land.deliver(one, land.root / "inbox" / LOCATIE / "2020-01.leeg").code == 1
    assert land.deliver().code == 2


def test_what_the_layout_does_not_know_is_named_and_never_opened(land: Land) -> None:
    inbox = land.root / "inbox"
    feed = inbox / LOCATIE
    land.put(LOCATIE, "2020-01", b"", "leeg")
    for name in (".DS_Store", f"{LOCATIE}/.DS_Store", "landelijk_netwerk/Thumbs.db"):
        (inbox / name).write_bytes(b"ruis")
    assert land.deliver().code == 0
    now = datetime.now(ZoneInfo("Europe/Amsterdam"))
    names = [
        *("2020-1.csv", "2020-13.csv", "2020-00.csv", "2020-02.CSV", "2020-02.csv.gz", "2020-02.txt", "2020-02.csv~"),
        *("2020-02 (1).csv", ".2020-02.csv.swp", "2020-02", ".csv", "2020-02.csv.csv", "a2020-02.csv", "20200-02.csv"),
        *("\u0662020-02.csv", "2020-02.csv ", "2020-02.xlsx", "20-02.csv", "2099-01.csv", f"{now.year + 1}-01.leeg"),
        "2020-02.\uff43sv",
    ]
    for name in names:
        (feed / name).write_bytes(b"kanarie-inhoud")
    (inbox / "los.csv").write_bytes(b"kanarie-inhoud")
    (inbox / "landelijk_netwerk" / "2020-02.csv").write_bytes(b"kanarie-inhoud")
    places = {*names, "los.csv", "landelijk_netwerk/2020-02.csv"}
    for unknown in ("onbekende_partner/inzet", "politie/meldingen", "Politie/inzet", f"{LOCATIE}/map"):
        (inbox / unknown).mkdir(parents=True)
        (inbox / unknown / "2020-02.csv").write_bytes(b"kanarie-inhoud")
    places |= {"onbekende_partner", "politie/meldingen", "Politie", f"{LOCATIE}/map"}
    (feed / "2020-03.csv").mkdir()
    os.mkfifo(feed / "2020-04.csv")
    os.mkfifo(feed / "pijp")
    (land.root / "elders.csv").write_bytes(csv_bytes(LOCATIE, good_rows(LOCATIE, 1)))
    (feed / "2020-05.csv").symlink_to(land.root / "elders.csv")
    (feed / "2020-06.csv").symlink_to(land.root / "nergens.csv")
    (inbox / "landelijk_netwerk" / "resultaten").symlink_to(feed)
    (inbox / "reclassering").symlink_to(inbox / "landelijk_netwerk")
    places |= {"2020-03.csv", "2020-04.csv", "pijp", "2020-05.csv", "2020-06.csv", "resultaten", "reclassering"}
    (feed / "2020-07\n\x1b[31m.csv").write_bytes(b"kanarie-inhoud")
    (Path(os.fsdecode(os.fsencode(feed) + b"/2020-08\xff.csv"))).write_bytes(b"kanarie-inhoud")
    land.put(LOCATIE, "2020-09", b"", "leeg")
    before = sorted(str(p) for p in inbox.rglob("*"))
    shown = land.deliver()
    assert (shown.code, shown.err) == (2, "")
    lines = shown.out.splitlines()
    for place in places:
        assert [line for line in lines if place in line], place
    assert sum("2020-07" in line for line in lines) == 1 and "\x1b" not in shown.out
    assert sum("2020-08" in line for line in lines) == 1
    assert "DS_Store" not in shown.out and "Thumbs" not in shown.out and "kanarie" not in shown.out
    assert [d["month"] for d in land.ledger()] == ["2020-01", "2020-09"]
    assert sorted(str(p) for p in inbox.rglob("*")) == before
    assert not [p for p in land.root.rglob("*") if p.is_file() and inbox not in p.parents
                and b"kanarie-inhoud" in p.read_bytes()]  # fmt: skip


def test_this_month_is_not_the_future(land: Land) -> None:
    now = datetime.now(ZoneInfo("Europe/Amsterdam"))
    land.put(LOCATIE, f"{now.year}-{now.month:02d}", b"", "leeg")
    assert land.deliver().code == 0


def test_noise_that_is_no_plain_file_is_no_noise(land: Land) -> None:
    land.put(LOCATIE, "2020-01", b"", "leeg")
    (land.root / "inbox" / "desktop.doc").write_bytes(b"")
    shown = land.deliver()
    assert shown.code == 2 and "desktop.doc" in shown.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["onzin"],
        ["deliver", "--onzin"],
        ["deliver", "bestaat-niet.csv", "--nee"],
        ["--home"],
        ["--home", "bestaat-niet", "deliver"],
        ["--home", "goed.csv", "deliver"],
        ["--home", "bestaat-niet", "deliveries"],
        ["--home", "goed.csv", "deliveries", "--json"],
        ["--home", "", "deliveries"],
        ["--home", ".", "deliver"],
        ["deliveries", "te", "veel"],
        ["deliveries", "--json=ja"],
        ["check"],
        ["check", "goed.csv"],
        ["check", "goed.csv", *ASKED],
        ["check", "goed.csv", *ASKED, "--month"],
        *(["check", "goed.csv", *ASKED, "--month", month] for month in (
            "2024-13", "2024-00", "2024-3", "maart", "", "2024-03\n", "\uff12024-03", "2024-03-01", "2099-01",
            "0000-00",
            " 2024-03", "-1", "2024/03")),
        ["check", "bestaat-niet.csv", *ASKED, "--month", "2024-03"],
        ["check", ".", *ASKED, "--month", "2024-03"],
        ["check", "goed.txt", *ASKED, "--month", "2024-03"],
        ["check", "goed.csv", "--partner", "onbekend", "--feed", "inzet", "--month", "2024-03"],
        ["check", "goed.csv", "--partner", "politie", "--feed", "meldingen", "--month", "2024-03"],
        ["check", "goed.csv", "--partner", "../politie", "--feed", "inzet", "--month", "2024-03"],
        ["check", "goed.csv", "--partner", "", "--feed", "", "--month", "2024-03"],
    ],
    ids=lambda arguments: " ".join(arguments).encode("unicode_escape").decode(),
)  # fmt: skip
def test_a_wrong_question_gets_one_dutch_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VEILIGHEID_HOME", raising=False)
    for name in ("goed.csv", "goed.txt"):
        (tmp_path / name).write_bytes(csv_bytes(LOCATIE, good_rows(LOCATIE, 1)))
    shown = veiligheid(*arguments)
    assert_one_line(shown)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["goed.csv", "goed.txt"]


@pytest.mark.parametrize("command", ["deliver", "deliveries", "check"])
def test_help_is_dutch(command: str) -> None:
    shown = veiligheid(command, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert not re.search(r"Usage|Options|Arguments|Show this|list\[|TEXT|PATH", shown.out), shown.out


def test_the_ways_to_name_a_delivery(land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    first = land.put(LOCATIE, "2020-01", b"", "leeg")
    land.put(LOCATIE, "2020-02", b"", "leeg")
    elsewhere = land.root / "elders" / LOCATIE / "2020-03.leeg"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"")
    monkeypatch.chdir(land.root / "inbox")
    assert land.deliver(first, first, Path(LOCATIE) / "2020-01.leeg").code == 0
    assert [d["month"] for d in land.ledger()] == ["2020-01"]
    assert land.deliver(Path("landelijk_netwerk"), Path(".")).code == 0
    assert land.deliver(land.root / "elders" / "..", elsewhere).code == 2
    assert land.deliver(elsewhere).code == 0
    assert [d["month"] for d in land.ledger()] == ["2020-01", "2020-02", "2020-03"]


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "2024-03.leeg"
    path.write_bytes(b"")
    for place in (path, path / "onder"):
        shown = veiligheid("check", str(path), *ASKED, "--month", "2024-03", "--report", str(place))
        assert_one_line(shown)
        assert "Geaccepteerd: er zijn deze maand geen records." in shown.out
        assert shown.err.startswith(f"Het verslag kon niet worden geschreven in '{place}': ")


def test_a_ledger_that_is_none(land: Land) -> None:
    (land.root / "ledger.sqlite").write_bytes(b"geen register" * 100)
    land.put(LOCATIE, "2020-01", b"", "leeg")
    for arguments in (["deliver"], ["deliveries"], ["deliveries", "--json"]):
        assert_one_line(veiligheid("--home", str(land.root), *arguments))


def test_an_empty_home(land: Land) -> None:
    assert land.ledger() == []
    assert veiligheid("--home", str(land.root), "deliveries").code == 0
    assert_one_line(land.deliver())
    shown = land.deliver(land.root / "nergens.csv")
    assert shown.code == 2 and "nergens.csv" in shown.out + shown.err


def test_the_home_comes_from_the_environment_too(land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    land.put(STATUS, "2020-01", b"", "leeg")
    land.put(RESULTAAT, "2020-01", b"", "leeg")
    monkeypatch.setenv("VEILIGHEID_HOME", str(land.root))
    assert veiligheid("deliver", str(land.root / "inbox" / RESULTAAT)).code == 0
    assert [d["feed"] for d in json.loads(veiligheid("deliveries", "--json").out)] == ["resultaten"]
    assert veiligheid("deliver").code == 0
    assert len(land.ledger()) == 2
