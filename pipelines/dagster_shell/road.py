"""The road as one job: all assets, over one data home."""

from __future__ import annotations

import dagster as dg

from data_contracts.loader import contracts
from pipelines.dagster_shell.assets import RETRIES, HomeResource, calculation, feed_asset, publication_asset
from pipelines.deliver import Outcome, Progress

JOB = "de_weg"


def build(
    root: str, progress: Progress = lambda *_: None, taken: list[Outcome] | None = None, retries: int = RETRIES
) -> dg.Definitions:
    """The definitions over the data home ``root``; ``progress`` and ``taken`` hear how a run goes."""
    return dg.Definitions(
        assets=[*(feed_asset(c) for c in contracts().values()), calculation(), publication_asset()],
        jobs=[
            dg.define_asset_job(
                JOB,
                selection=dg.AssetSelection.all(),
                description="Van leveringen tot publicatie",
                executor_def=dg.in_process_executor,
            )
        ],
        resources={
            "data": HomeResource(root=root, retries=retries),
            "voortgang": dg.ResourceDefinition.hardcoded_resource(progress),
            "genomen": dg.ResourceDefinition.hardcoded_resource([] if taken is None else taken),
        },
        executor=dg.in_process_executor,
    )
