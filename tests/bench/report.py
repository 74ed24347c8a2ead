"""What was measured, as tables for a terminal and for docs/performance.md, and which goals are met."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """``measured`` None: it could not be measured; ``why`` then says so."""

    what: str
    at_most: float
    measured: float | None
    why: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured is not None and self.measured <= self.at_most

    def row(self) -> tuple[str, ...]:
        measured = self.why if self.measured is None else f"{self.measured:.2f}"
        return (self.what, f"at most {self.at_most:g}", measured, "met" if self.is_met else "NOT MET")


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def as_text(self) -> str:
        widths = [max(len(cell) for cell in column) for column in zip(self.head, *self.rows, strict=True)]
        lines = [_padded(row, widths) for row in (self.head, tuple("-" * width for width in widths), *self.rows)]
        return "\n".join((self.title, "", *lines))

    def as_markdown(self) -> str:
        lines = (f"| {' | '.join(row)} |" for row in (self.head, ("---",) * len(self.head), *self.rows))
        return "\n".join((self.title, "", *lines))


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells)


def goals(found: Sequence[Goal]) -> Table:
    return Table("Goals:", ("goal", "asked", "measured", ""), [goal.row() for goal in found])


def machine() -> str:
    """What it was measured on, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, Python "
        f"{platform.python_version()}; load {load:.1f} when this began."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return "processor unknown"
