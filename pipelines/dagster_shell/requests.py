"""What a run is asked to do: the feeds that have something new, their range of months, and all that is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from data_contracts.loader import contracts
from pipelines.dagster_shell import assets
from pipelines.inbox import InboxFile

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def selection(files: Sequence[InboxFile]) -> list[dg.AssetKey]:
    """The feeds of these files, the calculation and the publication."""
    names = {file.name for file in files}
    feeds = [assets.feed_key(contract) for name, contract in contracts().items() if name in names]
    return [*feeds, *(key for made in (assets.calculation(), assets.publication_asset()) for key in made.keys)]


def checks(files: Sequence[InboxFile]) -> list[dg.AssetCheckKey]:
    """Every check of these feeds. Dagster's interface, which can start a request by hand, takes none to mean none."""
    names = {file.name for file in files}
    feeds = (assets.feed_asset(contract) for name, contract in contracts().items() if name in names)
    return [key for feed in feeds for key in feed.check_keys]


def months(files: Sequence[InboxFile]) -> dict[str, str]:
    """The tags of a run over the range of months of these files."""
    found = sorted(file.month for file in files)
    return {RANGE_START: found[0], RANGE_END: found[-1]} if found else {}


def request(files: Sequence[InboxFile], run_key: str, tags: Mapping[str, str] | None = None) -> dg.RunRequest:
    """One run over these files; asked twice with one key, it runs once."""
    return dg.RunRequest(
        run_key=run_key,
        asset_selection=selection(files),
        asset_check_keys=checks(files),
        tags={**months(files), **(tags or {})},
    )
