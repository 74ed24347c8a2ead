"""The fictitious country: what it delivers, in which form, and that its planted truth is true of it.

The readers here are written from the specification, not from the pipeline, so that a mistake in one does not hide in
the other.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data_contracts.loader import contracts
from indicators.calendar import (
    AMSTERDAM,
    add_months,
    midnight_utc,
    month_end,
    months_between,
    nth_werkdag_after,
    observation_end,
)
from pipelines.quality import punctuality
from pipelines.synthesis import SynthesisError, Truth, dirt, synthesize, truth_path
from pipelines.synthesis import parameters as p
from pipelines.synthesis.activities import status
from pipelines.synthesis.clock import DAY, EPOCH, NEVER, Clock
from pipelines.synthesis.deliveries import FEEDS
from pipelines.synthesis.names import pseudonyms
from pipelines.synthesis.receipt import received
from pipelines.synthesis.records import Field, code, flag, moment, records, rows
from pipelines.synthesis.regional_parameters import DIVISION
from pipelines.synthesis.world import Zaken, zaken_by_month

MOMENT = "%Y-%m-%dT%H:%M:%S%:z"
MOMENT_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)$"
NOT_BEFORE = {
    "veilig_thuis/meldingen": [
        ("ontvangen_op", "veiligheidsbeoordeling_op"),
        ("ontvangen_op", "overdracht_op"),
        ("ontvangen_op", "terugkoppeling_op"),
        ("ontvangen_op", "betrokkenheid_beeindigd_op"),
        ("veiligheidsbeoordeling_op", "dienst_afgerond_op"),
    ],
    "veilig_thuis/actieoverleggen": [("aangemeld_op", "gehouden_op")],
    "openbaar_ministerie/zsm_zaken": [("instroom_op", "beslissing_op")],
    "raad_voor_de_kinderbescherming/onderzoeken": [("verzoek_op", "gestart_op"), ("gestart_op", "afgerond_op")],
    "reclassering/trajecten": [("aangemeld_op", "gestart_op"), ("gestart_op", "beeindigd_op")],
}
SPOTLESS = dict.fromkeys(p.BROKEN_SHARE, 0.0)


def read(file: Path) -> pl.DataFrame:
    """A delivery as text, with `maand`; rows of another number of fields are left out."""
    lines = file.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    cells = [line.split(",") for line in lines[1:]]
    whole = [row for row in cells if len(row) == len(header)]
    frame = pl.DataFrame(whole, schema=dict.fromkeys(header, pl.String), orient="row")
    return frame.with_columns(pl.lit(file.stem).alias("maand"))


def deliveries(inbox: Path, feed: str) -> pl.DataFrame:
    return pl.concat([read(file) for file in sorted((inbox / feed).glob("*.csv"))])


def seconds(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .str.replace("Z$", "+00:00")
        .str.to_datetime(MOMENT, time_unit="ms", time_zone="UTC")
        .dt.epoch("s")
    )


def accepted(inbox: Path, feed: str, key: str, at: str, enums: tuple[str, ...] = ()) -> pl.DataFrame:
    """Current state of a feed: of each record the last row that breaks none of the rules this generator breaks."""
    found = deliveries(inbox, feed).filter(
        pl.col("gezin").str.contains("^[a-z2-7]{26}$"),
        pl.col("vt_regio").is_in([regio.code for regio in DIVISION.vt_regios]),
        pl.col(at).str.contains(MOMENT_PATTERN),
        *(pl.col(name).str.contains("^[a-z_]+$") for name in enums),
        ~pl.struct(key, "maand").is_duplicated(),
    )
    ends = {month: observation_end(month_end(month)) for month in found["maand"].unique()}
    found = found.with_columns(seconds(at).alias("t"), pl.col("maand").replace_strict(ends).dt.epoch("s").alias("end"))
    return found.filter(pl.col("t") < pl.col("end")).sort("maand").group_by(key, maintain_order=True).last()


def zaken_of(inbox: Path) -> pl.DataFrame:
    """Zaken (gezin, start, next start or null) after section 3 of the specification."""
    incidenten = accepted(inbox, "politie/incidenten", "registratie_id", "gemeld_op", ("soort",)).filter(
        pl.col("hg_label") == "true", pl.col("vervallen") == "false"
    )
    meldingen = accepted(inbox, "veilig_thuis/meldingen", "melding_id", "ontvangen_op", ("melder", "aard_geweld"))
    own = meldingen.filter(pl.col("vervallen") == "false").join(
        incidenten.select(pl.col("registratie_id").alias("politie_registratie_id"), "gezin"),
        on=["politie_registratie_id", "gezin"],
        how="anti",
    )
    signalen = pl.concat([incidenten.select("gezin", "t"), own.select("gezin", "t")]).sort("gezin", "t")
    gap = pl.col("t") - pl.col("t").shift(1).over("gezin")
    starts = signalen.filter(gap.is_null() | (gap >= 28 * DAY))
    return starts.with_columns(pl.col("t").shift(-1).over("gezin").alias("next"))


def year_of(zaken: pl.DataFrame, year: int) -> pl.DataFrame:
    low, high = (
        int((midnight_utc(date(y, 1, 1)) - midnight_utc(EPOCH)).total_seconds()) - 3600 for y in (year, year + 1)
    )
    return zaken.filter(pl.col("t").is_between(low, high, closed="left"))


def kaplan_meier(start: np.ndarray, following: np.ndarray, end: float, horizon: int) -> tuple[float, float, float]:
    """(1 - S, lower, upper) at the horizon in days; log-log Greenwood, events before censorings."""
    event = ~np.isnan(following)
    day = np.minimum((np.where(event, following, end) - start) // DAY, horizon + 1).astype(int)
    events = np.bincount(day[event], minlength=horizon + 2)
    censored = np.bincount(day[~event], minlength=horizon + 2)
    at_risk, survival, variance = len(day), 1.0, 0.0
    for t in range(horizon + 1):
        if events[t]:
            survival *= 1 - events[t] / at_risk
            variance += events[t] / (at_risk * (at_risk - events[t]))
        at_risk -= events[t] + censored[t]
    width = 1.959963984540054 * math.sqrt(variance) / math.log(survival)
    low, high = sorted(1 - survival ** math.exp(sign * width) for sign in (1, -1))
    return 1 - survival, low, high


def digests(inbox: Path) -> dict[str, str]:
    files = [file for file in sorted(inbox.rglob("*")) if file.is_file()]
    return {str(file.relative_to(inbox)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Three years at a fiftieth of the Netherlands, as the demo has it but smaller."""
    return synthesize(tmp_path_factory.mktemp("land") / "inbox", "2018-12", "2021-12", 0.02, 7)


@pytest.fixture(scope="module")
def inbox(country: Truth) -> Path:
    return country.path.parent / "inbox"


@pytest.fixture(scope="module")
def spotless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a year in which no row is broken and mistakes that are put right are frequent."""
    inbox = tmp_path_factory.mktemp("schoon") / "inbox"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(p, "BROKEN_SHARE", SPOTLESS)
        patch.setattr(p, "P_HERSTELD", 0.05)
        patch.setattr(p, "P_DUBBEL", 0.05)
        patch.setattr(p, "P_GEZIN_GEWIJZIGD", 0.02)
        synthesize(inbox, "2020-03", "2020-09", 0.03, 3)
    return inbox


@pytest.fixture(scope="module")
def world() -> list[Zaken]:
    """The latent country of 2019 and 2020 at a fifth, with its burn-in."""
    return list(zaken_by_month(Clock("2019-01", "2020-12"), 0.2, 5))


# ---- layout and form ---------------------------------------------------------------------------------------------


def test_every_partner_feed_has_one_file_per_month_and_the_network_its_own_rhythm(inbox: Path) -> None:
    months = months_between("2018-12", "2021-12")
    for feed in FEEDS:
        assert [file.stem for file in sorted((inbox / feed).iterdir())] == months, feed
    for feed in ("regio_status", "opleidingen", "resultaten"):
        assert [file.stem for file in sorted((inbox / "landelijk_netwerk" / feed).iterdir())] == months
    for feed in ("tarieven", "praktijklocaties"):
        assert [file.name for file in (inbox / "landelijk_netwerk" / feed).iterdir()] == ["2018-12.csv"]


def test_the_truth_lies_beside_the_inbox_and_counts_what_was_written(country: Truth, inbox: Path) -> None:
    assert country.path == truth_path(inbox) == inbox.parent / "inbox-waarheid.json"
    assert json.loads(country.path.read_text(encoding="utf-8")) == country.values
    files = [file for file in inbox.rglob("*") if file.is_file()]
    lines = sum(max(file.read_bytes().count(b"\n") - 1, 0) for file in files)
    assert (country.files, country.rows) == (len(files), lines)


def test_headers_are_the_contracts_columns_and_empty_months_are_empty_files(inbox: Path) -> None:
    for name, contract in contracts().items():
        for file in (inbox / name).iterdir():
            if file.suffix == ".leeg":
                assert file.read_bytes() == b""
            else:
                header, *body = file.read_text(encoding="utf-8").splitlines()
                assert header.split(",") == [column.name for column in contract.columns], file
                assert body, file


def test_codes_are_the_contracts(spotless: Path) -> None:
    for feed in FEEDS:
        frame = deliveries(spotless, feed)
        for column in contracts()[feed].columns:
            if column.kind == "enum":
                assert set(frame[column.name]) <= {*column.values, ""}, (feed, column.name)
            if column.required:
                assert "" not in set(frame[column.name]), (feed, column.name)


def test_most_deliveries_come_in_time_some_late_and_one_partner_joined_later(inbox: Path) -> None:
    found: dict[str, Counter[str]] = {}
    for name, contract in contracts().items():
        for file in (inbox / name).iterdir():
            day = datetime.fromtimestamp(file.stat().st_mtime, AMSTERDAM).date()
            kind = punctuality(file.stem, day, contract.delivery_day)
            found.setdefault(contract.partner, Counter())[kind] += 1
            expected = received(7, name, file.stem, "2018-12")
            assert file.stat().st_mtime == expected.timestamp()
    assert found["reclassering"]["achteraf"] > 0 and not found["politie"]["achteraf"]
    assert all(0 < kinds["te_laat"] < 0.2 * kinds.total() for kinds in found.values())
    assert found["raad_voor_de_kinderbescherming"]["te_laat"] > 2


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        synthesize(tmp_path / name, "2020-11", "2020-12", 0.01, seed)
    first, second, other = (digests(tmp_path / name) for name in "abc")
    assert first == second
    assert {file for file in first if first[file] == other.get(file)} == {
        file for file in first if file.startswith("landelijk_netwerk/")
    }
    assert (tmp_path / "a-waarheid.json").read_bytes() == (tmp_path / "b-waarheid.json").read_bytes()


def test_parquet_holds_the_same_good_rows_with_types(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(p, "BROKEN_SHARE", dict.fromkeys(p.BROKEN_SHARE, 0.05))
        synthesize(tmp_path / "csv", "2020-11", "2020-12", 0.01, 4)
        synthesize(tmp_path / "parquet", "2020-11", "2020-12", 0.01, 4, form="parquet")
    for feed in FEEDS:
        text = deliveries(tmp_path / "csv", feed)
        typed = pl.concat([pl.read_parquet(file) for file in sorted((tmp_path / "parquet" / feed).glob("*.parquet"))])
        key = typed.columns[0]
        assert abs(typed.height - text.height) <= 0.05 * text.height
        assert len(set(typed[key]) & set(text[key])) > 0.9 * text.height / 2
        assert typed.columns == text.columns[:-1]
    kinds = pl.read_parquet_schema(tmp_path / "parquet" / "politie" / "inzet" / "2020-11.parquet")
    assert kinds["uren"] == pl.Decimal(7, 2)
    assert kinds["begonnen_op"] == pl.Datetime("ms", "UTC")
    assert kinds["vervallen"] == pl.Boolean


def test_progress_goes_from_the_first_month_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    synthesize(tmp_path / "inbox", "2020-11", "2020-12", 0.002, 1, lambda text, share: seen.append((text, share)))
    assert seen == [("Leveringen van 2020-11", 0.5), ("Leveringen van 2020-12", 1.0)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first": "2021-13"}, "verwacht JJJJ-MM"),
        ({"first": "2021-02", "last": "2021-01"}, "wissel ze om"),
        ({"first": "2001-01"}, "kies maanden van 2009-01"),
        ({"scale": 0.0}, "kies meer dan 0"),
        ({"scale": math.nan}, "kies meer dan 0"),
        ({"seed": -1}, "kies 0 of meer"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    arguments = {"first": "2020-01", "last": "2020-02", "scale": 0.01, "seed": 1} | change
    with pytest.raises(SynthesisError, match=words):
        synthesize(tmp_path / "inbox", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "oud.csv").write_text("x")
    with pytest.raises(SynthesisError, match="niet leeg"):
        synthesize(tmp_path, "2020-01", "2020-01", 0.01, 1)


def test_a_tiny_country_states_its_empty_months(tmp_path: Path) -> None:
    synthesize(tmp_path / "inbox", "2020-01", "2020-02", 0.0005, 1)
    for feed in FEEDS:
        assert len(list((tmp_path / "inbox" / feed).iterdir())) == 2
    assert list((tmp_path / "inbox").rglob("*.leeg"))


# ---- what a delivery shows ---------------------------------------------------------------------------------------


def test_no_delivery_knows_the_future_and_no_dates_are_in_impossible_order(spotless: Path) -> None:
    for feed in FEEDS:
        frame = deliveries(spotless, feed)
        for name in (name for name in frame.columns if name.endswith("_op")):
            local = pl.col(name).str.slice(0, 7)
            assert frame.filter(
                (pl.col(name) != "") & (local > pl.col("maand")) & ~pl.col(name).str.ends_with("Z")
            ).is_empty()
        for earlier, later in NOT_BEFORE.get(feed, []):
            both = frame.filter(pl.col(earlier) != "", pl.col(later) != "")
            assert not both.is_empty(), (feed, later)
            assert both.filter(pl.col(later).str.slice(0, 10) < pl.col(earlier).str.slice(0, 10)).is_empty(), (
                feed,
                later,
            )


def test_a_record_stands_once_in_a_delivery_and_its_facts_only_grow(spotless: Path) -> None:
    frame = deliveries(spotless, "veilig_thuis/meldingen")
    assert not frame.select("melding_id", "maand").is_duplicated().any()
    dates = ["veiligheidsbeoordeling_op", "overdracht_op", "terugkoppeling_op", "betrokkenheid_beeindigd_op"]
    again = frame.sort("maand").group_by("melding_id").agg(pl.col(*dates))
    assert again[dates[0]].list.len().max() >= 3
    for name in dates:
        for states in again[name]:
            known = [state for state in states if state]
            assert len(set(known)) <= 1
            assert states[len(states) - len(known) :].to_list() == known


def test_effort_fits_its_interval_and_open_intervals_close_later(spotless: Path) -> None:
    frame = pl.concat([deliveries(spotless, feed) for feed in FEEDS if feed.endswith("/inzet")])
    uren = pl.col("uren").cast(pl.Float64)
    assert frame.filter(uren <= 0).is_empty()
    closed = frame.filter(pl.col("geeindigd_op") != "")
    length = (seconds("geeindigd_op") - seconds("begonnen_op")) / 3600
    assert closed.filter(uren > (length * 100).ceil() / 100 + 1e-9).is_empty()
    states = frame.sort("maand").group_by("inzet_id").agg("geeindigd_op", "uren")
    reopened = states.filter((pl.col("geeindigd_op").list.first() == "") & (pl.col("geeindigd_op").list.last() != ""))
    assert reopened.height > 20
    grown = reopened.select(pl.col("uren").list.first().cast(float) <= pl.col("uren").list.last().cast(float))
    assert grown.to_series().all()


def test_mistakes_are_withdrawn_revived_and_put_right(spotless: Path) -> None:
    states = deliveries(spotless, "veilig_thuis/meldingen").sort("maand").group_by("melding_id").agg("vervallen")
    paths = {",".join(path) for path in states["vervallen"]}
    assert "true" in paths or "false,true" in paths
    assert any(re.search("true,(true,)*false", path) for path in paths)
    gezinnen = deliveries(spotless, "politie/inzet").group_by("inzet_id").agg(pl.col("gezin").n_unique())
    assert gezinnen.filter(pl.col("gezin") == 2).height > 0


def test_police_numbers_join_their_incident_except_a_few(spotless: Path) -> None:
    incidenten = deliveries(spotless, "politie/incidenten").select("registratie_id", "gezin").unique()
    meldingen = deliveries(spotless, "veilig_thuis/meldingen").unique("melding_id")
    named = meldingen.filter(pl.col("politie_registratie_id") != "")
    joined = named.join(
        incidenten, left_on=["politie_registratie_id", "gezin"], right_on=["registratie_id", "gezin"], how="semi"
    )
    assert 0.9 < joined.height / named.height < 1
    assert set(named["melder"]) == {"politie"}


def test_names_are_opaque(inbox: Path) -> None:
    assert pseudonyms(np.arange(50), 1).str.contains("^[a-z2-7]{26}$").all()
    assert pseudonyms(np.arange(50_000), 1).n_unique() == 50_000
    assert not set(pseudonyms(np.arange(1000), 1)) & set(pseudonyms(np.arange(1000), 2))
    for feed in FEEDS:
        key = deliveries(inbox, feed).to_series(0)
        assert key.str.contains(r"^[A-Z]{1,2}-20\d\d-\d{6,}$").all()


# ---- imperfect deliveries ----------------------------------------------------------------------------------------

GOOD = {
    "id": "M-2020-000001",
    "gezin": "a" * 26,
    "vt_regio": "zuid_limburg",
    "ontvangen_op": "2020-02-29T10:00:00+01:00",
    "melder": "politie",
    "geeindigd_op": "2020-02-29T11:00:00+01:00",
    "uren": "1",
    "vervallen": "false",
}


@pytest.mark.parametrize(
    ("way", "column", "value"),
    [
        ("regio", "vt_regio", "Zuid Limburg"),
        ("gezin_empty", "gezin", ""),
        ("gezin_upper", "gezin", "A" * 26),
        ("future", "ontvangen_op", "2024-02-29T10:00:00+01:00"),
        ("enum", "melder", "POLITIE"),
        ("order", "geeindigd_op", "2001-05-14T11:00:00+01:00"),
        ("uren", "uren", "9999.50"),
        ("no_zone", "ontvangen_op", "2020-02-29 10:00:00"),
        ("comma", "uren", "1,50"),
    ],
)
def test_a_broken_row_differs_in_the_one_cell_that_is_wrong(way: str, column: str, value: str) -> None:
    (row,) = dirt.broken(list(GOOD), list(GOOD.values()), way)
    assert dict(zip(GOOD, row, strict=True)) == GOOD | {column: value}


def test_rows_also_break_as_a_whole_and_only_in_ways_that_they_can() -> None:
    header, row = list(GOOD), list(GOOD.values())
    assert dirt.broken(header, row, dirt.DOUBLE) == [row, row]
    assert dirt.broken(header, row, dirt.SHORT) == [row[:-1]]
    assert set(dirt.ways(header, row, typed=False)) == {*dirt.TYPED, *dirt.TEXT_ONLY, dirt.DOUBLE, dirt.SHORT}
    assert set(dirt.ways(header, row, typed=True)) == {*dirt.TYPED, dirt.DOUBLE}
    still_open = list((GOOD | {"geeindigd_op": ""}).values())
    assert "order" not in dirt.ways(header, still_open, typed=False)


def test_a_bad_partner_is_never_refused_and_repairs_the_next_month(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(p, "BROKEN_SHARE", dict.fromkeys(p.BROKEN_SHARE, 0.9))
        synthesize(tmp_path / "inbox", "2020-03", "2020-06", 0.004, 1)
    for feed in FEEDS:
        key = contracts()[feed].columns[0].name
        for file in (tmp_path / "inbox" / feed).glob("*.csv"):
            total = file.read_text(encoding="utf-8").count("\n") - 1
            assert total - good_rows(file, key) <= 0.2 * total, file
    incidenten = deliveries(tmp_path / "inbox", "politie/incidenten").filter(pl.col("maand") < "2020-06")
    broken = incidenten.filter(pl.col("vt_regio").str.contains("[A-Z]"))
    repaired = deliveries(tmp_path / "inbox", "politie/incidenten").filter(~pl.col("vt_regio").str.contains("[A-Z]"))
    assert not broken.is_empty()
    assert set(broken["registratie_id"]) <= set(repaired["registratie_id"])


def good_rows(file: Path, key: str) -> int:
    frame = read(file)
    at = next(name for name in dirt.CREATED if name in frame.columns)
    checks = [
        pl.col("gezin").str.contains("^[a-z2-7]{26}$"),
        pl.col("vt_regio").is_in([regio.code for regio in DIVISION.vt_regios]),
        pl.col(at).str.contains(MOMENT_PATTERN),
        pl.col(at).str.slice(0, 7) <= add_months(file.stem, 1),
        ~pl.col(key).is_duplicated(),
        *(pl.col(name).str.contains("^[a-z_]*$") for name in dirt.ENUMS if name in frame.columns),
        *((pl.col(name) == "") | (pl.col(name) > "2002") for name in dirt.ORDERED if name in frame.columns),
        *(pl.col(name) != dirt.TOO_MANY_UREN for name in ("uren",) if name in frame.columns),
    ]
    return frame.filter(*checks).height


def test_the_usual_share_of_broken_rows_is_small_but_not_zero(inbox: Path) -> None:
    for feed in ("politie/inzet", "veilig_thuis/meldingen"):
        key = contracts()[feed].columns[0].name
        files = sorted((inbox / feed).glob("*.csv"))
        total = sum(file.read_text(encoding="utf-8").count("\n") - 1 for file in files)
        broken = total - sum(good_rows(file, key) for file in files)
        assert 0.001 < broken / total < 0.02


# ---- the country ---------------------------------------------------------------------------------------------------


def test_yearly_numbers_meet_the_published_ones(world: list[Zaken]) -> None:
    for year, published in ((2019, 131_805), (2020, 127_410)):
        months = [zaken for zaken in world if zaken.maand.startswith(str(year))]
        meldingen = sum(int(zaken.signalen.melding.sum()) for zaken in months)
        politie = sum(
            int((zaken.signalen.melding & (zaken.signalen.soort != p.MELDING_ANDER)).sum()) for zaken in months
        )
        assert meldingen == pytest.approx(0.2 * published, rel=0.03)
        assert politie / meldingen == pytest.approx(0.67, abs=0.01)


def test_shares_meet_the_yearly_numbers_of_om_and_rvdk(world: list[Zaken]) -> None:
    months = [zaken for zaken in world if zaken.maand.startswith("2019")]
    arrests = sum(int((zaken.signalen.aanhouding_op < NEVER).sum()) for zaken in months)
    assert p.p_om_per_aanhouding(2019) * arrests == pytest.approx(0.2 * 10_450, rel=0.04)
    child_abuse = list(p.AARD_GEWELD).index("kindermishandeling")
    reported = sum(
        len(
            np.intersect1d(zaken.signalen.zaak[zaken.signalen.melding], np.flatnonzero(zaken.begin.aard == child_abuse))
        )
        for zaken in months
    )
    assert p.p_rvdk_per_zaak(2019) * reported == pytest.approx(0.2 * 16_729, rel=0.04)


def test_regions_have_their_published_size(world: list[Zaken]) -> None:
    regio = np.concatenate([zaken.begin.regio for zaken in world if zaken.maand.startswith("2020")])
    share = np.bincount(regio, minlength=26) / len(regio)
    places = {regio.code: place for place, regio in enumerate(DIVISION.vt_regios)}
    for code_, meldingen in {"groningen": 4_195, "friesland": 4_245, "drenthe": 2_205, "flevoland": 5_515}.items():
        assert share[places[code_]] == pytest.approx(meldingen / 127_410, rel=0.12)
    oost = [
        place
        for code_, place in places.items()
        if "gelderland" in code_ or code_ in ("twente", "ijsselland", "flevoland")
    ]
    assert share[oost].sum() == pytest.approx(20_700 / 127_410, rel=0.05)


def test_incidents_come_in_evenings_and_other_meldingen_in_office_hours(world: list[Zaken]) -> None:
    start = np.concatenate([zaken.begin.start for zaken in world])
    soort = np.concatenate([zaken.begin.soort for zaken in world])
    local = pl.Series(start * 1000).cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone("Europe/Amsterdam")
    office = ((local.dt.weekday() <= 5) & local.dt.hour().is_between(8, 17)).to_numpy()
    evening = local.dt.hour().is_between(18, 23).to_numpy()
    assert office[soort == p.MELDING_ANDER].mean() > 0.75
    assert office[soort == p.ALLEEN_INCIDENT].mean() < 0.40
    assert evening[soort == p.ALLEEN_INCIDENT].mean() > 0.35


def test_joint_work_spreads_as_the_plan_tells(country: Truth, inbox: Path) -> None:
    actieoverleg = status("actieoverleg", "2020-12")
    waiting = {regio for regio, what in actieoverleg.items() if what != "actief"}
    assert waiting == {regio.code for regio in DIVISION.vt_regios if regio.arrondissement == "noord_holland"}
    assert {actieoverleg[regio] for regio in waiting} == {"afweging"}
    assert country.values["actieoverleg_dekking"]["2020-12"] == pytest.approx(23 / 26)
    assert country.values["actieoverleg_dekking"]["2018-12"] == 0
    assert country.values["hg_vt_zsm_dekking"]["2020-12"] == pytest.approx(0.7)
    delivered = deliveries(inbox, "landelijk_netwerk/regio_status")
    assert not delivered.select("regio", "verbeteractiviteit", "peildatum").is_duplicated().any()
    active = delivered.filter(
        pl.col("verbeteractiviteit") == "actieoverleg",
        pl.col("status") == "actief",
        pl.col("peildatum") <= "2020-12-31",
    )
    assert active["regio"].n_unique() == 23


def test_trainings_were_given_ten_times_in_2020_and_planned_sixty_times_for_2021(inbox: Path) -> None:
    delivered = deliveries(inbox, "landelijk_netwerk/opleidingen")
    planned = delivered.filter(pl.col("maand") == "2020-12", pl.col("status") == "gepland")
    assert planned["uitvoeringen"].cast(int).sum() == 60
    assert planned["datum"].str.starts_with("2021-").all()
    given = delivered.filter(pl.col("status") == "gegeven", pl.col("datum").str.starts_with("2020-"))
    assert given.filter(pl.col("vervallen") == "false")["uitvoeringen"].cast(int).sum() == 10


def test_every_function_has_a_tarief_every_year_except_one(inbox: Path) -> None:
    tarieven = set(deliveries(inbox, "landelijk_netwerk/tarieven").select("partner", "functie").rows())
    for feed in FEEDS:
        partner = feed.split("/")[0]
        if feed.endswith("/inzet"):
            used = set(deliveries(inbox, feed)["functie"])
            assert {functie for functie in used if (partner, functie) not in tarieven} <= {p.FUNCTIE_ZONDER_TARIEF}


# ---- the planted truth ---------------------------------------------------------------------------------------------


def test_zaken_do_not_merge_and_the_next_one_waits_28_days(world: list[Zaken]) -> None:
    for zaken in world:
        order = np.lexsort((zaken.signalen.moment, zaken.signalen.zaak))
        zaak, moments = zaken.signalen.zaak[order], zaken.signalen.moment[order]
        same = zaak[1:] == zaak[:-1]
        assert (np.diff(moments)[same] < 28 * DAY).all()
        last = np.zeros(len(zaken), dtype=np.int64)
        np.maximum.at(last, zaak, moments)
        assert (zaken.volgende - last >= 28 * DAY).all()


def test_the_chance_of_a_next_zaak_is_how_often_it_comes(world: list[Zaken]) -> None:
    for with_overleg in (False, True):
        chosen = [(zaken, zaken.actieoverleg == with_overleg) for zaken in world]
        kans = np.concatenate([zaken.kans[which] for zaken, which in chosen])
        came = np.concatenate([(zaken.volgende - zaken.begin.start < 549 * DAY)[which] for zaken, which in chosen])
        assert abs(came.sum() - kans.sum()) < 3.5 * math.sqrt((kans * (1 - kans)).sum())


def test_an_actieoverleg_lowers_the_chance(world: list[Zaken]) -> None:
    kans = np.concatenate([zaken.kans[zaken.actieoverleg] for zaken in world])
    without = np.concatenate([zaken.kans_zonder[zaken.actieoverleg] for zaken in world])
    assert (kans < without).all()
    elsewhere = np.concatenate([(zaken.kans == zaken.kans_zonder)[~zaken.actieoverleg] for zaken in world])
    assert elsewhere.all()


def test_deliveries_contain_exactly_the_zaken_of_the_truth(country: Truth, inbox: Path) -> None:
    zaken = zaken_of(inbox)
    for year in (2019, 2020):
        planted = country.values["herhaling_18_maanden"]["nederland"][str(year)]
        assert year_of(zaken, year).height == planted["zaken"] == country.values["aantallen"][str(year)]["zaken"]


def test_assessments_are_on_time_as_often_as_planted(country: Truth, inbox: Path) -> None:
    meldingen = accepted(inbox, "veilig_thuis/meldingen", "melding_id", "ontvangen_op", ("melder", "aard_geweld"))
    whole = meldingen.filter(
        pl.col("vervallen") == "false", pl.col("ontvangen_op").str.starts_with("2020"), pl.col("maand") != ""
    )
    received = whole["ontvangen_op"].str.slice(0, 10).str.to_date()
    deadline = [nth_werkdag_after(day, 5) for day in received]
    assessed = whole["veiligheidsbeoordeling_op"].str.slice(0, 10).to_list()
    on_time = [bool(day) and day <= last.isoformat() for day, last in zip(assessed, deadline, strict=True)]
    planted = country.values["veiligheidsbeoordeling_binnen_5_werkdagen"]["nederland"]["2020"]
    assert np.mean(on_time) == pytest.approx(planted["kans"], abs=4 * math.sqrt(0.25 / len(on_time)))


def test_truth_adds_up_over_regions_and_groups(country: Truth) -> None:
    repetition = country.values["herhaling_18_maanden"]
    for year in ("2019", "2020", "2021"):
        land = repetition["nederland"][year]
        parts = [value[year] for name, value in repetition.items() if name.startswith("vt_regio/")]
        assert len(parts) == 26
        assert sum(part["zaken"] for part in parts) == land["zaken"]
        groups = land["met_actieoverleg"].values()
        assert sum(group["zaken"] * group["kans"] for group in groups) == pytest.approx(land["zaken"] * land["kans"])


def test_national_repetition_by_kaplan_meier_finds_the_truth(country: Truth, inbox: Path) -> None:
    found, low, high = estimate(inbox, 2019, "2021-12")
    truth = country.values["herhaling_18_maanden"]["nederland"]["2019"]["kans"]
    assert low < found < high
    assert abs(found - truth) < 4 * (high - low) / 3.92


def estimate(inbox: Path, year: int, last: str) -> tuple[float, float, float]:
    zaken = year_of(zaken_of(inbox), year)
    end = (observation_end(month_end(last)) - midnight_utc(EPOCH) - timedelta(hours=1)).total_seconds()
    start = zaken["t"].to_numpy().astype(float)
    return kaplan_meier(start, zaken["next"].cast(pl.Float64).fill_null(math.nan).to_numpy(), end, p.HERHALING_DAYS)


@pytest.mark.slow
def test_the_interval_covers_the_truth_in_at_least_17_of_20_countries(tmp_path: Path) -> None:
    covered = 0
    for seed in range(1, 21):
        truth = synthesize(tmp_path / str(seed), "2018-12", "2021-12", 0.1, seed)
        _, low, high = estimate(tmp_path / str(seed), 2019, "2021-12")
        covered += low <= truth.values["herhaling_18_maanden"]["nederland"]["2019"]["kans"] <= high
    assert covered >= 17


# ---- clock and records ---------------------------------------------------------------------------------------------


def day_number(day: date) -> int:
    return (day - EPOCH).days


def test_the_clock_agrees_with_the_calendar() -> None:
    clock = Clock("2020-01", "2020-12")
    days = [date(2020, 4, 9), date(2020, 4, 25), date(2020, 12, 24), date(2021, 5, 12)]
    numbers = np.array([day_number(day) for day in days])
    for n in (1, 5, 7):
        expected = [day_number(nth_werkdag_after(day, n)) for day in days]
        assert clock.werkdag_after(numbers, np.full(4, n)).tolist() == expected
    assert clock.werkdag_after(numbers, np.zeros(4, dtype=np.int64)).tolist() == numbers.tolist()
    assert clock.to_werkdag(numbers).tolist() == [day_number(d) for d in (days[0], date(2020, 4, 28), days[2], days[3])]


def test_days_of_clock_change_keep_their_own_length() -> None:
    clock = Clock("2019-03", "2019-04")
    spring = np.array([day_number(date(2019, 3, 31))])
    last = clock.moment(spring, DAY - 1)
    assert clock.day(last).tolist() == spring.tolist()
    assert clock.month(last).tolist() == [0]
    assert clock.month(last + 1).tolist() == [1]


def test_never_stays_never() -> None:
    clock = Clock("2020-01", "2020-12")
    never = np.array([NEVER])
    assert clock.day(never).tolist() == [NEVER]
    assert clock.moment(never, 0).tolist() == [NEVER]
    assert clock.month(never)[0] >= 12
    assert clock.reached(np.array([0]), np.array([1e9])).tolist() == [NEVER]


def test_intensity_runs_back_and_forth() -> None:
    clock = Clock("2020-01", "2020-12")
    soort = np.array([p.MET_MELDING, p.MELDING_ANDER])
    moments = np.array([1_580_000_000, 1_590_000_000])
    assert np.abs(clock.reached(soort, clock.level(soort, moments)) - moments).max() <= 1


def at(clock: Clock, *days: str) -> np.ndarray:
    numbers = np.array([NEVER if day == "" else day_number(date.fromisoformat(day)) for day in days])
    return clock.moment(numbers, DAY // 2)


def shown(
    clock: Clock, fields: dict[str, Field], created: np.ndarray, **more: np.ndarray
) -> dict[int, list[tuple[object, ...]]]:
    late = more.pop("late", np.zeros(len(created), dtype=np.int64))
    share = np.full(len(clock.months), float(more.pop("share", np.array(0.0))))
    found = rows(records("x/y", fields, created, late, **more), clock, np.random.default_rng(1), share)
    return {month: [tuple(row) for row in frame.rows()] for month, frame in found.items()}


def test_a_delivery_shows_what_is_known_at_its_end() -> None:
    clock = Clock("2020-01", "2020-04")
    created, decided = at(clock, "2020-01-10"), at(clock, "2020-03-05")
    fields = {"besluit": code(np.array([1]), ("a", "b"), decided), "klaar": flag(np.array([True]), decided)}
    assert shown(clock, fields, created) == {0: [(None, False, False, False)], 2: [("b", True, False, False)]}


def test_a_correction_shows_the_old_value_first() -> None:
    clock = Clock("2020-01", "2020-04")
    fields = {"aard": code(np.array([1]), ("a", "b"), at(clock, "2020-02-05"), np.array([0]))}
    found = shown(clock, fields, at(clock, "2020-01-10"))
    assert [row[0] for month in (0, 1) for row in found[month]] == ["a", "b"]


def test_a_late_record_comes_in_its_later_month_and_records_from_before_the_window_never() -> None:
    clock = Clock("2020-01", "2020-04")
    fields = {"op": moment(at(clock, "2020-01-30", "2019-12-30"))}
    found = shown(clock, fields, at(clock, "2020-01-30", "2019-12-30"), late=np.array([5 * DAY, 0]))
    assert {month: len(part) for month, part in found.items()} == {1: 1}


def test_withdrawn_and_revived() -> None:
    clock = Clock("2020-01", "2020-04")
    found = shown(
        clock, {}, at(clock, "2020-01-10"), withdrawn=at(clock, "2020-02-10"), revived=at(clock, "2020-04-01")
    )
    assert {month: part[0][0] for month, part in found.items()} == {0: False, 1: True, 3: False}


def test_a_broken_row_is_redelivered_whole_the_next_month() -> None:
    clock = Clock("2020-01", "2020-04")
    found = shown(clock, {}, at(clock, "2020-01-10", "2020-04-10"), share=np.array(1.0))
    assert {month: [row[-1] for row in part] for month, part in found.items()} == {0: [True], 1: [False], 3: [True]}
