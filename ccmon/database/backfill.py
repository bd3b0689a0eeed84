"""Import records of before rows that are there: from the state at the gap's start, its end joined to the later rows.

Older history may be imported after newer, and a lost log found again. Its events are applied to the state as it was
when the gap began. What still runs at the end of the gap meets there what later records said of it without its
beginning: a call that was answered before and completed after becomes one visit, a membership noticed only at its first
record reaches back to where it began. For agents, the later records are applied again as far as they are kept
(`ccmon.database.replay`), and what runs is joined to what follows these. Moments are Unix milliseconds.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Any

from msgspec.structs import replace

from ccmon.calls import restore
from ccmon.calls.records import ChangeSet, Interval, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import REMEMBERED_MS, CallStateMachine
from ccmon.database import later_states
from ccmon.database.change_writer import NameIds, insert_interval, row_of, write_intervals, write_visits
from ccmon.database.driver import Database
from ccmon.database.replay import Replay, Translate
from ccmon.database.replayed_calls import ReplayedCalls
from ccmon.database.source_state import StoredFloor, StoredState
from ccmon.database.sql_files import sql


class Backfill:
    """A span of time without records, while it is filled."""

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
        self._before: dict[Visit, Visit] = {}
        """Visits that were open when the gap began, with what is known of later."""
        self._open = ChangeSet()
        self._renumber: set[str] = set()
        self._talked_on: set[str] = set()
        """Agents who seemed to talk after the gap, on calls that had ended in it."""
        replay = Replay(connection, source, until, translate)
        self._replay = replay if replay.is_possible else None
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
        running: list[Interval] = []
        if self._after is not None:
            running = self._load_at(state_machine, self._after)
        if self._replay is not None:
            self._replay.delete_intervals(self._after, running)
            self._ends.clear()

    def _load_at(self, state_machine: CallStateMachine, at: int) -> list[Interval]:
        """Load the state of a moment; return the intervals that ran then."""
        kept: str | None = self._database.value_or_none("imported_state", {"source": self._source, "at": at})
        carried: dict[str, Any] = {} if kept is None else json.loads(kept)
        floor = StoredFloor.read(self._database, self._source, at - REMEMBERED_MS, at=at)
        numbers = {visit: visit.number for visit in floor.visits}
        then = _undo_floor(floor, at, carried) if carried else {}
        wrapping = {state.visit for state in floor.states if state.state == "wrap_up"}
        for visit in floor.visits:
            if visit.ended_at is None or visit.ended_at > at:
                known = self._before[visit] = copy(visit)
                if visit.ended_at is not None and visit.ended_at < self._until:
                    # No record in the gap is its end: only time had passed.
                    over = {"login": visit.agent, "ended_at": visit.ended_at}
                    self._connection.execute(sql("backfill_delete_state_after_call"), over)
                _undo(visit, at)
                visit.hold_ms, visit.disposition = then.get(visit, (visit.hold_ms, visit.disposition))
                known.hold_ms = (known.hold_ms or 0) - (visit.hold_ms or 0) or None
            elif visit.wrapped_up_at is None or visit.wrapped_up_at > at:
                visit.wrapped_up_at, visit.wrapping_up = None, 1 if visit in wrapping else None
        intervals: list[MembershipInterval | PauseInterval] = [*floor.memberships, *floor.pauses]
        for interval in intervals:
            if interval.ended_at is not None:
                self._ends[type(interval), interval.agent, interval.queue] = interval.ended_at
                interval.ended_at = None
        floor.load(state_machine)
        restore.load_carried_state(state_machine, {"now": at, **carried})
        if self._replay is None:
            for visit in floor.visits:  # what was kept of the state names them by their numbers then
                visit.number = numbers[visit]
        return [*floor.states, *intervals]

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

    def close(self, state_machine: CallStateMachine, names: NameIds) -> dict[str, Any] | None:
        """Join what runs at the end of the gap to the rows from there on. Everything that is over has been written.

        Returns what rows do not say of the present state, where that is another now.
        """
        replay = self._replay
        saved = b"" if replay is None else pickle.dumps((state_machine, self._open))
        for visits in state_machine.calls.values():
            for visit in [visit for visit in visits if visit.ended_at is None]:
                self._join_visit(visit, visits, names)
        for call_id in self._renumber:
            self._number_anew(call_id)
        if replay is not None:
            calls = state_machine.calls
            state_machine, self._open = pickle.loads(saved)  # noqa: S301 (our own, of this process)
            for call_id, visits in state_machine.calls.items():
                for visit, joined in zip(visits, calls[call_id], strict=True):
                    visit.row_id = joined.row_id
            self._open.visits = []
            span = self._until, replay.until
            replayed = ReplayedCalls(self._connection, names, self._source, span, state_machine)
            replay.apply(state_machine, partial(self._write_replayed, replayed, names))
            running = list(self._running(state_machine, replayed))
            replayed.write({agent.wrapping for agent in state_machine.agent_tracker.agents.values() if agent.wrapping})
            if replay.until is None:
                self._write_running(replay, running, names)
                return restore.carried_state(state_machine)
            self._until = replay.until
            self._cut_running(replay, running, names)
        self._join_agents(state_machine, names)
        return None

    def _write_replayed(self, replayed: ReplayedCalls, names: NameIds, changes: ChangeSet) -> None:
        """Write what the later records make of agents, and note what they make of calls."""
        replayed.note(changes)
        changes = self.finished(replace(changes, visits=[]))
        for state in changes.states:
            if state.visit is not None:
                replayed.find_row(state.visit)
        kinds: tuple[list[Interval], ...] = ([*changes.states], [*changes.memberships], [*changes.pauses])
        for intervals in kinds:
            if intervals:
                write_intervals(self._connection, names, self._source, intervals)

    @staticmethod
    def _running(state_machine: CallStateMachine, replayed: ReplayedCalls) -> Iterator[Interval]:
        for agent in dict.fromkeys(state_machine.agent_tracker.agents.values()):
            if agent.state is not None:
                if agent.state.visit is not None:
                    replayed.find_row(agent.state.visit)
                yield agent.state
            yield from agent.memberships.values()
            yield from agent.pauses.values()

    def _write_running(self, replay: Replay, running: list[Interval], names: NameIds) -> None:
        """All records are applied: what runs, runs now."""
        for kind in (StateInterval, MembershipInterval, PauseInterval):
            new = [interval for interval in running if type(interval) is kind and interval.row_id is None]
            if new:
                write_intervals(self._connection, names, self._source, new)
        for interval in running:
            replay.reopen(interval)

    def _cut_running(self, replay: Replay, running: list[Interval], names: NameIds) -> None:
        """What runs where the kept records end is to be joined to what follows, and nothing else runs there."""
        self._open = ChangeSet()
        known = []
        for interval in running:
            replay.delete(interval)
            values: list[str | int | None] = [names.agent(interval.agent)]
            match interval:
                case StateInterval():
                    self._open.states.append(interval)
                    visit = interval.visit
                    values += [interval.state, interval.reason, None if visit is None else visit.row_id]
                case MembershipInterval():
                    self._open.memberships.append(interval)
                    values += [names.queue(interval.queue)]
                case PauseInterval():
                    self._open.pauses.append(interval)
                    values += [names.queue(interval.queue), interval.reason]
            known.append((interval, values))
        replay.delete_others(known)

    def _join_agents(self, state_machine: CallStateMachine, names: NameIds) -> None:
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

    def _join_visit(self, visit: Visit, visits: list[Visit], names: NameIds) -> None:
        known = row_of(visit, names, self._source)
        if visit in self._before:
            if visit.answered_at is not None:
                held = (visit.hold_ms or 0) + (self._before[visit].hold_ms or 0)
                self._connection.execute(sql("backfill_set_answer"), {**known, "hold_ms": held or None})
            return
        known_visits = {"until": self._until, "known": json.dumps([other.row_id for other in visits])}
        later: int | None = self._database.value_or_none("backfill_next_part", {**known, **known_visits})
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
        if self._replay is not None and member is not None and member.started_at == self._until:
            # It is the membership that runs where the kept records end.
            ends = [end for end in (member.ended_at, None if later is None else later.started_at) if end is not None]
        ends += [end for end in known if end is not None]
        ended_at = min(ends, default=None)
        if later is not None and (later.reason, later.started_at) == (pause.reason, ended_at):
            self._connection.execute(sql("backfill_start_pause"), (later.row_id, pause.started_at))
        elif ended_at != pause.started_at:
            insert_interval(self._connection, names, self._source, replace(pause, ended_at=ended_at))

    def _number_anew(self, call_id: str) -> None:
        visits: dict[int, int] = self._database.pairs(
            "visits_of_call", {"source": self._source, "call_id": call_id, "until": self._until}
        )
        wrong = [(row_id, number) for number, row_id in enumerate(visits, start=1) if visits[row_id] != number]
        for sign in (-1, 1):
            self._connection.executemany(sql("set_visit_number"), [(row_id, sign * number) for row_id, number in wrong])


def _undo(visit: Visit, at: int) -> None:
    """Make a visit what it was at a moment."""
    visit.ended_at = visit.outcome = visit.ended_by = visit.wrapping_up = visit.wrapped_up_at = None
    if visit.answered_at is None or visit.answered_at > at:
        visit.answered_at = visit.hold_ms = None
        if visit.queue is not None:
            visit.agent = None


def _undo_floor(floor: StoredFloor, at: int, carried: dict[str, Any]) -> dict[Visit, tuple[int | None, str | None]]:
    """Leave out what later records made of the floor at a moment, by what was kept of its state then.

    Returns for how long each open visit had been held, and what had been noted of how it went.
    """
    static = {(agent, queue) for agent, queue in carried["static"]}
    for membership in floor.memberships:
        membership.static = (membership.agent, membership.queue) in static
    floor.dynamic[:] = [member for member in floor.dynamic if member not in static]
    known = {(call_id, queue, entered_at): rest for call_id, queue, entered_at, *rest in carried["visits"]}
    then = {}
    for visit in [visit for visit in floor.visits if visit.ended_at is None or visit.ended_at > at]:
        kept = known.get((visit.call_id, visit.queue, visit.entered_at))
        if kept is not None:
            visit.number, disposition, held_ms = kept
            then[visit] = held_ms, disposition
        else:
            floor.visits.remove(visit)
    return then
