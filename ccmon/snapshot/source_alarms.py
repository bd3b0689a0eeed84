"""Alarms about the data itself: whether it comes, and how old it is. They are found anew for each snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from ccmon.model.alarms import Alarm, Rule, Severity, SourceAlarm
from ccmon.model.opening_hours import quiet_since
from ccmon.model.site import SiteMove
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Source, left_at


def is_left(snapshot: FloorSnapshot) -> bool:
    """Whether the floor is that of a former database, or one followed no more: nobody waits or works there any more."""
    is_left = snapshot.moved is not None or left_at(snapshot.sources, snapshot.data_at) is not None
    return snapshot.data_ends_at is not None and is_left


def source_alarms(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    """Alarms about the data itself."""
    yield from _data_age(snapshot)
    yield from _quiet_sources(snapshot)


def _data_age(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    """A follower reports at all hours; nobody imports while the site is closed."""
    age_ms, moved = snapshot.data_age_ms, snapshot.moved
    if age_ms is None or snapshot.data_at is None:
        if moved is not None:
            yield _of_former_database(moved, snapshot, None)
        return
    limit_ms = snapshot.alarm_limits.data_age_limit_ms(snapshot.sources, snapshot.data_at)
    followed = [source for source in snapshot.sources if source.following]
    source = min(followed, key=lambda each: (not each.is_stopped, each.checked_at or snapshot.at), default=None)
    is_left = left_at(snapshot.sources, snapshot.data_at) is not None
    if is_left:
        source = max((each for each in snapshot.sources if each.is_retired), key=lambda each: each.checked_at or 0)
    is_live = bool(followed) or is_left
    since = snapshot.data_at if is_live else quiet_since(snapshot.opening_hours, snapshot.data_at)
    is_old = since is not None and snapshot.at - since > limit_ms
    if moved is not None and snapshot.data_ends_at is not None:
        yield _of_former_database(moved, snapshot, source)
        return
    if not is_old and not (source and source.is_stopped):
        return
    yield SourceAlarm(
        rule=Rule.DATA_AGE,
        severity=Rule.DATA_AGE.severity if is_live else Severity.WATCH,
        subject="data",
        since=snapshot.data_at,
        value=age_ms / 1000,
        limit=limit_ms / 1000,
        source=source,
        followed=len(followed),
        agents_ready=snapshot.total.agents_ready,
    )


def _of_former_database(moved: SiteMove, snapshot: FloorSnapshot, source: Source | None) -> SourceAlarm:
    """The alarm of a database that is not in force any more, and into which nothing comes: told at once."""
    return SourceAlarm(
        rule=Rule.DATA_AGE,
        severity=Rule.DATA_AGE.severity,
        subject="data",
        since=moved.at,
        value=max(0, snapshot.at - moved.at) / 1000,
        limit=None,
        source=source,
        followed=sum(bool(each.following) for each in snapshot.sources),
        agents_ready=snapshot.total.agents_ready,
        moved=moved,
    )


def _quiet_sources(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    """Without a heartbeat, a quiet time and a dead source look alike: worth a check while agents are ready.

    A site that is closed is quiet, and it begins to count when it opens.
    """
    ready = snapshot.total.agents_ready
    if not ready:
        return
    limit_ms = snapshot.alarm_limits.quiet_source_ms
    for source in snapshot.sources:
        last_at = source.last_record_at or snapshot.at
        since = quiet_since(snapshot.opening_hours, last_at)
        if source.following and not source.heartbeat and since is not None and snapshot.at - since > limit_ms:
            yield SourceAlarm(
                rule=Rule.QUIET_SOURCE,
                severity=Rule.QUIET_SOURCE.severity,
                subject=source.name,
                since=source.last_record_at,
                value=(snapshot.at - last_at) / 1000,
                limit=limit_ms / 1000,
                source=source,
                followed=sum(source.following for source in snapshot.sources),
                agents_ready=ready,
            )
