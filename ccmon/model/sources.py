"""What feeds the database, and long work under way."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from ccmon.time_units import MINUTE_MS

FOLLOWED_KINDS = frozenset({"queue-log", "ami", "freeswitch", "simulator"})
"""Kinds of sources that ccmon itself follows; a row of another is kept by a program of the site's own."""
_CLOCKS_APART_MS = MINUTE_MS
"""How much later than its follower a switch may think it is."""
DEFAULT_SERVICE = "ccmon-follow"
"""The name of the service that follows a source, unless another one is given."""


def default_source_name(kind: str, *, has_queue_log: bool = False) -> str:
    """The name that a source has in the database unless it is given one.

    Args:
        kind: as ``ccmon follow`` names it.
        has_queue_log: whether Asterisk's queue log is followed beside its manager.
    """
    return "queue-log" if has_queue_log else kind


class Source(Struct, frozen=True):
    """Where calls come from, and when it last gave a sign of life.

    A row of ``sources_and_heartbeats``.
    """

    name: str
    kind: str
    following: int
    """1 while a `follow` process or a simulated floor keeps the source up to date, else 0."""
    last_record_at: int | None
    checked_at: int | None
    """The last moment at which the writer was known to have everything."""
    records: int
    rejected: int
    heartbeat: int = 1
    """1 where the source shows that the switch is alive even while nothing happens; 0 for a queue log, which cannot."""
    process_namespace: int | None = None
    """Linux's process namespace in which it is followed, or was last; None: not known."""
    running: bool | None = None
    """Of a source with a late sign of life: whether its follower runs. None: it is not late, or that cannot be seen."""
    disk_is_full: bool = False
    """Of one with a late sign of life: whether nothing more can be written where the database lies."""
    last_error: str | None = None
    """What keeps its follower from going on, as it has said; None: it has gone on since."""

    @property
    def is_stopped(self) -> bool:
        """Whether it should be followed, and nobody does, or what is reported cannot be written."""
        return bool(self.following) and (self.running is False or self.disk_is_full)

    @property
    def is_retired(self) -> bool:
        """Whether it was followed once, and nothing more is expected of it."""
        return not self.following and self.process_namespace is not None


def left_at(sources: Collection[Source], newest_at: int | None) -> int | None:
    """Until when a database was followed that is followed no more, and into which nothing has come since.

    Args:
        sources: all of it.
        newest_at: its newest record of a switch.

    Returns:
        Unix milliseconds; None: it is followed, or it never was, or calls have come in another way since.
    """
    if any(source.following for source in sources):
        return None
    last = max((source.checked_at or 0 for source in sources if source.is_retired), default=0)
    return last if last and newest_at is not None and newest_at <= last + _CLOCKS_APART_MS else None


class FollowService(Struct, frozen=True):
    """A service of this machine that follows a source."""

    start_command: str
    """What starts it."""
    is_running: bool | None
    """Whether it runs; None: that cannot be seen."""
    last_line: str | None
    """What it said last, if that can be read."""
    starts_again: bool = False
    """Whether it has ended, and systemd starts it again by itself."""
    refused: str | None = None
    """The right that its account lacks to write the database, such as "account ccmon cannot write /srv/calls.db"."""


class Progress(Struct, frozen=True):
    """Long work in the background, such as filling in past weeks."""

    task: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is done, in whole percent: 100 only when it is finished."""
        return 100 * self.done // max(1, self.total)

    def __str__(self) -> str:
        return f"{self.task} {self.percent} %"
