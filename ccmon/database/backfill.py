"""Import records of before rows that are there: from the state at the gap's start, its end joined to the later rows.

Older history may be imported after newer, and a lost log found again. Its events are applied to the state as it was
when the gap began. What still runs at the end of the gap meets there what later records said of it without its
beginning: a call that was answered before and completed after becomes one visit, a membership noticed only at its first
record reaches back to where it began. Moments are Unix milliseconds.
"""

from __future__ import annotations

import sqlite3
from copy import copy
from dataclasses import replace

from ccmon.calls.records import ChangeSet, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import REMEMBERED_MS, CallStateMachine
from ccmon.database import later_states
from ccmon.database.change_writer import NameIds, insert_interval, row_of, write_visits
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql
from ccmon.database.stored_state import StoredFloor, StoredState


class Backfill:
    """A span of time without records, while it is filled."""

    def __init__(self, connection: sqlite3.Connection, source: str, after: int | None, until: int) -> None:
        """Nothing is known between two moments.

        Args:
            connection: in a transaction that writes.
            source: whose records are missing.
            after: everything up to here is known; None: nothing before.
            until: everything from here on is known.
        """
        self._connection = connection
        self._database = Database(connection)
        self._source = source
        self._after = after
        self._until = until
        self._before: dict[Visit, Visit] = {}
        """Visits that were open when the gap began, with what is known of later."""
        self._open = ChangeSet()
        self._renumber: set[str] = set()
        self._talked_on: set[str] = set()
        """Agents who seemed to talk after the gap, on calls that had ended in it."""
        self._ends: dict[tuple[type, str, str], int] = {}
        """When memberships and pauses that ran when the gap began ended, by what was known; by agent and queue."""

    @property
    def state(self) -> tuple[dict[Visit, Visit], ChangeSet, set[str]]:
        """What has been noted so far; to be copied together with the state machine."""
        return self._before, self._open, self._renumber

    @state.setter
    def state(self, noted: tuple[dict[Visit, Visit], ChangeSet, set[str]]) -> None:
        self._before, self._open, self._renumber = noted

    def load(self, state_machine: CallStateMachine) -> None:
        """Load the state of the gap's start into an empty one, leaving out what came after."""
        if self._after is None:
            return
        at = self._after
        floor = StoredFloor.read(self._database, self._source, at - REMEMBERED_MS, at=at)
        for visit in floor.visits:
            if visit.ended_at is None or visit.ended_at > at:
                self._before[visit] = copy(visit)
                if visit.ended_at is not None and visit.ended_at < self._until:
                    # No record in the gap is its end: only time had passed.
                    over = {"login": visit.agent, "ended_at": visit.ended_at}
                    self._connection.execute(sql("backfill_delete_state_after_call"), over)
                _undo(visit, at)
        intervals: list[MembershipInterval | PauseInterval] = [*floor.memberships, *floor.pauses]
        for interval in intervals:
            if interval.ended_at is not None:
                self._ends[type(interval), interval.agent, interval.queue] = interval.ended_at
                interval.ended_at = None
        floor.load(state_machine)
        state_machine.now = at

    def finished(self, changes: ChangeSet) -> ChangeSet:
        """Of the changes, those that are over and can be written; what runs is kept until the gap ends."""
        kept, self._open = self._open, ChangeSet()
        ready = ChangeSet(missed=changes.missed, agents=changes.agents, aliases=changes.aliases)
        for visit in [*kept.visits, *changes.visits]:
            waits = visit in self._before and visit.ended_at is None
            (self._open if waits else ready).visits.append(visit)
        for state in [*kept.states, *changes.states]:
            (self._open if state.ended_at is None else ready).states.append(state)
        for membership in [*kept.memberships, *changes.memberships]:
            (self._open if membership.ended_at is None else ready).memberships.append(membership)
        for pause in [*kept.pauses, *changes.pauses]:
            (self._open if pause.ended_at is None else ready).pauses.append(pause)
        return ready

    def renumber(self, call_ids: set[str]) -> None:
        """Calls with visits on both sides, whose numbers must follow their order in time."""
        self._renumber |= call_ids

    def close(self, state_machine: CallStateMachine, names: NameIds) -> None:
        """Join what runs at the end of the gap to the rows from there on. Everything that is over has been written."""
        for visit in [visit for visits in state_machine.calls.values() for visit in visits if visit.ended_at is None]:
            self._join_visit(visit, names)
        # Pauses look at memberships as later records have them, so they go first.
        for pause in self._open.pauses:
            self._join_pause(pause, names)
        for membership in self._open.memberships:
            self._join_membership(membership, names)
        for visit in self._before:
            if visit.ended_at is not None and visit.agent is not None and visit.row_id is not None:
                agent_id = names.agent(visit.agent)
                later_states.correct(self._connection, self._source, agent_id, visit.row_id, self._until)
                self._talked_on.add(visit.agent)
        for state in self._open.states:
            self._join_state(state, state_machine, names)
        for call_id in self._renumber:
            self._number_anew(call_id)

    def _join_visit(self, visit: Visit, names: NameIds) -> None:
        known = row_of(visit, names, self._source)
        if visit in self._before:
            if visit.answered_at is not None:
                self._connection.execute(sql("backfill_set_answer"), known)
            return
        later: int | None = self._database.value_or_none("backfill_next_part", {**known, "until": self._until})
        if later is None:
            self._take_later_part(visit, names)
            return
        both = {"id": later, "earlier": visit.row_id}
        for name in ("backfill_move_states", "backfill_move_missed"):
            self._connection.execute(sql(name), both)
        self._connection.execute(sql("delete_call"), (visit.row_id,))
        self._connection.execute(sql("backfill_extend_visit"), {**known, "row_id": later})
        visit.row_id = later

    def _take_later_part(self, visit: Visit, names: NameIds) -> None:
        """What was known of later is of this visit, where the call came back to its queue in the gap."""
        for first, known in self._before.items():
            if (first.call_id, first.queue) != (visit.call_id, visit.queue) or first.ended_at is None:
                continue
            if known.answered_at is not None and known.answered_at >= self._until:
                visit.answered_at, visit.agent, visit.hold_ms = known.answered_at, known.agent, known.hold_ms
                first.hold_ms = (first.hold_ms or 0) - (known.hold_ms or 0) or None
            visit.ended_at, visit.outcome, visit.ended_by = known.ended_at, known.outcome, known.ended_by
            visit.wrapping_up, visit.wrapped_up_at = known.wrapping_up, known.wrapped_up_at
            visit.disposition = known.disposition
            write_visits(self._connection, names, self._source, [first, visit])
            moved = {"id": visit.row_id, "earlier": first.row_id, "until": self._until}
            for name in ("backfill_move_later_states", "backfill_move_later_missed", "backfill_move_disposition"):
                self._connection.execute(sql(name), moved)
            return

    def _join_state(self, state: StateInterval, state_machine: CallStateMachine, names: NameIds) -> None:
        agent = names.agent(state.agent)
        call = None if state.visit is None else state.visit.row_id
        over_at = None if call is None or state.state == "wrap_up" else self._talk_on(agent, call)
        until = {"agent_id": agent, "until": self._until}
        later = self._database.row("backfill_next_state", StoredState, until)
        situation = (state.state, state.reason, call)
        if later is not None and (later.state, later.reason, later.call_id) == situation:
            self._connection.execute(sql("backfill_start_state"), (later.id, state.started_at))
            return
        if later is not None and state.state == "wrap_up":
            self._connection.execute(sql("backfill_end_wrap_up"), {"id": call, "wrapped_up_at": later.started_at})
        next_at = None if later is None else later.started_at
        if over_at is None or (next_at is not None and next_at <= over_at):
            if state.agent in self._talked_on and call is None:
                self._write_state_and_following(agent, state.agent, situation, state.started_at, next_at)
            else:
                later_states.write_state(self._connection, self._source, agent, (situation, state.started_at, next_at))
            return
        later_states.write_state(self._connection, self._source, agent, (situation, state.started_at, over_at))
        who = state_machine.agent_tracker.agents[state.agent]
        if who.memberships:
            # Nothing was reported of the agent when the call was over: they do what else they did when the gap ended.
            who.calls = [visit for visit in who.calls if visit is not state.visit]
            next_state, reason, visit = who.situation()
            if next_state is not None:
                call = None if visit is None else visit.row_id
                self._write_state_and_following(agent, state.agent, (next_state, reason, call), over_at, next_at)

    def _write_state_and_following(
        self, agent: int, login: str, situation: later_states.State, started_at: int, next_at: int | None
    ) -> None:
        """Write a state that ran at the gap's end, and what became of it while the agent seemed to talk."""
        span = later_states.StateSpan(agent, login, max(started_at, self._until), next_at)
        later_states.write_states(self._connection, self._source, span, situation, started_at)

    def _talk_on(self, agent: int, call: int) -> int | None:
        """What later records made of an agent who talked still, without knowing it, begins when the call is over.

        Returns that moment, where it is known.
        """
        ended_at: int | None = self._database.value("backfill_call_end", {"id": call})
        if ended_at is not None:
            talk = {"agent_id": agent, "call_id": call, "until": self._until, "ended_at": ended_at}
            for name in ("backfill_delete_states_in_talk", "backfill_delay_state_after_talk"):
                self._connection.execute(sql(name), talk)
        return ended_at

    def _join_membership(self, membership: MembershipInterval, names: NameIds) -> None:
        """A membership that still ran ends as was known, or is the one noticed next: leaving would have left a row."""
        agent, queue = names.agent(membership.agent), names.queue(membership.queue)
        ended_at = self._ends.get((MembershipInterval, membership.agent, membership.queue))
        later = None if ended_at is not None else self._next_member(agent, queue)
        if later is None:
            insert_interval(self._connection, names, self._source, replace(membership, ended_at=ended_at))
        else:
            both = int(bool(later.static) and membership.static)
            self._connection.execute(sql("backfill_start_member"), (later.row_id, membership.started_at, both))

    def _next_member(self, agent: int, queue: int) -> MembershipInterval | None:
        after = {"agent_id": agent, "queue_id": queue, "until": self._until}
        return self._database.row("backfill_next_member", MembershipInterval, after)

    def _join_pause(self, pause: PauseInterval, names: NameIds) -> None:
        agent, queue = names.agent(pause.agent), names.queue(pause.queue)
        member = self._next_member(agent, queue)
        after = {"agent_id": agent, "queue_id": queue, "until": self._until}
        later = self._database.row("backfill_next_pause", PauseInterval, after)
        known = [self._ends.get((kind, pause.agent, pause.queue)) for kind in (MembershipInterval, PauseInterval)]
        ends = [next_one.started_at for next_one in (member, later) if next_one is not None]
        ends += [end for end in known if end is not None]
        ended_at = min(ends, default=None)
        if later is not None and (later.reason, later.started_at) == (pause.reason, ended_at):
            self._connection.execute(sql("backfill_start_pause"), (later.row_id, pause.started_at))
        elif ended_at != pause.started_at:
            insert_interval(self._connection, names, self._source, replace(pause, ended_at=ended_at))

    def _number_anew(self, call_id: str) -> None:
        visits: dict[int, int] = self._database.pairs("visits_of_call", {"source": self._source, "call_id": call_id})
        wrong = [(row_id, number) for number, row_id in enumerate(visits, start=1) if visits[row_id] != number]
        for sign in (-1, 1):
            self._connection.executemany(sql("set_visit_number"), [(row_id, sign * number) for row_id, number in wrong])


def _undo(visit: Visit, at: int) -> None:
    """Make a visit what it was at a moment."""
    visit.ended_at = visit.outcome = visit.ended_by = visit.wrapping_up = visit.wrapped_up_at = None
    if visit.answered_at is not None and visit.answered_at > at:
        visit.answered_at = None
        if visit.queue is not None:
            visit.agent = None
