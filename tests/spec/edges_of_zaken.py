"""The bounds of specification section 3: signalen, zaken, which facts belong to them, samenloop, and their age at E."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import product

from edge_builder import AROUND, MONTHS, PEILDATA, D, Gezin, H, Inbox, S, end_of, local
from inbox_format import PARTNERS, amsterdam_date

Fact = Callable[[Gezin, datetime], object]
ACUTE = ("acuut", "acuut_en_structureel")
AARDEN = (
    *("kindermishandeling", "ex_partnergeweld", "ouderenmishandeling", "geweld_tegen_ouders"),
    *("huiselijk_geweld_overig", "andere_problematiek", "onbekend"),
)

ZORG: tuple[Fact, ...] = (lambda g, t: g.onderzoek(t), lambda g, t: g.melding(t), lambda g, t: g.overleg(t, *PARTNERS))
STRAF: tuple[Fact, ...] = (
    lambda g, t: g.zsm(t),
    lambda g, t: g.traject(t),
    lambda g, t: g.incident(t, aangifte=True),
    lambda g, t: g.incident(t, aanhouding_op=t + 40 * D),
    lambda g, t: g.incident(t),
    lambda g, t: g.incident(t, hg_label=False, aangifte=True),
    lambda g, t: None,
)
# An incident as the only signaal, so that the zaak has no other partner than the police.
CONTACTS: tuple[Fact, ...] = (
    lambda g, t: g.melding(t),
    lambda g, t: g.zsm(t),
    lambda g, t: g.onderzoek(t),
    lambda g, t: g.traject(t),
    lambda g, t: g.incident(t, hg_label=False),
    lambda g, t: g.overleg(t),
    *(lambda g, t, p=partner: g.overleg(t, p) for partner in PARTNERS),
    *(lambda g, t, p=partner: g.inzet(p, t) for partner in PARTNERS),
)
JOINT: tuple[Fact, ...] = (
    lambda g, t: g.overleg(t),
    lambda g, t: g.overleg(None, aangemeld_op=t),
    lambda g, t: g.zsm(t - H, vt_geraadpleegd_op=t),
    lambda g, t: g.incident(t - H, vt_betrokken_op=t),
    lambda g, t: g.incident(t - H, hg_label=False, vt_betrokken_op=t),
)


def zaak_edges(inbox: Inbox) -> None:
    joined_meldingen(inbox)
    gaps_between_signalen(inbox)
    ties(inbox)
    facts_at_the_ends_of_a_zaak(inbox)
    first_melding(inbox)
    samenloop(inbox)
    partners_in_contact(inbox)
    praktijklocaties(inbox)
    ages_at_e(inbox)


def joined_meldingen(inbox: Inbox) -> None:
    """Acuut and ernstig of a signaal, from its own record or from a melding that the incident caused."""
    for acuut, ernst, onveiligheid in product((True, False), ("licht", "ernstig"), ("acuut_en_structureel", "geen")):
        gezin, start = inbox.place()
        caused_by = gezin.incident(start, acuut=acuut, ernst=ernst)
        gezin.melding(start + H, politie_registratie_id=caused_by, onveiligheid=onveiligheid, vt_regio="twente")
    for onveiligheid in (*ACUTE, "structureel", "geen", "onbekend"):
        inbox.zaak(onveiligheid=onveiligheid)
        # Of two meldingen that one incident caused, one suffices.
        gezin, start = inbox.place()
        caused_by = gezin.incident(start)
        gezin.melding(start + H, politie_registratie_id=caused_by)
        gezin.melding(start + 40 * D, politie_registratie_id=caused_by, onveiligheid=onveiligheid)
    # No signaal of its own: not the melding before its incident, which lies before the zaak.
    gezin, start = inbox.place()
    caused_by = gezin.incident(start)
    gezin.melding(start - 2 * D, politie_registratie_id=caused_by, aard_geweld="kindermishandeling")
    # A signaal of its own: caused by no incident, by one without hg_label, by one of another gezin.
    other, start = inbox.place()
    elsewhere = other.incident(start)
    for caused_by in ("nergens", elsewhere):
        gezin, start = inbox.place()
        gezin.incident(start)
        gezin.melding(start + 40 * D, politie_registratie_id=caused_by, onveiligheid="acuut")
    gezin, start = inbox.place()
    caused_by = gezin.incident(start, hg_label=False, acuut=True)
    gezin.melding(start + 2 * D, politie_registratie_id=caused_by)


def gaps_between_signalen(inbox: Inbox) -> None:
    """28 x 24 hours after the signaal before it, not after the first; also over a clock change."""
    for off in AROUND:
        gezin, start = inbox.zaak()
        gezin.melding(start + 28 * D + off)
        gezin, start = inbox.zaak()
        gezin.incident(start + 20 * D)
        gezin.melding(start + 48 * D + off)
        for clock_change in (date(2020, 3, 29), date(2020, 10, 25)):
            gezin = inbox.gezin()
            start = local(clock_change - 10 * D, 10)
            gezin.melding(start)
            gezin.melding(start + 28 * D + off)


def ties(inbox: Inbox) -> None:
    """Signalen of one moment: the incident before the melding, then the id byte by byte (B before a)."""
    gezin, start = inbox.place()
    gezin.melding(start, melding_id="tie-1", vt_regio="twente", onveiligheid="acuut")
    gezin.incident(start, registratie_id="tie-2")
    for order in ("aB", "Ba"):
        gezin, start = inbox.place()
        for letter in order:
            first = letter == "B"
            gezin.melding(
                start,
                melding_id=f"tie-{letter}{order}",
                vt_regio=gezin.regio if first else "twente",
                aard_geweld="kindermishandeling" if first else "onbekend",
                onveiligheid="acuut" if first else "geen",
            )
        gezin, start = inbox.place()
        for letter in order:
            first = letter == "B"
            gezin.incident(
                start,
                registratie_id=f"tie-{letter}{order}",
                vt_regio=gezin.regio if first else "twente",
                ernst="ernstig" if first else "licht",
            )


def facts_at_the_ends_of_a_zaak(inbox: Inbox) -> None:
    """A fact belongs to the latest zaak that began by then: at the second before a start, on it, and after it."""
    facts: tuple[Fact, ...] = (
        *CONTACTS,
        *JOINT,
        lambda g, t: g.incident(t, hg_label=False, aanhouding_op=t),
    )
    for fact, off, following in product(facts, AROUND, (0 * D, 40 * D)):
        gezin, start = inbox.place()
        gezin.incident(start, aangifte=True)
        gezin.onderzoek(start)
        gezin.incident(start + 40 * D, aangifte=True)
        gezin.onderzoek(start + 40 * D)
        fact(gezin, start + following + off)


def first_melding(inbox: Inbox) -> None:
    """aard_geweld: of the earliest melding in the zaak, also a joined one; of none, onbekend."""
    for aard in AARDEN:
        gezin, start = inbox.zaak(aard_geweld=aard)
        gezin.traject(start)
        gezin.melding(start + S, aard_geweld="geweld_tegen_ouders")
        gezin.melding(start + 60 * D, aard_geweld="kindermishandeling")
        gezin.traject(start + 60 * D)
    for off in AROUND:
        gezin, start = inbox.place()
        caused_by = gezin.incident(start)
        gezin.incident(start + 40 * D)
        gezin.melding(start + off, politie_registratie_id=caused_by, aard_geweld="kindermishandeling")
        gezin.melding(start + 40 * D + off, politie_registratie_id=caused_by, aard_geweld="ouderenmishandeling")


def samenloop(inbox: Inbox) -> None:
    """Both sides within [start, start + 28 d), each a second before either end, on it, and after it."""
    for zorg, straf in product(ZORG, STRAF):
        gezin, start = inbox.place()
        gezin.incident(start)
        zorg(gezin, start + D)
        straf(gezin, start + D)
    edges = [edge + off for edge in (0 * D, 28 * D) for off in AROUND]
    for edge in edges:
        for straf in STRAF[:4]:
            gezin, start = inbox.place()
            gezin.incident(start)
            gezin.onderzoek(start + D)
            straf(gezin, start + edge)
        gezin, start = inbox.place()
        gezin.incident(start)
        gezin.onderzoek(start + edge)
        gezin.traject(start + D)
        gezin, start = inbox.place()
        caused_by = gezin.incident(start)
        gezin.melding(start + edge, politie_registratie_id=caused_by)
        gezin.traject(start + D)
    for edge in edges:
        gezin, start = inbox.zaak()
        gezin.zsm(start)
        gezin.overleg(start + edge)
    # Held within 28 days, whenever it was registered.
    for held, registered in ((None, 0 * D), (D, -5 * D), (40 * D, D)):
        gezin, start = inbox.zaak()
        gezin.zsm(start)
        gezin.overleg(None if held is None else start + held, *PARTNERS, aangemeld_op=start + registered)


def partners_in_contact(inbox: Inbox) -> None:
    """One, two and three partners, each in every way, and one partner twice."""
    for first in CONTACTS:
        gezin, start = inbox.place()
        gezin.incident(start)
        first(gezin, start + H)
        first(gezin, start + 2 * H)
        gezin, start = inbox.place()
        gezin.incident(start)
        gezin.onderzoek(start + H)
        first(gezin, start + 2 * H)


def praktijklocaties(inbox: Inbox) -> None:
    """vanaf <= date(start) <= tot, in the zaak's own region only; Amsterdam dates."""
    around = ((-1, -1), (-1, 0), (0, 0), (0, 1), (1, 1), (0, None), (1, None))
    for number, (since, until) in enumerate(around):
        gezin = inbox.gezin()
        # A quarter of an hour after midnight: in UTC still the day before.
        day = date(2020, 5 + number, 1)
        gezin.melding(local(day, 0, 15))
        gezin.traject(local(day, 1))
        tot = None if until is None else day + until * D
        inbox.refer("praktijklocaties", MONTHS[0], vt_regio=gezin.regio, vanaf=day + since * D, tot=tot)


def ages_at_e(inbox: Inbox) -> None:
    """Zaken that are 28, 90 or 548 days old at E, each with an older one in its cell, so that the cell has a value."""
    for peildatum, days, off in product(PEILDATA, (28, 90, 548), AROUND):
        start = end_of(peildatum) - days * D + off
        older = local(amsterdam_date(start).replace(day=1))
        for happens in (everything, everything_and_again, only_a_signaal, no_joint_moment):
            gezin = inbox.gezin()
            happens(gezin, start, end_of(peildatum))
            neighbour = inbox.gezin()
            neighbour.regio = gezin.regio
            everything(neighbour, older, end_of(peildatum))


def everything(gezin: Gezin, start: datetime, end: datetime) -> None:
    """All that a zaak can have."""
    gezin.melding(start, onveiligheid="acuut", aard_geweld="kindermishandeling")
    gezin.zsm(start + H)
    gezin.overleg(start + 20 * D, "veilig_thuis", "politie")
    gezin.inzet("veilig_thuis", start + H, 5 * H)
    gezin.inzet("politie", start + 2 * H, 2 * H, soort_inzet="extra")


def everything_and_again(gezin: Gezin, start: datetime, end: datetime) -> None:
    everything(gezin, start, end)
    gezin.melding(end - S, onveiligheid="acuut")


def only_a_signaal(gezin: Gezin, start: datetime, end: datetime) -> None:
    gezin.melding(start, onveiligheid="acuut")


def no_joint_moment(gezin: Gezin, start: datetime, end: datetime) -> None:
    gezin.melding(start)
    gezin.zsm(start)
