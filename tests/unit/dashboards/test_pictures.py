"""A chart as a file is the chart of the screen, and says in words what it shows."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import plotly.graph_objects as go
import pytest
import sample_charts
from PIL import Image

from dashboards import pictures
from dashboards.charts.svg import Undrawable, to_svg
from dashboards.queries import Publication

SVG = "{http://www.w3.org/2000/svg}"


def test_the_svg_is_the_chart_with_its_words(publication: Publication) -> None:
    figure = sample_charts.charts(publication)["progress"]
    content = pictures.svg(figure, 'Regio\'s & "meer"')
    root = ET.fromstring(content)
    assert root.attrib["role"] == "img" and root[0].tag == f"{SVG}title" and root[0].text == 'Regio\'s & "meer"'
    drawn = to_svg(figure, pictures.WIDTH, figure.layout.height)
    assert content.decode().partition("</title>")[2] == drawn.partition(">")[2]


def test_the_png_is_that_svg_twice_as_fine(publication: Publication) -> None:
    figure = sample_charts.charts(publication)["trend"]
    content = pictures.png(figure, "Verloop")
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG" and image.size == (2 * pictures.WIDTH, 2 * figure.layout.height)
    assert len(image.convert("RGB").getcolors(maxcolors=10**6) or []) > 10
    assert content == pictures.png(figure, "Verloop")


def test_what_can_not_be_drawn_is_no_file() -> None:
    with pytest.raises(Undrawable):
        pictures.svg(go.Figure(go.Pie(values=[1])), "Taart")
