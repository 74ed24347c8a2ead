"""The small change of an SVG: numbers, colours, texts, patterns and markers; and a figure's parts read without gaps."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboards import fonts

LINE_HEIGHT = 1.3
# Of the size of the letters: how far the baseline lies under the middle of a line.
BASELINE = 0.33
# Of plotly: a dash is drawn for a line of at least this width.
DASHES = {"solid": (), "dot": (1, 1), "dash": (3, 3), "longdash": (5, 5), "dashdot": (3, 1, 1, 1)}
DASH_UNIT = 3
MARKUP = re.compile(r"(</?[a-z][^>]*>)")
NEW_LINES = ("<br>", "<br/>", "<br />")


class Undrawable(Exception):
    """A figure asks for something that this drawing doesn't know. Names it, and where it stands."""


class Part:
    """A part of a figure, of which every property must be read or be known as something that isn't drawn."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._read: set[str] = set()
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add(name)
        return self._values.get(name, default)

    def one_of(self, name: str, known: Collection[Any], default: Any) -> Any:
        """Raises Undrawable for a value that isn't known."""
        value = self.get(name, default)
        if value not in known:
            raise Undrawable(f"{self.where}.{name}: {value!r}")
        return value

    def list(self, name: str) -> list[Any]:
        """Raises Undrawable for anything but a list, such as packed numbers."""
        value = self.get(name, ())
        if not isinstance(value, list | tuple):
            raise Undrawable(f"{self.where}.{name}: {type(value).__name__}")
        return list(value)

    def part(self, name: str) -> Part:
        value = self.get(name, {})
        return Part(value if isinstance(value, Mapping) else {"text": value}, f"{self.where}.{name}")

    def done(self, undrawn: Collection[str] = ()) -> None:
        """Raises Undrawable when a property is left that nobody read. ``undrawn``: those that have no picture."""
        left = sorted(self._values.keys() - self._read - set(undrawn))
        if left:
            raise Undrawable(f"{self.where}: {', '.join(left)}")


@dataclass(frozen=True)
class Letters:
    size: float
    colour: str

    @classmethod
    def of(cls, part: Part, fallback: Letters) -> Letters:
        font = part.part("font")
        found = cls(font.get("size", fallback.size), font.get("color", fallback.colour))
        font.done({"family"})
        return found


def number(value: float) -> str:
    """
    >>> [number(3.0), number(-0.001), number(12.345678)]
    ['3', '0', '12.35']
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, content: str = "", /, **attributes: Any) -> str:
    """An element; ``_`` in a name stands for ``-``, and an attribute that is None or empty is left out."""
    said = "".join(
        f' {key.replace("_", "-")}="{escape(number(value) if isinstance(value, int | float) else str(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def paint(name: str, colour: str | None) -> dict[str, Any]:
    """A colour as ``fill`` or ``stroke`` and its opacity: programs differ in whether they know rgba().

    >>> paint("fill", "rgba(21,66,115,0.14)")
    {'fill': '#154273', 'fill_opacity': 0.14}
    """
    if not colour or colour == "none":
        return {name: "none"}
    if re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return {name: colour}
    found = re.fullmatch(r"rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)", colour)
    if not found:
        raise Undrawable(f"colour {colour!r}")
    red, green, blue = (int(found[i]) for i in (1, 2, 3))
    return {name: f"#{red:02x}{green:02x}{blue:02x}", f"{name}_opacity": float(found[4])}


def stroke(line: Part, colour: str | None = None) -> dict[str, Any]:
    """The line of a trace or shape as attributes; nothing where it has no width."""
    width = line.get("width", 2)
    dash = DASHES[line.one_of("dash", DASHES, "solid")]
    colour = line.get("color", colour)
    line.done()
    if not width:
        return {"stroke": "none"}
    unit = max(width, DASH_UNIT)
    pattern = " ".join(number(unit * step) for step in dash)
    return {**paint("stroke", colour), "stroke_width": width, "stroke_dasharray": pattern}


def lines_of(text: str) -> list[list[tuple[str, bool]]]:
    """A text as lines of pieces, each with whether it is bold. Raises Undrawable for other markup than <b> and <br>.

    >>> lines_of("<b>K1</b><br>2021")
    [[('K1', True)], [('2021', False)]]
    """
    lines: list[list[tuple[str, bool]]] = [[]]
    bold = False
    for piece in MARKUP.split(text):
        if piece in NEW_LINES:
            lines.append([])
        elif piece in ("<b>", "</b>"):
            bold = piece == "<b>"
        elif MARKUP.fullmatch(piece):
            raise Undrawable(f"text with {piece}")
        elif piece:
            lines[-1].append((piece, bold))
    return lines


def text_width(text: str, size: float) -> float:
    return max(sum(fonts.width(piece, size, bold=bold) for piece, bold in line) for line in lines_of(text))


def text_height(text: str, size: float) -> float:
    return len(lines_of(text)) * size * LINE_HEIGHT


def write(text: str, x: float, top: float, letters: Letters, anchor: str = "start", turn: float | None = None) -> str:
    """The lines of a text from ``top`` down; ``anchor``: start, middle or end; ``turn``: degrees around (x, top)."""
    step = letters.size * LINE_HEIGHT
    out = []
    for i, line in enumerate(lines_of(text)):
        pieces = [
            element("tspan", escape(piece), font_weight=fonts.BOLD_WEIGHT) if bold else escape(piece)
            for piece, bold in line
        ]
        out.append(
            element(
                "text",
                "".join(pieces),
                x=x,
                y=top + (i + 0.5) * step + BASELINE * letters.size,
                font_size=letters.size,
                text_anchor="" if anchor == "start" else anchor,
                transform="" if turn is None else f"rotate({number(turn)} {number(x)} {number(top)})",
                **paint("fill", letters.colour),
            )
        )
    return "".join(out)


def path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    steps = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def pattern(name: str, part: Part, colour: str) -> str:
    """A pattern of stripes, crosses or dots, as plotly makes it; ``colour``: behind it, may be empty."""
    shape = part.one_of("shape", ("/", ".", "x", "-", "+"), "/")
    size, solidity = part.get("size", 8), part.get("solidity", 0.3)
    ink, behind = part.get("fgcolor"), part.get("bgcolor", colour)
    part.done()
    if shape == ".":
        width, marks = size, element(
            "circle", cx=size / 2, cy=size / 2, r=math.sqrt(solidity * size * size / math.pi), **paint("fill", ink)
        )  # fmt: skip
    else:
        width = size * math.sqrt(2) if shape in "/x" else size
        marks = element("path", d=_stripes(shape, width), stroke_width=solidity * size, **paint("stroke", ink))
    ground = element("rect", width=width, height=width, **paint("fill", behind)) if behind else ""
    return element(
        "pattern", ground + marks, id=name, width=width, height=width, patternUnits="userSpaceOnUse"
    )  # fmt: skip


def _stripes(shape: str, width: float) -> str:
    """The lines of one tile, ``width`` wide and high: those of a slope go on in the tiles around it."""
    all_, half, quarter = number(width), number(width / 2), number(width / 4)
    over, above = number(width * 5 / 4), number(width * 3 / 4)
    up = f"M-{quarter},{quarter}l{half},-{half}M0,{all_}L{all_},0M{above},{over}l{half},-{half}"
    down = f"M-{quarter},{above}l{half},{half}M0,0L{all_},{all_}M{above},-{quarter}l{half},{half}"
    across, along = f"M0,{half}L{all_},{half}", f"M{half},0L{half},{all_}"
    return {"/": up, "x": up + down, "-": across, "+": across + along}[shape]


def _polygon(points: Sequence[tuple[float, float]]) -> str:
    return path(points, closed=True)


def _star(r: float) -> str:
    s = 1.4 * r
    right = [(0.225, -0.309), (0.951, -0.309), (0.363, 0.118), (0.588, 0.809), (0, 0.382)]
    left = [(-x, y) for x, y in reversed(right[:-1])]
    return _polygon([(s * x, s * y) for x, y in [*right, *left, (0, -1)]])


def _star_triangle(r: float, up: int) -> str:
    side, base, tip, bow = r * math.sqrt(3) * 0.8, up * r * 0.8, -up * r * 1.6, number(4 * r)
    corners = [(side, base), (0.0, tip), (-side, base)] if up > 0 else [(-side, base), (0.0, tip), (side, base)]
    arcs = "".join(f"A{bow},{bow} 0 0 1 {number(x)},{number(y)}" for x, y in corners)
    start = corners[-1]
    return f"M{number(start[0])},{number(start[1])}{arcs}Z"


def _triangle(r: float, up: int) -> str:
    side = 2 * r / math.sqrt(3)
    return _polygon([(-side, up * r / 2), (side, up * r / 2), (0, -up * r)])


def _cross(r: float) -> str:
    a, b = 0.4 * r, 1.2 * r
    corners = [
        (b, a),
        (a, a),
        (a, b),
        (-a, b),
        (-a, a),
        (-b, a),
        (-b, -a),
        (-a, -a),
        (-a, -b),
        (a, -b),
        (a, -a),
        (b, -a),
    ]
    return _polygon(corners)


# Shapes around (0, 0) by radius, as plotly draws them.
SYMBOLS = {
    "circle": lambda r: (
        f"M{number(r)},0A{number(r)},{number(r)} 0 1 1 0,{number(-r)}A{number(r)},{number(r)} 0 0 1 {number(r)},0Z"
    ),
    "square": lambda r: _polygon([(r, r), (-r, r), (-r, -r), (r, -r)]),
    "diamond": lambda r: _polygon([(1.3 * r, 0), (0, 1.3 * r), (-1.3 * r, 0), (0, -1.3 * r)]),
    "cross": _cross,
    "triangle-up": lambda r: _triangle(r, 1),
    "triangle-down": lambda r: _triangle(r, -1),
    "star": _star,
    "star-triangle-up": lambda r: _star_triangle(r, 1),
    "star-triangle-down": lambda r: _star_triangle(r, -1),
    "x-thin": lambda r: path([(r, r), (-r, -r)]) + path([(r, -r), (-r, r)]),
    "line-ew": lambda r: path([(1.4 * r, 0), (-1.4 * r, 0)]),
}
DOT = path([(0, 0.5), (0.5, 0), (0, -0.5), (-0.5, 0)], closed=True)


def marker(x: float, y: float, symbol: str, size: float, colour: str, line_width: float, line_colour: str) -> str:
    """A marker around (x, y). ``symbol``: one of ``SYMBOLS``, with plotly's ``-open`` and ``-dot``."""
    dotted = symbol.endswith("-dot")
    shape = symbol.removesuffix("-dot")
    opened = shape.endswith("-open")
    shape = shape.removesuffix("-open")
    if shape not in SYMBOLS:
        raise Undrawable(f"marker {symbol!r}")
    outline = {**paint("stroke", colour), "stroke_width": line_width or 1} if opened else {}
    if not opened and line_width:
        outline = {**paint("stroke", line_colour), "stroke_width": line_width}
    return element(
        "path",
        d=SYMBOLS[shape](size / 2) + (DOT if dotted else ""),
        transform=f"translate({number(x)} {number(y)})",
        **paint("fill", None if opened else colour),
        **outline,
    )
