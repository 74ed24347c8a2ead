"""What Dagster loads: the road, and what a steward orders."""

from __future__ import annotations

import os

import dagster as dg

from pipelines.dagster_shell import orders, road

HOME = os.environ.get("VEILIGHEID_HOME", "var")

defs = dg.Definitions.merge(road.build(HOME), dg.Definitions(jobs=orders.jobs()))
