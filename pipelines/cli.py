"""The command ``veiligheid``: reads the command line, calls the road, prints Dutch. Holds no logic.

Heavy libraries are imported inside the commands that need them, so that ``--help`` is there at once.
Exit status: 0 done and clean, 1 rows in quarantine, 2 refused or failed.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from pipelines import console, dutch_help, reasons, stopping
from pipelines.errors import UserError

if TYPE_CHECKING:
    from data_contracts.model import Finding
    from pipelines.backfill import Request
    from pipelines.deliver import Outcome
    from pipelines.home import Home
    from pipelines.inbox import Inbox
    from pipelines.ledger import Delivery

app = dutch_help.app("Indicatoren van Veiligheid voorop: van leveringen tot beschermde publicatie en dashboard.")
HOME_HELP = "Map met gegevens (anders VEILIGHEID_HOME, anders var/ in de werkmap)."
HomeOption = Annotated[str | None, typer.Option("--home", help=HOME_HELP, metavar="MAP")]
# These commands use no home; it may be named all the same, so that one set of options fits every command.
UnusedHome = Annotated[str | None, typer.Option("--home", hidden=True)]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="JJJJ-MM", help="Peildatum: het einde van deze maand.")
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="MOTOR", help="Rekenmotor: duckdb of spark (anders VEILIGHEID_ENGINE, anders duckdb)."
    ),
]
PortOption = Annotated[int, typer.Option("--port", metavar="NUMMER", min=1, max=65535, help="Poort op 127.0.0.1.")]
AllOption = Annotated[bool, typer.Option("--all", help="Alle cijfers, niet alleen de eerste.")]
DELIVERY_KEYS = (
    *("partner", "feed", "month", "number", "sha256", "verdict"),
    *("rows_in", "rows_accepted", "rows_quarantined"),
)
# Which month or publication it is about where none is named.
NEWEST = "de nieuwste"
# What typer makes of Ctrl-C; no command of ours ends with it.
INTERRUPTED = 130
_chosen: dict[str, str | None] = {"home": None}


def main() -> None:
    """The console command."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character must not stop the work.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    # What libraries say to their developers, with tracebacks, is nothing for whoever looks at this screen.
    logging.getLogger().addHandler(logging.NullHandler())
    stopping.listen()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do one command line; its exit status. Whatever goes wrong is one Dutch line on standard error."""
    _chosen["home"] = None
    debug = os.environ.get("VEILIGHEID_DEBUG") == "1"
    if debug:
        logging.basicConfig()
        logging.getLogger("pipelines").setLevel(logging.DEBUG)
    try:
        result = app(args=list(arguments), prog_name="veiligheid", standalone_mode=False)
    except SystemExit:
        # Whoever read our output has gone (veiligheid deliveries | head); typer has silenced what is left.
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return console.fail("Afgebroken.")
    except Exception as error:  # the last net: a user never sees a traceback
        if stopping.asked():
            return console.fail("Afgebroken.")
        if debug:
            traceback.print_exc()
        return console.fail(_explained(error))
    return console.fail("Afgebroken.") if result == INTERRUPTED else int(result or 0)


def _explained(error: Exception) -> str:
    """What a user is told. The text of an error that is not ours stays out: it may quote a cell."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, TyperException):
        return dutch_help.explain(error)
    if reason := reasons.of(error):
        named = f" ('{error.filename}')" if isinstance(error, OSError) and error.filename else ""
        return f"Lezen of schrijven lukt niet: {reason}{named}."
    return f"Er ging iets mis in het systeem zelf ({type(error).__name__}). Zet VEILIGHEID_DEBUG=1 voor de details."


@app.callback()
def options(home: HomeOption = None) -> None:
    _chosen["home"] = home


def _root(home: str | None) -> Path:
    given = home if home is not None else _chosen["home"]
    if given == "":
        raise UserError("--home is leeg. Noem de map met gegevens, bijvoorbeeld --home var.")
    return Path(given or os.environ.get("VEILIGHEID_HOME") or "var")


def _home(home: str | None, *, create: bool = False) -> Home:
    from pipelines.home import Home

    return Home.open(_root(home), create=create)


def _on_record(place: Home, what: str, on: str) -> None:
    """One line in the audit log, before anything is done or shown: what can't be recorded isn't. Raises AuditError.

    Every command that works on a home calls this, but those that only read, and no rows of persons: expected,
    deliveries, difference and verify; nor dashboard and dagster, where each visit and each run has a line of its own.
    """
    from pipelines import audit

    audit.append(place, audit.Entry(audit.account(), audit.COMMAND_LINE, what, on), audit.key_of(place))


def _prepare_key(place: Home) -> None:
    """Make the key of a home that has none, and tell where: without it the home is worth nothing."""
    from pipelines import keys

    # A home that can't be written in, or that another process is writing in, is told of first.
    with place.writing():
        made = keys.prepare(place)
    if made:
        console.say(
            f"Er is een sleutel gemaakt: '{made}'. Bewaar er een reservekopie van, niet bij de gegevens: zonder deze "
            "sleutel zijn ze niet te gebruiken."
        )


def _month(value: str, option: str) -> str:
    from indicators.calendar import parse_month

    try:
        parse_month(value)
    except ValueError as error:
        raise UserError(f"{option}: {error}.") from error
    return value


def _until(value: str | None) -> str | None:
    """A peildatum that can be known already, or None."""
    from indicators.calendar import month_of

    if value is not None and _month(value, "--until") > month_of(_today()):
        raise UserError(f"--until: de maand {value} ligt in de toekomst.")
    return value


def _today() -> date:
    from indicators.calendar import AMSTERDAM

    return datetime.now(AMSTERDAM).date()


@app.command(cls=dutch_help.DutchCommand)
def demo(
    home: HomeOption = None,
    years: Annotated[int, typer.Option("--years", metavar="GETAL", min=1, max=10, help="Aantal jaren vanaf 2019.")] = 3,
    scale: Annotated[
        float, typer.Option("--scale", metavar="GETAL", min=0.001, max=2.0, help="Deel van het land.")
    ] = 0.05,
    dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Start daarna het dashboard.")] = True,
    port: PortOption = 8501,
) -> int:
    """Maak een verzonnen land, doorloop de hele weg en open het dashboard."""
    from pipelines import demonstration, servers

    if dashboard:
        # Before the work, not after it.
        servers.require_free(port, "demo")
    first, last = "2018-12", f"{2018 + years}-12"
    if last > _today().isoformat()[:7]:
        raise UserError(f"--years: {years} jaar vanaf 2019 loopt door in de toekomst; kies minder jaren.")
    place = _home(home, create=True)
    with console.progress("Verzonnen land maken") as bar:
        demonstration.prepare(place, demonstration.Country(first, last, scale), bar.fraction)
    code = _run(place, "demo")
    if code == 2 or not dashboard:
        return code
    return _serve(place, port)


@app.command(cls=dutch_help.DutchCommand)
def synthesize(
    to: Annotated[Path, typer.Option("--to", help="Map waarin de leveringen komen.", metavar="MAP")],
    first: Annotated[str, typer.Option("--from", metavar="JJJJ-MM", help="Eerste maand.")] = "2019-01",
    until: Annotated[str, typer.Option("--until", metavar="JJJJ-MM", help="Laatste maand.")] = "2021-12",
    scale: Annotated[
        float, typer.Option("--scale", metavar="GETAL", min=0.0001, max=20.0, help="1 is heel Nederland.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", metavar="GETAL", min=0, help="Zelfde getal, zelfde land.")] = 1,
    home: UnusedHome = None,
) -> int:
    """Schrijf de leveringen van verzonnen partners, met de geplante waarheid ernaast."""
    from pipelines.synthesis import SynthesisError, truth_path
    from pipelines.synthesis import synthesize as generate

    _month(first, "--from")
    _month(until, "--until")
    try:
        with console.progress("Verzonnen land maken") as bar:
            generate(to, first, until, scale, seed, bar.fraction)
    except SynthesisError as error:
        raise UserError(str(error)) from error
    console.say(f"Leveringen van {first} tot en met {until} staan in {to}; de geplante waarheid in {truth_path(to)}.")
    return 0


@app.command(cls=dutch_help.DutchCommand)
def check(
    file: Annotated[Path, typer.Argument(help="Het bestand.", metavar="BESTAND")],
    partner: Annotated[str, typer.Option("--partner", metavar="PARTNER", help="Partner, zoals veilig_thuis.")],
    feed: Annotated[str, typer.Option("--feed", metavar="LEVERING", help="Soort levering, zoals meldingen.")],
    month: Annotated[str, typer.Option("--month", metavar="JJJJ-MM", help="De geleverde maand.")],
    report: Annotated[
        Path | None, typer.Option("--report", metavar="MAP", help="Map voor het verslag (Excel en JSON).")
    ] = None,
    home: UnusedHome = None,
) -> int:
    """Controleer een bestand voordat u het levert; er wordt niets bewaard."""
    from data_contracts import report as reports
    from pipelines import self_check

    _month(month, "--month")
    with TemporaryDirectory() as name:
        scratch = Path(name)
        with console.progress("Controleren"):
            checked = self_check.check(file, partner, feed, month, _today(), scratch, report is not None)
        # Before the report is written: whatever becomes of it, the verdict has been told.
        console.say(reports.as_text(checked.verdict, checked.contract, checked.place))
        console.say("Dit was een controle: er is niets geleverd en niets bewaard.")
        if report:
            with console.progress("Verslag schrijven"):
                written = self_check.write_report(checked, scratch, report)
            console.say(f"Het verslag staat in {' en '.join(str(path) for path in written)}.")
    verdict = checked.verdict
    return 2 if verdict.verdict == "refused" else min(1, verdict.rows_quarantined)


@app.command(cls=dutch_help.DutchCommand)
def deliver(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Bestanden of mappen (anders de hele inbox).", metavar="PAD")
    ] = None,
    home: HomeOption = None,
) -> int:
    """Neem leveringen aan: door het contract, in het register en in het meer."""
    from pipelines import audit, inbox
    from pipelines import deliver as road

    place = _home(home)
    found = inbox.select(paths, _today()) if paths else _inbox(place)
    if not found.files and not found.strays:
        raise UserError(f"Er is niets te leveren: {_empty(*(paths or [place.inbox]))}")
    _prepare_key(place)
    _on_record(place, audit.STARTED, f"deliver, {inbox.words(found.files)}")
    with console.progress("Leveringen aannemen") as bar:
        outcomes = road.deliver(place, found.files, progress=bar.step)
    console.strays(found.strays)
    console.outcomes(outcomes)
    return _worst(found, outcomes)


def _inbox(place: Home) -> Inbox:
    from pipelines import inbox

    if not place.inbox.is_dir():
        raise UserError(f"Er is geen inbox: de map '{place.inbox}' bestaat niet. Zet daar de leveringen neer.")
    return inbox.scan(place.inbox, _today())


def _scanned(place: Home) -> Inbox:
    """The inbox, which may be gone: what was delivered is kept."""
    from pipelines import inbox

    return inbox.scan(place.inbox, _today()) if place.inbox.is_dir() else inbox.Inbox((), ())


def _empty(*places: Path) -> str:
    named = ", ".join(f"'{p}'" for p in places)
    return f"in {named} staat geen levering. Verwacht wordt <partner>/<levering>/<JJJJ-MM>.csv, .parquet of .leeg."


def _worst(found: Inbox, outcomes: Sequence[Outcome]) -> int:
    return max([2 if found.strays else 0, *(o.exit_code for o in outcomes)])


@app.command(cls=dutch_help.DutchCommand)
def deliveries(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Als JSON, voor andere programma's.")] = False,
    partner: Annotated[str | None, typer.Option("--partner", metavar="PARTNER", help="Alleen deze partner.")] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="JJJJ-MM", help="Alleen deze maand.")] = None,
    problems: Annotated[bool, typer.Option("--problems", help="Alleen leveringen met bevindingen.")] = False,
) -> int:
    """Toon het register van leveringen."""
    from pipelines.ledger import Ledger

    with Ledger.open(_home(home)) as ledger:
        known, findings = ledger.all(), ledger.findings()
    if month is not None:
        _month(month, "--month")
    if partner is not None and partner not in {d.partner for d in known}:
        # Imported only where the ledger can't tell whether there is such a partner.
        from pipelines.self_check import require_partner

        require_partner(partner)
    whole = len(known)
    known = [
        d
        for d in known
        if partner in (None, d.partner) and month in (None, d.month) and (not problems or findings.get(d.id or 0))
    ]
    if as_json:
        console.say(json.dumps([_as_json(d, findings.get(d.id or 0, [])) for d in known], ensure_ascii=False, indent=1))
    elif known:
        console.ledger(known, findings, messages=problems)
    elif whole:
        console.say(f"Van de {console.number(whole)} leveringen in het register voldoet er geen aan deze vraag.")
    else:
        console.say("Het register is leeg: er is nog niets geleverd.")
    return 0


@app.command(cls=dutch_help.DutchCommand)
def expected(
    home: HomeOption = None,
    partner: Annotated[str | None, typer.Option("--partner", metavar="PARTNER", help="Alleen deze partner.")] = None,
    reminder: Annotated[bool, typer.Option("--reminder", help="Herinnering om aan de partner te sturen.")] = False,
) -> int:
    """Toon welke leveringen er zijn, te laat zijn of nog komen."""
    from data_contracts.loader import contracts
    from pipelines import expected as road
    from pipelines import knowledge
    from pipelines.ledger import Ledger

    place = _home(home)
    if partner is not None:
        from pipelines.self_check import require_partner

        require_partner(partner)
    with Ledger.open(place) as ledger:
        found = road.expected(contracts(), ledger.all(), _today())
    mine = [e for e in found if partner in (None, e.partner)]
    if reminder:
        texts = (road.reminder(name, contracts(), mine) for name in dict.fromkeys(e.partner for e in mine))
        console.say("\n\n".join(filter(None, texts)) or "Er is niets te laat: een herinnering is niet nodig.")
        return 0
    if not found:
        console.say("Er is nog niets geleverd; wat er te verwachten is, begint bij de eerste levering.")
    elif mine:
        if place.is_fictitious:
            console.say("Deze partners zijn verzonnen: wat na hun laatste maand ontbreekt, komt niet meer.")
        console.expected(road.spans(mine), _today())
    if partner in (None, knowledge.REFERENCE_PARTNER):
        console.say(road.WITHOUT_DUE_DAY)
    return 0


def _as_json(delivery: Delivery, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        **{name: getattr(delivery, name) for name in DELIVERY_KEYS},
        "findings": [{"code": f.code, "level": f.level, "rows": f.rows, "message": f.message} for f in findings],
    }


@app.command(cls=dutch_help.DutchCommand)
def compute(home: HomeOption = None, until: UntilOption = None, engine_name: EngineOption = None) -> int:
    """Bereken zaken, statistieken en indicatoren op een peildatum."""
    from pipelines import audit
    from pipelines import compute as road

    place, month = _home(home), _until(until)
    _on_record(place, audit.STARTED, f"compute, {month or NEWEST}")
    with console.progress("Berekenen") as bar, place.writing():
        done = road.compute(place, month, bar.step, engine_name)
    if done.unchanged:
        console.say(f"Er is niets te doen: de uitkomsten per {console.day(done.peildatum)} zijn al berekend.")
    else:
        console.say(f"Berekend per {console.day(done.peildatum)}: {done.folder / 'indicator_values.parquet'}.")
        console.quality(done.record["quality"])
    return 0


@app.command(cls=dutch_help.DutchCommand)
def publish(home: HomeOption = None, until: UntilOption = None) -> int:
    """Bescherm de uitkomsten en schrijf een nieuwe publicatie."""
    from pipelines import audit, publication

    place, month = _home(home), _until(until)
    _on_record(place, audit.STARTED, f"publish, {month or NEWEST}")
    with console.progress("Publiceren") as bar, place.writing():
        before, damage = publication.standing(place)
        made = publication.publish(place, datetime.now(UTC), month, bar.step)
    if damage:
        console.say(f"Let op: {damage}")
    word = "Er is niets te doen: publicatie" if made.unchanged else "Publicatie"
    console.say(f"{word} {made.number} per {console.day(made.manifest['peildatum'])} staat in {made.folder}.")
    if before and made.manifest["peildatum"] < before.manifest["peildatum"]:
        console.say(
            f"Let op: het dashboard toont nu deze, met een oudere peildatum dan publicatie {before.number} "
            f"({console.day(before.manifest['peildatum'])})."
        )
    return 0


@app.command("run", cls=dutch_help.DutchCommand)
def run_command(home: HomeOption = None) -> int:
    """Leveringen, berekening en publicatie in een keer, door Dagster; alleen wat veranderd is."""
    return _run(_home(home), "run")


def _run(place: Home, command: str) -> int:
    from pipelines import audit, inbox
    from pipelines.dagster_shell.run import run as run_road
    from pipelines.ledger import Ledger

    found = _inbox(place)
    if not found.files and not found.strays:
        # What was delivered before still counts: an inbox may be emptied.
        with Ledger.open(place) as ledger:
            if not ledger.all():
                raise UserError(f"De inbox is leeg: {_empty(place.inbox)}")
    _prepare_key(place)
    _on_record(place, audit.STARTED, f"{command}, {inbox.words(found.files)}")
    with console.progress("De hele weg") as bar:
        done = run_road(place, found, bar.step)
    console.strays(found.strays)
    console.outcomes(done.outcomes)
    for line in done.lines:
        console.say(line)
    return 2 if done.failed else _worst(found, done.outcomes)


@app.command(cls=dutch_help.DutchCommand)
def backfill(
    first: Annotated[str, typer.Option("--from", metavar="JJJJ-MM", help="Eerste maand.")],
    last: Annotated[str, typer.Option("--until", metavar="JJJJ-MM", help="Laatste maand.")],
    feeds: Annotated[
        list[str] | None,
        typer.Option("--feed", metavar="PARTNER/LEVERING", help="Alleen deze levering; mag vaker."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Toon wat er zou veranderen; er verandert niets.")] = False,
    approved: Annotated[
        str | None, typer.Option("--approved", metavar="NUMMER", help="Voer deze voorvertoning uit.")
    ] = None,
    every: AllOption = False,
    home: HomeOption = None,
) -> int:
    """Doe maanden opnieuw: leveringen, berekening en publicatie; met --preview eerst wat er verandert."""
    from pipelines import audit
    from pipelines import backfill as road
    from pipelines import preview as previews

    if preview and approved:
        raise UserError("--preview en --approved gaan niet samen: bekijk eerst, voer daarna uit.")
    for value, option in ((first, "--from"), (last, "--until")):
        _month(value, option)
    place = _home(home)
    request = road.Request.of(first, last, feeds)
    found = _scanned(place)
    _prepare_key(place)
    if preview:
        _on_record(place, audit.STARTED, f"backfill --preview, {request.words}")
        return _preview(place, request, found, every)
    from pipelines.dagster_shell.run import run_backfill

    number = previews.read(place, approved).number if approved else None
    what, on = (audit.APPROVED, f", voorvertoning {number}") if number else (audit.STARTED, "")
    _on_record(place, what, f"backfill, {request.words}{on}")
    with console.progress("Maanden opnieuw") as bar:
        done = run_backfill(place, request, found, audit.account(), number, bar.step)
    console.strays(found.strays)
    console.outcomes(done.outcomes)
    if not done.outcomes:
        console.say("In deze maanden is van deze leveringen niets geleverd.")
    for line in done.lines:
        console.say(line)
    return 2 if done.failed else _worst(found, done.outcomes)


def _preview(place: Home, request: Request, found: Inbox, every: bool) -> int:
    from pipelines import preview as road
    from pipelines import telling

    with console.progress("Voorvertoning maken") as bar:
        made = road.make(place, request, found, datetime.now(UTC), bar.step)
    console.strays(found.strays)
    for line in telling.preview(made, every):
        console.say(line)
    if made.record["fingerprint"] is None:
        console.say(
            "Uitvoeren kan nog niet: er is nog geen maand waarvan alle elf partnerleveringen zijn geaccepteerd."
        )
        return 0
    feeds = "" if request.is_whole else "".join(f" --feed {name}" for name in request.feeds)
    console.say(
        f"Uitvoeren: veiligheid backfill --from {request.first} --until {request.last}{feeds} --approved {made.number}"
    )
    return 0


@app.command(cls=dutch_help.DutchCommand)
def explain(
    publication: Annotated[str, typer.Option("--publication", metavar="NUMMER", help="Zoals 0003.")],
    indicator: Annotated[str, typer.Option("--indicator", metavar="INDICATOR", help="Code van de indicator.")],
    region: Annotated[str, typer.Option("--region", metavar="REGIO", help="Code van de regio, of nederland.")],
    period: Annotated[str, typer.Option("--period", metavar="PERIODE", help="2021-03, 2021-K1 of 2021.")],
    dimension: Annotated[
        str, typer.Option("--dimension", metavar="UITSPLITSING", help="Zoals melder; anders het totaal.")
    ] = "totaal",
    category: Annotated[
        str, typer.Option("--category", metavar="CATEGORIE", help="Zoals politie; hoort bij --dimension.")
    ] = "totaal",
    home: HomeOption = None,
) -> int:
    """Toon waar een gepubliceerd cijfer vandaan komt, en bereken het opnieuw."""
    from pipelines import audit, telling
    from pipelines import explain as road

    place = _home(home)
    cell = road.Cell(indicator, region, period, dimension, category)
    with console.progress("Opnieuw berekenen") as bar:
        found = road.explain(place, publication, cell, bar.step)
    # Only now is it known that these are codes of ours.
    _on_record(place, audit.EXPLAINED, f"publicatie {publication}: {' '.join(astuple(cell))}")
    for line in telling.explanation(found):
        console.say(line)
    return 0 if found.is_equal else console.fail("Dit cijfer komt er nu anders uit dan gepubliceerd.")


@app.command(cls=dutch_help.DutchCommand)
def difference(
    one: Annotated[str, typer.Option("--from", metavar="NUMMER", help="De oudere publicatie, zoals 0001.")],
    other: Annotated[str, typer.Option("--until", metavar="NUMMER", help="De nieuwere publicatie.")],
    every: AllOption = False,
    home: HomeOption = None,
) -> int:
    """Toon welke cijfers twee publicaties verschillend geven, en waardoor."""
    from pipelines import causes, telling

    place = _home(home)
    with console.progress("Vergelijken") as bar:
        found = causes.between_publications(place, one, other, bar.step)
    for line in telling.difference(one, other, found, every):
        console.say(line)
    return 0


@app.command(cls=dutch_help.DutchCommand)
def verify(home: HomeOption = None) -> int:
    """Controleer of alle bewaarde bestanden nog zijn wat is weggeschreven; er verandert niets."""
    from pipelines import verify as road

    place = _home(home)
    with console.progress("Controleren") as bar:
        checked = road.check(place, bar.step)
    for line in checked.damaged:
        console.say(line)
    if checked.damaged:
        return console.fail(f"Beschadigd: {console.number(len(checked.damaged))} van de bewaarde bestanden.")
    console.say(f"Alles is heel: {console.number(checked.files)} bestanden gecontroleerd.")
    return 0


@app.command(cls=dutch_help.DutchCommand)
def erase(
    pseudonym: Annotated[
        str,
        typer.Argument(help="Zoals partners het leveren; - leest het van de invoer.", metavar="PSEUDONIEM"),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Vraag niet om bevestiging.")] = False,
    home: HomeOption = None,
) -> int:
    """Wis een gezin uit alles wat is bewaard, en bewijs dat."""
    from pipelines import audit, erasure

    place = _home(home)
    given = sys.stdin.readline().strip() if pseudonym == "-" else pseudonym
    erasure.require_pseudonym(given)
    if not yes and not console.confirmed("Dit gezin wissen? Dat is niet terug te draaien."):
        raise typer.Abort
    _on_record(place, audit.ERASED, "een gezin")
    with console.progress("Wissen") as bar:
        done = erasure.erase(place, given, bar.step)
    for line in console.erased(done):
        console.say(line)
    return 0


@app.command("rotate-key", cls=dutch_help.DutchCommand)
def rotate_key(
    new_key: Annotated[
        Path, typer.Option("--new-key", metavar="BESTAND", help="De nieuwe sleutel; wordt gemaakt als zij er niet is.")
    ],
    home: HomeOption = None,
) -> int:
    """Zet alles wat is bewaard om naar een nieuwe sleutel; geen cijfer verandert."""
    from pipelines import audit, keys, rotation

    place = _home(home)
    # Where a rotation was cut off at its very end the key of before opens the log no more.
    if not rotation.is_key_of(place, new_key):
        _on_record(place, audit.KEY_CHANGED, "alles wat is bewaard")
    with console.progress("Sleutel vervangen") as bar:
        done = rotation.rotate(place, new_key, bar.step)
    if done.unchanged:
        console.say(f"Er is niets te doen: deze map met gegevens heeft de sleutel '{new_key}' al.")
        return 0
    console.say(
        f"Alles is omgezet naar de {'nieuw gemaakte ' if done.made else ''}sleutel '{new_key}'. Bewaar er een "
        f"reservekopie van en gebruik haar voortaan: {keys.VARIABLE}={new_key.absolute()}. De oude sleutel opent hier "
        "niets meer; vernietig haar als er ook geen reservekopie van de gegevens meer is die u met haar wilt openen."
    )
    return 0


@app.command(cls=dutch_help.DutchCommand)
def retain(home: HomeOption = None) -> int:
    """Verwijder wat langer is bewaard dan de contracten zeggen."""
    from pipelines import audit, retention

    place = _home(home)
    _on_record(place, audit.REMOVED, "wat langer is bewaard dan de contracten zeggen")
    with console.progress("Bewaartermijnen"):
        done = retention.enforce(place, _today())
    for line in console.retained(done):
        console.say(line)
    return 0


@app.command(cls=dutch_help.DutchCommand)
def report(
    to: Annotated[Path, typer.Option("--to", metavar="BESTAND", help="Het blad (.pdf) of de tabellen (.xlsx).")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="PARTNER", help="Een partner, zoals veilig_thuis.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="REGIO", help="Code van een regio, of nederland.")
    ] = None,
    publication: Annotated[
        str | None, typer.Option("--publication", metavar="NUMMER", help="Zoals 0003; anders de nieuwste.")
    ] = None,
    home: HomeOption = None,
) -> int:
    """Maak het blad voor bestuurders: een partner of een regio op een A4, of de tabellen erachter."""
    from dashboards.reports import command
    from pipelines import audit, storage

    place = _home(home)
    try:
        with console.progress("Blad maken"):
            content = command.make(place.root, organisation, region, to, publication)
    except command.ReportError as error:
        raise UserError(str(error)) from error
    # Only now is it known that these are codes of ours.
    on = f"{organisation or region}, publicatie {publication or NEWEST}, {to.suffix.lower()}"
    _on_record(place, audit.DOWNLOADED, f"report, {on}")
    storage.write(to, content)
    console.say(f"Het rapport staat in {to}.")
    return 0


@app.command(cls=dutch_help.DutchCommand)
def dashboard(home: HomeOption = None, port: PortOption = 8501) -> int:
    """Start het dashboard op deze computer."""
    return _serve(_home(home), port)


def _serve(place: Home, port: int) -> int:
    from dashboards import serve
    from pipelines import servers

    try:
        command = serve.command(place.root, port)
    except serve.LoginError as error:
        raise UserError(str(error)) from error
    return servers.run(command, serve.environment(place.root), port, "Het dashboard staat op", "dashboard")


@app.command(cls=dutch_help.DutchCommand)
def dagster(home: HomeOption = None, port: PortOption = 3000) -> int:
    """Start het scherm van Dagster: de weg, de runs en de controles."""
    from pipelines import servers
    from pipelines.dagster_shell import instance

    place = _home(home)
    return servers.run(instance.command(place, port), instance.environment(place), port, "Dagster staat op", "dagster")
