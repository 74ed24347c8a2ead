"""Previews, backfills and runs as rows of tables."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from dashboards import desk, previews, runs, texts
from dashboards.dagster_api import BACKFILL, BUSY, PREVIEW, Run
from dashboards.pages import origin
from dashboards.queries import Publication
from pipelines import difference, preview
from pipelines.desk import Backfill

ON_TIME = "veiligheidsbeoordeling_binnen_5_werkdagen"
FEEDS = desk.feeds()


def changed(**given: Any) -> dict[str, Any]:
    """A changed cell: as the total of the country in 2020 went from 50% to 60%."""
    cell = {"indicator": ON_TIME, "regio_niveau": "land", "regio": "nederland", "periode_soort": "jaar",
            "periode": "2020", "dimensie": "totaal", "categorie": "totaal",
            "oorzaken": ["verbeterde levering"]}  # fmt: skip
    figures = {"n": 100, "teller": 50.0, "noemer": 100.0, "waarde": 0.5, "ondergrens": 0.4, "bovengrens": 0.6,
               "status": "definitief"}  # fmt: skip
    for when in ("was", "wordt"):
        cell |= {f"{name}_{when}": value for name, value in figures.items()}
    return {**cell, "waarde_wordt": 0.6, "n_wordt": 120, **given}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=difference.none().schema)


def told(**given: Any) -> tuple[str, str]:
    return previews.was_and_becomes(changed(**given), "aandeel")


def test_a_figure_before_and_after() -> None:
    assert told() == ("50,0%", "60,0%")
    assert told(status_wordt="voorlopig") == ("50,0%, definitief", "60,0%, voorlopig")
    hidden = dict.fromkeys(f"{name}_was" for name in ("n", "waarde", "ondergrens", "bovengrens"))
    assert told(**hidden, status_was="afgeschermd") == ("afgeschermd", "60,0%, definitief")
    gone = dict.fromkeys(f"{name}_wordt" for name in difference.FIGURES)
    assert told(**gone)[1] == "geen cijfer"


def test_where_the_figure_stays_what_else_changes_is_said() -> None:
    assert told(waarde_wordt=0.5) == ("50,0%, aantal 100", "50,0%, aantal 120")
    assert told(waarde_wordt=0.5, n_wordt=100, bovengrens_wordt=0.7) == (
        "50,0%, marge 40,0% tot 60,0%",
        "50,0%, marge 40,0% tot 70,0%",
    )
    assert told(waarde_wordt=0.5, n_wordt=100, teller_wordt=51.0) == ("50,0%", "verschil te klein om te tonen")
    assert told(waarde_wordt=None, waarde_was=None, n_wordt=100, status_wordt="niet_rijp") == (
        "geen waarde, definitief",
        f"geen waarde, {texts.get('status')['niet_rijp']['word']}",
    )


def test_changes_are_counted_by_cause_and_filtered() -> None:
    both = changed(regio="zeeland", oorzaken=["definitie", "verbeterde levering"])
    found = frame(changed(), both, changed(indicator="overlapgraad", oorzaken=["definitie"]), changed(oorzaken=None))
    assert previews.causes(found) == {"verbeterde levering": 2, "definitie": 2}
    assert previews.filtered(found, indicator="", regio="", oorzaak="").height == 4
    assert previews.filtered(found, indicator=ON_TIME, regio="", oorzaak="definitie").height == 1
    assert previews.filtered(found, indicator="", regio="zeeland", oorzaak="").height == 1


def test_a_changed_figure_links_to_where_it_comes_from(publication: Publication) -> None:
    rows = previews.change_rows(
        frame(
            changed(regio="zeeland", regio_niveau="vt_regio", dimensie="melder", categorie="politie"),
            changed(indicator="tijd_tot_eerste_afstemming", dimensie="aard_geweld", categorie="onbekend:p90"),
            changed(indicator="niet_meer", regio="opgeheven", regio_niveau="vt_regio"),
        ),
        publication,
    )
    one, two, three = rows
    assert one[1:] == ["Zeeland (VT-regio)", "2020", "Politie", "50,0%", "60,0%", "verbeterde levering"]
    asked = parse_qs(urlsplit(one[0].split('"')[1].replace("&amp;", "&")).query)
    assert {name: value[0] for name, value in asked.items()} == {
        "indicator": ON_TIME,
        "regio": "zeeland",
        "periode": "jaar",
        "uitsplitsing": "melder",
        "cijfer": "2020",
        "cijfer_categorie": "politie",
    }
    assert "kwantiel=p90" in two[0] and two[3] == "Onbekend, 90e percentiel"
    assert three[:2] == ["niet_meer", "opgeheven (VT-regio)"], "an indicator of another publication breaks the table"


def test_what_would_be_read_again() -> None:
    read = {"feed": "politie/inzet", "month": "2020-01", "why": preview.CORRECTED, "verdict": "accepted",
            "rows_in": 1200, "rows_quarantined": 3, "message": ""}  # fmt: skip
    wrong = {**read, "verdict": "error", "message": "<stuk>"}
    assert previews.read_rows([read, wrong], FEEDS) == [
        ["Inzet (politie)", "januari 2020", "verbeterd bestand", "geaccepteerd", "1.200", "3"],
        ["Inzet (politie)", "januari 2020", "verbeterd bestand", "&lt;stuk&gt;", "1.200", "3"],
    ]


def test_a_request_in_words() -> None:
    whole = {"first": "2020-01", "last": "2020-03", "feeds": list(FEEDS)}
    assert previews.request(whole, FEEDS) == "januari 2020 tot en met maart 2020, alle leveringen"
    one = {"first": "2020-01", "last": "2020-01", "feeds": ["politie/inzet", "reclassering/trajecten"]}
    assert previews.request(one, FEEDS) == "januari 2020, Inzet (politie) en Trajecten (reclassering)"


def test_earlier_backfills() -> None:
    one = Backfill("2020-01", "2020-01", tuple(FEEDS), "<Jet>", "2026-03-01T08:00:00+00:00", "0002", "0001", "done",
                   "2026-03-01T08:10:00+00:00", "0002", "12 cijfers veranderd")  # fmt: skip
    ((moment, by, what, number, status, outcome, publications),) = previews.backfill_rows([one], FEEDS)
    assert "9.00" in moment and by == "&lt;Jet&gt;" and what == "januari 2020, alle leveringen"
    assert (number, outcome, publications) == ("0002", "12 cijfers veranderd", "0001 → 0002")
    assert "✓" in status and "klaar" in status


def test_every_code_of_the_road_has_words() -> None:
    assert texts.get("backfill.causes").keys() == set(difference.CAUSES)
    assert texts.get("backfill.why").keys() == {
        preview.NEW, preview.CORRECTED, preview.CONTRACT, preview.REPAIRED, preview.DOUBLE, preview.GONE
    }  # fmt: skip
    assert texts.get("backfill.statuses").keys() == {"running", "done", "failed", "stopped"}
    assert {"accepted", "refused", "error"} == texts.get("backfill.verdicts").keys()
    assert texts.get("verwerkingen.statuses").keys() >= {*BUSY, "SUCCESS", "FAILURE", "CANCELED"}
    assert {PREVIEW, BACKFILL} == set(runs.ORDERS) <= texts.get("verwerkingen.jobs").keys()


@pytest.fixture
def run() -> Run:
    begun = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    months = {"first": "2020-01", "last": "2020-03", "feeds": []}
    return Run("x", BACKFILL, "STARTED", begun, begun, None, True, {}, months)


def test_runs_as_rows(run: Run) -> None:
    assert doctest.testmod(runs).failed == 0
    other = Run("y", "iets", "QUEUED", run.created, None, None, True, {"dagster/sensor_name": "inbox"}, {})
    first, second = runs.rows([run, other], datetime(2026, 3, 1, 8, 2, 5, tzinfo=UTC))
    assert first[0] == "Maanden opnieuw" and "▶" in first[1] and "bezig" in first[1]
    assert first[3:] == ["2 min 5 s", "januari 2020 tot en met maart 2020", "iemand"]
    assert (second[0], second[3:]) == ("Losse onderdelen", ["", "", "toezicht op de inbox"])


def test_the_deliveries_behind_a_figure_are_those_of_its_feeds(publication: Publication) -> None:
    definition = {"feeds_behind": ["politie/inzet"], "dimensions": [{"name": "x", "feeds": ["reclassering/inzet"]}]}
    plain = origin.deliveries_behind(publication, definition, "totaal")
    assert {d["partner"] for d in plain} == {"politie"} and len(plain) == 36
    split = origin.deliveries_behind(publication, definition, "x")
    assert {d["partner"] for d in split} == {"politie", "reclassering"}
