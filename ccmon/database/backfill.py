"""Fill a gap: import records that are older than some that have been imported already.

A gap is a span of time of which nothing is known, though later records are: an older log is imported after a newer one,
or a lost part of a log is found. Here the logs of 10 to 11 and of 12 to 13 o'clock have been imported, and the one
between them comes last:

              known               gap               known
    10:00 ┝━━━━━━━━━━━━┥ 11:00          12:00 ┝━━━━━━━━━━━━┥ 13:00
                       after            until
    call 1    enters          is answered            ends
              10:50           11:10                  12:20
    Ann       pauses          is back
              10:55           11:30
    Bob                       logs in                answers call 2
                              11:40                  12:05

1. At the gap's start, `Backfill.load` restores the state of 11:00 from the rows, without what later records added to
   them. Call 1 waits, although its row says that it ended at 12:20. Ann is paused.
2. In the gap, the records are applied to that state, and `Backfill.take_writable` says which changes to write: what is
   over, such as Ann's pause. What still runs, such as Bob's membership, is not written yet, as it may have a row: Bob's
   has one that begins at 12:05, when a record first showed that he is a member.
3. At the gap's end, `Backfill.close` joins what runs at 12:00 to the later rows (`ccmon.database.joiner`): call 1 keeps
   the end that its row has, and the row of Bob's membership begins at 11:40 from now on.

What later records made of agents may be wrong: so far Ann seemed to be paused after 12:00. Where these records are
kept, up to 12:30 say, `load` therefore deletes what they made of agents, and `close` applies them once more, to the
state of 12:00 (`ccmon.database.replay`). What runs at 12:30 is then joined to the rows that follow. Moments are Unix
milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from copy import copy
from typing import Any

from msgspec.structs import replace

from ccmon.calls import resume
from ccmon.calls.records import FloorChanges, Interval, MembershipInterval, PauseInterval, Visit
from ccmon.calls.state_machine import REMEMBERED_MS, CallStateMachine
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds
from ccmon.database.joiner import Joiner, KnownEnds
from ccmon.database.replay import Replay, Translate, take_ended, write_open_visits
from ccmon.database.source_state import StoredFloor
from ccmon.database.sql_files import sql


class Backfill:
    """A gap while it is filled: `load` once, `take_writable` for each batch of changes, `close` once."""

    def __init__(
        self, connection: sqlite3.Connection, source: str, after: int | None, until: int, translate: Translate
    ) -> None:
        """Nothing is known between two moments.

        Args:
            connection: in a transaction that writes.
            source: whose records are missing.
            after: everything up to here is known; None: nothing before.
            until: everything from here on is known.
            translate: the floor events of a record, as it was kept.
        """
        self._connection = connection
        self._database = Database(connection)
        self._source = source
        self._after = after
        self._until = until
        self._open_at_start: dict[Visit, Visit] = {}
        """Visits that were open when the gap began, each with a copy that holds what later records say of it."""
        self._renumber: set[str] = set()
        """Calls with visits before and after the gap, whose numbers must follow their order in time."""
        self._known_ends: KnownEnds = {}
        """When what ran at the gap's start ended, by the rows; empty where later records are applied again."""
        replay = Replay(connection, source, until, translate)
        self._replay = replay if replay.is_possible else None

    @property
    def state(self) -> tuple[dict[Visit, Visit], set[str]]:
        """What has been noted so far; to be copied together with the state machine."""
        return self._open_at_start, self._renumber

    @state.setter
    def state(self, noted: tuple[dict[Visit, Visit], set[str]]) -> None:
        self._open_at_start, self._renumber = noted

    def load(self, state_machine: CallStateMachine) -> None:
        """Load the state of the gap's start into an empty state machine."""
        running = [] if self._after is None else self._load_at(state_machine, self._after)
        if self._replay is not None:
            self._replay.delete_intervals(self._after, running)

    def _load_at(self, state_machine: CallStateMachine, at: int) -> list[Interval]:
        """Load the state of a moment into an empty state machine; return the intervals that ran then."""
        stored: str | None = self._database.value_or_none("imported_state", {"source": self._source, "at": at})
        carried: dict[str, Any] = {} if stored is None else json.loads(stored)
        floor = StoredFloor.read(self._database, self._source, at - REMEMBERED_MS, at=at)
        numbers = {visit: visit.number for visit in floor.visits}
        self._undo_visits(floor, at, carried)
        if carried:
            _undo_static(floor, carried)
        intervals: list[MembershipInterval | PauseInterval] = [*floor.memberships, *floor.pauses]
        for interval in intervals:
            if interval.ended_at is not None:
                if self._replay is None:
                    self._known_ends[type(interval), interval.agent, interval.queue] = interval.ended_at
                interval.ended_at = None
        floor.load(state_machine)
        resume.load_carried_state(state_machine, {"now": at, **carried})
        if self._replay is None:
            for visit in floor.visits:  # what was kept of the state names them by their numbers then
                visit.number = numbers[visit]
        return [*floor.states, *intervals]

    def _undo_visits(self, floor: StoredFloor, at: int, carried: dict[str, Any]) -> None:
        """Undo what later records made of visits; note what they said of those that were open.

        Args:
            floor: calls and agents at a moment, by the rows.
            at: the moment.
            carried: what was kept of the state at that moment; empty: nothing was.
        """
        wrapping = {state.visit for state in floor.states if state.state == "wrap_up"}
        stored_visits = {
            (call_id, queue, entered_at): rest for call_id, queue, entered_at, *rest in carried.get("visits", ())
        }
        for visit in list(floor.visits):
            if visit.ended_at is not None and visit.ended_at <= at:
                if visit.wrapped_up_at is None or visit.wrapped_up_at > at:
                    visit.wrapped_up_at, visit.wrapping_up = None, 1 if visit in wrapping else None
                continue
            stored = stored_visits.get((visit.call_id, visit.queue, visit.entered_at))
            if stored is None and carried:
                floor.visits.remove(visit)  # only later records say that it was open then
                continue
            known = self._open_at_start[visit] = copy(visit)
            if visit.ended_at is not None and visit.ended_at < self._until:
                # No record in the gap is its end: only time had passed.
                over = {"login": visit.agent, "ended_at": visit.ended_at}
                self._connection.execute(sql("backfill_delete_state_after_call"), over)
            _reopen(visit, at)
            if stored is not None:
                visit.number, visit.disposition, visit.hold_ms, *answered = stored  # older versions kept less
                if answered[:1] == [None]:  # only later records say that it was answered by then
                    _undo_answer(visit)
                if answered[1:] == [None]:  # or who dialled it
                    visit.agent = None
            known.hold_ms = (known.hold_ms or 0) - (visit.hold_ms or 0) or None

    def take_writable(self, changes: FloorChanges) -> FloorChanges:
        """Take the changes that can be written now: all but those of what still runs and may have a row already.

        What still runs counts as unchanged from here on: the state machine reports it once more when it ends, or else
        `close` joins it to its row.
        """
        visits = []
        for visit in changes.visits:
            if visit.ended_at is None and visit in self._open_at_start:
                visit.changed = False
            else:
                visits.append(visit)
        return replace(
            changes,
            visits=visits,
            states=take_ended(changes.states),
            memberships=take_ended(changes.memberships),
            pauses=take_ended(changes.pauses),
        )

    def renumber(self, call_ids: set[str]) -> None:
        """Note calls whose visits in the gap got higher numbers than later visits, which had theirs first."""
        self._renumber |= call_ids

    def close(self, state_machine: CallStateMachine, names: NameIds) -> dict[str, Any] | None:
        """Join what runs at the gap's end to the rows from there on, after everything that is over has been written.

        Returns what rows do not say of the present state, where the later records have led to another one; else None.
        """
        tracker, replay = state_machine.agent_tracker, self._replay
        joiner = Joiner(self._connection, names, self._source, self._until)
        seemed_to_begin = joiner.join_visits(state_machine.calls, self._open_at_start)
        self._write_open_visits(state_machine, self._until, seemed_to_begin)
        joiner.number_visits(self._renumber)
        ended = [visit for visit in self._open_at_start if visit.ended_at is not None]
        if replay is None:
            running = [interval for interval in tracker.running_intervals() if interval.row_id is None]
            joiner.join_agents(tracker, running, ended, self._known_ends)
            return None
        running = replay.apply(state_machine, names)
        if replay.kept_until is None:
            return resume.carried_state(state_machine)
        still_open = {visit: visit.entered_at for visit in state_machine.open_visits()}
        self._write_open_visits(state_machine, replay.kept_until, still_open)
        joiner = Joiner(self._connection, names, self._source, replay.kept_until, is_cut=True)
        joiner.join_agents(tracker, running, ended, {})
        return None

    def _write_open_visits(self, state_machine: CallStateMachine, since: int, visits: dict[Visit, int]) -> None:
        write_open_visits(self._connection, self._source, since, visits, state_machine.max_open_ms)


def _reopen(visit: Visit, at: int) -> None:
    """Make a visit that was open at a moment what it was then."""
    visit.ended_at = visit.outcome = visit.ended_by = visit.wrapping_up = visit.wrapped_up_at = None
    if visit.answered_at is None or visit.answered_at > at:
        _undo_answer(visit)


def _undo_answer(visit: Visit) -> None:
    visit.answered_at = visit.hold_ms = None
    if visit.queue is not None:
        visit.agent = None


def _undo_static(floor: StoredFloor, carried: dict[str, Any]) -> None:
    """Undo what later records made of members: static are those who were when the state was kept."""
    static = {(agent, queue) for agent, queue in carried["static"]}
    for membership in floor.memberships:
        membership.static = (membership.agent, membership.queue) in static
    floor.dynamic[:] = [member for member in floor.dynamic if member not in static]
