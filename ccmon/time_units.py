"""Lengths of time in milliseconds, ccmon's unit of all moments and lengths."""

from __future__ import annotations

SECOND_MS = 1_000
MINUTE_MS = 60_000
QUARTER_MS = 900_000
"""A quarter of an hour."""
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
"""24 hours; a calendar day may be an hour longer or shorter."""
WEEK_MS = 604_800_000

NEVER = 1 << 62
"""A moment later than any other."""
