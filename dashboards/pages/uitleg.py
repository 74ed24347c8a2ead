"""The explanation: what this publication is, how people are protected, and every indicator with a worked example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboards import dutch, tables, texts
from dashboards.pages import parts
from dashboards.queries import STATUSES, Publication
from indicators.calendar import AMSTERDAM, month_end

RULE_NUMBERS = {"threshold", "width", "curve_minimum"}


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    parts.title(texts.get("uitleg.title"), escape(texts.get("uitleg.lead")))
    asked = st.query_params.get("indicator", "")
    definitions = sorted(publication.definitions.values(), key=lambda d: str(d["title"]).casefold())
    parts.section(texts.get("uitleg.indicators_title"), texts.say("uitleg.indicators_lead", count=len(definitions)))
    parts.html("".join(_indicator(d, site, opened=d["id"] == asked) for d in definitions))
    parts.section(texts.get("uitleg.reading_title"))
    parts.html(_bullets(texts.get("uitleg.reading")))
    parts.section(texts.get("uitleg.status_title"))
    parts.html(parts.marks(STATUSES))
    parts.section(texts.get("uitleg.protection_title"))
    parts.html(_bullets(_protection(publication.manifest)))
    parts.section(texts.get("uitleg.about_title"))
    parts.html(f"<p>{escape(texts.get('uitleg.about_text'))}</p>{_about(publication)}")


def _bullets(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _protection(manifest: Mapping[str, Any]) -> list[str]:
    """The rules in plain words; with their numbers where the manifest names them."""
    protection = manifest.get("protection")
    rule = protection.get("rule") if isinstance(protection, dict) else None
    if not (isinstance(rule, dict) and rule.keys() >= RULE_NUMBERS):
        return list(texts.get("uitleg.protection_without_numbers"))
    threshold, width = rule["threshold"], rule["width"]
    numbers = {**rule, "middle": threshold + (width - 1) // 2, "last": threshold + width - 1}
    return [line.format(**numbers) for line in texts.get("uitleg.protection")]


def _about(publication: Publication) -> str:
    manifest = publication.manifest
    made = datetime.fromisoformat(manifest["created_at"]).astimezone(AMSTERDAM)
    deliveries = manifest["deliveries"]
    values = {
        "publication": publication.number,
        "peildatum": dutch.day(publication.peildatum),
        "created_at": dutch.moment(made),
        "deliveries": texts.say(
            "uitleg.deliveries",
            count=dutch.number(len(deliveries)),
            partners=dutch.listing(sorted({_partner(d["partner"]) for d in deliveries}, key=str.casefold)),
        ),
        "code_version": manifest["code_version"],
    }
    rows = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(str(values[name]))}</dd></div>"
        for name, label in texts.get("uitleg.about").items()
    )
    return f'<dl class="facts">{rows}</dl>'


def _indicator(definition: Mapping[str, Any], site: Mapping[str, st.Page], *, opened: bool) -> str:
    body = f"<p><strong>{escape(definition['question'])}</strong></p><p>{escape(definition['explanation'])}</p>"
    body += f'<dl class="facts">{"".join(_fact(name, value) for name, value in _facts(definition).items())}</dl>'
    body += f"<h4>{escape(texts.get('uitleg.caveats'))}</h4>"
    body += _bullets(definition["caveats"])
    body += _example(definition)
    changes = [
        texts.say("uitleg.change", version=c["version"], date=_date(c["date"]), change=c["change"])
        for c in definition["changelog"]
    ]
    body += f"<h4>{escape(texts.get('uitleg.changelog'))}</h4>{_bullets(changes)}"
    address = f"{site['indicator'].url_path}?indicator={quote(definition['id'])}"
    body += f'<p><a href="{escape(address)}" target="_self">{escape(texts.get("uitleg.open_indicator"))}</a></p>'
    return (
        f'<details class="folded definition" id="{escape(definition["id"])}"{" open" if opened else ""}>'
        f"<summary>{escape(definition['title'])}</summary>{body}</details>"
    )


def _facts(definition: Mapping[str, Any]) -> dict[str, str]:
    norm, feeds = definition["norm"], definition["feeds"]
    facts = {
        "how": texts.get("uitleg.kinds")[definition["kind"]],
        "counted": texts.get("uitleg.unit_zaak" if definition["per_zaak"] else "uitleg.unit_record"),
        "sources": ", ".join(_feed(feed) for feed in feeds) or _partner("landelijk_netwerk"),
        "norm": texts.get("uitleg.none"),
    }
    if norm:
        facts["norm"] = f"{dutch.norm(norm['value'], definition['unit'])} ({norm['source']})"
    if definition.get("horizon_days"):
        facts["horizon"] = texts.say("uitleg.horizon_days", days=definition["horizon_days"])
    if definition["dimensions"]:
        facts["dimensions"] = ", ".join(_lower_first(d["title"]) for d in definition["dimensions"])
    return facts


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{escape(texts.get(f'uitleg.{name}'))}</dt><dd>{escape(value)}</dd></div>"


def _feed(name: str) -> str:
    partner, _, feed = name.partition("/")
    return f"{_partner(partner)} ({feed.replace('_', ' ')})"


def _partner(code: str) -> str:
    return str(texts.get("partners").get(code, code))


def _date(value: str) -> str:
    return dutch.day(datetime.fromisoformat(value).date())


def _example(definition: Mapping[str, Any]) -> str:
    """The worked example as HTML: the records, then each expected cell with its sum left unsummed and a sentence."""
    example = definition.get("example") or {}
    if not example.get("records"):
        return ""
    given = "".join(tables.records(rows, _feed(feed)) for feed, rows in example["records"].items() if rows)
    lead = example.get("story") or texts.get("uitleg.example_lead")
    if example.get("peildatum"):
        last = dutch.day(month_end(example["peildatum"]))
        lead = f"{lead} {texts.say('uitleg.example_peildatum', date=last)}"
    cells = "".join(f"<li>{_expected(row, definition)}</li>" for row in example["expected"])
    return (
        f"<h4>{escape(texts.get('uitleg.example'))}</h4><p>{escape(lead)}</p>{given}"
        f'<p class="result">{escape(texts.get("uitleg.example_result"))}</p><ul>{cells}</ul>'
    )


def _expected(row: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    head = texts.say(
        "uitleg.example_cell", region=tables.region_name(row["regio"]), period=dutch.period(str(row["periode"]))
    )
    if row["dimensie"] != "totaal":
        head = f"{head}, {_category(row, definition)}"
    figures = [
        f"{label} {tables.plain(row[name])}"
        for name, label in texts.get("example_figures").items()
        if row.get(name) is not None and not (name == "teller" and row[name] == row.get("value"))
    ]
    explanation = f"<br>{escape(row['explanation'])}" if row.get("explanation") else ""
    return f"<strong>{escape(head)}</strong>: {escape(', '.join(figures))}.{explanation}"


def _category(row: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    """A category in words; a code that the definition doesn't know stays as it is."""
    known = {d["name"]: d for d in definition["dimensions"]}
    dimension = known.get(row["dimensie"], {"title": row["dimensie"], "categories": {}})
    label = dimension["categories"].get(str(row["categorie"]), row["categorie"])
    return texts.say("uitleg.example_category", title=_lower_first(dimension["title"]), label=_lower_first(str(label)))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
