"""Apply the records after a gap again, as far as they are kept, to the state with which the gap ends.

They were applied without what happened in the gap: that somebody was paused, logged in, or sat at a desk. What they
made of agents then is deleted before the gap is filled, and made again afterwards. What goes on after the records that
are kept is left, beginning where they end. Moments are Unix milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable

from ccmon.calls import restore
from ccmon.calls.records import ChangeSet, Interval, MembershipInterval, PauseInterval, StateInterval
from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.driver import Database
from ccmon.database.imported_records import LaterRecords
from ccmon.database.source_records import is_of_a_record
from ccmon.database.sql_files import sql
from ccmon.events import FloorEvent

Translate = Callable[[str], Iterable[FloorEvent]]
"""The floor events of a record as it was imported."""
_TABLES: dict[type, str] = {StateInterval: "state", MembershipInterval: "member", PauseInterval: "pause"}


class Replay:
    """The records after a gap that can be applied again."""

    def __init__(self, connection: sqlite3.Connection, source: str, until: int, translate: Translate) -> None:
        self._connection = connection
        self._database = Database(connection)
        self._source = source
        self._since = until
        self._translate = translate
        self._records = LaterRecords(self._database, source, until)
        self.until = self._records.kept_until
        """The last moment of which records are kept; None: of all."""

    @property
    def is_possible(self) -> bool:
        """Whether any record after the gap is kept, or there is none."""
        return self.until is None or self.until >= self._since

    def delete_intervals(self, after: int | None, running: Iterable[Interval]) -> None:
        """Delete what later records made, up to where they are kept.

        Args:
            after: when the gap began.
            running: what ran then; it loses its row where that goes on after the records that are kept.
        """
        where = {"source": self._source, "after": -1 if after is None else after, "kept_until": self.until}
        for table in _TABLES.values():
            self._connection.execute(sql(f"replay_delete_{table}s"), where)
        if self.until is None:
            return
        for table in _TABLES.values():
            self._connection.execute(sql(f"replay_cut_{table}s"), where)
        for interval in running:
            row = {"id": interval.row_id, "kept_until": self.until}
            if self._connection.execute(sql(f"replay_cut_{_TABLES[type(interval)]}"), row).rowcount:
                interval.row_id = None

    def apply(self, state_machine: CallStateMachine, write: Callable[[ChangeSet], None]) -> None:
        """Apply the records again; of the state at the end of each part keep anew what rows do not say."""
        moments = self._database.values("imported_state_moments", {"source": self._source, "since": self._since})
        for last_at, lines in self._records:
            for moment in [moment for moment in moments if moment < last_at]:
                write_state(self._connection, self._source, moment, beyond_rows(state_machine))
                moments.remove(moment)
            for line in lines:
                self._apply_line(state_machine, line)
            write(state_machine.take_changes())
        for moment in moments:
            if self.until is None or moment <= self.until:
                write_state(self._connection, self._source, moment, beyond_rows(state_machine))

    def _apply_line(self, state_machine: CallStateMachine, line: str) -> None:
        try:
            state_machine.apply(
                event for event in self._translate(line) if self.until is None or event.at <= self.until
            )
        except Exception as error:  # a record that was set aside when it was imported
            if not is_of_a_record(error):
                raise

    def reopen(self, interval: Interval) -> None:
        """An interval with a row still runs."""
        self._connection.execute(sql(f"replay_reopen_{_TABLES[type(interval)]}"), (interval.row_id,))

    def delete_others(self, running: Iterable[tuple[Interval, list[str | int | None]]]) -> None:
        """Delete the rows that begin where the records end, of what does not run there.

        Args:
            running: what runs, with the values by which its row is known: for whom, where and why.
        """
        kept = {(_TABLES[type(interval)], json.dumps(values)) for interval, values in running}
        for table in _TABLES.values():
            found = self._database.pairs(f"values_of_{table}s_at", {"source": self._source, "at": self.until})
            others = [(row,) for row, values in found.items() if (table, json.dumps(json.loads(values))) not in kept]
            self._connection.executemany(sql(f"replay_delete_{table}"), others)

    def delete(self, interval: Interval) -> None:
        """Delete the row of an interval, which becomes another."""
        if interval.row_id is not None:
            self._connection.execute(sql(f"replay_delete_{_TABLES[type(interval)]}"), (interval.row_id,))
            interval.row_id = None


def beyond_rows(state_machine: CallStateMachine) -> str:
    """What rows do not say of a state, or will not say of it when later records have changed them, as JSON."""
    agents = dict.fromkeys(state_machine.agent_tracker.agents.values())
    static = [[m.agent, m.queue] for agent in agents for m in agent.memberships.values() if m.static]
    visits = [
        [visit.call_id, visit.queue, visit.entered_at, visit.number, visit.disposition, visit.hold_ms]
        for known in state_machine.calls.values()
        for visit in known
        if visit.ended_at is None
    ]
    return json.dumps({**restore.carried_state(state_machine), "static": static, "visits": visits})


def write_state(connection: sqlite3.Connection, source: str, at: int, state: str) -> None:
    """Keep what rows do not say of the state at a moment, for a gap that begins there; after the source has a row."""
    connection.execute(sql("write_imported_state"), {"source": source, "at": at, "carried": state})
