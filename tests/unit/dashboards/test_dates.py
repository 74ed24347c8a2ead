"""Days and periods in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from dashboards import dates, texts
from indicators import dutch


@pytest.fixture
def english() -> Iterator[None]:
    texts.use("en")
    yield
    texts.use(texts.LANGUAGE)


@pytest.mark.parametrize("code", ["2021", "2021-K3", *(f"2021-{month:02d}" for month in range(1, 13))])
def test_in_dutch_they_are_written_as_everywhere(code: str) -> None:
    assert dates.period(code) == dutch.period(code)


def test_a_day_a_moment_and_a_list_in_dutch() -> None:
    assert dates.day(date(2021, 3, 12)) == dutch.day(date(2021, 3, 12))
    assert dates.moment(datetime(2021, 3, 12, 9, 5)) == dutch.moment(datetime(2021, 3, 12, 9, 5))
    assert dates.period_short("2021-03") == "mrt 2021" and dates.period_short("2021-K1") == "K1 2021"
    assert dates.listing(["a", "b", "c"]) == dutch.listing(["a", "b", "c"]) == "a, b en c"


@pytest.mark.usefixtures("english")
def test_in_english() -> None:
    assert dates.period("2021-03") == "March 2021" and dates.period("2021-K3") == "quarter 3 of 2021"
    assert dates.day(date(2021, 3, 12)).split() == ["12", "March", "2021"]
    assert dates.moment(datetime(2021, 3, 12, 9, 5)).split() == ["12", "March", "2021,", "9:05"]
    assert dates.listing(["a", "b"]) == "a and b" and dates.listing(["a"]) == "a"
