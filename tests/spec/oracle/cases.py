"""Specification section 3: signalen, zaken, contacts, joint moments, samenloop, per gezin.

Everything hangs on one `World`: what is known at one peildatum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from .records import NETWERK, Deliveries, Row, current
from .words import DAY, PARTNERS, amsterdam_date, last_day, midnight_after

Contact = tuple[datetime, str]


@dataclass(frozen=True)
class Signaal:
    """One signal of HG/KM: an incident with hg_label (with the meldingen it caused), or a melding of its own."""

    time: datetime
    is_melding: bool
    record_id: str
    regio: str
    acuut: bool
    ernstig: bool


@dataclass
class Gezin:
    """All current records of one gezin; every inzet row also carries its partner."""

    meldingen: list[Row] = field(default_factory=list)
    overleggen: list[Row] = field(default_factory=list)
    incidenten: list[Row] = field(default_factory=list)
    zsm_zaken: list[Row] = field(default_factory=list)
    onderzoeken: list[Row] = field(default_factory=list)
    trajecten: list[Row] = field(default_factory=list)
    inzet: list[Row] = field(default_factory=list)
    signalen: list[Signaal] = field(default_factory=list)
    zaken: list[Zaak] = field(default_factory=list)

    def hg_incidenten(self) -> list[Row]:
        """The incidents that count: those with hg_label."""
        return [row for row in self.incidenten if row["hg_label"]]

    def held(self) -> list[Row]:
        """The Actieoverleggen that were held."""
        return [row for row in self.overleggen if row["gehouden_op"] is not None]


@dataclass
class Zaak:
    """A run of signalen less than 28 x 24 hours apart. `end` is the next zaak's start, else E."""

    gezin: Gezin
    signalen: list[Signaal]
    end: datetime
    next: Zaak | None = None

    @property
    def start(self) -> datetime:
        return self.signalen[0].time

    @property
    def first(self) -> Signaal:
        return self.signalen[0]

    @property
    def regio(self) -> str:
        return self.first.regio

    @property
    def date(self) -> date:
        return amsterdam_date(self.start)

    def holds(self, moment: datetime) -> bool:
        """Whether a fact of the gezin at this moment belongs to this zaak."""
        return self.start <= moment and (self.next is None or moment < self.next.start)

    def window(self, days: int) -> tuple[datetime, datetime]:
        """[start, min(start + days, end))."""
        return self.start, min(self.start + days * DAY, self.end)

    def meldingen(self) -> list[Row]:
        return [row for row in self.gezin.meldingen if self.holds(row["ontvangen_op"])]

    def hg_incidenten(self) -> list[Row]:
        return [row for row in self.gezin.hg_incidenten() if self.holds(row["gemeld_op"])]

    def inzet_begun(self, start: datetime, end: datetime) -> list[Row]:
        """The gezin's inzet rows begun in [start, end)."""
        return [row for row in self.gezin.inzet if start <= row["begonnen_op"] < end]

    def contacts(self) -> list[Contact]:
        return [contact for contact in contacts(self.gezin) if self.holds(contact[0])]

    def joint_moments(self) -> list[datetime]:
        return sorted(moment for moment in joint_moments(self.gezin) if self.holds(moment))

    def aard_geweld(self) -> str:
        earliest = min(
            self.meldingen(), key=lambda row: (row["ontvangen_op"], row["melding_id"].encode()), default=None
        )
        return "onbekend" if earliest is None else str(earliest["aard_geweld"])

    def met_actieoverleg(self) -> bool:
        return any(self.start <= row["gehouden_op"] < self.start + 28 * DAY for row in self.gezin.held())


@dataclass(frozen=True)
class World:
    """What is known at a peildatum (month): E, the gezinnen and the reference feeds."""

    deliveries: Deliveries
    month: str
    peildatum: date
    end: datetime
    gezinnen: list[Gezin]
    regio_status: list[Row]
    tarieven: list[Row]
    praktijklocaties: list[Row]

    def ripe(self, start: datetime, days: int) -> bool:
        """Ripe at N days: start + N d <= E."""
        return start + days * DAY <= self.end

    def zaken(self) -> Iterator[Zaak]:
        for gezin in self.gezinnen:
            yield from gezin.zaken

    def samenloop_zaken(self) -> Iterator[Zaak]:
        """Decided only for zaken ripe at 28 days."""
        return (zaak for zaak in self.zaken() if self.ripe(zaak.start, 28) and is_samenloop(zaak))

    def met_actieoverleg(self, zaak: Zaak) -> str | None:
        """ja or nee; as a dimension it counts only zaken ripe at 28 days."""
        return ja_nee(zaak.met_actieoverleg()) if self.ripe(zaak.start, 28) else None

    def praktijklocatie(self, zaak: Zaak) -> str:
        """ja where the zaak's region has a praktijklocatie on the date of its start."""
        return ja_nee(
            any(
                row["vt_regio"] == zaak.regio
                and row["vanaf"] <= zaak.date
                and (row["tot"] is None or zaak.date <= row["tot"])
                for row in self.praktijklocaties
            )
        )

    def uurtarief(self, inzet: Row) -> Row | None:
        """The tarief of an inzet row's partner and functie that held on the date it began, if any."""
        day = amsterdam_date(inzet["begonnen_op"])
        matching = [
            row
            for row in self.tarieven
            if (row["partner"], row["functie"]) == (inzet["partner"], inzet["functie"]) and row["geldig_vanaf"] <= day
        ]
        return max(matching, key=lambda row: (row["geldig_vanaf"], row["tarief_id"].encode()), default=None)


def ja_nee(answer: bool) -> str:
    return "ja" if answer else "nee"


def world(deliveries: Deliveries, month: str) -> World:
    """Everything known at the end of `month`."""
    end = midnight_after(last_day(month))
    return World(
        deliveries=deliveries,
        month=month,
        peildatum=last_day(month),
        end=end,
        gezinnen=_gezinnen(deliveries, month, end),
        regio_status=current(deliveries, NETWERK, "regio_status", month),
        tarieven=current(deliveries, NETWERK, "tarieven", month),
        praktijklocaties=current(deliveries, NETWERK, "praktijklocaties", month),
    )


def _gezinnen(deliveries: Deliveries, month: str, end: datetime) -> list[Gezin]:
    places = {
        ("veilig_thuis", "meldingen"): "meldingen",
        ("veilig_thuis", "actieoverleggen"): "overleggen",
        ("politie", "incidenten"): "incidenten",
        ("openbaar_ministerie", "zsm_zaken"): "zsm_zaken",
        ("raad_voor_de_kinderbescherming", "onderzoeken"): "onderzoeken",
        ("reclassering", "trajecten"): "trajecten",
    } | {(partner, "inzet"): "inzet" for partner in PARTNERS}
    gezinnen: dict[str, Gezin] = {}
    for (partner, feed), place in places.items():
        for row in current(deliveries, partner, feed, month):
            gezin = gezinnen.setdefault(row["gezin"], Gezin())
            getattr(gezin, place).append({**row, "partner": partner})
    for gezin in gezinnen.values():
        gezin.signalen = signalen(gezin)
        gezin.zaken = zaken(gezin, end)
    return list(gezinnen.values())


def signalen(gezin: Gezin) -> list[Signaal]:
    """The signalen of a gezin in order of time; ties: incident before melding, then record id by its bytes."""
    found = []
    joined_ids = set()
    for incident in gezin.hg_incidenten():
        joined = [row for row in gezin.meldingen if row["politie_registratie_id"] == incident["registratie_id"]]
        joined_ids |= {row["melding_id"] for row in joined}
        acuut = incident["acuut"] or any(_is_acuut(row) for row in joined)
        found.append(
            Signaal(
                time=incident["gemeld_op"],
                is_melding=False,
                record_id=incident["registratie_id"],
                regio=incident["vt_regio"],
                acuut=acuut,
                ernstig=acuut or incident["ernst"] == "ernstig",
            )
        )
    for melding in gezin.meldingen:
        if melding["melding_id"] not in joined_ids:
            acuut = _is_acuut(melding)
            found.append(
                Signaal(
                    time=melding["ontvangen_op"],
                    is_melding=True,
                    record_id=melding["melding_id"],
                    regio=melding["vt_regio"],
                    acuut=acuut,
                    ernstig=acuut,
                )
            )
    return sorted(found, key=lambda signaal: (signaal.time, signaal.is_melding, signaal.record_id.encode()))


def _is_acuut(melding: Row) -> bool:
    return melding["onveiligheid"] in ("acuut", "acuut_en_structureel")


def zaken(gezin: Gezin, end: datetime) -> list[Zaak]:
    """The zaken of a gezin in order; `end` is E."""
    found: list[Zaak] = []
    before: Signaal | None = None
    for signaal in gezin.signalen:
        if before is None or signaal.time - before.time >= timedelta(hours=28 * 24):
            found.append(Zaak(gezin, [signaal], end))
        else:
            found[-1].signalen.append(signaal)
        before = signaal
    for zaak, following in pairwise(found):
        zaak.next, zaak.end = following, following.start
    return found


def contacts(gezin: Gezin) -> list[Contact]:
    """(moment, partner): evidence that a partner is involved."""
    found: list[Contact] = []
    found += [(row["ontvangen_op"], "veilig_thuis") for row in gezin.meldingen]
    found += [(row["gemeld_op"], "politie") for row in gezin.hg_incidenten()]
    found += [(row["instroom_op"], "openbaar_ministerie") for row in gezin.zsm_zaken]
    found += [(row["verzoek_op"], "raad_voor_de_kinderbescherming") for row in gezin.onderzoeken]
    found += [(row["aangemeld_op"], "reclassering") for row in gezin.trajecten]
    found += [(row["gehouden_op"], p) for row in gezin.held() for p in PARTNERS if row[f"aanwezig_{p}"]]
    found += [(row["begonnen_op"], row["partner"]) for row in gezin.inzet]
    return found


def joint_moments(gezin: Gezin) -> list[datetime]:
    """The afstemmingsmomenten of a gezin."""
    moments = [row["gehouden_op"] for row in gezin.held()]
    moments += [row["vt_geraadpleegd_op"] for row in gezin.zsm_zaken]
    moments += [row["vt_betrokken_op"] for row in gezin.hg_incidenten()]
    return [moment for moment in moments if moment is not None]


def is_samenloop(zaak: Zaak) -> bool:
    """A zorg-side and a straf-side fact within [start, start + 28 d)."""
    gezin = zaak.gezin
    zorg = [row["ontvangen_op"] for row in gezin.meldingen]
    zorg += [row["verzoek_op"] for row in gezin.onderzoeken]
    straf = [row["gemeld_op"] for row in gezin.hg_incidenten() if row["aangifte"] or row["aanhouding_op"] is not None]
    straf += [row["instroom_op"] for row in gezin.zsm_zaken]
    straf += [row["aangemeld_op"] for row in gezin.trajecten]

    def any_in_window(moments: list[datetime]) -> bool:
        return any(zaak.start <= moment < zaak.start + 28 * DAY for moment in moments)

    return any_in_window(zorg) and any_in_window(straf)
