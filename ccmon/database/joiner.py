"""Join what runs at a moment to the rows that later records have made, where a gap before them is filled.

The later records were applied without what happened in the gap. A call that entered in it and ended after it has a
second row, without its beginning. The row of a membership begins when a record first showed it. An agent whose call
ended in the gap seems to talk on. Here the rows become what one import of all records would have made of them. Moments
are Unix milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from copy import copy

from msgspec import Struct
from msgspec.structs import replace

from ccmon.calls.agent_tracker import AgentTracker
from ccmon.calls.records import Interval, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.database import later_states
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds, insert_interval, row_of, write_visits
from ccmon.database.source_state import StoredState
from ccmon.database.sql_files import sql

KnownEnds = dict[tuple[type, str, str], int]
"""When memberships and pauses end by what later records say: by kind, agent and queue."""


class _LaterPart(Struct, frozen=True, gc=False):
    """The row of a visit's end. A row of ``backfill_next_part``."""

    id: int
    entered_at: int


class Joiner:
    """Joins at one moment: what later records have made of the time after it stays."""

    def __init__(
        self, connection: sqlite3.Connection, names: NameIds, source: str, at: int, *, is_cut: bool = False
    ) -> None:
        """Join at a moment.

        Args:
            connection: in a transaction that writes.
            names: row numbers of queues and agents.
            source: whose calls and agents they are.
            at: the moment: the end of the gap, or that of the records that were applied again.
            is_cut: whether the rows of what went on over the moment were cut to begin there, as by `Replay`.
        """
        self._connection = connection
        self._database = Database(connection)
        self._names = names
        self._source = source
        self._at = at
        self._is_cut = is_cut

    def join_visits(self, calls: dict[str, list[Visit]], open_at_start: dict[Visit, Visit]) -> dict[Visit, int]:
        """Join the open visits of calls; return them, each with when the visit that is open then seemed to begin.

        Args:
            calls: the visits of each call, in order; those that began in the gap have rows.
            open_at_start: visits that began before the gap, each with what later records say of it.
        """
        seemed_to_begin = {}
        for visits in calls.values():
            for visit in visits:
                if visit.ended_at is not None:
                    continue
                if visit in open_at_start:
                    self._write_answer(visit, open_at_start[visit])
                    seemed_to_begin[visit] = visit.entered_at
                else:
                    seemed_to_begin[visit] = self._join_visit(visit, visits, open_at_start)
        return seemed_to_begin

    def _write_answer(self, visit: Visit, known: Visit) -> None:
        """The row of a visit that is open before and after the gap gets what happened in between."""
        if visit.answered_at is not None:
            hold_ms = (visit.hold_ms or 0) + (known.hold_ms or 0) or None
            row = row_of(visit, self._names, self._source)
            self._connection.execute(sql("backfill_set_answer"), {**row, "hold_ms": hold_ms})

    def _join_visit(self, visit: Visit, visits: list[Visit], open_at_start: dict[Visit, Visit]) -> int:
        """A visit that began in the gap becomes one with the row that later records made of its end.

        Returns when the visit began by these records.
        """
        row = row_of(visit, self._names, self._source)
        sought = {**row, "until": self._at, "known": json.dumps([other.row_id for other in visits])}
        later = self._database.row("backfill_next_part", _LaterPart, sought)
        if later is None:
            return self._take_later_part(visit, open_at_start)
        moved = {"id": later.id, "earlier": visit.row_id}
        for name in ("backfill_move_states", "backfill_move_missed"):
            self._connection.execute(sql(name), moved)
        self._connection.execute(sql("delete_call"), (visit.row_id,))
        self._connection.execute(sql("backfill_extend_visit"), {**row, "row_id": later.id})
        visit.row_id = later.id
        return later.entered_at

    def _take_later_part(self, visit: Visit, open_at_start: dict[Visit, Visit]) -> int:
        """Give a visit what later records said of an earlier one to the same queue, if that turns out to have ended.

        In the gap the call left the queue and came back. Without that, the earlier visit seemed to go on. Returns when
        that one began; else when the visit itself did.
        """
        for earlier, known in open_at_start.items():
            if (earlier.call_id, earlier.queue) != (visit.call_id, visit.queue) or earlier.ended_at is None:
                continue
            if known.ended_at is not None and known.ended_at < visit.entered_at:  # no record told so, but time
                continue
            joined = copy(visit)
            if known.answered_at is not None and known.answered_at >= self._at:
                joined.answered_at, joined.agent, joined.hold_ms = known.answered_at, known.agent, known.hold_ms
            joined.ended_at, joined.outcome, joined.ended_by = known.ended_at, known.outcome, known.ended_by
            joined.wrapping_up, joined.wrapped_up_at = known.wrapping_up, known.wrapped_up_at
            joined.disposition = known.disposition
            write_visits(self._connection, self._names, self._source, [earlier, joined])
            moved = {"id": visit.row_id, "earlier": earlier.row_id, "until": self._at}
            for name in ("backfill_move_later_states", "backfill_move_later_missed", "backfill_move_disposition"):
                self._connection.execute(sql(name), moved)
            return earlier.entered_at
        return visit.entered_at

    def number_visits(self, call_ids: Iterable[str]) -> None:
        """Number the visits of calls in their order in time."""
        for call_id in call_ids:
            found = {"source": self._source, "call_id": call_id, "until": self._at}
            numbers: dict[int, int] = self._database.pairs("visits_of_call", found)
            wrong = [(row_id, number) for number, row_id in enumerate(numbers, start=1) if numbers[row_id] != number]
            for sign in (-1, 1):
                rows = [(row_id, sign * number) for row_id, number in wrong]
                self._connection.executemany(sql("set_visit_number"), rows)

    def join_agents(
        self, tracker: AgentTracker, running: Sequence[Interval], ended: Iterable[Visit], known_ends: KnownEnds
    ) -> None:
        """Join what agents do.

        Args:
            tracker: the agents at the moment.
            running: states, memberships and pauses that run then and have no rows.
            ended: visits that were open when the gap began, and ended in it.
            known_ends: of memberships and pauses that ran when the gap began.
        """
        # Pauses look at memberships as later records have them, so they go first.
        for pause in running:
            if isinstance(pause, PauseInterval):
                self._join_pause(pause, known_ends)
        for membership in running:
            if isinstance(membership, MembershipInterval):
                self._join_membership(membership, known_ends)
        seemed_to_talk = set()
        for visit in ended:
            if visit.agent is not None and visit.row_id is not None:
                seemed_to_talk.add(visit.agent)
                agent_id = self._names.agent(visit.agent)
                later_states.correct(self._connection, self._source, agent_id, visit.row_id, self._at)
        for state in running:
            if isinstance(state, StateInterval):
                self._join_state(state, tracker, seemed_to_talk=state.agent in seemed_to_talk)

    def _join_pause(self, pause: PauseInterval, known_ends: KnownEnds) -> None:
        """A pause ends as is known, with its membership, or when the next pause begins, which may be its later part."""
        member = self._next_member(pause)
        later = self._database.row("backfill_next_pause", PauseInterval, self._place(pause))
        ends = [known_ends.get((kind, pause.agent, pause.queue)) for kind in (MembershipInterval, PauseInterval)]
        if member is not None:
            is_same = self._is_cut and member.started_at == self._at
            ends.append(member.ended_at if is_same else member.started_at)
        if later is not None:
            ends.append(later.started_at)
        ended_at = min((end for end in ends if end is not None), default=None)
        if later is not None and (later.reason, later.started_at) == (pause.reason, ended_at):
            self._connection.execute(sql("backfill_start_pause"), (later.row_id, pause.started_at))
        elif ended_at != pause.started_at:
            insert_interval(self._connection, self._names, self._source, replace(pause, ended_at=ended_at))

    def _join_membership(self, membership: MembershipInterval, known_ends: KnownEnds) -> None:
        """A membership ends as is known, or goes on in the row of the next one: a record would tell if it had ended."""
        ended_at = known_ends.get((MembershipInterval, membership.agent, membership.queue))
        later = None if ended_at is not None else self._next_member(membership)
        if later is None:
            insert_interval(self._connection, self._names, self._source, replace(membership, ended_at=ended_at))
        else:
            static = int(bool(later.static) and membership.static)
            self._connection.execute(sql("backfill_start_member"), (later.row_id, membership.started_at, static))

    def _next_member(self, of: MembershipInterval | PauseInterval) -> MembershipInterval | None:
        return self._database.row("backfill_next_member", MembershipInterval, self._place(of))

    def _place(self, of: MembershipInterval | PauseInterval) -> dict[str, int]:
        """The parameters of a query for the next interval of the same agent and queue."""
        return {"agent_id": self._names.agent(of.agent), "queue_id": self._names.queue(of.queue), "until": self._at}

    def _join_state(self, state: StateInterval, tracker: AgentTracker, *, seemed_to_talk: bool) -> None:
        """A state ends when the next one that has a row begins, or goes on in its row if both are alike."""
        agent_id = self._names.agent(state.agent)
        call = None if state.visit is None else state.visit.row_id
        talk_ended_at = None if call is None or state.state == "wrap_up" else self._end_talk_with_call(agent_id, call)
        sought = {"source": self._source, "agent_id": agent_id, "until": self._at}
        self._connection.execute(sql("backfill_delete_state_of_no_record"), sought)
        later = self._database.row("backfill_next_state", StoredState, {"agent_id": agent_id, "until": self._at})
        situation = (state.state, state.reason, call)
        if later is not None and (later.state, later.reason, later.call_id) == situation:
            self._connection.execute(sql("backfill_start_state"), (later.id, state.started_at))
            return
        if later is not None and state.state == "wrap_up":
            self._connection.execute(sql("backfill_end_wrap_up"), {"id": call, "wrapped_up_at": later.started_at})
        next_at = None if later is None else later.started_at
        if talk_ended_at is not None and (next_at is None or next_at > talk_ended_at):
            self._write_state(agent_id, (situation, state.started_at, talk_ended_at))
            self._write_state_after_call(state, talk_ended_at, next_at, tracker)
        elif seemed_to_talk and call is None:
            self._write_state_and_following(state.agent, (situation, state.started_at, next_at))
        else:
            self._write_state(agent_id, (situation, state.started_at, next_at))

    def _end_talk_with_call(self, agent_id: int, call: int) -> int | None:
        """The agent talked on until the call was over: the states that later records show before give way.

        Returns when the call was over, where that is known.
        """
        ended_at: int | None = self._database.value("backfill_call_end", {"id": call})
        if ended_at is not None:
            talk = {"agent_id": agent_id, "call_id": call, "until": self._at, "ended_at": ended_at}
            for name in ("backfill_delete_states_in_talk", "backfill_delay_state_after_talk"):
                self._connection.execute(sql(name), talk)
        return ended_at

    def _write_state_after_call(
        self, state: StateInterval, talk_ended_at: int, next_at: int | None, tracker: AgentTracker
    ) -> None:
        """Nothing was reported of the agent when the call was over: they do what they did besides it at the moment."""
        agent = tracker.agents[state.agent]
        if agent.memberships:
            agent.calls = [visit for visit in agent.calls if visit is not state.visit]
            following, reason, visit = agent.situation()
            if following is not None:
                call = None if visit is None else visit.row_id
                self._write_state_and_following(state.agent, ((following, reason, call), talk_ended_at, next_at))

    def _write_state_and_following(self, login: str, piece: later_states.Piece) -> None:
        """Write a state that ran at the moment, and what became of it while the agent seemed to talk."""
        situation, started_at, next_at = piece
        span = later_states.StateSpan(self._names.agent(login), login, max(started_at, self._at), next_at)
        later_states.write_states(self._connection, self._source, span, situation, started_at)

    def _write_state(self, agent_id: int, piece: later_states.Piece) -> None:
        later_states.write_state(self._connection, self._source, agent_id, piece)
