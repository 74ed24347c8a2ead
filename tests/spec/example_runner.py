"""Worked examples: the records of a definition's ``example`` go through the product, and meet what a reader works out.

Belongs here: the form of an example and how it is run. Not here: the examples themselves (``indicators/definitions``).

An example writes out only the columns that matter. The others get the values below: one family, in Twente, and nothing
out of the ordinary; an Actieoverleg was registered when it was held. A column without a value here stays empty, or must
be written out where its contract requires it. Partner feeds count as delivered for every month from ``MONTHS_BEFORE``
months before the peildatum, so that an expected status tells about the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from data_contracts.loader import contracts
from data_contracts.model import Contract
from indicators import calendar, geography, statistics, sums, values
from indicators.model import PARTNER_FEEDS, Definition
from pipelines import engine, entities

MONTHS_BEFORE = 36
TOLERANCE = 1e-9
ANY_FEED = {"gezin": "gezin_a", "vt_regio": "twente", "vervallen": False}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "meldingen": {"melder": "burger", "aard_geweld": "onbekend", "onveiligheid": "structureel"},
    "actieoverleggen": {
        "aanwezig_veilig_thuis": False,
        "aanwezig_politie": False,
        "aanwezig_openbaar_ministerie": False,
        "aanwezig_reclassering": False,
        "aanwezig_raad_voor_de_kinderbescherming": False,
    },
    "incidenten": {"soort": "mishandeling", "hg_label": True, "ernst": "licht", "acuut": False, "aangifte": False},
    "zsm_zaken": {"hg_label_instroom": True, "hg_vastgesteld": True, "gedragsaanwijzing": False},
    "onderzoeken": {"spoed": False},
    "trajecten": {"soort": "toezicht"},
    "inzet": {
        "verbeteractiviteit": "regulier",
        "soort_inzet": "regulier",
        "functie": "medewerker",
        "wijze": "telefoon",
        "uren": "1.00",
    },
}
SAME_AS = {"aangemeld_op": "gehouden_op"}
KEYS = {"peildatum", "story", "records", "expected"}
EXPECTED_KEYS = {"regio", "periode", "dimensie", "categorie", "n", "teller", "noemer", "value", "explanation"}
CELL = ("regio", "periode", "dimensie", "categorie")
POLARS_TYPES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "timestamp": pl.Datetime("us"),
    "date": pl.Date,
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "decimal": pl.Decimal(7, 2),
}


class ExampleError(ValueError):
    """An example that can't be run; says which record or expectation, and what is wrong with it."""


def differences(expected: Sequence[Mapping[str, Any]], computed: pl.DataFrame) -> list[str]:
    """What ``run`` computed otherwise than an example expects, one line each; empty when it is right.

    Raises ExampleError for an expectation with a missing or unknown key.
    """
    return [line for cell in expected for line in _compare(cell, computed)]


def run(definition: Definition, folder: Path) -> pl.DataFrame:
    """The values (columns of ``indicators.values.SCHEMA``) that the example's records give at its peildatum.

    ``folder`` receives the records as files. Raises ExampleError for an example that can't be run.
    """
    example = definition.example
    _exactly(example, KEYS, set(), "example")
    peildatum = calendar.month_end(example["peildatum"])
    division = geography.division(peildatum)
    first_month = calendar.add_months(example["peildatum"], -MONTHS_BEFORE)
    known = contracts()
    files = {
        name: [(example["peildatum"], _write(records, _known(known, name), folder))]
        for name, records in example["records"].items()
    }
    months = calendar.months_between(first_month, example["peildatum"])
    with engine.connect(folder, memory="512MiB", threads=1) as con:
        entities.build(con, entities.Observation(peildatum, first_month, division), known, files)
        statistics.prepare(con, division)
        deliveries = values.Deliveries(peildatum, dict.fromkeys(PARTNER_FEEDS, months))
        return values.compute(con, definition, deliveries, division).values


def evaluate(expression: str | int | None) -> float | None:
    """The value of a sum of an example, None for no sum. Raises ExampleError."""
    try:
        return None if expression is None else sums.value_of(expression)
    except sums.SumError as error:
        raise ExampleError(str(error)) from None


def typed(record: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    """A record with every column of its contract, typed as in an accepted file.

    Raises ExampleError naming the record and the column.
    """
    key = record.get(contract.key)
    if unknown := set(record) - set(contract.column_names):
        raise ExampleError(f"{contract.name} {key}: unknown column {', '.join(sorted(unknown))}")
    copies = {name: record.get(other) for name, other in SAME_AS.items()}
    given = {**copies, **ANY_FEED, **DEFAULTS.get(contract.feed, {}), **record}
    out = {}
    for column in contract.columns:
        value = given.get(column.name)
        if value is None and column.required:
            raise ExampleError(f"{contract.name} {key}: {column.name} must be written out")
        if value is not None and column.values and value not in column.values:
            raise ExampleError(f"{contract.name} {key}: {column.name} is '{value}', not one of its codes")
        out[column.name] = None if value is None else _cast(value, column.kind, f"{contract.name} {key}: {column.name}")
    return out


def _cast(value: Any, kind: str, place: str) -> Any:
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ExampleError(f"{place} is '{value}', must be true or false")
        return value
    if kind == "timestamp":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ExampleError(f"{place} is '{value}', must have an offset such as +01:00")
        return moment.astimezone(UTC).replace(tzinfo=None)
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "decimal" else value


def _write(records: Sequence[Mapping[str, Any]], contract: Contract, folder: Path) -> Path:
    path = folder / f"{contract.partner}-{contract.feed}.parquet"
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        c.name: POLARS_TYPES.get(c.kind, pl.String) for c in contract.columns
    }
    rows = [typed(record, contract) for record in records]
    pl.DataFrame(rows, schema=schema).with_row_index("rij", offset=1).write_parquet(path)
    return path


def _known(known: Mapping[str, Contract], name: str) -> Contract:
    if name not in known:
        raise ExampleError(f"unknown feed '{name}'")
    return known[name]


def _compare(expected: Mapping[str, Any], computed: pl.DataFrame) -> list[str]:
    """``status`` is compared where the example gives one."""
    place = " ".join(str(expected.get(name)) for name in CELL)
    _exactly(expected, EXPECTED_KEYS, {"status"}, place)
    cells = computed.filter(pl.col(name) == str(expected[name]) for name in CELL).to_dicts()
    if len(cells) != 1:
        return [f"{place}: {len(cells)} cells instead of one"]
    cell = cells[0]
    wanted = {name: evaluate(expected[name]) for name in ("n", "teller", "noemer")}
    wanted["waarde"] = evaluate(expected["value"])
    lines = [f"{place}: {k} is {cell[k]}, expected {v}" for k, v in wanted.items() if not _equal(cell[k], v)]
    if expected.get("status", cell["status"]) != cell["status"]:
        lines.append(f"{place}: status is {cell['status']}, expected {expected['status']}")
    return lines


def _equal(computed: float | None, expected: float | None) -> bool:
    if computed is None or expected is None:
        return computed is expected
    return abs(computed - expected) <= TOLERANCE * max(1.0, abs(expected))


def _exactly(entry: Mapping[str, Any], required: set[str], optional: set[str], place: str) -> None:
    if missing := required - set(entry):
        raise ExampleError(f"{place}: missing {', '.join(sorted(missing))}")
    if unknown := set(entry) - required - optional:
        raise ExampleError(f"{place}: unknown {', '.join(sorted(unknown))}")
