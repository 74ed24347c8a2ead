"""The random inboxes obey the contracts, are nasty enough, and the oracle's tables of them hang together."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from inbox_format import COLUMNS, PARTNER_FEEDS, REGIONS, broken_rules, clashes, key_of
from oracle import indicator_values
from oracle.words import ARRONDISSEMENT_OF, easter
from random_inbox import EASTER, random_inbox, write_inbox

SEEDS = range(30)


@cache
def inbox(seed: int) -> Any:
    return random_inbox(seed)


@cache
def table(seed: int) -> list[dict[str, Any]]:
    return indicator_values(inbox(seed))


def all_rows() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (feed, month, row)
        for seed in SEEDS
        for (_, feed), by_month in inbox(seed).items()
        for month, rows in by_month.items()
        for row in rows
    ]


def test_every_row_obeys_its_contract() -> None:
    for feed, month, row in all_rows():
        assert broken_rules(feed, row, month) == []
        assert list(row) == [*COLUMNS[feed].split(), "vervallen"]


def test_no_delivery_has_a_key_twice() -> None:
    for seed in SEEDS:
        for (_, feed), by_month in inbox(seed).items():
            for rows in by_month.values():
                assert not any(clashes(feed, row, rows[:place]) for place, row in enumerate(rows))


@pytest.mark.parametrize(
    ("feed", "change", "broken"),
    [
        ("meldingen", {"overdracht_op": date(2000, 1, 1)}, "overdracht_op before ontvangen_op"),
        ("meldingen", {"terugkoppeling_op": date(2099, 1, 1)}, "terugkoppeling_op after the month"),
        ("trajecten", {"gestart_op": date(1999, 1, 1)}, "gestart_op before 2000"),
        ("inzet", {"uren": Decimal("744.01"), "geeindigd_op": None}, "uren"),
        ("inzet", {"uren": Decimal("0")}, "uren"),
    ],
)
def test_broken_rules_are_seen(feed: str, change: dict[str, Any], broken: str) -> None:
    month, row = next((month, row) for name, month, row in all_rows() if name == feed)
    assert broken in broken_rules(feed, row | change, month)


def test_plans_may_lie_ahead_of_the_month_and_facts_may_not() -> None:
    status = {"status_id": "a", "regio": "utrecht", "verbeteractiviteit": "actieoverleg", "toelichting": None}
    row = status | {"peildatum": date(2024, 2, 1), "status": "gepland", "vervallen": False}
    assert broken_rules("regio_status", row, "2024-01") == []
    assert broken_rules("regio_status", row | {"status": "actief"}, "2024-01") == ["peildatum after the month"]
    assert broken_rules("regio_status", row | {"regio": "noord_nederland"}, "2024-01") == ["regio of the wrong level"]


def test_the_same_seed_gives_the_same_inbox() -> None:
    assert random_inbox(3) == random_inbox(3) != random_inbox(4)


def test_easter_is_when_it_is() -> None:
    assert {year: easter(year) for year in EASTER} == EASTER


def test_regions_lie_where_the_specification_puts_them() -> None:
    assert all(ARRONDISSEMENT_OF[regio] == arrondissement for regio, arrondissement in REGIONS.items())


def test_inboxes_are_nasty() -> None:
    """Withdrawn and revived records, moved gezinnen, ties, holes, empty months, open intervals, joined meldingen."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        moments: Counter[Any] = Counter()
        for (_, feed), by_month in inbox(seed).items():
            history = defaultdict(list)
            for month in sorted(by_month):
                seen["empty month"] += not by_month[month]
                for row in by_month[month]:
                    history[key_of(feed, row)].append(row)
            for versions in history.values():
                flags = [row["vervallen"] for row in versions]
                seen["withdrawn"] += flags[-1]
                seen["revived"] += any(a and not b for a, b in pairwise(flags))
                seen["gezin changed"] += len({row.get("gezin") for row in versions}) > 1
                last = versions[-1]
                seen["joined"] += last.get("politie_registratie_id") is not None
                seen["open inzet"] += feed == "inzet" and last["geeindigd_op"] is None
                if feed in ("incidenten", "meldingen"):
                    moments[last["gezin"], last.get("gemeld_op") or last.get("ontvangen_op")] += 1
        by_gezin = defaultdict(set)
        for gezin, moment in moments:
            by_gezin[gezin].add(moment)
        seen["tie"] += sum(times > 1 for times in moments.values())
        seen["28 days"] += sum(m + timedelta(days=28) in times for times in by_gezin.values() for m in times)
        delivered = [set(inbox(seed)[feed]) for feed in PARTNER_FEEDS]
        seen["hole"] += any(months != set.union(*delivered) for months in delivered)
    assert all(seen[what] >= 10 for what in seen), seen
    assert len(seen) == 9


def test_every_indicator_and_status_occurs() -> None:
    rows = [row for seed in SEEDS for row in table(seed)]
    assert len({row["indicator"] for row in rows}) == 29
    assert {row["status"] for row in rows} == {"niet_rijp", "niet_bereikt", "onvolledig", "voorlopig", "definitief"}


def test_counts_add_up_over_regions_and_periods() -> None:
    """A month of the vt_regio's together is that month of the country; its months together are a year."""
    for seed in SEEDS:
        counts: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in table(seed):
            if not row["indicator"].endswith("_dekking"):
                key = row["indicator"], row["dimensie"], row["categorie"], row["periode"][:4]
                counts[key][f"{row['regio_niveau']} {row['periode_soort']}"] += row["n"]
        for key, per_level in counts.items():
            assert len(per_level) == 9 and len(set(per_level.values())) == 1, (seed, key, dict(per_level))


def test_written_files_say_what_the_deliveries_say(tmp_path: Path) -> None:
    write_inbox(inbox(1), tmp_path)
    assert {path.suffix for path in tmp_path.glob("*/*/*")} == {".csv", ".leeg"}
    for (partner, feed), by_month in inbox(1).items():
        for month, rows in by_month.items():
            path = tmp_path / partner / feed / month
            if not rows:
                assert path.with_suffix(".leeg").read_bytes() == b""
                continue
            with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
                header, *written = list(csv.reader(file))
            assert header == [*COLUMNS[feed].split(), "vervallen"]
            assert [line[0] for line in written] == [key_of(feed, row) for row in rows]
            assert [[cell == "" for cell in line] for line in written] == [
                [row[column] is None for column in header] for row in rows
            ]
