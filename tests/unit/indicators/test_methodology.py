"""The page that is generated from the definitions."""

from __future__ import annotations

from indicators import explanation, methodology
from indicators.model import definitions

EVERY = [explanation.published(definition) for definition in definitions().values()]


def test_the_page_is_what_the_definitions_say_now() -> None:
    stale = "docs/methodology.md is stale: run python -m indicators.methodology"
    assert methodology.PATH.read_text(encoding="utf-8") == methodology.document(), stale


def test_the_page_has_every_indicator_with_its_example_and_nothing_left_open() -> None:
    page = methodology.document()
    for definition in EVERY:
        assert f"### {definition['title']}\n" in page and f"](#{definition['id']})" in page
        assert definition["question"] in page and definition["explanation"] in page
        assert all(caveat in page for caveat in definition["caveats"])
        assert all(row["explanation"] in page for row in definition["example"]["expected"])
    assert "{" not in page and "None" not in page
    assert "eigen uitwerking" in page and "slechts deels te herleiden" in page


def test_a_cell_of_a_table_can_not_break_it() -> None:
    assert methodology._table(["a"], [["x|y"]]) == "| a |\n|---|\n| x\\|y |"
