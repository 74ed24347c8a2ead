"""The bounds of specification section 4: deadlines, windows, tarieven, statuses, and the categories of dimensions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

from edge_builder import AROUND, MONTHS, PEILDATA, D, H, Inbox, S, end_of, local
from inbox_format import PARTNERS, REGIONS, amsterdam_date, month_end
from oracle.words import VT_REGIOS, fifth_werkdag_after, midnight_after

ACTIVITEITEN = ("samen_op_in_acuut", "actieoverleg", "hg_vt_zsm", "strafbare_km", "regulier")
SOORTEN, WIJZEN = ("regulier", "extra"), ("fysiek", "video", "telefoon")
FUNCTIE_RATES = {partner: Decimal(6000 + 1000 * place) / 100 for place, partner in enumerate(PARTNERS)}
# Received on a Friday, in a weekend, before Whitsun, and before each feestdag that two months hold.
RECEIVED = (
    *(date(2020, 3, 6), date(2020, 3, 7), date(2020, 4, 3), date(2020, 4, 21), date(2020, 4, 28), date(2020, 5, 15)),
    *(date(2020, 5, 27), date(2020, 12, 17), date(2020, 12, 27), date(2021, 1, 4)),
)
DAGDELEN = (
    *(local(date(2020, 6, 9), h) + off for h in (8, 18, 23) for off in AROUND),
    *(local(day, 12) for day in (date(2020, 4, 10), date(2020, 4, 13), date(2020, 4, 27), date(2020, 5, 5))),
    *(local(day, 12) for day in (date(2020, 5, 21), date(2020, 6, 1), date(2020, 12, 25), date(2021, 1, 1))),
    *(local(day, 0) + off for day in (date(2020, 6, 13), date(2020, 6, 15)) for off in AROUND),
    # Clock changes, and the midnights of months, where UTC still has the day before.
    *(local(day, h) for day in (date(2020, 3, 29), date(2020, 10, 25)) for h in (1, 4)),
    *(local(day, 0) + off for day in (date(2020, 10, 1), date(2021, 1, 1)) for off in AROUND),
)


def indicator_edges(inbox: Inbox) -> None:
    veiligheidsbeoordelingen(inbox)
    diensten_and_terugkoppelingen(inbox)
    zsm_zaken(inbox)
    incidenten(inbox)
    actieoverleggen(inbox)
    first_five_werkdagen(inbox)
    arrests(inbox)
    first_joint_moments(inbox)
    repetitions(inbox)
    acute_signalen(inbox)
    effort(inbox)
    effort_together(inbox)
    tarieven(inbox)
    statuses(inbox)


def veiligheidsbeoordelingen(inbox: Inbox) -> None:
    """Assessed on the 5th werkdag until midnight; the 5th werkdag itself around each peildatum; who reported."""
    for received in RECEIVED:
        deadline = fifth_werkdag_after(received)
        for assessed in (*(midnight_after(deadline) + off for off in AROUND), None, local(deadline, 0)):
            inbox.gezin().melding(local(received, 0, 30), veiligheidsbeoordeling_op=assessed)
    for peildatum in PEILDATA:
        for days in range(5, 12):
            received = local(month_end(peildatum) - days * D, 23, 59, 59)
            inbox.gezin().melding(received, veiligheidsbeoordeling_op=received)
    for melder, onveiligheid in (
        ("politie", "acuut"), ("justitie_overig", "structureel"), ("burger", "acuut_en_structureel"),
        ("onbekend", "onbekend"), ("politie", "geen"),
    ):  # fmt: skip
        inbox.zaak(melder=melder, onveiligheid=onveiligheid)
        gezin, start = inbox.place()
        gezin.melding(start, melder=melder, onveiligheid=onveiligheid, veiligheidsbeoordeling_op=start)


def diensten_and_terugkoppelingen(inbox: Inbox) -> None:
    """70 days after the assessment, 28 after the overdracht; both around the peildatum too."""
    besluiten = ("onderzoek", "voorwaarden_en_vervolg", "overdracht", "verzoek_rvdk", "einde_bemoeienis", None)
    for besluit, days in product(besluiten, (0, 69, 70, 71, None)):
        gezin, start = inbox.place()
        # Late in the evening of the last day of a month: in UTC the same day, a second later the next month.
        assessed = local(amsterdam_date(start) + 3 * D, 23, 59, 59)
        done = None if days is None else amsterdam_date(assessed) + days * D
        gezin.melding(start, veiligheidsbeoordeling_op=assessed, besluit=besluit, dienst_afgerond_op=done)
    gezin, start = inbox.place()
    gezin.melding(start, besluit="onderzoek", dienst_afgerond_op=amsterdam_date(start))
    for melder, days in product(("politie", "onderwijs"), (0, 27, 28, 29, None)):
        gezin, start = inbox.place()
        # Received in one month and handed over in the next.
        handed_over = amsterdam_date(start) + 30 * D
        done = None if days is None else handed_over + days * D
        gezin.melding(start, melder=melder, overdracht_op=handed_over, terugkoppeling_op=done)
    gezin, start = inbox.place()
    gezin.melding(start, melder="politie", terugkoppeling_op=amsterdam_date(start))
    for peildatum, off in product(PEILDATA, (-1, 0, 1)):
        assessed = month_end(peildatum) + (off - 70) * D
        inbox.gezin().melding(local(assessed), veiligheidsbeoordeling_op=local(assessed), besluit="onderzoek")
        handed_over = month_end(peildatum) + (off - 28) * D
        inbox.gezin().melding(local(handed_over) - 9 * D, melder="politie", overdracht_op=handed_over)


def zsm_zaken(inbox: Inbox) -> None:
    """VT consulted by the decision, known before the intake, and the dagdeel of the intake."""
    for off in AROUND:
        for vastgesteld in (True, False):
            gezin, start = inbox.place()
            decided = start + 5 * H
            gezin.zsm(start, hg_vastgesteld=vastgesteld, beslissing_op=decided, vt_geraadpleegd_op=decided + off)
        gezin, start = inbox.place()
        gezin.zsm(start, hg_label_instroom=True, vt_geraadpleegd_op=start + off)
        gezin, start = inbox.place()
        gezin.melding(start + 40 * D)
        gezin.melding(start + off)
        gezin.zsm(start)
    gezin, start = inbox.place()
    gezin.zsm(start, beslissing_op=start + H)
    for moment in DAGDELEN:
        inbox.gezin().zsm(moment, beslissing_op=moment + 100 * D)


def incidenten(inbox: Inbox) -> None:
    """Within 24 hours, of which hg incidents, and the dagdeel of the report; around E too."""
    for edge in (0 * D, D):
        for off, acuut, label in product(AROUND, (True, False), (True, False)):
            gezin, start = inbox.place()
            done = start + edge + off
            gezin.incident(start, acuut=acuut, hg_label=label, vt_betrokken_op=done, zorgmelding_op=start + H)
            gezin, start = inbox.place()
            gezin.incident(start, acuut=acuut, hg_label=label, zorgmelding_op=start + edge + off)
    # The clock change: 24 hours are not the same time of the next day.
    for off in AROUND:
        start = local(date(2020, 10, 24), 12)
        inbox.gezin().incident(start, acuut=True, vt_betrokken_op=start + D + off, zorgmelding_op=start + D + off)
    for moment in DAGDELEN:
        inbox.gezin().incident(moment, acuut=True)
    for peildatum, off in product(PEILDATA, AROUND):
        inbox.gezin().incident(end_of(peildatum) - D + off, acuut=True)
    # Acuut by the melding that it caused: not its own.
    gezin, start = inbox.place()
    caused_by = gezin.incident(start)
    gezin.melding(start, politie_registratie_id=caused_by, onveiligheid="acuut")
    for soort, label, sash in product(("belaging", "bedreiging"), (True, False), ("laag", "hoog", None)):
        gezin, start = inbox.place()
        gezin.incident(start, soort=soort, hg_label=label, sash_niveau=sash)


def actieoverleggen(inbox: Inbox) -> None:
    """The four core partners, each missing once; wijze, casusregie; not held; held a month after registration."""
    core = ("veilig_thuis", "politie", "openbaar_ministerie", "reclassering")
    for present in (PARTNERS, core, *([p for p in PARTNERS if p != absent] for absent in core), ()):
        gezin, start = inbox.place()
        gezin.overleg(start, *present, wijze="video")
    for wijze, casusregie in product((*WIJZEN, None), ("lokaal_team", None)):
        gezin, start = inbox.place()
        gezin.overleg(start + 30 * D, *core, aangemeld_op=start, wijze=wijze, casusregie=casusregie)
    gezin, start = inbox.place()
    gezin.overleg(None, *core, aangemeld_op=start, wijze="fysiek", casusregie="lokaal_team")
    gezin.overleg(local(date(2020, 9, 30), 23, 59, 59) + S, *core, wijze="fysiek")


def first_five_werkdagen(inbox: Inbox) -> None:
    """Partners and joint moments until the end of the 5th werkdag after the start; that day around each peildatum."""
    for start_day, off in product((date(2020, 4, 8), date(2020, 7, 3), date(2020, 12, 18)), AROUND):
        deadline = midnight_after(fifth_werkdag_after(start_day))
        for third in (False, True):
            gezin = inbox.gezin()
            gezin.incident(local(start_day, 20))
            gezin.zsm(deadline + off)
            if third:
                gezin.traject(local(start_day, 21))
        for aard in ("kindermishandeling", "ex_partnergeweld"):
            gezin = inbox.gezin()
            gezin.melding(local(start_day, 20), aard_geweld=aard)
            gezin.traject(local(start_day, 20))
            gezin.overleg(deadline + off)
    for off in AROUND:
        gezin, start = inbox.zaak(aard_geweld="kindermishandeling")
        gezin.traject(start)
        gezin.overleg(start + off)
    for peildatum in PEILDATA:
        for days in range(5, 12):
            gezin = inbox.gezin()
            gezin.incident(local(month_end(peildatum) - days * D, 12))
            gezin.traject(local(month_end(peildatum) - days * D, 13))


def arrests(inbox: Inbox) -> None:
    """A spreekuur from the day of the zaak's first arrest until 14 days later; 14 days before E."""
    for soort, days in product(("spreekuur_hg", "advies"), (-1, 0, 1, 13, 14, 15, None)):
        gezin, start = inbox.place()
        # In UTC still the day before.
        arrested = local(amsterdam_date(start) + 2 * D, 0, 30)
        gezin.incident(start, aanhouding_op=arrested)
        gezin.incident(start + H, aanhouding_op=arrested + 3 * D)
        gezin.incident(start + H, hg_label=False, aanhouding_op=arrested - D)
        gestart = None if days is None else amsterdam_date(arrested) + days * D
        for _ in range(2):
            gezin.traject(start - 5 * D, soort=soort, gestart_op=gestart)
    for label, off in product((True, False), AROUND):
        gezin, start = inbox.place()
        gezin.incident(start, aanhouding_op=start + 50 * D)
        gezin.incident(start + 40 * D)
        gezin.incident(start + 40 * D + off, hg_label=label, aanhouding_op=start + 41 * D)
        gezin.traject(start, soort="spreekuur_hg", gestart_op=amsterdam_date(start) + 41 * D)
    for peildatum, off in product(PEILDATA, AROUND):
        arrested = end_of(peildatum) - 14 * D + off
        inbox.gezin().incident(arrested - 2 * D, aanhouding_op=arrested)
        # The spreekuur was on the peildatum, 14 days after.
        gezin = inbox.gezin()
        gezin.incident(arrested, aanhouding_op=arrested)
        gezin.traject(arrested, soort="spreekuur_hg", gestart_op=month_end(peildatum))


def first_joint_moments(inbox: Inbox) -> None:
    """Whole days to the zaak's first joint moment, within 90 days and before its end."""
    for edge, off in product((0 * D, D, 14 * D, 90 * D), AROUND):
        gezin, start = inbox.zaak()
        gezin.zsm(start, vt_geraadpleegd_op=start + edge + off)
        # Two moments at once are two.
        gezin.overleg(start + edge + off)
        gezin.overleg(start + 95 * D)
    for off in AROUND:
        gezin, start = inbox.zaak()
        gezin.traject(start)
        gezin.overleg(start + 60 * D + off)
        gezin.melding(start + 60 * D)

    # A zaak of 40 days at E is no longer at risk when another's first moment comes after 60 days.
    for peildatum in PEILDATA:
        older, younger = inbox.gezin(), inbox.gezin()
        younger.regio = older.regio
        for gezin, days in ((older, 95), (younger, 40)):
            start = end_of(peildatum) - days * D
            gezin.melding(start, aard_geweld="geweld_tegen_ouders")
            gezin.zsm(start)
            if gezin is older:
                gezin.overleg(start + 60 * D)


def repetitions(inbox: Inbox) -> None:
    """A next zaak around day 548 (which counts as a whole), who was involved by then, and how grave it was."""
    start = local(date(2020, 2, 4), 10)
    for edge, off in product((548 * D, 549 * D), AROUND):
        gezin = inbox.gezin()
        gezin.melding(start)
        gezin.melding(start + edge + off, onveiligheid="acuut")
    for days in (-1, 0, 1, None):
        # The next start is a quarter of an hour after midnight: in UTC still the day before.
        gezin, start = inbox.place()
        again = local(amsterdam_date(start) + 100 * D, 0, 15)
        ended = None if days is None else amsterdam_date(again) + days * D
        gezin.melding(start, betrokkenheid_beeindigd_op=ended)
        gezin.incident(again)
        # The melding of an earlier zaak, still running.
        gezin, start = inbox.place()
        gezin.melding(start, betrokkenheid_beeindigd_op=ended)
        gezin.melding(start + 40 * D, betrokkenheid_beeindigd_op=amsterdam_date(start) + 50 * D)
        gezin.incident(again)
    for off in AROUND:
        # A melding of the next signaal itself, which comes just before, with, or just after the incident.
        gezin, start = inbox.place()
        gezin.incident(start)
        caused_by = gezin.incident(start + 60 * D)
        gezin.melding(start + 60 * D + off, politie_registratie_id=caused_by)
    gezin, start = inbox.place()
    gezin.incident(start)
    gezin.incident(start + 60 * D)
    for grave in product((False, True), repeat=3):
        gezin, start = inbox.place()
        for number, ernstig in enumerate(grave):
            gezin.incident(start + 60 * number * D, ernst="ernstig" if ernstig else "licht")
            gezin.incident(start + (60 * number + 3) * D, ernst="ernstig")


def acute_signalen(inbox: Inbox) -> None:
    """Another acute signaal more than 72 hours after the start, up to and including day 90, in whichever zaak."""
    for edge, off in product((72 * H, 90 * D, 91 * D), AROUND):
        gezin, start = inbox.zaak(onveiligheid="acuut")
        gezin.melding(start + edge + off, onveiligheid="acuut")
    gezin, start = inbox.zaak(onveiligheid="acuut")
    gezin.incident(start + 5 * D, ernst="ernstig")
    gezin.incident(start + 9 * D, acuut=True)
    gezin.incident(start + 12 * D, acuut=True)
    gezin, start = inbox.zaak()
    gezin.melding(start + 5 * D, onveiligheid="acuut")


def effort(inbox: Inbox) -> None:
    """Hours begun in the first 14 and the first 90 days, before the next zaak, and outside any zaak; every category."""
    for edge, off in product((0 * D, 14 * D, 90 * D), AROUND):
        gezin, start = inbox.zaak()
        gezin.inzet("politie", start + edge + off, 10 * H, uren=Decimal("7.25"))
        gezin.inzet("veilig_thuis", start + 20 * D)
    for off in AROUND:
        gezin, start = inbox.zaak()
        gezin.melding(start + 60 * D)
        gezin.inzet("reclassering", start + 60 * D + off, 2 * H, uren=Decimal("1.50"))
    for partner, soort in product(PARTNERS, SOORTEN):
        gezin, start = inbox.zaak()
        gezin.inzet(partner, start + D, soort_inzet=soort)
        gezin.inzet(partner, start + 20 * D, 5 * H, soort_inzet=soort, uren=Decimal("0.01"))
    for activiteit, wijze in product(ACTIVITEITEN, WIJZEN):
        gezin, start = inbox.zaak()
        gezin.inzet("politie", start, verbeteractiviteit=activiteit, wijze=wijze, soort_inzet="extra")
    for number in range(3):
        gezin, start = inbox.zaak()
        gezin.inzet("politie", start, 9 * H, uren=Decimal(3 * number + 1))
        gezin, start = inbox.place()
        gezin.inzet("politie", start, functie="onbekend" if number else "medewerker")
    for day in (date(2020, 10, 1), date(2021, 1, 1)):
        for off in AROUND:
            inbox.gezin().inzet("veilig_thuis", local(day) + off)


def effort_together(inbox: Inbox) -> None:
    """Intervals that touch, overlap, lie within another, repeat, go on, or cross an end of the zaak's 90 days."""
    for first, second in product(PARTNERS, PARTNERS):
        gezin, start = inbox.zaak()
        gezin.inzet(first, start + H, 6 * H)
        gezin.inzet(second, start + 4 * H, 7 * H)
        gezin.inzet(first, start + 5 * H, H)
        gezin.inzet(second, start + 11 * H, H)
        for length in (2, 4):
            gezin.inzet(first, start + 20 * H, length * H)
    for edge, off in product((0 * D, 60 * D, 90 * D), AROUND):
        gezin, start = inbox.zaak()
        if edge == 60 * D:
            gezin.melding(start + edge)
        gezin.inzet("politie", start + edge + off, 2 * H)
        gezin.inzet("veilig_thuis", start + edge - 2 * H, 2 * H + off)
        gezin.inzet("reclassering", start + edge - H, 3 * H)
    for length in (None, S, 200 * D):
        gezin, start = inbox.zaak()
        for partner, day in (("veilig_thuis", -30), ("politie", 80), ("reclassering", 40)):
            gezin.inzet(partner, start + day * D, length, uren=Decimal("0.01"))
        gezin.melding(start + 60 * D)


def tarieven(inbox: Inbox) -> None:
    """The latest rate by the day on which effort began: dates, ties, withdrawn and future rates, other functies."""
    for partner, rate in FUNCTIE_RATES.items():
        first = {"partner": partner, "functie": "medewerker", "geldig_vanaf": date(2000, 1, 1)}
        inbox.refer("tarieven", MONTHS[0], **first, uurtarief=Decimal("1.00"))
        # The same key in a later delivery: the greater id holds.
        inbox.refer("tarieven", MONTHS[1], **first, tarief_id=f"zz-{partner}", uurtarief=rate)
        inbox.refer("tarieven", MONTHS[2], **first, tarief_id=f"z-{partner}", uurtarief=Decimal("2.00"))
    for number, off in enumerate((-1, 0, 1)):
        gezin, start = inbox.zaak()
        day = amsterdam_date(start) + 5 * D
        functie = f"vanaf-{number}"
        gezin.inzet("politie", local(day, 0, 15), functie=functie)
        for since, rate in ((day - 100 * D, "10.00"), (day + off * D, "20.01"), (day + 100 * D, "30.00")):
            inbox.refer(
                "tarieven", MONTHS[0], partner="politie", functie=functie, geldig_vanaf=since, uurtarief=Decimal(rate)
            )
        gezin, start = inbox.zaak()
        day = amsterdam_date(start) + 5 * D
        functie = f"eerste-{number}"
        gezin.inzet("politie", local(day, 0, 15), functie=functie)
        row = {"partner": "politie", "functie": functie, "uurtarief": Decimal("15.00")}
        inbox.refer("tarieven", MONTHS[0], **row, geldig_vanaf=day + off * D)
    gezin, start = inbox.zaak()
    gezin.inzet("veilig_thuis", start, functie="ingetrokken")
    row = {"tarief_id": "weg", "partner": "veilig_thuis", "functie": "ingetrokken", "geldig_vanaf": date(2000, 1, 1)}
    for month, gone in zip(MONTHS, (False, True), strict=False):
        inbox.refer("tarieven", month, **row, uurtarief=Decimal("9.00"), vervallen=gone)


def statuses(inbox: Inbox) -> None:
    """The latest status by the end of a month: dates around it, ties, one withdrawn, one revived, plans ahead."""
    day = date(2020, 7, 31)
    for activiteit, regios in (("actieoverleg", VT_REGIOS), ("hg_vt_zsm", sorted(set(REGIONS.values())))):
        row = {"verbeteractiviteit": activiteit}
        for number, off in enumerate((-1, 0, 1)):
            inbox.refer(
                "regio_status", "2020-08", **row, regio=regios[number], peildatum=day + off * D, status="actief"
            )
            inbox.refer(
                "regio_status", "2020-06", **row, regio=regios[number], peildatum=date(2020, 6, 1), status="afweging"
            )
        inbox.refer("regio_status", "2020-06", **row, regio=regios[3], peildatum=date(2021, 2, 1), status="gepland")
        tied = row | {"regio": regios[4], "peildatum": date(2020, 3, 1)}
        for month, letter, status in (
            ("2020-03", "b", "actief"),
            ("2020-04", "c", "gepland"),
            ("2020-05", "a", "geen"),
        ):
            inbox.refer("regio_status", month, **tied, status_id=f"{activiteit}-{letter}", status=status)
        for month, gone in (("2020-03", False), ("2020-04", True), ("2020-06", False)):
            inbox.refer(
                "regio_status", month, **row, status_id=f"weg-{activiteit}", regio=regios[5],
                peildatum=date(2020, 3, 1), status="actief", vervallen=gone,
            )  # fmt: skip
        inbox.refer("regio_status", "2020-11", **row, regio=regios[0], peildatum=date(2020, 11, 30), status="geen")
    inbox.refer(
        "regio_status", "2020-05", verbeteractiviteit="strafbare_km", regio="twente", peildatum=date(2020, 5, 1),
        status="actief",
    )  # fmt: skip
