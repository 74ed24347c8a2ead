"""A hostile partner: files of every feed, a home to drop them in, and the command line as the only way in.

Nothing here imports the contracts: headers, codes and good rows are written down from the specification, section 2,
so that a wrong contract can't make its own test pass.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from small_inbox import keys_of

from pipelines import cli, lake
from pipelines.home import Home
from pipelines.ledger import Ledger

GEZIN = "zqgezin234567abcdefghijkl2"
MONTH = "2024-03"
ID = "zq{:05d}x"
PARTNERS = ("veilig_thuis", "politie", "openbaar_ministerie", "raad_voor_de_kinderbescherming", "reclassering")
PERSON = {"gezin": GEZIN, "vt_regio": "groningen"}
INZET = {
    "inzet_id": "",
    **PERSON,
    "verbeteractiviteit": "actieoverleg",
    "soort_inzet": "extra",
    "functie": "agent",
    "wijze": "fysiek",
    "begonnen_op": "2000-06-01T10:00:00+02:00",
    "geeindigd_op": "2000-06-01T12:00:00+02:00",
    "uren": "1.50",
}
GOOD: dict[str, dict[str, str]] = {
    "veilig_thuis/meldingen": {
        "melding_id": "",
        **PERSON,
        "ontvangen_op": "2000-06-01T10:00:00+02:00",
        "melder": "politie",
        "politie_registratie_id": "",
        "aard_geweld": "kindermishandeling",
        "onveiligheid": "acuut",
        "veiligheidsbeoordeling_op": "2000-06-05T10:00:00+02:00",
        "besluit": "overdracht",
        "dienst_afgerond_op": "2000-07-01",
        "overdracht_op": "2000-06-06",
        "terugkoppeling_op": "2000-06-20",
        "betrokkenheid_beeindigd_op": "2000-08-01",
    },
    "veilig_thuis/actieoverleggen": {
        "overleg_id": "",
        **PERSON,
        "aangemeld_op": "2000-06-01T10:00:00+02:00",
        "gehouden_op": "2000-06-02T10:00:00+02:00",
        "wijze": "video",
        "aanwezig_veilig_thuis": "true",
        "aanwezig_politie": "true",
        "aanwezig_openbaar_ministerie": "false",
        "aanwezig_reclassering": "true",
        "aanwezig_raad_voor_de_kinderbescherming": "false",
        "casusregie": "lokaal_team",
    },
    "politie/incidenten": {
        "registratie_id": "",
        **PERSON,
        "gemeld_op": "2000-06-01T10:00:00+02:00",
        "soort": "belaging",
        "hg_label": "true",
        "ernst": "licht",
        "acuut": "false",
        "vt_betrokken_op": "2000-06-01T11:00:00+02:00",
        "sash_niveau": "laag",
        "aanhouding_op": "2000-06-01T12:00:00+02:00",
        "aangifte": "true",
        "zorgmelding_op": "2000-06-01T13:00:00+02:00",
    },
    "openbaar_ministerie/zsm_zaken": {
        "zaak_id": "",
        **PERSON,
        "registratie_id": "PL-1",
        "instroom_op": "2000-06-01T10:00:00+02:00",
        "hg_label_instroom": "true",
        "hg_vastgesteld": "true",
        "vt_geraadpleegd_op": "2000-06-01T11:00:00+02:00",
        "beslissing_op": "2000-06-01T12:00:00+02:00",
        "beslissing": "dagvaarding",
        "gedragsaanwijzing": "false",
    },
    "raad_voor_de_kinderbescherming/onderzoeken": {
        "onderzoek_id": "",
        **PERSON,
        "verzoek_op": "2000-06-01T10:00:00+02:00",
        "spoed": "false",
        "gestart_op": "2000-06-05",
        "afgerond_op": "2000-08-01",
        "besluit": "ots",
    },
    "reclassering/trajecten": {
        "traject_id": "",
        **PERSON,
        "soort": "advies",
        "aangemeld_op": "2000-06-01T10:00:00+02:00",
        "gestart_op": "2000-06-05",
        "beeindigd_op": "2000-08-01",
    },
    **{f"{partner}/inzet": INZET for partner in PARTNERS},
    "landelijk_netwerk/regio_status": {
        "status_id": "",
        "regio": "twente",
        "verbeteractiviteit": "actieoverleg",
        "peildatum": "",
        "status": "actief",
        "toelichting": "gestart",
    },
    "landelijk_netwerk/tarieven": {
        "tarief_id": "",
        "partner": "politie",
        "functie": "",
        "geldig_vanaf": "2020-01-01",
        "uurtarief": "87.50",
    },
    "landelijk_netwerk/praktijklocaties": {
        "locatie_id": "",
        "vt_regio": "groningen",
        "vanaf": "2020-01-01",
        "tot": "2021-01-01",
    },
    "landelijk_netwerk/opleidingen": {
        "opleiding_id": "",
        "naam": "Training",
        "regio": "twente",
        "datum": "2000-06-01",
        "uitvoeringen": "2",
        "deelnemers": "24",
        "status": "gegeven",
    },
    "landelijk_netwerk/resultaten": {
        "resultaat_id": "",
        "verbeteractiviteit": "visie",
        "titel": "Handreiking",
        "status": "opgeleverd",
        "opgeleverd_op": "2000-06-01",
        "vindplaats": "kast",
    },
}
GOOD = {feed: {**columns, "vervallen": "false"} for feed, columns in GOOD.items()}
KEY = {feed: next(iter(columns)) for feed, columns in GOOD.items()}
MISSING_ALLOWED: dict[str, tuple[str, ...]] = {
    "veilig_thuis/meldingen": (
        "politie_registratie_id",
        "veiligheidsbeoordeling_op",
        "besluit",
        "dienst_afgerond_op",
        "overdracht_op",
        "terugkoppeling_op",
        "betrokkenheid_beeindigd_op",
    ),
    "veilig_thuis/actieoverleggen": ("gehouden_op", "wijze", "casusregie"),
    "politie/incidenten": ("vt_betrokken_op", "sash_niveau", "aanhouding_op", "zorgmelding_op"),
    "openbaar_ministerie/zsm_zaken": ("registratie_id", "vt_geraadpleegd_op", "beslissing_op", "beslissing"),
    "raad_voor_de_kinderbescherming/onderzoeken": ("gestart_op", "afgerond_op", "besluit"),
    "reclassering/trajecten": ("gestart_op", "beeindigd_op"),
    **{f"{partner}/inzet": ("geeindigd_op",) for partner in PARTNERS},
    "landelijk_netwerk/regio_status": ("toelichting",),
    "landelijk_netwerk/tarieven": (),
    "landelijk_netwerk/praktijklocaties": ("tot",),
    "landelijk_netwerk/opleidingen": (),
    "landelijk_netwerk/resultaten": ("opgeleverd_op", "vindplaats"),
}
VT_REGIOS = [
    "groningen",
    "friesland",
    "drenthe",
    "ijsselland",
    "twente",
    "noord_en_oost_gelderland",
    "gelderland_midden",
    "gelderland_zuid",
    "utrecht",
    "gooi_en_vechtstreek",
    "flevoland",
    "noord_holland_noord",
    "zaanstreek_waterland",
    "kennemerland",
    "amsterdam_amstelland",
    "haaglanden",
    "hollands_midden",
    "rotterdam_rijnmond",
    "zuid_holland_zuid",
    "zeeland",
    "west_brabant",
    "midden_brabant",
    "brabant_noordoost",
    "brabant_zuidoost",
    "noord_en_midden_limburg",
    "zuid_limburg",
]
ARRONDISSEMENTEN = [
    "noord_nederland",
    "oost_nederland",
    "midden_nederland",
    "noord_holland",
    "amsterdam",
    "den_haag",
    "rotterdam",
    "zeeland_west_brabant",
    "oost_brabant",
    "limburg",
]
MELDER = (
    "politie justitie_overig gezondheidszorg ggz onderwijs kinderopvang jeugdhulp maatschappelijk_werk "
    "beroepsmatig_overig burger onbekend"
)
AARD = (
    "kindermishandeling ex_partnergeweld ouderenmishandeling geweld_tegen_ouders huiselijk_geweld_overig "
    "andere_problematiek onbekend"
)
FOUR = "samen_op_in_acuut actieoverleg strafbare_km"
RESULTATEN = f"{FOUR} hg_vt_zsm visie interventiepalet informatie_uitwisseling indicatoren netwerken betrokkenen"
CODES: dict[tuple[str, str], str] = {
    ("veilig_thuis/meldingen", "melder"): MELDER,
    ("veilig_thuis/meldingen", "aard_geweld"): AARD,
    ("veilig_thuis/meldingen", "onveiligheid"): "acuut structureel acuut_en_structureel geen onbekend",
    ("veilig_thuis/meldingen", "besluit"): "overdracht voorwaarden_en_vervolg onderzoek verzoek_rvdk einde_bemoeienis",
    ("veilig_thuis/actieoverleggen", "wijze"): "fysiek video telefoon",
    ("veilig_thuis/actieoverleggen", "casusregie"): (
        "veilig_thuis zorg_en_veiligheidshuis lokaal_team gecertificeerde_instelling anders"
    ),
    ("politie/incidenten", "soort"): "mishandeling bedreiging belaging vernieling zeden overig",
    ("politie/incidenten", "ernst"): "licht ernstig",
    ("politie/incidenten", "sash_niveau"): "laag midden hoog",
    ("openbaar_ministerie/zsm_zaken", "beslissing"): (
        "dagvaarding strafbeschikking voorwaardelijk_sepot sepot voorgeleiding aangehouden"
    ),
    ("raad_voor_de_kinderbescherming/onderzoeken", "besluit"): (
        "geen_maatregel ots vots ots_met_uithuisplaatsing gezagsbeeindiging"
    ),
    ("reclassering/trajecten", "soort"): "advies toezicht spreekuur_hg",
    **{(f"{p}/inzet", "verbeteractiviteit"): f"{FOUR} hg_vt_zsm regulier" for p in PARTNERS},
    **{(f"{p}/inzet", "soort_inzet"): "regulier extra" for p in PARTNERS},
    **{(f"{p}/inzet", "wijze"): "fysiek video telefoon" for p in PARTNERS},
    ("landelijk_netwerk/regio_status", "verbeteractiviteit"): FOUR,
    ("landelijk_netwerk/regio_status", "status"): "geen afweging gepland actief",
    ("landelijk_netwerk/tarieven", "partner"): " ".join(PARTNERS),
    ("landelijk_netwerk/opleidingen", "status"): "gepland gegeven",
    ("landelijk_netwerk/opleidingen", "regio"): " ".join(["nederland", *VT_REGIOS, *ARRONDISSEMENTEN]),
    ("landelijk_netwerk/resultaten", "verbeteractiviteit"): RESULTATEN,
    ("landelijk_netwerk/resultaten", "status"): "gepland in_ontwikkeling opgeleverd",
    **{(feed, "vt_regio"): " ".join(VT_REGIOS) for feed, row in GOOD.items() if "vt_regio" in row},
    **{(feed, name): "true false" for feed, row in GOOD.items() for name in row if row[name] in ("true", "false")},
}
Row = Mapping[str, str]


def good_row(feed: str, number: int, **changes: str) -> dict[str, str]:
    """A valid row, the ``number``-th of its delivery (its keys differ by it), with changes."""
    row = dict(GOOD[feed])
    row[KEY[feed]] = ID.format(number)
    if "functie" in row and feed.startswith("landelijk"):
        row["functie"] = f"f{number}"
    if "peildatum" in row:
        row["peildatum"] = (date(2000, 1, 1) + timedelta(days=number % 8000)).isoformat()
        row["regio"] = VT_REGIOS[number // 8000]
    return row | changes


def good_rows(feed: str, count: int, **changes: str) -> list[dict[str, str]]:
    return [good_row(feed, number, **changes) for number in range(count)]


def csv_text(feed: str, rows: Iterable[Row]) -> str:
    """A delivery as CSV with LF; cells quoted where they must be. A row ``{"": text}`` is written as it stands."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(GOOD[feed])
    for row in rows:
        if "" in row:
            out.write(row[""] + "\n")
        else:
            writer.writerow([row[name] for name in GOOD[feed]])
    return out.getvalue()


def csv_bytes(feed: str, rows: Iterable[Row]) -> bytes:
    return csv_text(feed, rows).encode("utf-8", "surrogatepass")


KINDS = {
    "begonnen_op": pa.timestamp("us", "UTC"),
    "geeindigd_op": pa.timestamp("us", "UTC"),
    "uren": pa.decimal128(7, 2),
    "uurtarief": pa.decimal128(7, 2),
    "vanaf": pa.date32(),
    "tot": pa.date32(),
    "datum": pa.date32(),
    "peildatum": pa.date32(),
    "opgeleverd_op": pa.date32(),
    "geldig_vanaf": pa.date32(),
    "uitvoeringen": pa.int64(),
    "deelnemers": pa.int32(),
    "vervallen": pa.bool_(),
}


def table(feed: str, rows: Sequence[Row]) -> pa.Table:
    """The rows as an Arrow table of the contract's types."""
    arrays = {}
    for name in GOOD[feed]:
        texts = pa.array([row[name] or None for row in rows], pa.string())
        kind = KINDS.get(name, pa.string())
        if pa.types.is_boolean(kind):
            arrays[name] = pa.array([None if v is None else v == "true" for v in texts.to_pylist()])
        else:
            arrays[name] = texts.cast(kind)
    return pa.table(arrays)


def with_column(source: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return source.set_column(source.column_names.index(name), name, values)


def parquet_bytes(source: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(source, out, **options)
    return out.getvalue()


@dataclass(frozen=True)
class Shown:
    code: int
    out: str
    err: str


def veiligheid(*arguments: str) -> Shown:
    """One command line, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run([str(argument) for argument in arguments])
    return Shown(code, out.getvalue(), err.getvalue())


@dataclass
class Land:
    """A data home under ``root`` and what the command line says about it."""

    root: Path
    months: dict[str, int] = field(default_factory=dict)

    def put(self, feed: str, month: str, content: bytes | str, extension: str = "csv") -> Path:
        path = self.root / "inbox" / feed / f"{month}.{extension}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def free_month(self, feed: str) -> str:
        """The next month of a feed that no case has taken, from 2001-01."""
        taken = self.months[feed] = self.months.get(feed, -1) + 1
        return f"{2001 + taken // 12}-{taken % 12 + 1:02d}"

    def deliver(self, *paths: Path) -> Shown:
        return veiligheid("--home", str(self.root), "deliver", *map(str, paths))

    def ledger(self) -> list[dict[str, Any]]:
        shown = veiligheid("--home", str(self.root), "deliveries", "--json")
        assert (shown.code, shown.err) == (0, "")
        found: list[dict[str, Any]] = json.loads(shown.out)
        return found

    def stored(self, feed: str, month: str, which: str) -> list[dict[str, Any]]:
        """The latest ``accepted`` or ``quarantine`` rows of a delivery."""
        found = sorted((self.root / "lake" / feed / month).glob(f"*.{which}.parquet"))
        if not found:
            return []
        if which == "accepted":
            return pq.read_table(found[-1]).to_pylist()
        home = Home(self.root)
        path = found[-1].relative_to(self.root).as_posix()
        with Ledger.open(home) as ledger:
            delivery = next(d for d in ledger.all() if d.quarantine_path == path)
        content = lake.quarantine(home, delivery, keys_of(home))
        return pq.read_table(io.BytesIO(content)).to_pylist() if content else []

    def everything_said(self) -> str:
        """All that the command line shows of the ledger, and the ledger itself."""
        shown = [veiligheid("--home", str(self.root), "deliveries", *more) for more in ((), ("--json",))]
        kept = [path.read_bytes().decode("utf-8", "replace") for path in self.root.glob("ledger.sqlite*")]
        return "\n".join([s.out + s.err for s in shown] + kept)


def assert_one_line(shown: Shown) -> None:
    """Exit 2 with one Dutch line on standard error, and no sign of what happened inside."""
    assert shown.code == 2, shown
    assert shown.err.count("\n") == 1 and shown.err.endswith("\n") and len(shown.err) > 10, shown
    assert not re.search(r"Traceback|Error|error:|Usage|Try |No such|Missing|Invalid|not found|required", shown.err), (
        shown
    )
