"""Zaken, contacten, momenten and statuses against the oracle, row by row: not every wrong row shows in a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import product
import pytest
from edge_inbox import edge_inbox
from oracle.cases import World, world
from oracle.coverage import regio_status
from oracle.words import ARRONDISSEMENTEN, VT_REGIOS, last_day

from data_contracts.loader import contracts
from indicators import geography
from pipelines import engine, entities, tables

PEILDATUM = "2021-04"


@pytest.fixture(scope="module")
def oracle() -> World:
    return world(edge_inbox(), PEILDATUM)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("entities")
    inputs = product.inputs(edge_inbox(), PEILDATUM, folder)
    with engine.connect(folder) as con:
        division = geography.division(inputs.peildatum)
        observation = entities.Observation(inputs.peildatum, inputs.first_month, division)
        entities.build(con, observation, contracts(), inputs.files)
        yield con


def rows(con: duckdb.DuckDBPyConnection, query: str) -> Counter[tuple[Any, ...]]:
    return Counter(con.execute(query).fetchall())


def test_zaken(con: duckdb.DuckDBPyConnection, oracle: World) -> None:
    expected = Counter(
        (
            zaak.start.replace(tzinfo=None),
            zaak.end.replace(tzinfo=None),
            zaak.regio,
            zaak.first.acuut,
            zaak.first.ernstig,
            zaak.aard_geweld(),
            oracle.praktijklocatie(zaak),
            oracle.met_actieoverleg(zaak),
        )
        for zaak in oracle.zaken()
    )
    found = rows(
        con,
        "select start, einde, vt_regio, eerste_acuut, eerste_ernstig, aard_geweld, praktijklocatie, met_actieoverleg"
        " from zaken",
    )
    assert found == expected


def test_contacts(con: duckdb.DuckDBPyConnection, oracle: World) -> None:
    """Every piece of evidence in the zaak that it belongs to, and in no other."""
    expected = Counter(
        (zaak.start.replace(tzinfo=None), zaak.regio, partner, moment.replace(tzinfo=None))
        for zaak in oracle.zaken()
        for moment, partner in zaak.contacts()
    )
    query = "select z.start, z.vt_regio, c.partner, c.tijd from contacten as c left join zaken as z using (zaak_id)"
    assert rows(con, query) == expected


def test_joint_moments(con: duckdb.DuckDBPyConnection, oracle: World) -> None:
    expected = Counter(
        (zaak.start.replace(tzinfo=None), zaak.regio, moment.replace(tzinfo=None))
        for zaak in oracle.zaken()
        for moment in zaak.joint_moments()
    )
    query = "select z.start, z.vt_regio, m.tijd from momenten as m left join zaken as z using (zaak_id)"
    assert rows(con, query) == expected


def test_effort_belongs_to_the_zaak_in_which_it_began(con: duckdb.DuckDBPyConnection, oracle: World) -> None:
    expected = Counter(
        (zaak.start.replace(tzinfo=None), zaak.regio, row["begonnen_op"].replace(tzinfo=None), row["partner"])
        for zaak in oracle.zaken()
        for row in zaak.gezin.inzet
        if zaak.holds(row["begonnen_op"])
    )
    query = """
        select z.start, z.vt_regio, i.begonnen_op, i.partner
        from inzet_met_tarief as i inner join zaken as z using (zaak_id)"""
    assert rows(con, query) == expected


def test_the_map_of_statuses(con: duckdb.DuckDBPyConnection, oracle: World) -> None:
    """Of every verbeteractiviteit and month, also those that no indicator counts."""
    months = [month for (month,) in con.execute("select maand from maanden order by maand").fetchall()]
    levels = {
        "samen_op_in_acuut": ("vt_regio", VT_REGIOS),
        "actieoverleg": ("vt_regio", VT_REGIOS),
        "strafbare_km": ("vt_regio", VT_REGIOS),
        "hg_vt_zsm": ("arrondissement", ARRONDISSEMENTEN),
    }
    expected = Counter(
        (month, activiteit, niveau, regio, regio_status(oracle, activiteit, regio, last_day(month)))
        for month in months
        for activiteit, (niveau, regios) in levels.items()
        for regio in regios
    )
    assert rows(con, tables.REFERENCE_QUERIES["regio_status"]) == expected
