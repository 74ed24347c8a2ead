"""The rules that follow from a column's definition, so that contracts need not repeat them.

Belongs here: which kind of column brings which rules, and their Dutch texts. Not here: what a kind means (`rules`).
Codes are ``<column>_<kind>``.
"""

from __future__ import annotations

from collections.abc import Iterator

from data_contracts.model import CODE_KINDS, Column, Rule
from data_contracts.wording import dutch_date, pattern_in_words

MOST_CODES = 12
FORMS = {
    "timestamp": (
        "geen geldig tijdstip",
        "Schrijf een tijdstip als JJJJ-MM-DDTUU:MM:SS+UU:MM (of Z), in hele seconden",
    ),
    "date": ("geen geldige datum", "Schrijf een datum als JJJJ-MM-DD, een dag die echt bestaat"),
    "boolean": ("iets anders dan true of false", "Schrijf true of false, in kleine letters"),
    "integer": (
        "geen geldig geheel getal",
        "Schrijf een geheel getal van 0 tot en met 999999999, zonder punten, komma's of nullen vooraan",
    ),
    "decimal": (
        "geen geldig getal",
        "Schrijf een getal onder de 100000 met een punt en hoogstens twee decimalen, zonder duizendtallen of teken",
    ),
}


def _rule(column: Column, kind: str, message: str, remedy: str) -> Rule:
    return Rule(f"{column.name}_{kind}", "rij", kind, (column.name,), {}, message, remedy, derived=True)


def _codes(column: Column) -> str:
    """All codes when they fit in a sentence, else an example."""
    if len(column.values) <= MOST_CODES:
        return f": {', '.join(column.values)}"
    return f", zoals {column.example}"


def _after_month(column: Column) -> Rule:
    exception = ""
    if column.plan_when is not None:
        exception = f" Dat mag alleen als {column.plan_when[0]} {column.plan_when[1]} is."
    return _rule(
        column,
        "na_maand",
        f"De datum in kolom {column.name} ligt na het einde van de geleverde maand.{exception}",
        f"Controleer {column.name}, of lever het record in een latere maand.",
    )


def column_rules(column: Column, is_key: bool) -> Iterator[Rule]:
    """The rules of level rij that follow from one column, ``is_key`` for the contract's id column."""
    name = column.name
    if is_key:
        yield _rule(
            column,
            "dubbel",
            f"Kolom {name} komt vaker voor in deze levering; alle records met dit nummer zijn afgekeurd.",
            f"Lever per {name} één record, in de laatste stand.",
        )
    if column.required:
        yield _rule(column, "verplicht", f"Kolom {name} is verplicht, maar leeg.", f"Vul {name} in elk record.")
    if column.kind in FORMS:
        wrong, right = FORMS[column.kind]
        yield _rule(column, "vorm", f"Kolom {name} bevat {wrong}.", f"{right}. Bijvoorbeeld: {column.example}.")
    if column.kind in CODE_KINDS:
        yield _rule(
            column,
            "waarde",
            f"Kolom {name} bevat een code die het contract niet kent.",
            f"Gebruik in {name} alleen de codes uit het contract{_codes(column)}.",
        )
    if column.pattern is not None:
        yield _rule(
            column,
            "patroon",
            f"Kolom {name} heeft niet de vorm die het contract vraagt.",
            f"Zet in {name} {pattern_in_words(column.pattern)}. Bijvoorbeeld: {column.example}.",
        )
    if column.kind in CODE_KINDS or column.pattern is not None:
        yield _rule(
            column,
            "tekens",
            f"Kolom {name} bevat onzichtbare tekens of besturingstekens.",
            f"Verwijder tabs, regeleinden en onzichtbare tekens uit {name}.",
        )
    if column.max_length is not None and column.kind == "text":
        yield _rule(
            column,
            "lengte",
            f"Kolom {name} is langer dan {column.max_length} tekens.",
            f"Maak de tekst in {name} korter.",
        )
    if column.minimum is not None:
        yield _rule(
            column,
            "te_vroeg",
            f"De datum in kolom {name} ligt voor {dutch_date(column.minimum)}.",
            f"Controleer het jaar in {name}.",
        )
        if not column.plan or column.plan_when is not None:
            yield _after_month(column)
    if column.positive:
        yield _rule(column, "niet_positief", f"Kolom {name} is niet groter dan 0.", f"Vul in {name} meer dan 0 in.")
    if column.kind == "text":
        yield _rule(
            column,
            "identificerend",
            f"Kolom {name} bevat een direct persoonsgegeven: een BSN, IBAN, e-mailadres, telefoonnummer,"
            " postcode met huisnummer of geboortedatum.",
            f"Verwijder de persoonsgegevens uit {name}. Welk gegeven het is, herhalen wij hier niet.",
        )
