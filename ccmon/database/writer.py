"""The only way into the call database for what happens on a floor: events in, changed rows out.

A `Writer` belongs to one source. It loads the state of calls and agents from the database, applies events to it, and
writes what changed together with the source's position in one transaction: after an error or a kill, the next `Writer`
resumes from the last commit. Changes are collected between commits: a call that starts and ends within one batch is
written once.

Records are ingested and written many at a time. If that raises, the state is reset to what it was before them (from a
copy, or from the database) and they are ingested by halves, each with its rows in a savepoint; a single record that
raises is set aside. So values need not be checked beforehand. A savepoint costs a third of an import, so it is only
made when known to be needed: a transaction whose rows SQLite rejected is repeated with `savepoint_per_record`.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ccmon.calls import resume
from ccmon.calls.records import Interval
from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import database_file, floor_writer, replay, source_state, sqlite_errors, totals, unknown_events
from ccmon.database.backfill import Backfill
from ccmon.database.bulk_insert import bulk_load
from ccmon.database.connection import savepoint, transaction
from ccmon.database.driver import Database
from ccmon.database.source_lock import SourceLock, process_namespace
from ccmon.database.source_records import (
    FaultyRecord,
    RecordFaultError,
    SourceRecord,
    events_in,
    is_of_a_record,
    storable,
    unexpected_error_reason,
)
from ccmon.database.sql_files import sql
from ccmon.events import FloorEvent
from ccmon.real_time import real_now


class Writer:
    """See the module. Use as a context manager; leaving it does not commit."""

    def __init__(
        self,
        path: Path,
        *,
        source: str,
        kind: str,
        origin: str | None = None,
        following: bool = False,
        on_rejected: Callable[[FaultyRecord], object] | None = None,
    ) -> None:
        """Open the database for one source and load its state.

        Args:
            path: the call database.
            source: name of the source, as in ``calls.source``.
            kind: queue-log, ami, freeswitch, table or simulator.
            origin: where the source's records come from, for display.
            following: whether the source will be kept up to date from here on.
            on_rejected: called with each line that is rejected.

        Raises:
            CcmonError: the database cannot be opened, or another program writes this source.
        """
        self.path, self.source, self.kind = path, source, kind
        self.origin, self.following = origin, following
        self._started_at: int | None = real_now()
        self._counted = {"records": 0, "rejected": 0, "incomplete": 0}
        self.unknown = Counter[str]()  # of the records, those of events that ccmon does not know
        self._rejected: list[FaultyRecord] = []
        self._on_rejected = on_rejected
        self._unflushed: list[SourceRecord] = []
        """Records ingested since the last flush."""
        self._saved_before: bytes | None = None
        """The state before these records; None: as in the database."""
        self._flushed = False
        """Whether the database has rows of this transaction, but not yet the part of the state that is not in rows."""
        self.savepoint_per_record = False
        """Whether `flush` makes a savepoint, to set aside what SQLite rejects; else it raises."""
        self.set_aside_count = 0
        """How many records could not be ingested."""
        self._set_aside_records: list[SourceRecord] = []
        self._agent_names: list[tuple[str, str]] = []
        self.new_calls = 0
        """Visits written for the first time."""
        self._end_bulk_load: Callable[[], None] = lambda: None
        self.position: Any = None
        """Where the source's last commit ended, as given to `commit`."""
        self._backfill: Backfill | None = None
        with ExitStack() as opened:
            self._lock = SourceLock(path, source)
            opened.callback(self._lock.release)
            self.connection = database_file.open_writer(path)
            opened.callback(self.connection.close)
            with sqlite_errors.translate_errors(path):
                self.names = floor_writer.NameIds(self.connection)
                self.state_machine = self._load_state_machine()
            opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and release the source. What was not committed is lost."""
        self.connection.close()
        self._lock.release()

    def apply(self, events: Iterable[FloorEvent]) -> None:
        """Ingest events that belong to no record; nothing is written before `commit`."""
        self.ingest([SourceRecord(tuple(events), counted=False)])

    def ingest(self, records: Sequence[SourceRecord]) -> None:
        """Ingest records; nothing is written before `flush`. A record that raises is set aside, the rest is ingested.

        Raises:
            RecordFaultError: a record raised after a `flush`; proceed as for `flush`.
        """
        if not records:
            return
        if self._flushed and not self._unflushed and self.savepoint_per_record:
            self._saved_before = self._saved()
        self._unflushed += records
        try:
            self.state_machine.apply(events_in(records))
        except Exception as error:
            if not is_of_a_record(error):
                raise
            if self._flushed and self._saved_before is None:
                raise RecordFaultError(unexpected_error_reason(error)) from error
            self._ingest_again(written=False)

    def count(self, *, records: int = 0) -> None:
        """Count records of the source."""
        self._counted["records"] += records

    def report_faulty(self, record: FaultyRecord) -> None:
        """Keep a record that could not be understood in full, and count it."""
        record = record._replace(reason=storable(record.reason), content=storable(record.content))
        self._rejected.append(record)
        self._counted["incomplete" if record.taken_in else "rejected"] += 1
        if self._on_rejected is not None:
            self._on_rejected(record)

    def name_agent(self, login: str, name: str) -> None:
        """Set an agent's display name, unless the site has set one."""
        self._agent_names.append((name, login))

    def take_set_aside(self) -> list[SourceRecord]:
        """The records that could not be ingested since the last call."""
        set_aside, self._set_aside_records = self._set_aside_records, []
        return set_aside

    def has_call(self, call_id: str) -> bool:
        """Whether this source has reported a call, however long ago."""
        found = {"source": self.source, "call_id": call_id}
        return call_id in self.state_machine.calls or Database(self.connection).value("has_call", found)

    def rejected_contents(self) -> Counter[str]:
        """The lines of this source rejected before, and how often each was."""
        return Counter(Database(self.connection).values("rejected_contents", {"source": self.source}))

    def commit(
        self,
        *,
        position: Any = None,
        checked_at: int | None = None,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Write everything since the last commit in one transaction.

        If the database stays locked, it raises before any change is taken from the state: commit again. After any other
        error, the state assumes rows that do not exist: close this writer and open a new one.

        Args:
            position: where the source is now, JSON; None: as before.
            checked_at: the moment at which the source had reported everything.
            also: writes more in the same transaction, after the rows.

        Raises:
            sqlite3.Error: an error of the database.
        """
        try:
            self._commit_once(position, checked_at, also)
        except RecordFaultError:
            self._ingest_again(written=False)
            self.savepoint_per_record = True
            try:
                self._commit_once(position, checked_at, also)
            finally:
                self.savepoint_per_record = False

    def _commit_once(
        self, position: Any, checked_at: int | None, also: Callable[[sqlite3.Connection], None] | None
    ) -> None:
        with self.transaction():
            self.flush()
            if also is not None:
                also(self.connection)
            self.write_source(position, checked_at)

    def start_over(self) -> None:
        """Go back to the last commit: drop what was ingested and counted since."""
        self._unflushed, self._saved_before, self._flushed, self._backfill = [], None, False, None
        self._rejected, self._set_aside_records, self._agent_names = [], [], []
        self._counted = dict.fromkeys(self._counted, 0)
        self.unknown.clear()
        self.names = floor_writer.NameIds(self.connection)
        self._replace_state_machine(self._load_state_machine())

    @contextmanager
    def transaction(self, *, bulk: bool = False, rows: int = 0) -> Iterator[None]:
        """One transaction around several calls of `flush`.

        Args:
            bulk: defer the totals to its end, for a great many rows.
            rows: about how many rows are new; if more than exist already, the indexes are deferred, too.
        """
        self.connection.check()
        with (
            transaction(self.connection),
            totals.bulk_load(self.connection) if bulk else nullcontext(),
            bulk_load(self.connection, rows) as self._end_bulk_load,
        ):
            yield

    def flush(self) -> None:
        """Write the changed rows, inside a `transaction`.

        Raises:
            RecordFaultError: a record raised; roll back, and repeat with `savepoint_per_record`.
        """
        try:
            with savepoint(self.connection) if self.savepoint_per_record else nullcontext():
                self._write_changes()
        except Exception as error:
            if not (self._unflushed and is_of_a_record(error)):
                raise
            if not self.savepoint_per_record:
                raise RecordFaultError(unexpected_error_reason(error)) from error
            self._ingest_again(written=True)
        self._unflushed = []
        self._agent_names = []
        self._saved_before = None
        self._flushed = True

    def _ingest_again(self, *, written: bool) -> None:
        """Reset the state to that of the last flush, and ingest the records since then by halves."""
        records, self._unflushed = self._unflushed, []
        if self._saved_before is None:
            self.names = floor_writer.NameIds(self.connection)
            self._replace_state_machine(self._load_state_machine())
        else:
            self._reset_to(self._saved_before)
        self._ingest_by_halves(records, written=written)

    def _ingest_by_halves(self, records: list[SourceRecord], *, written: bool) -> None:
        before = self._saved()
        try:
            with savepoint(self.connection) if written else nullcontext():
                self.state_machine.apply(events_in(records))
                if written:
                    self._write_changes()
        except Exception as error:
            if not is_of_a_record(error):
                raise
            self._reset_to(before)
            if len(records) == 1:
                if not records[0].counted:
                    raise
                self._put_aside(records[0], error)
                return
            middle = len(records) // 2
            self._ingest_by_halves(records[:middle], written=written)
            self._ingest_by_halves(records[middle:], written=written)
        else:
            self._unflushed += records

    def _put_aside(self, record: SourceRecord, error: BaseException) -> None:
        self.set_aside_count += 1
        self._set_aside_records.append(record)
        self._counted["records"] -= 1
        content = record.content or repr(record.events)
        self.report_faulty(FaultyRecord(record.file, record.line, unexpected_error_reason(error), content))

    def _saved(self) -> bytes:
        backfill = None if self._backfill is None else self._backfill.state
        return pickle.dumps((self.state_machine, backfill, self.new_calls))

    def _reset_to(self, saved: bytes) -> None:
        self.state_machine, backfill, self.new_calls = pickle.loads(saved)  # noqa: S301 (our own, of this process)
        if self._backfill is not None:
            self._backfill.state = backfill
        self.names = floor_writer.NameIds(self.connection)

    def _write_changes(self) -> None:
        changes = self.state_machine.take_changes()
        if self._backfill is not None:
            changes = self._backfill.take_writable(changes)
        for agent in changes.agents:
            self.names.agent(agent)
        if changes.aliases:
            aliases = [(alias, self.names.agent(agent)) for alias, agent in changes.aliases]
            self.connection.executemany(sql("write_alias"), aliases)
            self.connection.executemany(sql("deactivate_alias"), aliases)
        if self._agent_names:
            self.connection.executemany(sql("set_agent_name"), self._agent_names)
        if changes.visits:
            new, again = floor_writer.write_visits(self.connection, self.names, self.source, changes.visits)
            self.new_calls += new
            if self._backfill is not None:
                self._backfill.renumber(again)
        kinds: tuple[Sequence[Interval], ...] = (changes.states, changes.memberships, changes.pauses)
        for intervals in kinds:
            if intervals:
                floor_writer.write_intervals(self.connection, self.names, self.source, intervals)
        if changes.missed:
            floor_writer.write_missed(self.connection, self.names, changes.missed)

    def begin_backfill(self, after: int | None, until: int, translate: replay.Translate) -> None:
        """Begin to fill a gap: what is ingested from here on happened between two moments (Unix milliseconds).

        Args:
            after: everything up to here is known; None: nothing before.
            until: everything from here on is known.
            translate: the floor events of a record, as it was kept.
        """
        self.flush()
        self._end_bulk_load()
        self.write_source()
        self._backfill = Backfill(self.connection, self.source, after, until, translate)
        self._replace_state_machine(source_state.empty_state_machine(self.connection, self.names))
        self._backfill.load(self.state_machine)
        # The state is now that of the gap: a reset after a record raises must not load the present one.
        self._flushed = True

    def end_backfill(self, filled_until: int, until: int) -> None:
        """Join the gap, with its last record at ``filled_until``, to the rows from ``until`` on; resume the present."""
        if self._backfill is not None:
            replay.write_state(self.connection, self.source, filled_until, replay.state_beyond_rows(self.state_machine))
            self.state_machine.end_orphaned_by(until)
            self.flush()
            carried = self._backfill.close(self.state_machine, self.names)
            self._backfill = None
            self._replace_state_machine(self._load_state_machine(carried))

    def _replace_state_machine(self, state_machine: CallStateMachine) -> None:
        """Replace the state by another with the same static members."""
        state_machine.agent_tracker.configured |= self.state_machine.agent_tracker.configured
        self.state_machine = state_machine

    def write_source(self, position: Any = None, checked_at: int | None = None) -> None:
        """Write the row of the source, inside a `transaction`, after its last `flush`."""
        now = real_now()
        if self._rejected:
            self.connection.executemany(
                sql("insert_rejected_line"), [(self.source, *line, now) for line in self._rejected]
            )
        row = {
            "name": self.source,
            "kind": self.kind,
            "path": self.origin,
            "following": int(self.following),
            "started_at": self._started_at,
            "last_record_at": self.state_machine.now or None,
            "checked_at": checked_at,
            **self._counted,
            "unknown": unknown_events.write(self.connection, self.source, self.unknown),
            "position": None if position is None else json.dumps(position),
            "carried": json.dumps(resume.carried_state(self.state_machine)),
            "process_namespace": process_namespace(),
        }
        self.connection.execute(sql("write_source"), row)
        self._rejected = []
        self._flushed = self._backfill is not None
        self._counted = dict.fromkeys(self._counted, 0)
        self._started_at = None
        if position is not None:
            self.position = position

    def _load_state_machine(self, carried: dict[str, Any] | None = None) -> CallStateMachine:
        """The state as in the database; ``carried`` is the part not in rows, None: as it was written."""
        state_machine, position = source_state.load_state_machine(self.connection, self.names, self.source, carried)
        if position is not None:
            self.position = position
        return state_machine
