"""``python -m indicators.methodology`` writes docs/methodology.md: every definition told in words, as Markdown.

Generated, so that it can't differ from what is computed; a test fails when the file is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from indicators import explanation
from indicators.disclosure import Rule
from indicators.explanation import Published
from indicators.model import definitions

PATH = Path(__file__).parent.parent / "docs" / "methodology.md"


def document() -> str:
    """The whole page, from the definitions and texts of this version."""
    words = explanation.texts()["methodology"]
    themes = explanation.by_theme(map(explanation.published, definitions().values()))
    parts = [
        f"# {words['title']}",
        f"*{words['generated']}*",
        words["lead"],
        f"## {words['before_title']}",
        explanation.texts()["own_measure"],
        *words["before"],
        *_general(),
        f"## {words['indicators_title']}",
        *(f"**{title}**\n\n{_bullets(map(_link, found))}" for title, found in themes),
        *(part for _, found in themes for definition in found for part in _indicator(definition)),
        f"## {words['precise_title']}",
        words["precise_lead"],
        *(f"**{name}.** {formula} *{source}.*" for name, formula, source in words["precise"]),
    ]
    return "\n\n".join(parts) + "\n"


def _general() -> list[str]:
    out = []
    for name, section in explanation.texts()["general"].items():
        lines = explanation.protection(asdict(Rule())) if name == "protection" else section["lines"]
        if name == "words":
            lines = [f"**{word}**: {meaning}" for word, meaning in explanation.words()]
        if name == "status":
            lines = [f"{s['sign']} **{s['word']}**: {s['meaning']}" for s in explanation.texts()["status"].values()]
        out += [f"## {section['title']}", _bullets(lines)]
    return out


def _indicator(definition: Published) -> list[str]:
    words = explanation.texts()["definition"]
    parts = [
        f'<a id="{definition["id"]}"></a>\n\n### {definition["title"]}',
        f"**{definition['question']}**",
        definition["explanation"],
        _table(["", ""], explanation.facts(definition)),
        f"#### {words['caveats']}",
        _bullets(definition["caveats"]),
    ]
    if example := explanation.example(definition):
        parts += [f"#### {words['example']}", example.lead]
        for records in example.given:
            parts += [f"{records.caption}:", _table(records.names, records.rows)]
        parts += [
            words["example_result"],
            _bullets(f"**{r.head}**: {r.figures}. {r.explanation}".rstrip() for r in example.results),
        ]
    return [*parts, f"#### {words['changelog']}", _bullets(explanation.changes(definition))]


def _link(definition: Published) -> str:
    return f"[{definition['title']}](#{definition['id']})"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([_line(names), f"|{'---|' * len(names)}", *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
