"""How Dagster names what partners deliver."""

from __future__ import annotations

import dagster as dg

from data_contracts.model import Contract


def feed_key(contract: Contract) -> dg.AssetKey:
    return dg.AssetKey([contract.partner, contract.feed])
