"""A line of a few figures inside a table, as an image: too small and too many for charts of their own.

Final figures are joined by a solid line; a figure that is not final is an open ring, a period without one a gap.
"""

from __future__ import annotations

import base64

import polars as pl

from dashboards import theme

WIDTH, HEIGHT, EDGE = 108, 30, 4


def spark(series: pl.DataFrame) -> str:
    """An HTML image that holds its own SVG; empty where nothing is shown. ``series``: periode, waarde, status, in order
    of period. It has no words of its own: the figures stand beside it, and the page of the indicator has them all."""
    values = series["waarde"].to_list()
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    span, across = (high - low) or 1.0, max(1, len(values) - 1)

    def place(i: int, value: float) -> tuple[float, float]:
        middle = 0.5 if high == low else (value - low) / span
        x = EDGE + i / across * (WIDTH - 2 * EDGE)
        return round(x, 1), round(HEIGHT - EDGE - middle * (HEIGHT - 2 * EDGE), 1)

    runs: list[list[str]] = [[]]
    dots = []
    for i, (value, status) in enumerate(zip(values, series["status"], strict=True)):
        if value is None:
            runs.append([])
            continue
        x, y = place(i, value)
        runs[-1].append(f"{x},{y}")
        fill = theme.BLUE if status == "definitief" else theme.SURFACE
        dots.append(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{fill}" stroke="{theme.BLUE}"/>')
    drawn = "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{theme.BLUE}" stroke-width="1.6"/>'
        for run in runs
        if len(run) > 1
    )
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}{"".join(dots)}</svg>'
    return f'<img alt="" {size} src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'
