"""The axes of a figure as SVG: where a value lies on the paper, its labels and lines, and how much room they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.charts.svg_parts import (
    LINE_HEIGHT,
    Letters,
    Part,
    Undrawable,
    element,
    paint,
    text_height,
    text_width,
    write,
)
from indicators import dutch

# Between the axis and its labels, and between those and a title.
GAP, TITLE_GAP = 4.0, 5.0
BLACK = "#000000"
# Of the extent of the data, on either side, where no range is given.
AIR = 0.02
UNDRAWN = {"fixedrange", "automargin", "categoryorder", "zeroline", "ticklabeloverflow"}


@dataclass
class Axis:
    """One axis. ``start`` and ``end``: where its range begins and ends on the paper, once that is known."""

    name: str
    span: tuple[float, float]
    categories: dict[str, int] | None
    ticks: Sequence[tuple[Any, str]]
    letters: Letters
    title: str
    title_letters: Letters
    visible: bool
    far: bool
    anchored: bool
    grid: str | None
    line: str | None
    start: float = 0.0
    end: float = field(default=1.0)

    def at(self, value: Any) -> float:
        """Raises Undrawable for a text on an axis of numbers."""
        if isinstance(value, str):
            if self.categories is None:
                raise Undrawable(f"{self.name}: {value!r}")
            # As plotly does: what isn't among the categories comes after them.
            value = self.categories.setdefault(value, len(self.categories))
        low, high = self.span
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    @property
    def label_width(self) -> float:
        return max((text_width(text, self.letters.size) for _, text in self.ticks), default=0.0)

    @property
    def room(self) -> float:
        """What labels and title take beside the axis."""
        if not self.visible:
            return 0.0
        size = self.letters.size
        if self.name == "xaxis":
            labels = max((text_height(text, size) for _, text in self.ticks), default=0.0)
        else:
            labels = self.label_width
        title = TITLE_GAP + text_height(self.title, self.title_letters.size) if self.title else 0.0
        return GAP + labels + title


def read(part: Part, name: str, letters: Letters, extent: tuple[float, float] | None) -> Axis:
    """The axis ``name`` of a layout. ``extent``: of the data, for an axis without a range."""
    kind = part.one_of("type", ("category", "linear", None), None)
    names = {category: i for i, category in enumerate(part.list("categoryarray"))}
    given = part.list("range")
    if given:
        span = (float(given[0]), float(given[1]))
    elif extent:
        air = AIR * (extent[1] - extent[0])
        span = (extent[0] - air, extent[1] + air)
    else:
        raise Undrawable(f"{part.where}: no range and no data")
    part.one_of("ticks", ("",), "")
    part.one_of("tickangle", (0,), 0)
    part.one_of("scaleratio", (1,), 1)
    title = part.part("title")
    tick_font = part.part("tickfont")
    grid_colour, line_colour = part.get("gridcolor"), part.get("linecolor")
    axis = Axis(
        name=name,
        span=span,
        categories=names if kind == "category" else None,
        ticks=_ticks(part, span),
        letters=Letters(tick_font.get("size", letters.size), tick_font.get("color", letters.colour)),
        title=title.get("text", ""),
        title_letters=Letters.of(title, letters),
        visible=part.get("visible", True),
        far=part.one_of("side", ("top", "bottom", "left", None), None) == "top",
        anchored=part.one_of("scaleanchor", ("x", None), None) is not None,
        grid=grid_colour if part.get("showgrid", True) else None,
        line=line_colour if part.get("showline", False) else None,
    )
    if axis.visible and not axis.ticks:
        raise Undrawable(f"{part.where}: no tickvals and no dtick")
    tick_font.done({"family"})
    title.done()
    part.done(UNDRAWN)
    return axis


def _ticks(part: Part, span: tuple[float, float]) -> list[tuple[Any, str]]:
    values, texts, step = part.list("tickvals"), part.list("ticktext"), part.get("dtick")
    if values:
        return list(zip(values, texts, strict=True))
    if not step:
        return []
    first, last = math.ceil(min(span) / step), math.floor(max(span) / step)
    return [(i * step, dutch.number(i * step)) for i in range(first, last + 1)]


def place(x: Axis, y: Axis, left: float, right: float, top: float, bottom: float) -> None:
    """Lays both axes along a rectangle of the paper; where y is anchored to x, one unit is as long on either."""
    x.start, x.end, y.start, y.end = left, right, bottom, top
    if not y.anchored:
        return
    width, height = x.span[1] - x.span[0], y.span[1] - y.span[0]
    unit = min((right - left) / width, (bottom - top) / height)
    x_middle, y_middle = (left + right) / 2, (top + bottom) / 2
    x.start, x.end = x_middle - unit * width / 2, x_middle + unit * width / 2
    y.start, y.end = y_middle + unit * height / 2, y_middle - unit * height / 2


def grid(axis: Axis, other: Axis) -> str:
    """Lines across the picture at the ticks."""
    if not axis.visible or not axis.grid:
        return ""
    out = []
    for value, _ in axis.ticks:
        here = axis.at(value)
        ends = _along(axis, here, other.start, other.end)
        out.append(element("line", **ends, **paint("stroke", axis.grid), stroke_width=1))
    return "".join(out)


def labels(axis: Axis, other: Axis) -> str:
    """The axis line, the labels of the ticks and the title."""
    if not axis.visible:
        return ""
    edge = other.end if axis.far else other.start
    out = []
    if axis.line:
        ends = _along(other, edge, axis.start, axis.end)
        out.append(element("line", **ends, **paint("stroke", axis.line), stroke_width=1))
    size = axis.letters.size
    for value, text in axis.ticks:
        here = axis.at(value)
        if axis.name == "xaxis":
            top = edge - GAP - text_height(text, size) if axis.far else edge + GAP
            out.append(write(text, here, top, axis.letters, "middle"))
        else:
            out.append(write(text, edge - GAP, here - text_height(text, size) / 2, axis.letters, "end"))
    if axis.title:
        middle = (axis.start + axis.end) / 2
        if axis.name == "xaxis":
            top = edge + axis.room - LINE_HEIGHT * axis.title_letters.size
            out.append(write(axis.title, middle, top, axis.title_letters, "middle"))
        else:
            out.append(write(axis.title, edge - axis.room, middle, axis.title_letters, "middle", turn=-90))
    return "".join(out)


def _along(axis: Axis, here: float, start: float, end: float) -> dict[str, float]:
    """The ends of a line at one place of an axis, across it."""
    if axis.name == "xaxis":
        return {"x1": here, "x2": here, "y1": start, "y2": end}
    return {"x1": start, "x2": end, "y1": here, "y2": here}
