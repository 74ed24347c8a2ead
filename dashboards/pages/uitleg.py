"""The explanation: what this publication is, how people are protected, and every indicator with a worked example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboards import dates, tables, texts
from dashboards.pages import address, parts
from dashboards.queries import STATUSES, Publication
from indicators import dutch, explanation
from indicators.calendar import AMSTERDAM

# Needed to understand the rest.
FIRST = ("words", "reading")


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    parts.title(texts.get("uitleg.title"), escape(texts.get("uitleg.lead")))
    definitions = publication.definitions
    if asked := definitions.get(st.query_params.get("indicator", "")):
        # First, so that who asked for it sees it.
        parts.html(_indicator(asked, site, opened=True))
    parts.section(texts.get("methodology.before_title"))
    parts.html(
        "".join(f"<p>{escape(line)}</p>" for line in [texts.get("own_measure"), *texts.get("methodology.before")])
    )
    general = texts.get("general")
    for name in FIRST:
        _general(publication, name, general[name])
    parts.section(texts.get("uitleg.indicators_title"), texts.say("uitleg.indicators_lead", count=len(definitions)))
    for title, found in explanation.by_theme(definitions.values()):
        parts.html(f"<h3>{escape(title)}</h3>" + "".join(_indicator(d, site) for d in found if d is not asked))
    for name, section in general.items():
        if name not in FIRST:
            _general(publication, name, section)
    parts.section(texts.get("methodology.precise_title"), texts.get("methodology.precise_lead"))
    parts.html(_formulas())
    parts.section(texts.get("uitleg.about_title"))
    parts.html(f"<p>{escape(texts.get('uitleg.about_text'))}</p>{_about(publication)}")


def _general(publication: Publication, name: str, section: Mapping[str, Any]) -> None:
    parts.section(section["title"])
    if name == "status":
        parts.html(parts.marks(STATUSES))
    elif name == "words":
        parts.html(f'<dl class="facts">{"".join(_fact(*word) for word in explanation.words())}</dl>')
    else:
        parts.html(_bullets(_protection(publication) if name == "protection" else section["lines"]))


def _formulas() -> str:
    rows = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(formula)} <em>{escape(source)}.</em></dd></div>"
        for name, formula, source in texts.get("methodology.precise")
    )
    return f'<dl class="facts">{"".join(rows)}</dl>'


def _bullets(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _protection(publication: Publication) -> list[str]:
    return explanation.protection(publication.protection_rule)


def _about(publication: Publication) -> str:
    manifest = publication.manifest
    made = datetime.fromisoformat(manifest["created_at"]).astimezone(AMSTERDAM)
    deliveries = manifest["deliveries"]
    values = {
        "publication": publication.number,
        "peildatum": dates.day(publication.peildatum),
        "created_at": dates.moment(made),
        "deliveries": texts.say(
            "uitleg.deliveries",
            count=dutch.number(len(deliveries)),
            partners=dates.listing(sorted({explanation.partner(d["partner"]) for d in deliveries}, key=str.casefold)),
        ),
        "code_version": manifest["code_version"],
    }
    rows = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(str(values[name]))}</dd></div>"
        for name, label in texts.get("uitleg.about").items()
    )
    return f'<dl class="facts">{rows}</dl>'


def _indicator(definition: Mapping[str, Any], site: Mapping[str, st.Page], *, opened: bool = False) -> str:
    body = f"<p><strong>{escape(definition['question'])}</strong></p><p>{escape(definition['explanation'])}</p>"
    body += f'<dl class="facts">{"".join(_fact(*fact) for fact in explanation.facts(definition))}</dl>'
    body += f"<h4>{escape(texts.get('definition.caveats'))}</h4>"
    body += _bullets(definition["caveats"])
    body += _example(definition)
    changes = explanation.changes(definition)
    body += f"<h4>{escape(texts.get('definition.changelog'))}</h4>{_bullets(changes)}"
    there = f"{site['indicator'].url_path}?{urlencode({'indicator': definition['id']} | address.kept())}"
    body += f'<p><a href="{escape(there)}" target="_self">{escape(texts.get("uitleg.open_indicator"))}</a></p>'
    return (
        f'<details class="folded definition" id="{escape(definition["id"])}"{" open" if opened else ""}>'
        f"<summary>{escape(definition['title'])}</summary>{body}</details>"
    )


def _fact(label: str, value: str) -> str:
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"


def _example(definition: Mapping[str, Any]) -> str:
    """The worked example as HTML: the records, then each expected cell with its sum left unsummed and a sentence."""
    example = explanation.example(definition)
    if example is None:
        return ""
    given = "".join(map(tables.records, example.given))
    cells = "".join(f"<li>{_result(result)}</li>" for result in example.results)
    return (
        f"<h4>{escape(texts.get('definition.example'))}</h4><p>{escape(example.lead)}</p>{given}"
        f'<p class="result">{escape(texts.get("definition.example_result"))}</p><ul>{cells}</ul>'
    )


def _result(result: explanation.Result) -> str:
    why = f"<br>{escape(result.explanation)}" if result.explanation else ""
    return f"<strong>{escape(result.head)}</strong>: {escape(result.figures)}.{why}"
