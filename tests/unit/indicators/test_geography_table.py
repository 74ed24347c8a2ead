"""A list of regions with a hole in it is refused: what is wrong, on which line, and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators import geography
from indicators.geography.table import COLUMNS, PATH, RegionTableError, read

LAND = "nederland,Nederland,land,,2000-01-01,,"
NOORD = "noord,Noord,arrondissement,noord,2000-01-01,,"
A = "a,A,vt_regio,noord,2000-01-01,,"
B = "b,B,vt_regio,noord,2000-01-01,,"
A_ENDED = "a,A,vt_regio,noord,2000-01-01,2020-06-30,{}"
B_ENDED = "b,B,vt_regio,noord,2000-01-01,2020-06-30,{}"
AB = "ab,AB,vt_regio,noord,2020-07-01,,"


def refused(folder: Path, *lines: str, header: str = ",".join(COLUMNS)) -> str:
    """The message; the first of ``lines`` is line 4."""
    path = folder / "regions.csv"
    path.write_text("\n".join([header, LAND, NOORD, *lines]) + "\n", encoding="utf-8")
    with pytest.raises(RegionTableError) as caught:
        read(path)
    return str(caught.value)


def test_the_list_of_the_house_can_be_used() -> None:
    assert geography.listed() == read(PATH) and len(geography.listed()) >= 37


def test_a_whole_list_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    lines = [",".join(COLUMNS), LAND, NOORD, A_ENDED.format("ab"), B_ENDED.format("ab"), AB]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    assert [row.code for row in read(path)] == ["nederland", "noord", "a", "b", "ab"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,A,vt_regio,noord,2000-01-01,", "has 6 fields, must have 7"),
        ("", "has 0 fields, must have 7"),
        ("A-1,A,vt_regio,noord,2000-01-01,,", "code 'A-1' must be lower case letters and underscores"),
        ("a, ,vt_regio,noord,2000-01-01,,", "a has no naam; give it one"),
        ("a,A,gemeente,noord,2000-01-01,,", "niveau is 'gemeente', must be one of land, arrondissement, vt_regio"),
        ("a,A,arrondissement,noord,2000-01-01,,", "arrondissement of arrondissement a must be 'a'"),
        ("a,A,vt_regio,noord,20000101,,", "valid_from '20000101' must be a date such as 2000-01-01"),
        ("a,A,vt_regio,noord,,,", "valid_from '' must be a date"),
        ("a,A,vt_regio,noord,2000-01-01,2020-06-31,b", "valid_to '2020-06-31' must be a date"),
        ("a,A,vt_regio,noord,2000-01-01,9999-12-31,b", "leave valid_to of a empty as long as no end is known"),
        ("a,A,vt_regio,noord,2000-01-01,1999-12-31,b", "valid_to 1999-12-31 lies before valid_from 2000-01-01"),
        ("a,A,vt_regio,noord,2000-01-01,,b", "a went into b, so valid_to must be its last day"),
    ],
)
def test_a_line_that_can_not_be_read_is_refused(tmp_path: Path, line: str, said: str) -> None:
    assert refused(tmp_path, line, B).startswith(f"regions.csv, line 4: {said}")


@pytest.mark.parametrize(
    ("lines", "number", "said"),
    [
        ([A, A], 5, "the same as regions.csv, line 4; leave one out"),
        ([A, "a,A,vt_regio,noord,2020-07-01,,"], 5, "a overlaps its row of 2000-01-01; that must end on 2020-06-30"),
        ([A_ENDED.format(""), "a,A,vt_regio,noord,2020-06-30,,"], 5, "a overlaps its row of 2000-01-01"),
        ([A_ENDED.format(""), "a,A,vt_regio,noord,2020-07-02,,"], 5, "a has a gap before 2020-07-02"),
        ([A_ENDED.format(""), "a,A,arrondissement,a,2020-07-01,,"], 5, "a is a vt_regio elsewhere"),
        ([A_ENDED.format("b"), B, "a,A,vt_regio,noord,2020-07-01,,"], 4, "a goes on in a next row; leave opgegaan_in"),
        ([A_ENDED.format(""), B], 4, "a ends on 2020-06-30 without a successor; name one region in opgegaan_in"),
        ([A_ENDED.format("c"), B], 4, "opgegaan_in 'c' is no vt_regio of this file; add its row, or correct the code"),
        ([A_ENDED.format("noord"), B], 4, "opgegaan_in 'noord' is no vt_regio of this file"),
        ([A_ENDED.format("ab"), AB.replace("07-01", "07-02")], 4, "a goes into ab, which must be valid on 2020-07-01"),
        ([A_ENDED.format("a")], 4, "a goes into a, which must be valid on 2020-07-01 and is not"),
        ([A_ENDED.format("b"), B_ENDED.format("a")], 4, "a goes into b, which must be valid on 2020-07-01 and is not"),
        ([A, AB], 5, "nothing becomes ab on 2020-07-01; name it as opgegaan_in of the regions that end on 2020-06-30"),
        ([A.replace("noord", "zuid")], 4, "arrondissement 'zuid' is not in this file; add its row"),
        ([A, B.replace("noord", "a")], 5, "arrondissement 'a' is not in this file"),
    ],
)
def test_a_division_with_a_hole_in_it_is_refused(tmp_path: Path, lines: list[str], number: int, said: str) -> None:
    assert refused(tmp_path, *lines).startswith(f"regions.csv, line {number}: {said}")


def test_a_region_lies_in_an_arrondissement_that_is_there_all_that_time(tmp_path: Path) -> None:
    ended = "zuid,Zuid,arrondissement,zuid,2000-01-01,2020-06-30,noord"
    said = refused(tmp_path, ended, A.replace("noord", "zuid"))
    assert said.startswith("regions.csv, line 5: a lies in zuid from 2000-01-01, and has no end, but that is not valid")
    assert said.endswith("end this row and add one with the arrondissement that follows")
    later = ["oost,Oost,arrondissement,oost,2020-07-01,,", "zuid,Zuid,arrondissement,zuid,2000-01-01,2020-06-30,oost"]
    assert "line 6: a lies in oost from 2000-01-01" in refused(tmp_path, *later, A.replace("noord", "oost"))


def test_there_is_one_country_from_the_first_day_on(tmp_path: Path) -> None:
    other = "belgie,België,land,,2000-01-01,,"
    assert refused(tmp_path, other, A) == ("regions.csv: must have one row of niveau land, nederland, without valid_to")
    assert refused(tmp_path, A.replace("2000", "1999")).startswith(
        "regions.csv: nederland must be valid from the first"
    )


def test_another_header_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, A, header="code,naam").startswith("regions.csv, line 1: must be code,naam,niveau")
