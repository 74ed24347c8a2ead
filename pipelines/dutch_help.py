"""Makes typer speak Dutch: help texts and what it says of a wrong command line."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

WORDS = (
    ("Usage:", "Gebruik:"),
    ("Options:", "Opties:"),
    ("Commands:", "Opdrachten:"),
    ("Arguments:", "Argumenten:"),
    ("[OPTIONS]", "[OPTIES]"),
    ("COMMAND [ARGS]...", "OPDRACHT [...]"),
    ("Show this message and exit.", "Toon deze uitleg."),
    ("[required]", "[verplicht]"),
    ("[default:", "[standaard:"),
)
PATTERNS = (
    (re.compile(r"No such command '(.*?)'"), "De opdracht '{}' bestaat niet"),
    (re.compile(r"No such option:? '?(-[^\s'.]*)"), "De optie {} bestaat niet"),
    (re.compile(r"Option '(.*?)' requires (?:an argument|\d+ arguments)"), "Bij de optie {} hoort een waarde"),
    (re.compile(r"Option '(.*?)' does not take a value"), "Bij de optie {} hoort geen waarde"),
    (re.compile(r"Missing option '(.*?)'"), "De optie {} ontbreekt"),
    (re.compile(r"Missing argument '(.*?)'"), "{} ontbreekt"),
    (re.compile(r"Missing command"), "Er is geen opdracht genoemd"),
    (re.compile(r"unexpected extra argument\(s\) \((.*?)\)"), "'{}' hoort hier niet"),
    (re.compile(r"Invalid value for '(.*?)': .* valid integer"), "De waarde bij {} is geen geheel getal"),
    (re.compile(r"Invalid value for '(.*?)': .* valid number"), "De waarde bij {} is geen getal"),
    (re.compile(r"Invalid value for '(.*?)': .* less than or equal to (\S+)"), "De waarde bij {} is hooguit {}"),
    (re.compile(r"Invalid value for '(.*?)': .* greater than or equal to (\S+)"), "De waarde bij {} is ten minste {}"),
    (re.compile(r"Invalid value for '(.*?)'"), "De waarde bij {} is niet goed"),
)


def translate(text: str) -> str:
    """A help text with typer's own words in Dutch."""
    for english, dutch in WORDS:
        text = text.replace(english, dutch)
    # typer names its Python types beside our own words for a value.
    return re.sub(r" <[a-zA-Z[\]| ]+>", "", text)


def explain(error: Exception) -> str:
    """One Dutch line for a command line that typer refused."""
    message = getattr(error, "format_message", lambda: str(error))()
    found = next(((dutch, m) for pattern, dutch in PATTERNS if (m := pattern.search(message))), None)
    said = found[0].format(*found[1].groups()) if found else "Deze opdracht is niet te begrijpen"
    context: Any = getattr(error, "ctx", None)
    return f"{said}. Zie: {context.command_path if context else 'veiligheid'} --help"


class DutchCommand(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))


class DutchGroup(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))


def app(help_text: str) -> typer.Typer:
    """A typer application whose help is Dutch; give its commands ``cls=DutchCommand``."""
    return typer.Typer(
        cls=DutchGroup,
        help=help_text,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
    )
