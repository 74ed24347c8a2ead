"""The fictitious partners' deliveries: month by month from the latent country to files.

Belongs here: the order of the work. Not here: what happens in the country (world), what partners record (zorg, straf,
inzet, reference), what a delivery shows (records), when it comes in (receipt), or the form of a file (files).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from indicators.calendar import parse_month
from pipelines.synthesis import parameters as p
from pipelines.synthesis import truth
from pipelines.synthesis.clock import NEVER, Clock, Floats
from pipelines.synthesis.draw import stream
from pipelines.synthesis.files import Form, write_month
from pipelines.synthesis.inzet import PARTNERS, Facts, inzet
from pipelines.synthesis.names import Numbers, pseudonyms
from pipelines.synthesis.receipt import received
from pipelines.synthesis.records import Records, rows
from pipelines.synthesis.reference import ONCE, reference_feeds
from pipelines.synthesis.straf import incidenten, trajecten, zsm_zaken
from pipelines.synthesis.truth import Tally, Truth
from pipelines.synthesis.world import Zaken, zaken_by_month
from pipelines.synthesis.zorg import meldingen, onderzoeken, overleggen

FEEDS = (
    "veilig_thuis/meldingen",
    "veilig_thuis/actieoverleggen",
    "politie/incidenten",
    "openbaar_ministerie/zsm_zaken",
    "raad_voor_de_kinderbescherming/onderzoeken",
    "reclassering/trajecten",
    *(f"{partner}/inzet" for partner in PARTNERS),
)
"""The eleven partner feeds."""
EARLIEST_YEAR = 2009
"""The burn-in goes back eight years, and no date may lie before 2000."""
Progress = Callable[[str, float], None]


class SynthesisError(ValueError):
    """The fictitious country cannot be made as asked; the message is Dutch and names the remedy."""


def truth_path(to: Path) -> Path:
    """The truth lies beside the inbox, never in it: an inbox knows no such file."""
    return to.parent / f"{to.name}-waarheid.json"


def synthesize(
    to: Path,
    first: str,
    last: str,
    scale: float,
    seed: int,
    progress: Progress | None = None,
    form: Form = "csv",
) -> Truth:
    """Writes all deliveries of the months ``first``..``last`` (both included) under ``to``, and the planted truth
    beside it.

    ``to``: a folder that does not exist or is empty. ``scale``: 1.0 is the Netherlands. ``progress``: called with a
    Dutch text and the share that is done. A file was last changed when its delivery comes in. The same arguments give
    the same bytes and moments. Raises SynthesisError (nothing has
    been written then).
    """
    _check(to, first, last, scale, seed)
    clock = Clock(first, last)
    tally, numbers = Tally(clock), Numbers()
    pending: dict[str, dict[int, list[pl.DataFrame]]] = {feed: {} for feed in FEEDS}
    shares = {feed: _broken_shares(seed, feed, clock) for feed in FEEDS}
    written = Written(to, clock, seed, form)
    written.reference()
    for zaken in zaken_by_month(clock, scale, seed):
        number = int(clock.month(np.array([clock.bounds(zaken.maand)[0]]))[0])
        if number < -p.CARRY_MONTHS:
            continue
        for data in _records_of(zaken, clock, seed, numbers, tally, number >= 0):
            rng = stream(seed, f"levering {data.feed}", zaken.maand)
            for month, frame in rows(data, clock, rng, shares[data.feed]).items():
                pending[data.feed].setdefault(month, []).append(frame)
        if number >= 0:
            written.month(number, {feed: months.pop(number, []) for feed, months in pending.items()})
            if progress is not None:
                progress(f"Leveringen van {zaken.maand}", (number + 1) / len(clock.months))
    values = tally.values(scale, seed)
    truth.write(truth_path(to), values)
    return Truth(truth_path(to), values, written.files, written.rows)


def _check(to: Path, first: str, last: str, scale: float, seed: int) -> None:
    for month in (first, last):
        try:
            year, _ = parse_month(month)
        except ValueError as error:
            raise SynthesisError(str(error)) from error
        if not EARLIEST_YEAR <= year <= 2100:
            raise SynthesisError(f"{month} kan niet: kies maanden van {EARLIEST_YEAR}-01 tot en met 2100-12")
    if first > last:
        raise SynthesisError(f"de eerste maand ({first}) ligt na de laatste ({last}); wissel ze om")
    if not 0 < scale <= 10:
        raise SynthesisError(f"de schaal {scale:g} kan niet; kies meer dan 0 en ten hoogste 10, bijvoorbeeld 0.05")
    if seed < 0:
        raise SynthesisError(f"seed {seed} kan niet; kies 0 of meer")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise SynthesisError(
            f"{to} is niet leeg; kies een nieuwe of lege map, zodat oude en nieuwe leveringen niet mengen"
        )


def _broken_shares(seed: int, feed: str, clock: Clock) -> Floats:
    """Share of broken rows per month of the window: low, and now and then a bad month."""
    bad = np.array([stream(seed, f"slechte maand {feed}", month).random() for month in clock.months]) < p.P_BAD_MONTH
    return p.BROKEN_SHARE[feed.split("/")[0]] * np.where(bad, p.BAD_MONTH_FACTOR, 1.0)


def _records_of(
    zaken: Zaken, clock: Clock, seed: int, numbers: Numbers, tally: Tally, inside: bool
) -> Iterator[Records]:
    """What all partners record of one month's zaken, feed by feed, and the truth of it."""
    gezin = pseudonyms(zaken.begin.gezin, seed)

    def rng(purpose: str) -> np.random.Generator:
        return stream(seed, purpose, zaken.maand)

    incident = incidenten(rng("incidenten"), clock, zaken, gezin, numbers)
    melding = meldingen(rng("meldingen"), clock, zaken, gezin, incident.registraties, numbers)
    overleg = overleggen(rng("overleggen"), clock, zaken, gezin, numbers)
    zsm = zsm_zaken(rng("zsm"), zaken, gezin, incident.registraties, numbers)
    onderzoek = onderzoeken(rng("onderzoeken"), clock, zaken, gezin, numbers)
    traject = trajecten(rng("trajecten"), clock, zaken, zsm, gezin, numbers)
    facts = Facts(zaken, incident, overleg, zsm, onderzoek, traject)
    if inside:
        tally.add_zaken(zaken)
        tally.add_meldingen(melding)
        tally.count("zaken", zaken.begin.start)
        tally.count("meldingen", zaken.signalen.melding_op[zaken.signalen.melding])
        tally.count("incidenten_hg", zaken.signalen.moment[zaken.signalen.incident])
        tally.count("actieoverleggen_gehouden", overleg.gehouden[overleg.gehouden < NEVER])
        yield from (incident.data, melding.data, overleg.data)
    tally.count("zsm_zaken_hg", zsm.instroom[zsm.hg])
    tally.count("onderzoeken", onderzoek.verzoek)
    yield from (zsm.data, onderzoek.data, traject.data)
    for data in inzet(rng("inzet"), clock, facts, gezin, numbers):
        tally.count("inzet", data.created)
        yield data


class Written:
    """The inbox being filled, and how many files and rows it has."""

    def __init__(self, to: Path, clock: Clock, seed: int, form: Form) -> None:
        self._to, self._clock, self._seed, self._form = to, clock, seed, form
        self.files = 0
        self.rows = 0

    def reference(self) -> None:
        """The five feeds of the landelijk netwerk, all months."""
        for feed, months in reference_feeds(self._clock.months).items():
            for number in range(1 if feed in ONCE else len(self._clock.months)):
                self._write(f"landelijk_netwerk/{feed}", number, months.get(number))

    def month(self, number: int, frames: dict[str, list[pl.DataFrame]]) -> None:
        """The partner feeds of one month."""
        for feed, parts in frames.items():
            self._write(feed, number, pl.concat(parts) if parts else None)

    def _write(self, feed: str, number: int, frame: pl.DataFrame | None) -> None:
        month = self._clock.months[number]
        rng = stream(self._seed, f"kapot {feed}", month)
        self.rows += write_month(self._to, feed, month, frame, self._form, rng)
        self.files += 1
        moment = received(self._seed, feed, month, self._clock.months[0]).timestamp()
        for path in (self._to / feed).glob(f"{month}.*"):
            os.utime(path, (moment, moment))
