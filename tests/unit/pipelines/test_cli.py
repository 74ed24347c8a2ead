"""The command line: Dutch, one clear line for what goes wrong, and the right exit status."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_inbox import HEADER, LOCATIES, drop, locaties

from data_contracts.loader import contracts
from pipelines import cli, console, storage
from pipelines import deliver as road
from pipelines.errors import UserError
from pipelines.home import Home

pytestmark = pytest.mark.usefixtures("without_suite")
COMMANDS = (
    *("demo", "synthesize", "check", "deliver", "expected", "deliveries"),
    *("compute", "publish", "run", "backfill", "explain", "difference", "verify", "dashboard", "dagster"),
)
ENGLISH = re.compile(r"\b(usage|options|arguments|commands|show|exit|default|required|error|invalid|missing)\b", re.I)
FILE = f"{LOCATIES}/2024-01.csv"
PARTNERS = "landelijk_netwerk, openbaar_ministerie, politie, raad_voor_de_kinderbescherming, reclassering, veilig_thuis"

Output = pytest.CaptureFixture[str]


def failed(capsys: Output, *arguments: str | Path) -> str:
    """The one line that a wrong command line gives."""
    assert cli.run([str(a) for a in arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"[^\n]+\n", shown.err)
    assert "Traceback" not in shown.err
    return shown.err.strip()


def done(capsys: Output, *arguments: str | Path, code: int = 0) -> str:
    assert cli.run([str(a) for a in arguments]) == code
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


@pytest.mark.parametrize("command", [(), *((c,) for c in COMMANDS)])
def test_help_is_dutch(capsys: Output, command: tuple[str, ...]) -> None:
    text = done(capsys, *command, "--help")
    assert text.startswith("Gebruik: veiligheid")
    words = re.sub(r"--[a-z-]+", "", text)
    assert ENGLISH.findall(words) == []


def test_help_names_every_command(capsys: Output) -> None:
    text = done(capsys, "--help")
    assert [c for c in COMMANDS if re.search(rf"^  {c} ", text, re.M)] == list(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Er is geen opdracht genoemd. Zie: veiligheid --help"),
        (("leveren",), "De opdracht 'leveren' bestaat niet. Zie: veiligheid --help"),
        (("deliver", "--snel"), "De optie --snel bestaat niet. Zie: veiligheid deliver --help"),
        (("-z",), "De optie -z bestaat niet. Zie: veiligheid --help"),
        (("deliver", "--home"), "Bij de optie --home hoort een waarde. Zie: veiligheid --help"),
        (("run", "x"), "'x' hoort hier niet. Zie: veiligheid run --help"),
        (("check",), "BESTAND ontbreekt. Zie: veiligheid check --help"),
        (("check", "x.csv"), "De optie --partner ontbreekt. Zie: veiligheid check --help"),
        (("synthesize",), "De optie --to ontbreekt. Zie: veiligheid synthesize --help"),
        (("demo", "--years", "veel"), "De waarde bij --years is geen geheel getal. Zie: veiligheid demo --help"),
        (("demo", "--years", "11"), "De waarde bij --years is hooguit 10. Zie: veiligheid demo --help"),
        (("demo", "--scale", "0"), "De waarde bij --scale is ten minste 0.001. Zie: veiligheid demo --help"),
        (("demo", "--scale", "half"), "De waarde bij --scale is geen getal. Zie: veiligheid demo --help"),
        (
            ("demo", "--no-dashboard=1"),
            "Bij de optie --no-dashboard hoort geen waarde. Zie: veiligheid --help",
        ),
        (
            ("synthesize", "--to", "x", "--from", "2019"),
            "--from: '2019' is geen maand; verwacht JJJJ-MM, bijvoorbeeld 2024-03.",
        ),
    ],
)
def test_a_wrong_command_line_is_one_dutch_line(capsys: Output, arguments: tuple[str, ...], said: str) -> None:
    assert failed(capsys, *arguments) == said


@pytest.mark.parametrize("command", ["compute", "publish"])
def test_a_wrong_month_is_one_dutch_line(capsys: Output, home: Home, command: str) -> None:
    for month in ("2024-13", "2024", "maart", ""):
        assert "is geen maand; verwacht JJJJ-MM" in failed(capsys, command, "--home", home.root, "--until", month)
    assert failed(capsys, command, "--home", home.root, "--until", "2999-01").endswith("ligt in de toekomst.")


@pytest.mark.parametrize(
    "command", ["deliver", "expected", "deliveries", "compute", "publish", "run", "dashboard", "dagster"]
)
def test_a_missing_home_is_one_dutch_line(capsys: Output, tmp_path: Path, command: str) -> None:
    said = failed(capsys, command, "--home", tmp_path / "weg")
    assert said.startswith(f"De map met gegevens '{tmp_path}/weg' bestaat niet.")
    assert not (tmp_path / "weg").exists()


def test_the_home_can_be_named_in_four_ways(
    capsys: Output, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = "Het register is leeg: er is nog niets geleverd.\n"
    assert done(capsys, "--home", home.root, "deliveries") == empty
    assert done(capsys, "deliveries", "--home", home.root) == empty
    assert done(capsys, "--home", tmp_path / "weg", "deliveries", "--home", home.root) == empty
    monkeypatch.setenv("VEILIGHEID_HOME", str(home.root))
    assert done(capsys, "deliveries") == empty
    assert "weg' bestaat niet" in failed(capsys, "--home", tmp_path / "weg", "deliveries")
    monkeypatch.delenv("VEILIGHEID_HOME")
    monkeypatch.chdir(tmp_path)
    assert "var' bestaat niet" in failed(capsys, "deliveries")
    (tmp_path / "var").mkdir()
    assert done(capsys, "deliveries") == empty


def test_no_inbox_and_an_empty_inbox(capsys: Output, home: Home) -> None:
    for command in ("deliver", "run"):
        assert "staat geen levering" in failed(capsys, command, "--home", home.root)
    home.inbox.rmdir()
    for command in ("deliver", "run"):
        assert failed(capsys, command, "--home", home.root).startswith("Er is geen inbox")


def test_deliver_says_what_became_of_everything(capsys: Output, home: Home) -> None:
    drop(home, FILE, locaties("a", "b"))
    text = done(capsys, "deliver", "--home", home.root)
    assert text == (
        "Leveringen: 1 geaccepteerd.\n"
        "Rijen daarvan: 2, waarvan 2 geaccepteerd en 0 in quarantaine. Waarschuwingen: 0.\n"
    )
    assert done(capsys, "deliver", "--home", home.root) == "Leveringen: 1 bekeken, geen enkele nieuw of veranderd.\n"
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("a", "b", "c", "d", broken=1))
    text = done(capsys, "deliver", "--home", home.root, code=1)
    assert "4 geaccepteerd en 1 in quarantaine" in text and "veiligheid deliveries" in text
    drop(home, f"{LOCATIES}/2024-03.csv", HEADER)
    text = done(capsys, "deliver", "--home", home.root, code=2)
    assert text.startswith(f"Geweigerd: {LOCATIES} 2024-03\n    leeg: ")
    text = done(capsys, "deliver", "--home", home.root, code=2)
    assert text.startswith(f"Geweigerd: {LOCATIES} 2024-03 (al eerder; het bestand is niet veranderd)\n    leeg: ")


def test_deliver_says_what_is_wrong_and_what_helps(capsys: Output, home: Home) -> None:
    contract = contracts()[LOCATIES]
    drop(home, f"{LOCATIES}/2024-01.csv", locaties(*"abcd", broken=1))
    drop(home, f"{LOCATIES}/2024-02.csv", locaties(*"abcdefgh", broken=2))
    drop(home, f"{LOCATIES}/2024-03.csv", HEADER)
    lines = done(capsys, "deliver", "--home", home.root, code=2).splitlines()
    wrong = contract.rule("vt_regio_waarde").message
    empty = contract.rule("leeg")
    assert lines[:5] == [
        f"Geweigerd: {LOCATIES} 2024-03",
        f"    leeg: {empty.message} {empty.remedy}",
        f"In quarantaine: {LOCATIES} 2024-02: 2 rijen, het vaakst: 2 records: {wrong}",
        f"In quarantaine: {LOCATIES} 2024-01: 1 rij, het vaakst: 1 record: {wrong}",
        f"Welke records? {console.CHECK}",
    ]
    register = done(capsys, "deliveries", "--problems", "--home", home.root)
    assert f"        vt_regio_waarde: 2 records: {wrong}\n" in register
    assert f"        leeg: {empty.message}\n" in register


def test_deliver_names_a_few_of_many(capsys: Output, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "SHOWN", 1)
    for month in (1, 2, 3):
        drop(home, f"{LOCATIES}/2024-0{month}.csv", locaties(*"abcd", broken=1))
        drop(home, f"{LOCATIES}/2023-0{month}.csv", HEADER)
    text = done(capsys, "deliver", "--home", home.root, code=2)
    assert text.count("Geweigerd: ") == text.count("In quarantaine: ") == 1
    assert f"    en nog 2 leveringen geweigerd: {console.PROBLEMS}\n" in text
    assert f"    en nog 2 leveringen met rijen in quarantaine: {console.PROBLEMS}\n" in text


def test_a_partner_that_does_not_exist(capsys: Output, home: Home) -> None:
    said = failed(capsys, "deliveries", "--partner", "politei", "--home", home.root)
    assert said == f"De partner 'politei' kennen wij niet. Kies uit: {PARTNERS}."
    assert "is leeg" in done(capsys, "deliveries", "--partner", "politie", "--home", home.root)


def test_strays_are_all_named_and_cost_the_status(capsys: Output, home: Home) -> None:
    drop(home, FILE, locaties("a"))
    for i in range(30):
        drop(home, f"gemeente-{i}/x.csv")
    drop(home, "politie/inzet/\x1b[2J.csv")
    text = done(capsys, "deliver", "--home", home.root, code=2)
    assert text.count("Overgeslagen: 'gemeente-") == 30
    assert "Overgeslagen: 'politie/inzet/\\x1b[2J.csv': heet niet zoals verwacht" in text
    assert "1 geaccepteerd" in text
    assert "Overgeslagen: '/weg/x.csv': bestaat niet." in done(
        capsys, "deliver", "/weg/x.csv", "--home", home.root, code=2
    )


def test_deliver_takes_named_paths(capsys: Output, home: Home, tmp_path: Path) -> None:
    drop(home, FILE, locaties("a"))
    other = tmp_path / "usb" / f"{LOCATIES}/2024-02.csv"
    other.parent.mkdir(parents=True)
    other.write_text(locaties("b"))
    assert "1 geaccepteerd" in done(capsys, "--home", home.root, "deliver", other)
    assert [d["month"] for d in json.loads(done(capsys, "--home", home.root, "deliveries", "--json"))] == ["2024-02"]
    (tmp_path / "niets").mkdir()
    assert "staat geen levering" in failed(capsys, "--home", home.root, "deliver", tmp_path / "niets")


def test_deliveries_as_json_are_exactly_this(capsys: Output, home: Home) -> None:
    drop(home, f"{LOCATIES}/2024-02.csv", locaties("a", "b", "c", "d", broken=1))
    drop(home, FILE, HEADER)
    drop(home, "politie/inzet/2024-01.leeg")
    done(capsys, "deliver", "--home", home.root, code=2)
    drop(home, FILE, locaties("a"))
    done(capsys, "deliver", "--home", home.root)
    found = json.loads(done(capsys, "deliveries", "--json", "--home", home.root))
    keys = ["partner", "feed", "month", "number", "sha256", "verdict"]
    counts = ["rows_in", "rows_accepted", "rows_quarantined"]
    assert all(list(d) == [*keys, *counts, "findings"] for d in found)
    assert [(d["partner"], d["feed"], d["month"], d["number"], d["verdict"]) for d in found] == [
        ("landelijk_netwerk", "praktijklocaties", "2024-01", 1, "refused"),
        ("landelijk_netwerk", "praktijklocaties", "2024-01", 2, "accepted"),
        ("landelijk_netwerk", "praktijklocaties", "2024-02", 1, "accepted"),
        ("politie", "inzet", "2024-01", 1, "accepted"),
    ]
    assert [list(f) for d in found for f in d["findings"]] == [["code", "level", "rows", "message"]] * 2
    assert [[d[c] for c in counts] for d in found] == [[0, 0, 0], [1, 1, 0], [5, 4, 1], [0, 0, 0]]
    text = done(capsys, "deliveries", "--home", home.root)
    assert re.search(r" 2024-02 +1 +geaccepteerd +5 +4 +1\n +vt_regio\w*: 1 rij", text)


def test_check_gives_the_same_verdict_and_stores_nothing(capsys: Output, home: Home, tmp_path: Path) -> None:
    options = ("--partner", "landelijk_netwerk", "--feed", "praktijklocaties", "--month", "2024-01")
    file = tmp_path / "mijn bestand [1].csv"
    for content, code in ((locaties("a"), 0), (locaties("a", "b", "c", "d", broken=1), 1), (HEADER, 2)):
        file.write_text(content)
        assert "Praktijklocaties" in done(capsys, "check", file, *options, "--home", home.root, code=code)
    assert done(capsys, "check", file, *options, "--report", tmp_path / "verslag", code=2).rstrip().endswith(".json.")
    written = {p.suffix: p for p in (tmp_path / "verslag").iterdir()}
    assert set(written) == {".json", ".xlsx"}
    assert json.loads(written[".json"].read_text())["verdict"] == "refused"
    assert [p.name for p in home.root.iterdir()] == ["inbox"]


def test_a_failed_report_does_not_cost_the_verdict(
    capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--partner", "landelijk_netwerk", "--feed", "praktijklocaties", "--month", "2024-01")
    file = tmp_path / "x.csv"
    file.write_text(locaties("a"))
    folder = tmp_path / "verslag"

    def full(source: Path, _: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(source))

    monkeypatch.setattr(storage, "rename", full)
    assert cli.run(["check", str(file), *options, "--report", str(folder)]) == 2
    shown = capsys.readouterr()
    assert "Geaccepteerd: alle records zijn in orde." in shown.out and "Het verslag staat" not in shown.out
    assert shown.err == f"Het verslag kon niet worden geschreven in '{folder}': de schijf is vol.\n"


def test_check_names_records_of_a_parquet_file(capsys: Output, tmp_path: Path) -> None:
    options = ("--partner", "landelijk_netwerk", "--feed", "praktijklocaties", "--month", "2024-01")
    moment = pa.array([date(2024, 1, 1)] * 5)
    columns = {"locatie_id": [*"abcde"], "vt_regio": ["utrecht"] * 4 + ["nergens"], "vanaf": moment}
    table = pa.table({**columns, "tot": pa.nulls(5, pa.date32()), "vervallen": [False] * 5})
    pq.write_table(table, tmp_path / "x.parquet")
    assert "  Waar: record 5 (e)\n" in done(capsys, "check", tmp_path / "x.parquet", *options, code=1)


def test_check_refuses_what_can_not_be_asked(capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.touch()

    def said(place: Path, partner: str = "politie", feed: str = "inzet", month: str = "2024-01") -> str:
        return failed(capsys, "check", place, "--partner", partner, "--feed", feed, "--month", month)

    assert said(file, partner="VT") == f"De partner 'VT' kennen wij niet. Kies uit: {PARTNERS}."
    assert said(file, feed="inzt") == "De levering 'inzt' van politie kennen wij niet. Kies uit: incidenten, inzet."
    assert said(file, month="2024-00").startswith("--month: '2024-00' is geen maand")
    assert said(file, month="2999-01") == "--month 2999-01 gaat over een maand in de toekomst."
    assert "bestaat niet" in said(tmp_path / "weg.csv")
    file.rename(tmp_path / "x.CSV")
    assert "moet eindigen op .csv, .parquet of .leeg" in said(tmp_path / "x.CSV")


def test_an_unexpected_error_shows_no_text_of_its_own(
    capsys: Output, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(home, FILE, locaties("a"))

    def breaks(*_: object, **__: object) -> None:
        raise KeyError("Jan Jansen")

    monkeypatch.setattr(road, "deliver", breaks)
    said = failed(capsys, "deliver", "--home", home.root)
    assert said == "Er ging iets mis in het systeem zelf (KeyError). Zet VEILIGHEID_DEBUG=1 voor de details."
    monkeypatch.setenv("VEILIGHEID_DEBUG", "1")
    assert cli.run(["deliver", "--home", str(home.root)]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/x/y"), "Lezen of schrijven lukt niet: geen toestemming ('/x/y')."),
        (OSError(28, "No space left on device"), "Lezen of schrijven lukt niet: de schijf is vol."),
        (UserError("Zo is het.\n Echt."), "Zo is het. Echt."),
        (KeyboardInterrupt(), "Afgebroken."),
    ],
)
def test_known_errors_are_said_in_dutch(
    capsys: Output, home: Home, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    drop(home, FILE, locaties("a"))

    def breaks(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(road, "deliver", breaks)
    assert failed(capsys, "deliver", "--home", home.root) == said


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from pipelines import cli; cli.run(['--help']);"
        "print(sorted({'duckdb', 'polars', 'pyarrow', 'dagster', 'streamlit', 'sqlalchemy', 'numpy', 'yaml',"
        " 'great_expectations', 'rich'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


def test_output_survives_a_reader_that_left(home: Home) -> None:
    (home.inbox / "x").touch()
    code = "from pipelines.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "deliver", "--home", str(home.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 2


def test_what_partners_owe_is_shown_by_partner_and_as_a_reminder(
    capsys: Output, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    netwerk = "Het landelijk netwerk levert als er iets te melden is; die leveringen hebben geen leverdag."
    assert done(capsys, "expected", "--home", home.root).startswith("Er is nog niets geleverd;")
    drop(home, "politie/inzet/2024-03.leeg")
    done(capsys, "deliver", "--home", home.root)
    monkeypatch.setattr(cli, "_today", lambda: date(2024, 5, 16))
    lines = done(capsys, "expected", "--home", home.root).splitlines()
    assert lines[0] == "Stand op 16 mei 2024" and lines[-1] == netwerk
    politie = lines[lines.index("politie") + 1 :]
    assert [line.split()[0:3] for line in politie[:2]] == [["te", "laat", "incidenten"], ["te", "laat", "inzet"]]
    assert politie[1].endswith("leverdag 15 mei 2024")
    assert politie[3].split() == ["geleverd", "inzet", "maart", "2024"]
    one = done(capsys, "expected", "--home", home.root, "--partner", "reclassering")
    assert "reclassering\n" in one and "politie" not in one and netwerk not in one
    assert done(capsys, "expected", "--home", home.root, "--partner", "landelijk_netwerk") == f"{netwerk}\n"
    assert f"Kies uit: {PARTNERS}." in failed(capsys, "expected", "--home", home.root, "--partner", "x")
    reminders = done(capsys, "expected", "--home", home.root, "--reminder")
    assert reminders.count("Herinnering aan:") == 5
    assert "Herinnering aan: politie\n" in done(
        capsys, "expected", "--home", home.root, "--partner", "politie", "--reminder"
    )
    (home.root / "inbox-waarheid.json").touch()
    assert "Deze partners zijn verzonnen" in done(capsys, "expected", "--home", home.root)


def test_without_anything_late_no_reminder_is_needed(capsys: Output, home: Home) -> None:
    assert done(capsys, "expected", "--home", home.root, "--reminder") == (
        "Er is niets te laat: een herinnering is niet nodig.\n"
    )


def test_figures_and_days_are_dutch() -> None:
    assert console.number(1234567) == "1.234.567"
    assert console.day("2021-12-31") == "31 december 2021"
