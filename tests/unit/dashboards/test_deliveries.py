"""Deliveries as the desk gives them -> the calendar, rows and files that stewards see."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards import deliveries, desk, heat_table, texts
from dashboards.audience import DEMO, Audience, cut
from dashboards.queries import Publication
from pipelines.desk import DELIVERY_SCHEMA, EXPECTED_SCHEMA, FINDING_SCHEMA
from pipelines.expected import STATES

SHA = "ab" * 32
INZET = ("politie", "inzet")


def ledger(*rows: tuple[str, str, int, str, int, int, bool]) -> pl.DataFrame:
    """(feed of politie, month, number, verdict, rows, in quarantine, counts)."""
    return pl.DataFrame(
        [
            ("politie", feed, month, number, verdict, count, count - bad, bad, "2020-03-05T23:30:00+00:00", SHA, counts)
            for feed, month, number, verdict, count, bad, counts in rows
        ],
        schema=DELIVERY_SCHEMA,
        orient="row",
    )


def owed(*rows: tuple[str, str]) -> pl.DataFrame:
    """(month, state) of the inzet of politie."""
    found = [(*INZET, month, state, date(2020, 3, 13)) for month, state in rows]
    return pl.DataFrame(found, schema=EXPECTED_SCHEMA, orient="row")


@pytest.fixture(scope="module")
def states() -> pl.DataFrame:
    known = ledger(
        ("incidenten", "2019-12", 1, "geaccepteerd", 10, 0, True),
        ("inzet", "2019-12", 1, "geaccepteerd", 100, 0, True),
        ("inzet", "2020-01", 1, "geaccepteerd", 90, 0, False),
        ("inzet", "2020-01", 2, "geaccepteerd", 95, 0, True),
        ("inzet", "2020-02", 1, "geaccepteerd", 1000, 20, True),
        ("inzet", "2020-03", 1, "geweigerd", 10, 10, False),
        ("inzet", "2020-04", 1, "geaccepteerd", 80, 0, True),
        ("inzet", "2020-04", 2, "geweigerd", 7, 7, False),
        ("inzet", "2020-08", 1, "geaccepteerd", 90, 2, False),
        ("inzet", "2020-08", 2, "geaccepteerd", 95, 9, True),
    )
    given = owed(
        *((month, "geleverd") for month in ("2019-12", "2020-01", "2020-02", "2020-04", "2020-08")),
        ("2020-03", "geweigerd"), ("2020-05", "ontbreekt"), ("2020-06", "te laat"), ("2020-07", "verwacht"),
    )  # fmt: skip
    return deliveries.states(known, given)


def test_every_month_has_its_state(states: pl.DataFrame) -> None:
    mine = states.filter(naam="politie/inzet").select("maand", "staat").rows()
    assert mine == [
        ("2019-12", "geleverd"),
        ("2020-01", "verbeterd"),
        ("2020-02", "quarantaine"),
        ("2020-03", "geweigerd"),
        ("2020-04", "geweigerd"),
        ("2020-05", "ontbreekt"),
        ("2020-06", "te_laat"),
        ("2020-07", "verwacht"),
        ("2020-08", "quarantaine"),
    ]
    assert deliveries.months(states) == [f"2019-{12}", *(f"2020-{m:02d}" for m in range(1, 9))]
    assert deliveries.months(states.clear()) == []


def test_every_state_of_the_road_is_known_here() -> None:
    assert {*deliveries.NOT_DELIVERED, "geleverd", "geweigerd"} == set(STATES)
    for words in ("states", "legend"):
        assert texts.get(f"leveringen.{words}").keys() == deliveries.SIGNS.keys()


def test_a_state_is_told_in_words(states: pl.DataFrame) -> None:
    said = [deliveries.words(row).replace("\xa0", " ") for row in states.filter(naam="politie/inzet").to_dicts()]
    assert said == [
        "geleverd, 100 rijen",
        "verbeterd, nummer 2, 95 rijen",
        "geleverd, 1.000 rijen, 20 in quarantaine",
        "geweigerd",
        "geweigerd, nummer 1 telt nog",
        "ontbreekt, uiterlijk op 13 maart 2020",
        "te laat, uiterlijk op 13 maart 2020",
        "wordt nog verwacht, uiterlijk op 13 maart 2020",
        "verbeterd, nummer 2, 95 rijen, 9 in quarantaine",
    ]


def test_a_cell_has_a_colour_a_sign_and_words(states: pl.DataFrame) -> None:
    incidenten, inzet = deliveries.calendar_rows(states, desk.feeds())
    assert (incidenten.head, incidenten.group) == ("Incidenten", "Politie")
    assert (inzet.head, inzet.group) == ("Inzet", "")
    found = [(cell.sign, cell.shade, cell.level) for cell in inzet.cells.values()]
    assert found == [
        ("✓", "heat-geleverd", 0),
        ("2", "heat-verbeterd", 0),
        ("✓", "heat-quarantaine", 2),
        ("⊘", "heat-geweigerd", 0),
        ("⊘", "heat-geweigerd", 0),
        ("✕", "heat-ontbreekt", 0),
        ("!", "heat-te_laat", 0),
        ("…", "heat-verwacht", 0),
        ("2", "heat-quarantaine", 3),
    ]
    assert all(cell.words.startswith(("december", *"jfmas")) for cell in inzet.cells.values())
    sheet = Path(heat_table.__file__).with_name("style.css").read_text(encoding="utf-8")
    assert all(f".heat-{state} {{" in sheet for state in deliveries.SIGNS)


def test_what_asks_for_attention_is_said(states: pl.DataFrame) -> None:
    assert deliveries.standing_out(states, desk.feeds()) == [
        "Ontbreekt: Inzet (politie) over mei 2020.",
        "Te laat: Inzet (politie) over juni 2020.",
        "Geweigerd: Inzet (politie) over maart 2020 en april 2020.",
    ]
    many = deliveries.states(ledger(), owed(*((f"2020-0{m}", "ontbreekt") for m in range(1, 6))))
    assert deliveries.standing_out(many, desk.feeds()) == [
        "Ontbreekt: Inzet (politie) over 5 maanden (januari 2020 tot en met mei 2020)."
    ]
    calm = deliveries.states(ledger(("inzet", "2020-01", 1, "geaccepteerd", 9, 0, True)), owed())
    assert deliveries.standing_out(calm, desk.feeds()) == []


def test_deliveries_as_rows() -> None:
    known = ledger(
        ("inzet", "2020-01", 1, "geaccepteerd", 1090, 3, False),
        ("inzet", "2020-01", 2, "geaccepteerd", 1095, 0, True),
        ("inzet", "2020-01", 3, "geweigerd", 7, 7, False),
        ("inzet", "2020-02", 1, "geaccepteerd", 7, 0, True),
    )
    mine = deliveries.of_month(known, "politie/inzet", "2020-01")
    refused, counts, replaced = deliveries.delivery_rows(mine)
    assert [row[0] for row in (refused, counts, replaced)] == ["3", "2", "1"]
    assert "6\xa0maart\xa02020, 0.30\xa0uur" in counts[1], "not the moment in Amsterdam"
    assert counts[3:6] == ["1.095", "1.095", "0"]
    assert f'title="{SHA}">{SHA[:12]}<' in counts[6]
    for row, word in ((refused, "⊘</span> geweigerd"), (counts, "✓</span> telt mee"), (replaced, "↷</span> vervangen")):
        assert word in row[2]
    first = deliveries.ledger_rows(known, desk.feeds())[0]
    assert (first[0], "jan 2020" in first[1], first[2:]) == ("Inzet (politie)", True, replaced)


def test_findings_and_rows_in_quarantine_are_text_and_not_html() -> None:
    finding = (*INZET, "2020-01", 1, "verplicht.gezin", "rij", 3, "3 records: <b>Kolom</b> leeg.")
    found = pl.DataFrame([finding], schema=FINDING_SCHEMA, orient="row")
    (row,) = deliveries.finding_rows(found)
    assert "in quarantaine" in row[1] and row[2:] == ["3 records: &lt;b&gt;Kolom&lt;/b&gt; leeg.", "3"]
    feed = desk.feeds()["politie/inzet"]
    code = next(iter(feed.rules))
    broken = pl.DataFrame({"regel": [12], "redenen": [[code, "onbekende_regel"]], "gezin": ["<i>"], "uren": [None]})
    ((line, reasons, gezin, uren),) = deliveries.quarantine_rows(broken, feed)
    assert line == "12" and feed.rules[code] in reasons and "onbekende_regel" in reasons
    assert "&lt;i&gt;" in gezin and "<i>" not in gezin and ">None<" not in uren


def test_a_file_for_a_spreadsheet() -> None:
    frame = pl.DataFrame({"a": [1.5, None], "b": [["x", "y"], []], "c": [True, False], "d": [date(2020, 1, 2), None]})
    assert deliveries.to_csv(frame).decode("utf-8-sig") == "a;b;c;d\r\n1,5;x, y;ja;2020-01-02\r\n;;nee;\r\n"


def test_the_desk_is_for_stewards_and_for_who_looks_at_what_is_made_up(publication: Publication) -> None:
    for whom in (DEMO, Audience("gegevensbeheerder")):
        assert desk.is_open(cut(publication, whom))
        with desk.opened(cut(publication, whom)) as opened:
            assert opened.deliveries().is_empty()
    for whom in (
        Audience("landelijk_netwerk"),
        Audience("bestuurder", "twente"),
        Audience("bestuurder", "", "politie"),
    ):
        assert not desk.is_open(cut(publication, whom))
        with pytest.raises(PermissionError), desk.opened(cut(publication, whom)):
            pass
    with pytest.raises(PermissionError), desk.opened(publication):
        pass
    assert desk.home_of(publication) == publication.folder.parent.parent


def test_commands_to_copy(tmp_path: Path) -> None:
    home = tmp_path / "een map"
    cell = {"indicator": "x", "regio": "zeeland", "periode": "2020-K1", "dimensie": "melder", "categorie": "politie"}
    whole = f"--home '{home}'"
    assert desk.explain_command(home, "0003", cell) == (
        "veiligheid explain --publication 0003 --indicator x --region zeeland --period 2020-K1 "
        f"--dimension melder --category politie {whole}"
    )
    total = {**cell, "dimensie": "totaal", "categorie": "totaal"}
    assert "--dimension" not in desk.explain_command(home, "0003", total)
    assert desk.dagster_command(home) == f"veiligheid dagster {whole}"
    assert desk.backfill_commands(home, "2020-01", "2020-03", ["politie/inzet"]) == (
        f"veiligheid backfill --from 2020-01 --until 2020-03 --feed politie/inzet --preview {whole}",
        f"veiligheid backfill --from 2020-01 --until 2020-03 --feed politie/inzet {whole} --approved NUMMER",
    )
