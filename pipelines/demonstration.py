"""The inbox of the demonstration: a fictitious country, made once and whole, never mixed with real deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pipelines import storage
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.synthesis import SynthesisError, synthesize, truth_path

MARKER = "demo.json"


@dataclass(frozen=True)
class Country:
    """What the demonstration shows: months ``first``..``last``, ``scale`` 1.0 is the Netherlands."""

    first: str
    last: str
    scale: float
    seed: int = 1


def prepare(home: Home, country: Country, progress: Callable[[str, float], None] = lambda *_: None) -> None:
    """Put the country's deliveries in the inbox, unless they lie there already.

    The inbox appears whole or not at all; the planted truth lies beside it. Raises UserError when the inbox holds
    anything else, or the country can't be made.
    """
    with home.writing():
        made = _made(home)
        filled = home.inbox.is_dir() and any(home.inbox.iterdir())
        if filled and made == asdict(country):
            return
        if filled:
            there = "een ander verzonnen land" if made else "leveringen die niet van de demo zijn"
            raise UserError(f"In '{home.inbox}' staan al gegevens: {there}. Kies met --home een nieuwe map.")
        with home.scratch() as scratch:
            inbox = scratch / "inbox"
            try:
                synthesize(inbox, country.first, country.last, country.scale, country.seed, progress)
            except SynthesisError as error:
                raise UserError(str(error)) from error
            # The marker comes before the inbox: an inbox without one would be taken for real deliveries.
            storage.write(home.root / MARKER, storage.json_bytes(asdict(country)))
            storage.rename(truth_path(inbox), truth_path(home.inbox))
            if home.inbox.is_dir():
                home.inbox.rmdir()
            storage.rename(inbox, home.inbox)


def _made(home: Home) -> dict[str, object] | None:
    """The country that the inbox was made for, if it was."""
    marker = home.root / MARKER
    return json.loads(marker.read_text(encoding="utf-8")) if marker.is_file() else None
