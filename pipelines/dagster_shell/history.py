"""Dagster's runs, events and schedules in PostgreSQL: Dagster's own storage, at the address that ``instance.py`` finds.

A class of ours since Dagster notifies with a statement that only psycopg2 takes, while an address without a driver
means another one by now. So neither the settings nor operators have to know of drivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster._serdes import ConfigurableClassData
from dagster_postgres.storage import DagsterPostgresStorage

from pipelines.dagster_shell import instance
from pipelines.errors import UserError


class Storage(DagsterPostgresStorage):
    """As ``dagster.yaml`` names it. It takes no settings: the address would be one."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Storage:
        """Raises UserError where the variable is not set."""
        address = instance.address()
        if address is None:
            raise UserError(instance.NOT_TOLD)
        return cls(address, inst_data=inst_data)
