"""Follows FreeSWITCH by its event socket, or by polling its database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ccmon.database.source_records import FaultyRecord
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.events import FloorEvent
from ccmon.real_time import real_now
from ccmon.sources.connection import (
    BEAT_S,
    SILENCE_S,
    ConnectionLostError,
    Login,
    Session,
    commit_unless_locked,
    quoted_headers,
    translate_or_reject,
)
from ccmon.sources.freeswitch import database, numbers
from ccmon.sources.freeswitch.event_socket import EventSocket
from ccmon.sources.freeswitch.member_table import MemberTableComparison
from ccmon.sources.freeswitch.orphaned_callers import MemberList, OrphanedCallers, can_be_asked_for
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.tables import CallCenterTables, listing
from ccmon.sources.freeswitch.translator import EventTranslator
from ccmon.sources.stop import Stop
from ccmon.time_units import HOUR_MS

LOOK_S: Final = 1.0
"""Seconds between two polls of the database."""

_LONG_AGO_MS: Final = HOUR_MS
_AGENTS_S: Final = 30.0
"""How often the switch is asked for its agents and tiers: no event reports a new tier."""

CANNOT_TELL: Final = (
    "with only the database, every caller who leaves unanswered counts as abandoned (hang-up, time-out, key and no "
    "agents look alike there), and a call that rings or is over within a second may be missed; give --event-socket "
    "to get everything."
)

UNASKED: Final = (
    "callers and agents appear with their next event, queues served and wrap-up not at all; give --database as well."
)
"""What is missing where the event socket's user may not ask questions."""


def compare_tables(
    writer: Writer,
    comparison: MemberTableComparison,
    at: int,
    tables: CallCenterTables,
    *,
    noted: set[str],
    where: str,
    clock_offset_ms: int = 0,
) -> list[FloorEvent]:
    """The events of one reading of the tables. An impossible row is noted once, however often it is read."""
    events = list(comparison.compare(at, tables, writer.has_call, clock_offset_ms=clock_offset_ms))
    found = [*((error, True) for error in tables.errors), *((error, False) for error in comparison.errors)]
    comparison.errors.clear()
    for error, taken_in in found:
        if error not in noted:
            noted.add(error)
            writer.report_faulty(FaultyRecord(where, None, error, error, taken_in=taken_in))
    return events


class _Received(NamedTuple):
    """What has arrived at the event socket."""

    news: bool
    """Whether any of it is the call centre's, or something expected has fallen due."""
    agent_added: bool


class EventSocketSession(Session):
    """One switch's event socket."""

    kind = "freeswitch"

    def __init__(self, login: Login, *, say: Callable[[str], object], file: Path | None = None) -> None:
        """``file``: callcenter.db, from which to load the state where the socket's user may not ask for it."""
        super().__init__(login.address, say)
        self._login = login
        self._file = file
        self._said: set[str] = set()
        self._noted: set[str] = set()
        self._behind_ms = 0
        """How late the last event arrived: a stream that was held up for hours reports what happened then."""

    def run(self, writer: Writer, stop: Stop) -> None:
        """See `ccmon.sources.connection.Session`."""
        translator = EventTranslator(ReportedAgents())
        with EventSocket(self._login) as switch:
            self._mention_clock(switch.clock_offset_ms)
            comparison = MemberTableComparison(translator.reported, translator.callers)
            comparison.resume(writer.state_machine)
            at = real_now()
            offset = switch.clock_offset_ms
            tables = self._tables(switch)
            if tables is not None:
                where = self._address
                writer.apply(
                    compare_tables(
                        writer, comparison, at, tables, noted=self._noted, where=where, clock_offset_ms=offset
                    )
                )
            writer.commit(checked_at=at)
            self.connected = True
            self._say(f"connected to the event socket at {self._address}.")
            orphans = OrphanedCallers(translator)
            beat_at = agents_at = time.monotonic()
            while not stop.asked:
                news, agent_added = self._ingest(writer, switch, translator)
                if orphans.should_ask(real_now() - self._behind_ms):
                    news = self._find_orphans(writer, switch, orphans) or news
                now = time.monotonic()
                if now - agents_at >= _AGENTS_S or agent_added:
                    agents_at, at = now, real_now() - self._behind_ms
                    agent_tables = self._agent_tables(switch)
                    if agent_tables is not None:
                        writer.apply(translator.reported.refresh(at, agent_tables))
                if news or now - beat_at >= BEAT_S:
                    beat_at = now
                    commit_unless_locked(writer, real_now() - self._behind_ms)

    def _ingest(self, writer: Writer, switch: EventSocket, translator: EventTranslator) -> _Received:
        """Ingest what has arrived, and what was expected by now."""
        actions = set()
        for at, event in switch.receive():
            if numbers.impossible_event(event, real_now(), switch.clock_offset_ms) is None:
                self._behind_ms = real_now() - at
            actions.add(event.get("CC-Action", ""))
            self._record(writer, switch, translator, at, event)
        expired = translator.expire(real_now() - self._behind_ms)
        writer.apply(expired)
        return _Received(news=any(actions) or bool(expired), agent_added="agent-add" in actions)

    def _record(
        self, writer: Writer, switch: EventSocket, translator: EventTranslator, at: int, event: Mapping[str, str]
    ) -> None:
        """Ingest one event. One that cannot be understood, or has an impossible moment, is set aside."""
        if not translator.understands(event):
            return
        content, now = quoted_headers(event.items()), real_now()
        why = numbers.impossible_event(event, now, switch.clock_offset_ms)
        if why is not None:
            writer.report_faulty(FaultyRecord(self._address, None, why, content))
            return
        possible, errors = numbers.checked(event, now)
        record = translate_or_reject(writer, self._address, content, errors, lambda: translator.translate(at, possible))
        if record is not None:
            writer.ingest([record])

    def _find_orphans(self, writer: Writer, switch: EventSocket, orphans: OrphanedCallers) -> bool:
        """Ask for the callers and end the orphaned ones; return whether there were any."""
        members = self._members(switch, orphans.queues())
        at = real_now() - self._behind_ms
        ends = list(orphans.compare(at, members, clock_offset_ms=switch.clock_offset_ms))
        writer.apply(ends)
        return bool(ends)

    def _members(self, switch: EventSocket, queues: Iterable[str]) -> MemberList | None:
        """Who is in these queues; None if neither switch nor file says."""
        answers = {}
        try:
            for queue in filter(can_be_asked_for, queues):
                answer = switch.ask(f"callcenter_config queue list members {queue}")
                if answer.rstrip().endswith("+OK") and {"queue", "uuid"} <= set(answer.partition("\n")[0].split("|")):
                    answers[queue] = answer
        except CcmonError:
            answers = {}
        if not answers:
            return self._members_of_file(queues)
        rows = CallCenterTables.of(
            (), (), (columns for answer in answers.values() for columns in listing(answer))
        ).members
        return MemberList(answers.keys(), rows, "".join(answers.values()))

    def _members_of_file(self, queues: Iterable[str]) -> MemberList | None:
        if self._file is None:
            return None
        try:
            return MemberList(set(queues), database.read(self._file).members)
        except (CcmonError, database.LockedError):
            return None  # we ask again soon

    def _tables(self, switch: EventSocket) -> CallCenterTables | None:
        """The whole floor; None if neither switch nor file says."""
        if self._file is not None:
            try:
                return database.read(self._file)
            except database.LockedError:
                self._say(f"{self._file} is locked; the switch is asked over its event socket instead.")
        agent_tables = self._agent_tables(switch)
        if agent_tables is None:
            return None
        queues = listing(switch.ask("callcenter_config queue list"))
        members = [
            member
            for queue in queues
            for member in listing(switch.ask(f"callcenter_config queue list members {queue.get('name', '')}"))
        ]
        found = CallCenterTables.of((), (), members)
        return found._replace(
            agents=agent_tables.agents, tiers=agent_tables.tiers, errors=agent_tables.errors + found.errors
        )

    def _agent_tables(self, switch: EventSocket) -> CallCenterTables | None:
        """Agents and tiers; None if neither switch nor file says."""
        try:
            agents = listing(switch.ask("callcenter_config agent list"))
            return CallCenterTables.of(agents, listing(switch.ask("callcenter_config tier list")), ())
        except CcmonError as error:
            if self._file is None:
                sentence = f"{str(error).removesuffix('.')}; {UNASKED}"
                if sentence not in self._said:
                    self._said.add(sentence)
                    self._say(sentence)
                return None
        try:
            return database.read(self._file)
        except database.LockedError:
            return None


class DatabaseSession(Session):
    """The switch's own database, polled every second."""

    kind = "freeswitch"

    def __init__(self, file: Path, *, say: Callable[[str], object]) -> None:
        """``file``: callcenter.db."""
        super().__init__(str(file.absolute()), say)
        self._file = file
        self._noted: set[str] = set()
        self._newest = 0
        """The newest moment in the file, in Unix seconds by the switch's clock; below, when it was first seen there."""
        self._newest_seen_at = 0.0

    def run(self, writer: Writer, stop: Stop) -> None:
        """See `ccmon.sources.connection.Session`."""
        reported = ReportedAgents()
        comparison = MemberTableComparison(reported, {})
        comparison.resume(writer.state_machine)
        read_at = time.monotonic()
        while not stop.asked:
            try:
                tables = database.read(self._file)
            except database.LockedError:
                if time.monotonic() - read_at > SILENCE_S:
                    raise ConnectionLostError(f"{self._file} has been locked for {SILENCE_S:.0f} s") from None
                stop.wait(LOOK_S / 4)
                continue
            except CcmonError as error:
                if not self.connected:
                    raise
                raise ConnectionLostError(str(error)) from error
            read_at = time.monotonic()
            self._ingest(writer, comparison, tables)
            if not self.connected:
                self.connected = True
                self._say(f"reading {self._file}; {CANNOT_TELL}")
            stop.wait(LOOK_S)

    def _ingest(self, writer: Writer, comparison: MemberTableComparison, tables: CallCenterTables) -> None:
        at = self._time(tables)
        reported = compare_tables(writer, comparison, at, tables, noted=self._noted, where=str(self._file))
        events = [*reported, *comparison.reported.wrap_ups.expire(at)]
        writer.count(records=len(events))
        writer.apply(events)
        commit_unless_locked(writer, at)

    def _time(self, tables: CallCenterTables) -> int:
        """Now; for a file in which nothing has changed for long, its own time: it does not show how old its calls are.

        The callers of a copy, or of a switch that is down, count as orphaned only once the file has been watched for
        longer than any call lasts (metrics.md 1.5).
        """
        now, newest = real_now(), tables.newest()
        if newest != self._newest:
            self._newest, self._newest_seen_at = newest, time.monotonic()
        if not newest or now - newest * 1000 < _LONG_AGO_MS:
            return now
        return newest * 1000 + round((time.monotonic() - self._newest_seen_at) * 1000)
