"""What the mutation run breaks, on tiny texts, and that classical mistakes are noticed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indicators import model
from pipelines import entities

from . import kill, mutants

ROOT = Path(__file__).resolve().parents[2]


def changes(kind: str, text: str) -> list[str]:
    makers = {"sql": mutants.of_sql, "yaml": mutants.of_yaml, "py": mutants.of_python}
    return [mutant.change for mutant in makers[kind](f"a.{kind}", text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select a\nfrom b", []),
        ("where a <= b", ["<= -> <"]),
        ("tijd + interval 28 day", ["+ -> -", "28 -> 29", "28 -> 27"]),
        ("0 as n", ["0 -> 1"]),
        ("where soort = 'extra' -- 'x' < 5", ["= -> <>", "'extra' -> 'extra_'"]),
        ("a is not null and not b", ["is not null -> is null", "and -> or", "not -> (nothing)"]),
        ("left join c", ["left join -> inner join"]),
        ("coalesce(einde) as start", ["einde -> volgende"]),
        ("min(ontvangen_op)", ["min -> max", "ontvangen_op -> veiligheidsbeoordeling_op"]),
    ],
)
def test_sql_is_changed_one_token_at_a_time(text: str, expected: list[str]) -> None:
    assert changes("sql", text) == expected


def test_a_definition_is_changed_where_it_is_computed_with() -> None:
    text = "id: x\ntitle: 5 dagen\nkind: ratio\nhorizon_days: 90\nfeeds: [a, b]\nper_zaak: true\nnorm: {value: 0.9}\n"
    assert changes("yaml", text) == [
        *("ratio -> proportion", "90 -> 91", "90 -> 89", "a -> (nothing)", "b -> (nothing)", "True -> False"),
        "0.9 -> 0.8",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(a: int = 1) -> bool: return a < 2", ["< -> <=", "1 -> 2", "2 -> 3"]),
        ("x = min(a, b) // 2", ["// -> *", "min -> max", "2 -> 3"]),
        ("if a and not b: c()", ["a and not b -> not (a and not b)", "and -> or", "not b -> b"]),
    ],
)
def test_a_module_is_changed_one_operation_at_a_time(text: str, expected: list[str]) -> None:
    assert sorted(changes("py", text)) == sorted(expected)


def test_a_mutant_says_where_and_what() -> None:
    found = list(mutants.of_sql("a.sql", "select x\n-- why\nwhere a > b\n"))
    assert [mutant.name for mutant in found] == ["a.sql:3: > -> >=: where a > b"]
    assert found[0].text == "select x\n-- why\nwhere a >= b\n"


@pytest.fixture(scope="module")
def checks() -> Iterator[tuple[kill.Definitions, Path]]:
    """The checks of the mutation run on the edge inbox at one peildatum, over a copy of what defines a figure."""
    found = kill.Definitions()
    found.edges = found.edges[:1]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in (model, entities):
            copy = Path(folder) / module.FOLDER.relative_to(ROOT)
            shutil.copytree(module.FOLDER, copy)
            patch.setattr(module, "FOLDER", copy)
        yield found, Path(folder)
    model.definitions.cache_clear()
    model.dimensions.cache_clear()


HERHALING = "indicators/definitions/herhaling_18_maanden.yaml"


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("indicators/sql/veiligheidsbeoordeling_binnen_5_werkdagen.sql", "<= k.werkdag_5,", "<= k.datum + 5,"),
        ("indicators/sql/terugkoppeling_na_overdracht.sql", "m.terugkoppeling_op <= m", "m.overdracht_op <= m"),
        ("indicators/sql/terugkoppeling_na_overdracht.sql", "28 <= w.peildatum", "28 < w.peildatum"),
        (HERHALING, "horizon_days: 548", "horizon_days: 547"),
        ("pipelines/entities/zaakreeks.sql", "28 day <= tijd", "28 day < tijd"),
    ],
)
def test_a_classical_mistake_is_noticed(path: str, right: str, wrong: str, checks: tuple[Any, Path]) -> None:
    definitions, folder = checks
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    assert definitions.check(path) == (kill.KILLED, "edge inbox")
    file.write_text(text, encoding="utf-8")


def test_what_is_right_is_not_noticed(checks: tuple[Any, Path]) -> None:
    assert checks[0].check(HERHALING) == (kill.SURVIVED, "")
