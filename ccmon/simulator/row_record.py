"""The floor's record of a day that is over, as the rows that the writer would make of its events.

What befalls a call is put down as a whole, in lists of the values that the database is given: that takes a third of the
time of making its events, applying them and writing their changes. Log-ins and log-outs go through the state machine.
"""

# ruff: noqa: D102 (FloorRecord says what each method takes down)
from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import chain
from typing import Any

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.bulk_insert import NULL, deferred_checks, insert_lists
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds
from ccmon.events import AgentLoggedOut
from ccmon.model.calls import Direction, Outcome
from ccmon.simulator.entities import AgentAtWork, DialAttempt, SimulatedCaller
from ccmon.simulator.record import FloorRecord, log_in_events
from ccmon.simulator.table_rows import SOURCE

CALL = (
    "row_id", "call_id", "number", "direction", "queue_id", "campaign_id", "caller", "caller_name", "agent_id",
    "entered_at", "answered_at", "ended_at", "outcome", "ended_by", "hold_ms", "wrapping_up", "wrapped_up_at",
    "disposition", "right_party", "customer_id",
)  # fmt: skip
"""The values of a row of calls, in the order of the query that inserts it."""
_QUEUE, _AGENT, _ANSWERED_AT, _ENDED_AT, _OUTCOME, _ENDED_BY = 4, 8, 10, 11, 12, 13
_HOLD_MS, _WRAPPING_UP, _WRAPPED_UP_AT, _DISPOSITION, _RIGHT_PARTY = 14, 15, 16, 17, 18
STATE = ("agent_id", "state", "reason", "call_id", "started_at", "ended_at")
"""The values of a row of agent_states."""
_REASON, _CALL, _BEGAN, _ENDED = 2, 3, 4, 5
PAUSE = ("queue_id", "agent_id", "reason", "started_at", "ended_at")
"""The values of a row of queue_pauses."""
_PAUSE_BEGAN, _PAUSE_ENDED = 3, 4
MISSED = ("call_id", "queue_id", "agent_id", "missed_at", "ring_ms")
"""The values of a row of missed_calls."""
_ANSWERED, _ABANDONED = Outcome.ANSWERED.value, Outcome.ABANDONED.value
_INBOUND, _OUTBOUND = Direction.INBOUND.value, Direction.OUTBOUND.value

_Row = list[Any]


class RowRecord(FloorRecord):
    """Makes rows, for a day that is simulated to its end before they are written.

    The state machine is then left as the events would have left it, except that it does not remember the calls. All are
    over, as none is open for longer than it allows.
    """

    def __init__(self, connection: sqlite3.Connection, state_machine: CallStateMachine, names: NameIds) -> None:
        self._connection = connection
        self._first_id: int = Database(connection).value("next_call_id")
        self._state_machine = state_machine
        self._names = names
        self._queue, self._campaign = names.queue, names.campaign
        self._calls: list[_Row] = []
        self._states: list[list[_Row]] = []
        """Those of each agent."""
        self._pauses: list[_Row] = []
        self._missed: list[_Row] = []
        self.event_count = 0
        """How many floor events would say the same."""

    def write(self) -> None:
        """Write the rows in an open transaction, once the day is over."""
        connection = self._connection
        calls = self._calls
        # In the order of the index by agent, which is so made in half the time.
        states = list(chain.from_iterable(self._states))
        pauses = [row for row in self._pauses if row[_PAUSE_ENDED] != row[_PAUSE_BEGAN]]
        self._renumber(Database(connection).value("next_call_id"), states)
        with deferred_checks(connection, "calls", len(calls)):
            insert_lists(connection, "insert_call", calls, {"source": SOURCE})
        with deferred_checks(connection, "agent_states", len(states)):
            insert_lists(connection, "insert_state", states, {"row_id": None, "source": SOURCE})
        insert_lists(connection, "insert_pause", pauses, {"row_id": None, "source": SOURCE})
        insert_lists(connection, "insert_missed_call", self._missed, {})
        last = max((row[_WRAPPED_UP_AT] if row[_WRAPPING_UP] == 0 else row[_ENDED_AT] for row in calls), default=0)
        self._state_machine.now = max(self._state_machine.now, last)

    def _renumber(self, first_id: int, states: Iterable[_Row]) -> None:
        """Give calls other numbers, if others have been written meanwhile."""
        shift = first_id - self._first_id
        if shift:
            for row in chain(self._calls, self._missed):
                row[0] += shift
            for row in states:
                row[_CALL] += shift

    def _begin(self, agent: AgentAtWork, state: str, at: int, call: int | float = NULL) -> None:
        """Begin a state in place of the present one."""
        rows = agent.rows
        present = rows[-1]
        if present[_BEGAN] == at:  # it has lasted no time
            rows[-1] = [agent.id, state, NULL, call, at, NULL]
        else:
            present[_ENDED] = at
            rows.append([agent.id, state, NULL, call, at, NULL])

    def entered(
        self, now: int, caller: SimulatedCaller, *, phone: str | None, name: str | None, customer: int | None
    ) -> None:
        self.event_count += 1
        calls = self._calls
        caller.row = row = [
            self._first_id + len(calls), caller.call_id, caller.visit, _INBOUND,
            self._queue(caller.queue.setting.name), NULL,
            phone or NULL, name or NULL, NULL, now, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            customer or NULL,
        ]  # fmt: skip
        calls.append(row)

    def rings(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._begin(agent, "ringing", now, caller.row[0])

    def serves(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, held_at: int | None) -> None:
        self.event_count += 2
        row, begin, answered_at = caller.row, self._begin, caller.answered_at
        call = row[0]
        row[_AGENT], row[_ANSWERED_AT] = agent.id, answered_at
        begin(agent, "ringing", now, call)
        begin(agent, "talking", answered_at, call)
        if held_at is not None:
            self.event_count += 2
            row[_HOLD_MS] = caller.held_ms
            begin(agent, "hold", held_at, call)
            begin(agent, "talking", held_at + caller.held_ms, call)

    def missed(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, ring_ms: int) -> None:
        self.event_count += 1
        row = caller.row
        self._missed.append([row[0], row[_QUEUE], agent.id, now, ring_ms])
        self._begin(agent, "ready", now)

    def withdrawn(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._begin(agent, "ready", now)

    def left(self, now: int, caller: SimulatedCaller, outcome: Outcome, ended_by: str) -> None:
        self.event_count += 1
        row = caller.row
        row[_ENDED_AT], row[_OUTCOME], row[_ENDED_BY] = now, outcome.value, ended_by

    def hung_up(
        self, now: int, caller: SimulatedCaller, agent: AgentAtWork, *, ended_by: str, disposition: str, wrap_up_ms: int
    ) -> None:
        self.event_count += 1
        row = caller.row
        row[_ENDED_AT], row[_OUTCOME], row[_ENDED_BY], row[_DISPOSITION] = now, _ANSWERED, ended_by, disposition
        if wrap_up_ms:
            row[_WRAPPING_UP], row[_WRAPPED_UP_AT] = 0, now + wrap_up_ms
            self._begin(agent, "wrap_up", now, row[0])
        else:
            self._begin(agent, "ready", now)

    def dialled(self, now: int, agent: AgentAtWork, attempt: DialAttempt, phone: str, answered_at: int | None) -> None:
        calls, campaign = self._calls, attempt.campaign
        call = self._first_id + len(calls)
        attempt.row = row = [
            call, attempt.call_id, 1, _OUTBOUND, NULL, NULL if campaign is None else self._campaign(campaign), phone,
            NULL, agent.id, now, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, attempt.customer,
        ]  # fmt: skip
        calls.append(row)
        self._begin(agent, "dialling", now, call)
        if answered_at is None:
            self.event_count += 1
        else:
            self.event_count += 2
            row[_ANSWERED_AT] = answered_at
            self._begin(agent, "talking", answered_at, call)

    def not_reached(self, now: int, agent: AgentAtWork, attempt: DialAttempt, disposition: str) -> None:
        self.event_count += 1
        row = attempt.row
        row[_ENDED_AT], row[_OUTCOME], row[_ENDED_BY], row[_DISPOSITION] = now, _ABANDONED, "agent", disposition
        self._begin(agent, "ready", now)

    def talked(
        self,
        now: int,
        agent: AgentAtWork,
        attempt: DialAttempt,
        *,
        ended_by: str,
        disposition: str,
        wrap_up_ms: int,
        right_party: bool | None,
    ) -> None:
        self.event_count += 1
        row = attempt.row
        row[_ENDED_AT], row[_OUTCOME], row[_ENDED_BY], row[_DISPOSITION] = now, _ANSWERED, ended_by, disposition
        row[_WRAPPING_UP], row[_WRAPPED_UP_AT] = 0, now + wrap_up_ms
        if right_party is not None:
            row[_RIGHT_PARTY] = int(right_party)
        self._begin(agent, "wrap_up", now, row[0])

    def wrap_up_ended(self, now: int, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._begin(agent, "ready", now)

    def paused(self, now: int, agent: AgentAtWork, reason: str) -> None:
        self.event_count += 1
        self._begin(agent, "paused", now)
        agent.rows[-1][_REASON] = reason
        agent.pause_rows = [[self._queue(queue.setting.name), agent.id, reason, now, NULL] for queue, _ in agent.queues]
        self._pauses += agent.pause_rows

    def unpaused(self, now: int, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._end_pauses(now, agent)
        self._begin(agent, "ready", now)

    def _end_pauses(self, now: int, agent: AgentAtWork) -> None:
        for row in agent.pause_rows:
            row[_PAUSE_ENDED] = now
        agent.pause_rows = []

    def logged_in(self, now: int, agent: AgentAtWork) -> None:
        for event in log_in_events(now, agent):
            self.event_count += 1
            self._state_machine.apply((event,))
        agent.id = self._names.agent(agent.login)
        self._state_machine.recorder.changes.states.pop()  # it is the first of these rows instead
        agent.rows = [[agent.id, "ready", NULL, NULL, now, NULL]]
        self._states.append(agent.rows)

    def logged_out(self, now: int, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._end_pauses(now, agent)
        if agent.rows[-1][_BEGAN] == now:
            agent.rows.pop()
        else:
            agent.rows[-1][_ENDED] = now
        self._state_machine.apply((AgentLoggedOut(now, agent.login),))
