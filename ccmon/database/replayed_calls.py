"""The rows of calls whose records are applied again: what these make of them now, and no more.

A row stays that of its visit, so that what others know of it (sales, follow-ups) stays with it. One that turns out to
be no visit of its own is deleted, and what named it names the latest visit of its call. Moments are Unix milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from operator import itemgetter

from msgspec import Struct

from ccmon.calls.records import ChangeSet, Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.change_writer import NameIds, row_of, write_visits
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql, statements
from ccmon.time_units import NEVER


class _VisitRow(Struct, frozen=True, gc=False):
    """A row of ``replay_visits_of_call``."""

    id: int
    number: int
    queue_id: int | None
    entered_at: int
    ended_at: int | None


class ReplayedCalls:
    """Calls that records of after a gap are about, with their visits in order."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        names: NameIds,
        source: str,
        span: tuple[int, int | None],
        state_machine: CallStateMachine,
    ) -> None:
        """Begin with the state at the end of the gap.

        Args:
            connection: in a transaction that writes.
            names: row numbers of queues and agents.
            source: whose calls they are.
            span: from when to when records are applied again; None: to the last one.
            state_machine: the state; its visits have their rows.
        """
        self._connection = connection
        self._database = Database(connection)
        self._names = names
        self._source = source
        self._since, self._until = span
        self._visits: dict[str, list[Visit]] = {call_id: list(known) for call_id, known in state_machine.calls.items()}
        self._older = {visit for known in self._visits.values() for visit in known}
        """Visits of before the records."""
        self._changed = set(self._visits)
        self._missed: dict[tuple[int, int, int, int], list[Visit | None]] = defaultdict(list)

    def note(self, changes: ChangeSet) -> None:
        """Note which visits changed, and who missed a call."""
        for visit in changes.visits:
            visit.changed = False
            known = self._visits.setdefault(visit.call_id, [])
            if visit not in known:
                known.append(visit)
            self._changed.add(visit.call_id)
        for missed in changes.missed:
            agent_id, queue_id = self._names.agent(missed.agent), self._names.queue(missed.queue)
            self._missed[agent_id, queue_id, missed.missed_at, missed.ring_ms].append(missed.visit)

    def find_row(self, visit: Visit) -> int | None:
        """Return the row of a visit: the one that its records made before, or a new one."""
        if visit.row_id is None:
            known = self._visits.setdefault(visit.call_id, [visit])
            used = {other.row_id for other in known}
            queue_id = None if visit.queue is None else self._names.queue(visit.queue)
            for row in self._rows(visit.call_id):
                if (row.queue_id, row.entered_at) == (queue_id, visit.entered_at) and row.id not in used:
                    visit.row_id = row.id
                    return row.id
            write_visits(self._connection, self._names, self._source, [visit])
        return visit.row_id

    def _rows(self, call_id: str) -> list[_VisitRow]:
        return self._database.rows("replay_visits_of_call", _VisitRow, {"source": self._source, "call_id": call_id})

    def write(self, wrapping: set[Visit]) -> None:
        """Write the visits as they are now, but for those whose end, or the end of the work after, is not known yet.

        Args:
            wrapping: of visits that are over, those whose work after the call goes on.
        """
        for call_id in self._changed:
            visits = self._visits[call_id]
            for visit in visits:
                self.find_row(visit)
            said = json.dumps([visit.disposition for visit in visits if visit.disposition is not None])
            for visit in visits:
                if self._until is None or (visit.ended_at is not None and visit not in wrapping):
                    row = row_of(visit, self._names, self._source)
                    self._connection.execute(sql("replay_update_call"), {**row, "said": said})
            self._delete_others(call_id, visits)
        for (agent_id, queue_id, missed_at, ring_ms), missed in self._missed.items():
            key = {"agent_id": agent_id, "queue_id": queue_id, "missed_at": missed_at, "ring_ms": ring_ms}
            ids = self._database.values("replay_missed_calls", key)
            found = [None if visit is None else self.find_row(visit) for visit in missed]
            calls = list(zip(found, ids, strict=False))
            self._connection.executemany(sql("replay_set_missed_call"), calls)

    def _delete_others(self, call_id: str, visits: list[Visit]) -> None:
        """Delete rows that no visit has, and number the others in the order of the visits."""
        numbers = {row.id: row.number for row in self._rows(call_id)}
        order: list[tuple[float, int]] = []
        number: float = 0
        for visit in visits:
            if visit.row_id is not None:
                number = max(number, numbers[visit.row_id]) if visit in self._older else NEVER
                order.append((number, visit.row_id))
        mine = {row_id for _, row_id in order}
        for row in self._rows(call_id):
            if row.id in mine:
                continue
            if row.ended_at is not None and row.ended_at < self._since:
                order.append((row.number - 0.5, row.id))
            elif self._until is None or (row.ended_at is not None and row.ended_at <= self._until):
                for statement in statements("replay_move_references"):
                    self._connection.execute(statement, {"id": row.id, "to": visits[-1].row_id})
                self._connection.execute(sql("delete_call"), (row.id,))
            else:
                order.append((NEVER, row.id))
        wanted = {row_id: number for number, (_, row_id) in enumerate(sorted(order, key=itemgetter(0)), start=1)}
        for visit in visits:
            visit.number = wanted.get(visit.row_id or 0, visit.number)
        wrong = [(row_id, number) for row_id, number in wanted.items() if numbers[row_id] != number]
        for sign in (-1, 1):
            self._connection.executemany(sql("set_visit_number"), [(row_id, sign * number) for row_id, number in wrong])
