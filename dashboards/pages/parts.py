"""What every page shares: the frame around it, and how a chart, its words and its table stand together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from dashboards import tables, texts, theme
from dashboards.queries import Publication
from indicators import dutch

# The pages of the stewards, under one name.
STEWARDS = ("datakwaliteit", "leveringen", "runs", "backfill")


def html(content: str) -> None:
    st.html(content)


def style() -> None:
    st.html(f"<style>{theme.style_sheet()}</style>")


def header(publication: Publication | None, site: Mapping[str, st.Page], current: st.Page) -> None:
    """Name, which publication this is, and the pages."""
    with st.container(key="site-header"):
        html(
            f'<div class="brand"><div><span class="brand-name">{escape(texts.get("site.name"))}</span>'
            f'<span class="brand-line">{escape(texts.get("site.tagline"))}</span></div>{_which(publication)}</div>'
        )
        if site:
            with st.container(key="site-nav", horizontal=True, gap="small"):
                for name, page in site.items():
                    if name not in STEWARDS:
                        _link(name, page, page.url_path == current.url_path)
                _link("stewards", site[STEWARDS[0]], current.url_path in STEWARDS, texts.get("pages.stewards"))
        if current.url_path in STEWARDS and site:
            with st.container(key="stewards-nav", horizontal=True, gap="small"):
                for name in STEWARDS:
                    _link(name, site[name], name == current.url_path)


def _which(publication: Publication | None) -> str:
    if publication is None:
        return ""
    until = texts.say("site.until", peildatum=dutch.day(publication.peildatum))
    number = texts.say("site.publication", number=publication.number)
    badge = ""
    if publication.manifest.get("fictief"):
        badge = f'<span class="badge">{escape(texts.get("site.fictitious"))}</span>'
    return f'<p class="publication"><span><strong>{escape(number)}</strong> · {escape(until)}</span>{badge}</p>'


def _link(name: str, page: st.Page, is_current: bool, label: str | None = None) -> None:
    with st.container(key=f"nav-{name}{'-current' if is_current else ''}", width="content"):
        st.page_link(page, label=label, help="")


def footer(publication: Publication) -> None:
    """What holds for every page: how figures came about, by which regions, and whose map it is."""
    regions = texts.say("site.regions", division=publication.manifest["regio_indeling"]["naam"])
    lines = (texts.get("own_measure"), regions, texts.get("site.map_source"))
    html(f'<footer class="site-footer">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</footer>')


def title(text: str, lead: str = "") -> None:
    """The page's heading, with a sentence under it."""
    html(f"<h1>{escape(text)}</h1>" + (f'<p class="lead">{lead}</p>' if lead else ""))


def section(text: str, note: str = "") -> None:
    html(f"<h2>{escape(text)}</h2>" + (f'<p class="note">{escape(note)}</p>' if note else ""))


def chart(figure: go.Figure, alternative: str, key: str, *, fill: bool = False) -> None:
    """A chart with the sentence that stands for it; with ``fill`` as high as the style sheet makes its container."""
    height: Literal["stretch", "content"] = "stretch" if fill else "content"
    if fill:
        figure.update_layout(height=None)
    st.plotly_chart(figure, theme=None, key=key, config=theme.CHART_CONFIG, alt=alternative, height=height)


def static_chart(figure: go.Figure, alternative: str, key: str) -> None:
    """A chart without anything to point at."""
    st.plotly_chart(figure, theme=None, key=key, config={**theme.CHART_CONFIG, "staticPlot": True}, alt=alternative)


def folded(summary: str, content: str) -> None:
    """Content behind a line that opens it."""
    html(details(summary, content))


def details(summary: str, content: str) -> str:
    return f'<details class="folded"><summary>{escape(summary)}</summary>{content}</details>'


def download(cells: Callable[[], bytes] | bytes, name: str, key: str, label: str = "indicator.download") -> None:
    """``label``: the place of its words in the texts."""
    st.download_button(
        texts.get(label),
        cells,
        file_name=name,
        mime="text/csv",
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )


def marks_line(statuses: Sequence[str]) -> str:
    """The signs on a picture with their words, in one line of HTML."""
    return '<p class="marks-line">' + "".join(f"<span>{tables.sign(status)}</span>" for status in statuses) + "</p>"


def marks(statuses: Sequence[str]) -> str:
    """What the signs on the page mean, as an HTML list."""
    entries = texts.get("status")
    return (
        '<dl class="marks">'
        + "".join(f"<div><dt>{tables.sign(s)}</dt><dd>{escape(entries[s]['meaning'])}</dd></div>" for s in statuses)
        + "</dl>"
    )
