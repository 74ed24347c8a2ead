"""Every rule of level rij of every feed, with a row that breaks it; GX must count the same or `judge` raises."""

from __future__ import annotations

import pytest
from text_tables import BROKEN, MONTH, Row, good_row, good_rows, judge, reasons

from data_contracts.loader import contracts
from data_contracts.model import Contract, Rule
from data_contracts.rows import row_rules

# One of the five inzet feeds stands for all: tests/contracts holds them against each other.
FEEDS = [name for name in contracts() if not name.endswith("/inzet") or name == "politie/inzet"]

# The value that breaks a rule which follows from a column's definition.
BREAKING = {
    "verplicht": None,
    "vorm": "31-12-2021",
    "waarde": "Groningen",
    "patroon": "twee woorden",
    "tekens": "a\u200bb",
    "lengte": "é" * 501,
    "niet_positief": "0.00",
    "identificerend": "Bel gerust: 06-12345678.",
}
EARLY = {"timestamp": "1999-12-31T22:59:59Z", "date": "1999-12-31"}
LATE = {"timestamp": "2021-12-31T23:00:00Z", "date": "2022-01-01"}

MELDINGEN = "veilig_thuis/meldingen"
ACTIEOVERLEGGEN = "veilig_thuis/actieoverleggen"
ZSM_ZAKEN = "openbaar_ministerie/zsm_zaken"
ONDERZOEKEN = "raad_voor_de_kinderbescherming/onderzoeken"
TRAJECTEN = "reclassering/trajecten"
INCIDENTEN = "politie/incidenten"
INZET = "politie/inzet"
REGIO_STATUS = "landelijk_netwerk/regio_status"
OPLEIDINGEN = "landelijk_netwerk/opleidingen"
TARIEVEN = "landelijk_netwerk/tarieven"
PRAKTIJKLOCATIES = "landelijk_netwerk/praktijklocaties"
RESULTATEN = "landelijk_netwerk/resultaten"

# Received on 2 June at half past midnight in Amsterdam; nothing has happened yet.
JUST_AFTER_MIDNIGHT: Row = {
    "ontvangen_op": "2021-06-01T22:30:00Z",
    "veiligheidsbeoordeling_op": None,
    "dienst_afgerond_op": None,
    "terugkoppeling_op": None,
    "betrokkenheid_beeindigd_op": None,
}

# Written out: feed, what is changed in a good row, and exactly the rules that then break.
WRITTEN: list[tuple[str, Row, set[str]]] = [
    (MELDINGEN, {"veiligheidsbeoordeling_op": "2021-03-04T08:14:59Z"}, {"veiligheidsbeoordeling_op_voor_ontvangen_op"}),
    (MELDINGEN, {"veiligheidsbeoordeling_op": "2021-03-04T08:15:00Z"}, set()),
    (MELDINGEN, {"overdracht_op": "2021-03-03"}, {"overdracht_op_voor_ontvangen_op"}),
    (MELDINGEN, {"overdracht_op": "2021-03-04"}, set()),
    (MELDINGEN, {"terugkoppeling_op": "2021-03-03"}, {"terugkoppeling_op_voor_ontvangen_op"}),
    (MELDINGEN, {"betrokkenheid_beeindigd_op": "2021-03-03"}, {"betrokkenheid_beeindigd_op_voor_ontvangen_op"}),
    (MELDINGEN, {"dienst_afgerond_op": "2021-03-07"}, {"dienst_afgerond_op_voor_veiligheidsbeoordeling_op"}),
    (MELDINGEN, {"dienst_afgerond_op": "2021-03-08"}, set()),
    # No rule between these two: dienst_afgerond_op is held against the beoordeling only.
    (MELDINGEN, {"dienst_afgerond_op": "2021-03-01", "veiligheidsbeoordeling_op": None}, set()),
    (MELDINGEN, {**JUST_AFTER_MIDNIGHT, "overdracht_op": "2021-06-01"}, {"overdracht_op_voor_ontvangen_op"}),
    (MELDINGEN, {**JUST_AFTER_MIDNIGHT, "overdracht_op": "2021-06-02"}, set()),
    # A value that does not parse breaks its form and no order.
    (MELDINGEN, {"overdracht_op": "2021-02-30"}, {"overdracht_op_vorm"}),
    (MELDINGEN, {"ontvangen_op": "2021-03-04T09:15:00"}, {"ontvangen_op_vorm"}),
    (ACTIEOVERLEGGEN, {"gehouden_op": "2021-03-05T09:59:59+01:00"}, {"gehouden_op_voor_aangemeld_op"}),
    (ACTIEOVERLEGGEN, {"gehouden_op": "2021-03-05T10:00:00+01:00"}, set()),
    (ZSM_ZAKEN, {"beslissing_op": "2021-03-04T09:29:59+01:00"}, {"beslissing_op_voor_instroom_op"}),
    (ZSM_ZAKEN, {"vt_geraadpleegd_op": "2021-03-01T00:00:00Z"}, set()),
    (ONDERZOEKEN, {"gestart_op": "2021-03-09"}, {"gestart_op_voor_verzoek_op"}),
    (ONDERZOEKEN, {"afgerond_op": "2021-03-14"}, {"afgerond_op_voor_gestart_op"}),
    (ONDERZOEKEN, {"afgerond_op": "2021-03-14", "gestart_op": None}, set()),
    (TRAJECTEN, {"gestart_op": "2021-03-04"}, {"gestart_op_voor_aangemeld_op"}),
    (TRAJECTEN, {"beeindigd_op": "2021-03-10"}, {"beeindigd_op_voor_gestart_op"}),
    # Politie has no order at all.
    (
        INCIDENTEN,
        {
            "aanhouding_op": "2021-01-01T00:00:00Z",
            "zorgmelding_op": "2021-01-01T00:00:00Z",
            "vt_betrokken_op": "2021-01-01T00:00:00Z",
        },
        set(),
    ),
    (INZET, {"geeindigd_op": "2021-03-08T12:59:59+01:00", "uren": "0.01"}, {"geeindigd_op_voor_begonnen_op"}),
    (INZET, {"geeindigd_op": "2021-03-08T13:00:00+01:00", "uren": "0.01"}, {"uren_boven_interval"}),
    (INZET, {"uren": "2.00"}, set()),
    (INZET, {"uren": "2.01"}, {"uren_boven_interval"}),
    # 1 second above 2 hours rounds up to 2.01.
    (INZET, {"geeindigd_op": "2021-03-08T15:00:01+01:00", "uren": "2.01"}, set()),
    (INZET, {"geeindigd_op": "2021-03-08T15:00:36+01:00", "uren": "2.01"}, set()),
    (INZET, {"geeindigd_op": "2021-03-08T15:00:36+01:00", "uren": "2.02"}, {"uren_boven_interval"}),
    (INZET, {"geeindigd_op": "2021-03-08T15:00:37+01:00", "uren": "2.02"}, set()),
    (INZET, {"geeindigd_op": None, "uren": "744"}, set()),
    (INZET, {"geeindigd_op": None, "uren": "744.01"}, {"uren_boven_interval"}),
    (INZET, {"geeindigd_op": "x", "uren": "745"}, {"geeindigd_op_vorm"}),
    # An interval of 25 hours on the night the clock goes back.
    (
        INZET,
        {"begonnen_op": "2021-10-31T00:00:00+02:00", "geeindigd_op": "2021-11-01T00:00:00+01:00", "uren": "25"},
        set(),
    ),
    (INZET, {"uren": "0.00"}, {"uren_niet_positief"}),
    (INZET, {"uren": "-1"}, {"uren_vorm"}),
    (INZET, {"uren": "1,5"}, {"uren_vorm"}),
    (INZET, {"verbeteractiviteit": "regulier"}, set()),
    (INZET, {"begonnen_op": None}, {"begonnen_op_verplicht"}),
    (INZET, BROKEN, {"aantal_velden"}),
    (INZET, {"vervallen": "true"}, set()),
    (INZET, {"gezin": "abcdefghijklmnopqrstuvwxy1"}, {"gezin_patroon"}),
    (INZET, {"gezin": "abcdefghijklmnopqrstuvwxyz2"}, {"gezin_patroon"}),
    (INZET, {"functie": "x" * 64}, set()),
    (INZET, {"functie": "x" * 65}, {"functie_patroon"}),
    (INZET, {"functie": "\u202eabc"}, {"functie_patroon", "functie_tekens"}),
    (INZET, {"wijze": "fysiek\u200d"}, {"wijze_waarde", "wijze_tekens"}),
    # A single identifier in an id is kept.
    (INZET, {"functie": "123456782"}, set()),
    (REGIO_STATUS, {"peildatum": "2022-02-01"}, {"peildatum_na_maand"}),
    (REGIO_STATUS, {"peildatum": "2022-02-02", "status": "gepland"}, set()),
    (REGIO_STATUS, {"peildatum": "1999-12-30", "status": "gepland"}, {"peildatum_te_vroeg"}),
    (REGIO_STATUS, {"peildatum": "2022-02-03", "status": None}, {"peildatum_na_maand", "status_verplicht"}),
    (REGIO_STATUS, {"verbeteractiviteit": "regulier"}, {"verbeteractiviteit_waarde"}),
    (REGIO_STATUS, {"verbeteractiviteit": "hg_vt_zsm"}, {"regio_past_niet"}),
    (REGIO_STATUS, {"verbeteractiviteit": "hg_vt_zsm", "regio": "oost_nederland"}, set()),
    (REGIO_STATUS, {"verbeteractiviteit": "strafbare_km", "regio": "oost_nederland"}, {"regio_past_niet"}),
    (REGIO_STATUS, {"regio": "nederland"}, {"regio_waarde"}),
    (REGIO_STATUS, {"toelichting": "🤦🏼‍♂️" * 100}, set()),
    (REGIO_STATUS, {"toelichting": "🤦🏼‍♂️" * 100 + "!"}, {"toelichting_lengte"}),
    (REGIO_STATUS, {"toelichting": "\u200b zichtbaar\u202e\t"}, set()),
    (REGIO_STATUS, {"toelichting": " \n"}, set()),
    (OPLEIDINGEN, {"datum": "2022-01-01"}, {"datum_na_maand"}),
    (OPLEIDINGEN, {"datum": "2022-01-01", "status": "gepland"}, set()),
    (OPLEIDINGEN, {"uitvoeringen": "0", "deelnemers": "0"}, set()),
    (OPLEIDINGEN, {"deelnemers": "-1"}, {"deelnemers_vorm"}),
    (OPLEIDINGEN, {"naam": " \u00a0"}, {"naam_verplicht"}),
    (OPLEIDINGEN, {"regio": "nederland"}, set()),
    (TARIEVEN, {"geldig_vanaf": "2035-01-01"}, set()),
    (TARIEVEN, {"partner": "landelijk_netwerk"}, {"partner_waarde"}),
    (PRAKTIJKLOCATIES, {"vanaf": "2030-01-01", "tot": "2029-12-31"}, {"tot_voor_vanaf"}),
    (PRAKTIJKLOCATIES, {"vanaf": "2030-01-01", "tot": "2030-01-01"}, set()),
    (RESULTATEN, {"verbeteractiviteit": "regulier"}, {"verbeteractiviteit_waarde"}),
    (RESULTATEN, {"opgeleverd_op": "2022-01-01"}, {"opgeleverd_op_na_maand"}),
    (RESULTATEN, {"titel": "Zie nummer 123456782"}, {"titel_identificerend"}),
]


def breaking_row(contract: Contract, rule: Rule, number: int) -> Row:
    """A good row, changed so that it breaks a rule that follows from a column's definition."""
    column = contract.column(rule.columns[0])
    row = good_row(contract, number)
    if column.plan_when is not None:
        name, code = column.plan_when
        row[name] = next(value for value in contract.column(name).values if value != code)
    value = {"te_vroeg": EARLY, "na_maand": LATE}.get(rule.kind, {}).get(column.kind) or BREAKING.get(rule.kind)
    return {**row, column.name: value}


def is_single(rule: Rule) -> bool:
    """Whether one row alone can break the rule and its definition says how."""
    return rule.derived and rule.kind != "dubbel"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[int, set[str]], dict[str, list[int]]]]:
    """Per feed: the reasons per row, and the row numbers of the cases: by rule code, by place in WRITTEN, and pairs."""
    found = {}
    for name in FEEDS:
        contract = contracts()[name]
        rows: list[Row] = []
        places: dict[str, list[int]] = {}

        def add(case: str, *new: Row, rows: list[Row] = rows, places: dict[str, list[int]] = places) -> None:
            rows.extend(new)
            places[case] = list(range(len(rows) - len(new) + 1, len(rows) + 1))

        for rule in row_rules(contract):
            if is_single(rule):
                add(rule.code, breaking_row(contract, rule, len(rows)))
        for i, (feed, changes, _) in enumerate(WRITTEN):
            if feed == name:
                add(f"written-{i}", {**good_row(contract, len(rows)), **changes})
        twin = good_row(contract, 5000)
        add("twins", twin, {**good_row(contract, 5001), contract.key: twin[contract.key]})
        for names in contract.alternate_keys:
            same = {n: good_row(contract, 5002)[n] for n in names}
            add(" ".join(names), *({**good_row(contract, 5003 + i), **same} for i in range(3)))
            gone = {n: good_row(contract, 5010)[n] for n in names}
            add(
                "withdrawn",
                {**good_row(contract, 5011), **gone},
                {**good_row(contract, 5012), **gone, "vervallen": "true"},
            )
        rows += good_rows(contract, 5 * len(rows), first=len(rows))
        judged = judge(contract, rows, tmp_path_factory.mktemp("rules"))
        assert judged.verdict == "accepted", judged.findings
        found[name] = (reasons(judged), places)
    return found


@pytest.mark.parametrize("name", FEEDS)
def test_good_rows_break_nothing(broken, name: str) -> None:
    found, places = broken[name]
    last = max(number for numbers in places.values() for number in numbers)
    assert not {row for row in found if row > last}


CASES = [(name, rule.code) for name in FEEDS for rule in row_rules(contracts()[name]) if is_single(rule)]


@pytest.mark.parametrize(("name", "code"), CASES)
def test_a_rule_that_follows_from_a_column(broken, name: str, code: str) -> None:
    found, places = broken[name]
    assert code in found[places[code][0]]


@pytest.mark.parametrize("i", range(len(WRITTEN)))
def test_written_cases(broken, i: int) -> None:
    name, changes, expected = WRITTEN[i]
    found, places = broken[name]
    assert found.get(places[f"written-{i}"][0], set()) == expected, changes


@pytest.mark.parametrize("name", FEEDS)
def test_every_row_of_a_key_that_occurs_twice(broken, name: str) -> None:
    found, places = broken[name]
    assert [found[row] for row in places["twins"]] == [{f"{contracts()[name].key}_dubbel"}] * 2


@pytest.mark.parametrize("name", [name for name in FEEDS if contracts()[name].alternate_keys])
def test_alternate_keys_count_among_rows_that_are_not_withdrawn(broken, name: str) -> None:
    found, places = broken[name]
    (names,) = contracts()[name].alternate_keys
    code = f"{'_'.join(names)}_dubbel"
    assert [found[row] for row in places[" ".join(names)]] == [{code}] * 3
    assert not [found[row] for row in places["withdrawn"] if row in found]


def test_every_rule_is_broken_by_some_row(broken) -> None:
    never = {
        (name, rule.code)
        for name in FEEDS
        for rule in row_rules(contracts()[name])
        if rule.code not in set().union(*broken[name][0].values())
    }
    # How many fields a row has does not depend on the feed.
    assert never == {(name, "aantal_velden") for name in FEEDS if name != "politie/inzet"}


def test_the_month_of_the_cases_is_the_one_the_dates_are_chosen_for() -> None:
    assert MONTH == "2021-12"
