"""A dozen gezinnen, followed from partners' files to figures that were worked out by hand.

Everything happens in vt_regio twente (arrondissement oost_nederland) unless a row says utrecht; the peildatum is
31 December 2021. The gezinnen are a to l. Times are Amsterdam winter time (+01:00) or summer time (+02:00), as written.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import polars as pl
import pytest

from data_contracts.loader import contracts
from indicators.calendar import months_between
from indicators.estimators import Z
from indicators.model import definitions
from pipelines import cli

MONTHS = months_between("2019-12", "2021-12")
DEFAULTS = {
    "vt_regio": "twente",
    "vervallen": "false",
    "melder": "politie",
    "aard_geweld": "ex_partnergeweld",
    "onveiligheid": "structureel",
    "soort": "mishandeling",
    "hg_label": "true",
    "ernst": "licht",
    "acuut": "false",
    "aangifte": "false",
    "hg_label_instroom": "true",
    "hg_vastgesteld": "true",
    "gedragsaanwijzing": "false",
    "spoed": "false",
    "verbeteractiviteit": "regulier",
    "soort_inzet": "regulier",
    "functie": "medewerker",
    "wijze": "fysiek",
    "aanwezig_veilig_thuis": "true",
    "aanwezig_politie": "true",
    "aanwezig_openbaar_ministerie": "false",
    "aanwezig_reclassering": "false",
    "aanwezig_raad_voor_de_kinderbescherming": "false",
}


def gezin(letter: str) -> str:
    return letter * 26


# (feed, delivered month, row). Columns left out have the default above, or are empty.
ROWS: list[tuple[str, str, dict[str, str]]] = []


def row(feed: str, month: str, who: str = "", **columns: str) -> None:
    ROWS.append((feed, month, {**({"gezin": gezin(who)} if who else {}), **columns}))


def melding(month: str, who: str, **columns: str) -> None:
    row("veilig_thuis/meldingen", month, who, **columns)


# a: reported on Monday 2 March 2020, assessed on the 5th werkdag (9 March): on time. Reported again after 91 days.
melding("2020-03", "a", melding_id="a1", ontvangen_op="2020-03-02T10:00:00+01:00",
        veiligheidsbeoordeling_op="2020-03-09T23:59:59+01:00")  # fmt: skip
melding("2020-06", "a", melding_id="a2", ontvangen_op="2020-06-01T12:00:00+02:00", melder="onderwijs",
        veiligheidsbeoordeling_op="2020-06-09T09:00:00+02:00")  # fmt: skip
# b: on time would have been 16 March; it was a day later. Corrected in April: the first delivery had no assessment.
melding("2020-03", "b", melding_id="b1", ontvangen_op="2020-03-09T09:00:00+01:00")
melding("2020-04", "b", melding_id="b1", ontvangen_op="2020-03-09T09:00:00+01:00",
        veiligheidsbeoordeling_op="2020-03-17T00:00:00+01:00")  # fmt: skip
# c: never assessed. Received on Thursday 9 April 2020.
melding("2020-04", "c", melding_id="c1", ontvangen_op="2020-04-09T09:00:00+02:00", melder="burger")
# d: an incident and the melding it caused are one signaal; arrest and Actieoverleg on day 10, OM at the table.
row("politie/incidenten", "2020-05", "d", registratie_id="d1", gemeld_op="2020-05-11T20:00:00+02:00",
    aanhouding_op="2020-05-11T21:00:00+02:00", zorgmelding_op="2020-05-11T23:00:00+02:00")  # fmt: skip
melding("2020-05", "d", melding_id="d2", ontvangen_op="2020-05-12T09:00:00+02:00", politie_registratie_id="d1",
        veiligheidsbeoordeling_op="2020-05-13T09:00:00+02:00", aard_geweld="kindermishandeling")  # fmt: skip
row("veilig_thuis/actieoverleggen", "2020-05", "d", overleg_id="d3", aangemeld_op="2020-05-14T09:00:00+02:00",
    gehouden_op="2020-05-21T21:00:00+02:00", wijze="video", aanwezig_openbaar_ministerie="true")  # fmt: skip
# e: melding and ZSM case on the same day, VT consulted after 30 hours: joint moment on day 1; no Actieoverleg.
melding("2020-05", "e", melding_id="e1", ontvangen_op="2020-05-18T08:00:00+02:00",
        veiligheidsbeoordeling_op="2020-05-20T09:00:00+02:00")  # fmt: skip
row("openbaar_ministerie/zsm_zaken", "2020-05", "e", zaak_id="e2", instroom_op="2020-05-18T10:00:00+02:00",
    vt_geraadpleegd_op="2020-05-19T14:00:00+02:00", beslissing_op="2020-05-20T10:00:00+02:00",
    beslissing="dagvaarding")  # fmt: skip
# f: samenloop too (RvdK asked, toezicht), but nobody ever met.
melding("2020-06", "f", melding_id="f1", ontvangen_op="2020-06-08T08:00:00+02:00",
        veiligheidsbeoordeling_op="2020-06-10T09:00:00+02:00")  # fmt: skip
row("raad_voor_de_kinderbescherming/onderzoeken", "2020-06", "f", onderzoek_id="f2",
    verzoek_op="2020-06-09T08:00:00+02:00")  # fmt: skip
row("reclassering/trajecten", "2020-06", "f", traject_id="f3", soort="toezicht",
    aangemeld_op="2020-06-22T08:00:00+02:00")  # fmt: skip
# g: utrecht; a second melding exactly 28 x 24 hours later is a new zaak, one a second before that would not be.
melding("2020-09", "g", melding_id="g1", vt_regio="utrecht", ontvangen_op="2020-09-01T12:00:00+02:00",
        veiligheidsbeoordeling_op="2020-09-02T12:00:00+02:00")  # fmt: skip
melding("2020-09", "g", melding_id="g2", vt_regio="utrecht", ontvangen_op="2020-09-29T12:00:00+02:00",
        veiligheidsbeoordeling_op="2020-09-30T12:00:00+02:00")  # fmt: skip
# h: utrecht; a second before 28 days: the same zaak.
melding("2020-09", "h", melding_id="h1", vt_regio="utrecht", ontvangen_op="2020-09-01T12:00:00+02:00",
        veiligheidsbeoordeling_op="2020-09-02T12:00:00+02:00")  # fmt: skip
melding("2020-09", "h", melding_id="h2", vt_regio="utrecht", ontvangen_op="2020-09-29T11:59:59+02:00",
        veiligheidsbeoordeling_op="2020-09-30T12:00:00+02:00")  # fmt: skip
# i: withdrawn a month later, so it never counts. j: withdrawn and revived, so it does.
melding("2020-06", "i", melding_id="i1", ontvangen_op="2020-06-15T12:00:00+02:00")
melding("2020-07", "i", melding_id="i1", ontvangen_op="2020-06-15T12:00:00+02:00", vervallen="true")
melding("2020-06", "j", melding_id="j1", ontvangen_op="2020-06-15T12:00:00+02:00")
melding("2020-07", "j", melding_id="j1", ontvangen_op="2020-06-15T12:00:00+02:00", vervallen="true")
melding("2020-08", "j", melding_id="j1", ontvangen_op="2020-06-15T12:00:00+02:00",
        veiligheidsbeoordeling_op="2020-06-16T12:00:00+02:00")  # fmt: skip
# k: an incident without hg_label is no signaal and no contact.
row("politie/incidenten", "2020-10", "k", registratie_id="k1", gemeld_op="2020-10-05T20:00:00+02:00", hg_label="false")
# l: utrecht, in the last month: too young for most figures.
melding("2021-12", "l", melding_id="l1", vt_regio="utrecht", ontvangen_op="2021-12-28T12:00:00+01:00")

# Effort. d: VT 12 May 09-13, politie 11-15 of the same day: 6 hours in all, 2 of them together.
INZET = [
    ("veilig_thuis", "d", "2020-05", "2020-05-12T09:00:00+02:00", "2020-05-12T13:00:00+02:00", "4.00", "regulier"),
    ("politie", "d", "2020-05", "2020-05-12T11:00:00+02:00", "2020-05-12T15:00:00+02:00", "3.50", "extra"),
    # e: VT alone for 3 hours; RvdK for 1 hour on day 91: outside the first 90 days.
    ("veilig_thuis", "e", "2020-05", "2020-05-18T09:00:00+02:00", "2020-05-18T12:00:00+02:00", "3.00", "regulier"),
    ("raad_voor_de_kinderbescherming", "e", "2020-08", "2020-08-17T09:00:00+02:00", "2020-08-17T10:00:00+02:00", "1.00",
     "extra"),
    # k has no zaak: no unit of a zaak-based figure, but in the totals.
    ("politie", "k", "2020-10", "2020-10-06T09:00:00+02:00", "2020-10-06T11:00:00+02:00", "2.00", "regulier"),
]  # fmt: skip
for number, (partner, who, month, start, end, uren, soort) in enumerate(INZET):
    row(f"{partner}/inzet", month, who, inzet_id=f"u{number}", begonnen_op=start, geeindigd_op=end, uren=uren,
        soort_inzet=soort)  # fmt: skip
# Euros an hour: VT 60, politie 80, RvdK 70; politie went to 90 on 1 October 2020.
for number, (partner, since, rate) in enumerate(
    [("veilig_thuis", "2020-01-01", "60.00"), ("politie", "2020-01-01", "80.00"), ("politie", "2020-10-01", "90.00"),
     ("raad_voor_de_kinderbescherming", "2020-01-01", "70.00")]
):  # fmt: skip
    row(
        "landelijk_netwerk/tarieven",
        "2020-01",
        tarief_id=f"t{number}",
        partner=partner,
        geldig_vanaf=since,
        uurtarief=rate,
    )
# Actieoverleg: twente actief from 15 June 2020; utrecht planned, weighed again a month later.
for status_id, regio, day, status in [
    ("s1", "twente", "2020-06-15", "actief"),
    ("s2", "utrecht", "2020-06-20", "gepland"),
    ("s3", "utrecht", "2020-06-20", "afweging"),
]:
    row("landelijk_netwerk/regio_status", "2020-06", status_id=status_id, regio=regio, peildatum=day, status=status,
        verbeteractiviteit="actieoverleg" if status_id != "s3" else "samen_op_in_acuut")  # fmt: skip
row("landelijk_netwerk/regio_status", "2020-07", status_id="s4", regio="utrecht", peildatum="2020-07-01",
    verbeteractiviteit="actieoverleg", status="afweging")  # fmt: skip


def write(inbox: Path) -> None:
    """Every feed and month as a partner would send it; a month without records as an empty .leeg."""
    for name, contract in contracts().items():
        months = MONTHS if contract.partner != "landelijk_netwerk" else sorted({m for f, m, _ in ROWS if f == name})
        for month in months:
            rows = [r for f, m, r in ROWS if f == name and m == month]
            folder = inbox / name
            folder.mkdir(parents=True, exist_ok=True)
            if not rows:
                (folder / f"{month}.leeg").touch()
                continue
            columns = [c.name for c in contract.columns]
            with (folder / f"{month}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows({c: r.get(c, DEFAULTS.get(c, "")) for c in columns} for r in rows)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hand-made")
    write(home / "inbox")
    for command in ("deliver", "compute", "publish"):
        assert cli.run([command, "--home", str(home)]) == 0, command
    return home


@pytest.fixture(scope="module")
def table(home: Path) -> pl.DataFrame:
    return pl.read_parquet(home / "results" / "indicator_values.parquet")


# indicator, regio, periode, dimensie, categorie, n, teller, noemer, waarde, status
EXPECTED: list[tuple[str, str, str, str, str, int, float | None, float | None, float | None, str]] = [
    # Twente 2020: a1 (on time), a2 (1 June, Whit Monday: 2, 3, 4, 5, 8 June; assessed on the 9th: late), b1 late,
    # c1 never, d2, e1, f1, j1 on time: 5 of 8. i1 is withdrawn.
    ("veiligheidsbeoordeling_binnen_5_werkdagen", "twente", "2020", "totaal", "totaal", 8, 5, 8, 5 / 8, "definitief"),
    # By police a1, b1, d2, e1, f1, j1: all but b1 on time. Others a2 and c1.
    ("veiligheidsbeoordeling_binnen_5_werkdagen", "twente", "2020", "melder", "politie", 6, 5, 6, 5 / 6, "definitief"),
    ("veiligheidsbeoordeling_binnen_5_werkdagen", "twente", "2020", "melder", "overig", 2, 0, 2, 0.0, "definitief"),
    ("veiligheidsbeoordeling_binnen_5_werkdagen", "utrecht", "2020", "totaal", "totaal", 4, 4, 4, 1.0, "definitief"),
    ("veiligheidsbeoordeling_binnen_5_werkdagen", "nederland", "2020", "totaal", "totaal", 8 + 4, 5 + 4, 8 + 4, 9 / 12,
     "definitief"),
    # l1's 5th werkdag, 4 January 2022, lies after the peildatum: no row for 2021 at all (see below).
    # Zaken in twente 2020: a twice, b, c, d, e, f, j = 8. Two partners within 5 werkdagen: d (politie, VT), e (VT, OM),
    # f (VT, RvdK). Three: none, the Actieoverleg of d was on day 10 and its 5th werkdag was 18 May.
    ("partners_binnen_5_werkdagen", "twente", "2020", "totaal", "totaal", 8, 3, 8, 3 / 8, "definitief"),
    ("partners_binnen_5_werkdagen", "twente", "2020", "minimum", "2", 8, 3, 8, 3 / 8, "definitief"),
    ("partners_binnen_5_werkdagen", "twente", "2020", "minimum", "3", 8, 0, 8, 0.0, "definitief"),
    # Samenloop: d (melding; incident with arrest), e (melding; zsm), f (melding, RvdK; toezicht).
    ("actieoverleg_bereik", "twente", "2020", "totaal", "totaal", 3, 1, 3, 1 / 3, "definitief"),
    ("actieoverleg_bereik", "twente", "2020", "aard_geweld", "kindermishandeling", 1, 1, 1, 1.0, "definitief"),
    ("actieoverleg_bereik", "oost_nederland", "2020-05", "totaal", "totaal", 2, 1, 2, 1 / 2, "definitief"),
    # First joint moment: e on day floor(30 h / 24 h) = 1, d on day 10, f censored on day 90. S: 2/3, then 1/3.
    ("tijd_tot_eerste_afstemming", "twente", "2020", "kwantiel", "mediaan", 3, 2, 3, 10.0, "definitief"),
    ("tijd_tot_eerste_afstemming", "twente", "2020", "kwantiel", "p90", 3, 2, 3, None, "niet_bereikt"),
    ("tijd_tot_eerste_afstemming", "twente", "2020", "aard_geweld", "kindermishandeling:mediaan", 1, 1, 1, 10.0,
     "definitief"),
    # Seconds with one partner or more, and with two: d 6 h and 2 h, e 3 h and 0 (day 91 falls outside).
    ("overlapgraad", "twente", "2020", "totaal", "totaal", 2, 2 * 3600.0, (6 + 3) * 3600.0, 2 / 9, "definitief"),
    # Repetition in twente 2020: a after 91 days; the other 7 zaken none. All followed for 548 days.
    ("herhaling_18_maanden", "twente", "2020", "totaal", "totaal", 8, 1, 8, 1 / 8, "definitief"),
    # Was VT still involved? No date of ending: yes, so a vervolgmelding.
    ("herhaling_18_maanden", "twente", "2020", "soort", "vervolgmelding", 8, 1, 8, 1 / 8, "definitief"),
    ("herhaling_18_maanden", "twente", "2020", "soort", "hermelding", 8, 0, 8, 0.0, "definitief"),
    ("herhaling_18_maanden", "twente", "2020", "met_actieoverleg", "ja", 1, 0, 1, 0.0, "definitief"),
    # utrecht: g twice and h; the zaken of September 2020 are 548 days old only in March 2022.
    ("herhaling_18_maanden", "utrecht", "2020", "totaal", "totaal", 3, 1, 3, None, "niet_rijp"),
    # Only what was begun in the first 90 days: d 4 x 60 + 3.5 x 80, e 3 x 60; 8 zaken.
    ("kosten_per_zaak", "twente", "2020", "totaal", "totaal", 8, 240.0 + 280 + 180, 8, 700 / 8, "definitief"),
    ("kosten_per_zaak", "twente", "2020", "partner", "politie", 8, 280.0, 8, 280 / 8, "definitief"),
    ("kosten_per_zaak", "twente", "2020", "partner", "reclassering", 8, 0.0, 8, 0.0, "definitief"),
    ("kosten_per_zaak", "utrecht", "2020", "soort_inzet", "extra", 3, 0.0, 3, 0.0, "definitief"),
    # Every row: VT 240 + 180, politie 280 + 2 x 90, RvdK 70.
    ("kosten_totaal", "twente", "2020", "totaal", "totaal", 5, 240.0 + 180 + 280 + 180 + 70, None, 950.0, "definitief"),
    ("kosten_totaal", "nederland", "2020-10", "partner", "politie", 1, 180.0, None, 180.0, "definitief"),
    # One of 26 regions.
    ("actieoverleg_dekking", "nederland", "2020-05", "totaal", "totaal", 26, 0, 26, 0.0, "definitief"),
    ("actieoverleg_dekking", "nederland", "2020-K2", "totaal", "totaal", 26, 1, 26, 1 / 26, "definitief"),
    ("actieoverleg_dekking", "nederland", "2020-06", "status", "gepland", 26, 1, 26, 1 / 26, "definitief"),
    ("actieoverleg_dekking", "nederland", "2020", "status", "afweging", 26, 1, 26, 1 / 26, "definitief"),
    ("actieoverleg_dekking", "nederland", "2021", "status", "geen", 26, 24, 26, 24 / 26, "voorlopig"),
]  # fmt: skip


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: " ".join(map(str, e[:5])))
def test_figure_worked_out_by_hand(table: pl.DataFrame, expected: tuple) -> None:
    indicator, regio, periode, dimensie, categorie, n, teller, noemer, waarde, status = expected
    found = table.filter(
        (pl.col("indicator") == indicator)
        & (pl.col("regio") == regio)
        & (pl.col("periode") == periode)
        & (pl.col("dimensie") == dimensie)
        & (pl.col("categorie") == categorie)
    ).to_dicts()
    assert len(found) == 1
    cell = found[0]
    assert (cell["n"], cell["teller"], cell["noemer"], cell["status"]) == (n, teller, noemer, status)
    assert cell["waarde"] == (None if waarde is None else pytest.approx(waarde, rel=1e-12))


def test_what_is_too_young_has_no_row(table: pl.DataFrame) -> None:
    young = table.filter(
        pl.col("indicator").is_in(["veiligheidsbeoordeling_binnen_5_werkdagen", "overlapgraad"])
        & (pl.col("regio") == "utrecht")
        & (pl.col("periode") == "2021")
    )
    assert young.is_empty()


def test_interval_of_the_repetition_worked_out_by_hand(table: pl.DataFrame) -> None:
    cell = table.filter(
        (pl.col("indicator") == "herhaling_18_maanden")
        & (pl.col("regio") == "twente")
        & (pl.col("periode") == "2020")
        & (pl.col("dimensie") == "totaal")
    ).to_dicts()[0]
    # One event among 8: S = 7/8, Greenwood's sum = 1 / (8 x 7).
    shift = Z * math.sqrt(1 / (8 * 7)) / math.log(7 / 8)
    limits = sorted(1 - (7 / 8) ** math.exp(sign * shift) for sign in (1, -1))
    assert [cell["ondergrens"], cell["bovengrens"]] == pytest.approx(limits, rel=1e-12)


def test_nobody_of_a_dozen_gezinnen_can_be_seen_in_the_publication(home: Path) -> None:
    current = json.loads((home / "publications" / "current.json").read_text())["publication"]
    published = pl.read_parquet(home / "publications" / current / "indicator_values.parquet")
    kinds = {d.id: d.kind for d in definitions().values()}
    persons = published.filter(pl.col("indicator").replace_strict(kinds) != "coverage")
    assert len(persons) > 1000
    assert persons["status"].unique().to_list() == ["afgeschermd"]
    figures = persons.select("n", "teller", "noemer", "waarde", "ondergrens", "bovengrens")
    assert set(figures.null_count().row(0)) == {len(persons)}
