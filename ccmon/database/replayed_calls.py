"""Update the rows of calls when the records after a gap are applied again.

The records made rows when they were first applied. A row remains that of its visit, so that sales, follow-ups and
answers that name it keep their visit. If it turns out not to be a separate visit, it is deleted, and references to it
are changed to the latest visit of its call. Moments are Unix milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

from msgspec import Struct

from ccmon.calls.records import FloorChanges, Interval, StateInterval, Visit
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds, row_of, write_visits
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
    """The calls known at the end of a gap and the calls in the records after it, with their visits in order."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        names: NameIds,
        source: str,
        span: tuple[int, int | None],
        calls: dict[str, list[Visit]],
    ) -> None:
        """Begin at the end of the gap.

        Args:
            connection: in a transaction that writes.
            names: row numbers of queues and agents.
            source: the source of the calls.
            span: from when to when records are applied again; None: up to the last one.
            calls: the visits known at the end of the gap, by call; they have rows.
        """
        self._connection = connection
        self._database = Database(connection)
        self._names = names
        self._source = source
        self._since, self._until = span
        self._visits = {call_id: list(visits) for call_id, visits in calls.items()}
        self._known_at_start = {visit for visits in calls.values() for visit in visits}
        self._changed = set(calls)
        self._missed: dict[tuple[int, int, int, int], list[Visit | None]] = defaultdict(list)
        """The visits of missed calls, by agent, queue, moment and how long it rang."""

    def note(self, changes: FloorChanges) -> None:
        """Note which visits changed, and which calls were missed."""
        for visit in changes.visits:
            visit.changed = False
            visits = self._visits.setdefault(visit.call_id, [])
            if visit not in visits:
                visits.append(visit)
            self._changed.add(visit.call_id)
        for missed in changes.missed:
            agent_id, queue_id = self._names.agent(missed.agent), self._names.queue(missed.queue)
            self._missed[agent_id, queue_id, missed.missed_at, missed.ring_ms].append(missed.visit)

    def find_rows_named_by(self, intervals: Iterable[Interval]) -> None:
        """Find the rows of visits that states are about, because the rows of these states refer to them."""
        for interval in intervals:
            if isinstance(interval, StateInterval) and interval.visit is not None:
                self._find_row(interval.visit)

    def _find_row(self, visit: Visit) -> int | None:
        """Return the number of a visit's row: one that the records made before, or else a new one."""
        if visit.row_id is None:
            visits = self._visits.setdefault(visit.call_id, [visit])
            taken = {other.row_id for other in visits}
            queue_id = None if visit.queue is None else self._names.queue(visit.queue)
            for row in self._rows(visit.call_id):
                if (row.queue_id, row.entered_at) == (queue_id, visit.entered_at) and row.id not in taken:
                    visit.row_id = row.id
                    return row.id
            write_visits(self._connection, self._names, self._source, [visit])
        return visit.row_id

    def _rows(self, call_id: str) -> list[_VisitRow]:
        return self._database.rows("replay_visits_of_call", _VisitRow, {"source": self._source, "call_id": call_id})

    def write(self, wrapping: set[Visit]) -> None:
        """Write the visits as they are now.

        If further records follow that are not kept, the row of a visit that goes on or is still in wrap-up is left as
        it is: those records may have reported its end.

        Args:
            wrapping: visits that are over but still in wrap-up.
        """
        for call_id in self._changed:
            visits = self._visits[call_id]
            for visit in visits:
                self._find_row(visit)
            dispositions = json.dumps([visit.disposition for visit in visits if visit.disposition is not None])
            for visit in visits:
                if self._until is None or (visit.ended_at is not None and visit not in wrapping):
                    row = row_of(visit, self._names, self._source)
                    self._connection.execute(sql("replay_update_call"), {**row, "dispositions": dispositions})
            self._delete_others(call_id, visits)
        for (agent_id, queue_id, missed_at, ring_ms), missed in self._missed.items():
            key = {"agent_id": agent_id, "queue_id": queue_id, "missed_at": missed_at, "ring_ms": ring_ms}
            ids = self._database.values("replay_missed_calls", key)
            calls = [None if visit is None else self._find_row(visit) for visit in missed]
            self._connection.executemany(sql("replay_set_missed_call"), list(zip(calls, ids, strict=False)))

    def _delete_others(self, call_id: str, visits: list[Visit]) -> None:
        """Delete the rows of a call that belong to no visit, and number the rest in the order of the visits.

        A row without a visit stays if its visit ended before these records, or goes on after them.
        """
        rows = self._rows(call_id)
        numbers = {row.id: row.number for row in rows}
        places: dict[int, float] = {}
        place: float = 0
        for visit in visits:
            if visit.row_id is not None:
                place = max(place, numbers[visit.row_id]) if visit in self._known_at_start else NEVER
                places[visit.row_id] = place
        for row in rows:
            if row.id in places:
                continue
            if row.ended_at is not None and row.ended_at < self._since:
                places[row.id] = row.number - 0.5
            elif self._until is None or (row.ended_at is not None and row.ended_at <= self._until):
                for statement in statements("replay_move_references"):
                    self._connection.execute(statement, {"id": row.id, "to": visits[-1].row_id})
                self._connection.execute(sql("delete_call"), (row.id,))
            else:
                places[row.id] = NEVER
        in_order = sorted(places.items(), key=itemgetter(1))
        wanted = {row_id: number for number, (row_id, _) in enumerate(in_order, start=1)}
        for visit in visits:
            visit.number = wanted.get(visit.row_id or 0, visit.number)
        wrong = [(row_id, number) for row_id, number in wanted.items() if numbers[row_id] != number]
        for sign in (-1, 1):
            self._connection.executemany(sql("set_visit_number"), [(row_id, sign * number) for row_id, number in wrong])
