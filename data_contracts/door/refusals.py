"""Why the door refuses a file as unreadable, in the words the partner reads.

A message names the place and the remedy. It never repeats what stands in a cell, nor a name that the contract does not
know: either may be personal data.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The kinds of unreadable, in the order in which they are reported when they meet at one byte."""

    NOT_REGULAR = "not_regular"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    OTHER_CONTENT = "other_content"
    NOT_UTF8 = "not_utf8"
    CONTROL = "control"
    BARE_CR = "bare_cr"
    QUOTING = "quoting"
    LONG_CELL = "long_cell"
    LONG_LINE = "long_line"
    LONG_RECORD = "long_record"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    NESTED = "nested"
    WRONG_TYPE = "wrong_type"


class Refused(Exception):
    """The file is unreadable. ``reason`` for code and tests, the message (Dutch) for the partner."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def number(n: int) -> str:
    """1234567 as a Dutch reader writes it: 1.234.567."""
    return f"{n:,}".replace(",", ".")


def not_regular() -> Refused:
    return Refused(
        Reason.NOT_REGULAR,
        "Dit is geen gewoon bestand maar een verwijzing, een map of iets anders. Zet het bestand zelf klaar.",
    )


def empty() -> Refused:
    return Refused(
        Reason.EMPTY,
        "Het bestand is leeg (0 bytes). Waren er deze maand geen records? Lever dan een leeg bestand met de naam "
        "JJJJ-MM.leeg. Maak anders het bestand opnieuw.",
    )


def not_empty() -> Refused:
    return Refused(
        Reason.NOT_EMPTY,
        "Een bestand dat eindigt op .leeg moet leeg zijn (0 bytes), maar er staat iets in. "
        "Zijn er records? Lever dan een .csv- of .parquet-bestand.",
    )


def utf_16() -> Refused:
    return Refused(
        Reason.NOT_UTF8,
        "Het bestand is opgeslagen als UTF-16 of UTF-32 (te zien aan de eerste bytes). "
        "Sla het op als UTF-8 en lever het opnieuw.",
    )


def encrypted() -> Refused:
    return Refused(
        Reason.ENCRYPTED,
        "Het Parquet-bestand is versleuteld. Schrijf het zonder versleuteling van Parquet en lever het opnieuw.",
    )


def nested() -> Refused:
    return Refused(
        Reason.NESTED,
        "Het Parquet-bestand bevat een geneste kolom (een lijst, struct of map). "
        "Schrijf elke kolom van het contract als één gewone kolom.",
    )


def too_big(limit: int, unpacked: bool = False) -> Refused:
    size = "uitgepakt groter" if unpacked else "groter"
    return Refused(
        Reason.TOO_BIG,
        f"Het bestand is {size} dan het contract toestaat: hooguit {number(limit)} bytes. "
        "Controleer of er alleen records van deze maand in staan.",
    )


def too_many_rows(limit: int) -> Refused:
    return Refused(
        Reason.TOO_MANY_ROWS,
        f"Het bestand bevat meer records dan het contract toestaat: hooguit {number(limit)}. "
        "Controleer of er alleen records van deze maand in staan.",
    )


def other_content(extension: str, content: str) -> Refused:
    form = "Parquet" if extension == "parquet" else "CSV"
    return Refused(
        Reason.OTHER_CONTENT,
        f"De inhoud past niet bij de naam: het bestand eindigt op .{extension}, maar de eerste bytes zijn die van "
        f"{content}. Lever een echt {form}-bestand, niet ingepakt of hernoemd.",
    )


def damaged(place: str) -> Refused:
    return Refused(
        Reason.DAMAGED,
        f"Het Parquet-bestand is beschadigd of niet compleet ({place}). Maak het opnieuw en lever het nog een keer.",
    )


def wrong_type(column: str, found: str, expected: str) -> Refused:
    return Refused(
        Reason.WRONG_TYPE,
        f"Kolom {column} heeft in het Parquet-bestand een ander type dan in het contract: {found}. "
        f"Schrijf deze kolom als {expected}.",
    )


def big_pages(limit: int) -> Refused:
    return Refused(
        Reason.TOO_BIG,
        "Het Parquet-bestand heeft pagina's die samen te groot zijn om veilig te lezen: uitgepakt meer dan "
        f"{number(limit)} bytes in één row group. Schrijf kleinere row groups, bijvoorbeeld van 100.000 records.",
    )


def big_footer(limit: int) -> Refused:
    return Refused(
        Reason.TOO_BIG,
        f"Het Parquet-bestand heeft een voettekst van meer dan {number(limit)} bytes. "
        "Schrijf grotere row groups, bijvoorbeeld van 100.000 records.",
    )


def many_pages(limit: int) -> Refused:
    return Refused(
        Reason.TOO_BIG,
        f"Het Parquet-bestand bestaat uit meer dan {number(limit)} pagina's. "
        "Schrijf grotere row groups, bijvoorbeeld van 100.000 records.",
    )


def parquet_cell(reason: Reason, column: str, rij: int, what: str) -> Refused:
    return Refused(
        reason,
        f"In kolom {column}, record {number(rij)}, staat {what}. Herstel dit in de bron en maak het bestand opnieuw.",
    )


_CSV_SENTENCES = {
    Reason.NOT_UTF8: (
        "{place} staat een byte die geen UTF-8 is. Sla het bestand op als UTF-8, niet als ANSI of Windows-1252."
    ),
    Reason.CONTROL: (
        "{place} staat een NUL of Ctrl-Z. Die tekens horen niet in een tekstbestand; maak het opnieuw uit de bron."
    ),
    Reason.BARE_CR: (
        "{place} staat een CR zonder LF erachter. Laat elke regel eindigen op LF of CRLF, ook binnen een cel."
    ),
    Reason.QUOTING: (
        "{place} kloppen de aanhalingstekens niet, in het record dat begint op regel {record}. Zet een cel met een "
        "komma, aanhalingsteken of regeleinde helemaal tussen aanhalingstekens en verdubbel elk aanhalingsteken erin."
    ),
    Reason.LONG_CELL: (
        "{place} wordt een cel langer dan {cell} bytes, in het record dat begint op regel {record}. "
        "Maak de tekst korter of sluit het aanhalingsteken."
    ),
    Reason.LONG_LINE: "{place} wordt een regel langer dan {line} bytes. Controleer de regeleinden.",
    Reason.LONG_RECORD: (
        "{place} wordt een record langer dan {length} bytes; het begint op regel {record}. "
        "Waarschijnlijk is daar een aanhalingsteken niet gesloten."
    ),
}


def csv_fault(
    reason: Reason, *, line: int, byte: int, record: int, cell_bytes: int, line_bytes: int, record_bytes: int
) -> Refused:
    """The refusal of a CSV file at ``line`` and ``byte``, both from 1, in the record that starts on line ``record``."""
    sentence = _CSV_SENTENCES[reason].format(
        place=f"Op regel {number(line)} (byte {number(byte)} van het bestand)",
        record=number(record),
        cell=number(cell_bytes),
        line=number(line_bytes),
        length=number(record_bytes),
    )
    return Refused(reason, sentence)
