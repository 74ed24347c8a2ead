"""``make bench``: a fictitious country through the whole road, against three yardsticks, and what is asked of it.

Every measured piece runs in a process of its own; ratios are of medians of runs that take turns, in seconds of
processor, since a machine seldom does one thing only. What is asked stands in ``measures.py``. A goal that is not met
is told; engines that give different figures end the run.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from indicators import calendar
from pipelines.home import Home
from pipelines.synthesis import synthesize

from . import history
from .comparison import differences, values_apart
from .in_pandas import FIGURES as OF_PANDAS
from .measures import (
    HELP_SECONDS,
    MEASURES,
    MONTH_GROWTH,
    MONTH_SHARE,
    SMALL_LIMIT,
    TENFOLD_GIB,
    TIMES_POLARS,
    TIMES_TENFOLD,
    Measure,
)
from .processes import VEILIGHEID, Cost, run
from .report import Goal, Table, goals, machine

LAST_MONTH = "2025-12"
SHORT_YEARS = 3
CLOSE = 1e-9
HELP_RUNS = 5
LIMITS = ("512MiB", "1GiB")
HEAD = ("part", "CPU s", "wall s", "memory GiB")
OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True)
class Plan:
    """``repeats``: runs of each engine; ``with_pandas``: that takes longest; ``tenfold``: ten times the country too;
    ``roads``: also a new month, after SHORT_YEARS and after all years."""

    years: int
    scale: float
    repeats: int
    with_pandas: bool = True
    tenfold: bool = False
    roads: bool = True

    @property
    def first_month(self) -> str:
        # Figures need the month before their first year.
        return calendar.add_months(LAST_MONTH, -12 * self.years)


@dataclass(frozen=True)
class Piece:
    """What one process of ``piece.py`` cost, by part; CPU and wall without imports."""

    cpu: dict[str, float]
    wall: dict[str, float]
    peak_gib: float
    folder: Path

    @property
    def total(self) -> float:
        return sum(self.cpu.values())


def measure(plan: Plan, folder: Path, say: Callable[[str], None] = print) -> list[Table]:
    """Everything, told as it comes; in ``folder``, where a home that is there already is used again."""
    say(machine())
    tables: list[Table] = []
    found: list[Goal] = []

    def tell(table: Table) -> None:
        tables.append(table)
        say(f"\n{table.as_text()}")

    home = folder / "home"
    if not home.exists():
        _country(plan, home)
    if plan.roads:
        table, road_goals = _roads(plan, home, folder)
        tell(table)
        found += road_goals
    elif not (home / "ledger.sqlite").exists():
        _must(run(VEILIGHEID, "--home", home, "deliver"), "deliver")
    known = folder / "history.json"
    history.save(history.of_home(Home.open(home)), known)
    whole = _piece("stages", "all", known, folder)
    tell(_parts("Compute, part by part:", whole))
    table, yardstick_goals = _yardsticks(plan, known, folder)
    tell(table)
    found += yardstick_goals
    table, memory_goals = _memory(plan, known, folder, whole)
    tell(table)
    found += memory_goals
    found.append(_start_up())
    tell(goals(found))
    return tables


# The road


def _country(plan: Plan, home: Path) -> None:
    home.mkdir(parents=True)
    synthesize(home / "inbox", plan.first_month, LAST_MONTH, plan.scale, seed=1)


def _roads(plan: Plan, home: Path, folder: Path) -> tuple[Table, list[Goal]]:
    """The whole road up to the last month but one, then the last month; the same of a shorter history."""
    roads = {plan.years: home}
    if plan.years > SHORT_YEARS:
        roads[SHORT_YEARS] = _shorter(home, folder / f"{SHORT_YEARS}-years")
    rows: list[tuple[str, ...]] = []
    months: dict[int, dict[str, Cost]] = {}
    full: dict[str, Cost] = {}
    for years, root in roads.items():
        with _held_back(root / "inbox", folder / f"later-{years}"):
            all_before = _road(root)
        month = _road(root)
        rows += _road_rows(f"{years} years", all_before) + _road_rows(f"a new month after {years} years", month)
        months[years] = month
        if years == plan.years:
            full = all_before
    share = _cpu(months[plan.years]) / _cpu(full)
    found = [Goal(f"a new month after {plan.years} years, share of the full run", MONTH_SHARE, share)]
    if SHORT_YEARS in months and plan.years != SHORT_YEARS:
        longer, shorter = (_cpu(months[years]) - months[years]["publish"].cpu for years in (plan.years, SHORT_YEARS))
        growth = longer / shorter - 1
        what = f"a new month after {plan.years} years, growth since {SHORT_YEARS} years, publication left out"
        found.append(Goal(what, MONTH_GROWTH, growth))
    return Table("The road, each command in a process of its own:", HEAD, rows), found


def _road(home: Path) -> dict[str, Cost]:
    return {name: _must(run(VEILIGHEID, "--home", home, name), name) for name in ("deliver", "compute", "publish")}


def _must(cost: Cost, name: str) -> Cost:
    _busy(name, cost)
    if cost.exit_code not in (0, 1):
        raise SystemExit(f"{name} failed")
    return cost


def _busy(name: str, cost: Cost) -> None:
    """A line for whoever waits: the tables come at the end of each part."""
    print(
        f"  {name}: {cost.cpu:.1f} s CPU, {cost.wall:.1f} s wall, {cost.peak_gib:.2f} GiB", file=sys.stderr, flush=True
    )


def _cpu(road: dict[str, Cost]) -> float:
    return sum(cost.cpu for cost in road.values())


def _road_rows(title: str, road: dict[str, Cost]) -> list[tuple[str, ...]]:
    whole = Cost(_cpu(road), sum(c.wall for c in road.values()), max(c.peak_gib for c in road.values()), 0)
    return [_row(f"{title}: {name}", cost) for name, cost in {**road, "all": whole}.items()]


def _row(title: str, cost: Cost) -> tuple[str, ...]:
    return (title, f"{cost.cpu:.1f}", f"{cost.wall:.1f}", f"{cost.peak_gib:.2f}")


@contextmanager
def _held_back(inbox: Path, apart: Path) -> Iterator[None]:
    """The files of the last month are somewhere else for a while."""
    late = list(inbox.glob(f"*/*/{LAST_MONTH}.*"))
    for path in late:
        target = apart / path.relative_to(inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    try:
        yield
    finally:
        for path in late:
            (apart / path.relative_to(inbox)).rename(path)


def _shorter(home: Path, to: Path) -> Path:
    """A home with the last SHORT_YEARS of the inbox, and the month before them."""
    first = calendar.add_months(LAST_MONTH, -12 * SHORT_YEARS)
    for path in sorted((home / "inbox").glob("*/*/*")):
        if path.stem >= first or path.parent.name in ("tarieven", "praktijklocaties"):
            target = to / "inbox" / path.relative_to(home / "inbox")
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target)
    shutil.copy(home / "inbox-waarheid.json", to / "inbox-waarheid.json")
    return to


# The yardsticks


def _yardsticks(plan: Plan, known: Path, folder: Path) -> tuple[Table, list[Goal]]:
    rows, found = [], []
    for one in MEASURES.values():
        row, mine = _against_yardsticks(plan, one, known, folder)
        rows.append(row)
        found += mine
    head = (
        *("indicators", "scan", "product", "of which own", "to values", "polars", "pandas"),
        *("own / scan", "product / scan", "product / polars", "pandas / product"),
    )
    title = f"CPU seconds from lake files to sums, medians of {plan.repeats}, and their ratios:"
    return Table(title, head, rows), found


def _against_yardsticks(plan: Plan, one: Measure, known: Path, folder: Path) -> tuple[tuple[str, ...], list[Goal]]:
    pandas = plan.with_pandas and set(one.indicators) <= set(OF_PANDAS)
    engines = ("product", "scan", "polars", *(("pandas",) if pandas else ()))
    runs: dict[str, list[Piece]] = {engine: [] for engine in engines}
    for _ in range(plan.repeats):
        for engine in engines:
            runs[engine].append(_piece(engine, one.name, known, folder))
    _same(one, {engine: pieces[-1] for engine, pieces in runs.items()})

    def median(engine: str, *parts: str) -> float:
        return statistics.median(sum(p.cpu[part] for part in parts) for p in runs[engine])

    scan, polars = median("scan", "scan"), median("polars", "polars")
    sums, own = median("product", "entities", "own"), median("product", "own")
    values = median("product", "entities", "own", "estimation")
    slow = median("pandas", "pandas") if pandas else None
    figures = [scan, sums, own, values, polars, slow, own / scan, sums / scan, sums / polars, slow and slow / values]
    row = (one.title, *("" if figure is None else f"{figure:.2f}" for figure in figures))
    found = [Goal(f"{one.title}: times polars", TIMES_POLARS, sums / polars)]
    if one.times_scan:
        found.insert(0, Goal(f"{one.title}: times the bare scan, its own work", one.times_scan, own / scan))
        found.insert(
            1, Goal(f"{one.title}: times the bare scan, zaken and rates included", one.times_scan, sums / scan)
        )
    if one.times_faster and slow:
        found.append(Goal(f"{one.title}: share of pandas", 1 / one.times_faster, values / slow))
    return row, found


def _same(one: Measure, last: dict[str, Piece]) -> None:
    """Raises SystemExit where engines do not agree."""
    ours = last["product"].folder
    found = differences(pl.read_parquet(ours / "sums.parquet"), pl.read_parquet(last["polars"].folder / "sums.parquet"))
    if found:
        raise SystemExit(f"{one.title}: polars gives other figures: {', '.join(found)}")
    if "pandas" in last:
        theirs = pl.read_parquet(last["pandas"].folder / "values.parquet")
        apart = values_apart(pl.read_parquet(ours / "values.parquet"), theirs)
        if apart > CLOSE:
            raise SystemExit(f"{one.title}: pandas gives other figures, up to {apart:g} apart")


# Memory


def _memory(plan: Plan, known: Path, folder: Path, whole: Piece) -> tuple[Table, list[Goal]]:
    """All indicators under a limit, and of a country ten times as large."""
    rows = [("no limit of its own", f"{whole.total:.1f}", f"{sum(whole.wall.values()):.1f}", f"{whole.peak_gib:.2f}")]
    found = []
    for limit in LIMITS:
        piece = _try("stages", "all", known, folder, "--memory", limit)
        rows.append(_tried(f"DuckDB limited to {limit}", piece))
        if limit == SMALL_LIMIT:
            what = f"resident memory of a run limited to {limit}, GiB"
            found.append(Goal(what, 0.5, piece and piece.peak_gib, OUT_OF_MEMORY))
    if plan.tenfold:
        found += _tenfold(known, folder, whole, rows)
    return Table("All indicators, from lake files to values:", HEAD, rows), found


def _tenfold(known: Path, folder: Path, whole: Piece, rows: list[tuple[str, ...]]) -> list[Goal]:
    large = folder / "tenfold"
    (large / "spill").mkdir(parents=True, exist_ok=True)
    ten = folder / "tenfold.json"
    history.save(history.tenfold(history.load(known), large), ten)
    piece = _try("stages", "all", ten, folder)
    rows.append(_tried("ten times the country", piece))
    if piece:
        _exactly_ten(whole, piece)
    limited = _try("stages", "all", ten, folder, "--memory", LIMITS[-1])
    rows.append(_tried(f"ten times the country, DuckDB limited to {LIMITS[-1]}", limited))
    best = limited or piece
    return [
        Goal("ten times the country: resident memory, GiB", TENFOLD_GIB, best and best.peak_gib, OUT_OF_MEMORY),
        Goal("ten times the country: times the CPU", TIMES_TENFOLD, best and best.total / whole.total, OUT_OF_MEMORY),
    ]


def _exactly_ten(one: Piece, ten: Piece) -> None:
    """Raises SystemExit unless every count of a cell is ten times as large."""
    key = ["indicator", "regio_niveau", "regio", "periode_soort", "periode", "dimensie", "categorie"]
    small, large = (
        pl.read_parquet(piece.folder / "sums.parquet").filter(pl.col("kind") != "coverage").select(*key, "n", "sum_y")
        for piece in (one, ten)
    )
    expected = small.with_columns(pl.col("n", "sum_y") * history.COPIES)
    if not expected.sort(key).equals(large.sort(key)):
        raise SystemExit("ten times the country gives other figures than ten times those of the country")


def _tried(title: str, piece: Piece | None) -> tuple[str, ...]:
    if piece is None:
        return (title, OUT_OF_MEMORY, "", "")
    return (title, f"{piece.total:.1f}", f"{sum(piece.wall.values()):.1f}", f"{piece.peak_gib:.2f}")


def _parts(title: str, piece: Piece) -> Table:
    rows = [(name, f"{piece.cpu[name]:.1f}", f"{piece.wall[name]:.1f}", "") for name in piece.cpu]
    return Table(title, HEAD, [*rows, ("all", f"{piece.total:.1f}", "", f"{piece.peak_gib:.2f}")])


# Pieces and commands


def _piece(engine: str, name: str, known: Path, folder: Path, *limits: str) -> Piece:
    found = _try(engine, name, known, folder, *limits)
    if found is None:
        raise SystemExit(f"{engine} {name} failed")
    return found


def _try(engine: str, name: str, known: Path, folder: Path, *limits: str) -> Piece | None:
    """None where it did not come to an end."""
    to = Path(tempfile.mkdtemp(prefix=f"{engine}-{name}-", dir=folder))
    told = subprocess.DEVNULL if limits else None
    command = (sys.executable, "-m", "tests.bench.piece", engine, name, "--history", known, "--to", to, *limits)
    cost = run(*command, errors=told)
    _busy(" ".join((engine, name, *limits)), cost)
    if cost.exit_code:
        return None
    parts = json.loads((to / "cost.json").read_text(encoding="utf-8"))
    return Piece(parts["cpu"], parts["wall"], cost.peak_gib, to)


def _start_up() -> Goal:
    times = [run(VEILIGHEID, "--help").wall for _ in range(HELP_RUNS)]
    return Goal("seconds until veiligheid --help is there", HELP_SECONDS, statistics.median(times))


def as_markdown(tables: Sequence[Table]) -> str:
    return "\n\n".join((machine(), *(table.as_markdown() for table in tables))) + "\n"
