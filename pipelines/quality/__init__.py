"""Data quality as figures: one long table, national, per partner, feed and month (docs/decisions/0008-data-quality.md).

Pure: ledger rows and relations in, frames out. Each SQL file of this folder gives the counts of one ``maat`` over the
current state of the records. Not here: judging a delivery (``data_contracts``), who may see the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.history import usual_volume
from data_contracts.model import Column, Contract, Evaluation
from indicators import calendar
from indicators.calendar import AMSTERDAM
from indicators.model import PARTNER_FEEDS
from indicators.session import Session
from indicators.statistics import to_polars
from pipelines.ledger import Delivery, latest_accepted

FOLDER = Path(__file__).parent
MEASURES = ("koppelingen", "voor_eerste_zaak", "zonder_tarief")
KEYS = ("partner", "feed", "maand", "maat", "onderdeel")
SCHEMA = {**dict.fromkeys(KEYS, pl.String), **dict.fromkeys(("teller", "noemer", "waarde"), pl.Float64)}
# A delivery received more than this many months after its month is history that a partner loaded afterwards, as when it
# joins: it says nothing of punctuality. Three months, because a figure is provisional as long as its month is one of
# the last three; who delivers within them is late for figures that people are waiting for.
HISTORY_MONTHS = 3
# A code that says that a required value is not known, so that its column is filled in name only.
UNKNOWN = "onbekend"
TOTAL = "totaal"

Counts = Iterator[tuple[str, str, float | None, float | None]]


def punctuality(month: str, received: date, delivery_day: int) -> str:
    """``op_tijd`` up to and including working day ``delivery_day`` after the month, ``te_laat``, or ``achteraf``."""
    if received <= calendar.nth_werkdag_after(calendar.month_end(month), delivery_day):
        return "op_tijd"
    if received > calendar.month_end(calendar.add_months(month, HISTORY_MONTHS)):
        return "achteraf"
    return "te_laat"


def of_deliveries(
    deliveries: Sequence[Delivery],
    evaluations: Mapping[int, Sequence[Evaluation]],
    contracts: Mapping[str, Contract],
    until: str,
) -> pl.DataFrame:
    """The figures that the ledger gives, of months up to and including ``until``: op_tijd, records, in_quarantaine and
    waarschuwing, as ``SCHEMA``.

    ``deliveries``: the whole ledger, in order of number; ``evaluations``: by delivery id. Only accepted deliveries
    count: a refused one changed nothing.
    """
    accepted = [d for d in deliveries if d.verdict == "accepted" and d.month <= until]
    by_feed: dict[str, list[Delivery]] = {}
    for d in latest_accepted(accepted):
        by_feed.setdefault(d.name, []).append(d)
    received: dict[tuple[str, str], date] = {}
    for d in accepted:
        received.setdefault((d.name, d.month), _day(d.received_at))
    out: list[dict[str, Any]] = []
    for name, mine in by_feed.items():
        contract = contracts[name]
        moments = {d.month: received[name, d.month] for d in mine}
        out += _rows(contract, "op_tijd", _on_time(contract, moments, until))
        for d in mine:
            volumes = {other.month: other.rows_in for other in mine}
            out += _rows(contract, "records", _volume(contract, d.month, volumes))
            judged = [e for e in evaluations.get(d.id or 0, ()) if e.status != "not_applicable"]
            out += _rows(contract, "in_quarantaine", _quarantined(d, judged))
            out += _rows(contract, "waarschuwing", _warned(contract, d, judged))
    return _framed(out)


def of_rows(
    con: Session,
    contracts: Mapping[str, Contract],
    files: Mapping[str, Sequence[tuple[str, Path]]],
    peildatum: date,
) -> pl.DataFrame:
    """The figures that the rows give: gevuld, koppeling, voor_eerste_zaak and zonder_tarief, as ``SCHEMA``.

    ``con`` holds the relations of ``pipelines.entities``; ``files``: the accepted files in force, as for those.
    """
    until = calendar.month_of(peildatum)
    filled = [
        row
        for name, contract in contracts.items()
        for row in _filled(con, contract, [(month, path) for month, path in files.get(name, ()) if month <= until])
    ]
    counts = (to_polars(con.sql(query(name))) for name in MEASURES)
    return _framed([*filled, *(row for frame in counts for row in frame.iter_rows(named=True))])


def table(*parts: pl.DataFrame) -> pl.DataFrame:
    """The parts as one table in the order of its keys."""
    return pl.concat(parts).sort(KEYS)


def query(name: str) -> str:
    """The SQL of one of ``MEASURES``."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def left_out(quality: pl.DataFrame) -> dict[str, int]:
    """What counts nowhere, in rows over all months: what a computation tells who started it."""
    asked = {
        "inzet_buiten_zaak": ("voor_eerste_zaak", "inzet", "begonnen_op"),
        "inzet_zonder_tarief": ("zonder_tarief", "inzet", "rijen"),
        "actieoverleggen_buiten_zaak": ("voor_eerste_zaak", "actieoverleggen", "gehouden_op"),
        "zsm_zaken_buiten_zaak": ("voor_eerste_zaak", "zsm_zaken", "instroom_op"),
    }
    return {
        name: int(quality.filter(maat=maat, feed=feed, onderdeel=onderdeel)["teller"].sum())
        for name, (maat, feed, onderdeel) in asked.items()
    }


def described(contracts: Iterable[Contract]) -> list[dict[str, Any]]:
    """What the codes of the table mean: per feed its title, delivery day, and the words for its columns and rules."""
    return [
        {
            "partner": c.partner,
            "feed": c.feed,
            "title": c.title,
            "delivery_day": c.delivery_day,
            "columns": {column.name: column.title or column.name for column in c.columns},
            "rules": {rule.code: rule.message for rule in c.rules},
        }
        for c in contracts
    ]


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(AMSTERDAM).date()


def _rows(contract: Contract, maat: str, counts: Counts) -> list[dict[str, Any]]:
    return [
        {
            "partner": contract.partner,
            "feed": contract.feed,
            "maand": month,
            "maat": maat,
            "onderdeel": part,
            "teller": teller,
            "noemer": noemer,
        }
        for month, part, teller, noemer in counts
    ]


def _framed(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """``waarde``: teller over noemer; teller itself where nothing is divided; empty where the noemer is 0."""
    frame = pl.DataFrame(rows, schema={name: kind for name, kind in SCHEMA.items() if name != "waarde"}, strict=False)
    share = pl.when(pl.col("noemer") > 0).then(pl.col("teller") / pl.col("noemer"))
    return frame.with_columns(waarde=pl.when(pl.col("noemer").is_null()).then("teller").otherwise(share))


def _on_time(contract: Contract, received: Mapping[str, date], until: str) -> Counts:
    """Per month 1 for on time and 0 for late or missing, so that tellers over noemers add up to a share on time."""
    for month, day in received.items():
        found = punctuality(month, day, contract.delivery_day)
        yield month, found, float(found == "op_tijd"), float(found != "achteraf")
    # The landelijk netwerk may deliver once: what it did not deliver may not have been due.
    if contract.name in PARTNER_FEEDS:
        for month in calendar.months_between(min(received), until):
            if month not in received:
                yield month, "ontbreekt", 0.0, 1.0


def _volume(contract: Contract, month: str, volumes: Mapping[str, int]) -> Counts:
    yield month, "ontvangen", volumes[month], None
    for rule in contract.rules:
        if rule.kind == "volume":
            limits = (rule.params["afwijkingen"], rule.params["maanden"], rule.params["minimum"])
            if usual := usual_volume(month, volumes, *limits):
                yield month, "gebruikelijk_van", max(0.0, usual.low), None
                yield month, "gebruikelijk_tot", usual.high, None


def _quarantined(delivery: Delivery, judged: Iterable[Evaluation]) -> Counts:
    """Every rule that was evaluated, also where no row broke it: what has no row here was not looked at."""
    yield delivery.month, TOTAL, delivery.rows_quarantined, delivery.rows_in
    for e in judged:
        if e.level == "rij":
            yield delivery.month, e.code, e.rows, delivery.rows_in


def _warned(contract: Contract, delivery: Delivery, judged: Iterable[Evaluation]) -> Counts:
    """Warnings about records; the one about the number of rows is seen in ``records``."""
    about_files = {rule.code for rule in contract.rules if rule.kind == "volume"}
    for e in judged:
        if e.level == "waarschuwing" and e.code not in about_files:
            yield delivery.month, e.code, e.rows, delivery.rows_in


def _may_lack(column: Column) -> bool:
    return column.name != "vervallen" and (not column.required or UNKNOWN in column.values)


def _filled(con: Session, contract: Contract, files: Sequence[tuple[str, Path]]) -> list[dict[str, Any]]:
    """Of every column that may lack a value: the rows of each month's delivery that have one. Withdrawn rows tell
    nothing and are left out; a row without a required value is in quarantine."""
    columns = [column for column in contract.columns if _may_lack(column)]
    if not columns or not files:
        return []
    ordered = sorted(files)
    counts = ", ".join(f"count({_known(column)})" for column in columns)
    found = con.execute(
        f"""
        select file_index, count(*), {counts}
        from read_parquet($files, hive_partitioning = false)
        where not vervallen
        group by file_index
        order by file_index""",
        {"files": [str(path) for _, path in ordered]},
    ).fetchall()
    return _rows(
        contract,
        "gevuld",
        (
            (ordered[place][0], column.name, teller, noemer)
            for place, noemer, *tellers in found
            for column, teller in zip(columns, tellers, strict=True)
        ),
    )


def _known(column: Column) -> str:
    name = f'"{column.name}"'
    return f"nullif({name}, '{UNKNOWN}')" if UNKNOWN in column.values else name
