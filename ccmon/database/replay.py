"""Apply the records after a gap again, as far as they are kept, to the state with which the gap ends.

They were first applied without what happened in the gap: that somebody was paused, logged in, or sat at a desk. What
they made of agents then is deleted before the gap is filled, and made again afterwards. What goes on after the kept
records keeps a row for that part, which begins where they end. Moments are Unix milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ccmon.calls import resume
from ccmon.calls.records import Interval, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds, write_intervals
from ccmon.database.imported_records import LaterRecords
from ccmon.database.replayed_calls import ReplayedCalls
from ccmon.database.source_records import is_of_a_record
from ccmon.database.sql_files import sql
from ccmon.events import FloorEvent
from ccmon.metrics.open_calls import orphaned_at

Translate = Callable[[str], Iterable[FloorEvent]]
"""The floor events of a record as it was imported."""
_TABLES: dict[type, str] = {StateInterval: "state", MembershipInterval: "member", PauseInterval: "pause"}
_Interval = TypeVar("_Interval", StateInterval, MembershipInterval, PauseInterval)


class Replay:
    """The records after a gap that can be applied again."""

    def __init__(self, connection: sqlite3.Connection, source: str, since: int, translate: Translate) -> None:
        """Find the records.

        Args:
            connection: in a transaction that writes.
            source: whose records they are.
            since: the moment at which the gap ends.
            translate: the floor events of a record, as it was kept.
        """
        self._connection = connection
        self._database = Database(connection)
        self._source = source
        self._since = since
        self._translate = translate
        self._records = LaterRecords(self._database, source, since)
        self.kept_until = self._records.kept_until
        """The last moment whose records are kept; None: all records are."""

    @property
    def is_possible(self) -> bool:
        """Whether any record after the gap is kept, or there is none."""
        return self.kept_until is None or self.kept_until >= self._since

    def delete_intervals(self, after: int | None, running: Iterable[Interval]) -> None:
        """Delete what later records made of agents, up to where the records are kept.

        Args:
            after: when the gap began; None: nothing is known before its end.
            running: what ran then. Where that goes on after the kept records, its row is cut to begin there, and it
                has no row any more.
        """
        where = {"source": self._source, "after": -1 if after is None else after, "kept_until": self.kept_until}
        for table in _TABLES.values():
            self._connection.execute(sql(f"replay_delete_{table}s"), where)
        if self.kept_until is None:
            return
        for table in _TABLES.values():
            self._connection.execute(sql(f"replay_cut_{table}s"), where)
        for interval in running:
            row = {"id": interval.row_id, "kept_until": self.kept_until}
            if self._connection.execute(sql(f"replay_cut_{_TABLES[type(interval)]}"), row).rowcount:
                interval.row_id = None

    def apply(self, state_machine: CallStateMachine, names: NameIds) -> list[Interval]:
        """Apply the records to the state with which the gap ends, and write what they make of calls and agents.

        Returns what runs where the kept records end: it has no rows and must be joined to those that begin there or
        later. Nothing where all records are kept: the state is the present one then, and what runs has rows.
        """
        span = self._since, self.kept_until
        calls = ReplayedCalls(self._connection, names, self._source, span, state_machine.calls)
        self._apply_records(state_machine, names, calls)
        running = state_machine.agent_tracker.running_intervals()
        calls.find_rows_named_by(running)
        calls.write({agent.wrapping for agent in state_machine.agent_tracker.agents.values() if agent.wrapping})
        if self.kept_until is None:
            self._write_running(names, running)
            return []
        self._delete_running(names, running)
        return running

    def _apply_records(self, state_machine: CallStateMachine, names: NameIds, calls: ReplayedCalls) -> None:
        """Apply the records, write what has ended, and replace each state that was kept at a moment."""
        moments = self._database.values("imported_state_moments", {"source": self._source, "since": self._since})
        for last_at, lines in self._records:
            while moments and moments[0] < last_at:
                write_state(self._connection, self._source, moments.pop(0), state_beyond_rows(state_machine))
            for line in lines:
                self._apply_line(state_machine, line)
            changes = state_machine.take_changes()
            calls.note(changes)
            ended: list[Interval] = [*take_ended(changes.states), *take_ended(changes.memberships)]
            ended += take_ended(changes.pauses)
            calls.find_rows_named_by(ended)
            self._write(names, ended)
        for moment in moments:
            if self.kept_until is None or moment <= self.kept_until:
                write_state(self._connection, self._source, moment, state_beyond_rows(state_machine))

    def _apply_line(self, state_machine: CallStateMachine, line: str) -> None:
        try:
            state_machine.apply(
                event for event in self._translate(line) if self.kept_until is None or event.at <= self.kept_until
            )
        except Exception as error:  # a record that was set aside when it was imported
            if not is_of_a_record(error):
                raise

    def _write(self, names: NameIds, intervals: Sequence[Interval]) -> None:
        for kind in _TABLES:
            of_kind = [interval for interval in intervals if type(interval) is kind]
            if of_kind:
                write_intervals(self._connection, names, self._source, of_kind)

    def _write_running(self, names: NameIds, running: Sequence[Interval]) -> None:
        """What runs after all records runs now: make a row of it without an end, or take the end of its row away."""
        self._write(names, [interval for interval in running if interval.row_id is None])
        for interval in running:
            self._connection.execute(sql(f"replay_reopen_{_TABLES[type(interval)]}"), (interval.row_id,))

    def _delete_running(self, names: NameIds, running: Sequence[Interval]) -> None:
        """Delete the rows of what runs where the kept records end, and rows cut there of what does not run there."""
        kept = set()
        for interval in running:
            if interval.row_id is not None:
                self._connection.execute(sql(f"replay_delete_{_TABLES[type(interval)]}"), (interval.row_id,))
                interval.row_id = None
            kept.add((_TABLES[type(interval)], json.dumps(_values(interval, names))))
        for table in _TABLES.values():
            found = self._database.pairs(f"values_of_{table}s_at", {"source": self._source, "at": self.kept_until})
            others = [(row,) for row, values in found.items() if (table, json.dumps(json.loads(values))) not in kept]
            self._connection.executemany(sql(f"replay_delete_{table}"), others)


def take_ended(changed: Iterable[_Interval]) -> list[_Interval]:
    """Take those of the changed intervals that have ended. The others count as unchanged until they end, too."""
    ended = []
    for interval in changed:
        if interval.ended_at is None:
            interval.changed = False
        else:
            ended.append(interval)
    return ended


def _values(interval: Interval, names: NameIds) -> list[str | int | None]:
    """What an interval and its row have in common wherever they begin, as the ``values_of_`` queries return it."""
    agent_id = names.agent(interval.agent)
    match interval:
        case StateInterval():
            visit_row = None if interval.visit is None else interval.visit.row_id
            return [agent_id, interval.state, interval.reason, visit_row]
        case MembershipInterval():
            return [agent_id, names.queue(interval.queue)]
        case PauseInterval():
            return [agent_id, names.queue(interval.queue), interval.reason]


def state_beyond_rows(state_machine: CallStateMachine) -> str:
    """What rows do not say of a state, or will not say of it when later records have changed them, as JSON."""
    agents = dict.fromkeys(state_machine.agent_tracker.agents.values())
    static = [[m.agent, m.queue] for agent in agents for m in agent.memberships.values() if m.static]
    visits = [_open_visit(visit, visit.number) for visit in state_machine.open_visits()]
    return json.dumps({**resume.carried_state(state_machine), "static": static, "visits": visits})


def _open_visit(visit: Visit, number: int) -> list[str | int | None]:
    """What a state has of a visit that was open: three values that name it, and what later records may change."""
    may_change = visit.disposition, visit.hold_ms, visit.answered_at, visit.agent
    return [visit.call_id, visit.queue, visit.entered_at, number, *may_change]


def write_open_visits(
    connection: sqlite3.Connection, source: str, since: int, visits: dict[Visit, int], max_open_ms: int
) -> None:
    """Add visits to the states kept while they were open, or rename them there as their rows are now.

    Args:
        connection: in a transaction that writes.
        source: whose visits they are.
        since: the moment at which they are open.
        visits: the visits, which have rows, each with when it began by what was known before.
        max_open_ms: how long a visit is open at most.
    """
    database = Database(connection)
    ends = {}
    for visit, entered_at in visits.items():
        ended_at: int | None = database.value("backfill_call_end", {"id": visit.row_id})
        expires_at = orphaned_at(max(entered_at, visit.entered_at), max_open_ms)
        ends[visit] = expires_at if ended_at is None else min(expires_at, ended_at)
    found = {"source": source, "since": since, "until": max(ends.values(), default=since)}
    for at, text in database.pairs("imported_states_between", found).items():
        state = json.loads(text)
        named = {tuple(kept[:3]): kept for kept in state["visits"]}
        for visit, entered_at in visits.items():
            kept = named.get((visit.call_id, visit.queue, entered_at))
            if kept is not None:
                kept[2] = visit.entered_at
            elif at < ends[visit]:
                numbers = [kept[3] for kept in state["visits"] if kept[0] == visit.call_id]
                state["visits"].append(_open_visit(visit, 1 + max(numbers, default=0)))
        if (changed := json.dumps(state)) != text:
            write_state(connection, source, at, changed)


def write_state(connection: sqlite3.Connection, source: str, at: int, state: str) -> None:
    """Keep what rows do not say of the state at a moment, for a gap that begins there; after the source has a row."""
    connection.execute(sql("write_imported_state"), {"source": source, "at": at, "carried": state})
