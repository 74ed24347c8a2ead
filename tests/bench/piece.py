"""One measured piece of work, in this process: started by ``national``, which reads what it cost.

python -m tests.bench.piece ENGINE MEASURE --history FILE --to FOLDER [--memory 512MiB] [--threads N]

ENGINE: product, scan, polars, pandas, or stages (every indicator; MEASURE is then ``all``). In FOLDER come the figures
(``sums.parquet``, ``values.parquet``) and ``cost.json``: CPU and wall seconds by part, imports left out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path

import polars as pl

from indicators.model import definitions
from pipelines import engine, tables
from pipelines.tables import Inputs

from . import history
from .in_product import Clock
from .measures import MEASURES, Measure

ENGINES = ("product", "scan", "polars", "pandas", "stages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("measure", choices=(*MEASURES, "all"))
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--memory")
    parser.add_argument("--threads", type=int)
    asked = parser.parse_args()
    limits = {"memory": asked.memory, "threads": asked.threads}
    engine.connect = partial(engine.connect, **{name: value for name, value in limits.items() if value})
    with tempfile.TemporaryDirectory(dir=asked.to) as scratch:
        frames, clock = _work(asked.engine, asked.measure, history.load(asked.history), Path(scratch))
    for name, frame in frames.items():
        frame.write_parquet(asked.to / f"{name}.parquet")
    (asked.to / "cost.json").write_text(json.dumps({"cpu": clock.cpu, "wall": clock.wall}), encoding="utf-8")


def _work(how: str, name: str, inputs: Inputs, scratch: Path) -> tuple[dict[str, pl.DataFrame], Clock]:
    return _every_indicator(inputs, scratch) if how == "stages" else _one(how, MEASURES[name], inputs, scratch)


def _one(how: str, measure: Measure, inputs: Inputs, scratch: Path) -> tuple[dict[str, pl.DataFrame], Clock]:
    """Each engine is imported before its clock starts."""
    match how:
        case "product":
            from .in_product import run

            clock = Clock()
            sums, values = run(inputs, measure, scratch, clock)
            return {"sums": sums, "values": values}, clock
        case "scan":
            from .in_duckdb import scan

            clock = Clock()
            scan(inputs, measure.columns, scratch)
            clock.mark("scan")
            return {}, clock
        case "polars":
            from .in_polars import figures

            clock = Clock()
            sums = figures(inputs, measure.indicators)
            clock.mark("polars")
            return {"sums": sums}, clock
    from . import in_pandas

    clock = Clock()
    values = in_pandas.figures(inputs, measure.indicators)
    clock.mark("pandas")
    return {"values": pl.from_pandas(values)}, clock


def _every_indicator(inputs: Inputs, scratch: Path) -> tuple[dict[str, pl.DataFrame], Clock]:
    """As ``compute`` does: entities, then indicator after indicator, then data quality."""
    clock = Clock()
    busy_with: list[str] = []

    def progress(what: str, _done: int, _total: int) -> None:
        if busy_with:
            clock.mark(busy_with.pop())
        busy_with.append({"zaken": "entities", "klaar": "data quality"}.get(what, what))

    made = tables.compute(inputs, definitions(), scratch, progress, engine.connect)
    clock.mark(busy_with.pop())
    return {"values": made.named["indicator_values"], "sums": made.named["statistics"]}, clock


if __name__ == "__main__":
    main()
