"""Where old data ends."""

from __future__ import annotations

from collections.abc import Iterable

from ccmon.model.sources import SourceHealth
from ccmon.snapshot.alarm_limits import DEFAULT_LIMITS, AlarmLimits


def known_until(
    data_at: int | None, at: int, sources: Iterable[SourceHealth], limits: AlarmLimits = DEFAULT_LIMITS
) -> int:
    """The moment up to which it is known what goes on: now, or where the data ends if that is too long ago.

    Args:
        data_at: the newest moment for which the database is known to be complete.
        at: now.
        sources: where the data comes from.
        limits: how old it may be.
    """
    return at if data_at is None or at - data_at <= limits.of_data_ms(sources) else data_at
