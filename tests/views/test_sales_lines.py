"""What is cached about quotas is asked for once, and goes with them."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.model.sales import QuotaFigures
from ccmon.views.sales_lines import CachedByQuota
from tests.busy_floor import busy_floor


def test_what_follows_from_a_quota_is_worked_out_once_while_it_is_asked_for() -> None:
    asked: list[int] = []

    def sales(quota: QuotaFigures) -> int:
        asked.append(quota.sales)
        return quota.sales

    cached = CachedByQuota(sales)
    quota = busy_floor(24).sales[0].quotas[0]
    stays = [replace(quota, sales=number) for number in range(300)]
    for minute in range(20):
        comes = [replace(quota, sales=1000 + 300 * minute + number) for number in range(300)]
        for _ in range(12):
            assert [cached.of(each) for each in (*stays, *comes)] == [each.sales for each in (*stays, *comes)]
    assert len(asked) == len(set(asked)) == 300 + 20 * 300
    assert cached.size <= 4 * 300
