"""The same time of day on another business day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ccmon.model.business_day import BusinessDay


def same_time(today: BusinessDay, other: BusinessDay, at: int, zone: ZoneInfo) -> int:
    """The moment in another business day that the wall clock calls the same (metrics.md 1.7)."""
    local = datetime.fromtimestamp(at / 1000, zone)
    into = local.date() - datetime.fromisoformat(today.date).date()
    date = datetime.fromisoformat(other.date).date() + timedelta(days=into.days)
    return round(datetime.combine(date, local.time(), zone).timestamp() * 1000)
