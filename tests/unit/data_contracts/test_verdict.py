"""What follows for a delivery. The smallest feed stands for all where the feed does not matter."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from text_tables import BROKEN, MONTH, Row, codes, good_row, good_rows, judge, pending, reasons

from data_contracts import concerned, rows, verdict
from data_contracts.loader import contracts
from data_contracts.model import (
    HEADER_CODE,
    UNREADABLE_CODE,
    DoorResult,
    Finding,
    History,
    InternalError,
    LakeFile,
    Pending,
    Verdict,
)
from data_contracts.session import ROW_GROUP_SIZE
from indicators.calendar import add_months

SMALL = contracts()["landelijk_netwerk/praktijklocaties"]
INZET = contracts()["politie/inzet"]
MELDINGEN = contracts()["veilig_thuis/meldingen"]
INCIDENTEN = contracts()["politie/incidenten"]


@pytest.fixture
def without_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the comparison with Great Expectations, where a test is about something else."""
    monkeypatch.setattr(rows, "check_against_suite", lambda *_: None)


def bad(row: Row) -> Row:
    return {**row, "vervallen": "misschien"}


def statuses(found: Verdict) -> dict[str, tuple[str, int]]:
    return {item.code: (item.status, item.rows) for item in found.evaluations}


def test_a_good_delivery_is_accepted_with_typed_rows(tmp_path: Path) -> None:
    found = judge(INZET, good_rows(INZET, 3), tmp_path)
    assert (found.verdict, found.rows_in, found.rows_accepted, found.rows_quarantined) == ("accepted", 3, 3, 0)
    assert found.findings == ()
    assert all(item.passed for item in found.evaluations if item.level != "waarschuwing")
    assert found.accepted is not None
    with duckdb.connect() as con:
        accepted = con.read_parquet(str(found.accepted))
        types = dict(zip(accepted.columns, map(str, accepted.types), strict=True))
        first = accepted.limit(1).fetchall()[0]
    assert types == {
        "rij": "BIGINT",
        **dict.fromkeys(INZET.column_names, "VARCHAR"),
        "begonnen_op": "TIMESTAMP",
        "geeindigd_op": "TIMESTAMP",
        "uren": "DECIMAL(7,2)",
        "vervallen": "BOOLEAN",
    }
    assert list(types) == ["rij", *INZET.column_names]
    assert [str(value) for value in first[-4:]] == ["2021-03-08 12:00:00", "2021-03-08 14:00:00", "1.50", "False"]


def test_the_quarantine_holds_the_rows_as_they_came(tmp_path: Path) -> None:
    given = [good_row(INZET, 0), {**good_row(INZET, 1), "uren": "1,5", "wijze": "fax"}, BROKEN, *good_rows(INZET, 9, 2)]
    found = judge(INZET, given, tmp_path)
    table = pq.read_table(found.quarantine)
    assert table.column_names == ["rij", "regel", "ruw", *INZET.column_names, "redenen"]
    assert table.select(["rij", "regel", "ruw", "uren", "wijze", "redenen"]).to_pylist() == [
        {"rij": 2, "regel": 3, "ruw": None, "uren": "1,5", "wijze": "fax", "redenen": ["wijze_waarde", "uren_vorm"]},
        {"rij": 3, "regel": 4, "ruw": "een,twee", "uren": None, "wijze": None, "redenen": ["aantal_velden"]},
    ]
    assert pq.read_table(found.accepted)["rij"].to_pylist() == [1, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [(finding.code, finding.rows) for finding in found.findings] == [
        ("wijze_waarde", 1),
        ("uren_vorm", 1),
        ("aantal_velden", 1),
    ]
    assert "1,5" not in str(found.findings) and "fax" not in str(found.findings)


@pytest.mark.usefixtures("without_suite")
@pytest.mark.parametrize(("bad_rows", "expected"), [(20, "accepted"), (21, "refused")])
def test_more_than_a_fifth_in_quarantine(tmp_path: Path, bad_rows: int, expected: str) -> None:
    given = [bad(row) if i < bad_rows else row for i, row in enumerate(good_rows(SMALL, 100))]
    found = judge(SMALL, given, tmp_path)
    assert found.verdict == expected
    if expected == "refused":
        assert codes(found) == ["te_veel_quarantaine", "vervallen_vorm"]
        assert (found.rows_accepted, found.rows_quarantined, found.accepted, found.quarantine) == (0, 100, None, None)
        assert statuses(found)["te_veel_quarantaine"] == ("failed", 100)
        assert statuses(found)["vervallen_vorm"] == ("evaluated", 21)
        assert "21 van de 100 records" in found.findings[0].message
        assert [example.line for example in found.examples["vervallen_vorm"]] == [2, 3, 4, 5, 6]


def test_unreadable_and_header_and_empty(tmp_path: Path) -> None:
    unreadable = Finding(UNREADABLE_CODE, "levering", 0, "Geen UTF-8.")
    header = Finding(HEADER_CODE, "levering", 7, "Een kolom te veel.")
    deliveries = [
        Pending("2021-01", DoorResult(unreadable, None, 0, None)),
        Pending("2021-02", DoorResult(None, header, 7, None)),
        pending(SMALL, [], tmp_path, "2021-03"),
    ]
    found = verdict.judge(SMALL, deliveries, History(), tmp_path)
    assert [item.verdict for item in found] == ["refused"] * 3
    assert [codes(item) for item in found] == [[UNREADABLE_CODE], [HEADER_CODE], ["leeg"]]
    assert [(item.rows_in, item.rows_accepted, item.rows_quarantined) for item in found] == [
        (0, 0, 0),
        (7, 0, 7),
        (0, 0, 0),
    ]
    assert found[0].findings[0].message == "Geen UTF-8."
    # Nothing but the rules that could be judged may look passed.
    assert {item.code for item in found[0].evaluations if item.passed} == set()
    assert {item.code for item in found[1].evaluations if item.passed} == {UNREADABLE_CODE}
    assert {item.code for item in found[2].evaluations if item.passed} == {UNREADABLE_CODE, HEADER_CODE}
    assert statuses(found[0])[UNREADABLE_CODE] == ("failed", 0)


def test_a_declared_empty_month_is_accepted_with_no_rows(tmp_path: Path) -> None:
    (found,) = verdict.judge(INZET, [Pending(MONTH, DoorResult(None, None, 0, None))], History(), tmp_path)
    assert (found.verdict, found.rows_in, found.findings) == ("accepted", 0, ())
    full = judge(INZET, good_rows(INZET, 1), tmp_path)
    assert pq.read_table(found.accepted).num_rows == 0
    schemas = [pq.read_schema(item.accepted) for item in (found, full)]
    assert [(field.name, field.type) for field in schemas[0]] == [(field.name, field.type) for field in schemas[1]]
    assert pq.read_table(found.quarantine).num_rows == 0
    assert pq.read_schema(full.quarantine).names == pq.read_schema(found.quarantine).names
    assert {item.code for item in found.evaluations if item.passed} == {UNREADABLE_CODE}


@pytest.mark.usefixtures("without_suite")
def test_a_finding_from_outside_can_refuse(tmp_path: Path) -> None:
    refuses = Finding("dubbel_bestand", "levering", 0, "Twee bestanden voor deze maand.")
    warns = Finding("zelfde_bestand", "waarschuwing", 0, "Ook van een ander.")
    given = good_rows(SMALL, 2)
    first = pending(SMALL, given, tmp_path)
    found = verdict.judge(
        SMALL,
        [Pending(MONTH, first.door, (refuses,)), Pending(MONTH, first.door, (refuses,))],
        History(),
        tmp_path,
    )
    assert [(item.verdict, item.rows_in, item.rows_quarantined) for item in found] == [("refused", 2, 2)] * 2
    (found,) = verdict.judge(SMALL, [Pending(MONTH, first.door, (warns,))], History(), tmp_path)
    assert (found.verdict, found.findings) == ("accepted", (warns,))


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("functie", lambda i: f"{i:03d}@voorbeeld.example", "e-mailadressen"),
        ("functie", lambda i: f"06-1234{i:04d}", "telefoonnummers"),
        ("gezin", lambda i: f"1234AB{i + 1}", "postcodes met huisnummer"),
        ("wijze", lambda i: "NL91ABNA0417164300", "rekeningnummers (IBAN)"),
    ],
)
@pytest.mark.usefixtures("without_suite")
def test_a_column_of_identifiers_refuses_the_delivery(tmp_path: Path, column: str, value, kind: str) -> None:
    given = [{**row, column: value(i)} if i < 40 else row for i, row in enumerate(good_rows(INZET, 100))]
    found = judge(INZET, given, tmp_path)
    assert found.verdict == "refused"
    assert found.findings[0].code == "identificerende_kolom"
    assert found.findings[0].message.endswith(f"Het gaat om {column}: {kind}.")
    assert (found.rows_in, found.rows_accepted, found.rows_quarantined) == (100, 0, 100)
    shown = f"{found.findings} {found.evaluations} {found.examples}"
    assert not any(str(value(i)) in shown for i in range(40))


def bsn_like(count: int) -> list[str]:
    draw = random.Random(5)
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    found: list[str] = []
    while len(found) < count:
        digits = f"{draw.randrange(100_000_000, 1_000_000_000)}"
        if sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0:
            found.append(digits)
    return found


@pytest.mark.usefixtures("without_suite")
def test_bsn_among_other_ids_exceed_chance_and_are_never_repeated(tmp_path: Path) -> None:
    numbers = bsn_like(60)
    given = [{**row, "inzet_id": numbers[i]} if i < 60 else row for i, row in enumerate(good_rows(INZET, 600))]
    given[0] = {**given[0], "uren": "0"}
    found = judge(INZET, given, tmp_path)
    assert codes(found)[0] == "identificerende_kolom"
    assert not any(number in f"{found}" for number in numbers)
    assert found.examples["uren_niet_positief"][0].record is None


@pytest.mark.usefixtures("without_suite")
@pytest.mark.parametrize("step", [1, 12, 100])
def test_a_counter_as_id_is_no_column_of_identifiers(tmp_path: Path, step: int) -> None:
    given = [{**row, "inzet_id": str(202_100_000 + step * i)} for i, row in enumerate(good_rows(INZET, 800))]
    found = judge(INZET, given, tmp_path)
    assert (found.verdict, found.findings) == ("accepted", ())


@pytest.mark.usefixtures("without_suite")
def test_a_batch_is_judged_per_delivery(tmp_path: Path) -> None:
    """The same record in two months is no duplicate; twice in one month is."""
    twice = [good_row(SMALL, 0), good_row(SMALL, 0), *good_rows(SMALL, 10, 1)]
    deliveries = [
        pending(SMALL, good_rows(SMALL, 9), tmp_path, "2021-02"),
        pending(SMALL, twice, tmp_path, "2021-03"),
        pending(SMALL, good_rows(SMALL, 10), tmp_path, "2021-01"),
    ]
    found = verdict.judge(SMALL, deliveries, History(), tmp_path)
    assert [item.month for item in found] == ["2021-02", "2021-03", "2021-01"]
    assert [item.rows_quarantined for item in found] == [0, 2, 0]
    assert reasons(found[1]) == {1: {"locatie_id_dubbel"}, 2: {"locatie_id_dubbel"}}


@pytest.mark.usefixtures("without_suite")
def test_a_date_is_held_against_the_month_of_its_own_delivery(tmp_path: Path) -> None:
    row = {**good_row(INCIDENTEN, 0), "gemeld_op": "2021-03-31T23:59:59+02:00", "aanhouding_op": None}
    row |= {"vt_betrokken_op": None, "zorgmelding_op": None}
    others = [{**good_row(INCIDENTEN, i), **{k: row[k] for k in row if k != "registratie_id"}} for i in range(1, 9)]
    late = {**row, "gemeld_op": "2021-04-01T00:00:00+02:00"}
    deliveries = [pending(INCIDENTEN, [late, *others], tmp_path, month) for month in ("2021-03", "2021-04")]
    found = verdict.judge(INCIDENTEN, deliveries, History(), tmp_path)
    assert reasons(found[0]) == {1: {"gemeld_op_na_maand"}}
    assert reasons(found[1]) == {}


@pytest.mark.usefixtures("without_suite")
@pytest.mark.parametrize(("bad_rows", "bad_others"), [(100, 0), (0, 5)])
def test_same_input_same_bytes_alone_or_in_a_batch(tmp_path: Path, bad_rows: int, bad_others: int) -> None:
    given = [bad(row) if i < bad_rows else row for i, row in enumerate(good_rows(INZET, 900))]
    others = [bad(row) if i < bad_others else row for i, row in enumerate(good_rows(INZET, 50, 7000))]
    other = pending(INZET, others, tmp_path, "2021-11")
    digests = set()
    for batch in ([], [other], []):
        deliveries = [*batch, pending(INZET, given, tmp_path)]
        found = verdict.judge(INZET, deliveries, History(), tmp_path)[-1]
        assert found.accepted is not None and found.quarantine is not None
        digests.add(tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in (found.accepted, found.quarantine)))
    assert len(digests) == 1


def test_only_the_files_of_the_verdict_are_left(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    deliveries = [pending(SMALL, good_rows(SMALL, 2), tmp_path), pending(SMALL, [], tmp_path, "2021-11")]
    found = verdict.judge(SMALL, deliveries, History(), scratch)
    assert sorted(scratch.iterdir()) == sorted(filter(None, (found[0].accepted, found[0].quarantine)))


@pytest.mark.usefixtures("without_suite")
def test_a_path_with_pattern_signs_is_taken_literally(tmp_path: Path) -> None:
    scratch = tmp_path / "it's [1] *"
    scratch.mkdir()
    assert judge(SMALL, good_rows(SMALL, 2), scratch).rows_accepted == 2


def test_another_count_of_great_expectations_is_an_internal_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = good_rows(SMALL, 5)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(rows, "_predicate", lambda rule, contract: "false")
    with pytest.raises(InternalError, match="vervallen_vorm"):
        judge(SMALL, [*given, bad(good_row(SMALL, 9))], scratch)
    assert [path for path in scratch.iterdir() if "quarantine" in path.name or "accepted" in path.name] == []


def test_a_text_table_that_lost_rows_is_an_internal_error(tmp_path: Path) -> None:
    table = pending(SMALL, good_rows(SMALL, 2), tmp_path).door.table
    with pytest.raises(InternalError, match="lost rows"):
        verdict.judge(SMALL, [Pending(MONTH, DoorResult(None, None, 3, table))], History(), tmp_path)


@pytest.mark.usefixtures("without_suite")
def test_two_accepted_deliveries_of_a_month_are_an_internal_error(tmp_path: Path) -> None:
    one = pending(SMALL, good_rows(SMALL, 2), tmp_path)
    with pytest.raises(InternalError, match="two accepted"):
        verdict.judge(SMALL, [one, one], History(), tmp_path)


@pytest.mark.parametrize("month", ["2021-13", "2021-1", "21-01", "2021-01-01"])
def test_what_is_no_month_is_an_error(month: str) -> None:
    with pytest.raises(ValueError):
        verdict.month_end(month)


def test_the_last_day_of_a_month() -> None:
    assert [verdict.month_end(month) for month in ("2020-02", "2021-02", "2021-12")] == [
        "2020-02-29",
        "2021-02-28",
        "2021-12-31",
    ]


# Warnings


@pytest.mark.usefixtures("without_suite")
def test_a_volume_far_off_is_a_warning_and_the_batch_counts_as_history(tmp_path: Path) -> None:
    months = [add_months("2021-01", i) for i in range(8)]
    sizes = [20, 22, 21, 20, 19, 20, 80, 20]
    deliveries = [
        pending(SMALL, good_rows(SMALL, size), tmp_path, month) for month, size in zip(months, sizes, strict=True)
    ]
    found = verdict.judge(SMALL, deliveries, History(), tmp_path)
    assert [statuses(item)["volume"] for item in found[:6]] == [("not_applicable", 0)] * 6
    assert statuses(found[6])["volume"] == ("failed", 80)
    assert statuses(found[7])["volume"] == ("evaluated", 0)
    assert found[6].verdict == "accepted" and found[6].rows_accepted == 80
    (finding,) = found[6].findings
    assert (finding.code, finding.level, finding.rows) == ("volume", "waarschuwing", 80)


@pytest.mark.usefixtures("without_suite")
def test_a_refused_delivery_is_no_history(tmp_path: Path) -> None:
    volumes = {add_months("2020-01", i): 20 + i % 3 for i in range(12)}
    deliveries = [
        pending(SMALL, [bad(row) for row in good_rows(SMALL, 500)], tmp_path, "2021-01"),
        pending(SMALL, good_rows(SMALL, 20), tmp_path, "2021-02"),
    ]
    refused, accepted = verdict.judge(SMALL, deliveries, History(volumes=volumes), tmp_path)
    assert statuses(refused)["volume"] == ("not_applicable", 0)
    assert statuses(accepted)["volume"] == ("evaluated", 0)


@pytest.mark.usefixtures("without_suite")
def test_a_declared_empty_month_is_far_off_too(tmp_path: Path) -> None:
    volumes = {add_months("2020-01", i): 400 + i for i in range(6)}
    empty = [Pending(MONTH, DoorResult(None, None, 0, None))]
    (found,) = verdict.judge(SMALL, empty, History(volumes=volumes), tmp_path)
    assert (found.verdict, codes(found)) == ("accepted", ["volume"])
    assert not {item.code: item for item in found.evaluations}["volume"].passed


FAMILIES = ["a" * 26, "b" * 26, "c" * 26]


def inzet(number: int, family: str) -> Row:
    return {**good_row(INZET, number), "gezin": family}


@pytest.mark.usefixtures("without_suite")
def test_a_changed_gezin_against_history_and_batch(tmp_path: Path) -> None:
    old = judge(INZET, [inzet(1, FAMILIES[0]), inzet(2, FAMILIES[0])], tmp_path)
    assert old.accepted is not None
    before = tmp_path / "before.parquet"
    old.accepted.rename(before)
    assert statuses(old)["gezin_gewijzigd"] == ("not_applicable", 0)
    later = LakeFile("2022-06", before)
    deliveries = [
        # In February record 1 has moved; in March it stays and record 2 moves; April is refused; in May nothing moves.
        pending(INZET, [inzet(1, FAMILIES[1]), inzet(3, FAMILIES[0])], tmp_path, "2022-02"),
        pending(INZET, [inzet(1, FAMILIES[1]), inzet(2, FAMILIES[2]), inzet(9, FAMILIES[0])], tmp_path, "2022-03"),
        pending(INZET, [bad(inzet(1, FAMILIES[2]))], tmp_path, "2022-04"),
        pending(INZET, [inzet(1, FAMILIES[1])], tmp_path, "2022-05"),
    ]
    history = History(records=[LakeFile("2022-01", before), later])
    found = verdict.judge(INZET, deliveries, history, tmp_path, list_records=True)
    february, march, april, may = ([*concerned.read(item.records)] if item.records else None for item in found)
    assert february == [concerned.Record(2, "R-1", ("gezin_gewijzigd",))]
    assert march == [concerned.Record(3, "R-2", ("gezin_gewijzigd",))]
    assert april == [concerned.Record(2, "R-1", ("vervallen_vorm",))]
    assert may is None
    assert [statuses(item)["gezin_gewijzigd"] for item in found] == [
        ("evaluated", 1),
        ("evaluated", 1),
        ("not_applicable", 0),
        ("evaluated", 0),
    ]
    assert [item.rows_accepted for item in found] == [2, 3, 0, 1]
    assert FAMILIES[1] not in str(found)


def melding(number: int, family: str, incident: str | None) -> Row:
    return {**good_row(MELDINGEN, number), "gezin": family, "politie_registratie_id": incident}


@pytest.mark.usefixtures("without_suite")
def test_an_unknown_incident(tmp_path: Path) -> None:
    def incidents(month: str, *given: Row) -> LakeFile:
        rows_ = [{**good_row(INCIDENTEN, 0), **row} for row in given]
        found = judge(INCIDENTEN, rows_, tmp_path)
        assert found.accepted is not None
        return LakeFile(month, found.accepted.rename(tmp_path / f"incidenten-{month}.parquet"))

    files = [
        incidents(
            "2021-01",
            {"registratie_id": "P-1", "gezin": FAMILIES[0]},
            {"registratie_id": "P-2", "gezin": FAMILIES[0]},
            {"registratie_id": "P-3", "gezin": FAMILIES[0]},
        ),
        # Withdrawn, and corrected to another family.
        incidents(
            "2021-02",
            {"registratie_id": "P-2", "gezin": FAMILIES[0], "vervallen": "true"},
            {"registratie_id": "P-3", "gezin": FAMILIES[1]},
        ),
    ]
    given = [
        melding(1, FAMILIES[0], "P-1"),
        melding(2, FAMILIES[1], "P-1"),
        melding(3, FAMILIES[0], "P-2"),
        melding(4, FAMILIES[0], "P-3"),
        melding(5, FAMILIES[1], "P-3"),
        melding(6, FAMILIES[0], "P-4"),
        melding(7, FAMILIES[0], None),
    ]
    found = judge(MELDINGEN, given, tmp_path, History(incidenten=files))
    assert statuses(found)["politie_registratie_onbekend"] == ("evaluated", 4)
    assert found.rows_accepted == 7
    alone = judge(MELDINGEN, given, tmp_path)
    assert statuses(alone)["politie_registratie_onbekend"] == ("not_applicable", 0)


def test_accepted_rows_keep_the_order_of_the_file(tmp_path: Path, without_suite: None) -> None:
    count, every = 3 * ROW_GROUP_SIZE, 7
    numbers = range(1, count + 1)
    columns = {
        "rij": pa.array(numbers),
        "regel": pa.array(numbers),
        "velden_ok": pa.repeat(True, count),
        "ruw": pa.nulls(count, pa.string()),
        **{name: pa.repeat(value, count) for name, value in good_row(SMALL, 0).items()},
        SMALL.key: pa.array([f"R-{number}" for number in numbers]),
        "vervallen": pa.array(["false" if number % every else "ja" for number in numbers]),
    }
    path = tmp_path / "tekst.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=ROW_GROUP_SIZE // 3)
    (found,) = verdict.judge(SMALL, [Pending(MONTH, DoorResult(None, None, count, path))], History(), tmp_path)
    assert found.accepted is not None
    rij = pq.read_table(found.accepted, columns=["rij"])["rij"].to_pylist()
    assert rij == [number for number in numbers if number % every]
