"""The floor's record of a day that is over, as the rows that the writer would make of its events.

What befalls a call is put down as a whole, in lists of the values that the database is given: that takes a third of the
time of making its events, applying them and writing their changes. Log-ins and log-outs go through the state machine.
"""

# ruff: noqa: D102 (FloorRecord says what each method takes down)
from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.bulk_insert import NULL, insert_lists
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds
from ccmon.events import AgentLoggedOut
from ccmon.model.calls import Direction, Outcome
from ccmon.simulator.entities import AgentAtWork, DialAttempt, SimulatedCaller
from ccmon.simulator.record import FloorRecord, log_in_events
from ccmon.simulator.table_rows import SOURCE, FloorRows

CALL = (
    "row_id", "call_id", "number", "direction", "queue_id", "campaign_id", "caller", "caller_name", "agent_id",
    "entered_at", "answered_at", "ended_at", "outcome", "ended_by", "hold_ms", "wrapping_up", "wrapped_up_at",
    "disposition", "right_party", "customer_id",
)  # fmt: skip
"""The values of a row of calls, in the order of the query that inserts it."""
_WIDTH = len(CALL)
_AGENT, _ANSWERED_AT, _ENDED_AT, _OUTCOME, _ENDED_BY = 8, 10, 11, 12, 13
_HOLD_MS, _WRAPPING_UP, _WRAPPED_UP_AT, _DISPOSITION = 14, 15, 16, 17
STATE = ("agent_id", "state", "reason", "call_id", "started_at", "ended_at")
"""The values of a row of agent_states."""
_STATE, _REASON, _CALL, _BEGAN = range(2 - len(STATE), 0)
"""The places of values of an agent's last row, which has no ``ended_at`` before the next begins."""
PAUSE = ("queue_id", "agent_id", "reason", "started_at", "ended_at")
"""The values of a row of queue_pauses."""
_PAUSE_BEGAN, _PAUSE_ENDED = 3, 4
MISSED = ("call_id", "queue_id", "agent_id", "missed_at", "ring_ms")
"""The values of a row of missed_calls."""
_ANSWERED, _ABANDONED = Outcome.ANSWERED.value, Outcome.ABANDONED.value
_INBOUND, _OUTBOUND = Direction.INBOUND.value, Direction.OUTBOUND.value


class RowRecord(FloorRecord):
    """Makes rows, for a day that is simulated to its end before they are written.

    The state machine is then left as the events would have left it, except that it does not remember the calls. All
    calls are over by then: none lasts as long as the state machine lets one be open.

    Rows of calls and states are kept as they are inserted: their values one after the other in a list. Calls are
    numbered as they come; where others may be written before these are, `renumber` is to be called first.
    """

    def __init__(self, connection: sqlite3.Connection, state_machine: CallStateMachine, names: NameIds) -> None:
        self._connection = connection
        self._first_id = self._next_id = _next_call_id(connection)
        self._before_first: int = self._next_id * _WIDTH
        self._state_machine = state_machine
        self._names = names
        self._queues, self._campaigns = names.queues, names.campaigns
        self._calls: list[Any] = []
        self._states: list[list[Any]] = []
        """Those of each agent."""
        self._pauses: list[list[Any]] = []
        self._missed: list[Any] = []
        self.event_count = 0
        """How many floor events would say the same."""

    def renumber(self, beside: FloorRows) -> None:
        """Give calls the next free numbers, at the end of the day, in an open transaction.

        Args:
            beside: the day's other rows, which name calls by their numbers.
        """
        shift = _next_call_id(self._connection) - self._first_id
        if not shift:
            return
        for values, place, width in (
            (self._calls, 0, _WIDTH),
            (self._missed, 0, len(MISSED)),
            *((states, STATE.index("call_id"), len(STATE)) for states in self._states),
        ):
            values[place::width] = [each if each is NULL else each + shift for each in values[place::width]]
        for row in beside.values():
            if "call_id" in row:
                row["call_id"] += shift

    def write(self) -> None:
        """Write the rows in an open transaction, once the day is over, without looking at CHECK constraints."""
        connection, calls, states = self._connection, self._calls, self._states
        pauses = [row for row in self._pauses if row[_PAUSE_ENDED] != row[_PAUSE_BEGAN]]
        insert_lists(connection, "insert_call", calls, {"source": SOURCE})
        # In the order of the index by agent, which is so made in half the time.
        insert_lists(connection, "insert_state", _joined(states), {"row_id": None, "source": SOURCE})
        insert_lists(connection, "insert_pause", _joined(pauses), {"row_id": None, "source": SOURCE})
        insert_lists(connection, "insert_missed_call", self._missed, {})
        wrapped_up = (at for at in calls[_WRAPPED_UP_AT::_WIDTH] if at is not NULL)
        self._state_machine.now = max((self._state_machine.now, *calls[_ENDED_AT::_WIDTH], *wrapped_up))

    def _begin(self, agent: AgentAtWork, state: str, at: int, call: int | float = NULL) -> None:
        """Begin a state in place of the present one."""
        states = agent.states
        if states[_BEGAN] == at:  # the present one has lasted no time
            states[_STATE], states[_REASON], states[_CALL] = state, NULL, call
        else:
            states += (at, agent.id, state, NULL, call, at)

    def entered(
        self, now: int, caller: SimulatedCaller, *, phone: str | None, name: str | None, customer: int | None
    ) -> None:
        self.event_count += 1
        caller.row_id = row_id = self._next_id
        self._next_id += 1
        self._calls += (
            row_id, caller.call_id, caller.visit, _INBOUND,
            self._queues[caller.queue.setting.name], NULL,
            phone or NULL, name or NULL, NULL, now, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            customer or NULL,
        )  # fmt: skip

    def rings(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._begin(agent, "ringing", now, caller.row_id)

    def serves(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, held_at: int | None) -> None:
        self.event_count += 2
        begin, call, answered_at = self._begin, caller.row_id, caller.answered_at
        calls, row = self._calls, call * _WIDTH - self._before_first
        calls[row + _AGENT], calls[row + _ANSWERED_AT] = agent.id, answered_at
        begin(agent, "ringing", now, call)
        begin(agent, "talking", answered_at, call)
        if held_at is not None:
            self.event_count += 2
            calls[row + _HOLD_MS] = caller.held_ms
            begin(agent, "hold", held_at, call)
            begin(agent, "talking", held_at + caller.held_ms, call)

    def missed(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, ring_ms: int) -> None:
        self.event_count += 1
        self._missed += (caller.row_id, self._queues[caller.queue.setting.name], agent.id, now, ring_ms)
        self._begin(agent, "ready", now)

    def withdrawn(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._begin(agent, "ready", now)

    def left(self, now: int, caller: SimulatedCaller, outcome: Outcome, ended_by: str) -> None:
        self.event_count += 1
        self._end(caller.row_id, now, outcome.value, ended_by)

    def hung_up(
        self, now: int, caller: SimulatedCaller, agent: AgentAtWork, *, ended_by: str, disposition: str, wrap_up_ms: int
    ) -> None:
        self.event_count += 1
        call = caller.row_id
        row = self._end(call, now, _ANSWERED, ended_by, disposition)
        if wrap_up_ms:
            self.event_count += 1
            calls = self._calls
            calls[row + _WRAPPING_UP], calls[row + _WRAPPED_UP_AT] = 0, now + wrap_up_ms
            self._begin(agent, "wrap_up", now, call)
        self._begin(agent, "ready", now + wrap_up_ms)

    def _end(self, call: int, now: int, outcome: str, ended_by: str, disposition: str | float = NULL) -> int:
        """Put down how a call ended; return where its row begins."""
        calls, row = self._calls, call * _WIDTH - self._before_first
        calls[row + _ENDED_AT], calls[row + _OUTCOME] = now, outcome
        calls[row + _ENDED_BY], calls[row + _DISPOSITION] = ended_by, disposition
        return row

    def dialled(self, now: int, agent: AgentAtWork, attempt: DialAttempt, phone: str) -> None:
        campaign, begin = attempt.campaign, self._begin
        answered_at, ended_at, right_party = attempt.answered_at, attempt.ended_at, attempt.right_party
        attempt.row_id = call = self._next_id
        self._next_id += 1
        begin(agent, "dialling", now, call)
        if answered_at is None:
            self.event_count += 2
            answer = NULL, ended_at, _ABANDONED, attempt.ended_by, NULL, NULL, NULL
        else:
            self.event_count += 4
            wrapped_up_at = attempt.wrapped_up_at
            answer = answered_at, ended_at, _ANSWERED, attempt.ended_by, NULL, 0, wrapped_up_at
            begin(agent, "talking", answered_at, call)
            begin(agent, "wrap_up", ended_at, call)
        begin(agent, "ready", attempt.wrapped_up_at)
        self._calls += (
            call, attempt.call_id, 1, _OUTBOUND, NULL, NULL if campaign is None else self._campaigns[campaign], phone,
            NULL, agent.id, now, *answer, attempt.disposition, NULL if right_party is None else int(right_party),
            attempt.customer,
        )  # fmt: skip

    def paused(self, now: int, agent: AgentAtWork, reason: str) -> None:
        self.event_count += 1
        self._begin(agent, "paused", now)
        agent.states[_REASON] = reason
        agent.pause_rows = [
            [self._queues[queue.setting.name], agent.id, reason, now, NULL] for queue, _ in agent.queues
        ]
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
        agent.states = [agent.id, "ready", NULL, NULL, now]
        self._states.append(agent.states)

    def logged_out(self, now: int, agent: AgentAtWork) -> None:
        self.event_count += 1
        self._end_pauses(now, agent)
        if agent.states[_BEGAN] == now:
            del agent.states[1 - len(STATE) :]
        else:
            agent.states.append(now)
        self._state_machine.apply((AgentLoggedOut(now, agent.login),))


def _next_call_id(connection: sqlite3.Connection) -> int:
    found: int = Database(connection).value("next_call_id")
    return found


def _joined(rows: Iterable[list[Any]]) -> list[Any]:
    """The values of all rows, one after the other."""
    values: list[Any] = []
    for row in rows:
        values += row
    return values
