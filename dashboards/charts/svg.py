"""A plotly figure of this folder as SVG: vector, in the project's letters, without a browser.

A chart is made once, as a figure; this draws it for paper and for download. It knows what our charts use of plotly, and
raises ``Undrawable`` for anything else: a picture is never silently less than the figure. The same figure gives the
same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import fonts
from dashboards.charts import svg_axes
from dashboards.charts.svg_parts import (
    LINE_HEIGHT,
    Letters,
    Part,
    Undrawable,
    element,
    number,
    paint,
    stroke,
    text_height,
    text_width,
    write,
)
from dashboards.charts.svg_traces import Pictures

__all__ = ["Undrawable", "to_svg"]

FAMILIES = f"'{fonts.FAMILY}', '{fonts.SIGNS}', 'Source Sans', sans-serif"
SIDES = ("l", "r", "t", "b")
# Of a legend: the mark, the space after it and after its words, and the space around it.
MARK_WIDTH, MARK_GAP, WORD_GAP, AIR = 24.0, 6.0, 16.0, 6.0
BORDER = 1.0
BAR_GAP = 0.2
CLEAR = ("rgba(0,0,0,0)",)
# What says how a figure behaves in a browser, how high it is there, and which letters it has.
UNDRAWN = {"height", "hovermode", "hoverdistance", "hoverlabel", "dragmode", "separators", "colorway"}
LEGEND_UNDRAWN = {"itemclick", "itemdoubleclick"}


def to_svg(figure: go.Figure, width: float, height: float) -> str:
    """The figure as an SVG document of ``width`` by ``height`` pixels. Raises Undrawable, naming what it can't draw."""
    content = figure.to_dict()
    layout = content["layout"]
    template = layout.pop("template", {})
    if any(template.get("data", {}).values()):
        raise Undrawable("template.data")
    merged = Part(_merged(template.get("layout", {}), layout), "layout")
    traces = [trace for trace in content["data"] if trace.get("visible", True) is True]
    if len(traces) < len(content["data"]):
        raise Undrawable("data: a trace that is not visible")
    font = merged.part("font")
    letters = Letters(font.get("size", 12), font.get("color", svg_axes.BLACK))
    font.done({"family"})
    body = _Paper(merged, traces, letters, width, height).draw()
    return element(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        font_family=FAMILIES,
    )


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``, mapping by mapping."""
    out = dict(below)
    for name, value in above.items():
        under = out.get(name)
        out[name] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return out


class _Paper:
    """One figure: its frame, and everything on it from the bottom up."""

    def __init__(
        self, layout: Part, traces: Sequence[Mapping[str, Any]], letters: Letters, width: float, height: float
    ):
        self._layout, self._traces, self._letters = layout, traces, letters
        self._width, self._height = width, height
        # So that the patterns of two pictures on one page keep apart.
        self._prefix = f"s{hashlib.sha256(repr((traces, width, height)).encode()).hexdigest()[:8]}"
        self._x = svg_axes.read(layout.part("xaxis"), "xaxis", letters, self._extent("x"))
        self._y = svg_axes.read(layout.part("yaxis"), "yaxis", letters, self._extent("y"))
        self._legend = layout.part("legend")
        self._sideways = self._legend.one_of("orientation", ("h", "v"), "v") == "h"
        self._entries = self._legend_entries()

    def draw(self) -> str:
        layout = self._layout
        for name in ("paper_bgcolor", "plot_bgcolor"):
            layout.one_of(name, CLEAR, CLEAR[0])
        layout.one_of("barmode", ("stack", None), None)
        gap = layout.get("bargap", BAR_GAP)
        self._frame()
        x, y = self._x, self._y
        pictures = Pictures(x, y, self._prefix)
        shapes = [(p.one_of("layer", ("below", "above"), "above"), self._shape(p)) for p in self._parts("shapes")]
        drawn = [
            (trace.get("cliponaxis", True), pictures.trace(Part(trace, f"data[{i}]"), gap))
            for i, trace in enumerate(self._traces)
        ]
        annotations = "".join(self._annotation(part) for part in self._parts("annotations"))
        legend = self._draw_legend(pictures)
        layout.get("showlegend")
        layout.done(UNDRAWN)
        clip = f"{self._prefix}c"
        inside = element(
            "clipPath",
            element("rect", x=self._left, y=self._top, width=self._right - self._left, height=self._bottom - self._top),
            id=clip,
        )
        return "".join(
            [
                element("defs", inside + "".join(pictures.definitions.values())),
                svg_axes.grid(x, y),
                svg_axes.grid(y, x),
                *(text for layer, text in shapes if layer == "below"),
                svg_axes.labels(x, y),
                svg_axes.labels(y, x),
                *(element("g", text, clip_path=f"url(#{clip})") if cut else text for cut, text in drawn if text),
                *(text for layer, text in shapes if layer == "above"),
                legend,
                annotations,
            ]
        )

    def _parts(self, name: str) -> Iterator[Part]:
        for i, values in enumerate(self._layout.list(name)):
            yield Part(values, f"{name}[{i}]")

    def _extent(self, name: str) -> tuple[float, float] | None:
        values = [v for trace in self._traces for v in trace.get(name) or () if isinstance(v, int | float)]
        return (min(values), max(values)) if values and max(values) > min(values) else None

    def _frame(self) -> None:
        """Margins: at least as given, and as wide as labels and legend need."""
        margin = self._layout.part("margin")
        left, right, top, bottom = (float(margin.get(side, 0)) for side in SIDES)
        margin.done()
        x, y = self._x, self._y
        left = max(left, y.room)
        if x.far:
            top = max(top, x.room)
        else:
            bottom = max(bottom, x.room)
        # The last label is centred under its tick.
        if x.visible and x.categories is None:
            right = max(right, text_width(x.ticks[-1][1], x.letters.size) / 2)
        if self._entries and self._sideways:
            self._rows = self._in_rows(self._width - left - right)
            top = max(top, len(self._rows) * self._row_height + 2 * AIR)
        self._left, self._right = left, self._width - right
        self._top, self._bottom = top, self._height - bottom
        if self._right <= self._left or self._bottom <= self._top:
            raise Undrawable(f"no room in {number(self._width)} by {number(self._height)}")
        svg_axes.place(x, y, self._left, self._right, self._top, self._bottom)

    def _place(self, part: Part, name: str, ref: str) -> float:
        """A coordinate of a shape or annotation: a value on an axis, or a part of the picture."""
        value = part.get(name)
        axis, (start, end) = (
            (self._x, (self._left, self._right)) if name[0] == "x" else (self._y, (self._bottom, self._top))
        )
        if part.one_of(ref, ("paper", name[0], None), None) == "paper":
            return start + value * (end - start)
        return axis.at(value)

    def _shape(self, part: Part) -> str:
        kind = part.one_of("type", ("line", "rect"), "rect")
        x0, x1 = (self._place(part, name, "xref") for name in ("x0", "x1"))
        y0, y1 = (self._place(part, name, "yref") for name in ("y0", "y1"))
        opacity = part.get("opacity")
        look = stroke(part.part("line"))
        fill = part.get("fillcolor")
        part.done()
        if kind == "line":
            return element("line", x1=x0, y1=y0, x2=x1, y2=y1, opacity=opacity, **look)
        size = {"x": min(x0, x1), "y": min(y0, y1), "width": abs(x1 - x0), "height": abs(y1 - y0)}
        return element("rect", **size, **paint("fill", fill), **look, opacity=opacity)

    def _annotation(self, part: Part) -> str:
        part.one_of("showarrow", (False,), True)
        text, letters = part.get("text", ""), Letters.of(part, self._letters)
        x = self._place(part, "x", "xref") + part.get("xshift", 0)
        y = self._place(part, "y", "yref") - part.get("yshift", 0)
        across = self._anchor(part, "x", ("left", "center", "right"))
        down = self._anchor(part, "y", ("top", "middle", "bottom"))
        width, height = text_width(text, letters.size), text_height(text, letters.size)
        left = {"left": x + BORDER, "center": x - width / 2, "right": x - width - BORDER}[across]
        top = {"top": y + BORDER, "middle": y - height / 2, "bottom": y - height - BORDER}[down]
        behind = ""
        if "bgcolor" in part:
            behind = element(
                "rect",
                x=left - BORDER,
                y=top - BORDER,
                width=width + 2 * BORDER,
                height=height + 2 * BORDER,
                **paint("fill", part.get("bgcolor")),
            )
        part.done()
        anchor = {"left": "start", "center": "middle", "right": "end"}[across]
        at = {"start": left, "middle": left + width / 2, "end": left + width}[anchor]
        return behind + write(text, at, top, letters, anchor)

    def _anchor(self, part: Part, axis: str, known: tuple[str, str, str]) -> str:
        """Which side of a text is at its place: the middle for a place among the data, unless it is said."""
        found = part.one_of(f"{axis}anchor", known, "") if f"{axis}anchor" in part else ""
        if not found and part.get(f"{axis}ref") == "paper":
            raise Undrawable(f"{part.where}.{axis}anchor: none, for a place on the paper")
        return found or known[1]

    def _legend_entries(self) -> list[tuple[str, Part]]:
        """The traces that the legend names, in order."""
        # As plotly does: of a trace without points nothing is shown, its name neither.
        there = [t for t in self._traces if len(t.get("x") or t.get("y") or ())]
        named = [(t.get("name", ""), t) for t in there if t.get("showlegend") is not False]
        # As plotly does: of a single trace there is nothing to tell apart.
        several = len(self._traces) > 1 or any(trace.get("showlegend") for _, trace in named)
        if not self._layout.get("showlegend", several):
            return []
        return [(name, Part(trace, "legend")) for name, trace in named]

    @property
    def _row_height(self) -> float:
        return self._legend_letters.size * LINE_HEIGHT + 3

    @property
    def _legend_letters(self) -> Letters:
        return Letters.of(self._legend, self._letters)

    def _in_rows(self, room: float) -> list[list[tuple[float, str, Part]]]:
        """The entries in rows of at most ``room`` wide, each with its place from the left."""
        rows: list[list[tuple[float, str, Part]]] = [[]]
        x, size = 0.0, self._legend_letters.size
        for name, part in self._entries:
            width = MARK_WIDTH + MARK_GAP + text_width(name, size)
            if rows[-1] and x + width > room:
                rows.append([])
                x = 0.0
            rows[-1].append((x, name, part))
            x += width + WORD_GAP
        return rows

    def _draw_legend(self, pictures: Pictures) -> str:
        legend, letters = self._legend, self._legend_letters
        legend.one_of("x", (0,), 0)
        legend.one_of("xanchor", ("left",), "left")
        legend.one_of("traceorder", ("normal",), "normal")
        if self._sideways:
            legend.one_of("y", (1.02,), 1.02)
            legend.one_of("yanchor", ("bottom",), "bottom")
        else:
            legend.one_of("y", (1,), 1)
            legend.one_of("yanchor", ("top",), "top")
        legend.done(LEGEND_UNDRAWN)
        if not self._entries:
            return ""
        rows = self._rows if self._sideways else [[(0.0, name, part)] for name, part in self._entries]
        step = self._row_height
        top = self._top - AIR - len(rows) * step if self._sideways else self._top + AIR
        out = []
        for i, row in enumerate(rows):
            for x, name, part in row:
                left, middle = self._left + x, top + (i + 0.5) * step
                out.append(element("g", pictures.sample(part), transform=f"translate({number(left)} {number(middle)})"))
                text_left = left + MARK_WIDTH + MARK_GAP
                out.append(write(name, text_left, middle - text_height(name, letters.size) / 2, letters))
        return "".join(out)
