"""What every page shares: the frame around it, and how a chart, its words and its table stand together."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from html import escape
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from dashboards import dates, pictures, tables, texts, theme
from dashboards import downloads as files
from dashboards.downloads import Contents
from dashboards.pages import address, present
from dashboards.queries import Publication, Region
from dashboards.reports import files as reports
from dashboards.reports.selection import Choice
from dashboards.sessions import Refused

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
        if texts.language() != texts.LANGUAGE:
            html(f'<p class="note">{escape(texts.get("site.language_note"))}</p>')
        if site:
            with st.container(key="site-nav", horizontal=True, gap="small"):
                for name, page in site.items():
                    if name not in STEWARDS:
                        _link(name, page, page.url_path == current.url_path)
                if STEWARDS[0] in site:
                    _link("stewards", site[STEWARDS[0]], current.url_path in STEWARDS, texts.get("pages.stewards"))
        if current.url_path in STEWARDS and STEWARDS[0] in site:
            with st.container(key="stewards-nav", horizontal=True, gap="small"):
                for name in STEWARDS:
                    _link(name, site[name], name == current.url_path)


def _which(publication: Publication | None) -> str:
    if publication is None:
        return ""
    until = texts.say("site.until", peildatum=dates.day(publication.peildatum))
    number = texts.say("site.publication", number=publication.number)
    badge = ""
    if publication.manifest.get("fictief"):
        badge = f'<span class="badge">{escape(texts.get("site.fictitious"))}</span>'
    return f'<p class="publication"><span><strong>{escape(number)}</strong> · {escape(until)}</span>{badge}</p>'


def _link(name: str, page: st.Page, is_current: bool, label: str | None = None) -> None:
    with st.container(key=f"nav-{name}{'-current' if is_current else ''}", width="content"):
        st.page_link(page, label=label, help="", query_params=address.kept())


def footer(publication: Publication) -> None:
    """What holds for every page: how figures came about, by which regions, whose map it is; and the other language."""
    regions = texts.say("site.regions", division=publication.manifest["regio_indeling"]["naam"])
    lines = (texts.get("own_measure"), regions, texts.get("site.map_source"))
    other = next(code for code in texts.LANGUAGES if code != texts.language())
    label, place = escape(texts.get("site.other_language")), escape(address.in_other_language())
    html(
        f'<footer class="site-footer">{"".join(f"<p>{escape(line)}</p>" for line in lines)}'
        f'<p><a href="{place}" target="_self" lang="{other}">{label}</a></p></footer>'
    )


def for_shell() -> None:
    """What ``shell.js`` puts where Streamlit has no words or English ones: names of menus, and its texts."""
    menus = {"site-nav": texts.get("site.name"), "stewards-nav": texts.get("pages.stewards")}
    given = json.dumps({"menus": menus, "words": texts.get("streamlit")})
    html(f'<span hidden data-shell="{escape(given)}"></span>')


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
    _picture(figure, alternative, key)


def _picture(figure: go.Figure, alternative: str, key: str) -> None:
    """The chart as files, behind a line that opens; drawn when asked for."""
    with (
        st.container(key=f"picture-{key}"),
        st.expander(texts.get("picture.title"), icon=":material/image:"),
        st.container(horizontal=True, gap="small"),
    ):
        for form, (mime, drawn) in pictures.FORMATS.items():
            file = f"{key}.{form}"
            st.download_button(
                texts.get(f"picture.{form}"),
                present.made_for_visitor(partial(drawn, figure, alternative), file),
                file_name=file,
                mime=mime,
                key=f"{key}-{form}",
                on_click="ignore",
                icon=":material/download:",
            )


def static_chart(figure: go.Figure, alternative: str, key: str) -> None:
    """A chart without anything to point at."""
    spark(figure, alternative, key)
    _picture(figure, alternative, key)


def spark(figure: go.Figure, alternative: str, key: str) -> None:
    """A small line beside a figure: nothing to point at, and nothing to keep."""
    st.plotly_chart(figure, theme=None, key=key, config={**theme.CHART_CONFIG, "staticPlot": True}, alt=alternative)


def folded(summary: str, content: str) -> None:
    """Content behind a line that opens it."""
    html(details(summary, content))


def details(summary: str, content: str) -> str:
    return f'<details class="folded"><summary>{escape(summary)}</summary>{content}</details>'


def download(cells: Callable[[], bytes] | bytes, name: str, key: str, label: str) -> None:
    """``label``: the place of its words in the texts."""
    _button(texts.get(label), cells, name, "text/csv", key)


def downloads(
    publication: Publication, contents: Callable[[], Contents], name: str, key: str, title: str = "downloads.title"
) -> None:
    """Every kind of file of a table, behind a line that opens; written when asked for. ``name``: without its ending;
    ``title``: the place of its words in the texts."""
    words = texts.get("downloads.formats")
    # Not in a popover: that stands at the end of the document for who walks with the keyboard.
    with st.container(key=f"files-{key}"), st.expander(texts.get(title), icon=":material/download:"):
        html(f'<p class="note">{escape(texts.get("downloads.note"))}</p>')
        with st.container(horizontal=True, gap="small"):
            for form, (extension, mime, write) in files.FORMATS.items():
                file = f"publicatie_{publication.number}_{name}.{extension}"
                written = partial(_written, write, contents, texts.language())
                _button(words[form], written, file, mime, f"{key}-{form}")


def sheets(publication: Publication, choice: Choice, name: str) -> None:
    """The report of a region or a partner as files, made when asked for. ``name``: whose it is, for the file."""
    with st.container(horizontal=True, gap="small", key="sheets"):
        for form, (mime, _) in reports.FORMATS.items():
            made = partial(reports.write, publication, choice, form)
            file = f"publicatie_{publication.number}_{name}.{form}"
            _button(texts.get(f"sheets.{form}"), made, file, mime, f"sheet-{form}")


def _written(write: Callable[[Contents], bytes], contents: Callable[[], Contents], language: str) -> bytes:
    """In the language of the page, also when it is asked for after the page was drawn."""
    texts.use(language)
    return write(contents())


def _button(label: str, content: Callable[[], bytes] | bytes, name: str, mime: str, key: str) -> None:
    st.download_button(
        label, present.made_for_visitor(content, name), file_name=name, mime=mime, key=key, on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip


def onward(page: st.Page, label: str, **query: str) -> None:
    """A link to another page of the site, with controls set there."""
    asked = address.kept() | query
    icon = ":material/arrow_forward:"
    st.page_link(page, label=label, help="", icon=icon, icon_position="right", query_params=asked)


def region_label(region: Region) -> str:
    """A region by name, with its level."""
    if region.niveau == "land":
        return region.naam
    return texts.say("region_label", name=region.naam, level=texts.get("level_short")[region.niveau])


def select(key: str, options: Sequence[str], labels: Mapping[str, str], title: str, default: str = "") -> None:
    """A list to choose from, whose value is in the address; ``default``: by default the first."""
    address.before(key, options, default or options[0])
    st.selectbox(title, options, format_func=lambda code: labels[code], key=key, filter_mode="contains")


def segments(key: str, options: Sequence[str], labels: Mapping[str, str], title: str, default: str = "") -> None:
    """The same as buttons beside each other, of which one is on."""
    address.before(key, options, default or options[0])
    st.segmented_control(title, options, format_func=lambda code: labels[code], key=key, required=True)


def fragment(draw: Callable[..., None], *, run_every: float | None = None) -> Callable[..., None]:
    """A part of a page that runs by itself, in the language of the page, as long as its visitor may see it."""
    language = texts.language()

    @wraps(draw)
    def part(*given: Any) -> None:
        texts.use(language)
        try:
            present.visitor()
        except Refused:
            st.rerun()
        draw(*given)

    return st.fragment(part, run_every=run_every)


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
