"""The robust range of a feed's volume."""

from __future__ import annotations

import pytest

from data_contracts.history import usual_volume


def months(*volumes: int) -> dict[str, int]:
    return {f"20{20 + i // 12}-{i % 12 + 1:02d}": volume for i, volume in enumerate(volumes)}


def test_three_robust_standard_deviations_around_the_median() -> None:
    # median 102.5, deviations 2.5 1.5 0.5 0.5 1.5 2.5 with median 1.5
    usual = usual_volume("2021-01", months(100, 101, 102, 103, 104, 105), 3, 12, 6)
    assert usual is not None
    assert usual.low == pytest.approx(102.5 - 3 * 1.4826 * 1.5)
    assert usual.high == pytest.approx(102.5 + 3 * 1.4826 * 1.5)
    assert [usual.holds(volume) for volume in (95, 96, 109, 110)] == [False, True, True, False]


def test_fewer_than_six_months_say_nothing() -> None:
    assert usual_volume("2021-01", months(1, 2, 3, 4, 5), 3, 12, 6) is None


def test_only_the_last_twelve_months_before_it_count() -> None:
    volumes = {**months(*[1000] * 12, *[10, 11, 12] * 4), "2023-01": 5000}
    usual = usual_volume("2022-01", volumes, 3, 12, 6)
    assert usual is not None and usual.high < 20


def test_a_month_does_not_count_for_itself() -> None:
    assert usual_volume("2020-06", months(1, 2, 3, 4, 5, 6), 3, 12, 6) is None


@pytest.mark.parametrize(("volume", "usually"), [(26, True), (27, True), (41, True), (42, False), (0, False)])
def test_equal_months_leave_the_spread_of_counting(volume: int, usually: bool) -> None:
    # 26 +- 3 sqrt(26) = 26 +- 15.3
    usual = usual_volume("2021-01", months(*[26] * 12), 3, 12, 6)
    assert usual is not None and usual.holds(volume) is usually


def test_months_without_records_are_months() -> None:
    usual = usual_volume("2021-01", months(*[0] * 6), 3, 12, 6)
    assert usual is not None and usual.holds(3) and not usual.holds(4)
