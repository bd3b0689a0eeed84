"""How new the data is, and whether it has ended: times run only up to the moment until which something is known."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from ccmon.model.alarm_limits import USUAL_LIMITS, AlarmLimits
from ccmon.model.site import SiteMove
from ccmon.model.sources import Source, left_at
from ccmon.snapshot.floor_data import FloorData


class DataMoments(Struct, frozen=True):
    """How new the data is at a moment."""

    data_at: int | None
    """The newest moment for which the database is known to be complete; None for an empty database."""
    data_ends_at: int | None
    """The same moment, if it is too long ago for the data to be current, a follower has stopped, or another database is
    in force; else None."""

    @classmethod
    def of_data(cls, data: FloorData, at: int) -> DataMoments:
        """How new the rows of a moment are at that moment."""
        return cls.of(data.sources, data.newest_at, at, data.directory.alarm_limits, data.moved)

    @classmethod
    def of(
        cls,
        sources: Collection[Source],
        newest_at: int | None,
        at: int,
        limits: AlarmLimits = USUAL_LIMITS,
        moved: SiteMove | None = None,
    ) -> DataMoments:
        """How new the data is at a moment.

        Args:
            sources: each followed one must have been read up to ``data_at``.
            newest_at: the newest moment of any row, which counts if no source is followed, nor was until after it.
            at: the moment.
            limits: how old data may be.
            moved: to which database the site was moved; nothing more comes into this one, unless it is followed.
        """
        checked = [source.checked_at for source in sources if source.following and source.checked_at is not None]
        newest_at = min(checked) if checked else left_at(sources, newest_at) or newest_at
        if newest_at is None:
            return cls(None, None)
        data_at = min(newest_at, at)
        is_stopped = any(source.is_stopped for source in sources)
        is_former = moved is not None and moved.at <= at and not any(source.following for source in sources)
        is_over = is_stopped or is_former or at - data_at > limits.data_age_limit_ms(sources, data_at)
        return cls(data_at, data_at if is_over else None)
