"""What ``deliver``, ``deliveries`` and ``check`` make of a hostile partner: specification, sections 2 and 6, as a black box."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hostile import (
    GEZIN,
    GOOD,
    KEY,
    PARTNERS,
    Land,
    Shown,
    assert_one_line,
    csv_bytes,
    good_row,
    good_rows,
    parquet_bytes,
    table,
    veiligheid,
)
from hostile_files import File, all_files
from hostile_rows import INCIDENT, LOCATIE, MELDING, ONE, RESULTAAT, STATUS, Case, all_cases

CASES = all_cases()
FILES = all_files()
VOLUME = "reclassering/inzet"
KEYS = {
    *("partner", "feed", "month", "number", "sha256", "verdict"),
    *("rows_in", "rows_accepted", "rows_quarantined", "findings"),
}


@dataclass(frozen=True)
class World:
    """Everything delivered at once. ``places``: the months of ``FILES``; ``rij``: the record numbers of ``CASES``."""

    land: Land
    shown: Shown
    places: dict[int, str]
    rij: dict[int, list[int]]
    ledger: dict[tuple[str, str], dict]
    accepted: dict[tuple[str, str], dict[int, dict]]
    quarantined: dict[tuple[str, str], dict[int, dict]]


def rows_of(cases: list[tuple[int, Case]], feed: str) -> tuple[list[dict], dict[int, list[int]]]:
    """The rows of the cases of one delivery, then so many good ones that 20% is far away."""
    rows: list[dict] = []
    rij: dict[int, list[int]] = {}
    bad = 0
    for number, case in cases:
        rij[number] = [len(rows) + 1 + place for place in range(len(case.rows))]
        rows += [good_row(feed, len(rows) + place, **changes) for place, changes in enumerate(case.rows)]
        bad += case.kept.count(False)
    rows += [good_row(feed, len(rows) + place) for place in range(6 * bad)]
    return rows, rij


def put_volumes(land: Land) -> None:
    """Twelve ordinary months, a month of three times as much, and an ordinary one in which one record changed gezin."""
    for number in range(14):
        rows = good_rows(VOLUME, 60 if number == 12 else 20 + number % 3)
        if number == 13:
            rows[0]["gezin"] = "b" * 26
        land.put(VOLUME, f"{2010 + number // 12}-{number % 12 + 1:02d}", csv_bytes(VOLUME, rows))


def put_references(land: Land) -> None:
    land.put(INCIDENT, "2012-05", csv_bytes(INCIDENT, [good_row(INCIDENT, 0, registratie_id="PL-bekend")]))
    known = ("PL-bekend", "PL-kanarie", "")
    rows = [good_row(MELDING, number, politie_registratie_id=value) for number, value in enumerate(known)]
    rows.append(good_row(MELDING, 4, politie_registratie_id="PL-bekend", gezin="b" * 26))
    land.put(MELDING, "2012-05", csv_bytes(MELDING, rows))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    land = Land(tmp_path_factory.mktemp("vijandig"))
    by_delivery: dict[tuple[str, str], list[tuple[int, Case]]] = defaultdict(list)
    for number, case in enumerate(CASES):
        by_delivery[case.feed, case.month].append((number, case))
    rij: dict[int, list[int]] = {}
    for (feed, month), cases in by_delivery.items():
        rows, numbers = rows_of(cases, feed)
        rij |= numbers
        land.put(feed, month, csv_bytes(feed, rows))
    places = {}
    for number, file in enumerate(FILES):
        places[number] = land.free_month(file.feed)
        land.put(file.feed, places[number], file.content, file.extension)
    for feed in GOOD:
        land.put(feed, "2022-01", csv_bytes(feed, [good_row(feed, 99990)]))
        land.put(feed, "2022-02", b"", "leeg")
    put_volumes(land)
    put_references(land)
    shown = land.deliver()
    ledger = {(f"{d['partner']}/{d['feed']}", d["month"]): d for d in land.ledger()}
    stored = {
        which: {place: {row["rij"]: row for row in land.stored(*place, which)} for place in ledger}
        for which in ("accepted", "quarantine")
    }
    return World(land, shown, places, rij, ledger, stored["accepted"], stored["quarantine"])


def test_the_world_is_taken_without_a_crash(world: World) -> None:
    assert "Mislukt" not in world.shown.out, world.shown.out
    assert (world.shown.code, world.shown.err) == (2, "")


def test_rows_in_is_always_accepted_plus_quarantined(world: World) -> None:
    for place, d in world.ledger.items():
        assert d["rows_in"] == d["rows_accepted"] + d["rows_quarantined"], place
        assert d["verdict"] in ("accepted", "refused")
        if d["verdict"] == "refused":
            assert d["rows_accepted"] == 0, place
            assert [f for f in d["findings"] if f["level"] == "levering"], place
        else:
            assert not [f for f in d["findings"] if f["level"] == "levering"], place
            assert len(world.accepted[place]) == d["rows_accepted"], place
            assert len(world.quarantined[place]) == d["rows_quarantined"], place


def test_the_ledger_as_json(world: World) -> None:
    for d in world.land.ledger():
        assert set(d) == KEYS
        assert re.fullmatch("[0-9a-f]{64}", d["sha256"]) and d["number"] == 1
        for f in d["findings"]:
            assert set(f) == {"code", "level", "rows", "message"}
            assert f["level"] in ("levering", "rij", "waarschuwing") and f["message"] and "\n" not in f["message"]
    inbox = {p for p in (world.land.root / "inbox").rglob("*") if p.is_file()}
    assert len(inbox) == len(world.ledger)
    for path in inbox:
        d = world.ledger["/".join(path.parts[-3:-1]), path.stem]
        assert d["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), path


def test_findings_count_the_rows_that_broke_the_rule(world: World) -> None:
    for place, d in world.ledger.items():
        if d["verdict"] == "accepted":
            counted: dict[str, int] = defaultdict(int)
            for row in world.quarantined[place].values():
                assert row["redenen"], place
                for code in set(row["redenen"]):
                    counted[code] += 1
            assert counted == {f["code"]: f["rows"] for f in d["findings"] if f["level"] == "rij"}, place


@pytest.mark.parametrize("feed", list(GOOD))
def test_the_smallest_file_of_every_feed(world: World, feed: str) -> None:
    d = world.ledger[feed, "2022-01"]
    assert (d["verdict"], d["rows_in"], d["rows_accepted"]) == ("accepted", 1, 1), d["findings"]
    d = world.ledger[feed, "2022-02"]
    assert (d["verdict"], d["rows_in"], d["rows_accepted"], d["rows_quarantined"]) == ("accepted", 0, 0, 0)


GROUPS = sorted({(case.feed, case.name.split(" {")[0]) for case in CASES})


@pytest.mark.parametrize(("feed", "topic"), GROUPS, ids=[f"{feed}: {topic}" for feed, topic in GROUPS])
def test_rows(world: World, feed: str, topic: str) -> None:
    wrong = []
    for number, case in enumerate(CASES):
        if (case.feed, case.name.split(" {")[0]) != (feed, topic):
            continue
        place = (case.feed, case.month)
        if world.ledger[place]["verdict"] != "accepted":
            pytest.fail(f"{place} was refused as a whole: {world.ledger[place]['findings']}")
        kept = [rij in world.accepted[place] for rij in world.rij[number]]
        if kept != list(case.kept):
            reasons = [world.quarantined[place].get(rij, {}).get("redenen") for rij in world.rij[number]]
            wrong.append(f"{case.name}: expected kept {list(case.kept)}, got {kept} {reasons}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", range(len(FILES)), ids=[str(file).encode("unicode_escape").decode() for file in FILES])
def test_files(world: World, number: int) -> None:
    file: File = FILES[number]
    d = world.ledger[file.feed, world.places[number]]
    found = (d["verdict"], d["rows_in"], d["rows_accepted"], d["rows_quarantined"])
    assert found == file.expected, d["findings"]
    codes = {f["code"] for f in d["findings"]}
    assert file.code is None or file.code in codes, d["findings"]


def test_text_is_kept_byte_for_byte(world: World) -> None:
    for number, case in enumerate(CASES):
        place = (case.feed, case.month)
        if world.ledger[place]["verdict"] == "accepted":
            for changes, kept, rij in zip(case.rows, case.kept, world.rij[number], strict=True):
                for column in {"toelichting", "titel", "vindplaats", "naam", *KEY.values()} & set(changes):
                    if kept and rij in world.accepted[place]:
                        text = changes[column]
                        assert world.accepted[place][rij][column] == (text if text.strip() else None), ascii(text)
    places = {str(file): (file.feed, world.places[number]) for number, file in enumerate(FILES)}
    stored = world.accepted[places["regio_status.parquet: text is kept"]]
    assert stored[1]["toelichting"] == 'a"b,c\nd\r\ne\u202e'
    assert world.accepted[places["regio_status.parquet: empty string is missing"]][1]["toelichting"] is None


def test_moments_are_stored_in_utc(world: World) -> None:
    for number, case in enumerate(CASES):
        text = case.rows[0].get("zorgmelding_op", "")
        if case.feed == INCIDENT and case.kept == (True,) and text:
            row = world.accepted[case.feed, case.month].get(world.rij[number][0])
            expected = datetime.fromisoformat(text).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
            assert row and row["zorgmelding_op"] == expected, text


def test_warnings_keep_the_row(world: World) -> None:
    warned = {
        place: {f["code"]: f["rows"] for f in d["findings"] if f["level"] == "waarschuwing"}
        for place, d in world.ledger.items()
    }
    assert [month for (feed, month), codes in warned.items() if feed == VOLUME and "volume" in codes
            and month.startswith("201")] == ["2011-01"]  # fmt: skip
    assert {place: codes["gezin_gewijzigd"] for place, codes in warned.items() if "gezin_gewijzigd" in codes
            and place[0] == VOLUME} == {(VOLUME, "2011-02"): 1}  # fmt: skip
    assert warned[MELDING, "2012-05"].get("politie_registratie_onbekend") == 2
    assert world.ledger[MELDING, "2012-05"]["rows_accepted"] == 4
    assert world.ledger[VOLUME, "2011-02"]["rows_quarantined"] == 0


def test_nothing_a_partner_wrote_is_repeated(world: World) -> None:
    said = world.shown.out + world.shown.err + world.land.everything_said()
    found = re.findall(r"zq[0-9]{5}x|(?i:kanarie)[^,. ]*|111222333|12345672|417164300|NL91|31415926|voorbeeld\.nl", said)
    assert not found, sorted(set(found))[:20]
    assert GEZIN not in said and "zqgezin" not in said
    for text in (*(t for f in FILES if "hit: " in f.name for t in [f.name.split("hit: ")[1]] if len(t) > 9), "2024-02-30"):
        assert text not in said, text


# --- Redelivery, exit status -----------------------------------------------------------------------------------------


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


def test_the_exit_status_is_the_worst(land: Land) -> None:
    land.put(LOCATIE, "2020-01", b"", "leeg")
    assert land.deliver().code == 0
    bad = [*good_rows(LOCATIE, 9), good_row(LOCATIE, 9, vanaf="kanarie")]
    one = land.put(LOCATIE, "2020-02", csv_bytes(LOCATIE, bad))
    land.put(LOCATIE, "2020-03", b"", "leeg")
    land.put(LOCATIE, "2020-04", b"kanarie")
    assert land.deliver(one, land.root / "inbox" / LOCATIE / "2020-01.leeg").code == 1
    assert land.deliver().code == 2


# --- What the layout does not know -----------------------------------------------------------------------------------


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


# --- check -----------------------------------------------------------------------------------------------------------

CHECKED = (
    *("praktijklocaties.csv: 1 of 5", "praktijklocaties.csv: 2 of 5", "praktijklocaties.csv: bom"),
    *("praktijklocaties.csv: header only", "praktijklocaties.csv: zero bytes", "praktijklocaties.leeg: empty"),
    *("praktijklocaties.parquet: damaged: csv", "praktijklocaties.csv: 10 bsn", "praktijklocaties.csv: header: tabs"),
    *("regio_status.csv: hit: BSN 111222333", "praktijklocaties.parquet: extra column"),
)


@pytest.mark.parametrize("name", CHECKED)
def test_check_gives_the_same_verdict_and_stores_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number, file = next((n, f) for n, f in enumerate(FILES) if str(f) == name)
    partner, feed = file.feed.split("/")
    work = tmp_path / "werk"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("VEILIGHEID_HOME", raising=False)
    path = tmp_path / f"mijn bestand.{file.extension}"
    path.write_bytes(file.content)
    month = world.places[number]
    shown = veiligheid("check", str(path), "--partner", partner, "--feed", feed, "--month", month,
                       "--report", str(tmp_path / "verslag"))  # fmt: skip
    verdict, _, _, quarantined = file.expected
    assert (shown.code, shown.err) == (2 if verdict == "refused" else min(1, quarantined), "")
    assert "Traceback" not in shown.out
    assert not re.search(r"zq[0-9]{5}x|kanarie|111222333", shown.out)
    assert list(work.iterdir()) == []
    made = sorted(p.suffix for p in (tmp_path / "verslag").iterdir())
    (report,) = (tmp_path / "verslag").glob("*.json")
    text = report.read_text()
    found = json.loads(text)
    d = world.ledger[file.feed, month]
    for key in ("verdict", "rows_in", "rows_accepted", "rows_quarantined"):
        assert found[key] == d[key], (key, found)
    ours = {(f["code"], f["level"], f["rows"]) for f in d["findings"] if f["level"] != "waarschuwing"}
    assert {(f["code"], f["level"], f["rows"]) for f in found["findings"] if f["level"] != "waarschuwing"} == ours
    assert not re.search(r"zq[0-9]{5}x|kanarie|111222333", text)
    assert made == [".json", ".xlsx"]


# --- Wrong questions -------------------------------------------------------------------------------------------------

ASKED = ("--partner", "landelijk_netwerk", "--feed", "praktijklocaties")


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
            "2024-13", "2024-00", "2024-3", "maart", "", "2024-03\n", "\uff12024-03", "2024-03-01", "2099-01", "0000-00",
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


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "2024-03.leeg"
    path.write_bytes(b"")
    for place in (path, path / "onder"):
        shown = veiligheid("check", str(path), *ASKED, "--month", "2024-03", "--report", str(place))
        assert_one_line(shown)


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
