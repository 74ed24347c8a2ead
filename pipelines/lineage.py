"""Which relation is read by which: taken from the SQL itself, so that the picture can't differ from the road."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data_contracts.loader import contracts
from indicators.model import definitions
from pipelines import entities, quality

READS = re.compile(r"\b(?:from|join)\s+([a-z][a-z0-9_]*)", re.ASCII)
COMMENT = re.compile(r"--[^\n]*")


def reads(sql: str, known: Iterable[str]) -> set[str]:
    """The relations of ``known`` that a query reads.

    >>> sorted(reads("select 1 from a inner join b on true -- from c", {"a", "b", "c"}))
    ['a', 'b']
    """
    return set(READS.findall(COMMENT.sub("", sql))) & set(known)


def feeds_by_relation() -> dict[str, list[str]]:
    """The relation of each feed's current state -> feed names; inzet stands for five feeds."""
    out: dict[str, list[str]] = {}
    for name, contract in contracts().items():
        out.setdefault("inzet" if contract.feed == "inzet" else contract.feed, []).append(name)
    return out


def relations() -> dict[str, set[str]]:
    """Every entity relation -> the relations and feeds' current states that it reads."""
    names = [name for name, _ in entities.RELATIONS]
    known = {*names, *feeds_by_relation()}
    return {name: reads((entities.FOLDER / f"{name}.sql").read_text(encoding="utf-8"), known) for name in names}


def indicators() -> dict[str, set[str]]:
    """Every indicator -> the relations and feeds' current states that it reads."""
    known = {*relations(), *feeds_by_relation()}
    return {d.id: reads(d.sql_path.read_text(encoding="utf-8"), known) for d in definitions().values()}


def feeds_behind(indicator: str) -> set[str]:
    """Names of all feeds that an indicator's figures come from, through every relation in between.

    >>> sorted(feeds_behind("hg_herkend_bij_instroom"))
    ['openbaar_ministerie/zsm_zaken']
    """
    between, states = relations(), feeds_by_relation()
    found: set[str] = set()
    waiting = set(indicators()[indicator])
    while waiting - found:
        found |= waiting
        waiting = {name for relation in waiting for name in between.get(relation, ())}
    return {feed for name in found for feed in states.get(name, ())}


def data_quality() -> set[str]:
    """The relations and feeds' current states that the figures about data quality read."""
    known = {*relations(), *feeds_by_relation()}
    return {name for measure in quality.MEASURES for name in reads(quality.query(measure), known)}
