"""What feeds a call database, since when, how much, and whether it has gone silent.

A followed source is known to be complete up to ``checked_at``: the follower advances it only while the switch answers
(the manager's Ping, the event socket), so a quiet night is not taken for a dead feed. A queue log and FreeSWITCH's own
database have no heartbeat: it can only be said how long nothing new has come from them.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from ccmon.database.alarm_limits import read_site_limits
from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_reading
from ccmon.database.disk_space import is_full
from ccmon.database.driver import Database
from ccmon.database.opening_calendar import read_opening_calendar
from ccmon.database.running_followers import LATE_MS
from ccmon.database.site import site_zone
from ccmon.database.source_lock import SourceLock, is_locked
from ccmon.database.sql_files import sql, statements
from ccmon.database.totals import bulk_load
from ccmon.errors import CcmonError
from ccmon.metrics.durations import coarse
from ccmon.metrics.next_change import NextChange
from ccmon.model.alarm_limits import SiteLimits
from ccmon.model.business_day import BusinessDay
from ccmon.model.opening_hours import OpeningFigures, quiet_since
from ccmon.model.sources import FOLLOWED_KINDS, FollowService
from ccmon.plausibility import AHEAD_MS
from ccmon.snapshot.opening_hours import BusinessDayOpening
from ccmon.time_units import MINUTE_MS

CLOCKS_APART_MS: Final = 5 * MINUTE_MS
"""How much clocks may differ; anything further ahead has a wrong date."""


ASK_DOCTOR: Final = "; sudo ccmon doctor says what gives it that right"
"""Ends the text of a source whose follower may not write the database."""


class FollowState(StrEnum):
    """Whether a source is followed, and reports."""

    FOLLOWED = "followed"
    QUIET = "quiet"
    """Followed, but nothing has come for long, and nothing shows whether more could."""
    SILENT = "silent"
    """It should be followed, but its follower has not reported."""
    NOT_FOLLOWED = "not followed"
    """Imported, stopped properly, or written by a program of the site's own."""


class SourceRow(Struct, frozen=True, gc=False):
    """All that the database holds about a source. A row of the query ``sources``.

    Moments are Unix milliseconds; those of records are the source's, the others real.
    """

    name: str
    kind: str
    """queue-log, ami, freeswitch, table, simulator; sql: written by another program."""
    origin: str | None = None
    """The file, or host and port."""
    following: int = False
    started_at: int | None = None
    last_record_at: int | None = None
    checked_at: int | None = None
    records: int | None = None
    unknown_records: int | None = None
    """How many of the records are events that ccmon does not know."""
    rejected: int | None = None
    """Lines that could not be understood."""
    incomplete_records: int | None = None
    """How many of the records were ingested without an impossible number."""
    heartbeat: int = False
    """Whether a dead switch is noticed even while nothing happens."""
    process_namespace: int | None = None
    """Linux's process namespace in which it is followed, or was last; None: not known."""
    last_error: str | None = None
    """What keeps its follower from going on, as it has said; None: it has gone on since."""


class SourceStatus(SourceRow, frozen=True, gc=False, kw_only=True):
    """A source's row and whether it is up to date, as ``ccmon sources`` shows it."""

    state: FollowState
    text: str
    """Its state in one sentence; if something is wrong, also what to do."""
    running: bool | None = None
    """Whether a ccmon process writes this source, or runs to do so again; None: it cannot be seen from here."""
    unknown_events: dict[str, int] = {}
    """The unknown records by the name of their event, the most frequent first, as far as names were counted."""


class _UnknownEvent(Struct, frozen=True, gc=False):
    """A row of the query ``unknown_events``."""

    source: str
    event: str
    records: int


FindService = Callable[[Path, str], FollowService | None]
"""Returns the service that follows a source of a database, given its name; None: none is known."""


def source_statuses(
    path: Path, connection: sqlite3.Connection, at: int, find_service: FindService = lambda _, __: None
) -> Iterator[SourceStatus]:
    """Each source of the database at ``path``, read through ``connection``, at the floor's moment ``at``."""
    database = Database(connection)
    stored = database.rows("sources", SourceRow)
    floor = _Floor(at, read_site_limits(database), opening_at(database, at), is_full(path), restored_at(database))
    unknown: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for each in database.rows("unknown_events", _UnknownEvent):
        unknown[each.source][each.event] = each.records
    for row in stored:
        running = is_locked(path, row.name, row.process_namespace) if row.kind in FOLLOWED_KINDS else None
        is_asked = row.following and (not running or floor.is_late(row))
        service = find_service(path, row.name) if is_asked else None
        state, text = _state(row, floor, running, service)
        if service is not None and service.is_running is not None and state is FollowState.SILENT:
            running = service.is_running
        yield SourceStatus(
            **asdict(row), state=state, text=text, running=running, unknown_events=unknown.get(row.name, {})
        )
    for name in database.values("sources_of_calls"):
        if name not in {row.name for row in stored}:
            newest_at: int = database.value("last_call_of_source", {"source": name, "latest": at + AHEAD_MS})
            text = "written by another program"
            yield SourceStatus(name, "sql", last_record_at=newest_at, state=FollowState.NOT_FOLLOWED, text=text)


def restored_at(database: Database) -> int | None:
    """When a copy was last put in the place of a database (Unix milliseconds); None: never."""
    found: int | None = database.value("restored_at")
    return found


def retire(path: Path, connection: sqlite3.Connection, name: str) -> None:
    """Expect no more records from a source; its calls stay.

    Raises:
        CcmonError: there is no such source, or somebody follows it.
    """
    check_known(path, connection, name)
    lock = SourceLock(path, name)
    try:
        connection.execute(sql("retire_source"), {"name": name})
    finally:
        lock.release()


class Brought(Struct, frozen=True, gc=False):
    """How many rows came from a source. A row of the query ``count_rows_of_source``."""

    calls: int
    states: int
    """Of agents."""
    members: int
    """Memberships of queues."""


def brought_by(path: Path, connection: sqlite3.Connection, name: str) -> Brought:
    """How much came from a source.

    Raises:
        CcmonError: there is no such source.
    """
    brought = Database(connection).one_row("count_rows_of_source", Brought, {"name": name})
    if not brought.calls:
        check_known(path, connection, name)
    return brought


def calls_of(path: Path, connection: sqlite3.Connection, name: str) -> int:
    """How many calls came from a source.

    Raises:
        CcmonError: there is no such source.
    """
    calls: int = Database(connection).value("count_calls_of_source", {"name": name})
    if not calls:
        check_known(path, connection, name)
    return calls


def forget(path: Path, connection: sqlite3.Connection, name: str) -> None:
    """Delete everything that came from a source, in one transaction; names first seen in it stay.

    Raises:
        CcmonError: there is no such source, or somebody writes it.
    """
    calls_of(path, connection, name)
    lock = SourceLock(path, name)
    try:
        # All references to the calls are removed here; SQLite would search for more, row by row.
        connection.execute("PRAGMA foreign_keys = OFF")
        with transaction(connection), bulk_load(connection):
            for statement in statements("delete_source"):
                connection.execute(statement, {"name": name})
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
        lock.release()


def check_known(path: Path, connection: sqlite3.Connection, name: str) -> None:
    """Raise if there is no such source.

    Raises:
        CcmonError: there is none.
    """
    if name not in {row.name for row in Database(connection).rows("sources", SourceRow)}:
        raise CcmonError(f'There is no source "{name}" in {path}; ccmon sources lists them.')


def names_of_sources(path: Path, *, expected: bool = False) -> list[str]:
    """The names of all sources of a database, also of those that another program writes.

    Args:
        path: the database.
        expected: only those of which records are expected.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(path) as connection:
        database = Database(connection)
        found = [row.name for row in database.rows("sources", SourceRow) if row.following or not expected]
        return sorted({*found, *([] if expected else database.values("sources_of_calls"))})


def opening_at(database: Database, at: int) -> OpeningFigures | None:
    """Whether the site is open; None: not known."""
    day = database.row("business_day", BusinessDay, {"at": at})
    if day is None:
        return None
    zone = site_zone(database.connection)
    return BusinessDayOpening(read_opening_calendar(database), day, zone).at(NextChange(at))


class _Floor(Struct, frozen=True):
    """By what sources are judged."""

    at: int
    limits: SiteLimits
    opening: OpeningFigures | None
    disk_is_full: bool
    restored_at: int | None
    """When the database was last restored; None: never. What is told of the time before comes from the copy."""

    def unheard(self, source: SourceRow) -> str:
        """Since when a source has not been heard of, as it goes on after "not heard of"."""
        checked_at, restored_at = source.checked_at, self.restored_at
        if restored_at is not None and (checked_at is None or checked_at < restored_at):
            return f"since the database was restored {coarse(self.at - restored_at)} ago"
        return "ever" if checked_at is None else f"for {coarse(self.at - checked_at)}"

    def is_late(self, source: SourceRow) -> bool:
        """Whether a source has not been heard of for too long: less is enough where the cause is known."""
        is_told = self.disk_is_full or source.last_error is not None
        longest_ms = LATE_MS if is_told else self.limits.data_age_ms
        return source.checked_at is None or self.at - source.checked_at > longest_ms


def _state(
    source: SourceRow, floor: _Floor, running: bool | None, service: FollowService | None
) -> tuple[FollowState, str]:
    """The state of a source, and the sentence for it; without a heartbeat, it is quiet after some open time.

    A follower that is known not to run is missed at once, one that may run when its sign of life is late, as the
    alarm about the age of the data.
    """
    at, last_at = floor.at, source.last_record_at
    if not source.following:
        return FollowState.NOT_FOLLOWED, "not followed"
    is_stopped = running is False or (running is None and service is not None and service.is_running is False)
    if is_stopped or floor.is_late(source):
        missed = _missed(source, floor.unheard(source), running, service, disk_is_full=floor.disk_is_full)
        return FollowState.SILENT, missed
    since_at = quiet_since(floor.opening, last_at) if last_at else None
    if not source.heartbeat and last_at and since_at is not None and at - since_at > floor.limits.quiet_source_ms:
        quiet = f"nothing new for {coarse(at - last_at)}"
        return FollowState.QUIET, f"{quiet}: a quiet time, or the switch does not write any more, which looks the same"
    return FollowState.FOLLOWED, "followed; the switch answers" if source.heartbeat else "followed"


def _missed(
    source: SourceRow, since: str, running: bool | None, service: FollowService | None, *, disk_is_full: bool
) -> str:
    """What to do about a source that is not heard of."""
    if disk_is_full:
        return f"not heard of {since}: the disk is full, and nothing more can be written: make room on it"
    if service is not None and service.refused:
        return f"not heard of {since}: {service.refused}{ASK_DOCTOR}"
    last = source.last_error or (service and service.last_line)
    said = f". It said last: {last}" if last else ""
    if running and source.heartbeat and source.last_error:  # a follower says why it hears nothing
        return f"no answer from the switch {since}: its ccmon follow runs and tries again{said}"
    if running or (service is not None and service.is_running):
        return f"not heard of {since}: its ccmon follow runs and tries again{said}"
    if running is None and (service is None or service.is_running is None):
        follower = "its ccmon follow" if source.kind in FOLLOWED_KINDS else "the program that writes it"
        return f"not heard of {since}: see whether {follower} runs"
    start = "" if service is None else f": {service.start_command}"
    again = f"; mend that, then start it again{start}" if said else f"; start it again{start}"
    return f"not heard of {since}: no ccmon follow runs for it{said.removesuffix('.')}{again}"
