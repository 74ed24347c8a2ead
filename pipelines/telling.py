"""What the command line says of previews, differences and explanations: Dutch lines, returned and not printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import polars as pl

from indicators import dutch
from indicators.disclosure import earlier
from indicators.disclosure.protect import DEFAULT
from indicators.model import definitions
from pipelines import console
from pipelines.difference import CAUSES, HIDDEN
from pipelines.explain import Explanation
from pipelines.preview import Preview

SHOWN = 20
# Of figures that read the same without them.
DIGITS = 5
VERDICTS = {"accepted": "geaccepteerd", "refused": "geweigerd", "error": "mislukt"}
STEP = DEFAULT.restated
# Why something is said that the newest deliveries alone would not say.
STANDS = (
    f"daarna veranderden minder dan {STEP} gevallen. Zo'n klein verschil zou iets over die gevallen vertellen. "
    "Het cijfer wordt opnieuw gedrukt als het verschil groter is, en in elk geval in de publicatie per december"
)
FOR_GOOD = "wat van een afgesloten periode is afgeschermd, blijft dat in elke latere publicatie"
UNTIL_MORE = f"daarna veranderden minder dan {STEP} gevallen. Tot het er meer zijn, blijft het cijfer afgeschermd"
BY_GATE = "afgeschermd door de toets voor vrijgave: samen met andere cijfers zou dit cijfer te veel vertellen"
# Sums in the statistics of a cell, in words: how many of what.
SUMS = {
    "n": "eenheden",
    "teller": "daarvan geteld",
    "sum_x": "som van x",
    "sum_y": "som van y",
    "sum_xx": "som van x maal x",
    "sum_xy": "som van x maal y",
    "sum_yy": "som van y maal y",
    "rijp": "lang genoeg gevolgd",
    "open": "nog niet tot het einde gevolgd",
    "zonder_tarief": "rijen zonder tarief",
    "bijdragers": "eenheden met inzet",
    "gezinnen": "verschillende gezinnen",
    "grootste": "grootste deel van y van één gezin",
}


def preview(made: Preview, every: bool) -> Iterator[str]:
    """``every``: all cells, not only the first."""
    yield f"Voorvertoning {made.number}: {made.request.words}. Er is niets veranderd."
    reads = made.record["reads"]
    if not reads:
        yield "Geen levering hoeft opnieuw te worden gelezen."
    else:
        yield f"Opnieuw te lezen: {_count(len(reads), 'levering', 'leveringen')}"
        for read in reads if every else reads[:SHOWN]:
            yield f"    {read['feed']} {read['month']}.{read['extension']}: {read['why']}; {_verdict(read)}"
        yield from _more(len(reads), every)
    if refused := made.record["still_refused"]:
        yield f"Al eerder geweigerd en niet veranderd: {_count(refused, 'levering', 'leveringen')}."
    published = made.record["publication"]
    if published is None:
        yield "Er is nog geen publicatie, dus er verandert geen gepubliceerd cijfer."
    elif made.changes.is_empty():
        yield f"Geen enkel cijfer van publicatie {published} verandert."
    else:
        yield f"Te veranderen cijfers van publicatie {published}: {console.number(made.changes.height)}"
        yield from changes(made.changes, every)


def _verdict(read: Mapping[str, Any]) -> str:
    if read["verdict"] != "accepted":
        return f"{VERDICTS[read['verdict']]}: {read['message']}"
    said = f"{VERDICTS[read['verdict']]}, {_count(read['rows_in'], 'rij', 'rijen')}"
    if read["rows_quarantined"]:
        said += f", waarvan {console.number(read['rows_quarantined'])} in quarantaine"
    return f"{said}; {_count(read['warnings'], 'waarschuwing', 'waarschuwingen')}" if read["warnings"] else said


def changes(found: pl.DataFrame, every: bool) -> Iterator[str]:
    """By cause how many, then a line a cell, by indicator."""
    causes = Counter(cause for listed in found["oorzaken"].to_list() for cause in listed or ())
    for cause in CAUSES:
        if causes[cause]:
            yield f"    door {cause}: {console.number(causes[cause])}"
    if new := found.filter(pl.col("status_was").is_null()).height:
        yield f"    waarvan nieuw, dus nu nog zonder cijfer: {console.number(new)}"
    if not every and found.height > SHOWN:
        yield "Per indicator"
        for indicator, count in (
            found.group_by("indicator").len().sort("len", "indicator", descending=[True, False]).rows()
        ):
            yield f"    {indicator}: {console.number(count)}"
    shown = found if every else found.head(SHOWN)
    for indicator, rows in groupby(shown.iter_rows(named=True), key=lambda row: row["indicator"]):
        yield f"{indicator}"
        for row in rows:
            where = f"{row['regio']} {row['periode']} {_split(row)}"
            was, becomes = _both(row)
            yield f"    {where}: {was} -> {becomes} ({', '.join(row['oorzaken'] or ())})"
    yield from _more(found.height, every)


def _split(row: Mapping[str, Any]) -> str:
    return "totaal" if row["dimensie"] == "totaal" else f"{row['dimensie']}={row['categorie']}"


def figure(row: Mapping[str, Any], when: str = "") -> str:
    """The figure of a cell in one phrase: value, count and status."""
    status, value, n = row[f"status{when}"], row[f"waarde{when}"], row[f"n{when}"]
    if status is None:
        return "geen cijfer"
    if status == HIDDEN:
        return HIDDEN
    definition = definitions().get(row["indicator"])
    shown = "geen waarde" if value is None else _value(value, definition.unit if definition else "aandeel")
    counted = "" if n is None else f" (n = {console.number(n)})"
    return f"{shown}{counted}, {status.replace('_', ' ')}"


def _both(row: Mapping[str, Any]) -> tuple[str, str]:
    """Before and after; with limits and more digits where they would otherwise read the same."""
    was, becomes = figure(row, "_was"), figure(row, "_wordt")
    if was != becomes:
        return was, becomes
    return f"{was} ({_exactly(row, '_was')})", f"{becomes} ({_exactly(row, '_wordt')})"


def _exactly(row: Mapping[str, Any], when: str) -> str:
    told = (("waarde", "waarde"), ("van", "ondergrens"), ("tot", "bovengrens"), ("teller", "teller"))
    return ", ".join(
        f"{word} {dutch.number(row[f'{name}{when}'], DIGITS)}"
        for word, name in told
        if row[f"{name}{when}"] is not None
    )


def _value(value: float, unit: str) -> str:
    return dutch.amount(value, unit).replace(dutch.NBSP, " ")


def _more(count: int, every: bool) -> Iterator[str]:
    if not every and count > SHOWN:
        yield f"    en nog {console.number(count - SHOWN)}; alle met --all"


def _count(count: int, one: str, many: str) -> str:
    return f"{console.number(count)} {one if count == 1 else many}"


def explanation(found: Explanation) -> Iterator[str]:
    definition, row = found.definition, found.printed
    yield f"{definition.title}: {row['regio']}, {row['periode']}, {_split(row)}"
    yield f"    gepubliceerd in {found.publication} (per {console.day(found.peildatum)}): {figure(row)}"
    yield from _since(found)
    yield f"    opnieuw berekend: {figure(found.again)}{_verdict_of(found)}"
    then = " toen" if found.stands else ""
    if found.exact is not None:
        yield f"    exact{then}, niet voor publicatie: {figure(found.exact)}"
    if found.exact_now is not None:
        yield f"    exact nu, niet voor publicatie: {figure(found.exact_now)}"
    yield f"Definitie {definition.id}, versie {definition.version}"
    yield f"    {' '.join(definition.explanation.split())}"
    yield from _sums(found.statistics)
    yield "Gemaakt door"
    for version in found.versions:
        same = "" if version.then == version.now else f"; nu {version.now}"
        yield f"    {version.what} {version.then}{same}"
    yield f"Leveringen: {console.number(len(found.deliveries))}"
    yield from _deliveries(found.deliveries)


def _since(found: Explanation) -> Iterator[str]:
    """Where it comes from an earlier publication, or is hidden though the rule would show it."""
    since = found.since
    where = f"publicatie {since.publication} (per {console.day(since.peildatum)})"
    if found.stands:
        yield f"    staat er zo sinds {where}: {STANDS}"
    elif since.hidden == earlier.BY_GATE:
        yield f"    {BY_GATE}"
    elif since.hidden == earlier.BY_EARLIER:
        yield f"    afgeschermd sinds {where}: {FOR_GOOD if since.for_good else UNTIL_MORE}"


def _verdict_of(found: Explanation) -> str:
    if found.is_equal:
        return " (hetzelfde)"
    changed = [version.what for version in found.versions if version.then != version.now]
    return f" (ANDERS, want {' en '.join(changed)} is veranderd)" if changed else " (ANDERS)"


def _sums(statistics: Mapping[str, Any] | None) -> Iterator[str]:
    if statistics is None:
        return
    yield "Exacte tellingen erachter, niet voor publicatie"
    for name, words in SUMS.items():
        if statistics.get(name) is not None:
            yield f"    {words} ({name}): {console.number(int(statistics[name]))}"


def _deliveries(named: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for (partner, feed), found in groupby(named, key=lambda d: (d["partner"], d["feed"])):
        yield f"    {partner}/{feed}"
        for d in found:
            yield f"        {d['month']} nummer {d['number']}, sha256 {d['sha256']}"


def difference(one: str, other: str, found: pl.DataFrame, every: bool) -> Iterator[str]:
    if found.is_empty():
        yield f"Publicaties {one} en {other} geven dezelfde cijfers."
    else:
        yield f"Cijfers die in publicatie {other} anders zijn dan in {one}: {console.number(found.height)}"
        yield from changes(found, every)
