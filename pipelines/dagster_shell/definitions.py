"""What Dagster loads: the road, what starts it by itself, and what a steward orders."""

from __future__ import annotations

import os

import dagster as dg

from pipelines.dagster_shell import orders, road, schedules, sensors


def build(root: str) -> dg.Definitions:
    """All of it over the data home ``root``."""
    by_itself = dg.Definitions(
        schedules=[schedules.monthly(road.JOB)], sensors=[sensors.of_inbox(road.JOB), sensors.of_freshness()]
    )
    return dg.Definitions.merge(road.build(root), by_itself, dg.Definitions(jobs=orders.jobs()))


defs = build(os.environ.get("VEILIGHEID_HOME", "var"))
