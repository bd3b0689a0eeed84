"""Calls of a table into the database, a batch at a time, with the place reached in the file in the same transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from ccmon.database import database_file, progress
from ccmon.database.bulk_insert import checked_together, insert_staged
from ccmon.database.business_days import read_site
from ccmon.database.change_writer import NameIds
from ccmon.database.connection import savepoint, transaction
from ccmon.database.driver import Database
from ccmon.database.source_lock import SourceLock
from ccmon.database.source_records import FaultyRecord, is_of_a_record
from ccmon.database.source_state import source_position
from ccmon.database.sql_files import sql
from ccmon.database.table_writer import TableWriter
from ccmon.database.totals import bulk_load
from ccmon.database.visit_numbers import VisitNumbers
from ccmon.real_time import real_now

BULK_FROM = 2_000
"""Rows of a batch from which it is quicker to count them set by set than each by triggers."""
_BULK_UP_TO = 3
"""Batches. Where rows change, their days are counted again: slower where they hold more calls than this, as in a file
without order."""

_Key = tuple[str, str | None, int]
"""Source, call id and visit."""


class TableCall(NamedTuple):
    """A call as a table describes it."""

    call_id: str | None
    """None: the row's own number is its name (`CallTable.write` must know it)."""
    visit: int | None
    """None: the row of this call that it is in its file."""
    direction: str
    queue: str | None
    campaign: str | None
    agent: str | None
    customer: str | None
    caller: str | None
    caller_name: str | None
    entered_at: int
    answered_at: int | None
    ended_at: int
    wrapped_up_at: int | None
    hold_ms: int | None
    outcome: str
    ended_by: str | None
    disposition: str | None
    right_party: int | None
    reason: str | None
    score: int | None
    scale: int | None


class Written(NamedTuple):
    """What became of a batch."""

    added: int
    changed: int


class CallTable:
    """One file of one source on its way into the database. Use as a context manager; what is not committed is lost."""

    def __init__(self, path: Path, source: str, file: Path, *, dry_run: bool = False) -> None:
        """Open the database and take the source, so that nobody else writes it.

        Args:
            path: the call database.
            source: what ``calls.source`` says.
            file: the table.
            dry_run: take back each batch at once.

        Raises:
            CcmonError: the database cannot be opened, or another program writes this source.
        """
        self.path = path
        self._source = source
        self._file = file
        self._dry_run = dry_run
        started_at = real_now()
        self._started_at: int | None = started_at
        self._lock = SourceLock(path, source)
        try:
            self._connection = database_file.open_writer(path)
        except BaseException:
            self._lock.release()
            raise
        self._names = NameIds(self._connection)
        self._tables = TableWriter(self._connection, now=started_at)
        self._visits = VisitNumbers(self._connection, source, dry_run=dry_run)
        last = source_position(self._connection, source)
        self.position: dict[str, Any] = json.loads(last.position) if last.position else {}
        """Where the last import of this source ended, as it was given to `write`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._lock.release()

    @property
    def time_zone(self) -> str:
        """The site's."""
        return read_site(self._connection).time_zone

    def long_work(self, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Show the progress of an import of several batches, by `ccmon.database.progress.long_work`.

        Args:
            total: bytes of the file.
        """
        return progress.long_work(self._connection, f"import of {self._file.name}", total)

    def begin(self) -> None:
        """The file is read from its beginning: forget which of its lines were rejected before, and how many."""
        connection = self._connection
        with transaction(connection):
            taken_in = Database(connection).values("delete_rejected_lines_of_file", (self._source, str(self._file)))
            counts = {"rejected": len(taken_in) - sum(taken_in), "incomplete": sum(taken_in)}
            connection.execute(sql("subtract_rejected_lines"), {"source": self._source, **counts})

    def resume(self) -> bool:
        """The file is read on from `position`; whether the rows before it must be passed to `pass_over`."""
        return self._visits.resume(self.position)

    def pass_over(self, calls: Sequence[TableCall]) -> None:
        """These are in the database already; the next rows of the same calls are further visits."""
        self._visits.of(call.call_id for call in calls if call.call_id is not None and call.visit is None)

    def write(
        self,
        calls: Sequence[TableCall],
        rejected: Sequence[FaultyRecord],
        position: dict[str, Any],
        *,
        on_rejected: Callable[[int, Exception], None] | None = None,
    ) -> Written:
        """Write a batch in one transaction.

        Args:
            calls: each with its call id.
            rejected: lines that could not be understood, or that went in without a number of theirs.
            position: the place in the file up to which everything is in.
            on_rejected: called with the place and the error of a call that the database rejects, before ``rejected`` is
                written; left out: it ends the import.

        Raises:
            sqlite3.Error: what SQLite says of the file; nothing of the batch is in.
        """
        # Names found in a batch that is taken back are not there afterwards.
        self._names = NameIds(self._connection) if self._dry_run else self._names
        numbered = iter(self._visits.of(call.call_id or "" for call in calls if call.visit is None))
        keys = [(self._source, call.call_id, next(numbered) if call.visit is None else call.visit) for call in calls]
        with transaction(self._connection, keep=not self._dry_run):
            written = self._written(keys, calls, on_rejected)
            self._write_source(calls, written, rejected, position)
        return written

    def _written(
        self, keys: Sequence[_Key], calls: Sequence[TableCall], on_rejected: Callable[[int, Exception], None] | None
    ) -> Written:
        """Write calls all together; where the database does not take one, each by itself."""
        try:
            with self._all_or_nothing():
                written = self._write_calls(keys, calls)
                self._write_beside(keys, calls)
                return written
        except (sqlite3.Error, ValueError, OverflowError) as error:
            if on_rejected is None or not is_of_a_record(error):
                raise
        added = changed = 0
        for place, (key, call) in enumerate(zip(keys, calls, strict=True)):
            try:
                with self._all_or_nothing():
                    one = self._write_calls([key], [call])
                    self._write_beside([key], [call])
            except (sqlite3.Error, ValueError, OverflowError) as error:
                on_rejected(place, error)
            else:
                added, changed = added + one.added, changed + one.changed
        return Written(added, changed)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            with savepoint(self._connection):
                yield
        except BaseException:
            # Names found on the way are not there any more.
            self._names = NameIds(self._connection)
            raise

    def _few_days(self, calls: Sequence[TableCall]) -> bool:
        """Whether the days of these calls hold few others."""
        moments = [call.entered_at for call in calls]
        others: int = Database(self._connection).value("count_calls_between", (min(moments), max(moments)))
        return bool(others < _BULK_UP_TO * len(calls))

    def _write_calls(self, keys: Sequence[_Key], calls: Sequence[TableCall]) -> Written:
        connection, names = self._connection, self._names
        customers = dict.fromkeys(call.customer for call in calls if call.customer is not None)
        self._tables.add("customers", [{"reference": customer} for customer in customers])
        rows = [
            (
                *key,
                call.direction,
                None if call.queue is None else names.queue(call.queue),
                None if call.campaign is None else names.campaign(call.campaign),
                None if call.agent is None else names.agent(call.agent),
                call.customer,
                call.caller,
                call.caller_name,
                call.entered_at,
                call.answered_at,
                call.ended_at,
                call.wrapped_up_at,
                call.hold_ms,
                call.outcome,
                call.ended_by,
                call.disposition,
                call.right_party,
            )
            for key, call in zip(keys, calls, strict=True)
        ]
        many = len(rows) >= BULK_FROM
        with (
            bulk_load(connection, appends=True) if many else nullcontext(),
            checked_together(connection, "calls", len(rows)),
        ):
            added = insert_staged(connection, "insert_table_call", list(zip(*rows, strict=True)))
        if added == len(rows):
            return Written(added, 0)
        with bulk_load(connection) if many and self._few_days(calls) else nullcontext():
            changed = connection.executemany(sql("update_table_call"), rows).rowcount
        return Written(max(0, added), max(0, changed))

    def _write_beside(self, keys: Sequence[_Key], calls: Sequence[TableCall]) -> None:
        """Reasons and scores."""
        connection = self._connection
        each = list(zip(keys, calls, strict=True))
        reasons = [(*key, call.reason) for key, call in each if call.reason is not None]
        if reasons:
            names = dict.fromkeys(reason for *_, reason in reasons)
            self._tables.add("contact-reasons", [{"name": name} for name in names])
            connection.executemany(sql("delete_replaced_call_reason"), reasons)
            connection.executemany(sql("insert_primary_call_reason"), reasons)
        scores = [(*key, call.score, call.scale) for key, call in each if call.score is not None]
        if scores:
            connection.executemany(sql("update_call_score"), scores)
            connection.executemany(sql("insert_call_score"), scores)

    def _write_source(
        self, calls: Sequence[TableCall], written: Written, rejected: Sequence[FaultyRecord], position: dict[str, Any]
    ) -> None:
        now = real_now()
        self._connection.executemany(sql("insert_rejected_line"), [(self._source, *line, now) for line in rejected])
        row = {
            "name": self._source,
            "kind": "table",
            "path": str(self._file),
            "following": 0,
            "started_at": self._started_at,
            "last_record_at": max((call.ended_at for call in calls), default=None),
            "checked_at": None,
            "records": written.added,
            "unknown": 0,
            "rejected": sum(not line.taken_in for line in rejected),
            "incomplete": sum(line.taken_in for line in rejected),
            "position": json.dumps(position | self._visits.position()),
            "carried": None,
        }
        self._connection.execute(sql("write_source"), row)
        self._started_at = None
