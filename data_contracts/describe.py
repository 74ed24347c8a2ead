"""A contract as documentation for the partner: Dutch Markdown, with the rules that follow from columns written out.

Belongs here: wording and order. Not here: what a contract holds (`model`).
"""

from __future__ import annotations

from collections.abc import Iterator

from data_contracts.derived import FORMS
from data_contracts.model import Column, Contract
from data_contracts.wording import dutch_date, pattern_in_words, thousands

KINDS = {
    "id": "nummer of code",
    "gezin": "pseudoniem van een gezin",
    "regio": "code van een regio",
    "vt_regio": "code van een Veilig Thuis-regio",
    "arrondissement": "code van een arrondissement",
    "enum": "code uit een lijst",
    "text": "vrije tekst",
    "timestamp": "tijdstip met tijdzone, in hele seconden",
    "date": "datum",
    "boolean": "true of false",
    "integer": "geheel getal vanaf 0",
    "decimal": "getal met hoogstens 5 cijfers voor en 2 achter de punt",
}
LEVELS = {
    "levering": "De levering wordt in haar geheel geweigerd als",
    "rij": "Een record gaat in quarantaine als",
    "waarschuwing": "Er komt een waarschuwing, maar de records tellen mee, als",
}


def form(column: Column) -> str:
    """How a cell of the column is written, in plain Dutch sentences without patterns."""
    if column.kind in FORMS:
        first = FORMS[column.kind][1]
    elif column.pattern:
        first = pattern_in_words(column.pattern)
    elif column.values:
        first = "Een van de codes hieronder"
    else:
        first = KINDS[column.kind]
    return " ".join([f"{first[0].upper()}{first[1:]}.", *_bounds(column), f"Bijvoorbeeld: {column.example}."])


def _details(column: Column) -> Iterator[str]:
    if column.pattern:
        yield f"Patroon: `{column.pattern}`."
    yield from _bounds(column)


def _bounds(column: Column) -> Iterator[str]:
    if column.max_length and column.kind == "text":
        yield f"Hoogstens {column.max_length} tekens."
    if column.positive:
        yield "Groter dan 0."
    if column.minimum:
        yield f"Niet voor {dutch_date(column.minimum)}."
        if not column.plan:
            yield "Niet na de geleverde maand."


def _column(contract: Contract, column: Column) -> Iterator[str]:
    need = "verplicht" if column.required else "mag leeg zijn"
    key = ", sleutel" if column.name == contract.key else ""
    yield f"### `{column.name}`: {column.title}"
    yield ""
    yield f"{column.description} Soort: {KINDS[column.kind]}; {need}{key}. Voorbeeld: `{column.example}`."
    details = " ".join(_details(column))
    if details:
        yield ""
        yield details
    if column.values:
        yield ""
        yield "| code | betekenis |"
        yield "|---|---|"
        for code in column.values:
            yield f"| `{code}` | {column.labels[code]} |"
    yield ""


def _rules(contract: Contract) -> Iterator[str]:
    for level, title in LEVELS.items():
        yield f"### {title}"
        yield ""
        yield "| regel | wat er mis is | wat u kunt doen |"
        yield "|---|---|---|"
        for rule in contract.rules:
            if rule.level == level:
                yield f"| `{rule.code}` | {rule.message} | {rule.remedy} |".replace("\n", " ")
        yield ""


def as_markdown(contract: Contract) -> str:
    """Everything a partner's data engineer needs to know about one feed."""
    keys = [f"`{contract.key}`", *(" + ".join(f"`{name}`" for name in names) for names in contract.alternate_keys)]
    limits = contract.limits
    lines = [
        f"# {contract.title} (`{contract.name}`)",
        "",
        f"Contract versie {contract.version}. {contract.purpose}",
        "",
        "## Leveren",
        "",
        contract.usage,
        "",
        f"De levering van een maand is er voor de {contract.delivery_day}e werkdag van de volgende maand.",
        f"Een bestand heeft hoogstens {thousands(limits.max_rows)} records en {thousands(limits.max_bytes)} bytes"
        f" (uitgepakt {thousands(limits.max_uncompressed_bytes)} bytes).",
        f"Na ontvangst bewaren wij het bestand {contract.retention.received} maanden en afgekeurde records "
        f"{contract.retention.quarantine} maanden, versleuteld; daarna worden zij verwijderd.",
        f"Vragen? Mail {contract.contact}.",
        "",
        contract.limitations,
        "",
        "## Kolommen, in deze volgorde",
        "",
        f"Een record is te herkennen aan {'; ook aan '.join(keys)}.",
        "",
        *(line for column in contract.columns for line in _column(contract, column)),
        "## Regels",
        "",
        *_rules(contract),
    ]
    return "\n".join(lines).rstrip() + "\n"
