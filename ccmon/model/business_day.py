"""The business day that figures are counted over."""

from __future__ import annotations

from msgspec import Struct


class BusinessDay(Struct, frozen=True):
    """``[starts_at, ends_at)`` of one local date; 23, 24 or 25 hours long (metrics.md 1.7)."""

    date: str
    """ISO date in the site's time zone."""
    starts_at: int
    ends_at: int
