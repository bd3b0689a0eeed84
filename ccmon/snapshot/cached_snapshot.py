"""A snapshot assembled once, and the same snapshot at later moments until something in it falls due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import Alarm
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarm_order import merged, ordered
from ccmon.snapshot.alarms import FollowUpAlarms, source_and_follow_up_alarms
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.costs import at_later_moment
from ccmon.snapshot.data_moments import DataMoments
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.follow_ups import FollowUpsOfTheDay
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.source_alarms import is_left
from ccmon.snapshot.time_at_work import TimeAtWork

SOURCE_FIELDS = frozenset({"sources", "newest_at"})
"""Rows that change with each heartbeat of a source, and only say how new the data is."""
COMPARED_FIELDS = (
    "states",  # changes most
    *(name for name in FloorData.__struct_fields__ if name not in SOURCE_FIELDS | {"progress", "states"}),
)


def of_the_day(periodic: PeriodicFigures | None, data: FloorData) -> PeriodicFigures | None:
    """The periodic figures if they are of the same business day as the rows; else None."""
    return periodic if periodic is not None and periodic.rows.day == data.day else None


class CachedSnapshot(Struct, frozen=True, kw_only=True, eq=False):
    """A snapshot, and the cached parts it was made from; the next assembly with the same cache changes these parts."""

    data: FloorData
    periodic: PeriodicFigures | None
    snapshot: FloorSnapshot
    agents: Mapping[int, AgentFigures]
    agent_alarms: ChunkedRows[Alarm]
    """Alarms about agents, in order."""
    queue_and_customer_alarms: tuple[Alarm, ...]
    """Alarms about queues and customers, and those about agents that somebody sees to."""
    source_and_follow_up_alarms: tuple[Alarm, ...]
    """Alarms about the data itself and about follow-ups."""
    time: TimeAtWork
    until: int
    """Until this moment, only moments, lengths of time and follow-ups change."""
    follow_ups: FollowUpsOfTheDay
    follow_up_alarms: FollowUpAlarms

    def snapshot_at(self, data: FloorData, at: int, periodic: PeriodicFigures | None) -> FloorSnapshot | None:
        """The snapshot at another moment if it differs only in how long everything has lasted; else None.

        Args:
            data: the rows of that moment.
            at: the moment.
            periodic: what is not read at each poll.
        """
        if periodic is not self.periodic or not self.snapshot.at <= at < self.until or not self._has_same_rows(data):
            return None
        moments = DataMoments.of_data(data, at)
        if moments.data_ends_at != self.snapshot.data_ends_at:
            return None
        snapshot = replace(
            self.snapshot,
            at=at,
            data_at=moments.data_at,
            data_ends_at=moments.data_ends_at,
            sources=self.snapshot.sources if data.sources is self.data.sources else tuple(data.sources),
            follow_ups=self.follow_ups.update(self.data, self.agents, NextChange(at)),
        )
        if is_left(snapshot) != is_left(self.snapshot):
            return None
        resources = snapshot.resources
        if periodic is not None and resources is not None:
            resources = at_later_moment(resources, periodic.handling_shares, self.time, snapshot.known_until)
        return replace(snapshot, resources=resources, alarms=self._alarms(snapshot))

    def _alarms(self, snapshot: FloorSnapshot) -> Sequence[Alarm]:
        """The alarms of a later moment; the same object while alarms and order are the same."""
        others = source_and_follow_up_alarms(snapshot, self.follow_up_alarms, self.follow_ups.edition)
        if others == self.source_and_follow_up_alarms:
            return self.snapshot.alarms
        when_known = NextChange(snapshot.known_until)
        return merged(
            self.agent_alarms, ordered(chain(others, self.queue_and_customer_alarms), when_known), when_known.at
        )

    def _has_same_rows(self, data: FloorData) -> bool:
        """Whether the rows are the same, except for those of the sources."""
        if data is self.data:
            return True
        for name in COMPARED_FIELDS:
            if getattr(data, name) is not getattr(self.data, name):
                return False
        return not data.progress and not self.data.progress
