"""The traces of a figure as SVG: lines, markers, margins, filled shapes and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.charts.svg_axes import Axis
from dashboards.charts.svg_parts import Part, Undrawable, element, marker, paint, path, pattern, stroke

# Words for who points at a mark have no picture.
UNDRAWN = {"hoverinfo", "hovertemplate", "hoveron", "customdata", "text", "name", "showlegend"}
SQUARE = 6.0
Point = tuple[float, float]


class Pictures:
    """Draws traces between two axes. ``definitions``: the patterns that they use, by the names given to them."""

    def __init__(self, x: Axis, y: Axis, prefix: str) -> None:
        self.x, self.y, self._prefix = x, y, prefix
        self.definitions: dict[str, str] = {}
        self._before: list[list[Point]] = []
        self._stack: dict[Any, float] = {}

    def trace(self, part: Part, bar_gap: float) -> str:
        """The picture of a trace. Raises Undrawable for what it doesn't know."""
        kind = part.one_of("type", ("scatter", "bar"), "scatter")
        return self._bars(part, bar_gap) if kind == "bar" else self._scatter(part)

    def sample(self, part: Part) -> str:
        """The mark of a trace in the legend, 24 wide around (12, 0)."""
        if part.one_of("type", ("scatter", "bar"), "scatter") == "bar":
            look, _ = self._bar_look(part)
            return _swatch(look)
        mode, fill = part.get("mode", ""), part.get("fill", "none")
        out = []
        if fill != "none":
            out.append(_swatch(self._fill(part) | ({} if "lines" not in mode else stroke(part.part("line")))))
        elif "lines" in mode:
            line = element("line", x1=0, x2=24, y1=0, y2=0, **stroke(part.part("line")))
            out.append(line)
        if "markers" in mode:
            marks = _Marks(part.part("marker"), 1)
            out.append(marks.at(0, 12, 0))
        return "".join(out)

    def _scatter(self, part: Part) -> str:
        mode = part.one_of("mode", ("lines", "markers", "lines+markers"), "lines")
        points = _points(part)
        runs = self._runs(points)
        out = [self._filled(part, runs)] if part.get("fill", "none") != "none" else []
        if "lines" in mode:
            look = stroke(part.part("line"))
            drawn = "".join(path(run) for run in runs if len(run) > 1)
            if drawn and look["stroke"] != "none":
                out.append(element("path", d=drawn, fill="none", **look, stroke_linejoin="round"))
        for axis in ("x", "y"):
            if f"error_{axis}" in part:
                out.append(self._margins(part.part(f"error_{axis}"), points, axis))
        if "markers" in mode:
            places = [(i, p) for i, p in enumerate(points) if None not in p]
            marks = _Marks(part.part("marker"), len(points))
            out += [marks.at(i, self.x.at(x), self.y.at(y)) for i, (x, y) in places]
        self._before = runs
        part.get("cliponaxis")
        part.done(UNDRAWN)
        return "".join(out)

    def _runs(self, points: Sequence[tuple[Any, Any]]) -> list[list[Point]]:
        """Stretches without a gap, on the paper."""
        runs: list[list[Point]] = [[]]
        for x, y in points:
            if x is None or y is None:
                runs.append([])
            else:
                runs[-1].append((self.x.at(x), self.y.at(y)))
        return [run for run in runs if run]

    def _filled(self, part: Part, runs: Sequence[list[Point]]) -> str:
        shapes = list(runs)
        if part.one_of("fill", ("toself", "tonexty"), "toself") == "tonexty":
            if len(runs) != 1 or len(self._before) != 1:
                raise Undrawable(f"{part.where}.fill: a gap, or no trace before it")
            shapes = [runs[0] + self._before[0][::-1]]
        look = self._fill(part)
        drawn = "".join(path(shape, closed=True) for shape in shapes)
        return element("path", d=drawn, stroke="none", **look) if drawn else ""

    def _fill(self, part: Part) -> dict[str, Any]:
        colour = part.get("fillcolor")
        if "fillpattern" not in part:
            return paint("fill", colour)
        return {"fill": self._pattern(part.part("fillpattern"), colour)}

    def _pattern(self, part: Part, colour: str) -> str:
        """The reference to a pattern, made once however often it is used."""
        name = f"{self._prefix}p{len(self.definitions)}"
        made = pattern(name, part, colour)
        for known, text in self.definitions.items():
            if text.replace(known, name) == made:
                return f"url(#{known})"
        self.definitions[name] = made
        return f"url(#{name})"

    def _margins(self, part: Part, points: Sequence[tuple[Any, Any]], axis: str) -> str:
        """A line from the lower to the upper limit of each point."""
        if not part.get("visible", True):
            return ""
        part.one_of("type", ("data",), "data")
        part.one_of("symmetric", (False,), True)
        part.one_of("width", (0,), None)
        up, down = part.list("array"), part.list("arrayminus")
        look = {**paint("stroke", part.get("color")), "stroke_width": part.get("thickness", 2)}
        part.done()
        out = []
        for (x, y), above, below in zip(points, up, down, strict=True):
            if x is None or y is None or not (above or below):
                continue
            if axis == "x":
                ends = [(self.x.at(x - below), self.y.at(y)), (self.x.at(x + above), self.y.at(y))]
            else:
                ends = [(self.x.at(x), self.y.at(y - below)), (self.x.at(x), self.y.at(y + above))]
            out.append(path(ends))
        return element("path", d="".join(out), fill="none", **look) if out else ""

    def _bars(self, part: Part, gap: float) -> str:
        """Columns on top of those of the traces before, one category wide less the gap."""
        look, edge = self._bar_look(part)
        half = (1 - gap) / 2
        out = []
        for x, y in _points(part):
            if not y:
                continue
            low = self._stack.get(x, 0.0)
            self._stack[x] = low + y
            middle = self.x.categories[x] if self.x.categories is not None else x
            left, right = self.x.at(middle - half), self.x.at(middle + half)
            top, bottom = self.y.at(low + y), self.y.at(low)
            out.append(element("rect", x=left, y=top, width=right - left, height=bottom - top, **look, **edge))
        part.done(UNDRAWN)
        return "".join(out)

    def _bar_look(self, part: Part) -> tuple[dict[str, Any], dict[str, Any]]:
        """How a column is filled, and its outline."""
        look = part.part("marker")
        colour, edge = look.get("color"), stroke(look.part("line"), "#444444")
        drawn = look.part("pattern")
        fill = paint("fill", colour)
        if drawn.get("shape"):
            fill = {"fill": self._pattern(drawn, "")}
        look.done()
        return fill, edge if edge["stroke"] != "none" else {}


class _Marks:
    """The markers of a trace: what is one value for all, or a list with one for each."""

    def __init__(self, part: Part, count: int) -> None:
        line = part.part("line")
        self._looks = {
            # Of a trace without points the list is empty, and the legend shows the usual marker.
            "symbol": part.get("symbol", "circle") or "circle",
            "size": part.get("size", SQUARE),
            "colour": part.get("color"),
            "line_width": line.get("width", 0),
            "line_colour": line.get("color"),
        }
        line.done()
        part.done()
        for name, look in self._looks.items():
            if isinstance(look, list | tuple) and count > 1 and len(look) != count:
                raise Undrawable(f"{part.where}: {len(look)} times {name} for {count} markers")

    def at(self, i: int, x: float, y: float) -> str:
        own = {n: look[i] if isinstance(look, list | tuple) else look for n, look in self._looks.items()}
        return marker(x, y, **own)


def _points(part: Part) -> list[tuple[Any, Any]]:
    x, y = part.list("x"), part.list("y")
    if len(x) != len(y):
        raise Undrawable(f"{part.where}: {len(x)} times x and {len(y)} times y")
    return list(zip(x, y, strict=True))


def _swatch(look: dict[str, Any]) -> str:
    return element("rect", x=2, y=-SQUARE, width=20, height=2 * SQUARE, **look)
