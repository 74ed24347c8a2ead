"""Who sees which cells: a publication cut for a role holds no other cell, anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import sample_publication
import yaml

from dashboards import audience, queries, roles
from dashboards.audience import DEMO, Audience, UnknownRegion, cut
from dashboards.queries import Publication
from dashboards.roles import RolesError
from indicators import geography
from indicators.model import FOLDER

NETWORK, STEWARD = Audience("landelijk_netwerk"), Audience("gegevensbeheerder")
TWENTE, OOST = Audience("bestuurder", region="twente"), Audience("bestuurder", region="oost_nederland")
POLITIE = Audience("bestuurder", partner="politie")
EVERY_ROLE = sorted(roles.load(roles.FILE).audiences.values(), key=lambda a: a.name)


def regions_of(publication: Publication) -> set[str]:
    found = [publication.tables[name]["regio"].cast(pl.String) for name in ("indicator_values", "curves")]
    return set(pl.concat(found))


def partners_of(publication: Publication) -> set[str]:
    keys = ("dimensie", "categorie")
    found = [
        publication.tables[name].select(pl.col(k).cast(pl.String) for k in keys)
        for name in ("indicator_values", "curves")
    ]
    return set(pl.concat(found).filter(pl.col("dimensie") == "partner")["categorie"])


def test_the_network_and_stewards_see_every_cell(publication: Publication) -> None:
    for whom in (NETWORK, STEWARD, DEMO):
        seen = cut(publication, whom)
        assert seen.tables["indicator_values"].equals(publication.tables["indicator_values"])
        assert seen.tables["curves"].equals(publication.tables["curves"])
        assert seen.definitions == publication.definitions


def test_an_administrator_of_a_region_sees_it_and_what_is_above_it(publication: Publication) -> None:
    seen = cut(publication, TWENTE)
    assert regions_of(seen) == {"twente", "oost_nederland", "nederland"}
    assert partners_of(seen) == set(sample_publication.PARTNERS)


def test_an_administrator_of_an_arrondissement_sees_what_lies_in_it(publication: Publication) -> None:
    within = {"ijsselland", "twente", "noord_en_oost_gelderland", "gelderland_midden", "gelderland_zuid"}
    assert regions_of(cut(publication, OOST)) == {"oost_nederland", "nederland", *within}


def test_an_administrator_of_a_partner_sees_every_region_and_of_the_partners_itself(publication: Publication) -> None:
    seen = cut(publication, POLITIE)
    assert regions_of(seen) == regions_of(publication)
    assert partners_of(seen) == {"politie"}
    whole = publication.tables["indicator_values"]
    others = (pl.col("dimensie") == "partner") & (pl.col("categorie") != "politie")
    assert seen.tables["indicator_values"].height == whole.height - whole.filter(others).height
    named = [d for definition in seen.definitions.values() for d in definition["dimensions"] if d["name"] == "partner"]
    assert named and all(list(d["categories"]) == ["politie"] for d in named)


@pytest.mark.parametrize("whom", EVERY_ROLE, ids=lambda a: a.name)
def test_every_role_there_is_finds_its_own_region_in_a_publication(whom: Audience, publication: Publication) -> None:
    seen = cut(publication, whom)
    assert seen.audience == whom
    assert not whom.region or whom.region in {region.code for region in seen.regions_with_figures}
    assert {region.code for region in seen.regions_with_figures} == {
        str(code) for code in seen.tables["indicator_values"]["regio"].unique()
    }


def test_regions_that_are_not_the_readers_are_named_for_the_map(publication: Publication) -> None:
    assert cut(publication, OOST).names_elsewhere("arrondissement").keys() == {
        r.code for r in publication.regions if r.niveau == "arrondissement" and r.code != "oost_nederland"
    }
    assert len(cut(publication, OOST).names_elsewhere("vt_regio")) == 21
    for whom in (NETWORK, POLITIE, DEMO):
        assert cut(publication, whom).names_elsewhere("vt_regio") == {}


def test_what_holds_no_persons_is_for_everybody(publication: Publication) -> None:
    for whom in (TWENTE, OOST, POLITIE):
        seen = cut(publication, whom)
        for name in ("regio_status", "praktijklocaties", "opleidingen", "resultaten"):
            assert seen.tables[name].equals(publication.tables[name])
        assert seen.regions == publication.regions


def test_a_region_that_is_not_in_force_has_no_figures(publication: Publication) -> None:
    for code in ("atlantis", "nederland_"):
        with pytest.raises(UnknownRegion, match=code):
            cut(publication, Audience("bestuurder", region=code))


def test_a_publication_as_it_was_read_is_for_nobody(publication: Publication) -> None:
    assert publication.audience is None
    assert audience.before(publication) is None


def test_of_the_publication_before_no_other_cell_is_seen(sample_home: Path, publication: Publication) -> None:
    later = replace(publication, number="0004")
    there = queries.tables_before(sample_home, later.number)
    found = audience.before(cut(later, TWENTE))
    assert there is not None and found is not None and found[0] == there[0]
    assert set(found[1]["indicator_values"]["regio"]) == {"twente", "oost_nederland", "nederland"}
    assert set(there[1]["indicator_values"]["regio"]) > set(found[1]["indicator_values"]["regio"])


def test_every_dimension_of_organisations_is_cut() -> None:
    """A dimension that names two partners or more tells of organisations."""
    dimensions = yaml.safe_load((FOLDER / "dimensions.yaml").read_text(encoding="utf-8"))
    told = {
        name for name, d in dimensions.items() if len(d["categories"].keys() & sample_publication.PARTNERS.keys()) > 1
    }
    assert told == {audience.PARTNER}


def test_every_region_and_partner_has_an_administrator() -> None:
    given = roles.load(roles.FILE)
    assert {a.region for a in given.audiences.values() if a.region} == geography.names().keys() - {"nederland"}
    assert {a.partner for a in given.audiences.values() if a.partner} == set(sample_publication.PARTNERS)
    assert len({a.name for a in given.audiences.values()}) == len(given.audiences)


def test_a_claim_gives_roles_and_a_strange_one_none() -> None:
    given = roles.load(roles.FILE)
    assert given.given({"rollen": ["bestuurder-regio-twente", "offline_access"]}) == [TWENTE]
    assert given.given({"rollen": "bestuurder-politie"}) == [POLITIE]
    assert given.given({"rollen": ["landelijk-netwerk", "bestuurder-politie"]}) == [NETWORK, POLITIE]
    assert given.given({"rollen": ["bestuurder-politie", "bestuurder-politie"]}) == [POLITIE]
    for claims in ({}, {"rollen": None}, {"rollen": []}, {"rollen": {"bestuurder-politie": True}}, {"rollen": [["x"]]},
                   {"rollen": "Bestuurder-politie"}, {"groups": ["landelijk-netwerk"]}):  # fmt: skip
        assert given.given(claims) == []


def broken() -> Iterator[tuple[str, str]]:
    yield "", "claim"
    yield "claim: rollen\nroles: [a]\n", "lijst"
    yield "claim: ''\nroles: {}\n", "naam"
    yield "claim: rollen\nroles: {}\nextra: 1\n", "precies"
    yield "claim: rollen\nroles:\n  a: {role: baas}\n", "baas"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder}\n", "bestuurder van"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder, region: twente, partner: politie}\n", "bestuurder van"
    yield "claim: rollen\nroles:\n  a: {role: landelijk_netwerk, region: twente}\n", "bestuurder van"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder, region: atlantis}\n", "atlantis"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder, region: nederland}\n", "nederland"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder, partner: landelijk_netwerk}\n", "landelijk_netwerk"
    yield "claim: rollen\nroles:\n  a: {role: bestuurder, regio: twente}\n", "anders dan"
    yield "claim: rollen\nroles:\n  1: {role: landelijk_netwerk}\n", "anders dan"
    yield "claim: rollen\nroles:\n  a: {role: landelijk_netwerk}\n  a: {role: gegevensbeheerder}\n", "niet te lezen"


@pytest.mark.parametrize("content, said", list(broken()))
def test_a_file_of_roles_that_is_not_right_is_refused_whole(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RolesError, match=said):
        roles.load(path)


def test_a_file_of_roles_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RolesError, match="niet te lezen"):
        roles.load(tmp_path / "weg.yaml")


def test_a_region_is_judged_alike_for_whoever_sees_it(publication: Publication) -> None:
    """An administrator sees one region, or just enough of them to judge them among themselves: both would differ."""
    whole, told = cut(publication, NETWORK), 0
    for whom in (TWENTE, OOST):
        seen = cut(publication, whom)
        regions = regions_of(seen)
        cells = seen.plain.filter(pl.col("regio_niveau") != "land", periode_soort="jaar")
        columns = ("indicator", "regio_niveau", "periode", "dimensie", "categorie")
        for indicator, *key in cells.select(columns).unique().rows():
            of_all = whole.compared(whole.definitions[indicator], *key)
            found = seen.compared(seen.definitions[indicator], *key)
            assert found.verdicts == tuple(v for v in of_all.verdicts if v.regio in regions)
            assert (found.reason, found.funnel is None) == (of_all.reason, of_all.funnel is None)
            told += sum(not verdict.reason for verdict in found.verdicts)
    assert told > 10
