"""What is cached about quotas is worked out once, and goes with them."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.model.sales import Period, QuotaFigures
from ccmon.views.sales_lines import CachedByQuota, SalesLine
from tests.busy_floor import busy_floor

_CENTRE = busy_floor(24).sales[0]


def _line(sales: int, *, agent: int = 0, period: Period = Period.DAY) -> SalesLine:
    return SalesLine(replace(_CENTRE, kind="agent", id=agent), replace(_CENTRE.quotas[0], sales=sales), period)


def _cached(asked: list[int]) -> CachedByQuota[int]:
    def sales(quota: QuotaFigures) -> int:
        asked.append(quota.sales)
        return quota.sales

    return CachedByQuota(sales)


def test_what_follows_from_a_quota_is_worked_out_once_while_it_is_the_latest() -> None:
    asked: list[int] = []
    cached = _cached(asked)
    stay = [_line(number, agent=number) for number in range(300)]
    for minute in range(20):
        comes = [_line(1000 + 300 * minute + number, agent=300 + number) for number in range(300)]
        for _ in range(12):
            lines = [*stay, *comes]
            assert [cached.of(each) for each in lines] == [each.quota and each.quota.sales for each in lines]
    assert len(asked) == len(set(asked)) == 300 + 20 * 300
    assert cached.size == 2 * 300


def test_a_quota_that_is_another_each_second_leaves_nothing_behind() -> None:
    asked: list[int] = []
    cached = _cached(asked)
    for second in range(1000):
        for _ in range(3):
            assert cached.of(_line(second)) == second
    assert len(asked) == 1000
    assert cached.size == 1


def test_periods_of_a_scope_have_values_of_their_own() -> None:
    asked: list[int] = []
    cached = _cached(asked)
    for _ in range(2):
        assert [cached.of(_line(100 + place, period=each)) for place, each in enumerate(Period)] == [100, 101, 102]
    assert len(asked) == 3


def test_nothing_follows_from_no_quota() -> None:
    assert _cached([]).of(SalesLine(_CENTRE, None, Period.WEEK)) is None
