"""``python -m tests.bench.hostile``: what each hostile file of the tests costs ``veiligheid check``.

Each file is checked by a forked process with everything loaded; memory is that process' largest, what it inherited
included. Ends with an error when a file takes more than 30 seconds of processor or 1 GiB, or its verdict is another
than declared.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

TESTS = Path(__file__).resolve().parents[1]
MOST_SECONDS, MOST_BYTES = 30.0, 1 << 30
BOMB_GROUPS, BOMB_ROWS = 200, 1_000_000


@dataclass(frozen=True)
class Cost:
    name: str
    seconds: float
    memory: int
    as_declared: bool


def bomb(path: Path, columns: list[str]) -> None:
    """A Parquet file of 200 million rows in a few MB: one row group of equal values, 200 times."""
    group = pa.table(
        {
            name: pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), BOMB_ROWS), pa.array(["a"]))
            for name in columns
        }
    )
    with parquet.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for _ in range(BOMB_GROUPS):
            writer.write_table(group)


def check(path: Path, feed: str, expected: tuple[str, int, int, int], name: str, folder: Path) -> Cost:
    """One ``veiligheid check`` in a process of its own."""
    from pipelines import cli

    partner, _, kind = feed.partition("/")
    report = folder / "verslag"
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        asked = [
            "check",
            str(path),
            "--partner",
            partner,
            "--feed",
            kind,
            "--month",
            "2024-03",
            "--report",
            str(report),
        ]
        os._exit(cli.run(asked))
    _, _, usage = os.wait4(child, 0)
    told = [json.loads(file.read_text(encoding="utf-8")) for file in report.glob("*.json")]
    found = [(t["verdict"], t["rows_in"], t["rows_accepted"], t["rows_quarantined"]) for t in told]
    for file in report.glob("*"):
        file.unlink()
    return Cost(name, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, found == [expected])


def main() -> int:
    sys.path[:0] = [str(TESTS / "pipeline"), str(TESTS / "fixtures")]
    from fork_server import IMPORTED

    for module in IMPORTED:
        importlib.import_module(module)
    from hostile_files import LOCATIE, UNREADABLE, all_files
    from hostile_parquet import parquet_files

    from data_contracts.loader import contracts

    costs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in [*all_files(), *parquet_files()]:
            path = folder / f"2024-03.{file.extension}"
            path.write_bytes(file.content)
            costs.append(check(path, file.feed, file.expected, str(file), folder))
            path.unlink()
        path = folder / "2024-03.parquet"
        bomb(path, list(contracts()[LOCATIE].column_names))
        megabytes = path.stat().st_size / 1e6
        costs.append(check(path, LOCATIE, UNREADABLE, f"200 million rows in {megabytes:.1f} MB", folder))
    costs.sort(key=lambda cost: -cost.seconds)
    print(f"{len(costs)} files, {sum(c.seconds for c in costs):.0f} s of processor")
    for cost in [*costs[:5], max(costs, key=lambda c: c.memory)]:
        print(f"{cost.seconds:6.1f} s {cost.memory / 2**30:5.2f} GiB  {cost.name}")
    wrong = [c for c in costs if not c.as_declared or c.seconds > MOST_SECONDS or c.memory > MOST_BYTES]
    for cost in wrong:
        print(f"NOT AS DECLARED, OR TOO COSTLY: {cost.name}: {cost.seconds:.1f} s, {cost.memory / 2**30:.2f} GiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
