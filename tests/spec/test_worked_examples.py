"""Every definition's worked example, which also stands on the methodology page, is what the product computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from example_runner import ExampleError, differences, evaluate, run, typed

from data_contracts.loader import contracts
from indicators.model import Definition, definitions

ONE = definitions()["veiligheidsbeoordeling_binnen_5_werkdagen"]
MELDINGEN = contracts()["veilig_thuis/meldingen"]
MOMENT = "2021-04-01T16:00:00+02:00"


@pytest.mark.parametrize("definition", definitions().values(), ids=lambda d: d.id)
def test_the_worked_example_is_right(definition: Definition, tmp_path: Path) -> None:
    assert differences(definition.example["expected"], run(definition, tmp_path)) == []


@pytest.mark.parametrize("definition", definitions().values(), ids=lambda d: d.id)
def test_an_example_can_be_followed_by_a_reader(definition: Definition) -> None:
    records = [record for rows in definition.example["records"].values() for record in rows]
    texts = [definition.example["story"], *(cell["explanation"] for cell in definition.example["expected"])]
    assert 3 <= len(records) <= 8
    assert all(text.endswith(".") for text in texts)
    # A value is what its numerator and denominator give, but where time is followed: there the text says how.
    for cell in definition.example["expected"]:
        teller, noemer, value = (evaluate(cell[name]) for name in ("teller", "noemer", "value"))
        if definition.kind in ("proportion", "ratio", "coverage"):
            assert teller is not None and noemer is not None and value == pytest.approx(teller / noemer)
        if definition.kind == "sum":
            assert noemer is None and value == teller


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return run(ONE, tmp_path_factory.mktemp("records"))


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"n": 4}, "n is 3, expected 4.0"),
        ({"teller": 2}, "teller is 1.0, expected 2.0"),
        ({"noemer": 4}, "noemer is 3.0, expected 4.0"),
        ({"noemer": None}, "noemer is 3.0, expected None"),
        ({"value": "2 / 3"}, "waarde is 0.33"),
        ({"status": "definitief"}, "status is voorlopig, expected definitief"),
        ({"regio": "utrecht"}, "0 cells instead of one"),
    ],
)
def test_a_wrong_expectation_is_found(wrong: dict[str, Any], line: str, computed: pl.DataFrame) -> None:
    right = ONE.example["expected"][0]
    assert differences([right | {"status": "voorlopig"}], computed) == []
    found = differences([right | wrong], computed)
    assert len(found) == 1
    assert line in found[0]


def test_an_expectation_must_have_the_known_keys(computed: pl.DataFrame) -> None:
    right = ONE.example["expected"][0]
    with pytest.raises(ExampleError, match="twente 2021-04 totaal totaal: unknown waarde"):
        differences([right | {"waarde": 0.5}], computed)
    with pytest.raises(ExampleError, match="twente 2021-04 totaal totaal: missing value"):
        differences([{name: given for name, given in right.items() if name != "value"}], computed)


@pytest.mark.parametrize("key", ["peildatum", "story", "records", "expected"])
def test_an_incomplete_example_is_refused(key: str, tmp_path: Path) -> None:
    rest = {name: value for name, value in ONE.example.items() if name != key}
    with pytest.raises(ExampleError, match=f"missing {key}"):
        run(replace(ONE, example=rest), tmp_path)


def test_an_unknown_feed_is_refused(tmp_path: Path) -> None:
    example = {**ONE.example, "records": {"veilig_thuis/telefoontjes": []}}
    with pytest.raises(ExampleError, match="unknown feed 'veilig_thuis/telefoontjes'"):
        run(replace(ONE, example=example), tmp_path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kleur": "rood"}, "M1: unknown column kleur"),
        ({}, "M1: ontvangen_op must be written out"),
        ({"ontvangen_op": "2021-04-01T16:00:00"}, "ontvangen_op is '2021-04-01T16:00:00', must have an offset"),
        ({"ontvangen_op": MOMENT, "melder": "buurman"}, "M1: melder is 'buurman', not one of its codes"),
        ({"ontvangen_op": MOMENT, "vervallen": "nee"}, "vervallen is 'nee', must be true or false"),
    ],
)
def test_a_record_that_the_contract_does_not_allow_is_refused(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(ExampleError, match=message):
        typed({"melding_id": "M1", **columns}, MELDINGEN)


def test_columns_left_out_are_filled() -> None:
    record = typed({"melding_id": "M1", "ontvangen_op": MOMENT}, MELDINGEN)
    assert (record["gezin"], record["vt_regio"], record["onveiligheid"]) == ("gezin_a", "twente", "structureel")
    assert record["veiligheidsbeoordeling_op"] is None
    assert record["ontvangen_op"].isoformat() == "2021-04-01T14:00:00"


@pytest.mark.parametrize(
    ("expression", "value"),
    [("1 / 3", 1 / 3), ("4 × 60 + 1,5 × 50", 315.0), ("(26 - 3) / 26", 23 / 26), (0, 0.0), (None, None)],
)
def test_sums_are_worked_out(expression: str | int | None, value: float | None) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize("expression", ["open('x')", "2 ** 9", "teller / 3", "1 /", "-1", "1 < 2", "True", "1 / 0"])
def test_only_sums_of_numbers_are_worked_out(expression: str) -> None:
    with pytest.raises(ExampleError):
        evaluate(expression)
